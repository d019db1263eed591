"""The report as data: who came, what was made of the reading, what was asked, decided and promised, what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from studygroup.meeting.after.report import known_of, report_of
from studygroup.meeting.before.missing import Missing
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.meeting.facts.opinions import MaterialLink, Ratings, SummaryView
from studygroup.meeting.facts.turnout import ANSWERS, STATES, Week
from studygroup.publish.pages.report_page import ReportPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
FIRST, SECOND, THIRD = "2026-11-20", "2026-11-27", "2026-12-04"


def came(book: Workbook, session: str, **states: str) -> None:
    for member, state in states.items():
        book.enter("attendance", by=ADA, session=session, member=member.replace("_", "-"), state=state)


def abouts(book: Workbook, session: str) -> list[str]:
    return [one.about for one in report_of(book, session).missing]


def show_names(book: Workbook) -> Workbook:
    settings = book.folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nshow_reader_names = true'))
    return Workbook(book.folder, book.clock)


def test_an_empty_group_has_a_report_that_says_what_is_missing(workbook: Workbook) -> None:
    """No one, nothing recorded, the session ahead."""
    report = report_of(workbook, FIRST)
    assert (report.state, report.turnout.members, report.turnout.recorded) == ("ahead", 0, False)
    assert [one.assignment.title for one in report.discussed] == ["Few-Shot Learners"]
    assert [one.about for one in report.missing] == ["start", "attendance", "roles", "summaries", "notes", "close"]


def test_without_a_date_it_is_the_session_under_way_or_last(group: Workbook, clock: Clock) -> None:
    """Also after that one was closed; before the very first one it is the next."""
    assert report_of(group).agenda.session == "2026-11-13"
    clock.now = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
    assert report_of(group).agenda.session == FIRST
    came(group, FIRST, bo="present")
    close_session(group, FIRST, by=ADA)
    clock.now = datetime(2026, 11, 25, tzinfo=UTC)
    assert report_of(group).agenda.session == FIRST


def test_attendance_stands_against_what_was_said_before(group: Workbook) -> None:
    """Answers by states; a guest counts beside the members; no one is named unless the settings say so."""
    visitor = group.add_person("Vi", by=ADA, guest=True).member
    group.enter("rsvp", by=BO, session=FIRST, member=BO, answer="yes")
    group.enter("away", by=ZOE, member=ZOE, first=date(2026, 11, 18), last=date(2026, 11, 22), why="private")
    came(group, FIRST, bo="late", zoe_obrien_li="excused", **{visitor: "present"})
    turnout = report_of(group, FIRST).turnout
    assert (turnout.members, turnout.there, turnout.guests, turnout.of_answer("no")) == (3, 1, 1, 1)
    found = {
        (answer, state): count
        for answer, row in zip(ANSWERS, turnout.counts, strict=True)
        for state, count in zip(STATES, row, strict=True)
        if count
    }
    assert found == {("yes", "late"): 1, ("no", "excused"): 1, ("", ""): 1}
    assert turnout.named == ()
    report = report_of(show_names(group), FIRST)
    assert report.turnout.named == (("present", ("Vi",)), ("late", ("Bo",)), ("excused", ("Zoë O'Brien-李",)))
    assert "private" not in msgspec.json.encode(report).decode()


def test_what_was_read_has_what_members_made_of_it(group: Workbook, clock: Clock) -> None:
    """Statuses of members, summaries signed, ratings with their spread; a guest's summary stands too."""
    visitor = group.add_person("Vi", by=ADA, guest=True).member
    plan_session(group, FIRST, by=ADA, steps=[1])
    came(group, FIRST, bo="present")
    group.enter("reading", by=BO, member=BO, item="few-shot", status="skimmed")
    group.enter("reading", by=ADA, member=ADA, item="few-shot", status="read")
    group.enter("summary", by=ZOE, member=ZOE, item="few-shot", big_idea=" $x^2$ ", relevance="*Much.*")
    group.enter("summary", by=visitor, member=visitor, item="few-shot", text="A guest's words")
    for role, label, url in (
        ("further_reading", "More", "https://example.org/m"),
        ("slides", "Ours", "https://example.org/s.pdf"),
    ):
        group.enter("material", by=BO, item="few-shot", label=label, url=url, role=role)
    for member, stars in ((ADA, 5), (BO, 5), (ZOE, 2)):
        group.enter("rating", by=member, member=member, item="few-shot", rating=stars)
    clock.now = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    [thing] = report_of(group, FIRST).discussed
    [work] = thing.works
    assert work.statuses == {"unread": 1, "reading": 0, "skimmed": 1, "read": 1, "skipped": 0}
    assert work.summaries == (
        SummaryView("Vi", "", "", "A guest's words", "2026-11-20"),
        SummaryView("Zoë O'Brien-李", "$x^2$", "*Much.*", "", "2026-11-20"),
    )
    assert work.ratings == Ratings((0, 1, 0, 0, 2))
    assert (work.ratings.number, work.ratings.mean, work.ratings.lowest, work.ratings.highest) == (3, 4.0, 2, 5)
    assert work.links == (
        MaterialLink("slides", "Ours", "https://example.org/s.pdf"),
        MaterialLink("further_reading", "More", "https://example.org/m"),
    )
    assert (Ratings().number, Ratings().mean, Ratings().lowest) == (0, 0.0, 0)


