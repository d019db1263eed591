"""The forms for what happens in a session, without a browser: notes, questions, actions, the timer."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from studygroup.forms.facilitator.actions import ActionsForm
from studygroup.forms.facilitator.ledger import LedgerForm
from studygroup.forms.facilitator.notes import NotesForm
from studygroup.forms.facilitator.timer import TimerForm
from studygroup.forms.kit.form import PAGE
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Action, Note
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.full_disk import full_disk

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
SESSION = "2026-11-20"
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) $x^2$ $\\href{javascript:alert(1)}{y}$"
)
Reopen = Callable[[], Workbook]


@pytest.fixture
def context(group: Workbook) -> FormContext:
    """Ada's place."""
    return FormContext(group, ADA)


def told(receipt: SaveStatus) -> str:
    """Return what a receipt says, as text."""
    return html.unescape(re.sub(r"<[^>]*>", "", receipt.said.value))


def texts(widget: widgets.Widget) -> str:
    """Return all HTML within a widget, without tags."""
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", _html(widget)).split()))


def _html(widget: widgets.Widget) -> str:
    own = widget.value if isinstance(widget, widgets.HTML) else ""
    return " ".join([own, *(_html(child) for child in getattr(widget, "children", ()))])


def rows(form: Any) -> list[str]:
    return [texts(row) for row in form.rows.children]


def press(row: widgets.Widget, label: str) -> None:
    """Press the button of a label within a row."""
    [button] = [child for child in row.children if isinstance(child, widgets.Button) and child.description == label]
    button.click()


def choose(row: widgets.Widget, value: object) -> None:
    """Choose with the buttons of a row."""
    [choice] = [child for child in row.children if isinstance(child, widgets.ToggleButtons)]
    choice.value = value


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (folder / "sessions").rglob("*.jsonl")}


def notes(group: Workbook) -> list[tuple[str, bool, str, str]]:
    return [(note.text, note.decision, note.session, note.by) for note in group.journal.current_state.current(Note)]


def arrive(*forms: Any) -> None:
    """Show what others entered, as when it arrives."""
    for form in forms:
        form.context.workbook.refresh()
        form.context.changed()


# --- which session ----------------------------------------------------------------------------------------------------


def test_forms_say_for_which_session_they_enter(group: Workbook, context: FormContext, clock: Clock) -> None:
    """Before it starts, while it goes on, after its end until it is closed; then the next one."""
    form = NotesForm(context)
    said = [texts(form.about)]
    group.enter("plan", by=ADA, session=SESSION, entries=("basics/few-shot",))
    for now in (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 21, 9, tzinfo=UTC)):
        clock.now = now
        form.show()
        said.append(texts(form.about))
    form.text.area.value = "Afterwards"
    form.add.click()
    group.enter("close", by=ADA, session=SESSION, finished=("basics/few-shot",))
    form.show()
    assert [*said, texts(form.about)] == [
        "For the session of Friday 20 November 2026",
        "For the session of Friday 20 November 2026 · under way",
        "For the session of Friday 20 November 2026 · over, not closed yet",
        "For the session of Friday 27 November 2026",
    ]
    assert notes(group) == [("Afterwards", False, SESSION, ADA)]
    assert rows(form) == ["No notes yet."]


def test_opening_saves_nothing(group: Workbook, context: FormContext) -> None:
    """Neither a record nor a draft."""
    before = files_of(group.folder)
    for form in (NotesForm, LedgerForm, ActionsForm, TimerForm):
        form(context)
    assert files_of(group.folder) == before
    assert not (group.folder / ".studygroup" / "drafts").exists()


