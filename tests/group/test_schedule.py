"""Sessions from slots, holidays and changes; their times in other zones."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import ScheduleError
from studygroup.group import schedule as schedule_module
from studygroup.group.schedule import Change, Schedule, Session, ZoneTime, times_in_zones
from studygroup.group.slot import ORDINALS, WEEKDAYS, Slot, check_slot

FRIDAYS = Slot(date(2026, 11, 1), "friday", "23:00", "UTC", "week", 90)
NEW_YORK = Slot(date(2026, 1, 1), "friday", "19:00", "America/New_York", "week", 90)


def make(*slots: Slot, holidays: tuple[str, ...] = (), **changes: Change) -> Schedule:
    """Return a schedule; a change's key is the session's id with ``_`` for ``-`` and a leading ``d``."""
    return Schedule(
        slots,
        frozenset(date.fromisoformat(day) for day in holidays),
        {key[1:].replace("_", "-"): change for key, change in changes.items()},
    )


def on(first: str, last: str, schedule: Schedule, cancelled: bool = False) -> list[Session]:
    """Return the sessions between two dates given as text."""
    return schedule.between(date.fromisoformat(first), date.fromisoformat(last), cancelled)


def ids(sessions: list[Session]) -> list[str]:
    """Return the sessions' ids."""
    return [session.id for session in sessions]


def times(sessions: list[Session]) -> list[str]:
    """Return each session's local start with its offset, and its start in UTC."""
    return [f"{s.start:%Y-%m-%d %H:%M %z} = {s.start.astimezone(UTC):%d %H:%M}" for s in sessions]


def utc(text: str) -> datetime:
    """Return ``2026-11-27 23:00`` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Rules


def test_weekly() -> None:
    """A weekly slot meets on its weekday, first on or after the date it is valid from."""
    assert on("2026-11-01", "2026-11-20", make(FRIDAYS)) == [
        Session("2026-11-06", utc("2026-11-06 23:00"), 90),
        Session("2026-11-13", utc("2026-11-13 23:00"), 90),
        Session("2026-11-20", utc("2026-11-20 23:00"), 90),
    ]


def test_end_of_a_session() -> None:
    """A session ends its length after its start."""
    assert make(FRIDAYS).find("2026-11-27").end == utc("2026-11-28 00:30")


@pytest.mark.parametrize(
    ("valid_from", "expected"),
    [
        ("2026-11-06", ["2026-11-06", "2026-11-20", "2026-12-04", "2026-12-18"]),
        ("2026-11-07", ["2026-11-13", "2026-11-27", "2026-12-11", "2026-12-25"]),
    ],
)
def test_second_week_counts_from_the_first_weekday(valid_from: str, expected: list[str]) -> None:
    """Every second week counts from the first weekday on or after the slot's date, not from that date's week."""
    slot = Slot(date.fromisoformat(valid_from), "friday", "23:00", "UTC", "second week")
    assert ids(on("2026-11-01", "2026-12-31", make(slot))) == expected


def test_second_week_does_not_depend_on_where_one_looks() -> None:
    """Every second week is the same weeks whichever dates are asked for."""
    schedule = make(Slot(date(2026, 11, 6), "friday", "23:00", "UTC", "second week"))
    assert [on(day, day, schedule) != [] for day in ("2030-11-15", "2030-11-22")] == [True, False]


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("first friday", ["2027-01-01", "2027-02-05", "2027-03-05", "2027-04-02"]),
        ("second tuesday", ["2027-01-12", "2027-02-09", "2027-03-09", "2027-04-13"]),
        ("third monday", ["2027-01-18", "2027-02-15", "2027-03-15", "2027-04-19"]),
        ("fourth sunday", ["2027-01-24", "2027-02-28", "2027-03-28", "2027-04-25"]),
        ("last sunday", ["2027-01-31", "2027-02-28", "2027-03-28", "2027-04-25"]),
    ],
)
def test_monthly(weekday: str, expected: list[str]) -> None:
    """A monthly slot meets on the first to fourth, or the last, such weekday of each month."""
    schedule = make(Slot(date(2027, 1, 1), weekday, "18:00", "Europe/Berlin", "month"))
    assert ids(on("2027-01-01", "2027-04-30", schedule)) == expected


def test_monthly_slot_that_begins_after_the_months_day() -> None:
    """A monthly slot valid from the middle of a month begins with the first such day that it is valid on."""
    schedule = make(Slot(date(2027, 1, 2), "first friday", "18:00", "UTC", "month"))
    assert ids(on("2027-01-01", "2027-03-31", schedule)) == ["2027-02-05", "2027-03-05"]


@pytest.mark.parametrize(
    ("weekday", "every", "valid_from", "expected"),
    [
        (("tuesday", "friday"), "week", "2026-11-25", ["11-27", "12-01", "12-04", "12-08"]),
        (("friday", "tuesday"), "week", "2026-11-24", ["11-24", "11-27", "12-01", "12-04"]),
        (("tuesday", "friday"), "second week", "2026-11-25", ["11-27", "12-08", "12-11", "12-22"]),
        (("sunday", "monday"), "second week", "2026-11-27", ["11-29", "12-07", "12-13", "12-21"]),
        (("second tuesday", "fourth tuesday"), "month", "2026-11-20", ["11-24", "12-08", "12-22", "01-12"]),
        (("first monday", "last friday"), "month", "2026-11-20", ["11-27", "12-07", "12-25", "01-04"]),
    ],
)
def test_several_weekdays(weekday: tuple[str, ...], every: str, valid_from: str, expected: list[str]) -> None:
    """A slot's days come in their order, from its date on; every second week has all of them or none."""
    slot = msgspec.structs.replace(FRIDAYS, weekday=weekday, every=every, valid_from=date.fromisoformat(valid_from))
    schedule = Schedule((slot,))
    found = schedule.between(date(2026, 11, 1), date(2028, 1, 1))
    assert [session.id[5:] for session in found[:4]] == expected
    assert [schedule.nth(number).id for number in range(1, len(found) + 1)] == [session.id for session in found]
    assert all(schedule.between(session.start.date(), session.start.date()) == [session] for session in found)


