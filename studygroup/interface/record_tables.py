"""The tables of record types: docstrings that follow from the one description of a type."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import pandas as pd

from studygroup.interface.described import docstring
from studygroup.journal.tables.frame import columns_of, current_frame
from studygroup.journal.types.record import Record
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook

_MEANINGS = {
    "at": "when it was entered",
    "ballot": "a ballot's id",
    "big_idea": "Markdown, as it was typed",
    "by": "who entered it, a member's id",
    "can": "hours that suit, such as monday 18:00-21:00, on the member's clocks; a tuple",
    "cancelled": "whether it does not take place",
    "chosen": "when the group meets then, first; NaT while the survey is open",
    "decision": "whether it is a decision",
    "entry": "an entry, as list/entry, where it names no item",
    "done": "whether it is done",
    "due": "by when; NaT where no day was named",
    "every": "week, second week or month",
    "failed": "why the last try failed, by the label of the address",
    "first": "the first day",
    "guest": "whether they are a guest",
    "id": "that of its first record; stays when it is changed",
    "if_need_be": "hours that are possible if need be, in the same way; a tuple",
    "item": "an item's id",
    "joined": "their first day; NaT where it is not known",
    "label": "what the link shows",
    "last": "the last day, included",
    "left": "their last day; NaT for who has not left",
    "length_min": "in minutes",
    "member": "a member's id",
    "moves": "the session that has to move; empty for a new usual time",
    "message": "agenda, reminder or report",
    "name": "as it was typed",
    "own": "whose own address it is, by the label of the address",
    "owner": "who does it, a member's id; empty: no one yet",
    "proposal": "a proposal's id; may be empty",
    "link": "where it meets online, of this session alone",
    "note": "what to know about the session",
    "coming": "how many were expected when it was kept",
    "parts": "dict from a part's title to its minutes",
    "pinned": "tuple of the titles of parts that never move",
    "read": "how many of them had read what the session reads",
    "reason": "why the minutes are so, in a line",
    "part": "what to read of it, such as: sections 1 to 3",
    "place": "where it meets, of this session alone",
    "question": "a question's id, or its words; may be empty",
    "questions": "about the paper, for the discussion",
    "quorum": "how many must vote; 0: any number",
    "rating": "from 1 to 5",
    "relevance": "Markdown, as it was typed",
    "session": "a session's id, the date it was first scheduled for",
    "survey": "a survey's id",
    "text": "Markdown, as it was typed",
    "time": "local time, such as 19:00",
    "title": "as it was typed, where the catalogue did not have it; else empty",
    "to": "to whom",
    "trying": "labels of addresses to which sending was begun; how it ended is not known",
    "until": "when it closes",
    "url": "http or https",
    "valid_from": "the first day",
    "waiting": "labels of addresses to which it is still to be sent",
    "weekday": "monday to sunday; commas between several",
    "why": "why, as it was typed",
    "zone": "IANA time zone",
}
# Where the type of a column does not list its values.
_OTHERWISE = {"role": "what they take on, such as presenter"}


class DescribedTable(msgspec.Struct, frozen=True):
    """A table of a workbook, and its docstring."""

    make: Callable[[Workbook], pd.DataFrame]
    doc: str

    @classmethod
    def of(cls, make: Callable[[Workbook], pd.DataFrame]) -> DescribedTable:
        """Return the table that a function makes, with the function's docstring."""
        return cls(make, inspect.getdoc(make) or "")


def table_of(kind: type[Record]) -> DescribedTable:
    """Return the table of a record type, in its current state."""
    return DescribedTable(lambda workbook: current_frame(workbook.current, kind), docstring_of(kind))


def docstring_of(kind: type[Record]) -> str:
    """Return the docstring of the table of a record type, in its current state."""
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    meanings = {name: _MEANINGS.get(name) or _values(types[name]) or _OTHERWISE.get(name, "") for name in kind.columns}
    [summary, *_] = (kind.__doc__ or "").split("\n\n")
    return docstring(" ".join(summary.split()), _row(kind), columns_of(kind), meanings)


def _row(kind: type[Record]) -> str:
    """Return what a row of a type's table is, and in which order they are."""
    if kind.subject_fields == ("of",):
        return f"One row for each {kind.__struct_config__.tag}, in the order in which they were first entered."
    subject = plain_list(kind.subject_fields)
    return f"One row for each {subject}, sorted by {'it' if len(kind.subject_fields) == 1 else 'these'}."


def _values(kind: Any) -> str:
    """Return which values a column can have, where its type says more than its dtype."""
    if get_origin(kind) is Literal:
        return plain_list(map(str, get_args(kind))).replace(" and ", " or ")
    if get_origin(kind) in {Union, UnionType}:
        return next((said for one in get_args(kind) if (said := _values(one)) and str not in get_args(kind)), "")
    if get_origin(kind) is tuple:
        return f"tuple of {get_args(kind)[0].__name__}"
    if get_origin(kind) is dict:
        return "dict"
    return ""