def test_before_the_session_summaries_are_only_counted(group: Workbook, clock: Clock) -> None:
    """Unless the work was read before, or the settings say otherwise; from its begin on they are there."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    group.enter("summary", by=BO, member=BO, item="few-shot", text="Mine")
    ahead = report_of(group, FIRST)
    [work] = ahead.discussed[0].works
    assert (work.summaries, work.kept_back) == ((), 1)
    assert "summaries" not in [one.about for one in ahead.missing]
    assert "1 summary written. You’ll see it here when the session starts." in ReportPage(ahead).discussed().markdown
    settings = group.folder / "pyproject.toml"
    told = settings.read_text()
    settings.write_text(told.replace('syllabus = "basics"', 'syllabus = "basics"\nblind_summaries = false'))
    assert report_of(Workbook(group.folder, clock), FIRST).discussed[0].works[0].summaries[0].text == "Mine"
    settings.write_text(told)
    clock.now = datetime(2026, 11, 20, 23, 1, tzinfo=UTC)
    assert report_of(group, FIRST).discussed[0].works[0].summaries[0].text == "Mine"
    plan_session(group, SECOND, by=ADA, steps=[5])
    assert report_of(group, SECOND).discussed[0].works[0].kept_back == 0


def test_every_question_stands_once(group: Workbook, clock: Clock) -> None:
    """Under what became of it; what is settled later was open here."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    plan_session(group, SECOND, by=ADA, steps=[2])
    plan_session(group, THIRD, by=ADA, steps=[4])
    ask = lambda session, item, text: group.enter("question", by=BO, session=session, member=BO, item=item, text=text).id  # noqa: E731
    on_item, general, beside = ask(FIRST, "few-shot", "A?"), ask(FIRST, "", "B?"), ask(FIRST, "talk", "C?")
    later = ask(SECOND, "few-shot", "D?")
    group.enter("answer", by=ADA, session=FIRST, question=general, member=ADA, text="So.")
    group.enter("answer", by=ADA, session=SECOND, question=on_item, member=ADA, text="Thus.", item="tuned")
    group.enter("answer", by=ADA, session=SECOND, question=beside, member=ADA, state="dropped")
    first, second, third = (report_of(group, session).questions for session in (FIRST, SECOND, THIRD))
    ids = lambda found: [one.id for one in found]  # noqa: E731
    assert (ids(first.settled), ids(first.new), ids(first.carried)) == ([general], [on_item, beside], [])
    assert (ids(second.settled), ids(second.new), ids(second.carried)) == ([on_item, beside], [later], [])
    assert (ids(third.carried), third.settled) == ([later], ())
    [closed, dropped] = second.settled
    assert (closed.closing, closed.answers, closed.asker, closed.closer) == ("Tuned Models", ("Thus.",), "", "")
    assert dropped.state == "dropped"
    asked = report_of(show_names(group), SECOND).questions.settled[0]
    assert (asked.asker, asked.closer) == ("Bo", "Ada Lovelace")


def test_notes_decisions_and_actions_of_the_session_and_actions_from_before(group: Workbook) -> None:
    """What is done before is gone; what is done here stays, as done."""
    group.enter("note", by=ADA, session=FIRST, text="Said")
    group.enter("note", by=ADA, session=FIRST, text="Decided", decision=True)
    old = group.enter("action", by=ADA, session=FIRST, text="Old", owner=BO, due=date(2026, 11, 25))
    gone = group.enter("action", by=ADA, session=FIRST, text="Gone")
    group.amend("action", by=ADA, of=gone.id, done=True)
    group.enter("action", by=ADA, session=SECOND, text="New", owner=ZOE)
    first, second = report_of(group, FIRST), report_of(group, SECOND)
    assert (first.notes, first.decisions, second.notes) == (("Said",), ("Decided",), ())
    assert [(one.text, one.done) for one in first.actions] == [("Old", False), ("Gone", True)]
    assert [(one.text, one.owner) for one in second.actions] == [("New", "Zoë O'Brien-李")]
    assert [(one.id, one.owner, one.due) for one in second.earlier_actions] == [(old.id, "Bo", "2026-11-25")]


