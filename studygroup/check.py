"""Check a whole workbook: everything wrong in settings, catalogue and records, with where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studygroup.catalogue.table import Catalogue
from studygroup.errors import CatalogueError, Problem, SettingsError, StudygroupError
from studygroup.journal.files import FilesStore
from studygroup.journal.record import Record
from studygroup.journal.records import Attendance, Close, Plan, Reading
from studygroup.meeting.syllabus import steps_of
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
        return [*problems, *FilesStore(folder / "sessions").read().problems]
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
    problems.extend(_check_records(workbook, readable))
    return problems


def _check_settings(workbook: Workbook) -> Iterator[Problem]:
    """Yield what settings name and the roster or the syllabus does not have."""
    people = workbook.people
    for member in workbook.settings.facilitators:
        if member not in people:
            yield Problem(FILE, 0, "warning", f"tool.studygroup.facilitators: {member!r} is not on the roster")
    try:
        steps = steps_of(workbook)
    except StudygroupError:
        return
    if steps and workbook.settings.first_step > len(steps):
        text = f"found {workbook.settings.first_step}; {workbook.settings.syllabus} has steps 1 to {len(steps)}"
        yield Problem(FILE, 0, "error", f"tool.studygroup.first_step: {text}")


def _check_records(workbook: Workbook, readable: bool) -> Iterator[Problem]:
    """Yield what records name that is not there (any more); items and entries only where the catalogue is readable."""
    people = set(workbook.people)
    items = set(workbook.catalogue.items["id"]) if readable else set()
    entries = (
        {f"{name}/{entry}" for name, frame in workbook.catalogue.lists.items() for entry in frame["entry"]}
        if readable
        else set()
    )
    for record in workbook.records if readable else workbook.journal.records:
        place = f"sessions/{record.session}/records/{record.by}.jsonl"

        def missing(what: str, why: str, record: Record = record, place: str = place) -> Problem:
            return Problem(place, 0, "warning", f"record {record.id} names {what!r}, {why}")

        roles = record.roles.values() if isinstance(record, Plan) else ()
        for member in sorted({record.by, getattr(record, "member", record.by), *roles} - people):
            yield missing(member, "who is not on the roster")
        if isinstance(record, Attendance | Close):
            try:
                workbook.schedule.find(record.session)
            except StudygroupError as error:
                yield Problem(place, 0, "warning", f"record {record.id}: {error}")
        if readable:
            for item in {
                *((record.item,) if isinstance(record, Reading) else record.items if isinstance(record, Plan) else ())
            } - items:
                yield missing(item, "which is not in the catalogue")
            named = record.entries if isinstance(record, Plan) else ()
            ended = (*record.finished, *record.continues) if isinstance(record, Close) else ()
            for reference in {*named, *ended} - entries:
                yield missing(reference, "which is no entry of a list")
