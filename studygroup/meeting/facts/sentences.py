"""What was entered, told in a sentence: who changed what, from what to what."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from studygroup.group.slot import slot_in_words
from studygroup.journal.keeping.history import says
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Withdraw
from studygroup.journal.types.subjects import key_of
from studygroup.meeting.facts.blind import may_read, without_reasons
from studygroup.text.text import plain_list, to_date, to_short_day
from studygroup.workbook.workbook import Workbook

LONGEST = 120
"""How many characters of people's texts a sentence has."""

_ONE_VALUE = {
    "rsvp": ("RSVP", "answer"),
    "attendance": ("attendance", "state"),
    "reading": ("reading status", "status"),
    "rating": ("rating", "rating"),
}
"""Types that say one thing about one member: what it is called, and its field."""


class HistoryTeller:
    """Tells what was entered in a workbook, as one person may read it.

    Parameters
    ----------
    reader
        The id of the member who reads; empty where no one said who it is.
    """

    def __init__(self, workbook: Workbook, reader: str) -> None:
        self._workbook, self._reader = workbook, reader
        items = workbook.catalogue.items
        self._names = dict(zip(items["id"], items["title"], strict=True))
        self._names |= {member: person.name for member, person in workbook.people.items()}

    def sentence(self, record: Record) -> str:
        """Return what someone entered in a sentence; of an undo, what it undid."""
        current = self._workbook.current
        if isinstance(record, Withdraw):
            undone = current.record(record.record)
            who = self._names.get(record.by, record.by)
            if undone is None or isinstance(undone, Withdraw) or not may_read(self._workbook, self._reader, undone):
                return f"{who} undid an entry"
            return f"{who} undid “{self.sentence(undone)}”"
        before = current.record(record.replaces) if record.replaces else None
        return sentence(self._shown(record), before and self._shown(before), self._names)

    def _shown(self, record: Record) -> Record:
        return without_reasons(self._workbook, self._reader, record)

    def state(self, record: Record) -> str:
        """Return what became of a record: "current", "replaced", "undone", or empty for an undo."""
        current = self._workbook.current
        if isinstance(record, Withdraw):
            return ""
        if not current.stands(record):
            return "undone"
        latest = current.latest(type(record), key_of(record.subject))
        return "current" if latest and latest.id == record.id else "replaced"


def sentence(record: Record, before: Record | None, names: Mapping[str, str]) -> str:
    """Return in a sentence what someone entered.

    Parameters
    ----------
    before
        The record that it replaced; None for a first one.
    names
        What people and works are called, by id.

    Returns
    -------
    str
        With people's own words in it, which are not to be trusted: "Ada changed Grace's attendance from late to present".
    """
    who = names.get(record.by, record.by)
    earlier = before if before is not None and before.type == record.type else None
    if record.type in _ONE_VALUE:
        return f"{who} {_one_value(record, earlier, names)}"
    told = _TOLD.get(record.type, _anything)
    return f"{who} {told(record, earlier, names)}"


