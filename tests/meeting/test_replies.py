"""Replies to summaries and answers: one level, blind until one's own summary is in, told to the author."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile
from datetime import UTC, datetime, timedelta

import pytest

import studygroup as sg
from studygroup.errors import RecordError
from studygroup.forms.facilitator.ledger import LedgerForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.answered import AnsweredForm
from studygroup.forms.member_page.open_questions import OpenQuestionsForm
from studygroup.forms.member_page.peers import PeersForm
from studygroup.forms.member_page.summary import SummaryForm
from studygroup.forms.session.own_questions import OwnQuestionsForm
from studygroup.forms.session.replies import ReplyEditor
from studygroup.journal.types.records import Reply, Summary
from studygroup.meeting.after.news import news_for
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.publish.pages.report_page import ReportPage
from studygroup.publish.site.site_content import content_of
from studygroup.workbook.forget import forget, held_about, plan_erasure
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts
from tests.support.command_line import command

ADA, BO, ZOE, FIRST = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"
ASKED = "What is missing?"
Reopen = Callable[[], Workbook]


@pytest.fixture
def talking(group: Workbook) -> Workbook:
    """Bo and Ada have written about the session's paper, and Bo answered its question; Zoë has not."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    group.enter("guide", by=ADA, session=FIRST, item="few-shot", questions=[ASKED])
    group.enter("summary", by=BO, member=BO, item="few-shot", big_idea="Examples in the prompt.")
    group.enter("summary", by=ADA, member=ADA, item="few-shot", big_idea="Scale.")
    group.enter("response", by=BO, session=FIRST, member=BO, item="few-shot", question=ASKED, text="A control.")
    return group


def peers(book: Workbook, member: str) -> PeersForm:
    context = FormContext(book, member)
    return PeersForm(context, member, SummaryForm(context, member).item)


def reply(form: PeersForm | OwnQuestionsForm | AnsweredForm, label: str, text: str) -> None:
    button(form, label).click()
    [editor] = [row for row in form.rows.children if isinstance(row, ReplyEditor)]
    editor.text.area.value = text
    button(editor, "Save reply").click()


def test_many_replies_are_shown_with_as_many_looks_at_the_calendar_as_one(talking: Workbook) -> None:
    """Whether they may be shown is the same for all replies to one thing, and a look goes through all sessions so far."""
    talking.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea="Prompts.")
    [about] = [one for one in talking.current.current(Summary) if one.member == BO]
    form, looks = peers(talking, ZOE), []
    for number in range(1, 6):
        talking.enter("reply", by=ADA, member=ADA, to=about.id, text=f"Thought {number}")
        with Profile() as profile:
            form.show()
        looks.append(sum(one.callcount for one in profile.getstats() if getattr(one.code, "co_name", "") == "due_items"))
    assert all(f"Thought {number}" in texts(form) for number in range(1, 6))
    assert looks == [looks[0]] * 5 and looks[0] > 0


def test_a_reply_is_blind_until_ones_own_summary_is_in(talking: Workbook, clock: Clock) -> None:
    """To a summary and to an answer; who has written sees it at once, who has not after writing, and everyone once the session begins."""
    ada, zoe = peers(talking, ADA), peers(talking, ZOE)
    reply(ada, "Reply to the summary of Bo", "How **many** <i>of them</i>?")
    assert "your reply" in texts(ada) and "Ada Lovelace replied How many <i>of them</i>?" in texts(ada)
    bo, questions = peers(talking, BO), OwnQuestionsForm(FormContext(talking, ADA), lambda: FIRST, ADA)
    reply(questions, "Reply to Bo: A control.", "Which one?")
    assert "Ada Lovelace replied Which one?" in texts(questions)
    assert "Bo" in texts(bo) and "How many <i>of them</i>?" in texts(bo)
    hidden = OwnQuestionsForm(FormContext(talking, ZOE), lambda: FIRST, ZOE)
    zoe.context.changed()
    assert "many" not in texts(zoe) and "Which one?" not in texts(hidden) and ASKED in texts(hidden)
    assert sg.Group(talking).tables.replies["text"].tolist() == ["How **many** <i>of them</i>?", "Which one?"]
    assert "many" not in ReportPage(report_of(talking, FIRST)).discussed().html
    talking.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea="Prompts.")
    for one in (zoe, hidden):
        one.context.changed()
    assert "How many <i>of them</i>?" in texts(zoe) and "Which one?" in texts(hidden)
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    page = ReportPage(report_of(talking, FIRST)).discussed()
    places = [
        page.html.index(words)
        for words in ("A control.", "Which one?", "Scale.", "Examples in the prompt.", "&lt;i&gt;of them")
    ]
    assert places == sorted(places)
    assert "- Ada Lovelace: How **many**" in page.markdown and "    - Ada Lovelace: Which one?" in page.markdown


