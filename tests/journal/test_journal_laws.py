"""Laws of the journal, over files and a real PostgreSQL, with records of every type."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from studygroup.journal.current.forgotten import new_tombstone
from studygroup.journal.current.journal import Journal
from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.copying import FilesLines
from studygroup.journal.sql.sql import SqlStore
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import decode, encode, to_timestamp
from studygroup.journal.types.record import Read, Record
from studygroup.journal.types.records import (
    TYPES,
    Availability,
    Ballot,
    Close,
    Feedback,
    Guide,
    Material,
    Pace,
    PaperAnswer,
    Person,
    Plan,
    Proposal,
    Rating,
    Result,
    Sent,
    SlotRule,
    Survey,
    Swap,
    Vote,
)
from tests.support.laws import examples

START = datetime(2026, 11, 20, tzinfo=UTC)
MEMBERS = ["ada", "bo", "zoe-obrien-li"]
SESSIONS = ["2026-11-20", "2026-11-27", "2026-11-27-2"]
# Few, so that records meet.
IDS = [f"0190163d-8694-739b-aea5-{number:012x}" for number in range(40)]

said = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)
said = st.one_of(
    said, st.sampled_from(["Zoë O'Brien-李 \u2028 \x85", '"\\/\b\n\r\t\x7f\u202e', "[removed]", "🎉 zoe-obrien-li"])
)
said = said.filter(lambda text: bool(text.strip()))
words = st.sampled_from(["x", "Zoë O'Brien-李", "presenter"])
ids = st.sampled_from(MEMBERS)
instants = st.integers(0, 10**7).map(lambda ms: START + timedelta(milliseconds=ms))

reads = st.lists(
    st.builds(
        Read,
        entry=st.sampled_from(["", "basics/one"]),
        step=st.integers(0, 3),
        section=st.just(("A > B",)) | st.just(()),
        title=words,
        items=st.sampled_from([(), ("few-shot",), ("few-shot", "tuned")]),
    ),
    max_size=2,
).map(tuple)

# What a type allows less of than its fields' types do.
OWN: dict[tuple[type[Record], str], st.SearchStrategy[Any]] = {
    (Plan, "start"): st.none() | instants,
    (Plan, "length_min"): st.none() | st.integers(5, 1440),
    (Plan, "roles"): st.dictionaries(words, ids, max_size=2),
    (Rating, "rating"): st.integers(1, 5),
    (Material, "url"): st.sampled_from(["https://example.org/ä?a=1&b=2#c", "http://example.org"]),
    (Material, "label"): words,
    (Person, "name"): words,
    (Person, "joined"): st.none() | st.just(date(2026, 1, 2)),
    (Person, "left"): st.none() | st.just(date(2026, 2, 1)),
    (SlotRule, "weekday"): st.just("friday"),
    (SlotRule, "time"): st.just("23:00"),
    (SlotRule, "zone"): st.just("Europe/Berlin"),
    (SlotRule, "every"): st.sampled_from(["week", "second week"]),
    (SlotRule, "length_min"): st.integers(5, 600),
    (Ballot, "shortlist"): st.just(("few-shot", "tuned")),
    (Proposal, "title"): words,
    (Proposal, "url"): st.sampled_from(["", "https://example.org/ä"]),
    (Vote, "scores"): st.just((5,)),
    (Result, "options"): st.just(("few-shot", "tuned")),
    (Result, "rounds"): st.sampled_from([(), ((1, 0),), ((2, 0), (2, 1))]),
    (Result, "tied"): st.sampled_from([(), ("tuned",)]),
    (Plan, "place"): st.just("") | words,
    (Plan, "note"): st.just("") | words,
    (Plan, "link"): st.sampled_from(["", "https://example.org/ä"]),
    (Guide, "part"): st.just("") | words,
    (Guide, "questions"): st.lists(words, max_size=5).map(tuple),
    (Guide, "entry"): st.just(""),
    (Feedback, "text"): words,
    (Pace, "parts"): st.just({"Talk": 80, "Tea": 10}),
    (PaperAnswer, "entry"): st.just(""),
    (PaperAnswer, "question"): words,
    (PaperAnswer, "text"): words,
    (Close, "finished"): st.just(("basics/one",)) | st.just(()),
    (Close, "continues"): st.just(("basics/two",)) | st.just(()),
    (Plan, "read"): reads,
    (Close, "read"): reads,
    (Sent, "trying"): st.just(("mail-1",)) | st.just(()),
    (Sent, "waiting"): st.just(("mail-2",)) | st.just(()),
    (Sent, "failed"): st.dictionaries(st.just("mail-2"), words, max_size=1),
    (Sent, "own"): st.dictionaries(st.sampled_from(["mail-1", "mail-2"]), ids, max_size=2),
    (Swap, "role"): words,
    (Swap, "to"): st.just(""),
    (Swap, "for_session"): st.sampled_from(["", *SESSIONS]),
    (Survey, "length_min"): st.integers(5, 1440),
    (Survey, "moves"): st.sampled_from(["", *SESSIONS]),
    (Survey, "chosen"): st.none() | instants,
    (Availability, "zone"): st.sampled_from(["", "Europe/Berlin"]),
    (Availability, "can"): st.sampled_from([(), ("monday 18:00-21:30", "friday 00:00-24:00")]),
    (Availability, "if_need_be"): st.sampled_from([(), ("tuesday 18:00-18:30",)]),
}


def values(kind: type[Record], field: msgspec.structs.FieldInfo) -> st.SearchStrategy[Any]:
    """Return what a field of a type may hold."""
    if (kind, field.name) in OWN:
        return OWN[kind, field.name]
    if field.name in {*kind.member_fields, *(name for name, _ in kind.record_fields)}:
        named = ids if field.name in kind.member_fields else st.sampled_from(IDS)
        return named if field.required else named | st.just("")
    if field.name in kind.item_fields:
        return st.sampled_from(["few-shot", "tuned"])
    if field.name == "choice":
        return st.just(("tuned",))
    return by_type(field.type, said if field.name in kind.text_fields else words)


def by_type(kind: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return what a field may hold of which nothing but its type is known; ``text`` is for strings."""
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: text,
        bool: st.booleans(),
        int: st.integers(0, 100),
        date: st.dates(date(2026, 1, 1), date(2026, 1, 9)),
    }
    if kind in plain:
        return plain[kind]
    if date in get_args(kind):
        return st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9))
    if datetime in get_args(kind):
        return instants
    if get_origin(kind) is tuple:
        return st.lists(st.sampled_from(["few-shot", "tuned"]), max_size=2, unique=True).map(tuple)
    return st.none() | st.integers(0, 100)


