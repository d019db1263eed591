"""Send a message to every address once; what failed can be sent again without sending the rest twice."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from studygroup.errors import MessageError, StudygroupError
from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Away, Rsvp, Swap
from studygroup.meeting.after.report import last_session, report_of
from studygroup.meeting.before.agenda import Agenda, agenda_of
from studygroup.meeting.before.attention import changes_since, report_changes
from studygroup.meeting.before.turns import MemberTurn, turns_ahead, turns_of
from studygroup.meeting.choose.ballots import have_not_voted
from studygroup.meeting.choose.surveys import have_not_answered
from studygroup.meeting.facts.deliveries import Stop, deliveries_of
from studygroup.publish.messages.announce import (
    MissingHours,
    MissingVotes,
    announcement,
    personal_reminder,
    reminder,
    report_message,
)
from studygroup.publish.messages.message_log import MessageLog
from studygroup.publish.messages.targets import Target, member_addresses
from studygroup.storage.atomic import locked
from studygroup.storage.shared_files import make_folder
from studygroup.text.text import to_short_day
from studygroup.workbook.workbook import Workbook

Kind = Literal["agenda", "report", "reminder"]
KINDS: tuple[Kind, ...] = ("agenda", "report", "reminder")
NO_TROUBLE: Mapping[str, str] = MappingProxyType({})


class Letter(msgspec.Struct, frozen=True):
    """One text for one address; ``member`` is whose own address it is, empty for the group's."""

    address: Target
    title: str
    text: str
    member: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """The outcome of a letter.

    "sent"; "before": it went there earlier; "failed", and why; "unknown": an earlier try was cut short, so it may have been sent, and
    is not sent again.
    """

    label: str
    state: Literal["sent", "before", "failed", "unknown"]
    why: str = ""


