"""The pace of a session: minutes that add up, for any room and any pins that fit."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import RecordError
from studygroup.forms.facilitator.timer import TimerForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.inputs import Number
from studygroup.forms.session.pace import PaceForm
from studygroup.group.settings import RUNNING_ORDER, Part, Settings
from studygroup.group.slot import Slot
from studygroup.interface.recording import enter_as_form
from studygroup.journal.types.records import Pace
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.pace import Room, paced, usual_minutes
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.before.room import pace_fields, pace_of
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.workbook import Workbook
from tests.conftest import NOW, Clock
from tests.forms.test_week_forms import button, texts

SETTINGS = Settings(name="Papers", slots=(Slot(NOW.date(), "friday", "23:00", "UTC"),))
ADA, BO, ZOE, FIRST = "ada-lovelace", "bo", "zoe-obrien-li", "2026-11-20"
KINDS = ("", "", "recap", "discussion", "questions")


def minutes_of(room: Room, length_min: int = 90, settings: Settings = SETTINGS, **pins: int) -> dict[str, int]:
    return {one.part.title: one.minutes for one in paced(settings, length_min, room, pins).parts}


def test_no_one_has_read_it() -> None:
    """By hand: 20 of 90 minutes are fixed. 70 are shared 18 : 40 : 20 : 15 : 15, so 108 weigh 70: 11.67, 25.93, 12.96, 9.72 and
    9.72; the four largest remainders are rounded up."""
    found = paced(SETTINGS, 90, Room(coming=6, read=0, questions=2))
    assert [(one.part.title, one.minutes) for one in found.parts] == [
        ("Arrive and settle", 5),
        ("Where we left off", 5),
        ("Read together", 11),
        ("The paper in brief", 26),
        ("Big idea", 13),
        ("Relevance", 10),
        ("Open questions", 10),
        ("Close", 10),
    ]
    assert found.reason == "None of the 6 who are expected have read it: time to read first, and a longer recap."


def test_parts_of_the_same_title_have_pins_of_their_own() -> None:
    """The second one has a number; pinned, it alone keeps its minutes, and what was kept is read back as it was."""
    order = (Part("Talk", 30), Part("Break", 10), Part("Talk", 30), Part("Close", 20))
    settings = msgspec.structs.replace(SETTINGS, running_order=order)
    fields = pace_fields(settings, 90, Room(0, 0, 0, known=False), {"Talk (2)": 30})
    assert fields["parts"] == {"Talk": 30, "Break": 10, "Talk (2)": 30, "Close": 20} and fields["pinned"] == ("Talk (2)",)
    kept = Pace(id="a", at=NOW, by=ADA, session=FIRST, **fields)
    assert [(one.name, one.part.title, one.pinned) for one in pace_of(settings, 90, Room(6, 0, 0), kept).parts] == [
        ("Talk", "Talk", False),
        ("Break", "Break", False),
        ("Talk (2)", "Talk", True),
        ("Close", "Close", False),
    ]
    assert paced(settings, 90, Room(0, 0, 0, known=False), {"Talk (2)": 30}).reason == "Talk (2) has a fixed length."


def test_what_changes_after_the_start_counts_as_it_was_when_the_session_began(group: Workbook, clock: Clock) -> None:
    """An RSVP, a reading status and an absence that are changed, undone or first entered afterwards."""
    plan_session(group, FIRST, by=ADA, items=["few-shot"])
    for member in (ADA, BO):
        group.enter("rsvp", by=member, session=FIRST, member=member, answer="yes")
    group.enter("reading", by=ADA, member=ADA, item="few-shot", status="read")
    undone = group.enter("rsvp", by=ZOE, session=FIRST, member=ZOE, answer="yes")
    before = agenda_of(group, FIRST).room
    assert (before.coming, before.read) == (3, 1)
    clock.now = datetime(2026, 11, 20, 23, 20, tzinfo=UTC)
    group.enter("rsvp", by=BO, session=FIRST, member=BO, answer="no")
    group.enter("reading", by=ADA, member=ADA, item="few-shot", status="skimmed")
    group.enter("reading", by=BO, member=BO, item="few-shot", status="read")
    group.enter("away", by=ADA, member=ADA, first=clock.now.date(), last=clock.now.date())
    group.undo(undone.id, by=ZOE)
    assert agenda_of(group, FIRST).room == before


def test_a_single_one_who_is_expected_is_not_told_of() -> None:
    """Agendas are public, and whoever reads one may know who comes."""
    assert paced(SETTINGS, 90, Room(coming=1, read=0, questions=2)).reason == "Time to read first, and a longer recap."
    assert paced(SETTINGS, 90, Room(coming=1, read=1, questions=2)).reason == "A short recap, then straight to the discussion."


def test_half_have_read_it() -> None:
    """The usual minutes."""
    found = paced(SETTINGS, 90, Room(coming=6, read=3, questions=2))
    assert [one.minutes for one in found.parts] == [5, 5, 20, 20, 15, 15, 10]
    assert found.reason == "3 of the 6 who are expected have read it: the usual pace."


def test_everyone_has_read_it() -> None:
    """By hand: the recap goes down to its least, half; its 10 minutes go to 20 : 15, so 45 are 25.7 and 19.3."""
    found = paced(SETTINGS, 90, Room(coming=6, read=6, questions=2))
    assert [(one.part.title, one.minutes) for one in found.parts] == [
        ("Arrive and settle", 5),
        ("Where we left off", 5),
        ("The paper in brief", 10),
        ("Big idea", 26),
        ("Relevance", 19),
        ("Open questions", 15),
        ("Close", 10),
    ]
    assert found.reason == "6 of the 6 who are expected have read it: a short recap, then straight to the discussion."


def test_many_open_questions_get_more_time() -> None:
    """By hand: 70 minutes are shared 20 : 20 : 15 : 30, so 85 weigh 70: 16.5, 16.5, 12.4, 24.7."""
    found = paced(SETTINGS, 90, Room(coming=6, read=3, questions=7))
    assert [one.minutes for one in found.parts] == [5, 5, 17, 16, 12, 25, 10]
    assert found.reason.endswith("7 questions are open: more time for them.")


def test_many_questions_get_a_slot_of_their_own_where_there_is_none() -> None:
    """After the discussion; its share is a setting."""
    order = (Part("Talk", 30, kind="recap"), Part("Discuss", 50, kind="discussion"), Part("Close", 10))
    settings = msgspec.structs.replace(SETTINGS, running_order=order, pace_questions_share=20)
    found = minutes_of(Room(4, 2, 9), 90, settings)
    assert [*found] == ["Talk", "Discuss", "Open questions", "Close"]
    assert (sum(found.values()), found["Close"]) == (90, 10)
    assert 10 < found["Open questions"] <= 18


def test_nothing_known_changes_nothing() -> None:
    """No one has said anything, or the group wants it so."""
    usual = [5, 5, 20, 20, 15, 15, 10]
    for settings, room in (
        (SETTINGS, Room(6, 0, 1, known=False)),
        (SETTINGS, Room(0, 0, 0)),
        (msgspec.structs.replace(SETTINGS, pace=False), Room(6, 0, 9)),
    ):
        found = paced(settings, 90, room)
        assert ([one.minutes for one in found.parts], found.reason) == (usual, "")


def test_pins_that_do_not_fit_are_refused_with_the_sum() -> None:
    """Too many minutes, minutes that leave others too few, or too many; and a part that is not there."""
    room = Room(6, 3, 0)
    with pytest.raises(RecordError, match="The pinned parts come to 95 minutes, and the session has 90"):
        minutes_of(room, **{"Big idea": 60, "Relevance": 35})
    with pytest.raises(
        RecordError, match="come to 60 minutes and the others need at least 33: 93 together, and the session has 90"
    ):
        minutes_of(room, **{"Big idea": 60})
    with pytest.raises(RecordError, match=r"at most .* together, and the session has 90\. Lengthen or unpin one"):
        minutes_of(room, **{part.title: 1 for part in RUNNING_ORDER})
    with pytest.raises(RecordError, match=r"No part of the running order is called Tea; it has .*Big idea"):
        minutes_of(room, Tea=5)
    assert minutes_of(room, **{"Big idea": 45})["Big idea"] == 45


@dataclass
class Case:
    """A group's settings, a session's length and a room."""

    settings: Settings
    length_min: int
    room: Room


@st.composite
def cases(draw: st.DrawFn) -> Case:
    parts = []
    for number in range(draw(st.integers(1, 8))):
        minutes = draw(st.integers(1, 60))
        parts.append(
            Part(
                f"Part {number}",
                minutes,
                kind=draw(st.sampled_from(KINDS)),
                least=draw(st.just(0) | st.integers(1, minutes)),
                most=draw(st.just(0) | st.integers(minutes, 120)),
            )
        )
    coming = draw(st.integers(0, 12))
    few = draw(st.integers(0, 100))
    settings = msgspec.structs.replace(
        SETTINGS,
        running_order=tuple(parts),
        pace_few=few,
        pace_most=draw(st.integers(few, 100)),
        pace_reading=draw(st.integers(0, 50)),
        pace_questions=draw(st.integers(1, 9)),
        pace_questions_share=draw(st.integers(0, 50)),
    )
    room = Room(coming, draw(st.integers(0, coming)), draw(st.integers(0, 12)), draw(st.booleans()))
    return Case(settings, draw(st.integers(5, 600)), room)


@given(cases(), st.data())
def test_minutes_add_up_within_bounds_whatever_is_pinned(case: Case, data: Any) -> None:
    """A law, for any room and any pins that fit: the session's very length, each part within its bounds, and pinned parts never move."""
    free = paced(case.settings, case.length_min, case.room)
    titles = [one.part.title for one in free.parts]
    chosen = data.draw(st.lists(st.sampled_from(titles), max_size=3, unique=True)) if titles else []
    pins = {title: data.draw(st.integers(1, max(1, case.length_min // 3))) for title in chosen}
    fits = suppress(RecordError) if pins else nullcontext()
    found = free
    with fits:
        found = paced(case.settings, case.length_min, case.room, pins)
    if found is free:
        pins = {}
    for one in (free, found):
        assert sum(part.minutes for part in one.parts) == case.length_min
        assert all(part.least <= part.minutes <= part.most for part in one.parts)
    assert {part.part.title: part.minutes for part in found.parts if part.pinned} == pins


@given(st.integers(5, 600), st.integers(1, 12))
def test_half_a_room_has_the_usual_minutes(length: int, pairs: int) -> None:
    """A law: nothing changes where neither few nor most have read, and few questions are open."""
    found = paced(SETTINGS, length, Room(2 * pairs, pairs, 0))
    usual = [minutes for minutes in usual_minutes(RUNNING_ORDER, length) if minutes]
    assert [part.minutes for part in found.parts] == usual


def room_now(book: Workbook) -> tuple[int, int, int]:
    room = agenda_of(book, FIRST).room
    return room.coming, room.read, room.questions


def test_the_agenda_follows_the_room_until_the_session_begins(group: Workbook, clock: Clock) -> None:
    """By RSVPs, reading status and open questions; what is said once it has begun no longer changes a minute."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    usual = [5, 5, 20, 20, 15, 15, 10]
    agenda = agenda_of(group, FIRST)
    assert ([one.minutes for one in agenda.running_order], agenda.pace) == (usual, "")
    for member, answer in ((ADA, "yes"), ("bo", "maybe"), (ZOE, "no")):
        group.enter("rsvp", by=member, session=FIRST, member=member, answer=answer)
    group.enter("question", by="bo", member="bo", session=FIRST, item="few-shot", text="Why?")
    assert room_now(group) == (2, 0, 1)
    agenda = agenda_of(group, FIRST)
    assert "Read together" in [one.title for one in agenda.running_order]
    assert sum(one.minutes for one in agenda.running_order) == 90
    page = AgendaPage(agenda).order()
    for shown in (page.html, page.markdown):
        assert "None of the 2 who are expected have read it: time to read first, and a longer recap." in shown
    for member in (ADA, "bo"):
        group.enter("reading", by=member, member=member, item="few-shot", status="read")
    assert room_now(group) == (2, 2, 1)
    before = agenda_of(group, FIRST).running_order
    clock.now = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
    group.enter("question", by="bo", member="bo", session=FIRST, item="few-shot", text="And now?")
    group.enter("rsvp", by=ZOE, session=FIRST, member=ZOE, answer="yes")
    assert room_now(group) == (2, 2, 1)
    assert agenda_of(group, FIRST).running_order == before


def minutes_field(form: PaceForm, title: str) -> Number:
    [found] = [one.minutes for one in form.parts.children if one.title == title]
    return found


def test_a_pace_is_kept_and_done_again_when_the_room_is_different(group: Workbook) -> None:
    """Pins never move; the form says that the room is different, and one click follows it; the timer does, too."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    context = FormContext(group, ADA)
    form, timer = PaceForm(context, lambda: FIRST), TimerForm(context)
    button(form, "Running order and pins").click()
    minutes_field(form, "Big idea").value = 95
    button(form, "Save pins").click()
    assert "The pinned parts come to 95 minutes, and the session has 90" in texts(form)
    minutes_field(form, "Big idea").value = 30
    button(form, "Save pins").click()
    assert "Big idea has a fixed length." in texts(form) and "Big idea has a fixed length." in texts(timer)
    kept = {one.title: one.minutes for one in agenda_of(group, FIRST).running_order}
    assert (kept["Big idea"], sum(kept.values())) == (30, 90)
    assert form.follow.layout.display == "none"
    for member in (ADA, "bo", ZOE):
        group.enter("reading", by=member, member=member, item="few-shot", status="read")
    context.changed()
    assert {one.title: one.minutes for one in agenda_of(group, FIRST).running_order} == kept
    assert "The room is different now. 3 of the 3 who are expected have read it" in texts(form)
    button(form, "Follow the room").click()
    now = {one.title: one.minutes for one in agenda_of(group, FIRST).running_order}
    assert (now["Big idea"], sum(now.values())) == (30, 90)
    assert now["The paper in brief"] < kept["The paper in brief"]
    assert form.follow.layout.display == "none"


def test_a_pace_that_no_longer_fits_gives_way_to_the_room(group: Workbook) -> None:
    """The session became shorter than its pins: as if nothing had been kept."""
    enter_as_form(group, "pace", by=ADA, session=FIRST, pinned=["Big idea=45"])
    plan_session(group, FIRST, by=ADA, steps=[1], length_min=30)
    agenda = agenda_of(group, FIRST)
    assert (sum(one.minutes for one in agenda.running_order), agenda.pace) == (30, "")
    with pytest.raises(RecordError, match="write TITLE=MINUTES"):
        enter_as_form(group, "pace", by=ADA, session=FIRST, pinned=["Big idea"])
