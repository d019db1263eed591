"""DataFrames with fixed columns and types from rows, made once and then changed only where rows changed."""

from __future__ import annotations

from bisect import bisect_left
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
import numpy as np
import pandas as pd

from studygroup.journal.current.current import current
from studygroup.journal.current.state import Changes, CurrentState
from studygroup.journal.types.record import Instant, Record
from studygroup.journal.types.subjects import Key
from studygroup.storage.gc_paused import without_collecting

Columns = Mapping[str, str]
"""A table's columns in order, each with its type: a pandas dtype, "date" (datetime64[s]), "time" (datetime64[ms, UTC]) or
"object" (tuples, dicts); None makes NaT or NA."""

Records = Iterable[Record] | CurrentState
"""What a table is made from: records in any order, with any repetition, or what is current already."""

Values = Mapping[str, Callable[[Any], Any]]
"""What a column holds of a row, where it is not the attribute of the column's name."""

_OF_RECORDS: Values = {
    "id": lambda record: record.of or record.id,
    "weekday": lambda record: ", ".join(record.slot.weekdays),
}


def make_frame(rows: Sequence[Any], columns: Columns, values: Values | None = None) -> pd.DataFrame:
    """Return a table of rows; a column is the attribute of its name, or what ``values`` says."""
    values = values or {}
    getters = {name: values.get(name) or attrgetter(name) for name in columns}
    return to_frame({name: list(map(getters[name], rows)) for name in columns}, columns)


def to_frame(values: Mapping[str, Any], columns: Columns) -> pd.DataFrame:
    """Return a table of columns that are lists or arrays."""
    return pd.DataFrame({name: _column(values[name], kind) for name, kind in columns.items()}, copy=False)


def _column(values: Any, kind: Any) -> Any:
    if kind == "time":
        return pd.to_datetime(pd.Series(values, dtype=object), utc=True).astype("datetime64[ms, UTC]")
    if kind == "date":
        return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")
    if kind == "object":
        return pd.Series(values, dtype=object)
    return pd.array(values, dtype=kind) if kind in ("str", "Int64") else np.array(values, dtype=kind)


class GrowingFrame:
    """A table with one row a key, in order of the keys.

    Parameters
    ----------
    row_of
        Returns a key's row now, or None where it has none.
    keys, rows
        Those of the rows that there are, in order of the keys.
    """

    def __init__(
        self,
        columns: Columns,
        row_of: Callable[[Key], Any],
        keys: list[Key],
        rows: Sequence[Any],
        values: Values | None = None,
    ) -> None:
        self.columns = columns
        self.values = values or {}
        self.row_of = row_of
        self._fill(keys, rows)

    def _fill(self, keys: list[Key], rows: Sequence[Any]) -> None:
        self.keys = keys
        self._frame = make_frame(rows, self.columns, self.values)

    @property
    def frame(self) -> pd.DataFrame:
        """The table as it is now; changing it changes no other."""
        return self._frame.copy(deep=False)

    def change(self, keys: Iterable[Key]) -> None:
        """Make the rows of some keys anew."""
        changed = sorted(keys)
        if changed:
            with without_collecting():
                self._change(changed)

    def _change(self, changed: list[Key]) -> None:
        if len(changed) * 4 > len(self.keys):
            found = [(key, row) for key in sorted({*self.keys, *changed}) if (row := self.row_of(key)) is not None]
            self._fill([key for key, _ in found], [row for _, row in found])
            return
        pairs = [(key, row) for key in changed if (row := self.row_of(key)) is not None]
        gone = [place for key in changed if (place := self._place(key)) is not None]
        order = np.delete(np.arange(len(self.keys)), gone)
        for place in reversed(gone):
            del self.keys[place]
        places = [bisect_left(self.keys, key) for key, _ in pairs]
        order = np.insert(order, places, len(self._frame) + np.arange(len(pairs)))
        for place, (key, _) in zip(reversed(places), reversed(pairs), strict=True):
            self.keys.insert(place, key)
        rows = make_frame([row for _, row in pairs], self.columns, self.values)
        frame = pd.concat([self._frame, rows], ignore_index=True) if pairs else self._frame
        self._frame = frame.take(order).reset_index(drop=True)

    def _place(self, key: Key) -> int | None:
        place = bisect_left(self.keys, key)
        return place if place < len(self.keys) and self.keys[place] == key else None


@cache
def columns_of(kind: type[Record]) -> Columns:
    """Return the columns of a type's table, as its fields' types say."""
    known: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return {name: _kind_of(known[name]) for name in kind.columns}


def _kind_of(kind: Any) -> str:
    """Return what a column holds whose values are of a type: choices and alternatives of texts are texts."""
    plain: dict[Any, str] = {bool: "bool", int: "int64", int | None: "Int64", date: "date", date | None: "date"}
    plain |= {str: "str", Instant: "time"}
    if kind in plain:
        return plain[kind]
    is_union = get_origin(kind) in {Union, UnionType}
    return "str" if get_origin(kind) is Literal or (is_union and str in get_args(kind)) else "object"


def current_frame(records: Records, kind: type[Record]) -> pd.DataFrame:
    """Return the table of what is current for each subject of one type, in order of the subjects; ``kind.columns`` are its columns."""
    columns = columns_of(kind)
    if not isinstance(records, CurrentState):
        return make_frame(current(records, kind), columns, _OF_RECORDS)
    current_state = records

    def start() -> tuple[GrowingFrame, Changes]:
        changes = current_state.watch(kind)
        keys, held = current_state.current_by_key(kind)
        return GrowingFrame(columns, lambda key: current_state.latest(kind, key), keys.copy(), held, _OF_RECORDS), changes

    table, changes = current_state.kept((kind, "table"), start)
    table.change(changes.take())
    frame: pd.DataFrame = table.frame
    return frame


def kept_frame(records: Records, kinds: Iterable[type[Record]], name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return a small table, made anew when something was said about its types."""
    if not isinstance(records, CurrentState):
        return make()
    last = records.kept((name, "table"), dict)
    versions = tuple(records.version(kind) for kind in kinds)
    if last.get("versions") != versions:
        last.update(versions=versions, frame=make())
    frame: pd.DataFrame = last["frame"].copy(deep=False)
    return frame


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows, a column an attribute."""
    # DataFrame.itertuples makes a Series of each column, which takes most of the time of a small table.
    yield from map(_row(tuple(frame.columns))._make, frame.to_numpy(dtype=object).tolist())


class RowsBy:
    """A table's rows by what one of its columns says.

    The first few times the table is searched, as that is all that one page needs; pages of every session have all rows sorted once.
    """

    FEW = 3

    def __init__(self, frame: pd.DataFrame, column: str) -> None:
        self._frame, self._column, self._times = frame, column, 0

    def of(self, value: str) -> list[Any]:
        """Return the rows whose column says so, in the table's order; each column is an attribute."""
        if self._times < self.FEW:
            self._times += 1
            return list(rows(self._frame[self._frame[self._column] == value]))
        return self._all.get(value, [])

    @cached_property
    def _all(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in rows(self._frame):
            found.setdefault(getattr(row, self._column), []).append(row)
        return found


@lru_cache(maxsize=256)
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)
