"""Tables and schedules for the command line: as plain text, and CSV that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timezone
from typing import Any

import pandas as pd

from studygroup.group.schedule import Session, times_in_zones
from studygroup.interface import group_tables
from studygroup.interface.tables import RECORD_TABLES, shown_to
from studygroup.text.text import guard_cell, to_short_day
from studygroup.workbook.workbook import Workbook

# Whatever some program takes for the end of a line.
_LINE_ENDS = re.compile("(\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])")


def _items(workbook: Workbook) -> pd.DataFrame:
    return workbook.catalogue.items


def _syllabus(workbook: Workbook) -> pd.DataFrame:
    """Return the syllabus as text: items with ``;`` between, and the session that covered each step."""
    frame = group_tables.syllabus(workbook)
    covered = frame["session"].where(frame["state"] == "finished", "")
    items = pd.Series([";".join(items) for items in frame["items"]], index=frame.index, dtype="str")
    return frame[["step", "number", "section", "title", "entry"]].assign(items=items, covered=covered)


def _sessions(workbook: Workbook) -> pd.DataFrame:
    """Return the sessions as text: their start in ISO 8601 with its offset, and how many were there, guests too."""
    frame = group_tables.sessions(workbook)
    starts = [_with_offset(row.start, row.local) for row in frame.itertuples()]
    state = pd.Series("", index=frame.index, dtype="str").mask(frame["moved"], "moved")
    return pd.DataFrame(
        {
            "session": frame["session"],
            "start": pd.Series(starts, index=frame.index, dtype="str"),
            "length_min": frame["length_min"],
            "state": state.mask(frame["state"] == "cancelled", "cancelled"),
            "reads": frame["title"],
            "attended": frame["there"] + frame["guests"],
        }
    )


def _with_offset(start: Any, local: Any) -> str:
    offset = local - start.tz_localize(None)
    return str(local.replace(tzinfo=timezone(offset.to_pytimedelta())).isoformat())


TABLES: Mapping[str, Callable[[Workbook], pd.DataFrame]] = {
    "items": _items,
    "syllabus": _syllabus,
    "sessions": _sessions,
    **{name.replace("_", "-"): one.make for name, one in RECORD_TABLES.items()},
}


def read_table(workbook: Workbook, name: str, reader: str = "") -> pd.DataFrame:
    """Return the table that ``studygroup show NAME`` prints; ``TABLES`` has their names.

    ``reader`` is the member who looks at it: others' summaries that they may not see yet are left out. Empty for all of it.
    """
    return shown_to(workbook, name, TABLES[name](workbook), reader)


def _cell(value: Any) -> str:
    if value is None or value is pd.NaT or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, (tuple, list)):
        return ";".join(str(part) for part in value)
    if isinstance(value, Mapping):
        return ";".join(f"{key}={inner}" for key, inner in value.items())
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value.tz is None else value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({column: [_cell(value) for value in frame[column]] for column in frame.columns}, dtype="str")


def to_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV in which no cell is a formula to a spreadsheet."""
    texts = _texts(frame)
    lines = io.StringIO()
    # With CR LF as its line end, the csv module quotes cells that have either, in every version of Python.
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")
    writer.writerow(texts.columns)
    writer.writerows([_guarded(cell) for cell in row] for row in texts.itertuples(index=False, name=None))
    return lines.getvalue()


class _Lines:
    """Ends lines as everything else here does."""

    def __init__(self, lines: io.StringIO) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        """Write a row."""
        self._lines.write(f"{line[:-2]}\n")


def _guarded(cell: str) -> str:
    """Return a cell no line of which is a formula, as some programs take a line end in quotes for the end of a row."""
    return "".join(piece if _LINE_ENDS.fullmatch(piece) else guard_cell(piece) for piece in _LINE_ENDS.split(cell))


def to_plain(frame: pd.DataFrame, widest: int = 48) -> str:
    """Return a table to be read on a terminal: long cells are cut, what could steer a terminal is shown as ``?``."""
    if frame.empty:
        return f"No rows; the columns are {', '.join(frame.columns)}.\n"
    texts = _texts(frame)
    rows = [list(texts.columns), *texts.itertuples(index=False, name=None)]
    shown = [[re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", cell) for cell in row] for row in rows]
    shown = [[cell if len(cell) <= widest else f"{cell[: widest - 1]}…" for cell in row] for row in shown]
    widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]
    return "\n".join(lines) + "\n"


def schedule_to_plain(workbook: Workbook, found: Sequence[Session]) -> str:
    """Return sessions with their times in every zone of the settings, one a line."""
    if not found:
        return "No session in these days.\n"
    lines = []
    for session in found:
        times = [
            f"{time.city} {time.weekday[:3] + ' ' if time.other_day else ''}{time.time}"
            for time in times_in_zones(session.start, workbook.settings.zones)
        ]
        set_for, day = date.fromisoformat(session.id[:10]), session.start.date()
        elsewhere = f"moved from {to_short_day(set_for)}" if day != set_for else "moved to another time"
        state = "cancelled" if session.cancelled else elsewhere if session.moved else ""
        note = f"  {state}{': ' + session.reason if session.reason else ''}" if state else ""
        shown = session.id if day == set_for else day.isoformat()
        lines.append(f"{shown}  {day:%a}  {session.length_min} min  {', '.join(times)}{note}")
    return "\n".join(lines) + "\n"
