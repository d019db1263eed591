"""The journal in PostgreSQL: one table, insert only, the exact bytes of each line beside columns to find it by.

The key is the id with a digest of the line: a merge of files can bring two contents of one id, and both are kept, as in
files. New lines are found by the transaction that wrote them, so that one which began earlier and ended later is not missed.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from studygroup.errors import NotSavedError, Problem, RecordError, StoreError
from studygroup.journal.journal import Journal
from studygroup.journal.lines import decode, encode
from studygroup.journal.record import Record, Unknown

try:
    from sqlalchemy import Connection, create_engine, text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
except ImportError:  # pragma: no cover - said by open_sql
    create_engine = None  # type: ignore[assignment]

VERSION = 1
_LOCK = 0x53_47_4A_4C  # one number for all who migrate
_BATCH = 1_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS studygroup_schema (version integer NOT NULL);
CREATE TABLE studygroup_record (
    id text NOT NULL,
    digest bytea NOT NULL,
    session text NOT NULL,
    "by" text NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    line bytea NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id, digest)
);
CREATE INDEX ON studygroup_record (transaction);
CREATE INDEX ON studygroup_record (session, "by");
CREATE FUNCTION studygroup_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('studygroup.forget', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'records are only added; withdraw one with: studygroup undo ID';
END $$;
CREATE TRIGGER studygroup_keep BEFORE UPDATE OR DELETE ON studygroup_record FOR EACH ROW EXECUTE FUNCTION studygroup_keep();
CREATE TRIGGER studygroup_keep_all BEFORE TRUNCATE ON studygroup_record EXECUTE FUNCTION studygroup_keep();
INSERT INTO studygroup_schema VALUES (1);
"""

_INSERT = """
INSERT INTO studygroup_record (id, digest, session, "by", type, at, line)
VALUES (:id, :digest, :session, :by, :type, :at, :line) ON CONFLICT DO NOTHING
"""


def is_sql(address: str) -> bool:
    """Return whether a store's address names a database."""
    return address.startswith(("postgresql://", "postgresql+"))


