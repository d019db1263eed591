"""A source of any form read into entries: Markdown, BibTeX, CSV, YAML, JSON."""

from __future__ import annotations

from studygroup.catalogue.first_import.bibtex import parse_bibtex
from studygroup.catalogue.first_import.entry import ReadingList
from studygroup.catalogue.first_import.foreign_csv import parse_csv
from studygroup.catalogue.first_import.foreign_json import parse_json
from studygroup.catalogue.first_import.foreign_yaml import parse_yaml
from studygroup.catalogue.first_import.form import Source
from studygroup.catalogue.first_import.reading_list import parse_reading_list

__all__ = ["parse_bibtex", "parse_csv", "parse_json", "parse_source", "parse_yaml"]


def parse_source(source: Source, base_url: str = "", name: str = "") -> ReadingList:
    """Return the list that a source holds, by its form.

    Relative links are joined to ``base_url`` if it is given, else to where the source was found. ``name`` is the list's,
    else the source's own.
    """
    name, base_url = name or source.name, base_url or source.base_url
    if source.form == "bibtex":
        return parse_bibtex(source.data, name, base_url)
    if source.form == "csv":
        return parse_csv(source.data, name, base_url)
    if source.form == "yaml":
        return parse_yaml(source.data, name, base_url)
    if source.form == "json":
        return parse_json(source.data, name, base_url)
    return parse_reading_list(source.data, name, base_url)
