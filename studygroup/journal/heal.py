"""Looking at records files line by line: what is wrong, and moving bad lines out of the way without losing them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from studygroup.atomic import locked, write_all_atomically
from studygroup.errors import NotSavedError, Problem, RecordError
from studygroup.journal.lines import decode
from studygroup.journal.record import VERSION, Envelope, Record, Unknown

QUARANTINE = "quarantine"
# A clock may be wrong by so much before anybody needs to look at it.
_TOLERANCE = timedelta(minutes=10)
_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


class Line(msgspec.Struct, frozen=True):
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


def scan(folder: Path) -> Iterator[Line]:
    """Yield every line of the records files under ``folder`` (a workbook's ``sessions/``) that is not blank, in order."""
    for path in sorted(folder.glob("*/records/*.jsonl")):
        try:
            data = path.read_bytes()
        except OSError:
            # The reader reports files that cannot be read.
            continue
        yield from _lines(path, folder, data)


def _lines(path: Path, folder: Path, data: bytes) -> Iterator[Line]:
    place = path.relative_to(folder.parent).as_posix()
    pieces = data.split(b"\n")
    offset = 0
    for number, piece in enumerate(pieces, start=1):
        start, offset = offset, offset + len(piece) + 1
        if not piece.strip():
            continue
        whole = number < len(pieces)
        try:
            yield Line(path, place, number, start, piece, decode(piece), whole=whole)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
            yield Line(path, place, number, start, piece, error=str(error), whole=whole)


def check_lines(lines: Iterable[Line], now: datetime) -> Iterator[Problem]:
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
            newer = f"version {envelope.v}" if envelope.v > VERSION else f"type {line.record.envelope.type!r}"
            text = f"a record of {newer}, which this program does not know; it is kept and not used. A newer studygroup may know it"
            yield Problem(line.place, line.number, "warning", text)
        if (line.path, line.number, line.data) in losers:
            text = f"the id {envelope.id} occurs with different content; the smaller bytes are used, not this line; --fix moves it away"
            yield Problem(line.place, line.number, "error", text)
        if (envelope.session, envelope.by) != (line.path.parent.parent.name, line.path.stem):
            where = f"sessions/{envelope.session}/records/{envelope.by}.jsonl"
            text = f"the record belongs in {where}, so somebody moved or copied it; it is used all the same"
            yield Problem(line.place, line.number, "warning", text)
        yield from _check_clock(line, envelope.at, before.get(line.path), now)
        if envelope.at <= now + _TOLERANCE:
            # One fast clock would otherwise make all that follows look late.
            before[line.path] = max(envelope.at, before.get(line.path, envelope.at))


def _check_clock(line: Line, at: datetime, before: datetime | None, now: datetime) -> Iterator[Problem]:
    if at > now + _TOLERANCE:
        text = f"entered at {at:%Y-%m-%d %H:%M} UTC, which is still to come: a clock was fast. Corrections made later hold all the same"
        yield Problem(line.place, line.number, "warning", text)
    elif before is not None and at < before - _TOLERANCE:
        back = before - at
        above = "the line above it" if line.number else "what they had saved by then"
        text = f"entered {_ago(back)} before {above}: a clock ran backwards, or two clones were merged. The later time holds"
        yield Problem(line.place, line.number, "note", text)


def _ago(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _what(line: Line) -> str:
    """Return what a line that is no record probably is."""
    if line.data.startswith(_MARKERS):
        return "a merge left its conflict marker here; the records on both sides of it are used"
    if line.data.startswith(b'{"v":') and not line.data.rstrip().endswith(b"}"):
        return "a record that was cut off, as when the machine stops before a save is acknowledged; it is not used"
    return f"no record: {line.error}; it is not used"


def _losers(lines: Iterable[Line]) -> list[Line]:
    """Return the lines whose id also occurs with smaller bytes."""
    by_id: dict[str, list[Line]] = {}
    for line in lines:
        if line.whole and line.envelope is not None:
            by_id.setdefault(line.envelope.id, []).append(line)
    return [line for same in by_id.values() if len(same) > 1 for line in same if line.data != min(other.data for other in same)]


def bad_lines(lines: Iterable[Line]) -> list[Line]:
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
            with locked(path):
                done += _heal_file(path, folder, losers)
        except OSError as error:
            raise NotSavedError(
                f"{path} could not be put right: {error.strerror or error}. Its lines are as they were."
            ) from error
    return done


def _heal_file(path: Path, folder: Path, losers: set[tuple[Path, bytes]]) -> Iterator[Problem]:
    """Put one file right; its lock is held, so nobody is writing to it."""
    data = path.read_bytes()
    lines = [*_lines(path, folder, data)]
    bad = [line for line in lines if line.record is None or (path, line.data) in losers]
    ended = bool(data) and not data.endswith(b"\n")
    if not bad and not ended:
        return
    shelf = path.parent / QUARANTINE / path.name
    if bad:
        shelf.parent.mkdir(exist_ok=True)
        handle = os.open(shelf, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            kept = shelf.read_bytes().split(b"\n")
            os.write(handle, b"".join(line.data + b"\n" for line in bad if line.data not in kept))
            os.fsync(handle)
        finally:
            os.close(handle)
    gone = {line.number for line in bad}
    pieces = data.split(b"\n")
    rest = [piece for number, piece in enumerate(pieces, start=1) if number not in gone]
    write_all_atomically({path: b"".join(piece + b"\n" for piece in rest if piece.strip())})
    for line in bad:
        text = f"moved to {shelf.relative_to(folder.parent).as_posix()}"
        yield Problem(line.place, line.number, "note", text)
    if ended and lines and lines[-1].number not in gone:
        yield Problem(lines[-1].place, lines[-1].number, "note", "the last line got its end, and is used now")
