"""People who asked to be forgotten: their records stay for the counts, under a pseudonym and without their texts.

``sessions/forgotten.jsonl`` holds a tombstone for each: a salted hash of the id that is gone and the pseudonym, so that the
file itself names nobody. By it readers recognise records that a merge brings back later.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from studygroup.journal.lines import decode, encode
from studygroup.journal.record import Record, Unknown
from studygroup.journal.records import Person

FILE = "forgotten.jsonl"
REMOVED = "[removed]"

# Whatever could be a member's id in a line of JSON.
_NAMES = re.compile(rb'[:,\[{]\s*"([a-z0-9-]{1,40})"')


class Tombstone(msgspec.Struct, frozen=True):
    """One person who was forgotten: ``hash`` is SHA-256 of ``salt`` and the member's id."""

    v: int
    at: datetime
    salt: str
    hash: str
    pseudonym: str

    def is_of(self, member: str) -> bool:
        """Return whether it stands for this id."""
        return _hash(self.salt, member) == self.hash


class Forgotten:
    """Everybody who was forgotten; ``errors`` are the lines of the file that are no tombstones, by number."""

    def __init__(self, tombstones: Iterable[Tombstone] = (), errors: Iterable[int] = ()) -> None:
        self.tombstones = tuple(tombstones)
        self.errors = tuple(errors)
        self._known: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Whether anybody was."""
        return bool(self.tombstones)

    def name(self, member: str) -> str:
        """Return the pseudonym of a member who was forgotten, else the member's own id."""
        if member not in self._known:
            self._known[member] = next((one.pseudonym for one in self.tombstones if one.is_of(member)), member)
        return self._known[member]

    def is_gone(self, member: str) -> bool:
        """Return whether this member was forgotten."""
        return self.name(member) != member

    def scrub(self, record: Record) -> Record:
        """Return a record with pseudonyms for ids, and without what a person who was forgotten wrote.

        What somebody typed and what others typed about them goes; numbers, states and dates stay.
        """
        gone = [member for member in {record.by, *record.members} if self.is_gone(member)]
        if not gone:
            return record
        changes: dict[str, Any] = {"by": self.name(record.by)}
        for field in record.member_fields:
            changes[field] = self._renamed(getattr(record, field))
        if record.by in gone or getattr(record, "member", record.by) in gone:
            changes |= {field: REMOVED for field in record.text_fields if getattr(record, field)}
        if isinstance(record, Person) and record.member in gone:
            changes |= {"name": display_name(changes["member"]), "zone": ""}
        return msgspec.structs.replace(record, **changes)

    def scrub_line(self, line: bytes) -> bytes:
        """Return a line of a records file scrubbed; a line that is no record stays as it is."""
        try:
            record = decode(line)
        except Exception:
            return line
        if isinstance(record, Unknown):
            if not self.is_gone(record.envelope.by):
                return line
            # What a newer program's record says is not known here, so nothing of it can stay but that it was made.
            kept = msgspec.to_builtins(record.envelope) | {"by": self.name(record.envelope.by)}
            return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        scrubbed = self.scrub(record)
        return line if scrubbed is record else encode(scrubbed)

    def scrub_bytes(self, data: bytes) -> bytes:
        """Return the bytes of a records file with every line scrubbed; the same bytes where nobody in it was forgotten."""
        if not self.tombstones or not any(self.is_gone(name.decode()) for name in {*_NAMES.findall(data)}):
            return data
        return b"\n".join(self.scrub_line(line) if line.strip() else line for line in data.split(b"\n"))

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.name(value) if value else value
        if isinstance(value, dict):
            return {key: self.name(member) for key, member in value.items()}
        return tuple(self.name(member) for member in value)


def display_name(pseudonym: str) -> str:
    """Return how pages show a pseudonym.

    >>> display_name("former-member-2")
    'Former member 2'
    """
    words = pseudonym.replace("-", " ")
    return words[:1].upper() + words[1:]


def _hash(salt: str, member: str) -> str:
    return hashlib.sha256(f"{salt} {member}".encode()).hexdigest()


def new_tombstone(member: str, pseudonym: str, at: datetime) -> Tombstone:
    """Return a tombstone for a member."""
    salt = secrets.token_hex(16)
    return Tombstone(1, at, salt, _hash(salt, member), pseudonym)


def read_forgotten(folder: Path) -> Forgotten:
    """Return who was forgotten, from the file in ``folder`` (a workbook's ``sessions/``)."""
    try:
        lines = (folder / FILE).read_bytes().split(b"\n")
    except OSError:
        return Forgotten()
    found: list[Tombstone] = []
    errors: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                found.append(msgspec.json.decode(line, type=Tombstone))
        except msgspec.DecodeError:
            errors.append(number)
    return Forgotten(found, errors)


def bury(folder: Path, tombstone: Tombstone) -> None:
    """Add a tombstone to the file, down to the disk."""
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
    try:
        os.write(handle, msgspec.json.encode(tombstone) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names as whole words, in any case; None without a name of three letters."""
    words = sorted({name for name in names if len(name) >= 3}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE) if words else None


def without_names(record: Record, pattern: re.Pattern[str], instead: str) -> Record:
    """Return a record in whose texts the names stand no more."""
    changes = {
        field: pattern.sub(instead, value)
        for field in record.text_fields
        if isinstance(value := getattr(record, field), str) and pattern.search(value)
    }
    return msgspec.structs.replace(record, **changes) if changes else record
