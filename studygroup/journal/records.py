"""Record types: one struct a type; from a line of bytes to a record and back.

A record is one thing that one person entered, once. It is never changed: what holds now is the last record of each
subject. Decoding has two stages, so that a type or a version that this program does not know is kept and reported.
Source of the format: docs/architecture.md, "The journal".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Literal, get_args

import msgspec

from studygroup.errors import RecordError
from studygroup.text import check_id, check_name, check_session_id, did_you_mean, normalise, session_day

VERSION = 1
LARGEST_RECORD = 64 * 1024

Attended = Literal["present", "late", "left_early", "absent", "excused"]
ReadingStatus = Literal["unread", "reading", "skimmed", "read", "skipped"]
PersonRole = Literal["member", "facilitator"]

WAS_THERE: frozenset[str] = frozenset({"present", "late", "left_early"})
HAS_READ: frozenset[str] = frozenset({"skimmed", "read"})


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every record has, also one of a type or version that is not known here.

    Attributes
    ----------
    v
        Version of the format, from 1.
    id
        UUID version 7 in its text form; made by the form, so that a retry has the same one. Source: RFC 9562.
    at
        When it was entered, UTC, to the millisecond.
    by
        The member who typed it.
    session
        The session it belongs to, or the one under way or next.
    type
        What it is about.
    replaces
        The id of the record that it changes, or empty.
    """

    v: int
    id: str
    at: datetime
    by: str
    session: str
    type: str
    replaces: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """One thing that one person entered; see ``Envelope`` for the fields that all share."""

    subject_fields: ClassVar[tuple[str, ...]] = ()

    v: int = VERSION
    id: str
    at: datetime
    by: str
    session: str
    replaces: str = ""

    @property
    def subject(self) -> tuple[str, ...]:
        """What the record says something about; the last record of a subject holds."""
        return tuple(getattr(self, name) for name in self.subject_fields)

    @property
    def order(self) -> tuple[datetime, str]:
        """What decides which of two records of one subject holds: the time, then the id."""
        return self.at, self.id

    def check(self) -> None:
        """Raise RecordError if a value of this type makes no sense by itself."""


class Person(Record, frozen=True, kw_only=True, tag="person"):
    """A row of the roster: who somebody is, from when and until when."""

    subject_fields = ("member",)

    member: str
    name: str
    role: PersonRole = "member"
    zone: str = ""
    joined: date | None = None
    left: date | None = None
    guest: bool = False

    def check(self) -> None:
        """Check the ids, the name and the order of the dates."""
        check_id(self.member, "member id")
        check_name(self.name)
        if self.joined and self.left and self.left < self.joined:
            raise RecordError(f"{self.name} cannot leave on {self.left}, before joining on {self.joined}.")


class Plan(Record, frozen=True, kw_only=True, tag="plan"):
    """What a session reads and who does what; whole, so that the last plan holds.

    ``entries`` name steps as ``list/entry``, ``items`` name works of the catalogue. ``start`` (with its zone) and
    ``length_min`` (minutes) stand when the session was moved or has another length.
    """

    subject_fields = ("session",)

    entries: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    start: datetime | None = None
    length_min: int | None = None
    cancelled: bool = False
    why: str = ""

    def check(self) -> None:
        """Check that the start has a zone, the length is possible and roles are held by ids."""
        if self.start is not None and self.start.tzinfo is None:
            raise RecordError(f"The start {self.start.isoformat()} has no time zone; write 2026-11-27T23:00+00:00.")
        day = session_day(self.session)
        if self.start is not None and day and abs((self.start.date() - day).days) > 366:
            raise RecordError(f"The session of {self.session} cannot start on {self.start.date()}, more than a year away.")
        if self.length_min is not None and not 5 <= self.length_min <= 24 * 60:
            raise RecordError(f"A session of {self.length_min} minutes is not possible; 5 to 1440 are.")
        for role, member in self.roles.items():
            check_name(role, "role")
            check_id(member, "member id")


class Close(Record, frozen=True, kw_only=True, tag="close"):
    """How a session ended: the steps that were finished, and those that continue next time, as ``list/entry``."""

    subject_fields = ("session",)

    finished: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that no step is finished and continues at once."""
        if both := set(self.finished) & set(self.continues):
            raise RecordError(f"{', '.join(sorted(both))} cannot be finished and continue at once.")


class Attendance(Record, frozen=True, kw_only=True, tag="attendance"):
    """Whether a member was there."""

    subject_fields = ("session", "member")

    member: str
    state: Attended

    def check(self) -> None:
        """Check the member's id."""
        check_id(self.member, "member id")


class Reading(Record, frozen=True, kw_only=True, tag="reading"):
    """How far a member is with an item."""

    subject_fields = ("member", "item")

    member: str
    item: str
    status: ReadingStatus

    def check(self) -> None:
        """Check the member's id."""
        check_id(self.member, "member id")


