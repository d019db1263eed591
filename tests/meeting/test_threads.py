"""What an agenda takes up: answers to the invitation, swapped roles, open questions, actions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from studygroup.meeting.before.agenda import Agenda, agenda_of
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

SESSION = "2026-11-20"


@pytest.fixture
def book(workbook: Workbook) -> Workbook:
    workbook.add_person("Ada", role="facilitator")
    for name in ("Bo", "Cy", "Di", "Ed"):
        workbook.add_person(name, by="ada")
    return workbook


def agenda(book: Workbook, session: str = SESSION) -> Agenda:
    return agenda_of(book, session)


def test_answers_are_counted_and_who_is_away_cannot_come(book: Workbook) -> None:
    """An answer for this very session outdoes a longer absence; guests and who left do not count."""
    for member, answer in (("ada", "yes"), ("bo", "maybe"), ("cy", "no")):
        book.enter("rsvp", by=member, session=SESSION, member=member, answer=answer)
    for member in ("di", "ed"):
        book.enter("away", by=member, member=member, first=date(2026, 11, 19), last=date(2026, 11, 20))
    book.enter("rsvp", by="ed", session=SESSION, member="ed", answer="yes")
    threads = agenda(book).threads
    assert (threads.coming, threads.maybe, threads.not_coming) == (2, 1, 2)
    assert not agenda(book, "2026-11-27").threads.answered
    heading = AgendaPage(agenda(book)).heading()
    assert "RSVPs: 2 yes, 1 maybe, 2 no" in heading.markdown and "RSVPs: 2 yes, 1 maybe, 2 no" in heading.html


def test_a_role_goes_where_it_was_given(book: Workbook) -> None:
    """Through several hands; whoever looks for someone is said."""
    book.enter("plan", by="ada", session=SESSION, entries=["basics/few-shot"], roles={"presenter": "bo", "scribe": "cy"})
    book.enter("swap", by="bo", session=SESSION, member="bo", role="presenter", to="di")
    book.enter("swap", by="di", session=SESSION, member="di", role="presenter", to="ed")
    book.enter("swap", by="cy", session=SESSION, member="cy", role="scribe")
    made = agenda(book)
    assert made.roles == {"presenter": "Ed", "scribe": "Cy"}
    assert made.threads.wanted == (("scribe", "Cy"),)
    assert "Cy is looking for someone to take over as scribe." in AgendaPage(made).heading().markdown
    book.amend("plan", by="ada", session=SESSION, roles={"presenter": "bo", "scribe": "ed"})
    assert agenda(book).threads.wanted == ()


def test_open_questions_are_carried_until_answered_or_dropped(book: Workbook, clock: Clock) -> None:
    """What is about today's reading first; names only where the group shows them."""
    general = book.enter("question", by="bo", session=SESSION, member="bo", text="Who has *GPUs*?")
    clock.now += timedelta(minutes=1)
    about = book.enter("question", by="cy", session=SESSION, member="cy", item="few-shot", text="Why $175B$?")
    found = agenda(book).threads.questions
    assert [(one.text, one.about, one.asker) for one in found] == [
        ("Why $175B$?", "Few-Shot Learners", ""),
        ("Who has *GPUs*?", "", ""),
    ]
    assert [one.text for one in agenda(book, "2026-11-27").threads.questions] == ["Who has *GPUs*?", "Why $175B$?"][::-1]
    book.enter("answer", by="ada", session=SESSION, question=about.id, member="ada", text="It is not.")
    book.enter("answer", by="ada", session=SESSION, question=general.id, member="ada", state="dropped")
    assert agenda(book).threads.questions == ()


def test_actions_stand_until_done_and_say_when_they_are_overdue(book: Workbook) -> None:
    """With their owner."""
    action = book.enter("action", by="ada", session=SESSION, text="Find the code", owner="bo", due=date(2026, 11, 25))
    book.enter("action", by="ada", session=SESSION, text="Book a room")
    first, later = agenda(book).threads.actions, agenda(book, "2026-11-27").threads.actions
    assert [(one.text, one.owner, one.due) for one in first] == [("Find the code", "Bo", "2026-11-25"), ("Book a room", "", "")]
    assert later == first
    assert "(Bo, due 25 Nov; A" in AgendaPage(agenda(book)).threads().markdown
    assert "(Bo, due 25 Nov, overdue; A" in AgendaPage(agenda(book, "2026-11-27")).threads().markdown
    assert "(unassigned – any volunteers?; A" in AgendaPage(agenda(book)).threads().markdown
    book.amend("action", by="bo", of=action.id, done=True)
    assert [one.text for one in agenda(book).threads.actions] == ["Book a room"]


def test_the_block_is_safe_and_empty_without_anything(book: Workbook) -> None:
    """Nothing people write runs; a session without threads has no heading for them."""
    assert AgendaPage(agenda(book)).threads().html.strip() == ""
    book.enter("question", by="bo", session=SESSION, member="bo", text="<script>alert(1)</script> **bold** # head")
    block = AgendaPage(agenda(book)).threads()
    assert "<script>" not in block.html and "<strong>bold</strong>" in block.html
    assert "\\<script>alert(1)\\</script>" in block.markdown
