"""Facilitator and member side by side, each in a real JupyterLab of their own on one workbook: what one enters, the other sees."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.in_lab import Lab, Seat, under_way
from tests.support.web_server import Server

# The quickest counts: the others wait for whatever else this machine does.
ARRIVES_WITHIN_S = 2


@pytest.fixture
def seats(folder: Path, browser: Any, jupyterlab: Lab, tmp_path: Path) -> Iterator[tuple[Seat, Seat]]:
    """Ada's weekly notebook and Bo's own, both run; the session has begun."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    with ExitStack() as stack:
        opened = []
        for notebook, member in (("week", "ada-lovelace"), ("member", "bo")):
            seat = Seat(browser, jupyterlab.notebook(folder, notebook), member)
            stack.callback(seat.picture, tmp_path / f"{member}.png")
            seat.run_all()
            opened.append(seat)
        yield opened[0], opened[1]


def seconds_until(seen: Any, act: Callable[[], None], state: str = "visible") -> float:
    """Return how long after a click something is seen elsewhere, or, attached, is on a tab that is not open."""
    begin = time.monotonic()
    act()
    seen.wait_for(state=state)
    return time.monotonic() - begin


def test_an_answer_and_a_check_in_arrive_live(seats: tuple[Seat, Seat], folder: Path) -> None:
    """Within two seconds of the member's click, without running a cell; and so do roles, summaries and a cancellation at the member's."""
    ada, bo = seats
    roster, mine = ada.part("attendance"), bo.part("next")
    row = roster.locator(".sg-row").filter(has_text="Bo")
    row.wait_for()
    answers = mine.get_by_role("group", name="Will you come?", exact=True)
    waits = [
        seconds_until(row.get_by_text(shown), answers.get_by_role("button", name=label, exact=True).click)
        for label, shown in (("Maybe", "maybe"), ("No", "cannot come"), ("Yes, I’ll be there", "comes"))
    ]
    roster.get_by_text("0 of 2 there").wait_for()
    check_in = mine.get_by_role("button", name="I’m here", exact=True)
    waits.append(seconds_until(row.get_by_role("button", name="Here", pressed=True, exact=True), check_in.click))
    roster.get_by_text("1 of 2 there").wait_for()
    assert min(waits) < ARRIVES_WITHIN_S, waits
    book = Workbook(folder)
    ours = {"by": "ada-lovelace", "session": book.session_to_record()}
    about = {"member": "ada-lovelace", "item": "few-shot"}
    plan_session(book, **ours, steps=[1], roles={"scribe": "bo"})
    mine.get_by_text("Scribe: Bo").wait_for()
    others = bo.part("others")
    waits = [
        seconds_until(
            mine.get_by_text("Presenter: Bo"), lambda: book.enter("plan", **ours, roles={"presenter": "bo"}), "attached"
        ),
        seconds_until(
            others.get_by_text("Scale is enough"),
            lambda: book.enter("summary", by="ada-lovelace", **about, big_idea="Scale is enough"),
        ),
        seconds_until(
            mine.get_by_text("Storm and snow"),
            lambda: book.enter("plan", **ours, cancelled=True, why="Storm and snow"),
            "attached",
        ),
    ]
    assert min(waits) < ARRIVES_WITHIN_S, waits
    for seat in seats:
        assert seat.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
        seat.close()


def seconds_until_first(rows: Any, text: str, act: Callable[[], None]) -> float:
    """Return how long after a click a row of a list is the first one, elsewhere."""
    return seconds_until(rows.first.get_by_text(text), act, state="attached")


def me_too(page: Any) -> Callable[[], None]:
    """Go to the open questions on a phone, and return what seconds the second one."""
    page.get_by_role("tab", name="My reading").click()
    button = page.get_by_role("button", name="Me too: Why not more?")
    button.wait_for()
    return button.click


@pytest.mark.server
def test_the_members_page_beside_the_facilitators_notebook(folder: Path, browser: Any, jupyterlab: Lab) -> None:
    """What a member enters on a phone or a desktop, and that pages are open, is seen in the running notebook within two seconds;
    a question that someone seconds on a phone comes first there."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    for text in ("Why so few?", "Why not more?"):
        book.enter("question", by="ada-lovelace", member="ada-lovelace", text=text)
    server = Server(folder)
    with ExitStack() as stack:
        ada = Seat(browser, jupyterlab.notebook(folder, "week"), "ada-lovelace")
        ada.run_all()
        standing, roster = ada.part("standing"), ada.part("attendance")
        ledger = ada.part("questions").locator(".sg-row")
        ledger.first.get_by_text("Why so few?").wait_for(state="attached")
        assert standing.get_by_text("page is open").count() == 0
        server.start()
        stack.callback(server.stop)
        waits = []
        row = roster.locator(".sg-row").filter(has_text="Bo")
        for width, shown, label in ((375, "comes", "Yes, I’ll be there"), (1280, "maybe", "Maybe")):
            # The tab that says it is open behind the one with the roster.
            closed = standing.get_by_text("No member's page is open.")
            closed.wait_for(state="attached")
            device = browser.new_context(viewport={"width": width, "height": 740})
            page = device.new_page()
            page.goto(server.link("bo"))
            page.get_by_role("button", name="Continue as Bo").click()
            page.get_by_text("Will you come?").first.wait_for()
            waits.append(seconds_until(standing.get_by_text("1 member's page is open."), lambda: None, state="attached"))
            waits.append(seconds_until(row.get_by_text(shown), page.get_by_role("button", name=label, exact=True).click))
            if width == 375:
                waits.append(seconds_until_first(ledger, "Why not more?", me_too(page)))
            waits.append(seconds_until(closed, device.close, state="attached"))
        assert min(waits) < ARRIVES_WITHIN_S, waits
        server.stop()
        standing.get_by_text("page is open").wait_for(state="hidden")
        ada.close()
