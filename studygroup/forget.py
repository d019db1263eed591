"""Forgetting a person, and giving a person everything that is held about them.

The one exception to append-only: lines are rewritten. In a database that is one transaction. In files the tombstone goes
first, so that an interrupted run is taken up by ``studygroup check --fix``, and so that lines that a later merge or copy
brings back are scrubbed too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from studygroup.atomic import locked, write_all_atomically
from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.archive import write_archive
from studygroup.journal.copying import FilesLines
from studygroup.journal.files import FilesStore
from studygroup.journal.forgotten import (
    Forgotten,
    Tombstone,
    display_name,
    is_record,
    new_tombstone,
    read_forgotten,
    without_names,
)
from studygroup.journal.heal import QUARANTINE
from studygroup.journal.journal import Journal
from studygroup.journal.names import Names
from studygroup.journal.record import Record
from studygroup.journal.records import Material, Person
from studygroup.text import make_id
from studygroup.workbook import Workbook

_GENERATED = re.compile(r"(?:agenda|report)(?:\.failed)?\.(?:ipynb|html|md|pdf)")


class Farewell(msgspec.Struct, frozen=True):
    """What forgetting somebody will do, or did.

    ``typed`` counts their records, ``about`` those of others that name their id, ``mentions`` others' texts with their name.
    ``pages`` are generated pages that hold the name and go; ``left`` are places that a person must look at.
    """

    member: str
    names: tuple[str, ...]
    pseudonym: str
    typed: int
    about: int
    mentions: int
    pages: tuple[Path, ...]
    left: tuple[str, ...]

    def __str__(self) -> str:
        """Return it in a few lines."""
        lines = [
            f"{' / '.join(self.names)} ({self.member}) becomes {display_name(self.pseudonym)} ({self.pseudonym}):",
            f"  {_counted(self.typed, 'record')} they typed and {self.about} about them lose their texts and keep their numbers;",
            f"  their name is taken out of {_counted(self.mentions, 'text')} of others;",
            f"  {_counted(len(self.pages), 'generated page')} with the name removed, to be made again.",
        ]
        return "\n".join([*lines, *(f"  Left to you: {place}" for place in self.left)])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def plan_farewell(workbook: Workbook, wanted: str) -> Farewell:
    """Return what forgetting a member would do; nothing is changed.

    Raises
    ------
    RecordError
        There is nobody of that id or name, or they were forgotten before.
    """
    member = workbook.member(wanted)
    pseudonyms = {one.pseudonym for one in read_tombstones(workbook).tombstones}
    if member in pseudonyms:
        raise RecordError(f"{member} is somebody who was forgotten before; there is nothing left to forget.")
    journal = workbook.journal
    names = names_of(journal.records, member)
    finder = Names.of((*names, member))
    return Farewell(
        member=member,
        names=names,
        pseudonym=make_id("Former member", taken={*workbook.people, *pseudonyms}),
        typed=sum(one.by == member for one in journal.records) + sum(one.envelope.by == member for one in journal.unknown),
        about=sum(one.by != member and member in one.members for one in journal.records),
        mentions=len(_mentions(journal, member, finder)),
        pages=tuple(path for path in _pages(workbook.folder) if _holds(path, finder)),
        left=tuple(_left(workbook, member, names)),
    )


def names_of(records: Iterable[Record], member: str) -> tuple[str, ...]:
    """Return every name that a member ever had, in the order of time."""
    return tuple(dict.fromkeys(one.name for one in records if isinstance(one, Person) and one.member == member))


def _mentions(journal: Journal, member: str, finder: Names) -> list[str]:
    """Return the ids of records of others, about others, that hold the name in a text."""
    others = (one for one in journal.records if one.by != member and getattr(one, "member", "") != member)
    found = [one.id for one in others if any(finder.is_in(text) for text in texts_of(one))]
    unknown = (one for one in journal.unknown if one.envelope.by != member)
    return found + [one.envelope.id for one in unknown if finder.is_in(one.line.decode(errors="replace"))]


def texts_of(record: Record) -> list[str]:
    """Return what a record holds of prose."""
    return [getattr(record, field) for field in record.text_fields]


def _left(workbook: Workbook, member: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what no program should decide, or can reach."""
    if _in_files(workbook):
        yield "git's history, which is not covered: who has a clone can still read it"
    else:
        yield "the database's own backups and logs, and its disk until somebody runs VACUUM FULL studygroup_record"
        if next((workbook.folder / "sessions").glob("*/records/*.jsonl"), None):
            yield "git's history of the records files that are also here: they are rewritten, their past is not"
    if member in workbook.settings.facilitators:
        yield "pyproject.toml names them in facilitators"
    records = workbook.journal.records
    if links := sum(isinstance(one, Material) and one.by == member for one in records):
        yield f"{_counted(links, 'link')} that they added, as addresses may name somebody: studygroup show materials"
    finder, parts = Names.of((*names, member)), Names.of(word for name in names for word in name.split())
    texts = (finder.replaced(text, "") for one in records if one.by != member for text in texts_of(one))
    if partly := sum(map(parts.is_in, texts)):
        yield f"{_counted(partly, 'text')} of others that may call them by a part of the name: studygroup history"


