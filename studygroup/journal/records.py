"""The record types: one struct a type, with what makes its values right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.record import Instant, Record
from studygroup.slot import Slot, check_slot
from studygroup.text import check_id, check_name, is_safe_url, session_day

Attended = Literal["present", "late", "left_early", "absent", "excused"]
ReadingStatus = Literal["unread", "reading", "skimmed", "read", "skipped"]
PersonRole = Literal["member", "facilitator"]

WAS_THERE: frozenset[str] = frozenset({"present", "late", "left_early"})
HAS_READ: frozenset[str] = frozenset({"skimmed", "read"})

_LONGEST_LINE = 500


# --- the group --------------------------------------------------------------------------------------------------------


class Person(Record, frozen=True, kw_only=True, tag="person"):
    """A row of the roster: who somebody is, from when and until when."""

    subject_fields = ("member",)
    member_fields = ("member",)

    member: str
    name: str
    role: PersonRole = "member"
    zone: str = ""
    joined: date | None = None
    left: date | None = None
    guest: bool = False

    def check(self) -> None:
        """Check the id, the name and the order of the dates."""
        check_id(self.member, "member id")
        check_name(self.name)
        if self.joined and self.left and self.left < self.joined:
            raise RecordError(f"{self.name} cannot leave on {self.left}, before joining on {self.joined}.")


class SlotRule(Record, frozen=True, kw_only=True, tag="slot"):
    """When the group meets from a date on; beside the slots of the settings, and before them for the same date."""

    subject_fields = ("valid_from",)

    valid_from: date
    weekday: str
    time: str
    zone: str
    every: str = "week"
    length_min: int = 90

    @property
    def slot(self) -> Slot:
        """The rule as the schedule takes it."""
        return Slot(self.valid_from, self.weekday, self.time, self.zone, self.every, self.length_min)

    def check(self) -> None:
        """Check each field as the settings' are."""
        if messages := check_slot(self.slot):
            raise RecordError(f"This slot is wrong: {'; '.join(messages)}.")


# --- a session --------------------------------------------------------------------------------------------------------


class Plan(Record, frozen=True, kw_only=True, tag="plan"):
    """What a session reads and who does what; whole, so that the last plan holds.

    ``entries`` name steps as ``list/entry``, ``items`` name works of the catalogue. ``start`` (with its zone) and
    ``length_min`` (minutes) stand when the session was moved or has another length.
    """

    subject_fields = ("session",)
    member_fields = ("roles",)
    item_fields = ("items",)
    entry_fields = ("entries",)
    text_fields = ("why",)

    entries: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    roles: dict[str, str] = msgspec.field(default_factory=dict)
    start: Instant | None = None
    length_min: int | None = None
    cancelled: bool = False
    why: str = ""

    def check(self) -> None:
        """Check that the start and the length are possible and that roles have names."""
        day = session_day(self.session)
        if self.start is not None and day and abs((self.start.date() - day).days) > 366:
            raise RecordError(f"The session of {self.session} cannot start on {self.start.date()}, more than a year away.")
        if self.length_min is not None and not 5 <= self.length_min <= 24 * 60:
            raise RecordError(f"A session of {self.length_min} minutes is not possible; 5 to 1440 are.")
        for role in self.roles:
            check_name(role, "role")


