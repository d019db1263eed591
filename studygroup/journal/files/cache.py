"""One file with the bytes of all records files, which is read sooner than they are.

It is never trusted over the files: a file's bytes are taken from it only while the file has the inode, size and dates that
it had. Only files all of whose records passed their checks are kept, so these are not checked again while the modules with
the checks are the same. Whatever is wrong with the cache, the files are read.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import as_text
from studygroup.group import slot, states
from studygroup.journal.files.records_file import Identity, RecordsFile
from studygroup.journal.types import record, records
from studygroup.journal.types.bulk import decode_checked
from studygroup.journal.types.record import Record
from studygroup.storage.shared_files import open_folder
from studygroup.text import text

_MAGIC = b"studygroup journal cache 3\n"
_SUM_SIZE = 4
# Below this, opening files takes no time that one would notice.
_WORTH_IT = 1 << 20
# Beyond this, opening files is a small part of reading them.
_LARGEST = 256 << 20


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """How far a records file was read: its identity, its bytes and those of whole lines, and how many lines and records."""

    session: str
    name: str
    identity: Identity
    length: int
    consumed: int
    lines: int
    records: int


class CachedFile(msgspec.Struct, frozen=True):
    """A records file as it was, and where its bytes are in the cache."""

    kept: Kept
    whole: memoryview
    start: int

    def data(self) -> bytes:
        """Return the file's bytes."""
        return bytes(self.whole[self.start : self.start + self.kept.length])


class _Index(msgspec.Struct, frozen=True, array_like=True):
    folder: bytes
    checks: list[tuple[int, int]]
    entries: list[Kept]


_index = msgspec.msgpack.Decoder(_Index)


def stretches(files: Iterable[CachedFile], size: int) -> Iterator[list[CachedFile]]:
    """Yield files that stand one after the other in the cache, each time about as many bytes."""
    found: list[CachedFile] = []
    for file in files:
        if found and (file.start != found[-1].start + found[-1].kept.length or file.start - found[0].start > size):
            yield found
            found = []
        found.append(file)
    if found:
        yield found


def decode_stretch(files: Sequence[CachedFile]) -> list[list[Record]] | None:
    """Return the records of files that stand one after the other, file by file, or None where they are not those kept."""
    first, last = files[0], files[-1]
    found = decode_checked(first.whole[first.start : last.start + last.kept.length])
    ends = list(accumulate(file.kept.records for file in files))
    if found is None or len(found) != ends[-1]:
        return None
    return [found[end - file.kept.records : end] for file, end in zip(files, ends, strict=True)]


class Cache:
    """The cache of the records files below a folder.

    Parameters
    ----------
    path
        The cache's file; the folder it is in is made when there is something to keep.
    folder
        The ``sessions/`` folder. A cache that was made for another one (a copied workbook) is not used.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        # As bytes, as not every name is text.
        self._folder = os.fsencode(os.path.realpath(folder))
        root = folder.parent
        self._root = root if path.is_relative_to(root) else path.parent.parent
        self._size = 0
        self._stale = 0

    def read(self) -> dict[tuple[str, str], CachedFile]:
        """Return the files as they were kept, by folder and name; none when the cache is missing, damaged or another's."""
        try:
            # Mapped, as the memory for a copy would take longer to get than the bytes. No one writes to this very file: a
            # new cache takes its name.
            with open_folder(self.path.parent, self._root) as folder:
                handle = folder.open(self.path.name, os.O_RDONLY)
            with open(handle, "rb") as file:
                whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):
            return {}
        start = len(_MAGIC) + _SUM_SIZE
        body = whole[start:]
        if whole[: len(_MAGIC)] != _MAGIC or whole[len(_MAGIC) : start] != _sum(body):
            return {}
        size = int.from_bytes(body[:8], "big")
        try:
            index = _index.decode(body[8 : 8 + size])
        except msgspec.DecodeError:
            return {}
        if (index.folder, index.checks) != (self._folder, _checks()):
            return {}
        found = {}
        offset = 8 + size
        for entry in index.entries:
            found[entry.session, entry.name] = CachedFile(entry, body, offset)
            offset += entry.length
        self._size = offset
        return found

    def keep(
        self, files: Mapping[tuple[str, str], RecordsFile], read_bytes: int, read: Callable[[tuple[str, str]], tuple[Any, ...]]
    ) -> None:
        """Write the cache when much was read that is not in it; what hinders that is no error.

        Parameters
        ----------
        read_bytes
            How much was read from files just now.
        read
            Returns a file's identity, whether it is settled, and its bytes.
        """
        self._stale += read_bytes
        # A quarter anew, so that writing costs little against what was read.
        if self._stale < max(_WORTH_IT, self._size // 4) or sum(file.consumed for file in files.values()) > _LARGEST:
            return
        self._stale = 0
        entries, pieces = [], []
        for key, file in files.items():
            # A name that is no text cannot be written down here; such a file is read each time.
            if not (file.is_clean and file.is_settled) or as_text("/".join(key)) != "/".join(key):
                continue
            with suppress(OSError):
                identity, settled, data = read(key)
                if settled and identity == file.identity:
                    entries.append(Kept(*key, identity, len(data), file.consumed, file.lines, len(file.records)))
                    pieces.append(data)
        index = msgspec.msgpack.encode(_Index(self._folder, _checks(), entries))
        body = b"".join([len(index).to_bytes(8, "big"), index, *pieces])
        self._size = len(body)
        with suppress(OSError):
            self._write(b"".join([_MAGIC, _sum(body), body]))

    def _write(self, data: bytes) -> None:
        """Replace the file as a whole. It need not survive a power cut: a damaged one is noticed."""
        with open_folder(self.path.parent, self._root, create=True, mode=0o700) as folder:
            folder.write(self.path.name, data, 0o600)


def _sum(data: bytes | memoryview) -> bytes:
    return zlib.crc32(data).to_bytes(_SUM_SIZE, "big")


def _checks() -> list[tuple[int, int]]:
    """Return what changes when the modules with the checks of records do."""
    found = [Path(module.__file__).stat() for module in (record, records, text, slot, states) if module.__file__]
    return [(status.st_size, status.st_mtime_ns) for status in found]
