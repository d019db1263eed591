"""The pace of a session: how many minutes each part of its running order gets, by who is coming, who has read and what is open.

Nothing here reads a file or a clock. The minutes always add up to the session's length, and each part stays within its bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, count
from math import ceil, floor
from typing import Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.group.settings import RUNNING_ORDER, Part, Settings
from studygroup.text.text import plain_list

Reading = Literal["unknown", "few", "some", "most"]

READ_FIRST = Part("Read together", 1, "Quietly, the part that matters most; note what you’d ask.", kind="reading")
QUESTIONS = Part("Open questions", 1, "The questions that most of us want answered come first.", kind="questions")
_LONGER, _SHORTER, _MORE_QUESTIONS = Fraction(2), Fraction(1, 4), Fraction(2)
"""How much more, or less, a recap and the questions weigh than usual, before bounds."""
_KINDS = {part.title: part.kind for part in RUNNING_ORDER}


class Room(msgspec.Struct, frozen=True):
    """Who is expected: ``coming`` members, of whom ``read`` have read what the session reads, and how many questions are open about it.

    ``coming`` are those who said yes or maybe; all members where no one answered. ``known`` says whether anyone has said
    anything, of coming or of reading.
    """

    coming: int
    read: int
    questions: int
    known: bool = True


class PacedPart(msgspec.Struct, frozen=True):
    """A part of the running order with its minutes; ``least`` and ``most`` are its bounds, ``name`` tells it from others of its title."""

    name: str
    part: Part
    minutes: int
    least: int
    most: int
    pinned: bool = False


class Paced(msgspec.Struct, frozen=True):
    """A session's running order, and in one line why it is so; empty where it is as usual."""

    parts: tuple[PacedPart, ...]
    reason: str = ""


class _Wanted(msgspec.Struct, frozen=True):
    """What a part would get: its weight beside the others, and its bounds, firm ones and those where pins leave no other way."""

    name: str
    part: Part
    weight: Fraction
    firm: tuple[int, int]
    loose: tuple[int, int]
    pinned: bool = False


def reading_of(room: Room, settings: Settings) -> Reading:
    """Return whether few, some or most of those who are coming have read what the session reads."""
    if not room.known or not room.coming:
        return "unknown"
    percent = 100 * room.read / room.coming
    return "few" if percent < settings.pace_few else "most" if percent >= settings.pace_most else "some"


def paced(settings: Settings, length_min: int, room: Room, pins: Mapping[str, int] | None = None) -> Paced:
    """Return the running order of a session as the room needs it.

    Parameters
    ----------
    length_min
        How long the session is, in minutes; what the parts' minutes add up to.
    pins
        Minutes of parts that never move, by their names, as ``names_of`` has them.

    Raises
    ------
    RecordError
        The pinned parts do not fit into the session, or leave more time than the others can take.
    """
    pins = pins or {}
    state = reading_of(room, settings) if settings.pace else "unknown"
    many = settings.pace and room.questions >= settings.pace_questions
    wanted = _with_extra(_usual(settings, length_min, state, many=many, pins=pins), settings, length_min, state, many, pins)
    bounds = _bounds(wanted, length_min, pins)
    minutes = shares([one.weight for one in wanted], bounds, length_min)
    parts = tuple(
        PacedPart(one.name, one.part, given, *bound, pinned=one.pinned)
        for one, given, bound in zip(wanted, minutes, bounds, strict=True)
        if given
    )
    return Paced(parts, _reason(room, state, parts, many=many))


def names_of(parts: Sequence[Part]) -> list[str]:
    """Return what tells each part from the others: its title, and its number among those of that title.

    >>> names_of([Part("Talk", 10), Part("Break", 5), Part("Talk", 10)])
    ['Talk', 'Break', 'Talk (2)']
    """
    found: list[str] = []
    for part in parts:
        numbered = (f"{part.title} ({number})" for number in count(2))
        found.append(part.title if part.title not in found else next(name for name in numbered if name not in found))
    return found


