"""An entry of a reading list, and the list: what was written, where, and what was found wrong with it."""

from __future__ import annotations

import msgspec

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.reading.ledger import LeftOut, Repaired
from studygroup.errors import Problem


class Entry(msgspec.Struct, frozen=True):
    """One line or table row of a list.

    ``position`` counts from 1 through the whole document, ``line`` is the file's line from 1, ``number`` is as printed.
    ``section`` is the heading path without the document's own title. ``url`` is as written, repaired where that is certain.
    ``details`` has the catalogue's field as key where there is one, else the column's header or ``note``, ``venue``,
    ``organisation``. ``columns`` holds a table row's other cells as written. ``status`` is a reading status, or None.
    ``sure`` is how sure it is, from 0 to 1, that the line names a work.
    ``borrowed`` says that the link belongs to another row of the list. ``listed`` is the entry as its list has it, where a page of
    its own says more.
    """

    position: int
    title: str
    url: str = ""
    section: tuple[str, ...] = ()
    kind: str = "other"
    authors: tuple[str, ...] = ()
    year: int | None = None
    arxiv: str = ""
    doi: str = ""
    links: tuple[Link, ...] = ()
    details: dict[str, str] = {}
    status: str | None = None
    line: int = 0
    number: str = ""
    columns: dict[str, str] = {}
    borrowed: bool = False
    sure: float = 1.0
    listed: Entry | None = None


class IdleRow(msgspec.Struct, frozen=True):
    """A row of a table that names no work (*No meeting*, a title that was struck out): its line, section, and cells by head."""

    line: int
    section: tuple[str, ...]
    cells: dict[str, str]
    struck: bool = False


class ReadingList(msgspec.Struct, frozen=True):
    """A list as it was read: its short name, the document's own title, its entries in order, and what was found wrong.

    ``idle`` are the rows of Markdown tables that are no entries. ``left_out`` is every link and every line with words that no
    entry holds, ``repaired`` each address that stands otherwise in an entry than in the document.
    """

    name: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    lines: int = 0
    idle: tuple[IdleRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    repaired: tuple[Repaired, ...] = ()