AGREEING: dict[str, Callable[..., dict[str, Any]]] = {
    "Answer": lambda **fields: {"text": "so"},
    "Guide": lambda **fields: {"item": "few-shot"},
    "Second": lambda **fields: {"proposal": IDS[0], "question": ""},
    "Feedback": lambda **fields: {"worth": "yes"},
    "Pace": lambda **fields: {"pinned": ("Talk",)},
    "PaperAnswer": lambda **fields: {"item": "few-shot"},
    "Away": lambda first, last, **fields: {"last": max(first, last)},
    # No one gives a role to themselves.
    "Swap": lambda member, **fields: (
        {name: "" for name in ("to", "asked") if fields.get(name) == member}
        | {"for_role": f"{fields['role']} in return" if fields.get("for_session") else ""}
    ),
}
"""What makes the fields of a type agree with each other, where drawn ones may not."""


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record of any type that could have been entered, with any optional field given or not."""
    kind = draw(st.sampled_from([*TYPES.values()]))
    known = {field.name for field in msgspec.structs.fields(Record)}
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name not in known and (field.required or draw(st.booleans())):
            fields[field.name] = draw(values(kind, field))
    fields |= AGREEING.get(kind.__name__, dict)(**fields)
    if kind is Sent and not fields.get("waiting"):
        fields.pop("failed", None)
    if kind is Proposal and not fields.get("item"):
        fields["title"] = "A title"
    if kind is Vote and "choice" not in fields:
        fields.pop("scores", None)
    if kind.__name__ == "Summary":
        fields["text"] = draw(said)
    for field in {"items", "choice"} & fields.keys():
        fields[field] = (fields[field],) if isinstance(fields[field], str) else fields[field]
    replaces = draw(st.just("") | st.sampled_from(IDS))
    given_id, at = draw(st.sampled_from(IDS)), draw(instants)
    made = kind(id=given_id, at=at, by=draw(ids), session=draw(st.sampled_from(SESSIONS)), replaces=replaces, **fields)
    made.check_all()
    return made


@pytest.mark.slow
@given(records())
@settings(max_examples=examples(400))
def test_a_line_is_what_the_encoder_of_json_writes(record: Record) -> None:
    """Byte for byte, field for field, for every type; but for the order (the envelope first) and the time to the millisecond."""
    fields = msgspec.json.decode(msgspec.json.encode(record), type=dict[str, msgspec.Raw])
    envelope = {"v": b"1", "id": fields["id"], "at": f'"{to_timestamp(record.at)}"'.encode()}
    envelope |= {name: fields[name] for name in ("by", "session", "type")}
    wanted = envelope | {name: value for name, value in fields.items() if name not in envelope}
    line = encode(record)
    assert line == b"{" + b",".join(b'"%b":%b' % (name.encode(), bytes(value)) for name, value in wanted.items()) + b"}"
    assert decode(line) == record
    assert encode(record) == line


def test_the_law_tries_every_type_and_every_field() -> None:
    """What has no strategy would be tried never, and no one would notice."""
    for kind in TYPES.values():
        for field in msgspec.structs.fields(kind):
            if field.name not in {one.name for one in msgspec.structs.fields(Record)}:
                values(kind, field).validate()


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """The same lines twice, each time in another order, cut into pieces, some of them given again."""
    lines = [encode(record) for record in draw(st.lists(records(), min_size=1, max_size=25))]
    lines += [line.replace(b'"type":"', b'"type":"future-', 1) for line in lines if draw(st.integers(0, 9)) == 0]
    both = []
    for _ in range(2):
        order = draw(st.permutations(lines + draw(st.lists(st.sampled_from(lines), max_size=8))))
        cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
        both.append([order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True)])
    return both[0], both[1]


@pytest.fixture(scope="module")
def empty_store(cluster: str) -> Iterator[Any]:
    """A function that returns a new store on the same database, which it has emptied."""
    engine = create_engine(f"{cluster}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE laws")
    engine.dispose()
    address = f"{cluster}/laws"
    SqlStore(address).read()
    engine = create_engine(address)

    def emptied() -> SqlStore:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL studygroup.workbook.forget = 'on'")
            connection.exec_driver_sql("TRUNCATE studygroup_record, studygroup_forgotten, studygroup_quarantine")
        return SqlStore(address)

    yield emptied
    engine.dispose()


TABLES = [name for name in tables.__all__ if not name.endswith("_progress") and name not in {"rows", "activity"}]


def assert_same(one: Journal, other: Journal) -> None:
    """Record for record, and table for table, kept up to date or made anew."""
    assert one.records == other.records
    assert {unknown.line for unknown in one.unknown} == {unknown.line for unknown in other.unknown}
    for name in TABLES:
        made = [getattr(tables, name)(given) for given in (one.current_state, other.current_state, one.records)]
        for frame in made[1:]:
            pd.testing.assert_frame_equal(made[0], frame, obj=name)


@given(histories(), st.booleans(), st.integers(0, 3))
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_order_gives_the_same_journal_from_files_and_from_a_database(
    tmp_path: Path,
    cluster: str,
    empty_store: Any,
    both: tuple[list[list[bytes]], list[list[bytes]]],
    forget: bool,
    when: int,
) -> None:
    """In any order, with any repetition, read in between or not, and with someone forgotten at any moment."""
    shutil.rmtree(tmp_path / "sessions", ignore_errors=True)
    (tmp_path / "sessions").mkdir()
    files, in_files = FilesLines(tmp_path / "sessions"), FilesStore(tmp_path / "sessions")
    tombstone = new_tombstone("zoe-obrien-li", "former-member", START, ["Zoë O'Brien-李"], IDS[:20])
    with closing(empty_store()) as in_sql, closing(SqlStore(f"{cluster}/laws")) as fresh:
        for store, reader, pieces in ((files, in_files, both[0]), (in_sql, in_sql, both[1])):
            for number, piece in enumerate([*pieces, []]):
                if forget and number == min(when, len(pieces)):
                    store.add_tombstones([tombstone])
                store.add_lines(piece)
                reader.read()
        assert_same(in_files.read(), in_sql.read())
        assert_same(in_files.read(), FilesStore(tmp_path / "sessions").read())
        assert_same(in_sql.read(), fresh.read())
