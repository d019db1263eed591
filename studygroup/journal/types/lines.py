"""Records as lines: from bytes to a record, from a record to bytes, and a new record from what someone entered.

Decoding has two stages, so that a type or a version that this program does not know is kept and reported.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar, Union, get_args
from uuid import UUID

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.record import LARGEST_RECORD, LATEST, Envelope, Record, Unknown
from studygroup.journal.types.records import TYPES
from studygroup.text.text import did_you_mean, normalise, not_a_character, with_article

R = TypeVar("R", bound=Record)

decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Union[tuple(TYPES.values())])  # noqa: UP007 - made from a table
_envelope_decoder = msgspec.json.Decoder(Envelope)


def decode(line: bytes) -> Record | Unknown:
    """Return the record in one line of bytes (without its line end).

    Raises
    ------
    msgspec.DecodeError
        The line is no JSON, or not a record; ``msgspec.ValidationError`` is a kind of it.
    RecordError
        It is a record that could not have been entered.
    """
    if len(line) > LARGEST_RECORD:
        raise RecordError(f"it has {len(line):,} bytes, and a record has at most {LARGEST_RECORD:,}")
    try:
        record = decoder.decode(line)
    except msgspec.ValidationError:
        envelope = _envelope_decoder.decode(line)
        kind = TYPES.get(envelope.type)
        if kind is None or envelope.v > kind.newest:
            return Unknown(envelope, line)
        raise
    if record.v > record.newest:
        return Unknown(_envelope_decoder.decode(line), line)
    # Someone else's file is as untrusted as someone's typing.
    record.check_all()
    return record


def is_newer(record: Unknown) -> bool:
    """Return whether a record is of a type that is known here, in a version that only a newer program knows."""
    return record.envelope.type in TYPES


def why_unused(record: Unknown) -> str:
    """Return why a record that is not known here is not used, and what to do, as a part of a sentence."""
    envelope = record.envelope
    if is_newer(record):
        known = f"version {envelope.v} of {envelope.type}, and this one reads up to {TYPES[envelope.type].newest}"
        return f"written by a newer studygroup ({known}); it is kept as it is and not used. Update studygroup to use it"
    kind = f"a record of type {envelope.type!r}, which this program does not know"
    return f"{kind}; it is kept as it is and not used. A newer studygroup may know it: update studygroup"


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
    encoded = msgspec.json.encode(known | fields | known)
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


def new_id() -> str:
    """Return a new record's id: a UUID version 7, so that ids sort by when they were made."""
    import uuid_utils

    return str(uuid_utils.uuid7())


def id_at(now: datetime, chance: Random) -> str:
    """Return an id as ``new_id`` makes them, for a time and a randomness that are given: the same ones give the same id.

    >>> id_at(datetime(2026, 11, 27, 22, 58, 3, 120999, tzinfo=UTC), Random(7))
    '01a21f3a-e4f0-752e-89a7-834df2a74de4'
    """
    milliseconds = (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    versioned = milliseconds << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)
    return str(UUID(int=versioned))


@cache
def fields_by_name(struct: type[Record]) -> dict[str, msgspec.structs.FieldInfo]:
    """Return a type's fields by name; finding them takes longer than all else that a record needs."""
    return {field.name: field for field in msgspec.structs.fields(struct)}


def entered_type(kind: str) -> type[Record]:
    """Return the type of a name, or raise RecordError where records of it are not entered."""
    entered = [name for name, struct in TYPES.items() if not struct.retired]
    if kind not in TYPES:
        raise RecordError(f"{kind!r} is not a record type{did_you_mean(kind, entered)}; there are {', '.join(entered)}.")
    if kind not in entered:
        raise RecordError(f"A {kind} is no longer entered; those that were are kept.")
    return TYPES[kind]


def _in_words(kind: str, error: str) -> str:
    """Return what msgspec says of a record's fields, in words.

    >>> _in_words("action", "Invalid RFC3339 encoded date - at `$.due`")
    'due needs a date such as 2026-12-04; this action was not saved.'
    >>> _in_words("note", "Object missing required field `text`")
    'This note is not complete: text is missing.'
    """
    if found := re.fullmatch(r"Object missing required field `(\w+)`", error):
        return f"This {kind} is not complete: {found[1].replace('_', ' ')} is missing."
    if found := re.fullmatch(r"Invalid RFC3339 encoded (date|datetime) - at `\$\.(\w+)`", error):
        wanted = {"date": "a date such as 2026-12-04", "datetime": "a date with a time, such as 2026-12-04T19:00+01:00"}[
            found[1]
        ]
        return f"{found[2].replace('_', ' ')} needs {wanted}; this {kind} was not saved."
    return f"This {kind} is not complete: {error}."


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
    struct = entered_type(kind)
    known = fields_by_name(struct)
    for name, value in fields.items():
        if name not in known:
            raise RecordError(f"A {kind} has no field {name!r}{did_you_mean(name, known)}.")
        allowed = get_args(known[name].type)
        if allowed and isinstance(value, str) and all(isinstance(word, str) for word in allowed) and value not in allowed:
            raise RecordError(
                f"{value!r} is not {with_article(name)} for {kind}{did_you_mean(value, allowed)}; use {', '.join(allowed)}."
            )
        if isinstance(value, datetime) and value.tzinfo is None:
            raise RecordError(f"The {name} {value.isoformat()} has no time zone; write 2026-11-27T23:00+00:00.")
    try:
        record = msgspec.convert(
            {"type": kind, "v": 1, "id": id or new_id(), "at": at, "by": by, "session": session}
            | ({"replaces": replaces.id} if replaces else {})
            | _normalised(fields),
            struct,
        )
    except msgspec.ValidationError as error:
        raise RecordError(_in_words(kind, str(error))) from None
    record = record.plainest()
    record.check_all()
    return replacing(record, replaces) if replaces is not None else record


def replacing(record: R, before: Record) -> R:
    """Return a record as one that replaces another: named, and dated at least 1 ms after it."""
    # Where there is no later time, the id decides; those made later are greater.
    after = min(before.at.astimezone(UTC) + timedelta(milliseconds=1), LATEST)
    at = max(record.at, after.replace(microsecond=after.microsecond // 1000 * 1000))
    return msgspec.structs.replace(record, at=at, replaces=before.id)


def _normalised(value: Any) -> Any:
    """Return a value with every text in it in Unicode's composed form."""
    if isinstance(value, str):
        if wrong := not_a_character(value):
            raise RecordError(f"The text holds {wrong}, which is not a character; please type it without.")
        return normalise(value)
    if isinstance(value, msgspec.Struct):
        return _normalised(msgspec.to_builtins(value))
    if isinstance(value, dict):
        return {_normalised(key): _normalised(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_normalised(inner) for inner in value]
    return value
