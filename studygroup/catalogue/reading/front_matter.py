"""The fields that generators of sites keep at the top of a page (YAML between two lines of hyphens, TOML between ``+++``)."""

from __future__ import annotations

import re

from studygroup.catalogue.reading.tree import Aside, Document

_YAML_AT_TOP = re.compile(r"---\n(?:[ \t]*(?:[\w-]+[ \t]*:|-|#).*\n|[ \t].*\n|\n)+?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML_AT_TOP = re.compile(r"\+\+\+\n(?:[ \t]*(?:[\w.-]+[ \t]*=|\[|\]|#|\").*\n|[ \t].*\n|\n)+?\+\+\+[ \t]*(?:\n|\Z)")
_TITLE_FIELD = re.compile(r"^title[ \t]*[:=][ \t]*(.*\S)", re.MULTILINE)
_LONGEST = 100_000


def read_front_matter(source: str) -> tuple[str, Document]:
    """Return a page with blank lines instead of the fields at its top, and a document that has these fields."""
    document = Document()
    form = _YAML_AT_TOP if source.startswith("---\n") else _TOML_AT_TOP if source.startswith("+++\n") else None
    if form is None or not (found := form.match(source[:_LONGEST])):
        return source, document
    written = found[0].rstrip("\n").split("\n")
    document.front_lines = written[1:-1] if form is _YAML_AT_TOP else []
    document.blocks += [Aside(number, "front matter", line) for number, line in enumerate(written, 1) if line.strip()]
    if title := _TITLE_FIELD.search(found[0]):
        document.title = title[1]
    return "\n" * found[0].count("\n") + source[found.end() :], document