def _in_files(workbook: Workbook) -> bool:
    return isinstance(workbook.store, FilesStore)


def read_tombstones(workbook: Workbook) -> Forgotten:
    """Return who was forgotten in the workbook's journal.

    Raises
    ------
    StoreError
        The database cannot be read.
    """
    store = workbook.store
    return read_forgotten(store.folder) if isinstance(store, FilesStore) else store.forgotten()


def _pages(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / "sessions").glob("*/*")) if _GENERATED.fullmatch(path.name)]


def _holds(page: Path, finder: Names) -> bool:
    """Whether a page holds a name; HTML writes some letters of it in other ways."""
    try:
        return finder.is_in(html.unescape(page.read_text(errors="replace")))
    except OSError:
        return False


def back_up(workbook: Workbook, folder: Path) -> Path:
    """Write all of ``sessions/`` and of the database to an archive in ``folder``, readable by its owner only; return its path.

    Raises
    ------
    NotSavedError
        It could not be written.
    """
    path = folder / f"{workbook.folder.name}-{workbook.clock():%Y%m%d-%H%M%S}.tar.gz"
    write_archive(path, workbook.folder / "sessions", None if isinstance(workbook.store, FilesStore) else workbook.store)
    return path


def forget(workbook: Workbook, farewell: Farewell) -> list[Problem]:
    """Do what a farewell says, and return what was done, a note a place.

    Raises
    ------
    RecordError
        Somebody else took the pseudonym meanwhile; nothing was changed.
    NotSavedError
        The store refused. A database is as it was; in files ``studygroup check --fix`` goes on where it stopped.
    """
    folder = workbook.folder / "sessions"

    def bury(journal: Journal) -> list[Tombstone]:
        """What others entered since the plan was made counts too."""
        if any(isinstance(one, Person) and one.member == farewell.pseudonym for one in journal.records):
            raise RecordError(f"{farewell.pseudonym} stands for somebody else since a moment ago; please start again.")
        names = names_of(journal.records, farewell.member) or farewell.names
        mentions = _mentions(journal, farewell.member, Names.of((*names, farewell.member)))
        return [new_tombstone(farewell.member, farewell.pseudonym, workbook.clock(), names, mentions)]

    done: list[Problem] = []
    store = workbook.store
    try:
        if isinstance(store, FilesStore):
            FilesLines(folder).add_tombstones(bury(store.read()))
        else:
            done.append(_scrubbed_note(store.name, store.scrub(bury)))
            _carryread_tombstones(workbook)
        done += scrub_files(folder)
        for page in farewell.pages:
            page.unlink(missing_ok=True)
        for cache in (workbook.folder / ".studygroup").glob("journal*"):
            cache.unlink(missing_ok=True)
    except OSError as error:
        raise NotSavedError(
            f"{error.filename or folder}: {error.strerror}. Some lines may be done and some not; mend this, then run "
            "`studygroup check --fix`, which goes on."
        ) from error
    workbook.reread()
    return done


def scrub(workbook: Workbook) -> list[Problem]:
    """Take out what came back of those who were forgotten, from the database and from files, and return what was done.

    Raises
    ------
    NotSavedError
        The store refused.
    """
    done: list[Problem] = []
    if not isinstance(workbook.store, FilesStore):
        if changed := workbook.store.scrub():
            done.append(_scrubbed_note(workbook.store.name, changed))
        _carryread_tombstones(workbook)
    return [*done, *scrub_files(workbook.folder / "sessions")]


def _scrubbed_note(place: str, changed: int) -> Problem:
    return Problem(place, 0, "note", f"what is to be forgotten was taken out of {_counted(changed, 'record')}")


