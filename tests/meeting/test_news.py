"""What is new for a member, and the sessions that are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from studygroup.meeting.after.news import last_there, news_for, past_sessions
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, BO, ZOE, WEEK = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"


def held(group: Workbook, clock: Clock) -> None:
    """Hold the session of the week: Bo is there, Zoë is not; a decision, a question of Zoë's answered, a recording."""
    plan_session(group, WEEK, by=ADA, steps=[1])
    asked = group.enter("question", by=ZOE, member=ZOE, text="Why?")
    clock.now = group.schedule.find(WEEK).start.astimezone(UTC) + timedelta(minutes=5)
    group.enter("attendance", by=ADA, session=WEEK, member=BO, state="present")
    group.enter("note", by=ADA, session=WEEK, text="We meet *earlier*", decision=True)
    group.enter("note", by=ADA, session=WEEK, text="No decision")
    clock.now += timedelta(minutes=1)
    group.enter("answer", by=BO, question=asked.id, member=BO, text="It scales.")
    clock.now = group.schedule.find(WEEK).end.astimezone(UTC) + timedelta(minutes=5)
    group.enter("close", by=ADA, session=WEEK)
    clock.now += timedelta(minutes=1)
    group.enter("material", by=ADA, item="few-shot", label="The evening", url="https://example.org/r", role="recording")
    group.enter("material", by=ADA, item="few-shot", label="Slides", url="https://example.org/s", role="slides")


def test_who_was_away_hears_of_everything(group: Workbook, clock: Clock) -> None:
    """The closed session with its decisions, what was decided, the answer to their question, the recording; the newest first."""
    joined = clock.now - timedelta(days=1)
    held(group, clock)
    found = news_for(group, ZOE, joined)
    assert [(one.title, one.note, one.url) for one in found] == [
        ("A recording: The evening", "", "https://example.org/r"),
        ("The session of Fri 20 Nov was closed; here is its report", "1 decision", ""),
        ("Bo answered your question: Why?", "It scales.", ""),
        ("Decided on Fri 20 Nov", "We meet *earlier*", ""),
    ]
    assert "answered" not in " ".join(one.title for one in news_for(group, BO, joined))


def test_who_was_there_hears_of_what_came_after(group: Workbook, clock: Clock) -> None:
    """Attendance counts as having been here; where there is none, it is when they joined, at most thirty days ago."""
    held(group, clock)
    assert last_there(group, BO) == group.schedule.find(WEEK).end
    assert [one.title.split()[0] for one in news_for(group, BO, last_there(group, BO))] == ["A", "The"]
    assert clock.now - timedelta(days=30) <= last_there(group, ZOE) < datetime(2026, 11, 20, 22, tzinfo=UTC)


def test_sessions_that_are_over_are_listed_with_what_came_of_them(group: Workbook, clock: Clock) -> None:
    """The newest first; one that is still to come or was cancelled is not among them."""
    assert past_sessions(group) == []
    held(group, clock)
    plan_session(group, "2026-11-27", by=ADA, steps=[2])
    [past] = past_sessions(group)
    assert (past.session, past.titles, past.there, past.decisions, past.closed) == (WEEK, ("Few-Shot Learners",), 1, 1, True)
    clock.now += timedelta(days=8)
    assert [one.session for one in past_sessions(group)] == ["2026-11-27", WEEK]
    group.enter("plan", by=ADA, session="2026-11-27", cancelled=True, why="Storm")
    assert [one.session for one in past_sessions(group)] == [WEEK]
