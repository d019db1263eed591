"""Records about choosing what to read: proposals, ballots, votes and results."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.field_checks import LONGEST_LINE, OF, check_address
from studygroup.journal.types.record import Command, Instant, Record
from studygroup.text.text import check_name

HIGHEST_SCORE = 5
"""The most points that a vote can give."""


class Proposal(Record, frozen=True, kw_only=True, tag="proposal"):
    """What a member would like the group to read, and why: an item, or a title with a link where the catalogue does not have it yet."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "proposal"),)
    text_fields = ("title", "why")
    newest = 2
    table = "proposals"
    columns = ("id", "member", "item", "title", "url", "why", "at", "by")
    command = Command(
        "Propose something to read: an item, or a title with a link.",
        '--member ada --item lora-low-rank-adaptation --why "We use it every day."',
        {
            "item": "The item's id.",
            "title": "The paper's title, address, arXiv id or DOI, where the catalogue does not have it.",
            "url": "Its address, arXiv id or DOI, beside a title.",
            "why": "Why; - reads standard input.",
            "of": OF,
        },
    )

    member: str
    item: str = ""
    title: str = ""
    url: str = ""
    why: str = ""
    of: str = ""

    def plainest(self) -> Proposal:
        """Return it in version 2 where it has a title or a link of its own, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.title or self.url or not self.item else 1)

    def check(self) -> None:
        """Check that it says what to read, and that the address is http(s)."""
        if not self.item and not self.title.strip():
            raise RecordError("A proposal needs a paper: name an item, or give a title.")
        if self.title:
            check_name(self.title, "title", LONGEST_LINE)
        if self.url:
            check_address(self.url)


class Second(Record, frozen=True, kw_only=True, tag="second"):
    """A member wants what another one does, too: to read what they proposed, or to know what they asked."""

    subject_fields = ("proposal", "question", "member")
    member_fields = ("member",)
    record_fields = (("proposal", "proposal"), ("question", "question"))
    newest = 2
    table = "seconds"
    columns = ("proposal", "question", "member", "at", "by")
    command = Command(
        "Second a proposal or a question: me too.",
        "--question Q80148 --member bo",
        {"proposal": "The proposal's id.", "question": "The question's number, such as Q80148, or its id."},
    )

    member: str
    proposal: str = ""
    question: str = ""

    def plainest(self) -> Second:
        """Return it in version 2 where it is about a question, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.question else 1)

    def check(self) -> None:
        """Check that it names a proposal or a question."""
        if bool(self.proposal) == bool(self.question):
            raise RecordError("Name what you second: either a proposal or a question.")


class Ballot(Record, frozen=True, kw_only=True, tag="ballot"):
    """A choice among items, open until an instant; the members on the day it opened may vote.

    ``rule`` is how votes are counted: "approval" (each names all they would read), "runoff" (each puts them in order; the last is
    eliminated until one has more than half), "score" (each gives 0 to 5 points) or "ranked" (in order; the one preferred to every
    other wins, else as "runoff"). ``quorum`` is how many must vote, 0 for any number.
    """

    subject_fields = ("of",)
    item_fields = ("shortlist",)
    record_fields = (("of", "ballot"),)
    newest = 2
    table = "ballots"
    columns = ("id", "session", "shortlist", "rule", "quorum", "until", "at", "by")
    for_facilitators = True
    command = Command(
        "Open a choice among items; it prints the ballot's id.",
        "--shortlist lora --shortlist qlora --until 2026-12-01T20:00",
        {
            "shortlist": "The id of an item or a proposal; give it for each, the first one wins ties.",
            "until": "When it closes, in the slot's zone or with an offset such as +00:00. Default: two days before the agenda is due.",
            "rule": "How votes are counted",
            "quorum": "How many must vote for the result to count.",
            "of": OF,
        },
    )

    shortlist: tuple[str, ...]
    until: Instant
    rule: Literal["approval", "runoff", "score", "ranked"] = "approval"
    quorum: int = 0
    of: str = ""

    def plainest(self) -> Ballot:
        """Return it in version 2 where it has a quorum or a rule that programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.quorum or self.rule in {"runoff", "score"} else 1)

    def check(self) -> None:
        """Check that there is a choice, no item twice, and a possible quorum."""
        if len(self.shortlist) < 2 or len(set(self.shortlist)) < len(self.shortlist):
            raise RecordError("A ballot needs at least two items, each once.")
        if not 0 <= self.quorum <= 100_000:
            raise RecordError(f"A quorum of {self.quorum} is not possible; it is the number of members who must vote.")


class Vote(Record, frozen=True, kw_only=True, tag="vote"):
    """What a member chose on a ballot: the items, in order where the rule asks for one, or with a score each; none is an abstention.

    It is secret until the ballot closes.
    """

    subject_fields = ("ballot", "member")
    member_fields = ("member",)
    item_fields = ("choice",)
    record_fields = (("ballot", "ballot"),)
    newest = 2
    table = "votes"
    columns = ("ballot", "member", "choice", "scores", "at", "by")
    kept_back = True
    command = Command(
        "Vote on a ballot; the last vote of a member counts.",
        "--ballot ID --member ada --choice lora --choice qlora",
        {
            "ballot": "The ballot's id. Default: the only one that is open.",
            "choice": "An item's id, in order of preference; give it for each; none abstains.",
            "scores": "Points for each choice, 0 to 5, in the same order, on a ballot that counts scores.",
        },
    )

    ballot: str
    member: str
    choice: tuple[str, ...] = ()
    scores: tuple[int, ...] = ()

    def plainest(self) -> Vote:
        """Return it in version 2 where it has scores, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.scores else 1)

    def check(self) -> None:
        """Check that no item is named twice, and that scores go with the choices."""
        if len(set(self.choice)) < len(self.choice):
            raise RecordError("A vote names each item once.")
        if self.scores and len(self.scores) != len(self.choice):
            raise RecordError("A vote gives each item that it names a score, and each score belongs to an item.")
        if not all(0 <= score <= HIGHEST_SCORE for score in self.scores):
            raise RecordError(f"A score is a whole number from 0 to {HIGHEST_SCORE}.")


class Result(Record, frozen=True, kw_only=True, tag="result"):
    """What a ballot came to, recorded by whoever saw first that it had closed.

    Of two that were recorded on two clones, the earlier one is current. ``rounds`` are the counts by option, one round but for a
    runoff; ``counted`` are the ids of the votes that were counted, ``electors`` how many members could vote. ``winner`` is empty
    where too few voted, or all abstained; ``tied`` are those that had as many votes.
    """

    subject_fields = ("ballot",)
    item_fields = ("winner", "options", "tied")
    record_fields = (("ballot", "ballot"),)
    for_facilitators = True
    by_program = True
    earliest_stays = True

    ballot: str
    options: tuple[str, ...]
    electors: int
    winner: str = ""
    tied: tuple[str, ...] = ()
    rounds: tuple[tuple[int, ...], ...] = ()
    counted: tuple[str, ...] = ()

    @classmethod
    def latest_of(cls, records: Iterable[Any]) -> Any:
        """Return the one that was recorded first."""
        return min(records, key=attrgetter("order"), default=None)
