"""One records file as it was read so far, so that only what is new in it is read again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from operator import attrgetter

import msgspec

from studygroup.errors import Problem, RecordError
from studygroup.journal.types.bulk import decode_whole
from studygroup.journal.types.lines import decode, why_unused
from studygroup.journal.types.record import Envelope, Record, Unknown
from studygroup.storage.shared_files import Folder, read_open

# A file that changed less than this before it was looked at may change again without another date: file systems keep
# dates to up to two seconds (FAT), and the system's own ticks are some milliseconds.
_DATES_ARE_COARSE_NS = 2_000_000_000

Identity = tuple[int, int, int, int]
"""A file's inode, size, and when its content and its inode last changed (ns)."""


def identity_of(status: os.stat_result) -> Identity:
    """Return what tells a file from another one that may be in its place."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def is_settled(identity: Identity, now_ns: int) -> bool:
    """Whether the same identity later means the same content."""
    return max(identity[2], identity[3]) + _DATES_ARE_COARSE_NS < now_ns


def read_whole(folder: Folder, name: str) -> tuple[Identity, bool, bytes]:
    """Return a file's identity, whether it is settled, and its bytes."""
    handle = folder.open(name, os.O_RDONLY)
    try:
        # Before the bytes: what is written meanwhile shows as another identity the next time.
        now = time.time_ns()
        identity = identity_of(os.fstat(handle))
        data = read_open(handle, lambda: folder.path / name)
    finally:
        os.close(handle)
    return identity, is_settled(identity, now), data


class RecordsFile:
    """A file's records, what is wrong with it, and how far it was read.

    Parameters
    ----------
    session, name
        The folder's name and the file's.
    place
        The path as problems name it.
    """

    def __init__(self, session: str, name: str, place: str) -> None:
        self.session = session
        self.by = name.removesuffix(".jsonl")
        self.place = place
        self.identity: Identity | None = None
        self.is_settled = False
        self._forget()

    def _forget(self) -> None:
        self.consumed = 0
        self.lines = 0
        self.mark = hash(b"")
        self._bytes: Callable[[], bytes] | None = None
        self.records: list[Record] = []
        self.unknown: list[Unknown] = []
        self.problems: list[Problem] = []
        self.tail: Problem | None = None

    @property
    def is_clean(self) -> bool:
        """Whether every line is a record of this version, in its place."""
        return not (self.unknown or self.problems or self.tail)

    def keep(self, identity: Identity, consumed: int, lines: int, records: list[Record], data: Callable[[], bytes]) -> None:
        """Take over how far a file without a fault was read; its bytes are asked for when it changes."""
        self.identity, self.is_settled = identity, True
        self.consumed, self.lines, self.records = consumed, lines, records
        self._bytes = data

    def new_bytes(self, identity: Identity, settled: bool, data: bytes) -> tuple[bytes, bool]:
        """Take note of a file's bytes and return the whole lines among them that are new, and if earlier ones are gone.

        All of the bytes before are compared with those that were read: a file that an editor or a merge changed is taken
        anew. Python's hash of bytes differs from process to process, so no one can make two texts that it takes for one.
        """
        if self._bytes is not None:
            self.mark, self._bytes = hash(self._bytes()[: self.consumed]), None
        replaced = len(data) < self.consumed or hash(data[: self.consumed]) != self.mark
        if replaced:
            self._forget()
        self.identity, self.is_settled = identity, settled
        start, end = self.consumed, data.rfind(b"\n") + 1
        self.consumed, self.mark = max(start, end), hash(data[: max(start, end)])
        rest = data[self.consumed :]
        new = data[start : self.consumed]
        # A last piece without a line end is a record that is being written at this moment.
        text = "the last line has no end: it is being written, or an editor cut it; add a line end if it should count"
        torn = bool(rest.strip())
        self.tail = Problem(self.place, self.lines + new.count(b"\n") + 1, "note", text) if torn else None
        return new, replaced

    def decode(self, new: bytes) -> list[Record] | None:
        """Return the records of new lines, unchecked, or None where some line needs a closer look."""
        records = decode_whole(new)
        if not records or not (_are_all(records, "by", self.by) and _are_all(records, "session", self.session)):
            return None
        return records

    def take(self, records: list[Record], lines: int) -> None:
        """Add acceptable records that were found in a number of new lines."""
        self.lines += lines
        self.records = self.records + records if self.records else records

    def take_by_line(self, new: bytes) -> list[Record]:
        """Add what new lines hold, record by record, with what is wrong with the others, and return the records."""
        offset = self.consumed - len(new)
        found: list[Record] = []
        for number, line in enumerate(new.split(b"\n")[:-1], start=self.lines + 1):
            start, offset = offset, offset + len(line) + 1
            if not line.strip():
                continue
            try:
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
                text = f"no record (byte {start}): {error}; the line was left as it is and not used"
                self.problems.append(Problem(self.place, number, "error", text))
                continue
            envelope = record.envelope if isinstance(record, Unknown) else record
            if (envelope.session, envelope.by) != (self.session, self.by):
                where = f"sessions/{envelope.session}/records/{envelope.by}.jsonl"
                text = f"the record belongs in {where}; it was used all the same"
                self.problems.append(Problem(self.place, number, "warning", text))
            if isinstance(record, Unknown):
                self.problems.append(Problem(self.place, number, "warning", why_unused(record)))
                self.unknown.append(record)
            else:
                found.append(record)
        self.take(found, new.count(b"\n"))
        return found

    def ids(self) -> Iterator[str]:
        """Yield the ids of all records, known or not."""
        yield from (record.id for record in self.records)
        yield from (record.envelope.id for record in self.unknown)


def _are_all(records: list[Record], field: str, value: str) -> bool:
    return list(map(attrgetter(field), records)).count(value) == len(records)


def lines_with(ids: set[str], data: bytes) -> Iterator[tuple[int, bytes, Record | Unknown]]:
    """Yield the lines of some ids: number, bytes and record."""
    names = [name.encode() for name in ids]
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        # An id could be written with escapes; such a line is not ruled out.
        if b"\\u" not in line and not any(name in line for name in names):
            continue
        try:
            record = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError):
            continue
        envelope: Envelope | Record = record.envelope if isinstance(record, Unknown) else record
        if envelope.id in ids:
            yield number, line, record
