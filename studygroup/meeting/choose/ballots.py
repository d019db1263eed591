"""Ballots as forms, commands and pages show them: who may vote, who has voted, and its results.

Who voted for what is in none of these; only a member's own vote is, where they ask for it.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.current.electorate import closed_at, electorate, is_closed, why_no_vote
from studygroup.journal.types.records import Ballot, Result, Vote
from studygroup.journal.types.subjects import key_of
from studygroup.meeting.choose.asked import only_open, record_asked
from studygroup.meeting.choose.counting import Preferences, count
from studygroup.text.text import plain_list, to_short_title
from studygroup.workbook.workbook import Workbook

RULE_NAMES = {
    "approval": "Approval",
    "runoff": "Ranked (instant runoff)",
    "score": "Scores from 0 to 5",
    "ranked": "Ranked (head to head)",
}
"""What people call a rule."""


class Option(msgspec.Struct, frozen=True):
    """A paper on a shortlist."""

    item: str
    title: str


class BallotOutcome(msgspec.Struct, frozen=True):
    """What a closed ballot came to.

    ``winner`` and ``tied`` are titles, ``item`` is the winner's id; they are empty where no one won. ``votes`` counts those of the last
    round by title, the most first. ``voted`` of ``electors`` voted.
    """

    item: str
    winner: str
    tied: tuple[str, ...]
    votes: tuple[tuple[str, int], ...]
    rounds: int
    voted: int
    electors: int
    quorum: int
    rule: str
    closed: datetime
    recorded: bool

    def __str__(self) -> str:
        """Return it in a sentence or two, as pages and commands say it."""
        counts = ", ".join(f"{title} {number}" for title, number in self._shortly())
        turnout = f"{self.voted} of {self.electors} members voted"
        if not self.winner:
            few = self.voted < self.quorum
            why = f"{self.quorum} had to vote for it to count" if few else "no one chose a paper"
            return f"No paper was chosen: {turnout}, and {why}."
        last = f" in round {self.rounds}" if self.rounds > 1 else ""
        # In one round, the papers are compared in pairs.
        counts = f"pairs won: {counts}" if self.rule == "ranked" and not last else counts
        tie = f" The tie with {plain_list(self.tied)} went to the paper that is first on the shortlist." if self.tied else ""
        return f"{RULE_NAMES[self.rule]}: {turnout}; {counts}{last}.{tie}"

    def _shortly(self) -> list[tuple[str, int]]:
        """Return the votes with titles as short as they are in passing, where that tells the papers apart."""
        short = [(to_short_title(title), number) for title, number in self.votes]
        return short if len(dict(short)) == len(short) else list(self.votes)


class BallotView(msgspec.Struct, frozen=True):
    """A ballot, open or closed.

    ``voters`` are the ids of those who have voted, ``electors`` of those who may; both are empty once the result is recorded, which
    counts them.
    """

    id: str
    session: str
    rule: str
    quorum: int
    options: tuple[Option, ...]
    opened: datetime
    until: datetime
    electors: frozenset[str]
    voters: frozenset[str]
    outcome: BallotOutcome | None

    @property
    def is_open(self) -> bool:
        """Whether votes are taken."""
        return self.outcome is None


def ballots(workbook: Workbook) -> list[BallotView]:
    """Return all ballots that were not undone, the one that closes last first."""
    held = sorted(workbook.current.current(Ballot), key=attrgetter("until", "id"), reverse=True)
    return [_view(workbook, one) for one in held]


def find_ballot(workbook: Workbook, wanted: str = "") -> BallotView:
    """Return a ballot by its id or the end of it; without one, the only one that is open.

    Raises
    ------
    RecordError
        There is no such ballot, or more than one is open.
    """
    if wanted:
        return _view(
            workbook,
            record_asked(workbook, Ballot, wanted, "is not a ballot, or it was undone; `studygroup ballots` lists them."),
        )
    return only_open(ballots(workbook), "ballot")


def own_vote(workbook: Workbook, ballot: str, member: str) -> Vote | None:
    """Return what a member chose, for themself."""
    return workbook.latest(Vote, ballot, member)


def has_to_vote(workbook: Workbook, member: str) -> bool:
    """Return whether a member may vote on a ballot that is open, and has not."""
    now = workbook.clock()
    return any(
        not is_closed(workbook, one.subject[0], now)
        and own_vote(workbook, one.subject[0], member) is None
        and not why_no_vote(workbook, one, member)
        for one in workbook.current.current(Ballot)
    )


def have_not_voted(workbook: Workbook) -> dict[str, tuple[BallotView, ...]]:
    """Return the open ballots on which each elector who is still a member has not voted, by the elector's id."""
    here, now = set(workbook.roster.members_on(workbook.today())), workbook.clock()
    # What has closed is not counted for it.
    still = [one for one in workbook.current.current(Ballot) if not is_closed(workbook, one.subject[0], now)]
    found = [_view(workbook, one) for one in sorted(still, key=attrgetter("until", "id"), reverse=True)]
    missing = {
        member: tuple(one for one in found if member in one.electors and member not in one.voters) for member in sorted(here)
    }
    return {member: views for member, views in missing.items() if views}


