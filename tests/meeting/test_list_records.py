"""Schedules as sessions and a list's statuses as reading, through the real command."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from studygroup.journal.current.current import current
from studygroup.journal.types.records import Attendance, Close, Plan, Reading
from studygroup.workbook.workbook import Workbook

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``studygroup …`` in the workbook: what it printed, and what it said."""
    from studygroup.commands.cli import main

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


def rows_of(out: str) -> list[list[str]]:
    """Return the cells of the table that a command printed below its summary; empty ones are left out."""
    return [re.split(r" {2,}", line) for line in out.rpartition("\n\n")[2].splitlines()[1:]]


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
    assert rows_of(out)[0] == [str(past), "past", "Trees", "ada-lovelace, Zoë O'Brien-李?", "plan, attendance, close"]


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
    """What someone planned differently is kept and said; presenters can be added at once."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    run("record", "plan", "--session", str(ahead), "--item", "few-shot")
    out, said = run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert "Added to the roster: Zoë O'Brien-李 (zoe-obrien-li)" in said
    book = Workbook.open(folder)
    assert {one.member for one in current(book.journal.records, Attendance)} == {"ada-lovelace", "zoe-obrien-li"}
    before = len(book.journal.records)
    out, _ = run("import", "talks.md", "--as-sessions", "--add-presenters", "--dry-run")
    assert "kept: the plan reads Few-Shot Learners" in out
    run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert len(Workbook.open(folder).journal.records) == before


def test_a_dry_run_writes_nothing(run: Run, folder: Path) -> None:
    """It shows each session in a row, and as JSON."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(schedule(past, ahead))
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    out, _ = run("import", "talks.md", "--as-sessions", "--dry-run")
    assert rows_of(out)[1] == [str(past + timedelta(weeks=1)), "cancelled", "No meeting", "plan"]
    shown = json.loads(run("import", "talks.md", "--as-sessions", "--dry-run", "--json")[0])
    assert [(one["session"], one["state"]) for one in shown["sessions"]] == [
        (str(past), "past"),
        (str(past + timedelta(weeks=1)), "cancelled"),
        (str(ahead), "planned"),
    ]
    assert shown["notes"][0] == "No day, so no session: Bark (TBD)"
    assert files == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path in files}


def test_a_day_without_a_session_gets_one(run: Run, folder: Path) -> None:
    """At the slot's time; the schedule shows it from then on."""
    _, ahead = fridays()
    monday = ahead + timedelta(days=3)
    (folder / "talks.md").write_text(f"- {monday}: [Trees](https://arxiv.org/abs/1706.03762)\n")
    _, said = run("import", "talks.md", "--as-sessions")
    assert f"The group does not meet on {monday} by its slots; such a session is at the slot's time." in said
    found = Workbook.open(folder).schedule.find(str(monday))
    assert found.start.isoformat() == f"{monday}T23:00:00+00:00"
    out, said = run("import", "talks.md", "--as-sessions")
    assert (rows_of(out)[0][-1], said) == ("nothing new", "")


def test_a_session_that_was_moved_to_a_day_is_that_day_s(run: Run, folder: Path) -> None:
    """It keeps its id and its start; no second session is made beside it."""
    _, ahead = fridays()
    moved = f"{ahead + timedelta(days=1)}T20:00"
    run("record", "plan", "--session", str(ahead), "--start", moved)
    (folder / "talks.md").write_text(f"- {ahead + timedelta(days=1)}: [Trees](https://arxiv.org/abs/1706.03762)\n")
    run("import", "talks.md", "--as-sessions")
    [plan] = current(Workbook.open(folder).journal.records, Plan)
    assert (plan.session, plan.entries, plan.start and f"{plan.start:%Y-%m-%dT%H:%M}") == (str(ahead), ("talks/trees",), moved)


