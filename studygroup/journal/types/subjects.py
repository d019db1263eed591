"""The records of one type by subject: which one is the last, and which came before it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, cached_property
from itertools import chain, compress
from operator import attrgetter, is_not
from typing import TYPE_CHECKING, Any

from studygroup.journal.types.bulk import texts_of
from studygroup.journal.types.record import Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Times = npt.NDArray[np.float64]

Key = Any
"""A subject as it is kept: one text, or a tuple of several; ``key_of`` makes it."""

# From here on numbers are sorted sooner than records are compared one by one.
_MANY = 1000


def keys_of(kind: type[Record], group: Iterable[Any]) -> list[Key]:
    """Return the key of each record of one type."""
    fields = kind.subject_fields
    if fields == ("of",):
        return [record.of or record.id for record in group]
    if texts_of(kind).issuperset(fields):
        return list(map(_getter(fields), group))
    return [key_of(record.subject) for record in group]


def key_of(subject: tuple[str, ...]) -> Key:
    """Return a subject as it is kept: a single text without its tuple, which compares and hashes sooner."""
    return subject[0] if len(subject) == 1 else subject


@cache
def _getter(fields: tuple[str, ...]) -> Callable[[Any], Key]:
    return attrgetter(*fields)


class Subjects:
    """The records of one type by subject.

    Attributes
    ----------
    last
        The last record of each subject, withdrawn or not.
    marked
        The subjects of which something was withdrawn.
    version
        Changes whenever something was said about a subject.
    watchers
        Sets into which the keys of subjects go when something is said about them.
    """

    def __init__(self, kind: type[Record]) -> None:
        self.kind = kind
        self.is_thing = kind.subject_fields == ("of",)
        self.last: dict[Key, Record] = {}
        self.marked: set[Key] = set()
        self.version = 0
        self.watchers: list[set[Key]] = []
        self._others: defaultdict[Key, list[Record]] = defaultdict(list)

    def add(self, records: list[Record], withdrawn: set[str], times: Times | None = None) -> None:
        """Take records of this type.

        Parameters
        ----------
        withdrawn
            The ids of the records that were withdrawn so far.
        times
            When they were entered, in seconds, if that was found out together with others.
        """
        keys = keys_of(self.kind, records)
        last = self.last
        first = list(map(last.setdefault, keys, records))
        for key, record in compress(zip(keys, records, strict=True), map(is_not, first, records)):
            before = last[key]
            if record.at > before.at or (record.at == before.at and record.id > before.id):
                last[key], record = record, before
            self._others[key].append(record)
        if self.is_thing:
            # What is said of a thing that was withdrawn does not hold either.
            self.marked.update(withdrawn.intersection(keys))
        self._touch(keys)

    def settle(self) -> None:
        """Finish what ``add`` left for later."""

    def of_subject(self, key: Key) -> list[Record]:
        """Return all records of a subject, in no order."""
        return [self.last[key], *self._others.get(key, ())] if key in self.last else []

    def mark(self, keys: Iterable[Key]) -> None:
        """Note that something was withdrawn of some subjects."""
        self.marked.update(keys)
        self._touch(keys)

    def _touch(self, keys: Iterable[Key]) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher.update(keys)


class Pairs(Subjects):
    """The records of a type whose subject is two names, of which there are many for few subjects.

    Many records at once are sorted as numbers, which are taken from them as they come: to go back to each of a million
    records takes longer than to decode it.
    """

    def __init__(self, kind: type[Record]) -> None:
        super().__init__(kind)
        self._names = Names()
        self._waiting: list[_Batch] = []
        self._counted: list[_Batch] = []
        self._sorted: _Sorted | None = None
        self._lock = threading.Lock()

    def add(self, records: list[Record], withdrawn: set[str], times: Times | None = None) -> None:
        """Take records of this type, as ``Subjects`` does."""
        with self._lock:
            piece = _Batch(records, self.kind.subject_fields, self._names, times)
            if times is not None:
                piece.numbers  # noqa: B018 - made while the records are at hand
            self._waiting.append(piece)
        self.version += 1

    def settle(self) -> None:
        """Put the records that wait under their subjects."""
        if not self._waiting:
            return
        with self._lock:
            new = tuple(self._waiting)
            self._counted += new
            if sum(len(piece.records) for piece in new) > _MANY:
                self._sort()
            else:
                for record in chain.from_iterable(piece.records for piece in new):
                    self._add_one(record)
            for watcher in self.watchers:
                watcher.update(chain.from_iterable(keys_of(self.kind, piece.records) for piece in new))
            # A thread that asks meanwhile waits as long as these are here.
            del self._waiting[: len(new)]

    def _add_one(self, record: Record) -> None:
        (key,) = keys_of(self.kind, [record])
        before = self.last.setdefault(key, record)
        if record.order > before.order:
            self.last[key] = record
        self._others[key].append(record)

    def _sort(self) -> None:
        self._sorted = _Sorted(self.kind, self._counted)
        self._others.clear()
        self.last = dict(zip(self._sorted.places, self._sorted.last, strict=True))

    def of_subject(self, key: Key) -> list[Record]:
        """Return all records of a subject, in no order."""
        others = self._others.get(key, ())
        if self._sorted is None or (place := self._sorted.places.get(key)) is None:
            return list(others)
        return [*self._sorted.of_place(place), *others]


class Names(dict[str, int]):
    """A number for each name, in order of their first use."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