def test_two_weekdays_that_are_one_day_make_one_session() -> None:
    """In a month of four Tuesdays the fourth one is the last."""
    slot = msgspec.structs.replace(FRIDAYS, weekday=("fourth tuesday", "last tuesday"), every="month")
    assert ids(Schedule((slot,)).between(date(2027, 2, 1), date(2027, 3, 31))) == ["2027-02-23", "2027-03-23", "2027-03-30"]


def test_a_holiday_takes_one_of_a_weeks_days() -> None:
    """The other one stays, and keeps the numbers without a gap."""
    slot = msgspec.structs.replace(FRIDAYS, weekday=("tuesday", "friday"))
    schedule = Schedule((slot,), frozenset({date(2026, 12, 25)}))
    assert ids(schedule.between(date(2026, 12, 21), date(2026, 12, 31))) == ["2026-12-22", "2026-12-29"]
    assert schedule.number("2026-12-29") == schedule.number("2026-12-22") + 1


@pytest.mark.parametrize(
    ("weekday", "message"),
    [
        ((), "weekday: the list is empty; write one of monday"),
        (("tuesday", "tuesday"), "weekday: 'tuesday' is in the list twice"),
        (("tuesday", "fridya"), "weekday: 'fridya' is not one of monday"),
        (("tuesday", "second friday"), "weekday: 'second friday' is not one of monday"),
    ],
)
def test_a_list_of_weekdays_that_makes_no_sense(weekday: tuple[str, ...], message: str) -> None:
    """Each wrong day is named."""
    [found] = check_slot(msgspec.structs.replace(FRIDAYS, weekday=weekday))
    assert found.startswith(message)


def test_leap_day() -> None:
    """29 February 2028 is a Tuesday, the fifth and last of its month."""
    weekly = make(Slot(date(2028, 1, 1), "tuesday", "18:00", "UTC"))
    monthly = make(Slot(date(2028, 1, 1), "last tuesday", "18:00", "UTC", "month"))
    assert ids(on("2028-02-22", "2028-03-07", weekly)) == ["2028-02-22", "2028-02-29", "2028-03-07"]
    assert ids(on("2028-02-01", "2028-03-31", monthly)) == ["2028-02-29", "2028-03-28"]


def test_year_end() -> None:
    """The weeks go on over the end of the year, also where the year ends while the session is under way."""
    schedule = make(Slot(date(2026, 12, 1), "thursday", "23:30", "Europe/Berlin", "week", 60))
    found = on("2026-12-24", "2027-01-07", schedule)
    assert ids(found) == ["2026-12-24", "2026-12-31", "2027-01-07"]
    assert f"{found[1].end:%Y-%m-%d %H:%M}" == "2027-01-01 00:30"


def test_new_slot_does_not_rewrite_the_past() -> None:
    """A slot holds until the day before the next one's date; before the first there is nothing."""
    later = Slot(date(2026, 11, 20), "monday", "18:00", "Europe/Berlin", "week", 60)
    last = Slot(date(2026, 12, 7), "friday", "23:00", "UTC", "second week", 45)
    assert on("2026-10-01", "2026-12-31", make(last, later, FRIDAYS)) == [
        Session("2026-11-06", utc("2026-11-06 23:00"), 90),
        Session("2026-11-13", utc("2026-11-13 23:00"), 90),
        Session("2026-11-23", utc("2026-11-23 17:00"), 60),
        Session("2026-11-30", utc("2026-11-30 17:00"), 60),
        Session("2026-12-11", utc("2026-12-11 23:00"), 45),
        Session("2026-12-25", utc("2026-12-25 23:00"), 45),
    ]


def test_two_slots_from_the_same_date() -> None:
    """Of two slots from the same date the later one in the tuple holds."""
    corrected = msgspec.structs.replace(FRIDAYS, time="22:00")
    assert times(on("2026-11-27", "2026-11-27", make(FRIDAYS, corrected))) == ["2026-11-27 22:00 +0000 = 27 22:00"]


# Holidays and changes


def test_holiday() -> None:
    """A holiday takes the session of that local date; another day's holiday takes none."""
    schedule = make(FRIDAYS, holidays=("2026-12-25", "2026-12-26"))
    assert ids(on("2026-12-18", "2027-01-01", schedule, cancelled=True)) == ["2026-12-18", "2027-01-01"]