def test_a_reply_stays_below_a_summary_that_is_changed(talking: Workbook) -> None:
    """It belongs to the summary, not to one wording of it; with the summary it goes."""
    reply(peers(talking, ADA), "Reply to the summary of Bo", "How many?")
    changed = talking.enter("summary", by=BO, member=BO, item="few-shot", big_idea="Three examples.")
    assert "How many?" in texts(peers(talking, ADA))
    first = talking.find_record(changed.replaces)
    talking.undo(changed.id, by=BO)
    talking.undo(first.id, by=BO)
    assert "How many?" not in texts(peers(talking, ADA))
    with pytest.raises(RecordError, match="This summary was undone, so you can no longer reply"):
        talking.enter("reply", by=ADA, member=ADA, to=first.id, text="And now?")


def test_there_is_one_level_of_replies(talking: Workbook) -> None:
    """No reply to a reply, nor to anything else than a summary or an answer; a command takes the end of an id."""
    [summary] = [one.id for one in talking.records if one.type == "summary" and one.by == BO]
    done = command("record", "reply", "--by", ADA, "--to", summary[-12:], "--text", "How many?", cwd=talking.folder)
    assert done.returncode == 0, done.stderr
    talking.refresh()
    [made] = talking.current.current(Reply)
    with pytest.raises(RecordError, match="no replies to replies"):
        talking.enter("reply", by=BO, member=BO, to=made.id, text="Three.")
    question = talking.enter("question", by=BO, member=BO, text="Why?")
    with pytest.raises(RecordError, match="a record of type question; you can reply to a summary or an answer"):
        talking.enter("reply", by=ADA, member=ADA, to=question.id, text="So.")


def test_a_reply_to_the_answer_of_a_question_is_in_the_report_below_it(talking: Workbook, clock: Clock) -> None:
    """Once the session has begun, with the question that was answered there."""
    question = talking.enter("question", by=ZOE, member=ZOE, session=FIRST, item="few-shot", text="Why three?")
    answer = talking.enter("answer", by=BO, member=BO, session=FIRST, question=question.id, text="They fit.")
    talking.enter("reply", by=ZOE, member=ZOE, to=answer.id, text="Four fit, too.")
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    page = ReportPage(report_of(talking, FIRST)).questions()
    assert page.html.index("They fit.") < page.html.index("Four fit, too.")
    assert page.markdown.index("They fit.") < page.markdown.index("Four fit, too.")


