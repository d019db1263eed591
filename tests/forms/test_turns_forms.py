"""Turns and dates away, in forms without a browser."""

from __future__ import annotations

from datetime import date

import pytest

from studygroup.errors import RecordError
from studygroup.forms.choosing.rotation import RotationForm
from studygroup.forms.choosing.turns import AskEditor, AwayForm, TurnsForm
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Away, Plan, Swap
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_choose_forms import button
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"


def turns(group: Workbook, member: str) -> TurnsForm:
    return TurnsForm(FormContext(group, member), member)


def coming(group: Workbook) -> str:
    return group.schedule.next(group.clock()).id


def test_a_member_asks_another_who_accepts(group: Workbook) -> None:
    """Until then the role stays where it was."""
    week = coming(group)
    plan_session(group, week, by=ADA, roles={"presenter": BO, "scribe": ADA})
    bo, zoe = turns(group, BO), turns(group, ZOE)
    button(bo, "Ask someone").click()
    [editor] = [one for one in bo.rows.children if isinstance(one, AskEditor)]
    editor.save.click()
    assert told(editor.receipt) == "First choose someone to ask."
    assert BO not in [value for _, value in editor.who.options]
    editor.who.value = ZOE
    assert editor.back.layout.display == "none"
    editor.save.click()
    assert "Zoë O'Brien-李 is asked to be presenter on" in told(bo.receipt)
    assert "you, until Zoë O'Brien-李 accepts" in texts(bo.rows)
    assert agenda_of(group, week).roles["presenter"] == "Bo"
    zoe.context.changed()
    assert "Bo asks you to take over." in texts(zoe.rows)
    button(zoe, "Accept").click()
    assert agenda_of(group, week).roles["presenter"] == "Zoë O'Brien-李"
    assert "you are presenter on" in told(zoe.receipt)
    bo.context.changed()
    assert "you, until" not in texts(bo.rows)


def test_who_is_asked_can_refuse_and_who_asks_can_take_it_back(group: Workbook) -> None:
    """After a refusal the role is offered to everyone."""
    week = coming(group)
    plan_session(group, week, by=ADA, roles={"presenter": BO, "scribe": ADA})
    about = {"session": week, "member": BO, "role": "presenter"}
    group.enter("swap", by=BO, asked=ZOE, **about)
    bo, zoe = turns(group, BO), turns(group, ZOE)
    button(bo, "Don’t ask").click()
    zoe.context.changed()
    assert "asks you" not in texts(zoe.rows)
    group.enter("swap", by=BO, asked=ZOE, **about)
    zoe.context.changed()
    button(zoe, "No, thanks").click()
    assert "Bo is looking for someone to take over." in texts(zoe.rows)
    button(zoe, "I’ll take over").click()
    assert agenda_of(group, week).roles["presenter"] == "Zoë O'Brien-李"


def test_two_members_exchange_their_turns_in_one_step(group: Workbook) -> None:
    """One asks for a turn of the other, who accepts: both turns change hands with one entry, and one undo gives both back."""
    week = coming(group)
    later = group.schedule.following(group.clock(), 2)[-1].id
    plan_session(group, week, by=ADA, roles={"presenter": BO, "scribe": ADA})
    plan_session(group, later, by=ADA, roles={"presenter": ZOE, "scribe": ADA})
    bo, zoe = turns(group, BO), turns(group, ZOE)
    bo.context.changed()
    button(bo, "Ask someone").click()
    [editor] = [one for one in bo.rows.children if isinstance(one, AskEditor)]
    editor.who.value = ADA
    assert len(editor.back.options) == 3
    editor.who.value = ZOE
    [_, (label, wanted)] = editor.back.options
    assert label.startswith("I take their turn as presenter on ")
    editor.back.value = wanted
    editor.save.click()
    assert "Zoë O'Brien-李 is asked to exchange turns and be presenter on" in told(bo.receipt)
    assert "You take their turn as presenter on" in texts(bo.rows)
    [asked] = group.current.current(Swap)
    assert (asked.for_session, asked.for_role, asked.v) == (later, "presenter", 3)
    zoe.context.changed()
    assert "Bo asks you to exchange turns: you get this one, and they take yours as presenter on" in texts(zoe.rows)
    assert agenda_of(group, week).roles["presenter"] == "Bo"
    button(zoe, "Accept").click()
    assert "you exchange turns with Bo: you are presenter on" in told(zoe.receipt)
    assert agenda_of(group, week).roles["presenter"] == "Zoë O'Brien-李"
    assert agenda_of(group, later).roles["presenter"] == "Bo"
    [swap] = group.current.current(Swap)
    group.undo(swap.id, by=ADA)
    assert [agenda_of(group, one).roles["presenter"] for one in (week, later)] == ["Bo", "Zoë O'Brien-李"]


