"""What holds, kept up to date: records come in any order and any number of times, and each costs the same small time.

``current`` says what holds in the fewest words; ``Holdings`` gives the same answers and need not start anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from studygroup.journal.bulk import grouped, texts_of
from studygroup.journal.collecting import without_collecting
from studygroup.journal.current import time_changes
from studygroup.journal.lines import encode
from studygroup.journal.record import Record
from studygroup.journal.records import TYPES, Plan, Withdraw

R = TypeVar("R", bound=Record)

Key = Any
"""A subject as it is kept: one text, or a tuple of several; ``key_of`` makes it."""


class _Kind:
    """The records of one type by subject."""

    def __init__(self, kind: type[Record]) -> None:
        self.kind = kind
        self.is_thing = kind.subject_fields == ("of",)
        # The last record of each subject, withdrawn or not, and those before it.
        self.last: dict[Key, Record] = {}
        self.earlier: dict[Key, list[Record]] = {}
        # Subjects of which something was withdrawn.
        self.marked: set[Key] = set()
        self.watchers: list[set[Key]] = []
        self.version = 0
        self.held: tuple[int, list[Record]] = (-1, [])

    def touch(self, keys: Iterable[Key]) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher.update(keys)

    def of_subject(self, key: Key) -> Iterator[Record]:
        if key in self.last:
            yield self.last[key]
            yield from self.earlier.get(key, ())


class Holdings:
    """What holds for each subject, of all records that were added.

    An id with different content is decided as in the files: the smaller bytes hold.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._start()
        self._tables: dict[Hashable, Any] = {}
        self.add(records)

    def _start(self) -> None:
        self._by_id: dict[str, Record] = {}
        self._withdrawn: set[str] = set()
        self._kinds = {kind: _Kind(kind) for kind in TYPES.values()}

    def __len__(self) -> int:
        return len(self._by_id)

    def records(self) -> Iterable[Record]:
        """Return all records, each id once, in no order."""
        return self._by_id.values()

    def record(self, record_id: str) -> Record | None:
        """Return the record of an id."""
        return self._by_id.get(record_id)

    def add(self, records: Iterable[Record]) -> set[str]:
        """Take records and return the ids that came more than once."""
        records = list(records)
        new = {record.id: record for record in records}
        repeated: set[str] = set()
        if len(new) < len(records) or not self._by_id.keys().isdisjoint(new.keys()):
            new, repeated, smaller = self._without_repeated(records)
            if smaller:
                self.settle(smaller)
        self._by_id |= new
        groups = grouped(new.values())
        for kind, group in groups.items():
            self._add_group(self._kinds[kind], group)
        if Withdraw in groups:
            self._withdraw({record.record for record in groups[Withdraw] if isinstance(record, Withdraw)})
        return repeated

    def _without_repeated(self, records: list[Record]) -> tuple[dict[str, Record], set[str], dict[str, Record]]:
        """Return what is new by id, the ids that came again, and what replaces a record that is held."""
        new: dict[str, Record] = {}
        repeated: set[str] = set()
        smaller: dict[str, Record] = {}
        for record in records:
            held = smaller.get(record.id) or self._by_id.get(record.id)
            before = held or new.get(record.id)
            if before is not None:
                repeated.add(record.id)
            if before is None:
                new[record.id] = record
            elif record != before and encode(record) < encode(before):
                (new if held is None else smaller)[record.id] = record
        return new, repeated, smaller

    def settle(self, records: Mapping[str, Record | None]) -> None:
        """Let records stand for their ids, or none, whatever stood there; everything is computed anew."""
        known: dict[str, Record | None] = {**self._by_id, **records}
        self._start()
        self._tables.clear()
        self.add(record for record in known.values() if record is not None)

    def _add_group(self, bucket: _Kind, group: list[Record]) -> None:
        keys = keys_of(bucket.kind, group)
        first, last, earlier = bucket.last.setdefault, bucket.last, bucket.earlier
        for record, key in zip(group, keys, strict=True):
            held = first(key, record)
            if held is record:
                continue
            if record.at > held.at or (record.at == held.at and record.id > held.id):
                last[key], record = record, held
            if key in earlier:
                earlier[key].append(record)
            else:
                earlier[key] = [record]
        if self._withdrawn and bucket.kind is not Withdraw:
            taken = self._withdrawn
            bucket.marked.update(key for record, key in zip(group, keys, strict=True) if record.id in taken)
            if bucket.is_thing:
                bucket.marked.update(taken.intersection(keys))
        bucket.touch(keys)

    def _withdraw(self, ids: set[str]) -> None:
        ids -= self._withdrawn
        self._withdrawn |= ids
        things = [bucket for bucket in self._kinds.values() if bucket.is_thing]
        for record_id in ids:
            record = self._by_id.get(record_id)
            if record is not None and not isinstance(record, Withdraw):
                bucket = self._kinds[type(record)]
                self._mark(bucket, keys_of(bucket.kind, [record])[0])
            for bucket in things:
                if record_id in bucket.last:
                    self._mark(bucket, record_id)

    def _mark(self, bucket: _Kind, key: Key) -> None:
        bucket.marked.add(key)
        bucket.touch((key,))

    def stands(self, record: Record) -> bool:
        """Whether a record was not withdrawn, nor the thing that it is about; a withdrawal always stands."""
        taken = self._withdrawn
        return isinstance(record, Withdraw) or (record.id not in taken and getattr(record, "of", "") not in taken)

    def withdrawn(self) -> Iterator[Record]:
        """Yield the records that do not stand."""
        for bucket in self._kinds.values():
            for key in bucket.marked:
                yield from (record for record in bucket.of_subject(key) if not self.stands(record))

    # What holds

    def current(self, kind: type[R]) -> list[R]:
        """Return the record that holds for each subject of one type, in order of the subjects."""
        bucket = self._kinds[kind]
        if bucket.held[0] != bucket.version:
            last, marked = bucket.last, bucket.marked
            found = [self.held(kind, key) if key in marked else last[key] for key in sorted(last)]
            bucket.held = bucket.version, [record for record in found if record is not None]
        return cast("list[R]", bucket.held[1].copy())

    def held(self, kind: type[R], key: Key) -> R | None:
        """Return the record that holds for a subject's key, or None."""
        bucket = self._kinds[kind]
        if key not in bucket.marked:
            return cast("R | None", bucket.last.get(key))
        standing = (record for record in bucket.of_subject(key) if self.stands(record))
        return cast("R | None", max(standing, key=attrgetter("order"), default=None))

    def keys(self, kind: type[Record]) -> list[Key]:
        """Return the keys of all subjects of one type for which something was said, in order."""
        return sorted(self._kinds[kind].last)

    def of_subject(self, kind: type[R], key: Key) -> Iterator[R]:
        """Yield all records of a subject, withdrawn ones too."""
        return cast("Iterator[R]", self._kinds[kind].of_subject(key))

    def time_changes(self) -> dict[str, int]:
        """Return how often each planned session's time changed, as ``current.time_changes`` does."""
        bucket = self._kinds[Plan]
        plans = (record for key in bucket.last for record in bucket.of_subject(key))
        return time_changes([*plans, *self._kinds[Withdraw].last.values()])

    # Tables

    def version(self, kind: type[Record]) -> int:
        """Return a number that changes whenever something was said about a subject of a type."""
        return self._kinds[kind].version

    def watch(self, kind: type[Record]) -> set[Key]:
        """Return a set into which the keys of a type's changed subjects go from now on; who watches empties it."""
        changed: set[Key] = set()
        self._kinds[kind].watchers.append(changed)
        return changed

    def kept(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time for a name; an id whose content changed starts it anew."""
        if name not in self._tables:
            with without_collecting():
                self._tables[name] = make()
        return self._tables[name]


def keys_of(kind: type[Record], group: list[Any]) -> list[Key]:
    """Return the key of each record of one type."""
    fields = kind.subject_fields
    if fields == ("of",):
        return [record.of or record.id for record in group]
    if texts_of(kind).issuperset(fields):
        return list(map(_getter(fields), group))
    return [key_of(record.subject) for record in group]


def key_of(subject: tuple[str, ...]) -> Key:
    """Return a subject as ``Holdings`` keeps it: a single text without its tuple, which compares and hashes sooner."""
    return subject[0] if len(subject) == 1 else subject


@cache
def _getter(fields: tuple[str, ...]) -> Callable[[Any], Key]:
    return attrgetter(*fields)
