"""Files in a folder that others write to, through git or a shared disk: the one module that opens them.

Git brings symbolic links, file names of any bytes and files of any size; a shared disk brings named pipes as well. Every path is therefore walked
from the workbook's own folder, component by component, and no link is followed on the way. Only regular files are opened, opening
never waits, and reading stops at a bound. The workbook's folder itself may be reached through a link: whoever opened it chose that.
Hard links are allowed: git cannot bring any, and backups make them.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from studygroup.errors import as_text

LARGEST_FILE = 512 << 20
"""Bytes that a file may have to be read whole."""

# Windows has none of these; there, every component is looked at before it is opened.
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CLOSED = getattr(os, "O_CLOEXEC", 0)
_FOLDER = _SAFELY | getattr(os, "O_DIRECTORY", 0)
_HAS_HANDLES = os.open in os.supports_dir_fd and os.listdir in os.supports_fd
# What opening says of a link, of a file where a folder should be, and of a socket or a pipe that no one reads.
_ODD = frozenset({errno.ELOOP, errno.EMLINK, errno.ENOTDIR, errno.ENXIO, errno.EOPNOTSUPP})


class RefusedError(OSError):
    """What is there is no regular file of this folder, or too large; ``strerror`` says what it is."""


class Folder:
    """An open folder in a workbook, reached without following a link; closed at the end of a ``with``.

    Parameters
    ----------
    path, names
        Where it is, for messages and for systems without handles of folders: a path, and the names on the way down from there.
    handle
        The open folder, or None on such a system.
    """

    def __init__(self, path: Path, handle: int | None, *names: str) -> None:
        self._above, self._names = path, names
        self.handle = handle

    @property
    def path(self) -> Path:
        """Where it is; made only when someone asks, as every save opens dozens of folders."""
        return self._above.joinpath(*self._names)

    def __enter__(self) -> Folder:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the handle."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def _at(self, name: str) -> str:
        return name if self.handle is not None else os.path.join(self.path, name)  # noqa: PTH118

    def folder(self, name: str, *, create: bool = False, mode: int = 0o777) -> Folder:
        """Return a folder in this one, made when it is missing and ``create`` says so."""
        if create:
            with suppress(FileExistsError):
                os.mkdir(self._at(name), mode, dir_fd=self.handle)
                self.sync()
        if self.handle is None:
            self._check(name, stat.S_ISDIR)
            return Folder(self._above, None, *self._names, name)
        try:
            return Folder(self._above, os.open(name, os.O_RDONLY | _FOLDER, dir_fd=self.handle), *self._names, name)
        except OSError as error:
            raise self._explained(name, error) from error

    def open(self, name: str, flags: int, mode: int = 0o666) -> int:
        """Return a handle of a regular file; never waits, and follows no link."""
        if self.handle is None:
            with suppress(FileNotFoundError):
                self._check(name, stat.S_ISREG)
        try:
            handle = os.open(self._at(name), flags | _SAFELY, mode, dir_fd=self.handle)
        except OSError as error:
            raise self._explained(name, error) from error
        found = os.fstat(handle).st_mode
        if not stat.S_ISREG(found):
            os.close(handle)
            raise _refusal(self.path / name, found)
        return handle

    def read(self, name: str, limit: int = LARGEST_FILE) -> bytes:
        """Return a file's bytes."""
        handle = self.open(name, os.O_RDONLY)
        try:
            return read_open(handle, lambda: self.path / name, limit)
        finally:
            os.close(handle)

    def write(self, name: str, data: bytes, mode: int = 0o666) -> None:
        """Replace a file as a whole, without waiting for the disk: for what may be lost, or is made anew, when the power goes."""
        temporary = f".studygroup-{secrets.token_hex(8)}.tmp"
        handle = self.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with open(handle, "wb") as file:
                file.write(data)
            self.replace(temporary, name)
        except OSError:
            with suppress(OSError):
                self.remove(temporary)
            raise

    def status(self, name: str) -> os.stat_result:
        """Return what the system knows of an entry, which must be a regular file."""
        found = os.stat(self._at(name), dir_fd=self.handle, follow_symlinks=False)
        if not stat.S_ISREG(found.st_mode):
            raise _refusal(self.path / name, found.st_mode)
        return found

    def kind(self, name: str) -> int | None:
        """Return the mode of an entry, which says what it is; None where there is none."""
        try:
            return os.stat(self._at(name), dir_fd=self.handle, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return None

    def names(self) -> list[str]:
        """Return the names of its entries in order; bytes that are no text are kept as surrogates."""
        return sorted(os.listdir(self.path if self.handle is None else self.handle))  # noqa: PTH208

    def remove(self, name: str) -> None:
        """Remove a file, or a link without what it leads to."""
        os.unlink(self._at(name), dir_fd=self.handle)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(self._at(name), dir_fd=self.handle)

    def replace(self, old: str, new: str) -> None:
        """Give a file the name of another one, which is gone then; a link of that name is replaced, not followed."""
        os.replace(self._at(old), self._at(new), src_dir_fd=self.handle, dst_dir_fd=self.handle)

    def link(self, old: str, new: str) -> None:
        """Give a file a second name, which must be free."""
        if self.handle is None:
            # Windows takes no other arguments; what is linked is a file of ours.
            os.link(self._at(old), self._at(new))
        else:
            os.link(old, new, src_dir_fd=self.handle, dst_dir_fd=self.handle, follow_symlinks=False)

    def make_private(self) -> None:
        """Take all rights on the folder from everyone but its owner."""
        os.chmod(self.path if self.handle is None else self.handle, 0o700)  # noqa: PTH101

    def may_write(self, name: str) -> bool:
        """Whether the rights of a file allow writing to it."""
        return os.access(self._at(name), os.W_OK, dir_fd=self.handle)

    def sync(self) -> None:
        """Bring the folder's names down to the disk, where the file system can."""
        handle = os.open(self.path, os.O_RDONLY) if self.handle is None and os.name != "nt" else self.handle
        if handle is None:
            return
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK}:
                raise
        finally:
            if handle != self.handle:
                os.close(handle)

    def _check(self, name: str, wanted: Callable[[int], bool]) -> None:
        mode = os.lstat(self.path / name).st_mode
        if not wanted(mode):
            raise _refusal(self.path / name, mode)

    def _explained(self, name: str, error: OSError) -> OSError:
        """Return the error that says what is in the way, with the whole path."""
        error.filename = str(self.path / name)
        if error.errno in _ODD:
            with suppress(OSError):
                mode = self.kind(name)
                if mode is not None and not stat.S_ISDIR(mode) and not (stat.S_ISREG(mode) and error.errno == errno.ENOTDIR):
                    return _refusal(self.path / name, mode)
        return error


