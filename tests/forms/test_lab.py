"""The facilitator's notebook in a real JupyterLab, driven in a real Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.support.in_lab import ROOT, Lab


def test_the_facilitators_notebook_runs_in_jupyterlab(folder: Path, browser: Any, jupyterlab: Lab) -> None:
    """Opened and run from top to bottom it shows where the group stands, and a click makes the agenda; nothing is written before."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    context = browser.new_context(viewport={"width": 1280, "height": 4000})
    page = context.new_page()
    page.goto(jupyterlab.notebook(folder, "week"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Share").wait_for()
    page.get_by_text("Nothing is planned").or_(page.get_by_text("nobody planned it yet")).first.wait_for()
    assert page.locator(".jp-OutputArea-output svg.boxes").first.evaluate("svg => svg.getBoundingClientRect().width") > 0
    assert not list(folder.glob("sessions/*/*"))
    page.get_by_role("button", name="Make agenda").click()
    page.get_by_text("Made ").wait_for()
    page.get_by_role("link", name="agenda.html").wait_for()
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert len(list(folder.glob("sessions/*/agenda.html"))) == 1
    context.close()
