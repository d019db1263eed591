"""The journal in files: ``sessions/<session>/records/<member>.jsonl``, one append-only file a person a session.

The write protocol loses no acknowledged record under a crash; its steps are numbered as in docs/architecture.md.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from studygroup.atomic import advice_on, locked, synced
from studygroup.errors import NotSavedError
from studygroup.journal.journal import Journal
from studygroup.journal.lines import encode
from studygroup.journal.reader import Reader
from studygroup.journal.record import Record
from studygroup.text import check_id, check_session_id

# macOS has no fdatasync; fsync does more.
_sync = getattr(os, "fdatasync", os.fsync)


class FilesStore:
    """The journal in files.

    Parameters
    ----------
    folder
        The workbook's ``sessions/`` folder.
    cache
        A file that makes opening faster, or None; see ``cache``.
    """

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder
        self._reader = Reader(folder, cache)
        self._paths: dict[tuple[str, str], Path] = {}

    def path(self, session: str, member: str) -> Path:
        """Return the file of what ``member`` typed for ``session``; both ids are checked before they become a path."""
        key = session, member
        if key not in self._paths:
            checked = self.folder / check_session_id(session) / "records" / f"{check_id(member, 'member id')}.jsonl"
            self._paths[key] = checked
        return self._paths[key]

    def append(self, record: Record) -> None:
        """Write one record; when this returns, it is on the disk.

        Raises
        ------
        RecordError
            The record is too large or its ids cannot be file names; nothing was written.
        NotSavedError
            The disk refused. After a failed write nothing of the record is left in the file; after a failed sync it may be.
        """
        append_line_to(self.path(record.session, record.by), encode(record))

    def read(self) -> Journal:
        """Return all records; a line that cannot be used is reported, and reading goes on after it.

        The second time only what is new is read.
        """
        return self._reader.read()

    def read_sessions(self, sessions: Collection[str], members: Collection[str] = ()) -> Journal:
        """Return the records as they were read last, with what is new in the files of some sessions, or of some members there."""
        for session in sessions:
            for member in members:
                self.path(session, member)
        return self._reader.read(sessions=sessions, members=members)

    def read_entered(self, record: Record) -> Journal:
        """Return the records as they were read last, with what is new in the file of one that was just appended."""
        return self._reader.read(sessions=(record.session,), members=(record.by,))


def append_line_to(path: Path, line: bytes) -> None:
    """Append a line to a records file, made when missing; when this returns, it is on the disk.

    Raises
    ------
    NotSavedError
        The disk refused.
    """
    try:
        try:
            _append_line(path, line)
        except FileNotFoundError:
            _create(path)
            _append_line(path, line)
    except OSError as error:
        raise NotSavedError(
            f"Not saved: {path} could not be written: {error.strerror or error}. Nothing was changed. {advice_on(error)}."
        ) from error


def _create(path: Path) -> None:
    """Create the file and the folders it stands in, and see to it that their names are on the disk (step 2)."""
    if path.exists():
        return
    missing = [path.parent, *path.parent.parents]
    missing = missing[: next(number for number, folder in enumerate(missing) if folder.is_dir())]
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
    try:
        synced(os.fsync, handle, path.parent.parent.parent)
    finally:
        os.close(handle)
    for folder in [path.parent, *(created.parent for created in missing)]:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            synced(os.fsync, handle, path.parent.parent.parent)
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
        synced(_sync, handle, path.parent.parent.parent)
    finally:
        os.close(handle)