def usual_minutes(parts: Sequence[Part], length_min: int) -> list[int]:
    """Return the minutes of each part where nothing is known of the room: in proportion, and adding up exactly."""
    total = sum(part.minutes for part in parts)
    # Rounding the points in time, not the lengths, keeps the sum exact.
    ends = [round(done * length_min / total) for done in accumulate(part.minutes for part in parts)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def shares(weights: Sequence[Fraction], bounds: Sequence[tuple[int, int]], total: int) -> list[int]:
    """Return whole numbers in proportion to weights, each within its bounds, that add up to a total that the bounds allow.

    >>> shares([Fraction(1), Fraction(1), Fraction(2)], [(0, 9), (3, 9), (0, 4)], 10)
    [3, 3, 4]
    """
    exact = _within(weights, bounds, Fraction(total))
    whole = [floor(one) for one in exact]
    # The largest remainders are rounded up; of equal ones the earlier.
    order = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in order[: total - sum(whole)]:
        whole[place] += 1
    return whole


def _within(weights: Sequence[Fraction], bounds: Sequence[tuple[int, int]], total: Fraction) -> list[Fraction]:
    """Return exact shares: the bound that is broken most is met first, then the rest is shared anew."""
    settled: dict[int, Fraction] = {place: Fraction(low) for place, (low, high) in enumerate(bounds) if low == high}
    while len(settled) < len(weights):
        free = [place for place in range(len(weights)) if place not in settled]
        each = (total - sum(settled.values())) / sum(weights[place] for place in free)
        tried = {place: weights[place] * each for place in free}
        over = {place: Fraction(bounds[place][1]) for place in free if tried[place] > bounds[place][1]}
        under = {place: Fraction(bounds[place][0]) for place in free if tried[place] < bounds[place][0]}
        if not over and not under:
            settled |= tried
            break
        above = sum(tried[place] - high for place, high in over.items())
        below = sum(low - tried[place] for place, low in under.items())
        settled |= over if above >= below else under
    return [settled[place] for place in range(len(weights))]


def _kind(part: Part) -> str:
    """Return what a part is; one that is called as in the usual order is what it is there."""
    return part.kind or _KINDS.get(part.title, "")


def _usual(settings: Settings, length_min: int, state: Reading, *, many: bool, pins: Mapping[str, int]) -> list[_Wanted]:
    """Return what the parts of the settings would get."""
    found, order = [], settings.running_order
    for name, part, minutes in zip(names_of(order), order, usual_minutes(order, length_min), strict=True):
        if name in pins:
            found.append(_pinned(name, part, pins[name]))
            continue
        kind = _kind(part)
        least, most = part.bounds
        loose = floor(Fraction(minutes * least, part.minutes)), ceil(Fraction(minutes * most, part.minutes))
        firm = loose if kind in {"recap", "discussion"} else (minutes, minutes)
        if kind == "questions":
            firm = loose if many else (loose[0], minutes)
        if state == "unknown" and not many:
            firm = minutes, minutes
        found.append(_Wanted(name, part, _factor(kind, state, many=many) * Fraction(minutes or Fraction(1, 100)), firm, loose))
    return found


def _factor(kind: str, state: Reading, *, many: bool) -> Fraction:
    if kind == "recap":
        return _LONGER if state == "few" else _SHORTER if state == "most" else Fraction(1)
    return _MORE_QUESTIONS if kind == "questions" and many else Fraction(1)


def _pinned(name: str, part: Part, minutes: int) -> _Wanted:
    return _Wanted(name, part, Fraction(1), (minutes, minutes), (minutes, minutes), pinned=True)


def _with_extra(
    wanted: list[_Wanted], settings: Settings, length_min: int, state: Reading, many: bool, pins: Mapping[str, int]
) -> list[_Wanted]:
    """Return the parts with those that only some rooms need: time to read first, and a slot for many questions."""
    made, kinds = [*wanted], [_kind(one.part) for one in wanted]
    titles = {one.part.title for one in wanted}

    def add(part: Part, percent: int, place: int, *, needed: bool) -> None:
        most = length_min * percent // 100
        if part.title in titles or not (part.title in pins or (needed and most)):
            return
        extra = _Wanted(part.title, part, Fraction(most), (0, most), (0, most))
        made.insert(place, _pinned(part.title, part, pins[part.title]) if part.title in pins else extra)

    after = max((place for place, kind in enumerate(kinds) if kind == "discussion"), default=len(kinds) - 2) + 1
    add(QUESTIONS, settings.pace_questions_share, max(after, 0), needed=many and "questions" not in kinds)
    first = next((place for place, kind in enumerate(kinds) if kind), 0)
    add(READ_FIRST, settings.pace_reading, first, needed=state == "few")
    return made


def _bounds(wanted: Sequence[_Wanted], length_min: int, pins: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return bounds that the session's length allows: the firm ones, else, where pins leave no other way, the loose ones."""
    if unknown := set(pins) - {one.name for one in wanted}:
        known = plain_list(one.name for one in wanted)
        raise RecordError(f"No part of the running order is called {plain_list(sorted(unknown))}; it has {known}.")
    fixed = sum(one.firm[0] for one in wanted if one.pinned)
    if fixed > length_min:
        raise RecordError(f"The pinned parts come to {fixed} minutes, and the session has {length_min}. Shorten or unpin one.")
    for bounds in ([one.firm for one in wanted], [one.loose for one in wanted]):
        least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
        if least <= length_min <= most:
            return bounds
    if least > length_min:
        raise RecordError(
            f"The pinned parts come to {fixed} minutes and the others need at least {least - fixed}: {least} together, and the session "
            f"has {length_min}. Shorten or unpin one."
        )
    raise RecordError(
        f"The pinned parts come to {fixed} minutes and the others can take at most {most - fixed}: {most} together, and the session has "
        f"{length_min}. Lengthen or unpin one."
    )


def _reason(room: Room, state: Reading, parts: Sequence[PacedPart], *, many: bool) -> str:
    """Return in one line why the minutes are as they are."""
    told = []
    if state != "unknown":
        have = "has" if room.read == 1 else "have"
        # A single one would be named by it.
        who = f"{room.read or 'None'} of the {room.coming} who are expected {have} read it: " if room.coming > 1 else ""
        reads_first = any(one.part.kind == "reading" for one in parts)
        what = {
            "few": "time to read first, and a longer recap" if reads_first else "a longer recap",
            "most": "a short recap, then straight to the discussion",
            "some": "the usual pace",
        }[state]
        told.append(f"{who}{what if who else what[0].upper() + what[1:]}.")
    if many:
        told.append(f"{room.questions} questions are open: more time for them.")
    if pinned := [one.name for one in parts if one.pinned]:
        told.append(f"{plain_list(pinned)} {'has a fixed length' if len(pinned) == 1 else 'have fixed lengths'}.")
    return " ".join(told)
