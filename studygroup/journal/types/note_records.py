"""Records of what is noted in a session, and of the messages sent about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.field_checks import OF, OF_NUMBER, check_text
from studygroup.journal.types.record import Command, Record
from studygroup.text.text import check_name


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
        {"text": "The note, in Markdown; - reads standard input.", "decision": "It is a decision.", "of": OF},
        late=True,
    )

    text: str
    decision: bool = False
    of: str = ""

    def check(self) -> None:
        """Check that there is a text."""
        check_text(self.text, "note")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at the texts at once."""
        if not all(map(str.strip, map(attrgetter("text"), group))):
            super().check_group(group)


class Action(Record, frozen=True, kw_only=True, tag="action"):
    """What someone will do, by when; ``owner`` is empty while no one took it."""

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
            "of": OF_NUMBER,
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
        check_text(self.text, "action")

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
