"""Lines and times that no one could have entered are reported when they are read, and reading goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from studygroup.commands.check import check_workbook, fix_workbook
from studygroup.errors import RecordError
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.record import LARGEST_RECORD
from studygroup.workbook.workbook import Workbook
from tests.conftest import NOW, Clock

SESSION = "2026-11-20"


def path_of(book: Workbook) -> Path:
    return book.folder / "sessions" / SESSION / "records" / "bo.jsonl"


def note(said: str, session: str = SESSION) -> bytes:
    return encode(new_record("note", now=NOW, by="bo", session=session, text=said))


def padded(line: bytes, size: int) -> bytes:
    """Return a record's line with a text of so many bytes as make it ``size``."""
    return line.replace(b"PAD", b"x" * (size - len(line) + 3))


def add(book: Workbook, *lines: bytes) -> None:
    path = path_of(book)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"".join(line + b"\n" for line in lines))


@pytest.mark.parametrize("size", [LARGEST_RECORD + 1, 200_000, pytest.param(100_000_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("before", [True, False])
def test_a_line_that_is_too_long_is_reported_and_not_used(group: Workbook, size: int, before: bool) -> None:
    """Wherever it is among others; ``check --fix`` moves it away whole."""
    group.enter("note", by="bo", session=SESSION, text="good")
    add(
        group,
        *([padded(note("PAD"), size)] if before else []),
        note("better"),
        *([] if before else [padded(note("PAD"), size)]),
    )
    book = Workbook(group.folder, group.clock)
    assert sorted(tables.notes(book.current)["text"]) == ["better", "good"]
    [problem] = [problem for problem in book.journal.problems if problem.severity == "error"]
    assert f"{size:,} bytes, and a record has at most 65,536" in problem.message
    assert len(problem.message) < 500
    assert [one.line for one in check_workbook(group.folder) if one.severity == "error"] == [problem.line]
    fix_workbook(group.folder)
    assert not [one for one in check_workbook(group.folder) if one.severity == "error"]
    assert (path_of(group).parent / "quarantine" / "bo.jsonl").stat().st_size == size + 1


def test_a_line_of_the_largest_size_is_used(group: Workbook) -> None:
    """The limit is the one for entering."""
    add(group, padded(note("PAD"), LARGEST_RECORD))
    assert len(tables.notes(Workbook(group.folder, group.clock).current)) == 1


def test_a_row_that_is_too_long_is_reported_and_not_used(
    group: Workbook,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A database may hold one that another program wrote."""
    monkeypatch.setenv("STUDYGROUP_STORE", database)
    book = Workbook(group.folder, group.clock)
    book.add_person("Bo", role="facilitator")
    book.enter("note", by="bo", session=SESSION, text="good")
    line = padded(note("PAD"), 100_000)
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    insert = 'INSERT INTO studygroup_record (id, digest, session, "by", type, at, line) VALUES (:id, :digest, :s, :by, :t, :at, :line)'
    with engine.begin() as connection:
        row = {
            "id": "01a22604-a92e-776e-857a-bfe7c7ffa4c1",
            "digest": b"x" * 32,
            "s": SESSION,
            "by": "bo",
            "t": "note",
            "at": NOW,
        }
        connection.execute(text(insert), row | {"line": line})
    engine.dispose()
    again = Workbook(group.folder, group.clock)
    assert list(tables.notes(again.current)["text"]) == ["good"]
    assert any("100,000 bytes" in problem.message for problem in again.journal.problems)


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"]
)
def test_a_record_at_the_end_of_time_can_be_put_right(group: Workbook, at: str) -> None:
    """It is reported and not used, so that what is entered for the same subject holds."""
    line = encode(new_record("rating", now=NOW, by="bo", session=SESSION, member="bo", item="tuned", rating=1))
    add(group, line.replace(b"2026-11-20T12:00:00.000Z", at.encode()))
    book = Workbook(group.folder, group.clock)
    book.enter("rating", by="bo", session=SESSION, member="bo", item="tuned", rating=5)
    assert list(tables.ratings(Workbook(group.folder, group.clock).current)["rating"]) == [5]
    [problem] = [one for one in check_workbook(group.folder) if one.severity == "error"]
    assert "1900 to 9000" in problem.message


def test_the_last_time_that_is_used_can_be_corrected(group: Workbook, clock: Clock) -> None:
    """Also twice: of two at the same time the later id counts."""
    line = encode(new_record("rating", now=NOW, by="bo", session=SESSION, member="bo", item="tuned", rating=1))
    add(group, line.replace(b"2026-11-20T12:00:00.000Z", b"9000-01-01T00:00:00.000Z"))
    for rating in (3, 4):
        clock.now += timedelta(minutes=1)
        book = Workbook(group.folder, clock)
        book.enter("rating", by="bo", session=SESSION, member="bo", item="tuned", rating=rating)
        assert list(tables.ratings(Workbook(group.folder, clock).current)["rating"]) == [rating]


@pytest.mark.parametrize("start", ["9999-12-31T23:59:00+00:00", "9999-12-31T23:59:00-12:00", "0001-01-01T00:00:00+14:00"])
def test_no_session_is_planned_for_the_end_of_time(group: Workbook, start: str) -> None:
    """A start that cannot be shown in every zone is refused when it is entered, and reported when it is read."""
    with pytest.raises(RecordError, match="1900 to 9000"):
        group.enter("plan", by="ada-lovelace", session=SESSION, start=datetime.fromisoformat(start))
    line = encode(new_record("plan", now=NOW, by="bo", session=SESSION, start=datetime(2026, 11, 20, 20, tzinfo=UTC)))
    add(group, line.replace(b"2026-11-20T20:00:00Z", start.encode()))
    book = Workbook(group.folder, group.clock)
    assert book.schedule.find(SESSION).start.year == 2026
    assert [one.line for one in check_workbook(group.folder) if one.severity == "error"] == [1]


@pytest.mark.parametrize("session", ["9999-12-31", "0001-01-01"])
def test_records_of_sessions_at_the_end_of_time_stop_no_one(
    group: Workbook, session: str, reopen: Callable[[], Workbook]
) -> None:
    """What is filed under such a day is read, and the others go on."""
    line = encode(new_record("attendance", now=NOW, by="bo", session=session, member="bo", state="present"))
    path = group.folder / "sessions" / session / "records" / "bo.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(line + b"\n" + note("there", session) + b"\n")
    group.enter("note", by="bo", session=SESSION, text="good")
    book = reopen()
    assert sorted(tables.notes(book.current)["text"]) == ["good", "there"]
    check_workbook(group.folder)
    assert book.schedule.following(book.clock(), 3)
    assert len(tables.attendance(book.current)) == 1


def test_a_long_file_of_short_lines_is_read_as_fast_as_before(group: Workbook) -> None:
    """Looking for long lines takes steps for lines, not for bytes."""
    add(group, *(note(f"{number}") for number in range(20_000)))
    began = time.perf_counter()
    assert len(Workbook(group.folder, group.clock).journal.records) == 20_003
    assert time.perf_counter() - began < 60
