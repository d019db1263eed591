"""A source of any format read into entries; ``reading.form`` has the list of formats."""

from __future__ import annotations

from importlib import import_module

from studygroup.catalogue.reading.form import FORMATS, Source
from studygroup.catalogue.recognise.entry import ReadingList
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.catalogue.recognise.records.bibtex import parse_bibtex
from studygroup.catalogue.recognise.records.csv_file import parse_csv
from studygroup.catalogue.recognise.records.json_file import parse_json
from studygroup.catalogue.recognise.records.yaml_file import parse_yaml

__all__ = ["parse_bibtex", "parse_csv", "parse_json", "parse_source", "parse_yaml"]


def parse_source(source: Source, base_url: str = "", name: str = "") -> ReadingList:
    """Return the list that a source holds, by its form.

    Relative links are joined to ``base_url`` if it is given, else to where the source was found. ``name`` is the list's,
    else the source's own.
    """
    module, _, function = FORMATS[source.form].reader.partition(":")
    reader = getattr(import_module(f"studygroup.catalogue.{module}"), function)
    given = (source.data, name or source.name, base_url or source.base_url)
    if module.startswith("reading."):
        return parse_reading_list(*given, read=reader)
    read: ReadingList = reader(*given)
    return read