def test_session_set_on_a_holiday() -> None:
    """A change that gives a start makes the session although its date is a holiday."""
    schedule = make(FRIDAYS, holidays=("2026-12-25",), d2026_12_25=Change(start=utc("2026-12-25 12:00"), sequence=1))
    expected = Session("2026-12-25", utc("2026-12-25 12:00"), 90, moved=True, sequence=1)
    assert on("2026-12-20", "2026-12-31", schedule) == [expected]
    assert schedule.find("2026-12-25") == expected


def test_cancelled() -> None:
    """A cancelled session is left out unless it is asked for, and can still be found by its id."""
    schedule = make(FRIDAYS, d2026_11_27=Change(cancelled=True, reason="Thanksgiving", sequence=1))
    session = Session("2026-11-27", utc("2026-11-27 23:00"), 90, cancelled=True, reason="Thanksgiving", sequence=1)
    assert ids(on("2026-11-20", "2026-12-04", schedule)) == ["2026-11-20", "2026-12-04"]
    assert on("2026-11-27", "2026-11-27", schedule, cancelled=True) == [session] == [schedule.find("2026-11-27")]
    assert schedule.next(utc("2026-11-21 12:00")).id == "2026-12-04"


@pytest.mark.parametrize(
    ("start", "order"),
    [
        ("2026-11-27 20:00", ["2026-11-20", "2026-11-27", "2026-12-04"]),
        ("2026-11-28 01:00", ["2026-11-20", "2026-11-27", "2026-12-04"]),
        ("2026-11-18 20:00", ["2026-11-27", "2026-11-20", "2026-12-04"]),
        ("2026-12-05 20:00", ["2026-11-20", "2026-12-04", "2026-11-27"]),
    ],
)
def test_moved(start: str, order: list[str]) -> None:
    """A moved session keeps its id and belongs where it was moved to, also past its neighbours."""
    schedule = make(FRIDAYS, d2026_11_27=Change(start=utc(start), sequence=1))
    assert ids(on("2026-11-16", "2026-12-06", schedule)) == order
    assert schedule.find("2026-11-27") == Session("2026-11-27", utc(start), 90, moved=True, sequence=1)


def test_moved_out_of_the_dates_asked_for() -> None:
    """A session moved far away is missing from its old week and found in its new one, only."""
    schedule = make(FRIDAYS, d2026_11_27=Change(start=utc("2027-06-01 20:00")))
    assert on("2026-11-23", "2026-11-29", schedule) == []
    assert ids(on("2027-05-31", "2027-06-02", schedule)) == ["2026-11-27"]


def test_change_that_moves_nothing() -> None:
    """A change that names the slot's own start, in any zone, has not moved the session."""
    same = Change(start=datetime(2026, 11, 28, 8, tzinfo=ZoneInfo("Asia/Tokyo")), length_min=120)
    assert on("2026-11-27", "2026-11-27", make(FRIDAYS, d2026_11_27=same)) == [
        Session("2026-11-27", utc("2026-11-27 23:00"), 120)
    ]


def test_change_without_an_offset_is_local() -> None:
    """A start that someone typed without an offset is the slot's local time."""
    schedule = make(NEW_YORK, d2026_11_27=Change(start=datetime(2026, 11, 28, 10)))
    assert times([schedule.find("2026-11-27")]) == ["2026-11-28 10:00 -0500 = 28 15:00"]


def test_extra_sessions() -> None:
    """A change with a start and an id that no slot sets is a session: a second one that day, or on another day."""
    schedule = make(
        NEW_YORK,
        d2026_11_27_2=Change(start=utc("2026-11-27 18:00"), length_min=30),
        d2026_11_29=Change(start=utc("2026-11-29 18:00")),
        d2026_11_30=Change(start=utc("2026-12-02 18:00"), sequence=1),
    )
    found = on("2026-11-27", "2026-12-03", schedule)
    assert found == [
        Session("2026-11-27-2", utc("2026-11-27 18:00"), 30),
        Session("2026-11-27", utc("2026-11-28 00:00"), 90),
        Session("2026-11-29", utc("2026-11-29 18:00"), 90),
        Session("2026-11-30", utc("2026-12-02 18:00"), 90, moved=True, sequence=1),
    ]
    assert times(found)[0] == "2026-11-27 13:00 -0500 = 27 18:00"


def test_extra_session_before_the_first_slot() -> None:
    """A session before the first slot is one, in that slot's zone, and is the group's first."""
    schedule = make(NEW_YORK, d2025_12_30=Change(start=utc("2025-12-30 18:00")))
    assert times(schedule.following(utc("2025-01-01 00:00"), 2)) == [
        "2025-12-30 13:00 -0500 = 30 18:00",
        "2026-01-02 19:00 -0500 = 03 00:00",
    ]
    assert (schedule.number("2025-12-30"), schedule.number("2026-01-02")) == (1, 2)


def test_sessions_without_any_slot() -> None:
    """A group without a slot has the sessions that were set by hand, in UTC."""
    schedule = make(d2026_11_27=Change(start=utc("2026-11-27 18:00")))
    assert schedule.next(utc("2026-11-01 00:00")) == Session("2026-11-27", utc("2026-11-27 18:00"), 90)


