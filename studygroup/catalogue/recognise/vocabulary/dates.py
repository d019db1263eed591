"""Dates as lists write them: years, months, days, and days before a title."""

from __future__ import annotations

import re

YEAR = r"(?:19[5-9]|20[0-4])\d"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
SEASON = r"(?:spring|summer|autumn|fall|winter)"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?"
_DAY_AND_MONTH = rf"(?:{MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th|\.)? {MONTH})"
_DAY_IN_NUMBERS = r"(?:19|20)\d\d(?:[/.-]\d{1,2}){1,2}"

_YEAR_ALONE = re.compile(YEAR)
ANY_YEAR = re.compile(rf"\b{YEAR}\b")
"""A year anywhere in a text."""

DATE = re.compile(
    rf"(?:19|20)\d\d(?:[/.-]\d{{1,2}}){{0,2}}|\d{{1,2}}(?:/\d{{1,2}}|\.\d{{1,2}}\.)(?:/?(?:19|20)?\d\d)?|(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日|"
    rf"(?:{_WEEKDAY},? )?{_DAY_AND_MONTH}(?:,? (?:19|20)\d\d)?",
    re.IGNORECASE,
)
"""A text that is a date and nothing else, maybe without its year; a year alone too."""

DAY_BEFORE = re.compile(rf"(?:{_DAY_IN_NUMBERS}|{_DAY_AND_MONTH}(?:,? (?:19|20)\d\d)?)\s*[:|–—-]{{1,3}}\s+", re.IGNORECASE)
"""A day and a mark before a title; a year alone may be a title."""

DATED_START = re.compile(
    r"[\[(（【][^\[\]()（）]{0,25}(?:19|20)\d\d[^\[\]()（）]{0,8}[\])）】]\s+|(?:19|20)\d\d[-/.]\d{1,2}\s*[|:–—-]\s+"
)
"""When, maybe also where, in brackets before a title: ``(arXiv 2023.01) Title``."""

MEETING_BEFORE = re.compile(
    rf"^(?P<date>\d{{1,4}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?|{MONTH} \d{{1,2}}|"
    r"(?:seminar|lecture|talk|session|week|day|meeting|class)\s*#?\d+(?:\s*\([^()]*\))?)\s*[:|–—-]\s+(?=\S)",
    re.IGNORECASE,
)
"""A short date or a numbered meeting before a title: ``2/16/23: Title``, ``Seminar 3 (06.02): Title``."""

MONTH_AND_YEAR = re.compile(rf"(?:\d{{1,2}} )?(?:{MONTH}|{SEASON})[.,]? (?:\d{{1,2}}, )?(?P<year>{YEAR})", re.IGNORECASE)
"""When a work appeared: ``March 2019``, ``5 Sep 2024``."""

WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
"""The name of a day."""

_YEAR_AND_MONTH = re.compile(r"((?:19|20)\d\d)(?P<month>[-/.]\d{1,2})?")


def year_of(text: str) -> int | None:
    """Return the year if the text is nothing else (parentheses aside), else None."""
    text = text.strip(" ()[],.;`")
    return int(text) if _YEAR_ALONE.fullmatch(text) else None


def years_in(text: str) -> list[int]:
    """Return the years that a text names, in order."""
    return [int(found) for found in ANY_YEAR.findall(text)]


def full_year(text: str) -> int:
    """Return a year of two or four digits as one of four.

    >>> full_year("19"), full_year("98"), full_year("2016")
    (2019, 1998, 2016)
    """
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= 50 else 2000)


def year_and_note(text: str) -> tuple[int | None, str]:
    """Return the year of a date before a title, and the date as written if it says more than a year.

    >>> year_and_note("[2020/12]"), year_and_note("2019"), year_and_note("Nov 27")
    ((2020, '2020/12'), (2019, ''), (None, 'Nov 27'))
    """
    said = text.strip(" \t[](){}（）【】|:–—-")
    said += ")" * (said.count("(") - said.count(")"))
    dated = _YEAR_AND_MONTH.fullmatch(said)
    return int(dated[1]) if dated else None, said if not dated or dated["month"] else ""
