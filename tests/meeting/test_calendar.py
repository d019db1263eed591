"""The feed of all sessions: what is in it, what its events say, and how they change."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from studygroup.group.settings import FILE
from studygroup.meeting.before.calendar import calendar_sessions, to_calendar
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.command_line import command

ADA = "ada-lovelace"
PAST, NEXT, LATER = "2026-11-13", "2026-11-20", "2026-11-27"


def events(book: Workbook, **options: Any) -> dict[str, Any]:
    """Return the feed's events by their session's id."""
    calendar: Any = Calendar.from_ical(to_calendar(book, calendar_sessions(book), **options))
    return {str(event["UID"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def test_the_feed_holds_what_was_and_what_comes(group: Workbook) -> None:
    """Sessions on record, cancelled ones too, and those of half a year; not those that no one planned or came to."""
    plan_session(group, PAST, by=ADA, steps=[1])
    plan_session(group, "2026-10-30", by=ADA, cancelled=True, why="Storm")
    found = events(group)
    assert [*found][:4] == ["2026-10-30", PAST, NEXT, LATER]
    assert len(found) == 2 + 27
    assert found["2026-10-30"]["STATUS"] == "CANCELLED"


def test_an_event_says_what_is_read_and_where_its_agenda_is(group: Workbook, folder: Path, clock: Clock) -> None:
    """Works with their addresses, hostile titles letter by letter; the page where the settings say where the site is."""
    plan_session(group, LATER, by=ADA, steps=[3])
    settings = folder / FILE
    settings.write_text(
        settings.read_text().replace("[tool.studygroup]\n", '[tool.studygroup]\nsite_address = "https://a.example/b/"\n')
    )
    found = events(Workbook(folder, clock))
    assert str(found[LATER]["SUMMARY"]) == "Thursday papers: A Talk and Few-Shot Learners"
    assert str(found[LATER]["DESCRIPTION"]).split("\n") == [
        "We read A Talk and Few-Shot Learners",
        "https://example.org/talk",
        "https://arxiv.org/abs/2005.14165",
        f"Agenda: https://a.example/b/sessions/{LATER}.html",
        "Join: https://meet.example.org/papers",
        "",
        "A paper a week.",
    ]
    assert str(found[LATER]["URL"]) == f"https://a.example/b/sessions/{LATER}.html"
    # What comes by itself counts for the next session alone; those after it have no page yet.
    assert "Few-Shot Learners" in str(found[NEXT]["SUMMARY"])
    assert (str(found["2026-12-04"]["SUMMARY"]), str(found["2026-12-04"]["URL"])) == (
        "Thursday papers",
        "https://meet.example.org/papers",
    )


def test_a_feed_for_everyone_is_without_the_meeting_link(group: Workbook) -> None:
    """Neither as an event's address nor in its words."""
    content = to_calendar(group, calendar_sessions(group), meeting_link=False)
    assert b"meet.example.org" not in content


def test_what_is_moved_cancelled_and_taken_back_changes_in_calendars(group: Workbook) -> None:
    """The same identity all the time, and each state newer than the last."""
    states = []

    def note() -> None:
        event = events(group)[LATER]
        states.append((str(event["STATUS"]), event["DTSTART"].dt, int(event["SEQUENCE"])))

    note()
    moved = plan_session(group, LATER, by=ADA, start="2026-11-28T18:00:00+00:00")
    note()
    plan_session(group, LATER, by=ADA, cancelled=True, why="Ill")
    note()
    plan_session(group, LATER, by=ADA, cancelled=False)
    note()
    group.undo(moved.id, by=ADA)
    note()
    first, then = datetime(2026, 11, 27, 23, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)
    assert [(status, start) for status, start, _ in states] == [
        ("CONFIRMED", first),
        ("CONFIRMED", then),
        ("CANCELLED", then),
        ("CONFIRMED", then),
        ("CONFIRMED", then),
    ]
    numbers = [number for _, _, number in states]
    assert numbers == sorted(set(numbers))


class _Client:
    """Keeps a calendar as RFC 5546 (2.1.4) has it: of two states of an event, the one with the higher SEQUENCE, then DTSTAMP."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}

    def fetch(self, content: bytes) -> None:
        calendar: Any = Calendar.from_ical(content)
        for event in calendar.walk("VEVENT"):
            held = self.events.get(str(event["UID"]))
            if held is None or self._order(event) >= self._order(held):
                self.events[str(event["UID"])] = event

    @staticmethod
    def _order(event: Any) -> tuple[int, datetime]:
        return int(event["SEQUENCE"]), event["DTSTAMP"].dt

    def shows(self) -> dict[str, datetime]:
        """Return what is in the calendar: starts by session."""
        return {uid.partition("@")[0]: one["DTSTART"].dt for uid, one in self.events.items() if one["STATUS"] != "CANCELLED"}


def test_a_client_shows_what_holds_whichever_file_comes_last(group: Workbook, clock: Clock) -> None:
    """Moved, cancelled, held after all, a slot at another time, and that undone; an old file that comes again changes nothing."""
    client, files = _Client(), []

    def publish() -> dict[str, datetime]:
        clock.now += timedelta(minutes=1)
        files.append(to_calendar(group, calendar_sessions(group)))
        client.fetch(files[-1])
        return client.shows()

    usual = datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert publish()[LATER] == usual
    plan_session(group, LATER, by=ADA, start="2026-11-28T18:00:00+00:00")
    assert publish()[LATER] == datetime(2026, 11, 28, 18, tzinfo=UTC)
    plan_session(group, LATER, by=ADA, cancelled=True, why="Ill")
    assert LATER not in publish()
    for old in files[:-1]:
        client.fetch(old)
    assert LATER not in client.shows()
    plan_session(group, LATER, by=ADA, cancelled=False, start=usual.isoformat())
    assert publish()[LATER] == usual
    rule = group.enter("slot", by=ADA, valid_from=date(2026, 12, 1), weekday="friday", time="20:00", zone="UTC")
    assert publish()["2026-12-04"] == datetime(2026, 12, 4, 20, tzinfo=UTC)
    assert client.shows()[LATER] == usual
    group.undo(rule.id, by=ADA)
    assert publish()["2026-12-04"] == datetime(2026, 12, 4, 23, tzinfo=UTC)
    for old in files:
        client.fetch(old)
    assert client.shows()["2026-12-04"] == datetime(2026, 12, 4, 23, tzinfo=UTC)


def test_the_command_prints_the_feed(group: Workbook, folder: Path) -> None:
    """Of all sessions; days beside it make no sense."""
    plan_session(group, PAST, by=ADA, steps=[1])

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return command("schedule", *words, cwd=folder)

    done = run("--ics", "--all")
    assert f"UID:{PAST}@thursday-papers.studygroup" in done.stdout
    assert run("--all", "--from", PAST).returncode == 2
