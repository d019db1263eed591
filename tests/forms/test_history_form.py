"""What was entered, in the notebook."""

from __future__ import annotations

from datetime import timedelta

from studygroup.forms.facilitator.history import MOST, HistoryForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Reading
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA, ZOE, WEEK = "ada-lovelace", "zoe-obrien-li", "2026-11-20"


def lines(form: HistoryForm) -> list[str]:
    return [texts(row) for row in form.rows.children]


def enter(group: Workbook, status: str) -> Reading:
    record: Reading = group.enter("reading", by="bo", member="bo", item="tuned", status=status)
    return record


def test_an_entry_tells_who_when_and_what_it_replaced(group: Workbook) -> None:
    """The latest first, with what became of each."""
    enter(group, "reading")
    enter(group, "read")
    form = HistoryForm(FormContext(group, ADA))
    assert lines(form)[0].startswith(
        "Bo changed their own reading status of Tuned Models from reading to read · Fri 20 Nov, 12:00 · session of 20 Nov 2026"
    )
    assert lines(form)[1].startswith("Bo set their own reading status of Tuned Models to reading · ")
    assert "replaced" in lines(form)[1] and "replaced" not in lines(form)[0]
    assert len(lines(form)) == 5


def test_an_entry_has_the_names_of_people_and_works(group: Workbook) -> None:
    """Not their ids; times as a person reads them; who asked is who is at the head."""
    plan_session(group, "2026-11-20", by=ADA, steps=[1], roles={"presenter": "Bo"}, start="2026-11-20T18:30:00+00:00")
    group.enter("question", by="bo", member="bo", item="few-shot", text="Why?")
    question, plan = lines(HistoryForm(FormContext(group, ADA)))[:2]
    assert question.startswith("Bo asked: “Why?” · Fri 20 Nov, 12:00")
    assert "made Bo presenter" in plan and "set the start to Fri 20 Nov, 18:30 UTC" in plan


def test_it_is_narrowed_down(group: Workbook) -> None:
    """By who entered it or whom it is about, by work, by session."""
    enter(group, "read")
    group.enter("attendance", by=ADA, session=WEEK, member=ZOE, state="late")
    form = HistoryForm(FormContext(group, ADA))
    form.who.value = ZOE
    assert [line.split(" · ")[0] for line in lines(form)] == [
        "Ada Lovelace set Zoë O'Brien-李’s attendance to late",
        "Ada Lovelace added Zoë O'Brien-李",
    ]
    form.who.value, form.work.value = "", "Tuned Models"
    assert len(lines(form)) == 1
    form.work.value = "no such work"
    assert lines(form) == ["No matches."]
    form.work.value, form.session.value = "", WEEK
    assert len(lines(form)) == 5


def test_an_entry_is_taken_back_by_a_click(group: Workbook, clock: Clock) -> None:
    """What it replaced is current again; an undo cannot be undone; a member can undo their own only."""
    enter(group, "reading")
    enter(group, "read")
    form = HistoryForm(FormContext(group, ADA))
    clock.now += timedelta(seconds=5)
    form.rows.children[0].children[1].click()
    assert told(form.receipt) == "Undone. Current again: status reading."
    assert group.latest(Reading, "bo", "tuned").status == "reading"
    assert lines(form)[0].startswith(
        "Ada Lovelace undid “Bo changed their own reading status of Tuned Models from reading to read” · "
    )
    assert len(form.rows.children[0].children) == 1
    assert "undone" in lines(form)[1]
    members = HistoryForm(FormContext(group, ZOE))
    assert [len(row.children) for row in members.rows.children] == [1, 1, 1, 2, 1, 1]


def test_a_long_history_is_cut_and_says_so(group: Workbook) -> None:
    """25 rows a page of the latest 500."""
    for number in range(MOST):
        group.enter("note", by=ADA, session=WEEK, text=f"Note {number}")
    form = HistoryForm(FormContext(group, ADA))
    assert (
        told(form.receipt) == "The latest 500 entries are listed; choose a person, a session or a paper to find earlier ones."
    )
    assert len(form.rows.children) == 26
    assert form.rows.where.value == "1 to 25 of 500"
