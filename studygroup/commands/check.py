"""Check a whole workbook: everything wrong in settings, catalogue and records, with where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from studygroup.catalogue.items.table import Catalogue
from studygroup.errors import CatalogueError, Problem, SettingsError, StoreError, StudygroupError
from studygroup.group.settings import FILE
from studygroup.journal.current.forgotten import FILE as FORGOTTEN
from studygroup.journal.current.forgotten import Forgotten
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.scrubbing import scrub_files
from studygroup.journal.types.lines import decode
from studygroup.journal.types.record import PROGRAM, Record
from studygroup.journal.types.records import Person, Plan, Withdraw
from studygroup.journal.types.repair import RecordLine, check_lines, heal, scan
from studygroup.meeting.facts.syllabus import steps_of
from studygroup.storage.shared_files import odd_entries
from studygroup.text.text import comparable
from studygroup.workbook.forget import scrub
from studygroup.workbook.workbook import Workbook


def check_workbook(folder: Path) -> list[Problem]:
    """Return everything wrong in the workbook in ``folder``: settings, then catalogue and lists, then records."""
    odd = [*_odd_entries(folder)]
    places = [f"{problem.file}/" for problem in odd]
    # The reader says the same of what it came by.
    told = (problem for problem in _check(folder) if not any(f"{problem.file}/".startswith(place) for place in places))
    return [*told, *odd]


def _odd_entries(folder: Path) -> Iterator[Problem]:
    """Yield what is neither a folder nor a regular file where a workbook has its own files: git brings links."""
    for place in ("sessions", ".studygroup", "notebooks/templates"):
        for path, what in odd_entries(folder / place, folder):
            text = f"is {what}: nothing in it was read or shared. Move it away, or put the file or folder itself in its place"
            yield Problem(path.relative_to(folder).as_posix(), 0, "error", text)


def _check(folder: Path) -> list[Problem]:
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
    try:
        workbook.journal  # noqa: B018 - reading is the check
    except StoreError as error:
        # What is wrong with the catalogue is worth knowing all the same.
        return [*problems, Problem(f"{FILE} or STUDYGROUP_STORE", 0, "error", f"store: {error}")]
    readable = True
    try:
        workbook.catalogue.items  # noqa: B018 - reading is the check
        steps_of(workbook)
    except CatalogueError as error:
        readable = False
        if not catalogue:
            problems.append(Problem(FILE, 0, "error", f"tool.studygroup.syllabus: {error}"))
    problems.extend(_check_settings(workbook))
    lines = [*_lines(workbook)]
    problems.extend(_check_forgotten(lines, workbook.forgotten()))
    problems.extend(_unreadable_files(workbook))
    problems.extend(check_lines(lines, workbook.clock()))
    problems.extend(_check_records(workbook, readable, lines))
    problems.extend(_check_people(workbook, lines))
    return problems


def fix_workbook(folder: Path) -> list[Problem]:
    """Take out what came back of people who were forgotten, move bad lines out of the way, and return what was done.

    Raises
    ------
    NotSavedError
        The store refused; nothing was lost.
    """
    try:
        workbook = Workbook.open(folder)
    except SettingsError:
        # The records are put right all the same, where they are files.
        return [*scrub_files(folder / "sessions"), *heal(folder / "sessions")]
    done = scrub(workbook)
    if not isinstance(workbook.store, FilesStore):
        done += workbook.store.set_aside()
    return [*done, *heal(workbook.folder / "sessions")]


def _lines(workbook: Workbook) -> Iterator[RecordLine]:
    """Yield every line of the journal that is looked at."""
    if isinstance(workbook.store, FilesStore):
        yield from scan(workbook.store.folder)
    else:
        yield from (row for row in workbook.store.rows() if row.aside is None)


def _check_forgotten(lines: list[RecordLine], forgotten: Forgotten) -> Iterator[Problem]:
    """Yield what came back of people who were forgotten, and tombstones that no one can read; take the former from the lines."""
    for number in forgotten.errors:
        text = "no tombstone, so someone may not stay forgotten; bring the line back from git or a backup"
        yield Problem(f"sessions/{FORGOTTEN}", number, "error", text)
    for number, line in enumerate(lines if forgotten else ()):
        if (scrubbed := forgotten.without_gone(line.data)) == line.data:
            continue
        lines[number] = msgspec.structs.replace(line, data=scrubbed, record=decode(scrubbed)) if scrubbed else line
        text = "contains what someone asked to have forgotten, and is not shown; `studygroup check --fix` takes it out"
        yield Problem(line.place, line.number, "warning", text)


def _unreadable_files(workbook: Workbook) -> Iterator[Problem]:
    """Yield the files and folders that the reader could not look into."""
    if isinstance(workbook.store, FilesStore):
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


def _entries(catalogue: Catalogue) -> frozenset[str]:
    """Return the entries of all lists, as ``list/entry``, also those that a list had before."""
    former = zip(catalogue.former["list"], catalogue.former["entry"], strict=True)
    present = ((name, entry) for name, frame in catalogue.lists.items() for entry in frame["entry"])
    return frozenset(f"{name}/{entry}" for name, entry in (*present, *former))


def _check_records(workbook: Workbook, readable: bool, lines: list[RecordLine]) -> Iterator[Problem]:
    """Yield what records name that is not there; items and entries only where the catalogue is readable."""
    places = {line.envelope.id: line for line in lines if line.envelope}
    known = _Known(
        people=frozenset(workbook.people),
        items=frozenset(workbook.catalogue.items["id"]) if readable else None,
        entries=_entries(workbook.catalogue) if readable else None,
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


def _check_people(workbook: Workbook, lines: list[RecordLine]) -> Iterator[Problem]:
    """Yield the ids that two people may share, as when two clones each added someone of that name."""
    places = {line.envelope.id: line for line in lines if line.envelope}
    added: dict[str, dict[str, Person]] = {}
    for record in workbook.journal.records:
        if isinstance(record, Person) and not record.replaces and workbook.latest(Withdraw, record.id) is None:
            added.setdefault(record.member, {}).setdefault(comparable(record.name), record)
    for member, people in added.items():
        for person in [*people.values()][1:]:
            first = next(iter(people.values())).name
            text = (
                f"{person.name!r} was added as {member}, and so was {first!r} before, as on two clones at once: all that either "
                f"enters counts as the other's too. If they are two people, undo this with `studygroup undo {person.id}` and "
                "add them again"
            )
            line = places.get(person.id)
            yield Problem(line.place if line else f"record {person.id}", line.number if line else 0, "warning", text)


class _Known(msgspec.Struct, frozen=True):
    """What records can name; None where it could not be read."""

    people: frozenset[str]
    items: frozenset[str] | None
    entries: frozenset[str] | None
    types: dict[str, str]


def _wrong_names(record: Record, known: _Known, workbook: Workbook) -> Iterator[str]:
    author = set() if record.by == PROGRAM and record.by_program else {record.by}
    for member in sorted({*author, *record.members} - known.people):
        yield f"{member!r} is not on the roster; to add them: studygroup member add NAME"
    # What a session read is kept as it was, whether or not the catalogue still has it.
    kept = {item for read in record.reads for item in read.items}
    for item in sorted({*record.named_items} - kept - known.items if known.items is not None else ()):
        yield f"{item!r} is not in the catalogue; a record keeps its item, so bring it back or enter what should be current"
    kept = {read.entry for read in record.reads}
    for reference in sorted({*record.named_entries} - kept - known.entries if known.entries is not None else ()):
        yield f"{reference!r} is no longer an entry of a list; plan the session again with what it read"
    for field, kind in record.record_fields:
        if (name := getattr(record, field)) and known.types.get(name) != (kind or known.types.get(name, "")):
            yield f"{field} names {name}, which is no {kind or 'record'} here; it may arrive with the next sync"
    if record.in_session and not isinstance(record, Plan):
        try:
            workbook.schedule.find(record.session)
        except StudygroupError as error:
            yield str(error)