TYPES: Mapping[str, type[Record]] = {
    "person": Person,
    "plan": Plan,
    "close": Close,
    "attendance": Attendance,
    "reading": Reading,
}

_envelope_decoder = msgspec.json.Decoder(Envelope)
_decoders = {name: msgspec.json.Decoder(struct) for name, struct in TYPES.items()}


class Unknown(msgspec.Struct, frozen=True):
    """A record of a type or version that this program does not know: its envelope and its exact bytes."""

    envelope: Envelope
    line: bytes


def decode(line: bytes) -> Record | Unknown:
    """Return the record in one line of bytes (without its line end).

    Raises
    ------
    msgspec.DecodeError
        The line is no JSON, or not a record; ``msgspec.ValidationError`` is a kind of it.
    RecordError
        It is a record that could not have been entered.
    """
    envelope = _envelope_decoder.decode(line)
    if envelope.at.tzinfo is None:
        raise msgspec.ValidationError(f"the time {envelope.at.isoformat()} has no zone - at `$.at`")
    if envelope.v > VERSION or envelope.type not in TYPES:
        return Unknown(envelope, line)
    record = _decoders[envelope.type].decode(line)
    # Somebody else's file is as untrusted as somebody's typing.
    check_id(record.by, "member id")
    check_session_id(record.session)
    record.check()
    return record


def encode(record: Record) -> bytes:
    """Return the record as one line of UTF-8 without its line end; the envelope's fields come first.

    Raises
    ------
    RecordError
        The line would be longer than 64 KiB.
    """
    fields: dict[str, Any] = msgspec.to_builtins(record)
    known: dict[str, Any] = {
        "v": record.v,
        "id": record.id,
        "at": to_timestamp(record.at),
        "by": record.by,
        "session": record.session,
        "type": fields["type"],
    }
    line = json.dumps(known | {k: v for k, v in fields.items() if k not in known}, ensure_ascii=False, separators=(",", ":"))
    encoded = line.encode()
    if len(encoded) > LARGEST_RECORD:
        raise RecordError(
            f"This {fields['type']} takes {len(encoded):,} bytes; at most {LARGEST_RECORD:,} are allowed. Please shorten."
        )
    return encoded


def to_timestamp(at: datetime) -> str:
    """Return a time as records hold it.

    >>> to_timestamp(datetime(2026, 11, 27, 22, 58, 3, 120999, tzinfo=UTC))
    '2026-11-27T22:58:03.120Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_record(
    kind: str, *, now: datetime, by: str, session: str, replaces: Record | None = None, id: str = "", **fields: Any
) -> Record:
    """Return a new, checked record of the type named ``kind``.

    Parameters
    ----------
    now
        Aware. A record that replaces another one is dated at least 1 ms after it, so that a fast clock cannot defeat a
        later correction.
    id
        The id a form made for this entry, so that a retry has the same one; empty for a new UUID version 7.

    Raises
    ------
    RecordError
        A field is missing, unknown, has a wrong value, or values do not fit together.
    """
    at = now.astimezone(UTC)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    if replaces is not None:
        at = max(at, replaces.at + timedelta(milliseconds=1))
    if kind not in TYPES:
        raise RecordError(f"{kind!r} is no record type{did_you_mean(kind, TYPES)}; there are {', '.join(TYPES)}.")
    struct = TYPES[kind]
    known = {field.name: field for field in msgspec.structs.fields(struct)}
    for name, value in fields.items():
        if name not in known:
            raise RecordError(f"A {kind} has no field {name!r}{did_you_mean(name, known)}.")
        allowed = get_args(known[name].type)
        if allowed and isinstance(value, str) and all(isinstance(word, str) for word in allowed) and value not in allowed:
            raise RecordError(f"{value!r} is no {name} for {kind}{did_you_mean(value, allowed)}; use {', '.join(allowed)}.")
    try:
        record = msgspec.convert(
            {"type": kind, "v": VERSION, "id": id or _new_id(), "at": at, "by": by, "session": session}
            | ({"replaces": replaces.id} if replaces else {})
            | _normalised(fields),
            struct,
        )
    except msgspec.ValidationError as error:
        raise RecordError(f"This {kind} is not complete: {error}.") from None
    check_id(record.by, "member id")
    record.check()
    return record


def _normalised(value: Any) -> Any:
    """Return a value with every text in it in Unicode's composed form."""
    if isinstance(value, str):
        # No store holds a NUL, and half a surrogate pair is no text: a terminal gives it for bytes that are not UTF-8.
        if wrong := next((character for character in value if character == "\0" or "\ud800" <= character <= "\udfff"), ""):
            raise RecordError(f"The text holds U+{ord(wrong):04X}, which is no character; please type it without.")
        return normalise(value)
    if isinstance(value, dict):
        return {_normalised(key): _normalised(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalised(inner) for inner in value]
    return value


def _new_id() -> str:
    import uuid_utils

    return str(uuid_utils.uuid7())
