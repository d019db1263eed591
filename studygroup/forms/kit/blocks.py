"""What forms show beside their fields, as HTML from templates that escape everything."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from studygroup.group.schedule import Schedule
from studygroup.meeting.before.agenda import Agenda, StepProgress
from studygroup.publish.blocks import to_authors
from studygroup.publish.charts import progress_chart
from studygroup.publish.templates import environment
from studygroup.text.text import session_day, to_date, to_day, to_short_day


def _to_held(session: str) -> str:
    """Return the day of a session as people write it."""
    day = session_day(session)
    return to_date(day) if day else session


@lru_cache(maxsize=1)
def _blocks() -> Any:
    made = environment({"authors": to_authors, "day": to_day, "short_day": to_short_day, "date": to_date, "held": _to_held})
    made.globals["end_of"] = lambda agenda: agenda.start + timedelta(minutes=agenda.length_min)
    made.globals["first_day"] = lambda session: date.fromisoformat(session[:10])
    return made.get_template("forms.html.j2").module


def block(name: str, *values: Any) -> str:
    """Return a macro of ``forms.html.j2`` as HTML."""
    return str(getattr(_blocks(), name)(*values)).strip()


def session_block(agenda: Agenda, schedule: Schedule, now: datetime) -> str:
    """Return when and where a session is, with the time until then, which assist.js keeps going, and those cancelled before it."""
    cancelled = []
    if any(change.cancelled for change in schedule.changes.values()):
        near = schedule.between(now.date() - timedelta(days=1), agenda.start.date(), cancelled=True)
        cancelled = [session for session in near if session.cancelled and now < session.end and session.start < agenda.start]
    return block("next_session", agenda, until_words(agenda, now), cancelled)


def until_words(agenda: Agenda, now: datetime) -> str:
    """Return in words how long it is until a session."""
    return to_go(agenda.start, agenda.start + timedelta(minutes=agenda.length_min), now)


def progress_block(progress: StepProgress, words: str) -> str:
    """Return a picture of progress with its words."""
    return block("picture", progress_chart(progress, "Next session"), words)


def to_go(start: datetime, end: datetime, now: datetime) -> str:
    """Return in words how long it is until something.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 27, 23, tzinfo=UTC)
    >>> to_go(start, start, start - timedelta(days=2, hours=1, minutes=5)), to_go(start, start, start - timedelta(seconds=9))
    ('in 2 days and 1 hour', 'in less than a minute')
    """
    if now >= start:
        return "now" if now < end else "over"
    minutes = int((start - now).total_seconds() // 60)
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    shown = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in parts if number][:2]
    return f"in {' and '.join(shown) or 'less than a minute'}"
