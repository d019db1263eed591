"""Python looks through the objects of all open pages in quiet moments only, as every page waits meanwhile."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator

import pytest

from studygroup.web.page.circles import MOST_CLOSED, put_off, search_when_quiet
from tests.support.needs import PATIENCE_S

EVERY_S = 0.2


@pytest.fixture
def searches() -> Iterator[list[int]]:
    """Return a list that gets an element with each search through all objects."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(1)

    before = gc.get_threshold()
    put_off()
    gc.collect()
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)
    gc.set_threshold(*before)


class Busy:
    """A processor that is kept busy."""

    def __enter__(self) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._done.is_set():
            sum(range(10_000))


async def watched(closed: list[int], searches: list[int]) -> None:
    """Say that pages were closed while much is done, and again when all is quiet."""
    looking = asyncio.create_task(search_when_quiet(lambda: closed.pop() if closed else 0, EVERY_S))
    try:
        with Busy():
            await until(lambda: not closed)
            await asyncio.sleep(5 * EVERY_S)
            assert not searches, "everyone waited while they were busy"
            closed.append(MOST_CLOSED)
            await until(lambda: bool(searches))
        assert len(searches) == 1
    finally:
        looking.cancel()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(EVERY_S / 10)


@pytest.mark.slow
def test_a_busy_server_waits_with_a_few_closed_pages_but_not_with_many(searches: list[int]) -> None:
    asyncio.run(watched([1, 2], searches))


@pytest.mark.slow
def test_a_quiet_moment_is_used(searches: list[int]) -> None:
    async def quiet() -> None:
        closed = [1]
        looking = asyncio.create_task(search_when_quiet(lambda: closed.pop() if closed else 0, EVERY_S))
        await until(lambda: bool(searches))
        looking.cancel()

    asyncio.run(quiet())


@pytest.mark.slow
def test_where_nothing_was_closed_nothing_is_searched(searches: list[int]) -> None:
    async def nothing() -> None:
        looking = asyncio.create_task(search_when_quiet(lambda: 0, EVERY_S))
        await asyncio.sleep(5 * EVERY_S)
        looking.cancel()

    asyncio.run(nothing())
    assert not searches
