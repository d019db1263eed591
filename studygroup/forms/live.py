"""What others enter appears in open forms, within two seconds and without running a cell."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from studygroup.workbook import Workbook


class Live:
    """Calls back whenever somebody entered something, until ``stop``.

    A thread watches with a workbook of its own, so that it never reads while a form does; what it finds is answered where
    forms are: on the kernel's loop, between two cells.

    Parameters
    ----------
    workbook
        Which one to watch.
    arrived
        Called without arguments, on the loop that was running when this was made; without one, on the thread.
    """

    def __init__(self, workbook: Workbook, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self._stop = threading.Event()
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._known = {record.id for record in workbook.journal.records}
        self._thread = threading.Thread(target=self._watch, args=(workbook,), name="studygroup-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching; returns when it has ended."""
        self._stop.set()
        self._thread.join(5)

    def _watch(self, workbook: Workbook) -> None:
        own = Workbook(workbook.folder, workbook.clock)
        # What was entered between the form's first look and this one.
        if {record.id for record in own.journal.records} - self._known:
            self._tell()
        for _ in own.follow(self._stop):
            self._tell()

    def _tell(self) -> None:
        if self._loop is None:
            self._arrived()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrived)
