"""Plan and close a session: what a facilitator says becomes one whole record, started from what is current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from studygroup.errors import RecordError, ScheduleError
from studygroup.group.schedule import Schedule, Session
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.before.agenda import agenda_of, what_is_read
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.workbook.workbook import Workbook, plan_fields


def plan_session(
    workbook: Workbook,
    session: str,
    *,
    by: str,
    steps: Sequence[int] = (),
    entries: Sequence[str] = (),
    items: Sequence[str] = (),
    roles: Mapping[str, str] | None = None,
    start: str | None = None,
    length_min: int | None = None,
    cancelled: bool | None = None,
    why: str | None = None,
    place: str | None = None,
    link: str | None = None,
    note: str | None = None,
    skips_recall: bool | None = None,
) -> Plan:
    """Record a session's plan and return it; what is not given stays as it was planned.

    Parameters
    ----------
    session
        Its id, or empty for the one under way or next. An id without a session, with a ``start``, makes a session.
    steps, entries, items
        What it reads, as numbers of the syllabus, ``list/entry``, and ids; given any, they replace what was planned.
    roles
        Members (id or name) by role; an empty member frees the role.
    start
        A time in ISO 8601; without an offset it is in the slot's zone. Empty takes a move back.
    place, link, note
        Where this session alone meets, in a room and online, and what to know about it; empty for none.
    skips_recall
        Whether its agenda asks nothing to remember.

    Raises
    ------
    RecordError
        Something is not acceptable; nothing was written.
    ScheduleError
        There is no such session.
    """
    session = session or workbook.schedule.next(workbook.clock()).id
    before = workbook.latest(Plan, session)
    fields = dict(plan_fields(before))
    if steps or entries or items:
        fields["entries"] = (*(_reference(workbook, number) for number in steps), *entries)
        fields["items"] = tuple(items)
    if roles:
        named = dict(fields.get("roles", {})) | {role: workbook.member(who) if who else "" for role, who in roles.items()}
        fields["roles"] = {role: member for role, member in named.items() if member}
    if start is not None:
        fields["start"] = to_start(workbook, start) if start.strip() else None
    if cancelled is False and fields.get("cancelled"):
        # Why it had been cancelled says nothing about the session that takes place after all.
        fields["why"] = ""
    given: dict[str, Any] = {"length_min": length_min, "cancelled": cancelled, "why": why}
    given |= {"place": place, "link": link, "note": note, "skips_recall": skips_recall}
    fields |= {name: value for name, value in given.items() if value is not None}
    plan: Plan = workbook.enter("plan", by=by, session=session, **fields)
    return plan


def check_is_session(workbook: Workbook, session: str, start: str | None, flag: str) -> None:
    """Raise ScheduleError if a plan with a start would make a session on a day that has none; ``flag`` says that it is meant."""
    if not (start or "").strip():
        return
    try:
        workbook.schedule.find(session)
    except ScheduleError as error:
        advice = f"To move one to that day, name it as the session; to hold one more session, add {flag}."
        raise ScheduleError(f"{error} {advice}") from None


def plan_winner(workbook: Workbook, session: str, item: str, *, by: str, beside: bool = False) -> Plan:
    """Plan a session to read what a ballot chose, and return the plan; as the step of the syllabus that it is, where it is one.

    ``beside`` keeps what was planned, and reads it as well.
    """
    before = workbook.latest(Plan, session)
    entries, items = (before.entries, before.items) if before and beside else ((), ())
    done = covered_steps(workbook, workbook.schedule.find(session)) if workbook.settings.syllabus else {}
    step = next((one for one in steps_of(workbook) if one.items == (item,) and one.number not in done and not one.former), None)
    if step is not None:
        entries = tuple(dict.fromkeys((*entries, step.reference)))
    else:
        items = tuple(dict.fromkeys((*items, item)))
    return plan_session(workbook, session, by=by, entries=entries, items=items)


def close_session(
    workbook: Workbook, session: str, *, by: str, finished: Sequence[int] = (), continues: Sequence[int] = ()
) -> Close:
    """Record how a session ended and return it.

    Steps that the session read count as finished, but those that continue; with ``finished`` given, only those are, and the
    others continue. What the session read is kept first (``keep_what_is_read``), so that the next agenda goes on from there.

    Raises
    ------
    RecordError
        There is no such step, or it was not read in this session.
    ScheduleError
        There is no such session.
    """
    session = session or workbook.session_to_record()
    agenda = agenda_of(workbook, session)
    read = {read.step.number: read.step.reference for read in agenda.reads if read.step}
    for number in (*finished, *continues):
        if number not in read:
            known = ", ".join(str(one) for one in read) or "none"
            raise RecordError(f"The session of {session} did not read step {number}; it read: {known}.")
    keep_what_is_read(workbook, session, by=by)
    goes_on = [number for number in read if number in continues or (finished and number not in finished)]
    close: Close = workbook.enter(
        "close",
        by=by,
        session=session,
        finished=[reference for number, reference in read.items() if number not in goes_on or number in finished],
        continues=[read[number] for number in goes_on],
        read=what_is_read(workbook, session),
    )
    return close


def early_start(workbook: Workbook, session: str) -> str:
    """Return when a session starts, in words, where that is more than an hour away; else an empty text.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    found = workbook.schedule.find(session)
    if found.cancelled or not found.is_early(workbook.clock()):
        return ""
    return f"{found.start:%A} {found.start.day} {found.start:%B %Y, %H:%M %Z}"


