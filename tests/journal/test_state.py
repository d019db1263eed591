"""What is current, kept up to date: the same answers as computing it anew, whatever comes in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.journal.current import state as state_module
from studygroup.journal.current.current import current, time_changes
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables import tables
from studygroup.journal.types import subjects
from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import (
    TYPES,
    Attendance,
    Away,
    Note,
    Person,
    Question,
    Reading,
    Sent,
    SlotRule,
    Summary,
    Withdraw,
)
from studygroup.journal.types.subjects import key_of
from tests.support.laws import examples

NOW = datetime(2026, 11, 27, 22, 58, tzinfo=UTC)
TABLES = [
    *(tables.people, tables.slots, tables.plans, tables.closes, tables.rsvps, tables.attendance, tables.swaps, tables.away),
    *(tables.turns, tables.paces),
    *(tables.notes, tables.actions, tables.sent, tables.reading, tables.ratings, tables.summaries, tables.materials),
    *(tables.proposals, tables.ballots, tables.votes, tables.questions, tables.activity),
]
# A table of one type need not be compared where there is no such record.
OF_TABLE = {"people": Person, "reading": Reading, "summaries": Summary, "away": Away, "sent": Sent, "slots": SlotRule}
OF_TABLE |= {f"{kind}s": struct for kind, struct in TYPES.items()} | {"attendance": Attendance}
IDS = [f"id-{number}" for number in range(10)]
MEMBERS, ITEMS, SESSIONS = ["ada", "bo"], ["lora", "few-shot"], ["2026-11-27", "2026-12-04", "2026-12-11"]
some_id, member, item = st.sampled_from(IDS), st.sampled_from(MEMBERS), st.sampled_from(ITEMS)
text, of = st.sampled_from(["one", "two"]), st.sampled_from(["", "", *IDS])
DAYS = [date(2026, 11, 1), date(2026, 12, 1)]

FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "person": {"member": member, "name": text, "left": st.sampled_from([None, *DAYS])},
    "slot": {
        "valid_from": st.sampled_from(DAYS),
        "weekday": st.just("friday"),
        "time": st.just("23:00"),
        "zone": st.just("UTC"),
    },
    "plan": {"cancelled": st.booleans(), "length_min": st.sampled_from([None, 60]), "roles": st.just({"scribe": "bo"})},
    "guide": {"item": item, "part": text, "questions": st.sampled_from([[], ["why"]])},
    "pace": {"parts": st.just({"Talk": 90}), "pinned": st.sampled_from([[], ["Talk"]]), "read": st.integers(0, 2)},
    "response": {"item": item, "question": text, "member": member, "text": text},
    "close": {"finished": st.sampled_from([[], ["basics/one"]])},
    "rsvp": {"member": member, "answer": st.sampled_from(["yes", "no"])},
    "attendance": {"member": member, "state": st.sampled_from(["present", "absent"])},
    "feedback": {"member": member, "worth": st.sampled_from(["yes", "no"]), "signed": st.booleans()},
    "reply": {"member": member, "to": some_id, "text": text, "of": of},
    "swap": {"member": st.just("ada"), "role": st.just("scribe"), "to": st.sampled_from(["", "bo"])},
    "turn": {"member": member, "role": st.just("scribe"), "answer": st.sampled_from(["volunteer", "decline"])},
    "away": {"member": member, "first": st.sampled_from(DAYS), "last": st.just(date(2026, 12, 2))},
    "note": {"text": text, "of": of},
    "action": {"text": text, "due": st.sampled_from([None, *DAYS]), "of": of},
    "sent": {"message": text, "to": st.sampled_from([[], ["a-1"]]), "trying": st.sampled_from([[], ["a-2"]])},
    "reading": {"member": member, "item": item, "status": st.sampled_from(["read", "unread"])},
    "rating": {"member": member, "item": item, "rating": st.integers(1, 5)},
    "summary": {"member": member, "item": item, "text": text},
    "question": {"member": member, "text": text, "of": of},
    "answer": {"member": member, "text": text, "question": some_id, "of": of, "state": st.sampled_from(["open", "answered"])},
    "material": {"item": item, "label": text, "url": st.just("https://example.org/"), "of": of},
    "proposal": {"member": member, "item": item, "of": of},
    "second": {"proposal": some_id, "question": st.just(""), "member": member},
    "ballot": {"shortlist": st.just(ITEMS), "until": st.just(NOW), "of": of},
    "vote": {"ballot": some_id, "member": member, "choice": st.sampled_from([[], ["lora"]])},
    "result": {"ballot": some_id, "options": st.just(ITEMS), "electors": st.integers(0, 2)},
    "survey": {"first": st.sampled_from(DAYS), "moves": st.sampled_from(["", SESSIONS[0]]), "of": of},
    "availability": {"survey": some_id, "member": member, "can": st.sampled_from([[], ["monday 18:00-20:00"]])},
    "withdraw": {"record": some_id},
}


def made(kind: str, fields: dict[str, Any], name: str, minute: int, by: str, session: str) -> Record:
    return new_record(kind, now=NOW + timedelta(days=minute), by=by, session=session, id=name, **fields)


@st.composite
def journals(draw: st.DrawFn) -> list[Record]:
    """Records of few types that often name each other; in some journals an id occurs with different content, too."""
    kinds = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3))
    # An answer without a question shows nothing.
    kinds += ["withdraw", *(["question"] if "answer" in kinds else [])]
    clashes = draw(st.integers(0, 4)) == 0
    records = []
    for number in range(draw(st.integers(1, len(IDS)))):
        kind = draw(st.sampled_from(kinds))
        name = draw(some_id) if clashes else IDS[number]
        place = draw(st.integers(0, 9)), draw(member), draw(st.sampled_from(SESSIONS))
        records.append(made(kind, draw(st.fixed_dictionaries(FIELDS[kind])), name, *place))
    return records


def once(records: list[Record]) -> list[Record]:
    """Return each id once: of different contents the one with the smaller bytes."""
    return list({record.id: record for record in sorted(records, key=encode, reverse=True)}.values())


def test_the_test_knows_every_type() -> None:
    """A new type must be tried, too."""
    assert FIELDS.keys() == {name for name, kind in TYPES.items() if not kind.retired}


@pytest.mark.slow
@pytest.mark.parametrize("many", [subjects._MANY, 0, 3])
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journals(), st.lists(st.integers(0, 40), max_size=2), st.randoms(use_true_random=False))
def test_any_order_repetition_and_batches_give_what_the_reference_gives(
    monkeypatch: pytest.MonkeyPatch, many: int, records: list[Record], cuts: list[int], chance: random.Random
) -> None:
    """A law: after each batch everything holds that holds of the records so far; ids with different content included.

    However many there must be until they are sorted as numbers.
    """
    monkeypatch.setattr(subjects, "_MANY", many)
    monkeypatch.setattr(state_module, "_SOME", many)
    again = [*records, *chance.choices(records, k=chance.choice([0, 5]))]
    chance.shuffle(again)
    current_state, so_far = CurrentState(), []
    for first, last in pairwise([0, *sorted(min(cut, len(again)) for cut in cuts), len(again)]):
        batch = again[first:last]
        so_far += batch
        counts = Counter(record.id for record in so_far)
        assert current_state.add(batch) == {record.id for record in batch if counts[record.id] > 1}
        known = once(so_far)
        kinds = {type(record) for record in records}
        for kind in kinds:
            assert current_state.current(kind) == current(known, kind)
        assert current_state.time_changes() == time_changes(known)
        for table in TABLES:
            if OF_TABLE.get(table.__name__, Withdraw) in kinds | {Withdraw}:
                pd.testing.assert_frame_equal(table(current_state), table(known))


@settings(max_examples=examples(5), deadline=None)
@given(st.fixed_dictionaries({kind: st.fixed_dictionaries(fields) for kind, fields in FIELDS.items()}))
def test_every_table_without_rows_has_the_columns_and_types_of_one_with_rows(chosen: dict[str, dict[str, Any]]) -> None:
    """So that a program needs no special case for a new group."""
    full = []
    for number, (kind, fields) in enumerate(chosen.items()):
        own = {"of": ""} if "of" in fields else {"record": "id-none"} if kind == "withdraw" else {}
        full.append(made(kind, fields | own, f"full-{number}", 0, "ada", SESSIONS[0]))
    for table in TABLES:
        some, none = table(full), table([])
        assert len(some) > 0, table.__name__
        assert len(none) == 0
        assert dict(none.dtypes) == dict(some.dtypes), table.__name__
        assert list(some.index) == list(range(len(some)))


def test_a_withdrawal_may_come_before_its_record() -> None:
    """As when two files are read in the other order."""
    note = made("note", {"text": "one"}, "id-1", 0, "ada", SESSIONS[0])
    current_state = CurrentState([made("withdraw", {"record": "id-1"}, "id-2", 1, "ada", SESSIONS[0])])
    assert current_state.add([note]) == set()
    assert current_state.current(Note) == []
    assert not current_state.stands(note)
    assert list(current_state.withdrawn()) == [note]


def test_what_is_said_of_a_withdrawn_thing_does_not_hold_either() -> None:
    """Also where its first record is not there, and in whatever order they come."""
    gone = made("withdraw", {"record": "id-1"}, "id-2", 1, "ada", SESSIONS[0])
    later = made("note", {"text": "two", "of": "id-1"}, "id-3", 2, "ada", SESSIONS[0])
    for order in ([gone, later], [later, gone]):
        current_state = CurrentState()
        for one in order:
            current_state.add([one])
        assert current_state.current(Note) == current(order, Note) == []


def test_withdrawing_a_correction_brings_back_what_it_corrected() -> None:
    """Also in a table that was made before."""
    first, second = (
        made("attendance", {"member": "bo", "state": state}, name, minute, "ada", SESSIONS[0])
        for state, name, minute in (("late", "id-1", 0), ("absent", "id-2", 1))
    )
    current_state = CurrentState([first, second])
    assert tables.attendance(current_state)["state"].tolist() == ["absent"]
    current_state.add([made("withdraw", {"record": "id-2"}, "id-3", 2, "ada", SESSIONS[0])])
    assert tables.attendance(current_state)["state"].tolist() == ["late"]
    assert current_state.latest(Attendance, key_of((SESSIONS[0], "bo"))) == first


def test_an_id_that_came_again_is_told_and_counts_once() -> None:
    """Of two contents the smaller bytes hold, whichever comes first."""
    read, skimmed = (
        made("reading", {"member": "bo", "item": "lora", "status": status}, "id-1", 0, "bo", SESSIONS[0])
        for status in ("read", "skimmed")
    )
    for one, other in ((read, skimmed), (skimmed, read)):
        current_state = CurrentState([one])
        assert tables.reading(current_state)["status"].tolist() == [one.status]
        assert current_state.add([other, other]) == {"id-1"}
        assert len(current_state) == 1
        assert tables.reading(current_state)["status"].tolist() == ["read"]
        assert tables.activity(current_state)["records"].tolist() == [1]
        assert current_state.current(Reading) == [read]


def test_a_table_handed_out_is_the_callers_own() -> None:
    """What someone does to it changes no other."""
    current_state = CurrentState([made("note", {"text": "one"}, "id-1", 0, "ada", SESSIONS[0])])
    mine = tables.notes(current_state)
    mine.loc[0, "text"] = "changed"
    mine["more"] = 1
    assert tables.notes(current_state)["text"].tolist() == ["one"]
    assert "more" not in tables.notes(current_state)
    current_state.current(Note).clear()
    assert len(current_state.current(Note)) == 1


def test_adding_little_to_much_makes_few_rows() -> None:
    """A table is not made anew for one record: only the rows of the subjects that changed are."""
    many = [
        made("reading", {"member": "ada", "item": f"item-{n}", "status": "read"}, f"r-{n}", 0, "ada", SESSIONS[0])
        for n in range(500)
    ]
    current_state = CurrentState(many)
    before = tables.reading(current_state)
    asked: list[Any] = []
    table, _ = current_state.kept((Reading, "table"), lambda: pytest.fail("the table is kept"))
    row_of = table.row_of
    table.row_of = lambda key: (asked.append(key), row_of(key))[1]
    current_state.add([made("reading", {"member": "ada", "item": "item-250x", "status": "read"}, "new", 1, "ada", SESSIONS[0])])
    after = tables.reading(current_state)
    assert asked == [("ada", "item-250x")]
    assert len(after) == len(before) + 1
    assert after["item"].tolist() == sorted([*before["item"], "item-250x"])


def question(name: str, minute: int, session: str, **fields: Any) -> Record:
    return made("question", {"member": "ada", "text": "Why?"} | fields, name, minute, "ada", session)


def test_a_question_lives_until_it_is_answered() -> None:
    """One row says who asked, what was said, who closed it, and how many sessions it was open in."""
    came = [
        made("attendance", {"member": "bo", "state": "present"}, f"a-{n}", n, "bo", session)
        for n, session in enumerate(SESSIONS)
    ]
    said = {"member": "bo", "question": "q-1"}
    records = [
        *came,
        question("q-1", 0, SESSIONS[0]),
        question("q-2", 1, SESSIONS[1], text="How?"),
        question("q-3", 2, SESSIONS[2], text="Why, and when?", of="q-1"),
        made("answer", said | {"text": "Perhaps.", "state": "open"}, "s-1", 3, "bo", SESSIONS[0]),
        made("answer", said | {"text": "Because.", "question": "q-3", "item": "lora"}, "s-2", 4, "bo", SESSIONS[1]),
    ]
    current_state = CurrentState(records)
    first, second = tables.rows(tables.questions(current_state))
    assert (first.id, first.text, first.state, first.session) == ("q-1", "Why, and when?", "answered", SESSIONS[0])
    assert (first.answers, first.closed_by, first.closed_session) == (("Perhaps.", "Because."), "bo", SESSIONS[1])
    assert (first.closed_item, first.closed_at, first.sessions) == ("lora", pd.Timestamp(NOW + timedelta(days=4)), 2)
    assert (second.state, second.answers, second.closed_at, second.sessions) == ("open", (), pd.NaT, 2)
    current_state.add([made("withdraw", {"record": "s-2"}, "w-1", 5, "bo", SESSIONS[1])])
    first, second = tables.rows(tables.questions(current_state))
    assert (first.state, first.answers, first.sessions) == ("open", ("Perhaps.",), 3)
    assert current_state.latest(Question, "q-1") == records[5]


def test_activity_counts_by_the_week_of_utc() -> None:
    """A Sunday night in another zone may be a Monday in UTC; the week is named by its Monday."""
    sunday = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    records = [
        new_record("note", now=sunday + timedelta(hours=hours), by="ada", session=SESSIONS[0], text="one") for hours in (0, 1)
    ]
    frame = tables.activity(records)
    assert frame["week"].tolist() == [pd.Timestamp("2026-11-23"), pd.Timestamp("2026-11-30")]
    assert frame["records"].tolist() == [1, 1]


def test_times_too_near_for_numbers_are_compared_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds as numbers are exact to 30 µs in the year 8999; of the same time the greater id holds."""
    monkeypatch.setattr(subjects, "_MANY", 0)
    late = datetime(8999, 12, 31, 23, 59, 59, tzinfo=UTC)
    told = {"by": "bo", "session": SESSIONS[0], "member": "bo", "item": "lora"}
    records = [
        msgspec.structs.replace(
            new_record("reading", now=late, status=status, id=name, **told), at=late.replace(microsecond=micro)
        )
        for name, status, micro in [("id-3", "read", 1), ("id-1", "reading", 2), ("id-2", "skimmed", 2), ("id-4", "unread", 0)]
    ]
    for order in (records, records[::-1]):
        current_state = CurrentState(order)
        assert [record.id for record in current_state.current(Reading)] == ["id-2"]
        assert {record.id for record in current_state.of_subject(Reading, ("bo", "lora"))} == {record.id for record in records}


def test_what_holds_is_the_same_list_until_something_is_said() -> None:
    """One record more is put in its place; whoever got the list before has it as it was."""
    readings = [
        made("reading", {"member": "ada", "item": f"item-{n}", "status": "read"}, f"r-{n}", 0, "ada", SESSIONS[0])
        for n in range(9)
    ]
    current_state = CurrentState(readings)
    keys, records = current_state.current_by_key(Reading)
    current_state.add([made("note", {"text": "one"}, "n-1", 0, "ada", SESSIONS[0])])
    assert current_state.current_by_key(Reading)[1] is records
    current_state.add([made("withdraw", {"record": "r-4"}, "w-1", 1, "ada", SESSIONS[0])])
    assert current_state.current_by_key(Reading) == ([*keys[:4], *keys[5:]], [*records[:4], *records[5:]])
    assert len(keys) == len(records) == 9
    assert [record.id for record in current_state.records_after(9)] == ["n-1", "w-1"]
