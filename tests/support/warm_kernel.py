"""One kernel that runs the pages of several tests, one after the other, as the program itself makes all reports.

Starting a kernel takes five times as long as running the page. A test that is about kernels or about what a page leaves behind in one
takes the fixture ``own_kernel``.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import current_thread, main_thread

import pytest
from jupyter_core.utils import run_sync

from studygroup.publish.pages import run
from studygroup.publish.pages.kernels import MOMENT, Kernel

_waiting: list[WarmKernel] = []

# Without a name that a notebook could see.
_MOVE = """exec('''
import os, time
own = {{name: value for name, value in os.environ.items() if name.startswith("JPY_")}}
os.chdir(where)
os.environ.clear()
os.environ.update(environment | own)
time.tzset()
''', {{"where": {where!r}, "environment": {environment!r}}})"""


class WarmKernel(Kernel):
    """A kernel that waits for the next page when it is closed, unless something went wrong."""

    def move_to(self, folder: Path, now: datetime | None) -> None:
        """Forget everything, and be as if started in a folder with the environment that this process has now."""
        self.reset()
        environment = {**os.environ, **({MOMENT: now.isoformat()} if now else {})}
        code = _MOVE.format(where=str(folder), environment=environment)
        reply = run_sync(self.client.execute_interactive)(
            code, silent=True, store_history=False, allow_stdin=False, timeout=60, output_hook=lambda message: None
        )
        assert reply["content"]["status"] == "ok", reply["content"]

    def close(self) -> None:
        if sys.exc_info()[0] is None and not _waiting and run_sync(self.manager.is_alive)():
            _waiting.append(self)
        else:
            super().close()


def _kernel(folder: Path, now: datetime | None = None) -> Kernel:
    """Return the kernel that waits, or a new one; a thread that is not the first, and one with a running loop, has its own."""
    if current_thread() is not main_thread() or asyncio._get_running_loop() is not None:
        return Kernel(folder, now)
    while _waiting:
        kernel = _waiting.pop()
        try:
            kernel.move_to(folder, now)
        except Exception:
            with suppress(Exception):
                Kernel.close(kernel)
        else:
            return kernel
    return WarmKernel(folder, now)


@pytest.fixture(scope="session", autouse=True)
def warm_kernel() -> Iterator[None]:
    """Make all pages of this process with the kernel that waits, and end it when all tests are over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "Kernel", _kernel)
        yield
    while _waiting:
        Kernel.close(_waiting.pop())


@pytest.fixture
def own_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a kernel for each page of a test, as the program does."""
    monkeypatch.setattr(run, "Kernel", Kernel)
