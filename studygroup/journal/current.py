"""What holds now: of all records of a subject, the last one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from studygroup.journal.records import Plan, Record

R = TypeVar("R", bound=Record)


def current(records: Iterable[Record], kind: type[R]) -> list[R]:
    """Return the record that holds for each subject of one type, in order of the subjects."""
    latest: dict[tuple[str, ...], R] = {}
    for record in records:
        if isinstance(record, kind):
            held = latest.get(record.subject)
            if held is None or record.order > held.order:
                latest[record.subject] = record
    return [latest[subject] for subject in sorted(latest)]


def time_changes(records: Iterable[Record]) -> dict[str, int]:
    """Return for each planned session how often its start, length or cancellation changed: iCalendar's SEQUENCE."""
    plans_of: dict[str, dict[str, Plan]] = {}
    for record in records:
        if isinstance(record, Plan):
            plans_of.setdefault(record.session, {})[record.id] = record
    counts = {}
    for session, by_id in plans_of.items():
        times = [(p.start, p.length_min, p.cancelled) for p in sorted(by_id.values(), key=lambda plan: plan.order)]
        counts[session] = sum(one != other for one, other in pairwise([(None, None, False), *times]))
    return counts
