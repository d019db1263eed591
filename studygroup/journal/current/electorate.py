"""Who may vote on a ballot, and until when: one place for what is checked, counted and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar
from zoneinfo import ZoneInfo

from studygroup.errors import RecordError
from studygroup.group.slot import Slot
from studygroup.journal.types.record import PROGRAM, Record
from studygroup.journal.types.records import Ballot, Result, Vote
from studygroup.text.text import plain_list, to_day

if TYPE_CHECKING:
    from studygroup.journal.current.roster import Roster

R = TypeVar("R", bound=Record)


class VotingGroup(Protocol):
    """What the right to vote is computed from: an open workbook."""

    @property
    def roster(self) -> Roster:
        """Who is a member on which day."""

    @property
    def slots(self) -> Sequence[Slot]:
        """When the group meets."""

    def find_record(self, record_id: str) -> Record:
        """Return the record of an id, or raise RecordError."""

    def latest(self, kind: type[R], *subject: str) -> R | None:
        """Return the record that is current for a subject."""


def opened_on(group: VotingGroup, ballot: str) -> date:
    """Return the day on which a ballot was opened, in the zone of the group's latest slot."""
    return group.find_record(ballot).at.astimezone(ZoneInfo(group.slots[-1].zone)).date()


def electorate(group: VotingGroup, ballot: str) -> frozenset[str]:
    """Return the ids of those who may vote on a ballot: the members, no guests, on the day on which it was opened.

    Who was forgotten before it closed is none of them.
    """
    roster, held = group.roster, group.latest(Ballot, ballot)
    closes = held.until.astimezone(ZoneInfo(group.slots[-1].zone)).date() if held else date.max
    gone = {member for member, day in roster.forgotten.items() if day <= closes}
    return frozenset(roster.members_on(opened_on(group, ballot)) - gone)


def is_closed(group: VotingGroup, ballot: str, now: datetime) -> bool:
    """Return whether a ballot has closed: its time has passed, or its result is recorded. One that was undone never closes."""
    held = group.latest(Ballot, ballot)
    return held is not None and (now >= held.until or group.latest(Result, ballot) is not None)


def closed_at(group: VotingGroup, ballot: Ballot) -> datetime:
    """Return when a ballot closes, or did: at its time, or earlier where a facilitator recorded its result before."""
    result = group.latest(Result, ballot.subject[0])
    return ballot.until if result is None else min(ballot.until, result.at)


def why_no_vote(group: VotingGroup, ballot: Ballot, member: str) -> str:
    """Return why a person may not vote on a ballot, as a sentence; empty if they may."""
    name = ballot.subject[0]
    day = opened_on(group, name)
    if group.roster.is_member(member, day):
        return ""
    person = group.roster.people.get(member)
    who = person.name if person else member
    if person is not None and person.guest:
        return f"{who} is a guest; members vote."
    return f"This ballot opened on {to_day(day)}, before {who} joined; members of that day vote."


def check_vote(vote: Vote, group: VotingGroup, now: datetime) -> None:
    """Raise RecordError if a vote cannot be cast, or no longer."""
    ballot = group.latest(Ballot, vote.ballot)
    if ballot is None:
        raise RecordError("This ballot was undone, so no one can vote on it.")
    if is_closed(group, vote.ballot, now):
        closed = closed_at(group, ballot).astimezone(zone_of(group, vote.member))
        raise RecordError(f"This ballot closed on {to_day(closed)}, {closed:%H:%M %Z}; a vote no longer counts.")
    if why := why_no_vote(group, ballot, vote.member):
        raise RecordError(why)
    if others := [item for item in vote.choice if item not in ballot.shortlist]:
        raise RecordError(f"{others[0]!r} is not on this ballot; it is about {plain_list(ballot.shortlist)}.")
    if ballot.rule == "score" and vote.choice and not vote.scores:
        raise RecordError("This ballot counts scores; give each choice 0 to 5 points.")
    if ballot.rule != "score" and vote.scores:
        raise RecordError("This ballot counts no scores; name the choices only.")


def check_ballot(ballot: Ballot, group: VotingGroup, now: datetime, voted: bool) -> None:
    """Raise RecordError if a ballot would close in the past, or is changed in a way in which it no longer can be.

    ``voted`` says whether anyone has voted.
    """
    before = group.latest(Ballot, ballot.of) if ballot.of else None
    # Everyone may see who voted for what from then on, so that it stays closed.
    if before is not None and is_closed(group, ballot.of, now):
        raise RecordError("This ballot is closed; open a new one.")
    if ballot.until <= now:
        raise RecordError("The closing time is in the past; choose a later one.")
    if before is None:
        return
    if voted and (ballot.shortlist, ballot.rule, ballot.quorum) != (before.shortlist, before.rule, before.quorum):
        raise RecordError(
            "Someone has voted, so shortlist, rule and quorum stay as they are; only the closing time can change."
        )


def check_result(result: Result, group: VotingGroup, now: datetime) -> None:
    """Raise RecordError if a result is recorded once more, or by the program before its ballot has closed."""
    if group.latest(Result, result.ballot) is not None:
        raise RecordError("The result of this ballot is recorded already.")
    if result.by == PROGRAM and not is_closed(group, result.ballot, now):
        raise RecordError("This ballot is still open; only a facilitator can close it before its time.")


def check_undo(record: Record, group: VotingGroup, now: datetime, voted: bool) -> None:
    """Raise RecordError if something of a ballot is to be undone that stays; ``voted`` says whether anyone has voted on it."""
    if isinstance(record, Result):
        raise RecordError("A result stays; to choose again, open another ballot.")
    if isinstance(record, Vote) and is_closed(group, record.ballot, now):
        raise RecordError("This ballot is closed, so its votes stay.")
    if isinstance(record, Ballot) and is_closed(group, record.subject[0], now):
        raise RecordError("This ballot is closed, so it stays.")
    if isinstance(record, Ballot) and record.of and voted:
        raise RecordError("Someone has voted, so this change stays; the closing time can be changed again.")


def zone_of(group: VotingGroup, member: str) -> ZoneInfo:
    """Return a person's time zone, or the group's where they named none."""
    person = group.roster.people.get(member)
    return ZoneInfo((person.zone if person else "") or group.slots[-1].zone)
