"""The record types: one struct a type, with what makes its values right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.group.slot import Slot, check_slot
from studygroup.group.states import ATTENDANCE_STATES, ATTENDED, READING, READING_STATES
from studygroup.group.usual_week import check_hours, parse_hours
from studygroup.journal.types.record import Command, Instant, Read, Record
from studygroup.text.text import check_id, check_name, check_session_id, is_safe_url, session_day

if TYPE_CHECKING:
    Attended = str
    ReadingStatus = str
else:
    Attended = Literal[ATTENDED]
    ReadingStatus = Literal[READING]
PersonRole = Literal["member", "facilitator"]

_ATTENDED_SINCE = {one.name: one.since for one in ATTENDANCE_STATES}
_READING_SINCE = {one.name: one.since for one in READING_STATES}

_LONGEST_LINE = 500

MOST_QUESTIONS = 5
"""How many questions of its own a paper can have in a session."""

HIGHEST_SCORE = 5
"""The most points that a vote can give."""

_OF = "The id of the first record of the same thing, to change it; what is not named stays."
_OF_NUMBER = (
    "The number of the same thing, such as A55999, or the id of its first record, to change it; what is not named stays."
)


# --- the group --------------------------------------------------------------------------------------------------------


class Person(Record, frozen=True, kw_only=True, tag="person"):
    """A row of the roster: who somebody is, from when and until when."""

    subject_fields = ("member",)
    member_fields = ("member",)
    own_fields = ("zone",)
    table = "people"
    columns = ("member", "name", "role", "zone", "joined", "left", "guest")

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
    newest = 2
    table = "slots"
    columns = ("valid_from", "weekday", "time", "zone", "every", "length_min", "at", "by")
    for_facilitators = True
    command = Command(
        "Change when the group meets, from a date on.",
        "--valid-from 2027-01-01 --weekday thursday --time 19:00 --zone Europe/Berlin",
        {
            "valid_from": "The first date it is valid for.",
            "weekday": "monday to sunday; with --every month, such as: first friday; give it for each day.",
            "time": "Local time: 19:00.",
            "zone": "IANA time zone: Europe/Berlin.",
            "every": "week, second week or month.",
            "length_min": "Length in minutes.",
        },
    )

    valid_from: date
    weekday: str | tuple[str, ...]
    time: str
    zone: str
    every: str = "week"
    length_min: int = 90

    @property
    def slot(self) -> Slot:
        """The rule as the schedule takes it."""
        return Slot(self.valid_from, self.weekday, self.time, self.zone, self.every, self.length_min)

    def plainest(self) -> SlotRule:
        """Return it with one day as a text; several days, which programs before version 2 cannot read, have that version."""
        days = self.slot.weekdays
        several = len(days) != 1
        return msgspec.structs.replace(self, v=2 if several else 1, weekday=days if several else days[0])

    def check(self) -> None:
        """Check each field as the settings' are."""
        if messages := check_slot(self.slot):
            raise RecordError(f"This slot is wrong: {'; '.join(messages)}.")


# --- a session --------------------------------------------------------------------------------------------------------


