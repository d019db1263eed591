"""What is current: of all records of a subject that were not withdrawn, the last one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Plan, Withdraw

R = TypeVar("R", bound=Record)


def current(records: Iterable[Record], kind: type[R]) -> list[R]:
    """Return the current record of each subject of one type, in order of the subjects."""
    found: dict[tuple[str, ...], list[R]] = {}
    for record in standing(records):
        if isinstance(record, kind):
            found.setdefault(record.subject, []).append(record)
    return [kind.latest_of(found[subject]) for subject in sorted(found)]


def standing(records: Iterable[Record]) -> list[Record]:
    """Return the records that were not withdrawn, withdrawals included.

    Withdrawing the first record of a thing about itself (a question, a note) withdraws what was said of it later, too.
    """
    records = list(records)
    withdrawn = {record.record for record in records if isinstance(record, Withdraw)}
    if not withdrawn:
        return records
    return [
        record
        for record in records
        if isinstance(record, Withdraw) or (record.id not in withdrawn and getattr(record, "of", "") not in withdrawn)
    ]


def time_changes(records: Iterable[Record]) -> dict[str, int]:
    """Return for each planned session how often its start, length or cancellation changed: iCalendar's SEQUENCE.

    A plan that was withdrawn counts as it stood, and its withdrawal as one change more, so that the number only grows.
    """
    records = list(records)
    withdrawn = {record.record for record in records if isinstance(record, Withdraw)}
    plans_of: dict[str, dict[str, Plan]] = {}
    for record in records:
        if isinstance(record, Plan):
            plans_of.setdefault(record.session, {})[record.id] = record
    counts = {}
    for session, by_id in plans_of.items():
        times = [(p.start, p.length_min, p.cancelled) for p in sorted(by_id.values(), key=lambda plan: plan.order)]
        changes = sum(one != other for one, other in pairwise([(None, None, False), *times]))
        counts[session] = changes + len(withdrawn & by_id.keys())
    return counts
