"""Feedback in ten seconds: counted for facilitators, never with a name that was not signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import studygroup as sg
from studygroup.errors import RecordError
from studygroup.forms.facilitator.history import HistoryForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.member_page.member import MemberForms
from studygroup.forms.member_page.member_screen import MEMBER_TABS
from studygroup.forms.member_page.next_session import NextForm
from studygroup.forms.session.feedback import FeedbackForm
from studygroup.forms.session.pace import PaceForm
from studygroup.journal.types.records import Feedback
from studygroup.meeting.after.feedback import feedback_of
from studygroup.meeting.before.planning import attend, plan_session
from studygroup.publish.site.site_content import content_of
from studygroup.workbook.forget import forget, held_about, plan_erasure
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import button, texts
from tests.support.command_line import command

ADA, BO, ZOE, FIRST = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"


@pytest.fixture
def over(group: Workbook, clock: Clock) -> Workbook:
    """The first session is over; Ada and Bo were there, Zoë was not."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    for member, state in ((ADA, "present"), (BO, "late"), (ZOE, "absent")):
        attend(group, FIRST, member, state, by=ADA)
    clock.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    return group


def is_shown(form: FeedbackForm) -> bool:
    return form.layout.display is None


def test_it_is_asked_when_the_session_is_over_of_those_who_were_there(over: Workbook, clock: Clock) -> None:
    """Until the next one begins; before that there is nothing to say, and who was absent is not asked."""
    shown = [is_shown(NextForm(FormContext(over, member), member).feedback) for member in (ADA, BO, ZOE)]
    assert shown == [True, True, False]
    form = FeedbackForm(FormContext(over, BO), BO)
    for moment, seen in ((datetime(2026, 11, 27, 22, tzinfo=UTC), True), (datetime(2026, 11, 27, 23, 1, tzinfo=UTC), False)):
        clock.now = moment
        form.show()
        assert is_shown(form) is seen
    clock.now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    form.show()
    assert not is_shown(form)


def test_one_tap_is_enough_and_facilitators_see_counts(over: Workbook) -> None:
    """A tap saves; another one changes it; the next preparation says how many found what, and lines without names."""
    form, ada = FeedbackForm(FormContext(over, BO), BO), FeedbackForm(FormContext(over, ADA), ADA)
    form.pace.value = "faster"
    form.pace.value = "slower"
    assert "only counted, without your name" in texts(form)
    form.worth.value = ada.worth.value = "yes"
    form.line.value = "More time for <b>proofs</b>."
    button(form, "Save line").click()
    assert [(one.pace, one.worth, one.text) for one in over.current.current(Feedback) if one.member == BO] == [
        ("slower", "yes", "More time for <b>proofs</b>.")
    ]
    shown = texts(PaceForm(FormContext(over, ADA), lambda: "2026-11-27"))
    assert (
        "After the session of Fri 20 Nov: One found it too fast; two found it worth it. More time for <b>proofs</b>." in shown
    )
    assert "Bo" not in shown


def test_a_name_shows_only_where_it_was_signed(over: Workbook) -> None:
    """In the preparation, in tables, in history and on the site; the member sees their own."""
    over.enter("feedback", by=BO, session=FIRST, member=BO, pace="slower", text="Mine alone.")
    over.enter("feedback", by=ADA, session=FIRST, member=ADA, worth="no", text="My name is on it.", signed=True)
    said = feedback_of(over, over.schedule.find(FIRST))
    assert said is not None and [(line.text, line.by) for line in said.lines] == [
        ("Mine alone.", ""),
        ("My name is on it.", "Ada Lovelace"),
    ]
    table = sg.Group(over).tables.feedback
    assert sorted(zip(table["text"], table["member"], table["by"], strict=True)) == [
        ("Mine alone.", "", ""),
        ("My name is on it.", ADA, ADA),
    ]
    when = dict(zip(table["text"], table["at"].notna(), strict=True))
    assert when == {"Mine alone.": False, "My name is on it.": True}
    shown = texts(HistoryForm(FormContext(over, ADA)))
    assert "My name is on it." in shown and "Mine alone." not in shown
    assert "Mine alone." in texts(HistoryForm(FormContext(over, BO)))
    printed = [command(name, cwd=over.folder).stdout for name in ("history",)]
    assert not any("Mine alone." in text for text in printed)
    pages = "".join(data.decode(errors="replace") for data in content_of(over).files.values())
    assert "Mine alone." not in pages and "My name is on it." not in pages