class Plan(Record, frozen=True, kw_only=True, tag="plan"):
    """What a session reads and who does what; whole, so that the last plan holds.

    ``entries`` name steps as ``list/entry``, ``items`` name works of the catalogue; ``read`` says what they were when the plan was
    entered, so that the list can change later. ``start`` (with its zone) and ``length_min`` (minutes) are given where the
    session was moved or has another length; ``place``, ``link`` and ``note`` where it meets elsewhere, or should know something.
    """

    newest = 3

    subject_fields = ("session",)
    member_fields = ("roles",)
    item_fields = ("items",)
    entry_fields = ("entries",)
    text_fields = ("why", "place", "note")
    table = "plans"
    columns = (
        *("session", "entries", "items", "roles", "start", "length_min", "cancelled", "why", "read"),
        *("place", "link", "note", "skips_recall", "at", "by"),
    )
    in_session = True
    for_facilitators = True

    entries: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    roles: dict[str, str] = msgspec.field(default_factory=dict)
    start: Instant | None = None
    length_min: int | None = None
    cancelled: bool = False
    why: str = ""
    read: tuple[Read, ...] = ()
    place: str = ""
    link: str = ""
    note: str = ""
    skips_recall: bool = False

    @property
    def reads(self) -> tuple[Read, ...]:
        """What the session reads, as it was when the plan was entered."""
        return self.read

    def plainest(self) -> Plan:
        """Return it in version 2 where it says what was read, in 3 where it has a place, a link or a note, in 4 where it skips the recall."""
        version = 3 if self.place or self.link or self.note else 2 if self.read else 1
        return msgspec.structs.replace(self, v=4 if self.skips_recall else version)

    def check(self) -> None:
        """Check that the start and the length are possible and that roles have names."""
        day = session_day(self.session)
        if self.start is not None and day and abs((self.start.date() - day).days) > 366:
            raise RecordError(f"The session of {self.session} cannot start on {self.start.date()}, more than a year away.")
        if self.length_min is not None and not 5 <= self.length_min <= 24 * 60:
            raise RecordError(f"A session of {self.length_min} minutes is not possible; 5 to 1440 are.")
        for role in self.roles:
            check_name(role, "role")
        if self.link:
            _check_address(self.link)
        for name, text in (("place", self.place), ("note", self.note)):
            _check_line(text, name)


class Guide(Record, frozen=True, kw_only=True, tag="guide"):
    """What to read of an item in a session, such as "sections 1 to 3", and questions about it for the discussion.

    ``entry`` stands in for the item where an entry of a list names none, as ``list/entry``.
    """

    subject_fields = ("session", "item", "entry")
    item_fields = ("item",)
    entry_fields = ("entry",)
    text_fields = ("part", "questions")
    newest = 2
    table = "guides"
    columns = ("session", "item", "entry", "part", "questions", "at", "by")
    in_session = True
    for_facilitators = True
    command = Command(
        "Say what to read of a paper for a session, and what to ask about it.",
        '--item few-shot --part "sections 1 to 3" --questions "What would you test first?"',
        {
            "item": "The id of the paper.",
            "entry": "The entry of a list, as list/entry, where it names no paper of the catalogue.",
            "part": "Which part to read: sections, pages, chapters, minutes; the whole without it.",
            "questions": f"A question for the discussion; give it for each, up to {MOST_QUESTIONS}; the usual three without one.",
        },
    )

    item: str = ""
    entry: str = ""
    part: str = ""
    questions: tuple[str, ...] = ()

    def plainest(self) -> Guide:
        """Return it in version 2 where it is about an entry, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.entry else 1)

    def check(self) -> None:
        """Check what it is about, that the part is a line, and that there are few questions, each a line."""
        _check_one_of(self.item, self.entry)
        _check_line(self.part, "part")
        if len(self.questions) > MOST_QUESTIONS:
            raise RecordError(f"These are {len(self.questions)} questions; a paper takes up to {MOST_QUESTIONS}.")
        for question in self.questions:
            _check_text(question, "question")
            _check_line(question, "question")


class Pace(Record, frozen=True, kw_only=True, tag="pace"):
    """How many minutes each part of a session's running order gets, which of them are pinned, and for which room that is.

    ``parts`` has the minutes by the parts' titles, in order. ``coming``, ``read`` and ``questions`` say who was expected when it was
    kept, how many of them had read, and how many questions were open.
    """

    subject_fields = ("session",)
    table = "paces"
    columns = ("session", "parts", "pinned", "reason", "coming", "read", "questions", "at", "by")
    in_session = True
    for_facilitators = True
    command = Command(
        "Keep the minutes of a session's parts as the room needs them now; pinned parts never move.",
        '--pinned "Big idea=30"',
        {"pinned": "A part with its minutes, as TITLE=MINUTES; give it for each, and give all of them each time."},
    )

    parts: dict[str, int]
    pinned: tuple[str, ...] = ()
    reason: str = ""
    coming: int = 0
    read: int = 0
    questions: int = 0
    known: bool = True

    def check(self) -> None:
        """Check that each part has a minute, and that pinned ones are among them."""
        if not self.parts or not all(1 <= minutes <= 24 * 60 for minutes in self.parts.values()):
            raise RecordError("Each part of a session takes at least a minute.")
        if unknown := set(self.pinned) - set(self.parts):
            raise RecordError(f"{sorted(unknown)[0]} is pinned, and no part is called so.")


class PaperAnswer(Record, frozen=True, kw_only=True, tag="response"):
    """What a member says to one of a paper's own questions in a session; the question is named by its words, as ``Guide`` has them."""

    subject_fields = ("session", "item", "entry", "question", "member")
    member_fields = ("member",)
    item_fields = ("item",)
    entry_fields = ("entry",)
    text_fields = ("question", "text")
    table = "responses"
    columns = ("session", "item", "entry", "question", "member", "text", "at", "by")
    in_session = True
    kept_back = True
    command = Command(
        "Answer one of the paper's own questions in a session.",
        '--question 1 --text "Three examples would do."',
        {
            "question": "The question's number on the agenda, or its words.",
            "text": "The answer, in Markdown; - reads standard input.",
        },
        late=True,
    )

    member: str
    question: str
    text: str
    item: str = ""
    entry: str = ""

    def check(self) -> None:
        """Check what it is about, and that question and answer say something."""
        _check_one_of(self.item, self.entry)
        _check_text(self.question, "question")
        _check_line(self.question, "question")
        _check_text(self.text, "answer")


