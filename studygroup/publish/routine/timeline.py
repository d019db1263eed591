"""The coming weeks as `studygroup due --dry-run` prints them: sessions, and what is done around them when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from studygroup.meeting.before.due import DueTask, due_tasks
from studygroup.text.text import plain_list, to_short_day
from studygroup.workbook.workbook import Workbook

SHOWN = timedelta(weeks=4)


class TimelineEntry(msgspec.Struct, frozen=True):
    """One line of the timeline: when (aware, in the slot's zone), what, of which session, and what is known of it now.

    ``state`` is a task's (``DueTask``); of a session "held", "moved" or "cancelled".
    """

    at: datetime
    what: Literal["agenda", "reminder", "report", "session"]
    session: str
    state: str
    says: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{to_short_day(self.at):>10}  {self.at:%H:%M %Z}  {self.says}"


def timeline(workbook: Workbook) -> list[TimelineEntry]:
    """Return the coming four weeks, and what is due or waits now, in order."""
    return sorted([*_tasks(workbook), *_sessions(workbook)], key=lambda one: (one.at.astimezone(UTC), one.session))


def _sessions(workbook: Workbook) -> Iterator[TimelineEntry]:
    now = workbook.clock().astimezone(UTC)
    near = workbook.schedule.between(now.date() - timedelta(days=1), (now + SHOWN).date() + timedelta(days=1), cancelled=True)
    for one in near:
        if not now < one.end.astimezone(UTC) <= now + SHOWN + timedelta(days=1):
            continue
        state = "cancelled" if one.cancelled else "moved" if one.moved else "held"
        told = {
            "cancelled": ", cancelled: nothing is sent",
            "moved": f", moved: it was set for {to_short_day(date.fromisoformat(one.id))}",
        }.get(state, "")
        yield TimelineEntry(one.start, "session", one.id, state, f"Session{told}")


def _tasks(workbook: Workbook) -> Iterator[TimelineEntry]:
    now = workbook.clock().astimezone(UTC)
    for task in due_tasks(workbook, SHOWN):
        if task.at.astimezone(UTC) > now or task.state in {"due", "open"}:
            yield TimelineEntry(task.at, task.kind, task.session.id, task.state, f"{_what(task)}{_known(task)}")


def _what(task: DueTask) -> str:
    day = to_short_day(task.session.start)
    return {
        "agenda": f"Agenda for {day}: made and announced",
        "reminder": f"Reminder for {day}: what is missing, and who has not answered",
        "report": f"Report of {day}: made and announced once the session is closed",
    }[task.kind]


def _known(task: DueTask) -> str:
    """Return what there is to know of a task now."""
    sent = task.deliveries.places("sent")
    parts = [
        {"due": "due now", "open": "waits until the session is closed"}.get(task.state, ""),
        f"sent to {plain_list(sent)}" if sent else "",
        f"may have been sent to {plain_list(unsure)}" if (unsure := task.deliveries.places("unknown")) else "",
    ]
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""
