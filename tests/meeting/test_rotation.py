"""Whose turn it is: what is suggested and why, what members can do about it, and laws that hold for every season."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import RecordError
from studygroup.group.schedule import Session
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.before.turns import suggestions_for, turns_ahead
from studygroup.meeting.choose.rotation import ComingRoles, PastRoles, Rotation, SessionRoles
from studygroup.meeting.published.site import site_of
from studygroup.publish.messages.announce import announcement
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.laws import examples

CASES = Path(__file__).parents[1] / "cases" / "choosing" / "rotation.md"
ROLES = ("presenter", "scribe")
NOW = datetime(2026, 11, 5, 23, tzinfo=UTC)
WEEK = "2026-11-06"


@pytest.fixture
def four(workbook: Workbook, clock: Clock) -> Workbook:
    """Ada, who facilitates, Ben, Cy and Dee, a day before the first session."""
    clock.now = NOW
    workbook.add_person("Ada", role="facilitator")
    for name in ("Ben", "Cy", "Dee"):
        workbook.add_person(name, by="ada")
    return workbook


def weeks() -> Iterator[list[str]]:
    """Yield the lines of each session of the case."""
    [text] = re.findall(r"^~~~~text\n(.*?)^~~~~$", CASES.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for part in text.strip().split("\n\n"):
        yield part.splitlines()


def suggested(book: Workbook, session: str) -> list[str]:
    names = {member: person.name for member, person in book.people.items()}
    return [f"{role}: {one.in_words(names)}" for role, one in suggestions_for(book, session).items()]


def happens(book: Workbook, clock: Clock, session: str, line: str) -> None:
    """Enter what a line of the case says."""
    if found := re.fullmatch(r"(\w+) is away (\S+) to (\S+)", line):
        member = found[1].lower()
        book.enter("away", by=member, member=member, first=found[2], last=found[3])
    elif found := re.fullmatch(r"(\w+) joins", line):
        book.add_person(found[1], by="ada")
    elif found := re.fullmatch(r"swap: (\w+) gives (\w+) to (\w+)", line):
        member, role, other = found[1].lower(), found[2], found[3].lower()
        book.enter("swap", by=member, session=session, member=member, role=role, asked=other)
        clock.now += timedelta(minutes=1)
        book.enter("swap", by=other, session=session, member=member, role=role, to=other)
    else:
        clock.now = datetime.combine(date.fromisoformat(session), datetime.min.time(), UTC) + timedelta(hours=23, minutes=5)
        for name in line.removeprefix("there: ").split(", "):
            book.enter("attendance", by="ada", session=session, member=name.lower(), state="present")


def test_six_sessions_come_out_as_they_were_worked_by_hand(four: Workbook, clock: Clock) -> None:
    for session, *lines in weeks():
        clock.now = datetime.fromisoformat(f"{session}T00:00+00:00") - timedelta(hours=1)
        roles = [line for line in lines if line.startswith(ROLES)]
        first = lines.index(roles[0])
        for line in lines[:first]:
            happens(four, clock, session, line)
        assert suggested(four, session) == roles
        plan_session(four, session, by="ada", roles={role: one.member for role, one in suggestions_for(four, session).items()})
        for line in lines[first + len(roles) :]:
            happens(four, clock, session, line)


def test_a_season_ahead_goes_on_from_what_is_planned(four: Workbook) -> None:
    """Twelve sessions, each with someone for each role, no one twice in a row."""
    plan_session(four, "2026-11-13", by="ada", roles={"presenter": "dee"})
    ahead = turns_ahead(four)
    assert len(ahead) == 12 and ahead[0].session.id == WEEK
    assert ahead[1].holders == {"presenter": "dee"} and [one.role for one in ahead[1].suggested] == ["scribe"]
    counts = Counter(member for one in ahead for member in (*one.holders.values(), *(each.member for each in one.suggested)))
    assert set(counts.values()) == {6}


def test_who_volunteers_has_an_open_role_and_who_declines_has_it_no_longer(four: Workbook, clock: Clock) -> None:
    """The first one who volunteered; a plan comes before them; an undo takes either back."""
    plan_session(four, WEEK, by="ada", roles={"presenter": "ben"})
    assert agenda_of(four, WEEK).roles == {"presenter": "Ben", "scribe": ""}
    clock.now += timedelta(minutes=1)
    first = four.enter("turn", by="dee", session=WEEK, member="dee", role="scribe", answer="volunteer")
    clock.now += timedelta(minutes=1)
    four.enter("turn", by="cy", session=WEEK, member="cy", role="scribe", answer="volunteer")
    assert agenda_of(four, WEEK).roles == {"presenter": "Ben", "scribe": "Dee"}
    assert [one.session.id for one in turns_ahead(four) if "dee" in one.holders.values()] == [WEEK]
    four.enter("withdraw", by="dee", record=first.id)
    assert agenda_of(four, WEEK).roles == {"presenter": "Ben", "scribe": "Cy"}
    declined = four.enter("turn", by="ben", session=WEEK, member="ben", role="presenter", answer="decline")
    assert agenda_of(four, WEEK).roles == {"presenter": "", "scribe": "Cy"}
    assert suggested(four, WEEK) == ["presenter: Ada: no turns in 0 sessions"]
    four.enter("withdraw", by="ben", record=declined.id)
    plan_session(four, WEEK, by="ada", roles={"scribe": "ada"})
    assert agenda_of(four, WEEK).roles == {"presenter": "Ben", "scribe": "Ada"}
    with pytest.raises(RecordError, match="Only Dee can enter or change this"):
        four.enter("turn", by="ben", session=WEEK, member="dee", role="scribe", answer="volunteer")
    with pytest.raises(RecordError, match="is not a role"):
        four.enter("turn", by="ben", session=WEEK, member="ben", role="chef", answer="volunteer")


def test_a_role_of_a_member_who_is_away_is_open_and_their_answer_follows(four: Workbook, clock: Clock) -> None:
    """Whatever they answered before; who says later that they come has it again, and who was there after all keeps it."""
    plan_session(four, WEEK, by="ada", roles={"presenter": "ben", "scribe": "cy"})
    four.enter("rsvp", by="ben", session=WEEK, member="ben", answer="yes")
    clock.now += timedelta(minutes=1)
    four.enter("away", by="ben", member="ben", first="2026-11-01", last="2026-11-06", why="My sister’s wedding")
    made = agenda_of(four, WEEK)
    assert made.roles == {"presenter": "", "scribe": "Cy"} and made.threads.not_coming == 1
    assert suggested(four, WEEK) == ["presenter: Ada: no turns in 0 sessions"]
    clock.now += timedelta(minutes=1)
    back = four.enter("rsvp", by="ben", session=WEEK, member="ben", answer="yes")
    assert agenda_of(four, WEEK).roles["presenter"] == "Ben" and agenda_of(four, WEEK).threads.coming == 1
    four.enter("withdraw", by="ben", record=back.id)
    assert agenda_of(four, WEEK).roles["presenter"] == ""
    clock.now = datetime(2026, 11, 6, 23, 5, tzinfo=UTC)
    four.enter("attendance", by="ada", session=WEEK, member="ben", state="present")
    assert agenda_of(four, WEEK).roles["presenter"] == "Ben"


def test_only_who_was_asked_can_take_a_role_or_refuse_it(four: Workbook, clock: Clock) -> None:
    """Until they accept it stays where it was."""
    plan_session(four, WEEK, by="ada", roles={"presenter": "ben"})
    about = {"session": WEEK, "member": "ben", "role": "presenter"}
    four.enter("swap", by="ben", asked="cy", **about)
    made = agenda_of(four, WEEK)
    assert made.roles["presenter"] == "Ben" and not made.threads.wanted
    with pytest.raises(RecordError, match="Only Ben can enter or change this"):
        four.enter("swap", by="dee", to="dee", **about)
    with pytest.raises(RecordError, match="Only Ben can enter or change this"):
        four.enter("swap", by="dee", **about)
    clock.now += timedelta(minutes=1)
    four.enter("swap", by="cy", **about)
    assert agenda_of(four, WEEK).threads.wanted == (("presenter", "Ben"),)
    clock.now += timedelta(minutes=1)
    four.enter("swap", by="dee", to="dee", **about)
    assert agenda_of(four, WEEK).roles["presenter"] == "Dee"
    taken = four.enter("swap", by="ben", to="cy", asked="dee", **about)
    assert (taken.to, taken.asked, taken.v) == ("cy", "", 1)


# --- laws -------------------------------------------------------------------------------------------------------------

MEMBERS = tuple("abcdefg")
names = dict(zip(MEMBERS, MEMBERS, strict=True))


def at(week: int) -> Session:
    start = datetime(2026, 1, 2, 23, tzinfo=UTC) + timedelta(weeks=week)
    return Session(start.date().isoformat(), start, 90)


@st.composite
def seasons(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[frozenset[str], frozenset[str], frozenset[str]]]]:
    """Draw roles, and for each session the members, who of them is there, and who of the rest is away."""
    roles = ROLES[: draw(st.integers(1, 2))] + ("sceptic",) * draw(st.integers(0, 1))
    always = frozenset(MEMBERS[: draw(st.integers(1, 4))])
    held = []
    for _ in range(draw(st.integers(1, 14))):
        here = always | draw(st.frozensets(st.sampled_from(MEMBERS)))
        there = always | draw(st.frozensets(st.sampled_from(sorted(here))))
        away = draw(st.frozensets(st.sampled_from(MEMBERS))) - there
        held.append((here, there, away))
    return roles, held


def played(roles: tuple[str, ...], held: list[tuple[frozenset[str], frozenset[str], frozenset[str]]]) -> list[SessionRoles]:
    """Return what was suggested at each session, where each suggestion was planned."""
    past: list[PastRoles] = []
    found = []
    for week, (here, there, away) in enumerate(held):
        coming = ComingRoles(at(week), here, dict.fromkeys(away, "is away"), frozenset(), {})
        [one] = Rotation(roles, names, past).ahead([coming])
        found.append(one)
        past.append(PastRoles(at(week).start.date(), there, {each.role: each.member for each in one.suggested if each.member}))
    return found


@given(seasons())
def test_turns_of_those_who_are_always_there_never_differ_by_more_than_one(season: tuple) -> None:  # type: ignore[type-arg]
    roles, held = season
    always = frozenset.intersection(*(there for _, there, _ in held))
    counts = Counter(dict.fromkeys(always, 0))
    for one in played(roles, held):
        counts.update(each.member for each in one.suggested if each.member in always)
        assert max(counts.values(), default=0) - min(counts.values(), default=0) <= 1


@given(seasons())
def test_no_one_who_is_away_or_is_no_member_is_suggested(season: tuple) -> None:  # type: ignore[type-arg]
    """And there is always someone, where anyone could."""
    roles, held = season
    for one, (here, _, away) in zip(played(roles, held), held, strict=True):
        for each in one.suggested:
            assert not each.member or (each.member in here and each.member not in away), each
            assert each.reason


def test_every_order_of_the_records_gives_the_same_season(four: Workbook, clock: Clock) -> None:
    """A journal read in another order, on another machine, suggests the same."""
    from studygroup.journal.current.journal import Journal

    test_six_sessions_come_out_as_they_were_worked_by_hand(four, clock)
    expected = turns_ahead(four)
    assert len(expected) == 12
    for seed in range(examples(20)):
        other, records = Workbook(four.folder, clock), list(four.journal.records)
        Random(seed).shuffle(records)
        other.__dict__["journal"] = Journal([records], (), ())
        assert turns_ahead(other) == expected


def test_agenda_and_announcement_ask_for_someone_and_say_whose_turn_it_is(four: Workbook, clock: Clock) -> None:
    """With the turns they had, and without who else is away; not for a role that someone has, nor once the session has begun."""
    four.enter("away", by="ada", member="ada", first=date(2026, 11, 1), last=date(2026, 11, 30))
    plan_session(four, WEEK, by="ada", roles={"scribe": "cy"})
    agenda = agenda_of(four, WEEK)
    assert [str(one) for one in agenda.open_roles] == [
        "Who would like to be presenter? It would be Ben’s turn: no turns in 0 sessions."
    ]
    page, text = AgendaPage(agenda).heading(), announcement(agenda, "plain")
    for shown in (page.html, page.markdown):
        assert "It would be Ben’s turn: no turns in 0 sessions." in shown
        assert "scribe Cy" in shown
        assert "away" not in shown
    assert "We’re still looking for a presenter. Next in turn: Ben as presenter (no turns in 0 sessions)." in text
    assert "Scribe: Cy" in text
    assert "<td>Cy</td>" in AgendaPage(agenda).order().html
    [ahead] = [one for one in site_of(four).sessions if one.agenda.session == WEEK]
    assert [str(one) for one in ahead.agenda.open_roles] == ["Who would like to be presenter?"]
    clock.now = agenda.start.astimezone(UTC) + timedelta(minutes=1)
    assert agenda_of(four, WEEK).open_roles == ()
