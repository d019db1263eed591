"""The command line within the test's own process: starting Python for each of hundreds of commands takes minutes and proves nothing more.

What is about a process itself (signals, pipes, locales, terminals, a full disk) starts one.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from studygroup.commands.cli import main

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def command(*words: str, cwd: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``studygroup`` in a folder and return what came of it, as ``subprocess.run`` does; ``given`` is its standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["studygroup", *words])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8"))
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as left:
            main()
    printed, said = (stream.buffer.getvalue().decode() for stream in (out, err))
    assert "Traceback" not in said
    return subprocess.CompletedProcess(words, int(left.value.code or 0), printed, said)


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs ``studygroup`` in the workbook's folder, expects an exit code, and returns what came of it."""
    monkeypatch.delenv("STUDYGROUP_MEMBER", raising=False)

    def run_command(*words: str, cwd: Path = folder, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = command(*words, cwd=cwd)
        assert done.returncode == code, done.stderr
        return done

    return run_command
