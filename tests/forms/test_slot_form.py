"""The form for when the group meets, without a browser: type, press, look at the schedule and the agenda."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from studygroup.forms.facilitator.slot import SlotForm
from studygroup.forms.facilitator.week import WeekForms
from studygroup.group.slot import Slot
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import entered, told
from tests.forms.test_week_forms import button, texts

ADA = "ada-lovelace"
NEXT = date(2026, 11, 21)
"""The day after the next session."""


@pytest.fixture
def week(group: Workbook) -> Iterator[WeekForms]:
    """Ada's forms."""
    forms = WeekForms(group, ADA)
    yield forms
    forms.stop()


@pytest.fixture
def form(week: WeekForms) -> SlotForm:
    return week.slot


def fill(form: SlotForm, **values: Any) -> None:
    """Type into fields, given by their names."""
    for name, value in values.items():
        getattr(form, name).value = value


def change(form: SlotForm) -> str:
    button(form, "Change when we meet").click()
    return told(form.receipt)


def shown(form: SlotForm) -> tuple[Any, ...]:
    """Return what its fields say."""
    return tuple(one.value for one in (form.day, form.time, form.zone, form.every, form.minutes, form.first))


def test_it_shows_when_the_group_meets_and_saves_nothing(form: SlotForm, group: Workbook) -> None:
    """In words and in the fields; a change starts the day after the next session, and a click on what is so already saves nothing."""
    assert texts(form) == "Fridays at 23:00 UTC, 90 minutes , since 1 Jan 2026"
    assert shown(form) == ("Friday", "23:00", "UTC", "week", 90, NEXT)
    assert "Europe/Berlin" in form.zone.options
    assert change(form) == "On 21 Nov 2026 you already meet then: Fridays at 23:00 UTC, 90 minutes."
    assert entered(group) == []


def test_a_change_is_in_schedule_and_agenda(week: WeekForms, group: Workbook, clock: Clock) -> None:
    """The next session stays; from then on sessions are on the new days, also in the open forms, and a double click saves once."""
    form = week.slot
    fill(form, day="tuesday and friday", time="19:00", zone="Europe/Berlin", minutes=60)
    said = change(form)
    new = "Tuesdays and Fridays at 19:00 Europe/Berlin, 60 minutes"
    assert said == f"Saved 12:00: {new}, from 21 Nov 2026 on"
    assert change(form) == said
    assert entered(group) == [
        (
            "slot",
            ADA,
            {
                "valid_from": NEXT,
                "weekday": ("tuesday", "friday"),
                "time": "19:00",
                "zone": "Europe/Berlin",
                "every": "week",
                "length_min": 60,
            },
        )
    ]
    assert f"From 21 Nov 2026 on: {new}" in texts(form)
    days = [session.start for session in group.schedule.between(date(2026, 11, 20), date(2026, 11, 28))]
    assert [f"{day.astimezone(UTC):%a %d %H:%M}" for day in days] == ["Fri 20 23:00", "Tue 24 18:00", "Fri 27 18:00"]
    assert any("Tue 24 Nov" in label for label, _ in week.plan.session.options)
    clock.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    week.show()
    assert "Tuesday 24 November 2026" in texts(week.standing)
    assert week.context.agenda.start == datetime(2026, 11, 24, 18, tzinfo=UTC)
    assert f"{new} , since 21 Nov 2026" in texts(form)


def test_days_of_a_month_set_how_often(form: SlotForm, group: Workbook) -> None:
    """As they can mean nothing else; days of a week set it back, and every second week stays."""
    fill(form, day="second tuesday, last friday")
    assert form.every.value == "month"
    fill(form, day="tuesday")
    assert form.every.value == "week"
    fill(form, every="second week", day="monday")
    assert form.every.value == "second week"
    fill(form, day="Second Tuesday")
    assert "The second Tuesday of each month at 23:00 UTC" in change(form)
    assert group.slots[-1] == Slot(NEXT, "second tuesday", "23:00", "UTC", "month", 90)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"day": "fridya"}, "Day: 'fridya' is not one of monday, "),
        ({"day": "fridya"}, "(did you mean 'friday'?)"),
        ({"day": "2nd tues"}, "(did you mean 'second tuesday'?)"),
        ({"day": "friday, friday"}, "Day: 'friday' is in the list twice."),
        ({"day": " "}, "Day: write one, such as Friday or second Tuesday."),
        ({"day": "friday", "every": "month"}, "such as 'first friday'"),
        ({"time": "7pm"}, "Time: '7pm' is not a time of day (did you mean '19:00'?)"),
        ({"time": ""}, "Time: '' is not a time of day"),
        ({"zone": "Europe/Berln"}, "Time zone: 'Europe/Berln' is not a time zone"),
        ({"zone": "Europe/Berln"}, "(did you mean 'Europe/Berlin'?)"),
        ({"zone": ""}, "Time zone: '' is not a time zone"),
        ({"minutes": 4}, "Minutes: 4 is not between 5 and 1440 minutes"),
        ({"first": None}, "Valid from: pick a day, such as 21 Nov 2026."),
        ({"first": date(1926, 1, 1)}, "Valid from: 1926-01-01 is not between"),
    ],
)
def test_what_is_wrong_is_refused_and_stays(form: SlotForm, group: Workbook, values: dict[str, Any], message: str) -> None:
    """A sentence that begins with the field's label says what is right; nothing is saved, and everything typed is still there."""
    fill(form, **values)
    before = shown(form)
    said = change(form)
    assert message in said
    assert "Nothing was saved; what you typed is still there." in said
    assert shown(form) == before
    assert entered(group) == []


