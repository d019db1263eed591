"""From a tree to entries: a whole document, or a passage of Markdown in a file of records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from studygroup.catalogue.reading.tree import Document
from studygroup.catalogue.recognise.documents.document import DocumentReader
from studygroup.catalogue.recognise.documents.entries import EntryMaker
from studygroup.catalogue.recognise.documents.repeats import attach_recurring, likely, note_names_behind, weigh
from studygroup.catalogue.recognise.entry import Entry


def read_document(
    document: Document, base_url: str, now: datetime, report: Callable[..., None]
) -> tuple[DocumentReader, list[Entry]]:
    """Return what was read in a tree, and the entries of its works; what is wrong with them is reported."""
    reader = DocumentReader(document)
    works = attach_recurring(reader.read())
    note_names_behind(works)
    weigh(works)
    return reader, EntryMaker(reader.title, base_url, now, report).entries(likely(works))
