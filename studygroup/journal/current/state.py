"""What is current, kept up to date: records come in any order and any number of times, and each costs the same small time.

``current`` says what is current in the fewest words; ``CurrentState`` gives the same answers and need not start anew.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import compress, count, islice, repeat
from operator import attrgetter, is_not
from typing import Any, TypeVar, cast

from studygroup.journal.current.current import time_changes
from studygroup.journal.current.entries import KINDS, Entries
from studygroup.journal.types.bulk import grouped
from studygroup.journal.types.lines import encode
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import TYPES, Attendance, Plan, SlotRule, Withdraw
from studygroup.journal.types.subjects import Key, Names, Subjects, keys_of, subjects_of
from studygroup.storage.gc_paused import without_collecting

R = TypeVar("R", bound=Record)

_id_of = attrgetter("id")

# Fewer come again soon enough.
_SOME = 500


class Changes:
    """The keys of the subjects of one type about which something was said since they were last taken."""

    def __init__(self, settle: Callable[[], Subjects]) -> None:
        self._settle = settle
        self._keys: set[Key] = set()
        settle().watchers.append(self._keys)

    def take(self) -> set[Key]:
        """Return the keys and start anew."""
        self._settle()
        keys = set(self._keys)
        self._keys -= keys
        return keys


class _Current:
    """The subjects that have a current record, in order, and the records, as they were found last."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.keys: list[Key] = []
        self.records: list[Record] = []


