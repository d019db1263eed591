"""Send a message to every address once; what failed can be sent again without sending the rest twice."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from studygroup.errors import MessageError
from studygroup.journal.types.records import Away, Rsvp, Sent
from studygroup.meeting.after.report import last_session, report_of
from studygroup.meeting.before.agenda import Agenda, agenda_of
from studygroup.publish.messages.announce import announcement, personal_reminder, reminder, report_message
from studygroup.publish.messages.targets import Target, member_addresses
from studygroup.workbook.workbook import Workbook

Kind = Literal["agenda", "report", "reminder"]
KINDS: tuple[Kind, ...] = ("agenda", "report", "reminder")


class Letter(msgspec.Struct, frozen=True):
    """One text for one address."""

    address: Target
    title: str
    text: str


class Delivery(msgspec.Struct, frozen=True):
    """What became of a letter: "sent", "before" (it went there earlier) or "failed", and why."""

    label: str
    state: Literal["sent", "before", "failed"]
    why: str = ""


def letters(workbook: Workbook, kind: Kind, session: str, addresses: Sequence[Target], text: str = "") -> list[Letter]:
    """Return what a message says at each address; none where there is nothing to say.

    A reminder goes to those who did not answer at their own addresses, and to the group's for the others. A ``text`` that
    somebody wrote goes to the group's addresses instead of ours.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    if text:
        return [Letter(one, f"{workbook.settings.name}: {session}", text) for one in addresses]
    if kind == "report":
        report = report_of(workbook, session)
        title = f"{report.agenda.group}: report of {session}"
        return [Letter(one, title, report_message(report, one.channel)) for one in addresses]
    agenda = agenda_of(workbook, session)
    title = f"{agenda.group}: {session}"
    if kind == "agenda":
        return [Letter(one, title, announcement(agenda, one.channel)) for one in addresses]
    return list(_reminders(workbook, agenda, title, addresses))


def _reminders(workbook: Workbook, agenda: Agenda, title: str, addresses: Sequence[Target]) -> Iterator[Letter]:
    silent = dict(silent_members(workbook, agenda.session))
    own = {member: address for member, address in member_addresses(workbook.folder).items() if member in silent}
    others = [name for member, name in silent.items() if member not in own]
    for one in addresses:
        if text := reminder(agenda, others, one.channel):
            yield Letter(one, title, text)
    if not agenda.cancelled:
        for member, address in own.items():
            yield Letter(address, title, personal_reminder(agenda, silent[member], address.channel))


def silent_members(workbook: Workbook, session: str) -> Iterator[tuple[str, str]]:
    """Yield the members who did not say whether they will come, with their names."""
    found = workbook.schedule.find(session)
    first, people = found.start.date(), workbook.people
    for member in sorted(workbook.roster.members_at(found), key=lambda one: people[one].name.casefold()):
        away = any(one.member == member and one.first <= first <= one.last for one in workbook.current.current(Away))
        if not away and workbook.latest(Rsvp, session, member) is None:
            yield member, people[member].name


def session_of(workbook: Workbook, kind: Kind, session: str = "") -> str:
    """Return the session that a message is about when nobody names one: a report's last, else the next."""
    if session:
        return workbook.schedule.find(session).id
    return last_session(workbook).id if kind == "report" else workbook.schedule.next(workbook.clock()).id


def send(
    workbook: Workbook,
    kind: Kind,
    session: str,
    post: Sequence[Letter],
    *,
    by: str,
    again: bool = False,
    deliver: Callable[[Letter], str] | None = None,
) -> Iterator[Delivery]:
    """Send letters one after the other and yield what became of each; each that arrived is recorded before the next.

    Where a delivery was recorded, nothing is sent, unless ``again``. Between an arrival and its record a power cut makes the
    next try send once more; nothing is ever recorded that did not arrive.

    Parameters
    ----------
    deliver
        Sends one letter and returns why it failed, or an empty text; apprise by default.

    Raises
    ------
    MessageError
        ``by`` may not announce; then nothing was sent.
    """
    if by not in workbook.facilitators and workbook.facilitators:
        raise MessageError(
            f"Announcing is for a facilitator: {', '.join(workbook.people[one].name for one in workbook.facilitators)}."
        )
    deliver = deliver or deliver_letter
    for letter in post:
        held = workbook.latest(Sent, session, kind)
        done = held.to if held else ()
        if letter.address.label in done and not again:
            yield Delivery(letter.address.label, "before")
            continue
        if why := deliver(letter):
            yield Delivery(letter.address.label, "failed", why)
            continue
        labels = dict.fromkeys([*done, letter.address.label])
        workbook.enter("sent", by=by, session=session, message=kind, to=tuple(labels))
        yield Delivery(letter.address.label, "sent")


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
