"""Blind is blind: until the clock says that a session has begun, no page, message or command shows others' summaries of its papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.forms.facilitator.history import HistoryForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.member import MemberForms
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.publish.messages.announce import report_message
from studygroup.publish.pages.report_page import ReportPage
from studygroup.publish.pages.report_run import make_report_page
from studygroup.publish.site.site import make_site
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import texts

ADA, BO, ZOE, WEEK = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"
START = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
TEXT = "The hidden idea"


def places(book: Workbook, session: str = WEEK) -> set[str]:
    """Return where Zoë's summary can be read by Bo: in which files of the site, and in which texts."""
    site = make_site(book).folder
    found = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file() and TEXT in path.read_text()}
    report = report_of(book, session)
    page = ReportPage(report)
    blocks = [page.heading(), page.discussed(), page.questions(), page.results()]
    found |= {"report"} if any(TEXT in block.markdown for block in blocks) else set()
    found |= {"message"} if TEXT in report_message(report) else set()
    forms = MemberForms(book, BO)
    forms.summary.item.value = "few-shot"
    found |= {"members' page"} if TEXT in texts(forms.others) else set()
    return found


SHOWN = {"feed.xml", "items/few-shot.html", f"sessions/{WEEK}.html", "report", "members' page"}


@pytest.fixture
def written(group: Workbook) -> Workbook:
    """Zoë wrote about what the next session reads."""
    plan_session(group, WEEK, by=ADA, steps=[1])
    group.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea=TEXT)
    return group


def attends(book: Workbook, **fields: Any) -> None:
    book.enter("attendance", **({"by": ADA, "session": WEEK, "member": BO, "state": "present"} | fields))


