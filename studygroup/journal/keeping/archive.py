"""A journal in one file that only its owner can read: what ``studygroup forget`` leaves behind until it is deleted."""

from __future__ import annotations

import io
import os
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studygroup.errors import NotSavedError
from studygroup.journal.current.forgotten import FILE
from studygroup.journal.keeping.copying import place_of

if TYPE_CHECKING:
    from studygroup.journal.sql.sql import SqlStore


def write_archive(path: Path, sessions: Path, database: SqlStore | None = None) -> None:
    """Write the folder ``sessions`` and all rows of a database to a new archive, down to the disk.

    The database's part, ``database/``, is laid out as a sessions folder: ``studygroup copy --from database --to URL`` brings
    it back into an empty one.

    Raises
    ------
    NotSavedError
        It could not be written, or is there.
    StoreError
        The database cannot be read.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise NotSavedError(f"No backup could be written to {path}: {error.strerror}. Nothing was changed.") from error
    try:
        with open(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                if sessions.is_dir():
                    archive.add(sessions, arcname="sessions", filter=_only_ours)
                if database is not None:
                    _add_rows(archive, database)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise NotSavedError(f"No backup could be written to {path}: {error.strerror}. Nothing was changed.") from error
        raise


def _only_ours(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out links, pipes and the like, none of which holds records."""
    return entry if entry.isreg() or entry.isdir() or entry.islnk() else None


def _add_rows(archive: tarfile.TarFile, database: SqlStore) -> None:
    files: dict[str, list[bytes]] = defaultdict(list)
    for row in database.rows():
        session, by = place_of(row.data) if row.record else ("", "")
        files[f"{session}/records/{by}.jsonl" if session else "no-records.txt"].append(row.data)
    files[FILE] = [msgspec.json.encode(tombstone) for tombstone in database.forgotten().tombstones]
    for name, lines in files.items():
        data = b"".join(line + b"\n" for line in lines)
        entry = tarfile.TarInfo(f"database/{name}")
        entry.size, entry.mode = len(data), 0o600
        archive.addfile(entry, io.BytesIO(data))
