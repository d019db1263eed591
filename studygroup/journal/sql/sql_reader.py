"""Reading the journal in PostgreSQL, and afterwards only the rows that were not there yet.

Each row names the transaction that wrote it. A reading remembers its snapshot: rows whose transaction had not ended in it are
new the next time, also where they were inserted long before and committed late. What was read in between is never read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from studygroup.errors import Problem, RecordError
from studygroup.journal.current.forgotten import Forgotten, parse_tombstone
from studygroup.journal.current.journal import Journal
from studygroup.journal.current.state import CurrentState
from studygroup.journal.types.bulk import all_make_sense, decode_whole
from studygroup.journal.types.lines import decode, why_unused
from studygroup.journal.types.record import Record, Unknown
from studygroup.storage.gc_paused import without_collecting

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PIECE = 10_000

# Both tables only grow, so their sizes tell whether anything was added.
_STATE = """
SELECT pg_current_snapshot()::text, (SELECT count(*) FROM studygroup_forgotten), (SELECT count(*) FROM studygroup_quarantine)
"""
_LINES = """
SELECT line FROM studygroup_record AS record
WHERE NOT EXISTS (SELECT FROM studygroup_quarantine AS aside WHERE aside.id = record.id AND aside.digest = record.digest)
"""
_NEW = """
AND transaction >= pg_snapshot_xmin(%(seen)s::pg_snapshot) AND NOT pg_visible_in_snapshot(transaction, %(seen)s::pg_snapshot)
"""
_OF_IDS = "AND id = ANY(%(ids)s)"


class _FoundLines:
    """What some lines hold."""

    def __init__(self) -> None:
        self.parts: list[list[Record]] = []
        self.unknown: list[Unknown] = []
        self.problems: list[Problem] = []

    @cached_property
    def records(self) -> list[Record]:
        return list(chain.from_iterable(self.parts))

    def take(self, lines: list[bytes]) -> None:
        """Decode lines, all at once where that goes."""
        records = decode_whole(b"".join(line + b"\n" for line in lines))
        if records is not None and len(records) == len(lines) and all_make_sense(records):
            self.parts.append(records)
        else:
            self.parts.append(list(self._one_by_one(lines)))

    def _one_by_one(self, lines: list[bytes]) -> Iterator[Record]:
        for line in lines:
            try:
                found = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
                self.problems.append(Problem("database", 0, "error", f"a row is no record: {error}; it is not used"))
                continue
            if isinstance(found, Unknown):
                self.unknown.append(found)
                self.problems.append(Problem(place_of(found), 0, "warning", why_unused(found)))
            else:
                yield found


class SqlReader:
    """What was read so far; a reading that fails half-way changes nothing of it."""

    def __init__(self) -> None:
        self._start_anew((0, 0), Forgotten())

    def _start_anew(self, sizes: tuple[int, int], forgotten: Forgotten) -> None:
        self._seen = ""
        self._sizes = sizes
        self.forgotten = forgotten
        self._records: list[Record] = []
        self._unknown: list[Unknown] = []
        self._problems: list[Problem] = []
        self._current_state = CurrentState()
        self._repeated: set[str] = set()
        self._last: Journal | None = None

    def read(self, connection: Connection) -> Journal:
        """Return all records, in a transaction that sees one state of the database."""
        with without_collecting():
            seen, *sizes = connection.exec_driver_sql(_STATE).one()
            if (sizes[0], sizes[1]) != self._sizes:
                # Someone was forgotten, or a line set aside: what was read before may have changed.
                self._start_anew((sizes[0], sizes[1]), read_tombstones(connection))
            found = self._look(connection)
            if self._last is None or found.records or found.unknown or found.problems:
                try:
                    self._last = self._with(found, connection)
                except BaseException:
                    self._start_anew(self._sizes, self.forgotten)
                    raise
            self._seen = seen
            return self._last

    def _look(self, connection: Connection) -> _FoundLines:
        query, given = (_LINES + _NEW, {"seen": self._seen}) if self._seen else (_LINES, {})
        found = _FoundLines()
        # A cursor of the server's own: a first reading need not hold all rows at once.
        options = {"stream_results": True, "max_row_buffer": _PIECE} if not self._seen else {}
        with closing(connection.exec_driver_sql(query, given, execution_options=options)) as rows:
            for piece in rows.partitions(_PIECE):
                found.take(self._scrubbed(bytes(line) for (line,) in piece))
        return found

    def _scrubbed(self, lines: Iterable[bytes]) -> list[bytes]:
        kept = list(lines)
        if self.forgotten and self.forgotten.touches(b"\n".join(kept)):
            return [self.forgotten.scrub_line(line) for line in kept]
        return kept

    def _with(self, found: _FoundLines, connection: Connection) -> Journal:
        """Take what was found, and return all: of two contents of one id the smaller bytes hold, and it is reported."""
        # A new list: journals that were returned before keep theirs.
        self._records = self._records + found.records
        self._unknown += found.unknown
        self._problems += found.problems
        self._repeated |= self._current_state.add(found.records) | self._repeated_unknown()
        kept, clashes = self._settle(connection) if self._repeated else ({}, [])
        standing = {name: record if isinstance(record, Record) else None for name, record in kept.items()}
        if wrong := {name: record for name, record in standing.items() if self._current_state.record(name) != record}:
            self._current_state.settle(wrong)
        unknown = {one.envelope.id: one for one in self._unknown if one.envelope.id not in kept}
        unknown |= {name: record for name, record in kept.items() if isinstance(record, Unknown)}
        problems = [*self._problems, *clashes]
        return Journal([self._records], unknown.values(), problems, settled=standing, current_state=self._current_state)

    def _repeated_unknown(self) -> set[str]:
        names = [one.envelope.id for one in self._unknown]
        return {name for name in names if self._current_state.record(name)} | (
            {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
        )

    def _settle(self, connection: Connection) -> tuple[dict[str, Record | Unknown], list[Problem]]:
        """Return what stands for the ids that came more than once, and what is to be said about them."""
        rows = connection.exec_driver_sql(_LINES + _OF_IDS, {"ids": sorted(self._repeated)})
        kept: dict[str, Record | Unknown] = {}
        clashes: list[Problem] = []
        for line in sorted(set(self._scrubbed(bytes(line) for (line,) in rows))):
            found = _FoundLines()
            found.take([line])
            records: list[Record | Unknown] = [*found.records, *found.unknown]
            for record in records:
                name = record.envelope.id if isinstance(record, Unknown) else record.id
                if name in kept:
                    text = "the id occurs with different content; the one with the smaller bytes is used"
                    clashes.append(Problem(place_of(record), 0, "error", text))
                kept.setdefault(name, record)
        return kept, clashes


def read_tombstones(connection: Connection) -> Forgotten:
    """Return who was forgotten; what is no tombstone is counted among the errors."""
    found, errors = [], []
    rows: Any = connection.exec_driver_sql("SELECT line FROM studygroup_forgotten ORDER BY hash")
    for number, (line,) in enumerate(rows, start=1):
        try:
            found.append(parse_tombstone(bytes(line)))
        except msgspec.DecodeError:
            errors.append(number)
    return Forgotten(found, errors)


def place_of(record: Record | Unknown) -> str:
    """Return where a record is, as problems name it."""
    envelope = record.envelope if isinstance(record, Unknown) else record
    return f"record {envelope.id} (by {envelope.by}, session {envelope.session})"