class _Batch:
    """Some records that came together."""

    def __init__(self, records: list[Record], fields: Sequence[str], names: Names, times: Times | None) -> None:
        self.records = records
        self._fields, self._names, self._times = fields, names, times

    @cached_property
    def numbers(self) -> tuple[npt.NDArray[np.int64], Times]:
        """A number for each record's subject, and its time in seconds."""
        import numpy as np

        number, length = self._names.__getitem__, len(self.records)
        first, second = (
            np.fromiter(map(number, map(attrgetter(field), self.records)), np.int64, length) for field in self._fields
        )
        return (first << 32) + second, times_of(self.records) if self._times is None else self._times


def times_of(records: Sequence[Record]) -> Times:
    """Return when records were entered, in seconds since 1970."""
    import numpy as np

    return np.fromiter(map(datetime.timestamp, map(attrgetter("at"), records)), np.float64, len(records))


class _Sorted:
    """Records in order of their subjects and times.

    Attributes
    ----------
    last
        The last record of each subject.
    places
        Where a subject stands among them, by key.
    """

    def __init__(self, kind: type[Record], pieces: Sequence[_Batch]) -> None:
        import numpy as np

        self._records = list(chain.from_iterable(piece.records for piece in pieces))
        subjects, times = (np.concatenate(columns) for columns in zip(*(piece.numbers for piece in pieces), strict=True))
        self._order = np.lexsort((times, subjects))
        subjects, times = subjects[self._order], times[self._order]
        self._ends = np.flatnonzero(np.append(subjects[1:] != subjects[:-1], True)) + 1
        self._starts = np.append(0, self._ends[:-1])
        self.last = list(map(self._records.__getitem__, self._order[self._ends - 1].tolist()))
        # At the same time, to the precision of these numbers, the records themselves decide.
        before = np.maximum(self._ends - 2, self._starts)
        for place in np.flatnonzero((times[self._ends - 1] == times[before]) & (before < self._ends - 1)).tolist():
            self.last[place] = max(self.of_place(place), key=attrgetter("order"))
        self.places: dict[Key, int] = {key: place for place, key in enumerate(keys_of(kind, self.last))}

    def of_place(self, place: int) -> list[Record]:
        """Return all records of a subject."""
        return list(map(self._records.__getitem__, self._order[self._starts[place] : self._ends[place]].tolist()))


def subjects_of(kind: type[Record]) -> Subjects:
    """Return where the records of a type are kept."""
    is_pair = len(kind.subject_fields) == 2 and texts_of(kind).issuperset(kind.subject_fields)
    return Pairs(kind) if is_pair else Subjects(kind)