class SqlStore:
    """The journal in the database at ``url``, such as ``postgresql+psycopg://user@host/name``; its table is made when missing.

    Raises
    ------
    StoreError
        From the constructor: the extra is not installed, or the address cannot be read.
    """

    def __init__(self, url: str) -> None:
        if create_engine is None:
            raise StoreError("A journal in a database needs more packages: pip install 'studygroup[sql]'")
        try:
            address = make_url(url)
            if address.drivername == "postgresql":
                address = address.set(drivername="postgresql+psycopg")
            options = {"connect_timeout": 10, "options": "-c statement_timeout=60000"}
            # Parameters hold people's texts; no error or log shows them.
            self._engine = create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=options)
        except (ArgumentError, ImportError, ValueError):
            raise StoreError(
                "store: the address is none of a database; write postgresql+psycopg://user@host/name, without the password, "
                "and give the whole one in STUDYGROUP_STORE"
            ) from None
        # Whoever lets go of the store lets go of its connections.
        weakref.finalize(self, self._engine.dispose)
        self.name = address.render_as_string(hide_password=True)
        self._lock = threading.Lock()
        self._ready = False
        self._seen_from = "0"
        self._lines: dict[tuple[str, bytes], bytes] = {}
        self._last: Journal | None = None

    def append(self, record: Record) -> None:
        """Write one record; when this returns, the database has committed it.

        A connection that is lost meanwhile is tried once more, with the same id, so that the record is there once.

        Raises
        ------
        NotSavedError
            The database did not take it.
        """
        row = _row(encode(record))
        for last in (False, True):
            try:
                with self._begin() as connection:
                    connection.execute(text(_INSERT), row)
                return
            except OperationalError as error:
                self._engine.dispose()
                if last:
                    raise NotSavedError(self._not_saved(error)) from error
            except SQLAlchemyError as error:
                raise NotSavedError(self._not_saved(error)) from error

    def _not_saved(self, error: SQLAlchemyError) -> str:
        return (
            f"Not saved: {self.name} did not take it ({_reason(error)}). What you typed is still with you; save again when the "
            "database answers."
        )

    def read(self) -> Journal:
        """Return all records; the second time only what is new is asked for.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._lock:
            before = len(self._lines)
            for key, line in self._new_lines():
                self._lines[key] = line
            if self._last is None or len(self._lines) != before:
                self._last = _journal(self._lines)
            return self._last

    def _new_lines(self) -> Iterator[tuple[tuple[str, bytes], bytes]]:
        """Yield lines of transactions that were not all ended at the last reading; some come again."""
        try:
            with self._begin() as connection:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                horizon = connection.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")).scalar_one()
                query = text("SELECT id, digest, line FROM studygroup_record WHERE transaction >= CAST(:since AS xid8)")
                for name, digest, line in connection.execute(query, {"since": self._seen_from}):
                    yield (name, bytes(digest)), bytes(line)
        except SQLAlchemyError as error:
            raise StoreError(
                f"{self.name} cannot be read ({_reason(error)}); is the database running, and may you read it?"
            ) from error
        self._seen_from = horizon

    def lines(self) -> Iterator[bytes]:
        """Yield every line, as it was written."""
        self.read()
        yield from list(self._lines.values())

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Add lines that are not there yet, some at a time; run again, it goes on where it stopped."""
        batch: list[dict[str, Any]] = []
        try:
            for line in lines:
                batch.append(_row(line))
                if len(batch) == _BATCH:
                    self._insert(batch)
                    batch = []
            self._insert(batch)
        except SQLAlchemyError as error:
            raise NotSavedError(
                f"{self.name}: {_reason(error)}. What was copied before is there; run it again to go on."
            ) from error

    def _insert(self, batch: list[dict[str, Any]]) -> None:
        if batch:
            with self._begin() as connection:
                connection.execute(text(_INSERT), batch)

    def _begin(self) -> Any:
        """Return a transaction, in a database that has the table."""
        if not self._ready:
            with self._engine.begin() as connection:
                _migrate(connection, self.name)
            self._ready = True
        return self._engine.begin()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _migrate(connection: Connection, name: str) -> None:
    """Make the table, or leave it as it is; of several who start at once one does it and the others wait."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if connection.execute(text("SELECT to_regclass('studygroup_schema')")).scalar_one() is None:
        connection.exec_driver_sql(_SCHEMA)
    found = connection.execute(text("SELECT max(version) FROM studygroup_schema")).scalar_one()
    if found > VERSION:
        raise StoreError(
            f"{name} was made by a newer studygroup (version {found}, this one knows {VERSION}); install that one."
        )


def _row(line: bytes) -> dict[str, Any]:
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


def _journal(lines: dict[tuple[str, bytes], bytes]) -> Journal:
    """Return lines as a journal: of two contents of one id the smaller bytes hold, and it is reported."""
    kept: dict[str, tuple[bytes, Record | Unknown]] = {}
    problems: list[Problem] = []
    for (name, _), line in sorted(lines.items(), key=lambda item: item[1]):
        try:
            found = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecordError, RecursionError) as error:
            problems.append(Problem("database", 0, "error", f"record {name}: no record: {error}; it is not used"))
            continue
        if name in kept:
            text_ = f"the id {name} occurs with different content; the one with the smaller bytes is used"
            problems.append(Problem("database", 0, "error", text_))
            continue
        kept[name] = line, found
        if isinstance(found, Unknown):
            what = f"a record of type {found.envelope.type!r}, version {found.envelope.v}, which this program does not know; it was kept"
            problems.append(Problem("database", 0, "warning", f"record {name}: {what} and not used"))
    found_all = [found for _, found in kept.values()]
    return Journal(
        [[one for one in found_all if isinstance(one, Record)]],
        [one for one in found_all if isinstance(one, Unknown)],
        problems,
    )


def _reason(error: SQLAlchemyError) -> str:
    """Return what the database said, in a line; it never holds what people typed, nor a password."""
    told = str(error.orig) if isinstance(error, DBAPIError) and error.orig else type(error).__name__
    return " ".join(told.split())[:300]
