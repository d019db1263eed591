"""Hours of a usual week, as people write them: half hours counted from Monday 0:00, and texts such as "monday 18:00-21:30"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studygroup.group.slot import WEEKDAYS
from studygroup.text.text import did_you_mean

HALF_HOUR_MIN = 30
DAY = 48
"""How many half hours a day has."""
WEEK = 7 * DAY

_HOURS = re.compile(r"([a-z]+) ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


def check_hours(texts: Iterable[str]) -> str:
    """Return what is wrong with hours of a week, in a sentence; empty where they are right.

    >>> check_hours(["monday 18:00-21:30", "sunday 00:00-24:00"])
    ''
    >>> check_hours(["mondy 18:00-21:30"])
    "'mondy 18:00-21:30' has no weekday (did you mean 'monday'?); write hours as: monday 18:00-21:30"
    """
    for text in texts:
        shown, found = repr(text[:40]), _HOURS.fullmatch(text)
        if found is None:
            return f"{shown} is not a part of a day; write hours as: monday 18:00-21:30"
        if found[1] not in WEEKDAYS:
            return f"{shown} has no weekday{did_you_mean(found[1], WEEKDAYS)}; write hours as: monday 18:00-21:30"
        first, last = (60 * int(found[one]) + int(found[one + 1]) for one in (2, 4))
        if first % HALF_HOUR_MIN or last % HALF_HOUR_MIN or int(found[3]) > 59 or int(found[5]) > 59:
            return f"{shown} does not begin and end at a full or a half hour"
        if not first < last <= 24 * 60:
            return f"{shown} does not end after it begins, by 24:00"
    return ""


def parse_hours(texts: Iterable[str]) -> frozenset[int]:
    """Return the half hours of hours that are right, from 0 (Monday 0:00) to 335.

    >>> sorted(parse_hours(["tuesday 00:00-01:00", "monday 23:30-24:00"]))
    [47, 48, 49]
    """
    halves: set[int] = set()
    for text in texts:
        day, _, hours = text.partition(" ")
        first, last = (2 * int(clock[:2]) + int(clock[3:]) // HALF_HOUR_MIN for clock in hours.split("-"))
        begin = DAY * WEEKDAYS.index(day)
        halves.update(range(begin + first, begin + last))
    return frozenset(halves)


def to_hours(halves: Iterable[int]) -> tuple[str, ...]:
    """Return half hours of a week as texts, a text for each stretch of a day.

    >>> to_hours([47, 48, 49, 51])
    ('monday 23:30-24:00', 'tuesday 00:00-01:00', 'tuesday 01:30-02:00')
    """
    stretches: list[list[int]] = []
    for half in sorted(set(halves)):
        if stretches and stretches[-1][-1] == half - 1 and half % DAY:
            stretches[-1].append(half)
        else:
            stretches.append([half])
    return tuple(f"{WEEKDAYS[one[0] // DAY]} {clock(one[0])}-{clock(one[-1], 1)}" for one in stretches)


def clock(half: int, more: int = 0) -> str:
    """Return the time of day of a half hour of a week; with ``more`` the one of so many half hours later, up to 24:00.

    >>> clock(48), clock(37), clock(47, 1)
    ('00:00', '18:30', '24:00')
    """
    hours, rest = divmod(half % DAY + more, 2)
    return f"{hours:02}:{rest * HALF_HOUR_MIN:02}"
