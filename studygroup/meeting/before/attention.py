"""What facilitators should look at of messages: what may have been sent, what failed, what changed since, and what is late."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Action, Close, Note, Plan
from studygroup.meeting.before.due import due_tasks
from studygroup.meeting.facts.deliveries import ADDRESS, PAGE, SITE, Deliveries, deliveries_of, messages_recorded
from studygroup.text.text import plain_list, to_short_day
from studygroup.workbook.workbook import Workbook

_STILL_SENDING = timedelta(minutes=5)
"""How long after it began a delivery may still be under way."""

_LATE = timedelta(hours=3)
"""How much later than due something is done where the program runs every hour."""

_LOOK_BACK = timedelta(days=8)
"""Of sessions longer ago nothing is said."""

NOUNS = {"agenda": "agenda for", "reminder": "reminder for", "report": "report of"}


def at_time(moment: datetime) -> str:
    """Return a moment as people read it.

    >>> at_time(datetime(2026, 11, 27, 23, tzinfo=UTC))
    'Fri 27 Nov, 23:00 UTC'
    """
    return f"{to_short_day(moment)}, {moment:%H:%M} {moment.tzname()}"


def named_message(message: str, session: Session) -> str:
    """Return what a message is called: "the agenda for Fri 27 Nov"."""
    return f"the {NOUNS.get(message, f'{message} for')} {to_short_day(session.start)}"


def attention(workbook: Workbook, told: Collection[tuple[str, str]] = ()) -> list[str]:
    """Return a sentence for each message that a facilitator should look at, the soonest session first.

    ``told`` has the messages, each with its session, of which the reader was just told that they failed: that is not said twice.
    """
    now = workbook.clock().astimezone(UTC)
    found: list[tuple[datetime, str]] = []
    for session_id, message in messages_recorded(workbook):
        try:
            session = workbook.schedule.find(session_id)
        except ScheduleError:
            continue
        if session.start.astimezone(UTC) > now - _LOOK_BACK:
            deliveries = deliveries_of(workbook, session_id, message)
            texts = [*_of_message(workbook, session, message, deliveries, now)]
            if ("" if message == SITE else session_id, message) not in told:
                texts += _failures(workbook, session, message, deliveries)
            found += [(session.start, text) for text in texts]
    found += [(task_start, text) for task_start, text in _late(workbook, now)]
    return [text for _, text in sorted(found, key=lambda one: one[0])]


def _of_message(workbook: Workbook, session: Session, message: str, deliveries: Deliveries, now: datetime) -> Iterator[str]:
    what, people = named_message(message, session), workbook.people
    unsure = [place for place in deliveries.places("unknown") if now - deliveries.stops[place].at > _STILL_SENDING]
    if unsure:
        begun = min(deliveries.stops[place].at for place in unsure).astimezone(session.start.tzinfo)
        where = plain_list(deliveries.called(place, people) for place in unsure)
        command = f"studygroup announce {message} --session {session.id}"
        yield (
            f"{_capital(what)} may have been sent to {where}: sending it was cut short on {at_time(begun)}, so it is not sent again. "
            f"Look there, then say whether it arrived: under Announce, or with {command} --arrived (or --lost)."
        )
    if message == "agenda" and not session.has_begun(now):
        yield from _changed_since(workbook, session, deliveries)
    if message == "report":
        yield from _report_changed(workbook, session, deliveries)


def _failures(workbook: Workbook, session: Session, message: str, deliveries: Deliveries) -> Iterator[str]:
    """Yield where a message could not be sent, and why; or what else could not be done about it."""
    what, people = named_message(message, session), workbook.people
    tasks = due_tasks(workbook) if deliveries.by_program else ()
    goes_on = message == SITE or any(
        task.state == "due" for task in tasks if (task.session.id, task.kind) == (session.id, message)
    )
    then = " It is tried again." if goes_on else ""
    for place in deliveries.places("waiting"):
        if why := deliveries.stops[place].why:
            yield f"{_failed(what, place, deliveries.called(place, people))}: {why.rstrip('.')}.{then}"


def _failed(what: str, place: str, called: str) -> str:
    said = {
        PAGE: f"The page of {what} could not be made",
        ADDRESS: f"{_capital(what)} was not sent",
        SITE: "The site could not be made",
    }
    return said.get(place, f"{_capital(what)} was not sent to {called}")


def changes_since(workbook: Workbook, session: str, moment: datetime | None) -> list[str]:
    """Return what has changed in a session's plan since an instant, such as "the session was moved"; nothing since None."""
    state = workbook.journal.current_state
    plans = sorted(filter(state.stands, state.of_subject(Plan, session)), key=attrgetter("order"))
    before = [plan for plan in plans if moment is not None and plan.at <= moment]
    was, now = (before[-1] if before else None), (plans[-1] if plans else None)
    if now is None or moment is None or now == was:
        return []
    was_off, was_start = (was.cancelled, was.start) if was else (False, None)
    if now.cancelled:
        return [] if was_off else ["the session was cancelled"]
    found = ["the session takes place after all"] if was_off else []
    found += ["the session was moved"] if now.start != was_start else []
    # What was announced before anything was planned was what the list suggested.
    if was and (was.entries, was.items) != (now.entries, now.items):
        found.append("the reading was changed")
    roles = {role: name for role, name in now.roles.items() if name}
    if was and any(roles.get(role) != name for role, name in was.roles.items() if name):
        found.append("the roles were changed")
    return found