def ask_early(when: str) -> str:
    """Return the question before attendance is recorded for a session that starts ``when``, as ``early_start`` says it."""
    return f"This session only starts on {when}. Record attendance already?"


def too_early(session: str, when: str, how: str) -> RecordError:
    """Return the error of attendance before a session that starts ``when``; ``how`` is what to add to record it all the same."""
    return RecordError(
        f"Nothing was recorded: the session of {session} only starts on {when}. To record it already, add {how}."
    )


def attend(workbook: Workbook, session: str, member: str, state: str, *, by: str, id: str = "") -> Attendance:
    """Record someone's attendance and return it; what the session reads is kept first.

    Raises
    ------
    RecordError
        Something is not acceptable; nothing was written.
    ScheduleError
        There is no such session.
    """
    workbook.check("attendance", by=by, session=session, member=member, state=state)
    keep_what_is_read(workbook, session, by=by)
    attendance: Attendance = workbook.enter("attendance", by=by, session=session, id=id, member=member, state=state)
    return attendance


def keep_what_is_read(workbook: Workbook, session: str, *, by: str) -> None:
    """Enter what a session reads as its plan, before its first attendance or its closing: from then on the list can change.

    Where no one planned it, it is the next step of the syllabus. A session that keeps it already stays as it is, and a
    session that was cancelled reads nothing.

    Parameters
    ----------
    by
        Who enters what comes next; a member may, as it changes nothing that the agenda says.
    """
    plan = workbook.latest(Plan, session)
    if plan is not None and plan.read:
        attended = any(one.session == session for one in workbook.current.current(Attendance))
        if attended or workbook.latest(Close, session):
            return
    read = what_is_read(workbook, session)
    if not read or (plan is not None and plan.read == read):
        return
    fields = dict(plan_fields(plan))
    if not (fields.get("entries") or fields.get("items")):
        fields["entries"] = tuple(one.entry for one in read if one.entry)
        fields["items"] = tuple(item for one in read if not one.entry for item in one.items)
    workbook.keep_read(session, by=by, **(fields | {"read": read}))


def own_start(workbook: Workbook, session: Session, start: datetime) -> datetime | None:
    """Return a session's start as its plan holds it: aware, or None where it is the slot's.

    ``start`` is naive, as the clocks of the session's zone show it; a time that they skip moves forward.
    """
    zone = session.start.tzinfo or ZoneInfo("UTC")
    aware = start.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).astimezone(zone)
    try:
        usual = Schedule(workbook.slots, frozenset(workbook.settings.holidays)).find(session.id).start
    except ScheduleError:
        # A session that a plan made has no other start.
        return aware
    return None if usual == aware else aware


def _reference(workbook: Workbook, number: int) -> str:
    steps = steps_of(workbook)
    for step in steps:
        if step.number == number:
            return step.reference
    if not steps:
        raise RecordError(
            "The group has no syllabus, so there are no steps; plan an item, or choose a list: studygroup set syllabus LIST"
        )
    raise RecordError(f"There is no step {number}; {workbook.settings.syllabus} has steps 1 to {len(steps)}.")


def to_start(workbook: Workbook, text: str) -> datetime:
    """Return a start that was typed, in ISO 8601; without an offset it is in the slot's zone.

    Raises
    ------
    RecordError
        It is no time.
    """
    try:
        start = datetime.fromisoformat(text.strip())
        if len(text.strip()) <= len("2026-11-28"):
            raise ValueError("a date alone is not a time")
    except ValueError:
        raise RecordError(
            f"{text!r} is not a time; write 2026-11-28T23:00, or with an offset 2026-11-28T23:00+01:00."
        ) from None
    if start.tzinfo is not None:
        return start
    slot = workbook.schedule.slot_on(start.date())
    # Through UTC and back: a time that the zone's clocks skip moves forward.
    zone = ZoneInfo(slot.zone if slot else "UTC")
    return start.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).astimezone(zone)
