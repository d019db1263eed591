"""Finding a time: cases worked by hand, laws, and what a survey does to the schedule."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.errors import RecordError
from studygroup.group.usual_week import DAY, WEEK, check_hours, parse_hours, to_hours
from studygroup.journal.types.records import Availability, Plan, SlotRule, Survey
from studygroup.meeting.before.chosen_time import choose_time, question_before
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.choose.surveys import earlier_answer, find_survey, first_day, have_not_answered, surveys
from studygroup.meeting.choose.times import MemberHours, PossibleTime, best_times
from studygroup.text.text import to_short_day
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.laws import examples

CASES = Path(__file__).parents[1] / "cases" / "choosing" / "times.md"
ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")


def case(name: str) -> tuple[list[str], list[str]]:
    """Return the lines of what is given in a case, and of what must come of it."""
    [text] = re.findall(rf"^~~~~{name}\n(.*?)^~~~~$", CASES.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    given_lines, _, expected = text.partition("\n\n")
    return given_lines.splitlines(), expected.splitlines()


def answer(line: str) -> MemberHours:
    found = re.fullmatch(r"(\w+) in (\S+) can (.*?)(?:, if need be (.*))?", line)
    assert found
    hours = (parse_hours(part.split(", ")) if part else frozenset[int]() for part in (found[3], found[4]))
    return MemberHours(found[1], found[2], *hours)


def told(one: PossibleTime) -> list[str]:
    """Return a time as the cases have it."""
    return [
        f"{to_short_day(one.start)} {one.start:%H:%M}: {one.reason({})}",
        "  " + ", ".join(f"{time.city} {time.weekday[:3]} {time.time}" for time in one.clocks),
        *(f"  {shift}" for shift in one.shifts_in_words({})),
    ]


@pytest.mark.parametrize("name", ["usual", "one"])
def test_times_over_three_zones_come_out_as_they_were_worked_by_hand(name: str) -> None:
    [about, *lines], expected = case(name)
    found = re.fullmatch(r"from (\S+) in (\S+), (\d+) minutes", about)
    assert found
    best = best_times(
        list(map(answer, lines)),
        first=date.fromisoformat(found[1]),
        zone=found[2],
        length_min=int(found[3]),
        weekly=name == "usual",
    )
    assert [line for one in best for line in told(one)] == expected


def test_hours_are_read_as_they_are_written() -> None:
    """Whatever half hours of a week."""
    chance = Random(1)
    for _ in range(50):
        halves = frozenset(chance.sample(range(WEEK), chance.randrange(WEEK)))
        assert check_hours(to_hours(halves)) == ""
        assert parse_hours(to_hours(halves)) == halves


@pytest.mark.parametrize(
    "text", ["monday", "monday 18-20", "monday 20:00-18:00", "monday 18:10-19:00", "monday 18:00-24:30", "mon 18:00-19:00"]
)
def test_hours_that_are_wrong_say_so(text: str) -> None:
    assert repr(text) in check_hours([text])


# --- laws -------------------------------------------------------------------------------------------------------------


@st.composite
def answers(draw: st.DrawFn) -> list[MemberHours]:
    """Up to five members who can on a few evenings or mornings of their clocks."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        can, maybe = set[int](), set[int]()
        for halves in (can, maybe):
            for _ in range(draw(st.integers(0, 3))):
                begin = DAY * draw(st.integers(0, 6)) + draw(st.integers(16, 40))
                halves.update(range(begin, begin + draw(st.integers(1, 4))))
        found.append(MemberHours(f"m{number}", draw(st.sampled_from(ZONES)), frozenset(can), frozenset(maybe - can)))
    return found


def at(answer: MemberHours, start: datetime, length_min: int) -> str:
    """Return how a session suits a member, half hour by half hour of their own clocks."""
    zone, free = ZoneInfo(answer.zone), answer.can | answer.if_need_be
    moments = [start.astimezone(UTC) + timedelta(minutes=minutes) for minutes in range(0, length_min, 15)]
    halves = {
        (local.weekday() * 24 + local.hour) * 2 + local.minute // 30 for local in (one.astimezone(zone) for one in moments)
    }
    return "can" if halves <= answer.can else "if need be" if halves <= free else "cannot"


FIRST, LENGTH = date(2027, 3, 1), 60


