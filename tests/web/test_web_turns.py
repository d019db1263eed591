"""A member gives a role to another who accepts, each on a phone of their own; a third takes an open one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.accessible import violations
from tests.support.groups import served_group
from tests.support.needs import until
from tests.support.phones import phones_of
from tests.support.web_server import Server

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    def prepare(root: Path) -> None:
        book = Workbook(root)
        plan_session(book, book.schedule.next(book.clock()).id, by=ADA, roles={"presenter": BO})

    with served_group(tmp_path / "book", prepare) as started:
        yield started


@pytest.fixture
def phones(browser: Any, server: Server) -> Iterator[dict[str, Any]]:
    """The members' pages of Bo and Zoë, each on a phone of their own."""
    with phones_of((BO, ZOE), browser, server) as pages:
        for page in pages.values():
            turns(page).wait_for()
        yield pages


def turns(page: Any) -> Any:
    """Return the part of a page with its member's turns."""
    return page.locator(".sg-card").filter(has=page.get_by_role("heading", name="My turns"))


def roles(server: Server) -> dict[str, str]:
    book = Workbook(server.folder)
    return agenda_of(book, book.schedule.next(book.clock()).id).roles


def test_a_member_gives_a_role_to_another_who_accepts(server: Server, phones: dict[str, Any]) -> None:
    """The pages follow each other; nothing on them is wider than a phone."""
    bo, zoe = turns(phones[BO]), turns(phones[ZOE])
    bo.get_by_text("You tell the others what the paper says").wait_for()
    bo.get_by_role("button", name="Ask someone to be presenter on").first.click()
    bo.get_by_label("Ask", exact=True).select_option("Zoë O'Brien-李")
    bo.get_by_role("button", name="Ask", exact=True).click()
    bo.get_by_text("until Zoë O'Brien-李 accepts").wait_for()
    zoe.get_by_text("Bo asks you to take over.").wait_for()
    assert roles(server)["presenter"] == "Bo"
    zoe.get_by_role("button", name="Accept").click()
    zoe.get_by_text("Saved").first.wait_for()
    until(lambda: roles(server)["presenter"] == "Zoë O'Brien-李")
    bo.get_by_text("until Zoë O'Brien-李 accepts").wait_for(state="detached")
    for page in phones.values():
        assert violations(page, within=".sg-card") == {}
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