def test_who_takes_their_name_away_is_named_nowhere_any_more(over: Workbook) -> None:
    """Also not in the history of what was signed before."""
    for signed in (True, False):
        over.enter("feedback", by=BO, session=FIRST, member=BO, worth="no", text="Once signed.", signed=signed)
    assert "Once signed." not in texts(HistoryForm(FormContext(over, ADA)))
    assert "Once signed." not in command("history", "--json", cwd=over.folder).stdout
    assert "Once signed." in texts(HistoryForm(FormContext(over, BO)))


def test_it_says_something_in_a_line(over: Workbook) -> None:
    """Nothing at all is refused with a sentence, as are two lines; a member gives their own."""
    with pytest.raises(RecordError, match="Say whether it was worth it"):
        over.enter("feedback", by=BO, session=FIRST, member=BO)
    with pytest.raises(RecordError, match="The line is too long; write one line"):
        over.enter("feedback", by=BO, session=FIRST, member=BO, text="a\nb")
    with pytest.raises(RecordError, match="Only Bo can enter or change this"):
        over.enter("feedback", by=ZOE, session=FIRST, member=BO, worth="no")


def test_forgetting_takes_lines_along(over: Workbook, reopen: Callable[[], Workbook]) -> None:
    """What the member wrote; the counts stay. Their export has it."""
    over.enter("feedback", by=BO, session=FIRST, member=BO, pace="slower", text="Mine alone.")
    assert [one["text"] for one in held_about(over, BO)["typed"] if one["type"] == "feedback"] == ["Mine alone."]
    forget(over, plan_erasure(over, BO))
    [kept] = reopen().current.current(Feedback)
    assert (kept.member, kept.pace, kept.text) == ("former-member", "slower", "[removed]")


def test_there_is_nothing_to_say_of_a_session_that_was_not(over: Workbook) -> None:
    """One ahead, and one that was cancelled."""
    with pytest.raises(RecordError, match="has not begun; say how it was when you have been there"):
        over.enter("feedback", by=BO, session="2026-11-27", member=BO, worth="yes")
    plan_session(over, "2026-11-27", by=ADA, cancelled=True, why="Storm")
    with pytest.raises(RecordError, match="was cancelled, so there is nothing to say"):
        over.enter("feedback", by=BO, session="2026-11-27", member=BO, worth="yes")


def test_the_last_session_of_a_group_that_stops_is_asked_about_for_two_weeks(over: Workbook, clock: Clock) -> None:
    """No session comes any more; the member's tabs open all the same."""
    settings = over.folder / "pyproject.toml"
    days = ", ".join(f"{datetime(2026, 11, 27) + timedelta(weeks=week):%Y-%m-%d}" for week in range(300))
    settings.write_text(settings.read_text().replace('syllabus = "basics"', f'syllabus = "basics"\nholidays = [{days}]'))
    over.reread()
    forms = MemberForms(over, BO)
    assert is_shown(forms.next.feedback) and "No session is planned at the moment." in texts(forms.next)
    for tab in MEMBER_TABS:
        forms.screen.tabs.turn_to(tab)
    forms.next.feedback.worth.value = "yes"
    assert feedback_of(over, over.schedule.find(FIRST)) is not None
    clock.now += timedelta(days=15)
    forms.show()
    assert not is_shown(forms.next.feedback)


def test_who_has_said_it_sees_a_line_until_they_change_it(over: Workbook) -> None:
    """While they tap, the fields stay; the next time they come, the page is short."""
    form = FeedbackForm(FormContext(over, BO), BO)
    form.worth.value, form.pace.value = "yes", "right"
    assert form.fields.layout.display is None
    again = FeedbackForm(FormContext(over, BO), BO)
    assert again.fields.layout.display == "none" and "Thanks for your feedback on the session of Fri 20 Nov" in texts(again)
    button(again, "Change what you said").click()
    assert again.fields.layout.display is None and again.pace.value == "right"
