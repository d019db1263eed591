"""Measure one click of a form in a big group, in a process of its own: prints seconds as JSON.

click_speed.py FOLDER     the workbook in FOLDER, as ``write_big_workbook`` makes it
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from journal_data import ITEMS, Writer, write_journal

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Attendance, Reading
from studygroup.workbook.workbook import Workbook

MEMBERS = [f"member-{number:03}" for number in range(200)]
_SETTINGS = """\
[tool.studygroup]
name = "Big"

[[tool.studygroup.slots]]
valid_from = 2020-01-03
weekday = "friday"
time = "23:00"
zone = "UTC"
every = "week"
length_min = 90
"""
NOW = datetime(2020, 12, 25, 23, 30, tzinfo=UTC)


def write_big_workbook(folder: Path, *, joined: bool) -> int:
    """Write a workbook with a year of 200 members and return how many records it holds.

    Parameters
    ----------
    joined
        Whether an item went into another one, so that records name it by the name it had.
    """
    (folder / "lists").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(_SETTINGS, encoding="utf-8")
    kept = ITEMS[:-1] if joined else ITEMS
    columns = {column: [""] * len(kept) for column in COLUMNS} | {"id": kept, "title": kept, "kind": ["paper"] * len(kept)}
    pd.DataFrame(columns).to_csv(folder / "catalogue.csv", index=False, lineterminator="\n")
    if joined:
        (folder / "lists" / "same.csv").write_text(f"one,other\n{ITEMS[0]},{ITEMS[-1]}\n", encoding="utf-8")
    return write_journal(folder / "sessions", sessions=52, each=12, writer=Writer(members=MEMBERS))


def click(workbook: Workbook, number: int) -> float:
    """Return the seconds that a form takes: see what others entered, save, and show what is current and some tables."""
    member, chance = random.Random(number).choice(MEMBERS), random.Random(-number)
    begin = time.perf_counter()
    workbook.refresh()
    status = chance.choice(["reading", "skimmed", "read"])
    workbook.enter("reading", by=member, member=member, item=chance.choice(ITEMS[:-1]), status=status)
    workbook.current.current(Reading)
    workbook.current.current(Attendance)
    for table in (tables.reading, tables.attendance, tables.rsvps, tables.questions):
        table(workbook.current)
    workbook.schedule.next(NOW)
    return time.perf_counter() - begin


def main() -> None:
    """Measure forty clicks after the first."""
    workbook = Workbook(Path(sys.argv[1]), clock=lambda: NOW)
    seconds = [click(workbook, number) for number in range(41)]
    print(json.dumps({"first": seconds[0], "seconds": statistics.median(seconds[1:])}))


if __name__ == "__main__":
    main()
