"""Files written whole or not at all, and locked while somebody writes."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from studygroup.errors import NotSavedError

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
    errno.ENOTDIR: "A file stands where a folder is needed; move it away, then save again",
    errno.EISDIR: "A folder stands where the file should be; move it away, then save again",
}


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that ``path`` holds either the old bytes or all of the new ones, also after a crash.

    The mode of an existing file is kept; behind a symbolic link the file that it names is replaced.

    Raises
    ------
    NotSavedError
        The file could not be written; what stood there before still stands.
    """
    write_all_atomically({path: data})


def write_all_atomically(contents: Mapping[Path, bytes]) -> None:
    """Write several files: all of the new bytes are on disk before the first old file is replaced.

    A full disk, a missing right or Ctrl-C while writing therefore leaves every old file as it was. Each single file
    is old or new at any moment; a power cut between two replacements can leave some files old and others new.

    Raises
    ------
    NotSavedError
        Names the file, the reason and what to do.
    """
    temporaries: dict[Path, Path] = {}
    replaced: list[Path] = []
    current = Path()
    try:
        for current, data in contents.items():
            target = Path(os.path.realpath(current))
            # Noted before it exists, so that an interrupt in between leaves no file behind.
            temporaries[target] = target.parent / f".studygroup-{secrets.token_hex(8)}.tmp"
            _write_temporary(target, temporaries[target], data)
        for current, (target, temporary) in zip(contents, [*temporaries.items()], strict=True):
            os.replace(temporary, target)
            del temporaries[target]
            replaced.append(current)
            _sync_folder(target.parent)
    except OSError as error:
        raise NotSavedError(_explain(current, error, replaced)) from error
    finally:
        for temporary in temporaries.values():
            with suppress(OSError):
                temporary.unlink()


def _write_temporary(target: Path, temporary: Path, data: bytes) -> None:
    """Write ``data`` beside ``target``, down to the disk, with the mode that ``target`` has or would get."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if mode is not None and not os.access(target, os.W_OK):
        # Replacing needs no right on the file itself: without this a write-protected file would be overwritten.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    with open(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, stat.S_IMODE(mode))
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a replacement survive a power cut, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)


def advice_on(error: OSError) -> str:
    """Return what to do about an error of the disk, as a sentence without its full stop."""
    return _ADVICE.get(error.errno or 0, "Mend this, then save again")


def _explain(path: Path, error: OSError, replaced: list[Path]) -> str:
    """Return what could not be saved, where, why, what holds now and what to do."""
    why = os.strerror(error.errno) if error.errno else str(error)
    advice = advice_on(error)
    if path in replaced:
        return f"{path} was written, but is not safe on the disk yet: {why}. {advice}."
    before = f" Already written: {', '.join(map(str, replaced))}." if replaced else ""
    return f"{path} was not saved: {why}. What stood there before still stands.{before} {advice}."


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
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock, in a ``.lock`` file beside it: flock, as POSIX lockf excludes processes but not threads.

    Where the file system has no locks it is said once, and the block goes on without one.
    """
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            _say_once(
                f"The file system of {path.parent.parent.parent} cannot lock files ({error.strerror}): two programs that save for "
                "one member at the same moment could break each other's line. Keep the workbook on a local disk, and share it with git."
            )
        yield
    finally:
        os.close(handle)
