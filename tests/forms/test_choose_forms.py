"""Choosing what to read next, in forms without a browser: propose, second, vote, close, plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from studygroup.forms.choosing.ballots import BallotsForm
from studygroup.forms.choosing.choose import ChooseForm
from studygroup.forms.choosing.voting import VoteForm
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.kit import widgets
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.inputs import Tick
from studygroup.forms.member_page.asked_bar import AskedBar
from studygroup.journal.types.records import Ballot, Plan, Result, Second, Vote
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.forms.test_member_forms import told
from tests.forms.test_week_forms import texts

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"


def choosing(group: Workbook, member: str) -> ChooseForm:
    return ChooseForm(FormContext(group, member), member)


def button(form: widgets.Widget, label: str) -> widgets.Button:
    """Return the one button of a form that has a label."""
    found, stack = [], [form]
    while stack:
        widget = stack.pop()
        stack += getattr(widget, "children", ())
        found += [widget] if isinstance(widget, widgets.Button) and widget.description == label else []
    [one] = found
    return one


def opened(group: Workbook, **fields: Any) -> str:
    about = {"shortlist": ("few-shot", "tuned", "talk"), "until": group.clock() + timedelta(days=3)} | fields
    return str(group.enter("ballot", by=ADA, **about).id)


def vote_form(form: ChooseForm) -> VoteForm:
    [one] = form.votes.children
    assert isinstance(one, VoteForm)
    return one


def last_vote(group: Workbook) -> tuple[Any, ...]:
    [one] = group.current.current(Vote)
    return one.member, one.choice, one.scores


def test_members_propose_and_second(group: Workbook) -> None:
    """By a link; the other says "me too", and undoes it; the same paper again is refused, and what was typed stays."""
    bo, zoe = choosing(group, BO), choosing(group, ZOE)
    bo.propose.click()
    assert told(bo.receipt) == "Enter a paper first: its title, a link, an arXiv id or a DOI."
    bo.paper.value, bo.why.value = "https://arxiv.org/abs/2106.09685", "We <use> it."
    bo.propose.click()
    assert told(bo.receipt) == "Saved 12:00: arXiv:2106.09685"
    assert (bo.paper.value, bo.why.value) == ("", "")
    assert "arXiv:2106.09685 We <use> it. Bo" in texts(bo.rows)
    zoe.context.changed()
    button(zoe.rows, "Me too").click()
    assert [(one.member, one.by) for one in group.current.current(Second)] == [(ZOE, ZOE)]
    bo.context.changed()
    assert "Bo · 1 more: Zoë O'Brien-李" in texts(bo.rows)
    button(zoe.rows, "Not any more").click()
    assert group.current.current(Second) == []
    zoe.paper.value = "2106.09685"
    zoe.propose.click()
    assert told(zoe.receipt) == "Bo has proposed arXiv:2106.09685 already; second that proposal instead."
    assert zoe.paper.value == "2106.09685"
    button(bo.rows, "Undo").click()
    assert "No one has proposed a paper yet." in texts(bo.rows)


def test_a_member_votes_by_approval_and_changes_the_vote(group: Workbook, clock: Clock) -> None:
    """Nothing ticked is not an abstention; what is ticked and not sent stays while another one votes."""
    ballot = opened(group)
    form = choosing(group, BO)
    mine = vote_form(form)
    assert "You have not voted. Tick every paper that you would read." in texts(mine)
    assert "0 of 3 have voted" in texts(mine)
    mine.vote.click()
    assert told(mine.receipt) == "Choose a paper first, or press Abstain."
    mine.fields["talk"].value = True
    group.enter("vote", by=ZOE, member=ZOE, ballot=ballot, choice=())
    form.context.changed()
    assert vote_form(form) is mine
    assert (mine.fields["talk"].value, "1 of 3 have voted" in texts(mine)) == (True, True)
    mine.vote.click()
    assert told(mine.receipt) == "Saved 12:00: A Talk on *Stars* & <Pipes>"
    assert (mine.vote.description, "You have voted" in texts(mine)) == ("Change vote", True)
    mine.fields["tuned"].value = True
    mine.vote.click()
    again = vote_form(choosing(group, BO))
    assert [item for item, field in again.fields.items() if field.value] == ["tuned", "talk"]
    mine.abstain.click()
    assert group.latest(Vote, ballot, BO).choice == ()  # type: ignore[union-attr]
    mine.receipt.undo.button.click()
    assert group.latest(Vote, ballot, BO).choice == ("tuned", "talk")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("runoff", {"talk": 1, "few-shot": 2}, (BO, ("talk", "few-shot"), ())),
        ("score", {"talk": 2, "few-shot": 5}, (BO, ("few-shot", "talk"), (5, 2))),
    ],
)
def test_places_and_points_become_a_vote(group: Workbook, rule: str, values: dict[str, int], expected: tuple[Any, ...]) -> None:
    """And are there when one comes back; no place is given twice."""
    opened(group, rule=rule)
    form = vote_form(choosing(group, BO))
    for item, value in values.items():
        form.fields[item].value = value
    form.vote.click()
    assert last_vote(group) == expected
    again = vote_form(choosing(group, BO))
    assert {item: field.value for item, field in again.fields.items() if field.value} == values
    if rule == "runoff":
        form.fields["few-shot"].value = 1
        form.vote.click()
        assert told(form.receipt) == "Two papers have place 1; give each place once."


def test_who_joined_later_is_told_why_they_cannot_vote(group: Workbook, clock: Clock) -> None:
    """Without fields; a page cannot send what it does not show."""
    opened(group)
    clock.now += timedelta(days=1)
    flo = group.add_person("Flo", by=ADA).member
    form = vote_form(choosing(group, flo))
    assert "This ballot opened on Friday 20 November 2026, before Flo joined" in texts(form)
    assert [child for child in form.children if isinstance(child, Tick | Choice | widgets.Button)] == []
    form.fields["talk"].value = True
    form.vote.click()
    assert "members of that day vote" in told(form.receipt)
    assert group.current.current(Vote) == []


def test_a_facilitator_opens_closes_and_plans(group: Workbook, clock: Clock) -> None:
    """The shortlist is there; who has not voted is named, and for what no one sees; closing asks first; one click plans the winner."""
    choosing(group, BO)
    group.enter("proposal", by=BO, member=BO, title="How oaks grow")
    form = BallotsForm(FormContext(group, ADA))
    assert [tick.description for _, tick in form.ticks.values()] == [
        "How oaks grow (Bo proposed it)",
        "Few-Shot Learners (next in the list, step 1)",
        "Tuned Models (next in the list, step 2)",
    ]
    for _, tick in list(form.ticks.values())[1:]:
        tick.value = False
    form.start.click()
    assert told(form.receipt) == "Tick at least two papers."
    form.paper.value = "Talk on"
    form.add.click()
    form.start.click()
    assert told(form.receipt) == "Saved 12:00: the ballot about 2 papers is open until Mon 23 Nov, 23:00"
    [ballot] = group.current.current(Ballot)
    assert (ballot.shortlist, ballot.session, ballot.quorum) == (("how-oaks-grow", "talk"), "2026-11-27", 0)
    for member, choice in ((BO, "how-oaks-grow"), (ADA, "talk")):
        group.enter("vote", by=member, member=member, ballot=ballot.id, choice=[choice])
    group.enter("vote", by=ADA, member=ADA, ballot=ballot.id, choice=["how-oaks-grow"])
    form.context.changed()
    assert "2 of 3 members have voted." in texts(form.running)
    assert "Not yet: Zoë O'Brien-李" in texts(form.running)
    button(form.running, "Close now").click()
    assert group.current.current(Result) == []
    assert "2 members have voted, 1 has not." in texts(form.confirm)
    clock.now += timedelta(minutes=1)
    button(form.confirm, "Close it").click()
    assert told(form.receipt) == "The ballot is closed: How oaks grow was chosen."
    assert "Chosen: How oaks grow Approval: 2 of 3 members voted; How oaks grow 2" in texts(form.result)
    button(form.result, "Plan it for Fri 27 Nov").click()
    plan = group.latest(Plan, "2026-11-27")
    assert plan is not None
    assert (plan.items, told(form.receipt)) == (("how-oaks-grow",), "Saved 12:01: How oaks grow is planned")
    assert not any(isinstance(one, widgets.Button) for one in form.result.children)
    member = choosing(group, BO)
    assert (member.votes.children, "Chosen: How oaks grow" in texts(member.results)) == ((), True)


def test_what_was_planned_is_replaced_or_read_as_well(group: Workbook, clock: Clock) -> None:
    """The form asks which."""
    group.enter("plan", by=ADA, session="2026-11-27", items=("nolink",))
    ballot = opened(group, session="2026-11-27")
    group.enter("vote", by=BO, member=BO, ballot=ballot, choice=["talk"])
    clock.now += timedelta(days=4)
    form = BallotsForm(FormContext(group, ADA))
    assert [one.by for one in group.current.current(Result)] == [ADA]
    button(form.result, "Plan it for Fri 27 Nov").click()
    assert "The session of Fri 27 Nov reads Several Papers so far." in texts(form.confirm)
    button(form.confirm, "Read both").click()
    plan = group.latest(Plan, "2026-11-27")
    assert plan is not None
    assert plan.items == ("nolink", "talk")


def test_the_weeks_forms_have_it(group: Workbook) -> None:
    """Made when it is first looked at, and then the same one."""
    week = WeekForms(group, ADA)
    try:
        assert week.ballots is week.ballots
        assert "Open a ballot" in texts(week.ballots)
    finally:
        week.stop()


def test_the_first_tab_says_what_is_not_answered_and_leads_there(group: Workbook, clock: Clock) -> None:
    """A ballot and a survey; nothing shows where nothing is missing, nor to who may not vote."""
    led: list[str] = []
    bar = AskedBar(FormContext(group, BO), BO, lambda: led.append("there"))

    def says() -> str:
        bar.context.changed()
        return "" if bar.layout.display == "none" else texts(bar)

    assert says() == ""
    ballot = opened(group)
    assert says() == "You have not voted on what to read next."
    bar.go.click()
    assert (led, bar.go.description) == (["there"], "Vote")
    survey = group.enter("survey", by=ADA, first=date(2026, 12, 14), length_min=90).id
    assert says() == "You have not voted on what to read next, and not said when you can meet."
    group.enter("vote", by=BO, member=BO, ballot=ballot, choice=["talk"])
    assert (says(), bar.go.description) == ("You have not said when you can meet.", "Mark your hours")
    group.enter("availability", by=BO, member=BO, survey=survey, zone="UTC", can=("friday 18:00-20:00",))
    assert says() == ""
    clock.now += timedelta(days=1)
    group.add_person("Late", by=ADA)
    assert AskedBar(FormContext(group, "late"), "late", led.clear).told.value.count("not voted") == 0
