"""Three phones choose what the group reads next: they propose, second, vote, and change a vote; the pages say how it was chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.forms.choosing.ballots import BallotsForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Plan, Vote
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import agenda_of
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.report_page import ReportPage
from studygroup.workbook.workbook import Workbook
from tests.forms.test_choose_forms import button
from tests.support.accessible import violations
from tests.support.at_rest import open_tab
from tests.support.groups import served_group
from tests.support.needs import until
from tests.support.phones import phones_of
from tests.support.web_server import Server

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"
TUNED, TALK = "Tuned Models", "A Talk on *Stars* & <Pipes>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served_group(tmp_path / "book") as started:
        yield started


@pytest.fixture
def phones(browser: Any, server: Server) -> Iterator[dict[str, Any]]:
    """The members' pages of Ada, Bo and Zoë, each on a phone of their own."""
    with phones_of((ADA, BO, ZOE), browser, server) as pages:
        for page in pages.values():
            open_tab(page, "Syllabus")
            page.get_by_role("heading", name="Choose what to read next").wait_for()
        yield pages


def card(page: Any) -> Any:
    """Return the part of a page in which its member chooses what to read next."""
    return page.locator(".sg-card").filter(has=page.get_by_role("heading", name="Choose what to read next"))


def propose(page: Any, paper: str, why: str) -> None:
    mine = card(page)
    mine.get_by_label("Paper").fill(paper)
    mine.get_by_label("Why").fill(why)
    mine.get_by_role("button", name="Propose").click()
    mine.get_by_text("Saved").wait_for()


def test_three_phones_choose_a_paper_and_the_pages_say_how(server: Server, phones: dict[str, Any]) -> None:
    """What one phone does shows on the others by itself; who voted for what is on none of them before the end."""
    propose(phones[BO], TALK, "An hour well spent.")
    propose(phones[ZOE], "https://arxiv.org/abs/2109.01652", "It is short.")
    card(phones[ADA]).get_by_text("It is short.").wait_for()
    card(phones[ADA]).get_by_role("button", name=re.compile("Me too")).first.click()
    card(phones[ADA]).get_by_text("Saved").wait_for()
    card(phones[BO]).get_by_text("1 more: Ada Lovelace").wait_for()

    book = Workbook(server.folder)
    form = BallotsForm(FormContext(book, ADA))
    for suggested, tick in form.ticks.values():
        tick.value = suggested.title in {TUNED, TALK}
    form.start.click()
    for page in phones.values():
        card(page).get_by_text("You have not voted.").wait_for()
    choices = {ADA: TALK, BO: TALK, ZOE: TUNED}
    for member, title in choices.items():
        mine = card(phones[member])
        mine.get_by_role("checkbox", name=title).check()
        mine.get_by_role("button", name="Vote", exact=True).click()
        mine.get_by_text("You have voted").wait_for()
    mine = card(phones[ADA])
    mine.get_by_text("3 of 3 have voted").wait_for()
    mine.get_by_role("checkbox", name=TALK).uncheck()
    mine.get_by_role("checkbox", name=TUNED).check()
    mine.get_by_role("button", name="Change vote").click()
    until(lambda: len(Workbook(server.folder).journal.records) and _votes(server) == {ADA: "tuned", BO: "talk", ZOE: "tuned"})
    for page in phones.values():
        assert "Tuned Models 2" not in page.content()
        assert violations(page, within=".sg-card") == {}
        assert page.evaluate("document.documentElement.scrollWidth") <= 375

    book.refresh()
    form.context.changed()
    button(form.running, "Close now").click()
    button(form.confirm, "Close it").click()
    for page in phones.values():
        card(page).get_by_text(f"Chosen: {TUNED}").wait_for()
        card(page).get_by_text("Approval: 3 of 3 members voted; Tuned Models 2").wait_for()
    [plan_button] = [one for one in form.result.children if getattr(one, "description", "").startswith("Plan it for")]
    plan_button.click()
    [plan] = book.current.current(Plan)
    assert plan.entries == ("basics/tuned",)
    says = "We chose it together. Approval: 3 of 3 members voted; Tuned Models 2, A Talk"
    assert says in AgendaPage(agenda_of(book, plan.session)).reads().html
    assert says in ReportPage(report_of(book, plan.session)).discussed().html


def _votes(server: Server) -> dict[str, str]:
    return {vote.member: ",".join(vote.choice) for vote in Workbook(server.folder).current.current(Vote)}
