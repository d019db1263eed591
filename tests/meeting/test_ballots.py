"""Ballots: who may vote and until when, what is counted, what is recorded, and what no one is shown before the end."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.commands.show import read_table
from studygroup.errors import RecordError
from studygroup.journal.types.records import Result, Vote
from studygroup.meeting.choose.ballots import (
    ballots,
    find_ballot,
    have_not_voted,
    late_voters,
    late_votes,
    own_vote,
    record_result,
    record_results,
)
from studygroup.meeting.choose.counting import RULES, Preferences, count
from studygroup.meeting.facts.blind import may_read
from studygroup.publish.routine.due import run_due
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

CASES = Path(__file__).parents[1] / "cases" / "choosing" / "ballots.md"
ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
OPENED = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNTIL = datetime(2026, 11, 23, 20, tzinfo=UTC)
ITEMS = ("few-shot", "tuned", "talk")


def cases() -> Iterator[object]:
    """Yield each case: what happens, line by line, and what the ballot came to."""
    for section in re.split(r"^## ", CASES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        happens, comes_to = re.findall(r"^~~~~text\n(.*?)^~~~~$", section, re.DOTALL | re.MULTILINE)
        yield pytest.param(happens.splitlines(), comes_to.splitlines(), id=section.partition("\n")[0])


@pytest.fixture
def five(workbook: Workbook) -> Workbook:
    """Ada, who facilitates, Bo, Cy, Dee and Eli."""
    workbook.add_person("Ada", role="facilitator")
    for name in ("Bo", "Cy", "Dee", "Eli"):
        workbook.add_person(name, by="ada")
    return workbook


def opened(book: Workbook, **fields: Any) -> str:
    """Open a ballot and return its id."""
    by = next(iter(book.facilitators))
    return str(book.enter("ballot", by=by, **({"shortlist": ITEMS, "until": UNTIL} | fields)).id)


def vote(book: Workbook, ballot: str, member: str, *choice: str, **fields: Any) -> Vote:
    cast: Vote = book.enter("vote", by=member, member=member, ballot=ballot, choice=choice, **fields)
    return cast


def voted(book: Workbook, ballot: str, words: str) -> None:
    """Have a member vote as a case writes it: ``Bo: few-shot, tuned=3``."""
    name, _, choice = words.partition(":")
    pairs = [one.strip().partition("=") for one in choice.split(",") if one.strip()]
    scores = tuple(int(points) for _, _, points in pairs if points)
    vote(book, ballot, book.member(name), *(item for item, _, _ in pairs), scores=scores)


@pytest.mark.parametrize(("happens", "comes_to"), list(cases()))
def test_every_case_comes_out_as_it_was_worked_by_hand(
    five: Workbook, clock: Clock, happens: list[str], comes_to: list[str]
) -> None:
    """The winner's title, or a dash, then the sentence that says how it was chosen; recording it changes neither."""
    rule, shortlist, quorum = re.fullmatch(r"(\w+): ([\w, -]+?)(?:; quorum (\d+))?", happens[0]).groups()  # type: ignore[union-attr]
    ballot = opened(five, rule=rule, shortlist=tuple(shortlist.split(", ")), quorum=int(quorum or 0))
    for line in happens[1:]:
        clock.now += timedelta(minutes=1)
        words, _, refused = line.partition(" -> ")
        if words == "closes":
            clock.now = UNTIL + timedelta(minutes=1)
        elif words.startswith("joins: "):
            clock.now += timedelta(days=1)
            five.add_person(words.removeprefix("joins: "), by="ada")
        elif words.startswith("zone: "):
            name, zone = words.removeprefix("zone: ").split()
            five.change_person(name.lower(), by="ada", zone=zone)
        elif refused:
            with pytest.raises(RecordError, match=f"^{re.escape(refused)}$"):
                voted(five, ballot, words)
        else:
            voted(five, ballot, words)
    for recorded in (False, True):
        if recorded:
            record_result(five, ballot, by="ada")
        outcome = find_ballot(five, ballot).outcome
        assert outcome is not None
        assert [outcome.winner or "-", str(outcome), outcome.recorded] == [*comes_to, recorded]


