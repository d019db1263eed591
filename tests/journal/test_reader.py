"""Reading only what is new, and the cache: always what reading everything anew gives."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.journal.current.journal import Journal
from studygroup.journal.files import cache as cache_module
from studygroup.journal.files import reader as reader_module
from studygroup.journal.files.files import FilesStore
from studygroup.journal.files.records_file import read_whole
from studygroup.journal.types.bulk import all_make_sense, decode_whole
from studygroup.journal.types.lines import decode, encode, new_record
from studygroup.journal.types.record import Record, Unknown
from studygroup.journal.types.records import Reading
from tests.support.laws import examples

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)
SESSION = "2026-11-27"


def reading(number: int = 0, by: str = "ada", status: str = "read") -> Record:
    now = NOW + timedelta(seconds=number)
    return new_record(
        "reading", now=now, by=by, session=SESSION, member=by, item=f"item-{number}", status=status, id=f"r-{number}"
    )


def line(number: int, by: str = "ada", status: str = "read") -> bytes:
    return encode(reading(number, by, status)) + b"\n"


def file_of(store: FilesStore, by: str = "ada") -> Path:
    path = store.path(SESSION, by)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def store(tmp_path: Path) -> FilesStore:
    return FilesStore(tmp_path / "sessions")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the records files that were opened to be read."""
    names: list[str] = []
    monkeypatch.setattr(reader_module, "read_whole", lambda folder, name: (names.append(name), read_whole(folder, name))[1])
    return names


def agree(store: FilesStore) -> Journal:
    """Return what a store reads after what it read before, having asserted that a new one reads the same."""
    journal, anew = store.read(), FilesStore(store.folder).read()
    assert journal == anew
    assert journal.current_state.current(Reading) == anew.current_state.current(Reading)
    return journal


def test_only_what_is_new_is_decoded(store: FilesStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record more costs one line, and the same journal is returned where nothing is new."""
    for number in range(50):
        store.append(reading(number))
    before = store.read()
    assert store.read() is before
    decoded: list[bytes] = []
    monkeypatch.setattr(
        "studygroup.journal.files.records_file.decode_whole", lambda data: (decoded.append(data), decode_whole(data))[1]
    )
    store.append(reading(99))
    assert len(store.read().records) == 51
    assert decoded == [line(99)]
    assert len(before.records) == 50


def test_files_that_did_not_change_are_not_opened(
    store: FilesStore, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for once more, when their dates are old enough to tell."""
    store.append(reading(0))
    store.append(reading(1, by="bo"))
    store.read()
    store.read()
    assert opened == ["ada.jsonl", "bo.jsonl"]
    monkeypatch.setattr("studygroup.journal.files.records_file._DATES_ARE_COARSE_NS", -(10**12))
    store.read()
    assert opened == ["ada.jsonl", "bo.jsonl"] * 2
    opened.clear()
    store.read()
    assert opened == []
    store.append(reading(2, by="bo"))
    assert len(store.read().records) == 3
    assert opened == ["bo.jsonl"]


def test_after_an_entry_only_its_file_is_looked_at(store: FilesStore, opened: list[str]) -> None:
    """Whatever else happened to that file meanwhile is seen; the other files are for the next reading."""
    store.append(reading(0))
    store.append(reading(1, by="bo"))
    assert len(store.read_entered(reading(0)).records) == 2
    opened.clear()
    store.append(reading(2, by="bo"))
    with file_of(store).open("ab") as file:
        file.write(b"<<<<<<< HEAD\n")
    store.append(reading(3))
    journal = store.read_entered(reading(3))
    assert opened == ["ada.jsonl"]
    assert [record.id for record in journal.records] == ["r-0", "r-1", "r-3"]
    assert [problem.line for problem in journal.problems] == [2]
    file_of(store).unlink()
    assert [record.id for record in store.read_entered(reading(3)).records] == ["r-1", "r-2"]
    assert len(agree(store).records) == 2


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([1], id="shrank"),
        pytest.param([], id="emptied"),
        pytest.param([0, 2], id="another line"),
        pytest.param([1, 0], id="same size, another order"),
        pytest.param([5, 0, 1, 6], id="a merge put lines before"),
    ],
)
@pytest.mark.parametrize("how", ["written in place", "replaced"])
def test_a_file_that_changed_before_its_end_is_read_again_whole(store: FilesStore, after: list[int], how: str) -> None:
    """Whatever an editor or git did, what is read is what is there."""
    path = file_of(store)
    path.write_bytes(line(0) + line(1))
    assert len(agree(store).records) == 2
    new = b"".join(map(line, after))
    if how == "replaced":
        path.with_name("new").write_bytes(new)
        path.with_name("new").replace(path)
    else:
        path.write_bytes(new)
    assert {record.id for record in agree(store).records} == {f"r-{number}" for number in after}


