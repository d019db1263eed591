"""Named fields of one work made into an entry: what a column's or key's name means in several languages, and what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from studygroup.catalogue.items.address import is_web
from studygroup.catalogue.items.columns import FACTS, PROSE
from studygroup.catalogue.items.item import ARXIV_PATTERN, KINDS, Link, arxiv_id, doi, is_doi, parse_links
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.vocabulary.addresses import repair_address, title_from_address
from studygroup.catalogue.recognise.vocabulary.columns import KIND_NAMES, is_placeholder
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.catalogue.recognise.vocabulary.labels import link_label
from studygroup.catalogue.recognise.vocabulary.names import persons_in_cells
from studygroup.catalogue.recognise.vocabulary.progress import status_of
from studygroup.catalogue.recognise.vocabulary.words import clean_title, has_words, name_key, plain
from studygroup.errors import CatalogueError

_DETAILS = frozenset(
    {
        *(*FACTS, *PROSE, "venue", "organisation", "note"),
        *("id", "items", "presenter", "date"),
    }
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?\)")
_ADDRESS = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"|]+", re.IGNORECASE)
# A whole cell: old DOIs hold "<16:AB>".
_WITH_ANGLES = re.compile(r"https?://[^\s|\"<>]+<[^\s|\"]+", re.IGNORECASE)
_TAG_OR_LINK = re.compile(r"</|<br\b|\]\(|<https?:", re.IGNORECASE)
_MISSPELT_START = re.compile(r"\S{0,12}tps?:?/", re.IGNORECASE)
_PATH = re.compile(r"(?:\.{0,2}/)?[\w%~+-][\w%~+./-]*\.\w{1,8}(?:#\S*)?")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_ARXIV_IN_EXTRA = re.compile(r"\barxiv:\s*(\S+)", re.IGNORECASE)
_BARE_ARXIV = re.compile(rf"(?:arxiv:?\s*)?({ARXIV_PATTERN.pattern})(?:v\d+)?", re.IGNORECASE | re.ASCII)


# What exports of Goodreads, StoryGraph and BookWyrm call the number of a book.
_BOOK_COLUMNS = frozenset({"isbn", "isbn13", "isbn uid", "isbn 10", "isbn 13"})


class Cell(NamedTuple):
    """One field of a work: the name it has in the file, its role (see ``role_of_name``), its value as written."""

    name: str
    role: str
    value: str


def make_entry(cells: Sequence[Cell], line: int, section: tuple[str, ...] = (), *, exact: bool = False) -> Entry | None:
    """Return the entry that the fields of one work describe, or None when they name no work.

    ``exact`` is for the catalogue's own columns: titles, names and addresses stay as they are, and nothing is derived.
    """
    of: dict[str, list[str]] = {}
    for cell in cells:
        if cell.role and cell.value.strip():
            of.setdefault(cell.role, []).append(cell.value.strip())

    def first(role: str) -> str:
        return of.get(role, [""])[0]

    title, year, told, links = (first("title"), None, "", []) if exact else _title_of(first("title"))
    links += [link for cell in cells if cell.role == "url" for link in addresses_in(cell.value, cell.name)]
    links += [link for cell in cells if cell.role in {"links", "about", "note"} for link in _beside(cell, exact)]
    year = _year_in(first("year")) or year
    paper, work = _arxiv_of(first("arxiv")), doi(first("doi"))
    if not exact:
        # Zotero keeps an article's arXiv id in its field *Extra*.
        extra = [_ARXIV_IN_EXTRA.search(cell.value[:2000]) for cell in cells if name_key(cell.name) == "extra"]
        paper = paper or next((_arxiv_of(found[1]) for found in extra if found), "")
        paper = paper or next(filter(None, (arxiv_id(link.url) for link in links)), "")
        work = work or next(filter(None, (doi(link.url) for link in links)), "")
    url = _main_address(cells, links, exact) or ("" if exact else _address_of_id(work, paper))
    if is_placeholder(title) and not url:
        return None
    if not has_words(title):
        title = title_from_address(url) if url else ""
    if not title:
        return None

    path = _section_of(of) or section
    kind = KIND_NAMES.get(name_key(first("kind")), first("kind") if first("kind") in KINDS else "")
    if not kind and not told and any(name_key(cell.name) in _BOOK_COLUMNS for cell in cells):
        kind = "book"
    persons, organisations = _exact_names(of.get("authors", [])) if exact else persons_in_cells(of.get("authors", []))
    details = {role: plain(values[0]) for role, values in of.items() if role in _DETAILS}
    if organisations:
        details.setdefault("organisation", "; ".join(organisations))
    kept = next((index for index, cell in enumerate(cells) if cell.role == "title" and cell.value.strip()), -1)
    return Entry(
        position=0,
        title=title,
        url=url,
        section=path,
        kind=kind or kind_of(url, title, path, hint=told or ("paper" if persons and of.keys() & {"venue", "date"} else "")),
        authors=tuple(persons),
        year=year,
        arxiv=paper,
        doi=work,
        links=tuple(Link(link_label(link.label), link.url) if not exact else link for link in links if link.url != url),
        details=details,
        status=status_of(first("status")),
        line=line,
        number=first("number"),
        columns=_columns_of(cell for index, cell in enumerate(cells) if index != kept),
    )


def _main_address(cells: Sequence[Cell], links: Sequence[Link], exact: bool) -> str:
    own = [link for cell in cells if cell.role == "url" for link in links if link.url in cell.value] if exact else links
    return own[0].url if own else ""


def _address_of_id(work: str, paper: str) -> str:
    return f"https://doi.org/{work}" if work else f"https://arxiv.org/abs/{paper}" if paper else ""


def _title_of(written: str) -> tuple[str, int | None, str, list[Link]]:
    """Return a title cell's title, year and kind, and the links in it."""
    links = addresses_in(written, "")
    bare = _ADDRESS.sub(" ", _MARKDOWN_LINK.sub(r"\1", written))
    title = clean_title(bare)
    return title.text, title.year, title.kind, links