def _carryread_tombstones(workbook: Workbook) -> None:
    """Have the records files that lie beside a journal in a database forget whom that forgot."""
    files = FilesLines(workbook.folder / "sessions")
    if next(files.folder.glob("*/records/*.jsonl"), None):
        files.add_tombstones(read_tombstones(workbook).tombstones)


def scrub_files(folder: Path) -> Iterator[Problem]:
    """Rewrite every records file that holds lines of somebody who was forgotten, and yield what was done.

    A forgotten person's lines move to the pseudonym's file. Lines that are no records and name them go.
    """
    forgotten = read_forgotten(folder)
    for path in sorted(folder.glob("*/records/*.jsonl")) if forgotten else ():
        with locked(path):
            lines = path.read_bytes().split(b"\n")
            target = path.with_name(f"{forgotten.name(path.stem)}.jsonl")
            scrubbed = [_without(line, forgotten, target != path) if line.strip() else line for line in lines]
            if scrubbed == lines and target == path:
                continue
            if target == path:
                write_all_atomically({path: _joined(scrubbed, whole=not lines[-1])})
            else:
                _move(path, target, scrubbed)
        if target != path:
            # The lock's name is the person's.
            path.with_name(f".{path.name}.lock").unlink(missing_ok=True)
        yield Problem(target.relative_to(folder.parent).as_posix(), 0, "note", "what is to be forgotten was taken out")
    for shelf in sorted(folder.glob(f"*/records/{QUARANTINE}/*.jsonl")) if forgotten else ():
        yield from _scrub_shelf(shelf, folder, forgotten)


def _without(line: bytes, forgotten: Forgotten, is_theirs: bool) -> bytes:
    """Return a line as it may stay; of what somebody who is gone had in their file, no line that is no record."""
    kept = forgotten.without_gone(line)
    return b"" if is_theirs and kept == line and not is_record(line) else kept


def _scrub_shelf(shelf: Path, folder: Path, forgotten: Forgotten) -> Iterator[Problem]:
    """Take what is to be forgotten from lines in quarantine."""
    lines = shelf.read_bytes().split(b"\n")
    kept = [] if forgotten.is_gone(shelf.stem) else [forgotten.without_gone(line) for line in lines if line.strip()]
    if kept == [line for line in lines if line.strip()]:
        return
    if any(kept):
        write_all_atomically({shelf: _joined(kept, whole=True)})
    else:
        shelf.unlink()
    place = shelf if any(kept) else shelf.parent
    yield Problem(place.relative_to(folder.parent).as_posix(), 0, "note", "what is to be forgotten was taken out")


def _joined(lines: Iterable[bytes], whole: bool) -> bytes:
    """Return lines as a file; without a line end at its end where the last of them is not ``whole``."""
    data = b"".join(line + b"\n" for line in lines if line.strip())
    return data if whole else data.removesuffix(b"\n")


def _move(path: Path, target: Path, lines: Iterable[bytes]) -> None:
    """Put lines into the pseudonym's file and remove the person's; both locks are held."""
    with locked(target):
        there = target.read_bytes().split(b"\n") if target.exists() else []
        known = set(there)
        write_all_atomically({target: _joined([*there, *(line for line in lines if line not in known)], whole=True)})
        path.unlink()


def held_about(workbook: Workbook, wanted: str) -> dict[str, Any]:
    """Return everything that is held about a member: what they typed, what names them, and texts and pages that name them.

    Raises
    ------
    RecordError
        There is nobody of that id or name.
    """
    member = workbook.member(wanted)
    journal = workbook.journal
    finder = Names.of((*names_of(journal.records, member), member))
    groups: dict[str, list[Any]] = {"typed": [], "about": [], "mentioned": [], "unknown": []}
    for record in journal.records:
        if record.by == member:
            groups["typed"].append(msgspec.to_builtins(record))
        elif member in record.members:
            groups["about"].append(msgspec.to_builtins(record))
        elif without_names(record, finder, "") is not record:
            groups["mentioned"].append(msgspec.to_builtins(record))
    for unknown in journal.unknown:
        if unknown.envelope.by == member or finder.is_in(unknown.line.decode(errors="replace")):
            groups["unknown"].append(msgspec.json.decode(unknown.line))
    pages = [page.relative_to(workbook.folder).as_posix() for page in _pages(workbook.folder) if _holds(page, finder)]
    return {"member": member, "name": workbook.people[member].name, **groups, "pages": pages}
