"""Finding a time, in forms without a browser: ask, mark, save, choose, and undo."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from studygroup.forms.choosing.finding import FindTimeForm
from studygroup.forms.choosing.hours_grid import NOTHING, to_marks
from studygroup.forms.choosing.times import HoursForm, TimesForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.group.usual_week import parse_hours
from studygroup.journal.types.records import Availability, Plan, SlotRule, Survey
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.choose.surveys import surveys
from studygroup.publish.messages.announce import personal_reminder, reminder
from studygroup.publish.messages.sending import missing_hours
from studygroup.publish.routine.due import unreached
from studygroup.workbook.workbook import Workbook
from tests.forms.test_choose_forms import button
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
EVENING = to_marks(parse_hours(["tuesday 18:00-20:00"]), parse_hours(["monday 18:00-19:30"]))


def finding(group: Workbook) -> FindTimeForm:
    return FindTimeForm(FormContext(group, ADA))


def hours(form: TimesForm) -> HoursForm:
    [one] = form.asked.children
    assert isinstance(one, HoursForm)
    return one


def answers(group: Workbook) -> dict[str, Any]:
    return {one.member: (one.zone, one.can, one.if_need_be) for one in group.current.current(Availability)}


@pytest.fixture
def asked(group: Workbook) -> FindTimeForm:
    form = finding(group)
    form.first.value, form.minutes.value = date(2027, 3, 1), 60
    button(form, "Ask members").click()
    return form


def test_members_mark_their_hours_and_change_them(group: Workbook, asked: FindTimeForm) -> None:
    """What others answer is shown at once, and what is being marked stays; nothing marked is not an answer by itself."""
    bo, zoe = (TimesForm(FormContext(group, member), member) for member in (BO, ZOE))
    hours(bo).save.click()
    assert "Mark the hours that suit you first" in told(hours(bo).receipt)
    hours(zoe).grid.marks = EVENING
    hours(bo).grid.marks = EVENING
    hours(bo).zone.value = "Europe/Berlin"
    hours(bo).save.click()
    assert answers(group) == {BO: ("Europe/Berlin", ("tuesday 18:00-20:00",), ("monday 18:00-19:30",))}
    zoe.context.changed()
    assert "1 of 3 have answered" in texts(zoe)
    assert hours(zoe).grid.marks == EVENING
    hours(zoe).never.click()
    assert answers(group)[ZOE] == ("UTC", (), ())
    button(hours(bo), "Change my hours").click()
    assert "Saved" in told(hours(bo).receipt)


def test_a_double_click_asks_once_about_a_session_too(group: Workbook) -> None:
    """The second half finds the survey open that the first one made; about another session it asks again."""
    form = finding(group)
    sessions = [value for _, value in form.moves.options if value][:2]
    for session in sessions:
        form.moves.value = session
        for _ in range(2):
            form.ask.click()
    assert sorted(one.moves for one in surveys(group)) == sorted(sessions)


def test_who_has_not_answered_reads_so_on_the_page_and_in_reminders(group: Workbook, asked: FindTimeForm) -> None:
    """Until they answer; the reminder to all names them, one's own letter asks for what is missing, and `due` names whom nothing reaches."""
    form, session = TimesForm(FormContext(group, BO), BO), group.schedule.next(group.clock()).id
    assert "You haven’t answered yet." in texts(form)
    named = "When can you meet, for our usual time from 1 Mar 2027 on? No answer yet from"
    assert f"{named} Ada Lovelace, Bo and Zoë O'Brien-李." in reminder(
        agenda_of(group, session), [], "plain", (), missing_hours(group)
    )
    letter = personal_reminder(agenda_of(group, session), "Bo", answered=True, hours=["our usual time"])
    assert "Hello Bo, you haven’t said when you can meet yet." in letter
    assert "Mark on your page when you can meet, for our usual time." in letter
    for member in (ADA, BO, ZOE):
        group.enter("rsvp", by=member, session=session, member=member, answer="yes")
    assert "Bo" in unreached(group, session)
    hours(form).never.click()
    form.context.changed()
    assert "You haven’t answered yet." not in texts(form) and unreached(group, session) == ["Ada Lovelace", "Zoë O'Brien-李"]
    assert missing_hours(group)[0].names == ("Ada Lovelace", "Zoë O'Brien-李")


