"""Forgetting a person, and giving a person everything that is held about them.

The one exception to append-only: lines are rewritten. In a database that is one transaction. In files the tombstone goes
first, so that an interrupted run is taken up by ``studygroup check --fix``, and so that lines that a later merge or copy
brings back are scrubbed too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.current.forgotten import (
    Tombstone,
    display_name,
    new_tombstone,
    without_names,
)
from studygroup.journal.current.journal import Journal
from studygroup.journal.current.names import NameFinder
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.archive import write_archive
from studygroup.journal.keeping.copying import FilesLines
from studygroup.journal.keeping.scrubbing import scrub_files
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Material, Person, Proposal
from studygroup.storage.shared_files import files_below, find_files, is_file, read_file, remove_file, remove_folder
from studygroup.text.text import make_id, plain_list
from studygroup.workbook.workbook import Workbook

_GENERATED = re.compile(r"(agenda|report)(?:\.failed)?\.(?:ipynb|html|md|pdf)")
_CACHES = re.compile(r"journal.*|site-made")
"""What ``.studygroup`` keeps of what was read or written, to be quicker the next time."""
_LINKS = "links.sqlite"
"""The members' invite links, out of which ``web`` takes a member itself."""


class ErasurePlan(msgspec.Struct, frozen=True):
    """What forgetting someone will do, or did.

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
        ]
        if self.pages:
            made_of = plain_list(sorted({f"{page.parent.name}/{page.name.partition('.')[0]}" for page in self.pages}))
            lines.append(
                f"  {_counted(len(self.pages), 'generated file')} with the name removed ({made_of}), to be made again."
            )
        return "\n".join([*lines, *(f"  Left to you: {place}" for place in self.left)])


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def plan_erasure(workbook: Workbook, wanted: str) -> ErasurePlan:
    """Return what forgetting a member would do; nothing is changed.

    Raises
    ------
    RecordError
        There is no one of that id or name, or they were forgotten before.
    """
    member = workbook.member(wanted)
    pseudonyms = {one.pseudonym for one in workbook.forgotten().tombstones}
    if member in pseudonyms:
        raise RecordError(f"{member} was forgotten before; there is nothing left to forget.")
    journal = workbook.journal
    names = names_of(journal.records, member)
    finder = NameFinder.of((*names, member))
    return ErasurePlan(
        member=member,
        names=names,
        pseudonym=make_id("Former member", taken={*workbook.people, *pseudonyms}),
        typed=sum(one.by == member for one in journal.records) + sum(one.envelope.by == member for one in journal.unknown),
        about=sum(one.by != member and member in one.members for one in journal.records),
        mentions=len(_mentions(journal, member, finder)),
        pages=tuple(_generated_with(workbook.folder, finder)),
        left=tuple(_left(workbook, member, names)),
    )


def names_of(records: Iterable[Record], member: str) -> tuple[str, ...]:
    """Return every name that a member ever had, in the order of time."""
    return tuple(dict.fromkeys(one.name for one in records if isinstance(one, Person) and one.member == member))


def _mentions(journal: Journal, member: str, finder: NameFinder) -> list[str]:
    """Return the ids of records of others, about others, that hold the name in a text."""
    others = (one for one in journal.records if one.by != member and getattr(one, "member", "") != member)
    found = [one.id for one in others if any(finder.is_in(text) for text in texts_of(one))]
    unknown = (one for one in journal.unknown if one.envelope.by != member)
    return found + [one.envelope.id for one in unknown if finder.is_in(one.line.decode(errors="replace"))]


def texts_of(record: Record) -> list[str]:
    """Return what a record holds of prose."""
    held = (getattr(record, field) for field in record.text_fields)
    return [text for value in held for text in ((value,) if isinstance(value, str) else value or ())]


def _left(workbook: Workbook, member: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what no program should decide, or can reach."""
    if _in_files(workbook):
        yield "git's history, which is not covered: anyone who has a clone can still read it"
    else:
        yield "the database's own backups and logs, and its disk until someone runs VACUUM FULL studygroup_record"
        if find_files(workbook.folder, "sessions", "*", "records", "*.jsonl"):
            yield "git's history of the records files that are also here: they are rewritten, their past is not"
    if member in workbook.settings.facilitators:
        yield "pyproject.toml names them in facilitators"
    records = workbook.journal.records
    if links := sum(isinstance(one, Material | Proposal) and bool(one.url) and one.by == member for one in records):
        yield f"{_counted(links, 'link')} that they added, as addresses may name someone: studygroup show materials, proposals"
    finder, parts = NameFinder.of((*names, member)), NameFinder.of(word for name in names for word in name.split())
    own = _own_files(workbook.folder, member)
    for path in _others_with(workbook.folder, finder):
        if path not in own:
            yield f"{path.relative_to(workbook.folder).as_posix()}, which holds the name and was not generated"
    texts = (finder.replaced(text, "") for one in records if one.by != member for text in texts_of(one))
    if partly := sum(map(parts.is_in, texts)):
        yield f"{_counted(partly, 'text')} of others that may call them by a part of the name: studygroup history"