class CurrentState:
    """What is current for each subject, of all records that were added.

    An id with different content is decided as in the files: the smaller bytes hold.

    Attributes
    ----------
    starts
        Changes when records that were held are no longer there; as long as it stays, records are only added.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._lock = threading.RLock()
        self._tables: dict[Hashable, Any] = {}
        self.starts = 0
        self._start()
        self.add(records)

    def _start(self) -> None:
        self.starts += 1
        self._by_id: dict[str, Record] = {}
        self._withdrawn: set[str] = set()
        self._kinds = {kind: subjects_of(kind) for kind in TYPES.values()}
        self._current: dict[type[Record], _Current] = {}
        self._own: dict[type[Record], tuple[Changes, Counter[str]]] = {}
        self.authors = Names()
        self._entries: list[Entries] = []
        # How many records the entries are of.
        self._noted = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def records(self) -> Iterable[Record]:
        """Return all records, each id once, in the order in which they came."""
        return self._by_id.values()

    def records_after(self, number: int) -> list[Record]:
        """Return the records that came after the first ``number`` of them."""
        return list(islice(reversed(self._by_id.values()), len(self._by_id) - number))[::-1]

    def record(self, record_id: str) -> Record | None:
        """Return the record of an id."""
        return self._by_id.get(record_id)

    def add(self, records: Iterable[Record]) -> set[str]:
        """Take records and return the ids that came more than once."""
        records = list(records)
        before = len(self._by_id)
        ids = list(map(_id_of, records))
        first = list(map(self._by_id.setdefault, ids, records))
        repeated: set[str] = set()
        smaller: dict[str, Record] = {}
        if len(self._by_id) < before + len(records):
            repeated, smaller = self._repeated(records, first, set(islice(self._by_id, before, None)))
            records = list(islice(self._by_id.values(), before, None))
        groups = grouped(records)
        entries = self._note_entries(records) if len(records) > _SOME else None
        for kind, group in groups.items():
            times = None if entries is None else entries.times[entries.kinds == KINDS[kind]]
            self._kinds[kind].add(group, self._withdrawn, times)
            if kind is Attendance:
                # Whether a check-in is current depends on more than its time.
                own = [record for record in group if record.by == cast(Attendance, record).member]
                self._kinds[kind].mark(keys_of(kind, own))
            if kind.earliest_stays:
                self._kinds[kind].mark(keys_of(kind, group))
        for record_id in self._withdrawn.intersection(ids):
            self._mark(record_id)
        if Withdraw in groups:
            self._withdraw({record.record for record in groups[Withdraw] if isinstance(record, Withdraw)})
        if smaller:
            self.settle(smaller)
        return repeated

    def _note_entries(self, records: Sequence[Record]) -> Entries:
        """Note when and by whom records were entered, while they are at hand."""
        entries = Entries.of(records, self.authors)
        if self._noted == len(self._by_id) - len(records):
            self._entries.append(entries)
            self._noted = len(self._by_id)
        return entries

    def entries_after(self, number: int) -> Entries:
        """Return the entries of the records that came after the first ``number``; ``authors`` has their authors' numbers."""
        if self._noted < len(self._by_id):
            self._entries.append(Entries.of(self.records_after(self._noted), self.authors))
            self._noted = len(self._by_id)
        self._entries = [Entries.joined(self._entries)]
        return self._entries[0].after(number)

    def _repeated(self, records: list[Record], first: list[Record], new: set[str]) -> tuple[set[str], dict[str, Record]]:
        """Return the ids that came again, and what replaces records that were held before; new ones are replaced here."""
        seen: set[str] = set()
        repeated: set[str] = set()
        smaller: dict[str, Record] = {}
        for record, held in zip(records, first, strict=True):
            name = record.id
            if name in new and name not in seen:
                seen.add(name)
                continue
            repeated.add(name)
            best = self._by_id[name] if name in new else smaller.get(name, held)
            if record != best and encode(record) < encode(best):
                (self._by_id if name in new else smaller)[name] = record
        return repeated, smaller

    def settle(self, records: Mapping[str, Record | None]) -> None:
        """Let records stand for their ids, or none, whatever was there; everything is computed anew."""
        known: dict[str, Record | None] = {**self._by_id, **records}
        self._start()
        self._tables.clear()
        self.add(record for record in known.values() if record is not None)

    def _kind(self, kind: type[Record]) -> Subjects:
        """Return the records of a type, all of them under their subjects."""
        bucket = self._kinds[kind]
        bucket.settle()
        return bucket

    def _withdraw(self, ids: set[str]) -> None:
        ids -= self._withdrawn
        self._withdrawn |= ids
        for record_id in ids:
            self._mark(record_id)
        for bucket in self._kinds.values():
            if bucket.is_thing and (known := ids & bucket.last.keys()):
                bucket.mark(known)

    def _mark(self, record_id: str) -> None:
        """Note that something was withdrawn of the subject of a record, if it is there."""
        record = self._by_id.get(record_id)
        if record is not None and not isinstance(record, Withdraw):
            bucket = self._kinds[type(record)]
            bucket.mark(keys_of(bucket.kind, [record]))

    def stands(self, record: Record) -> bool:
        """Whether a record was not withdrawn, nor the thing that it is about; a withdrawal always stands."""
        taken = self._withdrawn
        return isinstance(record, Withdraw) or (record.id not in taken and getattr(record, "of", "") not in taken)

    def withdrawn(self) -> Iterator[Record]:
        """Yield the records that do not stand."""
        gone = {name: self._by_id[name] for name in self._withdrawn if name in self._by_id}
        for kind in self._kinds:
            bucket = self._kind(kind)
            if bucket.is_thing:
                for key in self._withdrawn & bucket.last.keys():
                    gone.update((record.id, record) for record in bucket.of_subject(key))
        yield from (record for record in gone.values() if not isinstance(record, Withdraw))

    # What is current

    def current(self, kind: type[R]) -> list[R]:
        """Return the current record of each subject of one type, in order of the subjects."""
        return self.current_by_key(kind)[1].copy()

    def current_by_key(self, kind: type[R]) -> tuple[list[Key], list[R]]:
        """Return the subjects' keys that have a current record, in order, and the records; whoever asks changes neither."""
        if kind not in self._current:
            self._current[kind] = _Current(self.watch(kind))
        current = self._current[kind]
        with self._lock:
            changed = current.changes.take()
            if not current.keys or len(changed) * 4 > len(current.keys):
                current.keys, current.records = self._all_current(kind)
            elif changed:
                self._change(kind, current, sorted(changed))
            return current.keys, cast("list[R]", current.records)

    def _all_current(self, kind: type[Record]) -> tuple[list[Key], list[Record]]:
        bucket = self._kind(kind)
        keys = sorted(bucket.last)
        records: list[Record | None] = list(map(bucket.last.__getitem__, keys))
        for place in compress(count(), map(bucket.marked.__contains__, keys)) if bucket.marked else ():
            records[place] = self.latest(kind, keys[place])
        return list(compress(keys, map(is_not, records, repeat(None)))), list(filter(None, records))

    def _change(self, kind: type[Record], current: _Current, changed: list[Key]) -> None:
        """Put what is current of a few subjects in its place; whoever has the lists of before keeps them as they were."""
        keys, records = current.keys.copy(), current.records.copy()
        for key in changed:
            place, held = bisect_left(keys, key), self.latest(kind, key)
            known = place < len(keys) and keys[place] == key
            keys[place : place + known] = [key] if held else []
            records[place : place + known] = [held] if held else []
        current.keys, current.records = keys, records

    def latest(self, kind: type[R], key: Key) -> R | None:
        """Return the current record of a subject's key, or None."""
        bucket = self._kind(kind)
        if key not in bucket.marked:
            return cast("R | None", bucket.last.get(key))
        standing = filter(self.stands, bucket.of_subject(key))
        return cast("R | None", kind.latest_of(standing))

    def keys(self, kind: type[Record]) -> list[Key]:
        """Return the keys of all subjects of one type for which something was said, in order."""
        return sorted(self._kind(kind).last)

    def of_subject(self, kind: type[R], key: Key) -> list[R]:
        """Return all records of a subject, withdrawn ones too, the last one first."""
        return cast("list[R]", self._kind(kind).of_subject(key))

    def time_changes(self) -> dict[str, int]:
        """Return how often each planned session's time changed, as ``current.time_changes`` does."""
        bucket, taken = self._kind(Plan), self._kind(Withdraw).last
        plans = [record for key in bucket.last for record in bucket.of_subject(key)]
        return time_changes([*plans, *(taken[plan.id] for plan in plans if plan.id in taken)])

    def rule_changes(self) -> list[date]:
        """Return from which date on each slot that was ever entered is valid, once more for one that was undone."""
        bucket, taken = self._kind(SlotRule), self._kind(Withdraw).last
        rules = [cast(SlotRule, rule) for key in bucket.last for rule in bucket.of_subject(key)]
        return [rule.valid_from for rule in rules for _ in range(2 if rule.id in taken else 1)]

    # Tables

    def version(self, kind: type[Record]) -> int:
        """Return a number that changes whenever something was said about a subject of a type."""
        return self._kind(kind).version

    def own_version(self, kind: type[Record], member: str) -> int:
        """Return a number that changes whenever something was said about a subject of a type that is this member's."""
        if kind not in self._own:
            self._own[kind] = self.watch(kind), Counter()
        changes, counts = self._own[kind]
        place = kind.subject_fields.index("member")
        with self._lock:
            counts.update(key[place] for key in changes.take())
            return counts[member]

    def watch(self, kind: type[Record]) -> Changes:
        """Return what tells the subjects of a type that change from now on."""
        return Changes(lambda: self._kind(kind))

    def kept(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time for a name; an id whose content changed starts it anew."""
        if name not in self._tables:
            with without_collecting():
                self._tables[name] = make()
        return self._tables[name]
