"""The journal in files: ``sessions/<session>/records/<member>.jsonl``, one append-only file a person a session.

The write protocol loses no acknowledged record under a crash; its steps are numbered as in docs/architecture.md.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from studygroup.errors import NotSavedError
from studygroup.journal.current.journal import Journal
from studygroup.journal.files.reader import Reader
from studygroup.journal.files.records_file import lines_with
from studygroup.journal.types.lines import encode
from studygroup.journal.types.record import Record
from studygroup.storage.atomic import advice_on, locked_in, synced
from studygroup.storage.shared_files import Folder, open_folder, read_open, write_all
from studygroup.text.text import check_id, check_session_id


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
        self._written: tuple[Record, bytes] | None = None

    def path(self, session: str, member: str) -> Path:
        """Return the file of what ``member`` typed for ``session``; both ids are checked before they become a path."""
        key = session, member
        if key not in self._paths:
            checked = self.folder / check_session_id(session) / "records" / f"{check_id(member, 'member id')}.jsonl"
            self._paths[key] = checked
        return self._paths[key]

    def append(self, record: Record, again: bool = False) -> Record:
        """Write one record and return it; when this returns, it is on the disk.

        Parameters
        ----------
        again
            Whether the same entry may have been tried before: if its id is in the file by now, what is there is brought down to the
            disk and returned, and nothing is added.

        Raises
        ------
        RecordError
            The record is too large or its ids cannot be file names; nothing was written.
        NotSavedError
            The disk refused. After a failed write nothing of the record is left in the file; after a failed sync it may be.
        """
        path, line = self.path(record.session, record.by), encode(record)
        seen = self._reader.size_of(record.session, path.name) if again else None
        written = append_line_to(path, line, self.folder.parent, (record.id, seen) if again else None)
        if written is not None:
            return written
        self._written = record, line
        return record

    def confirm(self, record: Record) -> None:
        """Bring a record that is in its file down to the disk, as where an earlier try to do so failed.

        Raises
        ------
        NotSavedError
            The disk refused.
        """
        path, root = self.path(record.session, record.by), self.folder.parent
        with _explaining(path), contextlib.suppress(FileNotFoundError), open_folder(path.parent, root) as folder:
            with locked_in(folder, path.name, root):
                # For writing too: Windows brings down only what is open for that.
                handle = folder.open(path.name, os.O_RDWR)
                _write_again(folder, path.name, record.id, None)
            _bring_down(handle, root)

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
        written = self._written if self._written and self._written[0] is record else None
        return self._reader.read(sessions=(record.session,), members=(record.by,), written=written)


def append_line_to(path: Path, line: bytes, root: Path, again: tuple[str, int | None] | None = None) -> Record | None:
    """Append a line to a records file of the workbook at ``root``, made when missing; when this returns, it is on the disk.

    Parameters
    ----------
    again
        The line's id, where an earlier try may have written it, and the size of the file as it was read last. A record of this id
        that is in the file by now is brought down to the disk and returned; nothing is added.

    Raises
    ------
    NotSavedError
        The disk refused, or a link or something else that is no regular file is in the way.
    """
    with _explaining(path):
        try:
            return _append_line(path, line, root, again)
        except FileNotFoundError:
            _create(path, root)
            return _append_line(path, line, root, again)


@contextlib.contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Have errors of the disk say what could not be saved, what became of it and what to do."""
    try:
        yield
    except _NotSyncedError as error:
        raise NotSavedError(
            f"Not saved for certain: {path} was written, but the disk did not confirm it ({error.strerror}), so it can be lost when the "
            "machine stops. Save again: a form does not enter it twice; after a command, look at `studygroup history` first."
        ) from error
    except OSError as error:
        raise NotSavedError(
            f"Not saved: {path} could not be written: {error.strerror or error}. Nothing was changed. {advice_on(error)}."
        ) from error


class _NotSyncedError(OSError):
    """A line was written, and bringing it down to the disk failed."""


def _create(path: Path, root: Path) -> None:
    """Create the file and the folders it is in, and see to it that their names are on the disk (step 2)."""
    with open_folder(path.parent, root, create=True) as folder:
        handle = folder.open(path.name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            synced(os.fsync, handle, root)
        finally:
            os.close(handle)
        folder.sync()


def _append_line(path: Path, line: bytes, root: Path, again: tuple[str, int | None] | None) -> Record | None:
    """Append one line and sync it (steps 3 to 6)."""
    with open_folder(path.parent, root) as folder, locked_in(folder, path.name, root):
        # Opened under the lock: a git merge may have put another file in this one's place.
        handle = folder.open(path.name, os.O_RDWR | os.O_APPEND)
        try:
            before = _write_again(folder, path.name, *again) if again else None
            if before is None:
                _write_line(handle, line)
        except BaseException:
            os.close(handle)
            raise
    # Others need not wait for the disk.
    _bring_down(handle, root)
    return before


def _sync(handle: int) -> None:
    """Bring a file's data down to the disk."""
    # macOS has no fdatasync; fsync does more.
    getattr(os, "fdatasync", os.fsync)(handle)


def _bring_down(handle: int, root: Path) -> None:
    """Sync a file and close it (step 6): a failed sync is "not saved", and syncing alone is never tried again, as the system may
    have dropped the pages and would answer that all is well."""
    try:
        synced(_sync, handle, root)
    except OSError as error:
        raise _NotSyncedError(error.errno, error.strerror) from error
    finally:
        os.close(handle)


def _write_again(folder: Folder, name: str, record_id: str, seen: int | None) -> Record | None:
    """Write the line of an id again in its place, and return its record; None where it is not there, or the file is as ``seen``."""
    if folder.status(name).st_size == seen:
        return None
    # Not for appending: some systems then append whatever the place.
    handle = folder.open(name, os.O_RDWR)
    try:
        data = read_open(handle, lambda: folder.path / name)
        found = [one for one in lines_with({record_id}, data) if isinstance(one[2], Record)]
        if not found:
            return None
        number, line, record = min(found, key=lambda one: one[1])
        # Written again in its place: after a failed sync the system may take bytes for saved that are not.
        os.lseek(handle, sum(len(one) + 1 for one in data.split(b"\n")[: number - 1]), os.SEEK_SET)
        write_all(handle, line + b"\n")
        return record if isinstance(record, Record) else None
    finally:
        os.close(handle)


def _write_line(handle: int, line: bytes) -> None:
    size = os.fstat(handle).st_size
    # Step 4: a torn tail becomes a line of its own; bytes that others wrote are never deleted.
    # Where it is read says nothing about where it is written: the file is open for appending.
    os.lseek(handle, max(0, size - 1), os.SEEK_SET)
    torn = os.read(handle, 1) not in {b"", b"\n"}
    try:
        # Step 5: a write can be short before the disk is full.
        write_all(handle, (b"\n" if torn else b"") + line + b"\n")
    except BaseException:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, size)
        raise