def test_an_exchange_needs_the_other_one_and_their_turn(group: Workbook) -> None:
    """No one takes another's turn unasked, none for something else than was asked; a turn that is gone is not exchanged."""
    week = coming(group)
    later = group.schedule.following(group.clock(), 2)[-1].id
    plan_session(group, week, by=ADA, roles={"presenter": BO, "scribe": ADA})
    plan_session(group, later, by=ADA, roles={"presenter": ZOE, "scribe": ADA})
    about = {"session": week, "member": BO, "role": "presenter"}
    back = {"for_session": later, "for_role": "presenter"}
    with pytest.raises(RecordError, match=r"Ask Zoë O'Brien-李 first \(asked\)"):
        group.enter("swap", by=BO, to=ZOE, **about, **back)
    with pytest.raises(RecordError, match="Exchange presenter for another role"):
        group.enter("swap", by=BO, asked=ZOE, **about, for_role="presenter")
    with pytest.raises(RecordError, match="'chef' is not a role"):
        group.enter("swap", by=BO, asked=ZOE, **about, for_role="chef")
    group.enter("swap", by=BO, asked=ZOE, **about, **back)
    with pytest.raises(RecordError, match="Only Bo can enter or change this"):
        group.enter("swap", by=ZOE, to=ZOE, **about, for_session=later, for_role="scribe")
    zoe = turns(group, ZOE)
    plan_session(group, later, by=ADA, roles={"presenter": ADA})
    button(zoe, "Accept").click()
    assert "You no longer have the turn as presenter on" in told(zoe.receipt)
    assert agenda_of(group, week).roles["presenter"] == "Bo"
    button(zoe, "No, thanks").click()
    [swap] = group.current.current(Swap)
    assert (swap.to, swap.asked, swap.for_session, swap.for_role) == ("", "", "", "")


def test_members_take_open_roles_and_decline_them(group: Workbook) -> None:
    """Whoever is suggested reads why; the facilitator plans another with one click."""
    week = coming(group)
    plan_session(group, week, by=ADA, roles={"scribe": BO})
    ada, bo, week_form = turns(group, ADA), turns(group, BO), RotationForm(FormContext(group, ADA))
    assert "You: no turns in 0 sessions" in texts(ada.rows)
    assert "Presenter: Ada Lovelace no turns in 0 sessions" in texts(week_form.rows)
    ada.rows.children[0].children[2].click()
    assert "You can’t this time." in texts(ada.rows)
    week_form.context.changed()
    button(week_form, "Plan it").click()
    held = group.latest(Plan, week)
    assert held is not None and held.roles == {"presenter": ZOE, "scribe": BO}
    assert "Every role in the next session is taken." in texts(week_form.rows)
    bo.context.changed()
    button(bo, "I can’t").click()
    assert agenda_of(group, week).roles == {"presenter": "Zoë O'Brien-李", "scribe": ""}
    ada.context.changed()
    ada.rows.children[0].children[1].click()
    assert agenda_of(group, week).roles["scribe"] == "Ada Lovelace"


def test_dates_away_are_entered_and_undone(group: Workbook, clock: Clock) -> None:
    """One day where only the first is given; why is shown to no one else."""
    form = AwayForm(FormContext(group, BO), BO)
    form.add.click()
    assert told(form.receipt) == "Say from which day on you are away."
    form.first.value, form.last.value = date(2027, 1, 5), date(2027, 1, 1)
    form.add.click()
    assert "cannot end on" in told(form.receipt) and form.first.value == date(2027, 1, 5)
    form.last.value, form.why.value = None, "A <wedding>"
    form.add.click()
    assert "you are away on" in told(form.receipt) and form.first.value is None and form.why.value == ""
    [held] = group.current.current(Away)
    assert (held.member, held.first, held.last, held.why) == (BO, date(2027, 1, 5), date(2027, 1, 5), "A <wedding>")
    assert "A <wedding>" in texts(form.rows)
    button(form.rows, "Undo").click()
    assert group.current.current(Away) == [] and "No dates so far." in texts(form.rows)


def test_who_has_a_role_reads_its_card(group: Workbook) -> None:
    """The usual one, or the group's own; who only could take it sees none."""
    week = coming(group)
    plan_session(group, week, by=ADA, roles={"presenter": BO, "scribe": ADA})
    bo = turns(group, BO)
    assert "You tell the others what the paper says" in texts(bo.rows) and "Which figure or table shows" in texts(bo.rows)
    path = group.folder / "pyproject.toml"
    own = '[[tool.studygroup.cards]]\nrole = "presenter"\nbrief = "You <b>lead</b>."\nquestions = ["Why & how?"]\n'
    path.write_text(path.read_text() + own)
    group.reread_settings()
    bo.context.changed()
    assert "You <b>lead</b>." in texts(bo.rows) and "Why & how?" in texts(bo.rows)
    assert "You tell the others" not in texts(bo.rows)
