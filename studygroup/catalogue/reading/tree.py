"""A document as a tree: headings, paragraphs, lists, tables, comments and code, each with its line; nothing is judged or dropped.

Every format is read into these blocks, or into records with named fields (``record``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from studygroup.catalogue.reading.segments import ADDRESS, Segment, What, text_segments, trimmed
from studygroup.errors import Severity

BREAK = "\n"
"""The text of a run that ends a line."""


class Span(NamedTuple):
    """Plain text, or a link: then ``url`` is not empty and ``text`` is its label (empty for a bare address or a picture).

    ``picture``: a picture, linked if there is a ``url``; ``source`` is its own address, ``alt`` what it says for those who
    cannot see it. ``comment``: no one sees it. ``inside``: a link that led to another place of the document.
    """

    text: str
    url: str = ""
    line: int = 0
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False
    picture: bool = False
    source: str = ""
    alt: str = ""
    comment: bool = False
    inside: bool = False


Spans = list[Span]


@dataclass
class Heading:
    """A heading and its level."""

    line: int
    level: int
    runs: Spans


@dataclass
class Paragraph:
    """Lines of text; ``quoted`` in a quotation, ``unfolds``: the line of a part that is closed at first (``<summary>``)."""

    line: int
    runs: Spans
    quoted: bool = False
    unfolds: bool = False


@dataclass
class Bullet:
    """An item of a list with its number as printed, and the items under it."""

    line: int
    number: str = ""
    runs: Spans = field(default_factory=list)
    children: list[Bullet] = field(default_factory=list)
    # Tables and code among its lines.
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Listing:
    """A list."""

    line: int
    items: list[Bullet] = field(default_factory=list)


@dataclass
class Row:
    """A row: its cells as runs and as written, how many it lacks, and what is in cells beyond the last."""

    line: int
    cells: list[Spans]
    raw: list[str]
    missing: int = 0
    extra: list[str] = field(default_factory=list)


@dataclass
class Table:
    """A table as a grid: each row has a cell for each head."""

    line: int
    heads: list[Spans] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    # Rows of one cell across the table, which name a group of rows.
    groups: list[Row] = field(default_factory=list)


@dataclass
class Aside:
    """What is no text to read: a comment, code, a field of the page's top, a definition of links."""

    line: int
    what: What
    text: str
    url: str = ""


Block = Heading | Paragraph | Listing | Table | Aside
Note = tuple[int, Severity, str]
"""Something that was repaired: line, severity, message."""


@dataclass
class Document:
    """A document: its title where its front matter has one, its blocks in order, and what was repaired while it was read."""

    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    # The lines of its front matter, where that is YAML.
    front_lines: list[str] = field(default_factory=list)
    lines: int = 0
    notes: list[Note] = field(default_factory=list)


def text_of(runs: Sequence[Span]) -> str:
    """Return what a reader sees of the runs."""
    return "".join(run.text for run in runs if not run.comment)


def links_of(runs: Sequence[Span]) -> Spans:
    """Return the runs that are links and more than pictures."""
    return [run for run in runs if run.url and not run.picture]


def lines_of(runs: Sequence[Span]) -> list[Spans]:
    """Return the runs cut at line breaks."""
    lines: list[Spans] = [[]]
    for run in runs:
        if run.text != BREAK or run.url:
            lines[-1].append(run)
        elif run.bold:
            # A title in bold may go on in the next line.
            lines[-1].append(run._replace(text=" "))
        else:
            lines.append([])
    return lines


def segments_of(document: Document) -> Iterator[Segment]:
    """Yield every address and every line with words of a document: what the ledger partitions."""
    for block in document.blocks:
        yield from _of_block(block)


def _of_block(block: Block) -> Iterator[Segment]:
    if isinstance(block, Heading):
        yield from _of_runs(block.runs, "heading", block.line, block.level)
    elif isinstance(block, Paragraph):
        yield from _of_runs(block.runs, "words", block.line)
    elif isinstance(block, Listing):
        yield from _of_items(block)
    elif isinstance(block, Table):
        yield from _of_table(block)
    elif block.url:
        yield Segment(block.line, block.what, block.text, block.url)
    else:
        yield from text_segments(block.line, block.what, block.text)


def _of_items(listing: Listing) -> Iterator[Segment]:
    waiting = [*reversed(listing.items)]
    while waiting:
        item = waiting.pop()
        yield from _of_runs(item.runs, "item", item.line)
        for block in item.blocks:
            yield from _of_block(block)
        waiting += reversed(item.children)


def _of_table(table: Table) -> Iterator[Segment]:
    for head in table.heads:
        yield from _of_runs(head, "columns", table.line)
    for row in [*table.groups, *table.rows]:
        for cell in row.cells:
            yield from _of_runs(cell, "row", row.line)
        for extra in row.extra:
            yield from text_segments(row.line, "row", extra)


def _of_runs(runs: Sequence[Span], what: What, line: int, level: int = 0) -> Iterator[Segment]:
    """Yield the segments of runs: their addresses, and line by line the words around them."""
    words: list[str] = []
    for run in [*runs, Span(BREAK)]:
        line = run.line or line
        if run.text == BREAK and not run.url:
            yield from (one._replace(level=level) for one in text_segments(line, what, "".join(words)))
            words = []
        elif run.comment:
            yield from text_segments(line, "comment", run.text)
        elif run.url or run.source:
            yield from _of_link(run, line)
        else:
            words.append(run.text)


def _of_link(run: Span, line: int) -> Iterator[Segment]:
    if run.source:
        yield Segment(line, "badge" if run.url else "picture", run.alt, run.source)
    if run.url:
        label = " ".join((run.text or run.alt).split())
        yield Segment(line, "link", label, run.url)
        if "://" in label:
            yield from (one for one in text_segments(line, "words", label) if one.url and one.url != run.url)


def with_addresses(text: str, like: Span) -> Iterator[Span]:
    """Yield plain text as runs, its bare addresses as links without a label; ``like`` has line and marks."""
    start = 0
    for found in ADDRESS.finditer(text) if "://" in text else ():
        url = trimmed(found[0])
        if len(url) < len("https://x") or found.start() < start:
            continue
        if found.start() > start:
            yield like._replace(text=text[start : found.start()])
        yield like._replace(text="", url=url)
        start = found.start() + len(url)
    if start < len(text):
        yield like._replace(text=text[start:])
