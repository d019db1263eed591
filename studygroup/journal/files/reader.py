"""Reading all records files, and afterwards only what is new in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

from studygroup.errors import Problem
from studygroup.journal.current.forgotten import FILE as FORGOTTEN
from studygroup.journal.current.forgotten import Forgotten, read_forgotten
from studygroup.journal.current.journal import Journal
from studygroup.journal.current.state import CurrentState
from studygroup.journal.files.cache import Cache, CachedFile, decode_stretch, stretches
from studygroup.journal.files.records_file import Identity, RecordsFile, identity_of, is_settled, lines_with, read_whole
from studygroup.journal.types.bulk import all_make_sense
from studygroup.journal.types.record import Record, Unknown
from studygroup.storage.gc_paused import without_collecting
from studygroup.storage.shared_files import Folder, open_folder, open_names

# Records are checked together; more at a time gains nothing and holds the memory of their bytes longer.
_PIECE = 2 << 20

Key = tuple[str, str]
"""A session's folder and a file's name in it."""


class Reader:
    """The records in the files below a ``sessions/`` folder.

    Parameters
    ----------
    folder
        The ``sessions/`` folder.
    cache
        The file that spares opening all others, or None.
    """

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder
        self._cache = Cache(cache, folder) if cache else None
        self._lock = threading.Lock()
        self._files: dict[Key, RecordsFile] = {}
        self._in_order: list[tuple[Key, RecordsFile]] = []
        self._current_state = CurrentState()
        self._repeated: set[str] = set()
        self._last: Journal | None = None
        self._unreadable: list[Problem] = []
        self._forgotten = Forgotten()
        self._forgotten_identity: Identity | None = None

    def size_of(self, session: str, name: str) -> int | None:
        """Return the size that a file had when it was read last; None where it was not there."""
        file = self._files.get((session, name))
        return file.identity[1] if file and file.identity else None

    def read(
        self,
        sessions: Collection[str] = (),
        members: Collection[str] = (),
        written: tuple[Record, bytes] | None = None,
    ) -> Journal:
        """Return all records; a line that cannot be used is reported, and reading goes on after it.

        Parameters
        ----------
        sessions
            No other files than those of these sessions are looked at, if all were before.
        members
            And of these sessions' files only those of these members.
        written
            A record that was just appended, and its line, which need not be decoded and checked once more.
        """
        with self._lock, without_collecting():
            unreadable: list[Problem] = []
            found = None
            if self._last and members:
                keys = {(session, f"{member}.jsonl") for session in sessions for member in members}
                found = self._scan_files(sorted(keys))
            elif self._last and sessions:
                found = dict(chain.from_iterable(self._scan_session(one, []) for one in sorted(set(sessions))))
            if found is None:
                changed = self._look(dict(self._scan(unreadable)), unreadable, whole=True)
            else:
                unreadable += self._unreadable
                changed = self._look(found, unreadable, whole=False, written=written)
            if self._last is None or changed or unreadable != self._unreadable:
                self._unreadable = unreadable
                self._last = self._journal()
            return self._last

    def _look(
        self,
        found: dict[Key, Identity],
        unreadable: list[Problem],
        *,
        whole: bool,
        written: tuple[Record, bytes] | None = None,
    ) -> bool:
        """Read what is new in files, which are all that there are or not, and return whether anything is."""
        anew = whole and self._look_for_forgotten()
        if anew:
            self._files.clear()
        cached = self._cache.read() if self._cache and not self._files else {}
        cached = {key: file for key, file in cached.items() if file.kept.identity == found.get(key)}
        changed = self._take_kept(cached)
        gone = self._files.keys() - found.keys() if whole else set()
        for key in gone:
            del self._files[key]
        piece, now = _NewLines(), time.time_ns()
        # Something that was read before is no longer there: what is current is computed anew.
        lost = bool(gone) or anew
        read_bytes = 0
        with closing(_Opened(self._records_of)) as opened:
            for key, identity in found.items():
                file = self._files.get(key)
                # One that may have changed again without another date is read once more, when its date is old enough to tell.
                if file and file.identity == identity and (file.is_settled or not is_settled(identity, now)):
                    continue
                at_hand = cached.get(key)
                try:
                    status = self._kept(at_hand) if at_hand else self._read(key, opened)
                except OSError as error:
                    unreadable.append(_unreadable(self._place(key), error))
                    lost |= self._files.pop(key, None) is not None
                    continue
                read_bytes += 0 if at_hand else len(status[2])
                if file is None:
                    file = self._files[key] = RecordsFile(*key, self._place(key))
                    self._in_order.clear()
                before = file.tail
                new, replaced = file.new_bytes(*status)
                changed |= bool(new) or replaced or file.tail != before
                lost |= replaced
                if new and piece.add(file, new, at_hand is not None, written) > _PIECE:
                    self._take(piece)
                    piece = _NewLines()
        self._take(piece)
        if lost:
            self._in_order.clear()
            self._start_anew()
        if self._cache:
            self._cache.keep(self._files, read_bytes, self._read_whole)
        return changed or lost

    def _take_kept(self, cached: Mapping[Key, CachedFile]) -> bool:
        """Let the records of files that did not change count, many files at once, and return whether there are any."""
        # Without what is to be forgotten they are not those that were kept.
        for files in () if self._forgotten else stretches(cached.values(), _PIECE):
            found = decode_stretch(files)
            for file, records in zip(files, found, strict=True) if found else ():
                kept = file.kept
                key = kept.session, kept.name
                self._files[key] = RecordsFile(*key, self._place(key))
                self._files[key].keep(kept.identity, kept.consumed, kept.lines, records, file.data)
            self._repeated |= self._current_state.add(chain.from_iterable(found or ()))
        return bool(cached)

    def _look_for_forgotten(self) -> bool:
        """Read who was forgotten, and return whether that changed since the last time."""
        try:
            with open_folder(self.folder, self.folder.parent) as folder:
                identity = identity_of(folder.status(FORGOTTEN))
        except OSError:
            identity = None
        if identity == self._forgotten_identity:
            return False
        self._forgotten_identity, self._forgotten = identity, read_forgotten(self.folder)
        return bool(self._files)

    def _kept(self, at_hand: CachedFile) -> tuple[Identity, bool, bytes]:
        """Return a file that did not change as it was kept, without what is to be forgotten."""
        return at_hand.kept.identity, True, self._forgotten.scrub_bytes(at_hand.data())

    def _read(self, key: Key, opened: _Opened) -> tuple[Identity, bool, bytes]:
        """Return a file as ``read_whole`` does, without what is to be forgotten."""
        identity, settled, data = read_whole(opened.folder(key[0]), key[1])
        return identity, settled, self._forgotten.scrub_bytes(data)

    def _read_whole(self, key: Key) -> tuple[Identity, bool, bytes]:
        with self._records_of(key[0]) as folder:
            return read_whole(folder, key[1])

    def _records_of(self, session: str) -> Folder:
        """Return the open folder with a session's files; the session is the name of an entry of the folder."""
        return open_names(self.folder.parent, (self.folder.name, session, "records"))

    def _scan(self, unreadable: list[Problem]) -> Iterator[tuple[Key, Identity]]:
        """Yield the records files in order; a folder that cannot be looked into is a problem, not an empty one."""
        try:
            with open_folder(self.folder, self.folder.parent) as folder:
                sessions = folder.names()
        except FileNotFoundError:
            return
        except OSError as error:
            unreadable.append(_unreadable(self.folder.name, error))
            return
        for session in sessions:
            yield from self._scan_session(session, unreadable)

    def _scan_session(self, session: str, unreadable: list[Problem]) -> Iterator[tuple[Key, Identity]]:
        """Yield the records files of one session in order."""
        try:
            folder = self._records_of(session)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            unreadable.append(_unreadable(f"{self.folder.name}/{session}/records", error))
            return
        try:
            # By the folder's handle, as there can be ten thousand files, each with a long path to go.
            with folder:
                for name in folder.names():
                    if not name.endswith(".jsonl"):
                        continue
                    try:
                        yield (session, name), identity_of(folder.status(name))
                    except OSError as error:
                        unreadable.append(_unreadable(self._place((session, name)), error))
        except OSError as error:
            unreadable.append(_unreadable(f"{self.folder.name}/{session}/records", error))

    def _scan_files(self, keys: Iterable[Key]) -> dict[Key, Identity] | None:
        """Return those of some files that are there; None where one that was there can no longer be looked at."""
        found: dict[Key, Identity] = {}
        for session, of_session in groupby(keys, key=itemgetter(0)):
            names = [name for _, name in of_session]
            try:
                with self._records_of(session) as folder:
                    for name in names:
                        with suppress(OSError):
                            found[session, name] = identity_of(folder.status(name))
            except OSError:
                pass
            if any((session, name) in self._files and (session, name) not in found for name in names):
                return None
        return found

    def _place(self, key: Key) -> str:
        return f"{self.folder.name}/{key[0]}/records/{key[1]}"

    def _take(self, piece: _NewLines) -> None:
        """Check the records of several files at once, file by file where that fails, and let them count."""
        found: list[list[Record]] = []
        unchecked = (records for _, _, records, checked in piece.parts if records is not None and not checked)
        together = all_make_sense(chain.from_iterable(unchecked))
        for file, new, records, checked in piece.parts:
            if records is not None and (checked or together or all_make_sense(records)):
                file.take(records, len(records))
                found.append(records)
            else:
                found.append(file.take_by_line(new))
        self._repeated |= self._current_state.add(chain.from_iterable(found))

    def _start_anew(self) -> None:
        self._current_state = CurrentState()
        self._repeated = set()
        for file in self._files.values():
            self._repeated |= self._current_state.add(file.records)

    def _journal(self) -> Journal:
        self._in_order = self._in_order or sorted(self._files.items())
        faulty = [(key, file) for key, file in self._in_order if file.problems or file.tail or file.unknown]
        unknown = [(file, one) for _, file in faulty for one in file.unknown]
        # Kept, as a record that is not used is not among those that hold when it is looked for the next time.
        self._repeated |= _repeated_unknown([one for _, one in unknown], self._current_state)
        kept, clashes = self._settle(self._repeated) if self._repeated else ({}, {})
        standing = {name: record if isinstance(record, Record) else None for name, record in kept.items()}
        if wrong := {name: record for name, record in standing.items() if self._current_state.record(name) != record}:
            self._current_state.settle(wrong)
        problems = list(self._unreadable)
        for key, file in self._in_order if clashes else faulty:
            own = [*file.problems, *clashes.get(key, ()), *([file.tail] if file.tail else [])]
            problems += sorted(own, key=lambda problem: problem.line) if key in clashes else own
        others = {one.envelope.id: one for _, one in unknown if one.envelope.id not in kept}
        others |= {name: record for name, record in kept.items() if isinstance(record, Unknown)}
        parts = [file.records for _, file in self._in_order]
        return Journal(parts, others.values(), problems, settled=standing, current_state=self._current_state)

    def _settle(self, repeated: set[str]) -> tuple[dict[str, Record | Unknown], dict[Key, list[Problem]]]:
        """Return what stands for the ids that occur more than once, and what is to be said about them.

        The lines are read again: of different contents of one id the smaller bytes hold, whichever was read first.
        """
        kept: dict[str, tuple[bytes, Record | Unknown]] = {}
        clashes: dict[Key, list[Problem]] = {}
        with closing(_Opened(self._records_of)) as opened:
            for key, file in sorted(self._files.items()):
                if repeated.isdisjoint(file.ids()):
                    continue
                try:
                    data = self._read(key, opened)[2][: file.consumed]
                except OSError:
                    continue
                for number, line, record in lines_with(repeated, data):
                    name = record.envelope.id if isinstance(record, Unknown) else record.id
                    before = kept.get(name)
                    if before is not None and before[0] != line:
                        text = f"the id {name} occurs with different content; the one with the smaller bytes is used"
                        clashes.setdefault(key, []).append(Problem(file.place, number, "error", text))
                    if before is None or line < before[0]:
                        kept[name] = line, record
        return {name: record for name, (_, record) in kept.items()}, clashes


