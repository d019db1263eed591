"""Check a whole workbook: everything wrong in settings, catalogue and records, with where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studygroup.catalogue.table import Catalogue
from studygroup.errors import CatalogueError, Problem, SettingsError, StudygroupError
from studygroup.journal.records import Attendance, Close, Plan, Reading, Record
from studygroup.meeting.planning import steps_of
from studygroup.settings import FILE
from studygroup.workbook import Workbook


def check_workbook(folder: Path) -> list[Problem]:
    """Return everything wrong in the workbook in ``folder``: settings, then catalogue and lists, then records."""
    problems: list[Problem] = []
    workbook: Workbook | None = None
    try:
        workbook = Workbook.open(folder)
    except SettingsError as error:
        problems.extend(error.problems or [Problem(FILE, 0, "error", str(error))])
    catalogue = Catalogue.check(folder)
    problems.extend(catalogue)
    if workbook is None:
        return problems
    readable = True
    try:
        workbook.catalogue.items  # noqa: B018 - reading is the check
        steps_of(workbook)
    except CatalogueError as error:
        readable = False
        if not catalogue:
            problems.append(Problem(FILE, 0, "error", f"tool.studygroup.syllabus: {error}"))
    problems.extend(_check_settings(workbook))
    problems.extend(workbook.journal.problems)
    for record in workbook.journal.records:
        problems.extend(_check_record(workbook, record, readable))
    return problems


def _check_settings(workbook: Workbook) -> Iterator[Problem]:
    """Yield what settings name and the roster or the syllabus does not have."""
    for member in workbook.settings.facilitators:
        if member not in workbook.people:
            yield Problem(FILE, 0, "warning", f"tool.studygroup.facilitators: {member!r} is not on the roster")
    try:
        steps = steps_of(workbook)
    except StudygroupError:
        return
    if steps and workbook.settings.first_step > len(steps):
        text = f"found {workbook.settings.first_step}; {workbook.settings.syllabus} has steps 1 to {len(steps)}"
        yield Problem(FILE, 0, "error", f"tool.studygroup.first_step: {text}")


def _check_record(workbook: Workbook, record: Record, readable: bool) -> Iterator[Problem]:
    """Yield what a record names that is not there (any more): members, items, entries, sessions."""
    place = f"sessions/{record.session}/records/{record.by}.jsonl"
    people = workbook.people
    named = {record.by, *(getattr(record, "member", ""),), *(record.roles.values() if isinstance(record, Plan) else ())}
    for member in sorted(named - {""} - set(people)):
        yield Problem(place, 0, "warning", f"record {record.id} names {member!r}, who is not on the roster")
    if isinstance(record, (Attendance, Close)):
        try:
            workbook.schedule.find(record.session)
        except StudygroupError as error:
            yield Problem(place, 0, "warning", f"record {record.id}: {error}")
    if not readable:
        return
    items = [record.item] if isinstance(record, Reading) else list(record.items) if isinstance(record, Plan) else []
    known = set(workbook.catalogue.items["id"])
    for item in items:
        if item not in known:
            yield Problem(place, 0, "warning", f"record {record.id} names {item!r}, which is not in the catalogue")
    entries = record.entries if isinstance(record, Plan) else ()
    for reference in (*entries, *((*record.finished, *record.continues) if isinstance(record, Close) else ())):
        name, _, entry = reference.partition("/")
        frame = workbook.catalogue.lists.get(name)
        if frame is None or entry not in set(frame["entry"]):
            yield Problem(place, 0, "warning", f"record {record.id} names {reference!r}, which is no entry of a list")