class Close(Record, frozen=True, kw_only=True, tag="close"):
    """How a session ended: the steps that were finished, and those that continue next time, as ``list/entry``.

    ``read`` says what the session read, as it was then.
    """

    subject_fields = ("session",)
    entry_fields = ("finished", "continues")
    newest = 2
    table = "closes"
    columns = ("session", "finished", "continues", "read", "at", "by")
    in_session = True
    for_facilitators = True

    finished: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()
    read: tuple[Read, ...] = ()

    @property
    def reads(self) -> tuple[Read, ...]:
        """What the session read."""
        return self.read

    def plainest(self) -> Close:
        """Return it in version 2 where it says what was read, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.read else 1)

    def check(self) -> None:
        """Check that no step is finished and continues at once."""
        if both := set(self.finished) & set(self.continues):
            raise RecordError(f"{', '.join(sorted(both))} cannot be finished and continue at once.")


class Rsvp(Record, frozen=True, kw_only=True, tag="rsvp"):
    """Whether a member will come; the reason of a no is for the facilitators."""

    subject_fields = ("session", "member")
    member_fields = ("member",)
    text_fields = ("why",)
    reason_fields = ("why",)
    table = "rsvps"
    columns = ("session", "member", "answer", "why", "at", "by")
    in_session = True
    command = Command(
        "Say whether a member will come.",
        "--member ada --answer yes",
        {"answer": "The answer.", "why": "Why not; shown to facilitators only."},
    )

    member: str
    answer: Literal["yes", "maybe", "no"]
    why: str = ""


class Attendance(Record, frozen=True, kw_only=True, tag="attendance"):
    """Whether a member was there.

    A member's own check-in gives way to what someone else entered about them, a facilitator, whichever came later: two clones that
    know nothing of each other agree after they meet. Only an entry that names the other one in ``replaces``, as a
    facilitator's about themself does, takes its place.
    """

    subject_fields = ("session", "member")
    member_fields = ("member",)
    newest = max(_ATTENDED_SINCE.values())
    table = "attendance"
    columns = ("session", "member", "state", "at", "by")
    in_session = True

    member: str
    state: Attended

    def plainest(self) -> Attendance:
        """Return it in the version that first had its state."""
        return msgspec.structs.replace(self, v=_ATTENDED_SINCE[self.state])

    def gives_way_to(self, other: Record) -> bool:
        """Return whether this is a member's own check-in and the other one someone else's entry about them."""
        return self.by == self.member and other.by != self.member

    @classmethod
    def latest_of(cls, records: Iterable[Any]) -> Any:
        """Return the last one that someone else entered, or that replaces such an entry; else the last check-in."""
        ordered = sorted(records, key=attrgetter("order"))
        firm: dict[str, Attendance] = {}
        for record in ordered:
            if record.by != record.member or record.replaces in firm:
                firm[record.id] = record
        return next(reversed(firm.values()), None) or (ordered[-1] if ordered else None)


class Feedback(Record, frozen=True, kw_only=True, tag="feedback"):
    """How a session was for a member: whether it was worth it, which pace they would like, and a line.

    Pages and forms count it; a name is beside the line only where the member signed it.
    """

    subject_fields = ("session", "member")
    member_fields = ("member",)
    text_fields = ("text",)
    table = "feedback"
    columns = ("session", "member", "worth", "pace", "text", "signed", "at", "by")
    in_session = True
    command = Command(
        "Say how a session was: counted, and without your name unless you sign it.",
        '--worth yes --pace slower --text "More time for the proof."',
        {
            "worth": "Whether it was worth it.",
            "pace": "Which pace you would like.",
            "text": "A line.",
            "signed": "Show your name beside the line.",
        },
        late=True,
    )

    member: str
    worth: Literal["", "yes", "partly", "no"] = ""
    pace: Literal["", "slower", "right", "faster"] = ""
    text: str = ""
    signed: bool = False

    def check(self) -> None:
        """Check that something is said, in a line."""
        if not (self.worth or self.pace or self.text.strip()):
            raise RecordError("Say whether it was worth it, which pace you would like, or write a line.")
        _check_line(self.text, "line")


class Swap(Record, frozen=True, kw_only=True, tag="swap"):
    """A member gives a role in one session to somebody else; ``to`` is empty while nobody took it, ``asked`` is whom they asked."""

    subject_fields = ("session", "member", "role")
    member_fields = ("member", "to", "asked")
    newest = 2
    table = "swaps"
    columns = ("session", "member", "role", "to", "asked", "at", "by")
    in_session = True
    command = Command(
        "Hand a role in a session over to someone else, or look for someone to take it.",
        "--session 2026-11-27 --member ada --role presenter --to bo",
        {
            "role": "The role.",
            "to": "Who takes it. Default: no one yet.",
            "asked": "Who is asked to take it, and does once they accept.",
        },
    )

    member: str
    role: str
    to: str = ""
    asked: str = ""

    def plainest(self) -> Swap:
        """Return it in version 2 where somebody is asked, which programs before that version cannot read; once it is taken, nobody is."""
        asked = "" if self.to else self.asked
        return msgspec.structs.replace(self, v=2 if asked else 1, asked=asked)

    def check(self) -> None:
        """Check that the role has a name and changes hands."""
        check_name(self.role, "role")
        if self.member in {self.to, self.asked}:
            raise RecordError(f"{self.member} cannot give a role to {self.member}; name someone else, or no one.")


class Turn(Record, frozen=True, kw_only=True, tag="turn"):
    """A member takes an open role in one session, or cannot take it this time."""

    subject_fields = ("session", "member", "role")
    member_fields = ("member",)
    table = "turns"
    columns = ("session", "member", "role", "answer", "at", "by")
    in_session = True
    command = Command(
        "Take an open role in a session, or decline it this time.",
        "--session 2026-11-27 --member ada --role presenter --answer volunteer",
        {"role": "The role.", "answer": "Whether they take it"},
    )

    member: str
    role: str
    answer: Literal["volunteer", "decline"]

    def check(self) -> None:
        """Check that the role has a name."""
        check_name(self.role, "role")


class Away(Record, frozen=True, kw_only=True, tag="away"):
    """A member cannot come from the first to the last date, both included."""

    subject_fields = ("member", "first")
    member_fields = ("member",)
    text_fields = ("why",)
    reason_fields = ("why",)
    table = "away"
    columns = ("member", "first", "last", "why", "at", "by")
    command = Command(
        "Say when a member is away.",
        "--member ada --first 2026-12-20 --last 2027-01-03",
        {"first": "The first date.", "last": "The last date.", "why": "Why; shown to facilitators only."},
    )

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
    table = "notes"
    columns = ("id", "session", "text", "decision", "at", "by")
    command = Command(
        "Note what was said or decided in a session.",
        '--text "We skip the appendix." --decision',
        {"text": "The note, in Markdown; - reads standard input.", "decision": "It is a decision.", "of": _OF},
        late=True,
    )

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
    table = "actions"
    columns = ("id", "session", "text", "owner", "due", "done", "at", "by")
    command = Command(
        "Note who will do what, by when; and later that it is done.",
        '--text "Find the code" --owner bo --due 2026-12-04',
        {
            "text": "What needs doing; - reads standard input.",
            "owner": "Who does it. Default: no one yet.",
            "due": "By when, as a date.",
            "done": "It is done, or not.",
            "of": _OF_NUMBER,
        },
        late=True,
    )

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
    """A message that was announced somewhere, so that it goes once.

    Places are the labels of addresses. A message arrived at those in ``to``; sending it to those in ``trying`` was begun, and this
    record does not know how that ended; it is still to be sent to those in ``waiting``, of which ``failed`` says why the last try
    failed. ``own`` says whose own address a place is. What all authors' records of a message say together is in
    ``meeting/facts/deliveries.py``.
    """

    subject_fields = ("session", "message")
    member_fields = ("own",)
    newest = 2
    table = "sent"
    columns = ("session", "message", "to", "trying", "waiting", "failed", "own", "at", "by")
    for_facilitators = True
    by_program = True

    message: str
    to: tuple[str, ...] = ()
    trying: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    failed: dict[str, str] = msgspec.field(default_factory=dict)
    own: dict[str, str] = msgspec.field(default_factory=dict)

    def plainest(self) -> Sent:
        """Return it in version 2 where it says more than where the message arrived, which programs before that version cannot read."""
        return msgspec.structs.replace(self, v=2 if self.trying or self.waiting or self.failed or self.own else 1)

    def check(self) -> None:
        """Check that the message has a name, and that no place has two outcomes."""
        check_name(self.message, "message")
        if {*self.trying} & {*self.waiting} or {*self.failed} - {*self.waiting}:
            raise RecordError("A place is tried or waits, and what failed waits.")


# --- a work -----------------------------------------------------------------------------------------------------------


class Reading(Record, frozen=True, kw_only=True, tag="reading"):
    """How far a member is with an item."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    newest = max(_READING_SINCE.values())
    table = "reading"
    columns = ("member", "item", "status", "at", "by")

    member: str
    item: str
    status: ReadingStatus

    def plainest(self) -> Reading:
        """Return it in the version that first had its status."""
        return msgspec.structs.replace(self, v=_READING_SINCE[self.status])