def letters(workbook: Workbook, kind: Kind, session: str, addresses: Sequence[Target], text: str = "") -> list[Letter]:
    """Return what a message says at each address; none where there is nothing to say.

    A reminder goes to those who did not answer at their own addresses, and to the group's for the others. A ``text`` that
    someone wrote goes to the group's addresses instead of ours.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    if text:
        start = workbook.schedule.find(session).start
        return [Letter(one, f"{workbook.settings.name}: {to_short_day(start)}", text) for one in addresses]
    if kind == "report":
        report = report_of(workbook, session)
        title = f"{report.agenda.group}: report of {to_short_day(report.agenda.start)}"
        return [Letter(one, title, report_message(report, one.channel)) for one in addresses]
    agenda = agenda_of(workbook, session)
    title = f"{agenda.group}: {to_short_day(agenda.start)}"
    if kind == "agenda":
        changes = changes_announced(workbook, "agenda", session)
        return [Letter(one, title, announcement(agenda, one.channel, changes)) for one in addresses]
    return list(_reminders(workbook, agenda, title, addresses))


def _reminders(workbook: Workbook, agenda: Agenda, title: str, addresses: Sequence[Target]) -> Iterator[Letter]:
    silent, votes = dict(silent_members(workbook, agenda.session)), have_not_voted(workbook)
    hours = have_not_answered(workbook)
    turns = own_turns(workbook, agenda.session)
    asked = {*silent, *votes, *hours, *turns}
    own = {member: address for member, address in member_addresses(workbook.folder).items() if member in asked}
    others = [name for member, name in silent.items() if member not in own]
    for one in addresses:
        if text := reminder(agenda, others, one.channel, missing_votes(workbook, own), missing_hours(workbook, own)):
            yield Letter(one, title, text)
    for member, address in own.items():
        if agenda.cancelled and member not in votes and member not in hours:
            continue
        mine = () if agenda.cancelled else turns.get(member, ())
        answered = agenda.cancelled or member not in silent
        until = [_local(workbook, view.until) for view in votes.get(member, ())]
        text = personal_reminder(
            agenda,
            workbook.people[member].name,
            address.channel,
            answered=answered,
            votes=until,
            hours=[view.about for view in hours.get(member, ())],
            turns=mine,
        )
        yield Letter(address, title, text, member)


def changes_announced(workbook: Workbook, kind: Kind, session: str) -> list[str]:
    """Return what has changed since a message was announced, which does not go out by itself; nothing of a reminder."""
    changes = {"agenda": changes_since, "report": report_changes}.get(kind)
    return changes(workbook, session, deliveries_of(workbook, session, kind).arrived) if changes else []


def own_turns(workbook: Workbook, session: str) -> dict[str, list[MemberTurn]]:
    """Return what each member is told of a session's roles, by the member's id: who has one, is asked to take one or is suggested for one."""
    found: dict[str, list[MemberTurn]] = {}
    ahead = next((one for one in turns_ahead(workbook) if one.session.id == session), None)
    if ahead is None:
        return found
    concerned = {*ahead.holders.values(), *(one.member for one in ahead.suggested)}
    concerned |= {one.asked for one in workbook.current.current(Swap) if one.session == session}
    for member in sorted(concerned - {""}):
        for one in turns_of(workbook, member):
            if one.session.id == session and one.state in {"mine", "waits", "asked", "turn"}:
                found.setdefault(member, []).append(one)
    return found


def missing_votes(workbook: Workbook, but: Collection[str] = ()) -> list[MissingVotes]:
    """Return the open ballots with the names of those who have not voted, ``but`` some by their ids; no ballot on which all have."""
    names: dict[str, tuple[datetime, list[str]]] = {}
    for member, views in have_not_voted(workbook).items():
        for view in views if member not in but else ():
            names.setdefault(view.id, (_local(workbook, view.until), []))[1].append(workbook.people[member].name)
    return [MissingVotes(until, tuple(sorted(found, key=str.casefold))) for until, found in names.values()]


def missing_hours(workbook: Workbook, but: Collection[str] = ()) -> list[MissingHours]:
    """Return the open surveys with the names of those who have not answered, ``but`` some by their ids; none that all have answered."""
    names: dict[str, tuple[str, list[str]]] = {}
    for member, views in have_not_answered(workbook).items():
        for view in views if member not in but else ():
            names.setdefault(view.id, (view.about, []))[1].append(workbook.people[member].name)
    return [MissingHours(about, tuple(sorted(found, key=str.casefold))) for about, found in names.values()]


def _local(workbook: Workbook, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(workbook.slots[-1].zone))


def silent_members(workbook: Workbook, session: str) -> Iterator[tuple[str, str]]:
    """Yield the members who did not say whether they will come, with their names."""
    found = workbook.schedule.find(session)
    first, people = found.start.date(), workbook.people
    for member in sorted(workbook.roster.members_at(found), key=lambda one: people[one].name.casefold()):
        away = any(one.member == member and one.first <= first <= one.last for one in workbook.current.current(Away))
        if not away and workbook.latest(Rsvp, session, member) is None:
            yield member, people[member].name


def session_of(workbook: Workbook, kind: Kind, session: str = "") -> str:
    """Return the session that a message is about when no one names one: a report's last, else the next."""
    if session:
        return workbook.schedule.named(session).id
    return last_session(workbook).id if kind == "report" else workbook.schedule.next(workbook.clock()).id


def send(
    workbook: Workbook,
    kind: Kind,
    session: str,
    post: Sequence[Letter],
    *,
    by: str,
    again: bool = False,
    lost: bool = False,
    deliver: Callable[[Letter], str] | None = None,
    share: Callable[[], object] | None = None,
    trouble: Mapping[str, str] = NO_TROUBLE,
) -> list[Delivery]:
    """Send letters one after the other and return what became of each, in their order.

    That a letter is tried is on the disk before it is sent, and how that ended before the next one is. Where a delivery was recorded,
    or begun and cut short, nothing is sent. One message is sent by one process of this folder at a time.

    Parameters
    ----------
    by
        A facilitator, or ``PROGRAM``, which records also that there was nothing to send.
    again
        Send it everywhere, also where it arrived.
    lost
        Send it also where it may have been sent.
    deliver
        Sends one letter and returns why it failed, or an empty text; apprise by default.
    share
        Makes known elsewhere what is recorded here, before anything is sent, where this machine may be lost. If it raises, nothing is
        sent, and that is recorded.
    trouble
        What else keeps the message from being done, recorded with it: why, by one of ``TROUBLE``.

    Raises
    ------
    MessageError
        ``by`` may not announce; then nothing was sent.
    NotSavedError
        The disk refused. Where that was after a delivery, the record says that it may have been sent.
    """
    check_may_announce(workbook, by)
    deliver = deliver or deliver_letter
    state = workbook.folder / ".studygroup"
    make_folder(state, workbook.folder, mode=0o700)
    with locked(state / "announce", workbook.folder):
        workbook.refresh()
        log = MessageLog(workbook, session, kind, by)
        outcomes = {one.address.label: _known(log.known.stops.get(one.address.label), again, lost) for one in post}
        # Two people can share an address, which gets one letter.
        pending = [one for label, one in {one.address.label: one for one in reversed(post)}.items() if outcomes[label] is None][
            ::-1
        ]
        own = {one.address.label: one.member for one in pending if one.member}
        log.expect((one.address.label for one in pending), own, trouble)
        if pending:
            outcomes |= _send_each(log, pending, deliver, share)
        elif by == PROGRAM:
            log.save()
    return [Delivery(label, *outcome) for label, outcome in outcomes.items() if outcome]


