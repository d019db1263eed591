"""Schedules as sessions and a list's statuses as reading, through the real command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import ScheduleError
from studygroup.journal.current import current
from studygroup.journal.records import Attendance, Close, Plan, Reading
from studygroup.meeting.list_days import resolve_days
from studygroup.workbook import Workbook

Run = Callable[..., tuple[str, str]]
TODAY = date(2026, 11, 21)


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``studygroup …`` in the workbook: what it printed, and what it said."""
    from studygroup.cli import main

    monkeypatch.chdir(folder)
    monkeypatch.delenv("STUDYGROUP_MEMBER", raising=False)

    def run_command(*words: str, code: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["studygroup", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code == code, said.err
        return said.out, said.err

    run_command("member", "add", "Ada Lovelace", "--facilitator")
    return run_command


def fridays() -> tuple[date, date]:
    """A Friday some weeks ago and one some weeks ahead."""
    today = datetime.now(UTC).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return friday - timedelta(weeks=5), friday + timedelta(weeks=3)


def schedule(past: date, ahead: date) -> str:
    return (
        "# Talks\n\n| Date | Presenter | Paper |\n|---|---|---|\n"
        f"| {past:%B} {past.day}, {past.year} | Ada & Zoë O'Brien-李 | [Trees](https://arxiv.org/abs/1706.03762) |\n"
        f"| {past + timedelta(weeks=1)} | | No meeting |\n"
        f"| {ahead} | [Ada Lovelace](https://example.org/ada) | [Roots](https://arxiv.org/abs/1706.03763)"
        "<br>[Leaves](https://arxiv.org/abs/1706.03764) |\n"
        "| TBD | | [Bark](https://arxiv.org/abs/1706.03765) |\n"
    )


def test_a_schedule_becomes_past_and_planned_sessions(run: Run, folder: Path) -> None:
    """Plans name the entries, presenters who are known were there, and what is unknown is said with what to do."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    out, said = run("import", "talks.md", "--as-sessions")
    assert "No day, so no session: Bark" in said
    assert "Not on the roster: Zoë O'Brien-李." in said
    records = Workbook.open(folder).journal.records
    plans = {plan.session: plan for plan in current(records, Plan)}
    assert plans[str(past)].entries == ("talks/trees",)
    assert (plans[str(ahead)].entries, plans[str(ahead)].roles) == (
        ("talks/roots", "talks/leaves"),
        {"presenter": "ada-lovelace"},
    )
    assert [(one.session, one.member, one.state) for one in current(records, Attendance)] == [
        (str(past), "ada-lovelace", "present")
    ]
    assert [(one.session, one.finished) for one in current(records, Close)] == [(str(past), ("talks/trees",))]
    assert f"plan of {past}" in out


def test_the_agenda_of_a_planned_session_shows_paper_and_presenter(run: Run, folder: Path) -> None:
    """And the list of sessions shows titles and who was there."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    run("import", "talks.md", "--as-sessions")
    agenda = json.loads(run("agenda", "--session", str(ahead), "--json")[0])["agenda"]
    assert [read["title"] for read in agenda["reads"]] == ["Roots", "Leaves"]
    assert agenda["roles"]["presenter"] == "Ada Lovelace"
    rows = {row["session"]: row for row in json.loads(run("show", "sessions", "--json")[0])}
    assert (rows[str(past)]["reads"], rows[str(past)]["attended"]) == ("Trees", 1)


def test_a_syllabus_is_covered_by_what_its_dates_say(run: Run, folder: Path) -> None:
    """The next agenda goes on after the last past session."""
    past, ahead = fridays()
    (folder / "basics.md").write_text(schedule(past, ahead))
    run("import", "basics.md", "--as-sessions")
    steps = json.loads(run("show", "syllabus", "--json")[0])
    assert [(step["title"], step["covered"]) for step in steps[:2]] == [("Trees", str(past)), ("Roots", "")]


def test_importing_again_enters_nothing_and_people_s_plans_stay(run: Run, folder: Path) -> None:
    """What somebody planned differently is kept and said; presenters can be added at once."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    run("record", "plan", "--session", str(ahead), "--item", "few-shot")
    out, _ = run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert "zoe-obrien-li is on the roster" in out
    book = Workbook.open(folder)
    assert {one.member for one in current(book.journal.records, Attendance)} == {"ada-lovelace", "zoe-obrien-li"}
    before = len(book.journal.records)
    out, _ = run("import", "talks.md", "--as-sessions", "--add-presenters", "--dry-run")
    assert f"{ahead} (another plan is there and stays): Roots and Leaves" in out
    run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert len(Workbook.open(folder).journal.records) == before


def test_a_dry_run_writes_nothing(run: Run, folder: Path) -> None:
    """It shows each session in a line, and as JSON."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    out, _ = run("import", "talks.md", "--as-sessions", "--dry-run")
    assert f"{past} (past): Trees; ada-lovelace and Zoë O'Brien-李" in out.splitlines()
    shown = json.loads(run("import", "talks.md", "--as-sessions", "--dry-run", "--json")[0])
    assert [one["session"] for one in shown["sessions"]] == [str(past), str(ahead)]
    assert files == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path in files}


def test_a_day_without_a_session_gets_one(run: Run, folder: Path) -> None:
    """At the slot's time; the schedule shows it from then on."""
    _, ahead = fridays()
    monday = ahead + timedelta(days=3)
    (folder / "talks.md").write_text(f"- {monday}: [Trees](https://arxiv.org/abs/1706.03762)\n")
    run("import", "talks.md", "--as-sessions")
    found = Workbook.open(folder).schedule.find(str(monday))
    assert found.start.isoformat() == f"{monday}T23:00:00+00:00"


def test_a_list_without_dates_or_an_unknown_member_changes_nothing(run: Run, folder: Path) -> None:
    """The error comes before the catalogue is written."""
    (folder / "talks.md").write_text("- [x] [Trees](https://arxiv.org/abs/1706.03762)\n")
    before = (folder / "catalogue.csv").read_bytes()
    assert "No entry has a date" in run("import", "talks.md", "--as-sessions", code=1)[1]
    assert "'bob' is not on the roster" in run("import", "talks.md", "--status-of", "bob", code=1)[1]
    assert (folder / "catalogue.csv").read_bytes() == before
    assert not (folder / "lists" / "talks.csv").exists()


def test_statuses_of_a_list_are_one_member_s(run: Run, folder: Path) -> None:
    """Never further back than what the member entered; importing again enters nothing."""
    run("member", "add", "Bo")
    run("record", "reading", "--member", "bo", "--item", "few-shot", "--status", "skimmed")
    run("record", "reading", "--member", "bo", "--item", "talk", "--status", "skipped")
    (folder / "mine.md").write_text(
        "| Paper | Read or not |\n|---|---|\n"
        "| [Few-Shot Learners](https://arxiv.org/abs/2005.14165) | Reading |\n"
        "| [Tuned Models](https://arxiv.org/abs/2109.01652) | ✅ |\n"
        "| [A Talk on Stars](https://example.org/talk) | Read |\n"
        "| [Trees](https://arxiv.org/abs/1706.03762) | |\n"
    )
    out, _ = run("import", "mine.md", "--status-of", "Bo")
    assert "bo: tuned read" in out.splitlines()
    book = Workbook.open(folder)
    held = {record.item: (record.status, record.by) for record in current(book.journal.records, Reading)}
    assert held == {"few-shot": ("skimmed", "bo"), "tuned": ("read", "bo"), "talk": ("skipped", "bo")}
    out, said = run("import", "mine.md", "--status-of", "Bo")
    assert "tells nothing about bo's reading that is not recorded already" in said
    assert len(Workbook.open(folder).journal.records) == len(book.journal.records)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-11-27", "Dec 4", "12/11"], ["2026-11-27", "2026-12-04", "2026-12-11"]),
        (["November 27th, 2026", "Friday, 4 December"], ["2026-11-27", "2026-12-04"]),
        (["27.11.", "4.12.2026", "08.01.2027"], ["2026-11-27", "2026-12-04", "2027-01-08"]),
        (["Dec 18", "Jan 8", "Jan 15"], ["2026-12-18", "2027-01-08", "2027-01-15"]),
        (["Jan 8", "Dec 18", "Dec 11"], ["2027-01-08", "2026-12-18", "2026-12-11"]),
        (["13/11", "4/12"], ["2026-11-13", "2026-12-04"]),
        (["11/13", "12/4"], ["2026-11-13", "2026-12-04"]),
        (["4/12/2026", "11/12/2026"], ["2026-12-04", "2026-12-11"]),
        (["2026年11月27日", "12月4日"], ["2026-11-27", "2026-12-04"]),
        (["**Nov 27**", "TBD", "Week 3", "Nov 27 - Dec 1", "3", "2026", "2026-11", "", "Feb 30"], ["2026-11-27"] + [None] * 8),
    ],
)
def test_days_are_read_as_people_write_them(texts: list[str], expected: list[str | None]) -> None:
    """With the year of their neighbours, or the one that brings them near today; a part of a date is none."""
    found = resolve_days(texts, [None] * len(texts), TODAY, weekday=4)
    assert [str(day) if day else None for day in found] == expected


def test_a_heading_s_year_holds_for_the_days_below_it() -> None:
    """As in "Fall 2019"."""
    assert resolve_days(["Oct 3", "Jan 9"], [2019, None], TODAY) == [date(2019, 10, 3), date(2020, 1, 9)]


def test_days_that_can_be_read_in_two_ways_are_refused() -> None:
    """Nothing is guessed; the message says how to write them."""
    with pytest.raises(ScheduleError, match=r"'3/4/2026' may begin with the day or with the month"):
        resolve_days(["3/4/2026"], [None], TODAY, weekday=6)


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=20), st.booleans())
def test_full_dates_mean_themselves(days: list[date], words: bool) -> None:
    """A law: in any order, in figures or in words."""
    texts = [f"{day:%B} {day.day}, {day.year}" if words else day.isoformat() for day in days]
    assert resolve_days(texts, [None] * len(days), TODAY) == days


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_text_is_a_day_or_none(texts: list[str]) -> None:
    """A law: nothing that people write raises anything but the one error that tells them what to do."""
    try:
        found = resolve_days(texts, [None] * len(texts), TODAY)
    except ScheduleError:
        found = [None] * len(texts)
    assert len(found) == len(texts)
