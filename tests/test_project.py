"""The project itself: its floors, its notebooks, its wheel, and what it promises in its files."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import papermill
import pytest

from studygroup.workbook import Workbook

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "studygroup"

# From the ground up; docs/architecture.md draws the same house. A module imports from floors below its own, and within
# its floor from what stands further left.
FLOORS = [
    ["errors"],
    ["text", "atomic", "collecting", "saving", "serving"],
    ["slot", "settings"],
    ["catalogue"],
    ["journal"],
    ["schedule", "icalendar_file"],
    ["record_checks"],
    ["workbook", "identity", "starter"],
    ["meeting"],
    ["publish"],
    ["forget"],
    ["show", "check", "sync"],
    ["forms"],
    ["web"],
    ["console"],
    [
        "record_commands",
        "history_commands",
        "page_commands",
        "ledger_commands",
        "message_commands",
        "catalogue_commands",
        "web_commands",
    ],
    ["cli"],
]


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in PACKAGE.rglob("*.py")
    }


def imports_of(path: Path) -> set[str]:
    """Return the package's modules that a file imports anywhere, functions included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("studygroup"):
            names = {f"{node.module}.{alias.name}" for alias in node.names} & set(modules())
            found |= names or {node.module or ""}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("studygroup")}
    return found


def place(module: str) -> tuple[int, int]:
    part = module.split(".")[1] if "." in module else ""
    for height, rooms in enumerate(FLOORS):
        if part in rooms:
            return height, rooms.index(part)
    raise AssertionError(f"{module} stands on no floor")


def test_modules_import_only_downwards() -> None:
    """The two wings do not know each other, and nothing looks up."""
    upwards = []
    for name, path in modules().items():
        if name == "studygroup":
            assert imports_of(path) == set()
            continue
        for target in imports_of(path) - {"studygroup"}:
            same_room = name.split(".")[1] == target.split(".")[1]
            if not same_room and place(target) >= place(name):
                upwards.append(f"{name} imports {target}")
            if {name.split(".")[1], target.split(".")[1]} == {"catalogue", "journal"}:
                upwards.append(f"{name} knows {target}")
    assert upwards == []


def test_no_module_imports_itself_in_a_circle() -> None:
    """Also within a room, imports have a direction."""
    graph = {name: imports_of(path) & set(modules()) for name, path in modules().items()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join([*path, name])
        if name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_importing_the_package_is_light() -> None:
    """It reads no file of a workbook and imports neither papermill nor ipywidgets, nor anything else that is heavy."""
    code = (
        "import sys; import studygroup, studygroup.cli, studygroup.workbook;"
        "print([name for name in ('papermill','ipywidgets','nbformat','nbconvert','pandas','matplotlib','icalendar') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == "[]\n"


def test_the_slow_grammar_is_not_built() -> None:
    """Making pages imports nbformat without rfc3987_syntax; see docs/architecture.md, "Traps"."""
    code = "import studygroup.publish.export, nbformat, sys; print(sys.modules['rfc3987_syntax'])"
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom(path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh kernel, in a workbook that nobody has touched; a member's, once it knows the member."""
    if path.stem == "member":
        Workbook(folder).add_person("Ada")
        monkeypatch.setenv("STUDYGROUP_MEMBER", "ada")
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
    """docs/settings.md names each key of the settings, a slot and a part, and none that is gone."""
    import msgspec

    from studygroup.settings import Part, Settings
    from studygroup.slot import Slot

    keys = {field.encode_name for struct in (Settings, Slot, Part) for field in msgspec.structs.fields(struct)}
    rows = re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert keys == set(rows)


def test_the_command_reference_is_what_help_prints() -> None:
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


def test_constraints_pin_everything_and_name_no_address() -> None:
    """One exact version a package and platform."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    assert all(re.match(r"[a-z0-9._-]+==[0-9][^ ;]*( ;.*)?$", line) for line in lines)
    assert not any("://" in line or "/" in line.split(";")[0] for line in lines)


def test_a_fresh_workbook_from_the_wheel_runs_at_once(tmp_path: Path) -> None:
    """Built as it would be published, unpacked away from this checkout: new, member, import, agenda, check, site."""
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", str(wheels), str(ROOT)]
    subprocess.run(command, check=True)
    [wheel] = wheels.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    assert (site / "studygroup" / "notebooks" / "templates" / "agenda.ipynb").is_file()
    # By it every JupyterLab of the environment saves a workbook's notebooks clean.
    [switch] = site.glob("*.data/data/etc/jupyter/jupyter_server_config.d/studygroup.json")
    assert json.loads(switch.read_text()) == {"ServerApp": {"jpserver_extensions": {"studygroup.saving": True}}}
    # The wheel's folder goes first on the path, before the checkout that this environment has installed.
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "HOME": str(tmp_path)}

    def run(*words: str, cwd: Path = tmp_path) -> str:
        code = "import studygroup.cli, sys; sys.argv[0] = 'studygroup'; studygroup.cli.main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("new", "club", "--name", 'Zoë\'s "Club" 李', "--weekday", "tuesday", "--time", "18:30", "--zone", "Europe/Berlin")
    club = tmp_path / "club"
    first = run("agenda", cwd=club).splitlines()
    text = Path(first[2]).read_text()
    assert 'Zoë\'s "Club" 李' in text
    assert "The group has no reading list yet" in text
    assert run("check", cwd=club) == ""
    assert run("member", "add", "Ada", "--facilitator", cwd=club) == "ada\n"
    (tmp_path / "list.md").write_text(
        "# List\n\n- [How Oaks Grow](https://example.org/a) by Ann Lee\n- [Another](https://example.org/b)\n"
    )
    run("import", str(tmp_path / "list.md"), cwd=club)
    settings = club / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = ""', 'syllabus = "list"'))
    answer = json.loads(run("agenda", "--json", cwd=club))
    assert [read["title"] for read in answer["agenda"]["reads"]] == ["How Oaks Grow"]
    assert str(ROOT) not in (Path(answer["files"][0])).read_text()
    assert "How Oaks Grow" in Path(run("site", cwd=club).strip()).read_text()
    assert (club / "site" / "search.js").is_file()
    assert "/site/" in (club / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("where", ["full", "file"])
def test_a_new_workbook_never_overwrites(tmp_path: Path, where: str) -> None:
    """A folder with something in it, or a file, is left alone."""
    target = tmp_path / "club"
    if where == "full":
        target.mkdir()
        (target / "thesis.tex").write_text("x")
    else:
        target.write_text("x")
    command = [sys.executable, "-m", "studygroup.cli", "new", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
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