class _Opened:
    """The folder with a session's files, which stays open until another session's files are read.

    Parameters
    ----------
    open_it
        Opens the folder of a session.
    """

    def __init__(self, open_it: Callable[[str], Folder]) -> None:
        self._open, self._session = open_it, ""
        self._folder: Folder | None = None

    def folder(self, session: str) -> Folder:
        """Return the open folder of a session."""
        if self._folder is None or session != self._session:
            self.close()
            self._folder, self._session = self._open(session), session
        return self._folder

    def close(self) -> None:
        """Close the folder that is open."""
        if self._folder is not None:
            self._folder.__exit__()
            self._folder = None


class _NewLines:
    """New lines of several files, with their records where they decode."""

    def __init__(self) -> None:
        self.parts: list[tuple[RecordsFile, bytes, list[Record] | None, bool]] = []
        self.size = 0

    def add(self, file: RecordsFile, new: bytes, checked: bool, written: tuple[Record, bytes] | None) -> int:
        """Take the new lines of a file and return how many bytes there are now."""
        if written and new == written[1] + b"\n":
            self.parts.append((file, new, [written[0]], True))
        else:
            self.parts.append((file, new, file.decode(new), checked))
        self.size += len(new)
        return self.size


def _repeated_unknown(unknown: list[Unknown], current_state: CurrentState) -> set[str]:
    """Return the ids that an unknown record has together with another record."""
    names = [one.envelope.id for one in unknown]
    seen: set[str] = set()
    again = {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]
    return again | {name for name in seen if current_state.record(name)}


def _unreadable(place: str, error: OSError) -> Problem:
    return Problem(place, 0, "error", f"cannot be read ({error.strerror or error}); the records in it are missing")
