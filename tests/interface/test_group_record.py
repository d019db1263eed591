"""`group.record` enters what forms and commands enter, with the same checks, and what it returns can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import studygroup as sg
from studygroup.errors import CatalogueError, RecordError, ScheduleError
from studygroup.interface.recording import recordable
from studygroup.journal.types.record import fields_of
from studygroup.journal.types.records import TYPES
from studygroup.workbook.identity import MEMBER, note_me
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"


@pytest.fixture
def ours(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> sg.Group:
    monkeypatch.delenv(MEMBER, raising=False)
    return sg.Group(group)


def held(group: sg.Group, kind: str) -> list[dict[str, Any]]:
    """Return what is on the disk, of one type."""
    return [fields_of(one) for one in Workbook(group.folder).current.current(TYPES[kind])]


def test_a_rating_is_entered_by_name_and_undone(ours: sg.Group) -> None:
    """It is on the disk, in the table, and gone again."""
    entered = ours.record("rating", member="Bo", item="few-shot", rating=5)
    assert (entered.type, entered.by, entered.session, entered.of, entered.number) == ("rating", BO, "2026-11-20", "", "")
    assert held(ours, "rating") == [{"member": BO, "item": "few-shot", "rating": 5}]
    assert [*ours.tables.ratings["rating"]] == [5]
    assert repr(entered) == f"<Saved: rating {entered.id} by bo: member='bo', item='few-shot', rating=5>"
    entered.undo()
    assert (ours.tables.ratings.empty, held(ours, "rating")) == (True, [])
    assert "<Undone: rating" in repr(entered)
    with pytest.raises(RecordError, match="undone before"):
        entered.undo()


def test_every_type_with_a_form_can_be_recorded(ours: sg.Group, clock: Clock) -> None:
    """What was recorded of each is current, and no type is left out."""
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    here = "2026-11-20"
    given: dict[str, dict[str, Any]] = {
        "person": {"name": "Cy", "zone": "UTC", "joined": "2026-11-01"},
        "slot": {"valid_from": "2027-01-01", "weekday": "monday", "time": "20:00", "zone": "UTC"},
        "plan": {"session": here, "steps": [1], "presenter": "Bo"},
        "guide": {"session": here, "item": "few-shot", "part": "sections 1 to 3", "questions": ["Why three?"]},
        "pace": {"session": here, "pinned": ["Big idea=30"]},
        "response": {"session": here, "member": "Bo", "question": "1", "text": "Four would be no better."},
        "feedback": {"session": here, "member": "Bo", "worth": "yes", "pace": "slower", "text": "More examples."},
        "rsvp": {"member": "Bo", "answer": "no", "why": "Ill"},
        "attendance": {"member": "Bo", "state": "late"},
        "close": {"continues": [1]},
        "swap": {"member": "Bo", "role": "scribe", "to": "Zoë O'Brien-李"},
        "turn": {"member": "Bo", "role": "presenter", "answer": "volunteer"},
        "away": {"member": "Bo", "first": date(2026, 12, 1), "last": pd.Timestamp("2026-12-24")},
        "note": {"text": "So be it.", "decision": True},
        "action": {"text": "Look it up", "owner": "Bo", "due": "2026-12-01"},
        "reading": {"member": "Bo", "item": "few-shot", "status": "read"},
        "rating": {"member": "Bo", "item": "few-shot", "rating": np.int64(4)},
        "summary": {"member": "Bo", "item": "few-shot", "big_idea": "Prompts."},
        "question": {"member": "Bo", "item": "few-shot", "text": "Why?"},
        "material": {"item": "few-shot", "label": "Slides", "url": "https://example.org/"},
        "proposal": {"member": "Bo", "item": "talk"},
        "ballot": {"shortlist": ["tuned", "talk"], "until": "2026-12-01T20:00"},
        "survey": {"first": "2027-01-04"},
        "availability": {"member": "Bo", "can": ["monday 18:00-20:00"]},
    }
    entered = {kind: ours.record(kind, **fields) for kind, fields in given.items()}
    asked, ballot = entered["question"], entered["ballot"]
    entered["answer"] = ours.record("answer", question=asked.number, text="Because.")
    entered["reply"] = ours.record("reply", member="Bo", to=entered["answer"].id, text="Is it?")
    entered["second"] = ours.record("second", member="Zoë O'Brien-李", proposal=entered["proposal"].of)
    entered["vote"] = ours.record("vote", member="Bo", ballot=ballot.of, choice=pd.Series(["talk"]))
    assert sorted(entered) == sorted(recordable())
    for kind, one in entered.items():
        assert one.fields in held(ours, kind), kind
    assert held(ours, "plan")[0]["roles"] == {"presenter": BO}
    assert held(ours, "away")[0]["last"] == date(2026, 12, 24)
    assert held(ours, "ballot")[0]["until"] == datetime(2026, 12, 1, 20, tzinfo=UTC)
    assert (asked.number[0], len(asked.number), entered["answer"].by) == ("Q", 6, ADA)


def test_a_thing_that_is_there_already_is_changed(ours: sg.Group) -> None:
    """By its number or its id; what is not given stays."""
    action = ours.record("action", text="Look it up", owner="Bo")
    ours.record("action", of=action.number, done=True)
    ours.record("action", of=action.of, due="2026-12-01")
    assert held(ours, "action") == [
        {"text": "Look it up", "owner": BO, "due": date(2026, 12, 1), "done": True, "of": action.of}
    ]
    ours.record("person", member="Bo", zone="Europe/Berlin", left="2026-12-31")
    [bo] = [one for one in held(ours, "person") if one["member"] == BO]
    assert (bo["name"], bo["zone"], bo["left"]) == ("Bo", "Europe/Berlin", date(2026, 12, 31))


def test_who_enters_is_found_as_on_the_command_line(ours: sg.Group, group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is named, else whose it is, else who this folder knows, else the one facilitator."""
    assert ours.record("note", text="One").by == ADA
    assert ours.record("rating", member="Bo", item="talk", rating=1).by == BO
    assert ours.record("rating", member="Bo", item="talk", rating=2, by="Ada Lovelace").by == ADA
    note_me(group, ZOE)
    assert ours.record("note", text="Two").by == ZOE
    monkeypatch.setenv(MEMBER, BO)
    assert ours.record("note", text="Three").by == BO


