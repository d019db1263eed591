"""A session's own reading: which part of a paper, its questions, a place, a link and a note, entered once and shown everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from studygroup.errors import RecordError
from studygroup.forms.facilitator.ledger import LedgerForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.next_session import NextForm
from studygroup.forms.member_page.reading import ReadsForm
from studygroup.forms.session.guide import GuideForm
from studygroup.forms.session.own_questions import OwnAnswerEditor, OwnQuestionsForm
from studygroup.interface.recording import enter_as_form
from studygroup.journal.types.records import Guide, PaperAnswer, Plan
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import PROMPTS, agenda_of
from studygroup.meeting.before.calendar import to_calendar
from studygroup.meeting.before.planning import keep_what_is_read, plan_session
from studygroup.meeting.before.session_questions import ledger_responses
from studygroup.publish.blocks import to_on
from studygroup.publish.messages.announce import announcement
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.report_page import ReportPage
from studygroup.publish.site.site_content import content_of
from studygroup.workbook.forget import forget, held_about, plan_erasure
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts

ADA, FIRST, SECOND = "ada-lovelace", "2026-11-20", "2026-11-27"
PART, QUESTION = "sections 1 to 3", "Would <b>three</b> examples do?"
PLACE, LINK, NOTE = "Room 12, Old Library", "https://call.example.net/own-room", "Bring a laptop."
Reopen = Callable[[], Workbook]


@pytest.fixture
def guided(group: Workbook) -> Workbook:
    """The first session reads part of a paper, elsewhere than usual."""
    plan_session(group, FIRST, by=ADA, steps=[1], place=PLACE, link=LINK, note=NOTE)
    group.enter("guide", by=ADA, session=FIRST, item="few-shot", part=PART, questions=[QUESTION, "What is missing?"])
    return group


def test_what_is_entered_once_is_on_agenda_and_report_in_html_and_markdown(guided: Workbook) -> None:
    """Part, questions, place, link and note; the questions take the place of the usual three, and nothing in them runs."""
    agenda = agenda_of(guided, FIRST)
    assert agenda.prompts == (("Question 1", QUESTION), ("Question 2", "What is missing?"))
    page = AgendaPage(agenda)
    blocks = [page.heading(), page.reads(), page.discussion()]
    html = "".join(block.html for block in blocks)
    for words in (PLACE, LINK, NOTE, f"Read {PART}.", "Would &lt;b&gt;three&lt;/b&gt; examples do?", "What is missing?"):
        assert words in html
    markdown = "".join(block.markdown for block in blocks)
    for words in ("Room 12, Old Library", LINK, "Bring a laptop.", f"Read {PART}.", "What is missing?"):
        assert words in markdown
    report = ReportPage(report_of(guided, FIRST))
    for words in (PLACE, PART, "What is missing?", "Would &lt;b&gt;three"):
        assert words in report.heading().html + report.discussed().html
    for words in (PLACE, PART, "What is missing?"):
        assert words in report.heading().markdown + report.discussed().markdown


def test_announcement_and_calendar_have_it_too(guided: Workbook) -> None:
    """The event is at the session's own place and link; the next session's are as usual."""
    text = announcement(agenda_of(guided, FIRST), "plain").replace("\u200b", "")
    for words in (f"Read {PART}.", "What is missing?", f"Place: {PLACE}", f"Join: {LINK}", "Bring a laptop."):
        assert words in text
    sessions = [guided.schedule.find(one) for one in (FIRST, SECOND)]
    own, usual = Calendar.from_ical(to_calendar(guided, sessions)).walk("VEVENT")
    assert (own["LOCATION"], own["URL"]) == (PLACE, LINK)
    for words in (f"Read {PART}.", "- What is missing?", NOTE, f"Join: {LINK}"):
        assert words in own["DESCRIPTION"]
    assert (usual["LOCATION"], usual["URL"]) == ("#papers-voice", "https://meet.example.org/papers")
    assert "Join: https://meet.example.org/papers" in usual["DESCRIPTION"]


def test_members_see_it_on_their_page(guided: Workbook) -> None:
    """When and where, and below the paper which part to read and the questions; a later change shows at once."""
    context = FormContext(guided, "bo")
    nexts, reads = NextForm(context, "bo"), ReadsForm(context, "bo")
    assert PLACE in texts(nexts) and NOTE in texts(nexts) and LINK in nexts.about.value
    assert f"Read {PART}." in texts(reads) and "What is missing?" in texts(reads)
    guided.enter("guide", by=ADA, session=FIRST, item="few-shot", part="pages 2 to 9")
    context.changed()
    assert "Read pages 2 to 9." in texts(reads) and "What is missing?" not in texts(reads)


def test_place_and_link_of_a_session_are_not_on_the_public_site(guided: Workbook) -> None:
    """As the group's meeting link; what to read is."""
    files = {name: data.decode() for name, data in content_of(guided).files.items() if not name.endswith(".png")}
    pages = "".join(files.values()).replace("\r\n ", "")
    assert PART in pages
    assert PLACE not in pages and "call.example.net" not in pages


