"""Dates as people write them in schedules, with what they leave open."""

from __future__ import annotations

import contextlib
from datetime import date
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import ScheduleError
from studygroup.meeting.schedules.list_days import decide_days, read_day

TODAY = date(2026, 11, 21)


def days_of(
    *texts: str,
    years: tuple[int, ...] = (),
    today: date = TODAY,
    weekday: int | None = None,
    day_first: bool | None = None,
) -> list[str]:
    """Return the days of a column's texts, those that are days."""
    written = [msgspec.structs.replace(one, years=years) for text in texts if (one := read_day(text))]
    return [str(day) for day in decide_days(written, today, weekday=weekday, day_first=day_first)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27",
        "2026/11/27",
        "27.11.2026",
        "27.11.26",
        "November 27th, 2026",
        "Nov. 27 '26",
        "27-Nov-2026",
        "27-Nov-26",
        "Friday, 27 November 2026",
        "27. November 2026",
        "27 novembre 2026",
        "27 de noviembre de 2026",
        "2026年11月27日",
        "11/27/2026 11 -- 11:45am",
        "2026-11-27 17:00 (online)",
        "Week 3: Nov 27, 2026",
        "**27th of November, 2026**",
    ],
)
def test_a_day_is_read_in_every_form(text: str) -> None:
    """Weekdays, times of day, marks and words around it do not matter."""
    assert days_of(text) == ["2026-11-27"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "TBD",
            "Week 3",
            "3",
            "2026",
            "2026-11",
            "Nov 2026",
            "Feb 30",
            "13/13",
            "",
            "Mars",
            "Marathon 5",
            "17:00",
            "Fall 2026",
        ),
        *("Nov 27 - Dec 1", "Nov 20-27", "20-27 Nov", "11/20 - 11/27", "Nov 27, 28"),
    ],
)
def test_what_is_no_one_day_is_none(text: str) -> None:
    """Parts of dates, ranges and counted weeks stand for no session."""
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2026-11-27", "Dec 4", "12/11"), ["2026-11-27", "2026-12-04", "2026-12-11"]),
        (("27.11.", "4.12.2026", "08.01.2027"), ["2026-11-27", "2026-12-04", "2027-01-08"]),
        (("Dec 18", "Jan 8", "Jan 15"), ["2026-12-18", "2027-01-08", "2027-01-15"]),
        (("Jan 8", "Dec 18", "Dec 11"), ["2027-01-08", "2026-12-18", "2026-12-11"]),
        (("Sep 4", "Dec 18", "Jan 8, 2024"), ["2023-09-04", "2023-12-18", "2024-01-08"]),
        (("Thu, Jan 8", "Thu, Jan 15"), ["2026-01-08", "2026-01-15"]),
        (("12月4日", "2026年12月11日"), ["2026-12-04", "2026-12-11"]),
    ],
)
def test_a_year_is_that_of_the_neighbours_or_brings_the_list_near_today(texts: tuple[str, ...], expected: list[str]) -> None:
    """Also over New Year, forwards and backwards; a weekday that is written decides."""
    assert days_of(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "years", "expected"),
    [
        (("Oct 3", "Dec 18", "Jan 9"), (2019,), ["2019-10-03", "2019-12-18", "2020-01-09"]),
        (("Jan 9", "Sep 7"), (2019,), ["2019-01-09", "2019-09-07"]),
        (("Oct 3", "Feb 6"), (2019, 2020), ["2019-10-03", "2020-02-06"]),
        (("Feb 6",), (2019, 2020), ["2020-02-06"]),
        (("Oct 3, 2018",), (2019,), ["2018-10-03"]),
    ],
)
def test_a_heading_s_year_holds_for_the_days_below_it(
    texts: tuple[str, ...], years: tuple[int, ...], expected: list[str]
) -> None:
    """As in "Fall 2019", which runs on into January, and in "2019/20"."""
    assert days_of(*texts, years=years) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("4/12", "13/11"), ["2026-12-04", "2026-11-13"]),
        (("12/4", "11/13"), ["2026-12-04", "2026-11-13"]),
        (("Fri 03/04/2026",), ["2026-04-03"]),
        (("2026-11-27", "4/12/2026", "11/12/2026"), ["2026-11-27", "2026-12-04", "2026-12-11"]),
        (("4/12/2026", "11/12/2026"), ["2026-12-04", "2026-12-11"]),
        (("05/05/2026",), ["2026-05-05"]),
    ],
)
def test_the_other_dates_tell_whether_the_day_comes_first(texts: tuple[str, ...], expected: list[str]) -> None:
    """One beyond 12, a weekday beside it, the order of the list, at last the group's weekday."""
    assert days_of(*texts, weekday=4) == expected


@pytest.mark.parametrize("texts", [("3/4/2026",), ("3/4/2026", "5/4/2026"), ("13/4", "4/13", "5/6")])
def test_dates_that_can_be_read_in_two_ways_are_refused(texts: tuple[str, ...]) -> None:
    """Nothing is guessed; the message says what to do, and saying it decides."""
    with pytest.raises(ScheduleError, match=r"may begin with the day or with the month, .*; say --day-first or --month-first"):
        days_of(*texts, weekday=1)
    assert days_of("3/4/2026", day_first=True) == ["2026-04-03"]
    assert days_of("3/4/2026", day_first=False) == ["2026-03-04"]


@given(st.lists(st.dates(date(2000, 1, 1), date(2040, 1, 1)), max_size=20), st.sampled_from(["iso", "words", "points"]))
def test_full_dates_mean_themselves(days: list[date], form: str) -> None:
    """A law: in any order, in figures or in words."""
    forms = {"iso": "{0:%Y-%m-%d}", "words": "{0:%A}, {0:%B} {0.day}, {0.year}", "points": "{0.day}.{0.month}.{0.year}"}
    assert days_of(*(forms[form].format(day) for day in days)) == [str(day) for day in days]


@given(st.integers(1, 12), st.integers(1, 20), st.integers(1, 60), st.dates(date(2010, 1, 1), date(2035, 1, 1)))
def test_weeks_without_years_stay_a_week_apart(month: int, day: int, count: int, today: date) -> None:
    """A law: whatever today is, a list of weekly dates is a list of weekly days."""
    first = date(2026, month, day)
    ordinals = [first.toordinal() + 7 * week for week in range(count)]
    texts = [f"{one:%b} {one.day}" for one in map(date.fromordinal, ordinals)]
    if any(text == "Feb 29" for text in texts):
        return
    found = [date.fromisoformat(one) for one in days_of(*texts, today=today)]
    assert all(6 <= (later - one).days <= 8 for one, later in pairwise(found))


@given(st.lists(st.text(max_size=30) | st.from_regex(r"[0-9./ -]{1,12}", fullmatch=True), max_size=6))
def test_any_text_is_a_day_or_none(texts: list[str]) -> None:
    """A law: nothing that people write raises anything but the one error that tells them what to do."""
    written = [one for text in texts if (one := read_day(text))]
    assert len(decide_days(written, TODAY, day_first=True)) == len(written)
    with contextlib.suppress(ScheduleError):
        assert len(decide_days(written, TODAY)) == len(written)
