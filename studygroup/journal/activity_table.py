"""How much was entered over time; see ``tables``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import islice
from operator import attrgetter, itemgetter

import pandas as pd

from studygroup.journal.frame import Columns, GrowingFrame, Records, Values
from studygroup.journal.holdings import Holdings, Key
from studygroup.journal.record import Record
from studygroup.journal.records import TYPES

ACTIVITY: Columns = {"week": "date", "type": "str", "member": "str", "records": "int64"}


_Row = tuple[int, str, str, int]
_VALUES: Values = {name: itemgetter(place) for place, name in enumerate(ACTIVITY)}
# 1970-01-01, from which datetime64 counts days; day 1 of Python's calendar was a Monday.
_EPOCH = date(1970, 1, 1).toordinal()


class _Counted:
    """Records counted by week, type and member, and which ones were left out because they were withdrawn."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.changed = {kind: holdings.watch(kind) for kind in TYPES.values()}
        self.seen = len(holdings)
        gone = list(holdings.withdrawn())
        self.left_out = {record.id for record in gone}
        self.counts = _count(holdings.records())
        self.counts.subtract(_count(gone))
        self.table = GrowingFrame(
            ACTIVITY, self._row, ((key, self._row(key)) for key, count in self.counts.items() if count), _VALUES
        )

    def _row(self, key: Key) -> _Row | None:
        week, kind, member = key
        count = self.counts[key]
        return (week * 7 + 1 - _EPOCH, kind, member, count) if count else None

    def update(self) -> None:
        """Count what came since, and take out what was withdrawn since."""
        new = list(islice(self.holdings.records(), self.seen, None))
        self.seen = len(self.holdings)
        change = _count(new)
        for kind, changed in self.changed.items():
            records = [record for key in changed for record in self.holdings.of_subject(kind, key)]
            changed.clear()
            gone = {record.id: record for record in records if not self.holdings.stands(record)}
            gone = {name: record for name, record in gone.items() if name not in self.left_out}
            self.left_out |= gone.keys()
            change.subtract(_count(gone.values()))
        self.counts.update(change)
        self.table.change(key for key in change)


def _count(records: Iterable[Record]) -> Counter[Key]:
    """Return how many of some records there are by week (in weeks of the calendar), type and author."""
    records = list(records)
    if set(map(attrgetter("at.tzinfo"), records)) <= {UTC}:
        days: Iterable[int] = map(datetime.toordinal, map(attrgetter("at"), records))
    else:
        days = (record.at.astimezone(UTC).toordinal() for record in records)
    names = {kind: name for name, kind in TYPES.items()}
    counts: Counter[Key] = Counter()
    for (day, kind, by), count in Counter(zip(days, map(type, records), map(attrgetter("by"), records), strict=True)).items():
        counts[(day - 1) // 7, names[kind], by] += count
    return counts


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
    return counted.table.frame