def test_without_a_roster_forms_open_and_ask_for_one(workbook: Workbook) -> None:
    """What was typed stays there until someone can have typed it."""
    context = FormContext(workbook, "")
    forms = NotesForm(context), LedgerForm(context), ActionsForm(context), TimerForm(context)
    for form, button in zip(forms[:3], ("add", "ask", "add"), strict=False):
        form.text.area.value = "Typed early"
        getattr(form, button).click()
        assert told(form.receipt).startswith("⚠ No one is on the roster yet. First add yourself under People")
        assert form.text.text == "Typed early"
    assert files_of(workbook.folder) == {}
    workbook.add_person("Ada", role="facilitator")
    context.by = "ada"
    context.changed()
    forms[0].add.click()
    assert notes(workbook) == [("Typed early", False, SESSION, "ada")]
    assert forms[1].asker.value == "ada"


# --- notes ------------------------------------------------------------------------------------------------------------


def test_notes_and_decisions_are_listed_last_first(group: Workbook, context: FormContext, clock: Clock) -> None:
    """Who wrote it when is below; the fields are empty again."""
    form = NotesForm(context)
    form.text.area.value = "Scale *matters*"
    form.add.click()
    assert told(form.receipt) == "✓ Saved 12:00: the note"
    clock.now += timedelta(minutes=5)
    form.text.area.value, form.decision.value = "We read it again", True
    form.add.click()
    assert notes(group) == [("Scale *matters*", False, SESSION, ADA), ("We read it again", True, SESSION, ADA)]
    assert rows(form) == [
        "Decision We read it again Ada Lovelace · 12:05 UTC",
        "Scale matters Ada Lovelace · 12:00 UTC",
    ]
    assert (form.text.text, form.decision.value) == ("", False)


def test_a_note_can_be_changed_and_the_change_taken_back(group: Workbook, context: FormContext) -> None:
    """A change that says the same is none."""
    form = NotesForm(context)
    form.text.area.value = "Scale maters"
    form.add.click()
    press(form.rows.children[0], "Change")
    place = form.rows.children[0]
    place.save.click()
    assert len(list(group.journal.records)) == 4
    press(form.rows.children[0], "Change")
    place = form.rows.children[0]
    place.text.area.value = "Scale matters"
    place.save.click()
    assert told(form.receipt) == "✓ Saved 12:00: your change of the note"
    place.save.click()
    assert notes(group) == [("Scale matters", False, SESSION, ADA)]
    form.receipt.undo.button.click()
    assert notes(group) == [("Scale maters", False, SESSION, ADA)]
    assert rows(form) == ["Scale maters Ada Lovelace · 12:00 UTC"]


def test_a_note_taken_back_can_be_entered_again(group: Workbook, context: FormContext) -> None:
    """A withdrawal stands for good, so "Undo" enters the words as a new note, once."""
    form = NotesForm(context)
    form.text.area.value, form.decision.value = "Never mind", True
    form.add.click()
    press(form.rows.children[0], "Change")
    press(form.rows.children[0].children[2], "Undo")
    assert (told(form.receipt), notes(group), rows(form)) == ("✓ Undone.", [], ["No notes yet."])
    form.receipt.undo.button.click()
    form.receipt.undo.button.click()
    assert notes(group) == []
    assert told(form.receipt) == "✓ Undone."


def test_a_double_click_saves_once(group: Workbook, context: FormContext) -> None:
    """The second half says what the first said; the same words again, later, are another note."""
    form = NotesForm(context)
    form.text.area.value = "Once"
    form.add.click()
    form.add.click()
    assert (len(notes(group)), told(form.receipt)) == (1, "✓ Saved 12:00: the note")
    form.text.area.value = "Once"
    form.add.click()
    assert len(notes(group)) == 2


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "⚠ The note is empty; please write it."),
        (" \n ", "⚠ The note is empty; please write it."),
        ("a\0b", "⚠ The text holds U+0000, which is not a character; please type it without."),
        ("x" * 2_000_000, "⚠ This note takes 2,000,1"),
    ],
)
def test_texts_that_cannot_be_saved_stay(group: Workbook, context: FormContext, text: str, answer: str) -> None:
    """The sentence says why; nothing is written."""
    form, before = NotesForm(context), files_of(group.folder)
    form.text.area.value = text
    form.add.click()
    assert told(form.receipt).startswith(answer)
    assert (files_of(group.folder), form.text.text) == (before, text)


