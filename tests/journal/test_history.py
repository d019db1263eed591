"""Who entered what when; and taking a record back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from studygroup.errors import RecordError
from studygroup.journal.keeping.history import history
from studygroup.journal.types.records import Attendance, Question, Reading
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock


@pytest.fixture
def enter(workbook: Workbook, clock: Clock) -> Callable[..., Any]:
    """Return a function that enters a record, each a minute after the one before."""
    workbook.add_person("Ada", role="facilitator")
    workbook.add_person("Bo")

    def enter_one(kind: str, by: str = "ada", **fields: Any) -> Any:
        clock.now += timedelta(minutes=1)
        return workbook.enter(kind, by=by, **fields)

    return enter_one


def test_a_correction_shows_both_values_and_what_it_replaced(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """The latest first, with who typed it and whether it holds."""
    first = enter("reading", member="bo", item="few-shot", status="reading")
    enter("reading", by="bo", member="bo", item="few-shot", status="read")
    shown = history(workbook.records, item="few-shot")
    assert shown[["by", "about", "says", "state"]].to_numpy().tolist() == [
        ["bo", "bo few-shot", "status reading → read", "holds"],
        ["ada", "bo few-shot", "status reading", "replaced"],
    ]
    assert shown["replaces"].tolist() == [first.id, ""]


def test_history_is_asked_for_a_member_an_item_or_a_session(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """What someone typed and what is about them; a withdrawal belongs to what it withdraws."""
    enter("reading", member="bo", item="tuned", status="read")
    asked = enter("question", by="bo", member="bo", item="few-shot", text="Why?")
    workbook.undo(asked.id, by="ada")
    assert history(workbook.records, item="few-shot")["type"].tolist() == ["withdraw", "question"]
    assert history(workbook.records, item="few-shot")["state"].tolist() == ["withdraws", "withdrawn"]
    assert history(workbook.records, member="bo")["type"].tolist() == ["withdraw", "question", "reading", "person"]
    assert history(workbook.records, session="2026-11-27")["type"].tolist() == []
    assert len(history(workbook.records, session="2026-11-20")) == 5


def test_undo_brings_back_what_held_before(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """Step by step, down to nothing; the end of an id is enough."""
    late = enter("attendance", session="2026-11-20", member="bo", state="late")
    absent = enter("attendance", session="2026-11-20", member="bo", state="absent")
    back = workbook.undo(absent.id[-12:], by="ada")
    assert isinstance(back, Attendance) and back.state == "late"
    assert workbook.undo(late.id, by="ada") is None
    assert workbook.latest(Attendance, "2026-11-20", "bo") is None
    enter("attendance", session="2026-11-20", member="bo", state="present")
    assert workbook.latest(Attendance, "2026-11-20", "bo")


def test_withdrawing_a_question_takes_its_corrections_along(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """What is undone does not come back by its second wording."""
    asked = enter("question", by="bo", member="bo", text="Why")
    workbook.amend("question", by="bo", of=asked.id, text="Why?")
    assert workbook.undo(asked.id, by="bo") is None
    assert workbook.latest(Question, asked.id) is None


def test_a_record_is_withdrawn_by_whom_it_concerns_or_a_facilitator(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """Not by another member, not twice, and a withdrawal not at all."""
    workbook.add_person("Cy")
    said = enter("reading", by="bo", member="bo", item="tuned", status="read")
    with pytest.raises(RecordError, match="This was entered by bo; they or a facilitator can undo it"):
        workbook.undo(said.id, by="cy")
    workbook.undo(said.id, by="bo")
    with pytest.raises(RecordError, match="was undone before"):
        workbook.undo(said.id, by="ada")
    withdrawal = next(record for record in workbook.journal.records if record.type == "withdraw")
    with pytest.raises(RecordError, match="An undo is undone with"):
        workbook.undo(withdrawal.id, by="ada")
    with pytest.raises(RecordError, match="There is no record 0190163d"):
        workbook.undo("0190163d", by="ada")
    assert workbook.latest(Reading, "bo", "tuned") is None


def test_a_retry_of_a_form_is_no_second_entry(workbook: Workbook, enter: Callable[..., Any]) -> None:
    """The same id with the same content gives what was saved; with another content it is refused."""
    first = enter("reading", member="bo", item="tuned", status="read", id="0190163d-8694-739b-aea5-966c26f8ad91")
    again = enter("reading", member="bo", item="tuned", status="read", id="0190163d-8694-739b-aea5-966c26f8ad91")
    assert again == first
    assert sum(record.type == "reading" for record in workbook.journal.records) == 1
    with pytest.raises(RecordError, match="is taken by another record"):
        enter("reading", member="bo", item="tuned", status="skipped", id="0190163d-8694-739b-aea5-966c26f8ad91")


def test_no_records_have_an_empty_history(workbook: Workbook) -> None:
    """Columns and their types are there all the same."""
    empty = history(workbook.records)
    workbook.add_person("Ada")
    assert empty.empty and empty.dtypes.tolist() == history(workbook.records).dtypes.tolist()
