"""The notebooks in Jupyter Notebook 7: they run, save, and follow what others enter, as in JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from studygroup.journal.types.records import Note
from tests.support.chromium import failures_of
from tests.support.in_lab import Lab, under_way
from tests.support.needs import until


def opened(browser: Any, lab: Lab, notebook: Path) -> Any:
    """Open a notebook in Jupyter Notebook 7, which the same server brings, and run it through the menu."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.failures = failures_of(page)
    page.goto(f"{lab.address}/notebooks/{quote(notebook.relative_to(lab.folder).as_posix())}?token={lab.token}")
    page.locator(".jp-Toolbar-kernelName", has_text="ipykernel").wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(state="attached")
    # What Jupyter Notebook itself has to say while it starts.
    page.failures.clear()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".sg-screen").wait_for()
    return page


def leave(page: Any) -> None:
    """Close a notebook's page, on which nothing may have failed."""
    assert page.locator(".jp-OutputArea-output:is([data-mime-type$='stderr'], [data-mime-type$='error'])").count() == 0
    assert page.failures == []
    page.context.close()


def test_the_notebooks_work_in_notebook_7(folder: Path, browser: Any, jupyterlab: Lab) -> None:
    """The screen fits the window; a note and a search are answered, and what others enter appears by itself."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    session = book.session_to_record()

    week = opened(browser, jupyterlab, folder / "notebooks" / "week.ipynb")
    week.wait_for_function("document.querySelector('.sg-screen').getBoundingClientRect().bottom <= 800")
    line = week.locator(".sg-part-capture").get_by_role("textbox")
    line.fill("We meet earlier")
    line.press("Enter")
    until(lambda: "We meet earlier" in {note.text for note in _notes(book)})
    book.enter("note", by="bo", text="Bo brings cake", session=session)
    week.locator(".sg-part-capture").get_by_text("Bo brings cake").wait_for()
    # The arrow keys go from tab to tab, and letters are no commands of the notebook's.
    week.locator(".sg-tabs").get_by_role("tab", name="Live").press("ArrowRight")
    week.locator(".sg-columns.sg-wrap-up").wait_for()
    leave(week)

    catalogue = opened(browser, jupyterlab, folder / "notebooks" / "catalogue.ipynb")
    catalogue.get_by_label("Search", exact=True).press_sequentially("tun")
    catalogue.get_by_text("1 paper", exact=True).wait_for()
    leave(catalogue)

    member = opened(browser, jupyterlab, folder / "notebooks" / "member.ipynb")
    member.get_by_label("Who are you?").select_option("Bo")
    member.get_by_role("button", name="That’s me").click()
    member.locator(".sg-part-next").wait_for()
    leave(member)


def _refreshed(book: Any) -> Any:
    book.refresh()
    return book


def _notes(book: Any) -> list[Note]:
    return list(_refreshed(book).current.current(Note))
