"""The command line within the test's own process: starting Python for each of hundreds of commands takes minutes and proves nothing more.

What is about a process itself (signals, pipes, locales, terminals, a full disk) starts one.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import pytest

from studygroup.commands.cli import main

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """Start a process, as ``subprocess.Popen`` does, and kill it where the test is over before it: leaving ``Popen`` itself waits for good."""
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.kill()


PRESS_AGAIN_S = 20
"""How long whoever pressed Ctrl-C waits before they press again: Python loses one that comes just before it waits for input, or
while it cleans up behind a weak reference."""


def pressed_ctrl_c(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C, which reaches the process and all that it started, until it ends; return what it then said on standard error."""
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=PRESS_AGAIN_S)[1]
    raise AssertionError("Ctrl-C did not end it")


def command(*words: str, cwd: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``studygroup`` in a folder and return its results, as ``subprocess.run`` does; ``given`` is its standard input."""
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
    """Return a function that runs ``studygroup`` in the workbook's folder, expects an exit code, and returns its results."""
    monkeypatch.delenv("STUDYGROUP_MEMBER", raising=False)

    def run_command(*words: str, cwd: Path = folder, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = command(*words, cwd=cwd)
        assert done.returncode == code, done.stderr
        return done

    return run_command
