"""What others enter appears in open forms, within two seconds and without running a cell."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from studygroup.errors import StudygroupError
from studygroup.workbook.workbook import Workbook

S = TypeVar("S")

LOOK_EVERY_S = 0.7


class Live:
    """Calls back whenever someone entered something, until ``stop``.

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
        self._loop = _present_loop()
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
        for records in own.follow(self._stop):
            # What was entered here is shown already.
            with workbook.lock:
                known = all(workbook.current.record(record.id) for record in records)
            if not known:
                self._tell()

    def _tell(self) -> None:
        _call_on(self._loop, self._arrived)


class Watch(Generic[S]):
    """Calls back whenever a look at something shows another state of it, until ``stop``.

    Parameters
    ----------
    look
        Returns the state. Called on a thread, every 0.7 s; where it fails, the next look tells.
    changed
        Called with the state; first with what is so now, and then as ``Live`` does.
    """

    def __init__(self, look: Callable[[], S], changed: Callable[[S], object]) -> None:
        self._look, self._changed = look, changed
        self._stop = threading.Event()
        self._loop = _present_loop()
        self._state = look()
        changed(self._state)
        self._thread = threading.Thread(target=self._watch, name="studygroup-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching; returns when it has ended."""
        self._stop.set()
        self._thread.join(5)

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            with suppress(StudygroupError, OSError):
                if (state := self._look()) != self._state:
                    self._state = state
                    _call_on(self._loop, lambda: self._changed(self._state))


def _present_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _call_on(loop: asyncio.AbstractEventLoop | None, what: Callable[[], object]) -> None:
    if loop is None:
        what()
    elif not loop.is_closed():
        loop.call_soon_threadsafe(what)