def test_no_one_knows_who_enters(ours: sg.Group, folder: Path) -> None:
    """With two facilitators and no one named, it says what to write; of an empty roster, what to do first."""
    ours.record("person", member="Bo", role="facilitator")
    with pytest.raises(RecordError, match='Say who enters this: by="…"'):
        ours.record("note", text="One")


def test_the_first_person_adds_themselves(folder: Path) -> None:
    """Before that, nothing can be entered."""
    group = sg.open(folder)
    with pytest.raises(RecordError, match=r'group\.record\("person"'):
        group.record("note", text="One")
    assert group.record("person", name="Ada", role="facilitator").by == "ada"
    assert [*group.tables.people["role"]] == ["facilitator"]


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("ratng", {}, "'ratng' is not a record type (did you mean 'rating'?)"),
        ("claim", {}, "A claim is no longer entered"),
        ("withdraw", {"record": "x"}, "A withdraw has no form of its own; there are person"),
        ("rating", {"item": "few-shot", "rating": 6}, "6 is not a rating; use 1, 2, 3, 4 or 5"),
        ("rating", {"item": "few-shot", "ratings": 5}, "A rating has no field 'ratings' (did you mean 'rating'?)"),
        ("rating", {"item": "few-shot"}, "This rating is not complete: rating is missing"),
        ("rating", {"member": "bob", "item": "few-shot", "rating": 5}, "'bob' is not on the roster"),
        ("rsvp", {"answer": "perhaps"}, "use yes, maybe, no"),
        ("plan", {"step": [1]}, "A plan has no field 'step' (did you mean 'steps'?)"),
        ("plan", {"cancelled": True}, "Say why the session of 2026-11-20 is cancelled"),
        ("close", {"continues": [4]}, "did not read step 4"),
        ("attendance", {"member": "Bo", "session": "2026-11-27"}, "add early=True"),
        ("ballot", {"shortlist": ["talk", "tuned"], "until": "soon"}, "The until 'soon' is not a time"),
        ("person", {"name": "Ada Lovelace"}, "is already on the roster"),
        ("person", {"member": "Bo", "left": "2026-13-01"}, "'2026-13-01' is not a date"),
        ("person", {}, "name"),
        ("note", {"text": " "}, "The note is empty"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(ours: sg.Group, kind: str, given: dict[str, Any], message: str) -> None:
    """It says what, and what is allowed; nothing is written."""
    before = len(Workbook(ours.folder).journal.records)
    with pytest.raises(RecordError) as refused:
        ours.record(kind, **given)
    assert message in str(refused.value)
    assert len(Workbook(ours.folder).journal.records) == before


def test_an_item_or_a_session_that_is_not_there_is_refused(ours: sg.Group) -> None:
    """With the nearest right one."""
    with pytest.raises(CatalogueError, match="did you mean 'few-shot'"):
        ours.record("rating", item="fewshot", rating=5)
    with pytest.raises(ScheduleError):
        ours.record("rsvp", answer="yes", session=date(2026, 11, 21))


def test_members_rights_are_those_of_the_forms(ours: sg.Group) -> None:
    """What is a facilitator's to enter is refused to others, and a summary of someone else's too."""
    with pytest.raises(RecordError, match="for a facilitator to enter"):
        ours.record("plan", steps=[1], by="Bo")
    with pytest.raises(RecordError, match="Only Zoë"):
        ours.record("summary", member=ZOE, item="talk", text="Hers", by="Bo")
    early = ours.record("attendance", member="Bo", session="2026-11-27", early=True)
    assert early.session == "2026-11-27"