def test_several_wrong_fields_are_named_together(form: SlotForm) -> None:
    """Each with its own sentence."""
    fill(form, day="fridya", time="25:00")
    said = change(form)
    assert "Day: " in said
    assert "Time: " in said


def test_only_a_facilitator_changes_it(group: Workbook) -> None:
    """A member is told who can; what they typed stays, and they are not asked about anything first."""
    forms = WeekForms(group, "bo")
    try:
        fill(forms.slot, day="monday", first=date(2026, 11, 1))
        assert change(forms.slot) == "A slot is for a facilitator to enter: Ada Lovelace."
        assert (forms.slot.day.value, forms.slot.confirm.is_open) == ("monday", False)
        assert entered(group) == []
    finally:
        forms.stop()


def test_without_anyone_on_the_roster_it_says_what_to_do(workbook: Workbook) -> None:
    """Nothing is saved in no one's name."""
    forms = WeekForms(workbook, "")
    try:
        fill(forms.slot, day="monday")
        assert "First add yourself under People" in change(forms.slot)
        assert entered(workbook) == []
    finally:
        forms.stop()


def test_undo_lets_the_group_meet_as_before(form: SlotForm, group: Workbook) -> None:
    """In the schedule, in words and, once it counts today, in the fields."""
    fill(form, day="monday", first=date(2026, 11, 20))
    assert "Saved" in change(form)
    assert "Mondays at 23:00 UTC, 90 minutes , since 20 Nov 2026" in texts(form)
    form.receipt.undo.button.click()
    assert told(form.receipt) == "Undone."
    assert group.schedule.next(group.clock()).id == "2026-11-20"
    assert texts(form).startswith("Fridays at 23:00 UTC, 90 minutes , since 1 Jan 2026")
    assert form.day.value == "Friday"


def test_the_fields_follow_what_is_entered_elsewhere(week: WeekForms, group: Workbook, reopen: Callable[[], Workbook]) -> None:
    """But what is being typed stays."""
    form = week.slot
    fill(form, minutes=75)
    today = date(2026, 11, 20)
    reopen().enter("slot", by=ADA, valid_from=today, weekday="sunday", time="10:00", zone="Asia/Kolkata", length_min=45)
    week.show()
    assert shown(form) == ("Sunday", "10:00", "Asia/Kolkata", "week", 75, date(2026, 11, 23))
    assert "Sundays at 10:00 Asia/Kolkata, 45 minutes , since 20 Nov 2026" in texts(form)


def test_what_was_saved_follows_the_next_change(week: WeekForms, reopen: Callable[[], Workbook]) -> None:
    """A form in which something was saved shows later what others made of it."""
    form, today = week.slot, date(2026, 11, 20)
    fill(form, day="monday", first=today)
    change(form)
    other = reopen()
    other.amend("slot", by=ADA, valid_from=today, weekday="sunday")
    week.show()
    assert form.day.value == "Sunday"


def test_what_someone_else_entered_for_that_day_is_shown_first(
    form: SlotForm, group: Workbook, reopen: Callable[[], Workbook]
) -> None:
    """The first click says who and when, and saves nothing; the second one replaces it."""
    other = reopen()
    other.add_person("Grace", by=ADA, role="facilitator")
    other.enter("slot", by="grace", valid_from=NEXT, weekday="sunday", time="10:00", zone="UTC")
    fill(form, day="monday")
    assert change(form).startswith("Grace entered this at 12:00, meanwhile")
    assert group.slots[-1].weekday == "sunday"
    assert form.day.value == "monday"
    assert "Saved" in change(form)
    assert group.slots[-1].weekday == "monday"


def test_a_planned_session_that_would_be_gone_is_asked_about(form: SlotForm, group: Workbook) -> None:
    """Its day is named, and nothing changes until that is confirmed; a change of the time alone keeps it and is not asked about."""
    plan_session(group, "2026-11-27", by=ADA, steps=[1])
    fill(form, time="20:00")
    assert "Saved" in change(form)
    fill(form, day="monday")
    change(form)
    assert "There will be no session on Fri 27 Nov, though something was entered for it." in texts(form.confirm)
    button(form, "Leave it as it was").click()
    assert group.slots[-1].weekday == "friday"
    change(form)
    button(form, "Yes, change it").click()
    assert "Saved" in told(form.receipt)
    assert group.slots[-1].weekday == "monday"


def test_a_day_in_the_past_is_asked_about(form: SlotForm, group: Workbook) -> None:
    """As sessions that took place would change, too."""
    fill(form, day="monday", first=date(2026, 10, 1))
    change(form)
    assert "1 Oct 2026 is past: the sessions since then change, too. Change when you meet?" in texts(form.confirm)
    assert entered(group) == []
    button(form, "Yes, change it").click()
    assert group.slots[-1].valid_from == date(2026, 10, 1)