@st.composite
def choices(draw: st.DrawFn) -> list[Preferences]:
    """What up to nine voters chose of four options."""
    one = st.lists(st.sampled_from("abcd"), unique=True).flatmap(
        lambda options: st.builds(
            Preferences,
            st.just(tuple(options)),
            st.lists(st.integers(0, 5), min_size=len(options), max_size=len(options)).map(tuple),
        )
    )
    return draw(st.lists(one, max_size=9))


@given(choices(), st.sampled_from("abcd"))
def test_one_more_approval_never_makes_a_paper_lose(votes: list[Preferences], more: str) -> None:
    """A law: whoever wins, wins with one more approval too; and one more for the winner keeps it first."""
    before = count("approval", "abcd", votes)
    after = count("approval", "abcd", [*votes, Preferences((more,))])
    assert after.winner in {before.winner, more}
    if before.winner == more:
        assert after.winner == more


@pytest.mark.parametrize("rule", RULES)
@given(votes=choices(), chance=st.randoms(use_true_random=False))
def test_votes_in_any_order_have_one_answer(rule: str, votes: list[Preferences], chance: Random) -> None:
    """A law: there is one winner as soon as someone chose anything, on the shortlist, whatever the order of the votes."""
    found = count(rule, "dcba", votes)
    shuffled = list(votes)
    chance.shuffle(shuffled)
    assert count(rule, "dcba", shuffled) == found
    chose = any(one.scores and any(one.scores) if rule == "score" else one.options for one in votes)
    if chose and rule != "ranked":
        assert found.winner in tuple("dcba")
    assert found.winner not in found.tied


@given(choices())
def test_two_who_swap_places_in_every_vote_swap_places_in_the_result(votes: list[Preferences]) -> None:
    """A law: no option is favoured but by its place on the shortlist."""
    names = {"a": "b", "b": "a"}
    swapped = [Preferences(tuple(names.get(one, one) for one in vote.options), vote.scores) for vote in votes]
    for rule in RULES:
        found, other = count(rule, "abcd", votes), count(rule, "bacd", swapped)
        assert (names.get(found.winner, found.winner), found.rounds) == (other.winner, other.rounds)


def test_the_members_of_the_day_it_opened_may_vote_and_a_guest_may_not(group: Workbook, clock: Clock) -> None:
    """Who left since still may; the open ballot says how many have voted, and who has not."""
    guest = group.add_person("Guest", by=ADA, guest=True).member
    ballot = opened(group)
    with pytest.raises(RecordError, match=r"^Guest is a guest; members vote\.$"):
        vote(group, ballot, guest, "talk")
    vote(group, ballot, BO, "talk")
    clock.now += timedelta(days=1)
    group.change_person(BO, by=ADA, left=OPENED.date())
    view = find_ballot(group)
    assert (view.electors, view.voters, view.is_open, view.outcome) == ({ADA, BO, ZOE}, {BO}, True, None)
    assert {member: [one.id for one in views] for member, views in have_not_voted(group).items()} == {
        ADA: [ballot],
        ZOE: [ballot],
    }


def test_options_are_fixed_by_the_first_vote(group: Workbook) -> None:
    """Before it, shortlist and rule can be corrected; after it, only the closing time can."""
    ballot = opened(group)
    changed = group.amend("ballot", by=ADA, of=ballot, shortlist=("few-shot", "talk"))
    vote(group, ballot, BO, "talk")
    for change in ({"shortlist": ITEMS}, {"rule": "runoff"}, {"quorum": 2}):
        with pytest.raises(RecordError, match=r"^Someone has voted, so shortlist, rule and quorum stay as they are"):
            group.amend("ballot", by=ADA, of=ballot, **change)
    with pytest.raises(RecordError, match=r"^Someone has voted, so this change stays"):
        group.undo(changed.id, by=ADA)
    assert group.amend("ballot", by=ADA, of=ballot, until=UNTIL + timedelta(days=1)).shortlist == ("few-shot", "talk")