def _one_value(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    noun, field = _ONE_VALUE[record.type]
    whose = "their own" if record.member == record.by else f"{_named(record.member, names)}’s"
    about = f" of {_named(record.item, names)}" if hasattr(record, "item") else ""
    value = _words(getattr(record, field))
    if earlier is not None and getattr(earlier, field) != getattr(record, field):
        return f"changed {whose} {noun}{about} from {_words(getattr(earlier, field))} to {value}"
    return f"set {whose} {noun}{about} to {value}"


def _named(one: str, names: Mapping[str, str]) -> str:
    return names.get(one, one)


def _words(value: object) -> str:
    return str(value).replace("_", " ")


def _short(text: str) -> str:
    return textwrap.shorten(text, LONGEST, placeholder=" …")


def _people(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    if earlier is None:
        return f"added {record.name}{' as a guest' if record.guest else ''}"
    changed = [name for name in ("name", "role", "zone", "joined", "left") if getattr(earlier, name) != getattr(record, name)]
    if changed == ["left"] and record.left:
        return f"removed {record.name} from {to_date(record.left)} on"
    parts = [_changed(name, getattr(earlier, name), getattr(record, name)) for name in changed]
    return f"changed {earlier.name}’s {' and '.join(parts)}" if parts else f"entered {record.name} again"


def _changed(field: str, before: object, after: object) -> str:
    shown = [to_date(one) if isinstance(one, date) else str(one) if one else "nothing" for one in (before, after)]
    return f"{field} from {shown[0]} to {shown[1]}"


def _plan(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    if record.cancelled:
        return f"cancelled the session{f': {_short(record.why)}' if record.why else ''}"
    if earlier is not None and earlier.cancelled:
        return "put the cancelled session back"
    parts = []
    if earlier is None or (earlier.entries, earlier.items) != (record.entries, record.items):
        titles = [read.title for read in record.reads] or [_named(item, names) for item in record.items]
        parts.append(f"planned {' and '.join(titles)}" if titles else "planned nothing to read")
    roles = dict(earlier.roles) if earlier else {}
    for role in dict.fromkeys([*roles, *record.roles]):
        if roles.get(role) != record.roles.get(role):
            member = record.roles.get(role)
            parts.append(
                f"made {_named(member, names)} {role}" if member else f"took {_named(roles[role], names)} off as {role}"
            )
    if record.start != (earlier.start if earlier else None):
        parts.append(f"set the start to {_moment(record.start)}" if record.start else "set the start back to the usual time")
    if record.length_min != (earlier.length_min if earlier else None):
        parts.append(f"set the length to {record.length_min} minutes" if record.length_min else "set the usual length")
    parts += _plan_extras(record, earlier)
    return ", ".join(parts) or "confirmed the plan"


def _plan_extras(record: Any, earlier: Any) -> list[str]:
    """Return what is new of where a session meets, of its note, and of what it asks to remember."""
    parts = []
    for name, what in (("place", "place"), ("link", "meeting link"), ("note", "note")):
        new = getattr(record, name)
        if new != (getattr(earlier, name) if earlier else ""):
            parts.append(f"set the {what} to “{_short(new)}”" if new else f"removed the {what}")
    if record.skips_recall != (earlier.skips_recall if earlier else False):
        parts.append("skipped what to remember" if record.skips_recall else "put back what to remember")
    return parts


def _moment(at: datetime) -> str:
    return f"{to_short_day(at)}, {at:%H:%M %Z}"


def _close(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    done, on = len(record.finished), len(record.continues)
    ends = [f"{done} finished"] * bool(done) + [f"{on} to continue"] * bool(on)
    again = "again" if earlier is not None else ""
    return f"closed the session{' ' * bool(again)}{again}{f' with {plural}' if (plural := ', '.join(ends)) else ''}"


def _summary(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    whose = "" if record.member == record.by else f" for {_named(record.member, names)}"
    did = "changed their summary" if earlier is not None else "wrote a summary"
    text = record.big_idea or record.relevance or record.text
    return f"{did} of {_named(record.item, names)}{whose}{f': “{_short(text)}”' if text else ''}"


def _text(first: str, changed: str) -> Callable[[Any, Any, Mapping[str, str]], str]:
    def told(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
        return f"{changed if earlier is not None else first}: “{_short(record.text)}”"

    return told


def _note(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    kind = "decision" if record.decision else "note"
    return f"{'changed' if earlier is not None else 'added'} a {kind}: “{_short(record.text)}”"


def _action(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    text = f"“{_short(record.text)}”"
    if earlier is not None and record.done != earlier.done:
        return f"marked an action as {'done' if record.done else 'not done'}: {text}"
    if earlier is not None and record.owner != earlier.owner:
        return f"gave an action to {_named(record.owner, names) if record.owner else 'no one'}: {text}"
    owner = f" for {_named(record.owner, names)}" if record.owner else ""
    return f"{'changed' if earlier is not None else 'added'} an action{owner}: {text}"


def _answer(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    did = {"answered": "answered a question", "dropped": "dropped a question", "open": "opened a question again"}[record.state]
    return f"{did}: “{_short(record.text)}”" if record.text else did


def _feedback(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    said = [f"worth it: {record.worth}"] * bool(record.worth) + [f"pace: {record.pace}"] * bool(record.pace)
    line = f": “{_short(record.text)}”" if record.text else ""
    return f"{'changed' if earlier is not None else 'gave'} feedback on the session{f' ({plain_list(said)})' if said else ''}{line}"


def _pace(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    pinned = [f"{title} at {record.parts[title]} minutes" for title in record.pinned]
    return f"set the pace of the session{f', with {plain_list(pinned)}' if pinned else ''}"


def _response(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    did = "changed an answer to" if earlier is not None else "answered"
    return f"{did} “{_short(record.question)}”: “{_short(record.text)}”"


def _material(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return f"{'changed' if earlier is not None else 'added'} a link to {_named(record.item, names)}: {_short(record.label)}"


def _withdraw(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return "undid an entry"


def _vote(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return "changed their vote" if earlier is not None else "voted"


def _swap(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    other, whose = _named(record.to or record.asked, names), _whose(record, names)
    back = f", for {record.for_role} on {to_short_day(date.fromisoformat(record.for_session[:10]))}" if record.for_role else ""
    if record.to:
        return (
            f"took over {whose} role as {record.role}{back}"
            if record.to == record.by
            else f"gave {whose} role as {record.role} to {other}{back}"
        )
    if record.asked:
        return f"asked {other} to take over {whose} role as {record.role}{back}"
    return f"is looking for someone to take over {whose} role as {record.role}"


def _whose(record: Any, names: Mapping[str, str]) -> str:
    return "their" if record.member == record.by else f"{_named(record.member, names)}’s"


def _turn(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    whom = "" if record.member == record.by else f" for {_named(record.member, names)}"
    return f"{'took on' if record.answer == 'volunteer' else 'declined'} the role of {record.role}{whom}"


def _away(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    who = "they are" if record.member == record.by else f"{_named(record.member, names)} is"
    until = f" to {to_date(record.last)}" if record.last != record.first else ""
    why = f": {_short(record.why)}" if record.why else ""
    return f"{'changed that' if earlier is not None else 'said that'} {who} away {'from' if until else 'on'} {to_date(record.first)}{until}{why}"


def _ballot(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    papers = plain_list(_named(one, names) for one in record.shortlist)
    return f"{'changed the ballot' if earlier is not None else 'opened a ballot'} about {papers}, until {_moment(record.until)}"


def _result(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return f"recorded the result of a ballot: {f'{_named(record.winner, names)} was chosen' if record.winner else 'no paper was chosen'}"


def _proposal(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    why = f": “{_short(record.why)}”" if record.why else ""
    return f"{'changed their proposal of' if earlier is not None else 'proposed'} {_short(record.title) or _named(record.item, names)}{why}"


def _second(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return "wants to know, too" if record.question else "seconded a proposal"


def _guide(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    part = f"to read {_short(record.part)} of" if record.part else "to read all of"
    asks = f", and asked {plain_list(f'“{_short(one)}”' for one in record.questions)}" if record.questions else ""
    return f"said {part} {_named(record.item or record.entry, names)}{asks}"


def _slot(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    return f"changed when the group meets: {slot_in_words(record.slot)}, from {to_date(record.valid_from)} on"


def _survey(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    about = (
        f"the session of {to_short_day(date.fromisoformat(record.moves[:10]))}"
        if record.moves
        else f"the usual time from {to_date(record.first)} on"
    )
    if record.chosen is not None and (earlier is None or earlier.chosen is None):
        return f"chose {_moment(record.chosen)} for {about}"
    return f"{'changed the survey' if earlier is not None else 'asked when members can meet'} for {about}"


def _availability(record: Any, earlier: Any, names: Mapping[str, str]) -> str:
    whose = "they" if record.member == record.by else _named(record.member, names)
    return f"{'changed' if earlier is not None else 'said'} when {whose} can meet"


def _anything(record: Record, earlier: Record | None, names: Mapping[str, str]) -> str:
    """Tell of a type that has no sentence of its own: its name and its fields."""
    said = says(record, earlier, names)
    did = "changed" if earlier is not None else "entered"
    about = [_named(member, names) for member in record.members if member != record.by]
    return f"{did} {record.type}{f' for {about[0]}' if about else ''}{f': {_short(said)}' if said else ''}"


_TOLD: dict[str, Callable[[Any, Any, Mapping[str, str]], str]] = {
    "person": _people,
    "plan": _plan,
    "close": _close,
    "summary": _summary,
    "question": _text("asked", "changed their question to"),
    "note": _note,
    "action": _action,
    "answer": _answer,
    "feedback": _feedback,
    "reply": _text("replied", "changed their reply to"),
    "pace": _pace,
    "response": _response,
    "material": _material,
    "swap": _swap,
    "turn": _turn,
    "away": _away,
    "ballot": _ballot,
    "result": _result,
    "proposal": _proposal,
    "second": _second,
    "guide": _guide,
    "slot": _slot,
    "vote": _vote,
    "survey": _survey,
    "availability": _availability,
    "withdraw": _withdraw,
}
"""How each type is told; those without a line of their own go by their fields."""