def test_a_change_that_keeps_size_and_date_is_seen(store: FilesStore) -> None:
    """A tool may set the date back."""
    path = file_of(store)
    path.write_bytes(line(0, status="read"))
    os.utime(path, ns=(10**18, 10**18))
    store.read()
    path.write_bytes(line(0).replace(b"item-0", b"item-9"))
    os.utime(path, ns=(10**18, 10**18))
    assert [record.item for record in agree(store).current_state.current(Reading)] == ["item-9"]


def test_what_is_gone_does_not_hold(store: FilesStore) -> None:
    """A file, or a whole session, that was removed, and one that comes back."""
    for by in ("ada", "bo"):
        file_of(store, by).write_bytes(line(ord(by[0]), by))
    assert len(agree(store).current_state.current(Reading)) == 2
    file_of(store, "bo").unlink()
    assert len(agree(store).current_state.current(Reading)) == 1
    shutil.rmtree(store.folder / SESSION)
    assert agree(store).records == ()
    file_of(store, "bo").write_bytes(line(1, "bo"))
    assert len(agree(store).current_state.current(Reading)) == 1


def test_a_line_that_is_being_written_counts_when_it_is_whole(store: FilesStore) -> None:
    """It is told until then."""
    path = file_of(store)
    path.write_bytes(line(0) + line(1)[:40])
    assert [problem.severity for problem in agree(store).problems] == ["note"]
    path.write_bytes(line(0) + line(1))
    journal = agree(store)
    assert (len(journal.records), journal.problems) == (2, ())


def test_an_id_with_different_content_is_told_however_it_came(store: FilesStore) -> None:
    """The smaller bytes hold, also when they come later and in another file; each reading tells it."""
    by_bo = line(0, status="skimmed").replace(b'"by":"ada"', b'"by":"bo"')
    file_of(store, "bo").write_bytes(by_bo)
    assert agree(store).problems == ()
    file_of(store).write_bytes(line(0, status="read"))
    journal = agree(store)
    assert [record.status for record in journal.current_state.current(Reading)] == ["read"]
    assert [problem.file for problem in journal.problems] == [f"sessions/{SESSION}/records/bo.jsonl"]
    file_of(store).unlink()
    assert [record.status for record in agree(store).current_state.current(Reading)] == ["skimmed"]


PIECES = [
    *(line(number) for number in range(4)),
    line(0, status="skimmed"),
    line(1).replace(b"r-1", b"\\u0072-1"),
    line(2).replace(b'"reading"', b'"horoscope"'),
    line(3).replace(b'"v":1', b'"v":2'),
    line(0).replace(b'"by":"ada"', b'"by":"../x"'),
    line(1).replace(b'"r-1"', b'""'),
    line(2).replace(b'"member":"ada"', b'"member":"Ada"'),
    line(2).replace(b'"member":"ada"', b'"member":""'),
    *(b"\n", b" \n", b"<<<<<<< HEAD\n", b"\xff\n", b'{"v":1', b"[" * 20_000 + b"\n"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(80), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ada", "bo"]), st.sampled_from(["add", "set"]), st.lists(st.sampled_from(PIECES), max_size=4)
        ),
        max_size=5,
    )
)
def test_any_changes_of_the_files_are_read_as_if_anew(tmp_path: Path, steps: list[tuple[str, str, list[bytes]]]) -> None:
    """A law: a store that read before gives what a new one gives: records, problems and what is current."""
    store = FilesStore(tmp_path / "sessions")
    shutil.rmtree(store.folder, ignore_errors=True)
    for by, how, pieces in steps:
        with file_of(store, by).open("ab" if how == "add" else "wb") as file:
            file.write(b"".join(pieces))
        agree(store)


@given(st.lists(st.sampled_from(PIECES), max_size=6))
def test_many_lines_are_checked_as_strictly_as_one(pieces: list[bytes]) -> None:
    """A law: a piece passes exactly when each of its lines does."""
    data = b"".join(piece for piece in pieces if piece.endswith(b"\n"))
    records = decode_whole(data)
    try:
        one_by_one = [decode(part) for part in data.split(b"\n")[:-1]]
    except Exception:
        one_by_one = None
    if one_by_one is None or any(isinstance(record, Unknown) for record in one_by_one):
        assert records is None or not all_make_sense(records)
    else:
        assert records == one_by_one
        assert all_make_sense(records)


# The cache


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FilesStore:
    """A store that keeps a cache of even a little, and takes files for old at once."""
    monkeypatch.setattr(cache_module, "_WORTH_IT", 1)
    monkeypatch.setattr("studygroup.journal.files.records_file._DATES_ARE_COARSE_NS", -(10**12))
    store = FilesStore(tmp_path / "sessions", cache=tmp_path / ".studygroup" / "journal.cache")
    for number in range(6):
        store.append(reading(number, by=("ada", "bo")[number % 2]))
    return store