def test_members_and_facilitators_reply_to_the_answer_of_a_question(talking: Workbook) -> None:
    """From the members' page and from *Questions*; others who have no summary of its paper yet do not see it, and no one replies to a reply."""
    question = talking.enter("question", by=BO, member=BO, session=FIRST, item="few-shot", text="Why three?")
    talking.enter("answer", by=ADA, member=ADA, session=FIRST, question=question.id, text="They **fit**.")
    bo, zoe = (OpenQuestionsForm(FormContext(talking, one), one) for one in (BO, ZOE))
    assert bo.fold.head.description == "1 answered question" and bo.answered is None
    for form in (bo, zoe):
        form.fold.head.click()
    assert bo.answered and zoe.answered
    assert "Why three?" in texts(bo.answered) and "They fit ." in texts(bo.answered)
    reply(bo.answered, "Reply to the answer: They **fit**.", "Four fit, too.")
    assert "your reply" in texts(bo) and "Bo replied Four fit, too." in texts(bo)
    zoe.context.changed()
    assert "Why three?" in texts(zoe) and "Four fit" not in texts(zoe)
    ledger = LedgerForm(FormContext(talking, ADA))
    assert "Bo replied Four fit, too." in texts(ledger)
    button(ledger.rows, "Reply to the answer: Why three?").click()
    [editor] = [row for row in ledger.rows.children if isinstance(row, ReplyEditor)]
    editor.text.area.value = "So do five."
    button(editor, "Save reply").click()
    assert "Ada Lovelace replied So do five." in texts(ledger.rows)
    bo.context.changed()
    assert texts(bo).index("Four fit, too.") < texts(bo).index("So do five.")
    talking.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea="Prompts.")
    zoe.context.changed()
    assert "So do five." in texts(zoe)


def test_the_site_lists_who_replied_among_those_it_names(talking: Workbook, clock: Clock) -> None:
    """Once the session has begun; before, replies are on no page."""
    [summary] = [one.id for one in talking.records if one.type == "summary" and one.by == BO]
    talking.enter("reply", by=ZOE, member=ZOE, to=summary, text="How many?")

    def published() -> tuple[bool, bool]:
        content = content_of(talking)
        pages = b"".join(content.files.values())
        return "Zoë O'Brien-李" in content.names, b"How many?" in pages

    assert published() == (False, False)
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    assert published() == (True, True)


def test_the_author_is_told_on_their_page(talking: Workbook, clock: Clock) -> None:
    """Replies, who else wants to know, and what continues; not one's own."""
    since = clock.now - timedelta(minutes=1)
    [summary] = [one.id for one in talking.records if one.type == "summary" and one.by == BO]
    [response] = [one.id for one in talking.records if one.type == "response"]
    for to, text in ((summary, "How many?"), (response, "Which one?")):
        talking.enter("reply", by=ADA, member=ADA, to=to, text=text)
    question = talking.enter("question", by=BO, member=BO, session=FIRST, text="Why?")
    for member in (ADA, ZOE):
        talking.enter("second", by=member, member=member, question=question.id)
    told = {line.title: line.note for line in news_for(talking, BO, since)}
    assert told == {
        "Ada Lovelace replied to your summary of Few-Shot Learners": "How many?",
        "Ada Lovelace replied to your answer on Few-Shot Learners": "Which one?",
        "2 more want to know: Why?": "",
    }
    assert news_for(talking, ADA, since) == []
    clock.now = datetime(2026, 11, 21, 0, 31, tzinfo=UTC)
    close_session(talking, FIRST, by=ADA, continues=[1])
    assert any(line.note == "Few-Shot Learners continues next time" for line in news_for(talking, ZOE, since))


def test_forgetting_takes_replies_along(talking: Workbook, reopen: Reopen) -> None:
    """What the member replied; of others' replies the name. Their export has what they replied."""
    [summary] = [one.id for one in talking.records if one.type == "summary" and one.by == BO]
    talking.enter("reply", by=ADA, member=ADA, to=summary, text="Is that so, Zoë O'Brien-李?")
    talking.enter("reply", by=ZOE, member=ZOE, to=summary, text="My own view.")
    assert [one["text"] for one in held_about(talking, ZOE)["typed"]] == ["My own view."]
    forget(talking, plan_erasure(talking, ZOE))
    kept = sorted((one.member, one.text) for one in reopen().current.current(Reply))
    assert kept == [(ADA, "Is that so, Former member?"), ("former-member", "[removed]")]