@pytest.mark.parametrize("key", ["d2026_11_25", "d2026_12_25", "dnonsense", "d2026_02_30", "d2026_11_27_1"])
def test_change_of_what_is_no_session(key: str) -> None:
    """A change without a start for a day without a session, or for what is no session's id, makes none."""
    schedule = make(FRIDAYS, holidays=("2026-12-25",), **{key: Change(cancelled=True)})
    assert on("2026-01-01", "2027-01-31", schedule, True) == on(
        "2026-01-01", "2027-01-31", make(FRIDAYS, holidays=("2026-12-25",))
    )


# Next, following, previous, numbers, ids


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2020-01-01 00:00", "2026-11-06"),
        ("2026-11-27 22:59", "2026-11-27"),
        ("2026-11-27 23:00", "2026-11-27"),
        ("2026-11-28 00:29", "2026-11-27"),
        ("2026-11-28 00:30", "2026-12-04"),
    ],
)
def test_next(now: str, expected: str) -> None:
    """The session under way is still this week's; at its end it is the next one."""
    assert make(FRIDAYS).next(utc(now)).id == expected


def test_next_while_a_long_session_is_under_way() -> None:
    """A session of several days that began before is under way until its end."""
    schedule = make(FRIDAYS, d2026_11_27=Change(length_min=8 * 1440))
    assert [schedule.next(utc(now)).id for now in ("2026-12-05 22:00", "2026-12-05 23:00")] == ["2026-11-27", "2026-12-11"]


def test_next_finds_a_slot_that_begins_years_later() -> None:
    """The next session may be the first one of a slot in the far future."""
    assert make(Slot(date(2199, 12, 1), "friday", "23:00", "UTC")).next(utc("2026-11-27 12:00")).id == "2199-12-06"


def test_next_without_any_session_left() -> None:
    """A schedule whose every session is cancelled or on a holiday says so instead of searching for ever."""
    fridays = [date(2026, 11, 6) + timedelta(weeks=week) for week in range(53 * 8)]
    holidays = Schedule((FRIDAYS,), frozenset(fridays))
    cancelled = Schedule((FRIDAYS,), frozenset(), {str(day): Change(cancelled=True) for day in fridays})
    for schedule in (holidays, cancelled):
        with pytest.raises(
            ScheduleError, match="no session in the five years after 2026-11-27: every one was cancelled or is on"
        ):
            schedule.next(utc("2026-11-27 12:00"))
    with pytest.raises(ScheduleError, match="no slot, so there is no next session"):
        Schedule(()).next(utc("2026-11-27 12:00"))


def test_long_pause_before_a_later_slot() -> None:
    """A pause of more than five years does not hide the sessions of a slot that begins after it."""
    pause = frozenset(date(2026, 11, 13) + timedelta(weeks=week) for week in range(53 * 8))
    later = Slot(date(2034, 11, 1), "monday", "18:00", "UTC")
    assert ids([Schedule((FRIDAYS, later), pause).nth(n) for n in (1, 2)]) == ["2026-11-06", "2034-11-06"]


def test_following_and_previous() -> None:
    """What comes after and before a session, or an instant, leaves out cancelled ones and the one under way."""
    schedule = make(FRIDAYS, d2026_12_04=Change(cancelled=True), d2026_11_27_2=Change(start=utc("2026-11-27 23:00")))
    session, second = schedule.find("2026-11-27"), schedule.find("2026-11-27-2")
    under_way = utc("2026-11-27 23:30")
    assert ids(schedule.following(session, 3)) == ["2026-11-27-2", "2026-12-11", "2026-12-18"]
    assert ids(schedule.following(schedule.find("2026-12-04"), 1)) == ["2026-12-11"]
    assert ids(schedule.following(under_way, 1)) == ["2026-12-11"]
    assert schedule.following(under_way, 0) == []
    assert schedule.previous(second) == session
    assert schedule.previous(under_way) == schedule.previous(session) == schedule.find("2026-11-20")
    assert schedule.previous(schedule.find("2026-12-11")) == second
    assert schedule.previous(schedule.nth(1)) is None


def test_following_ends_where_the_schedule_ends() -> None:
    """Where fewer sessions follow, fewer are returned, and the one after a pause of years is found."""
    schedule = make(d2026_11_27=Change(start=utc("2026-11-27 18:00")), d2030_11_29=Change(start=utc("2030-11-29 18:00")))
    assert ids(schedule.following(utc("2026-01-01 00:00"), 5)) == ["2026-11-27", "2030-11-29"]
    assert schedule.previous(utc("2030-01-01 00:00")) == schedule.find("2026-11-27")


def test_numbers_leave_out_holidays_and_cancelled_sessions() -> None:
    """The n-th session counts what took place, in order of time, so a moved session's number can change."""
    schedule = make(
        FRIDAYS,
        holidays=("2026-11-13",),
        d2026_11_20=Change(cancelled=True),
        d2026_11_27=Change(start=utc("2026-12-08 18:00")),
    )
    assert ids([schedule.nth(n) for n in (1, 2, 3, 4)]) == ["2026-11-06", "2026-12-04", "2026-11-27", "2026-12-11"]
    assert [schedule.number(key) for key in ("2026-11-06", "2026-12-04", "2026-11-27", "2026-12-11")] == [1, 2, 3, 4]
    with pytest.raises(ScheduleError, match="2026-11-20 was cancelled, so it has no number"):
        schedule.number("2026-11-20")


