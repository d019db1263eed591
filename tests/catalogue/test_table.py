"""The catalogue as a whole: reading, checking and writing its folder, and looking things up in it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from studygroup.catalogue.items.columns import COLUMNS, Item
from studygroup.catalogue.items.csv_table import empty_list
from studygroup.catalogue.items.table import Catalogue
from studygroup.errors import CatalogueError, NotSavedError, Problem
from tests.support.table_files import LIST_HEADER, found, item, items_of, list_of


@pytest.fixture
def catalogue() -> Catalogue:
    """Three items in two lists."""
    items = items_of(
        item("few-shot", title="Language Models are Few-Shot Learners", authors="Tom Brown", year=2020),
        item("lora", title="LoRA: Low-Rank Adaptation", links="[Code](https://e.org)"),
        item("brown", title="On Clustering", about="Follows Brown."),
    )
    papers = list_of(
        {"number": "#1", "section": "GPT", "title": "GPT-3", "items": "few-shot"},
        {"number": "#2", "title": "Two", "items": "lora;brown"},
        {"title": "None"},
    )
    lists = {"papers": papers, "more": list_of({"items": "brown"}, {"items": "few-shot"})}
    return Catalogue(items, lists, {frozenset({"lora", "brown"})}, {frozenset({"lora", "few-shot"})})


def test_catalogue_comes_back(tmp_path: Path, catalogue: Catalogue) -> None:
    """What was written is read again; writing it once more writes nothing, and a change writes only its file."""
    written = catalogue.write(tmp_path)
    names = ["catalogue.csv", "lists/different.csv", "lists/more.csv", "lists/papers.csv", "lists/same.csv"]
    assert sorted(str(path.relative_to(tmp_path)) for path in written) == names
    read = Catalogue.read(tmp_path)
    pd.testing.assert_frame_equal(read.items, catalogue.items)
    assert {*read.lists} == {"papers", "more"}
    pd.testing.assert_frame_equal(read.lists["papers"], catalogue.lists["papers"])
    assert (read.same, read.different, read.notes) == (catalogue.same, catalogue.different, ())
    assert read.write(tmp_path) == ()
    read.same = set()
    assert read.write(tmp_path) == (tmp_path / "lists" / "same.csv",)
    assert (tmp_path / "lists" / "same.csv").read_bytes() == b"one,other\n"


def test_catalogue_without_lists(tmp_path: Path) -> None:
    """A workbook without lists folder has no lists, and writing it makes none."""
    Catalogue(items_of(item("a"))).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.csv"]
    read = Catalogue.read(tmp_path)
    assert (read.items["id"].tolist(), read.lists, read.same, read.different) == (["a"], {}, set(), set())


def test_missing_catalogue(tmp_path: Path) -> None:
    """Without catalogue.csv the error says what to do; a check finds it among everything else."""
    expected = f"There is no catalogue.csv in {tmp_path}; make one with `studygroup import FILE`."
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(tmp_path)
    assert str(caught.value) == expected
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "papers.csv").mkdir()
    assert Catalogue.check(tmp_path) == [
        Problem("catalogue.csv", 0, "error", expected),
        Problem("lists/papers.csv", 0, "error", f"{tmp_path / 'lists' / 'papers.csv'} cannot be read: Is a directory."),
    ]


def test_problems_of_all_files(tmp_path: Path, catalogue: Catalogue) -> None:
    """Reading lists the problems of every file at once; checking finds those and more; notes are kept."""
    catalogue.write(tmp_path)
    lists = tmp_path / "lists"
    (lists / "papers.csv").write_text(LIST_HEADER + "\nx\n")
    (lists / "same.csv").write_text("one,othr\n")
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(tmp_path)
    expected = [("lists/papers.csv", 2), ("lists/same.csv", 1)]
    assert [(problem.file, problem.line) for problem in caught.value.problems] == expected
    catalogue.same = catalogue.different
    catalogue.write(tmp_path)
    (lists / "Bad Name.csv").write_bytes((LIST_HEADER + "\n").encode())
    problems = Catalogue.check(tmp_path, this_year=2026)
    assert [(problem.file, *row) for problem, row in zip(problems, found(problems), strict=True)] == [
        ("lists/Bad Name.csv", 0, "", "error"),
        ("lists/papers.csv", 4, "items", "warning"),
        ("lists/different.csv", 2, "", "error"),
    ]


def test_notes_are_kept(tmp_path: Path, catalogue: Catalogue) -> None:
    """The catalogue says which files the next write normalises; after it nothing is left to say."""
    catalogue.write(tmp_path)
    path = tmp_path / "catalogue.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    read = Catalogue.read(tmp_path)
    assert [note.file for note in read.notes] == ["catalogue.csv"]
    assert (read.write(tmp_path), read.notes) == ((path,), ())


@pytest.mark.parametrize("name", ["same", "../x", "A", ""])
def test_impossible_list_names(tmp_path: Path, name: str) -> None:
    """A list's name becomes a file's name, so only ids are taken."""
    with pytest.raises(CatalogueError, match="cannot be the name of a list"):
        Catalogue(lists={name: empty_list()}).write(tmp_path)


def test_lists_folder_cannot_be_made(tmp_path: Path, catalogue: Catalogue) -> None:
    """A file in the place of the lists folder is said, and nothing is written."""
    (tmp_path / "lists").write_bytes(b"")
    with pytest.raises(NotSavedError, match="lists could not be made"):
        catalogue.write(tmp_path)
    assert not (tmp_path / "catalogue.csv").exists()


def test_item(catalogue: Catalogue) -> None:
    """An item is found by its id; a misspelt one names the nearest."""
    assert catalogue.item("few-shot") == Item(
        "few-shot", "Language Models are Few-Shot Learners", "paper", authors="Tom Brown", year=2020
    )
    assert catalogue.item("lora").year is None
    for call in (catalogue.item, catalogue.entries_of):
        with pytest.raises(CatalogueError, match=r"no item 'lorra' \(did you mean 'lora'\?\)"):
            call("lorra")


def test_entries_of(catalogue: Catalogue) -> None:
    """Where an item stands is computed from the lists, also after a list was replaced."""
    assert catalogue.entries_of("brown") == [("more", 1), ("papers", 2)]
    catalogue.lists["more"] = list_of({"items": "few-shot"}, {"items": ""}, {"items": "brown"})
    assert catalogue.entries_of("brown") == [("more", 3), ("papers", 2)]
    catalogue.items = items_of(item("new"))
    assert catalogue.entries_of("new") == []


def test_steps(catalogue: Catalogue) -> None:
    """A list's entries in the order of their positions are its steps."""
    catalogue.lists["papers"] = catalogue.lists["papers"].iloc[::-1]
    steps = catalogue.steps("papers")
    assert [*steps.columns] == ["step", "entry", "number", "section", "title", "items"]
    assert [*steps.itertuples(index=False, name=None)] == [
        (1, "e1", "#1", "GPT", "GPT-3", ("few-shot",)),
        (2, "e2", "#2", "", "Two", ("lora", "brown")),
        (3, "e3", "", "", "None", ()),
    ]
    with pytest.raises(CatalogueError, match=r"no list 'paper' \(did you mean 'papers'\?\); there are more and papers"):
        catalogue.steps("paper")


def test_search(catalogue: Catalogue) -> None:
    """A search returns items with scores; after the items were replaced it searches the new ones."""
    result = catalogue.search("brown")
    assert [*result.columns] == [*COLUMNS, "score"]
    assert result["id"].tolist() == ["brown", "few-shot"] and result["score"].is_monotonic_decreasing
    assert catalogue.search("brown", limit=1)["id"].tolist() == ["brown"]
    none = catalogue.search("")
    assert none.empty and [*none.columns] == [*COLUMNS, "score"] and none["score"].dtype == "float64"
    catalogue.items = items_of(item("new"))
    assert (catalogue.search("brown")["id"].tolist(), catalogue.search("ne")["id"].tolist()) == ([], ["new"])
