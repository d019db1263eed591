"""Who is expected at a session, how many of them have read, what is open; and the pace that was kept for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pandas as pd

from studygroup.errors import RecordError
from studygroup.group.schedule import Session
from studygroup.group.settings import Settings
from studygroup.group.states import HAS_READ
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Away, Pace, Reading, Rsvp, Withdraw
from studygroup.journal.types.subjects import Key
from studygroup.meeting.before.pace import QUESTIONS, READ_FIRST, Paced, PacedPart, Room, names_of, paced
from studygroup.meeting.facts.threads import answers_for


def room_of(
    session: Session,
    questions: pd.DataFrame,
    records: CurrentState,
    here: Collection[str],
    items: Collection[str],
    now: datetime,
) -> Room:
    """Return who is expected at a session and how far they are; once it has begun, as it was when it began.

    Parameters
    ----------
    questions
        All questions, as ``journal.tables`` returns them.
    here
        The ids of the members on that day.
    items
        What the session reads.
    """
    begun = records if now <= session.start else CurrentState(_said_before(session, records, here, items))
    until = pd.Timestamp(min(now, session.start)).tz_convert("UTC")
    reading = tables.reading(begun)
    rsvps = (row for row in tables.rows(tables.rsvps(begun)) if row.session == session.id)
    answers = answers_for(session, rsvps, tables.away(begun), here)
    expected = [member for member, answer in answers.items() if answer != "no"]
    if not expected:
        expected = [member for member in here if answers.get(member) != "no"]
    said = reading[reading["item"].isin(items) & reading["member"].isin(here)]
    done = said[said["status"].isin(HAS_READ)]
    read = {member for member in expected if items and set(done.loc[done["member"] == member, "item"]) >= set(items)}
    asked = questions[questions["item"].isin(items) & (questions["at"] <= until)]
    still = asked[(asked["state"] == "open") | (asked["closed_at"] > until)]
    known = bool(items) and (bool(set(answers.values()) & {"yes", "maybe"}) or len(said) > 0)
    return Room(len(expected), len(read), int((still["session"] <= session.id).sum()), known)


def _said_before(
    session: Session, records: CurrentState, here: Collection[str], items: Collection[str]
) -> Iterator[Rsvp | Away | Reading | Withdraw]:
    """Yield what members had said of a session and its papers when it began; what they changed or undid since is as it was."""
    keys: list[tuple[type[Rsvp | Away | Reading], Key]] = [(Rsvp, (session.id, member)) for member in here]
    keys += [(Reading, (member, item)) for member in here for item in items]
    keys += [(Away, key) for key in records.keys(Away)]
    for kind, key in keys:
        for one in records.of_subject(kind, key):
            gone = records.latest(Withdraw, one.id)
            if one.at <= session.start:
                yield one
            if gone and gone.at <= session.start:
                yield gone


def pins_of(kept: Any) -> dict[str, int]:
    """Return the minutes of the parts that are pinned, by name; ``kept`` is a record, a row of its table, or None."""
    return {title: kept.parts[title] for title in kept.pinned if title in kept.parts} if kept else {}


def pace_of(settings: Settings, length_min: int, room: Room, kept: Any = None) -> Paced:
    """Return the running order of a session: as it was kept, where that still fits, else for the room as it is now.

    Parameters
    ----------
    kept
        What was kept for the session: a record, a row of its table, or None.
    """
    pins = pins_of(kept)
    if kept and (parts := _as_kept(settings, length_min, kept.parts, pins)):
        return Paced(parts, kept.reason)
    try:
        return paced(settings, length_min, room, pins)
    except RecordError:
        # The session became shorter, or the running order another one: pins that no longer fit are left out.
        return paced(settings, length_min, room)


def _as_kept(settings: Settings, length_min: int, minutes: Mapping[str, int], pins: Mapping[str, int]) -> tuple[PacedPart, ...]:
    """Return the parts that were kept; none where they are no longer those of the settings, or fill no session of this length."""
    order = settings.running_order
    known = {part.title: part for part in (READ_FIRST, QUESTIONS)} | dict(zip(names_of(order), order, strict=True))
    if set(minutes) - set(known) or sum(minutes.values()) != length_min:
        return ()
    return tuple(PacedPart(name, known[name], given, given, given, name in pins) for name, given in minutes.items())


def pace_fields(settings: Settings, length_min: int, room: Room, pins: Mapping[str, int]) -> dict[str, Any]:
    """Return the fields of the record that keeps the pace for a room.

    Raises
    ------
    RecordError
        The pinned parts do not fit; it says the sum.
    """
    found = paced(settings, length_min, room, pins)
    return {
        "parts": {one.name: one.minutes for one in found.parts},
        "pinned": tuple(one.name for one in found.parts if one.pinned),
        "reason": found.reason,
        **msgspec.structs.asdict(room),
    }


def parse_pins(words: Collection[str]) -> dict[str, int]:
    """Return the minutes of pinned parts as people name them.

    >>> parse_pins(["Big idea=30", "Close = 10"])
    {'Big idea': 30, 'Close': 10}

    Raises
    ------
    RecordError
        One is not TITLE=MINUTES.
    """
    pins = {}
    for word in words:
        title, equals, minutes = (part.strip() for part in word.rpartition("="))
        if not equals or not minutes.isdecimal() or not 1 <= int(minutes) <= 600:
            raise RecordError(f"{word!r} is not a pin; write TITLE=MINUTES, such as “Big idea=30”.")
        pins[title] = int(minutes)
    return pins


def same_room(room: Room, kept: Pace) -> bool:
    """Return whether the room is as it was when a pace was kept."""
    return (room.coming, room.read, room.questions) == (kept.coming, kept.read, kept.questions)