def test_number_of_a_session_that_moved_before_the_first_slot() -> None:
    """The first session is still the first when it was moved to before the slot's date."""
    assert make(FRIDAYS, d2026_11_06=Change(start=utc("2026-10-30 18:00"))).nth(1).id == "2026-11-06"


@pytest.mark.parametrize("n", [0, -1, 10_001])
def test_impossible_numbers(n: int) -> None:
    """A number that no session can have is refused."""
    with pytest.raises(ScheduleError, match=f"no session number {n}; sessions are counted from 1"):
        make(FRIDAYS).nth(n)


def test_number_past_the_end() -> None:
    """A number past the last session is refused."""
    with pytest.raises(ScheduleError, match="no session number 2: the schedule has fewer"):
        make(d2026_11_27=Change(start=utc("2026-11-27 18:00"))).nth(2)


@pytest.mark.parametrize(
    ("session_id", "message"),
    [
        ("2026-11-26", "2026-11-26 has no session; the nearest are 2026-11-20 and 2026-11-27."),
        ("2026-11-27-2", "2026-11-27-2 has no session; the nearest are 2026-11-20 and 2026-11-27."),
        ("2026-12-25", "2026-12-25 is a holiday; the nearest are 2026-12-18 and 2027-01-01."),
        ("2026-01-01", "2026-01-01 has no session; the nearest is 2026-11-06."),
        ("1066-10-14", "1066-10-14 has no session; nor has any day near it."),
        ("0001-01-01", "0001-01-01 has no session; nor has any day near it."),
        ("friday", "'friday' is not a session; write its date, such as 2026-11-27, or 2026-11-27-2 for a second one that day."),
        (
            "2026-02-30",
            "'2026-02-30' is not a session; write its date, such as 2026-11-27, or 2026-11-27-2 for a second one that day.",
        ),
    ],
)
def test_unknown_session(session_id: str, message: str) -> None:
    """An unknown session's error names the nearest sessions, or how an id is written."""
    with pytest.raises(ScheduleError) as error:
        make(FRIDAYS, holidays=("2026-12-25",)).find(session_id)
    assert str(error.value) == message


def test_slot_on() -> None:
    """The slot of a date is the last one valid from then or before; the first one also holds for what was before it."""
    later = Slot(date(2026, 12, 1), "monday", "18:00", "UTC")
    schedule = make(FRIDAYS, later)
    days = (date(2020, 1, 1), date(2026, 11, 30), date(2026, 12, 1))
    assert [schedule.slot_on(day) for day in days] == [FRIDAYS, FRIDAYS, later]
    assert Schedule(()).slot_on(date(2026, 1, 1)) is None


def test_whole_range_of_dates() -> None:
    """Asking from the first date there is does not fail."""
    assert ids(make(FRIDAYS).between(date.min, date(2026, 11, 6))) == ["2026-11-06"]


# Clocks that change


@pytest.mark.parametrize(
    ("zone", "weekday", "first", "expected"),
    [
        (
            "Europe/Berlin",
            "sunday",
            "2027-03-21",
            ["2027-03-21 18:00 +0100 = 21 17:00", "2027-03-28 18:00 +0200 = 28 16:00", "2027-04-04 18:00 +0200 = 04 16:00"],
        ),
        (
            "Europe/Berlin",
            "sunday",
            "2026-10-18",
            ["2026-10-18 18:00 +0200 = 18 16:00", "2026-10-25 18:00 +0100 = 25 17:00", "2026-11-01 18:00 +0100 = 01 17:00"],
        ),
        (
            "America/New_York",
            "sunday",
            "2027-03-07",
            ["2027-03-07 18:00 -0500 = 07 23:00", "2027-03-14 18:00 -0400 = 14 22:00", "2027-03-21 18:00 -0400 = 21 22:00"],
        ),
        (
            "America/New_York",
            "sunday",
            "2026-10-25",
            ["2026-10-25 18:00 -0400 = 25 22:00", "2026-11-01 18:00 -0500 = 01 23:00", "2026-11-08 18:00 -0500 = 08 23:00"],
        ),
        (
            "Australia/Sydney",
            "sunday",
            "2026-09-27",
            ["2026-09-27 18:00 +1000 = 27 08:00", "2026-10-04 18:00 +1100 = 04 07:00", "2026-10-11 18:00 +1100 = 11 07:00"],
        ),
        (
            "Australia/Sydney",
            "sunday",
            "2027-03-28",
            ["2027-03-28 18:00 +1100 = 28 07:00", "2027-04-04 18:00 +1000 = 04 08:00", "2027-04-11 18:00 +1000 = 11 08:00"],
        ),
    ],
)
def test_local_time_stays_when_the_clocks_change(zone: str, weekday: str, first: str, expected: list[str]) -> None:
    """A slot keeps its local time over the days on which its zone changes the clocks, in both halves of the world."""
    schedule = make(Slot(date(2026, 1, 1), weekday, "18:00", zone))
    begin = date.fromisoformat(first)
    assert times(schedule.between(begin, begin + timedelta(days=14))) == expected


