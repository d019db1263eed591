"""A list imported again with something corrected: its items follow, or the correction is offered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from studygroup.catalogue.items.table import Catalogue
from studygroup.commands.cli import load
from studygroup.forms.catalogue_page.importing import ImportForm
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import attend, plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

OLD, NEW = "https://example.org/old", "https://example.org/new"
SESSION = "2026-11-27"


class Book:
    """A workbook that lists are imported into by the command."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock

    def run(self, *words: str) -> str:
        """Run a command and return what it prints."""
        result = CliRunner().invoke(load(), ["--workbook", str(self.folder), *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    def write(self, text: str, name: str = "papers.md") -> str:
        """Write a list beside the workbook and return its path."""
        path = self.folder.parent / name
        path.write_text(text)
        return str(path)

    def load(self, text: str, *words: str, name: str = "papers.md") -> dict[str, Any]:
        """Import a list and return the command's JSON."""
        found: dict[str, Any] = json.loads(self.run("import", self.write(text, name), "--json", *words))
        return found

    def item(self, item_id: str) -> Any:
        return Catalogue.read(self.folder).item(item_id)

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.folder.rglob("*.csv")}


@pytest.fixture
def book(folder: Path, clock: Clock) -> Book:
    return Book(folder, clock)


def bullet(url: str, title: str = "Slow Rivers of Ice") -> str:
    return f"# Papers\n\n- [{title}]({url})\n"


def table(url: str = OLD, authors: str = "Ada Lee, Bo Chen", year: str = "2018", title: str = "Tall Trees of Old") -> str:
    return f'title,authors,year,url\n{title},"{authors}",{year},{url}\n'


def correction(field: str, before: Any, after: Any, applied: bool = True, item: str = "slow-rivers-of-ice") -> dict[str, Any]:
    return {"item": item, "list": "papers", "field": field, "before": before, "after": after, "applied": applied}


def test_a_corrected_address_reaches_item_agenda_and_report(book: Book) -> None:
    """A dry run shows it and writes nothing; importing the same file again reports and changes nothing."""
    book.load(bullet(OLD))
    workbook = Workbook(book.folder, book.clock)
    workbook.add_person("Ada", role="facilitator")
    plan_session(workbook, SESSION, by="ada", items=["slow-rivers-of-ice"])
    attend(workbook, SESSION, "ada", "present", by="ada")
    before = book.files()
    path = book.write(bullet(NEW))
    told = "from papers: slow-rivers-of-ice: url https://example.org/old → https://example.org/new"
    assert f"Would be corrected {told}" in book.run("import", path, "--dry-run")
    assert book.files() == before
    assert f"Corrected {told}" in book.run("import", path)
    assert book.item("slow-rivers-of-ice").url == NEW
    workbook = Workbook(book.folder, book.clock)
    assert [work.url for one in agenda_of(workbook, SESSION).reads for work in one.works] == [NEW]
    assert [work.url for one in report_of(workbook, SESSION).discussed for work in one.assignment.works] == [NEW]
    written = book.files()
    assert book.load(bullet(NEW))["corrections"] == []
    assert book.load(bullet(NEW), "--facts")["corrections"] == []
    assert book.load(bullet(NEW))["corrections"] == []
    assert book.files() == written


def test_an_arxiv_id_follows_its_address(book: Book) -> None:
    """So does a DOI; an id that the corrected address does not give stays."""
    book.load(bullet("https://arxiv.org/abs/2001.00001"))
    found = book.load(bullet("https://arxiv.org/abs/2001.00002"))["corrections"]
    assert found == [
        correction("url", "https://arxiv.org/abs/2001.00001", "https://arxiv.org/abs/2001.00002"),
        correction("arxiv", "2001.00001", "2001.00002"),
    ]
    item = book.item("slow-rivers-of-ice")
    assert (item.url, item.arxiv) == ("https://arxiv.org/abs/2001.00002", "2001.00002")
    book.load(bullet("https://doi.org/10.1000/new"))
    item = book.item("slow-rivers-of-ice")
    assert (item.url, item.arxiv, item.doi) == ("https://doi.org/10.1000/new", "2001.00002", "10.1000/new")
    book.load(bullet("https://doi.org/10.1000/newer"))
    assert book.item("slow-rivers-of-ice").doi == "10.1000/newer"


@pytest.mark.parametrize(
    ("change", "field", "before", "after"),
    [
        ({"authors": "Ada Lee, Bo Chan"}, "authors", "Ada Lee; Bo Chen", "Ada Lee; Bo Chan"),
        ({"year": "2019"}, "year", 2018, 2019),
        ({"title": "Tall Trees of Oldham"}, "title", "Tall Trees of Old", "Tall Trees of Oldham"),
    ],
)
def test_other_fields_follow(book: Book, change: dict[str, str], field: str, before: Any, after: Any) -> None:
    """Authors, year and title; the id stays."""
    book.load(table(), name="papers.csv")
    found = book.load(table(**change), name="papers.csv")["corrections"]
    assert found == [correction(field, before, after, item="tall-trees-of-old")]
    assert getattr(book.item("tall-trees-of-old"), field) == after


def test_nothing_is_overwritten_with_nothing(book: Book) -> None:
    """Also a list that only leaves something out corrects nothing."""
    book.load(table(), name="papers.csv")
    before = book.item("tall-trees-of-old")
    assert book.load(table(url="", authors="", year=""), name="papers.csv")["corrections"] == []
    assert book.load(table(url="javascript:alert(1)"), name="papers.csv")["corrections"] == []
    assert book.item("tall-trees-of-old") == before


def by_hand(book: Book, url: str) -> None:
    catalogue = Catalogue.read(book.folder)
    catalogue.items = catalogue.items.assign(url=catalogue.items["url"].replace(OLD, url))
    catalogue.write(book.folder)


def test_what_was_changed_by_hand_stays_until_someone_says_so(book: Book) -> None:
    """The message names the option, which works in the same import or in a later one."""
    mine = "https://example.org/mine"
    book.load(bullet(OLD))
    by_hand(book, mine)
    path = book.write(bullet(NEW))
    assert "--correct slow-rivers-of-ice:url" in book.run("import", path)
    assert book.item("slow-rivers-of-ice").url == mine
    assert book.load(bullet(NEW))["corrections"] == []
    assert book.load(bullet(NEW), "--correct", "slow-rivers-of-ice:url")["corrections"] == [correction("url", mine, NEW)]
    assert book.item("slow-rivers-of-ice").url == NEW
    for wrong in ("slow-river", "slow-rivers-of-ice:colour"):
        result = CliRunner().invoke(load(), ["--workbook", str(book.folder), "import", path, "--correct", wrong])
        assert result.exit_code != 0
        assert wrong in str(result.exception)


def test_two_lists_that_share_an_item(book: Book) -> None:
    """The first correction is only offered while the other list says what the item has; it follows when both agree."""
    book.load(bullet(OLD))
    book.load(bullet(OLD), name="others.md")
    assert book.load(bullet(NEW))["corrections"] == [correction("url", OLD, NEW, applied=False)]
    assert book.item("slow-rivers-of-ice").url == OLD
    assert [one["applied"] for one in book.load(bullet(NEW), name="others.md")["corrections"]] == [True]
    assert book.item("slow-rivers-of-ice").url == NEW


def test_an_address_of_another_item_is_suggested_as_the_same(book: Book) -> None:
    """The two items stay two until someone joins them."""
    other = "\n- [Quick Forests Burning](https://example.org/new)\n"
    book.load(bullet(OLD) + other)
    found = book.load(bullet(NEW) + other)
    assert [set(one["items"]) for one in found["suggestions"]] == [{"slow-rivers-of-ice", "quick-forests-burning"}]
    assert len(found["items"]) == 2


def test_a_preview_offers_each_correction(book: Book) -> None:
    """One that is rejected leaves the item as it is; what was changed by hand waits for an answer."""
    book.load(bullet(OLD))
    for url, usual, answer, right in [(NEW, "accept", "reject", OLD), (OLD, None, "", OLD), (NEW, "accept", "accept", NEW)]:
        book.write(bullet(url))
        form = preview_of(book)
        if usual is not None:
            row = corrected_rows(form)[0]
            assert row.children[0].value == usual
            assert url in row.children[1].value
            row.children[0].value = answer
        form.save.click()
        assert "Saved" in form.said.value
        assert book.item("slow-rivers-of-ice").url == right
    by_hand_after(book)
    book.write(bullet("https://example.org/newest"))
    form = preview_of(book)
    row = corrected_rows(form)[0]
    assert row.children[0].value == ""
    row.children[0].value = "accept"
    form.save.click()
    assert book.item("slow-rivers-of-ice").url == "https://example.org/newest"


def by_hand_after(book: Book) -> None:
    catalogue = Catalogue.read(book.folder)
    catalogue.items = catalogue.items.assign(url=catalogue.items["url"].replace(NEW, "https://example.org/mine"))
    catalogue.write(book.folder)


def preview_of(book: Book) -> ImportForm:
    form = ImportForm(Workbook(book.folder, book.clock))
    form.source.value = str(book.folder.parent / "papers.md")
    form.look.click()
    return form


def corrected_rows(form: ImportForm) -> list[Any]:
    [box] = [box for box in form.groups.children if ">Corrected (" in box.children[0].value]
    return [*box.children[-1].children]


def test_the_command_counts_each_entry_once(book: Book) -> None:
    """In JSON and in print."""
    text = bullet(OLD) + "- [Tall Trees](notes/tall.md)\n- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)\n"
    path = book.write(text)
    assert "papers: 3 entries: 1 new, 1 merged, 1 to look at" in book.run("import", path, "--dry-run")
    counts = book.load(text)["counts"]
    assert counts == {"entries": 3, "new": 1, "merged": 1, "known": 0, "left_out": 0, "warned": 1}
    assert book.load(text)["counts"] == {"entries": 3, "new": 0, "merged": 0, "known": 2, "left_out": 0, "warned": 1}