def _beside(cell: Cell, exact: bool) -> list[Link]:
    """Return the links of a cell that may hold several, or Markdown."""
    if cell.role != "links":
        return addresses_in(cell.value, cell.name) if "](" in cell.value and not exact else []
    try:
        return list(parse_links(cell.value)) if "](" in cell.value else addresses_in(cell.value, cell.name)
    except CatalogueError:
        return addresses_in(cell.value, cell.name)


def addresses_in(value: str, label: str) -> list[Link]:
    """Return the addresses that a cell holds, in order: Markdown links, bare addresses, a DOI, an arXiv id, or one path.

    >>> [link.url for link in addresses_in("https://example.org/a, https://example.org/b", "Link")]
    ['https://example.org/a', 'https://example.org/b']
    >>> addresses_in("doi:10.1000/xyz", "Link")[0].url, addresses_in("no address", "Link")
    ('https://doi.org/10.1000/xyz', [])
    """
    written = value.strip()
    if " " not in written and _MISSPELT_START.match(written) and repair_address(written) != written:
        # As written, so that the repair is told.
        return [Link(label, written)]
    if _WITH_ANGLES.fullmatch(written) and not _TAG_OR_LINK.search(written):
        return [Link(label, written)]
    found = [Link(name or label, url) for name, url in _MARKDOWN_LINK.findall(written) if url]
    rest = _MARKDOWN_LINK.sub(" ", written)
    bare = [
        url.rstrip(".,;)]}'*_") if url.count("(") < url.count(")") else url.rstrip(".,;]}'*_") for url in _ADDRESS.findall(rest)
    ]
    found += [Link(label, url if "://" in url else f"https://{url}") for url in bare]
    if found or not written:
        return found
    if paper := _BARE_ARXIV.fullmatch(written):
        return [Link(label, f"https://arxiv.org/abs/{paper[1]}")]
    if work := doi(written):
        return [Link(label, f"https://doi.org/{work}")]
    repaired = repair_address(written)
    return [Link(label, written)] if is_web(repaired) or (label and _PATH.fullmatch(written)) else []


def _exact_names(cells: Iterable[str]) -> tuple[list[str], list[str]]:
    return [name for cell in cells for piece in cell.split(";") if (name := piece.strip())], []


def _year_in(value: str) -> int | None:
    found = _YEAR.search(value[:200])
    return int(found[0]) if found else None


def _arxiv_of(value: str) -> str:
    """Return the arXiv id of a cell for it: bare, with ``arXiv:`` or a version, or an address."""
    found = _BARE_ARXIV.fullmatch(value)
    return arxiv_id(f"https://arxiv.org/abs/{found[1]}") if found else arxiv_id(value)


def _section_of(of: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the heading path that a column of sections gives, or the first of an entry's tags."""
    if "section" in of:
        return tuple(part for piece in of["section"][0].split(" > ") if (part := plain(piece)))
    if "tags" in of:
        tags = of["tags"][0].replace(";", ",").replace("|", ",").split(",")
        # A shelf such as *to-read* says how far someone is, not what the book is about.
        tags = [tag for tag in tags if not status_of(tag)] or [""]
        return tuple(part for piece in tags[0].split(" > ") if (part := plain(piece).strip("#\"'[]")))
    return ()


def _columns_of(cells: Iterable[Cell]) -> dict[str, str]:
    """Return the cells that hold something, as written, under names that differ."""
    columns: dict[str, str] = {}
    for cell in cells:
        if not cell.value.strip():
            continue
        name, number = cell.name, 1
        while name in columns:
            number += 1
            name = f"{cell.name} {number}"
        columns[name] = cell.value.strip()
    return columns


def is_address_cell(value: str) -> bool:
    """Return whether a cell holds addresses and hardly anything else."""
    written = value.strip()
    if is_doi(written) or _BARE_ARXIV.fullmatch(written):
        return True
    found = _MARKDOWN_LINK.sub(" ", written)
    return len(_ADDRESS.sub("", found).strip(" ,;()[]<>")) <= 3 and bool(addresses_in(written, ""))
