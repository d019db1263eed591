"""The facilitator's notebook in a real JupyterLab, driven in a real Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from studygroup.workbook.workbook import Workbook
from tests.support.in_lab import ROOT, Lab, Seat


def test_the_facilitators_notebook_runs_in_jupyterlab(folder: Path, browser: Any, jupyterlab: Lab) -> None:
    """Opened and run through the menu it shows where the group stands, and a click makes the agenda; nothing is written before."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    Workbook(folder).add_person("Ada Lovelace", role="facilitator")
    before = sorted(folder.glob("sessions/*/*"))
    seat = Seat(browser, jupyterlab.notebook(folder, "week"))
    page = seat.page
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tabs = page.locator(".sg-tabs").get_by_role("tab")
    tabs.filter(has_text="Wrap up").click()
    page.get_by_role("button", name="Share").wait_for()
    tabs.filter(has_text="Group").click()
    page.locator(".sg-part-standing").get_by_text("Not planned yet").first.wait_for()
    assert page.locator(".sg-part-standing svg.boxes").first.evaluate("svg => svg.getBoundingClientRect().width") > 0
    assert sorted(folder.glob("sessions/*/*")) == before
    tabs.filter(has_text="Prepare").click()
    page.get_by_role("button", name="Make agenda").click()
    page.locator(".sg-part-agenda .sg-said").get_by_text("Made ").wait_for()
    page.get_by_role("link", name="agenda.html").wait_for()
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert len(list(folder.glob("sessions/*/agenda.html"))) == 1
    seat.close()
