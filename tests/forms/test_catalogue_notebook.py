"""The catalogue's notebook in a real JupyterLab and a real Chromium: browse, import, fill, export."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
PAGES = {
    "README.md": "# Gates\n\n- [Small Gates](pages/small.md)\n- [Slow Waves](pages/slow.md)\n",
    "pages/small.md": "# Small Gates\n\n[Paper](https://arxiv.org/abs/2301.00001)\n\n- Authors: Ana Berg; Tom Lund\n- Year: 2023\n\n"
    "## Summary\n\nGates need no teacher.\n\n## Further reading\n\n- [A talk on gates](https://example.org/talk)\n",
    "pages/slow.md": "# Slow Waves\n\n[Paper](https://example.org/waves.pdf)\n\n## Summary\n\nWaves are slow but steady.\n",
}
PROSE = "".join(f"For step {place} see [Garden {place}](https://example.org/{place}) first, please.\n\n" for place in range(20))
MODELS = """\
# Models

| Model | Link | Params (B) | Context Length | Licence |
|---|---|---|---|---|
| Birch | [B](https://example.org/birch) | 7 - 70 | 4096 | Custom |
| Cedar | [C](https://example.org/cedar) | 7 | 84k (ALiBi) | Apache 2.0, CC BY-SA-3.0 |
| Elm | [E](https://example.org/elm) | 20 | 2048 | Apache 2.0 |
| Fir | [F](https://example.org/fir) | 3, 12 | 512, 8192 | MIT |
| Hazel | [H](https://example.org/hazel) | 0.1 - 14 | infinity (RNN) | Apache 2.0 |
"""


@pytest.fixture
def seat(jupyterlab: Lab, folder: Path, browser: Any) -> Iterator[Seat]:
    """The notebook, opened and run at 1280 × 800; it asks no other host than this one."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    # As in a spreadsheet, or a version of studygroup that cleaned less, could have written it.
    catalogue = Catalogue.read(folder)
    catalogue.items.loc[3, ["title", "section"]] = [f"Several {HOSTILE}", f"Later {HOSTILE} é"]
    catalogue.items.loc[3, "url"] = "javascript:document.title='hacked'"
    catalogue.write(folder)
    opened = Seat(browser, jupyterlab.notebook(folder, "catalogue"), height=800)
    page, asked = opened.page, list[str]()
    note = lambda request: asked.append(request.url)  # noqa: E731
    page.on("request", note)
    opened.command("application:toggle-left-area")
    opened.run_all()
    # Fill asks a port on which no one answers, as a machine without a network would find.
    opened.ask("setattr(sg.library().filling, 'arxiv_url', 'http://127.0.0.1:9/')")
    opened.ask("setattr(sg.library().filling, 'crossref_url', 'http://127.0.0.1:9/')")
    page.locator("table.sg-items").wait_for()
    yield opened
    page.remove_listener("request", note)
    assert [url for url in asked if _leaves_the_machine(url)] == []
    opened.close()


def _leaves_the_machine(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def _row_of(page: Any, words: str) -> Any:
    """Return an import's row by words of its entry."""
    rows = page.locator(".widget-hbox").filter(has=page.locator("input[type=radio]")).filter(has_text=words)
    return rows.first


def _next(page: Any, words: str, button: str) -> Any:
    """Wait until the header says what comes next, and return its button."""
    page.locator(".sg-next").get_by_text(words).wait_for()
    return page.locator(".sg-next").get_by_role("button", name=button, exact=True)


def _check_browsing(page: Any) -> None:
    """Header and search are in view; letters and choices narrow the list; the keyboard goes from the search through it."""
    titles, card = page.locator(".sg-item-open"), page.locator(".sg-item-card")
    search = page.get_by_label("Search", exact=True)
    for shown in (page.locator(".sg-head"), search, titles.first, card.get_by_role("heading", name="Few-Shot Learners")):
        box = shown.bounding_box()
        assert box["y"] + box["height"] < 800
    page.get_by_text("4 papers", exact=True).wait_for()
    search.press_sequentially("tun")
    page.get_by_text("1 paper", exact=True).wait_for()
    card.get_by_role("heading", name="Tuned Models").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("4 papers", exact=True).wait_for()
    page.get_by_label("Kind", exact=True).select_option("video (1)")
    page.get_by_text("1 paper", exact=True).wait_for()
    assert titles.all_inner_texts() == ["A Talk on *Stars* & <Pipes>"]
    page.get_by_label("Kind", exact=True).select_option("all")
    page.get_by_text("4 papers", exact=True).wait_for()
    sections = page.get_by_label("Section", exact=True).locator("option").all_inner_texts()
    assert [" ".join(section.split()) for section in sections] == ["all", "Start (2)", "Later (1)", f"Later {HOSTILE} é (1)"]
    search.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    card.get_by_role("heading", name=f"Several {HOSTILE}").wait_for()
    assert titles.nth(3).get_attribute("aria-current") == "true"
    assert page.locator(".sg-find").locator("img, script, a[href^='javascript']").count() == 0


def test_browse_import_fill_and_export(seat: Seat, folder: Path, tmp_path: Path) -> None:
    """What is shown is what is written, once; nothing that a list holds runs, and nothing asks another host."""
    page = seat.page
    _check_browsing(page)

    # The arrow keys go from tab to tab.
    page.locator(".sg-tabs").get_by_role("tab", name="Browse").press("ArrowRight")
    page.get_by_text("The catalogue has no models.").wait_for()
    page.keyboard.press("ArrowRight")
    (folder / "papers.md").write_text(LIST)
    page.get_by_label("List", exact=True).and_(page.locator("input")).fill("papers.md")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("Nothing is written yet").wait_for()
    assert page.locator(".widget-html-content img, .widget-html-content script, a[href^='javascript']").count() == 0
    _row_of(page, "Trees").get_by_label("Reject").press("Space")
    assert not (folder / "lists" / "papers.csv").exists()
    _next(page, "entries are ready", "Import").dblclick()
    page.get_by_text("Saved ").first.wait_for()
    catalogue = Catalogue.read(folder)
    assert "trees" not in set(catalogue.items["id"])
    items = catalogue.lists["papers"].set_index("entry")["items"]
    assert items["trees"] == "" and items["few-shot-learners"] == "few-shot"
    # The catalogue has them without a new run; its lists can be chosen.
    seat.open_tab("Browse")
    page.get_by_text(f"{len(catalogue.items)} papers", exact=True).wait_for()
    assert len(catalogue.items) > 4
    page.get_by_label("List", exact=True).locator("visible=true").select_option(f"Papers ({sum(items != '')})")
    page.get_by_text(f"{sum(items != '')} papers", exact=True).wait_for()

    # A file of the browser's machine, instead of one beside the notebook; then none.
    seat.open_tab("Import")
    page.get_by_label("List", exact=True).and_(page.locator("input")).fill("")
    chosen = tmp_path / "Zoë's leaves.md"
    chosen.write_text("- [Leaves of Grass](https://example.org/grass)\n")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="or upload files").click()
    chooser.value.set_files(chosen)
    page.get_by_role("button", name="or upload files (1)").wait_for()
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("1 entry: ").wait_for()
    seat.part("importing").get_by_role("button", name="Import").click()
    page.get_by_text("1 paper added").wait_for()
    assert Catalogue.read(folder).lists["zoes-leaves"]["title"].tolist() == ["Leaves of Grass"]

    _next(page, "lacks authors or a year", "Look them up").click()
    page.get_by_text("No connection to 127.0.0.1").and_(page.get_by_text("ask again when there is a network")).wait_for()
    seat.part("exporting").get_by_label("List", exact=True).select_option("Papers")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_text("Download papers.md").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Download papers.md").click()
    assert "[Trees](https://arxiv.org/abs/1706.03762)" in Path(download.value.path()).read_text()

    # On a phone, a paper is a few lines, and its card takes the list's place until it is left again.
    page.set_viewport_size({"width": 375, "height": 812})
    seat.open_tab("Browse")
    browse = seat.part("browse")
    browse.locator("thead").wait_for(state="hidden")
    assert browse.locator("table").evaluate("table => table.getBoundingClientRect().right") < 375
    browse.locator(".sg-item-open").nth(1).click()
    browse.get_by_role("button", name="Back to the list").click()
    browse.locator(".sg-item-open").nth(1).wait_for()
    assert "hacked" not in page.title()


def _preview(page: Any, source: str, says: str) -> None:
    """Look at what an import of a list would come to."""
    page.get_by_label("List", exact=True).and_(page.locator("input")).fill(source)
    page.get_by_role("button", name="Preview").click()
    page.get_by_text(says).wait_for()


def test_pages_prose_and_models_are_imported_and_found_again(seat: Seat, folder: Path) -> None:
    """A folder of pages gives cards, two of forty rows left out become entries for good, and three choices leave the models that fit."""
    page = seat.page
    for name, text in {
        **{f"gates/{name}": text for name, text in PAGES.items()},
        "long.md": PROSE,
        "models.md": MODELS,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    seat.open_tab("Import")
    _preview(page, "gates", "2 entries: 2 new.")
    seat.part("importing").get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("2 papers added").wait_for()
    seat.open_tab("Browse")
    page.get_by_label("Search", exact=True).fill("gates")
    page.get_by_text("1 paper", exact=True).wait_for()
    card = page.locator(".sg-item-card")
    card.get_by_role("heading", name="Small Gates").wait_for()
    assert card.get_by_role("link", name="A talk on gates").get_attribute("href") == "https://example.org/talk"
    said = card.inner_text()
    assert [words in said for words in ("Ana Berg", "Tom Lund", "2023", "Gates need no teacher.")] == [True] * 4

    seat.open_tab("Import")
    _preview(page, "long.md", "No entry was found")
    page.get_by_role("heading", name="Left out (40)").wait_for()
    write = seat.part("importing").get_by_role("button", name="Import", exact=True)
    assert write.is_disabled()
    _row_of(page, "Garden 3").get_by_label("Take").press("Space")
    # What is taken on one page of the rows stays so on the next.
    page.get_by_title("Next page").locator("visible=true").click()
    page.get_by_text("26 to 40 of 40").wait_for()
    page.get_by_title("Previous page").locator("visible=true").click()
    page.get_by_text("1 to 25 of 40").wait_for()
    _row_of(page, "Garden 7").get_by_label("Take").press("Space")
    write.click()
    page.get_by_text("2 papers added, 2 lines taken").wait_for()
    titles = ["Garden 3", "Garden 7"]
    assert Catalogue.read(folder).lists["long"]["title"].tolist() == titles
    _preview(page, "long.md", "2 entries: 2 known already.")
    page.get_by_role("heading", name="Left out (38)").wait_for()

    _preview(page, "models.md", "5 entries: 5 new.")
    write.click()
    page.get_by_text("5 papers added").wait_for()
    seat.open_tab("Models")
    page.get_by_text("5 models", exact=True).wait_for()
    for label, choice in {"Licence": "Apache-2.0 (3)", "Size": "up to 13B", "Context": "8k or longer"}.items():
        page.get_by_label(label, exact=True).select_option(choice)
    page.get_by_text("2 models", exact=True).wait_for()
    assert page.locator(".sg-item-open").locator("visible=true").all_inner_texts() == ["Cedar", "Hazel"]
