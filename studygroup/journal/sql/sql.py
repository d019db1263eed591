"""The journal in PostgreSQL: one table, insert only, the exact bytes of each line beside columns to find it by.

The key is the id with a digest of the line: a merge of files can bring two contents of one id, and both are kept, as in
files.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from studygroup.errors import NotSavedError, Problem, StoreError
from studygroup.journal.current.forgotten import Forgotten, Tombstone
from studygroup.journal.current.journal import Journal
from studygroup.journal.sql.sql_reader import SqlReader, read_tombstones
from studygroup.journal.sql.sql_rows import (
    AMONG_WRITERS,
    INSERT,
    STOP_WRITERS,
    StoredRow,
    add_record,
    read_rows,
    row_of,
    scrub_rows,
    set_rows_aside,
)
from studygroup.journal.sql.sql_schema import migrate
from studygroup.journal.types.lines import encode
from studygroup.journal.types.record import Record

try:
    from sqlalchemy import Connection, create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
except ImportError:  # pragma: no cover - said by the store
    create_engine = None  # type: ignore[assignment]

_BATCH = 1_000

T = TypeVar("T")


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
            # A network that goes silent would else hold a save for hours.
            silence = {"tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
            options = {"connect_timeout": 10, "options": "-c statement_timeout=60000", **silence}
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
        self.left_behind = 0
        self._lock = threading.Lock()
        self._ready = False
        self._reader = SqlReader()

    def append(self, record: Record, again: bool = False) -> Record:
        """Write one record and return it; when this returns, the database has committed it.

        A connection that is lost meanwhile is tried once more, with the same id, so that the record is there once.

        Parameters
        ----------
        again
            Whether the same entry may have been tried before: if its id is there by now, what is there is returned, and nothing
            is added.

        Raises
        ------
        RecordError
            The record is too large; nothing was written.
        NotSavedError
            The database did not take it.
        """
        row = row_of(encode(record))
        try:
            return self._twice(lambda connection: add_record(connection, record, row, again))
        except SQLAlchemyError as error:
            raise NotSavedError(
                f"Not saved: {self.name} did not take it ({_reason(error)}). What you typed is still with you; {_advice(error)}, then "
                "save again."
            ) from error

    def confirm(self, record: Record) -> None:
        """Do nothing: what can be read was committed."""

    def read(self) -> Journal:
        """Return all records; the second time only what is new is asked for.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._lock, self._one_state() as connection:
            return self._reader.read(connection)

    def rows(self) -> Iterator[StoredRow]:
        """Yield every row in the order of writing, those set aside too, as ``heal`` looks at lines.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._one_state() as connection:
            yield from read_rows(connection)

    def lines(self) -> Iterator[bytes]:
        """Yield every line that is a record, as it was written; ``left_behind`` counts the others.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        self.left_behind = 0
        for row in self.rows():
            if row.record is None:
                self.left_behind += 1
            else:
                yield row.data

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Add lines that are not there yet, some at a time; run again, it goes on where it stopped.

        Lines of someone who was forgotten are scrubbed before they are written.

        Raises
        ------
        NotSavedError
            The database did not take them.
        """
        batch: list[bytes] = []
        try:
            for line in lines:
                batch.append(line)
                if len(batch) == _BATCH:
                    self._insert(batch)
                    batch = []
            self._insert(batch)
        except SQLAlchemyError as error:
            raise NotSavedError(
                f"{self.name}: {_reason(error)}. What was copied before is there; {_advice(error)}, then run it again to go on."
            ) from error

    def _insert(self, batch: list[bytes]) -> None:
        if not batch:
            return
        with self._begin() as connection:
            connection.exec_driver_sql(AMONG_WRITERS)
            scrub = read_tombstones(connection).scrub_line
            connection.exec_driver_sql(INSERT, [row_of(scrub(line)) for line in batch])

    # Forgetting

    def forgotten(self) -> Forgotten:
        """Return who was forgotten.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._one_state() as connection:
            return read_tombstones(connection)

    def add_tombstones(self, tombstones: Iterable[Tombstone]) -> None:
        """Add those that are not there yet, and scrub the lines of these people.

        Raises
        ------
        NotSavedError
            The database did not take them; nothing was changed.
        """
        if new := list(tombstones):
            self.scrub(lambda _: new)

    def scrub(self, bury: Callable[[Journal], Iterable[Tombstone]] = lambda _: ()) -> int:
        """Rewrite every line that holds what is to be forgotten, and return how many there were; all of them or none.

        Parameters
        ----------
        bury
            Given all records, returns the tombstones of those who are forgotten from now on. No one can write meanwhile.

        Raises
        ------
        NotSavedError
            The database did not take it; nothing was changed.
        """
        made: list[Iterable[Tombstone]] = []

        def work(connection: Connection) -> int:
            connection.exec_driver_sql(STOP_WRITERS)
            if not made:
                made.append(tuple(bury(self._reader.read(connection))))
            return scrub_rows(connection, made[0])

        try:
            with self._lock:
                return self._twice(work)
        except SQLAlchemyError as error:
            raise NotSavedError(
                f"{self.name}: {_reason(error)}. Nothing was changed; {_advice(error)}, then run it again."
            ) from error

    def set_aside(self) -> list[Problem]:
        """Set aside every row that is no record or that an equal id's smaller bytes outdo; it stays, and is not read.

        Raises
        ------
        NotSavedError
            The database did not take it; nothing was changed.
        """
        try:
            with self._begin() as connection:
                connection.exec_driver_sql(STOP_WRITERS)
                done = set_rows_aside(connection)
        except SQLAlchemyError as error:
            raise NotSavedError(
                f"{self.name}: {_reason(error)}. Nothing was changed; {_advice(error)}, then run it again."
            ) from error
        return done

    # Connections

    def _twice(self, work: Callable[[Connection], T]) -> T:
        """Do something in a transaction; when the connection is lost, once more. What is done twice must count once."""
        try:
            with self._begin() as connection:
                return work(connection)
        except OperationalError:
            self._engine.dispose()
        with self._begin() as connection:
            return work(connection)

    @contextmanager
    def _one_state(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database, and only reads."""
        try:
            with self._begin() as connection:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{self.name} cannot be read ({_reason(error)}); {_advice(error)}, then try again.") from error

    def _begin(self) -> Any:
        """Return a transaction, in a database that has the tables."""
        if not self._ready:
            with self._engine.begin() as connection:
                migrate(connection, self.name)
            self._ready = True
        return self._engine.begin()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _reason(error: SQLAlchemyError) -> str:
    """Return what the database said, in a line; it never holds what people typed, nor a password."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    # What a server says in detail may hold the row.
    told = getattr(getattr(orig, "diag", None), "message_primary", None) or str(orig or type(error).__name__)
    return " ".join(told.split())[:300]


def _advice(error: SQLAlchemyError) -> str:
    """Return what to do about an error, as a sentence's second half."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if code == "42501":
        return "ask who keeps the database for the right to do this"
    if code[:2] in {"28", "3D"}:
        return "look whether the address, the user and the password are right"
    if code[:2] == "53":
        return "ask who keeps the database to make room there"
    return "see that the database is there, is running and can be reached"
