"""Names, folders and files are UTF-8, whatever the locale of the terminal says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
]


def run(folder: Path, environment: dict[str, str], *words: str | bytes) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), **environment}
    command = [sys.executable, "-m", "studygroup", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("environment", LOCALES, ids=lambda environment: "-".join(environment.values()))
def test_names_and_folders_work_in_every_locale(tmp_path: Path, environment: dict[str, str]) -> None:
    """A group in a folder with an umlaut begins with a member with a tilde, makes its agenda, and reads all of it back."""
    you = ("--you", "Ñandú Ωmega 李", "--no-environment")
    made = run(tmp_path, environment, "new", "Grüße", "--name", "Lesekreis Grüße", *you)
    assert made.returncode == 0, made.stderr
    book = tmp_path / "Grüße"
    [records] = book.glob("sessions/*/records/*.jsonl")
    assert json.loads(records.read_text(encoding="utf-8"))["name"] == "Ñandú Ωmega 李"
    shown = run(book, environment, "show", "people", "--json")
    assert shown.returncode == 0 and json.loads(shown.stdout)[0]["name"] == "Ñandú Ωmega 李"
    assert run(book, environment, "show", "people").returncode == 0
    agenda = run(book, environment, "agenda")
    assert agenda.returncode == 0, agenda.stderr
    [page] = book.glob("sessions/*/agenda.html")
    assert "Lesekreis Grüße" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_bytes_that_are_no_text_name_the_locale(tmp_path: Path) -> None:
    """As typed on a terminal of another encoding."""
    assert run(tmp_path, {"LC_ALL": "C.UTF-8"}, "new", "club", "--no-environment").returncode == 0
    done = run(tmp_path / "club", {"LC_ALL": "C.UTF-8"}, "member", "add", "Ñandú".encode("latin-1"))
    assert done.returncode == 1 and b"locale" in done.stderr and b"LC_ALL" in done.stderr
