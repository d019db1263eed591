"""What a test needs: patience, programs beside Python (where one is missing the test is skipped, and fails in CI), and markers."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import NoReturn

import pytest

PATIENCE_S = 180
"""How long a test waits for what must come: far longer than a busy machine takes, as nothing is measured by it."""


def until(holds: Callable[[], object], wait_s: float = PATIENCE_S, told: Callable[[], object] = str) -> None:
    """Wait until something holds; where it does not in time, the test fails with what ``told`` returns."""
    end = time.monotonic() + wait_s
    while not holds():
        assert time.monotonic() < end, told()
        time.sleep(0.02)


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test; fail it in CI, where ``make test`` installs everything that can be installed."""
    message = f"{what} is not on this machine; {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def program(name: str, package: str = "") -> str:
    """Return a program's path; ``package`` is Debian's name for what brings it, where that is another one."""
    # Debian keeps servers' programs where only root's PATH leads.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return found or missing(name, f"on Debian: apt-get install {package or name}")


running_markers: set[str] | None = None
"""The markers of the test that runs; None where no test does, as in a benchmark. ``conftest`` keeps it up to date."""


def only_marked(marker: str) -> None:
    """Fail a test that is about to start a browser or a server without the marker that keeps it out of ``make check``."""
    if running_markers is not None and marker not in running_markers:
        pytest.fail(f"this test starts what only tests marked `{marker}` may start; write @pytest.mark.{marker} above it")