def test_what_continues_is_said_and_comes_next(group: Workbook) -> None:
    """The sessions after it are told as they follow from how this one ended."""
    plan_session(group, FIRST, by=ADA, steps=[1, 2])
    came(group, FIRST, bo="present")
    assert report_of(group, FIRST).agenda.upcoming[0].titles == ("A Talk and Few-Shot Learners",)
    close_session(group, FIRST, by=ADA, continues=[2])
    report = report_of(group, FIRST)
    assert [(one.assignment.title, one.outcome) for one in report.discussed] == [
        ("Few-Shot Learners", "finished"),
        ("Tuned Models", "continues"),
    ]
    assert report.state == "closed"
    assert report.agenda.upcoming[0].titles == ("Tuned Models",)
    assert report.progress is not None
    assert (report.progress.covered, report.progress.here, report.progress.total) == (1, 1, 5)


def test_the_weeks_are_the_sessions_that_were_held(group: Workbook) -> None:
    """Who joined later was no member before; a cancelled session and one that no one came to are left out."""
    visitor = group.add_person("Vi", by=ADA, guest=True).member
    for session, step in ((FIRST, 1), (SECOND, 2), (THIRD, 3)):
        plan_session(group, session, by=ADA, steps=[step])
    came(group, FIRST, bo="present", **{visitor: "late"})
    plan_session(group, SECOND, by=ADA, cancelled=True)
    came(group, THIRD, bo="absent")
    came(group, "2026-12-11", bo="present", ada_lovelace="left_early")
    group.change_person(ZOE, by=ADA, left=date(2026, 12, 1))
    assert known_of(group).weeks == (Week(FIRST, 3, 1, 1, 1), Week("2026-12-11", 2, 2, 0, 1))


def test_what_is_missing_is_told_until_it_was_entered(group: Workbook, clock: Clock) -> None:
    """One thing after the other, with names for the facilitator; a cancelled session misses nothing."""
    clock.now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    plan_session(group, FIRST, by=ADA, steps=[1], roles={"presenter": BO})
    assert abouts(group, FIRST) == ["attendance", "roles", "reading", "summaries", "notes", "close"]
    for member in (BO, ZOE):
        group.enter("rsvp", by=member, session=FIRST, member=member, answer="yes")
    came(group, FIRST, bo="present")
    assert report_of(group, FIRST).missing[:2] == (
        Missing("attendance", "Zoë O'Brien-李 said yes, and no attendance is recorded for them."),
        Missing("roles", "No scribe is named."),
    )
    came(group, FIRST, zoe_obrien_li="absent")
    plan_session(group, FIRST, by=ADA, roles={"scribe": ZOE})
    group.enter("reading", by=BO, member=BO, item="few-shot", status="read")
    group.enter("summary", by=BO, member=BO, item="few-shot", text="Yes")
    group.enter("note", by=ZOE, session=FIRST, text="Said")
    group.enter("action", by=ZOE, session=FIRST, text="Find the code")
    assert abouts(group, FIRST) == ["actions", "close"]
    close_session(group, FIRST, by=ADA)
    assert abouts(group, FIRST) == ["actions"]
    plan_session(group, SECOND, by=ADA, cancelled=True, why="Ill")
    report = report_of(group, SECOND)
    assert (report.state, report.missing, report.discussed) == ("cancelled", (), ())


@pytest.mark.parametrize("session", [FIRST, SECOND])
def test_the_report_is_plain_data(group: Workbook, session: str) -> None:
    """It becomes JSON as it is, and twice the same."""
    plan_session(group, FIRST, by=ADA, steps=[1, 3], start="2026-11-21T20:00")
    came(group, FIRST, bo="present")
    encoded = msgspec.json.encode(report_of(group, session))
    assert msgspec.json.encode(report_of(Workbook(group.folder, group.clock), session)) == encoded
    assert msgspec.json.decode(encoded)["agenda"]["session"] == session