def record_result(workbook: Workbook, ballot: str, *, by: str) -> Result:
    """Record what a ballot came to, and return it; what was recorded before stays. An open ballot is closed by it.

    Raises
    ------
    RecordError
        ``by`` may not: facilitators may at any time, the program once the ballot's time has passed.
    """
    if before := workbook.latest(Result, ballot):
        return before
    held = workbook.latest(Ballot, ballot)
    if held is None:
        raise RecordError("This ballot was undone.")
    electors = electorate(workbook, ballot)
    found = _counted(held, _valid_votes(workbook, held, electors), len(electors))
    result: Result = workbook.enter("result", by=by, session=held.session, ballot=ballot, **msgspec.structs.asdict(found))
    return result


def record_results(workbook: Workbook, *, by: str) -> list[BallotView]:
    """Record the result of each ballot whose time has passed and that has none yet, and return these ballots."""
    closed = [one for one in ballots(workbook) if one.outcome is not None and not one.outcome.recorded]
    for one in closed:
        record_result(workbook, one.id, by=by)
    return [find_ballot(workbook, one.id) for one in closed]


def late_votes(workbook: Workbook, ballot: str) -> list[Vote]:
    """Return the votes that were cast in time and came to this workbook after the result was recorded, by member: they do not count."""
    held, result = workbook.latest(Ballot, ballot), workbook.latest(Result, ballot)
    if held is None or result is None:
        return []
    counted = set(result.counted)
    return [vote for vote in _valid_votes(workbook, held, electorate(workbook, ballot)) if vote.id not in counted]


def late_voters(workbook: Workbook, ballot: str) -> list[str]:
    """Return the names of those whose votes came too late to count."""
    return sorted(workbook.people[vote.member].name for vote in late_votes(workbook, ballot) if vote.member in workbook.people)


def _view(workbook: Workbook, held: Ballot) -> BallotView:
    name = held.subject[0]
    titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
    options = tuple(Option(item, titles.get(item, item)) for item in dict.fromkeys(held.shortlist))
    named = {one.item: one.title for one in options}
    electors: frozenset[str] = frozenset()
    votes: list[Vote] = []
    result = workbook.latest(Result, name)
    if result is None:
        electors = electorate(workbook, name)
        votes = _valid_votes(workbook, held, electors)
        is_over = is_closed(workbook, name, workbook.clock())
        outcome = _outcome(held, named, _counted(held, votes, len(electors)), held.until) if is_over else None
    else:
        outcome = _outcome(held, named, result, closed_at(workbook, held), recorded=True)
    voters = frozenset(vote.member for vote in votes)
    return BallotView(
        name,
        held.session,
        held.rule,
        held.quorum,
        options,
        workbook.find_record(name).at,
        held.until,
        electors,
        voters,
        outcome,
    )


class Counted(msgspec.Struct, frozen=True):
    """What a ballot comes to, as its result says it; see ``Result``."""

    options: tuple[str, ...]
    electors: int
    winner: str
    tied: tuple[str, ...]
    rounds: tuple[tuple[int, ...], ...]
    counted: tuple[str, ...]


def _counted(held: Ballot, votes: list[Vote], electors: int) -> Counted:
    """Count the votes of a ballot."""
    found = count(held.rule, held.shortlist, [Preferences.of(vote) for vote in votes])
    winner, tied = (found.winner, found.tied) if len(votes) >= held.quorum else ("", ())
    return Counted(found.options, electors, winner, tied, found.rounds, tuple(vote.id for vote in votes))


def _outcome(
    held: Ballot, titles: dict[str, str], found: Counted | Result, closed: datetime, *, recorded: bool = False
) -> BallotOutcome:
    """Return what a closed ballot came to, in titles."""
    last = dict(zip(found.options, found.rounds[-1] if found.rounds else (), strict=False))
    ranked = sorted(last.items(), key=lambda pair: -pair[1])
    return BallotOutcome(
        item=found.winner,
        winner=titles.get(found.winner, found.winner),
        tied=tuple(titles.get(one, one) for one in found.tied),
        # Who was eliminated has no votes in the last round.
        votes=tuple((titles.get(option, option), number) for option, number in ranked if number or len(found.rounds) == 1),
        rounds=len(found.rounds),
        voted=len(found.counted),
        electors=found.electors,
        quorum=held.quorum,
        rule=held.rule,
        closed=closed,
        recorded=recorded,
    )


def _valid_votes(workbook: Workbook, held: Ballot, electors: frozenset[str]) -> list[Vote]:
    """Return the last vote of each elector that was cast in time, in order of their ids."""
    current, name = workbook.current, held.subject[0]
    found = []
    for member in sorted(electors):
        cast = [
            vote
            for vote in current.of_subject(Vote, key_of((name, member)))
            if current.stands(vote) and vote.at <= held.until and set(held.shortlist).issuperset(vote.choice)
        ]
        if cast:
            found.append(Vote.latest_of(cast))
    return found
