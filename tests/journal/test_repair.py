"""Finding what is wrong with records files, and moving it away without losing it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.commands.check import check_workbook
from studygroup.errors import NotSavedError
from studygroup.journal.files.files import FilesStore
from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.repair import check_lines, heal, scan
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import command
from tests.support.laws import examples

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)
SESSION = "2026-11-27"


def note(text: str, minute: int = 0, **fields: Any) -> bytes:
    given: dict[str, Any] = {"by": "ada", "session": SESSION} | fields
    return encode(new_record("note", now=NOW + timedelta(minutes=minute), text=text, **given))


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    (tmp_path / "sessions" / SESSION / "records").mkdir(parents=True)
    return tmp_path / "sessions"


def write(sessions: Path, *lines: bytes, end: bytes = b"\n") -> Path:
    path = sessions / SESSION / "records" / "ada.jsonl"
    path.write_bytes(b"\n".join(lines) + end)
    return path


def found(sessions: Path, now: datetime = NOW + timedelta(hours=1)) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.severity, problem.message) for problem in check_lines(scan(sessions), now)]


def test_each_kind_of_damage_is_told_with_what_it_means(sessions: Path) -> None:
    """File, line, meaning and what to do; what is only unusual is no error."""
    one = note("one")
    unknown = note("two").replace(b'"type":"note"', b'"type":"horoscope"')
    other = note("three", by="bo")
    write(
        sessions, b"<<<<<<< HEAD", one, b"=======", b'{"v":1,"id":"01', b"scribble", unknown, other, b">>>>>>> theirs", note("x"),
        one.replace(b'"one"', b'"One"'),
    )  # fmt: skip
    problems = found(sessions)
    assert [(line, severity) for line, severity, _ in problems] == [
        (1, "error"),
        (2, "error"),
        (3, "error"),
        (4, "error"),
        (5, "error"),
        (6, "warning"),
        (7, "warning"),
        (8, "error"),
    ]
    texts = [message for _, _, message in problems]
    assert texts[0].startswith("a merge left its conflict marker here; the records on both sides of it are used")
    assert "occurs with different content; the smaller bytes are used, not this line" in texts[1]
    assert texts[3].startswith("a record that was cut off, as when the machine stops before a save is acknowledged")
    assert texts[4].startswith("no record: JSON is malformed")
    assert "a record of type 'horoscope', which this program does not know; it is kept" in texts[5]
    assert f"the record belongs in sessions/{SESSION}/records/bo.jsonl" in texts[6]


def test_clocks_are_watched(sessions: Path) -> None:
    """One that is far ahead is a warning, one that ran backwards a note; minutes are neither."""
    write(sessions, note("a", 0), note("b", -5), note("c", -200), note("d", 60 * 24 * 3))
    assert [(line, severity) for line, severity, _ in found(sessions)] == [(3, "note"), (4, "warning")]
    assert "entered 3 h 20 min before the line above it" in found(sessions)[0][2]
    assert found(sessions, NOW + timedelta(days=4)) == found(sessions)[:1]


def test_one_fast_clock_makes_no_others_late(sessions: Path) -> None:
    """A record that is far ahead is told once; what follows it is as it should be."""
    write(sessions, note("a", 0), note("b", 60 * 24 * 3), note("c", 1), note("d", 2))
    assert [(line, severity) for line, severity, _ in found(sessions)] == [(2, "warning")]


def test_fix_moves_bad_lines_to_quarantine_and_keeps_every_byte(sessions: Path) -> None:
    """What was used before is used after; a second run finds nothing to do."""
    one, unknown = note("one"), note("two").replace(b'"type":"note"', b'"type":"horoscope"')
    bad = [b"<<<<<<< HEAD", b'{"v":1,"id":"01', b"\xff\x00"]
    path = write(sessions, bad[0], one, bad[1], unknown, bad[2], note("three"))
    before = FilesStore(sessions).read()
    done = heal(sessions)
    assert [(problem.line, problem.message) for problem in done] == [
        (number, f"moved to sessions/{SESSION}/records/quarantine/ada.jsonl") for number in (1, 3, 5)
    ]
    after = FilesStore(sessions).read()
    assert (after.records, after.unknown) == (before.records, before.unknown)
    assert [problem.severity for problem in after.problems] == ["warning"]
    shelf = path.parent / "quarantine" / "ada.jsonl"
    assert shelf.read_bytes() == b"".join(line + b"\n" for line in bad)
    assert heal(sessions) == []
    path.write_bytes(path.read_bytes() + bad[0] + b"\n")
    heal(sessions)
    assert shelf.read_bytes().count(bad[0]) == 1


def test_of_one_id_with_two_contents_the_unused_goes(sessions: Path) -> None:
    """Also when they are in different files."""
    one = note("one")
    path = write(sessions, one)
    other = path.with_name("bo.jsonl")
    other.write_bytes(one.replace(b'"one"', b'"two"') + b"\n")
    before = FilesStore(sessions).read().records
    heal(sessions)
    assert FilesStore(sessions).read().records == before
    assert other.read_bytes() == b""
    assert b'"two"' in (path.parent / "quarantine" / "bo.jsonl").read_bytes()


def test_a_last_line_without_an_end_gets_one_or_goes(sessions: Path) -> None:
    """An editor's cut is mended; a torn record is moved."""
    path = write(sessions, note("one"), note("two"), end=b"")
    assert found(sessions)[0][:2] == (2, "note")
    assert [problem.message for problem in heal(sessions)] == ["the last line got its end, and is used now"]
    assert len(FilesStore(sessions).read().records) == 2
    path.write_bytes(path.read_bytes() + b'{"v":1')
    heal(sessions)
    assert path.read_bytes().endswith(b"}\n")
    assert FilesStore(sessions).read().problems == ()


