"""A bare repository with a workbook in it, and clones of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock, write_workbook

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


@cache
def _shared(folder: Path) -> Path:
    """Return a folder with the workbook, the bare repository to which it was pushed, and three clones, for tests to copy."""
    base = folder / "shared"
    book = Workbook(write_workbook(base / "book"), Clock())
    for name in ("Ada", "Bo", "Zoë O'Brien-李"):
        book.add_person(name, by="ada" if book.people else None, role="facilitator" if not book.people else "member")
    root = Path(__file__).parents[2]
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(root / name, book.folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        git(base, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
        git(book.folder, "init", "--quiet", "--initial-branch=main")
        git(book.folder, "add", ".")
        git(book.folder, "commit", "--quiet", "--message", "Start")
        git(book.folder, "push", "--quiet", "../bare", "main")
        for number in range(3):
            git(base, "clone", "--quiet", "bare", f"clone{number}")
    return base


@pytest.fixture
def clones(
    own_git: None, folder: Path, tmp_path: Path, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> list[Workbook]:
    """A bare repository with the workbook in it, and three clones."""
    made = _shared(tmp_path_factory.getbasetemp())
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    names = [f"clone{number}" for number in range(3)]
    for name in names:
        config = tmp_path / name / ".git" / "config"
        config.write_text(config.read_text().replace(str(made), str(tmp_path)))
    for name in ("book", *names):
        git(tmp_path / name, "update-index", "--refresh")
    return [Workbook(tmp_path / name, clock) for name in names]
