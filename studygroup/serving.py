"""How many members' pages are open: the server says it in a file, and the facilitator's notebook reads it.

A server holds a lock on its file as long as it lives, so that what one that was killed left behind counts for nothing.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

FOLDER = Path(".studygroup") / "web"
_PREFIX = "open-pages-"


class OpenPages:
    """What one server says of its open pages.

    Parameters
    ----------
    folder
        The workbook's.
    port
        Where the server listens: several servers of one workbook have a file each.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._path = folder / FOLDER / f"{_PREFIX}{port}"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.tell(0)

    def tell(self, pages: int) -> None:
        """Say how many pages are open now."""
        # In one write, of one length: a reader never sees half of a number.
        os.pwrite(self._file, f"{pages:8}".encode(), 0)

    def close(self) -> None:
        """Take the file away."""
        with suppress(OSError):
            self._path.unlink()
        os.close(self._file)


def pages_open(folder: Path) -> int | None:
    """Return how many pages all servers of a workbook have open, or None where none runs."""
    found = None
    try:
        paths = list((folder / FOLDER).glob(f"{_PREFIX}*"))
    except OSError:
        return None
    for path in paths:
        if (pages := _read(path)) is not None:
            found = (found or 0) + pages
    return found


def _read(path: Path) -> int | None:
    """Return what a running server says, or None where the one that wrote it is gone."""
    try:
        with open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read(8))
    except (OSError, ValueError):
        return None
    return None
