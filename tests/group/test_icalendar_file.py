"""The iCalendar file: accepted by strict readers, the right instants, the same bytes each time."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from studygroup.errors import ScheduleError
from studygroup.group.icalendar_file import to_ics
from studygroup.group.schedule import Change, Schedule, Session
from studygroup.group.slot import Slot

HOSTILE = 'Zoë O\'Brien-李, "x\\"; y'
NOW = datetime(2026, 11, 20, 12, 34, 56, 789, tzinfo=UTC)
DST_ZONES = (
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
)


def ics(
    sessions: list[Session],
    *,
    group_name: str = "Group",
    description: str = "Weekly",
    location: str = "Discord",
    url: str = "https://example.org/",
    summaries: dict[str, str] | None = None,
) -> bytes:
    """Return the file with what the test does not care about filled in."""
    return to_ics(
        sessions,
        group_name=group_name,
        uid_domain="example.org",
        description=description,
        location=location,
        url=url,
        now=NOW,
        summaries=summaries or {},
    )


def weekly(zone: str, first: str, last: str, weekday: str = "sunday", clock: str = "18:00", **changes: Change) -> list[Session]:
    """Return a weekly slot's sessions between two dates, cancelled ones too; a change's key is ``d2026_11_27``."""
    schedule = Schedule(
        (Slot(date(2020, 1, 1), weekday, clock, zone),),
        changes={key[1:].replace("_", "-"): change for key, change in changes.items()},
    )
    return schedule.between(date.fromisoformat(first), date.fromisoformat(last), cancelled=True)


def read_calendar(content: bytes) -> Any:
    """Return the calendar as icalendar reads it; its types are unions too wide to be of use here."""
    return Calendar.from_ical(content)


def events(content: bytes) -> list[Any]:
    """Return the events as icalendar reads them, after refusing anything it had to repair."""
    calendar = read_calendar(content)
    assert [component.errors for component in calendar.walk()] == [[]] * len(calendar.walk())
    return list(calendar.walk("VEVENT"))


def offset_at(timezone: Any, local: datetime) -> timedelta:
    """Return the offset that a VTIMEZONE gives to a local time, by RFC 5545, 3.6.5: the last onset before it."""
    observances = timezone.subcomponents
    assert all("RRULE" not in observance and "RDATE" not in observance for observance in observances)
    past = [observance for observance in observances if observance["DTSTART"].dt <= local]
    offset: timedelta = max(past, key=lambda observance: observance["DTSTART"].dt)["TZOFFSETTO"].td
    return offset


def test_whole_file() -> None:
    """A moved New York session is one event with its zone, whose clocks changed twice that year."""
    [session] = weekly(
        "America/New_York", "2026-11-27", "2026-11-28", "friday", "19:00", d2026_11_27=Change(sequence=2, length_min=60)
    )
    assert ics([session], group_name="LLM group", summaries={"2026-11-27": "GPT-3"}).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//studygroup//studygroup workbook//EN",
        "CALSCALE:GREGORIAN",
        "NAME:LLM group",
        "X-WR-CALNAME:LLM group",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:STANDARD",
        "DTSTART:20260101T000000",
        "TZNAME:EST",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260308T020000",
        "TZNAME:EDT",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261101T020000",
        "TZNAME:EST",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "SUMMARY:GPT-3",
        "DTSTART;TZID=America/New_York:20261127T190000",
        "DTEND;TZID=America/New_York:20261127T200000",
        "DTSTAMP:20261120T123456Z",
        "UID:2026-11-27@example.org",
        "SEQUENCE:2",
        "DESCRIPTION:Weekly",
        "LOCATION:Discord",
        "STATUS:CONFIRMED",
        "URL:https://example.org/",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_utc(zone: str) -> None:
    """A UTC slot's times end in Z and need no time zone."""
    content = ics(weekly(zone, "2026-11-27", "2026-11-27", "friday", "23:00"))
    assert b"DTSTART:20261127T230000Z\r\nDTEND:20261128T003000Z\r\n" in content
    assert b"TZID" not in content


@pytest.mark.parametrize("zone", [*DST_ZONES, "Asia/Kolkata", "America/Sao_Paulo"])
@pytest.mark.parametrize("clock", ["00:00", "01:30", "02:30", "18:00"])
def test_times_are_right_all_year(zone: str, clock: str) -> None:
    """The file's own time zones give every event of two years its real start and end, for two independent readers."""
    sessions = weekly(zone, "2026-01-01", "2027-12-31", "sunday", clock)
    content = ics(sessions)
    [timezone] = read_calendar(content).walk("VTIMEZONE")
    read = tzical(io.StringIO(content.decode())).get()
    assert read is not None
    for session, event in zip(sessions, events(content), strict=True):
        for time, property_name in ((session.start, "DTSTART"), (session.end, "DTEND")):
            written = event[property_name]
            if "TZID" in written.params:
                local = written.dt.replace(tzinfo=None)
                assert local - offset_at(timezone, local) == time.astimezone(UTC).replace(tzinfo=None)
                assert local.replace(tzinfo=read).utcoffset() == time.utcoffset()
            assert written.dt.astimezone(UTC) == time.astimezone(UTC)


def test_onset_is_in_the_old_offset() -> None:
    """Daylight time begins at 02:00 by the clocks of before (icalendar's own zones say 03:00)."""
    content = ics(weekly("Europe/Berlin", "2027-03-28", "2027-03-28"))
    onsets = [part["DTSTART"].dt for part in read_calendar(content).walk("VTIMEZONE")[0].subcomponents]
    assert onsets == [datetime(2027, 1, 1), datetime(2027, 3, 28, 2), datetime(2027, 10, 31, 3)]


