"""What `studygroup due` does when: the agenda and the reminder before a session, the report after it; computed, nothing is done here.

Every moment is counted from the session's real start or end, in hours that pass, whatever clocks show and wherever it was moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Literal

import msgspec

from studygroup.group.schedule import Session
from studygroup.journal.types.records import Close
from studygroup.meeting.facts.deliveries import Deliveries, deliveries_of
from studygroup.workbook.workbook import Workbook

DueKind = Literal["agenda", "reminder", "report"]

REPORT_SPAN = timedelta(days=7)
"""How long a report is still announced by itself: who closes a session later than that announces it by hand."""

DueState = Literal["ahead", "due", "done", "open", "over"]


class DueTask(msgspec.Struct, frozen=True):
    """One thing to be done for one session.

    Attributes
    ----------
    at, until
        From when and until when it is due, in the slot's zone.
    state
        "ahead" of its moment; "due" now; "done"; "open": a report whose moment came before its session was closed; "over": its time
        has passed.
    deliveries
        Where its message went so far.
    """

    kind: DueKind
    session: Session
    at: datetime
    until: datetime
    state: DueState
    deliveries: Deliveries


def due_tasks(workbook: Workbook, ahead: timedelta = timedelta(0)) -> list[DueTask]:
    """Return what there is to do now and in the time ahead, in order of its moments, with what was done or is over for these sessions.

    It covers the sessions from eight days back on, those that were cancelled left out: what is longer past is not caught up with.
    Only what the setting ``due`` names is in it.
    """
    now = workbook.clock().astimezone(UTC)
    settings = workbook.settings
    earliest = now - REPORT_SPAN - timedelta(hours=settings.report_hours_after, days=1)
    latest = now + ahead + timedelta(hours=max(settings.agenda_hours_before, settings.reminder_hours_before))
    sessions = workbook.schedule.between(earliest.date() - timedelta(days=1), latest.date() + timedelta(days=1))
    tasks = (task for session in sessions for task in tasks_of(workbook, session) if task.at <= now + ahead)
    return sorted(tasks, key=attrgetter("at"))


def tasks_of(workbook: Workbook, session: Session) -> Iterator[DueTask]:
    """Yield what there is to do for a session that was not cancelled."""
    settings = workbook.settings
    start, end = session.start.astimezone(UTC), session.end.astimezone(UTC)
    after = end + timedelta(hours=settings.report_hours_after)
    moments: dict[DueKind, tuple[datetime, datetime]] = {
        "agenda": (start - timedelta(hours=settings.agenda_hours_before), start),
        "reminder": (start - timedelta(hours=settings.reminder_hours_before), start),
        "report": (after, after + REPORT_SPAN),
    }
    for kind, (at, until) in moments.items():
        if kind in settings.due and not session.cancelled:
            deliveries = deliveries_of(workbook, session.id, kind)
            zone = session.start.tzinfo
            state = _state(workbook, kind, session, at, until, deliveries)
            yield DueTask(kind, session, at.astimezone(zone), until.astimezone(zone), state, deliveries)


def _state(
    workbook: Workbook, kind: DueKind, session: Session, at: datetime, until: datetime, deliveries: Deliveries
) -> DueState:
    now = workbook.clock().astimezone(UTC)
    if deliveries.is_done:
        return "done"
    if now < at:
        return "ahead"
    if now >= until:
        return "over"
    return "open" if kind == "report" and workbook.latest(Close, session.id) is None else "due"
