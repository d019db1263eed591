"""Questions that most members want answered come first; at the end of a session, those that its papers may answer are proposed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from studygroup.errors import RecordError
from studygroup.forms.facilitator.closing import CloseForm
from studygroup.forms.facilitator.ledger import LedgerForm, QuestionBox
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.open_questions import OpenQuestionsForm
from studygroup.forms.session.settle import SettleEditor
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Answer, Second
from studygroup.meeting.after.settle import questions_to_settle
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.facts.ledger_tables import ledger_questions
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts
from tests.support.command_line import command

ADA, BO, ZOE, FIRST = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"
Reopen = Callable[[], Workbook]


@pytest.fixture
def asking(group: Workbook) -> Workbook:
    """Bo asked about the session's paper, then about none, then about another paper; all are open."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    for item, text in (("few-shot", "Why so few?"), ("", "Where do we meet?"), ("talk", "Which stars are *tuned*?")):
        group.enter("question", by=BO, member=BO, session=FIRST, item=item, text=text)
    return group


def in_agenda(book: Workbook) -> list[str]:
    return [one.text for one in agenda_of(book, FIRST).threads.questions]


def test_me_too_orders_agenda_and_ledger(asking: Workbook) -> None:
    """By how many want to know, then today's paper first, then by age; the agenda says how many."""
    assert in_agenda(asking) == ["Why so few?", "Where do we meet?", "Which stars are *tuned*?"]
    form, ledger = OpenQuestionsForm(FormContext(asking, ZOE), ZOE), LedgerForm(FormContext(asking, ADA))
    button(form, "Me too: Which stars are *tuned*?").click()
    assert "you want to know, too" in texts(form) and "1 more wants to know" in texts(form)
    wanted = ["Which stars are *tuned*?", "Why so few?", "Where do we meet?"]
    assert in_agenda(asking) == wanted == [*ledger_questions(asking)["question"]]
    ledger.context.changed()
    shown = [row.row.text for row in ledger.rows.children if isinstance(row, QuestionBox) and row.row]
    assert shown == wanted
    page = AgendaPage(agenda_of(asking, FIRST)).threads()
    assert "1 more wants to know" in page.html and "1 more wants to know" in page.markdown
    assert [*tables.questions(asking.current)["seconds"]] == [0, 0, 1]
    button(form, "Not any more: Which stars are *tuned*?").click()
    assert in_agenda(asking)[0] == "Why so few?"


def test_a_question_counts_each_member_once_and_never_its_asker(asking: Workbook, reopen: Reopen) -> None:
    """Twice is once; the asker is refused with a sentence; an undone question can no longer be seconded."""
    [question] = [row.id for row in tables.rows(tables.questions(asking.current)) if row.item == "talk"]
    for _ in range(2):
        made = asking.enter("second", by=ZOE, member=ZOE, question=question)
    assert (made.v, [*tables.questions(reopen().current)["seconds"]]) == (2, [0, 0, 1])
    with pytest.raises(RecordError, match="your own question; others second it"):
        asking.enter("second", by=BO, member=BO, question=question)
    with pytest.raises(RecordError, match="either a proposal or a question"):
        asking.enter("second", by=ZOE, member=ZOE)
    asking.undo(question, by=BO)
    with pytest.raises(RecordError, match="This question was undone"):
        asking.enter("second", by=ADA, member=ADA, question=question)


def test_a_question_is_seconded_by_command(asking: Workbook) -> None:
    """By its number; the ledger prints how many more want to know, first what most do."""
    number = ledger_questions(asking).set_index("question").at["Where do we meet?", "number"]
    command(*f"record second --question {number} --by {ZOE}".split(), cwd=asking.folder)
    assert [one.member for one in Workbook(asking.folder, asking.clock).current.current(Second)] == [ZOE]
    printed = command("ledger", cwd=asking.folder).stdout
    assert "me_too" in printed and printed.index("Where do we meet?") < printed.index("Why so few?")


def test_what_todays_paper_may_answer_is_proposed_at_the_end(asking: Workbook, clock: Clock) -> None:
    """A question about it, and one that shares a rare word of its title; each is closed, or left open, with a click."""
    clock.now = datetime(2026, 11, 21, 0, 20, tzinfo=UTC)
    assert [(one.question.text, one.item) for one in questions_to_settle(asking, FIRST)] == [("Why so few?", "few-shot")]
    plan_session(asking, FIRST, by=ADA, steps=[1], items=["tuned"])
    form = CloseForm(FormContext(asking, ADA)).settle
    assert "Answered today?" in texts(form) and "Tuned Models is about “tuned”, too" in texts(form)
    button(form, "Still open: Which stars are *tuned*?").click()
    assert "stars" not in texts(form)
    button(form, "Answered: Why so few?").click()
    [editor] = [row for row in form.rows.children if isinstance(row, SettleEditor)]
    button(editor, "Save answer").click()
    assert "answered: Why so few?" in texts(form)
    [answer] = asking.current.current(Answer)
    assert (answer.state, answer.item, answer.text) == ("answered", "few-shot", "")
    assert [one.question.text for one in questions_to_settle(asking, FIRST)] == ["Which stars are *tuned*?"]