def test_without_questions_of_its_own_a_session_has_the_usual_three(group: Workbook) -> None:
    """A part alone changes nothing about them."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    group.enter("guide", by=ADA, session=FIRST, item="few-shot", part=PART)
    assert agenda_of(group, FIRST).prompts == PROMPTS


def test_questions_of_several_papers_say_which_they_are_about(guided: Workbook) -> None:
    """They are counted through, in the order of the papers."""
    plan_session(guided, FIRST, by=ADA, steps=[1, 2])
    item = agenda_of(guided, FIRST).reads[1].works[0].id
    guided.enter("guide", by=ADA, session=FIRST, item=item, questions=["Tuned how?"])
    assert [name for name, _ in agenda_of(guided, FIRST).prompts] == [
        "Question 1: Few-Shot Learners",
        "Question 2: Few-Shot Learners",
        "Question 3: Tuned Models",
    ]


def test_the_form_saves_all_of_it_and_starts_from_the_paper_s_last_session(guided: Workbook) -> None:
    """A later session that reads the paper again shows what was said then; it is saved only when someone says so."""
    plan_session(guided, SECOND, by=ADA, items=["few-shot"])
    form = GuideForm(FormContext(guided, ADA), lambda: SECOND)
    [paper] = form.papers.children
    assert (paper.part.value, paper.questions.value) == (PART, f"{QUESTION}\nWhat is missing?")
    assert f"as in the session of {to_on(FIRST)}; not saved yet" in texts(form)
    assert guided.latest(Guide, SECOND, "few-shot", "") is None
    paper.part.value = "the rest"
    button(paper, "Save").click()
    saved = guided.latest(Guide, SECOND, "few-shot", "")
    assert saved is not None and (saved.part, saved.questions) == ("the rest", (QUESTION, "What is missing?"))
    form.place.value, form.link.value = "The garden", "https://example.org/garden"
    button(form, "Save place and note").click()
    plan = guided.latest(Plan, SECOND)
    assert plan is not None and (plan.items, plan.place, plan.link, plan.v) == (
        ("few-shot",),
        "The garden",
        "https://example.org/garden",
        3,
    )


def test_what_cannot_be_is_refused_with_a_sentence(group: Workbook) -> None:
    """A sixth question, an empty one, two lines, an address that is none; members do not plan."""
    about = {"session": FIRST, "item": "few-shot"}
    with pytest.raises(RecordError, match="These are 6 questions; a paper takes up to 5"):
        group.enter("guide", by=ADA, questions=["a", "b", "c", "d", "e", "f"], **about)
    with pytest.raises(RecordError, match="The question is empty"):
        group.enter("guide", by=ADA, questions=[" "], **about)
    with pytest.raises(RecordError, match="The part is too long; write one line"):
        group.enter("guide", by=ADA, part="a\nb", **about)
    with pytest.raises(RecordError, match="Links start with https://"):
        plan_session(group, FIRST, by=ADA, link="javascript:alert(1)")
    with pytest.raises(RecordError, match="facilitator"):
        group.enter("guide", by="bo", part=PART, **about)


def own_form(guided: Workbook, member: str) -> OwnQuestionsForm:
    return OwnQuestionsForm(FormContext(guided, member), lambda: FIRST, member)


def answer(form: OwnQuestionsForm, question: str, text: str) -> None:
    """Open a question's editor, write, save."""
    button(form, f"Answer: {question}").click()
    [editor] = [row for row in form.rows.children if isinstance(row, OwnAnswerEditor)]
    editor.text.area.value = text
    button(editor, "Save answer").click()


