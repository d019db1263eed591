"""From records to tables: what is current."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.journal.current.current import current, time_changes
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import new_record
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Attendance

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)


def record(kind: str, minute: int, **fields: Any) -> Record:
    return new_record(kind, now=NOW + timedelta(minutes=minute), **{"by": "ada", "session": "2026-11-27"} | fields)


RECORDS = [
    record("person", 0, member="ada", name="Ada", role="facilitator", joined=date(2026, 1, 2)),
    record("person", 1, member="bo", name="Bo"),
    record("person", 2, member="bo", name="Bo Chen", left=date(2026, 12, 1)),
    record("attendance", 3, member="bo", state="absent"),
    record("attendance", 4, member="bo", state="late"),
    record("attendance", 5, member="ada", state="present"),
    record("reading", 6, member="ada", item="lora", status="reading"),
    record("reading", 7, member="ada", item="lora", status="read", session="2026-12-04"),
    record("plan", 8, entries=["basics/one"]),
    record("plan", 9, entries=["basics/one"], start=NOW, why="moved"),
    record("plan", 10, entries=["basics/two"], start=NOW, roles={"presenter": "bo"}),
    record("plan", 11, session="2026-12-04", cancelled=True),
    record("close", 12, finished=["basics/two"]),
]


def test_the_roster_is_the_last_record_of_each_person() -> None:
    """One row a person, dates as datetimes, missing ones NaT."""
    frame = tables.people(RECORDS)
    assert list(frame.columns) == ["member", "name", "role", "zone", "joined", "left", "guest"]
    assert [str(kind) for kind in frame.dtypes] == ["str", "str", "str", "str", "datetime64[s]", "datetime64[s]", "bool"]
    assert frame[["member", "name", "role"]].to_numpy().tolist() == [["ada", "Ada", "facilitator"], ["bo", "Bo Chen", "member"]]
    assert frame["left"].tolist() == [pd.NaT, pd.Timestamp("2026-12-01")]


def test_attendance_and_reading_hold_the_last_word() -> None:
    """A correction stands for what it corrects; a reading status is the same across sessions."""
    attended = tables.attendance(RECORDS)
    assert attended[["session", "member", "state"]].to_numpy().tolist() == [
        ["2026-11-27", "ada", "present"],
        ["2026-11-27", "bo", "late"],
    ]
    assert tables.reading(RECORDS)[["member", "item", "status"]].to_numpy().tolist() == [["ada", "lora", "read"]]


def test_plans_count_how_often_a_time_changed() -> None:
    """A move counts, another choice of reading does not; a cancellation does."""
    frame = tables.plans(RECORDS)
    assert frame[["session", "entries", "changes", "cancelled"]].to_numpy().tolist() == [
        ["2026-11-27", ("basics/two",), 1, False],
        ["2026-12-04", (), 1, True],
    ]
    assert frame["roles"].tolist() == [{"presenter": "bo"}, {}]
    assert time_changes(RECORDS + RECORDS) == {"2026-11-27": 1, "2026-12-04": 1}


@pytest.mark.parametrize("name", ["people", "plans", "closes", "attendance", "reading"])
def test_no_records_give_a_table_without_rows(name: str) -> None:
    """Columns and their types are there all the same."""
    table = getattr(tables, name)
    empty, full = table([]), table(RECORDS)
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.tolist() == full.dtypes.tolist()


@given(st.permutations(RECORDS), st.lists(st.sampled_from(RECORDS), max_size=5))
def test_any_order_and_repetition_gives_the_same_tables(records: list[Record], again: list[Record]) -> None:
    """A law: how files were merged does not matter."""
    for table in (tables.people, tables.plans, tables.closes, tables.attendance, tables.reading):
        pd.testing.assert_frame_equal(table([*records, *again]), table(RECORDS))


def test_of_two_records_of_one_instant_the_greater_id_holds() -> None:
    """So that every clone decides alike."""
    one, two = (
        new_record("attendance", now=NOW, by="ada", session="2026-11-27", member="bo", state=state, id=name)
        for name, state in (("a", "late"), ("b", "absent"))
    )
    assert current([two, one], Attendance) == [two]