def starts() -> list[datetime]:
    berlin = ZoneInfo("Europe/Berlin")
    return [datetime(2027, 3, 1 + half // DAY, half % DAY // 2, half % 2 * 30, tzinfo=berlin) for half in range(WEEK)]


def plainly(given_answers: list[MemberHours]) -> list[tuple[int, int, int, datetime]]:
    """Return each time at which someone can, the best one first, from clocks alone: how many can, and lose it within a year."""
    found = []
    for start in starts():
        states = [at(one, start, LENGTH) for one in given_answers]
        able = [one for one, state in zip(given_answers, states, strict=True) if state != "cannot"]
        weeks = [start + timedelta(weeks=week) for week in range(53)]
        lost = sum(any(at(one, week, LENGTH) == "cannot" for week in weeks) for one in able)
        if able:
            found.append((-len(able), -states.count("can"), lost, start))
    return sorted(found)


@settings(max_examples=examples(30))
@given(answers())
def test_the_best_time_is_the_one_that_clocks_alone_tell(given_answers: list[MemberHours]) -> None:
    """A law; each time after it is no better than the one before."""
    best = best_times(given_answers, first=FIRST, zone="Europe/Berlin", length_min=LENGTH)
    known = plainly(given_answers)
    by_start = {start: key for *key, start in known}
    keys = [by_start[one.start] for one in best]
    assert keys == sorted(keys)
    assert [one.start for one in best[:1]] == [start for *_, start in known[:1]]
    for one in best:
        states = {
            name: [each.member for each in given_answers if at(each, one.start, LENGTH) == name] for name in ("can", "cannot")
        }
        assert (list(one.can), list(one.cannot)) == (states["can"], states["cannot"])


@settings(max_examples=examples(30))
@given(answers(), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(given_answers: list[MemberHours], chance: Random) -> None:
    """A law: whichever clone, whatever came first."""
    about: dict[str, Any] = {"first": FIRST, "zone": "Europe/Berlin", "length_min": LENGTH}
    assert best_times(chance.sample(given_answers, len(given_answers)), **about) == best_times(given_answers, **about)


@settings(max_examples=examples(30))
@given(answers())
def test_one_more_who_can_at_the_best_time_keeps_it_the_best(given_answers: list[MemberHours]) -> None:
    """A law."""
    about: dict[str, Any] = {"first": FIRST, "zone": "Europe/Berlin", "length_min": LENGTH}
    for one in best_times(given_answers, **about)[:1]:
        begin = one.start.weekday() * DAY + one.start.hour * 2 + one.start.minute // 30
        more = MemberHours("zz", "Europe/Berlin", frozenset({begin % WEEK, (begin + 1) % WEEK}), frozenset())
        assert best_times([*given_answers, more], **about)[0].start == one.start


# --- a survey ---------------------------------------------------------------------------------------------------------


def asked(group: Workbook, **fields: Any) -> str:
    survey: Survey = group.enter("survey", by=ADA, **{"first": date(2027, 3, 1), "length_min": 60} | fields)
    return survey.id


def says(group: Workbook, survey: str, member: str, *can: str, zone: str = "UTC") -> None:
    group.enter("availability", by=member, survey=survey, member=member, zone=zone, can=can)


def test_choosing_a_time_makes_it_the_slot_from_that_day_on(group: Workbook) -> None:
    """Sessions before stay; the survey is closed and says what was chosen, and a later answer is refused."""
    survey = asked(group)
    before = group.schedule.find("2026-11-27").start
    for member in (ADA, BO):
        says(group, survey, member, "tuesday 18:00-20:00")
    view = find_survey(group)
    assert [one.reason({}) for one in view.best][:1] == ["2 of 2 can"]
    assert have_not_answered(group) == {ZOE: (view,)}
    assert question_before(group, view, view.best[0].start) == ""
    slot = choose_time(group, view, view.best[0].start, by=ADA)
    assert isinstance(slot, SlotRule)
    assert (slot.valid_from, slot.weekday, slot.time, slot.zone, slot.length_min) == (
        date(2027, 3, 1),
        "tuesday",
        "18:00",
        "UTC",
        60,
    )
    assert group.schedule.find("2026-11-27").start == before
    assert group.schedule.find("2027-03-02").start == datetime(2027, 3, 2, 18, tzinfo=UTC)
    [closed] = surveys(group)
    assert (closed.is_open, closed.outcome) == (False, "From 2 Mar 2027 on, we meet Tuesdays at 18:00 (UTC).")
    with pytest.raises(RecordError, match="The time was chosen on"):
        says(group, survey, ZOE, "tuesday 18:00-20:00")
    with pytest.raises(RecordError, match="A time was chosen before"):
        choose_time(group, closed, view.best[0].start, by=ADA)
    [held] = group.current.current(Survey)
    group.undo(held.id, by=ADA)
    assert find_survey(group).is_open


def test_the_outcome_has_the_day_from_which_the_time_is_valid(group: Workbook) -> None:
    """Of a time that is chosen from a later day on than the survey asked about, the first meeting from that day on."""
    survey = asked(group)
    says(group, survey, ADA, "tuesday 18:00-20:00")
    view = find_survey(group)
    choose_time(group, view, view.best[0].start, by=ADA, valid_from=date(2027, 4, 1))
    assert surveys(group)[0].outcome == "From 6 Apr 2027 on, we meet Tuesdays at 18:00 (UTC)."
    assert group.schedule.find("2027-04-06").start == datetime(2027, 4, 6, 18, tzinfo=UTC)


def test_a_group_that_meets_each_month_goes_on_so(group: Workbook) -> None:
    """In the same week of the month, on the day that was chosen."""
    group.enter("slot", by=ADA, valid_from=date(2027, 1, 1), weekday="second friday", time="23:00", zone="UTC", every="month")
    says(group, asked(group), BO, "tuesday 18:00-20:00")
    view = find_survey(group)
    slot = choose_time(group, view, view.best[0].start, by=ADA, valid_from=date(2027, 4, 1))
    assert isinstance(slot, SlotRule)
    assert (slot.valid_from, slot.weekday, slot.every) == (date(2027, 4, 1), "second tuesday", "month")


def test_one_session_moves_to_the_time_that_was_chosen(group: Workbook, clock: Clock) -> None:
    """It keeps its id; times that are past are not suggested, and days outside of the seven count as unknown."""
    session = group.schedule.find("2026-11-27")
    survey = asked(group, moves=session.id, first=first_day(group, session.id))
    first = find_survey(group).first
    assert first <= session.start.date() < first + timedelta(days=7)
    says(
        group,
        survey,
        BO,
        *(f"{day} 00:00-24:00" for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    )
    view = find_survey(group)
    clock.now = view.best[0].start.astimezone(UTC) + timedelta(hours=30)
    assert find_survey(group).best[0].start > clock.now
    view = find_survey(group)
    for cancelled in (True, False):
        plan_session(group, session.id, by=ADA, cancelled=cancelled)
        if cancelled:
            with pytest.raises(RecordError, match="was cancelled; reinstate it before choosing a time"):
                choose_time(group, view, view.best[0].start, by=ADA)
            assert find_survey(group).is_open
    plan = choose_time(group, view, view.best[0].start, by=ADA)
    assert isinstance(plan, Plan)
    moved = group.schedule.find(session.id)
    assert (moved.start, moved.length_min, moved.moved) == (view.best[0].start, 60, True)
    assert surveys(group)[0].outcome.startswith("The session of ")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"moves": "2026-11-25"}, "2026-11-25 has no session"),
        ({"moves": "2026-11-20"}, "has begun"),
        ({"moves": "2026-12-04", "first": date(2026, 1, 1)}, "past"),
        ({"length_min": 2}, "2 minutes is not possible"),
    ],
)
def test_a_survey_that_cannot_be_answered_is_refused(
    group: Workbook, clock: Clock, fields: dict[str, Any], message: str
) -> None:
    clock.now = datetime(2026, 11, 26, tzinfo=UTC)
    with pytest.raises(Exception, match=message):
        asked(group, **fields)
    assert surveys(group) == []


