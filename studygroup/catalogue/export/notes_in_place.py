"""The notes of a list put back between its entries, where its document had them."""

from __future__ import annotations

import re

from studygroup.catalogue.items.list_notes import headings, sections_of
from studygroup.catalogue.recognise.reading_list import parse_reading_list

_HEADING = re.compile(r"(#{2,6})\s+(.*\S)")


def with_notes(markdown: str, notes: str) -> str:
    """Return a list's Markdown with its notes, each under its heading.

    What was under a heading without entries comes after the section that it followed. Where the entries would not be read as
    they were, the list is returned without its notes.
    """
    said = {**sections_of(notes)}
    if not said:
        return markdown
    chunks = _chunks(markdown)
    at = 0
    for section, prose in said.items():
        place = next((place for place, (path, _) in enumerate(chunks) if path == section), None)
        if place is None:
            while at + 1 < len(chunks) and chunks[at + 1][0][:1] == (chunks[at][0][:1] or None):
                at += 1
            above = section[:1] if chunks[at][0][:1] == section[:1] else ()
            lead = "\n\n".join(headings(above, section))
            chunks.insert(at + 1, (section, f"{lead}\n\n{prose}\n\n"))
            at += 1
        else:
            path, written = chunks[place]
            head, _, rest = written.partition("\n") if written.startswith("#") else ("", "", written)
            chunks[place] = (path, "\n\n".join(filter(None, [head, prose, rest.strip("\n")])) + "\n\n")
            at = place
    made = "".join(written for _, written in chunks).rstrip("\n") + "\n"
    return made if _read(made) == _read(markdown) else markdown


def _chunks(markdown: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the list's parts by their heading path, each with its heading; the first one has none but the title."""
    found: list[tuple[tuple[str, ...], str]] = [((), "")]
    path: list[str] = []
    for line in markdown.splitlines(keepends=True):
        if head := _HEADING.match(line):
            path = [*path[: len(head[1]) - 2], re.sub(r"\\(\W)", r"\1", head[2])]
            found.append((tuple(path), line))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def _read(markdown: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(entry.title, entry.url, entry.number, entry.section) for entry in parse_reading_list(markdown, "x").entries]
