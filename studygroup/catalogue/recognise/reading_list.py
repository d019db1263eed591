"""A reading list in Markdown, or in another format that is a text, read into entries.

bytes ──repair──▶ text ──read_markdown──▶ tree ──DocumentReader──▶ works ──EntryMaker──▶ entries and problems
                                                └──────────segments──────────▶ ledger: what no entry holds
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from studygroup.catalogue.reading.markdown import read_markdown
from studygroup.catalogue.reading.tree import Document, segments_of
from studygroup.catalogue.recognise.documents.passage import read_document
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.records.yaml_file import parse_yaml
from studygroup.storage.gc_paused import without_collecting

__all__ = ["Entry", "ReadingList", "parse_reading_list"]


def parse_reading_list(
    data: bytes | str,
    name: str,
    base_url: str = "",
    now: datetime | None = None,
    read: Callable[[str], Document] = read_markdown,
) -> ReadingList:
    """Return the entries of a reading list that is a text, and everything that a person should know about it.

    Any bytes give entries or problems, never an error. Relative links are joined to ``base_url`` if it is given. ``now``
    (default: the present) decides whether a signed link has expired; ``read`` makes a tree of the text (default: of Markdown).
    """
    list_reader = ListReader(name, data, base_url, now)
    with without_collecting():
        document = read(list_reader.text)
        list_reader.segments += segments_of(document)
        reader, entries = read_document(document, base_url, list_reader.now, list_reader.report)
        for line, level, said in document.notes:
            list_reader.report(line, level, said)
        list_reader.entries = _with_front(_in_front(document, name, base_url, now), entries)
        list_reader.title = reader.title
        return list_reader.finish(document.lines, reader.idle, reader.slugs)


def _in_front(document: Document, name: str, base_url: str, now: datetime | None) -> list[Entry]:
    """Return the works of a list that a page's front matter holds (``sessions:``), which its generator shows."""
    lines = document.front_lines
    if not any(line.lstrip().startswith("- ") and ": " in line for line in lines):
        return []
    found = parse_yaml("\n".join(["", *lines]).encode(), name, base_url, now).entries
    # A field of the page itself is not indented.
    return [one for one in found if lines[one.line - 2 : one.line - 1] and lines[one.line - 2].startswith((" ", "-", "\t"))]


def _with_front(front: list[Entry], entries: list[Entry]) -> list[Entry]:
    if not front:
        return entries
    return [msgspec.structs.replace(one, position=place) for place, one in enumerate([*front, *entries], 1)]
