"""People who asked to be forgotten: their records stay for the counts, under a pseudonym and without their texts.

A tombstone stands for each, in ``sessions/forgotten.jsonl`` or a table of the database: salted hashes of the id and the
names that are gone, and the pseudonym, so that it names no one. By it readers recognise lines that a merge brings back later,
and make of them the very bytes that forgetting made.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.current.names import NameFinder, folded
from studygroup.journal.types.lines import decode, encode
from studygroup.journal.types.record import Record, Unknown
from studygroup.journal.types.records import Person
from studygroup.storage.shared_files import read_file
from studygroup.text.text import ID_LENGTH

FILE = "forgotten.jsonl"
REMOVED = "[removed]"

# Whatever could be a member's id in a line of JSON, and the ids of records.
_NAMES = re.compile(rb'(?:[,\[{]|(?<!"id"):)\s*"([a-z0-9-]{1,40})"')
_NO_RECORD = (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError)
_IDS = re.compile(rb'"id"\s*:\s*"([!#-~]{1,64})"')


class Tombstone(msgspec.Struct, frozen=True):
    """One person who was forgotten.

    ``hash`` is SHA-256 of ``salt`` and the member's id, ``names`` are those of the names and the id as texts may hold them,
    at most ``words`` words long; ``mentions`` are the ids of others' records whose texts held one.
    """

    v: int
    at: datetime
    salt: str
    hash: str
    pseudonym: str
    names: tuple[str, ...] = ()
    words: int = 0
    mentions: tuple[str, ...] = ()

    def is_of(self, member: str) -> bool:
        """Return whether it stands for this id."""
        return _hash(self.salt, member) == self.hash

    @property
    def finder(self) -> NameFinder:
        """What finds the names in a text."""
        return NameFinder(lambda words: _hash(self.salt, words) in self.names, self.words)


class Forgotten:
    """Everyone who was forgotten; ``errors`` are the lines of the file that are no tombstones, by number."""

    def __init__(self, tombstones: Iterable[Tombstone] = (), errors: Iterable[int] = ()) -> None:
        self.tombstones = tuple(dict.fromkeys(tombstones))
        self.errors = tuple(errors)
        self._known: dict[str, str] = {}
        # What is no one's id who was forgotten.
        self._here: set[bytes] = set()
        self._mentioned: dict[str, list[Tombstone]] = {}
        for tombstone in self.tombstones:
            for name in tombstone.mentions:
                self._mentioned.setdefault(name, []).append(tombstone)

    def __bool__(self) -> bool:
        """Whether anyone was."""
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

        What someone typed and what others typed about them goes, and their name in others' texts; numbers, states and dates
        stay.
        """
        record = self._unmentioned(record)
        gone = [member for member in {record.by, *record.members} if self.is_gone(member)]
        if not gone:
            return record
        changes: dict[str, Any] = {"by": self.name(record.by)}
        for field in record.member_fields:
            changes[field] = self._renamed(getattr(record, field))
        if record.by in gone or getattr(record, "member", record.by) in gone:
            changes |= _removed_from(record)
        if getattr(record, "member", "") in gone:
            changes |= {field: type(getattr(record, field))() for field in record.own_fields}
        if isinstance(record, Person) and record.member in gone:
            changes["name"] = display_name(changes["member"])
        return msgspec.structs.replace(record, **changes)

    def _unmentioned(self, record: Record) -> Record:
        for tombstone in self._mentioned.get(record.id, ()):
            record = without_names(record, tombstone.finder, display_name(tombstone.pseudonym))
        return record

    def scrub_line(self, line: bytes) -> bytes:
        """Return a line of a records file scrubbed; a line that is no record stays as it is."""
        try:
            record = decode(line)
        except _NO_RECORD:
            return line
        if isinstance(record, Unknown):
            return self._scrub_unknown(record)
        scrubbed = self.scrub(record)
        if scrubbed is record:
            return line
        try:
            scrubbed.check_all()
            return encode(scrubbed)
        except RecordError:
            # A pseudonym can be longer than the name, and the text then longer than a record takes.
            return encode(msgspec.structs.replace(scrubbed, **_removed_from(scrubbed)))

    def _scrub_unknown(self, record: Unknown) -> bytes:
        envelope = record.envelope
        if self.is_gone(envelope.by):
            # What a newer program's record says is not known here, so nothing of it can stay but that it was made.
            kept: Any = msgspec.to_builtins(envelope) | {"by": self.name(envelope.by)}
        elif self.touches(record.line):
            found = json.loads(record.line)
            kept = self._scrub_value(found, self._mentioned.get(envelope.id, ()))
            if kept == found:
                return record.line
        else:
            return record.line
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    def _scrub_value(self, value: Any, tombstones: Iterable[Tombstone]) -> Any:
        """Return JSON of any shape with pseudonyms for ids, and without the names where they were found."""
        if isinstance(value, str):
            if len(value) <= ID_LENGTH and self.is_gone(value):
                return self.name(value)
            for tombstone in tombstones:
                value = tombstone.finder.replaced(value, display_name(tombstone.pseudonym))
            return value
        if isinstance(value, dict):
            return {self._scrub_value(key, ()): self._scrub_value(inner, tombstones) for key, inner in value.items()}
        return [self._scrub_value(inner, tombstones) for inner in value] if isinstance(value, list) else value

    def touches(self, data: bytes) -> bool:
        """Return whether some line of records may hold what is to be forgotten; what it says no to needs no closer look."""
        if not self.tombstones:
            return False
        if self._has_gone_id(data):
            return True
        if self._mentioned and not self._mentioned.keys().isdisjoint(name.decode() for name in _IDS.findall(data)):
            return True
        # An id could be written with escapes; nothing here writes it so.
        return b"\\u" in data

    def without_gone(self, line: bytes) -> bytes:
        """Return a line as it may stay on the disk: scrubbed, and nothing of one that is no record but names someone gone."""
        scrubbed = self.scrub_line(line) if self.touches(line) else line
        if scrubbed != line or is_record(line):
            return scrubbed
        return b"" if self._names_gone(line) else line

    def _has_gone_id(self, data: bytes) -> bool:
        """Whether the id of someone who was forgotten is in lines."""
        for name in {*_NAMES.findall(data)} - self._here:
            if self.is_gone(name.decode()):
                return True
            self._here.add(name)
        return False

    def _names_gone(self, line: bytes) -> bool:
        """Whether a line of whatever content names someone who was forgotten."""
        if self._has_gone_id(line):
            return True
        text = line.decode(errors="replace")
        return any(tombstone.finder.is_in(text) for tombstone in self.tombstones)

    def scrub_bytes(self, data: bytes) -> bytes:
        """Return the bytes of a records file with every line scrubbed; the same bytes where no one in it was forgotten."""
        if not self.touches(data):
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


