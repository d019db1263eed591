"""The days of a schedule as people write them: 2026-11-27, Nov 27, 27.11.2026, November 27th, 2026, 11/27.

A text is first read by itself (``read_day``). What it leaves open, whether the day or the month comes first and the year, is then
decided by all the dates of one list together (``decide_days``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from itertools import compress, pairwise

import msgspec

from studygroup.errors import ScheduleError
from studygroup.text.text import plain_list

# English, German, French, Spanish; three letters or more of a name abbreviate it.
_NAMES = (
    "january januar janvier enero",
    "february februar février fevrier febrero",
    "march märz maerz mars marzo",
    "april avril abril",
    "may mai mayo",
    "june juni juin junio",
    "july juli juillet julio",
    "august août aout agosto",
    "september septembre septiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember décembre decembre diciembre",
)
_MONTHS = {
    name[:length]: number
    for number, names in reversed([*enumerate(_NAMES, start=1)])
    for name in names.split()
    for length in range(3, len(name) + 1)
} | {"jui": 7}
# Longest first, so that "mars" is not read as "mar" and an s.
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
# "27-Nov-26" has a year at its end, "Nov 20-27" has none.
_YEAR_AT_END, _YEAR_BEHIND_DAY = (
    rf"(?:(?:\s*,|\s+de\b)?[\s-]*((?:19|20)\d\d)(?!\d)|(?:\s*['’]{short})(\d\d)(?!\d))?" for short in ("|-", "")
)
_FORMS = (
    ("iso", re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")),
    ("marks", re.compile(r"(?<!\d)(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})(?!\d)\s*[日号일]?")),
    (
        "named",
        re.compile(
            rf"(?<!\w)(?:({_MONTH})\.?[\s-]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\w){_YEAR_BEHIND_DAY}"
            rf"|(\d{{1,2}})(?:st|nd|rd|th|\.|er)?[\s-]*(?:of\s+|de\s+)?({_MONTH})(?!\w)\.?{_YEAR_AT_END})",
            re.IGNORECASE,
        ),
    ),
    (
        "numbers",
        re.compile(r"(?<![\d./-])(\d{1,2})(?:([/.])(\d{1,2})(?:\2(\d{4}|\d\d)(?!\d))?|(-)(\d{1,2})-(\d{4}))(?![\d/])\.?"),
    ),
)
_TIME = re.compile(r"(?<![\d/.-])\d{1,2}(?:[:h]\d\d(?::\d\d)?(?:\s*[ap]\.?m\b\.?)?|\s*[ap]\.?m\b\.?)", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:week|session|meeting|lecture|no\.?|nr\.?|part)\s*\d+|#\d+", re.IGNORECASE)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = rf"({'|'.join(_WEEKDAYS)})(?:s|nes|rs|urs|ur)?(?:day)?\b"
# Beside the date only: Sun is a name, too.
_BEFORE = re.compile(rf"\b{_WEEKDAY}[\s.,(|]*$", re.IGNORECASE)
_BEHIND = re.compile(rf"^[\s,(/]*\b{_WEEKDAY}", re.IGNORECASE)
_AROUND = " ,;:|()[]–—-.@*_~"
_LONGEST = 200


class WrittenDay(msgspec.Struct, frozen=True, kw_only=True):
    """A date as someone wrote it.

    ``readings`` are the (month, day) that it may mean, two where only other dates can tell which comes first. ``year`` and ``weekday``
    (0 is Monday) are None where they are not written; ``years`` are those that the headings above it name. ``rest`` is what else the
    text says, ``first`` that no words are before the date, ``timed`` that it has a time of day. Dates of one ``column`` are
    written alike; ``line`` is the file's.
    """

    text: str
    readings: tuple[tuple[int, int], ...]
    year: int | None = None
    weekday: int | None = None
    rest: str = ""
    first: bool = True
    timed: bool = False
    years: tuple[int, ...] = ()
    column: str = ""
    line: int = 0


def read_day(text: str) -> WrittenDay | None:
    """Return the one date that a text holds; None without one, and for a range, several dates or a part of a date.

    >>> read_day("Fri, November 27th, 2026 (online)").readings, read_day("04/03/2026").readings
    (((11, 27),), ((4, 3), (3, 4)))
    >>> read_day("Nov 20-27"), read_day("Week 3"), read_day("2026-11")
    (None, None, None)
    """
    if len(text) > _LONGEST:
        return None
    timed = bool(_TIME.search(text))
    without = _COUNTED.sub(" ", _TIME.sub(" ", text))
    form, found = next(((form, found) for form, one in _FORMS if (found := [*one.finditer(without)])), ("", []))
    if len(found) != 1:
        return None
    year, readings = _parts(form, found[0])
    readings = [pair for pair in dict.fromkeys(readings) if _day(year or 2024, pair)]
    before, behind = without[: found[0].start()], without[found[0].end() :]
    weekday = _BEFORE.search(before) or _BEHIND.search(behind)
    before, rest = _BEFORE.sub(" ", before), f"{_BEFORE.sub(' ', before)} {_BEHIND.sub(' ', behind)}"
    # "11 -- 11:45am": the hour from which a time of day runs.
    rest = re.sub(r"(?<!\S)\d{1,2}\s*[-–—]+\s*$", "", rest) if timed else rest
    if not readings or any(character.isdigit() for character in rest):
        return None
    return WrittenDay(
        text=" ".join(text.split()),
        readings=tuple(readings),
        year=year,
        weekday=_WEEKDAYS.index(weekday[1].lower()) if weekday else None,
        rest=" ".join(rest.strip(_AROUND).split()),
        first=not any(character.isalnum() for character in before),
        timed=timed,
    )


def _parts(form: str, found: re.Match[str]) -> tuple[int | None, list[tuple[int, int]]]:
    """Return the year, or None, and what a match may mean, the month before the day."""
    part = found.groups()
    if form == "iso":
        return int(part[0]), [(int(part[2]), int(part[3]))]
    if form == "marks":
        return _year(part[0]), [(int(part[1]), int(part[2]))]
    if form == "named":
        month, day, years = (part[0], part[1], part[2:4]) if part[0] else (part[5], part[4], part[6:8])
        return _year(years[0] or years[1]), [(_MONTHS[month.lower()], int(day))]
    one, other = int(part[0]), int(part[2] or part[5])
    if part[1] == "." and other <= 12:
        # Between points the day comes first.
        return _year(part[3]), [(other, one)]
    return _year(part[3] or part[6]), [(one, other), (other, one)]


def _year(text: str | None) -> int | None:
    return None if not text else int(text) + (2000 if len(text) == 2 else 0)


def years_in(text: str) -> tuple[int, ...]:
    """Return the years that a heading names, ``2025/26`` as two.

    >>> years_in("Fall 2026"), years_in("2025/26"), years_in("Week 12")
    ((2026,), (2025, 2026), ())
    """
    years = [int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)]
    if len(years) == 1 and (short := re.search(rf"{years[0]}\s*[/–-]\s*(\d\d)(?!\d)", text)):
        years.append(years[0] // 100 * 100 + int(short[1]))
    return tuple(sorted(set(years)))


def decide_days(
    written: Sequence[WrittenDay], today: date, *, weekday: int | Collection[int] | None = None, day_first: bool | None = None
) -> list[date | None]:
    """Return the days of one list's dates, which come in its order; None for a 29 February that its year does not have.

    A year that is not written is the headings', or the one that puts the date nearest to its neighbours in the list. Where no date
    has one, it is the year that brings the list nearest to ``today``, the weekdays that are written deciding first.

    Parameters
    ----------
    weekday
        The group's, 0 for Monday, or several of them: see Raises.
    day_first
        Whether 03/04 is the third of April, where someone says so.

    Raises
    ------
    ScheduleError
        Nothing says whether the day or the month comes first: neither another date of the same column, nor a weekday beside the date,
        nor that the list is in order in only one reading, nor that all dates (two at least) fall on the group's weekdays in one
        reading and none in the other.
    """
    weekdays = {weekday} if isinstance(weekday, int) else set(weekday or ())
    if day_first is not None:
        return _with_years(written, [_chosen(one, day_first) for one in written], today)
    told: dict[str, set[bool]] = {}
    for one in written:
        if (says := _says_day_first(one)) is not None:
            told.setdefault(one.column, set()).add(says)
    still_open = {one.column for one in written if len(one.readings) > 1 and len(told.get(one.column, ())) != 1}
    for column in still_open:
        meant = [_with_years(written, [_chosen(one, first) for one in written], today) for first in (False, True)]
        of_column = [one.column == column and len(one.readings) > 1 for one in written]
        for fits in (list(map(_are_ordered, meant)), [_all_on(weekdays, [*compress(days, of_column)]) for days in meant]):
            if True in fits and False in fits:
                told[column] = {fits[1] is True}
                break
        if len(told.get(column, ())) == 1:
            continue
        mixed = len(told.get(column, ())) > 1
        shown = [one.text for one in written if one.column == column and len(one.readings) > 1]
        raise ScheduleError(
            f"{plain_list(shown[:3])} may begin with the day or with the month, and "
            f"{'the dates of the list do both' if mixed else 'nothing in the list tells which'}; say --day-first or "
            "--month-first, or write the dates as 2026-11-27."
        )
    pairs = [_chosen(one, len(one.readings) > 1 and next(iter(told[one.column]))) for one in written]
    return _with_years(written, pairs, today)


def _chosen(one: WrittenDay, day_first: bool) -> tuple[int, int]:
    return one.readings[1] if day_first and len(one.readings) > 1 else one.readings[0]


def _says_day_first(one: WrittenDay) -> bool | None:
    """Return whether the day comes first in a date of two numbers, if it tells by itself."""
    numbers = re.fullmatch(r"\D*(\d{1,2})[/-](\d{1,2})\D*(?:\d{2,4}.*)?", one.text)
    if numbers is None or numbers[1] == numbers[2]:
        return None
    if len(one.readings) == 1:
        return int(numbers[1]) == one.readings[0][1]
    fits = [one.year is not None and date(one.year, *pair).weekday() == one.weekday for pair in one.readings]
    return fits[1] if sum(fits) == 1 else None


def _are_ordered(days: Sequence[date | None]) -> bool | None:
    """Return whether days are in order, forwards or backwards; None for fewer than three, which tell nothing."""
    steps = {(one < other) - (one > other) for one, other in pairwise(day for day in days if day)}
    return steps in ({1}, {-1}, {1, 0}, {-1, 0}) if len(days) > 2 else None


def _all_on(weekdays: Collection[int], days: Sequence[date | None]) -> bool | None:
    """Return whether days fall on some weekdays: True for all of them, False for none; None where that tells too little."""
    fits = {day is not None and day.weekday() in weekdays for day in days}
    return fits.pop() if weekdays and len(days) > 1 and len(fits) == 1 else None


# --- years ------------------------------------------------------------------------------------------------------------


def _with_years(written: Sequence[WrittenDay], pairs: Sequence[tuple[int, int]], today: date) -> list[date | None]:
    years = [one.year for one in written]
    for index, one in enumerate(written):
        if years[index] is None and one.years:
            before = years[index - 1] if index and written[index - 1].years == one.years else None
            years[index] = _year_under(one.years, pairs[index], before, pairs[index - 1])
    if written and not any(years):
        years[0] = _nearest_year(written, pairs, today)
    for order in (range(1, len(written)), range(len(written) - 2, -1, -1)):
        for index in order:
            beside = index - order.step
            if years[index] is None and (near := years[beside]) is not None:
                years[index] = _year_near(pairs[index], near, pairs[beside])
    return [_day(year, pair) if year else None for year, pair in zip(years, pairs, strict=True)]


def _year_under(years: tuple[int, ...], pair: tuple[int, int], before: int | None, pair_before: tuple[int, int]) -> int:
    """Return the year of a date under a heading that names ``years``, after one of the year ``before`` under it."""
    if before is None:
        # An academic year begins in autumn.
        return years[0] if pair[0] >= 8 else years[-1]
    near = _year_near(pair, before, pair_before)
    # "Fall 2026" runs on into January.
    return near if near in years or abs(_place(near, pair) - _place(before, pair_before)) <= 45 else years[0]


def _nearest_year(written: Sequence[WrittenDay], pairs: Sequence[tuple[int, int]], today: date) -> int:
    """Return the year of a list's first date: see ``decide_days``."""
    scores = []
    for first in range(today.year - 6, today.year + 3):
        years = [first]
        for before, pair in pairwise(pairs):
            years.append(_year_near(pair, years[-1], before))
        days = [day for day in map(_day, years, pairs) if day]
        wrong = sum(
            one.weekday is not None and (day := _day(year, pair)) is not None and day.weekday() != one.weekday
            for one, year, pair in zip(written, years, pairs, strict=True)
        )
        away = max((min(days) - today).days, (today - max(days)).days, 0) if days else 10**6
        scores.append((wrong, away, abs(first - today.year), first))
    return min(scores)[-1]


def _year_near(pair: tuple[int, int], year: int, other: tuple[int, int]) -> int:
    """Return the year that puts a month and day nearest to another one of ``year``."""
    return min((year, year + 1, year - 1), key=lambda one: abs(_place(one, pair) - _place(year, other)))


def _place(year: int, pair: tuple[int, int]) -> int:
    """Return a day's number; 29 February stands for the day before where the year has none."""
    return (_day(year, pair) or date(year, pair[0], 28)).toordinal()


def _day(year: int, pair: tuple[int, int]) -> date | None:
    try:
        return date(year, *pair)
    except ValueError:
        return None
