"""Forms ask before they do what one click cannot undo, and a double click does one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from studygroup.forms.facilitator.week import WeekForms
from studygroup.journal.types.records import Note, Person, Plan
from studygroup.text.text import comparable
from studygroup.workbook.workbook import Workbook
from tests.forms.test_member_forms import entered, told
from tests.forms.test_week_forms import ADA, NEXT, WEEK, button, texts
from tests.support.needs import until


@pytest.fixture
def week(group: Workbook) -> Iterator[WeekForms]:
    """Ada's forms."""
    forms = WeekForms(group, ADA)
    yield forms
    forms.stop()


def press_twice(form: WeekForms, words: str) -> None:
    """Press one button twice, as a double click does: the second click goes to the button that was there at the first."""
    pressed = button(form, words)
    pressed.click()
    pressed.click()


def test_a_double_click_without_a_reason_cancels_nothing(week: WeekForms, group: Workbook) -> None:
    """The form says that a reason is missing; the same session stays chosen."""
    press_twice(week.plan, "Cancel session")
    assert entered(group) == []
    assert "Reason" in told(week.plan.receipt)
    assert week.plan.chosen == WEEK


def test_a_cancellation_asks_and_makes_one_record(week: WeekForms, group: Workbook) -> None:
    """However often each button is pressed; the selection stays, and the next session takes place."""
    form = week.plan
    form.why.value = "Storm"
    press_twice(form, "Cancel session")
    assert entered(group) == []
    assert "Cancel the session of Friday 20 November 2026" in texts(form.confirm)
    press_twice(form, "Yes, cancel it")
    [plan] = (one for one in group.journal.records if isinstance(one, Plan))
    assert (plan.session, plan.cancelled, plan.why) == (WEEK, True, "Storm")
    assert form.chosen == WEEK
    assert not form.confirm.is_open
    assert not group.schedule.find(NEXT).cancelled
    form.show()
    assert form.chosen == WEEK


def test_a_double_click_adds_one_step(week: WeekForms, group: Workbook) -> None:
    """The button that adds the step after it is another one, also where a busy kernel hears of the second click late."""
    press_twice(week.plan, "Add next step")
    [plan] = (one for one in group.journal.records if isinstance(one, Plan))
    button(week.plan, "Add next step").click()
    held = group.latest(Plan, WEEK)
    assert held is not None and len(held.entries) == len(plan.entries) + 1


def test_a_click_on_a_button_that_meant_something_else_does_nothing(week: WeekForms, group: Workbook) -> None:
    """Someone cancelled the session while it was being cancelled here: it is not held after all."""
    form = week.plan
    form.why.value = "Storm"
    pressed = button(form, "Cancel session")
    group.enter("plan", by=ADA, session=WEEK, cancelled=True, why="Snow")
    week.context.changed()
    pressed.click()
    assert group.schedule.find(WEEK).cancelled
    button(form, "Reinstate session").click()
    assert not group.schedule.find(WEEK).cancelled


def test_a_double_click_on_undo_undoes_once(week: WeekForms, group: Workbook) -> None:
    """After a note was undone, *Undo* enters it again; its second click does not undo it once more."""
    form = week.notes
    form.text.area.value = "We meet earlier"
    press_twice(form, "Add note")
    press_twice(form, "Change the note: We meet earlier")
    press_twice(form, "Undo this note")
    assert group.current.current(Note) == []
    press_twice(form, "Undo")
    [note] = group.current.current(Note)
    assert note.text == "We meet earlier"
    assert "entered again" in told(form.receipt)


def test_a_double_click_starts_the_timer(week: WeekForms) -> None:
    """It neither pauses it, nor resumes one that was to be paused."""
    press_twice(week.timer, "Start")
    assert week.timer.run.button.description == "Pause"
    press_twice(week.timer, "Pause")
    assert week.timer.run.button.description == "Go on"


def test_a_double_click_shows_a_preview(week: WeekForms) -> None:
    """It does not hide it again."""
    press_twice(week.agenda, "Preview agenda")
    assert week.agenda.shown.layout.display is None
    press_twice(week.agenda, "Hide agenda")
    assert week.agenda.shown.layout.display == "none"


