"""The catalogue's notebook in a real JupyterLab and a real Chromium: browse, import, fill, export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.catalogue.table import Catalogue
from tests.test_lab import lab  # noqa: F401 - a fixture

HOSTILE = "<img src=x onerror=document.title='hacked'>"
LIST = f"""\
# Papers

- [Trees](https://arxiv.org/abs/1706.03762)
- [Roots {HOSTILE}](https://example.org/roots)
- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)
- [Click](javascript:document.title='hacked')
"""


@pytest.fixture
def notebook(lab: str, folder: Path, browser: Any) -> Iterator[Any]:  # noqa: F811
    """The notebook, opened and run; requests to other hosts than loopback are noted in ``outside``."""
    source = folder / "notebooks" / "catalogue.ipynb"
    # Fill asks a port on which nobody answers, as a machine without a network would find.
    source.write_text(
        source.read_text().replace(
            "FillForm(workbook)", "FillForm(workbook, arxiv_url='http://127.0.0.1:9/', crossref_url='http://127.0.0.1:9/')"
        )
    )
    context = browser.new_context(viewport={"width": 1280, "height": 4200})
    page = context.new_page()
    page.outside = []
    page.on("request", lambda request: page.outside.append(request.url) if "127.0.0.1" not in request.url else None)
    page.goto(lab.replace("/lab?", "/lab/tree/notebooks/catalogue.ipynb?"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Export").wait_for(timeout=60_000)
    yield page
    context.close()


def test_browse_import_fill_and_export(notebook: Any, folder: Path, tmp_path: Path) -> None:
    """What is shown is what is written, once; nothing that a list holds runs, and nothing asks another host."""
    page = notebook
    table = page.locator("table.dataTable").first
    table.wait_for(timeout=30_000)
    page.locator("input[type=search]").first.fill("tuned")
    page.get_by_text("1 entry (filtered from 4").or_(page.get_by_text("Showing 1 to 1 of 1 entry")).first.wait_for()
    assert table.locator("tbody tr").count() == 1
    page.screenshot(path=tmp_path / "browse.png")

    (folder / "papers.md").write_text(LIST)
    page.get_by_placeholder("a file, a folder or an https:// address").fill("papers.md")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Nothing is written yet").wait_for()
    page.screenshot(path=tmp_path / "preview.png")
    trees = page.locator(".widget-hbox").filter(has_text="Trees").last
    trees.get_by_role("button", name="Reject").click()
    before = (folder / "catalogue.csv").read_bytes()
    page.locator("button.jupyter-button", has_text="Import").dblclick()
    page.get_by_text("Saved ").first.wait_for()
    page.screenshot(path=tmp_path / "saved.png")
    catalogue = Catalogue.read(folder)
    assert before != (folder / "catalogue.csv").read_bytes()
    assert "trees" not in set(catalogue.items["id"])
    assert catalogue.lists["papers"].set_index("entry")["items"]["trees"] == ""
    assert len(catalogue.items) == len(set(catalogue.items["id"]))

    page.get_by_role("button", name="Ask").click()
    page.get_by_text("No connection to 127.0.0.1").wait_for(timeout=30_000)
    page.get_by_role("button", name="Export").click()
    page.get_by_text("Download basics.md").wait_for()
    page.screenshot(path=tmp_path / "end.png")
    with page.expect_download() as download:
        page.get_by_text("Download basics.md").click()
    assert "Few-Shot Learners" in Path(download.value.path()).read_text()
    assert page.outside == []
    assert "hacked" not in page.title()
