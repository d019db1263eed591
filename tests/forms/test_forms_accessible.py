"""The three notebooks looked through by axe-core, in JupyterLab's light and dark themes, on a desktop and on a phone's width."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from studygroup.forms.catalogue_page.catalogue_screen import CATALOGUE_TABS
from studygroup.forms.layout.week_screen import PARTS
from studygroup.forms.member_page.member_screen import MEMBER_TABS
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.accessible import violations
from tests.support.at_rest import at_rest
from tests.support.in_lab import Lab, Seat, under_way


@pytest.fixture
def busy_group(folder: Path) -> Workbook:
    """A workbook whose session is under way, with an entry of every kind that forms show."""
    now = datetime.now(UTC)
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    for name in ("Bo", "Zoë O'Brien-李"):
        book.add_person(name, by="ada-lovelace")
    session = book.schedule.next(now).id
    plan_session(book, session, by="ada-lovelace", steps=[1, 3], roles={"presenter": "Bo"})
    by, about = {"by": "ada-lovelace"}, {"member": "ada-lovelace", "item": "few-shot"}
    (folder / "papers.md").write_text(
        "- [Few-Shot Learner](https://example.org/f)\n- [Winter Gardens](https://example.org/w)\n"
    )
    book.enter("rsvp", by="bo", member="bo", answer="maybe", why="The train")
    book.enter("rsvp", **by, member="ada-lovelace", answer="no", why="Ill")
    book.enter("attendance", by="bo", member="bo", state="present", session=session)
    book.enter("reading", **by, **about, status="read")
    book.enter("rating", **by, **about, rating=4)
    book.enter(
        "summary",
        **by,
        **about,
        big_idea="Examples in the prompt: $x^2$",
        text="| a | b |\n|---|---|\n| 1 | [2](https://example.org) |",
    )
    book.enter("question", **by, **about, text="Why does it *work*?")
    book.enter("question", **by, member="ada-lovelace", text="Who brings cake?")
    book.enter("note", **by, text="We meet earlier", decision=True, session=session)
    book.enter("action", **by, text="Find a room", owner="bo", due=now.date(), session=session)
    return book


@pytest.mark.parametrize("notebook", ["week", "member", "catalogue"])
def test_nothing_keeps_anyone_out(notebook: str, busy_group: Workbook, browser: Any, jupyterlab: Lab, tmp_path: Path) -> None:
    """No violation of WCAG 2 A or AA by a form, in either theme and at either width, with places to change things open."""
    seat = Seat(browser, jupyterlab.notebook(busy_group.folder, notebook), "ada-lovelace", height=9000)
    page = seat.page
    seat.run_all()
    tabs = list({"week": PARTS, "member": MEMBER_TABS, "catalogue": CATALOGUE_TABS}[notebook])
    if notebook == "week":
        seat.part("notes").get_by_role("button", name="Change the note: We meet earlier").click()
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_role("button", name="Add guest").click()
        page.get_by_text("Type the guest’s name first.").wait_for()
        seat.part("people").get_by_role("button", name="Change Bo").click()
        seat.part("list").get_by_text("Few-Shot Learners again").wait_for()
        seat.part("links").get_by_role("button", name="Make link for Bo").click()
        page.get_by_role("img", name="QR code of the link above").wait_for()
        seat.part("summaries").get_by_role("button", name="Write reminder").click()
        seat.part("agenda").get_by_role("button", name="Preview agenda").click()
        page.get_by_label("Add", exact=True).fill("few")
    elif notebook == "catalogue":
        seat.part("exporting").get_by_role("button", name="Export", exact=True).click()
        page.get_by_text("Download basics.md").wait_for()
        seat.part("importing").get_by_label("List", exact=True).and_(page.locator("input")).fill("papers.md")
        page.get_by_role("button", name="Preview", exact=True).click()
        page.get_by_text("Nothing is written yet").wait_for()
        page.get_by_role("button", name="Options").click()
    else:
        page.get_by_label("Reason", exact=True).fill("Still ill")
        page.get_by_role("button", name="Save reason").click()
        page.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_text("⚠").wait_for()
    found = {}
    # To the dark theme and back.
    for theme in ("Dark", "Light"):
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {theme}")
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme == 'Light').lower()}'")
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 9000})
            if width == 375 and page.locator(".jp-FileBrowser").is_visible():
                seat.command("application:toggle-left-area")
            for tab in tabs:
                seat.open_tab(tab)
                seat.rest()
                at_rest(page)
                if wrong := violations(page, within=".jp-OutputArea-output"):
                    page.screenshot(path=tmp_path / f"{notebook}-{tab}-{theme}-{width}.png")
                    found[f"{tab} {theme} {width}"] = wrong
    assert found == {}
    seat.close()
