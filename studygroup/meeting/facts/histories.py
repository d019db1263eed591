"""The outcome of a question or an action, from its first record on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

import msgspec

from studygroup.journal.current.state import CurrentState
from studygroup.journal.types.records import Action, Answer, Question


class Event(msgspec.Struct, frozen=True):
    """Something that was said of a question or an action.

    ``at`` is when, in UTC, ``session`` the session that it belongs to, ``who`` the name of who said it, ``what`` it was in a word or
    a few, ``text`` what was written, in Markdown that is not to be trusted, or empty.
    """

    at: datetime
    session: str
    who: str
    what: str
    text: str


R = TypeVar("R", Question, Answer, Action)

_CLOSED = {"answered": "answered", "dropped": "dropped", "open": "opened again"}


def question_history(
    current_state: CurrentState, question: str, names: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[Event, ...]:
    """Return the life of a question, in order of time; what was withdrawn is left out.

    Parameters
    ----------
    question
        The id of its first record.
    names, titles
        People's names by member id, works' titles by item id.
    """
    asked = _standing(current_state, Question, question)
    told = {question, *(record.id for record in asked)}
    events = [*_asked(asked, names, titles)]
    for key in current_state.keys(Answer):
        given = _standing(current_state, Answer, key)
        if given and given[-1].question in told:
            events += _answered(given, names, titles)
    return tuple(sorted(events, key=attrgetter("at")))


def _asked(records: list[Question], names: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Event]:
    before: Question | None = None
    for one in records:
        what = "asked" if before is None else "reworded" if one.text != before.text else ""
        if before is not None and one.item != before.item:
            about = f"put to {titles.get(one.item, one.item)}" if one.item else "put to no work"
            what = f"{what}, {about}" if what else about
        if what:
            who = one.member if before is None else one.by
            yield Event(one.at, one.session, names.get(who, who), what, one.text)
        before = one


def _answered(records: list[Answer], names: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Event]:
    before: Answer | None = None
    for one in records:
        what = _CLOSED[one.state] if before is None or one.state != before.state else "answer changed"
        what += f" by {titles.get(one.item, one.item)}" if one.item else ""
        yield Event(one.at, one.session, names.get(one.member, one.member), what, one.text)
        before = one


def action_history(current_state: CurrentState, action: str, names: Mapping[str, str]) -> tuple[Event, ...]:
    """Return the life of an action, in order of time; parameters as for ``question_history``."""
    events: list[Event] = []
    before: Action | None = None
    for one in _standing(current_state, Action, action):
        owner = names.get(one.owner, one.owner)
        changes = ["noted"] if before is None else ["reworded"] * (one.text != before.text)
        if one.owner != (before.owner if before else ""):
            changes.append(f"taken by {owner}" if owner else "given back")
        if one.due != (before.due if before else None):
            changes.append(f"due {one.due}" if one.due else "due at no time")
        if one.done != (before.done if before else False):
            changes.append("done" if one.done else "open again")
        if changes:
            said = one.text if before is None or one.text != before.text else ""
            events.append(Event(one.at, one.session, names.get(one.by, one.by), ", ".join(changes), said))
        before = one
    return tuple(events)


def done_since(current_state: CurrentState, action: str) -> datetime | None:
    """Return since when an action is done, None while it is not."""
    since: datetime | None = None
    for one in _standing(current_state, Action, action):
        since = (since or one.at) if one.done else None
    return since


def _standing(current_state: CurrentState, kind: type[R], key: str) -> list[R]:
    """Return the records of a thing that were not withdrawn, in order of time."""
    return sorted(filter(current_state.stands, current_state.of_subject(kind, key)), key=attrgetter("order"))
