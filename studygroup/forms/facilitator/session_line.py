"""Which session a form enters for, in a line above its fields."""

from __future__ import annotations

from datetime import UTC, datetime

from studygroup.errors import ScheduleError
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form_context import FormContext


def session_line(context: FormContext, session: str) -> str:
    """Return as HTML which session that is, and whether it is under way or over."""
    workbook = context.workbook
    try:
        found = workbook.schedule.find(session)
    except ScheduleError:
        # Without a schedule, what is entered is filed under today's date.
        return block("session_line", None, session, "")
    now = workbook.clock()
    state = "over, not closed yet" if found.end <= now else "under way" if found.has_begun(now) else ""
    return block("session_line", found, session, state)


def start_of(context: FormContext, session: str) -> datetime:
    """Return when a session starts, aware; without a schedule, the beginning of its day."""
    try:
        return context.workbook.schedule.find(session).start
    except ScheduleError:
        return datetime.fromisoformat(session[:10]).replace(tzinfo=UTC)