class Rating(Record, frozen=True, kw_only=True, tag="rating"):
    """What a member thinks of an item, from 1 to 5."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    table = "ratings"
    columns = ("member", "item", "rating", "at", "by")
    command = Command(
        "Rate an item from 1 to 5.",
        "--member ada --item lora-low-rank-adaptation --rating 4",
        {"item": "The item's id.", "rating": "1 to 5."},
    )

    member: str
    item: str
    rating: int

    def check(self) -> None:
        """Check the scale."""
        if not 1 <= self.rating <= 5:
            raise RecordError(f"{self.rating} is not a rating; use 1, 2, 3, 4 or 5.")

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
    table = "summaries"
    columns = ("member", "item", "big_idea", "relevance", "text", "at", "by")
    kept_back = True
    command = Command(
        "Write a summary of an item; what is not named stays as it was.",
        '--member ada --item lora-low-rank-adaptation --big-idea "Few weights are enough."',
        {
            "item": "The item's id.",
            "big_idea": "The big idea, in Markdown; - reads standard input.",
            "relevance": "Why it matters; - reads standard input.",
            "text": "Everything else; - reads standard input.",
        },
    )

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
    table = "questions"
    command = Command(
        "Ask a question, about an item or about none; it stays open until it is answered or dropped.",
        '--member ada --item lora-low-rank-adaptation --text "Why rank 8?"',
        {"text": "The question; - reads standard input.", "item": "The item's id.", "of": _OF_NUMBER},
    )

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
    command = Command(
        "Answer a question, drop it, or open it again.",
        '--question Q80148 --member bo --text "See section 7.2."',
        {
            "question": "The question's number, such as Q80148, or its id.",
            "state": "The question's new state.",
            "text": "The answer, or why it is dropped or open again; - reads standard input.",
            "item": "The id of an item that answers it.",
            "of": _OF,
        },
    )

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


class Reply(Record, frozen=True, kw_only=True, tag="reply"):
    """What a member says to a summary or an answer; ``to`` is the id of its record. There are no replies to replies."""

    subject_fields = ("of",)
    member_fields = ("member",)
    record_fields = (("of", "reply"), ("to", ""))
    text_fields = ("text",)
    table = "replies"
    columns = ("id", "to", "member", "text", "session", "at", "by")
    kept_back = True
    command = Command(
        "Reply to a summary or an answer.",
        '--to 3e0f41a8b3c2 --text "Does it hold for small models, too?"',
        {
            "to": "The id of the summary or answer, as history shows it.",
            "text": "The reply; - reads standard input.",
            "of": _OF,
        },
    )

    member: str
    to: str
    text: str
    of: str = ""

    def check(self) -> None:
        """Check that something is said."""
        _check_text(self.text, "reply")


class Material(Record, frozen=True, kw_only=True, tag="material"):
    """A link that belongs to an item: a recording, slides, further reading."""

    subject_fields = ("of",)
    item_fields = ("item",)
    record_fields = (("of", "material"),)
    text_fields = ("label",)
    table = "materials"
    columns = ("id", "item", "label", "url", "role", "at", "by")
    command = Command(
        "Add a link to an item: a recording, slides, further reading.",
        '--item lora-low-rank-adaptation --label "Our slides" --url https://example.org/slides.pdf --role slides',
        {
            "item": "The item's id.",
            "label": "What the link shows.",
            "url": "An https:// or http:// address.",
            "role": "What the link leads to.",
            "of": _OF,
        },
    )

    item: str
    label: str
    url: str
    role: Literal["recording", "slides", "further_reading"] = "further_reading"
    of: str = ""

    def check(self) -> None:
        """Check the label and that the address is http(s)."""
        check_name(self.label, "label", _LONGEST_LINE)
        _check_address(self.url)


class Claim(Record, frozen=True, kw_only=True, tag="claim"):
    """A claim of an item, judged by a member: evidence, doubt, and confidence before and after, from 0 to 100.

    It is no longer entered; those of earlier workbooks are kept, and go along when their member is exported or forgotten.
    """

    retired = True
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
                raise RecordError(f"{value} is not a confidence; use 0 (no) to 100 (certain).")


# --- choosing what to read --------------------------------------------------------------------------------------------


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
            "of": _OF,
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
            check_name(self.title, "title", _LONGEST_LINE)
        if self.url:
            _check_address(self.url)


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
            "until": "When it closes, in the slot's zone or with an offset such as +00:00; else two days before the agenda is due.",
            "rule": "How votes are counted",
            "quorum": "How many must vote for the result to count.",
            "of": _OF,
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
            "ballot": "The ballot's id; else the only one that is open.",
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


# --- finding a time ---------------------------------------------------------------------------------------------------


class Survey(Record, frozen=True, kw_only=True, tag="survey"):
    """A question about when members can meet: at which usual time from a day on, or when one session can be that has to move.

    ``first`` is the first day of a new usual time; for a session that ``moves``, the first of the seven days to which it can move.
    ``chosen`` is when the group meets then, once a facilitator chose it: that closes the survey.
    """

    subject_fields = ("of",)
    record_fields = (("of", "survey"),)
    table = "surveys"
    columns = ("id", "session", "first", "length_min", "moves", "chosen", "at", "by")
    for_facilitators = True
    command = Command(
        "Ask members when they can meet; it prints the survey's id.",
        "--first 2027-01-04 --length-min 90",
        {
            "first": "The first day of the new usual time; with --moves, the first of seven days.",
            "length_min": "How long a session is, in minutes.",
            "moves": "The session that has to move, by its date; without it, a new usual time is looked for.",
            "of": _OF,
        },
    )

    first: date
    length_min: int = 90
    moves: str = ""
    chosen: Instant | None = None
    of: str = ""

    def check(self) -> None:
        """Check that day, length and session are possible."""
        if not 2000 <= self.first.year < 2200:
            raise RecordError(f"The first day {self.first} is not between 2000-01-01 and 2199-12-31.")
        if not 5 <= self.length_min <= 24 * 60:
            raise RecordError(f"A session of {self.length_min} minutes is not possible; 5 to 1440 are.")
        if self.moves:
            check_session_id(self.moves)


class Availability(Record, frozen=True, kw_only=True, tag="availability"):
    """When a member can meet in a usual week, or in the seven days of a survey: as their own clocks show it, in half hours.

    What is in neither ``can`` nor ``if_need_be`` is when they cannot. The others see only what comes of all answers together.
    """

    subject_fields = ("survey", "member")
    member_fields = ("member",)
    own_fields = ("zone", "can", "if_need_be")
    record_fields = (("survey", "survey"),)
    table = "availability"
    columns = ("survey", "member", "zone", "can", "if_need_be", "at", "by")
    kept_back = True
    command = Command(
        "Say when you can meet, for a survey; whole, so that the last answer counts.",
        '--survey ID --member ada --can "monday 18:00-21:00" --if-need-be "sunday 10:00-12:00"',
        {
            "survey": "The survey's id; else the only one that is open.",
            "can": "Hours that suit, such as monday 18:00-21:00; give it for each.",
            "if_need_be": "Hours that are possible if need be; give it for each.",
            "zone": "The time zone of these hours; else the member's own, or the group's.",
        },
    )

    survey: str
    member: str
    zone: str = ""
    can: tuple[str, ...] = ()
    if_need_be: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that the hours are right, and none is both."""
        if wrong := check_hours((*self.can, *self.if_need_be)):
            raise RecordError(f"{wrong}.")
        if parse_hours(self.can) & parse_hours(self.if_need_be):
            raise RecordError("Some hours are named both as possible and as possible if need be; name each once.")


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
        *(Plan, Guide, Pace, PaperAnswer, Close, Rsvp, Attendance, Feedback, Swap, Turn, Away, Note, Action, Sent),
        *(Reading, Rating, Summary, Question, Answer, Reply, Material, Claim),
        *(Proposal, Second, Ballot, Vote, Result),
        *(Survey, Availability),
        Withdraw,
    )
}


def _check_address(url: str) -> None:
    if not is_safe_url(url) or not url.lower().startswith("http"):
        raise RecordError(f"{url[:100]!r} is not the address of a page; write it with https:// or http://.")


def _check_line(value: str, what: str) -> None:
    if len(value) > _LONGEST_LINE or len(value.splitlines()) > 1:
        raise RecordError(f"The {what} is too long; write one line of up to {_LONGEST_LINE} characters.")


def _check_one_of(item: str, entry: str) -> None:
    if bool(item) == bool(entry):
        raise RecordError("Name the paper: either its item, or an entry that names none.")


def _check_text(value: str, what: str) -> None:
    if not value.strip():
        raise RecordError(f"The {what} is empty; please write it.")
