"""Write docs/commands.md from what each command's --help prints; `make docs` runs it, and a test compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from studygroup.commands.cli import load

ROOT = Path(__file__).parents[1]


def commands(group: Any = None, words: tuple[str, ...] = ()) -> list[list[str]]:
    """Return the words of every command, those of a group behind each other."""
    group = group or typer.main.get_command(load())
    found: list[list[str]] = []
    for name, command in sorted(group.commands.items()):
        within = getattr(command, "commands", None)
        found += commands(command, (*words, name)) if within else [[*words, name]]
    return found


def help_of(words: list[str]) -> str:
    """Return what ``studygroup … --help`` prints, 100 characters wide."""
    done = CliRunner().invoke(load(), [*words, "--help"], prog_name="studygroup", env={"COLUMNS": "100", "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def page() -> str:
    """Return the page."""
    parts = [
        "# Commands\n\nWritten by `make docs` from the commands' own help. Every command takes `--workbook DIR`; without it the\n"
        "workbook is found upwards from the current folder. Exit codes: 0 done, 1 could not, 2 wrong usage.\n"
    ]
    parts += [f"## `studygroup {' '.join(words)}`\n\n```\n{help_of(words)}\n```\n" for words in commands()]
    return "\n".join(parts)


if __name__ == "__main__":
    (ROOT / "docs" / "commands.md").write_text(page())