def test_an_answer_belongs_to_its_question_on_page_ledger_and_report(guided: Workbook, clock: Clock) -> None:
    """Given on the page or in the session; others see it once they have a summary of their own, or once the session begins."""
    bo, zoe = own_form(guided, "bo"), own_form(guided, "zoe-obrien-li")
    answer(bo, "What is missing?", "A **control**, <i>really</i>.")
    assert "Saved" in texts(bo) and "A control , <i>really</i>." in texts(bo)
    zoe.context.changed()
    assert "control" not in texts(zoe)
    assert not any(thing.answers[1] for thing in report_of(guided, FIRST).discussed)
    guided.enter("summary", by="zoe-obrien-li", member="zoe-obrien-li", item="few-shot", big_idea="Prompts.")
    zoe.context.changed()
    assert "Bo A control" in texts(zoe)
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    ledger = LedgerForm(FormContext(guided, ADA))
    button(ledger.own, f"Answer: {QUESTION}").click()
    [editor] = [row for row in ledger.own.rows.children if isinstance(row, OwnAnswerEditor)]
    editor.who.value = "zoe-obrien-li"
    editor.text.area.value = "Two do."
    button(editor, "Save answer").click()
    assert "Two do." in texts(ledger) and "A control" in texts(ledger)
    [read] = report_of(guided, FIRST).discussed
    assert [[one.text for one in given] for given in read.answers] == [["Two do."], ["A **control**, <i>really</i>."]]
    # Pages that count readers name no one here either, also not by an id.
    assert {(one.member, one.by) for given in read.answers for one in given} == {("", "")}
    page = ReportPage(report_of(guided, FIRST)).discussed()
    assert "&lt;i&gt;really" in page.html and "  - A **control**" in page.markdown
    assert page.html.index("Two do.") < page.html.index("What is missing?") < page.html.index("control")


def test_an_answer_is_changed_in_its_place(guided: Workbook) -> None:
    """A second one of the same member replaces the first; the button says so."""
    form = own_form(guided, "bo")
    answer(form, "What is missing?", "A control.")
    button(form, "Change answer: What is missing?").click()
    [editor] = [row for row in form.rows.children if isinstance(row, OwnAnswerEditor)]
    assert editor.text.area.value == "A control."
    editor.text.area.value = "Two controls."
    button(editor, "Save answer").click()
    assert [one.text for one in guided.current.current(PaperAnswer)] == ["Two controls."]


def test_answers_stay_when_their_question_is_reworded_or_taken_out(guided: Workbook, clock: Clock) -> None:
    """On the page, in the ledger and in the report, below the words that were answered; the new words wait for an answer of their own."""
    bo = own_form(guided, "bo")
    answer(bo, "What is missing?", "A control.")
    answer(bo, QUESTION, "Two do.")
    guided.enter("guide", by=ADA, session=FIRST, item="few-shot", questions=["What else is missing?"])
    bo.context.changed()
    shown = texts(bo)
    assert shown.index("What else is missing?") < shown.index("What is missing?") < shown.index("A control.")
    assert "Question 1 · Few-Shot Learners" in shown and shown.count("As it was asked earlier · Few-Shot Learners") == 2
    button(bo, "Answer: What else is missing?")
    button(bo, "Change answer: What is missing?").click()
    [editor] = [row for row in bo.rows.children if isinstance(row, OwnAnswerEditor)]
    editor.text.area.value = "Two controls."
    button(editor, "Save answer").click()
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    zoe, ledger = own_form(guided, "zoe-obrien-li"), LedgerForm(FormContext(guided, ADA))
    assert "Two controls." in texts(zoe) and "Two controls." in texts(ledger)
    with pytest.raises(AssertionError):
        button(zoe, "Answer: What is missing?")
    table = ledger_responses(guided, ADA)
    assert dict(zip(table["question"], table["answers"], strict=True)) == {
        "What else is missing?": "",
        "What is missing?": "Bo: Two controls.",
        QUESTION: "Bo: Two do.",
    }
    assert list(table["number"]) == [1, 0, 0]
    page = ReportPage(report_of(guided, FIRST)).discussed()
    for words in (page.html, page.markdown):
        assert words.index("What else is missing?") < words.index("What is missing?") < words.index("Two controls.")
    assert "- What is missing? (as it was asked earlier)\n  - Two controls." in page.markdown
    guided.enter("guide", by=ADA, session=FIRST, item="few-shot", part="all of it")
    assert "Two controls." in ReportPage(report_of(guided, FIRST)).discussed().html
    guided.enter("guide", by=ADA, session=FIRST, item="few-shot", questions=["What is missing?"])
    assert "- What is missing?\n  - Two controls." in ReportPage(report_of(guided, FIRST)).discussed().markdown


def test_a_question_is_named_by_its_number_or_words(guided: Workbook) -> None:
    """In a command and in Python; what the session does not ask is refused with what it asks."""
    made = enter_as_form(guided, "response", by="bo", session=FIRST, question="2", text="A control.")
    assert isinstance(made, PaperAnswer) and (made.question, made.item) == ("What is missing?", "few-shot")
    enter_as_form(guided, "response", by="bo", session=FIRST, question="what is missing?", text="Two.")
    assert [one.text for one in guided.current.current(PaperAnswer)] == ["Two."]
    with pytest.raises(RecordError, match=r"does not ask '7'. Name one of its questions by its number: 1: Would .* 2: What is"):
        enter_as_form(guided, "response", by="bo", session=FIRST, question="7", text="So.")
    with pytest.raises(RecordError, match="have no questions of their own"):
        enter_as_form(guided, "response", by="bo", session=SECOND, question="1", text="So.")


