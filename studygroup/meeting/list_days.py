"""The days of a schedule as people write them: in any order, with or without a year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from dateutil import parser

from studygroup.errors import ScheduleError
from studygroup.slot import WEEKDAYS

_MARKS = re.compile(r"[*_`~]|<[^<>]*>|\\")
_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})(?:/\d{2,4})?\s*")
_DOTTED = re.compile(r"\s*\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?\s*")
_CHINESE = re.compile(r"(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
# Two defaults that share no year, month or day: what a text leaves open differs between the two readings.
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 2))


def resolve_days(
    texts: Sequence[str], years: Sequence[int | None], today: date, weekday: int | None = None
) -> list[date | None]:
    """Return the day that each text means, in their order; None for a text that is no day ("TBD", "Week 3", a range).

    Parameters
    ----------
    texts
        As written, such as ``2026-11-27``, ``Nov 27``, ``27.11.2026`` or ``11/27``.
    years
        A year that stands elsewhere for each, as in the heading above it, or None.
    today
        Days without any year fall as near to it as their order allows.
    weekday
        The group's, 0 for Monday, which decides whether 03/04 is in March or in April where the texts do not.

    Raises
    ------
    ScheduleError
        Nothing tells whether the month or the day comes first.
    """
    day_first = _is_day_first(texts, years, today, weekday)
    return _with_years([_parts(text, day_first) for text in texts], years, today)


def _parts(text: str, day_first: bool) -> tuple[int | None, int, int] | None:
    """Return the year (None where there is none), the month and the day of a text that says one day in full."""
    text = " ".join(_MARKS.sub(" ", text).split()).strip(" ,;:()[]")
    if found := _CHINESE.fullmatch(text):
        text = f"{found[1] or ''}-{found[2]}-{found[3]}".lstrip("-") if found[1] else f"{found[2]}/{found[3]}"
        day_first = False
    elif _DOTTED.fullmatch(text):
        text, day_first = re.sub(r"\.\s?", "/", text).strip("/"), True
    try:
        first, second = (parser.parse(text, default=default, dayfirst=day_first) for default in _DEFAULTS)
    except (ValueError, OverflowError, TypeError):
        return None
    if (first.month, first.day) != (second.month, second.day):
        return None
    return (first.year if first.year == second.year else None), first.month, first.day


def _is_day_first(texts: Sequence[str], years: Sequence[int | None], today: date, weekday: int | None) -> bool:
    """Return whether 03/04 is the third of April, as the other dates of the same list tell."""
    pairs = [(int(found[1]), int(found[2])) for text in texts if (found := _SLASHED.fullmatch(text))]
    if any(one > 12 for one, _ in pairs) or any(other > 12 for _, other in pairs) or all(one == other for one, other in pairs):
        return any(one > 12 for one, _ in pairs)
    meant = [_with_years([_parts(text, day_first) for text in texts], years, today) for day_first in (False, True)]
    fits = [sum(day.weekday() == weekday for day in days if day) for days in meant]
    if fits[0] == fits[1]:
        example = next(text for text in texts if _SLASHED.fullmatch(text))
        raise ScheduleError(
            f"{example.strip()!r} may begin with the day or with the month, and nothing in the list tells which; "
            "write the dates as 2026-11-27."
        )
    return fits[1] > fits[0]


def _with_years(
    parts: Sequence[tuple[int | None, int, int] | None], years: Sequence[int | None], today: date
) -> list[date | None]:
    """Return days with their years: their own, the one given, or what the order of the days and today make of them."""
    known = [(number, part) for number, part in enumerate(parts) if part]
    offsets: dict[int, int] = {}
    offset, before = 0, 0.0
    for number, (_, month, day) in known:
        # Each day is near the one before it: January after December is of the next year, December after January of the last.
        place = (month - 1) / 12 + day / 400
        offset += min((0, 1, -1), key=lambda shift: abs(shift + place - before)) if offsets else 0
        offsets[number], before = offset, place
    found: list[date | None] = [None] * len(parts)
    anchors = {number: year for number, part in known if (year := part[0] or years[number])}
    for number, part in known:
        if number in anchors:
            found[number] = _day(anchors[number], part)
        elif anchors:
            near = min(anchors, key=lambda other: abs(other - number))
            found[number] = _day(anchors[near] + offsets[number] - offsets[near], part)
    if not anchors and known:

        def distance(year: int) -> int:
            days = [_day(year + offsets[number], part) for number, part in known]
            return min(abs((day - today).days) for day in days if day) if any(days) else 10**6

        first = min((today.year + shift for shift in (0, 1, -1)), key=distance)
        for number, part in known:
            found[number] = _day(first + offsets[number], part)
    return found


def _day(year: int, part: tuple[int | None, int, int]) -> date | None:
    try:
        return date(year, part[1], part[2])
    except ValueError:
        return None


def weekday_number(name: str) -> int:
    """Return a slot's weekday, such as "friday" or "first friday", as a number; 0 is Monday."""
    return WEEKDAYS.index(name.rpartition(" ")[2])