def _refusal(path: Path, mode: int) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return RefusedError(errno.ELOOP, f"{as_text(path.name)} is {what_is(mode)}", str(path))


def what_is(mode: int) -> str:
    """Return what an entry is that is no file of ours, and why it is not used."""
    if stat.S_ISLNK(mode):
        return "a symbolic link, and links are not followed"
    if stat.S_ISREG(mode):
        return "a file, where a folder should be"
    odd = {stat.S_ISFIFO: "a named pipe", stat.S_ISSOCK: "a socket"}
    name = next((words for is_it, words in odd.items() if is_it(mode)), "a device")
    return f"{name}, and only regular files are used"


def read_open(handle: int, place: Callable[[], Path], limit: int = LARGEST_FILE) -> bytes:
    """Return the bytes of an open file, up to the size that it has now; ``place`` returns its path, for messages alone."""
    size = os.fstat(handle).st_size
    if size > limit:
        path = place()
        raise RefusedError(
            errno.EFBIG, f"{as_text(path.name)} has {size:,} bytes, and more than {limit:,} are not read", str(path)
        )
    pieces = []
    # A read can be short; what is added meanwhile is for the next time.
    while size > 0 and (piece := os.read(handle, size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def set_rights(handle: int, mode: int) -> None:
    """Set the rights of an open file, where the system has such rights: not on Windows."""
    if sys.platform != "win32":
        os.fchmod(handle, mode)


def write_all(handle: int, data: bytes) -> None:
    """Write all of some bytes: a write can be short before the disk is full."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def open_folder(path: Path, root: Path, *, create: bool = False, mode: int = 0o777) -> Folder:
    """Return a folder in the workbook at ``root``, or ``root`` itself.

    Parameters
    ----------
    create
        Whether to make what is missing, ``root`` as well; the new names are brought down to the disk.

    Raises
    ------
    RefusedError
        A link, or something else that is no folder, is on the way.
    """
    if create and not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
    return open_names(root, path.relative_to(root).parts, create=create, mode=mode)


def open_names(root: Path, names: Sequence[str], *, create: bool = False, mode: int = 0o777) -> Folder:
    """Return what ``open_folder`` does, given the names on the way down from ``root``."""
    if any(name == ".." or "/" in name for name in names):
        raise RefusedError(errno.ELOOP, f"{as_text('/'.join(names))} leads out of its folder", str(root))
    current = Folder(root, os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _CLOSED) if _HAS_HANDLES else None)
    try:
        for name in names:
            with current as above:
                current = above.folder(name, create=create, mode=mode)
    except BaseException:
        current.__exit__()
        raise
    return current


def read_file(path: Path, root: Path, limit: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file in the workbook at ``root``."""
    with open_folder(path.parent, root) as folder:
        return folder.read(path.name, limit)


def read_followed(path: Path, limit: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file that a person named, or that Python would run: links are followed, but nothing waits."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _CLOSED | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(handle).st_mode
        if not stat.S_ISREG(found):
            raise _refusal(path, found)
        return read_open(handle, lambda: path, limit)
    finally:
        os.close(handle)


def is_file(path: Path, root: Path) -> bool:
    """Whether there is a regular file, reached without a link."""
    try:
        with open_folder(path.parent, root) as folder:
            folder.status(path.name)
    except OSError:
        return False
    return True


def exists(path: Path, root: Path) -> bool:
    """Whether there is anything of this name, also what would be refused."""
    try:
        with open_folder(path.parent, root) as folder:
            return folder.kind(path.name) is not None
    except RefusedError:
        # Something is on the way, and whoever reads it is told what.
        return True
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


def make_folder(path: Path, root: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are missing."""
    open_folder(path, root, create=True, mode=mode).__exit__()


def remove_file(path: Path, root: Path) -> None:
    """Remove a file, or a link without what it leads to; one that is not there is no error."""
    with suppress(FileNotFoundError), open_folder(path.parent, root) as folder:
        folder.remove(path.name)


def remove_folder(path: Path, root: Path) -> None:
    """Remove an empty folder."""
    with open_folder(path.parent, root) as folder:
        folder.remove_folder(path.name)


def find_files(root: Path, *levels: str) -> list[Path]:
    """Return the regular files whose path matches, a pattern a component; what cannot be looked into is left out.

    >>> find_files(Path("/nowhere"), "sessions", "*", "records", "*.jsonl")
    []
    """
    try:
        with open_folder(root, root) as top:
            return [folder.path / name for folder, name in _matching(top, levels)]
    except OSError:
        return []


def read_files(root: Path, *levels: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path below ``root`` and the bytes of each file that ``find_files`` would return, much quicker than one by one.

    >>> [*read_files(Path("/nowhere"), "lists", "*.csv")]
    []
    """
    with suppress(OSError), open_folder(root, root) as top:
        for folder, name in _matching(top, levels):
            with suppress(OSError):
                yield (folder.path / name).relative_to(top.path).as_posix(), folder.read(name)


def _matching(folder: Folder, levels: tuple[str, ...]) -> Iterator[tuple[Folder, str]]:
    wanted, *rest = levels
    for name in folder.names():
        if not fnmatchcase(name, wanted):
            continue
        with suppress(OSError):
            if not rest:
                folder.status(name)
                yield folder, name
                continue
            with folder.folder(name) as inner:
                yield from _matching(inner, tuple(rest))


def files_below(path: Path, root: Path) -> list[Path]:
    """Return every regular file below a folder of the workbook at ``root``; links are left out, not followed."""
    return [found for found, mode in entries_below(path, root) if stat.S_ISREG(mode)]


def odd_entries(path: Path, root: Path) -> list[tuple[Path, str]]:
    """Return what is neither a folder nor a regular file, below ``path`` or at it, and what it is."""
    try:
        with open_folder(path.parent, root) as folder:
            mode = folder.kind(path.name)
    except OSError:
        return []
    if mode is None or stat.S_ISREG(mode):
        return []
    if not stat.S_ISDIR(mode):
        return [(path, what_is(mode))]
    return [
        (found, what_is(mode)) for found, mode in entries_below(path, root) if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
    ]


def entries_below(path: Path, root: Path) -> Iterator[tuple[Path, int]]:
    """Yield everything below a folder, with its mode; what cannot be looked into is left out."""
    waiting = [path]
    while waiting:
        try:
            folder = open_folder(waiting.pop(), root)
        except OSError:
            continue
        with folder, suppress(OSError):
            for name in folder.names():
                mode = folder.kind(name)
                if mode is None:
                    continue
                if stat.S_ISDIR(mode):
                    waiting.append(folder.path / name)
                yield folder.path / name, mode
