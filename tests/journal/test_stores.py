"""Both stores give the same answers: files, and a real PostgreSQL."""

from __future__ import annotations

import json
import multiprocessing
import socket
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from studygroup.errors import NotSavedError, StoreError
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.copying import FilesLines, copy_lines
from studygroup.journal.sql import sql_schema
from studygroup.journal.sql.sql import SqlStore
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Note
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.command_line import command

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)
SESSION = "2026-11-27"
Store = FilesStore | SqlStore


def note(said: str = "x", minute: int = 0, by: str = "ada", **fields: Any) -> Record:
    return new_record("note", now=NOW + timedelta(minutes=minute), by=by, session=SESSION, text=said, **fields)


@pytest.fixture(params=["files", pytest.param("sql", marks=pytest.mark.server)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Return a function that opens the same store again."""
    if request.param == "files":
        return lambda: FilesStore(tmp_path / "sessions")
    address = request.getfixturevalue("database")
    return lambda: SqlStore(address)


def test_what_was_saved_is_read_by_the_next_who_opens_it(opened: Callable[[], Store]) -> None:
    """In order of time, with every letter, from the smallest to the largest record and the farthest dates."""
    records = [
        note("Zoë O'Brien-李 🎉 \u2028 \x85 ' \" \\ \n %s :x $$", 1),
        note("x" * 60_000, 2, by="bo"),
        new_record("person", now=NOW + timedelta(minutes=3), by="ada", session="1969-01-03", member="ada", name="Ada"),
        new_record(
            "plan", now=NOW + timedelta(minutes=4), by="ada", session="2190-01-01", entries=["basics/one"], roles={"r": "bo"}
        ),
    ]
    store = opened()
    assert store.read().records == ()
    for record in reversed(records):
        store.append(record)
    assert store.read().records == tuple(records)
    assert opened().read().records == tuple(records)
    assert opened().read().problems == ()


def test_what_others_save_is_seen_at_the_next_reading(opened: Callable[[], Store]) -> None:
    """Without anything being seen twice."""
    one, other = opened(), opened()
    assert one.read().records == ()
    for number in range(3):
        other.append(note(str(number), number))
        assert len(one.read().records) == number + 1
    assert one.read() is one.read()


def test_a_record_that_is_saved_twice_is_there_once(opened: Callable[[], Store]) -> None:
    """As a retry does; of two contents of one id the smaller bytes hold, and it is told."""
    store, record = opened(), note("b")
    for _ in range(3):
        store.append(record)
    assert store.read().records == (record,)
    assert store.read().problems == ()
    store.append(note("a", id=record.id))
    assert [one.id for one in store.read().records] == [record.id]
    assert getattr(store.read().records[0], "text") == "a"  # noqa: B009 - any record
    assert [problem.severity for problem in opened().read().problems] == ["error"]


def test_a_workbook_is_the_same_in_both(folder: Path, clock: Clock, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entered through the same calls, every table and the agenda agree."""
    from studygroup.meeting.before.agenda import agenda_of

    def fill() -> Workbook:
        clock.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        book = Workbook(folder, clock)
        book.add_person("Ada", role="facilitator")
        book.add_person("Bo", by="ada")
        book.enter("plan", by="ada", session="2026-11-20", entries=["basics/few-shot"], roles={"presenter": "bo"})
        book.enter("reading", by="bo", member="bo", item="few-shot", status="reading")
        said = book.enter("reading", by="bo", member="bo", item="few-shot", status="read")
        book.enter("question", by="bo", member="bo", item="few-shot", text="Why?", id="0190163d-8694-739b-aea5-966c26f8ad91")
        book.undo(said.id, by="bo")
        return book

    in_files = fill()
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    in_sql = fill()
    assert isinstance(in_sql.store, SqlStore)
    for name in ("people", "plans", "reading", "attendance"):
        one, other = (getattr(tables, name)(book.records) for book in (in_files, in_sql))
        pd.testing.assert_frame_equal(one, other)
    assert agenda_of(in_files, "2026-11-20") == agenda_of(in_sql, "2026-11-20")


def _save_many(address: str, member: str, count: int) -> None:
    store = SqlStore(address)
    for number in range(count):
        store.append(note(str(number), number, by=member))


def test_many_processes_save_at_once_also_into_an_empty_database(database: str) -> None:
    """One of them makes the table; every record is there."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_save_many, args=(database, f"m-{number // 2}", 25)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 6
    assert len(SqlStore(database).read().records) == 150


def test_a_transaction_that_ends_later_than_it_began_is_not_missed(database: str) -> None:
    """Two writers whose commits come in the other order than their inserts."""
    reader, writer = SqlStore(database), SqlStore(database)
    writer.append(note("first"))
    slow = create_engine(database)
    with slow.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_current_xact_id()"))
        writer.append(note("second", 2))
        assert len(reader.read().records) == 2
        line = encode(note("slow", 1))
        query = "INSERT INTO studygroup_record (id, digest, session, \"by\", type, at, line) VALUES (:i, :d, 's', 'ada', 'note', now(), :l)"
        connection.execute(text(query), {"i": json.loads(line)["id"], "d": b"d", "l": line})
    assert [getattr(one, "text") for one in reader.read().records] == ["first", "slow", "second"]  # noqa: B009
    slow.dispose()


def test_the_database_itself_refuses_to_change_a_record(database: str) -> None:
    """Neither update nor delete nor truncate."""
    store = SqlStore(database)
    store.append(note("kept"))
    engine = create_engine(database)
    for change in ("UPDATE studygroup_record SET line = ''", "DELETE FROM studygroup_record", "TRUNCATE studygroup_record"):
        with pytest.raises(DBAPIError, match="records are only added"), engine.begin() as connection:
            connection.execute(text(change))
    assert len(SqlStore(database).read().records) == 1
    engine.dispose()


class Proxy:
    """Passes bytes between a client and the database, and can cut the connection when it sees a commit."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, to_server: bool) -> None:
        try:
            while piece := source.recv(65536):
                if to_server and self.cuts and b"COMMIT" in piece:
                    # The commit goes on its way, and its acknowledgement never arrives.
                    self.cuts -= 1
                    source.shutdown(socket.SHUT_RDWR)
                    target.sendall(piece)
                    target.recv(1)
                    return
                target.sendall(piece)
        except OSError:
            pass
        finally:
            for one in (source, target):
                one.close()


def test_a_commit_whose_acknowledgement_is_lost_is_there_once(database: str) -> None:
    """The connection is cut behind the commit; the retry with the same id adds nothing."""
    port = int(database.rpartition(":")[2].partition("/")[0])
    proxy = Proxy(port)
    store = SqlStore(database.replace(f":{port}/", f":{proxy.port}/"))
    store.append(note("before"))
    proxy.cuts = 1
    record = note("once", 1)
    store.append(record)
    assert proxy.cuts == 0
    assert [one.id for one in SqlStore(database).read().records].count(record.id) == 1
    proxy.cuts = 2
    with pytest.raises(NotSavedError, match=r"Not saved: .* What you typed is still with you"):
        store.append(note("cut twice", 2))
    proxy.listener.close()


def test_a_database_that_went_away_comes_back(database: str) -> None:
    """Connections that were closed by the server are opened again; nothing is lost."""
    store = SqlStore(database)
    store.append(note("one"))
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    store.append(note("two", 1))
    assert len(store.read().records) == 2
    engine.dispose()


def test_no_database_and_wrong_addresses_are_told_without_the_password() -> None:
    """In a sentence with what to do."""
    store = SqlStore("postgresql+psycopg://ada:secret@127.0.0.1:9/papers")
    with pytest.raises(StoreError, match=r"ada:\*\*\*@127\.0\.0\.1:9/papers cannot be read") as caught:
        store.read()
    assert "secret" not in str(caught.value)
    with pytest.raises(NotSavedError, match="What you typed is still with you") as not_saved:
        store.append(note())
    assert "secret" not in str(not_saved.value)
    with pytest.raises(StoreError, match="the address is none of a database"):
        SqlStore("nonsense")


def test_a_journal_is_copied_both_ways_and_again(folder: Path, clock: Clock, database: str, tmp_path: Path) -> None:
    """Counts and checksums agree, unknown types go along, what is no record stays behind and is said."""
    book = Workbook(folder, clock)
    book.add_person("Ada")
    for number in range(30):
        book.enter("note", by="ada", text=str(number))
    [path] = (folder / "sessions").glob("*/records/ada.jsonl")
    unknown = encode(note("u", by="ada")).replace(b'"type":"note"', b'"type":"horoscope"')
    path.write_bytes(
        path.read_bytes() + b"scribble\n" + unknown.replace(SESSION.encode(), path.parent.parent.name.encode()) + b"\n"
    )
    source, target = FilesLines(folder / "sessions"), SqlStore(database)
    assert copy_lines(source, target, dry_run=True).new == 32
    done = copy_lines(source, target)
    assert (done.lines, done.new, done.left_behind, done.verified) == (32, 32, 1, True)
    assert copy_lines(source, target).new == 0
    assert target.read().records == book.store.read().records
    assert len(target.read().unknown) == 1
    back = FilesLines(tmp_path / "back")
    assert copy_lines(target, back).new == 32
    assert set(back.lines()) == set(source.lines())
    assert FilesStore(tmp_path / "back").read().records == target.read().records


def test_the_copy_command_tells_what_it_did(folder: Path, database: str) -> None:
    """And the journal in the database is used from then on when the environment names it."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = command(*words, cwd=folder, **environment)
        assert done.returncode == 0, done.stderr
        return done

    run("member", "add", "Ada", "--facilitator")
    assert run("copy", "--to", database, "--dry-run").stdout.startswith(
        "1 records, 1 would be new in postgresql+psycopg://tests"
    )
    assert json.loads(run("copy", "--to", database, "--json").stdout)["verified"]
    run("member", "add", "Bo", STUDYGROUP_STORE=database)
    assert [row["member"] for row in json.loads(run("show", "people", "--json", STUDYGROUP_STORE=database).stdout)] == [
        "ada",
        "bo",
    ]
    assert [row["member"] for row in json.loads(run("show", "people", "--json").stdout)] == ["ada"]
    assert run("check", STUDYGROUP_STORE=database).returncode == 0


def test_only_rows_that_were_not_there_are_read(database: str) -> None:
    """Also when another transaction stays open all the while, and when one that began earlier ends at last."""
    writer, reader = SqlStore(database), SqlStore(database)
    writer.add_lines(encode(note(str(number), number)) for number in range(2_500))
    read: list[int] = []
    assert len(reader.read().records) == 2_500

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "SELECT line FROM studygroup_record" in statement:
            read.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", count)
    slow = create_engine(database)
    with slow.connect() as connection, connection.begin():
        line = encode(note("slow", 5_000))
        query = "INSERT INTO studygroup_record (id, digest, session, \"by\", type, at, line) VALUES (:i, :d, 's', 'ada', 'note', now(), :l)"
        connection.execute(text(query), {"i": json.loads(line)["id"], "d": b"d", "l": line})
        for number in range(3):
            writer.append(note("new", 3_000 + number))
            before = reader.read()
            assert reader.read() is before
    after = reader.read()
    assert len(after.records) == 2_504 and len(before.records) == 2_503
    slow.dispose()
    event.remove(Engine, "after_cursor_execute", count)
    assert read == [1, 0, 1, 0, 1, 0, 1]
    assert after == SqlStore(database).read()
    assert after.current_state.current(Note) == SqlStore(database).read().current_state.current(Note)


# SQLAlchemy lets go of a cursor whose connection is gone without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_reading_that_breaks_off_loses_nothing(database: str) -> None:
    """The connection ends between two pieces of a first reading; the next one has all, once."""
    writer, reader = SqlStore(database), SqlStore(database)
    writer.add_lines(encode(note(str(number), number)) for number in range(12_000))
    engine = create_engine(database, isolation_level="AUTOCOMMIT")

    def cut(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "SELECT line FROM studygroup_record" in statement:
            with engine.connect() as other:
                others = "pid <> pg_backend_pid() AND datname = current_database()"
                other.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}"))

    event.listen(Engine, "after_cursor_execute", cut)
    with pytest.raises(StoreError, match="cannot be read"):
        reader.read()
    event.remove(Engine, "after_cursor_execute", cut)
    assert len(reader.read().records) == 12_000
    writer.append(note("later", 20_000))
    assert len(reader.read().records) == 12_001
    engine.dispose()


def test_a_database_of_the_first_version_is_brought_up_to_date(database: str) -> None:
    """By the first of several who start at once; its records stay as they are."""
    engine = create_engine(database)
    line = encode(note("old"))
    with engine.begin() as connection:
        connection.exec_driver_sql(sql_schema._STEPS[0])
        connection.exec_driver_sql("INSERT INTO studygroup_schema VALUES (1)")
        query = "INSERT INTO studygroup_record (id, digest, session, \"by\", type, at, line) VALUES (:i, :d, 's', 'ada', 'note', now(), :l)"
        connection.execute(text(query), {"i": json.loads(line)["id"], "d": b"d", "l": line})
    threads = [threading.Thread(target=SqlStore(database).read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version FROM studygroup_schema ORDER BY 1").scalars().all() == [1, 2]
    assert [*SqlStore(database).lines()] == [line]
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO studygroup_schema VALUES (3)")
    engine.dispose()
    with pytest.raises(StoreError, match="was made by a newer studygroup"):
        SqlStore(database).read()


def test_a_dump_that_was_restored_elsewhere_is_read_on(database: str) -> None:
    """Its transactions have not happened in the new cluster; they are not new at each reading."""
    store = SqlStore(database)
    store.add_lines(encode(note(str(number), number)) for number in range(10))
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SET LOCAL studygroup.workbook.forget = 'on'; UPDATE studygroup_record SET transaction = '99999999'"
        )
    fresh = SqlStore(database)
    first = fresh.read()
    assert fresh.read() is first and len(first.records) == 10
    store.append(note("new", 20))
    assert len(fresh.read().records) == 11
    engine.dispose()


def test_members_need_to_read_and_to_add_alone(database: str) -> None:
    """A role that may only select reads, one that may also insert saves; the rest is refused with what to do."""
    owner = SqlStore(database)
    owner.append(note("first"))
    engine = create_engine(database)
    reader, writer = (f"{name}_{database[-12:]}" for name in ("reader", "writer"))
    with engine.begin() as connection:
        for role in (reader, writer):
            connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
            connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        connection.exec_driver_sql(f"GRANT INSERT ON studygroup_record TO {writer}")
    engine.dispose()
    reads, saves = (SqlStore(database.replace("tests@", f"{role}@")) for role in (reader, writer))
    with pytest.raises(NotSavedError, match="ask who keeps the database for the right to do this, then save again"):
        reads.append(note("refused"))
    saves.append(note("second", 1))
    saves.add_lines([encode(note("third", 2))])
    assert len(reads.read().records) == len(saves.read().records) == 3
    for refused in (saves.scrub, saves.set_aside):
        with pytest.raises(NotSavedError, match="Nothing was changed; ask who keeps the database"):
            refused()
