"""Facilitator and member side by side, each in a real JupyterLab of their own on one workbook: what one enters, the other sees."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.in_lab import Seat, running_lab, under_way

ARRIVES_WITHIN_S = 2


@pytest.fixture
def seats(folder: Path, browser: Any, tmp_path: Path) -> Iterator[tuple[Seat, Seat]]:
    """Ada's weekly notebook and Bo's own, both run; the session has begun."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    with ExitStack() as stack:
        opened = []
        for notebook, member in (("week", "ada-lovelace"), ("member", "bo")):
            home = tmp_path / member
            home.mkdir()
            address = stack.enter_context(running_lab(folder, home, STUDYGROUP_MEMBER=member))
            seat = Seat(browser, address, notebook)
            stack.callback(seat.picture, home / "end.png")
            seat.run_all()
            opened.append(seat)
        yield opened[0], opened[1]


def seconds_until(seen: Any, act: Callable[[], None]) -> float:
    """Return how long after a click something is seen elsewhere."""
    begin = time.monotonic()
    act()
    seen.wait_for()
    return time.monotonic() - begin


def test_an_answer_and_a_check_in_arrive_live(seats: tuple[Seat, Seat]) -> None:
    """Within two seconds of the member's click, without running a cell; and so does what the facilitator enters for everybody."""
    ada, bo = seats
    roster, mine = ada.form(r"^week\.attendance$"), bo.form(r"forms\.next")
    row = roster.locator(".sg-row").filter(has_text="Bo")
    row.wait_for()
    answers = mine.get_by_role("group", name="Will you come?", exact=True)
    waits = [
        seconds_until(row.get_by_text(shown), answers.get_by_role("button", name=label, exact=True).click)
        for label, shown in (("Maybe", "maybe"), ("No", "cannot come"), ("Yes, I come", "comes"))
    ]
    roster.get_by_text("0 of 2 there").wait_for()
    check_in = mine.get_by_role("button", name="I am here", exact=True)
    waits.append(seconds_until(row.get_by_role("button", name="Present", pressed=True, exact=True), check_in.click))
    roster.get_by_text("1 of 2 there").wait_for()
    assert statistics.median(waits) < ARRIVES_WITHIN_S, waits
    for seat in seats:
        assert seat.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
        seat.close()
