"""The journal in files: the write protocol, and reading past whatever is there."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.errors import NotSavedError, RecordError
from studygroup.journal.files.files import FilesStore
from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.record import Record
from tests.support.laws import examples

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)
SESSION = "2026-11-27"


def reading(number: int = 0, by: str = "ada", item: str = "lora") -> Record:
    now = NOW + timedelta(seconds=number)
    return new_record("reading", now=now, by=by, session=SESSION, member=by, item=item, status="read")


@pytest.fixture
def store(tmp_path: Path) -> FilesStore:
    return FilesStore(tmp_path / "sessions")


def test_what_was_saved_is_read_by_the_next_who_opens_it(store: FilesStore, tmp_path: Path) -> None:
    """One file a person a session, a record a line, folders made on the way."""
    records = [reading(0), reading(1), reading(2, by="bo")]
    for record in records:
        store.append(record)
    path = tmp_path / "sessions" / SESSION / "records" / "ada.jsonl"
    assert path.read_bytes() == b"".join(encode(record) + b"\n" for record in records[:2])
    journal = FilesStore(tmp_path / "sessions").read()
    assert journal.records == tuple(records)
    assert journal.problems == ()


def test_an_empty_folder_is_an_empty_journal(store: FilesStore) -> None:
    """No sessions yet is no error."""
    assert store.read().records == ()


def test_one_session_can_be_looked_at_alone(store: FilesStore, tmp_path: Path) -> None:
    """What is new in its files is found; what is new in other sessions' files is, at the next look at all of them."""
    store.append(reading(0))
    store.read()
    others = FilesStore(tmp_path / "sessions")
    elsewhere = new_record("rsvp", now=NOW, by="bo", session="2026-11-20", member="bo", answer="yes")
    for record in (reading(1, by="bo"), elsewhere):
        others.append(record)
    assert {record.by for record in store.read_sessions([SESSION]).records} == {"ada", "bo"}
    assert len(store.read_sessions([SESSION]).records) == 2
    assert elsewhere in store.read().records


def test_a_torn_tail_becomes_a_line_of_its_own(store: FilesStore) -> None:
    """After a crash in mid-write the next record is whole, and the torn bytes are still there and reported."""
    first, second = reading(0), reading(1)
    store.append(first)
    path = store.path(SESSION, "ada")
    with path.open("ab") as file:
        file.write(b'{"v":1,"id":"torn')
    [problem] = store.read().problems
    assert (problem.severity, problem.line) == ("note", 2)
    assert "the last line has no end" in problem.message
    store.append(second)
    journal = store.read()
    assert journal.records == (first, second)
    [problem] = journal.problems
    assert (problem.file, problem.line, problem.severity) == (f"sessions/{SESSION}/records/ada.jsonl", 2, "error")
    assert b'{"v":1,"id":"torn\n' in path.read_bytes()


def test_bad_lines_are_reported_with_file_line_and_offset_and_the_rest_is_used(store: FilesStore) -> None:
    """Reading always goes on."""
    store.append(reading(0))
    path = store.path(SESSION, "ada")
    good = path.read_bytes()
    other = encode(reading(5)) + b"\n"
    path.write_bytes(good + b"<<<<<<< HEAD\n" + b"\xff\xfe\n" + b'{"v":1}\n' + other)
    journal = store.read()
    assert len(journal.records) == 2
    assert [(problem.line, problem.severity) for problem in journal.problems] == [(2, "error"), (3, "error"), (4, "error")]
    assert f"(byte {len(good)})" in journal.problems[0].message


def test_a_line_separator_within_a_text_ends_no_record(store: FilesStore) -> None:
    """Only a line feed does."""
    plan = new_record("plan", now=NOW, by="ada", session=SESSION, why="one\u2028two\x85three")
    store.append(plan)
    assert store.read().records == (plan,)


def test_the_same_record_twice_is_one_and_different_bytes_are_told(store: FilesStore) -> None:
    """A git merge may repeat lines; of two contents of one id the smaller bytes hold, whatever the order."""
    record = reading(0)
    line, changed = encode(record), encode(record).replace(b'"read"', b'"skimmed"')
    path = store.path(SESSION, "ada")
    path.parent.mkdir(parents=True)
    for order in ([line, line, changed], [changed, line, line]):
        path.write_bytes(b"\n".join(order) + b"\n")
        journal = store.read()
        assert journal.records == (record,)
        assert {problem.severity for problem in journal.problems} == {"error"}
        assert f"the id {record.id} occurs with different content" in journal.problems[0].message


def test_unknown_types_and_misplaced_records_are_told(store: FilesStore) -> None:
    """What a newer program wrote is kept; a record in another's file is used all the same."""
    line = encode(reading(0))
    path = store.path(SESSION, "bo")
    path.parent.mkdir(parents=True)
    path.write_bytes(line + b"\n" + line.replace(b'"reading"', b'"horoscope"').replace(b'"id":"', b'"id":"x') + b"\n")
    journal = store.read()
    assert len(journal.records) == 1
    assert len(journal.unknown) == 1
    messages = [problem.message for problem in journal.problems]
    assert messages[0] == f"the record belongs in sessions/{SESSION}/records/ada.jsonl; it was used all the same"
    assert any("a record of type 'horoscope', which this program does not know; it is kept" in message for message in messages)


