"""How many members' pages are open: the server says it in a file, and the facilitator's notebook reads it.

A server holds a lock on its file as long as it lives, so that what one that was killed left behind counts for nothing.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from filelock import lock_descriptor, unlock_descriptor

from studygroup.storage.shared_files import find_files, open_folder, remove_file

FOLDER = Path(".studygroup") / "web"
_PREFIX = "open-pages-"
_LOOK_AGAIN_S = 0.001


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
        self._root = folder
        with open_folder(self._path.parent, folder, create=True) as place:
            self._file = place.open(self._path.name, os.O_RDWR | os.O_CREAT, 0o600)
        lock_descriptor(self._file, poll_interval=_LOOK_AGAIN_S)
        self.tell(0)

    def tell(self, pages: int) -> None:
        """Say how many pages are open now."""
        # In one write, of one length: a reader never sees half of a number.
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, f"{pages:8}".encode())

    def close(self) -> None:
        """Take the file away."""
        with suppress(OSError):
            remove_file(self._path, self._root)
        unlock_descriptor(self._file)
        os.close(self._file)


def pages_open(folder: Path) -> int | None:
    """Return how many pages all servers of a workbook have open, or None where none runs."""
    found = None
    for path in find_files(folder, *FOLDER.parts, f"{_PREFIX}*"):
        if (pages := _read(path, folder)) is not None:
            found = (found or 0) + pages
    return found


def _read(path: Path, root: Path) -> int | None:
    """Return what a running server says, or None where the one that wrote it is gone."""
    try:
        with open_folder(path.parent, root) as folder:
            handle = folder.open(path.name, os.O_RDONLY)
        try:
            # On Windows no one else may read the locked first byte, which is always a space.
            os.lseek(handle, 1, os.SEEK_SET)
            return int(os.read(handle, 7)) if _is_locked(handle) else None
        finally:
            os.close(handle)
    except (OSError, ValueError):
        return None


def _is_locked(handle: int) -> bool:
    """Return whether a server holds the lock of an open file; another reader holds it only for the moment of its own look."""
    for _ in range(3):
        if lock_descriptor(handle, blocking=False):
            return False
        time.sleep(_LOOK_AGAIN_S)
    return True
