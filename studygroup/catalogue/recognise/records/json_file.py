"""A JSON file read into entries, by what the places that write it say."""

from __future__ import annotations

from datetime import datetime

from studygroup.catalogue.reading import json_exports
from studygroup.catalogue.recognise.entry import ReadingList
from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.records.records import Cell, make_entry
from studygroup.catalogue.recognise.vocabulary.columns import role_of_name


def parse_json(data: bytes, name: str, base_url: str = "", now: datetime | None = None) -> ReadingList:
    """Return the entries of a list in JSON, and what a person should know about it; any bytes give entries or problems."""
    reader = ListReader(name, data, base_url, now)
    try:
        found = json_exports.parse_json(reader.text)
    except ValueError as error:
        reader.report(getattr(error, "lineno", 0), "error", f"the file is no JSON: {getattr(error, 'msg', error)}")
        reader.stands(1, "unread", reader.text)
        return reader.finish()
    reader.title = found.title
    for text in found.beside:
        reader.stands(1, "row", text)
    for item in found.items:
        for text in item.texts:
            reader.stands(item.line, "row", text)
        entry = make_entry([Cell(field, role_of_name(field), value) for field, value in item.fields], item.line)
        if entry is not None:
            reader.add(entry)
    if not found.items:
        reader.report(1, "error", "no list of papers was found in it; known are Hugging Face, Semantic Scholar and CSL JSON")
    return reader.finish()
