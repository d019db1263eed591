"""Notebooks that JupyterLab saves without outputs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager

from studygroup.storage.notebook_saving import belongs_to_a_workbook, strip, strip_on_save
from studygroup.workbook.starter import new_workbook
from tests.support.in_lab import Lab, Seat

ROOT = Path(__file__).parents[2]


def _ran(path: Path) -> dict[str, Any]:
    """Return a notebook as JupyterLab would send it after a run."""
    notebook = json.loads(path.read_text())
    for number, cell in enumerate(notebook["cells"], 1):
        cell["metadata"]["execution"] = {"iopub.status.busy": "2026-11-27T23:00:00Z"}
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "Ada said that she is late"}]
            cell["metadata"]["scrolled"] = True
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.11.2", "file_extension": ".py"}
    return dict(notebook)


@pytest.fixture
def club(tmp_path: Path) -> Path:
    """A workbook made by ``studygroup new``, committed to a git repository."""
    book = new_workbook(tmp_path / "club", name="Club", weekday="friday", time="23:00", zone="UTC", today=date(2026, 1, 1))
    _git(book, "init", "--quiet")
    _git(book, "add", ".")
    _git(book, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "Start")
    return book


Saving = Callable[[Path], LargeFileManager]


@pytest.fixture
def saving() -> Iterator[Saving]:
    """Return Jupyter's own contents manager of a folder, as a workbook sets it up."""
    with ExitStack() as opened:

        def made(root: Path) -> LargeFileManager:
            manager = LargeFileManager(root_dir=str(root))
            opened.enter_context(closing(manager.notary))
            manager.register_pre_save_hook(strip_on_save)
            return manager

        yield made


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=lambda path: path.stem)
def test_a_stripped_notebook_is_the_one_that_was_committed(path: Path) -> None:
    """Nothing of a run is left, and nothing else is touched, in each notebook that ships."""
    notebook = _ran(path)
    strip(notebook)
    assert notebook == json.loads(path.read_text())


def test_a_saved_notebook_is_no_change_for_git(club: Path, saving: Saving) -> None:
    """Saved by Jupyter's own contents manager after a run, it has the very bytes that are committed; an edited cell is kept."""
    manager = saving(club)
    for name in ("week", "member", "catalogue"):
        path = club / "notebooks" / f"{name}.ipynb"
        manager.save({"type": "notebook", "format": "json", "content": _ran(path)}, f"notebooks/{name}.ipynb")
    assert _git(club, "status", "--short") == ""
    notebook = _ran(club / "notebooks" / "week.ipynb")
    notebook["cells"][0]["source"] = "# Our week"
    manager.save({"type": "notebook", "format": "json", "content": notebook}, "notebooks/week.ipynb")
    assert _git(club, "diff", "--numstat").split() == ["1", "3", "notebooks/week.ipynb"]


def test_a_saved_notebook_is_clean_for_nbstripout(club: Path, saving: Saving) -> None:
    """Whatever it would strip is gone when a notebook was saved, and a cell's wish to keep its output is not followed."""
    path = club / "notebooks" / "week.ipynb"
    content = _ran(path)
    content["metadata"]["signature"] = "sha256:abc"
    for cell in content["cells"]:
        cell["metadata"] |= {"collapsed": True, "heading_collapsed": True, "hidden": True, "ExecuteTime": {}}
    content["cells"][0]["metadata"]["tags"] = ["keep_output"]
    manager = saving(club)
    manager.save({"type": "notebook", "format": "json", "content": content}, "notebooks/week.ipynb")
    subprocess.run([sys.executable, "-m", "nbstripout", "--verify", str(path)], check=True)
    assert "she is late" not in path.read_text()


def test_other_notebooks_keep_their_outputs(club: Path, tmp_path: Path, saving: Saving) -> None:
    """Generated pages, and notebooks in folders that are no workbook, are saved as they are."""
    outside = tmp_path / "thesis" / "notebooks"
    outside.mkdir(parents=True)
    shutil.copy(club / "notebooks" / "week.ipynb", outside)
    (club / "sessions" / "2026-11-27").mkdir()
    shutil.copy(club / "notebooks" / "templates" / "agenda.ipynb", club / "sessions" / "2026-11-27")
    manager = saving(tmp_path)
    for path in (outside / "week.ipynb", club / "sessions" / "2026-11-27" / "agenda.ipynb"):
        manager.save({"type": "notebook", "format": "json", "content": _ran(path)}, path.relative_to(tmp_path).as_posix())
        assert any(cell.get("outputs") for cell in nbformat.read(path, 4).cells)
    assert belongs_to_a_workbook(club / "notebooks" / "templates" / "agenda.ipynb")
    assert not belongs_to_a_workbook(outside / "week.ipynb")


def test_jupyterlab_saves_clean_notebooks_by_itself(club: Path, browser: Any, jupyterlab: Lab) -> None:
    """Run and saved twice in a real JupyterLab without any setting, the notebook is as git has it, and no dialog asks anything."""
    notebook = club / "notebooks" / "catalogue.ipynb"
    before = notebook.stat().st_mtime_ns
    seat = Seat(browser, jupyterlab.notebook(club, "catalogue"))
    for _ in range(2):
        seat.run_all()
        assert seat.page.locator(".jp-OutputArea-output").count() > 0
        seat.save()
    assert seat.page.locator(".jp-Dialog").count() == 0
    seat.close()
    assert notebook.stat().st_mtime_ns > before
    assert _git(club, "status", "--short") == ""
