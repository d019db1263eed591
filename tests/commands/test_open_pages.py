"""`--open` shows the page that was written in the person's own browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook

COMMANDS = [("agenda", "agenda.html"), ("report", "report.html"), ("site", "index.html")]


def run(folder: Path, *words: str, browser: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studygroup", "--workbook", str(folder), *words]
    # Only the browser that is named here can be found.
    environment = {**os.environ, "BROWSER": browser, "PATH": "/nowhere", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "page"), COMMANDS)
def test_the_page_opens_in_the_persons_browser(group: Workbook, tmp_path: Path, command: str, page: str) -> None:
    """The browser that BROWSER names gets the address of the page that the command prints."""
    shown, program = tmp_path / "shown", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {shown}\n')
    program.chmod(0o755)
    done = run(group.folder, command, "--open", browser=f"{program} %s")
    assert done.returncode == 0, done.stderr
    [path] = [line for line in done.stdout.splitlines() if line.endswith(page)]
    assert shown.read_text() == Path(path).as_uri()


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for command, _ in COMMANDS])
def test_without_a_browser_the_page_is_named(group: Workbook, command: str) -> None:
    """The page is written all the same, and the command has done its work."""
    done = run(group.folder, command, "--open", browser="/nowhere/browser %s")
    assert done.returncode == 0, done.stderr
    [told] = [line for line in done.stderr.splitlines() if "No browser could be opened here" in line]
    assert Path(told.partition("The page is ")[2]).is_file()


@pytest.mark.parametrize(("words", "told"), [(("report", "--all"), "--open and --all"), (("site", "--dry-run"), "--open")])
def test_where_there_is_no_one_page_nothing_opens(folder: Path, words: tuple[str, ...], told: str) -> None:
    """The command says so and does nothing."""
    done = run(folder, *words, "--open", browser="/nowhere/browser")
    assert done.returncode == 2
    assert told in done.stderr
