"""`studygroup upgrade`: a workbook's own notebooks, as an earlier version brought them, and as people edited them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from studygroup.errors import NotSavedError, TemplateError
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.workbook.starter import shipped_notebooks
from studygroup.workbook.upgrade import OwnNotebook, outdated, upgrade
from studygroup.workbook.workbook import Workbook
from tests.support.full_disk import full_disk

BEFORE = Path(__file__).parents[1] / "cases" / "notebooks_2026_11"
NAMES = ["catalogue.ipynb", "member.ipynb", "templates/agenda.ipynb", "templates/report.ipynb", "week.ipynb"]
# What came later; a workbook of then does not have it.
SINCE = {"explore.ipynb": "missing"}


@pytest.fixture
def own(folder: Path) -> Path:
    """The notebooks of a workbook that was made in November 2026."""
    return shutil.copytree(BEFORE, folder / "notebooks")


def states(found: list[OwnNotebook]) -> dict[str, str]:
    return {one.path.removeprefix("notebooks/"): one.state for one in found}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(path: Path) -> bytes:
    """Let someone change a sentence of a notebook, and return its bytes."""
    notebook = json.loads(path.read_bytes())
    notebook["cells"][0]["source"] = ["# Ours\n"]
    path.write_text(json.dumps(notebook))
    return path.read_bytes()


def test_copies_that_no_one_edited_are_replaced(own: Path, folder: Path) -> None:
    """All of them, nothing else, and a second run finds nothing to do; a dry run says the same and writes nothing."""
    before = contents(folder)
    told = upgrade(folder, dry_run=True)
    assert states(told) == dict.fromkeys(NAMES, "replaced") | SINCE
    assert contents(folder) == before
    assert upgrade(folder) == told
    shipped = {f"notebooks/{name}": (shipped_notebooks() / name).read_bytes() for name in NAMES}
    assert contents(folder) == before | shipped
    assert states(upgrade(folder)) == dict.fromkeys(NAMES, "current") | SINCE


def test_lab_says_that_a_notebook_is_of_an_earlier_version(own: Path, folder: Path) -> None:
    """And, where someone edited it and it uses what may have moved, how to have today's beside it."""
    path = "notebooks/week.ipynb"
    assert outdated(folder, path) == f"{path} is from an earlier studygroup. To have today's: studygroup upgrade"
    edit(folder / path)
    assert outdated(folder, path).endswith("To put today's version beside it: studygroup upgrade --new")
    (folder / path).write_bytes((shipped_notebooks() / "week.ipynb").read_bytes())
    assert outdated(folder, path) == ""
    edit(folder / path)
    assert outdated(folder, path) == ""
    (folder / "notebooks" / "ours.ipynb").write_text("{}")
    assert outdated(folder, "notebooks/ours.ipynb") == ""


def test_what_saving_adds_is_no_edit(own: Path, folder: Path) -> None:
    """Outputs, counts, metadata, an empty cell at the end, and the line ends of another system."""
    notebook = json.loads((own / "week.ipynb").read_bytes())
    for cell in notebook["cells"]:
        cell["metadata"] = {"collapsed": True}
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
        if cell["cell_type"] == "code":
            cell.update(execution_count=7, outputs=[{"output_type": "stream", "name": "stdout", "text": "7"}])
    notebook["cells"].append(
        {"cell_type": "code", "id": "new", "metadata": {}, "source": "", "outputs": [], "execution_count": None}
    )
    (own / "week.ipynb").write_text(json.dumps(notebook))
    assert states(upgrade(folder))["week.ipynb"] == "replaced"


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"cells": 1}', b"<<<<<<< HEAD\n{}", b"\xff", b"[" * 100_000])
def test_what_is_edited_or_no_notebook_stays(own: Path, folder: Path, content: bytes | None) -> None:
    """To the byte; with new, this version's goes beside it, once, and follows later versions until someone edits that too."""
    path, beside = own / "member.ipynb", own / "member.new.ipynb"
    if content is None:
        content = edit(path)
    else:
        path.write_bytes(content)
    assert states(upgrade(folder)) == dict.fromkeys(NAMES, "replaced") | SINCE | {"member.ipynb": "edited"}
    assert not beside.exists()
    shutil.copy(BEFORE / "member.ipynb", beside)
    for _ in range(2):
        [one] = [one for one in upgrade(folder, new=True) if one.state == "edited"]
        assert (one.beside, one.why) == ("notebooks/member.new.ipynb", "")
        assert beside.read_bytes() == (shipped_notebooks() / "member.ipynb").read_bytes()
    mine = edit(beside)
    [one] = [one for one in upgrade(folder, new=True) if one.state == "edited"]
    assert (one.beside, one.why) == ("", "notebooks/member.new.ipynb was edited too")
    assert (path.read_bytes(), beside.read_bytes()) == (content, mine)


def test_what_is_missing_is_added_only_when_asked_for(folder: Path) -> None:
    """A template that is not there is the program's anyway, and is not added."""
    here = ["catalogue.ipynb", "explore.ipynb", "member.ipynb", "week.ipynb"]
    assert states(upgrade(folder)) == dict.fromkeys(here, "missing")
    assert not (folder / "notebooks").exists()
    assert states(upgrade(folder, new=True)) == dict.fromkeys(here, "added")
    assert states(upgrade(folder)) == dict.fromkeys(here, "current")


def test_links_are_neither_followed_nor_replaced(own: Path, folder: Path, tmp_path: Path) -> None:
    """What they lead to stays as it is, and it is said why."""
    outside = shutil.copytree(BEFORE, tmp_path / "outside")
    (own / "week.ipynb").unlink()
    (own / "week.ipynb").symlink_to(outside / "week.ipynb")
    shutil.rmtree(own / "templates")
    (own / "templates").symlink_to(outside / "templates")
    before = contents(outside)
    found = {one.path: one for one in upgrade(folder, new=True)}
    for name in ("week.ipynb", "templates/agenda.ipynb", "templates/report.ipynb"):
        assert found[f"notebooks/{name}"].state == "refused"
        assert "symbolic link" in found[f"notebooks/{name}"].why
    assert contents(outside) == before
    assert (own / "week.ipynb").is_symlink()


def test_where_one_cannot_be_written_all_stay(own: Path, folder: Path) -> None:
    """On a full disk no notebook is replaced, and it is said which could not be."""
    before = contents(folder)
    with full_disk(), pytest.raises(NotSavedError, match=r"\.ipynb was not saved"):
        upgrade(folder)
    assert contents(folder) == before


@pytest.mark.slow
def test_an_outdated_template_says_how_to_get_the_new_one(own: Path, workbook: Workbook) -> None:
    """It imports a module that has moved since; after upgrading, the agenda is made."""
    with pytest.raises(TemplateError, match=r"ModuleNotFoundError: No module named 'studygroup\..*run `studygroup upgrade`"):
        make_agenda_page(workbook)
    upgrade(workbook.folder)
    generated, _ = make_agenda_page(workbook)
    assert [path.name for path in generated.files] == ["agenda.ipynb", "agenda.html", "agenda.md"]
