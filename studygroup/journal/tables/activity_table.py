"""How much was entered over time; see ``tables``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from studygroup.journal.current.entries import KIND_NAMES, Entries
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables.frame import Columns, Records, to_frame
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import TYPES

if TYPE_CHECKING:
    from studygroup.journal.current.entries import Numbers

ACTIVITY: Columns = {"week": "date", "type": "str", "member": "str", "records": "int64"}

# 1970-01-01 was a Thursday; weeks are counted from the Monday before.
_DAYS_BEFORE = 3
_DAY_S = 24 * 60 * 60
# A member's number is below this, as is a type's below its own; with the week before them they make one number.
_MEMBERS, _TYPES = 1 << 32, 1 << 8


class _Counted:
    """Records counted by week, type and member, and which ones were left out because they were withdrawn."""

    def __init__(self, current_state: CurrentState) -> None:
        self.current_state = current_state
        self.versions: tuple[int, ...] = ()
        self.seen = 0
        self.left_out: set[str] = set()
        self.groups: Numbers = np.array([], dtype=np.int64)
        self.counts: Numbers = np.array([], dtype=np.int64)
        self.table = to_frame({name: [] for name in ACTIVITY}, ACTIVITY)

    def update(self) -> None:
        """Count what came since, and take out what was withdrawn since."""
        versions = tuple(map(self.current_state.version, TYPES.values()))
        if versions == self.versions:
            return
        self.versions = versions
        new = _groups(self.current_state.entries_after(self.seen))
        self.seen += len(new)
        gone = self._gone()
        counts = np.concatenate([self.counts, np.ones(len(new), np.int64), np.full(len(gone), -1, np.int64)])
        self.groups, places = np.unique(np.concatenate([self.groups, new, gone]), return_inverse=True)
        self.counts = np.bincount(places, weights=counts, minlength=len(self.groups)).astype(np.int64)
        kept = self.counts > 0
        self.groups, self.counts = self.groups[kept], self.counts[kept]
        self.table = self._table()

    def _gone(self) -> Numbers:
        gone: Sequence[Record] = [record for record in self.current_state.withdrawn() if record.id not in self.left_out]
        self.left_out.update(record.id for record in gone)
        return _groups(Entries.of(gone, self.current_state.authors))

    def _table(self) -> pd.DataFrame:
        names = np.array(list(self.current_state.authors), dtype=object)
        rank = np.argsort(np.argsort(names))
        groups, members = np.divmod(self.groups, _MEMBERS)
        order = np.lexsort((rank[members], groups))
        weeks, kinds = np.divmod(groups[order], _TYPES)
        columns = {
            "week": (weeks * 7 - _DAYS_BEFORE).astype("datetime64[D]"),
            "type": np.array(KIND_NAMES, dtype=object)[kinds],
            "member": names[members[order]],
            "records": self.counts[order],
        }
        return to_frame(columns, ACTIVITY)


def _groups(entries: Entries) -> Numbers:
    """Return a number for each entry's week, type and author, in this order."""
    weeks = (np.floor_divide(entries.times, _DAY_S).astype(np.int64) + _DAYS_BEFORE) // 7
    return (weeks * _TYPES + entries.kinds) * _MEMBERS + entries.authors


def activity(records: Records) -> pd.DataFrame:
    """Return how many records each member entered, by week and type; what was withdrawn does not count.

    Returns
    -------
    DataFrame
        One row a week, type and member with a record, in order. Columns ``week`` (datetime64[s], the Monday of the ISO week,
        UTC), ``type``, ``member`` (who typed; str), ``records`` (int64, from 1).
    """
    current_state = records if isinstance(records, CurrentState) else CurrentState(records)
    counted: _Counted = current_state.kept("activity", lambda: _Counted(current_state))
    counted.update()
    return counted.table.copy(deep=False)