def is_record(line: bytes) -> bool:
    """Return whether a line holds a record, known or not."""
    try:
        decode(line)
    except _NO_RECORD:
        return False
    return True


def _removed_from(record: Record) -> dict[str, Any]:
    """Return the fields of a record that hold prose, with what is there instead."""
    held = {field: value for field in record.text_fields if (value := getattr(record, field))}
    return {field: REMOVED if isinstance(value, str) else (REMOVED,) * len(value) for field, value in held.items()}


def _hash(salt: str, member: str) -> str:
    return hashlib.sha256(f"{salt} {member}".encode()).hexdigest()


def new_tombstone(
    member: str, pseudonym: str, at: datetime, names: Iterable[str] = (), mentions: Iterable[str] = ()
) -> Tombstone:
    """Return a tombstone for a member with these display names, mentioned in the texts of others' records of these ids."""
    salt = secrets.token_hex(16)
    found = {name: words for name, words in map(folded, (member, *names)) if words}
    return Tombstone(
        v=1,
        at=at,
        salt=salt,
        hash=_hash(salt, member),
        pseudonym=pseudonym,
        # In an order that says nothing.
        names=tuple(sorted(_hash(salt, name) for name in found)),
        words=max(found.values(), default=0),
        mentions=tuple(mentions),
    )


def parse_tombstone(line: bytes) -> Tombstone:
    """Return the tombstone in a line.

    Raises
    ------
    msgspec.DecodeError
        It is none.
    """
    return msgspec.json.decode(line, type=Tombstone)


def read_forgotten(folder: Path) -> Forgotten:
    """Return who was forgotten, from the file in ``folder`` (a workbook's ``sessions/``)."""
    try:
        lines = read_file(folder / FILE, folder.parent).split(b"\n")
    except OSError:
        return Forgotten()
    found: list[Tombstone] = []
    errors: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            if line.strip():
                found.append(parse_tombstone(line))
        except msgspec.DecodeError:
            errors.append(number)
    return Forgotten(found, errors)


def without_names(record: Record, names: NameFinder, instead: str) -> Record:
    """Return a record in whose texts the names stand no more; the same one where they do not stand."""
    changes: dict[str, Any] = {}
    for field in record.text_fields:
        value = getattr(record, field)
        if isinstance(value, str):
            if names.is_in(value):
                changes[field] = names.replaced(value, instead)
        elif any(map(names.is_in, value or ())):
            changes[field] = tuple(names.replaced(text, instead) for text in value)
    return msgspec.structs.replace(record, **changes) if changes else record
