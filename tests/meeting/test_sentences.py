"""What was entered, told in sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from studygroup.journal.types.record import Record
from studygroup.journal.types.records import TYPES
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.choose.ballots import record_result
from studygroup.meeting.facts.sentences import sentence
from studygroup.workbook.workbook import Workbook

ADA, BO, ZOE, WEEK = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"


@pytest.fixture
def told(group: Workbook) -> Callable[[Record], str]:
    """Return a function that tells a record in a sentence."""
    names = {member: person.name for member, person in group.people.items()}
    items = group.catalogue.items
    names |= dict(zip(items["id"], items["title"], strict=True))

    def tell(record: Record) -> str:
        before = group.current.record(record.replaces) if record.replaces else None
        return sentence(record, before, names)

    return tell


def test_what_changed_is_told_with_both_values(group: Workbook, told: Any) -> None:
    """Attendance, an answer, a status and a rating; one's own, and another's."""
    first = group.enter("attendance", by=ADA, session=WEEK, member=BO, state="late")
    second = group.enter("attendance", by=ADA, session=WEEK, member=BO, state="present")
    assert told(first) == "Ada Lovelace set Bo’s attendance to late"
    assert told(second) == "Ada Lovelace changed Bo’s attendance from late to present"
    read = [group.enter("reading", by=BO, member=BO, item="tuned", status=status) for status in ("reading", "read")]
    assert [told(one) for one in read] == [
        "Bo set their own reading status of Tuned Models to reading",
        "Bo changed their own reading status of Tuned Models from reading to read",
    ]
    assert told(group.enter("rating", by=BO, member=BO, item="tuned", rating=4)) == (
        "Bo set their own rating of Tuned Models to 4"
    )


def test_a_plan_is_told_by_what_it_changes(group: Workbook, told: Any) -> None:
    """The reading, roles that come and go, the start, a cancelled session."""
    plan = plan_session(group, WEEK, by=ADA, steps=[1], roles={"presenter": "Bo"})
    assert told(plan) == "Ada Lovelace planned Few-Shot Learners, made Bo presenter"
    roles = {"roles": {"presenter": ZOE}, "entries": plan.entries, "items": plan.items}
    changed = group.enter("plan", by=ADA, session=WEEK, **roles)
    assert told(changed) == "Ada Lovelace made Zoë O'Brien-李 presenter"
    gone = group.enter("plan", by=ADA, session=WEEK, entries=plan.entries, items=plan.items)
    assert told(gone) == "Ada Lovelace took Zoë O'Brien-李 off as presenter"
    off = group.enter("plan", by=ADA, session=WEEK, cancelled=True, why="Storm")
    assert told(off) == "Ada Lovelace cancelled the session: Storm"


def test_notes_actions_questions_and_answers_have_their_words(group: Workbook, told: Any) -> None:
    """A long text is cut."""
    by = {"by": ADA, "session": WEEK}
    assert told(group.enter("note", **by, text="We meet earlier", decision=True)) == (
        "Ada Lovelace added a decision: “We meet earlier”"
    )
    action = group.enter("action", **by, text="Find a room", owner=BO, due=date(2026, 12, 1))
    assert told(action) == "Ada Lovelace added an action for Bo: “Find a room”"
    done = group.enter("action", **by, of=action.id, text="Find a room", owner=BO, done=True)
    assert told(done) == "Ada Lovelace marked an action as done: “Find a room”"
    question = group.enter("question", by=BO, member=BO, text="Why? " * 60)
    assert told(question).startswith("Bo asked: “Why? Why?") and told(question).endswith("…”")
    assert len(told(question)) < 160
    answer = group.enter("answer", by=ADA, question=question.id, member=ADA, text="No one knows")
    assert told(answer) == "Ada Lovelace answered a question: “No one knows”"


def test_every_type_of_record_has_a_sentence(group: Workbook, told: Any) -> None:
    """Also one that has none of its own: it goes by its name and its fields, and no id of a member shows."""
    away = group.enter("away", by=ADA, member=BO, first=date(2026, 12, 1), last=date(2026, 12, 8))
    assert told(away) == "Ada Lovelace said that Bo is away from 1 Dec 2026 to 8 Dec 2026"
    for record in group.journal.records:
        assert told(record).startswith("Ada Lovelace ") and record.type in TYPES
        assert ADA not in told(record) and "_" not in told(record)


def test_an_undo_is_told(group: Workbook, told: Any, clock: Any) -> None:
    """As what it is."""
    record = group.enter("attendance", by=ADA, session=WEEK, member=BO, state="late")
    clock.now += timedelta(seconds=5)
    group.undo(record.id, by=ADA)
    assert told(group.journal.records[-1]) == "Ada Lovelace undid an entry"


def test_a_ballots_result_and_where_a_session_meets_are_told(group: Workbook, told: Any) -> None:
    """What was chosen by its title, and of a plan its place, link and note."""
    until = group.clock() + timedelta(days=1)
    ballot = group.enter("ballot", by=ADA, shortlist=["tuned", "few-shot"], until=until)
    assert told(record_result(group, ballot.id, by=ADA)) == "Ada Lovelace recorded the result of a ballot: no paper was chosen"
    ballot = group.enter("ballot", by=ADA, shortlist=["tuned", "few-shot"], until=until)
    group.enter("vote", by=BO, member=BO, ballot=ballot.id, choice=["tuned"])
    result = record_result(group, ballot.id, by=ADA)
    assert told(result) == "Ada Lovelace recorded the result of a ballot: Tuned Models was chosen"
    plan_session(group, WEEK, by=ADA, steps=[1])
    place = plan_session(group, WEEK, by=ADA, place="Room 3", link="https://meet.example.org/3", note="Bring a pen.")
    assert told(place) == (
        "Ada Lovelace set the place to “Room 3”, set the meeting link to “https://meet.example.org/3”, set the note to “Bring a pen.”"
    )
    assert told(plan_session(group, WEEK, by=ADA, place="")) == "Ada Lovelace removed the place"
    assert told(plan_session(group, WEEK, by=ADA, skips_recall=True)) == "Ada Lovelace skipped what to remember"
