"""Looking at records files line by line: what is wrong, and moving bad lines out of the way without losing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.types.lines import decode, why_unused
from studygroup.journal.types.record import Envelope, Record, Unknown
from studygroup.storage.atomic import advice_on, locked, write_all_atomically
from studygroup.storage.shared_files import RefusedError, find_files, make_folder, read_file

QUARANTINE = "quarantine"
# A clock may be wrong by so much before anyone needs to look at it.
_TOLERANCE = timedelta(minutes=10)
_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


class RecordLine(msgspec.Struct, frozen=True):
    """One line of a records file: where it is, its bytes, and the record in it, or why there is none.

    ``whole`` is false for a last piece without a line end.
    """

    path: Path
    place: str
    number: int
    offset: int
    data: bytes
    record: Record | Unknown | None = None
    error: str = ""
    whole: bool = True

    @property
    def envelope(self) -> Envelope | Record | None:
        """What the record has in common with all others."""
        return self.record.envelope if isinstance(self.record, Unknown) else self.record


def records_files(folder: Path) -> list[Path]:
    """Return the records files under ``folder`` (a workbook's ``sessions/``), in order; links and other odd things are none."""
    return find_files(folder.parent, folder.name, "*", "records", "*.jsonl")


def scan(folder: Path) -> Iterator[RecordLine]:
    """Yield every line of the records files under ``folder`` (a workbook's ``sessions/``) that is not blank, in order."""
    for path in records_files(folder):
        try:
            data = read_file(path, folder.parent)
        except OSError:
            # The reader reports files that cannot be read.
            continue
        yield from _lines(path, folder, data)


def _lines(path: Path, folder: Path, data: bytes) -> Iterator[RecordLine]:
    place = path.relative_to(folder.parent).as_posix()
    pieces = data.split(b"\n")
    offset = 0
    for number, piece in enumerate(pieces, start=1):
        start, offset = offset, offset + len(piece) + 1
        if not piece.strip():
            continue
        whole = number < len(pieces)
        try:
            yield RecordLine(path, place, number, start, piece, decode(piece), whole=whole)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
            yield RecordLine(path, place, number, start, piece, error=str(error), whole=whole)


def check_lines(lines: Iterable[RecordLine], now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with records files, with what it means and what to do."""
    lines = list(lines)
    losers = {(line.path, line.number, line.data) for line in _losers(lines)}
    before: dict[Path, datetime] = {}
    for line in lines:
        envelope = line.envelope
        if not line.whole:
            text = "the last line has no end: it is being written at this moment, or was cut off; `studygroup check --fix` settles it"
            yield Problem(line.place, line.number, "note", text)
            continue
        if envelope is None:
            where = f" (byte {line.offset})" if line.number else ""
            yield Problem(line.place, line.number, "error", f"{_what(line)}{where}; `studygroup check --fix` moves it away")
            continue
        if isinstance(line.record, Unknown):
            yield Problem(line.place, line.number, "warning", why_unused(line.record))
        if (line.path, line.number, line.data) in losers:
            text = f"the id {envelope.id} occurs with different content; the smaller bytes are used, not this line; --fix moves it away"
            yield Problem(line.place, line.number, "error", text)
        if (envelope.session, envelope.by) != (line.path.parent.parent.name, line.path.stem):
            where = f"sessions/{envelope.session}/records/{envelope.by}.jsonl"
            text = f"the record belongs in {where}, so someone moved or copied it; it is used all the same"
            yield Problem(line.place, line.number, "warning", text)
        yield from _check_clock(line, envelope.at, before.get(line.path), now)
        if envelope.at <= now + _TOLERANCE:
            # One fast clock would otherwise make all that follows look late.
            before[line.path] = max(envelope.at, before.get(line.path, envelope.at))


def _check_clock(line: RecordLine, at: datetime, before: datetime | None, now: datetime) -> Iterator[Problem]:
    if at > now + _TOLERANCE:
        text = f"entered at {at:%Y-%m-%d %H:%M} UTC, which is still to come: a clock was fast. Later corrections still count"
        yield Problem(line.place, line.number, "warning", text)
    elif before is not None and at < before - _TOLERANCE:
        back = before - at
        above = "the line above it" if line.number else "what they had saved by then"
        text = f"entered {_ago(back)} before {above}: a clock ran backwards, or two clones were merged. The later time counts"
        yield Problem(line.place, line.number, "note", text)


def _ago(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _what(line: RecordLine) -> str:
    """Return what a line that is no record probably is."""
    if line.data.startswith(_MARKERS):
        return "a merge left its conflict marker here; the records on both sides of it are used"
    if line.data.startswith(b'{"v":') and not line.data.rstrip().endswith(b"}"):
        return "a record that was cut off, as when the machine stops before a save is acknowledged; it is not used"
    return f"no record: {line.error}; it is not used"


def _losers(lines: Iterable[RecordLine]) -> list[RecordLine]:
    """Return the lines whose id also occurs with smaller bytes."""
    by_id: dict[str, list[RecordLine]] = {}
    for line in lines:
        if line.whole and line.envelope is not None:
            by_id.setdefault(line.envelope.id, []).append(line)
    return [line for same in by_id.values() if len(same) > 1 for line in same if line.data != min(other.data for other in same)]


def bad_lines(lines: Iterable[RecordLine]) -> list[RecordLine]:
    """Return the lines that are no records, and those that an equal id's smaller bytes outdo."""
    lines = list(lines)
    return [*(line for line in lines if line.envelope is None), *_losers(lines)]


def heal(folder: Path) -> list[Problem]:
    """Move every line that is no record, or that an equal id's smaller bytes outdo, to ``records/quarantine/``.

    Nothing is deleted: a line is in quarantine, on the disk, before it leaves its file. A last piece without an end gets one
    when it is a record. Records of types and versions that are not known stay.

    Returns
    -------
    list of Problem
        What was done, a note a line.

    Raises
    ------
    NotSavedError
        The disk refused; lines are where they were, or in both places.
    """
    losers = {(line.path, line.data) for line in _losers(scan(folder))}
    done: list[Problem] = []
    for path in sorted({line.path for line in scan(folder)}):
        try:
            with locked(path, folder.parent):
                done += _heal_file(path, folder, losers)
        except RefusedError as error:
            text = f"was not put right, as {error.strerror}; move that away, then run `studygroup check --fix` again"
            done.append(Problem(path.relative_to(folder.parent).as_posix(), 0, "error", text))
        except OSError as error:
            raise NotSavedError(
                f"{path} could not be put right: {error.strerror or error}. Its lines are as they were. {advice_on(error)}."
            ) from error
    return done


def _heal_file(path: Path, folder: Path, losers: set[tuple[Path, bytes]]) -> Iterator[Problem]:
    """Put one file right; its lock is held, so no one is writing to it."""
    data = read_file(path, folder.parent)
    lines = [*_lines(path, folder, data)]
    bad = [line for line in lines if line.record is None or (path, line.data) in losers]
    ended = bool(data) and not data.endswith(b"\n")
    if not bad and not ended:
        return
    shelf = path.parent / QUARANTINE / path.name
    if bad:
        _put_aside(shelf, folder.parent, [line.data for line in bad])
    gone = {line.number for line in bad}
    pieces = data.split(b"\n")
    rest = [piece for number, piece in enumerate(pieces, start=1) if number not in gone]
    write_all_atomically({path: b"".join(piece + b"\n" for piece in rest if piece.strip())}, folder.parent)
    for line in bad:
        text = f"moved to {shelf.relative_to(folder.parent).as_posix()}"
        yield Problem(line.place, line.number, "note", text)
    if ended and lines and lines[-1].number not in gone:
        yield Problem(lines[-1].place, lines[-1].number, "note", "the last line got its end, and is used now")


def _put_aside(shelf: Path, root: Path, lines: list[bytes]) -> None:
    """Have lines in quarantine, on the disk, before they may leave their file; on an error nothing is added."""
    try:
        kept = read_file(shelf, root)
    except FileNotFoundError:
        make_folder(shelf.parent, root)
        kept = b""
    known = set(kept.split(b"\n"))
    new = [line for line in dict.fromkeys(lines) if line not in known]
    # Whole or not at all, and an unfinished last line stays one of its own.
    start = kept if not kept or kept.endswith(b"\n") else kept + b"\n"
    write_all_atomically({shelf: start + b"".join(line + b"\n" for line in new)}, root)
