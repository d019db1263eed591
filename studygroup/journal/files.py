"""The journal in files: ``sessions/<session>/records/<member>.jsonl``, one append-only file a person a session.

The write protocol loses no acknowledged record under a crash; its steps are numbered as in docs/architecture.md.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from studygroup.atomic import advice_on, locked
from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.lines import decode, encode
from studygroup.journal.record import Envelope, Record, Unknown
from studygroup.text import check_id, check_session_id

# macOS has no fdatasync; fsync does more.
_sync = getattr(os, "fdatasync", os.fsync)


class Journal(msgspec.Struct, frozen=True):
    """All records as they were read.

    ``records`` are in order of time, then id, each id once. ``unknown`` are of types or versions this program does not know.
    ``problems`` name every line that could not be used and every id that occurs with different content.
    """

    records: tuple[Record, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    problems: tuple[Problem, ...] = ()


class FilesStore:
    """The journal of the workbook whose ``sessions/`` folder is ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, session: str, member: str) -> Path:
        """Return the file of what ``member`` typed for ``session``; both ids are checked before they become a path."""
        return self.folder / check_session_id(session) / "records" / f"{check_id(member, 'member id')}.jsonl"

    def append(self, record: Record) -> None:
        """Write one record; when this returns, it is on the disk.

        Raises
        ------
        RecordError
            The record is too large or its ids cannot be file names; nothing was written.
        NotSavedError
            The disk refused. After a failed write nothing of the record is left in the file; after a failed sync it may be.
        """
        line = encode(record)
        path = self.path(record.session, record.by)
        try:
            _create(path)
            _append_line(path, line)
        except OSError as error:
            raise NotSavedError(
                f"Not saved: {path} could not be written: {error.strerror or error}. Nothing was changed. {advice_on(error)}."
            ) from error

    def read(self) -> Journal:
        """Return all records; a line that cannot be used is reported, and reading goes on after it."""
        found: dict[str, tuple[bytes, Record | Unknown]] = {}
        problems: list[Problem] = []
        for path in self._files(problems):
            _read_file(path, self.folder, found, problems)
        kept = [record for _, record in found.values()]
        return Journal(
            tuple(sorted((record for record in kept if isinstance(record, Record)), key=lambda record: record.order)),
            tuple(record for record in kept if isinstance(record, Unknown)),
            tuple(problems),
        )

    def _files(self, problems: list[Problem]) -> list[Path]:
        """Return the records files, in order; a folder that cannot be looked into is a problem, not an empty one."""
        found: list[Path] = []
        try:
            for session in sorted(self.folder.iterdir()) if self.folder.exists() else ():
                folder = session / "records"
                try:
                    found += sorted(path for path in folder.iterdir() if path.suffix == ".jsonl")
                except (FileNotFoundError, NotADirectoryError):
                    continue
                except OSError as error:
                    problems.append(_unreadable(folder, self.folder, error))
        except OSError as error:
            problems.append(_unreadable(self.folder, self.folder, error))
        return found


def _unreadable(path: Path, folder: Path, error: OSError) -> Problem:
    place = str(path.relative_to(folder.parent))
    return Problem(place, 0, "error", f"cannot be read ({error.strerror or error}); the records in it are missing")


def _read_file(path: Path, folder: Path, found: dict[str, tuple[bytes, Record | Unknown]], problems: list[Problem]) -> None:
    """Add one file's records to ``found`` by id, and what is wrong with it to ``problems``."""
    place = str(path.relative_to(folder.parent))
    try:
        # Only b"\n" ends a record: str.splitlines would also cut at U+2028 within a text.
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        problems.append(_unreadable(path, folder, error))
        return
    offset = 0
    # A last piece without a line end is a record that is being written at this moment.
    for number, line in enumerate(lines[:-1], start=1):
        start, offset = offset, offset + len(line) + 1
        if not line.strip():
            continue
        try:
            record = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
            text = f"no record (byte {start}): {error}; the line was left as it is and not used"
            problems.append(Problem(place, number, "error", text))
            continue
        envelope = record.envelope if isinstance(record, Unknown) else record
        problems.extend(_misplaced(envelope, path, place, number))
        if isinstance(record, Unknown):
            what = f"version {envelope.v}" if envelope.v > 1 else f"type {record.envelope.type!r}"
            text = f"a record of {what}, which this program does not know; it was kept and not used"
            problems.append(Problem(place, number, "warning", text))
        before = found.get(envelope.id)
        if before is not None and before[0] != line:
            text = f"the id {envelope.id} occurs with different content; the one with the smaller bytes is used"
            problems.append(Problem(place, number, "error", text))
        if before is None or line < before[0]:
            found[envelope.id] = line, record
    if lines[-1].strip():
        text = "the last line has no end: it is being written, or an editor cut it; add a line end if it should count"
        problems.append(Problem(place, len(lines), "note", text))


def _misplaced(envelope: Envelope | Record, path: Path, place: str, number: int) -> Iterator[Problem]:
    if (envelope.session, envelope.by) != (path.parent.parent.name, path.stem):
        where = f"sessions/{envelope.session}/records/{envelope.by}.jsonl"
        yield Problem(place, number, "warning", f"the record belongs in {where}; it was used all the same")


def _create(path: Path) -> None:
    """Create the file and the folders it stands in, and see to it that their names are on the disk (step 2)."""
    if path.exists():
        return
    missing = [path.parent, *path.parent.parents]
    missing = missing[: next(number for number, folder in enumerate(missing) if folder.is_dir())]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    for folder in [path.parent, *(created.parent for created in missing)]:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _append_line(path: Path, line: bytes) -> None:
    """Append one line and sync it (steps 3 to 6)."""
    with locked(path):
        # Opened under the lock: a git merge may have put another file in this one's place.
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            size = os.fstat(handle).st_size
            # Step 4: a torn tail becomes a line of its own; bytes that others wrote are never deleted.
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            rest = memoryview((b"\n" if torn else b"") + line + b"\n")
            try:
                # Step 5: a write can be short before the disk is full.
                while rest:
                    rest = rest[os.write(handle, rest) :]
            except BaseException:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, size)
                raise
        except BaseException:
            os.close(handle)
            raise
    try:
        # Step 6: others need not wait for the disk. A failed sync is "not saved": it is never tried again, as the
        # system may have dropped the pages and would answer that all is well.
        _sync(handle)
    finally:
        os.close(handle)