def test_rows_without_a_meeting_cancel_the_sessions_of_their_days(run: Run, folder: Path) -> None:
    """With their words as the reason; not on other days, not what is only to be decided, not where someone planned."""
    _, ahead = fridays()
    days = [ahead + timedelta(weeks=week) for week in range(5)]
    run("record", "plan", "--session", str(days[3]), "--item", "few-shot")
    (folder / "talks.md").write_text(
        "| Date | Presenter | Paper |\n|---|---|---|\n"
        f"| {days[0]} | Ada | [Trees](https://arxiv.org/abs/1706.03762) |\n"
        f"| {days[1]} | No meeting (NeurIPS) | |\n"
        f"| {days[2]} | Ada | ~~[Roots](https://arxiv.org/abs/1706.03763)~~ |\n"
        f"| {days[3]} | | Spring break |\n"
        f"| {days[4]} | | TBD |\n"
        f"| {days[1] + timedelta(days=1)} | | Holiday |\n"
    )
    out, _ = run("import", "talks.md", "--as-sessions")
    plans = {plan.session: (plan.cancelled, plan.why) for plan in current(Workbook.open(folder).journal.records, Plan)}
    assert plans == {
        str(days[0]): (False, ""),
        str(days[1]): (True, "No meeting (NeurIPS)"),
        str(days[2]): (True, "Struck out in the list: Roots"),
        str(days[3]): (False, ""),
    }
    assert [str(days[3]), "cancelled", "Spring break", "kept: a plan is there"] in rows_of(out)


