"""Tables with a row a member, as people pivot them by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from studygroup.group.states import HAS_READ, READING
from studygroup.journal.tables import tables
from studygroup.meeting.before.agenda import shared_length
from studygroup.meeting.facts.syllabus import steps_of
from studygroup.workbook.workbook import Workbook


def attendance_grid(workbook: Workbook) -> pd.DataFrame:
    """Attendance as members × sessions.

    Returns
    -------
    DataFrame
        One row for each person on the roster, also who left, with the index ``member`` (ids, sorted). One column for each
        session of which someone's attendance was recorded, by id, in order: how the member attended it, or an empty text where
        nothing was recorded. All of dtype str; no sessions, no columns.
    """
    people, attendance = tables.people(workbook.current), tables.attendance(workbook.current)
    cells = dict(zip(zip(attendance["member"], attendance["session"], strict=True), attendance["state"], strict=True))
    return _grid(people["member"], "session", sorted(set(attendance["session"])), cells, "")


def progress_grid(workbook: Workbook) -> pd.DataFrame:
    """Progress as members × sections.

    Returns
    -------
    DataFrame
        One row for each person who has not left, with the index ``member`` (ids, sorted). One column for each section of the
        syllabus with something to read, in its order: the share that the member has read or skimmed, from 0 to 1. All of
        dtype float64; without a syllabus there are no columns.
    """
    steps = [step for step in steps_of(workbook) if step.items]
    shared = shared_length([step.section for step in steps])
    sections = {step.number: " > ".join(step.section[shared:]) or "The list" for step in steps}
    here = sorted(workbook.roster.here_on(workbook.today()))
    asked = pd.DataFrame([(step.number, step.items) for step in steps], columns=["step", "items"])
    progress = tables.step_progress(tables.reading(workbook.current), asked, here)
    read = progress.assign(section=progress["step"].map(sections), read=progress["status"].isin(HAS_READ))
    shares = read.groupby(["member", "section"], as_index=False)["read"].mean()
    cells = dict(zip(zip(shares["member"], shares["section"], strict=True), shares["read"], strict=True))
    return _grid(here, "section", dict.fromkeys(sections.values()), cells, 0.0)


def reading_grid(workbook: Workbook) -> pd.DataFrame:
    """Reading as members × items.

    Returns
    -------
    DataFrame
        One row for each person who has not left, with the index ``member`` (ids, sorted). One column for each item of the
        syllabus, by id, in its order, and then for every other one that someone said something of: the member's status,
        ``unread`` where they said none. All of dtype str; nothing to read, no columns.
    """
    reading = tables.reading(workbook.current)
    items = dict.fromkeys([*(item for step in steps_of(workbook) for item in step.items), *sorted(set(reading["item"]))])
    cells = dict(zip(zip(reading["member"], reading["item"], strict=True), reading["status"], strict=True))
    return _grid(sorted(workbook.roster.here_on(workbook.today())), "item", items, cells, READING[0])


def _grid(
    members: Iterable[str], heading: str, columns: Iterable[str], cells: Mapping[tuple[str, str], Any], nothing: Any
) -> pd.DataFrame:
    """Return a table of cells by member and column, ``nothing`` where there is none."""
    index, names = pd.Index([*members], dtype="str", name="member"), [*columns]
    dtype = "float64" if isinstance(nothing, float) else "str"
    made = {name: pd.Series([cells.get((one, name), nothing) for one in index], index=index, dtype=dtype) for name in names}
    return pd.DataFrame(made, index=index, columns=pd.Index(names, dtype="str", name=heading))
