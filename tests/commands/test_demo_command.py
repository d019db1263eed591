"""`studygroup demo`: a full group from one command, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run, run  # noqa: F401
from tests.support.needs import PATIENCE_S


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command is typed: no workbook."""
    return tmp_path


@pytest.mark.slow
def test_the_command_makes_a_group_and_says_what_to_do_next(run: Run, folder: Path) -> None:  # noqa: F811
    """Its folder alone is on standard output; the site and the agenda are there; it says by its name that it is a demo."""
    done = run("demo", "--as-of", "2026-11-27")
    made = folder / "studygroup-demo"
    assert done.stdout == f"{made}\n"
    assert "12 members, 13 sessions held, one ahead" in done.stderr
    *_, cd, site, lab, serve, invite = done.stderr.splitlines()
    assert cd == "  cd studygroup-demo"
    assert [line.split("#")[0].strip() for line in (site, lab, serve, invite)] == [
        f"studygroup {words}" for words in ("site --open", "lab", "serve", "invite --all")
    ]
    assert "(demo)" in Workbook(made).settings.name
    assert "invented" in Workbook(made).settings.description and "studygroup demo" in (made / "README.md").read_text()
    assert (made / "site" / "index.html").is_file()
    assert [page.parent.name for page in made.glob("sessions/*/agenda.html")] == ["2026-11-29"]
    assert [path.name for path in folder.iterdir()] == ["studygroup-demo"]
    again = run("demo", code=1)
    assert again.stderr == f"studygroup: {made} is not empty; name a folder that does not exist yet.\n"


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "27.11.2026"])
def test_a_wrong_day_is_told(run: Run, folder: Path, day: str) -> None:  # noqa: F811
    """And nothing is made."""
    assert f"'{day}' is no date; write it as 2026-11-27." in run("demo", "--as-of", day, code=2).stderr
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["Entering", "Writing its agenda"])
def test_whoever_stops_it_leaves_nothing_behind(folder: Path, stage: str) -> None:
    """By Ctrl-C, which a terminal sends to the kernels as well, while records are entered and while pages are written."""
    command = [sys.executable, "-m", "studygroup", "demo", "deep/down"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(stage):
                break
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(PATIENCE_S) == 1
    assert said.splitlines()[-1] == "studygroup: Interrupted. What was there before is as it was."
    assert list(folder.iterdir()) == []