@pytest.mark.parametrize(
    ("weekday", "clock", "zone", "day", "expected"),
    [
        ("sunday", "02:30", "Europe/Berlin", "2027-03-28", "2027-03-28 03:30 +0200 = 28 01:30"),
        ("sunday", "02:30", "America/New_York", "2027-03-14", "2027-03-14 03:30 -0400 = 14 07:30"),
        ("sunday", "02:15", "Australia/Lord_Howe", "2026-10-04", "2026-10-04 02:45 +1100 = 03 15:45"),
        ("friday", "18:00", "Pacific/Apia", "2011-12-30", "2011-12-31 18:00 +1400 = 31 04:00"),
        ("sunday", "02:30", "Europe/Berlin", "2026-10-25", "2026-10-25 02:30 +0200 = 25 00:30"),
        ("sunday", "01:30", "America/New_York", "2026-11-01", "2026-11-01 01:30 -0400 = 01 05:30"),
    ],
)
def test_times_that_do_not_exist_or_occur_twice(weekday: str, clock: str, zone: str, day: str, expected: str) -> None:
    """A time that the clocks skip is shifted by what they skip; one that they show twice is the first; neither is a move."""
    session = make(Slot(date(2010, 1, 1), weekday, clock, zone)).find(day)
    assert (session.id, times([session]), session.moved) == (day, [expected], False)


def test_day_that_a_zone_skipped() -> None:
    """A session on a day that its zone skipped belongs to the day after."""
    schedule = make(Slot(date(2010, 1, 1), "friday", "18:00", "Pacific/Apia"))
    assert (on("2011-12-30", "2011-12-30", schedule), ids(on("2011-12-31", "2011-12-31", schedule))) == ([], ["2011-12-30"])


@pytest.mark.parametrize(("day", "end"), [("2027-03-28", "2027-03-28 04:30 +0200"), ("2026-10-25", "2026-10-25 02:30 +0100")])
def test_length_is_real_time(day: str, end: str) -> None:
    """A session of two hours lasts two hours while the clocks change."""
    session = make(Slot(date(2026, 1, 1), "sunday", "01:30", "Europe/Berlin", "week", 120)).find(day)
    assert f"{session.end:%Y-%m-%d %H:%M %z}" == end
    assert session.end.astimezone(UTC) - session.start.astimezone(UTC) == timedelta(hours=2)


def test_next_in_the_hour_that_occurs_twice() -> None:
    """Which session is next goes by instants: in the second 02:15 the session of the first 02:00 is over."""
    schedule = make(Slot(date(2026, 1, 1), "sunday", "02:00", "Europe/Berlin", "week", 60))
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 15, fold=fold, tzinfo=berlin) for fold in (0, 1))
    assert (schedule.next(first).id, schedule.next(second).id) == ("2026-10-25", "2026-11-01")
    assert [found and found.id for found in (schedule.previous(first), schedule.previous(second))] == [
        "2026-10-18",
        "2026-10-25",
    ]


# Times in zones


def shown(session: Session, *zones: str) -> str:
    """Return weekday and time in each zone on one line, ``*`` where the day is another."""
    return ", ".join(f"{z.weekday[:3]} {z.time}{'*' * z.other_day}" for z in times_in_zones(session.start, zones))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-23", "Fri 19:00, Fri 23:00, Sat 01:00*, Sat 04:30*"),
        ("2026-10-30", "Fri 19:00, Fri 23:00, Sat 00:00*, Sat 04:30*"),  # Europe has changed, America has not
        ("2026-11-06", "Fri 19:00, Sat 00:00*, Sat 01:00*, Sat 05:30*"),
        ("2027-03-12", "Fri 19:00, Sat 00:00*, Sat 01:00*, Sat 05:30*"),
        ("2027-03-19", "Fri 19:00, Fri 23:00, Sat 00:00*, Sat 04:30*"),  # America has changed, Europe has not
        ("2027-03-26", "Fri 19:00, Fri 23:00, Sat 00:00*, Sat 04:30*"),
        ("2027-04-02", "Fri 19:00, Fri 23:00, Sat 01:00*, Sat 04:30*"),
    ],
)
def test_zones_in_the_weeks_of_both_changes(day: str, expected: str) -> None:
    """A New York slot is shown rightly elsewhere also in the weeks in which only one side has changed its clocks."""
    assert shown(make(NEW_YORK).find(day), "America/New_York", "UTC", "Europe/Berlin", "Asia/Kolkata") == expected


def test_utc_slot_in_new_york() -> None:
    """Fridays 23:00 UTC is 7pm Eastern in daylight time only."""
    schedule = make(msgspec.structs.replace(FRIDAYS, valid_from=date(2026, 10, 1)))
    assert [times_in_zones(schedule.find(day).start, ["America/New_York"], 90) for day in ("2026-10-30", "2026-11-06")] == [
        [ZoneTime("America/New_York", "New York", "EDT", "Friday", date(2026, 10, 30), "19:00", "20:30", False)],
        [ZoneTime("America/New_York", "New York", "EST", "Friday", date(2026, 11, 6), "18:00", "19:30", False)],
    ]