class Close(Record, frozen=True, kw_only=True, tag="close"):
    """How a session ended: the steps that were finished, and those that continue next time, as ``list/entry``."""

    subject_fields = ("session",)
    entry_fields = ("finished", "continues")

    finished: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that no step is finished and continues at once."""
        if both := set(self.finished) & set(self.continues):
            raise RecordError(f"{', '.join(sorted(both))} cannot be finished and continue at once.")


class Rsvp(Record, frozen=True, kw_only=True, tag="rsvp"):
    """Whether a member will come; the reason of a no is for the facilitators."""

    subject_fields = ("session", "member")
    member_fields = ("member",)
    text_fields = ("why",)

    member: str
    answer: Literal["yes", "maybe", "no"]
    why: str = ""


class Attendance(Record, frozen=True, kw_only=True, tag="attendance"):
    """Whether a member was there."""

    subject_fields = ("session", "member")
    member_fields = ("member",)

    member: str
    state: Attended


class Swap(Record, frozen=True, kw_only=True, tag="swap"):
    """A member gives a role in one session to somebody else; ``to`` is empty while nobody took it."""

    subject_fields = ("session", "member", "role")
    member_fields = ("member", "to")

    member: str
    role: str
    to: str = ""

    def check(self) -> None:
        """Check that the role has a name and changes hands."""
        check_name(self.role, "role")
        if self.to == self.member:
            raise RecordError(f"{self.member} cannot give a role to {self.to}; name somebody else, or nobody.")


class Away(Record, frozen=True, kw_only=True, tag="away"):
    """A member cannot come from the first to the last date, both included."""

    subject_fields = ("member", "first")
    member_fields = ("member",)
    text_fields = ("why",)

    member: str
    first: date
    last: date
    why: str = ""

    def check(self) -> None:
        """Check the order of the dates."""
        if self.last < self.first:
            raise RecordError(f"An absence cannot end on {self.last}, before it begins on {self.first}.")


class Note(Record, frozen=True, kw_only=True, tag="note"):
    """What was said or decided in a session."""

    subject_fields = ("of",)
    record_fields = (("of", "note"),)
    text_fields = ("text",)

    text: str
    decision: bool = False
    of: str = ""

    def check(self) -> None:
        """Check that there is a text."""
        _check_text(self.text, "note")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at the texts at once."""
        if not all(map(str.strip, map(attrgetter("text"), group))):
            super().check_group(group)


class Action(Record, frozen=True, kw_only=True, tag="action"):
    """What somebody will do, by when; ``owner`` is empty while nobody took it."""

    subject_fields = ("of",)
    member_fields = ("owner",)
    record_fields = (("of", "action"),)
    text_fields = ("text",)

    text: str
    owner: str = ""
    due: date | None = None
    done: bool = False
    of: str = ""

    def check(self) -> None:
        """Check that there is a text."""
        _check_text(self.text, "action")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at the texts at once."""
        if not all(map(str.strip, map(attrgetter("text"), group))):
            super().check_group(group)


class Sent(Record, frozen=True, kw_only=True, tag="sent"):
    """A message that was announced somewhere, so that it goes once."""

    subject_fields = ("session", "message")

    message: str
    to: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that the message has a name."""
        check_name(self.message, "message")


# --- a work -----------------------------------------------------------------------------------------------------------


class Reading(Record, frozen=True, kw_only=True, tag="reading"):
    """How far a member is with an item."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)

    member: str
    item: str
    status: ReadingStatus


class Rating(Record, frozen=True, kw_only=True, tag="rating"):
    """What a member thinks of an item, from 1 to 5."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)

    member: str
    item: str
    rating: int

    def check(self) -> None:
        """Check the scale."""
        if not 1 <= self.rating <= 5:
            raise RecordError(f"{self.rating} is no rating; use 1, 2, 3, 4 or 5.")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at each different rating once."""
        if not set(map(attrgetter("rating"), group)) <= {1, 2, 3, 4, 5}:
            super().check_group(group)


class Summary(Record, frozen=True, kw_only=True, tag="summary"):
    """What a member makes of an item, in Markdown; open questions are records of their own."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    text_fields = ("big_idea", "relevance", "text")

    member: str
    item: str
    big_idea: str = ""
    relevance: str = ""
    text: str = ""

    def check(self) -> None:
        """Check that something is said."""
        if not (self.big_idea.strip() or self.relevance.strip() or self.text.strip()):
            raise RecordError("The summary is empty; write a big idea, its relevance or a text.")


class Question(Record, frozen=True, kw_only=True, tag="question"):
    """Something to be answered, about an item or about none; it lives on across sessions."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "question"),)
    text_fields = ("text",)

    member: str
    text: str
    item: str = ""
    of: str = ""

    def check(self) -> None:
        """Check that something is asked."""
        _check_text(self.text, "question")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at the texts at once."""
        if not all(map(str.strip, map(attrgetter("text"), group))):
            super().check_group(group)