@pytest.mark.parametrize(
    ("session", "by"), [("../..", "ada"), ("2026-11-27", "../ada"), ("2026-11-31", "ada"), ("2026-11-27", "con")]
)
def test_ids_are_checked_before_they_become_a_path(store: FilesStore, session: str, by: str) -> None:
    """Names never reach outside the folder."""
    with pytest.raises(RecordError):
        store.path(session, by)


def _append_until_full(folder: Path, most: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = FilesStore(folder)
    saved = 0
    try:
        while saved < 1000:
            store.append(reading(saved))
            saved += 1
    except NotSavedError as error:
        (folder / "message").write_text(f"{saved} {error}")


@pytest.mark.slow
def test_a_disk_that_takes_no_more_leaves_only_whole_records(store: FilesStore, tmp_path: Path) -> None:
    """A write that stops short is undone; earlier records stand, and the next save works."""
    process = multiprocessing.get_context("spawn").Process(target=_append_until_full, args=(tmp_path / "sessions", 1000))
    process.start()
    process.join()
    saved, message = (tmp_path / "sessions" / "message").read_text().split(" ", 1)
    assert message.startswith("Not saved: ")
    assert "Nothing was changed" in message
    journal = store.read()
    assert len(journal.records) == int(saved) > 0
    assert journal.problems == ()
    assert store.path(SESSION, "ada").read_bytes().endswith(b"\n")
    store.append(reading(2000))
    assert len(store.read().records) == int(saved) + 1


def test_a_folder_in_the_files_place_is_told(store: FilesStore) -> None:
    """The message names the file; nothing else changes, and a later save works."""
    path = store.path(SESSION, "ada")
    path.mkdir(parents=True)
    with pytest.raises(
        NotSavedError, match=r"ada\.jsonl could not be written: Is a directory\. Nothing was changed\. A folder is where"
    ):
        store.append(reading(0))
    assert [problem.message for problem in store.read().problems] == [
        "cannot be read (Is a directory); the records in it are missing"
    ]
    path.rmdir()
    store.append(reading(0))
    assert len(store.read().records) == 1


def test_a_deeply_nested_line_is_reported_like_any_other(store: FilesStore) -> None:
    """It neither stops the reader nor hides the records after it."""
    store.append(reading(0))
    path = store.path(SESSION, "ada")
    path.write_bytes(b"[" * 200_000 + b"\n" + path.read_bytes())
    journal = store.read()
    assert (len(journal.records), [problem.line for problem in journal.problems]) == (1, [1])


def test_a_file_in_the_folders_place_is_told(store: FilesStore) -> None:
    """As when someone saved a file called sessions."""
    store.folder.write_text("")
    with pytest.raises(NotSavedError, match="could not be written: Not a directory"):
        store.append(reading(0))
    assert [problem.message for problem in store.read().problems] == [
        "cannot be read (Not a directory); the records in it are missing"
    ]


def _append_many(folder: Path, member: str, count: int) -> None:
    store = FilesStore(folder)
    for number in range(count):
        store.append(reading(number, by=member))


@pytest.mark.slow
def test_many_writers_of_one_file_lose_nothing(store: FilesStore) -> None:
    """Processes that save for the same member at once: every record is there, once, unbroken."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_many, args=(store.folder, "ada", 50)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    journal = store.read()
    assert len({record.id for record in journal.records}) == 200
    assert journal.problems == ()


def test_two_clones_merge_into_the_same_journal(tmp_path: Path) -> None:
    """Files of different members are joined by copying; the order of reading does not matter."""
    one, other = FilesStore(tmp_path / "one"), FilesStore(tmp_path / "two")
    for number in range(3):
        one.append(reading(number))
        other.append(reading(number, by="bo"))
    shutil.copytree(other.folder, one.folder, dirs_exist_ok=True)
    assert [record.by for record in one.read().records].count("bo") == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(st.lists(st.binary(max_size=60)), st.binary(max_size=60))
def test_any_bytes_leave_the_good_records_readable(tmp_path: Path, noise: list[bytes], tail: bytes) -> None:
    """A law: every whole record is used, every other line is reported, nothing raises."""
    store = FilesStore(tmp_path / "sessions")
    path = store.path(SESSION, "ada")
    path.parent.mkdir(parents=True, exist_ok=True)
    good = [encode(reading(number)) for number in range(2)]
    path.write_bytes(b"\n".join([good[0], *noise, good[1], tail]))
    journal = store.read()
    assert len(journal.records) == 2
    bad = [line for piece in noise for line in piece.split(b"\n") if line.strip()]
    tail_lines = [line for line in tail.split(b"\n") if line.strip()]
    assert len(journal.problems) == len(bad) + len(tail_lines)


def test_a_saved_record_is_on_the_disk_with_its_folder(store: FilesStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, its folder and the folders above are synced before the record is acknowledged."""
    synced: list[str] = []
    real_fsync, real_fdatasync = os.fsync, os.fdatasync

    def name_of(handle: int) -> str:
        return Path(f"/proc/self/fd/{handle}").readlink().name

    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(name_of(handle)), real_fsync(handle))[1])
    monkeypatch.setattr(
        os,
        "fdatasync",
        lambda handle: (synced.append(f"data {name_of(handle)}"), real_fdatasync(handle))[1],
    )
    store.append(reading(0))
    assert {"ada.jsonl", "records", SESSION, "sessions"} <= set(synced[:-1])
    assert synced[-1] == "data ada.jsonl"