def _changed_since(workbook: Workbook, session: Session, deliveries: Deliveries) -> Iterator[str]:
    """Yield what changed in a session after its agenda had been announced: that is not told by itself."""
    if changes := changes_since(workbook, session.id, deliveries.arrived):
        on = to_short_day(session.start)
        moved = f" It is on {at_time(session.start)} now." if "the session was moved" in changes else ""
        yield (
            f"After the agenda for {on} had been announced, {plain_list(changes)}.{moved} To tell the group, use Send the change "
            f"under Announce, or: studygroup announce agenda --session {session.id} --again"
        )


def report_changes(workbook: Workbook, session: str, moment: datetime | None) -> list[str]:
    """Return what was entered about a session since its report was announced, such as "2 decisions"; nothing since None."""
    if moment is None:
        return []
    current = workbook.current
    notes = [one for one in current.current(Note) if one.session == session and one.at > moment]
    actions = [one for one in current.current(Action) if one.session == session and one.at > moment and not one.done]
    closed = [one for one in current.current(Close) if one.session == session and one.at > moment]
    decided = sum(one.decision for one in notes)
    counts = (("decision", decided), ("note", len(notes) - decided), ("action", len(actions)))
    return [*(f"{count} {word}{'s' * (count > 1)}" for word, count in counts if count), *["how it closed"] * bool(closed)]


def _report_changed(workbook: Workbook, session: Session, deliveries: Deliveries) -> Iterator[str]:
    if changes := report_changes(workbook, session.id, deliveries.arrived):
        yield (
            f"Since the report of {to_short_day(session.start)} was announced, this was entered: {plain_list(changes)}. To tell the group, use "
            f"Send the change under Announce, or: studygroup announce report --session {session.id} --again"
        )


def _late(workbook: Workbook, now: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield what should have been done by now and of which nothing is recorded here, where a place is named that does it."""
    place = workbook.settings.due_place
    late = [
        task
        for task in (due_tasks(workbook) if place else ())
        if task.state == "due" and task.deliveries.by_program is None and now - task.at.astimezone(UTC) > _LATE
    ]
    if late and not any(record.by == PROGRAM for record in workbook.journal.records):
        yield (
            late[0].session.start,
            f"Nothing here says that studygroup due has run at {place} yet. Its first run does what is due by then; "
            "docs/routine.md of the studygroup project says how to run it every hour.",
        )
        return
    for task in late:
        yield (
            task.session.start,
            f"{_capital(named_message(task.kind, task.session))} was due on {at_time(task.at)}, and nothing here says that it was "
            f"sent. Sync first; then see whether studygroup due still runs at {place}.",
        )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
