"""The facilitator's notebook in a real JupyterLab, driven in a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def lab(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address, with its token, of a JupyterLab that serves a workbook on loopback; settings and state are its own."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    home = {
        name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ServerApp.port=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    log = tmp_path / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **home}, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield found[0]
    finally:
        process.terminate()
        process.wait(20)


def test_the_facilitators_notebook_runs_in_jupyterlab(lab: str, folder: Path, browser: Any, tmp_path: Path) -> None:
    """Opened and run from top to bottom it shows where the group stands, and a click makes the agenda; nothing is written before."""
    context = browser.new_context(viewport={"width": 1280, "height": 4000})
    page = context.new_page()
    page.goto(lab.replace("/lab?", "/lab/tree/notebooks/week.ipynb?"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Share").wait_for(timeout=60_000)
    page.get_by_text("Nothing is planned").or_(page.get_by_text("nobody planned it yet")).first.wait_for()
    assert page.locator(".jp-OutputArea-output img").first.evaluate("img => img.naturalWidth") > 0
    assert not list(folder.glob("sessions/*/*"))
    page.get_by_role("button", name="Make agenda").click()
    page.get_by_text("Made ").wait_for(timeout=60_000)
    page.get_by_role("link", name="agenda.html").wait_for()
    page.screenshot(path=tmp_path / "end.png")
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert len(list(folder.glob("sessions/*/agenda.html"))) == 1
    context.close()
