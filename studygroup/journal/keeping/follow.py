"""New records as they arrive, for views that are kept open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from studygroup.journal.current.journal import Journal
from studygroup.journal.types.record import Record

LOOK_EVERY_S = 0.7
"""How often is looked where nothing tells of a change, as in a folder that another machine writes to."""


class Readable(Protocol):
    """A store that is read again and again."""

    def read(self) -> Journal:
        """Return all records."""


def follow(
    store: Readable, folder: Path | None = None, *, since: Journal | None = None, stop: threading.Event | None = None
) -> Iterator[list[Record]]:
    """Yield records that were not there before, in order, each within a second of its arrival.

    Parameters
    ----------
    store
        Read again whenever something may have changed.
    folder
        Where its files are: the operating system then tells of changes. Shared folders do not, and databases have none; they
        are looked at every 0.7 s.
    since
        What is known already; what is there now when not given.
    stop
        Ends the iteration when it is set.
    """
    stop = stop or threading.Event()
    journal = since or store.read()
    seen = {record.id for record in journal.records}
    for _ in _moments(folder, stop):
        latest = store.read()
        if latest is journal:
            continue
        journal = latest
        if new := [record for record in journal.records if record.id not in seen]:
            seen.update(record.id for record in new)
            yield new


def _moments(folder: Path | None, stop: threading.Event) -> Iterator[None]:
    """Yield whenever it is worth looking, until stopped."""
    yield
    # A folder that is not there yet cannot be watched; the first record makes it.
    while folder is None or not folder.is_dir():
        if stop.wait(LOOK_EVERY_S):
            return
        yield
    import watchfiles

    yield
    watched = watchfiles.watch(
        folder,
        stop_event=stop,
        step=50,
        debounce=200,
        rust_timeout=int(LOOK_EVERY_S * 1000),
        yield_on_timeout=True,
        raise_interrupt=True,
        watch_filter=lambda _, path: path.endswith(".jsonl"),
    )
    for _ in watched:
        yield
