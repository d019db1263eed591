"""Measure the journal in a process of its own, as a person's command has one: prints seconds as JSON.

journal_speed.py plain FOLDER     msgspec alone decodes the lines of a journal
journal_speed.py tables FOLDER    files to all tables; then 1,000 records more, from files to tables again
journal_speed.py cached FOLDER    files to all tables, with the cache that an earlier run left
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Union

import msgspec
import pandas as pd
from journal_data import MEMBERS, Writer

from studygroup.journal.current.state import CurrentState
from studygroup.journal.files.files import FilesStore
from studygroup.journal.tables import tables
from studygroup.journal.types.records import TYPES

TABLES: list[Callable[[CurrentState], pd.DataFrame]] = [
    *(tables.people, tables.slots, tables.plans, tables.closes, tables.rsvps, tables.attendance, tables.swaps, tables.away),
    *(tables.notes, tables.actions, tables.sent, tables.reading, tables.ratings, tables.summaries, tables.materials),
    *(tables.proposals, tables.ballots, tables.votes, tables.questions, tables.activity),
]


def to_tables(store: FilesStore) -> tuple[float, float]:
    """Return the seconds that reading a journal takes, and reading it and making all of its tables."""
    begin = time.perf_counter()
    current_state = store.read().current_state
    read = time.perf_counter() - begin
    frames = [table(current_state) for table in TABLES]
    tables.item_progress(frames[TABLES.index(tables.reading)])
    return read, time.perf_counter() - begin


def plain(folder: Path) -> dict[str, float]:
    """Measure msgspec, keeping the records as we do, without Python's search for circles."""
    import gc

    lines = [line for path in sorted(folder.glob("*/records/*.jsonl")) for line in path.read_bytes().splitlines()]
    decoder = msgspec.json.Decoder(Union[tuple(TYPES.values())])  # noqa: UP007 - made from a table
    gc.disable()
    begin = time.perf_counter()
    records = [decoder.decode(line) for line in lines]
    return {"seconds": time.perf_counter() - begin, "records": len(records)}


def add_more(folder: Path, count: int, start: int) -> None:
    """Write some records more, of all members, for the last session."""
    writer = Writer(seed=2)
    writer.count = start
    session = max(path.name for path in folder.iterdir())
    at = datetime.fromisoformat(session).replace(tzinfo=UTC, hour=23)
    kinds = ["reading", "rsvp", "attendance", "summary", "question", "note", "claim", "action", "rating", "withdraw"]
    for number in range(count):
        by, kind = MEMBERS[number % len(MEMBERS)], random.Random(number).choice(kinds)
        line = writer.record(kind, at, by, session)
        with (folder / session / "records" / f"{by}.jsonl").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def main() -> None:
    """Measure what the command line names."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    # What pandas does only once in a process is no part of this.
    pd.to_datetime(pd.Series(["2020-01-01"]), utc=True)
    if what == "plain":
        result = plain(folder)
    else:
        store = FilesStore(folder, cache=folder.parent / ".studygroup" / "journal.cache" if what == "cached" else None)
        result = dict(zip(("journal", "seconds"), to_tables(store), strict=True))
        if what == "tables":
            add_more(folder, 1000, time.time_ns() // 1_000_000 % 10**11)
            result["more"] = to_tables(store)[1]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