def _in_files(workbook: Workbook) -> bool:
    return isinstance(workbook.store, FilesStore)


def _generated_with(folder: Path, finder: NameFinder) -> list[Path]:
    """Return the generated files with a name, and those made together with them: in a PDF no one can look."""
    made = {path: found[1] for path in find_files(folder, "sessions", "*", "*") if (found := _GENERATED.fullmatch(path.name))}
    named = {(path.parent, stem) for path, stem in made.items() if _holds(path, finder, folder)}
    return sorted(path for path, stem in made.items() if (path.parent, stem) in named)


def _others_with(folder: Path, finder: NameFinder) -> list[Path]:
    """Return the files beside records and generated ones that hold a name."""
    beside = [path for path in find_files(folder, "sessions", "*", "*") if not _GENERATED.fullmatch(path.name)]
    private = [
        path for path in files_below(folder / ".studygroup", folder) if path.name != _LINKS and not _CACHES.fullmatch(path.name)
    ]
    return sorted(path for path in (*beside, *private) if _holds(path, finder, folder))


def _holds(path: Path, finder: NameFinder, root: Path) -> bool:
    """Whether a file holds a name; HTML writes some letters of it in other ways."""
    try:
        return finder.is_in(html.unescape(read_file(path, root).decode(errors="replace")))
    except OSError:
        return False


def _own_files(folder: Path, member: str) -> list[Path]:
    """Return a member's drafts, and the note that they are the one who enters things here."""
    me = folder / ".studygroup" / "me"
    drafts = find_files(folder, ".studygroup", "drafts", member, "*")
    is_me = is_file(me, folder) and read_file(me, folder).decode(errors="replace").strip() == member
    return [*drafts, *([me] if is_me else [])]


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


def forget(workbook: Workbook, erasure: ErasurePlan) -> list[Problem]:
    """Do what a erasure says, and return what was done, a note a place.

    Raises
    ------
    RecordError
        Someone else took the pseudonym meanwhile; nothing was changed.
    NotSavedError
        The store refused. A database is as it was; in files ``studygroup check --fix`` goes on where it stopped.
    """
    folder = workbook.folder / "sessions"

    def bury(journal: Journal) -> list[Tombstone]:
        """What others entered since the plan was made counts too."""
        if any(isinstance(one, Person) and one.member == erasure.pseudonym for one in journal.records):
            raise RecordError(f"{erasure.pseudonym} became someone else’s id a moment ago; please start again.")
        names = names_of(journal.records, erasure.member) or erasure.names
        mentions = _mentions(journal, erasure.member, NameFinder.of((*names, erasure.member)))
        return [new_tombstone(erasure.member, erasure.pseudonym, workbook.clock(), names, mentions)]

    done: list[Problem] = []
    store = workbook.store
    try:
        if isinstance(store, FilesStore):
            FilesLines(folder).add_tombstones(bury(store.read()))
        else:
            done.append(_scrubbed_note(store.name, store.scrub(bury)))
            _carry_tombstones(workbook)
        done += scrub_files(folder)
        for path in (*erasure.pages, *_own_files(workbook.folder, erasure.member)):
            remove_file(path, workbook.folder)
        with suppress(FileNotFoundError):
            remove_folder(workbook.folder / ".studygroup" / "drafts" / erasure.member, workbook.folder)
        for path in find_files(workbook.folder, ".studygroup", "*"):
            if _CACHES.fullmatch(path.name):
                remove_file(path, workbook.folder)
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
        _carry_tombstones(workbook)
    return [*done, *scrub_files(workbook.folder / "sessions")]


def _scrubbed_note(place: str, changed: int) -> Problem:
    return Problem(place, 0, "note", f"what is to be forgotten was taken out of {_counted(changed, 'record')}")


def _carry_tombstones(workbook: Workbook) -> None:
    """Have the records files that lie beside a journal in a database forget whom that forgot."""
    files = FilesLines(workbook.folder / "sessions")
    if find_files(workbook.folder, "sessions", "*", "records", "*.jsonl"):
        files.add_tombstones(workbook.forgotten().tombstones)


def held_about(workbook: Workbook, wanted: str) -> dict[str, Any]:
    """Return everything that is held about a member: what they typed, what names them, and texts and pages that name them.

    Raises
    ------
    RecordError
        There is no one of that id or name.
    """
    member = workbook.member(wanted)
    journal = workbook.journal
    finder = NameFinder.of((*names_of(journal.records, member), member))
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
    files = [*_generated_with(workbook.folder, finder), *_others_with(workbook.folder, finder)]
    names = [path.relative_to(workbook.folder).as_posix() for path in files]
    drafts = [
        read_file(path, workbook.folder).decode(errors="replace")
        for path in _own_files(workbook.folder, member)
        if path.name != "me"
    ]
    return {"member": member, "name": workbook.people[member].name, **groups, "drafts": drafts, "files": names}
