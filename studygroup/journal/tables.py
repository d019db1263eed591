"""From records to tables: what holds now, as pandas DataFrames.

Pure functions: records in any order, with any repetition, give the same tables. The last record of a subject holds, by
its time and then its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from studygroup.journal.current import current, time_changes
from studygroup.journal.record import Record
from studygroup.journal.records import Attendance, Close, Person, Plan, Reading

PEOPLE = ("member", "name", "role", "zone", "joined", "left", "guest")
PLANS = ("session", "entries", "items", "roles", "start", "length_min", "cancelled", "why", "changes", "at", "by")
CLOSES = ("session", "finished", "continues", "at", "by")
ATTENDANCE = ("session", "member", "state", "at", "by")
READING = ("member", "item", "status", "at", "by")


def _frame(rows: Iterable[Record], columns: tuple[str, ...], texts: tuple[str, ...]) -> pd.DataFrame:
    data = [[getattr(row, column) for column in columns] for row in rows]
    return pd.DataFrame(data, columns=list(columns), dtype=object).astype(dict.fromkeys(texts, "str"))


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows, a column an attribute."""
    yield from frame.itertuples(index=False)


def people(records: Iterable[Record]) -> pd.DataFrame:
    """Return the roster.

    Returns
    -------
    DataFrame
        One row a person, in order of their ids. Columns ``member``, ``name``, ``role`` ("member" or "facilitator"),
        ``zone`` (str), ``joined``, ``left`` (datetime64, NaT where not given), ``guest`` (bool). No people, no rows.
    """
    frame = _frame(current(records, Person), PEOPLE, ("member", "name", "role", "zone"))
    dates = {column: pd.to_datetime(frame[column]).astype("datetime64[s]") for column in ("joined", "left")}
    return frame.assign(**dates, guest=frame["guest"].astype(bool))


def plans(records: Iterable[Record]) -> pd.DataFrame:
    """Return what the facilitators planned.

    Returns
    -------
    DataFrame
        One row a planned session, in order. Columns ``session`` (str), ``entries``, ``items`` (tuples of str), ``roles``
        (dict from role to member id), ``start`` (aware datetime or None), ``length_min`` (Int64, minutes, NA as the slot
        says), ``cancelled`` (bool), ``why`` (str), ``changes`` (int64, how many plans came before this one), ``at``, ``by``.
    """
    records = list(records)
    held = current(records, Plan)
    changes = time_changes(records)
    columns = tuple(column for column in PLANS if column != "changes")
    frame = _frame(held, columns, ("session", "why", "by"))
    frame.insert(PLANS.index("changes"), "changes", pd.Series([changes[plan.session] for plan in held], dtype="int64"))
    return frame.assign(
        length_min=frame["length_min"].astype("Int64"), cancelled=frame["cancelled"].astype(bool), at=_times(frame["at"])
    )


def closes(records: Iterable[Record]) -> pd.DataFrame:
    """Return how sessions ended.

    Returns
    -------
    DataFrame
        One row a closed session, in order. Columns ``session`` (str), ``finished``, ``continues`` (tuples of ``list/entry``),
        ``at`` (UTC), ``by`` (str).
    """
    frame = _frame(current(records, Close), CLOSES, ("session", "by"))
    return frame.assign(at=_times(frame["at"]))


def attendance(records: Iterable[Record]) -> pd.DataFrame:
    """Return who was there.

    Returns
    -------
    DataFrame
        One row a session and member, in order. Columns ``session``, ``member``, ``state`` (str), ``at`` (UTC), ``by`` (str).
    """
    frame = _frame(current(records, Attendance), ATTENDANCE, ("session", "member", "state", "by"))
    return frame.assign(at=_times(frame["at"]))


def reading(records: Iterable[Record]) -> pd.DataFrame:
    """Return how far members are with items.

    Returns
    -------
    DataFrame
        One row a member and item, in order. Columns ``member``, ``item``, ``status`` (str), ``at`` (UTC), ``by`` (str).
    """
    frame = _frame(current(records, Reading), READING, ("member", "item", "status", "by"))
    return frame.assign(at=_times(frame["at"]))


def _times(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True).astype("datetime64[ms, UTC]")
