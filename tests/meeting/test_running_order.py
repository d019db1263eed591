"""The running order: clock times that add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from studygroup.group.settings import RUNNING_ORDER, Part
from studygroup.meeting.before.running_order import running_order

START = datetime(2026, 11, 27, 23, tzinfo=UTC)


def test_the_usual_order_fills_ninety_minutes() -> None:
    """Times follow each other, and who leads a part is named."""
    order = running_order(RUNNING_ORDER, START, 90, {"presenter": "Ada"})
    assert [f"{part.start:%H:%M} {part.title}" for part in order] == [
        "23:00 Arrive and settle",
        "23:05 Where we left off",
        "23:10 The paper in brief",
        "23:30 Big idea",
        "23:50 Relevance",
        "00:05 Open questions",
        "00:20 Close",
    ]
    assert [part.who for part in order] == ["", "", "Ada", "", "", "", ""]
    assert order[-1].end == START + timedelta(minutes=90)


@given(st.lists(st.integers(1, 120), min_size=1, max_size=12), st.integers(5, 1440))
def test_any_order_adds_up_to_any_length(minutes: list[int], length: int) -> None:
    """A law: no gap, no overlap, and the session's very length."""
    order = running_order([Part("x", minute) for minute in minutes], START, length, {})
    assert sum(part.minutes for part in order) == length
    assert [part.start for part in order[1:]] == [part.end for part in order[:-1]]
    assert (order[0].start, order[-1].end) == (START, START + timedelta(minutes=length))
