"""All record types: each struct in a module of what records are about describes one; here they are in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from studygroup.journal.types import (
    attending_records,
    choosing_records,
    group_records,
    note_records,
    session_records,
    time_records,
    work_records,
)
from studygroup.journal.types.attending_records import Attendance, Away, Feedback, Rsvp, Swap, Turn
from studygroup.journal.types.choosing_records import HIGHEST_SCORE, Ballot, Proposal, Result, Second, Vote
from studygroup.journal.types.group_records import Person, SlotRule
from studygroup.journal.types.note_records import Action, Note, Sent
from studygroup.journal.types.record import Record
from studygroup.journal.types.session_records import MOST_QUESTIONS, Close, Guide, Pace, PaperAnswer, Plan
from studygroup.journal.types.time_records import Availability, Survey
from studygroup.journal.types.work_records import Answer, Claim, Material, Question, Rating, Reading, Reply, Summary

__all__ = [
    "HIGHEST_SCORE",
    "MOST_QUESTIONS",
    "TYPES",
    "Action",
    "Answer",
    "Attendance",
    "Availability",
    "Away",
    "Ballot",
    "Claim",
    "Close",
    "Feedback",
    "Guide",
    "Material",
    "Note",
    "Pace",
    "PaperAnswer",
    "Person",
    "Plan",
    "Proposal",
    "Question",
    "Rating",
    "Reading",
    "Reply",
    "Result",
    "Rsvp",
    "Second",
    "Sent",
    "SlotRule",
    "Summary",
    "Survey",
    "Swap",
    "Turn",
    "Vote",
    "Withdraw",
]


class Withdraw(Record, frozen=True, kw_only=True, tag="withdraw"):
    """Undoes a record: what it replaced is current again. It cannot itself be withdrawn."""

    subject_fields = ("record",)
    record_fields = (("record", ""),)

    record: str


def _described_in(module: ModuleType) -> Iterator[type[Record]]:
    """Yield the record types that a module describes, in order."""
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, Record) and one.__module__ == module.__name__:
            yield one


_MODULES = (group_records, session_records, attending_records, note_records, work_records, choosing_records, time_records)
_ALL: list[type[Record]] = [*(one for module in _MODULES for one in _described_in(module)), Withdraw]
TYPES: Mapping[str, type[Record]] = {str(struct.__struct_config__.tag): struct for struct in _ALL}
