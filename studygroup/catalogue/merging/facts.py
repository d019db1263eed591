"""Facts without prose: leaving the sentences of a reading list out."""

from __future__ import annotations

import re

import msgspec

from studygroup.catalogue.items.columns import PROSE
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.vocabulary.columns import role_of

_LONGEST_FACT = 8
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")


def without_sentences(one: ReadingList) -> ReadingList:
    """Return the list with facts only: titles, links, names, numbers, sizes, licences, dates, statuses; no prose."""
    return msgspec.structs.replace(one, entries=tuple(map(_facts_of, one.entries)))


def _facts_of(entry: Entry) -> Entry:
    details = {}
    for key, value in entry.details.items():
        if key in PROSE:
            continue
        if _is_sentence(value):
            # "[Custom](…) Free if …": the linked word is the fact, the rest explains it.
            value = next((", ".join(_labels(cell)) for head, cell in entry.columns.items() if role_of(head) == key), "")
        if value:
            details[key] = value
    columns = {}
    for head, cell in entry.columns.items():
        if role_of(head) in PROSE:
            continue
        if _is_sentence(_MARKDOWN_LINK.sub("", cell)):
            cell = " ".join(found[0] for found in _MARKDOWN_LINK.finditer(cell))
        if cell:
            columns[head] = cell
    return msgspec.structs.replace(entry, details=details, columns=columns, listed=entry.listed and _facts_of(entry.listed))


def _is_sentence(value: str) -> bool:
    return len(value.split()) > _LONGEST_FACT


def _labels(cell: str) -> list[str]:
    return [label for label, _ in _MARKDOWN_LINK.findall(cell) if label]
