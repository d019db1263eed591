"""`studygroup demo`: what it refuses, and what is left of it when it is stopped; tests/interface/test_demo.py has what it makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Run, pressed_ctrl_c, run, started  # noqa: F401


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the command is typed: no workbook."""
    return tmp_path


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("tomorrow", "'tomorrow' is not a date; write it as 2026-11-27."),
        ("2026-13-01", "'2026-13-01' is not a date; write it as 2026-11-27."),
        ("0001-01-01", "0001-01-01 is too far away; choose a day from 1901 to 8999."),
    ],
)
def test_a_wrong_day_is_told(run: Run, folder: Path, day: str, told: str) -> None:  # noqa: F811
    """And nothing is made."""
    assert told in run("demo", "--as-of", day, code=2).stderr
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_empty_is_refused(run: Run, folder: Path) -> None:  # noqa: F811
    """Also the one that it would take by itself; what is there stays."""
    (folder / "studygroup-demo").mkdir()
    (folder / "studygroup-demo" / "mine.txt").write_text("mine")
    refused = f"studygroup: {folder / 'studygroup-demo'} is not empty; name a folder that does not exist yet.\n"
    assert run("demo", code=1).stderr == refused
    assert [path.name for path in folder.rglob("*")] == ["studygroup-demo", "mine.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["Entering", "Writing its reports"])
def test_whoever_stops_it_leaves_nothing_behind(folder: Path, stage: str) -> None:
    """By Ctrl-C, which a terminal sends to the kernels as well, while records are entered and while pages are written."""
    command = [sys.executable, "-m", "studygroup", "demo", "deep/down"]
    with started(
        command, cwd=folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(stage):
                break
        said = pressed_ctrl_c(process)
    assert process.returncode == 1
    assert said.splitlines()[-1] == "studygroup: Interrupted. What was there before is as it was."
    assert list(folder.iterdir()) == []