def test_an_entry_that_names_no_paper_has_a_part_and_questions_too(group: Workbook) -> None:
    """From the form to the agenda, the calendar and the members' page; it is written in a version that older programs leave alone."""
    path = group.folder / "lists" / "basics.csv"
    path.write_text(path.read_text() + "chapter,6,6,10,Basics > Later,A Book That We Pass Around,,,{}\n")
    group.reread()
    bare = "basics/chapter"
    plan_session(group, FIRST, by=ADA, entries=[bare])
    form = GuideForm(FormContext(group, ADA), lambda: FIRST)
    [paper] = form.papers.children
    paper.part.value, paper.questions.value = "chapter 2", "Who is it for?"
    button(paper, "Save").click()
    saved = group.latest(Guide, FIRST, "", bare)
    assert saved is not None and (saved.part, saved.v) == ("chapter 2", 2)
    [read] = agenda_of(group, FIRST).reads
    assert (read.part, read.questions, read.about) == ("chapter 2", ("Who is it for?",), (bare,))
    assert "Read chapter 2." in texts(ReadsForm(FormContext(group, "bo"), "bo"))
    assert "Read chapter 2." in str(to_calendar(group, [group.schedule.find(FIRST)]))
    answer(own_form(group, "bo"), "Who is it for?", "For us.")
    assert "For us." in ReportPage(report_of(group, FIRST)).discussed().html


def test_it_stays_through_attendance_and_a_restart(guided: Workbook, reopen: Reopen) -> None:
    """Keeping what is read, as the first attendance does, leaves place, link, note and guides as they were."""
    keep_what_is_read(guided, FIRST, by="bo")
    agenda = agenda_of(reopen(), FIRST)
    assert (agenda.place, agenda.meeting_link, agenda.note) == (PLACE, LINK, NOTE)
    assert [(read.part, len(read.questions)) for read in agenda.reads] == [(PART, 2)]


def test_a_plan_that_says_nothing_of_it_stays_readable_for_older_programs(group: Workbook) -> None:
    """It has the version that it always had."""
    assert plan_session(group, FIRST, by=ADA, steps=[1]).v <= 2
    assert plan_session(group, FIRST, by=ADA, note=NOTE).v == 3
    assert plan_session(group, FIRST, by=ADA, note="").v <= 2


def test_forgetting_takes_part_questions_place_and_note_along(guided: Workbook, reopen: Reopen) -> None:
    """What the forgotten facilitator typed, and the name of a forgotten member in a question of someone else."""
    guided.enter("guide", by=ADA, session=SECOND, item="few-shot", questions=["Ask Zoë O'Brien-李!", "And then?"])
    forget(guided, plan_erasure(guided, "zoe-obrien-li"))
    kept = reopen().latest(Guide, SECOND, "few-shot", "")
    assert kept is not None and kept.questions == ("Ask Former member!", "And then?")
    guided.refresh()
    guided.add_person("Cy", by=ADA, role="facilitator")
    forget(guided, plan_erasure(guided, ADA))
    book = reopen()
    gone = book.latest(Guide, FIRST, "few-shot", "")
    plan = book.latest(Plan, FIRST)
    assert gone is not None and (gone.part, gone.questions) == ("[removed]", ("[removed]", "[removed]"))
    assert plan is not None and (plan.place, plan.note) == ("[removed]", "[removed]")


def test_forgetting_takes_answers_along(guided: Workbook, reopen: Reopen) -> None:
    """What the member said; of others' answers the name. Their export has what they said."""
    guided.enter(
        "response",
        by="bo",
        session=FIRST,
        member="bo",
        item="few-shot",
        question="What is missing?",
        text="Ask Zoë O'Brien-李.",
    )
    enter_as_form(guided, "response", by="zoe-obrien-li", session=FIRST, question="2", text="My own view.")
    assert [one["type"] for one in held_about(guided, "zoe-obrien-li")["typed"]] == ["response"]
    forget(guided, plan_erasure(guided, "zoe-obrien-li"))
    kept = sorted((one.member, one.text) for one in reopen().current.current(PaperAnswer))
    assert kept == [("bo", "Ask Former member."), ("former-member", "[removed]")]
