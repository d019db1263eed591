"""A list as a folder: a README whose entries lead to a page for each, with what the catalogue says of the paper.

``merging.importer`` reads such a folder as the same entries and items. An entry that already leads to a page of its folder
keeps that page's path. An entry of several items has one page, which an import into another workbook reads as one item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as with_changes
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from studygroup.catalogue.export.bullet_layouts import links_of, text_forms
from studygroup.catalogue.export.export_markdown import to_markdown
from studygroup.catalogue.items.columns import DESCRIBED, FACTS, Item
from studygroup.catalogue.items.item import Link, arxiv_id, doi, format_links, parse_ids
from studygroup.catalogue.pages.folder import path_of
from studygroup.catalogue.pages.page import parse_page
from studygroup.errors import CatalogueError
from studygroup.storage.atomic import write_all_atomically
from studygroup.storage.shared_files import exists, make_folder, read_file
from studygroup.text import text

if TYPE_CHECKING:
    from studygroup.catalogue.items.table import Catalogue

_MATERIAL = re.compile(r"slides?|recordings?|videos?|notes|code|notebook|presentation|demo", re.IGNORECASE)


def to_pages(catalogue: Catalogue, name: str, *, title: str = "") -> dict[str, str]:
    """Return a list as a folder's files, by path: README.md, and a page for each entry that is an item.

    Raises
    ------
    CatalogueError
        There is no such list; the nearest name is named.
    """
    if name not in catalogue.lists:
        return {"README.md": to_markdown(catalogue, name)}
    frame = catalogue.lists[name].sort_values("position", kind="stable").reset_index(drop=True)
    paths = _paths([*frame[["title", "url", "section", "items"]].itertuples()])
    pages: dict[str, str] = {}
    for row, path in zip(frame.itertuples(), paths, strict=True):
        if path:
            held = [catalogue.item(item) for item in parse_ids(str(row.items))]
            pages.setdefault(path, _page(str(row.title), _together(held)))
    kept = [bool(path_of(url)) or not path for url, path in zip(frame["url"], paths, strict=True)]
    new = frame.assign(
        url=[url if as_is else quote(path) for url, path, as_is in zip(frame["url"], paths, kept, strict=True)],
        columns=[cell if as_is else "" for cell, as_is in zip(frame["columns"], kept, strict=True)],
    )
    leading = with_changes(catalogue, lists={name: new})
    return {"README.md": to_markdown(leading, name, title=title or name), **pages}


def write_pages(folder: Path, files: Mapping[str, str], *, replace: bool = False) -> int:
    """Write the files of a list into a folder, and return how many are new or changed; others in it stay.

    Raises
    ------
    CatalogueError
        A file is there with something else in it, and nothing may be replaced; nothing was written.
    NotSavedError
        The disk refused.
    """
    contents = {folder / path: content.encode() for path, content in files.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path: read_file(path, folder) for path in contents if exists(path, folder)}
    except OSError as error:
        where = error.filename or folder
        raise CatalogueError(f"{where} cannot be in a folder of pages: {error.strerror}; name another folder.") from error
    changed = {path: data for path, data in contents.items() if there.get(path) != data}
    if (others := [str(path.relative_to(folder)) for path in changed if path in there]) and not replace:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        raise CatalogueError(
            f"{folder} has {text.plain_list(others[:3])}{more} with something else in it; name another folder, or say --replace."
        )
    for parent in sorted({path.parent for path in changed} - {folder}):
        make_folder(parent, folder)
    write_all_atomically(changed, folder)
    return len(changed)


def _paths(rows: Sequence[Any]) -> list[str]:
    """Return the path of each entry's page; empty for one that is no item."""
    paths: list[str] = []
    taken = {path.casefold() for row in rows if (path := path_of(row.url))}
    folders = {row.section: path.rpartition("/")[0] for row in reversed(rows) if (path := path_of(row.url))}
    for row in rows:
        path = path_of(row.url) if row.items else ""
        if row.items and not path:
            below = row.section.split(" > ")[-1]
            folder = folders.setdefault(row.section, text.make_id(below) if below else "")
            stem = f"{folder}/" if folder else ""
            stem += text.make_id(row.title, fallback="page")
            number = 1
            while (path := f"{stem}{f'-{number}' if number > 1 else ''}.md").casefold() in taken:
                number += 1
            taken.add(path.casefold())
        paths.append(path)
    return paths


def _together(items: Sequence[Item]) -> Item:
    """Return what one page says of several items: the first one, with the others as links."""
    first, *others = items
    if not others:
        return first
    links = [*(Link(one.title, one.url) for one in others if one.url), *links_of(first.links)]
    return msgspec.structs.replace(
        first, about=" ".join(one.about for one in items if one.about), links=format_links(links) if links else ""
    )


def _page(title: str, item: Item) -> str:
    blocks = [f"# {_shown(title)}"]
    if item.url:
        blocks.append(_link(Link("Paper" if item.kind == "paper" else "Link", item.url)))
    blocks.append("\n".join(f"- {label}: {_shown(value)}" for label, value in _facts(item)))
    for heading, said in (("Summary", item.about), ("Why read it", item.importance)):
        blocks += [f"## {heading}", _shown(said, heading)] if said else []
    for of_session, links in groupby(links_of(item.links), key=lambda link: bool(_MATERIAL.fullmatch(link.label.strip()))):
        blocks.append("## Materials" if of_session else "## Further reading")
        blocks.append("\n".join(f"- {_link(link)}" for link in links))
    return "\n\n".join(blocks) + "\n"


def _facts(item: Item) -> Iterator[tuple[str, str]]:
    """Yield what a page says in a line each, with its label."""
    if item.authors:
        yield "Authors", item.authors
    if item.year:
        yield "Year", str(item.year)
    yield "Kind", item.kind
    if item.arxiv and item.arxiv != arxiv_id(item.url):
        yield "arXiv", item.arxiv
    if item.doi and item.doi != doi(item.url):
        yield "DOI", item.doi
    yield from ((DESCRIBED[name].label, value) for name in FACTS if (value := getattr(item, name)))


def _shown(value: str, heading: str = "") -> str:
    """Return text so that a page says it letter by letter."""
    value = " ".join(value.split())
    for form in text_forms(value):
        page = parse_page(f"## {heading}\n\n{form}\n" if heading else f"- Kind: {form}\n\n# {form}\n")
        said = {page.summary or page.importance} if heading else {page.fields.get("kind", ""), page.title}
        if said == {value} and not page.links and not page.url:
            return form
    return text.escape_markdown(value)


def _link(link: Link) -> str:
    label = text_forms(link.label)[-1 if "[" in link.label or "]" in link.label else 0]
    return f"[{label}](<{link.url}>)" if re.search(r"[\s()<>\\]", link.url) else f"[{label}]({link.url})"
