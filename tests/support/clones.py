"""A bare repository with a workbook in it, and clones of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@pytest.fixture
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git as Ada, without anyone's settings."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clones(own_git: None, folder: Path, tmp_path: Path, clock: Clock) -> list[Workbook]:
    """A bare repository with the workbook in it, and three clones."""
    book = Workbook(folder, clock)
    for name in ("Ada", "Bo", "Zoë O'Brien-李"):
        book.add_person(name, by="ada" if book.people else None, role="facilitator" if not book.people else "member")
    root = Path(__file__).parents[2]
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(root / name, folder)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Start")
    git(folder, "push", "--quiet", "../bare", "main")
    for number in range(3):
        git(tmp_path, "clone", "--quiet", "bare", f"clone{number}")
    return [Workbook(tmp_path / f"clone{number}", clock) for number in range(3)]
