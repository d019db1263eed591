"""What an agenda opens with: worked by hand over twenty weeks, and laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.group.schedule import Session
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.before.recall import BIG_IDEA, LOOKS, Recall, recalled
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

START = datetime(2026, 1, 2, 19, tzinfo=UTC)


def weeks(*numbers: int) -> list[Session]:
    """Return sessions so many weeks after the first."""
    starts = [START + timedelta(weeks=number) for number in numbers]
    return [Session(str(one.date()), one, 60) for one in starts]


def thing(week: int, key: str) -> Recall:
    return Recall(key, str((START + timedelta(weeks=week)).date()), key, "?", "!")


def test_twenty_weeks() -> None:
    """One big idea a week, and a question answered in weeks 0 and 2; week 8 was not held.

    By hand: about four weeks ago are, give or take ten days, three to five weeks; about twelve, give or take three weeks, nine to fifteen.
    What came least often goes first, then the nearest, and what came last week not at all.
    """
    things = {one.session: [one] for one in (thing(week, f"idea {week}") for week in range(20) if week != 8)}
    things[str(START.date())].append(thing(0, "question 0"))
    things[str((START + timedelta(weeks=2)).date())].append(thing(2, "question 2"))
    found = [[one.key for one in recalled(weeks(*range(week + 1)), things)] for week in range(20)]
    assert found == [
        [],
        [],
        [],
        ["idea 0"],
        ["question 0"],
        ["idea 1"],
        ["idea 2"],
        ["idea 3"],
        ["idea 4"],
        ["idea 5", "idea 0"],  # it was recalled once, as was question 0, and comes before it
        ["idea 6", "question 0"],
        ["idea 7", "question 2"],  # the only one that never came
        ["idea 9", "idea 1"],  # week 8 was not held, and week 7's idea came last week
        ["idea 10", "idea 2"],  # week 9's idea came last week
        ["idea 11", "question 2"],
        ["idea 12", "idea 3"],
        ["idea 13", "idea 4"],
        ["idea 14", "idea 5"],
        ["idea 15", "idea 6"],
        ["idea 16", "idea 7"],
    ]


@given(
    st.lists(st.integers(0, 60), unique=True, min_size=1, max_size=25).map(sorted),
    st.dictionaries(st.integers(0, 60), st.integers(1, 3)),
    st.randoms(use_true_random=False),
)
def test_nothing_comes_twice_in_a_row_nor_from_another_time(met: list[int], counts: dict[int, int], random: Random) -> None:
    """And the order in which things become known makes no difference."""
    things = {
        made[0].session: made
        for week, count in counts.items()
        if (made := [thing(week, f"{week}/{one}") for one in range(count)])
    }
    sessions, before = weeks(*met), set[str]()
    shuffled = [*things.items()]
    random.shuffle(shuffled)
    for number, session in enumerate(sessions):
        found = recalled(sessions[: number + 1], things)
        assert found == recalled(sessions[: number + 1], dict(shuffled))
        keys = {one.key for one in found}
        assert len(keys) == len(found) <= len(LOOKS)
        assert not keys & before
        for one in found:
            ago = session.start.date() - date.fromisoformat(one.session)
            assert any(abs(ago - back) <= slack for back, slack in LOOKS)
        before = keys


@pytest.fixture
def remembers(workbook: Workbook, clock: Clock) -> Workbook:
    """A group that read few-shot learners: Ada wrote first, Bo presented and asked what was answered."""
    for name in ("Ada Lovelace", "Bo"):
        workbook.add_person(name)
    first = workbook.schedule.next(clock()).id
    plan_session(workbook, first, by="ada-lovelace", steps=[1], roles={"presenter": "bo"})
    asked = workbook.enter("question", by="bo", session=first, member="bo", item="few-shot", text="Why *does* it work?")
    clock.now += timedelta(days=1)
    for member, idea in (("ada-lovelace", "Ada’s idea"), ("bo", "Bo’s *idea*")):
        workbook.enter("attendance", by=member, session=first, member=member, state="present")
        workbook.enter("summary", by=member, member=member, item="few-shot", big_idea=idea)
    workbook.enter("answer", by="bo", session=first, member="bo", question=asked.id, state="answered", text="No one knows.")
    return workbook


def test_the_presenters_idea_and_the_answer_are_recalled(remembers: Workbook, clock: Clock) -> None:
    """Three weeks later, and the week after; not while the group is young, nor where it does not want it."""
    first, *later = remembers.schedule.following(remembers.schedule.find("2026-11-13"), 6)
    assert first.id == "2026-11-20"
    asked = [[(one.question, one.answer) for one in agenda_of(remembers, one.id).recall] for one in later]
    idea, answer = (BIG_IDEA, "Bo’s *idea*"), ("Why *does* it work?", "No one knows.")
    assert asked == [[], [], [idea], [answer], [idea]]
    settings = remembers.folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nrecall = false'))
    assert agenda_of(Workbook(remembers.folder, clock), later[2].id).recall == ()


def test_the_answer_is_one_tap_away_and_on_paper_at_the_end(remembers: Workbook) -> None:
    """Markdown has it at the end alone."""
    page = AgendaPage(agenda_of(remembers, "2026-12-11"))
    heading, ending = page.heading(), page.upcoming()
    assert "<summary>Show the answer</summary><p>Bo’s <em>idea</em></p>" in heading.html.replace("\n", "")
    assert '<section class="answers">' in ending.html
    assert BIG_IDEA in heading.markdown and "Bo’s *idea*" not in heading.markdown
    assert "1. Bo’s *idea*" in ending.markdown
