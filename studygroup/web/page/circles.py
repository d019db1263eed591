"""When this process looks for circles of objects that nothing else holds: in quiet moments, as everyone waits meanwhile.

Each closed page is such a circle, and to look through the objects of 200 open pages takes 0.7 seconds.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

LOOK_EVERY_S = 1.0

MOST_CLOSED = 25
"""How many closed pages may wait in memory for a quiet moment."""

_QUIET = 0.1
"""Which part of the time since the last look a processor was busy, at most, in a quiet moment."""

_PART = 1 / 200
"""Which part of the time the searches in quiet moments take, at most."""

_SURVIVED = 10
"""After how many searches among young objects there may be circles of old ones."""


def put_off() -> None:
    """Have Python itself look through young objects only, few at a time; ``search_when_quiet`` looks through all of them."""
    gc.set_threshold(10_000, 10, 1_000)


async def search_when_quiet(closed: Callable[[], int], every_s: float = LOOK_EVERY_S) -> None:
    """Look through all objects in quiet moments, and whenever many pages were closed; for good.

    Parameters
    ----------
    closed
        Returns how many pages were closed since its last call.
    every_s
        How often is looked whether this is a quiet moment.
    """
    waiting, not_before, busy_s = 0, 0.0, time.process_time()
    while True:
        await asyncio.sleep(every_s)
        started, busy_before_s, busy_s = time.monotonic(), busy_s, time.process_time()
        waiting += closed()
        is_quiet = busy_s - busy_before_s <= _QUIET * every_s and started >= not_before
        if waiting >= MOST_CLOSED or (is_quiet and (waiting or gc.get_count()[2] >= _SURVIVED)):
            # In a thread of its own: what is let go may wait for a lock.
            await asyncio.to_thread(gc.collect)
            waiting = 0
            not_before = time.monotonic() + (time.monotonic() - started) / _PART
            busy_s = time.process_time()
