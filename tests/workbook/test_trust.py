"""What came with git runs only after someone was told of it: templates, and modules beside them."""

from __future__ import annotations

import json
import os
import pty
import sys
from datetime import date
from pathlib import Path

import pytest

from studygroup.errors import UntrustedError
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.workbook.starter import new_workbook
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import command

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_git", "own_kernel")]

TEMPLATE = "notebooks/templates/agenda.ipynb"


@pytest.fixture
def clones(tmp_path: Path) -> list[Path]:
    """A fresh workbook of a group in a bare repository, and two clones."""
    made = new_workbook(tmp_path / "club", name="Club", weekday="friday", time="23:00", zone="UTC", today=date(2026, 1, 1))
    Workbook(made).add_person("Ada", role="facilitator")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    git(made, "init", "--quiet", "--initial-branch=main")
    git(made, "add", ".")
    git(made, "commit", "--quiet", "--message", "Start")
    git(made, "push", "--quiet", "../bare", "main")
    for name in ("one", "other"):
        git(tmp_path, "clone", "--quiet", "bare", name)
    return [tmp_path / "one", tmp_path / "other"]


def edit(folder: Path, line: str) -> None:
    """Let a template say something more when it runs."""
    path = folder / TEMPLATE
    notebook = json.loads(path.read_bytes())
    notebook["cells"][-1]["source"] = [f"{line}\n", *notebook["cells"][-1]["source"]]
    path.write_text(json.dumps(notebook))


def push_edit(folder: Path, line: str) -> None:
    edit(folder, line)
    git(folder, "commit", "--quiet", "--all", "--message", "Template")
    sync(folder)


def on_a_terminal(folder: Path, answer: str, *words: str) -> tuple[int, str]:
    """Run a command at a terminal, answer its question, and return its code and what was shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "studygroup", "--workbook", str(folder), *words])
    shown, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if b"[y/N]" in shown and not answered:
            answered = True
            os.write(terminal, f"{answer}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, shown.decode(errors="replace")


def test_a_template_that_a_sync_changed_is_named_before_it_runs(clones: list[Path], tmp_path: Path) -> None:
    """The sync names it, a command without a terminal runs nothing, and once it was trusted it is asked about no more."""
    one, other = clones
    mark = tmp_path / "ran"
    push_edit(one, f"open({str(mark)!r}, 'a').write('x')")
    done = sync(other)
    assert done.runs == (TEMPLATE,)
    assert f"Read before it runs here, with your rights: {TEMPLATE}." in str(done)
    refused = command("agenda", cwd=other)
    assert refused.returncode == 1 and f"{TEMPLATE} came with git" in refused.stderr and "--trust-templates" in refused.stderr
    assert not mark.exists() and not list(other.glob("sessions/*/agenda*"))
    assert command("agenda", "--trust-templates", cwd=other).returncode == 0
    assert mark.read_text() == "x"
    assert command("agenda", cwd=other).returncode == 0


def test_on_a_terminal_one_is_asked(clones: list[Path], tmp_path: Path) -> None:
    """No runs nothing; yes runs it, this time and from then on."""
    one, other = clones
    mark = tmp_path / "ran"
    push_edit(one, f"open({str(mark)!r}, 'a').write('x')")
    sync(other)
    code, shown = on_a_terminal(other, "n", "agenda")
    assert (code, mark.exists()) == (1, False)
    assert f"{TEMPLATE} came with git" in " ".join(shown.split())
    assert on_a_terminal(other, "y", "agenda")[0] == 0
    assert mark.exists()
    assert command("agenda", cwd=other).returncode == 0


def test_what_a_plain_pull_brought_is_named_too(clones: list[Path]) -> None:
    """Every change is asked about once, whichever command of git brought it, and in a fresh clone as well."""
    one, other = clones
    push_edit(one, "pass")
    git(other, "pull", "--quiet")
    assert command("agenda", cwd=other).returncode == 1
    assert command("agenda", "--trust-templates", cwd=other).returncode == 0
    push_edit(one, "pass; pass")
    git(other, "pull", "--quiet")
    assert command("agenda", cwd=other).returncode == 1
    git(one.parent, "clone", "--quiet", "bare", "third")
    assert command("agenda", cwd=one.parent / "third").returncode == 1


def test_ones_own_edit_is_never_asked_about(clones: list[Path]) -> None:
    """Neither before it is committed nor after; nor the template that ships with the program, nor a workbook without git."""
    one, other = clones
    assert command("agenda", cwd=other).returncode == 0
    edit(one, "pass")
    assert command("agenda", cwd=one).returncode == 0
    git(one, "commit", "--quiet", "--all", "--message", "Template")
    sync(one)
    assert command("agenda", cwd=one).returncode == 0


@pytest.mark.parametrize("place", ["pandas.py", "papermill/__init__.py"])
def test_a_module_beside_the_workbook_is_named(clones: list[Path], tmp_path: Path, place: str) -> None:
    """Python would import it in place of the one of that name."""
    one, other = clones
    (one / place).parent.mkdir(exist_ok=True)
    mark = tmp_path / "ran"
    (one / place).write_text(f"open({str(mark)!r}, 'a').write('x')\n")
    git(one, "add", ".")
    git(one, "commit", "--quiet", "--message", "Module")
    sync(one)
    assert sync(other).runs == (place,)
    with pytest.raises(UntrustedError, match=place):
        make_agenda_page(Workbook(other))
    assert not mark.exists()


def test_no_one_can_push_that_something_is_trusted(clones: list[Path]) -> None:
    """What was accepted is kept where no commit reaches."""
    one, other = clones
    push_edit(one, "pass")
    assert command("agenda", "--trust-templates", cwd=one).returncode == 0
    git(one, "add", "--force", "--all")
    git(one, "commit", "--quiet", "--allow-empty", "--message", "Everything there is")
    sync(one)
    sync(other)
    assert command("agenda", cwd=other).returncode == 1


def test_the_form_asks_before_it_runs_what_came_with_git(clones: list[Path], tmp_path: Path) -> None:
    """The button names what it would run, and runs it when pressed again."""
    from studygroup.forms.facilitator.week import WeekForms

    one, other = clones
    mark = tmp_path / "ran"
    push_edit(one, f"open({str(mark)!r}, 'a').write('x')")
    sync(other)
    form = WeekForms(Workbook(other), "ada").agenda
    form.make.button.click()
    assert f"{TEMPLATE} came with git" in form.receipt.said.value
    assert form.make.button.description == "I have read it: make agenda" and not mark.exists()
    form.make.button.click()
    assert mark.exists() and form.make.button.description == "Make agenda"
