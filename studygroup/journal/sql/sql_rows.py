"""Rows looked at one by one: each with what is wrong with it, rewritten without who was forgotten, or set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from studygroup.errors import Problem, RecordError
from studygroup.journal.current.forgotten import Tombstone
from studygroup.journal.sql.sql_reader import read_tombstones
from studygroup.journal.sql.sql_schema import allow_changes
from studygroup.journal.types.bulk import decode_whole
from studygroup.journal.types.lines import decode
from studygroup.journal.types.record import Record, Unknown
from studygroup.journal.types.repair import RecordLine, bad_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection

INSERT = """
INSERT INTO studygroup_record (id, digest, session, "by", type, at, line)
VALUES (%(id)s, %(digest)s, %(session)s, %(by)s, %(type)s, %(at)s, %(line)s) ON CONFLICT DO NOTHING
"""
# Others may read meanwhile; who wants to write waits.
STOP_WRITERS = "LOCK TABLE studygroup_record IN SHARE ROW EXCLUSIVE MODE"
# Waits for who rewrites lines, and then sees whom they buried.
AMONG_WRITERS = "LOCK TABLE studygroup_record IN ROW EXCLUSIVE MODE"

_BURY = "INSERT INTO studygroup_forgotten (hash, line) VALUES (%(hash)s, %(line)s) ON CONFLICT DO NOTHING"
_SET_ASIDE = """
INSERT INTO studygroup_quarantine (id, digest, why) VALUES (%(id)s, %(digest)s, %(why)s) ON CONFLICT DO NOTHING
"""
_ONE_TRY = "SELECT pg_advisory_xact_lock(hashtextextended(%(id)s, 0))"
_OF_ID = """
SELECT line FROM studygroup_record AS record WHERE id = %(id)s AND NOT EXISTS
(SELECT FROM studygroup_quarantine AS aside WHERE aside.id = record.id AND aside.digest = record.digest)
"""
_DELETE = "DELETE FROM studygroup_record WHERE id = %(id)s AND digest = %(digest)s"
_ROWS = """
SELECT record.id, record.digest, session, "by", line, aside.why FROM studygroup_record AS record
LEFT JOIN studygroup_quarantine AS aside ON aside.id = record.id AND aside.digest = record.digest
ORDER BY transaction, record.at, record.id
"""
_AT_ONCE = 1_000


class StoredRow(RecordLine, frozen=True):
    """A row as a line to look at; ``aside`` says why it was set aside, if it was."""

    id: str = ""
    digest: bytes = b""
    aside: str | None = None


def add_record(connection: Connection, record: Record, row: dict[str, Any], again: bool) -> Record:
    """Insert a record and return it; ``again``, return the one that has its id by now instead."""
    if again:
        # A try whose connection was lost may still be under way: its end is waited for.
        connection.exec_driver_sql(_ONE_TRY, {"id": record.id})
        lines = [bytes(line) for (line,) in connection.exec_driver_sql(_OF_ID, {"id": record.id})]
        found = [one for one in map(decode, sorted(lines)) if isinstance(one, Record)]
        if found:
            return found[0]
    connection.exec_driver_sql(INSERT, row)
    return record


def row_of(line: bytes) -> dict[str, Any]:
    """Return a line as a row of the table."""
    found = decode(line)
    kept = found.envelope if isinstance(found, Unknown) else found
    return {
        "id": kept.id,
        "digest": hashlib.sha256(line).digest(),
        "session": kept.session,
        "by": kept.by,
        "type": kept.type,
        "at": kept.at,
        "line": line,
    }


def read_rows(connection: Connection) -> Iterator[StoredRow]:
    """Yield every row in the order of writing, some at a time."""
    for name, digest, session, by, line, why in chain.from_iterable(_pieces(connection)):
        record, error = None, ""
        try:
            record = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as wrong:
            error = str(wrong)
        # As if it was in a file, so that what must agree can be compared.
        path = Path(session) / "records" / f"{by}.jsonl"
        place = f"record {name} (by {by}, session {session})"
        yield StoredRow(path, place, 0, 0, line, record, error, id=name, digest=digest, aside=why)


def _pieces(connection: Connection) -> Iterator[list[tuple[str, bytes, str, str, bytes, str | None]]]:
    """Yield the rows in the order of writing, some at a time: id, digest, session, by, line, and why it was set aside."""
    options = {"stream_results": True, "max_row_buffer": _AT_ONCE}
    with closing(connection.exec_driver_sql(_ROWS, execution_options=options)) as found:
        for piece in found.partitions(_AT_ONCE):
            yield [(row[0], bytes(row[1]), row[2], row[3], bytes(row[4]), row[5]) for row in piece]


def scrub_rows(connection: Connection, tombstones: Iterable[Tombstone]) -> int:
    """Bury, and rewrite every line of those who were forgotten, while no one else writes; return how many lines changed.

    A row that is no record and names someone who was forgotten goes: nothing in it can be told apart.
    """
    allow_changes(connection)
    for tombstone in tombstones:
        connection.exec_driver_sql(_BURY, {"hash": tombstone.hash, "line": msgspec.json.encode(tombstone)})
    forgotten = read_tombstones(connection)
    changed = 0
    for piece in _pieces(connection) if forgotten else ():
        # Others wait meanwhile: what cannot be meant is not taken apart.
        sound = decode_whole(b"".join(row[4] + b"\n" for row in piece)) is not None
        for name, digest, _, _, line, why in piece:
            new = line if sound and not forgotten.touches(line) else forgotten.without_gone(line)
            if new != line:
                changed += 1
                _rewrite(connection, name, digest, new, why)
    return changed


def _rewrite(connection: Connection, name: str, digest: bytes, new: bytes, why: str | None) -> None:
    """Put a line in a row's place, or none; it stays set aside where the row was."""
    connection.exec_driver_sql(_DELETE, {"id": name, "digest": digest})
    if new:
        row = row_of(new)
        connection.exec_driver_sql(INSERT, row)
        if why:
            _set_aside(connection, row["id"], row["digest"], why)


def set_rows_aside(connection: Connection) -> list[Problem]:
    """Set aside every row that is no record or that an equal id's smaller bytes outdo, and return a note for each."""
    bad = [row for row in bad_lines(row for row in read_rows(connection) if row.aside is None) if isinstance(row, StoredRow)]
    for row in bad:
        _set_aside(connection, row.id, row.digest, row.error or "the same id has smaller bytes")
    return [Problem(row.place, 0, "note", "set aside: it stays in the database and is no longer read") for row in bad]


def _set_aside(connection: Connection, name: str, digest: bytes, why: str) -> None:
    connection.exec_driver_sql(_SET_ASIDE, {"id": name, "digest": digest, "why": why})
