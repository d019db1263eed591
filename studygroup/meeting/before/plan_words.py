"""What a facilitator is told of a plan in sentences: what changed in it, and what to think of before it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.before.planning import to_start
from studygroup.text.text import ago, to_day, to_short_day
from studygroup.workbook.workbook import Workbook


def plan_in_words(workbook: Workbook, plan: Plan, before: Plan | None = None) -> str:
    """Return what a plan changes of the one before, in words; without one, everything that it says."""
    earlier = before or Plan(id="", at=plan.at, by="", session=plan.session)
    parts = [
        *_reads_in_words(plan, earlier),
        *_roles_in_words(workbook, plan, earlier),
        *_time_in_words(workbook, plan, earlier),
        *(
            f"{name}: {new or 'none'}"
            for name in ("place", "link", "note")
            if (new := getattr(plan, name)) != getattr(earlier, name)
        ),
    ]
    if plan.skips_recall != earlier.skips_recall:
        parts.append("asks nothing to remember" if plan.skips_recall else "asks what to remember")
    if plan.cancelled and not earlier.cancelled:
        parts.append(f"cancelled ({plan.why})" if plan.why else "cancelled")
    elif earlier.cancelled and not plan.cancelled:
        parts.append("takes place after all")
    elif plan.why != earlier.why:
        parts.append(f"reason: {plan.why or 'none'}")
    return "; ".join(parts) or "nothing changed"


def _reads_in_words(plan: Plan, before: Plan) -> Iterator[str]:
    if (plan.entries, plan.items) == (before.entries, before.items):
        return
    if not (plan.entries or plan.items):
        yield "reads what follows in the syllabus"
        return
    titles = {key: str(one) for one in plan.read for key in (one.entry, *(one.items if not one.entry else ())) if key}
    yield f"reads {'; '.join(titles.get(one, one) for one in (*plan.entries, *plan.items))}"


def _roles_in_words(workbook: Workbook, plan: Plan, before: Plan) -> Iterator[str]:
    for role in dict.fromkeys((*before.roles, *plan.roles)):
        if (member := plan.roles.get(role, "")) != before.roles.get(role, ""):
            person = workbook.people.get(member)
            yield f"{role}: {person.name if person else member or 'no one yet'}"


def _time_in_words(workbook: Workbook, plan: Plan, before: Plan) -> Iterator[str]:
    if plan.start != before.start:
        zone = _zone(workbook, plan.session)
        if plan.start is not None:
            start = plan.start.astimezone(zone)
            yield f"starts {to_short_day(start)}, {start:%H:%M %Z}"
        else:
            yield "starts at its usual time"
    if plan.length_min != before.length_min:
        yield f"{plan.length_min} minutes" if plan.length_min is not None else "its usual length"


def _zone(workbook: Workbook, session: str) -> tzinfo:
    try:
        return workbook.schedule.find(session).start.tzinfo or UTC
    except ScheduleError:
        return UTC


def close_in_words(workbook: Workbook, close: Close) -> str:
    """Return what the end of a session was: what was finished, and what continues."""
    titles = {one.entry: str(one) for one in close.read if one.entry}
    finished, continues = (_titles(entries, titles) for entries in (close.finished, close.continues))
    return (
        f"closed {close.session}: finished {finished or 'nothing'}{f'; continues next time: {continues}' if continues else ''}"
    )


def _titles(entries: Iterable[str], titles: dict[str, str]) -> str:
    return "; ".join(titles.get(one, one) for one in entries)


def asks_before_moving(workbook: Workbook, session: str, text: str) -> str:
    """Return what to ask before a session starts at a time that was typed, or an empty text: it is over, or the session was held.

    Raises
    ------
    RecordError
        It is no time.
    """
    held = _held(workbook, session)
    if not text.strip():
        return f"{held} Take its move back?" if held else ""
    start, now = to_start(workbook, text), workbook.clock()
    if (found := _found(workbook, session)) and found.start == start:
        return ""
    told = f"{to_day(start)}, {start:%H:%M} is {ago(start, now)}." if start < now else ""
    return f"{' '.join(filter(None, (held, told)))} Move the session there?" if held or told else ""


def asks_before_cancelling(workbook: Workbook, session: str) -> str:
    """Return what to ask before a session is cancelled that was held, or an empty text."""
    held = _held(workbook, session)
    return f"{held} Cancel it?" if held else ""


def _held(workbook: Workbook, session: str) -> str:
    """Return in a sentence that a session was held, by what is recorded or by the clock; else an empty text."""
    found = _found(workbook, session)
    if found is None or found.cancelled:
        return ""
    called = f"The session of {to_short_day(found.start)}"
    if workbook.latest(Close, session) is not None:
        return f"{called} is closed."
    if people := [one for one in workbook.current.current(Attendance) if one.session == session]:
        return f"{called} has attendance of {len(people)} {'person' if len(people) == 1 else 'people'}."
    return f"{called} began {ago(found.start, workbook.clock())}." if found.has_begun(workbook.clock()) else ""


def _found(workbook: Workbook, session: str) -> Session | None:
    try:
        return workbook.schedule.find(session)
    except ScheduleError:
        return None
