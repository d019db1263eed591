"""The catalogue's forms without a browser: what a click does, what it says, and what it leaves alone."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets
import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.forms.catalogue_page.browse import BrowseForm
from studygroup.forms.catalogue_page.catalogue import CatalogueForms
from studygroup.forms.catalogue_page.finding import FindForm
from studygroup.forms.catalogue_page.importing import ImportForm
from studygroup.forms.catalogue_page.model_choice import ModelsForm
from studygroup.forms.catalogue_page.outward import ExportForm, FillForm
from studygroup.forms.kit.form import PAGE
from studygroup.forms.kit.pickers import Pick
from studygroup.forms.kit.rows import LiveRows
from studygroup.workbook.first_list import SHIPPED
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.workbook import Workbook
from tests.catalogue.test_metadata import Service, entry, service  # noqa: F401 - service is a fixture
from tests.conftest import LIST, NOW
from tests.forms.test_values_not_offered import parts, send
from tests.support.needs import until

PAPERS = """\
# Papers

- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)
- [Trees](https://arxiv.org/abs/1706.03762)
- [Forests of Tall Trees](https://example.org/forests)
- [Forests of Tall Tree](https://example.org/forest)
- [Winter Gardens](https://bucket.s3.amazonaws.com/winter.pdf?X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=abc)
"""


def said(form: widgets.VBox) -> str:
    """Return what a form says, as text."""
    return re.sub(r"<[^>]*>", "", form.said.value)


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.csv")}


def rows_of(form: ImportForm, group: str) -> list[widgets.HBox]:
    """Return the rows of a group that are on the page."""
    for box in form.groups.children:
        if f">{group} (" in box.children[0].value:
            return [row for row in box.children[-1].children if isinstance(row.children[0], widgets.RadioButtons)]
    return []


def answer(form: ImportForm, group: str, title: str, value: str) -> None:
    [row] = [
        row for row in rows_of(form, group) if f">{title}<" in row.children[1].value or f">{title} =" in row.children[1].value
    ]
    row.children[0].value = value


@pytest.fixture
def form(workbook: Workbook) -> ImportForm:
    """The form of an import, previewed."""
    (workbook.folder / "papers.md").write_text(PAPERS)
    made = ImportForm(workbook)
    made.source.value = "papers.md"
    made.look.click()
    return made


# --- importing --------------------------------------------------------------------------------------------------------


def test_a_list_that_comes_with_the_program_is_imported_by_its_name(workbook: Workbook, folder: Path) -> None:
    """As the command does; a file of that name in the workbook comes first."""
    form = ImportForm(workbook)
    form.source.value = "LLM reading list: recent papers"
    form.look.click()
    assert said(form).startswith("✓ 15 entries: ")
    form.save.click()
    assert (folder / "lists" / "llm-reading-list.csv").exists()
    form.look.click()
    assert "The workbook has the list llm-reading-list already." in said(form)
    (folder / "llm-powerhouse").mkdir()
    (folder / "llm-powerhouse" / "papers.md").write_text(PAPERS)
    form.source.value = "llm-powerhouse"
    form.look.click()
    assert said(form).startswith("✓ 5 entries: ")


def test_a_preview_writes_nothing_and_shows_four_groups(form: ImportForm, folder: Path) -> None:
    """Each row can be accepted or rejected, and suggestions stay open."""
    assert not (folder / "lists" / "papers.csv").exists()
    assert said(form) == "✓ 5 entries: 3 new, 1 merged, 1 to look at. Nothing is written yet: look below, then import."
    shown = {
        group: [row.children[0].value for row in rows_of(form, group)] for group in ("New", "Merged", "Suggested", "Warned")
    }
    assert shown == {"New": ["accept"] * 3, "Merged": ["accept"], "Suggested": [""], "Warned": ["accept"]}
    assert "papers, line 7: " in rows_of(form, "Warned")[0].children[1].value


def test_what_was_left_out_is_taken_with_one_click(workbook: Workbook, folder: Path) -> None:
    """Of forty rows two are taken: they become entries, also of the next import; the others stay left out."""
    prose = "".join(f"For step {i} see [Garden {i}](https://example.org/{i}) first, please.\n\n" for i in range(20))
    (workbook.folder / "papers.md").write_text(PAPERS.replace("# Papers\n", f"# Papers\n\n{prose}"))
    form = ImportForm(workbook)
    form.source.value = "papers.md"
    form.look.click()
    assert "Left out (40)" in form.groups.children[-1].children[0].value
    rows = rows_of(form, "Left out")
    assert [option[0] for option in rows[0].children[0].options] == ["Take", "Leave"]
    for title in ("Garden 3", "Garden 4"):
        answer(form, "Left out", title, "accept")
    form.save.click()
    assert said(form).endswith("6 papers added, 1 entry merged with others, 2 lines taken.")
    assert Catalogue.read(folder).lists["papers"]["title"].tolist()[:3] == ["Garden 3", "Garden 4", "Few-Shot Learners"]
    form.look.click()
    assert said(form).startswith("✓ 7 entries: 6 known already")
    assert "Left out (38)" in form.groups.children[-1].children[0].value


def test_a_list_without_an_entry_is_imported_once_a_line_is_taken(workbook: Workbook, folder: Path) -> None:
    """Import waits for that, and for it to stay so."""
    (workbook.folder / "papers.md").write_text("See [Garden](https://example.org/1) first, please.\n")
    form = ImportForm(workbook)
    form.source.value = "papers.md"
    form.look.click()
    assert said(form) == "⚠ No entry was found; take lines below that are papers."
    waits = [form.save.disabled]
    for choice in ("accept", "", "accept"):
        answer(form, "Left out", "Garden", choice)
        waits.append(form.save.disabled)
    assert waits == [True, False, True, False]
    form.save.click()
    assert Catalogue.read(folder).lists["papers"]["title"].tolist() == ["Garden"]


def test_what_is_shown_is_written_once(form: ImportForm, folder: Path) -> None:
    """Rejections hold; a second click, also on a disabled button, does nothing."""
    answer(form, "New", "Trees", "reject")
    answer(form, "Merged", "Few-Shot Learners", "reject")
    answer(form, "Suggested", "Forests of Tall Trees", "accept")
    form.save.click()
    assert said(form) == ("✓ Saved 12:00: 4 papers added, 1 left out, 1 kept apart, 1 suggestion settled.")
    catalogue = Catalogue.read(folder)
    items = catalogue.lists["papers"].set_index("entry")["items"]
    assert items["trees"] == ""
    assert items["few-shot-learners"] not in {"", "few-shot"}
    assert items["forests-of-tall-trees"] == items["forests-of-tall-tree"]
    written = files_of(folder)
    form.save.click()
    assert files_of(folder) == written
    assert said(form).startswith("✓ Saved")


def test_one_entry_has_one_row(form: ImportForm, folder: Path) -> None:
    """One that needs a look is under Warned only, which says that it would be new; rejecting it leaves it out."""
    assert "Winter Gardens" not in "".join(row.children[1].value for row in rows_of(form, "New"))
    assert "would be new" in rows_of(form, "Warned")[0].children[1].value
    answer(form, "Warned", "Winter Gardens", "reject")
    form.save.click()
    assert said(form).endswith("3 papers added, 1 entry merged with others, 1 left out.")
    assert "winter-gardens" not in set(Catalogue.read(folder).items["id"])


def test_a_changed_source_is_shown_again_before_it_is_written(form: ImportForm, folder: Path) -> None:
    """The answers to entries that are still there are kept."""
    answer(form, "New", "Trees", "reject")
    before = files_of(folder)
    (folder / "papers.md").write_text(PAPERS + "- [Roots](https://example.org/roots)\n")
    form.save.click()
    assert files_of(folder) == before
    assert said(form) == "⚠ The source was changed meanwhile, so nothing was written; here is a new preview."
    assert [row.children[0].value for row in rows_of(form, "New")] == ["reject", "accept", "accept", "accept"]
    form.save.click()
    assert {"roots", "winter-gardens"} <= set(Catalogue.read(folder).items["id"])
    assert "trees" not in set(Catalogue.read(folder).items["id"])


def test_a_catalogue_changed_by_another_is_read_again(form: ImportForm, folder: Path) -> None:
    """Nothing of theirs is overwritten."""
    answer(form, "New", "Trees", "reject")
    other = Catalogue.read(folder)
    other.items = other.items.assign(title=other.items["title"].replace("Tuned Models", "Tuned Models, Again"))
    other.write(folder)
    form.save.click()
    assert said(form) == "⚠ The catalogue was changed meanwhile, so nothing was written; here is a new preview."
    assert not (folder / "lists" / "papers.csv").exists()
    form.save.click()
    assert said(form).startswith("✓ Saved 12:00: 3 papers added")
    assert "Tuned Models, Again" in set(Catalogue.read(folder).items["title"])


def test_a_field_changed_after_the_preview_needs_a_new_one(form: ImportForm, folder: Path) -> None:
    """Import is off until then, also for who clicks it all the same."""
    form.name.value = "others"
    assert form.save.disabled
    form.save.click()
    assert not list((folder / "lists").glob("*apers.csv"))
    form.look.click()
    form.save.click()
    assert (folder / "lists" / "others.csv").exists()


def test_an_error_is_a_sentence_and_what_was_typed_stays(workbook: Workbook, folder: Path) -> None:
    """No such file, nothing named, an address without a network, a reserved name, a damaged catalogue."""
    form = ImportForm(workbook)
    form.look.click()
    assert said(form) == "⚠ Name a file, a folder or an address, or upload files."
    form.source.value = "nowhere.md"
    form.look.click()
    assert said(form) == f"⚠ There is no file or folder '{folder / 'nowhere.md'}'.".replace("'", "&#x27;")
    form.source.value = "https://127.0.0.1:9/list.md"
    form.look.click()
    assert said(form).startswith("⚠ ") and "127.0.0.1" in said(form)
    (folder / "papers.md").write_text(PAPERS)
    form.source.value, form.name.value = "papers.md", "same"
    form.look.click()
    assert said(form).endswith("holds something else; give a name under Name.")
    form.name.value = "papers"
    (folder / "catalogue.csv").write_text("id,titel\nx,y\n")
    form.look.click()
    assert said(form).startswith("⚠ The catalogue in")
    assert (form.source.value, form.name.value, form.save.disabled) == ("papers.md", "papers", True)


def test_what_could_not_be_saved_can_be_tried_again(form: ImportForm, folder: Path) -> None:
    """The rows and their answers are still there."""
    answer(form, "New", "Trees", "reject")
    lists = folder / "lists"
    for path in lists.iterdir():
        path.unlink()
    lists.rmdir()
    form.look.click()
    lists.write_text("in the way")
    form.save.click()
    assert said(form).startswith("⚠ ") and "could not be made" in said(form)
    lists.unlink()
    form.save.click()
    assert said(form).startswith("✓ Saved")
    assert Catalogue.read(folder).lists["papers"].set_index("entry")["items"]["trees"] == ""


def test_uploaded_files_are_read(workbook: Workbook, folder: Path) -> None:
    """By their name, whatever path a browser sends; the folder they stand in for a moment is not named."""
    form = ImportForm(workbook)

    def upload(name: str, content: bytes) -> None:
        form.upload.value = (
            {"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": NOW},
        )
        form.look.click()

    upload("..\\..\\my papers.md", PAPERS.encode())
    form.save.click()
    assert "my-papers" in Catalogue.read(folder).lists
    upload("same.md", PAPERS.encode())
    assert "cannot be called same" in said(form)
    assert os.sep + "tmp" not in said(form)


def test_a_thousand_rows_are_a_page_at_a_time(workbook: Workbook, folder: Path) -> None:
    """Few widgets are alive, all can be answered at once, and an answer holds on every page."""
    (folder / "long.md").write_text(
        "# Long\n\n" + "".join(f"- [Work {n} on {n * n}](https://example.org/{n})\n" for n in range(1000))
    )
    form = ImportForm(workbook)
    form.source.value = "long.md"
    form.look.click()
    [new] = [box for box in form.groups.children if ">New (1,000)" in box.children[0].value]
    _, buttons, pages = new.children
    assert isinstance(pages, LiveRows) and len(rows_of(form, "New")) == PAGE
    gone = rows_of(form, "New")[0].children[0]
    buttons.children[1].click()
    pages.turn(1)
    assert gone.comm is None
    assert {row.children[0].value for row in rows_of(form, "New")} == {"reject"}
    rows_of(form, "New")[0].children[0].value = "accept"
    pages.turn(100)
    assert len(rows_of(form, "New")) == PAGE and pages.on.disabled
    form.save.click()
    assert said(form).startswith("✓ Saved 12:00: 1 paper added, 999 left out")


def test_what_is_gone_from_a_list_is_named(workbook: Workbook, folder: Path) -> None:
    """As text, whatever it holds."""
    (folder / "lists" / "basics.csv").write_text(LIST.replace("Few-Shot Learners again", "<b>Old</b> one"))
    (folder / "basics.md").write_text("- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)\n")
    form = ImportForm(workbook)
    form.source.value = "basics.md"
    form.look.click()
    assert "No longer in the list (4)" in form.gone.value
    assert "&lt;b&gt;Old&lt;/b&gt; one" in form.gone.value


# --- browsing ---------------------------------------------------------------------------------------------------------


def lines(form: FindForm) -> list[str]:
    """Return the ids of the items on the page that is shown."""
    return [line["id"] for line in form.list.rows]


def counted(form: FindForm) -> str:
    """Return what a form says of how many it found."""
    return re.sub(r"<[^>]*>", "", form.count.value)


def test_each_letter_narrows_the_list(workbook: Workbook) -> None:
    """Words or parts of them, of title, authors, year or section, whatever their case and accents; Clear shows all again."""
    form = BrowseForm(workbook)
    assert (lines(form), counted(form)) == (["few-shot", "tuned", "talk", "nolink"], "4 papers")
    found = {}
    for words in ("t", "tu", "TUNE", "diaz 2020", "später", "start", "zebra"):
        form.words.value = words
        found[words] = lines(form)
    assert found == {
        "t": ["few-shot", "tuned", "talk", "nolink"],
        "tu": ["tuned"],
        "TUNE": ["tuned"],
        "diaz 2020": ["few-shot"],
        "später": [],
        "start": ["few-shot", "tuned"],
        "zebra": [],
    }
    assert counted(form) == "No matches. Try a shorter word, or press Clear."
    form.clear.click()
    assert (len(lines(form)), form.words.value) == (4, "")


def test_choices_narrow_the_list_together(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kind, list, section, year, and who has read it; in another order if wished."""
    group.enter("reading", by="bo", member="bo", item="tuned", status="read")
    monkeypatch.setenv("STUDYGROUP_MEMBER", "bo")
    form = BrowseForm(group)

    def found(pick: Pick, value: str) -> list[str]:
        pick.value = value
        shown = lines(form)
        form.clear.click()
        return shown

    kind, section, year = (form.facets[facet] for facet in ("kind", "section", "year"))
    assert [label for label, _ in section.options] == ["all", "Start (2)", "Later (2)"]
    assert found(kind, "video") == ["talk"]
    assert found(form.facets["list"], "basics") == ["few-shot", "tuned", "talk", "nolink"]
    assert found(section, "Later") == ["talk", "nolink"]
    assert found(year, "2020") == ["few-shot"]
    assert found(form.which, "mine") == found(form.which, "read") == ["tuned"]
    assert found(form.which, "not mine") == found(form.which, "unread") == ["few-shot", "talk", "nolink"]
    assert found(form.order, "title") == ["talk", "few-shot", "nolink", "tuned"]
    assert found(form.order, "newest")[:2] == ["tuned", "few-shot"]
    assert found(form.order, "read")[0] == "tuned"
    kind.value, section.value = "paper", "Later"
    assert lines(form) == []


def test_a_card_says_what_is_known(group: Workbook) -> None:
    """Of the first item that is found, and of the one that was pressed; everything on it is text."""
    items = group.catalogue.items.copy()
    hostile = "<img src=x onerror=alert(1)>"
    for column in ("title", "authors", "section", "about", "importance", "licence"):
        items.loc[1, column] = hostile
    items.loc[1, "url"] = "javascript:alert(1)"
    group.catalogue.items = items
    group.catalogue.write(group.folder)
    group.enter("reading", by="bo", member="bo", item="few-shot", status="skimmed")
    form = BrowseForm(group)
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", form.card.text.value))
    for known in (
        "Few-Shot Learners",
        "Ann Lee, Bo Chen, Cy Diaz and 2 others",
        "It began prompting.",
        "Code",
        "no. 1",
        "1 member",
    ):
        assert known in shown
    send(form.list, {"method": "custom", "content": {"item": "tuned"}})
    assert form.list.shown == "tuned"
    assert "&lt;img" in form.card.text.value
    assert "<img" not in form.card.text.value and "javascript:" not in form.card.text.value
    assert form.list.rows[1]["title"] == hostile
    for sent in ({"item": "nowhere"}, {"item": 7}, "tuned", {}):
        send(form.list, {"method": "custom", "content": sent})
    assert form.list.shown == "tuned"


def test_models_are_found_by_licence_size_and_context(workbook: Workbook) -> None:
    """As `studygroup search --licence` finds them; without a model the form says where there are some."""
    form = ModelsForm(workbook)
    assert counted(form).startswith("The catalogue has no models. The list LLM powerhouse has some")
    items = workbook.catalogue.items.copy()
    items.loc[0, ["parameters", "context_length", "licence"]] = ["7 - 70", "4096", "Apache 2.0"]
    items.loc[1, ["parameters", "context_length", "licence"]] = ["125M", "32k", "MIT"]
    workbook.catalogue.items = items
    workbook.catalogue.write(workbook.folder)
    workbook.reread()
    form.show()
    assert [(line["id"], line["cells"]) for line in form.list.rows] == [
        ("few-shot", ("7 - 70 B", "4096", "Apache 2.0")),
        ("tuned", ("125M", "32k", "MIT")),
    ]
    assert [label for label, _ in form.licence.options] == ["all", "Apache-2.0 (1)", "MIT (1)"]
    found = []
    for pick, value in ((form.licence, "MIT"), (form.size, "3B"), (form.context, "2k"), (form.order, "size")):
        pick.value = value
        found.append(lines(form))
        form.clear.click()
    assert found == [["tuned"], ["tuned"], ["few-shot", "tuned"], ["tuned", "few-shot"]]


def test_twenty_thousand_papers_are_looked_through_at_every_letter(workbook: Workbook) -> None:
    """A letter is answered within 0.2 s of processor time, and the first tab is there soon after the catalogue was read."""
    row = "p-{0},On {1} and {2} {0},paper,https://example.org/{0},Ann Lee; Bo {1},{3},,,Part {4},,,,,,,\n"
    words = ("trees", "attention", "gardens", "roots", "learning", "language")
    head = (workbook.folder / "catalogue.csv").read_text().splitlines()[0]
    rows = (row.format(n, words[n % 6], words[n % 5], 1990 + n % 37, n % 40) for n in range(20_000))
    (workbook.folder / "catalogue.csv").write_text(f"{head}\n{''.join(rows)}")
    (workbook.folder / "lists" / "basics.csv").unlink()
    begin = time.process_time()
    forms = CatalogueForms(workbook)
    form, took = forms.screen and forms.browse, []
    assert time.process_time() - begin < 1.5
    for typed in ("a", "at", "att", "attention", "attention le", "learning 1999"):
        begin = time.process_time()
        form.words.value = typed
        took.append(time.process_time() - begin)
    assert counted(form).startswith("1 to 25 of ")
    assert sorted(took)[3] < 0.2


# --- the screen -------------------------------------------------------------------------------------------------------


def told(forms: CatalogueForms) -> str:
    """Return what the header says comes next, with its button."""
    bar = forms.screen.next
    shown = bar.button.button.description if bar.button in bar.children else ""
    return f"{re.sub('<[^>]*>', '', bar.told.value)} {shown}".strip()


def test_an_empty_catalogue_leads_from_a_list_to_what_the_group_reads(workbook: Workbook, folder: Path) -> None:
    """It offers the lists that come with the program; each step says what comes next, and one button does it."""
    (folder / "lists" / "basics.csv").unlink()
    (folder / "catalogue.csv").unlink()
    change_setting(folder, "syllabus", [], default=True)
    workbook.reread()
    forms = CatalogueForms(workbook)
    assert told(forms) == "The catalogue is empty. Choose a list"
    offered = [button for button in parts(forms.screen.tabs.children[0]) if isinstance(button, widgets.Button)]
    assert [button.description for button in offered] == ["Add…"] * len(SHIPPED)
    next(button for button in offered if button.tooltip == "Add… LLM reading list: recent papers").click()
    assert forms.screen.tabs.open_page == "Import"
    assert told(forms) == "15 entries are ready: look at the preview, then import. Import"
    assert not (folder / "catalogue.csv").exists()
    forms.screen.next.button.button.click()
    assert said(forms.importing) == "✓ Saved 12:00: 15 papers added."
    assert told(forms) == "The group reads no list yet. Read this list"
    forms.screen.next.button.button.click()
    assert workbook.settings.syllabus == "llm-reading-list"
    assert "The group reads LLM reading list" in forms.screen.head.value
    forms.follow.receipt.undo.button.click()
    assert workbook.settings.syllabus == ""
    assert told(forms) == "The group reads no list yet. Read this list"
    assert len(lines(forms.browse)) == 15


def test_the_header_tells_what_can_be_looked_up(workbook: Workbook, service: Service, folder: Path) -> None:  # noqa: F811
    """Asks, then saves; what no service knows is not asked for for ever."""
    service.papers = {"2109.01652": entry("2109.01652v1", "Tuned Models", ("Jo Wei",), 2021)}
    forms = CatalogueForms(workbook)
    forms.filling.arxiv_url, forms.filling.crossref_url = f"{service.url}/arxiv", f"{service.url}/works"
    assert told(forms) == "1 paper lacks authors or a year. Look them up"
    forms.screen.next.button.button.click()
    # The sentence comes first, its button a moment later.
    until(lambda: told(forms) == "1 cell was found: look at the rows, then save. Save")
    forms.screen.next.button.button.click()
    assert Catalogue.read(folder).item("tuned").authors == "Jo Wei"
    assert told(forms) == "Everything is filled in. Plan the next session in week.ipynb."


def test_a_tab_of_the_catalogue_is_made_when_it_is_opened(workbook: Workbook) -> None:
    """Nothing of the others is."""
    forms = CatalogueForms(workbook)
    made = [{*vars(forms)} - {"workbook", "_live"}] if forms.screen else []
    for tab in ("Models", "Import", "Fill", "Export"):
        forms.screen.tabs.turn_to(tab)
        made.append({*vars(forms)} - {"workbook", "_live"} - set().union(*made))
    assert made == [{"browse", "screen"}, {"models"}, {"importing", "shipped", "follow"}, {"filling"}, {"exporting"}]


def test_what_changes_in_the_files_appears_by_itself(workbook: Workbook, folder: Path) -> None:
    """An import from a terminal, or a sync; what is typed and chosen here stays."""
    forms = CatalogueForms(workbook)
    forms.browse.words.value = "tall"
    forms.follow_others()
    try:
        other = Catalogue.read(folder)
        other.items = other.items.assign(title=other.items["title"].replace("Tuned Models", "Tall Models"))
        other.write(folder)
        until(lambda: lines(forms.browse) == ["tuned"])
        assert forms.browse.words.value == "tall"
    finally:
        forms.stop()


@pytest.mark.parametrize("damage", ["missing", "empty", "damaged"])
def test_forms_open_on_a_workbook_without_a_catalogue(workbook: Workbook, folder: Path, damage: str) -> None:
    """What is missing or damaged is a sentence; a list can be imported into an empty one, and all forms see it."""
    head = (folder / "catalogue.csv").read_text().splitlines()[0]
    (folder / "lists" / "basics.csv").unlink()
    (folder / "catalogue.csv").unlink()
    if damage != "missing":
        (folder / "catalogue.csv").write_text(head + "\n" if damage == "empty" else "id,titel\nx,y\n")
    forms = CatalogueForms(workbook)
    forms.exporting.write.click()
    if damage == "damaged":
        assert said(forms.browse).startswith("⚠ The catalogue in")
        assert "The catalogue in" in told(forms)
        assert said(forms.exporting).startswith("⚠ ")
        return
    assert counted(forms.browse) == "The catalogue is empty. Add a list first."
    (folder / "papers.md").write_text(PAPERS)
    forms.importing.source.value = "papers.md"
    forms.importing.look.click()
    forms.importing.save.click()
    assert said(forms.browse) == ""
    assert "winter-gardens" in lines(forms.browse)
    assert forms.exporting.name.value == "papers"


# --- filling and exporting --------------------------------------------------------------------------------------------


@pytest.fixture
def filling(workbook: Workbook, service: Service) -> Callable[[], FillForm]:  # noqa: F811
    """Return a function that makes the form and asks the local server."""

    def ask() -> FillForm:
        form = FillForm(workbook, arxiv_url=f"{service.url}/arxiv", crossref_url=f"{service.url}/works")
        form.ask.click()
        until(lambda: not form.ask.disabled)
        return form

    return ask


def test_filled_cells_are_shown_then_saved(filling: Callable[[], FillForm], service: Service, folder: Path) -> None:  # noqa: F811
    """Only what is still empty when it is saved, and once."""
    service.papers = {"2109.01652": entry("2109.01652v1", "Tuned Models", ("Jo <b>Wei</b>",), 2021)}
    before = files_of(folder)
    form = filling()
    assert said(form).startswith("✓ 1 cell would be filled; 1 id is not known there (")
    assert "Jo &lt;b&gt;Wei&lt;/b&gt;" in form.changes.children[0].children[0].value
    assert files_of(folder) == before
    form.save.click()
    assert said(form) == "✓ Saved 12:00: 1 cell filled."
    assert Catalogue.read(folder).item("tuned").authors == "Jo <b>Wei</b>"
    form.save.click()
    assert said(form) == "✓ Saved 12:00: 1 cell filled."


def test_what_someone_filled_meanwhile_stays(filling: Callable[[], FillForm], service: Service, folder: Path) -> None:  # noqa: F811
    """A save never overwrites."""
    service.papers = {"2109.01652": entry("2109.01652v1", "Tuned Models", ("Jo Wei",), 2021)}
    form = filling()
    other = Catalogue.read(folder)
    other.items.loc[other.items["id"] == "tuned", "authors"] = "By Hand"
    other.write(folder)
    form.save.click()
    assert said(form) == "✓ Saved 12:00: 0 cells filled."
    assert Catalogue.read(folder).item("tuned").authors == "By Hand"


def test_filling_can_be_stopped(workbook: Workbook, service: Service) -> None:  # noqa: F811
    """While it waits for the next request; asking again is possible, and a second click meanwhile starts no second run."""
    forms = FillForm(workbook, arxiv_url=f"{service.url}/arxiv", crossref_url=f"{service.url}/works")
    items = workbook.catalogue.items.copy()
    items.loc[2, "doi"], items.loc[3, "doi"] = "10.1000/one", "10.1000/two"
    workbook.catalogue.items = items
    workbook.catalogue.write(workbook.folder)
    forms.ask.click()
    forms.ask.click()
    assert [thread.name for thread in threading.enumerate()].count("studygroup-fill") == 1
    forms.stop.click()
    until(lambda: not forms.ask.disabled)
    assert said(forms) == "✓ Stopped. What was answered is kept, and another run goes on from there."
    assert (forms.ask.disabled, forms.stop.disabled, forms.save.disabled) == (False, True, True)


@pytest.mark.parametrize(
    ("form", "name", "words"),
    [
        ("Markdown", "basics", "[Few-Shot Learners](https://arxiv.org/abs/2005.14165)"),
        ("BibTeX", "", "@"),
        ("CSV", "basics", "few-shot,Few-Shot Learners"),
        ("JSON", "", '"few-shot"'),
    ],
)
def test_a_list_is_written_out(workbook: Workbook, form: str, name: str, words: str) -> None:
    """To copy, and as a file with its ending; nothing is asked of a host."""
    made = ExportForm(workbook)
    made.form.value = form
    made.name.value = name
    made.write.click()
    assert words in made.text.value
    assert f'download="{name or "catalogue"}.' in made.link.value and 'href="data:' in made.link.value


def test_every_field_has_a_label(workbook: Workbook) -> None:
    """Screen readers name it."""
    forms = CatalogueForms(workbook)
    fields = (widgets.Text, widgets.Textarea, widgets.Dropdown, widgets.Checkbox, widgets.FileUpload, widgets.Button)
    for form in (forms.browse, forms.models, forms.importing, forms.shipped, forms.follow, forms.filling, forms.exporting):
        todo = [form]
        while todo:
            one = todo.pop()
            todo += getattr(one, "children", ())
            assert not isinstance(one, fields) or one.description, one