@pytest.mark.parametrize(
    ("rule", "fields", "message"),
    [
        ("approval", {"choice": ["nolink"]}, "'nolink' is not on this ballot; it is about few-shot, tuned and talk."),
        ("approval", {"choice": ["talk"], "scores": [3]}, "This ballot counts no scores; name the choices only."),
        ("score", {"choice": ["talk"]}, "This ballot counts scores; give each choice 0 to 5 points."),
        ("score", {"choice": ["talk"], "scores": [6]}, "A score is a whole number from 0 to 5."),
        (
            "score",
            {"choice": ["talk"], "scores": [1, 2]},
            "A vote gives each item that it names a score, and each score belongs to an item.",
        ),
    ],
)
def test_a_vote_that_does_not_fit_is_refused(group: Workbook, rule: str, fields: dict[str, Any], message: str) -> None:
    """With a sentence; nothing is written."""
    ballot, number = opened(group, rule=rule), len(group.journal.records)
    with pytest.raises(RecordError, match=f"^{re.escape(message)}$"):
        group.enter("vote", by=BO, member=BO, ballot=ballot, **fields)
    assert len(group.journal.records) == number


def test_a_facilitator_closes_early_and_what_is_closed_stays(group: Workbook, clock: Clock) -> None:
    """The result is recorded at once; no vote, no change and no undo touches it, and a member cannot close."""
    ballot = opened(group)
    cast = vote(group, ballot, BO, "talk")
    with pytest.raises(RecordError, match=r"^A result is for a facilitator to enter"):
        record_result(group, ballot, by=BO)
    result = record_result(group, ballot, by=ADA)
    assert (result.winner, result.electors, result.counted) == ("talk", 3, (cast.id,))
    assert record_result(group, ballot, by=ADA) == result
    refusals = [
        (lambda: vote(group, ballot, ZOE, "tuned"), "This ballot closed on Friday 20 November 2026, 12:00 UTC"),
        (lambda: group.undo(cast.id, by=BO), "This ballot is closed, so its votes stay"),
        (lambda: group.undo(result.id, by=ADA), "A result stays; to choose again, open another ballot"),
        (lambda: group.undo(ballot, by=ADA), "This ballot is closed, so it stays"),
        (lambda: group.amend("ballot", by=ADA, of=ballot, until=UNTIL), "This ballot is closed; open a new one"),
    ]
    clock.now += timedelta(hours=9)
    for act, message in refusals:
        with pytest.raises(RecordError, match=f"^{message}"):
            act()


def test_a_ballot_whose_time_has_passed_stays_closed(group: Workbook, clock: Clock) -> None:
    """Also before its result is recorded: everyone may see the votes by then."""
    ballot = opened(group)
    vote(group, ballot, BO, "talk")
    clock.now = UNTIL
    with pytest.raises(RecordError, match=r"^This ballot is closed; open a new one\.$"):
        group.amend("ballot", by=ADA, of=ballot, until=UNTIL + timedelta(days=2))
    with pytest.raises(RecordError, match=r"^This ballot is closed, so it stays\.$"):
        group.undo(ballot, by=ADA)
    outcome = find_ballot(group, ballot).outcome
    assert outcome is not None
    assert outcome.item == "talk"


def test_no_ballot_closes_in_the_past(group: Workbook, clock: Clock) -> None:
    """Neither a new one, nor one that is changed: votes that were cast in time would no longer count."""
    ballot = opened(group)
    clock.now += timedelta(hours=5)
    vote(group, ballot, BO, "talk")
    for act in (
        lambda: group.amend("ballot", by=ADA, of=ballot, until=clock.now - timedelta(hours=1)),
        lambda: opened(group, until=clock.now),
    ):
        with pytest.raises(RecordError, match=r"^The closing time is in the past; choose a later one\.$"):
            act()
    assert find_ballot(group, ballot).voters == {BO}


