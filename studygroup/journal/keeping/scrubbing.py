"""Taking out of records files what is to be forgotten, as tombstones say; run again, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from studygroup.errors import Problem
from studygroup.journal.current.forgotten import Forgotten, is_record, read_forgotten
from studygroup.journal.types.repair import QUARANTINE, records_files
from studygroup.storage.atomic import locked, write_all_atomically
from studygroup.storage.shared_files import exists, find_files, read_file, remove_file


def scrub_files(folder: Path) -> Iterator[Problem]:
    """Rewrite every records file that holds lines of someone who was forgotten, and yield what was done.

    A forgotten person's lines move to the pseudonym's file. Lines that are no records and name them go.
    """
    forgotten = read_forgotten(folder)
    root = folder.parent
    for path in records_files(folder) if forgotten else ():
        with locked(path, root):
            lines = read_file(path, root).split(b"\n")
            target = path.with_name(f"{forgotten.name(path.stem)}.jsonl")
            scrubbed = [_without(line, forgotten, target != path) if line.strip() else line for line in lines]
            if scrubbed == lines and target == path:
                continue
            if target == path:
                write_all_atomically({path: _joined(scrubbed, whole=not lines[-1])}, root)
            else:
                _move(path, target, scrubbed, root)
        if target != path:
            # The lock's name is the person's.
            remove_file(path.with_name(f".{path.name}.lock"), root)
        yield Problem(target.relative_to(folder.parent).as_posix(), 0, "note", "what is to be forgotten was taken out")
    for shelf in find_files(root, folder.name, "*", "records", QUARANTINE, "*.jsonl") if forgotten else ():
        yield from _scrub_shelf(shelf, folder, forgotten)


def _without(line: bytes, forgotten: Forgotten, is_theirs: bool) -> bytes:
    """Return a line as it may stay; of what someone who is gone had in their file, no line that is no record."""
    kept = forgotten.without_gone(line)
    return b"" if is_theirs and kept == line and not is_record(line) else kept


def _scrub_shelf(shelf: Path, folder: Path, forgotten: Forgotten) -> Iterator[Problem]:
    """Take what is to be forgotten from lines in quarantine."""
    lines = read_file(shelf, folder.parent).split(b"\n")
    kept = [] if forgotten.is_gone(shelf.stem) else [forgotten.without_gone(line) for line in lines if line.strip()]
    if kept == [line for line in lines if line.strip()]:
        return
    if any(kept):
        write_all_atomically({shelf: _joined(kept, whole=True)}, folder.parent)
    else:
        remove_file(shelf, folder.parent)
    place = shelf if any(kept) else shelf.parent
    yield Problem(place.relative_to(folder.parent).as_posix(), 0, "note", "what is to be forgotten was taken out")


def _joined(lines: Iterable[bytes], whole: bool) -> bytes:
    """Return lines as a file; without a line end at its end where the last of them is not ``whole``."""
    data = b"".join(line + b"\n" for line in lines if line.strip())
    return data if whole else data.removesuffix(b"\n")


def _move(path: Path, target: Path, lines: Iterable[bytes], root: Path) -> None:
    """Put lines into the pseudonym's file and remove the person's; both locks are held."""
    with locked(target, root):
        there = read_file(target, root).split(b"\n") if exists(target, root) else []
        known = set(there)
        write_all_atomically({target: _joined([*there, *(line for line in lines if line not in known)], whole=True)}, root)
        remove_file(path, root)
