"""Who may enter what: a facilitator for everyone, a member for themself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from studygroup.errors import RecordError
from studygroup.workbook.workbook import Workbook

WEEK = "2026-11-20"
ZOE = "zoe-obrien-li"
FOR_BO: list[tuple[str, dict[str, Any]]] = [
    ("rsvp", {"member": "bo", "answer": "yes"}),
    ("attendance", {"member": "bo", "state": "present"}),
    ("reading", {"member": "bo", "item": "tuned", "status": "read"}),
    ("rating", {"member": "bo", "item": "tuned", "rating": 4}),
    ("summary", {"member": "bo", "item": "tuned", "big_idea": "Tune."}),
    ("question", {"member": "bo", "text": "Why?"}),
    ("proposal", {"member": "bo", "item": "talk"}),
    ("away", {"member": "bo", "first": date(2026, 12, 1), "last": date(2026, 12, 9)}),
    ("swap", {"member": "bo", "role": "scribe"}),
    ("person", {"member": "bo", "name": "Bo the Great"}),
]
FOR_THE_GROUP: list[tuple[str, dict[str, Any]]] = [
    ("plan", {"items": ("tuned",)}),
    ("close", {}),
    ("slot", {"valid_from": date(2027, 1, 1), "weekday": "monday", "time": "19:00", "zone": "UTC"}),
    ("sent", {"message": "agenda"}),
]


@pytest.mark.parametrize(("kind", "fields"), FOR_BO, ids=lambda one: one if isinstance(one, str) else "")
def test_a_member_enters_for_themself_and_a_facilitator_for_everyone(
    group: Workbook, kind: str, fields: dict[str, Any]
) -> None:
    """Another member is refused, with who could; nothing is written then."""
    count = len(group.journal.records)
    with pytest.raises(RecordError, match=r"^Only Bo can enter or change this, or a facilitator: Ada Lovelace\.$"):
        group.enter(kind, by=ZOE, session=WEEK, **fields)
    assert len(group.journal.records) == count
    assert group.enter(kind, by="bo", session=WEEK, **fields).by == "bo"
    assert group.enter(kind, by="ada-lovelace", session=WEEK, **fields).by == "ada-lovelace"


@pytest.mark.parametrize(("kind", "fields"), FOR_THE_GROUP, ids=lambda one: one if isinstance(one, str) else "")
def test_what_is_the_groups_a_facilitator_enters(group: Workbook, kind: str, fields: dict[str, Any]) -> None:
    """Planning, closing, announcing and moving the weekly time are not a member's."""
    with pytest.raises(RecordError, match=f"^A {kind} is for a facilitator to enter: Ada Lovelace.$"):
        group.enter(kind, by="bo", session=WEEK, **fields)
    assert group.enter(kind, by="ada-lovelace", session=WEEK, **fields).type == kind


def test_no_one_makes_themself_a_facilitator(group: Workbook) -> None:
    """A facilitator does; in a group without one, anyone can begin."""
    with pytest.raises(RecordError, match="Only a facilitator can make someone a facilitator: Ada Lovelace"):
        group.change_person("bo", role="facilitator")
    group.change_person("bo", role="facilitator", by="ada-lovelace")
    assert group.facilitators == ["ada-lovelace", "bo"]


def test_without_a_facilitator_anyone_enters_anything(group: Workbook) -> None:
    """A group whose facilitator left, or that never had one, is not locked out."""
    group.change_person("ada-lovelace", role="member", by="ada-lovelace")
    assert group.enter("plan", by="bo", session=WEEK, items=("tuned",)).by == "bo"
    assert group.enter("reading", by="bo", member=ZOE, item="tuned", status="read").member == ZOE


def test_what_someone_else_wrote_stays_theirs(group: Workbook) -> None:
    """A question, a note or a link is changed by who entered it; an action by anyone, as someone must say that it is done."""
    question = group.enter("question", by="bo", session=WEEK, member="bo", text="Why?")
    note = group.enter("note", by="bo", session=WEEK, text="We agree.")
    for kind, record in (("question", question), ("note", note)):
        with pytest.raises(RecordError, match="Only Bo can enter or change this"):
            group.amend(kind, by=ZOE, of=record.id, text="No.", **({"member": ZOE} if kind == "question" else {}))
        assert group.amend(kind, by="bo", of=record.id, text="Yes.").text == "Yes."
    action = group.enter("action", by="bo", session=WEEK, text="Find the code", owner="bo")
    assert group.amend("action", by=ZOE, of=action.id, done=True).done


def test_a_role_that_is_given_away_can_be_taken(group: Workbook) -> None:
    """Who takes it says so; someone else cannot take it after that."""
    group.add_person("Cy", by="ada-lovelace")
    with pytest.raises(RecordError, match="Only Bo"):
        group.enter("swap", by=ZOE, session=WEEK, member="bo", role="scribe", to=ZOE)
    group.enter("swap", by="bo", session=WEEK, member="bo", role="scribe")
    assert group.enter("swap", by=ZOE, session=WEEK, member="bo", role="scribe", to=ZOE).to == ZOE
    with pytest.raises(RecordError, match="Only Bo"):
        group.enter("swap", by="cy", session=WEEK, member="bo", role="scribe", to="cy")