def test_hostile_texts_are_shown_and_run_nothing(group: Workbook, context: FormContext) -> None:
    """In the list, in its previews and in the answers; math is shown as math."""
    forms = NotesForm(context), LedgerForm(context), ActionsForm(context)
    for form, button in zip(forms, ("add", "ask", "add"), strict=True):
        form.text.area.value = HOSTILE
        getattr(form, button).click()
        assert told(form.receipt).startswith("✓ Saved")
        shown = form.rows.children[0].children[0].value
        assert not re.search(r"<script|<img|href=.javascript|\\href", shown)
        assert "<math" in shown
        tips = [str(getattr(child, "tooltip", "")) for child in form.rows.children[0].children[1:]]
        assert all(len(tip) < 100 for tip in tips)


def test_a_full_disk_keeps_what_was_typed(group: Workbook, context: FormContext) -> None:
    """In every form; a retry when there is room again enters it once, without being typed again."""
    forms = NotesForm(context), LedgerForm(context), ActionsForm(context)
    for form in forms:
        form.text.area.value = f"By {type(form).__name__}"
    for form, button in zip(forms, ("add", "ask", "add"), strict=True):
        with full_disk():
            getattr(form, button).click()
        assert told(form.receipt).startswith("⚠ Not saved: ")
        assert form.text.text == f"By {type(form).__name__}"
        getattr(form, button).click()
        assert told(form.receipt).startswith("✓ Saved")
        assert form.text.text == ""
    assert len(group.journal.records) == 6


def test_drafts_come_back_after_a_restart(group: Workbook, context: FormContext, reopen: Reopen) -> None:
    """New texts, and changes of old ones where their row is opened; they stay until they are saved or left."""
    form = NotesForm(context)
    form.text.area.value = "Kept"
    form.add.click()
    form.text.area.value = "Half a sen"
    press(form.rows.children[0], "Change")
    form.rows.children[0].text.area.value = "Kept, chan"
    again = NotesForm(FormContext(reopen(), ADA))
    assert (again.text.text, told(again.receipt)) == ("Half a sen", "… This draft isn’t saved yet.")
    assert rows(again) == ["Kept Ada Lovelace · 12:00 UTC · a change that isn’t saved yet"]
    press(again.rows.children[0], "Change")
    place = again.rows.children[0]
    assert (place.text.text, told(place.receipt)) == ("Kept, chan", "… This draft isn’t saved yet.")
    place.cancel.click()
    assert rows(again) == ["Kept Ada Lovelace · 12:00 UTC"]
    questions = LedgerForm(context)
    questions.text.area.value = "Wh"
    assert LedgerForm(FormContext(reopen(), ADA)).text.text == "Wh"


def test_two_windows_of_one_person_see_each_other(group: Workbook, context: FormContext, reopen: Reopen) -> None:
    """What the other one changed is shown before it is replaced."""
    mine, other = NotesForm(context), NotesForm(FormContext(reopen(), ADA))
    mine.text.area.value = "First"
    mine.add.click()
    arrive(other)
    assert rows(other) == rows(mine)
    press(mine.rows.children[0], "Change")
    press(other.rows.children[0], "Change")
    place, theirs = mine.rows.children[0], other.rows.children[0]
    theirs.text.area.value = "Second"
    theirs.save.click()
    place.text.area.value = "Third"
    arrive(mine)
    assert (mine.rows.children[0], place.text.text) == (place, "Third")
    place.save.click()
    assert told(place.receipt).startswith(
        "⚠ You, in another window, entered this at 12:00, meanwhile: text Second. To replace it, do it once more."
    )
    assert notes(group)[0][0] == "Second"
    place.save.click()
    assert notes(group) == [("Third", False, SESSION, ADA)]