def again(tmp_path: Path) -> Journal:
    return FilesStore(tmp_path / "sessions", cache=tmp_path / ".studygroup" / "journal.cache").read()


def test_the_cache_spares_opening_the_files(
    cached: FilesStore, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is for its owner's eyes only."""
    journal = cached.read()
    opened.clear()
    assert again(tmp_path) == journal
    assert opened == []
    assert (tmp_path / ".studygroup" / "journal.cache").stat().st_mode & 0o777 == 0o600
    cached.append(reading(7))
    monkeypatch.setattr(cache_module, "_WORTH_IT", 1 << 20)
    assert len(again(tmp_path).records) == 7
    assert opened == ["ada.jsonl"]


@pytest.mark.parametrize(
    "damage", ["truncated", "a byte flipped", "empty", "another program's", "from another workbook", "checks changed"]
)
def test_a_damaged_or_foreign_cache_is_noticed_and_made_anew(
    cached: FilesStore, tmp_path: Path, opened: list[str], damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are read, and the next time it serves again."""
    journal = cached.read()
    path = tmp_path / ".studygroup" / "journal.cache"
    data = path.read_bytes()
    flipped = bytearray(data)
    flipped[-30] ^= 1
    if damage == "from another workbook":
        other = tmp_path / "other"
        shutil.copytree(tmp_path / "sessions", other / "sessions")
        shutil.copytree(tmp_path / ".studygroup", other / ".studygroup")
        tmp_path = other
    elif damage == "checks changed":
        monkeypatch.setattr(cache_module, "_checks", lambda: [(1, 1)])
    else:
        versions = {"truncated": data[:-40], "a byte flipped": bytes(flipped), "empty": b"", "another program's": b"x" + data}
        path.write_bytes(versions[damage])
    opened.clear()
    assert again(tmp_path).records == journal.records
    assert set(opened) == {"ada.jsonl", "bo.jsonl"}
    opened.clear()
    assert again(tmp_path).records == journal.records
    assert opened == []


def test_every_flipped_byte_is_noticed(cached: FilesStore, tmp_path: Path) -> None:
    """Whichever it is, the files' records are read."""
    journal = cached.read()
    path = tmp_path / ".studygroup" / "journal.cache"
    data = path.read_bytes()
    for place in range(0, len(data), 37):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :])
        assert again(tmp_path) == journal


def test_a_file_that_grew_or_changed_after_it_came_from_the_cache(cached: FilesStore, tmp_path: Path) -> None:
    """What was kept is compared with what is there then."""
    cached.read()
    store = FilesStore(tmp_path / "sessions", cache=tmp_path / ".studygroup" / "journal.cache")
    assert len(store.read().records) == 6
    store.append(reading(8))
    assert len(agree(store).records) == 7
    path = store.path(SESSION, "bo")
    path.write_bytes(path.read_bytes().replace(b"item-1", b"item-9"))
    assert "item-9" in [record.item for record in agree(store).current_state.current(Reading)]


def test_empty_lines_between_records_do_not_keep_a_file_out_of_the_cache(
    cached: FilesStore, tmp_path: Path, opened: list[str]
) -> None:
    """They count as lines when a later one is reported."""
    path = cached.path(SESSION, "ada")
    path.write_bytes(b"\n" + path.read_bytes() + b"\n  ")
    journal = cached.read()
    opened.clear()
    store = FilesStore(tmp_path / "sessions", cache=tmp_path / ".studygroup" / "journal.cache")
    assert store.read() == journal
    assert opened == []
    with path.open("ab") as file:
        file.write(b"\n<<<<<<< HEAD\n")
    assert [problem.line for problem in agree(store).problems] == [7]


def test_a_changed_file_is_not_taken_from_the_cache(cached: FilesStore, tmp_path: Path) -> None:
    """Also of the same size."""
    cached.read()
    path = cached.path(SESSION, "ada")
    path.write_bytes(path.read_bytes().replace(b"item-0", b"item-9"))
    assert [record.item for record in again(tmp_path).current_state.current(Reading) if record.member == "ada"][-1] == "item-9"


def test_what_is_wrong_with_a_file_is_told_with_the_cache_too(cached: FilesStore, tmp_path: Path) -> None:
    """Only files without a fault are kept in it."""
    with cached.path(SESSION, "bo").open("ab") as file:
        file.write(b"<<<<<<< HEAD\n")
    journal = cached.read()
    assert [problem.line for problem in journal.problems] == [4]
    assert again(tmp_path) == journal


def test_a_workbook_that_cannot_be_written_is_read_all_the_same(cached: FilesStore, tmp_path: Path) -> None:
    """Where the cache's folder should be stands a file."""
    (tmp_path / ".studygroup").write_text("")
    assert len(cached.read().records) == 6
    assert (tmp_path / ".studygroup").read_text() == ""
