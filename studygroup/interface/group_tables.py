"""What the group reads and when it meets, as tables; ``Group`` documents each of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pandas as pd

from studygroup.catalogue.items.item import parse_ids
from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.group.states import WAS_THERE
from studygroup.interface import shown as shown
from studygroup.journal.tables import tables
from studygroup.journal.tables.frame import Columns, to_frame
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.facts.syllabus import Readings, covered_steps, lists_of, steps_of
from studygroup.workbook.workbook import Workbook

_LISTS: Columns = {
    "list": "str",
    "position": "int64",
    "number": "str",
    "section": "str",
    "title": "str",
    "url": "str",
    "items": "object",
    "entry": "str",
    "columns": "object",
}
_SYLLABUS: Columns = {
    "step": "int64",
    "number": "str",
    "section": "str",
    "title": "str",
    "items": "object",
    "state": "str",
    "session": "str",
    "entry": "str",
}
_SESSIONS: Columns = {
    "session": "str",
    "title": "str",
    "items": "object",
    "state": "str",
    "moved": "bool",
    "start": "time",
    "local": "datetime64[s]",
    "zone": "str",
    "length_min": "int64",
    "members": "int64",
    "there": "int64",
    "guests": "int64",
}
_TURNOUT: Columns = {
    "session": "str",
    "member": "str",
    "guest": "bool",
    "answer": "str",
    "state": "str",
    "there": "bool",
}


def _frame(rows: list[tuple[Any, ...]], columns: Columns) -> pd.DataFrame:
    return to_frame({name: [row[place] for row in rows] for place, name in enumerate(columns)}, columns)


def items(workbook: Workbook) -> pd.DataFrame:
    """Return the catalogue; see ``Group.items``."""
    return workbook.catalogue.items.copy(deep=False)


def search(workbook: Workbook, text: str, limit: int) -> pd.DataFrame:
    """Return the items that a text finds; see ``Group.search``."""
    return workbook.catalogue.search(text, limit)


def models(workbook: Workbook, licence: str, max_parameters: str, min_context: str) -> pd.DataFrame:
    """Return the models that fit; see ``Group.models``."""
    from studygroup.catalogue.items.models import models as find

    return find(workbook.catalogue.items, licence, max_parameters, min_context)


def lists(workbook: Workbook) -> pd.DataFrame:
    """Return the entries of all lists; see ``Group.lists``."""
    found: list[tuple[Any, ...]] = []
    for name, table in sorted(workbook.catalogue.lists.items()):
        for row in tables.rows(table.sort_values("position", kind="stable")):
            cells = msgspec.json.decode(row.columns or "{}")
            entry = f"{name}/{row.entry}"
            found.append(
                (name, row.position, row.number, row.section, row.title, row.url, tuple(parse_ids(row.items)), entry, cells)
            )
    return _frame(found, _LISTS)


def syllabus(workbook: Workbook) -> pd.DataFrame:
    """Return the steps of the syllabus and where the group is; see ``Group.syllabus``."""
    steps = steps_of(workbook)
    done = covered_steps(workbook, workbook.clock() + timedelta(days=366)) if steps else {}
    coming = _next(workbook) if steps else {}
    found: list[tuple[Any, ...]] = []
    for step in steps:
        state = "finished" if step.number in done else "next" if step.number in coming else "ahead"
        session = done.get(step.number) or coming.get(step.number, "")
        section = " > ".join(step.section)
        found.append((step.number, step.printed, section, step.title, step.items, state, session, step.reference))
    return _frame(found, _SYLLABUS)


def _next(workbook: Workbook) -> dict[int, str]:
    """Return the session under way or next by each step that it reads."""
    try:
        agenda = agenda_of(workbook)
    except ScheduleError:
        return {}
    return {read.step.number: agenda.session for read in agenda.reads if read.step}


def sessions(workbook: Workbook) -> pd.DataFrame:
    """Return the sessions with a record, and those of the coming half year; see ``Group.sessions``."""
    records, now = workbook.current, workbook.clock()
    plans, attended = tables.plans(records), tables.attendance(records)
    titles: dict[str, str] = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
    readings = Readings(lists_of(workbook), plans, tables.closes(records), attended)
    there: defaultdict[str, list[str]] = defaultdict(list)
    for row in tables.rows(attended[attended["state"].isin(WAS_THERE)]):
        there[row.session].append(row.member)
    known = {*plans["session"], *there}
    found: list[tuple[Any, ...]] = []
    for one in dict.fromkeys([*workbook.schedule.earlier(now, cancelled=True), *sessions_from(workbook, None, None)]):
        if one.id not in known and one.start.date() < workbook.today():
            continue
        reads = readings.of(one.id)
        title = "; ".join(step.title or titles.get(step.items[0], step.items[0]) for step in reads)
        items = tuple(dict.fromkeys(item for step in reads for item in step.items))
        local, zone = one.start.replace(tzinfo=None), getattr(one.start.tzinfo, "key", str(one.start.tzinfo))
        state = _state(one, now, one.id in there)
        counts = workbook.roster.count(one, there[one.id])
        found.append((one.id, title, items, state, one.moved, one.start, local, zone, one.length_min, *counts))
    return _frame(found, _SESSIONS)


def _state(session: Session, now: datetime, held: bool) -> str:
    if session.cancelled:
        return "cancelled"
    if session.start > now:
        return "coming"
    if session.end > now:
        return "under way"
    return "held" if held else "not recorded"


def sessions_from(workbook: Workbook, first: date | None, last: date | None) -> list[Session]:
    """Return the sessions between two days, cancelled ones too: from today, for half a year, where none is given."""
    if first is None:
        upcoming = workbook.schedule.following(workbook.clock() - timedelta(days=2), 4)
        # A session that began yesterday may still be under way.
        first = min([workbook.today(), *(one.start.date() for one in upcoming if one.end > workbook.clock())])
    return workbook.schedule.between(first, last or max(first, workbook.today()) + timedelta(days=183), cancelled=True)


def turnout(workbook: Workbook) -> pd.DataFrame:
    """Who said they would come, and who came.

    Returns
    -------
    DataFrame
        One row for each session that was held and each member on that day, with guests whose attendance was recorded, in
        order of the sessions, then by member. Without rows, columns and dtypes are the same.

        =======  =====  ==================================================
        session  str    a session's id, the date it was first scheduled for
        member   str    a member's id
        guest    bool   whether they were a guest on that day
        answer   str    yes, maybe or no; empty: none was given
        state    str    their attendance; empty: none was recorded
        there    bool   whether they were there, also for a part of it
        =======  =====  ==================================================
    """
    records = workbook.current
    answers = {(one.session, one.member): one.answer for one in tables.rows(tables.rsvps(records))}
    states: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for one in tables.rows(tables.attendance(records)):
        states[one.session][one.member] = one.state
    found: list[tuple[Any, ...]] = []
    for session in workbook.schedule.earlier(workbook.clock()):
        said = states.get(session.id, {})
        if WAS_THERE.isdisjoint(said.values()):
            continue
        members = workbook.roster.members_at(session)
        for member in sorted({*members, *said}):
            state, answer = said.get(member, ""), answers.get((session.id, member), "")
            found.append((session.id, member, member not in members, answer, state, state in WAS_THERE))
    return _frame(found, _TURNOUT)
