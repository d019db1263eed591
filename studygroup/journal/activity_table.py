"""How much was entered over time; see ``tables``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter

import numpy as np
import numpy.typing as npt
import pandas as pd

from studygroup.journal.frame import Columns, Records, to_frame
from studygroup.journal.holdings import Holdings
from studygroup.journal.record import Record
from studygroup.journal.records import TYPES
from studygroup.journal.subjects import Names

ACTIVITY: Columns = {"week": "date", "type": "str", "member": "str", "records": "int64"}

_Numbers = npt.NDArray[np.int64]
# 1970-01-01, from which datetime64 counts days; day 1 of Python's calendar was a Monday.
_EPOCH = date(1970, 1, 1).toordinal()
_NAMES = sorted(TYPES)
_NUMBERS = {TYPES[name]: number for number, name in enumerate(_NAMES)}
# A member's number is below this, as is a type's below its own; with the week before them they make one number.
_MEMBERS, _TYPES = 1 << 32, 1 << 8


class _Counted:
    """Records counted by week, type and member, and which ones were left out because they were withdrawn."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.versions: tuple[int, ...] = ()
        self.seen = 0
        self.left_out: set[str] = set()
        self.members = Names()
        self.groups: _Numbers = np.array([], dtype=np.int64)
        self.counts: _Numbers = np.array([], dtype=np.int64)
        self.table = to_frame({name: [] for name in ACTIVITY}, ACTIVITY)

    def update(self) -> None:
        """Count what came since, and take out what was withdrawn since."""
        versions = tuple(map(self.holdings.version, TYPES.values()))
        if versions == self.versions:
            return
        self.versions = versions
        new = self.holdings.records_after(self.seen)
        gone = [record for record in self.holdings.withdrawn() if record.id not in self.left_out]
        self.seen += len(new)
        self.left_out.update(record.id for record in gone)
        groups = np.concatenate([self.groups, self._groups(new), self._groups(gone)])
        counts = np.concatenate([self.counts, np.ones(len(new), np.int64), np.full(len(gone), -1, np.int64)])
        self.groups, places = np.unique(groups, return_inverse=True)
        self.counts = np.bincount(places, weights=counts, minlength=len(self.groups)).astype(np.int64)
        kept = self.counts > 0
        self.groups, self.counts = self.groups[kept], self.counts[kept]
        self.table = self._table()

    def _groups(self, records: Sequence[Record]) -> _Numbers:
        """Return a number for each record's week, type and author, in this order."""
        members = _numbers(map(self.members.__getitem__, map(attrgetter("by"), records)), len(records))
        kinds = _numbers(map(_NUMBERS.__getitem__, map(type, records)), len(records))
        weeks = (_numbers(_days(records), len(records)) - 1) // 7
        return (weeks * _TYPES + kinds) * _MEMBERS + members

    def _table(self) -> pd.DataFrame:
        names = np.array(list(self.members), dtype=object)
        rank = np.argsort(np.argsort(names))
        groups, members = np.divmod(self.groups, _MEMBERS)
        order = np.lexsort((rank[members], groups))
        weeks, kinds = np.divmod(groups[order], _TYPES)
        columns = {
            "week": (weeks * 7 + 1 - _EPOCH).astype("datetime64[D]"),
            "type": np.array(_NAMES, dtype=object)[kinds],
            "member": names[members[order]],
            "records": self.counts[order],
        }
        return to_frame(columns, ACTIVITY)


def _numbers(values: Iterable[int], length: int) -> _Numbers:
    return np.fromiter(values, dtype=np.int64, count=length)


def _days(records: Sequence[Record]) -> Iterable[int]:
    """Return the day of each record in UTC, from the first of Python's calendar."""
    times = list(map(attrgetter("at"), records))
    if set(map(attrgetter("tzinfo"), times)) <= {UTC}:
        return map(datetime.toordinal, times)
    return (time.astimezone(UTC).toordinal() for time in times)


def activity(records: Records) -> pd.DataFrame:
    """Return how many records each member entered, by week and type; what was withdrawn does not count.

    Returns
    -------
    DataFrame
        One row a week, type and member with a record, in order. Columns ``week`` (datetime64[s], the Monday of the ISO week,
        UTC), ``type``, ``member`` (who typed; str), ``records`` (int64, from 1).
    """
    holdings = records if isinstance(records, Holdings) else Holdings(records)
    counted: _Counted = holdings.kept("activity", lambda: _Counted(holdings))
    counted.update()
    return counted.table.copy(deep=False)
