"""The project itself: its floors, its notebooks, its wheel, and what it promises in its files."""

from __future__ import annotations

import ast
import pydoc
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import nbformat
import papermill
import pytest

from studygroup.workbook.upgrade import VERSIONS
from tests.support.command_line import command

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "studygroup"

MOST_ARROWS, MOST_MODULES, MOST_LINES = 75, 16, 60


def test_no_module_imports_itself_in_a_circle() -> None:
    """Also within a room, imports have a direction."""
    graph = grimp.build_graph("studygroup")
    TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}).prepare()


def test_the_house_is_drawn_as_it_is() -> None:
    """docs/architecture.md and its picture cannot drift; `make docs` draws them anew."""
    code = "import make_architecture as made; print(made.page(), end='\\0'); print(made.picture(), end='\\0'); print(len(made.arrows()), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    page, picture, arrows = done.stdout.split("\0")
    assert (ROOT / "docs" / "architecture.md").read_text() == page
    assert (ROOT / "docs" / "images" / "rooms.svg").read_text() == picture
    assert int(arrows) <= MOST_ARROWS


def test_the_journeys_lead_through_what_is_there() -> None:
    """Each hop of docs/architecture.md names something in the package, and no journey takes more than twelve."""
    text = (ROOT / "docs" / "architecture.md").read_text().split("## Two journeys")[1].split("\n## ")[0]
    journeys = [re.findall(r"^(\d+)\. `([\w.]+)`", journey, re.M) for journey in text.split("\nFrom ")[1:]]
    assert [len(journey) <= 12 for journey in journeys] == [True, True]
    for journey in journeys:
        assert [int(number) for number, _ in journey] == list(range(1, len(journey) + 1))
        for _, name in journey:
            assert pydoc.locate(f"studygroup.{name}") is not None, name


def test_no_folder_is_a_hall() -> None:
    """A folder has a dozen modules, not sixty."""
    folders = Counter(path.parent for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
    assert {folder: count for folder, count in folders.items() if count > MOST_MODULES} == {}


@cache
def parsed() -> list[tuple[str, ast.Module]]:
    """Return the package's modules."""
    return [
        (str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))
    ]


def test_a_function_fits_on_a_screen() -> None:
    """Not counting its docstring; what a function decides and what it lists has a name of its own."""
    lengths = {}
    for name, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0
                lengths[f"{name}: {node.name}"] = (node.end_lineno or 0) - node.lineno + 1 - docstring
    assert len(lengths) > 1000
    assert {place: lines for place, lines in lengths.items() if lines > MOST_LINES} == {}


def test_a_class_name_means_one_thing() -> None:
    """No two classes of the package share a name."""
    places: dict[str, list[str]] = {}
    for name, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_importing_the_package_is_light() -> None:
    """It reads no file of a workbook and imports neither papermill nor ipywidgets, nor anything else that is heavy."""
    code = (
        "import sys; import studygroup, studygroup.commands.cli, studygroup.workbook.workbook; studygroup.commands.cli.load();"
        "print([name for name in ('papermill','ipywidgets','nbformat','nbconvert','pandas','matplotlib','icalendar') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == "[]\n"


def test_the_slow_grammar_is_not_built() -> None:
    """Making pages imports nbformat without rfc3987_syntax; see docs/architecture.md, "Traps"."""
    code = "import studygroup.publish.pages.export, nbformat, sys; print(sys.modules['rfc3987_syntax'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_thin_and_committed_without_outputs(path: Path) -> None:
    """A cell is one idea, ten lines at most, without functions; logic is in the package."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert len(cell.source.splitlines()) <= 10
            assert not re.search(r"^\s*(def|class)\s", cell.source, re.M)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom(path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh kernel, in a workbook that no one has touched, whose roster is empty; the weekly ones then ask who sits there."""
    for name in ("JUPYTERHUB_USER", "STUDYGROUP_MEMBER"):
        monkeypatch.delenv(name, raising=False)
    papermill.execute_notebook(path, tmp_path / "out.ipynb", cwd=folder, kernel_name="python3", progress_bar=False)


def test_every_dependency_is_named_with_its_reason() -> None:
    """docs/architecture.md says why each is there, and none that is gone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        re.split(r"[<>=\[]", one)[0]
        for one in [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    }
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \|", text.split("## Dependencies")[1].split("\n## ")[0], re.M)
    assert wanted == set(rows)


def test_every_setting_is_explained() -> None:
    """docs/settings.md names each key of the settings, a slot, a card and a part, and none that is gone."""
    import msgspec

    from studygroup.group.role_cards import RoleCard
    from studygroup.group.settings import Part, Settings
    from studygroup.group.slot import Slot

    keys = {field.encode_name for struct in (Settings, Slot, RoleCard, Part) for field in msgspec.structs.fields(struct)}
    rows = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert keys == set(rows)


def test_the_table_of_settings_is_what_the_program_says() -> None:
    """docs/settings.md cannot drift; `make docs` writes its table anew."""
    made = subprocess.run(
        [sys.executable, "-c", "import make_settings; print(make_settings.page(), end='')"],
        cwd=ROOT / "docs",
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "docs" / "settings.md").read_text() == made.stdout


@pytest.mark.slow
def test_the_command_reference_is_what_commands_say() -> None:
    """docs/commands.md cannot drift; `make docs` writes it anew."""
    made = subprocess.run(
        [sys.executable, "-c", "import make_commands; print(make_commands.page(), end='')"],
        cwd=ROOT / "docs",
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "docs" / "commands.md").read_text() == made.stdout
    assert made.stdout.count("## `studygroup ") >= 14


def test_every_version_of_a_notebook_is_known() -> None:
    """`studygroup upgrade` takes a copy of any of them for unedited; `make docs` adds new ones."""
    code = "import make_notebook_versions as made; print(made.table(), end='')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=False)
    if "git" in done.stderr:
        pytest.skip("this is no git checkout")
    assert done.stdout == VERSIONS.read_text()


def test_constraints_pin_everything_and_name_no_address() -> None:
    """One exact version a package and platform."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    assert all(re.match(r"[a-z0-9._-]+==[0-9][^ ;]*( ;.*)?$", line) for line in lines)
    assert not any("://" in line or "/" in line.split(";")[0] for line in lines)


@pytest.mark.parametrize("where", ["full", "file"])
def test_a_new_workbook_never_overwrites(tmp_path: Path, where: str) -> None:
    """A folder with something in it, or a file, is left alone."""
    target = tmp_path / "club"
    if where == "full":
        target.mkdir()
        (target / "thesis.tex").write_text("x")
    else:
        target.write_text("x")
    done = command("new", str(target), "--no-environment", cwd=tmp_path)
    assert done.returncode == 1
    assert "name a folder that does not exist yet" in done.stderr
    assert len(list(tmp_path.rglob("*"))) == (2 if where == "full" else 1)


def test_nothing_tracked_names_a_machine_or_a_registry() -> None:
    """The repository speaks of the project alone."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout")
    wrong = re.compile("/wor" + "k/|/hom" + "e/[a-z]|/roo" + "t/|pypi\\.org|files\\.pythonhosted")
    named = []
    for name in done.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix not in {".png"} and wrong.search(path.read_text(errors="replace")):
            named.append(name)
    assert named == []