def test_a_change_of_what_was_taken_back_becomes_a_new_note(group: Workbook, context: FormContext, reopen: Reopen) -> None:
    """Who typed is told first; the words are not lost in a note that no one sees."""
    mine, other = NotesForm(context), NotesForm(FormContext(reopen(), ADA))
    mine.text.area.value = "First"
    mine.add.click()
    arrive(other)
    press(mine.rows.children[0], "Change")
    place = mine.rows.children[0]
    place.text.area.value = "First, longer"
    press(other.rows.children[0], "Change")
    other.rows.children[0].back.click()
    arrive(mine)
    assert mine.rows.children[0] is place
    place.save.click()
    assert told(place.receipt) == "⚠ What you saw here was undone meanwhile. Save again if it should count."
    place.save.click()
    assert notes(group) == [("First, longer", False, SESSION, ADA)]
    assert rows(mine) == ["First, longer Ada Lovelace · 12:00 UTC"]


# --- questions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(group: Workbook) -> Workbook:
    """Questions about today's work, about another, about none, and one that was answered last week."""
    group.enter("question", by=BO, session="2026-11-13", member=BO, item="talk", text="Who speaks?")
    old = group.enter("question", by=BO, session="2026-11-06", member=BO, text="When do we meet?")
    group.enter("answer", by=ADA, session="2026-11-13", member=ADA, question=old.id, text="On Fridays.")
    group.enter("question", by=ZOE, session=SESSION, member=ZOE, item="few-shot", text="Why *few*?")
    group.enter("question", by=ZOE, session="2026-11-27", member=ZOE, text="Later?")
    return group


def states(group: Workbook) -> dict[str, tuple[str, tuple[str, ...], str, str]]:
    return {
        row.text: (row.state, row.answers, row.closed_by, row.closed_item)
        for row in tables.rows(tables.questions(group.current))
    }


def test_questions_about_todays_works_come_first_then_older_ones(asked: Workbook, context: FormContext) -> None:
    """What was closed before, and what is for later, is left out; searching looks in titles and names, too."""
    form = LedgerForm(context)
    assert rows(form) == [
        "Why few ? Zoë O'Brien-李 · Fri 20 Nov · about Few-Shot Learners",
        "Who speaks? Bo · Fri 13 Nov · about A Talk on *Stars* & <Pipes>",
    ]
    form.words.value = "STARS bo"
    assert rows(form) == ["Who speaks? Bo · Fri 13 Nov · about A Talk on *Stars* & <Pipes>"]
    form.words.value = "nothing like that"
    assert rows(form) == ["No matches."]


def test_a_question_is_answered_in_words_or_by_a_work(asked: Workbook, context: FormContext) -> None:
    """It stays in sight with its answer, so that it can be opened again."""
    form = LedgerForm(context)
    choose(form.rows.children[0], "answered")
    place = form.rows.children[0]
    place.save.click()
    assert told(place.receipt) == "⚠ The answer is empty; please write it."
    place.text.area.value, place.who.value = "Because $n$ is small", BO
    place.save.click()
    assert told(form.listed) == "✓ Saved 12:00: answered: Why *few*?"
    choose(form.rows.children[1], "answered")
    place = form.rows.children[1]
    place.item.value = "a talk on"
    place.save.click()
    place.save.click()
    assert states(asked) == {
        "Why *few*?": ("answered", ("Because $n$ is small",), BO, ""),
        "Who speaks?": ("answered", (), ADA, "talk"),
        "When do we meet?": ("answered", ("On Fridays.",), ADA, ""),
        "Later?": ("open", (), "", ""),
    }
    assert rows(form) == [
        "Why few ? Zoë O'Brien-李 · Fri 20 Nov · about Few-Shot Learners Because n is small Answered by Bo · Fri 20 Nov",
        "Who speaks? Bo · Fri 13 Nov · about A Talk on *Stars* & <Pipes> "
        "Answered by Ada Lovelace , see A Talk on *Stars* & <Pipes> · Fri 20 Nov",
    ]


