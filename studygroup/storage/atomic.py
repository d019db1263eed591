"""Files written whole or not at all, and locked while someone writes."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from studygroup.errors import NotSavedError
from studygroup.storage.shared_files import Folder, RefusedError, open_folder, set_rights, write_all

_NO_SPACE = "Make room there, then save again"
_NO_RIGHT = "Allow writing there, or choose another folder, then save again"
_ADVICE = {
    errno.ENOSPC: _NO_SPACE,
    errno.EDQUOT: _NO_SPACE,
    errno.EFBIG: "Raise the limit on the size of files (ulimit -f), then save again",
    errno.EROFS: _NO_RIGHT,
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.ENOENT: "Make the folder first, then save again",
    errno.ENOTDIR: "A file is where the folder should be; move it away, then save again",
    errno.EISDIR: "A folder is where the file should be; move it away, then save again",
}


def write_atomically(path: Path, data: bytes, root: Path | None = None) -> None:
    """Write a file so that ``path`` has either the old bytes or all of the new ones, also after a crash; see below.

    Raises
    ------
    NotSavedError
        The file could not be written; what was there before still is.
    """
    write_all_atomically({path: data}, root)


def write_all_atomically(contents: Mapping[Path, bytes], root: Path | None = None) -> None:
    """Write several files: all of the new bytes are on disk before the first old file is replaced.

    A full disk, a missing right or Ctrl-C while writing therefore leaves every old file as it was. Each single file
    is old or new at any moment; a power cut between two replacements can leave some files old and others new. The mode of an
    existing file is kept.

    Parameters
    ----------
    root
        The folder of the workbook that the files belong to: a symbolic link in their place is replaced, and one on the way to
        them is refused. Without it, a person chose the paths, and their own links are followed.

    Raises
    ------
    NotSavedError
        Names the file, the reason and what to do.
    """
    temporaries: list[_Temporary] = []
    replaced: list[Path] = []
    current = Path()
    try:
        for current, data in contents.items():
            target = current if root else Path(os.path.realpath(current))
            # Noted before it exists, so that an interrupt in between leaves no file behind.
            temporaries.append(_Temporary(target, root or target.parent))
            temporaries[-1].write(data)
        for current, temporary in zip(contents, temporaries, strict=True):
            temporary.rename()
            replaced.append(current)
            temporary.folder.sync()
    except OSError as error:
        raise NotSavedError(_explain(current, error, replaced)) from error
    finally:
        for temporary in temporaries:
            temporary.close()


class _Temporary:
    """New bytes beside the file that they will replace."""

    def __init__(self, target: Path, root: Path) -> None:
        self.folder = open_folder(target.parent, root)
        self._target = target.name
        self._name = f".studygroup-{secrets.token_hex(8)}.tmp"

    def write(self, data: bytes) -> None:
        """Write the bytes, down to the disk, with the mode that the target has or would get."""
        mode = self.folder.kind(self._target)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if mode is not None and not stat.S_ISREG(mode):
            mode = None
        if mode is not None and not self.folder.may_write(self._target):
            # Replacing needs no right on the file itself: without this a write-protected file would be overwritten.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        handle = self.folder.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            if mode is not None:
                set_rights(handle, stat.S_IMODE(mode))
            write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self) -> None:
        """Put the bytes in the target's place."""
        self.folder.replace(self._name, self._target)
        self._name = ""

    def close(self) -> None:
        """Remove what was not put in place."""
        with self.folder, suppress(OSError):
            if self._name:
                self.folder.remove(self._name)


def advice_on(error: OSError) -> str:
    """Return what to do about an error of the disk, as a sentence without its full stop."""
    if isinstance(error, RefusedError):
        return "Move it away, then save again"
    return _ADVICE.get(error.errno or 0, "Mend this, then save again")


def _explain(path: Path, error: OSError, replaced: list[Path]) -> str:
    """Return what could not be saved, where, why, what is current and what to do."""
    why = os.strerror(error.errno) if error.errno else str(error)
    advice = advice_on(error)
    if path in replaced:
        return f"{path} was written, but is not safe on the disk yet: {why}. {advice}."
    before = f" Already written: {', '.join(map(str, replaced))}." if replaced else ""
    return f"{path} was not saved: {why}. What was there before is unchanged.{before} {advice}."


# How long who waits for a lock sleeps between two looks; a lock is held for a tenth of that.
_LOOK_AGAIN_S = 0.001
_CANNOT = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})


@cache
def _say_once(what: str) -> None:
    logging.getLogger("studygroup").warning(what)


def synced(sync: Callable[[int], None], handle: int, folder: Path) -> None:
    """Bring a file down to the disk; where the file system has no such thing it is said once, and that is all there is."""
    try:
        sync(handle)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        _say_once(
            f"The file system of {folder} cannot bring a file down to the disk ({error.strerror}): what is saved there can be lost "
            "when the machine stops. Keep the workbook on a local disk, and share it with git."
        )


@contextmanager
def locked(path: Path, root: Path) -> Iterator[None]:
    """Hold a file's lock, in a ``.lock`` file beside it, against other processes and other threads.

    Where the file system has no locks it is said once, and the block goes on without one.

    Parameters
    ----------
    root
        The folder of the workbook that the file belongs to.
    """
    with open_folder(path.parent, root) as folder, locked_in(folder, path.name, root):
        yield


@contextmanager
def locked_if_free(path: Path, root: Path) -> Iterator[bool]:
    """Hold a file's lock as ``locked`` does, and yield True; False where someone else holds it, without waiting."""
    from filelock import lock_descriptor, unlock_descriptor

    with open_folder(path.parent, root) as folder, ExitStack() as held:
        handle = folder.open(f".{path.name}.lock", os.O_RDWR | os.O_CREAT)
        held.callback(os.close, handle)
        try:
            free = lock_descriptor(handle, blocking=False)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            yield True
            return
        if free:
            held.callback(unlock_descriptor, handle)
        yield free


@contextmanager
def locked_in(folder: Folder, name: str, root: Path) -> Iterator[None]:
    """Hold the lock of a file in an open folder; see ``locked``."""
    # Imported by those who save, as it takes 50 ms.
    from filelock import lock_descriptor, unlock_descriptor

    with ExitStack() as held:
        handle = folder.open(f".{name}.lock", os.O_RDWR | os.O_CREAT)
        held.callback(os.close, handle)
        try:
            lock_descriptor(handle, poll_interval=_LOOK_AGAIN_S)
            held.callback(unlock_descriptor, handle)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            _say_once(
                f"The file system of {root} cannot lock files ({error.strerror}): two programs that save for "
                "one member at the same moment could break each other's line. Keep the workbook on a local disk, and share it with git."
            )
        yield
