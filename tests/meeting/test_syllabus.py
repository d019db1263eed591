"""Which steps are covered, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studygroup.journal.tables import tables
from studygroup.journal.types.lines import new_record
from studygroup.journal.types.record import Record
from studygroup.meeting.facts.syllabus import Lists, Readings, Step, covered, next_step

STEPS = (
    Step(1, "l/one", "1", ("S",), "One", ("a",)),
    Step(2, "l/two", "2", ("S",), "Two", ("b", "c")),
    Step(3, "l/none", "3", ("S",), "None", ()),
    Step(4, "l/one-again", "4", ("S",), "One again", ("a",)),
)
FIRST, SECOND, THIRD = "2026-11-27", "2026-12-04", "2026-12-11"


def records(*wanted: tuple[str, str, dict[str, Any]]) -> list[Record]:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        new_record(kind, now=now + timedelta(minutes=minute), by="ada", session=session, **fields)
        for minute, (kind, session, fields) in enumerate(wanted)
    ]


def plan(session: str, *entries: str, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    return "plan", session, {"entries": list(entries)} | fields


def was_there(session: str, state: str = "present") -> tuple[str, str, dict[str, Any]]:
    return "attendance", session, {"member": "ada", "state": state}


def covered_by(*wanted: tuple[str, str, dict[str, Any]]) -> dict[int, str]:
    made = records(*wanted)
    return covered(STEPS, tables.plans(made), tables.attendance(made), tables.closes(made), [FIRST, SECOND, THIRD])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], {}),
        ([plan(FIRST, "l/one")], {}),
        ([was_there(FIRST)], {}),
        ([plan(FIRST, "l/one"), was_there(FIRST)], {1: FIRST}),
        ([plan(FIRST, "l/one"), was_there(FIRST, "late")], {1: FIRST}),
        ([plan(FIRST, "l/one"), was_there(FIRST, "left_early")], {1: FIRST}),
        ([plan(FIRST, "l/one"), was_there(FIRST, "absent")], {}),
        ([plan(FIRST, "l/one"), was_there(FIRST, "excused")], {}),
        ([plan(FIRST, "l/one"), was_there(FIRST), was_there(FIRST, "absent")], {}),
        ([plan(FIRST, "l/one", cancelled=True), was_there(FIRST)], {}),
        ([plan(FIRST, "l/one"), was_there(FIRST), ("close", FIRST, {"finished": ["l/one"]})], {1: FIRST}),
        ([plan(FIRST, "l/one"), was_there(FIRST), ("close", FIRST, {"continues": ["l/one"]})], {}),
        (
            [
                plan(FIRST, "l/one"),
                was_there(FIRST),
                ("close", FIRST, {"continues": ["l/one"]}),
                plan(SECOND, "l/one"),
                was_there(SECOND),
            ],
            {1: SECOND},
        ),
        ([plan(FIRST, "l/one", "l/two", "l/none"), was_there(FIRST)], {1: FIRST, 2: FIRST, 3: FIRST}),
        ([plan(FIRST, items=["a"]), was_there(FIRST)], {1: FIRST}),
        ([plan(FIRST, items=["a"]), was_there(FIRST), plan(SECOND, items=["a"]), was_there(SECOND)], {1: FIRST, 4: SECOND}),
        ([plan(FIRST, items=["b"]), was_there(FIRST)], {}),
        ([plan("2027-01-01", "l/one"), was_there("2027-01-01")], {}),
    ],
)
def test_a_step_is_covered_when_planned_attended_and_not_continued(
    wanted: list[tuple[str, str, dict[str, Any]]], expected: dict[int, str]
) -> None:
    """Each part of the rule by itself, and together."""
    assert covered_by(*wanted) == expected


def test_the_next_step_is_the_first_not_covered_from_where_the_group_began() -> None:
    """A gap is filled before the group goes on; after the last step there is none."""
    assert next_step(STEPS, {}, 1) == STEPS[0]
    assert next_step(STEPS, {1: FIRST, 3: SECOND}, 1) == STEPS[1]
    assert next_step(STEPS, {}, 3) == STEPS[2]
    assert next_step(STEPS, dict.fromkeys((1, 2, 3, 4), FIRST), 1) is None


def test_an_item_planned_by_itself_stands_for_its_first_open_step() -> None:
    """The same work may be two steps."""
    made = records(plan(FIRST, "l/two", items=["a"]), plan(SECOND, items=["elsewhere"]))
    readings = Readings(Lists(tuple(STEPS)), tables.plans(made), tables.closes([]), tables.attendance([]))
    assert readings.of(FIRST, {1: THIRD}) == [STEPS[1], STEPS[3]]
    assert [(step.reference, step.items) for step in readings.of(SECOND)] == [("", ("elsewhere",))]