def test_dropping_opening_again_and_undo_take_one_click_each(asked: Workbook, context: FormContext) -> None:
    """Each is an entry of its own."""
    form = LedgerForm(context)
    choose(form.rows.children[1], "dropped")
    assert states(asked)["Who speaks?"][0] == "dropped"
    [row] = [row for row in form.rows.children if "Who speaks?" in texts(row)]
    choose(row, "open")
    assert states(asked)["Who speaks?"][0] == "open"
    form.listed.undo.button.click()
    assert (states(asked)["Who speaks?"][0], told(form.listed)) == ("dropped", "✓ Undone.")


def test_an_answer_of_someone_else_meanwhile_is_shown_first(asked: Workbook, context: FormContext, reopen: Reopen) -> None:
    """Then the second answer is added to it, as whoever typed it wants."""
    form, other = LedgerForm(context), LedgerForm(FormContext(reopen(), ADA))
    choose(form.rows.children[0], "answered")
    place = form.rows.children[0]
    place.text.area.value = "Mine"
    choose(other.rows.children[0], "dropped")
    place.save.click()
    assert told(place.receipt) == "⚠ This question was dropped by Ada Lovelace meanwhile. Look at it, then do it once more."
    assert states(asked)["Why *few*?"][0] == "dropped"
    place.save.click()
    assert states(asked)["Why *few*?"] == ("answered", ("Mine",), ADA, "")


def test_a_question_is_asked_for_a_member(asked: Workbook, context: FormContext) -> None:
    """About a work that is found by typing, or about none; the facilitator typed it."""
    form = LedgerForm(context)
    form.text.area.value, form.asker.value, form.item.value = "What is next?", BO, "Tuned Models"
    form.ask.click()
    form.ask.click()
    row = next(row for row in tables.rows(tables.questions(asked.current)) if row.text == "What is next?")
    assert (row.member, row.item, row.session) == (BO, "tuned", SESSION)
    assert told(form.receipt) == "✓ Saved 12:00: the question"
    assert (form.text.text, form.item.value) == ("", "")


@pytest.mark.parametrize("work", ["No such work", "x" * 2_000_000, "../talk", "a\0b"])
def test_a_work_that_is_not_there_is_refused(asked: Workbook, context: FormContext, work: str) -> None:
    """The sentence is short and says what to do; the question stays."""
    form, before = LedgerForm(context), files_of(asked.folder)
    form.text.area.value, form.item.value = "Why?", work
    form.ask.click()
    assert told(form.receipt).startswith("⚠ No paper is called ")
    assert len(told(form.receipt)) < 400
    assert (files_of(asked.folder), form.text.text) == (before, "Why?")


def test_choices_that_are_not_offered_save_nothing(asked: Workbook, context: FormContext) -> None:
    """As a page can send any number for a state, an asker, an owner."""
    ledger, actions, before = LedgerForm(context), ActionsForm(context), files_of(asked.folder)
    choice = next(child for child in ledger.rows.children[0].children if isinstance(child, widgets.ToggleButtons))
    for field, index in ((choice, 9), (ledger.asker, 99), (ledger.which, 5), (actions.owner, -7)):
        field.set_state({"index": index})
    assert told(ledger.listed) == ("⚠ That choice is not offered here; nothing was saved. Please choose one of the buttons.")
    assert told(actions.receipt) == "⚠ That is not among what is offered for Who; nothing was saved. Please pick again."
    assert files_of(asked.folder) == before


# --- actions ----------------------------------------------------------------------------------------------------------


def actions(group: Workbook) -> list[tuple[str, str, date | None, bool, str]]:
    return [(one.text, one.owner, one.due, one.done, one.session) for one in group.journal.current_state.current(Action)]


