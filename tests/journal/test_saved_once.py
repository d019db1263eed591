"""An entry that is tried again is there once, and what was not saved is said truly."""

from __future__ import annotations

import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from studygroup.commands.check import check_workbook, fix_workbook
from studygroup.errors import NotSavedError, RecordError
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import new_id
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.full_disk import full_disk

SESSION = "2026-11-20"


@pytest.fixture(params=["files", pytest.param("sql", marks=pytest.mark.server)])
def again(request: pytest.FixtureRequest, group: Workbook, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Workbook]:
    """Return a function that opens the workbook again, as after a restart; its journal is in files or in a database."""
    if request.param == "sql":
        address = request.getfixturevalue("database")
        monkeypatch.setenv("STUDYGROUP_STORE", address)
        book = Workbook(group.folder, group.clock)
        book.add_person("Ada Lovelace", role="facilitator")
        book.add_person("Bo", by="ada-lovelace")
    return lambda: Workbook(group.folder, group.clock)


def path_of(book: Workbook) -> Path:
    return book.folder / "sessions" / SESSION / "records" / "bo.jsonl"


def lines_of(book: Workbook) -> list[bytes]:
    return path_of(book).read_bytes().splitlines() if path_of(book).exists() else []


@pytest.fixture
def sync_fails(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have the first syncs of a file's data fail, as many as the one number says."""
    left = [1]
    real = os.fdatasync

    def fail(handle: int) -> None:
        if left[0]:
            left[0] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    monkeypatch.setattr(os, "fdatasync", fail)
    return left


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=2)])
def test_a_failed_sync_and_a_retry_leave_one_line(
    group: Workbook, clock: Clock, sync_fails: list[int], later: timedelta, reopened: bool
) -> None:
    """The message says that the line may be there; what is there counts, also with the time of the first try."""
    known = new_id()
    with pytest.raises(
        NotSavedError, match=r"Not saved for certain: .*bo\.jsonl was written, but the disk did not confirm it"
    ) as said:
        group.enter("note", by="bo", session=SESSION, id=known, text="once")
    assert "Nothing was changed" not in str(said.value)
    clock.now += later
    book = Workbook(group.folder, clock) if reopened else group
    saved = book.enter("note", by="bo", session=SESSION, id=known, text="once")
    assert saved.id == known
    assert saved.at == clock.now - later
    assert len(lines_of(group)) == 1
    assert not [problem for problem in check_workbook(group.folder) if problem.severity == "error"]
    assert list(tables.notes(Workbook(group.folder, clock).current)["text"]) == ["once"]


def test_a_retry_is_not_acknowledged_before_the_disk_has_it(group: Workbook, sync_fails: list[int]) -> None:
    """While syncing fails, each try fails; none adds a line."""
    sync_fails[0] = 3
    known = new_id()
    for _ in range(3):
        with pytest.raises(NotSavedError, match="Not saved for certain"):
            group.enter("note", by="bo", session=SESSION, id=known, text="once")
        assert len(lines_of(group)) == 1
    group.enter("note", by="bo", session=SESSION, id=known, text="once")
    assert len(lines_of(group)) == 1


def test_a_retry_of_a_correction_leaves_one_line(group: Workbook, clock: Clock, sync_fails: list[int]) -> None:
    """What replaces another record is the same entry when it is tried again."""
    sync_fails[0] = 0
    group.enter("rating", by="bo", session=SESSION, member="bo", item="tuned", rating=2)
    sync_fails[0] = 1
    known = new_id()
    given: dict[str, Any] = {"member": "bo", "item": "tuned", "rating": 5}
    with pytest.raises(NotSavedError):
        group.enter("rating", by="bo", session=SESSION, id=known, **given)
    clock.now += timedelta(seconds=1)
    group.enter("rating", by="bo", session=SESSION, id=known, **given)
    assert len(lines_of(group)) == 2
    assert list(tables.ratings(group.current)["rating"]) == [5]


