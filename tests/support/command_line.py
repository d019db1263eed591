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


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs ``studygroup`` in the workbook's folder, expects an exit code, and returns what came of it."""
    monkeypatch.delenv("STUDYGROUP_MEMBER", raising=False)

    def run_command(*words: str, cwd: Path = folder, code: int = 0) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["studygroup", *words])
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True) for _ in range(2))
        with chdir(cwd), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            main()
        printed, said = (stream.buffer.getvalue().decode() for stream in (out, err))
        done = subprocess.CompletedProcess(words, int(left.value.code or 0), printed, said)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run_command
