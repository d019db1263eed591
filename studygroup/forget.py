"""Forgetting a person, and giving a person everything that is held about them.

The one exception to append-only: lines are rewritten. A tombstone goes first, so that an interrupted run is taken up by
``studygroup check --fix``, and so that lines that a later merge brings back are scrubbed too.
"""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from studygroup.atomic import locked, write_all_atomically
from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.files import FilesStore
from studygroup.journal.forgotten import (
    Forgotten,
    bury,
    display_name,
    names_pattern,
    new_tombstone,
    read_forgotten,
    without_names,
)
from studygroup.journal.heal import QUARANTINE
from studygroup.journal.lines import decode, encode
from studygroup.journal.record import Record
from studygroup.journal.records import Person
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
            f"  {self.typed} records they typed and {self.about} about them lose their texts and keep their numbers;",
            f"  their name is taken out of {self.mentions} texts of others;",
            f"  {len(self.pages)} generated pages that hold the name are removed, and can be made again.",
        ]
        return "\n".join([*lines, *(f"  Left to you: {place}" for place in self.left)])


def plan_farewell(workbook: Workbook, wanted: str) -> Farewell:
    """Return what forgetting a member would do; nothing is changed.

    Raises
    ------
    RecordError
        There is nobody of that id or name, or the journal is not in files.
    """
    _check_files(workbook)
    member = workbook.member(wanted)
    records = workbook.journal.records
    names = tuple(dict.fromkeys(one.name for one in records if isinstance(one, Person) and one.member == member))
    pattern = names_pattern((*names, member))
    others = [one for one in records if one.by != member and getattr(one, "member", "") != member]
    mentions = sum(without_names(one, pattern, "") is not one for one in others) if pattern else 0
    pages = tuple(path for path in _pages(workbook.folder) if pattern and pattern.search(path.read_text(errors="replace")))
    left = ["git's history, which is not covered: who has a clone can still read it"]
    if member in workbook.settings.facilitators:
        left.append("pyproject.toml names them in facilitators")
    return Farewell(
        member=member,
        names=names,
        pseudonym=make_id("Former member", taken=workbook.people),
        typed=sum(one.by == member for one in records),
        about=sum(one.by != member and member in one.members for one in records),
        mentions=mentions,
        pages=pages,
        left=tuple(left),
    )


def _check_files(workbook: Workbook) -> None:
    if not isinstance(workbook.store, FilesStore):
        raise RecordError("The journal is in a database; forgetting there is a database administrator's work for now.")


def _pages(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / "sessions").glob("*/*")) if _GENERATED.fullmatch(path.name)]


def back_up(workbook: Workbook, folder: Path) -> Path:
    """Write all of ``sessions/`` to an archive in ``folder``, readable by its owner only, and return its path.

    Raises
    ------
    NotSavedError
        It could not be written.
    """
    path = folder / f"{workbook.folder.name}-{workbook.clock():%Y%m%d-%H%M%S}.tar.gz"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                archive.add(workbook.folder / "sessions", arcname="sessions")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NotSavedError(f"No backup could be written to {path}: {error.strerror}. Nothing was changed.") from error
    return path


def forget(workbook: Workbook, farewell: Farewell) -> list[Problem]:
    """Do what a farewell says, and return what was done, a note a file.

    Raises
    ------
    NotSavedError
        The disk refused; ``studygroup check --fix`` goes on where it stopped.
    """
    folder = workbook.folder / "sessions"
    try:
        bury(folder, new_tombstone(farewell.member, farewell.pseudonym, workbook.clock()))
        pattern = names_pattern((*farewell.names, farewell.member))
        done = [*scrub_files(folder, pattern, display_name(farewell.pseudonym))]
        for page in farewell.pages:
            page.unlink(missing_ok=True)
        for cache in (workbook.folder / ".studygroup").glob("journal*"):
            cache.unlink(missing_ok=True)
    except OSError as error:
        raise NotSavedError(
            f"{error.filename or folder}: {error.strerror}. Some lines may be done and some not; mend this, then run "
            "`studygroup check --fix`, which goes on."
        ) from error
    return done


def scrub_files(folder: Path, pattern: re.Pattern[str] | None = None, instead: str = "") -> Iterator[Problem]:
    """Rewrite every records file that holds lines of somebody who was forgotten, and yield what was done.

    A forgotten person's lines move to the pseudonym's file. With a ``pattern``, names in others' texts become ``instead``.
    """
    forgotten = read_forgotten(folder)
    for path in sorted(folder.glob("*/records/*.jsonl")) if forgotten or pattern else ():
        with locked(path):
            lines = path.read_bytes().split(b"\n")
            scrubbed = [_scrubbed(line, forgotten, pattern, instead) if line.strip() else line for line in lines]
            target = path.with_name(f"{forgotten.name(path.stem)}.jsonl")
            if scrubbed == lines and target == path:
                continue
            if target == path:
                write_all_atomically({path: b"\n".join(scrubbed)})
            else:
                _move(path, target, scrubbed)
        if target != path:
            # The lock's name is the person's.
            path.with_name(f".{path.name}.lock").unlink(missing_ok=True)
        place = path.relative_to(folder.parent).as_posix() if target == path else target.relative_to(folder.parent).as_posix()
        yield Problem(place, 0, "note", "what is to be forgotten was taken out")
    for shelf in folder.glob(f"*/records/{QUARANTINE}/*.jsonl") if forgotten else ():
        if forgotten.is_gone(shelf.stem):
            shelf.unlink()


def _scrubbed(line: bytes, forgotten: Forgotten, pattern: re.Pattern[str] | None, instead: str) -> bytes:
    done = forgotten.scrub_line(line)
    if pattern is None or not pattern.search(done.decode(errors="replace")):
        return done
    try:
        record = decode(done)
    except Exception:
        return done
    changed = without_names(record, pattern, instead) if isinstance(record, Record) else record
    return encode(changed) if isinstance(changed, Record) and changed is not record else done


def _move(path: Path, target: Path, lines: Iterable[bytes]) -> None:
    """Put lines into the pseudonym's file and remove the person's; both locks are held."""
    with locked(target):
        there = target.read_bytes().split(b"\n") if target.exists() else []
        known = set(there)
        joined = [*there, *(line for line in lines if line not in known)]
        write_all_atomically({target: b"".join(line + b"\n" for line in joined if line.strip())})
        path.unlink()


def held_about(workbook: Workbook, wanted: str) -> dict[str, Any]:
    """Return everything that is held about a member: what they typed, what names them, and texts that name them.

    Raises
    ------
    RecordError
        There is nobody of that id or name.
    """
    member = workbook.member(wanted)
    records = workbook.journal.records
    person = workbook.people[member]
    pattern = names_pattern({one.name for one in records if isinstance(one, Person) and one.member == member} | {member})
    groups: dict[str, list[Any]] = {"typed": [], "about": [], "mentioned": []}
    for record in records:
        if record.by == member:
            groups["typed"].append(msgspec.to_builtins(record))
        elif member in record.members:
            groups["about"].append(msgspec.to_builtins(record))
        elif pattern and without_names(record, pattern, "") is not record:
            groups["mentioned"].append(msgspec.to_builtins(record))
    unknown = [msgspec.json.decode(one.line) for one in workbook.journal.unknown if one.envelope.by == member]
    return {"member": member, "name": person.name, **groups, "unknown": unknown}