def test_a_torn_write_is_written_anew(group: Workbook) -> None:
    """On a full disk nothing is there, the message says so, and the next try writes it."""
    known = new_id()
    group.enter("note", by="bo", session=SESSION, text="before")
    with full_disk(), pytest.raises(NotSavedError, match="Nothing was changed"):
        group.enter("note", by="bo", session=SESSION, id=known, text="once")
    assert len(lines_of(group)) == 1
    group.enter("note", by="bo", session=SESSION, id=known, text="once")
    assert len(lines_of(group)) == 2


def test_an_id_that_another_process_wrote_meanwhile_is_not_written_twice(again: Callable[[], Workbook], clock: Clock) -> None:
    """Whoever did not read it yet looks again before writing; other content under the same id is refused."""
    first, second = again(), again()
    for book in (first, second):
        book.journal  # noqa: B018 - both have read before either writes
    known = new_id()
    one = first.enter("note", by="bo", session=SESSION, id=known, text="once")
    clock.now += timedelta(seconds=3)
    assert second.enter("note", by="bo", session=SESSION, id=known, text="once") == one
    third = again()
    third.journal  # noqa: B018 - as above
    other = new_id()
    again().enter("note", by="bo", session=SESSION, id=other, text="one")
    with pytest.raises(RecordError, match="taken by another record"):
        third.enter("note", by="bo", session=SESSION, id=other, text="two")
    assert list(tables.notes(again().current)["text"]) == ["once", "one"]
    assert not [problem for problem in check_workbook(first.folder) if problem.severity == "error"]


def test_a_connection_killed_at_the_commit_leaves_one_row(
    group: Workbook,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    """Where no one heard whether the commit came through, the retry finds the row, whatever its time."""
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    book = Workbook(group.folder, clock)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    known = new_id()
    book.enter("note", by="bo", session=SESSION, id=known, text="once")
    # As one who never heard of it: another process with another clock.
    clock.now += timedelta(seconds=5)
    other = Workbook(group.folder, clock)
    stale = Workbook(group.folder, clock)
    assert other.enter("note", by="bo", session=SESSION, id=known, text="once").id == known
    assert stale.enter("note", by="bo", session=SESSION, id=known, text="once").id == known
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        [count] = connection.execute(text("SELECT count(*) FROM studygroup_record WHERE id = :id"), {"id": known}).scalars()
    engine.dispose()
    assert count == 1


# Putting right


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Have files grow to so many bytes and no more: the write that passes the limit is short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("limit", [0, 1, 5_000, 20_000, 39_999, 45_000])
def test_check_fix_takes_out_nothing_that_is_not_whole_in_quarantine(group: Workbook, limit: int) -> None:
    """With a short write or a full disk every byte stays where it was; afterwards it goes on."""
    group.enter("note", by="bo", session=SESSION, text="good")
    path = path_of(group)
    bad = b"x" * 40_000
    path.write_bytes(bad + b"\n" + path.read_bytes())
    shelf = path.parent / "quarantine" / path.name
    shelf.parent.mkdir()
    shelf.write_bytes(b"earlier, without an end")
    before = path.read_bytes()
    with files_up_to(limit):
        if limit < 40_000:
            with pytest.raises(NotSavedError):
                fix_workbook(group.folder)
            assert path.read_bytes() == before
            assert shelf.read_bytes() == b"earlier, without an end"
        else:
            fix_workbook(group.folder)
    fix_workbook(group.folder)
    assert shelf.read_bytes() == b"earlier, without an end\n" + bad + b"\n"
    assert path.read_bytes() == before.removeprefix(bad + b"\n")
    assert sorted(one.name for one in shelf.parent.iterdir()) == ["bo.jsonl"]


def test_a_line_in_quarantine_without_its_end_stays_a_line(group: Workbook) -> None:
    """What is added begins a line of its own, and what is there is not added again."""
    group.enter("note", by="bo", session=SESSION, text="good")
    path = path_of(group)
    shelf = path.parent / "quarantine" / path.name
    shelf.parent.mkdir()
    shelf.write_bytes(b"one\ntwo")
    path.write_bytes(path.read_bytes() + b"two\nthree\nthree\n")
    fix_workbook(group.folder)
    assert shelf.read_bytes() == b"one\ntwo\nthree\n"