def test_several_zones() -> None:
    """Each zone that an event names is defined once, in the order of names."""
    sessions = [
        *weekly("Europe/Berlin", "2026-11-01", "2026-11-15"),
        *weekly("UTC", "2026-11-16", "2026-11-22"),
        *weekly("America/New_York", "2026-11-23", "2027-01-15"),
    ]
    content = ics(sessions)
    assert re.findall(rb"^TZID:(.*)\r", content, re.MULTILINE) == [b"America/New_York", b"Europe/Berlin"]
    assert len(events(content)) == len(sessions)


def test_second_showing_of_an_hour() -> None:
    """A start or end in the second showing of an hour is in UTC: a local time there would mean the first."""
    berlin = ZoneInfo("Europe/Berlin")
    second = Session("2026-10-25", datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin), 60)
    over = Session("2026-10-25-2", datetime(2026, 10, 25, 1, 30, tzinfo=berlin), 120)
    assert re.findall(rb"^DT(?:START|END).*", ics([second, over]), re.MULTILINE) == [
        b"DTSTART:20261025T013000Z\r",
        b"DTEND:20261025T023000Z\r",
        b"DTSTART:20261024T233000Z\r",
        b"DTEND:20261025T013000Z\r",
    ]


def test_cancelled_and_moved() -> None:
    """A cancelled event stays with its UID, a moved one keeps its; both say why and carry their sequence."""
    sessions = weekly(
        "UTC",
        "2026-11-22",
        "2026-12-08",
        d2026_11_29=Change(cancelled=True, reason="Holidays", sequence=1),
        d2026_12_06=Change(start=datetime(2026, 12, 7, 18, tzinfo=UTC), reason="Clash", sequence=3),
    )
    found = [
        tuple(str(event.get(key)) for key in ("UID", "STATUS", "SEQUENCE", "DESCRIPTION")) for event in events(ics(sessions))
    ]
    assert found == [
        ("2026-11-22@example.org", "CONFIRMED", "0", "Weekly"),
        ("2026-11-29@example.org", "CANCELLED", "1", "Cancelled: Holidays\n\nWeekly"),
        ("2026-12-06@example.org", "CONFIRMED", "3", "Moved: Clash\n\nWeekly"),
    ]


def test_hostile_texts() -> None:
    """Quotes, commas, semicolons, backslashes and letters of any script come back as they were; line ends are kept as such."""
    sessions = weekly("UTC", "2026-11-22", "2026-11-22")
    content = ics(
        sessions, group_name=HOSTILE, description=f"{HOSTILE}\r\na\rb\nc", location=HOSTILE, summaries={"2026-11-22": HOSTILE}
    )
    [event] = events(content)
    # Both are of type TEXT; icalendar, which reads back what it takes for unknown types as it stands, is no judge of it.
    escaped = 'Zoë O\'Brien-李\\, "x\\\\"\\; y'
    assert f"\r\nNAME:{escaped}\r\nX-WR-CALNAME:{escaped}\r\n" in content.decode()
    assert [str(event[key]) for key in ("SUMMARY", "LOCATION", "DESCRIPTION")] == [HOSTILE, HOSTILE, f"{HOSTILE}\na\nb\nc"]


def test_text_cannot_add_properties() -> None:
    """Line ends of any kind in people's text start no line of the file, and control characters are left out."""
    text = "a\r\nATTACH:file:///x\rATTACH:y\nATTACH:z\x00\x07\u2028ATTACH:u\x85ATTACH:v\x0bATTACH:w\ud800"
    content = ics(weekly("UTC", "2026-11-22", "2026-11-22"), group_name=text, description=text, location=text)
    assert [line for line in content.decode().splitlines() if line.startswith("ATTACH")] == []
    [event] = events(content)
    assert str(event["SUMMARY"]) == "a ATTACH:file:///x ATTACH:y ATTACH:z ATTACH:u ATTACH:v ATTACH:w"


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "https://example.org/\r\nATTACH:x"])
def test_unsafe_address_is_left_out(url: str) -> None:
    """An address that is not one to a place on the web is left out, as are empty texts."""
    [event] = events(ics(weekly("UTC", "2026-11-22", "2026-11-22"), description="", location=" ", url=url))
    assert sorted(event) == ["DTEND", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS", "SUMMARY", "UID"]


def test_nothing_to_write() -> None:
    """A calendar without a session is refused: RFC 5545 wants at least one component."""
    with pytest.raises(ScheduleError, match="no session to write"):
        ics([])


def test_same_bytes() -> None:
    """The same input gives the same bytes, whatever sets and dictionaries were used on the way."""
    sessions = [*weekly("Europe/Berlin", "2026-01-01", "2026-12-31"), *weekly("America/New_York", "2027-01-01", "2027-12-31")]
    assert ics(sessions) == ics(list(sessions))


TEXTS = st.text(max_size=200)


@pytest.mark.slow
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(DST_ZONES))
def test_any_text_makes_a_right_file(name: str, description: str, location: str, zone: str) -> None:
    """Whatever people type: CRLF, lines of at most 75 octets of whole characters, required properties, unique UIDs, known zones."""
    sessions = weekly(zone, "2026-03-01", "2026-04-15")
    content = ics(sessions, group_name=name, description=description, location=location)
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 and not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line) for line in lines)
    assert all(line.decode() is not None for line in lines)
    found = events(content)
    assert {str(event["UID"]) for event in found} == {f"{session.id}@example.org" for session in sessions}
    assert all({"DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"} <= set(event) for event in found)
    calendar = read_calendar(content)
    assert {str(timezone["TZID"]) for timezone in calendar.walk("VTIMEZONE")} == {
        event[key].params["TZID"] for event in found for key in ("DTSTART", "DTEND") if "TZID" in event[key].params
    }
    assert calendar.to_ical() == content
