"""Tables and schedules for the command line: as plain text, and CSV that a spreadsheet may open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from studygroup.journal import tables
from studygroup.journal.records import WAS_THERE
from studygroup.meeting.ledger_tables import with_numbers
from studygroup.meeting.syllabus import covered_steps, entries_beside, steps_of
from studygroup.schedule import Session, times_in_zones
from studygroup.text import guard_cell
from studygroup.workbook import Workbook


def _items(workbook: Workbook) -> pd.DataFrame:
    return workbook.catalogue.items


def _held(table: Callable[..., pd.DataFrame]) -> Callable[[Workbook], pd.DataFrame]:
    return lambda workbook: table(workbook.holdings)


def _of_steps(table: Callable[..., pd.DataFrame]) -> Callable[[Workbook], pd.DataFrame]:
    """Return a table of how far the people who have not left are with the syllabus."""

    def made(workbook: Workbook) -> pd.DataFrame:
        people, today = workbook.people, workbook.today()
        members = [member for member, person in people.items() if person.left is None or person.left >= today]
        steps = [(step.number, step.items) for step in steps_of(workbook)]
        return table(tables.reading(workbook.holdings), pd.DataFrame(steps, columns=["step", "items"]), members)

    return made


def syllabus(workbook: Workbook) -> pd.DataFrame:
    """Return the syllabus with its progress.

    Returns
    -------
    DataFrame
        One row a step, in order. Columns ``step`` (int64, from 1), ``number`` (as printed), ``section``, ``title``, ``entry``
        (``list/entry``), ``items`` (ids, ``;`` between) and ``covered`` (the session that covered it, or empty), all str.
    """
    steps = steps_of(workbook)
    done = covered_steps(workbook, workbook.clock() + timedelta(days=366))
    rows = [
        (
            step.number,
            step.printed,
            " > ".join(step.section),
            step.title,
            step.reference,
            ";".join(step.items),
            done.get(step.number, ""),
        )
        for step in steps
    ]
    return pd.DataFrame(rows, columns=["step", "number", "section", "title", "entry", "items", "covered"])


def sessions(workbook: Workbook) -> pd.DataFrame:
    """Return the sessions with a record, and those of the coming half year.

    Returns
    -------
    DataFrame
        One row a session, in order of its start. Columns ``session``, ``start`` (ISO 8601 with offset), ``length_min``, ``state``
        ("", "moved" or "cancelled"), ``reads`` (titles), ``attended`` (int64, how many were there).
    """
    records = workbook.holdings
    plans = {row.session: row for row in tables.rows(tables.plans(records))}
    attended = tables.attendance(records)
    present = Counter(attended.loc[attended["state"].isin(WAS_THERE), "session"])
    titles: dict[str, str] = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
    titles |= {reference: step.title for reference, step in entries_beside(workbook, tables.plans(records)).items()}
    titles |= {step.reference: step.title for step in steps_of(workbook)}
    known = {*plans, *present}
    rows = []
    past = workbook.schedule.earlier(workbook.clock())
    for session in dict.fromkeys([*past, *sessions_from(workbook, None, None)]):
        if session.id in known or session.start.date() >= workbook.today():
            plan = plans.get(session.id)
            named = [*plan.entries, *plan.items] if plan else []
            rows.append(
                (
                    session.id,
                    session.start.isoformat(),
                    session.length_min,
                    "cancelled" if session.cancelled else "moved" if session.moved else "",
                    "; ".join(titles.get(name, name) for name in named),
                    present[session.id],
                )
            )
    return pd.DataFrame(rows, columns=["session", "start", "length_min", "state", "reads", "attended"])


TABLES: Mapping[str, Callable[[Workbook], pd.DataFrame]] = {
    "items": _items,
    "syllabus": syllabus,
    "sessions": sessions,
    "people": _held(tables.people),
    "slots": _held(tables.slots),
    "plans": _held(tables.plans),
    "closes": _held(tables.closes),
    "rsvps": _held(tables.rsvps),
    "attendance": _held(tables.attendance),
    "swaps": _held(tables.swaps),
    "away": _held(tables.away),
    "notes": _held(tables.notes),
    "actions": lambda workbook: with_numbers(tables.actions(workbook.holdings), "A"),
    "sent": _held(tables.sent),
    "reading": _held(tables.reading),
    "item-progress": lambda workbook: tables.item_progress(tables.reading(workbook.holdings)),
    "step-progress": _of_steps(tables.step_progress),
    "member-progress": _of_steps(tables.member_progress),
    "syllabus-progress": _of_steps(tables.syllabus_progress),
    "ratings": _held(tables.ratings),
    "summaries": _held(tables.summaries),
    "questions": lambda workbook: with_numbers(tables.questions(workbook.holdings), "Q"),
    "materials": _held(tables.materials),
    "claims": _held(tables.claims),
    "proposals": _held(tables.proposals),
    "ballots": _held(tables.ballots),
    "votes": _held(tables.votes),
    "activity": _held(tables.activity),
}


def read_table(workbook: Workbook, name: str) -> pd.DataFrame:
    """Return the table that ``studygroup show NAME`` prints; ``TABLES`` has their names."""
    return TABLES[name](workbook)


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
    return str(
        pd.DataFrame({name: [guard_cell(cell) for cell in texts[name]] for name in texts}).to_csv(
            index=False, lineterminator="\n"
        )
    )


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


def sessions_from(workbook: Workbook, first: date | None, last: date | None) -> list[Session]:
    """Return the sessions between two days, cancelled ones too: from today, for half a year, where none is given."""
    if first is None:
        upcoming = workbook.schedule.following(workbook.clock() - timedelta(days=2), 4)
        # A session that began yesterday may still be under way.
        first = min([workbook.today(), *(one.start.date() for one in upcoming if one.end > workbook.clock())])
    return workbook.schedule.between(first, last or max(first, workbook.today()) + timedelta(days=183), cancelled=True)


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
        state = "cancelled" if session.cancelled else f"moved to {session.start:%a %Y-%m-%d}" if session.moved else ""
        note = f"  {state}{': ' + session.reason if session.reason else ''}" if state else ""
        day = date.fromisoformat(session.id[:10])
        lines.append(f"{session.id}  {day:%a}  {session.length_min} min  {', '.join(times)}{note}")
    return "\n".join(lines) + "\n"
