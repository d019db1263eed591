"""Record types: what is acceptable, and the line that is written."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from studygroup.errors import RecordError
from studygroup.journal.types.lines import decode, encode, new_record
from studygroup.journal.types.record import Record, Unknown
from studygroup.journal.types.records import Person, Reading

NOW = datetime(2026, 11, 27, 22, 58, 3, 120999, tzinfo=UTC)


def record(kind: str = "reading", **fields: Any) -> Record:
    given: dict[str, Any] = {"by": "ada", "session": "2026-11-27"}
    if kind == "reading":
        given |= {"member": "ada", "item": "lora", "status": "read"}
    return new_record(kind, now=NOW, **given | fields)


def test_a_line_reads_as_the_design_says() -> None:
    """The envelope's fields first, in order, then those of the type; the time in UTC to the millisecond."""
    line = encode(record(id="0190163d-8694-739b-aea5-966c26f8ad91"))
    assert line.decode() == (
        '{"v":1,"id":"0190163d-8694-739b-aea5-966c26f8ad91","at":"2026-11-27T22:58:03.120Z","by":"ada",'
        '"session":"2026-11-27","type":"reading","member":"ada","item":"lora","status":"read"}'
    )


@pytest.mark.parametrize(
    "made",
    [
        record(),
        record("person", member="ada", name="Zoë O'Brien-李", role="facilitator", joined=date(2026, 1, 2)),
        record("plan", entries=["basics/one"], items=["lora"], roles={"presenter": "ada"}, start="2026-11-28T23:00:00+01:00"),
        record("plan", cancelled=True, why="A holiday \u2028 and a \n break"),
        record("close", finished=["basics/one"], continues=["basics/two"]),
        record("attendance", member="bo", state="left_early"),
    ],
)
def test_a_record_survives_writing_and_reading(made: Record) -> None:
    """Every type comes back equal, in one line."""
    line = encode(made)
    assert b"\n" not in line
    assert decode(line) == made


def test_ids_are_unique_and_in_order_of_time() -> None:
    """UUID version 7: as text they sort by when they were made."""
    ids = [record().id for _ in range(100)]
    assert len(set(ids)) == 100
    assert all(one[14] == "7" for one in ids)


def test_a_correction_is_dated_after_what_it_corrects() -> None:
    """A clock that was fast before cannot defeat it."""
    fast = new_record(
        "reading", now=NOW + timedelta(hours=1), by="ada", session="2026-11-27", member="ada", item="x", status="read"
    )
    correction = record(replaces=fast)
    assert correction.at == fast.at + timedelta(milliseconds=1)
    assert correction.replaces == fast.id
    assert correction.order > fast.order


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("readin", {}, "'readin' is not a record type (did you mean 'reading'?)"),
        ("reading", {"status": "raed"}, "'raed' is not a status for reading (did you mean 'read'?); use unread, reading"),
        ("reading", {"stars": 3}, "A reading has no field 'stars' (did you mean 'status'?)"),
        ("attendance", {"member": "ada"}, "This attendance is not complete: state is missing."),
        ("attendance", {"member": "ada", "state": "here"}, "'here' is not a state for attendance"),
        ("plan", {"start": datetime(2026, 11, 27, 23)}, "The start 2026-11-27T23:00:00 has no time zone"),
        ("plan", {"length_min": 3}, "A session of 3 minutes is not possible"),
        ("close", {"finished": ["a/b"], "continues": ["a/b"]}, "a/b cannot be finished and continue at once"),
        ("person", {"member": "ada", "name": "a\u202eb"}, "holds the invisible character U+202E"),
        ("person", {"member": "Ada", "name": "Ada"}, "'Ada' is not a member id"),
        (
            "person",
            {"member": "ada", "name": "Ada", "joined": date(2026, 2, 1), "left": date(2026, 1, 1)},
            "Ada cannot leave on 2026-01-01, before joining on 2026-02-01",
        ),
        ("reading", {"by": "../x"}, "'../x' is not a member id"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_allowed(kind: str, fields: dict[str, Any], message: str) -> None:
    """Nothing that is wrong by itself becomes a record."""
    with pytest.raises(RecordError) as caught:
        record(kind, **fields)
    assert message in str(caught.value)


def test_a_record_has_at_most_64_kib() -> None:
    """A longer one is refused before anything is written; the message says how long it is."""
    with pytest.raises(RecordError, match="at most 65,536 are allowed"):
        encode(record("plan", why="x" * 70_000))


def test_a_nul_is_refused() -> None:
    """PostgreSQL could not hold it; the six letters of its escape are text."""
    with pytest.raises(RecordError, match=r"U\+0000, which is not a character"):
        record("plan", why="a\x00b")
    assert encode(record("plan", why=r"a literal \u0000 is text"))


def test_text_is_composed() -> None:
    """Two ways to type a letter are one text."""
    assert isinstance(made := record("person", member="zoe", name="Zoe\u0308"), Person)
    assert made.name == "Zoë"


@pytest.mark.parametrize("change", [{"type": "horoscope"}, {"v": 2}])
def test_what_this_program_does_not_know_is_kept_whole(change: dict[str, Any]) -> None:
    """A type or a version from a newer program stays as its bytes."""
    line = json.dumps({**json.loads(encode(record())), **change, "stars": 3}).encode()
    found = decode(line)
    assert isinstance(found, Unknown)
    assert found.line == line


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("person", {"member": "../../x", "name": "X"}),
        ("person", {"member": "x", "name": "\x1b[31mred"}),
        ("plan", {"length_min": 10**15}),
        ("plan", {"start": "0001-01-01T00:00:00+00:00"}),
        ("plan", {"session": "garbage"}),
        ("reading", {"member": "", "item": "x", "status": "read"}),
    ],
)
def test_a_record_from_elsewhere_is_checked_like_one_that_is_typed(kind: str, fields: dict[str, Any]) -> None:
    """What a merge brings in is as untrusted as what a form sends."""
    line = json.dumps({**json.loads(encode(record())), "type": kind, **fields}).encode()
    with pytest.raises(RecordError):
        decode(line)


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"nonsense", b'{"v":1}', b"\xff", encode(record()).replace(b"Z", b"")])
def test_what_is_no_record_is_an_error_of_one_kind(line: bytes) -> None:
    """A reader needs to catch one thing."""
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode(line)


def test_a_subject_is_what_the_record_is_about() -> None:
    """The last record of a subject is current."""
    assert record().subject == ("ada", "lora")
    assert Reading.subject_fields == ("member", "item")