def test_actions_have_an_owner_and_a_date_or_none_yet(group: Workbook, context: FormContext) -> None:
    """Those of earlier sessions come first, and what is late says so in words."""
    group.enter("action", by=ADA, session="2026-11-13", text="Book the room", owner=BO, due=date(2026, 11, 19))
    group.enter("action", by=ADA, session="2026-11-06", text="Done long ago", done=True)
    form = ActionsForm(context)
    form.text.area.value, form.owner.value, form.due.value = "Write *it* up", ZOE, date(2026, 11, 27)
    form.add.click()
    form.add.click()
    assert told(form.receipt) == "✓ Saved 12:00: the action"
    assert (form.text.text, form.owner.value, form.due.value) == ("", "", None)
    form.text.area.value = "Someone should"
    form.add.click()
    assert actions(group) == [
        ("Book the room", BO, date(2026, 11, 19), False, "2026-11-13"),
        ("Done long ago", "", None, True, "2026-11-06"),
        ("Write *it* up", ZOE, date(2026, 11, 27), False, SESSION),
        ("Someone should", "", None, False, SESSION),
    ]
    assert rows(form) == [
        "Book the room Bo · by 19 Nov 2026 · overdue · from the session of 13 Nov 2026",
        "Write it up Zoë O'Brien-李 · by 27 Nov 2026",
        "Someone should Unassigned",
    ]


def test_done_and_not_done_take_one_click(group: Workbook, context: FormContext, clock: Clock) -> None:
    """A second click on the same does nothing; what an earlier session promised stays with that session, and in sight."""
    group.enter("action", by=ADA, session="2026-11-13", text="Book the room")
    clock.now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    form = ActionsForm(context)
    choose(form.rows.children[0], True)
    assert told(form.receipt) == "✓ Saved 23:30: done: Book the room"
    count = len(group.journal.records)
    choose(form.rows.children[0], True)
    assert len(group.journal.records) == count
    assert actions(group) == [("Book the room", "", None, True, "2026-11-13")]
    choose(form.rows.children[0], False)
    assert actions(group) == [("Book the room", "", None, False, "2026-11-13")]
    form.receipt.undo.button.click()
    assert actions(group)[0][3] is True


def test_an_action_can_be_given_to_someone_else(group: Workbook, context: FormContext) -> None:
    """Its owner may have left; its words, date and state stay as they were."""
    form = ActionsForm(context)
    form.text.area.value, form.owner.value = "Book the room", BO
    form.add.click()
    group.change_person(BO, by=ADA, left=date(2026, 11, 20))
    group.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    form.context.changed()
    assert [label for label, _ in form.owner.options] == ["Unassigned", "Ada Lovelace", "Zoë O'Brien-李"]
    press(form.rows.children[0], "Change")
    place = form.rows.children[0]
    owner, due = place.children[1:3]
    assert owner.value == BO
    owner.value, due.value = ZOE, date(2026, 12, 1)
    place.save.click()
    assert actions(group) == [("Book the room", ZOE, date(2026, 12, 1), False, SESSION)]


# --- the timer --------------------------------------------------------------------------------------------------------


def attributes(form: TimerForm) -> tuple[str, str]:
    """Return what the browser counts from: start and pause in seconds from the beginning of the test's day."""
    found = dict(re.findall(r'data-(start|paused)="(\d+)"', form.parts.value))
    noon = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 1000
    start, paused = (str((int(found[key]) - noon) / 1000) if key in found else "" for key in ("start", "paused"))
    return start, paused