def test_labels_of_zones() -> None:
    """A zone is shown by its city, its abbreviation or its offset; the year may differ too."""
    zones = [
        "UTC",
        "Etc/UTC",
        "Pacific/Auckland",
        "Asia/Kathmandu",
        "America/Argentina/Buenos_Aires",
        "Etc/GMT+12",
        "Africa/Abidjan",
    ]
    start = utc("2027-01-01 00:30")
    assert times_in_zones(start, zones) == [
        ZoneTime("UTC", "UTC", "UTC", "Friday", date(2027, 1, 1), "00:30", "", False),
        ZoneTime("Etc/UTC", "UTC", "UTC", "Friday", date(2027, 1, 1), "00:30", "", False),
        ZoneTime("Pacific/Auckland", "Auckland", "NZDT", "Friday", date(2027, 1, 1), "13:30", "", False),
        ZoneTime("Asia/Kathmandu", "Kathmandu", "UTC+5:45", "Friday", date(2027, 1, 1), "06:15", "", False),
        ZoneTime("America/Argentina/Buenos_Aires", "Buenos Aires", "UTC−3", "Thursday", date(2026, 12, 31), "21:30", "", True),
        ZoneTime("Etc/GMT+12", "GMT+12", "UTC−12", "Thursday", date(2026, 12, 31), "12:30", "", True),
        ZoneTime("Africa/Abidjan", "Abidjan", "GMT", "Friday", date(2027, 1, 1), "00:30", "", False),
    ]


def test_auckland_meets_on_saturday() -> None:
    """A Friday evening in UTC is Saturday noon in Auckland, and an Auckland slot is the day before elsewhere."""
    assert shown(make(FRIDAYS).find("2026-11-27"), "UTC", "Pacific/Auckland") == "Fri 23:00, Sat 12:00*"
    auckland = make(Slot(date(2026, 11, 1), "saturday", "09:00", "Pacific/Auckland")).find("2026-11-28")
    assert shown(auckland, "Pacific/Auckland", "UTC", "America/New_York") == "Sat 09:00, Fri 20:00*, Fri 15:00*"


def test_end_over_a_change_of_the_clocks() -> None:
    """The end shown is right when that zone changes its clocks during the session."""
    [berlin] = times_in_zones(utc("2026-10-25 00:30"), ["Europe/Berlin"], 60)
    assert (berlin.time, berlin.end) == ("02:30", "02:30")


@pytest.mark.parametrize("zone", ["Europe/Berlinn", "Europe", "../etc/passwd", "", "localtime"])
def test_unknown_zone_to_show(zone: str) -> None:
    """A zone that does not exist is an error that names it."""
    with pytest.raises(ScheduleError, match="is not a time zone"):
        times_in_zones(utc("2026-11-27 23:00"), [zone])


# Checking slots


def test_every_allowed_slot_is_right() -> None:
    """Every allowed weekday passes, weekly and monthly."""
    weekly = [
        msgspec.structs.replace(FRIDAYS, weekday=day, every=every) for day in WEEKDAYS for every in ("week", "second week")
    ]
    monthly = [
        msgspec.structs.replace(FRIDAYS, weekday=f"{ordinal} {day}", every="month") for ordinal in ORDINALS for day in WEEKDAYS
    ]
    assert [check_slot(slot) for slot in weekly + monthly] == [[]] * 49


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("valid_from", date(206, 11, 1), "valid_from: 0206-11-01 is not between 2000-01-01 and 2199-12-31"),
        (
            "weekday",
            "Firday",
            "weekday: 'Firday' is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday (did you mean 'friday'?)",
        ),
        (
            "weekday",
            "first friday",
            "weekday: 'first friday' is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday",
        ),
        (
            "time",
            "7pm",
            "time: '7pm' is not a time of day (did you mean '19:00'?); write hours and minutes from 00:00 to 23:59, such as '19:00'",
        ),
        ("time", "24:00", "time: '24:00' is not a time of day; write hours and minutes from 00:00 to 23:59, such as '19:00'"),
        (
            "time",
            "9:00",
            "time: '9:00' is not a time of day (did you mean '09:00'?); write hours and minutes from 00:00 to 23:59, such as '19:00'",
        ),
        (
            "zone",
            "Europe/Berln",
            "zone: 'Europe/Berln' is not a time zone (did you mean 'Europe/Berlin'?)",
        ),
        ("every", "weeks", "every: 'weeks' is not one of week, second week, month (did you mean 'week'?)"),
        ("length_min", 4, "length_min: 4 is not between 5 and 1440 minutes"),
        ("length_min", 1441, "length_min: 1441 is not between 5 and 1440 minutes"),
    ],
)
def test_wrong_slots(field: str, value: object, message: str) -> None:
    """A wrong field is named with what was found, what is allowed and the nearest spelling."""
    [found] = check_slot(msgspec.structs.replace(FRIDAYS, **{field: value}))
    assert found.startswith(message)


def test_wrong_weekday_of_a_monthly_slot() -> None:
    """A monthly slot needs an ordinal with its weekday."""
    slot = Slot(date(2026, 11, 1), "frist friday", "23:00", "UTC", "month")
    [message] = check_slot(slot)
    assert message == (
        "weekday: 'frist friday' is not one of first, second, third, fourth, last and a weekday, such as 'first friday'"
        " (did you mean 'first friday'?)"
    )