FORMS = {
    "a speaker's column and a column of weeks": "| Week | Speaker | Title | Paper |\n|---|---|---|---|\n"
    "| {0:%b} {0.day} | [Ada](https://example.org/ada) | Trees | [pdf](https://example.org/t) |\n"
    "| {1:%b} {1.day} | Bo (remote) | Roots | [pdf](https://example.org/r) |\n",
    "bullets": "- {0:%d.%m.%Y} [Trees](https://example.org/t), presented by Ada\n- {1:%B} {1.day} [Roots](https://example.org/r) (Bo)\n",
    "bullets with bars": "- {0:%b} {0.day} | Ada Lovelace | [Trees](https://example.org/t)\n- {1} | Bo | [Roots](https://example.org/r)\n",
    "dates behind": "- [Trees](https://example.org/t) ({0:%b} {0.day}, Ada)\n- [Roots](https://example.org/r) ({1:%B} {1.day}, Bo)\n",
    "dates as headings": "# Group\n\n## {0:%A}, {0:%B} {0.day}, {0.year}\n\n- Presenter: Ada\n- Paper: [Trees](https://example.org/t)\n"
    "- Slides: [Slides](https://example.org/s)\n\n## {1:%B} {1.day}\n\n- [Roots](https://example.org/r)\n  - Presenter: Bo\n",
    "fields below": "- [Trees](https://example.org/t)\n  - Date: {0}\n  - Presenter: Ada\n"
    "- [Roots](https://example.org/r)\n  - Date: {1}\n  - Presenter: Bo\n",
    "a table without links": "| Date | Presenter | Paper |\n|---|---|---|\n| {0} | Ada | Trees |\n| {1} | Lovelace, Ada & Bo | Roots |\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_schedules_of_every_form_give_the_same_sessions(run: Run, folder: Path, form: str) -> None:
    """Tables, bullets, headings and fields: day, paper and presenter."""
    _, first = fridays()
    second = first + timedelta(weeks=1)
    run("member", "add", "Bo")
    (folder / "talks.md").write_text(FORMS[form].format(first, second))
    run("import", "talks.md", "--as-sessions")
    reads = {row["session"]: row["reads"] for row in json.loads(run("show", "sessions", "--json")[0])}
    plans = current(Workbook.open(folder).journal.records, Plan)
    assert [(plan.session, reads[plan.session], plan.roles) for plan in plans] == [
        (str(first), "Trees", {"presenter": "ada-lovelace"}),
        (str(second), "Roots", {"presenter": "ada-lovelace" if "without links" in form else "bo"}),
    ]


def test_the_year_that_was_taken_is_said(run: Run, folder: Path) -> None:
    """A person can see whether it is the right one."""
    _, ahead = fridays()
    (folder / "talks.md").write_text(f"- {ahead:%b} {ahead.day}: [Trees](https://arxiv.org/abs/1706.03762)\n")
    _, said = run("import", "talks.md", "--as-sessions", "--dry-run")
    assert said.splitlines()[-1] == f"Dates without a year were read as {ahead.year}: {ahead.day} {ahead:%B}."


def test_dates_that_can_be_read_in_two_ways_change_nothing_until_told(run: Run, folder: Path) -> None:
    """Neither catalogue nor records; an option settles it."""
    (folder / "talks.md").write_text(
        "| Date | Paper |\n|---|---|\n| 03/04/2026 | [Trees](https://arxiv.org/abs/1706.03762) |\n"
    )
    assert "03/04/2026 may begin with the day or with the month" in run("import", "talks.md", "--as-sessions", code=1)[1]
    assert not (folder / "lists" / "talks.csv").exists()
    assert rows_of(run("import", "talks.md", "--as-sessions", "--day-first")[0])[0][0] == "2026-04-03"
    assert "go with --as-sessions" in run("import", "talks.md", "--day-first", code=2)[1]


def test_hundreds_of_entries_under_one_date_are_no_schedule(run: Run, folder: Path) -> None:
    """Said before anything is written: their plan would not fit into a record."""
    (folder / "talks.md").write_text(
        "## 2026-11-27\n\n" + "".join(f"- [Tree {n}](https://example.org/{n})\n" for n in range(301))
    )
    assert "301 entries of the list are dated 2026-11-27" in run("import", "talks.md", "--as-sessions", code=1)[1]
    assert not (folder / "lists" / "talks.csv").exists()


def test_a_name_that_two_members_have_is_no_one_s(run: Run, folder: Path) -> None:
    """It is said, and adding presenters makes no third one; a first name beside a full one is that person's."""
    past, ahead = fridays()
    run("member", "add", "Ada Byron")
    (folder / "talks.md").write_text(
        "| Date | Presenter | Paper |\n|---|---|---|\n"
        f"| {past} | Ada | [Trees](https://arxiv.org/abs/1706.03762) |\n"
        f"| {past + timedelta(weeks=1)} | Cy | [Roots](https://arxiv.org/abs/1706.03763) |\n"
        f"| {ahead} | Cy Diaz, \u202eevil | [Leaves](https://arxiv.org/abs/1706.03764) |\n"
    )
    _, said = run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert "Ada may be ada-byron or ada-lovelace; please write the whole name in the list." in said
    assert "invisible character U+202E" in said
    assert f"No one is recorded as present on {past}, so what was read there does not count as finished" in said
    book = Workbook.open(folder)
    assert sorted(book.people) == ["ada-byron", "ada-lovelace", "cy-diaz"]
    assert book.people["cy-diaz"].joined == past + timedelta(weeks=1)


def test_a_presenter_called_as_someone_who_was_forgotten_is_someone_else(run: Run, folder: Path) -> None:
    """Their id is not given again, so what they present is not the former member's."""
    past, ahead = fridays()
    run("member", "add", "Zoë O'Brien-李")
    run("forget", "zoe-obrien-li", "--yes")
    (folder / "talks.md").write_text(schedule(past, ahead))
    run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert sorted(Workbook.open(folder).people) == ["ada-lovelace", "former-member", "zoe-obrien-li-2"]


def test_a_presenter_with_a_name_like_anothers_is_not_added(run: Run, folder: Path) -> None:
    """It is said whom the list may mean, also where both names are the list's; an import after the new person was added knows them."""
    past, ahead = fridays()
    (folder / "talks.md").write_text(
        "| Date | Presenter | Paper |\n|---|---|---|\n"
        f"| {past} | Ada Lovelase | [Trees](https://arxiv.org/abs/1706.03762) |\n"
        f"| {past + timedelta(weeks=1)} | Grace Hopper | [Roots](https://arxiv.org/abs/1706.03763) |\n"
        f"| {ahead} | Grace Hoper | [Leaves](https://arxiv.org/abs/1706.03764) |\n"
    )
    _, said = run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert "Ada Lovelase is nearly the name of Ada Lovelace (ada-lovelace), so no one was added." in said
    assert "Grace Hoper is nearly the name of Grace Hopper (grace-hopper), so no one was added." in said
    assert sorted(Workbook.open(folder).people) == ["ada-lovelace", "grace-hopper"]
    run("member", "add", "Ada Lovelase", "--new-person")
    _, said = run("import", "talks.md", "--as-sessions", "--add-presenters")
    assert "Ada Lovelase" not in said


def test_a_rename_to_a_name_like_anothers_must_be_meant(run: Run, folder: Path) -> None:
    """Where no one can be asked, ``--anyway`` says so."""
    run("member", "add", "Bo")
    assert "nearly the name of Ada Lovelace (ada-lovelace)" in run("member", "rename", "bo", "Ada Lovelase", code=1)[1]
    assert Workbook.open(folder).people["bo"].name == "Bo"
    run("member", "rename", "bo", "Ada Lovelase", "--anyway")
    assert Workbook.open(folder).people["bo"].name == "Ada Lovelase"


def test_what_people_changed_in_a_plan_stays(run: Run, folder: Path) -> None:
    """Another presenter, none, a cancelled session: each is kept, said, and nothing is recorded beside it."""
    past, ahead = fridays()
    run("member", "add", "Bo")
    (folder / "talks.md").write_text(
        "| Date | Presenter | Paper |\n|---|---|---|\n"
        f"| {past} | Ada | [Trees](https://arxiv.org/abs/1706.03762) |\n"
        f"| {ahead} | Ada | [Roots](https://arxiv.org/abs/1706.03763) |\n"
        f"| {ahead + timedelta(weeks=1)} | Ada | [Leaves](https://arxiv.org/abs/1706.03764) |\n"
    )
    run("import", "talks.md")
    run("record", "plan", "--session", str(past), "--entry", "talks/trees", "--presenter", "bo")
    run("record", "plan", "--session", str(ahead), "--cancel", "--why", "Hall is closed")
    out, _ = run("import", "talks.md", "--as-sessions")
    assert [row[-1] for row in rows_of(out)] == [
        "kept: the plan has Bo as presenter",
        "kept: it was cancelled: Hall is closed",
        "plan",
    ]
    run("record", "plan", "--session", str(ahead + timedelta(weeks=1)), "--presenter", "")
    before = len(Workbook.open(folder).journal.records)
    out, _ = run("import", "talks.md", "--as-sessions")
    assert rows_of(out)[2][-1] == "kept: someone took the presenter out of the plan"
    assert len(Workbook.open(folder).journal.records) == before


def test_a_schedule_beside_the_syllabus_covers_its_steps(run: Run, folder: Path) -> None:
    """A row with the same work as a step of the syllabus plans that step."""
    past, _ = fridays()
    (folder / "talks.md").write_text(f"- {past}: [Tuned Models](https://arxiv.org/abs/2109.01652) (Ada Lovelace)\n")
    run("import", "talks.md", "--as-sessions")
    steps = json.loads(run("show", "syllabus", "--json")[0])
    assert [step["covered"] for step in steps] == ["", str(past), "", "", ""]


def test_a_list_without_dates_or_an_unknown_member_changes_nothing(run: Run, folder: Path) -> None:
    """The error comes before the catalogue is written."""
    (folder / "talks.md").write_text("- [x] [Trees](https://arxiv.org/abs/1706.03762)\n")
    before = (folder / "catalogue.csv").read_bytes()
    assert "No entry has a date" in run("import", "talks.md", "--as-sessions", code=1)[1]
    assert "'bob' is not on the roster" in run("import", "talks.md", "--status-of", "bob", code=1)[1]
    assert "'bob' is not on the roster" in run("import", "talks.md", "--status-of", "ada", "--by", "bob", code=1)[1]
    assert (folder / "catalogue.csv").read_bytes() == before
    assert not (folder / "lists" / "talks.csv").exists()


def test_statuses_of_a_list_are_one_member_s(run: Run, folder: Path) -> None:
    """Never further back than what the member entered; importing again enters nothing."""
    run("member", "add", "Bo")
    run("record", "reading", "--member", "bo", "--item", "few-shot", "--status", "skimmed")
    run("record", "reading", "--member", "bo", "--item", "talk", "--status", "skipped")
    run("record", "reading", "--member", "bo", "--item", "tuned", "--status", "reading")
    (folder / "mine.md").write_text(
        "| Paper | Read or not |\n|---|---|\n"
        "| [Few-Shot Learners](https://arxiv.org/abs/2005.14165) | Reading |\n"
        "| [Tuned Models](https://arxiv.org/abs/2109.01652) | ✅ |\n"
        "| [A Talk on Stars](https://example.org/talk) | Read |\n"
        "| [Trees](https://arxiv.org/abs/1706.03762) | |\n"
    )
    out, _ = run("import", "mine.md", "--status-of", "Bo")
    assert rows_of(out) == [["bo", "tuned", "read", "reading"]]
    book = Workbook.open(folder)
    held = {record.item: (record.status, record.by) for record in current(book.journal.records, Reading)}
    assert held == {"few-shot": ("skimmed", "bo"), "tuned": ("read", "bo"), "talk": ("skipped", "bo")}
    out, said = run("import", "mine.md", "--status-of", "Bo")
    assert "tells nothing about bo's reading that is not recorded already" in said
    assert len(Workbook.open(folder).journal.records) == len(book.journal.records)
