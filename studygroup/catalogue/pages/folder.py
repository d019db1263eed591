"""A folder whose README lists papers and links each to a page beside it: which files are pages, and what they add to entries.

Links are followed to files of the folder that were read anyway, never out of it and never on the network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urljoin

import msgspec

from studygroup.catalogue.items.address import is_web
from studygroup.catalogue.items.columns import FACTS
from studygroup.catalogue.items.item import KINDS, Link, arxiv_id, doi, is_arxiv_id, is_doi
from studygroup.catalogue.pages.page import Leftover, Page, parse_page
from studygroup.catalogue.reading.form import Source
from studygroup.catalogue.reading.ledger import LeftOut
from studygroup.catalogue.reading.repair import decode
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.vocabulary.addresses import is_relative, join_base, repair_address
from studygroup.catalogue.recognise.vocabulary.dates import year_of
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.catalogue.recognise.vocabulary.names import persons_in_cells
from studygroup.errors import Problem
from studygroup.text import text

Parse = Callable[[Source, str, str], ReadingList]
"""Reads a source as a list; relative links are joined to the address, if there is one, and the list has the name, if there is one."""

PAGE = "page "
"""How the reason begins why something of a page is in no entry; the page's path follows, and the line is that of the page."""

MOST_PAGES = 2_000
LARGEST_PAGE_BYTES = 1_000_000
_INDEX = frozenset({"readme.md", "index.md", "readme.markdown"})


class PagedFolder(msgspec.Struct, frozen=True):
    """A folder of pages: its ``index``, the ``pages`` by their path in it, and the ``others``, which are lists of their own."""

    root: str
    index: Source
    pages: dict[str, Page]
    others: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


class GivenList(NamedTuple):
    """A list that someone named: what it would be called, where it is, its source, and what reads it, given a base address and a name."""

    name: str
    place: str
    source: Source
    read: Callable[[str, str], ReadingList]


def lists_in(words: Sequence[str], read: Callable[[Sequence[str]], Sequence[Source]], parse: Parse) -> list[GivenList]:
    """Return the lists that words name: of a folder of pages its one list, otherwise each source."""
    found: list[GivenList] = []
    for word in words:
        sources = read([word])
        folder = find_pages(word, sources, parse) if Path(word).is_dir() else None
        if folder:
            found.append(GivenList(folder_name(word), word, folder.index, partial(read_folder, folder, parse)))
        found += [
            GivenList(source.name, source.place, source, partial(parse, source))
            for source in (folder.others if folder else sources)
        ]
    return found


def find_pages(word: str, sources: Sequence[Source], parse: Parse) -> PagedFolder | None:
    """Return the pages of a folder that someone named, read as ``sources``; None where its lists are only lists."""
    by_path = {_path_in(word, source): source for source in sources if source.form == "markdown"}
    index = next((source for path, source in by_path.items() if path.lower() in _INDEX), None)
    if index is None:
        return None
    pages: dict[str, Page] = {}
    problems: list[Problem] = []
    for entry in parse(index, "", "").entries:
        path = path_of(entry.url)
        source = by_path.get(path)
        if source is None or source is index or path in pages:
            continue
        if len(source.data) > LARGEST_PAGE_BYTES or len(pages) >= MOST_PAGES:
            why = "is larger than a page may be" if len(pages) < MOST_PAGES else "comes after the most pages that are read"
            problems.append(Problem(source.place, 0, "warning", f"the page {why} and was left out; its entry stays"))
            continue
        page = parse_page(_text(source))
        if page.is_about_one and _are_alike(entry.title, page.title, path):
            pages[path] = page
    if not pages:
        return None
    told = {problem.file for problem in problems}
    others = [
        source for path, source in by_path.items() if source is not index and path not in pages and source.place not in told
    ]
    unlinked = [source for source in others if _is_unlinked_page(source) or not parse(source, "", "").entries]
    problems += [
        Problem(source.place, 0, "note", "no entry links to this file, and it is no list; it was left out")
        for source in unlinked
    ]
    foreign = [source for source in sources if source.form != "markdown"]
    return PagedFolder(
        word, index, pages, tuple(source for source in [*others, *foreign] if source not in unlinked), tuple(problems)
    )


def read_folder(folder: PagedFolder, parse: Parse, base_url: str = "", name: str = "") -> ReadingList:
    """Return a folder's list, its entries with what their pages say; what pages say beside it is left out."""
    plain = parse(folder.index, "", name)
    based = parse(folder.index, base_url, name) if base_url else plain
    entries: list[Entry] = []
    left_out: dict[str, list[LeftOut]] = {}
    problems = [*folder.problems]
    for as_written, entry in zip(plain.entries, based.entries, strict=True):
        path = path_of(as_written.url)
        if page := folder.pages.get(path):
            made, left = _with_page(as_written, page, path, base_url)
            entries.append(made)
            if path not in left_out and not page.url:
                place = str(Path(folder.root) / path)
                problems.append(Problem(place, 1, "note", "the page has no link to its paper; write it under the title"))
            left_out[path] = [*_left_out(path, page, left)]
        else:
            entries.append(entry)
    of_pages = [out for some in left_out.values() for out in some]
    problems += _about_files(folder, of_pages) if not base_url else []
    return msgspec.structs.replace(
        based,
        entries=tuple(entries),
        problems=(*_still_true(based, entries), *problems),
        left_out=(*based.left_out, *of_pages),
    )


