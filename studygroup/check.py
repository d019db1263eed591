"""Check a whole workbook: everything wrong in settings, catalogue and records, with where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from studygroup.catalogue.table import Catalogue
from studygroup.errors import CatalogueError, Problem, SettingsError, StudygroupError
from studygroup.journal.files import FilesStore
from studygroup.journal.heal import check_lines, scan
from studygroup.journal.record import Record
from studygroup.journal.records import Attendance, Close, Rsvp, Swap
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
    if isinstance(workbook.store, FilesStore):
        problems.extend(_unreadable_files(workbook))
        problems.extend(check_lines(scan(workbook.folder / "sessions"), workbook.clock()))
    else:
        problems.extend(workbook.journal.problems)
    problems.extend(_check_records(workbook, readable))
    return problems


def _unreadable_files(workbook: Workbook) -> Iterator[Problem]:
    """Yield the files and folders that the reader could not look into."""
    yield from (problem for problem in workbook.journal.problems if not problem.line)


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
    places = {line.envelope.id: line for line in scan(workbook.folder / "sessions") if line.envelope}
    known = _Known(
        people=frozenset(workbook.people),
        items=frozenset(workbook.catalogue.items["id"]) if readable else None,
        entries=frozenset(f"{name}/{entry}" for name, frame in workbook.catalogue.lists.items() for entry in frame["entry"])
        if readable
        else None,
        types={record.id: record.type for record in workbook.journal.records},
    )
    for record in workbook.records if readable else workbook.journal.records:
        line = places.get(record.id)
        for message in _wrong_names(record, known, workbook):
            yield Problem(
                line.place if line else f"record {record.id}",
                line.number if line else 0,
                "warning",
                f"{record.type}: {message}",
            )


class _Known(msgspec.Struct, frozen=True):
    """What records can name; None where it could not be read."""

    people: frozenset[str]
    items: frozenset[str] | None
    entries: frozenset[str] | None
    types: dict[str, str]


def _wrong_names(record: Record, known: _Known, workbook: Workbook) -> Iterator[str]:
    for member in sorted({record.by, *record.members} - known.people):
        yield f"{member!r} is not on the roster; to add them: studygroup member add NAME"
    for item in sorted({*record.named_items} - known.items if known.items is not None else ()):
        yield f"{item!r} is not in the catalogue; a record keeps its item, so bring it back or enter what should hold"
    for reference in sorted({*record.named_entries} - known.entries if known.entries is not None else ()):
        yield f"{reference!r} is no entry of a list (any more); plan the session again with what it read"
    for field, kind in record.record_fields:
        if (name := getattr(record, field)) and known.types.get(name) != (kind or known.types.get(name, "")):
            yield f"{field} names {name}, which is no {kind or 'record'} here; it may arrive with the next sync"
    if isinstance(record, Attendance | Close | Rsvp | Swap):
        try:
            workbook.schedule.find(record.session)
        except StudygroupError as error:
            yield str(error)