def test_only_members_answer_and_each_for_themself(group: Workbook) -> None:
    survey = asked(group)
    guest = group.add_person("Guest", by=ADA, guest=True, left=date(2027, 1, 1)).member
    with pytest.raises(RecordError, match="Guest is a guest"):
        says(group, survey, guest, "monday 18:00-20:00")
    with pytest.raises(RecordError, match="Only Zoë"):
        group.enter("availability", by=BO, survey=survey, member=ZOE, can=("monday 18:00-20:00",))
    with pytest.raises(RecordError, match="no weekday"):
        says(group, survey, BO, "mondey 18:00-20:00")
    with pytest.raises(RecordError, match="Did you mean Europe/Berlin"):
        says(group, survey, BO, "monday 18:00-20:00", zone="Berlin")
    with pytest.raises(RecordError, match="for a facilitator"):
        group.enter("survey", by=BO, first=date(2027, 3, 1))


def test_who_left_no_longer_counts_and_the_last_answer_starts_the_next(group: Workbook, clock: Clock) -> None:
    survey = asked(group)
    for member in (BO, ZOE):
        says(group, survey, member, "monday 18:00-20:00")
    group.change_person(ZOE, by=ADA, left=group.today())
    clock.now += timedelta(days=1)
    view = find_survey(group)
    assert (view.answered, [one.can for one in view.best][:1]) == ({BO}, [(BO,)])
    asked(group, first=date(2027, 6, 7))
    last = earlier_answer(group, BO)
    assert isinstance(last, Availability)
    assert last.can == ("monday 18:00-20:00",)
