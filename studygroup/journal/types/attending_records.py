"""Records about who comes to a session, who does what there, and how it was for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.group.states import ATTENDANCE_STATES, ATTENDED
from studygroup.journal.types.field_checks import check_line
from studygroup.journal.types.record import Command, Record
from studygroup.text.text import check_name, check_session_id

if TYPE_CHECKING:
    Attended = str
else:
    Attended = Literal[ATTENDED]

_SINCE = {one.name: one.since for one in ATTENDANCE_STATES}


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

    A member's own check-in yields to what someone else entered about them, a facilitator, whichever came later: two clones that
    know nothing of each other agree after they meet. Only an entry that names the other one in ``replaces``, as a
    facilitator's about themself does, takes its place.
    """

    subject_fields = ("session", "member")
    member_fields = ("member",)
    newest = max(_SINCE.values())
    table = "attendance"
    columns = ("session", "member", "state", "at", "by")
    in_session = True

    member: str
    state: Attended

    def plainest(self) -> Attendance:
        """Return it in the version that first had its state."""
        return msgspec.structs.replace(self, v=_SINCE[self.state])

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
        "Say how a session was, without your name unless you sign it.",
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
        check_line(self.text, "line")


class Swap(Record, frozen=True, kw_only=True, tag="swap"):
    """A member gives a role in one session to someone else; ``to`` is empty while no one took it, ``asked`` is whom they asked.

    ``for_role`` in ``for_session`` is what they take from that person in return: with one entry, both roles change hands.
    """

    subject_fields = ("session", "member", "role")
    member_fields = ("member", "to", "asked")
    newest = 3
    table = "swaps"
    columns = ("session", "member", "role", "to", "asked", "for_session", "for_role", "at", "by")
    in_session = True
    command = Command(
        "Hand a role over, or look for someone to take it.",
        "--session 2026-11-27 --member ada --role presenter --to bo",
        {
            "role": "The role.",
            "to": "Who takes it. Default: no one yet.",
            "asked": "Who is asked to take it, and does once they accept.",
            "for_session": "To exchange two turns: the session of the role that you take in return. Default: the same session.",
            "for_role": "To exchange two turns: the role that you take from the other one in return.",
        },
    )

    member: str
    role: str
    to: str = ""
    asked: str = ""
    for_session: str = ""
    for_role: str = ""

    def plainest(self) -> Swap:
        """Return it in the version that first had what it says; once the role is taken, no one is asked, and without anyone there is no exchange."""
        asked = "" if self.to else self.asked
        exchange = bool(self.for_role and (self.to or asked))
        return msgspec.structs.replace(
            self,
            v=3 if exchange else 2 if asked else 1,
            asked=asked,
            for_role=self.for_role if exchange else "",
            for_session=(self.for_session or self.session) if exchange else "",
        )

    def check(self) -> None:
        """Check that the role has a name and changes hands, and that an exchange is of two turns."""
        check_name(self.role, "role")
        if self.for_role:
            check_name(self.for_role, "role")
            check_session_id(self.for_session)
            if (self.for_session, self.for_role) == (self.session, self.role):
                raise RecordError(f"Exchange {self.role} for another role, or for that of another session.")
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
