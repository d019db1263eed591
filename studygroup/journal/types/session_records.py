"""Records about what a session reads and how it goes: its plan, guides, minutes, answers and end."""

from __future__ import annotations

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.field_checks import check_address, check_line, check_one_of, check_text
from studygroup.journal.types.record import Command, Instant, Read, Record
from studygroup.text.text import check_name, session_day

MOST_QUESTIONS = 5
"""How many questions of its own a paper can have in a session."""


class Plan(Record, frozen=True, kw_only=True, tag="plan"):
    """What a session reads and who does what; whole, so that the last plan counts.

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
            check_address(self.link)
        for name, text in (("place", self.place), ("note", self.note)):
            check_line(text, name)


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
        "Say what to read of a paper, and what to ask about it.",
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
        check_one_of(self.item, self.entry)
        check_line(self.part, "part")
        if len(self.questions) > MOST_QUESTIONS:
            raise RecordError(f"These are {len(self.questions)} questions; a paper takes up to {MOST_QUESTIONS}.")
        for question in self.questions:
            check_text(question, "question")
            check_line(question, "question")


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
        "Keep the minutes of a session's parts as they are now. Pinned parts never move.",
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
        check_one_of(self.item, self.entry)
        check_text(self.question, "question")
        check_line(self.question, "question")
        check_text(self.text, "answer")


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
