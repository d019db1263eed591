"""What `import studygroup as sg` offers, and that notebooks need nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import studygroup as sg
from studygroup.errors import RecordError, WorkbookError
from studygroup.publish.pages.kernels import MOMENT
from studygroup.workbook.workbook import Workbook

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))

# Groups' own notebooks use these: a name may be added, and none goes.
OFFERED = ["Group", "__version__", "agenda_page", "library", "member", "open", "report_page", "show", "week"]


def test_the_interface_offers_these_names() -> None:
    """Each is there and described, listed for tab completion, and a wrong one is an AttributeError."""
    assert sg.__all__ == OFFERED
    assert {*OFFERED} <= {*dir(sg)}
    assert all(getattr(sg, name).__doc__ for name in OFFERED)
    with pytest.raises(AttributeError, match="has no attribute 'weak'"):
        sg.weak  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_nothing_of_the_package_but_the_interface(path: Path) -> None:
    """No later move of a module then breaks a group's own copy."""
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    imports = [
        node for source in cells for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert [ast.unparse(node) for node in imports] == ["import studygroup as sg"]


@pytest.mark.slow
def test_importing_the_interface_imports_nothing_heavy() -> None:
    """Neither pandas nor widgets, nor any room above the ground, before a name is used."""
    code = "import sys, studygroup as sg; print(sorted(name for name in sys.modules if name.startswith(('studygroup', 'pandas', 'ipywidgets'))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['studygroup', 'studygroup.version']\n"


@pytest.mark.slow
def test_opening_a_group_imports_no_pandas(folder: Path) -> None:
    """Nor printing it; the first table does."""
    code = f"import sys, studygroup as sg; g = sg.open({str(folder)!r}); print(g, 'pandas' in sys.modules, len(g.items), 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"Group('Thursday papers' in {str(folder)!r}) False 4 True\n"


@pytest.mark.slow
def test_a_type_checker_knows_the_names(tmp_path: Path) -> None:
    """mypy accepts what is offered, as what it is, and rejects what is not."""
    script = tmp_path / "script.py"
    script.write_text("import studygroup as sg\n\nreveal_type(sg.open().folder)\nsg.weak()\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "--follow-imports", "silent", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert 'Revealed type is "pathlib.Path"' in done.stdout
    assert 'Module has no attribute "weak"' in done.stdout


def test_a_group_is_opened_in_its_folder_or_above(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows its folder and its name; where there is none, an error says how to make one."""
    monkeypatch.chdir(folder / "lists")
    for group in (sg.open(), sg.open(folder)):
        assert (group.folder, group.name) == (folder, "Thursday papers")
        assert repr(group) == f"Group('Thursday papers' in {str(folder)!r})"
    with pytest.raises(WorkbookError, match="studygroup new"):
        sg.open(tmp_path)


@pytest.mark.slow
def test_a_group_writes_its_pages(folder: Path) -> None:
    """The paths are those of the three files."""
    agenda = sg.open(folder).agenda("2026-11-20")
    assert [path.name for path in agenda] == ["agenda.ipynb", "agenda.html", "agenda.md"]
    report = sg.open(folder).report("2026-11-20")
    assert [path.name for path in report] == ["report.ipynb", "report.html", "report.md"]
    assert all(path.parent == folder / "sessions" / "2026-11-20" and path.is_file() for path in (*agenda, *report))


def test_week_member_and_library_are_the_notebooks_forms(group: Workbook) -> None:
    """Those of whom one names, and of no one who is not on the roster."""
    week, mine = sg.week("ada-lovelace", group.folder), sg.member("bo", group.folder)
    assert (week.shown.context.by, mine.shown.context.by) == ("ada-lovelace", "bo")
    assert sg.week("ada-lovelace", group.folder) is week
    assert sg.library(group.folder).browse.workbook.folder == group.folder
    with pytest.raises(RecordError, match="mallory"):
        sg.member("mallory", group.folder)
    week.stop()


def test_a_templates_pages_are_of_the_moment_they_are_made_for(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agenda of the session under way or next, report of the one under way or last, each by the clock of the run."""
    monkeypatch.chdir(group.folder)
    monkeypatch.setenv(MOMENT, "2026-11-18T12:00:00+00:00")
    assert "20 November 2026" in str(sg.agenda_page().heading().html)
    assert "13 Nov 2026" in str(sg.report_page().heading().html)
    assert "27 November 2026" in str(sg.agenda_page("2026-11-27").heading().html)
