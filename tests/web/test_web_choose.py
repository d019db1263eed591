"""Three phones choose what the group reads next: they propose, second, vote, and change a vote; the pages say how it was chosen.

Five members find a time: each marks their hours, and a facilitator chooses the time that suits most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from studygroup.forms.choosing.ballots import BallotsForm
from studygroup.forms.choosing.finding import FindTimeForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Availability, Plan, Vote
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
    open_tab(phones[BO], "Session")
    phones[BO].get_by_text("You have not voted on what to read next.").wait_for()
    phones[BO].locator(".sg-part-asked").get_by_role("button", name="Vote").click()
    card(phones[BO]).get_by_text("You have not voted.").wait_for()
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


def hours(page: Any) -> Any:
    """Return the part of a page in which its member says when they can meet."""
    return page.locator(".sg-part-times")


def mark(page: Any, *cells: str) -> None:
    for cell in cells:
        hours(page).get_by_role("button", name=f"{cell}: can’t", exact=True).click()


def test_five_members_mark_their_hours_and_the_chosen_time_is_when_they_meet(browser: Any, server: Server) -> None:
    """With taps on a phone, with the keyboard alone, and with a mouse; each in their own zone."""
    book = Workbook(server.folder)
    cy, dee = (book.add_person(name, by=ADA, zone=zone).member for name, zone in (("Cy", "Asia/Kolkata"), ("Dee", "")))
    form = FindTimeForm(FormContext(book, ADA))
    form.first.value, form.minutes.value = date(2027, 3, 1), 60
    form.ask.click()
    with phones_of((ADA, BO, ZOE, cy, dee), browser, server) as pages:
        for page in pages.values():
            open_tab(page, "Syllabus")
            hours(page).locator(".sg-hours-grid").wait_for()
        mark(pages[BO], "Monday, 18:00", "Monday, 18:30")
        hours(pages[BO]).get_by_label("If need be", exact=True).check()
        hours(pages[BO]).get_by_role("button", name="Tuesday", exact=True).click()
        mark(pages[BO], "Tuesday, 19:00", "Tuesday, 19:30")
        mark(pages[ZOE], "Monday, 18:00", "Monday, 18:30")
        hours(pages[ZOE]).get_by_role("button", name="Copy Monday to Tuesday").click()
        hours(pages[cy]).get_by_role("button", name="Monday, 18:00: can’t").press("ArrowDown")
        for key in ("End", "Home", *["ArrowDown"] * 9, "Space", "Shift+ArrowUp", "Shift+ArrowUp"):
            pages[cy].keyboard.press(key)
        mouse = pages[ADA]
        mouse.set_viewport_size({"width": 1000, "height": 900})
        first, last = (hours(mouse).get_by_role("button", name=f"Monday, {clock}: can’t") for clock in ("17:30", "19:00"))
        last.scroll_into_view_if_needed()
        first.hover()
        mouse.mouse.down()
        last.hover()
        mouse.mouse.up()
        for member, page in pages.items():
            assert violations(page, within=".sg-part-times") == {}
            assert page.evaluate("document.documentElement.scrollWidth") <= (1000 if member == ADA else 375)
            hours(page).get_by_role("button", name="I can’t at all" if member == dee else "Save my hours").click()
            hours(page).get_by_text("Saved").wait_for()
        said = {
            one.member: (one.zone, one.can, one.if_need_be) for one in Workbook(server.folder).current.current(Availability)
        }
        assert said == {
            ADA: ("UTC", ("monday 17:30-19:30",), ()),
            BO: ("UTC", ("monday 18:00-19:00",), ("tuesday 19:00-20:00",)),
            ZOE: ("UTC", ("monday 18:00-19:00", "tuesday 18:00-19:00"), ()),
            cy: ("Asia/Kolkata", ("monday 22:00-23:30",), ()),
            dee: ("UTC", (), ()),
        }
        book.refresh()
        form.context.changed()
        hours(pages[BO]).get_by_text("5 of 5 have answered").wait_for()
        assert "Cy" not in hours(pages[BO]).inner_text()
        button(form.running.children[1], "Choose").click()
        for page in pages.values():
            hours(page).get_by_text("From 1 Mar 2027 on, we meet Mondays at 18:00 (UTC).").wait_for()
    assert book.schedule.find("2027-03-01").start.hour == 18