def test_marks_that_were_not_saved_come_back(group: Workbook, asked: FindTimeForm) -> None:
    """As after a reload; a zone that is wrong keeps them."""
    bo = hours(TimesForm(FormContext(group, BO), BO))
    bo.grid.marks = EVENING
    again = hours(TimesForm(FormContext(group, BO), BO))
    assert again.grid.marks == EVENING
    assert "isn’t saved yet" in told(again.receipt)
    again.zone.value = "Berln"
    again.save.click()
    assert "Did you mean Europe/Berlin" in told(again.receipt)
    assert again.grid.marks == EVENING
    again.zone.value = "Europe/Berlin"
    again.save.click()
    assert hours(TimesForm(FormContext(group, BO), BO)).grid.marks == EVENING
    assert answers(group)[BO][1] == ("tuesday 18:00-20:00",)


def test_a_page_cannot_send_what_is_not_a_week(group: Workbook, asked: FindTimeForm) -> None:
    bo = hours(TimesForm(FormContext(group, BO), BO))
    for sent in ("", "2" * 335, "3" * 336, 5):
        bo.grid.children[1].set_state({"value": sent})
    assert bo.grid.marks == NOTHING
    assert "not a week" in told(bo.receipt)


def test_a_facilitator_chooses_a_time_and_undoes_it(group: Workbook, asked: FindTimeForm) -> None:
    """With the reason in a line; undone, members are asked again."""
    bo = TimesForm(FormContext(group, BO), BO)
    hours(bo).grid.marks = EVENING
    hours(bo).save.click()
    asked.context.changed()
    assert "Tuesday, 18:00" in texts(asked)
    assert "1 of 1 can" in texts(asked)
    assert "Bo" not in texts(bo)
    row = next(one for one in asked.running.children if "Tuesday, 18:00" in texts(one))
    button(row, "Choose").click()
    [rule] = group.current.current(SlotRule)
    assert (rule.weekday, rule.time, rule.valid_from) == ("tuesday", "18:00", date(2027, 3, 1))
    bo.context.changed()
    assert "we meet Tuesdays at 18:00" in texts(bo)
    assert bo.asked.children == ()
    asked.receipt.undo.button.click()
    assert group.current.current(SlotRule) == []
    assert [one.is_open for one in surveys(group)] == [True]


def test_a_session_that_has_to_move_moves(group: Workbook) -> None:
    """Its days and its length are offered; where it was held or is past, the form asks first."""
    form = finding(group)
    form.moves.value = "2026-11-27"
    assert (form.first.value, form.minutes.value) == (date(2026, 11, 23), 90)
    button(form, "Ask members").click()
    bo = hours(TimesForm(FormContext(group, BO), BO))
    bo.grid.marks = to_marks(parse_hours(["saturday 10:00-11:30"]), ())
    bo.save.click()
    form.context.changed()
    row = next(one for one in form.running.children if "Sat 28 Nov, 10:00" in texts(one))
    button(row, "Choose").click()
    [plan] = group.current.current(Plan)
    assert (plan.session, f"{plan.start:%Y-%m-%d %H:%M}") == ("2026-11-27", "2026-11-28 10:00")
    button(form, "Ask members")


def test_asking_is_stopped_with_a_question(group: Workbook, asked: FindTimeForm) -> None:
    button(asked.running, "Stop asking").click()
    assert "0 members have answered" in texts(asked.confirm)
    button(asked.confirm, "Stop asking").click()
    assert group.current.current(Survey) == []
    assert asked.running.children == ()
