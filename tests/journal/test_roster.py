"""Who is a member on a day: one answer for forms, agenda, report, site, messages and commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.forms.facilitator.attendance import AttendanceForm
from studygroup.forms.facilitator.people import PeopleForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Person
from studygroup.meeting.after.report import known_of, report_of
from studygroup.meeting.before.agenda import agenda_of
from studygroup.publish.messages.announce import report_message
from studygroup.publish.messages.sending import silent_members
from studygroup.publish.pages.report_page import ReportPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_week_forms import texts

ADA, BO, ZOE, WEEK, PAST = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20", "2026-10-30"


def came(book: Workbook, session: str, *members: str, state: str = "present") -> None:
    for member in members:
        book.enter("attendance", by=ADA, session=session, member=member, state=state)


def counts(book: Workbook, session: str) -> tuple[int, int, int]:
    turnout = report_of(book, session).turnout
    return turnout.members, turnout.there, turnout.guests


def test_the_first_attendance_counts_as_joined(group: Workbook) -> None:
    """Those who were put on the roster later are members of the sessions since they first came, and of none before."""
    came(group, PAST, ADA, BO)
    came(group, PAST, ZOE, state="excused")
    assert counts(group, PAST) == (2, 2, 0)
    assert counts(group, "2026-11-06") == (2, 0, 0)
    assert group.roster.members_on(date(2026, 10, 29)) == set()
    assert group.roster.members_on(date(2026, 10, 30)) == {ADA, BO}
    assert known_of(group).weeks[0].there == 2


def test_a_guest_stays_a_guest(group: Workbook, clock: Clock) -> None:
    """Also after becoming a member: the sessions before have a guest, those from then on a member."""
    vi = group.add_person("Vi", by=ADA, guest=True, left=date(2026, 10, 30)).member
    came(group, PAST, ADA, vi)
    assert counts(group, PAST) == (1, 1, 1)
    assert group.add_person("Vi", by=ADA).member == vi
    assert (counts(group, PAST), counts(group, WEEK)[0]) == ((1, 1, 1), 4)
    ed = group.add_person("Ed", by=ADA, guest=True).member
    came(group, PAST, ed)
    clock.now += timedelta(days=2)
    group.change_person(ed, by=ADA, guest=False)
    assert (counts(group, PAST), counts(group, WEEK)[0], counts(group, "2026-11-27")[0]) == ((1, 1, 2), 4, 5)


def test_who_left_and_came_back_was_away_in_between(group: Workbook, clock: Clock) -> None:
    """Past reports count them while they were members, and not meanwhile; whoever comes back on the last day never left."""
    came(group, PAST, ADA, BO)
    group.change_person(BO, by=ADA, left=date(2026, 11, 10))
    group.add_person("Bo", by=ADA)
    assert [counts(group, one)[0] for one in (PAST, "2026-11-06", "2026-11-13", WEEK)] == [2, 2, 1, 3]
    group.change_person(BO, by=ADA, left=group.today())
    group.add_person("Bo", by=ADA)
    assert [counts(group, one)[0] for one in (PAST, "2026-11-13", WEEK)] == [2, 1, 3]


def test_since_says_when_someone_joined(group: Workbook, folder: Path, reopen: Callable[[], Workbook]) -> None:
    """``member add --since``, and ``member joined`` to correct it."""

    def studygroup(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(load(), ["--workbook", str(folder), "member", *words, "--by", ADA])
        assert done.exit_code == code, done.output
        return done.output

    assert studygroup("add", "Cy Diaz", "--since", "2026-09-01").splitlines()[0] == "cy-diaz"
    assert counts(reopen(), PAST) == (1, 0, 0)
    studygroup("joined", "bo", "2026-10-01")
    assert counts(reopen(), PAST) == (2, 0, 0)
    studygroup("joined", "bo", "2026-11-19")
    assert counts(reopen(), PAST) == (1, 0, 0)
    studygroup("add", "Di", "--since", "yesterday", code=2)


def test_the_form_says_since_when(group: Workbook) -> None:
    """When adding someone and when changing them."""
    form = PeopleForm(FormContext(group, ADA))
    form.name.value, form.since.value = "Cy Diaz", date(2026, 9, 1)
    form.add.click()
    assert (group.people["cy-diaz"].joined, form.since.value) == (date(2026, 9, 1), None)
    assert counts(group, PAST)[0] == 1


def test_every_place_counts_the_same(group: Workbook, clock: Clock) -> None:
    """With someone who leaves on the day, one who joined late, one who comes back, and guests: form, agenda, report, message."""
    gone = group.add_person("Gone", by=ADA, since=date(2026, 1, 1)).member
    last = group.add_person("Last Day", by=ADA, since=date(2026, 1, 1)).member
    group.add_person("Later", by=ADA, since=date(2026, 11, 22))
    vi = group.add_person("Vi", by=ADA, guest=True).member
    group.change_person(gone, by=ADA, left=date(2026, 11, 19))
    group.change_person(last, by=ADA, left=date(2026, 11, 20))
    clock.now = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    members = {ADA, BO, ZOE, last}
    found = group.schedule.find(WEEK)
    assert group.roster.members_at(found) == members
    assert {member for member, _ in silent_members(group, WEEK)} == members
    assert agenda_of(group, WEEK).members == 4
    came(group, WEEK, ADA, BO, vi, gone)
    form = AttendanceForm(FormContext(group, ADA))
    assert "2 of 4 there, plus 2 guests" in texts(form.count)
    assert "2 not marked" in texts(form.count)
    assert counts(group, WEEK) == (4, 2, 2)
    clock.now += timedelta(hours=2)
    assert "2 of 4 attended, plus 2 guests" in ReportPage(report_of(group, WEEK)).heading().markdown
    assert "2 of 4 members came, plus 2 guests." in report_message(report_of(group, WEEK))


def test_an_undone_entry_is_no_membership(group: Workbook) -> None:
    """Undoing the first attendance, or the last change of the roster, undoes what it meant."""
    came(group, PAST, BO)
    assert counts(group, PAST) == (1, 1, 0)
    group.undo(group.journal.records[-1].id, by=ADA)
    assert counts(group, PAST) == (0, 0, 0)
    group.change_person(BO, by=ADA, joined=date(2026, 1, 1))
    assert counts(group, PAST)[0] == 1
    group.undo(group.journal.records[-1].id, by=ADA)
    assert counts(group, PAST)[0] == 0


def test_a_moved_session_has_the_members_of_its_new_day(group: Workbook) -> None:
    """The day of a session is the one on which it starts now."""
    group.change_person(BO, by=ADA, left=date(2026, 11, 21))
    group.enter("plan", by=ADA, session=WEEK, start=datetime(2026, 11, 22, 20, tzinfo=UTC))
    assert group.roster.members_at(group.schedule.find(WEEK)) == {ADA, ZOE}


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2026, 11, 21)])
def test_facilitators_are_those_of_the_day(group: Workbook, day: date) -> None:
    """By their role or by the settings; until their last day."""
    group.change_person(BO, by=ADA, role="facilitator", left=date(2026, 11, 20))
    expected = [ADA, BO] if day == date(2026, 11, 20) else [ADA]
    assert group.roster.facilitators_on(day) == expected
    assert isinstance(group.people[BO], Person)