def test_a_question_goes_when_another_session_is_chosen(week: WeekForms, group: Workbook) -> None:
    """Its answer would be about a session that is no longer shown."""
    form = week.plan
    form.why.value = "Storm"
    button(form, "Cancel session").click()
    answer = button(form, "Yes, cancel it")
    form.session.value = NEXT
    answer.click()
    assert entered(group) == []
    assert not form.confirm.is_open


def test_a_time_that_is_over_is_asked_about(week: WeekForms, group: Workbook) -> None:
    """Four weeks back is saved only once that is confirmed, once."""
    form = week.plan
    form.start.value = datetime(2026, 10, 23, 18, 30)
    press_twice(form, "Save time")
    assert entered(group) == []
    assert "ago. Move the session" in texts(form.confirm)
    button(form, "Leave the time as it was").click()
    assert entered(group) == []
    button(form, "Save time").click()
    press_twice(form, "Move it to the past")
    assert len(entered(group)) == 1


@pytest.mark.parametrize("minutes", [0, -5, 4, 1441, 100_000])
def test_minutes_beyond_the_bounds_are_refused(week: WeekForms, group: Workbook, minutes: int) -> None:
    """A sentence says which are possible; the field keeps what was typed."""
    week.plan.length.set_state({"value": minutes})
    button(week.plan, "Save time").click()
    assert "from 5 to 1,440" in told(week.plan.receipt)
    assert week.plan.length.value == minutes
    assert entered(group) == []


@pytest.mark.parametrize("mark", "’‘ʼ`´′＇")
def test_every_apostrophe_is_one(mark: str) -> None:
    """Whatever a keyboard makes of it."""
    assert comparable(f"zoë o{mark}brien") == comparable("Zoë O'Brien")


@pytest.mark.parametrize("name", ["zoë o’brien-李", "Zoe O'Brien‑李", "Zoë\u00a0O´Brien 李", "O'Brien-李, Zoë"])
def test_a_name_like_one_on_the_roster_is_asked_about(week: WeekForms, group: Workbook, name: str) -> None:
    """The person who is meant is not added a second time."""
    form, before = week.people, len(group.people)
    form.name.value = name
    press_twice(form, "Add yourself" if not before else "Add")
    assert "O'Brien" in texts(form.confirm)
    assert len(group.people) == before
    press_twice(form, f"Yes, it’s {group.people['zoe-obrien-li'].name}")
    assert len(group.people) == before
    assert "no one was added" in told(form.receipt)


def test_a_guest_with_a_name_like_a_members_is_asked_about(week: WeekForms, group: Workbook) -> None:
    """The member who is meant is entered as present, and no guest is added."""
    form, before = week.attendance, len(group.people)
    form.guest.value = "Zoe OBrien 李"
    press_twice(form, "Add a guest, who is present")
    # The session begins in some hours.
    button(form, "Record anyway").click()
    assert len(group.people) == before
    button(form, f"Yes, it’s {group.people['zoe-obrien-li'].name}").click()
    assert len(group.people) == before


@pytest.mark.slow
def test_someone_else_with_nearly_the_same_name_can_be_added(week: WeekForms, group: Workbook) -> None:
    """Once it was asked."""
    group.add_person("Mia Chandler", by=ADA)
    form = week.people
    form.name.value = "Mia Chandlet"
    button(form, "Add").click()
    press_twice(form, "No, add a new person")
    assert sum(isinstance(one, Person) and one.name == "Mia Chandlet" for one in group.journal.records) == 1


@pytest.mark.parametrize(
    ("form", "press", "fill", "says"),
    [
        ("notes", "add", lambda one: setattr(one.text.area, "value", "A note"), "The note is empty; please write it."),
        ("actions", "add", lambda one: setattr(one.text.area, "value", "An action"), "The action is empty; please write it."),
        ("questions", "ask", lambda one: setattr(one.text.area, "value", "Why?"), "The question is empty; please write it."),
        ("people", "add", lambda one: setattr(one.name, "value", "Cy"), "The name is empty; please give one."),
    ],
)
def test_an_empty_click_after_a_save_gets_an_answer(week: WeekForms, form: str, press: str, fill: Any, says: str) -> None:
    """Not at once, where it is the second half of a double click: a moment later, and the last *Saved* does not stay."""
    one = getattr(week, form)
    fill(one)
    getattr(one, press).click()
    assert told(one.receipt).startswith("Saved")

    def pressed_again() -> str:
        getattr(one, press).click()
        return told(one.receipt)

    assert pressed_again() != says
    until(lambda: pressed_again() == says)