def test_what_is_due_records_each_result_once(group: Workbook, clock: Clock) -> None:
    """When its time has passed, and not before; the program does it under its own name."""
    ballot = opened(group)
    vote(group, ballot, BO, "talk")
    assert record_results(group, by="studygroup") == []
    with pytest.raises(RecordError, match=r"^This ballot is still open; only a facilitator can close it before its time\.$"):
        record_result(group, ballot, by="studygroup")
    clock.now = UNTIL
    said = [step.says for step in run_due(group) if step.what == "ballot"]
    assert said == [
        "A ballot has closed. Chosen: A Talk on *Stars* & <Pipes>. Approval: 1 of 3 members voted; "
        "A Talk on *Stars* & <Pipes> 1, Few-Shot Learners 0, Tuned Models 0."
    ]
    assert [step for step in run_due(group) if step.what == "ballot"] == []
    assert [(one.by, one.winner) for one in group.current.current(Result)] == [("studygroup", "talk")]


def test_of_two_clones_results_the_earlier_one_stays_and_late_votes_are_listed(
    group: Workbook, clock: Clock, tmp_path: Path
) -> None:
    """Each clone counted what it had; after they met, both show the same result, and the vote that came later is not counted."""
    ballot = opened(group)
    vote(group, ballot, BO, "talk")
    shutil.copytree(group.folder, tmp_path / "other")
    other = Workbook(tmp_path / "other", clock)
    clock.now += timedelta(minutes=1)
    late = vote(other, ballot, ZOE, "few-shot")
    clock.now = UNTIL + timedelta(minutes=1)
    first = record_result(group, ballot, by=ADA)
    clock.now += timedelta(minutes=1)
    assert record_result(other, ballot, by="studygroup").winner == "few-shot"
    for here, there in ((group, other), (other, group)):
        for path in sorted(there.folder.glob("sessions/*/records/*.jsonl")):
            mine = here.folder / path.relative_to(there.folder)
            mine.parent.mkdir(parents=True, exist_ok=True)
            known = set(mine.read_bytes().splitlines(keepends=True)) if mine.exists() else set()
            with mine.open("ab") as file:
                file.writelines(line for line in path.read_bytes().splitlines(keepends=True) if line not in known)
    for book in (Workbook(group.folder, clock), Workbook(other.folder, clock)):
        outcome = find_ballot(book, ballot).outcome
        assert outcome is not None
        assert (outcome.item, outcome.voted, late_votes(book, ballot)) == ("talk", 1, [late])
        assert late_voters(book, ballot) == ["Zoë O'Brien-李"]
        assert book.latest(Result, ballot) == first


def test_before_it_closes_a_vote_is_shown_to_the_voter_only(group: Workbook, clock: Clock) -> None:
    """Neither to a facilitator nor to who did not say who they are; afterwards to everyone."""
    ballot = opened(group)
    cast = vote(group, ballot, BO, "talk")
    assert own_vote(group, ballot, BO) == cast
    for closed in (False, True):
        clock.now = UNTIL if closed else clock.now
        for reader in (BO, ADA, ZOE, ""):
            shown = closed or reader == BO
            assert may_read(group, reader, cast) == shown, reader
            assert len(read_table(group, "votes", reader)) == shown, reader
    assert [one.id for one in ballots(group)] == [ballot]
    json.dumps([str(one.outcome) for one in ballots(group)])


def test_a_proposal_is_seconded_by_others_and_not_when_it_was_undone(group: Workbook) -> None:
    """Its author has said so already; who seconded it can undo that."""
    proposal = group.enter("proposal", by=BO, member=BO, title="How oaks grow", url="https://example.org/oaks")
    assert (proposal.v, proposal.item) == (2, "")
    with pytest.raises(RecordError, match=r"^This is your own proposal; others second it\.$"):
        group.enter("second", by=BO, member=BO, proposal=proposal.id)
    second = group.enter("second", by=ZOE, member=ZOE, proposal=proposal.id)
    group.undo(second.id, by=ZOE)
    group.undo(proposal.id, by=BO)
    with pytest.raises(RecordError, match=r"^This proposal was undone"):
        group.enter("second", by=ZOE, member=ZOE, proposal=proposal.id)
    for fields, message in (
        ({}, "A proposal needs a paper"),
        ({"title": "Oaks", "url": "javascript:alert(1)"}, "Links start with https://"),
    ):
        with pytest.raises(RecordError, match=message):
            group.enter("proposal", by=BO, member=BO, **fields)
