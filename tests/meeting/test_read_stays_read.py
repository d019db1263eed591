"""What a session read stays read, whatever becomes of the list afterwards."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from studygroup.catalogue.merging.importer import import_sources, save_import
from studygroup.commands.cli import load
from studygroup.commands.show import read_table
from studygroup.errors import RecordError
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import Assignment, agenda_of
from studygroup.meeting.before.calendar import to_calendar
from studygroup.meeting.before.planning import attend, close_session, plan_session
from studygroup.meeting.facts.syllabus import covered_steps
from studygroup.meeting.facts.touched_sessions import former_entries, touched_sessions
from studygroup.meeting.published.site import site_of
from studygroup.workbook.workbook import Workbook
from tests.conftest import SETTINGS, Clock

ADA, BO = "ada", "bo"
FIRST, SECOND, THIRD, FOURTH = "2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27"
PAPERS = """\
# Papers

1. [Alpha One](https://example.org/alpha)
2. [Beta Two](https://example.org/beta)
3. A topic without a link
4. [Delta Four](https://example.org/delta)
5. [Epsilon Five](https://example.org/epsilon)
"""
CHANGED = """\
# Papers

- [Beta, Quite Another](https://example.org/another)
- [Epsilon Five](https://example.org/epsilon)
- [Delta Four](https://example.org/delta)
- [Zeta Six](https://example.org/zeta)
"""


class Season:
    """A group with two sessions behind it and one planned, and what it shows of them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        (folder / "pyproject.toml").write_text(SETTINGS.replace('"basics"', '"papers"'))
        shutil.rmtree(folder / "lists")
        (folder / "catalogue.csv").unlink()
        self.import_list(PAPERS)
        clock.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        book = self.book
        book.add_person("Ada", role="facilitator")
        book.add_person("Bo", by=ADA)

    @property
    def book(self) -> Workbook:
        """The workbook as it is opened anew."""
        return Workbook(self.folder, self.clock)

    def import_list(self, text: str, name: str = "papers") -> None:
        """Import a list as the command does."""
        source = self.folder.parent / f"{name}.md"
        source.write_text(text)
        result = import_sources(self.folder, [str(source)], name=name, write=False)
        known = (self.folder / "catalogue.csv").exists()
        save_import(self.folder, result, former_entries(self.book, result.frames) if known else None)

    def play(self) -> None:
        """Hold two sessions, the first of steps 1 to 3, the second unplanned; plan a third."""
        book = self.book
        plan_session(book, FIRST, by=ADA, steps=[1, 2, 3], items=[])
        self.clock.now = datetime(2026, 11, 6, 23, 10, tzinfo=UTC)
        for member in (ADA, BO):
            attend(book, FIRST, member, "present", by=ADA)
        close_session(book, FIRST, by=ADA, continues=[2])
        self.clock.now = datetime(2026, 11, 13, 23, 10, tzinfo=UTC)
        attend(book, SECOND, BO, "present", by=BO)
        close_session(book, SECOND, by=ADA)
        self.clock.now = datetime(2026, 11, 15, 12, tzinfo=UTC)
        plan_session(book, THIRD, by=ADA, steps=[4])

    def shown(self) -> dict[str, Any]:
        """What forms, pages, tables and the calendar show of the sessions that are over."""
        book, found = self.book, {}
        for session in (FIRST, SECOND):
            report, agenda = report_of(book, session), agenda_of(book, session)
            found[f"report {session}"] = [(_as_shown(one.assignment), one.outcome, one.works) for one in report.discussed]
            found[f"agenda {session}"] = [_as_shown(one) for one in agenda.reads]
            found[f"covered after {session}"] = report.progress.covered if report.progress else 0
        events = to_calendar(book, book.schedule.between(*DAYS, cancelled=True)).decode().replace("\r\n ", "")
        found["calendar"] = re.findall(r"SUMMARY:(.*)", events)[:2]
        found["sessions"] = read_table(book, "sessions")["reads"].tolist()[:2]
        covered = covered_steps(book, self.clock.now)
        found["covered"] = sorted(covered.values())
        site = site_of(book)
        found["site"] = [[one.assignment.title for one in report.discussed] for report in site.sessions[:2]]
        found["weeks"] = site.weeks
        return found


def _as_shown(assignment: Assignment) -> Assignment:
    """Return it without the number that the step has in the list of now, which no page of a past session shows."""
    return msgspec.structs.replace(assignment, step=None)


DAYS = datetime(2026, 11, 1).date(), datetime(2026, 11, 30).date()


@pytest.fixture
def season(folder: Path, clock: Clock) -> Season:
    return Season(folder, clock)


def _import_changed(season: Season) -> None:
    season.import_list(CHANGED)


def _import_nothing_of_it(season: Season) -> None:
    season.import_list("# Papers\n\n- [Zeta Six](https://example.org/zeta)\n")


def _reorder(season: Season) -> None:
    head, *lines = PAPERS.strip().split("\n")
    season.import_list("\n".join([head, "", *reversed([line for line in lines if line])]))


def _rename_the_list(season: Season) -> None:
    season.import_list(PAPERS, "texts")
    (season.folder / "lists" / "papers.csv").unlink()
    _change_settings(season, '"papers"', '"texts"')


def _follow_another_list(season: Season) -> None:
    season.import_list("# Other\n\n- [Zeta Six](https://example.org/zeta)\n", "other")
    _change_settings(season, '"papers"', '"other"')


def _delete_the_list(season: Season) -> None:
    (season.folder / "lists" / "papers.csv").unlink()
    _change_settings(season, 'syllabus = "papers"\n', "")


def _edit_the_ids_by_hand(season: Season) -> None:
    path = season.folder / "lists" / "papers.csv"
    path.write_text(path.read_text().replace("\nalpha-one,", "\nfirst-paper,").replace("\nbeta-two,", "\nsecond-paper,"))


def _remove_an_item(season: Season) -> None:
    path = season.folder / "catalogue.csv"
    lines = path.read_text().split("\n")
    path.write_text("\n".join(line for line in lines if not line.startswith("a-topic-without-a-link,")))


def _change_settings(season: Season, old: str, new: str) -> None:
    path = season.folder / "pyproject.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


LIST_CHANGES: list[Callable[[Season], None]] = [
    _import_changed,
    _import_nothing_of_it,
    _reorder,
    _rename_the_list,
    _edit_the_ids_by_hand,
]
OTHER_CHANGES: list[Callable[[Season], None]] = [_follow_another_list, _delete_the_list, _remove_an_item]


@pytest.mark.parametrize("change", LIST_CHANGES)
def test_no_change_of_the_list_changes_what_past_sessions_show(season: Season, change: Callable[[Season], None]) -> None:
    """Reports, agendas, coverage, calendar and site pages of sessions that are over stay as they were."""
    season.play()
    before = season.shown()
    assert before["covered"] == [FIRST, FIRST, SECOND]
    change(season)
    assert season.shown() == before


@pytest.mark.parametrize("change", OTHER_CHANGES)
def test_past_sessions_name_what_they_read_without_their_list(season: Season, change: Callable[[Season], None]) -> None:
    """Even where the list or an item is gone for good, titles, links and how it ended are there."""
    season.play()
    before = season.shown()
    change(season)
    after = season.shown()
    for name in ("calendar", "sessions", "site"):
        assert after[name] == before[name]
    for session in (FIRST, SECOND):
        said = [[(one.title, outcome) for one, outcome, _ in shown[f"report {session}"]] for shown in (before, after)]
        assert said[0] == said[1]


def test_what_continues_is_taken_up_although_the_list_lost_it(season: Season) -> None:
    """The next session says since when a step goes on, also where the list has it no longer."""
    season.play()
    plan_session(season.book, THIRD, by=ADA, steps=[2])
    season.import_list(CHANGED)
    [read] = agenda_of(season.book, THIRD).reads
    assert (read.title, [work.url for work in read.works]) == ("Beta Two", ["https://example.org/beta"])


def test_the_first_attendance_enters_what_an_unplanned_session_reads(season: Season) -> None:
    """A member who checks in first keeps the next step as the plan, before the attendance itself."""
    book = season.book
    season.clock.now = datetime(2026, 11, 6, 22, 50, tzinfo=UTC)
    attend(book, FIRST, BO, "present", by=BO)
    plan, came = book.latest(Plan, FIRST), book.latest(Attendance, FIRST, BO)
    assert plan is not None
    assert came is not None
    assert (plan.entries, [read.title for read in plan.read], plan.by, plan.v) == (("papers/alpha-one",), ["Alpha One"], BO, 2)
    assert plan.order < came.order
    with pytest.raises(RecordError, match="facilitator"):
        plan_session(book, FIRST, by=BO, steps=[2])
    attend(book, FIRST, ADA, "present", by=ADA)
    assert book.latest(Plan, FIRST) == plan


def test_until_a_session_is_attended_the_list_decides(season: Season) -> None:
    """A title that is corrected in the list reaches the sessions ahead, and only those."""
    plan_session(season.book, FIRST, by=ADA, steps=[1])
    season.import_list(PAPERS.replace("Alpha One", "Alpha One, Corrected"))
    assert [read.title for read in agenda_of(season.book, FIRST).reads] == ["Alpha One, Corrected"]
    attend(season.book, FIRST, ADA, "present", by=ADA)
    season.import_list(PAPERS.replace("Alpha One", "Alpha One, Corrected Again"))
    assert [read.title for read in agenda_of(season.book, FIRST).reads] == ["Alpha One, Corrected"]


def test_a_planned_session_whose_entry_is_gone_says_so(season: Season) -> None:
    """It offers what is left: the paper itself, which the catalogue still has."""
    season.play()
    season.import_list("# Papers\n\n- [Zeta Six](https://example.org/zeta)\n")
    agenda = agenda_of(season.book, THIRD)
    assert agenda.gone == ("Delta Four",)
    assert [(read.title, [work.url for work in read.works]) for read in agenda.reads] == [
        ("Delta Four", ["https://example.org/delta"])
    ]
    # It can still be planned further.
    plan = plan_session(season.book, THIRD, by=ADA, roles={"presenter": "Bo"})
    assert (plan.entries, plan.roles) == (("papers/delta-four",), {"presenter": BO})


def test_an_import_names_the_sessions_that_it_touches_before_it_writes(season: Season) -> None:
    """The command says so in a dry run, in JSON, and in the import itself."""
    season.play()
    source = season.folder.parent / "changed.md"
    source.write_text(CHANGED)
    words = ["--workbook", str(season.folder), "import", str(source), "--list", "papers"]
    dry = CliRunner().invoke(load(), [*words, "--dry-run"])
    assert "Session of Friday 6 November 2026: Alpha One, Beta Two and A topic without a link is no longer" in dry.stderr
    touched = json.loads(CliRunner().invoke(load(), [*words, "--dry-run", "--json"]).stdout)["touched_sessions"]
    assert [(one["session"], one["kept"]) for one in touched] == [(FIRST, True), (SECOND, True)]
    assert touched_sessions(season.book, {}) == []


def _as_before_version_2(season: Season) -> None:
    """Rewrite the journal as the program wrote it until November 2026, without what plans and closings keep."""
    for path in season.folder.glob("sessions/*/records/*.jsonl"):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            line["v"] = 1
            line.pop("read", None)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


@pytest.mark.parametrize("change", [_import_changed, _import_nothing_of_it, _reorder])
def test_old_records_are_resolved_from_what_the_catalogue_knew(season: Season, change: Callable[[Season], None]) -> None:
    """An import keeps the entries that it removes and that plans of before version 2 name."""
    season.play()
    _as_before_version_2(season)
    before = season.shown()
    change(season)
    after = season.shown()
    for name in ("calendar", "sessions", "site", "covered"):
        assert after[name] == before[name], name
    for session in (FIRST, SECOND):
        for page in ("report", "agenda"):
            titles = [
                [one[0].title if page == "report" else one.title for one in shown[f"{page} {session}"]]
                for shown in (before, after)
            ]
            assert titles[0] == titles[1]


def test_a_closing_keeps_what_was_read_as_well(season: Season) -> None:
    """Where the plan is undone afterwards, the closing says what the session read."""
    season.play()
    book = season.book
    close, plan = book.latest(Close, SECOND), book.latest(Plan, SECOND)
    assert close is not None
    assert plan is not None
    assert (close.v, [read.title for read in close.read]) == (2, ["Beta Two"])
    book.undo(plan.id, by=ADA)
    season.import_list(CHANGED)
    assert [one.assignment.title for one in report_of(season.book, SECOND).discussed] == ["Beta Two"]


def test_joined_items_are_one_in_what_was_read(season: Season) -> None:
    """An item that went into another one is shown as that one, also where a session read it before."""
    season.play()
    CliRunner().invoke(load(), ["--workbook", str(season.folder), "same", "delta-four", "alpha-one"], catch_exceptions=False)
    first, *_ = agenda_of(season.book, FIRST).reads
    assert (first.title, [work.id for work in first.works]) == ("Alpha One", ["delta-four"])
