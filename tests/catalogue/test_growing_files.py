"""The catalogue's files can grow: columns that a file lacks have defaults, and columns that are not ours are kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.item import LIST_COLUMNS
from studygroup.catalogue.items.table import Catalogue
from studygroup.commands.cli import load
from tests.conftest import CATALOGUE, LIST


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(load(), ["--workbook", str(folder), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def columns_of(path: Path) -> list[str]:
    return path.read_text().partition("\n")[0].split(",")


def rewrite(path: Path, without: str = "", **extra: str) -> None:
    """Take a column out of a file, and add others with a value in every row."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame = frame.drop(columns=[without] if without else []).assign(**extra)
    frame.to_csv(path, index=False)


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in {"id", "title"}])
def test_an_old_catalogue_without_a_column_is_read(folder: Path, column: str) -> None:
    """The column has its default; `check` says so once, and the next change writes it."""
    rewrite(folder / "catalogue.csv", without=column)
    cells = Catalogue.read(folder).items[column]
    assert set(cells.astype(object).where(cells.notna(), "")) == {"other" if column == "kind" else ""}
    assert run(folder, "check").count(f"no column {column}") == 1
    run(folder, "same", "few-shot", "tuned")
    assert columns_of(folder / "catalogue.csv") == list(COLUMNS)
    assert f"no column {column}" not in run(folder, "check")


@pytest.mark.parametrize("column", [name for name in LIST_COLUMNS if name not in {"entry", "title", "items"}])
def test_an_old_list_without_a_column_is_read(folder: Path, column: str) -> None:
    """Its entries keep the order of their rows."""
    path = folder / "lists" / "basics.csv"
    rewrite(path, without=column)
    assert Catalogue.read(folder).steps("basics")["title"].tolist() == [
        "Few-Shot Learners",
        "Tuned Models",
        "A Talk and Few-Shot Learners",
        "Several Papers",
        "Few-Shot Learners again",
    ]


def test_columns_that_are_not_ours_stay_through_every_change(folder: Path, tmp_path: Path) -> None:
    """An import, a second one, joining and keeping apart leave them as they are, in their order; new rows have none."""
    items, entries = folder / "catalogue.csv", folder / "lists" / "basics.csv"
    rewrite(items, shelf="=A1", reading_time="20 min")
    rewrite(entries, colour="red, or so")
    (tmp_path / "basics.md").write_text(
        "# Basics\n\n1. [Few-Shot Learners](https://arxiv.org/abs/2005.14165)\n2. [Brand New](https://example.org/new)\n"
    )
    for _ in range(2):
        run(folder, "import", str(tmp_path / "basics.md"), "--list", "basics")
        run(folder, "different", "tuned", "talk")
    run(folder, "same", "few-shot", "tuned")
    assert columns_of(items) == [*COLUMNS, "shelf", "reading_time"]
    assert columns_of(entries) == [*LIST_COLUMNS, "colour"]
    found = Catalogue.read(folder)
    shelves = dict(zip(found.items["id"], found.items["shelf"], strict=True))
    assert shelves == {"few-shot": "=A1", "talk": "=A1", "nolink": "=A1", "brand-new": ""}
    assert found.lists["basics"]["colour"].tolist() == ["red, or so", ""]


def test_joining_keeps_a_cell_of_the_item_that_goes(folder: Path) -> None:
    """Where the kept item has none."""
    text = CATALOGUE.splitlines()
    (folder / "catalogue.csv").write_text(
        "\n".join([f"{text[0]},shelf", f"{text[1]},", f"{text[2]},upper", *[f"{row}," for row in text[3:]], ""])
    )
    run(folder, "same", "few-shot", "tuned")
    assert Catalogue.read(folder).items.set_index("id").at["few-shot", "shelf"] == "upper"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("catalogue.csv", "id,title", "id,titel", "column 'title' is missing (did you mean 'titel'?)"),
        ("catalogue.csv", "id,title", "no,title", "column 'id' is missing"),
        ("catalogue.csv", "kind,url", "kind,kind", "column 'kind' stands 2 times"),
        ("catalogue.csv", "kind,url", "kind,", "column 4 has no name"),
        ("lists/basics.csv", "entry,position", "entree,position", "column 'entry' is missing (did you mean 'entree'?)"),
    ],
)
def test_a_header_that_cannot_be_meant_is_told(folder: Path, file: str, old: str, new: str, message: str) -> None:
    """With file, line and what is wrong; nothing is guessed."""
    path = folder / file
    assert old in (CATALOGUE if file == "catalogue.csv" else LIST)
    path.write_text(path.read_text().replace(old, new, 1))
    done = CliRunner().invoke(load(), ["--workbook", str(folder), "check"])
    assert done.exit_code == 1
    assert message in done.output


def test_names_of_columns_are_safe_and_come_back(folder: Path) -> None:
    """A name that a spreadsheet would run is guarded in the file, and is itself again when it is read."""
    rewrite(folder / "catalogue.csv", **{"=cmd()": "x", "my, own": "y"})
    book = Catalogue.read(folder)
    assert list(book.items.columns)[-2:] == ["=cmd()", "my, own"]
    book.write(folder)
    assert """,'=cmd(),"my, own"\n""" in (folder / "catalogue.csv").read_text()
    assert list(Catalogue.read(folder).items.columns)[-2:] == ["=cmd()", "my, own"]
