"""What an import left out becomes an entry when a person takes it, then and in every later import."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import import_sources, read_unchanged, save_import
from studygroup.catalogue.merging.review import choose, preview
from studygroup.errors import ReadingListError
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run
from tests.support.command_line import run as run

U = "https://example.org"
PAPERS = f"""\
# Papers

We begin with [Loam]({U}/loam), which no one should miss.

- [Small Gates]({U}/g)
- [Slow Waves]({U}/w)

<!-- [Hidden Paths]({U}/h) -->
"""


@pytest.fixture
def papers(workbook: Workbook) -> Path:
    path = workbook.folder / "papers.md"
    path.write_text(PAPERS)
    return path


def titles(folder: Path) -> list[str]:
    return Catalogue.read(folder).lists["papers"]["title"].tolist()


def test_a_line_is_taken_and_stays_taken(workbook: Workbook, papers: Path) -> None:
    """Where it is in the document, whatever line it is on later; what is not taken stays left out."""
    assert save(workbook.folder, papers, lines=[3]) == [f"{U}/h"]
    assert titles(workbook.folder) == ["Loam", "Small Gates", "Slow Waves"]
    assert (workbook.folder / "lists" / "taken.csv").read_text() == f"list,text,url\npapers,Loam,{U}/loam\n"
    papers.write_text(PAPERS.replace("We begin", "# A new heading\n\nWe begin"))
    assert save(workbook.folder, papers) == [f"{U}/h"]
    assert titles(workbook.folder) == ["Loam", "Small Gates", "Slow Waves"]
    assert Catalogue.check(workbook.folder) == []


def save(folder: Path, path: Path, lines: list[int] | None = None) -> list[str]:
    """Import a file and return the addresses that are still left out."""
    result = import_sources(folder, [str(path)], lines=lines or [])
    return [out.url for one in result.lists for out in one.left_out if out.url]


def test_a_line_on_which_nothing_was_left_out_is_refused(workbook: Workbook, papers: Path) -> None:
    """And nothing is written."""
    with pytest.raises(ReadingListError, match="Nothing was left out on lines 5 and 99 of papers; --left-out lists what was"):
        import_sources(workbook.folder, [str(papers)], lines=[3, 5, 99])
    assert not (workbook.folder / "lists" / "papers.csv").exists()
    other = papers.with_name("other.md")
    other.write_text(PAPERS)
    with pytest.raises(ReadingListError, match="--take names lines of one list, but 2 were given"):
        import_sources(workbook.folder, [str(papers), str(other)], lines=[3])


def test_a_row_of_the_preview_becomes_an_entry(workbook: Workbook, papers: Path) -> None:
    """Beside answers to other rows, whose entries move; what is hardly ever a work comes last."""
    result = import_sources(workbook.folder, [str(papers)], write=False)
    before = read_unchanged(workbook.folder, result)
    rows = [row for row in preview(before, result) if row.group == "left out"]
    assert [(row.title, row.says) for row in rows] == [
        ("Loam", "papers, line 3: link"),
        ("We begin with , which no one should miss.", "papers, line 3: note of the list"),
        ("Hidden Paths", "papers, line 8: comment"),
    ]
    answers = {row: row.usual for row in preview(before, result)}
    assert {answers[row] for row in rows} == {""}
    [gates] = [row for row in answers if row.title == "Small Gates"]
    catalogue, chosen = choose(before, result, {**answers, rows[0]: "accept", gates: "reject"})
    assert catalogue.lists["papers"]["title"].tolist() == ["Loam", "Small Gates", "Slow Waves"]
    assert catalogue.lists["papers"]["items"].tolist() == ["loam", "", "slow-waves"]
    assert chosen.taken == catalogue.taken == {("papers", "Loam", f"{U}/loam")}
    catalogue.write(workbook.folder)
    again = import_sources(workbook.folder, [str(papers)], write=False)
    assert [entry.title for entry in again.lists[0].entries] == ["Loam", "Small Gates", "Slow Waves"]
    save_import(workbook.folder, again)
    assert titles(workbook.folder) == ["Loam", "Small Gates", "Slow Waves"]


@pytest.mark.slow
def test_the_command_tells_lists_and_takes(run: Run, workbook: Workbook, papers: Path) -> None:
    """In a line without, in full with ``--left-out``; ``--take`` makes the entry."""
    told = run("import", str(papers), "--dry-run")
    assert "papers: in no entry: 2 links (1 link, 1 comment); --left-out lists them" in told.stderr
    listed = run("import", str(papers), "--dry-run", "--left-out")
    assert f"papers:3: link: Loam {U}/loam\n" in listed.stdout
    shown = json.loads(run("import", str(papers), "--take", "3", "--json").stdout)["lists"][0]
    assert [entry["title"] for entry in shown["entries"]] == ["Loam", "Small Gates", "Slow Waves"]
    assert {out["reason"] for out in shown["left_out"]} == {"prose", "comment"}
    assert titles(workbook.folder) == ["Loam", "Small Gates", "Slow Waves"]