Outcome = tuple[Literal["sent", "before", "failed", "unknown"], str]


def _known(stop: Stop | None, again: bool, lost: bool) -> Outcome | None:
    """Return why nothing is sent to a place; None where it is."""
    if again or stop is None or stop.state == "waiting":
        return None
    if stop.state == "sent":
        return "before", ""
    return None if lost else ("unknown", "")


def _send_each(
    log: MessageLog, pending: Sequence[Letter], deliver: Callable[[Letter], str], share: Callable[[], object] | None
) -> dict[str, Outcome]:
    """Send letters, and return how each ended by its place."""
    places = [one.address.label for one in pending]
    log.begin(places if share else places[:1])
    log.save()
    if share:
        try:
            share()
        except StudygroupError as error:
            for place in places:
                log.end(place, f"what is about to be sent could not be shared first: {error}")
            log.save()
            raise
    outcomes: dict[str, Outcome] = {}
    for letter, following in zip_longest(pending, places[1:]):
        why = deliver(letter)
        log.end(letter.address.label, why)
        log.begin([following] if following else [])
        log.save()
        outcomes[letter.address.label] = ("failed", why) if why else ("sent", "")
    return outcomes


def settle(
    workbook: Workbook, kind: Kind, session: str, *, by: str, arrived: Iterable[str] = (), lost: Iterable[str] = ()
) -> None:
    """Record what someone saw at places, by the labels of their addresses: a message arrived there, or is lost; nothing is sent here.

    What is lost is sent again by whoever has that address, as `studygroup due`.

    Raises
    ------
    MessageError
        ``by`` may not announce.
    """
    check_may_announce(workbook, by)
    workbook.refresh()
    log = MessageLog(workbook, session, kind, by)
    for place in arrived:
        log.end(place)
    for place in lost:
        log.lose(place)
    log.save()


def check_may_announce(workbook: Workbook, by: str) -> None:
    """Raise MessageError where someone may not announce: a facilitator may, the program may, and anyone in a group without one."""
    if by != PROGRAM and by not in workbook.facilitators and workbook.facilitators:
        raise MessageError(
            f"Announcing is for a facilitator: {', '.join(workbook.people[one].name for one in workbook.facilitators)}."
        )


def deliver_letter(letter: Letter) -> str:
    """Send a letter with apprise and return why it failed, or an empty text; no address is logged."""
    import apprise

    service = apprise.Apprise()
    service.add(letter.address.url)
    heard = _Heard()
    logger = logging.getLogger("apprise")
    handlers, passes, level = logger.handlers, logger.propagate, logger.level
    logger.handlers, logger.propagate = [heard], False
    logger.setLevel(logging.INFO)
    try:
        title = "" if letter.address.channel == "discord" else letter.title
        done = service.notify(body=letter.text, title=title, body_format=apprise.NotifyFormat.TEXT, interpret_escapes=False)
    finally:
        logger.handlers, logger.propagate = handlers, passes
        logger.setLevel(level)
    return "" if done else heard.why()


class _Heard(logging.Handler):
    """Keeps what apprise says of a failure, which may hold parts of an address, for ``why`` to say it without."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def why(self) -> str:
        text = "\n".join(self.lines)
        if found := re.search(r"error[ =:]+(\d{3})", text):
            return f"the service answered {found[1]}"
        if re.search(r"auth|login|535", text, re.IGNORECASE):
            return "the service refused the user or the password"
        return "the service could not be reached"