def test_a_disk_that_refuses_leaves_lines_where_they_were(sessions: Path) -> None:
    """A file stands where the quarantine should be."""
    path = write(sessions, b"scribble", note("one"))
    (path.parent / "quarantine").write_text("")
    before = path.read_bytes()
    with pytest.raises(NotSavedError, match="Its lines are as they were"):
        heal(sessions)
    assert path.read_bytes() == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(80))
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([note("one"), note("two"), note("three")]))), st.booleans())
def test_no_byte_is_lost_and_what_was_used_is_used(tmp_path: Path, pieces: list[bytes], ended: bool) -> None:
    """A law: every line of the damaged file is afterwards in the file or in quarantine."""
    sessions = tmp_path / "sessions"
    path = sessions / SESSION / "records" / "ada.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    shelf = path.parent / "quarantine" / "ada.jsonl"
    shelf.unlink(missing_ok=True)
    path.write_bytes(b"\n".join(pieces) + (b"\n" if ended else b""))
    lines = {line for line in path.read_bytes().split(b"\n") if line.strip()}
    used = {line.record for line in scan(sessions) if line.record}
    heal(sessions)
    kept = path.read_bytes().split(b"\n") + (shelf.read_bytes().split(b"\n") if shelf.exists() else [])
    assert lines <= set(kept)
    assert set(FilesStore(sessions).read().records) == used
    assert [problem for problem in FilesStore(sessions).read().problems if problem.severity == "error"] == []


def test_records_that_name_what_is_gone_are_told_with_their_line(folder: Path) -> None:
    """Member, item, entry, session, question: what it means and what to do."""
    book = Workbook(folder)
    book.add_person("Ada", role="facilitator")
    session = book.schedule.next(book.clock()).id
    store = FilesStore(folder / "sessions")
    for kind, fields in (
        ("reading", {"member": "bob", "item": "few-shot", "status": "read"}),
        ("rating", {"member": "ada", "item": "gone", "rating": 3}),
        ("plan", {"entries": ["basics/gone"]}),
        ("answer", {"member": "ada", "question": "0190163d-8694-739b-aea5-966c26f8ad91", "text": "Yes"}),
    ):
        store.append(new_record(kind, now=book.clock(), by="ada", session=session, **fields))
    told = [str(problem) for problem in check_workbook(folder)]
    place = f"sessions/{session}/records/ada.jsonl"
    assert told == [
        f"{place}:2: warning: reading: 'bob' is not on the roster; to add them: studygroup member add NAME",
        f"{place}:3: warning: rating: 'gone' is not in the catalogue; a record keeps its item, so bring it back or enter what"
        " should be current",
        f"{place}:4: warning: plan: 'basics/gone' is no longer an entry of a list; plan the session again with what it read",
        f"{place}:5: warning: answer: question names 0190163d-8694-739b-aea5-966c26f8ad91, which is no question here; it may"
        " arrive with the next sync",
    ]


@pytest.mark.slow
def test_the_command_fixes_and_tells(folder: Path) -> None:
    """Exit code 1 before, 0 after."""
    book = Workbook(folder)
    book.add_person("Ada")
    [path] = (folder / "sessions").glob("*/records/ada.jsonl")
    path.write_bytes(b"scribble\n" + path.read_bytes())
    assert command("check", cwd=folder).returncode == 1
    done = command("check", "--fix", cwd=folder)
    assert "ada.jsonl:1: note: moved to sessions/" in done.stderr and done.stderr.endswith("All is well.\n")
    assert heal(folder / "sessions") == []


def test_two_people_with_one_id_are_told(folder: Path) -> None:
    """Two clones added someone by the same name at once; who came back, was renamed or withdrawn is no second person."""
    book = Workbook(folder)
    book.add_person("Ada", role="facilitator")
    book.change_person("ada", left=book.today())
    book.add_person("Ada")
    book.change_person("ada", name="Ada Lovelace")
    assert check_workbook(folder) == []
    store = FilesStore(folder / "sessions")
    session = book.session_for_notes()
    other = new_record("person", now=book.clock(), by="ada", session=session, member="ada", name="Ada King")
    store.append(other)
    [problem] = check_workbook(folder)
    assert (problem.file, problem.line) == (f"sessions/{session}/records/ada.jsonl", 5)
    assert "'Ada King' was added as ada, and so was 'Ada' before" in problem.message
    assert f"studygroup undo {other.id}" in problem.message
    book.reread()
    book.undo(other.id, by="ada")
    assert check_workbook(folder) == []
    assert book.people["ada"].name == "Ada Lovelace"


def test_check_goes_on_where_the_database_does_not_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the catalogue is told too, and the password is not."""
    monkeypatch.setenv("STUDYGROUP_STORE", "postgresql+psycopg://ada:secret@127.0.0.1:9/papers")
    (folder / "catalogue.csv").write_text((folder / "catalogue.csv").read_text() + "few-shot,Again,paper" + "," * 13 + "\n")
    told = [str(problem) for problem in check_workbook(folder)]
    assert len(told) == 2 and told[0].startswith("catalogue.csv:6")
    assert "store: postgresql+psycopg://ada:***@127.0.0.1:9/papers cannot be read" in told[1]
    assert "see that the database is there, is running and can be reached" in told[1]