def lengths(form: TimerForm) -> list[int]:
    return [int(seconds) // 60 for seconds in re.findall(r'data-seconds="(\d+)"', form.parts.value)]


def test_the_timer_starts_pauses_and_goes_on(context: FormContext, clock: Clock) -> None:
    """The time it stood still does not count."""
    form = TimerForm(context)
    assert (attributes(form), form.run.button.description, form.reset.disabled) == (("", ""), "Start", True)
    form.run.button.click()
    assert (attributes(form), form.run.button.description, form.elapsed_s) == (("0.0", ""), "Pause", 0)
    clock.now += timedelta(seconds=90)
    form.run.button.click()
    assert (attributes(form), form.run.button.description, form.elapsed_s) == (("0.0", "90.0"), "Go on", 90)
    clock.now += timedelta(seconds=600)
    form.run.button.click()
    assert (attributes(form), form.run.button.description, form.elapsed_s) == (("600.0", ""), "Pause", 90)
    form.reset.click()
    assert (attributes(form), form.elapsed_s) == (("", ""), 0)


def test_parts_can_be_skipped_both_ways(context: FormContext, clock: Clock) -> None:
    """On to the beginning of the next one, back to this one's beginning, then to the one before; also while it is paused."""
    form = TimerForm(context)
    first, second, *_ = lengths(form)
    form.run.button.click()
    form.on.click()
    assert form.elapsed_s == first * 60
    clock.now += timedelta(seconds=30)
    form.back.click()
    assert form.elapsed_s == first * 60
    form.back.click()
    assert form.elapsed_s == 0
    form.run.button.click()
    form.on.click()
    form.on.click()
    clock.now += timedelta(seconds=30)
    assert (form.elapsed_s, form.run.button.description) == ((first + second) * 60, "Go on")
    for _ in range(20):
        form.on.click()
    assert form.elapsed_s == sum(lengths(form)) * 60 == 90 * 60


def test_the_timer_outlives_the_kernel_and_follows_the_plan(
    group: Workbook, context: FormContext, clock: Clock, reopen: Reopen
) -> None:
    """A restart shows it running; a shorter session has shorter parts, and who leads them is named."""
    form = TimerForm(context)
    form.run.button.click()
    clock.now += timedelta(minutes=3)
    again = TimerForm(FormContext(reopen(), ADA))
    assert (again.elapsed_s, attributes(again)) == (180, ("0.0", ""))
    group.enter("plan", by=ADA, session=SESSION, length_min=45, roles={"presenter": ZOE})
    context.changed()
    assert (sum(lengths(form)), attributes(form)) == (45, ("0.0", ""))
    assert "Zoë O&#39;Brien-李" in form.parts.value


def test_a_full_disk_does_not_stop_the_timer(context: FormContext) -> None:
    """It runs, and says that a restart would forget it."""
    form = TimerForm(context)
    with full_disk():
        form.run.button.click()
    assert attributes(form) == ("0.0", "")
    assert told(form.receipt).startswith("⚠ ")


# --- size -------------------------------------------------------------------------------------------------------------


def test_long_lists_are_paged_and_answered_quickly(group: Workbook, context: FormContext) -> None:
    """200 notes, questions and actions; a click makes no row anew and moves none, and what did not change sends nothing."""
    for number in range(200):
        group.enter("note", by=ADA, session=SESSION, text=f"Note {number}")
        group.enter("question", by=BO, session=SESSION, member=BO, text=f"Question {number}")
        group.enter("action", by=ADA, session=SESSION, text=f"Action {number}")
    forms = NotesForm(context), LedgerForm(context), ActionsForm(context), TimerForm(context)
    assert [len(form.rows.children) for form in forms[:3]] == [PAGE + 1] * 3
    sent: list[object] = []
    for form in forms:
        for child in form.children:
            child.observe(sent.append)
    context.changed()
    assert sent == []
    before = forms[2].rows.children
    start = time.process_time()
    choose(before[3], True)
    assert time.process_time() - start < 2
    assert forms[2].rows.children == before
    assert [row.done.value for row in before[:5]] == [False, False, False, True, False]
    before = forms[1].rows.children
    choose(before[3], "dropped")
    assert forms[1].rows.children == before
    forms[1].words.value = "question"
    forms[1].rows.turn(7)
    assert "Question 3 Bo · Fri 20 Nov Dropped by Ada" in texts(forms[1].rows.in_view[-1])
    forms[2].rows.on.click()
    assert forms[2].rows.where.value == "26 to 50 of 200"