EARLY: dict[str, Callable[[Workbook], object]] = {
    "nothing": lambda book: None,
    "attendance": attends,
    "a check-in": lambda book: attends(book, by=BO),
    "an absence": lambda book: attends(book, state="excused"),
    "a guest": lambda book: attends(book, member=book.add_person("Vi", by=ADA, guest=True).member),
    "closing": lambda book: close_session(book, WEEK, by=ADA),
    "attendance and closing": lambda book: (attends(book), close_session(book, WEEK, by=ADA)),
    "a note": lambda book: book.enter("note", by=ADA, session=WEEK, text="A note"),
    "an announced report": lambda book: book.enter("sent", by=ADA, session=WEEK, message="report", to=("here",)),
    "someone else's summary": lambda book: book.enter("summary", by=ADA, member=ADA, item="few-shot", text="Another"),
    "attendance of a later session": lambda book: (
        plan_session(book, "2026-11-27", by=ADA, steps=[1]),
        attends(book, session="2026-11-27"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("early", EARLY)
def test_nothing_that_is_recorded_early_ends_blindness(written: Workbook, clock: Clock, early: str) -> None:
    """Only the start does: a second before it the text is nowhere, from then on it is everywhere it belongs."""
    EARLY[early](written)
    assert places(written) == set()
    clock.now = START - timedelta(seconds=1)
    assert places(written) == set()
    clock.now = START
    assert {"items/few-shot.html", f"sessions/{WEEK}.html", "report", "members' page"} <= places(written)


def test_a_closed_session_shows_all_of_it(written: Workbook, clock: Clock) -> None:
    """In the feed as well."""
    clock.now = START + timedelta(hours=1)
    attends(written)
    close_session(written, WEEK, by=ADA)
    assert places(written) == SHOWN


@pytest.mark.slow
def test_the_report_that_is_made_keeps_to_the_clock(written: Workbook, clock: Clock) -> None:
    """Its files hold nothing of a summary before the start, though attendance is recorded; afterwards they do."""
    attends(written)
    made, _ = make_report_page(written, WEEK)
    assert [file.name for file in made.files if TEXT in file.read_text()] == []
    clock.now = START
    made, _ = make_report_page(written, WEEK)
    assert [file.name for file in made.files if TEXT in file.read_text()] == ["report.ipynb", "report.html", "report.md"]


@pytest.mark.slow
def test_a_moved_session_begins_when_it_begins_now(written: Workbook, clock: Clock) -> None:
    """Moved later, its papers are blind again; moved earlier, they are shown sooner."""
    clock.now = START + timedelta(minutes=5)
    assert "report" in places(written)
    plan_session(written, WEEK, by=ADA, start="2026-11-22T20:00+00:00")
    assert places(written) == set()
    plan_session(written, WEEK, by=ADA, start="2026-11-20T20:00+00:00")
    clock.now = START - timedelta(hours=3)
    assert "members' page" in places(written)


def test_a_cancelled_session_never_begins(written: Workbook, clock: Clock) -> None:
    """Its papers stay blind past its time; reinstated, they are shown."""
    plan_session(written, WEEK, by=ADA, cancelled=True, why="Storm")
    # What the next session reads by itself would be the same paper.
    plan_session(written, "2026-11-27", by=ADA, steps=[2])
    clock.now = START + timedelta(days=1)
    assert places(written) == set()
    plan_session(written, WEEK, by=ADA, cancelled=False)
    assert "members' page" in places(written)


def test_a_report_of_a_session_before_shows_nothing_either(group: Workbook) -> None:
    """A past session that no one planned or recorded would have read the same step: its report only counts the summary."""
    group.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea=TEXT)
    assert report_of(group).agenda.session == "2026-11-13"
    assert TEXT not in ReportPage(report_of(group)).discussed().markdown
    assert places(group, "2026-11-13") == set()


@pytest.mark.slow
def test_what_began_stays_shown(group: Workbook, clock: Clock) -> None:
    """Also when no one planned the session or recorded anything of it."""
    group.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea=TEXT)
    assert places(group) == set()
    for after in (timedelta(), timedelta(hours=1), timedelta(days=1)):
        clock.now = START + after
        assert {"members' page", "report"} <= places(group)


def test_entries_of_other_lists_begin_as_well(written: Workbook, folder: Path, clock: Clock) -> None:
    """A session may read an entry of a list that is not the syllabus."""
    header, _, second, *_ = (folder / "lists" / "basics.csv").read_text().splitlines()
    (folder / "lists" / "more.csv").write_text("\n".join([header, second, ""]))
    written.reread()
    written.enter("summary", by=ZOE, member=ZOE, item="tuned", big_idea="On tuned")
    plan_session(written, WEEK, by=ADA, entries=("more/tuned",))
    forms = MemberForms(written, BO)
    forms.summary.item.value = "tuned"
    assert "On tuned" not in texts(forms.others)
    clock.now = START + timedelta(days=2)
    forms.show()
    assert "On tuned" in texts(forms.others)


@pytest.mark.slow
def test_commands_show_a_member_what_they_may_see(group: Workbook, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables and history leave others' summaries out for a member, until their own is in; a facilitator sees all."""
    group.enter("summary", by=ZOE, member=ZOE, item="tuned", big_idea=TEXT)

    def printed(*words: str) -> str:
        done = CliRunner().invoke(load(), ["--workbook", str(folder), *words])
        assert done.exit_code == 0, done.output
        return done.output

    for who, sees in ((BO, False), (ZOE, True), (ADA, True)):
        monkeypatch.setenv("STUDYGROUP_MEMBER", who)
        assert (TEXT in printed("show", "summaries", "--csv")) is sees
        assert (TEXT in printed("history", "--json")) is sees
        assert (TEXT in texts(HistoryForm(FormContext(group, who)))) is sees
    group.enter("summary", by=BO, member=BO, item="tuned", text="Mine")
    monkeypatch.setenv("STUDYGROUP_MEMBER", BO)
    assert TEXT in printed("show", "summaries", "--csv")
    monkeypatch.delenv("STUDYGROUP_MEMBER")
    assert TEXT in printed("show", "summaries", "--csv")


def test_a_group_without_blindness_shows_all_at_once(written: Workbook, folder: Path, clock: Clock) -> None:
    """``blind_summaries = false``."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nblind_summaries = false'))
    assert {"items/few-shot.html", "report", "members' page"} <= places(Workbook(folder, clock))
