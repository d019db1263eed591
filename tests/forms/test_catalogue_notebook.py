"""The catalogue's notebook in a real JupyterLab and a real Chromium: browse, import, fill, export."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from studygroup.catalogue.items.table import Catalogue
from tests.support.in_lab import ROOT, Lab, Seat

HOSTILE = "<img src=x onerror=document.title='hacked'>"
LIST = f"""\
# Papers

## Part {HOSTILE} one

- [Trees](https://arxiv.org/abs/1706.03762)
- [Roots `{HOSTILE}`](https://example.org/roots)
- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)
- [Click](javascript:document.title='hacked')
- [`<script>document.title='hacked'</script>` Leaves](https://example.org/leaves)
"""


@pytest.fixture
def notebook(jupyterlab: Lab, folder: Path, browser: Any) -> Iterator[Any]:
    """The notebook's page, opened and run; it asks no other host than this one."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    source = folder / "notebooks" / "catalogue.ipynb"
    held = nbformat.read(source, 4)
    [start] = [cell for cell in held.cells if "sg.library(" in cell.source and cell.cell_type == "code"]
    # Fill asks a port on which nobody answers, as a machine without a network would find.
    start.source += "\nforms.filling.arxiv_url = forms.filling.crossref_url = 'http://127.0.0.1:9/'"
    nbformat.write(held, source)
    # As a spreadsheet, or a version of studygroup that cleaned less, could have written it.
    catalogue = Catalogue.read(folder)
    catalogue.items.loc[3, ["title", "section"]] = [f"Several {HOSTILE}", f"Later {HOSTILE} é"]
    catalogue.items.loc[3, "url"] = "javascript:document.title='hacked'"
    catalogue.write(folder)
    seat = Seat(browser, jupyterlab.notebook(folder, "catalogue"))
    page, asked = seat.page, []
    note = lambda request: asked.append(request.url)  # noqa: E731
    page.on("request", note)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("button", name="Export").wait_for()
    page.locator("table.sg-items").wait_for()
    yield page
    page.remove_listener("request", note)
    assert [url for url in asked if _leaves_the_machine(url)] == []
    seat.close()


def _leaves_the_machine(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def _row_of(page: Any, words: str) -> Any:
    """Return an import's row by words of its entry."""
    rows = page.locator(".widget-hbox").filter(has=page.locator("input[type=radio]")).filter(has_text=words)
    return rows.first


def _check_browsing(page: Any) -> None:
    """Search, and the choices of kind, section and list, narrow the table; it says to how many."""
    rows, filters = page.locator("table.sg-items tbody tr"), page.locator(".sg-filters")
    page.get_by_text("1 to 4 of 4 items").wait_for()
    page.get_by_label("Search", exact=True).fill("tuned")
    page.get_by_text("1 to 1 of 1 items (of 4)").wait_for()
    page.get_by_label("Search", exact=True).fill("")
    filters.get_by_label("Kind", exact=True).select_option("video")
    page.get_by_text("1 to 1 of 1 items (of 4)").wait_for()
    assert rows.all_inner_texts()[0].startswith("A Talk on *Stars* & <Pipes>\ntalk")
    filters.get_by_label("Kind", exact=True).select_option("")
    sections = filters.get_by_label("Section", exact=True).locator("option").all_inner_texts()
    assert sections == ["all", "Later (1)", f"Later {HOSTILE} é (1)", "Start (2)"]
    filters.get_by_label("Section", exact=True).select_option(label=f"Later {HOSTILE} é (1)")
    page.get_by_text("1 to 1 of 1 items (of 4)").wait_for()
    assert rows.locator("a, img, script").count() == 0
    filters.get_by_label("Section", exact=True).select_option("")
    page.get_by_text("1 to 4 of 4 items").wait_for()


def test_browse_import_fill_and_export(notebook: Any, folder: Path, tmp_path: Path) -> None:
    """What is shown is what is written, once; nothing that a list holds runs, and nothing asks another host."""
    page = notebook
    _check_browsing(page)

    (folder / "papers.md").write_text(LIST)
    page.get_by_label("List", exact=True).locator("visible=true").and_(page.locator("input")).fill("papers.md")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Nothing is written yet").wait_for()
    assert page.locator(".widget-html-content img, .widget-html-content script, a[href^='javascript']").count() == 0
    _row_of(page, "Trees").get_by_label("Reject").press("Space")
    assert not (folder / "lists" / "papers.csv").exists()
    page.locator("button.jupyter-button", has_text="Import").dblclick()
    page.get_by_text("Saved ").first.wait_for()
    catalogue = Catalogue.read(folder)
    assert "trees" not in set(catalogue.items["id"])
    items = catalogue.lists["papers"].set_index("entry")["items"]
    assert items["trees"] == "" and items["few-shot-learners"] == "few-shot"
    # The table above has them without a new run; its lists can be chosen.
    page.get_by_text(f"of {len(catalogue.items)} items").wait_for()
    assert len(catalogue.items) > 4
    page.locator(".sg-filters").get_by_label("List", exact=True).select_option("papers")
    page.get_by_text(f"of {sum(items != '')} items (of {len(catalogue.items)})").wait_for()

    # A file of the browser's machine, instead of one beside the notebook; then none.
    page.get_by_label("List", exact=True).locator("visible=true").and_(page.locator("input")).fill("")
    chosen = tmp_path / "Zoë's leaves.md"
    chosen.write_text("- [Leaves of Grass](https://example.org/grass)\n")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="or upload files").click()
    chooser.value.set_files(chosen)
    page.get_by_role("button", name="or upload files (1)").wait_for()
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("1 entry: ").wait_for()
    page.locator("button.jupyter-button", has_text="Import").click()
    page.get_by_text("1 item added").wait_for()
    assert Catalogue.read(folder).lists["zoes-leaves"]["title"].tolist() == ["Leaves of Grass"]

    page.get_by_role("button", name="Ask").click()
    page.get_by_text("No connection to 127.0.0.1").and_(page.get_by_text("ask again when there is a network")).wait_for()
    page.get_by_label("List", exact=True).locator("visible=true").and_(page.locator(".widget-dropdown select")).select_option(
        "papers"
    )
    page.get_by_role("button", name="Export").click()
    page.get_by_text("Download papers.md").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Download papers.md").click()
    assert "[Trees](https://arxiv.org/abs/1706.03762)" in Path(download.value.path()).read_text()

    # On a phone, with the side bar folded away, an item is a few lines instead of a row wider than the screen.
    page.set_viewport_size({"width": 390, "height": 4200})
    page.keyboard.press("Control+b")
    page.locator("table.sg-items thead").wait_for(state="hidden")
    table = page.locator("table.sg-items")
    assert table.evaluate("table => table.getBoundingClientRect().right") < 390
    assert "hacked" not in page.title()