def test_every_wrong_field_is_reported() -> None:
    """A slot that is wrong everywhere gets a message a field, and no schedule is made of it."""
    slot = Slot(date(1, 1, 1), "x", "x", "x", "x", 0)
    assert [message.partition(":")[0] for message in check_slot(slot)] == list(Slot.__struct_fields__)
    with pytest.raises(ScheduleError, match=r"slots are wrong:\n  slot from 0001-01-01, valid_from: (?s:.)*length_min: 0"):
        make(slot)


# Laws

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Australia/Lord_Howe")
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
INSTANTS = st.datetimes(datetime(2025, 12, 1), datetime(2029, 1, 1), timezones=st.sampled_from([ZoneInfo(z) for z in ZONES]))


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    """Draw a right slot."""
    every = draw(st.sampled_from(["week", "second week", "month"]))
    ordinals = [f"{ordinal} " for ordinal in ORDINALS] if every == "month" else [""]
    days = st.builds(lambda ordinal, day: ordinal + day, st.sampled_from(ordinals), st.sampled_from(WEEKDAYS))
    return Slot(
        valid_from=draw(DAYS),
        weekday=draw(days | st.lists(days, min_size=1, max_size=4, unique=True).map(tuple)),
        time=f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from(['00', '30']))}",
        zone=draw(st.sampled_from(ZONES)),
        every=every,
        length_min=draw(st.integers(5, 1440)),
    )


CHANGES = st.dictionaries(
    st.builds(lambda day, end: day.isoformat() + end, DAYS, st.sampled_from(["", "", "-2", "-10"])),
    st.builds(Change, st.none() | INSTANTS, st.none() | st.integers(5, 3000), st.booleans()),
    max_size=8,
)
PLAIN = st.builds(Schedule, st.lists(slots(), min_size=1, max_size=3).map(tuple), st.frozensets(DAYS, max_size=5), st.just({}))
SCHEDULES = st.builds(Schedule, st.lists(slots(), min_size=1, max_size=3).map(tuple), st.frozensets(DAYS, max_size=5), CHANGES)
EVER = (date(2025, 1, 1), date(2031, 1, 1))


@given(SCHEDULES)
def test_sessions_are_sorted_and_their_ids_unique(schedule: Schedule) -> None:
    """Sessions come in order of time, no id twice, and each is found by its id."""
    found = schedule.between(*EVER, cancelled=True)
    starts = [session.start.astimezone(UTC) for session in found]
    assert starts == sorted(starts)
    assert len(set(ids(found))) == len(found)
    assert [schedule.find(session.id) for session in found] == found


@given(SCHEDULES, st.lists(DAYS, min_size=3, max_size=3).map(sorted))
def test_dates_can_be_asked_in_pieces(schedule: Schedule, days: list[date]) -> None:
    """Two neighbouring pieces of time have together the sessions of the whole."""
    first, middle, last = days
    pieces = schedule.between(first, middle) + schedule.between(middle + timedelta(days=1), last)
    whole = schedule.between(first, last)
    assert sorted(pieces, key=lambda s: s.id) == sorted(whole, key=lambda s: s.id)
    assert schedule.slots[1:] or pieces == whole


@given(PLAIN)
def test_ids_are_dates_of_the_slots(schedule: Schedule) -> None:
    """Without changes an id is its session's local date, never a holiday, always the slot's weekday."""
    for session in schedule.between(*EVER):
        day = date.fromisoformat(session.id)
        slot = schedule.slot_on(day)
        assert slot is not None and day == session.start.date() and day not in schedule.holidays and day >= slot.valid_from
        assert any(name.endswith(WEEKDAYS[day.weekday()]) for name in slot.weekdays)


@given(SCHEDULES, INSTANTS)
def test_next_is_the_first_that_is_not_over(schedule: Schedule, now: datetime) -> None:
    """The next session is the first of all, by start, that ends after now."""
    left = [session for session in schedule.between(*EVER) if session.end.astimezone(UTC) > now.astimezone(UTC)]
    assert schedule.next(now) == left[0]


@given(SCHEDULES, INSTANTS)
def test_following_and_previous_agree_with_the_whole(schedule: Schedule, now: datetime) -> None:
    """What follows or precedes an instant is what the list of all sessions says."""
    everything = schedule.between(*EVER)
    instant = now.astimezone(UTC)
    assert schedule.following(now, 3) == [s for s in everything if s.start.astimezone(UTC) > instant][:3]
    assert [schedule.previous(now)] == ([None, *(s for s in everything if s.end.astimezone(UTC) <= instant)])[-1:]
    for one, other in pairwise(everything[:20]):
        assert (schedule.following(one, 1), schedule.previous(other)) == ([other], one)


@given(SCHEDULES, st.integers(1, 60))
def test_numbers_and_sessions_are_inverse(schedule: Schedule, n: int) -> None:
    """The number of the n-th session is n."""
    session = schedule.nth(n)
    assert schedule.number(session.id) == n
    assert schedule.between(date(2025, 1, 1), date(2040, 1, 1))[n - 1] == session


# The module


def test_no_clock() -> None:
    """Nothing in the module asks what time it is: ``now`` is always an argument."""
    tree = ast.parse(Path(schedule_module.__file__).read_text(encoding="utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert names & {"now", "today", "utcnow", "monotonic", "localtime"} == set()
