"""Which sessions an import touches: what they read, or will read, is changed in the list or gone from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
import pandas as pd

from studygroup.catalogue.items.csv_table import FORMER_FORM, empty_table
from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.items.table import Catalogue
from studygroup.journal.tables import tables
from studygroup.meeting.facts.syllabus import Lists, Readings, lists_of
from studygroup.text.text import plain_list, to_day
from studygroup.workbook.workbook import Workbook


class Touched(msgspec.Struct, frozen=True):
    """A session with what it reads that an import removes or changes: titles as they are before it.

    ``kept`` says that the session was attended or closed: what it read stays as it was, whatever the list says.
    """

    session: str
    day: date
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    kept: bool

    def __str__(self) -> str:
        """Return it in a sentence."""
        what = [f"{plain_list(self.gone)} is no longer in the list"] if self.gone else []
        what += [f"{plain_list(self.changed)} is changed"] if self.changed else []
        then = "the session keeps what it read" if self.kept else "plan the session again if it should read something else"
        return f"Session of {to_day(self.day)}: {plain_list(what)}; {then}."


def touched_sessions(workbook: Workbook, frames: Mapping[str, pd.DataFrame]) -> list[Touched]:
    """Return the sessions that an import touches, in order.

    Parameters
    ----------
    frames
        The new table of each imported list, by name, as ``catalogue.exchange.Import`` has it.
    """
    readings = _readings(workbook)
    if readings is None:
        return []
    lost = {reference: row for name, frame in frames.items() for reference, row in _lost(workbook, name, frame)}
    found = []
    for session in sorted({*readings.plans, *readings.kept}):
        plan = readings.plans.get(session)
        entries = plan.entries if plan is not None else [one.entry for one in readings.said(session)]
        gone = tuple(str(lost[entry][0].title) for entry in entries if entry in lost and lost[entry][1])
        changed = tuple(str(lost[entry][0].title) for entry in entries if entry in lost and not lost[entry][1])
        day = workbook.day_of(session)
        if (gone or changed) and day:
            found.append(Touched(session, day, gone, changed, session in readings.kept))
    return found


def former_entries(workbook: Workbook, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return ``lists/former.csv`` as it is after an import: with the entries that it removes or changes and that plans name.

    Records of before November 2026 name entries only; this is where they find what those were. The oldest version of an entry stays.
    """
    readings = _readings(workbook)
    if readings is None:
        return empty_table(FORMER_FORM)
    former = workbook.catalogue.former
    named = {entry for plan in readings.plans.values() if not plan.read for entry in plan.entries}
    known = set(zip(former["list"], former["entry"], strict=True))
    rows = [
        {
            "list": name,
            "entry": row.entry,
            "step": row.step,
            "steps": len(workbook.catalogue.lists[name]),
            "number": row.number,
            "section": row.section,
            "title": row.title,
            "items": ";".join(row.items),
        }
        for name, frame in frames.items()
        for reference, (row, _) in _lost(workbook, name, frame)
        if reference in named and (name, row.entry) not in known
    ]
    if not rows:
        return former
    new = pd.DataFrame(rows).astype({column: former[column].dtype for column in former.columns})
    return pd.concat([former, new[list(former.columns)]], ignore_index=True)


def _readings(workbook: Workbook) -> Readings | None:
    """Return what sessions read; None before the first import. A syllabus that is still to be imported has no steps yet."""
    if not Catalogue.is_in(workbook.folder):
        return None
    records, syllabus = workbook.current, workbook.settings.syllabus
    lists = lists_of(workbook) if not syllabus or syllabus in workbook.catalogue.lists else Lists()
    return Readings(lists, tables.plans(records), tables.closes(records), tables.attendance(records))


def _lost(workbook: Workbook, name: str, frame: pd.DataFrame) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Yield the entries of a list that another table of it changes or (True) no longer has, by reference, as they are now."""
    if name not in workbook.catalogue.lists:
        return
    after = {
        entry: (str(title), parse_ids(items), str(section))
        for entry, title, items, section in zip(frame["entry"], frame["title"], frame["items"], frame["section"], strict=True)
    }
    for row in tables.rows(workbook.catalogue.steps(name)):
        now = after.get(row.entry)
        if now is None or now != (str(row.title), tuple(row.items), str(row.section)):
            yield f"{name}/{row.entry}", (row, now is None)
