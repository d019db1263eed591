"""Every state of the members' page looked through by axe-core: light and dark, on a phone and on a desktop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.workbook.workbook import Workbook
from tests.support.accessible import violations
from tests.support.at_rest import at_rest, open_tab
from tests.support.groups import served_group
from tests.support.web_server import Server

ZOE = "zoe-obrien-li"


def fill(root: Path) -> None:
    """Enter something of every kind that the page shows."""
    book = Workbook(root)
    for item in ("few-shot", "tuned"):
        book.enter("reading", by="bo", member="bo", item=item, status="read")
    book.enter("rating", by="bo", member="bo", item="few-shot", rating=4)
    book.enter("rsvp", by=ZOE, member=ZOE, answer="maybe", why="The train")
    book.enter("reading", by=ZOE, member=ZOE, item="few-shot", status="reading")
    book.enter("question", by=ZOE, member=ZOE, item="few-shot", text="Why does it *work*?")
    for member in ("bo", ZOE):
        text = "| a | b |\n|---|---|\n| 1 | [2](https://example.org) |"
        book.enter("summary", by=member, member=member, item="few-shot", big_idea="Examples: $x^2$", text=text)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page with something of every kind on it."""
    with served_group(tmp_path_factory.mktemp("axe") / "book", fill) as started:
        yield started


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def look(page: Any, *, answers: bool = True) -> dict[str, Any]:
    """Return what is wrong with a page as it is now, by colour scheme and width; ``answers`` is whether its server does."""
    found: dict[str, Any] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            if answers:
                at_rest(page)
            found[f"{scheme} {width}"] = violations(page)
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                found[f"{scheme} {width}"]["scrolls sideways"] = []
    return {name: said for name, said in found.items() if said}


def test_the_plain_pages(server: Server, page: Any) -> None:
    """Joining with a link, without one, with a used, forged or revoked one, and what is said where nothing is."""
    used = server.link("bo")
    server.cookie("bo")
    forged = f"{server.url}/join#forged"
    found: dict[str, dict[str, Any]] = {}
    places = {
        "link": (used, "Continue as Bo"),
        "none": (f"{server.url}/join", "Open the link"),
        "forged": (forged, "Ask your facilitator"),
    }
    places |= {
        "door": (server.url, "Please open your invite link"),
        "nothing": (f"{server.url}/nothing", "There is nothing here"),
    }
    for name, (address, shown) in places.items():
        page.goto("about:blank")
        page.goto(address)
        page.get_by_text(shown).first.wait_for()
        found[name] = look(page)
    assert {name: said for name, said in found.items() if said} == {}


def test_the_page_itself(server: Server, page: Any) -> None:
    """As it opens, after saving, with a preview, with something wrong, while it reconnects, and signed out."""
    page.goto(server.link(ZOE))
    page.get_by_role("button", name="Continue as Zoë").click()
    page.get_by_text("Will you come?").first.wait_for()
    found = {"open": look(page)}
    for answer in ("Yes, I’ll be there", "No"):
        page.get_by_role("button", name=answer, exact=True).click()
    page.get_by_text("Saved").first.wait_for()
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("⚠").first.wait_for()
    found["saved"] = look(page)
    page.get_by_role("button", name="Add another device").click()
    page.get_by_role("img", name="QR code of the link above").wait_for()
    assert "/join#" in page.get_by_label("Link", exact=True).input_value()
    found["another device"] = look(page)
    open_tab(page, "Syllabus")
    found["syllabus"] = look(page)
    open_tab(page, "My reading")
    page.get_by_label("Big idea").fill("A matrix $\\frac{QK^T}{\\sqrt d}$ and `code`")
    page.get_by_role("button", name="Save summary").click()
    page.get_by_text("your summary").first.wait_for()
    found["reading"] = look(page)
    server.stop(signal.SIGKILL)
    try:
        page.get_by_text("Reconnecting").wait_for()
        found["reconnecting"] = look(page, answers=False)
    finally:
        server.start()
    page.locator("#sg-connection").wait_for(state="hidden")
    page.get_by_role("button", name="Sign out on this device").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    found["signed out"] = look(page)
    assert {name: said for name, said in found.items() if said} == {}