def path_of(url: str) -> str:
    """Return the path of a file of the folder that an address names, or an empty text.

    >>> path_of("Gates/On%20gates.md#summary"), path_of("../secret.md"), path_of("https://example.org/a.md"), path_of("a/../b.md")
    ('Gates/On gates.md', '', '', 'b.md')
    """
    path = unquote(re.split(r"[#?]", url, maxsplit=1)[0])
    if not is_relative(url) or not path.lower().endswith((".md", ".markdown")) or "\\" in path or "\0" in path:
        return ""
    normal = os.path.normpath(path.lstrip("/")).replace(os.sep, "/")
    return "" if normal.startswith("..") else normal


def _is_unlinked_page(source: Source) -> bool:
    page = parse_page(_text(source))
    return bool(page.parts) and not page.of_list


def _path_in(word: str, source: Source) -> str:
    return PurePosixPath(os.path.relpath(source.place, word).replace(os.sep, "/")).as_posix()


def _text(source: Source) -> str:
    return decode(source.data)[0]


def _are_alike(title: str, of_page: str, path: str) -> bool:
    """Return whether a page is called what its entry is, by its heading or its file: half of the shorter one's words."""
    said = {*text.make_id(title, longest=200).split("-")}
    for other in (of_page, Path(path).stem):
        words = {*text.make_id(other, longest=200).split("-")}
        if len(said & words) * 2 >= min(len(said), len(words)) > 0:
            return True
    return False


def _with_page(entry: Entry, page: Page, path: str, base_url: str) -> tuple[Entry, list[Leftover]]:
    """Return an entry with what its page says, and the links of the page that lead nowhere without the folder."""
    links, left = _links(page, path, base_url)
    url = repair_address(page.url) if is_web(repair_address(page.url)) else ""
    fields = page.fields
    kind = fields.get("kind", "").strip().casefold()
    if kind not in KINDS:
        found = kind_of(url, entry.title, entry.section) if url else ""
        kind = found if found not in {"", "other", "article"} else entry.kind
    details = dict(entry.details)
    details |= {name: fields[name] for name in (*FACTS, "venue") if name in fields and name not in details}
    if page.summary:
        details["about"] = page.summary
    if page.importance:
        details["importance"] = page.importance
    given = [fields.get("arxiv", "").strip(), fields.get("doi", "").strip()]
    made = msgspec.structs.replace(
        entry,
        url=url,
        kind=kind,
        # A page that says what is known of its paper says all of it.
        authors=tuple(_names(fields.get("authors", ""))) if fields else entry.authors,
        year=year_of(fields.get("year", "")) or entry.year,
        arxiv=given[0] if is_arxiv_id(given[0]) else arxiv_id(url) or entry.arxiv,
        doi=given[1] if is_doi(given[1]) else doi(url) or entry.doi,
        links=tuple({link.url: link for link in [*entry.links, *links] if link.url != url}.values()),
        details=details,
        listed=entry,
    )
    return made, left


def _names(cell: str) -> Iterator[str]:
    """Yield the authors that a page names; an organisation that is between semicolons is one, too."""
    for piece in cell.split(";"):
        persons, organisations = persons_in_cells([piece])
        yield from persons or organisations


def _links(page: Page, path: str, base_url: str) -> tuple[list[Link], list[Leftover]]:
    """Return a page's links, those to files joined to the folder's address; without one they are left over."""
    kept, left = [], []
    for link in page.links:
        url = repair_address(link.url)
        if base_url and is_relative(url):
            url = join_base(url, urljoin(base_url, path))
        if is_web(url):
            kept.append(Link(link.label, url))
        else:
            left.append(Leftover(page.lines.get(link.url, 0), link.label, url))
    return kept, left


def _left_out(path: str, page: Page, left: Sequence[Leftover]) -> Iterator[LeftOut]:
    """Yield what of a page goes into no field of its item, with its line there."""
    for one in sorted({*page.left_out, *left}):
        yield LeftOut(one.line, one.text[:2000], one.url, f"{PAGE}{path}")


def _about_files(folder: PagedFolder, left_out: Sequence[LeftOut]) -> Iterator[Problem]:
    """Yield one warning for all links of pages that lead to files of the folder."""
    files = [out for out in left_out if out.url and is_relative(out.url)]
    if files:
        links = "1 link of a page leads" if len(files) == 1 else f"{len(files)} links of pages lead"
        place = str(Path(folder.root) / files[0].reason.removeprefix(PAGE))
        yield Problem(
            place,
            files[0].line,
            "warning",
            f"{links} to files of the folder, the first one here; --base-url, which says where it is, keeps them",
        )


def _still_true(one: ReadingList, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield the problems of a list, the one about relative links counted again: those to pages have been followed."""
    relative = [entry.line for entry in entries if entry.listed is None and is_relative(entry.url)]
    for problem in one.problems:
        if "--base-url" not in problem.message:
            yield problem
        elif relative:
            links = "1 link is" if len(relative) == 1 else f"{len(relative)} links are"
            message = f"{links} relative, the first one here; say where the list stands with --base-url"
            yield Problem(problem.file, relative[0], problem.severity, message, problem.column)


def folder_name(word: str) -> str:
    """Return what the list of a folder is called: as the folder.

    >>> folder_name("reading/modern-llms/")
    'modern-llms'
    """
    return Path(word).name or Path(word).resolve().name
