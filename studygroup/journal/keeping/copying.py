"""Moving a journal from one store to another, and seeing that all of it arrived."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from studygroup.errors import NotSavedError
from studygroup.journal.current.forgotten import FILE, Forgotten, Tombstone, read_forgotten
from studygroup.journal.files.files import append_line_to
from studygroup.journal.types.lines import decode
from studygroup.journal.types.record import Unknown
from studygroup.journal.types.repair import scan
from studygroup.storage.shared_files import read_file

_AT_ONCE = 8 << 20


class LineStore(Protocol):
    """A store whose lines can be taken out and put in as they are."""

    name: str

    def lines(self) -> Iterator[bytes]:
        """Yield every line that is a record."""

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Add those that are not there yet."""

    def forgotten(self) -> Forgotten:
        """Return who was forgotten there."""

    def add_tombstones(self, tombstones: Iterable[Tombstone]) -> None:
        """Add those that are not there yet; lines of these people are scrubbed from then on."""


class FilesLines:
    """The lines of a ``sessions/`` folder; ``left_behind`` counts those that are no records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = str(folder)
        self.left_behind = 0

    def lines(self) -> Iterator[bytes]:
        """Yield every line that is a record."""
        self.left_behind = 0
        for line in scan(self.folder):
            if line.record is None or not line.whole:
                self.left_behind += 1
            else:
                yield line.data

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Append lines to the files they belong in, each where it is not there yet; those of one file with one write."""
        there: dict[Path, set[bytes]] = {}
        new: dict[Path, list[bytes]] = defaultdict(list)
        size = 0
        for line in lines:
            session, by = place_of(line)
            path = self.folder / session / "records" / f"{by}.jsonl"
            if path not in there:
                there[path] = self._lines_of(path)
            if line not in there[path]:
                there[path].add(line)
                new[path].append(line)
                size += len(line)
            if size > _AT_ONCE:
                self._append(new)
                size = 0
        self._append(new)

    def _lines_of(self, path: Path) -> set[bytes]:
        try:
            return set(read_file(path, self.folder.parent).split(b"\n"))
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise NotSavedError(f"{path} cannot be read: {error.strerror}. Move it away, then run it again.") from error

    def _append(self, new: dict[Path, list[bytes]]) -> None:
        for path, lines in new.items():
            append_line_to(path, b"\n".join(lines), self.folder.parent)
        new.clear()

    def forgotten(self) -> Forgotten:
        """Return who was forgotten there."""
        return read_forgotten(self.folder)

    def add_tombstones(self, tombstones: Iterable[Tombstone]) -> None:
        """Add those that are not there yet, down to the disk."""
        there = set(self.forgotten().tombstones)
        for tombstone in tombstones:
            if tombstone not in there:
                append_line_to(self.folder / FILE, msgspec.json.encode(tombstone), self.folder.parent)


class Copied(msgspec.Struct, frozen=True):
    """What a copy did: how many different lines there are, how many of them were new in the target, what stayed behind.

    ``tombstones`` counts the people whose having been forgotten was new to the target.
    """

    lines: int
    new: int
    left_behind: int
    verified: bool
    tombstones: int = 0


def copy_lines(source: LineStore, target: LineStore, dry_run: bool = False) -> Copied:
    """Copy every line that the target lacks, and compare counts and checksums of each session and member afterwards.

    Who was forgotten in one of them stays so: their lines arrive scrubbed, and their tombstones go along.

    Raises
    ------
    NotSavedError
        The target did not take them, or has not got all of them; it can be run again.
    """
    known = set(target.forgotten().tombstones)
    tombstones = [one for one in source.forgotten().tombstones if one not in known]
    scrub = Forgotten([*known, *tombstones]).scrub_line if known or tombstones else bytes
    have = set(map(scrub, target.lines()))
    all_lines = dict.fromkeys(map(scrub, source.lines()))
    new = [line for line in all_lines if line not in have]
    left_behind = getattr(source, "left_behind", 0)
    if dry_run:
        return Copied(len(all_lines), len(new), left_behind, verified=False, tombstones=len(tombstones))
    # First, so that lines which are there already are scrubbed even if the rest fails.
    target.add_tombstones(tombstones)
    target.add_lines(new)
    wanted, found = _sums(all_lines), _sums(line for line in set(map(scrub, target.lines())) if line in all_lines)
    if wanted != found:
        wrong = sorted(place for place in wanted if wanted[place] != found.get(place))
        raise NotSavedError(
            f"{target.name} has not got all: {len(wrong)} of {len(wanted)} differ, such as {wrong[0][1]}'s for {wrong[0][0]}. "
            "Nothing was taken away; run it again."
        )
    return Copied(len(all_lines), len(new), left_behind, verified=True, tombstones=len(tombstones))


def place_of(line: bytes) -> tuple[str, str]:
    """Return the session and the member whose file a line belongs in."""
    found = decode(line)
    kept = found.envelope if isinstance(found, Unknown) else found
    return kept.session, kept.by


def _sums(lines: Iterable[bytes]) -> Mapping[tuple[str, str], tuple[int, str]]:
    """Return for each session and member how many lines there are, and a checksum of them in any order."""
    groups: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for line in lines:
        groups[place_of(line)].append(line)
    return {place: (len(held), hashlib.sha256(b"\n".join(sorted(held))).hexdigest()) for place, held in groups.items()}