class Answer(Record, frozen=True, kw_only=True, tag="answer"):
    """What was said to a question, and the state it is in then; ``item`` may name a work that answers it."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "answer"), ("question", "question"))
    text_fields = ("text",)

    question: str
    member: str
    state: Literal["open", "answered", "dropped"] = "answered"
    text: str = ""
    item: str = ""
    of: str = ""

    def check(self) -> None:
        """Check that an answer says something or names a work."""
        if self.state == "answered" and not self.item:
            _check_text(self.text, "answer")


class Material(Record, frozen=True, kw_only=True, tag="material"):
    """A link that belongs to an item: a recording, slides, further reading."""

    subject_fields = ("of",)
    item_fields = ("item",)
    record_fields = (("of", "material"),)
    text_fields = ("label",)

    item: str
    label: str
    url: str
    role: Literal["recording", "slides", "further_reading"] = "further_reading"
    of: str = ""

    def check(self) -> None:
        """Check the label and that the address is http(s)."""
        check_name(self.label, "label", _LONGEST_LINE)
        if not is_safe_url(self.url) or not self.url.lower().startswith("http"):
            raise RecordError(f"{self.url[:100]!r} is no address of a page; write it with https:// or http://.")


class Claim(Record, frozen=True, kw_only=True, tag="claim"):
    """A claim of an item, judged by a member: evidence, doubt, and confidence before and after, from 0 to 100."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "claim"),)
    text_fields = ("claim", "evidence", "doubt")

    member: str
    item: str
    claim: str
    evidence: str = ""
    doubt: str = ""
    before: int | None = None
    after: int | None = None
    of: str = ""

    def check(self) -> None:
        """Check that something is claimed and the scale of confidence."""
        _check_text(self.claim, "claim")
        for value in (self.before, self.after):
            if value is not None and not 0 <= value <= 100:
                raise RecordError(f"{value} is no confidence; use 0 (no) to 100 (certain).")


# --- choosing what to read --------------------------------------------------------------------------------------------


class Proposal(Record, frozen=True, kw_only=True, tag="proposal"):
    """An item that a member would like the group to read, and why."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "proposal"),)
    text_fields = ("why",)

    member: str
    item: str
    why: str = ""
    of: str = ""


class Ballot(Record, frozen=True, kw_only=True, tag="ballot"):
    """A choice among items, open until an instant.

    ``rule``: "approval" (each names all they would read, the most named wins) or "ranked" (each puts them in order, the one
    preferred to every other, else the instant run-off's, wins).
    """

    subject_fields = ("of",)
    item_fields = ("shortlist",)
    record_fields = (("of", "ballot"),)

    shortlist: tuple[str, ...]
    until: Instant
    rule: Literal["approval", "ranked"] = "approval"
    of: str = ""

    def check(self) -> None:
        """Check that there is a choice and no item twice."""
        if len(self.shortlist) < 2 or len(set(self.shortlist)) < len(self.shortlist):
            raise RecordError("A ballot needs at least two items, each once.")


class Vote(Record, frozen=True, kw_only=True, tag="vote"):
    """What a member chose on a ballot: the items, in order where the rule asks for one; none is an abstention."""

    subject_fields = ("ballot", "member")
    member_fields = ("member",)
    item_fields = ("choice",)
    record_fields = (("ballot", "ballot"),)

    ballot: str
    member: str
    choice: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that no item is named twice."""
        if len(set(self.choice)) < len(self.choice):
            raise RecordError("A vote names each item once.")


# --- records ----------------------------------------------------------------------------------------------------------


class Withdraw(Record, frozen=True, kw_only=True, tag="withdraw"):
    """Takes a record back: what it replaced holds again. It cannot itself be withdrawn."""

    subject_fields = ("record",)
    record_fields = (("record", ""),)

    record: str


TYPES: Mapping[str, type[Record]] = {
    str(struct.__struct_config__.tag): struct
    for struct in (
        *(Person, SlotRule),
        *(Plan, Close, Rsvp, Attendance, Swap, Away, Note, Action, Sent),
        *(Reading, Rating, Summary, Question, Answer, Material, Claim),
        *(Proposal, Ballot, Vote),
        Withdraw,
    )
}


def _check_text(value: str, what: str) -> None:
    if not value.strip():
        raise RecordError(f"The {what} is empty; please write it.")
