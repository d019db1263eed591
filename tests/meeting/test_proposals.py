"""Proposals: which paper someone means, who would read it too, and how it becomes an item, a shortlist and a plan."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.one_item import add_item
from studygroup.errors import RecordError
from studygroup.interface.recording import enter_as_form
from studygroup.journal.types.records import Ballot, Plan, Proposal
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.before.planning import plan_session, plan_winner
from studygroup.meeting.choose.ballots import record_result
from studygroup.meeting.choose.opening import ballot_session, closing_time, session_to_read, suggested
from studygroup.meeting.choose.proposals import all_proposals, proposals
from studygroup.publish.messages.sending import letters
from studygroup.publish.messages.targets import to_address
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.workbook.forget import forget, held_about, plan_erasure
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, BO, ZOE = "ada-lovelace", "bo", "zoe-obrien-li"


def propose(book: Workbook, by: str = BO, **fields: Any) -> Proposal:
    made = enter_as_form(book, "proposal", by=by, member=by, **fields)
    assert isinstance(made, Proposal)
    return made


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "tuned models"}, {"item": "tuned"}),
        ({"title": "2005.14165"}, {"item": "few-shot"}),
        ({"title": "https://arxiv.org/pdf/2109.01652v2"}, {"item": "tuned"}),
        ({"item": "talk"}, {"item": "talk"}),
        ({"title": "arXiv:2106.09685"}, {"title": "arXiv:2106.09685", "url": "https://arxiv.org/abs/2106.09685"}),
        ({"title": "How oaks grow", "url": "10.1000/182"}, {"title": "How oaks grow", "url": "https://doi.org/10.1000/182"}),
        ({"title": "How oaks grow"}, {"title": "How oaks grow"}),
    ],
)
def test_a_paper_is_named_as_people_name_papers(group: Workbook, typed: dict[str, str], said: dict[str, str]) -> None:
    """By a title, a link, an arXiv id or a DOI; what the catalogue has already is its item."""
    made = propose(group, **typed)
    assert {name: getattr(made, name) for name in ("item", "title", "url") if getattr(made, name)} == said


@pytest.mark.parametrize("again", [{"item": "tuned"}, {"title": "2109.01652"}, {"title": "Tuned Models"}])
def test_a_paper_is_proposed_once(group: Workbook, again: dict[str, str]) -> None:
    """Whoever proposes it again is told whose proposal to second; undone, it can be proposed again."""
    first = propose(group, title="Tuned models")
    with pytest.raises(RecordError, match=r"^Bo has proposed Tuned Models already; second that proposal instead\.$"):
        propose(group, ZOE, **again)
    group.undo(first.id, by=BO)
    assert propose(group, ZOE, **again).item == "tuned"


def test_a_paper_that_the_catalogue_does_not_have_is_proposed_once_too(group: Workbook) -> None:
    """By the same link, or by the same title."""
    propose(group, title="How oaks grow", url="https://example.org/oaks")
    for again in ({"title": "How Oaks Grow"}, {"title": "https://example.org/oaks"}):
        with pytest.raises(RecordError, match=r"^Bo has proposed How oaks grow already"):
            propose(group, ZOE, **again)


def test_the_most_seconded_comes_first_and_what_is_planned_is_no_longer_listed(group: Workbook, clock: Clock) -> None:
    """Undone, a second no longer counts; a cancelled session plans nothing."""
    tuned = propose(group, item="tuned", why="It is next.")
    clock.now += timedelta(minutes=1)
    talk = propose(group, ZOE, item="talk")
    second = group.enter("second", by=BO, member=BO, proposal=talk.id)
    found = proposals(group)
    assert [(one.title, one.name, one.seconds, one.why) for one in found] == [
        ("A Talk on *Stars* & <Pipes>", "Zoë O'Brien-李", (BO,), ""),
        ("Tuned Models", "Bo", (), "It is next."),
    ]
    group.undo(second.id, by=BO)
    assert [one.id for one in proposals(group)] == [tuned.id, talk.id]
    clock.now += timedelta(minutes=1)
    plan_session(group, "2026-11-27", by=ADA, items=["talk"])
    assert [one.id for one in proposals(group)] == [tuned.id]
    plan_session(group, "2026-11-27", by=ADA, cancelled=True, why="No room")
    assert len(proposals(group)) == 2


def test_a_shortlist_starts_with_proposals_then_the_next_steps(group: Workbook) -> None:
    """Each with its reason; a paper is named once, and a step with several papers is none."""
    oaks = propose(group, title="How oaks grow")
    propose(group, ZOE, item="tuned")
    group.enter("second", by=ADA, member=ADA, proposal=oaks.id)
    assert [(one.name, one.why) for one in suggested(group)] == [
        (oaks.id, "Bo proposed it, 1 would too"),
        ("tuned", "Zoë O'Brien-李 proposed it"),
        ("few-shot", "next in the list, step 1"),
        ("nolink", "next in the list, step 4"),
    ]


def test_a_ballot_makes_items_of_proposals_and_closes_before_the_agenda(group: Workbook) -> None:
    """Named by the end of its id; the agenda is due two days before the session, and the ballot closes two days before that."""
    oaks = propose(group, title="How oaks grow", url="https://example.org/oaks")
    ballot = enter_as_form(group, "ballot", by=ADA, shortlist=["tuned", oaks.id[-12:]])
    assert isinstance(ballot, Ballot)
    assert (ballot.shortlist, ballot.session) == (("tuned", "how-oaks-grow"), "2026-11-27")
    assert ballot.until == closing_time(group) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert Catalogue.read(group.folder).item("how-oaks-grow").url == "https://example.org/oaks"
    [view] = all_proposals(group)
    assert (view.id, view.item, view.member) == (oaks.id, "how-oaks-grow", BO)
    assert add_item(group.folder, "How Oaks Grow", "") == "how-oaks-grow"


def test_only_a_facilitator_makes_an_item_of_a_proposal(group: Workbook) -> None:
    """A member who tries to open a ballot changes no catalogue."""
    oaks, before = propose(group, title="How oaks grow"), (group.folder / "catalogue.csv").read_bytes()
    with pytest.raises(RecordError, match=r"^Only a facilitator can add a proposed paper to the catalogue\.$"):
        enter_as_form(group, "ballot", by=BO, shortlist=["tuned", oaks.id])
    group.rehearsal = []
    with pytest.raises(RecordError, match="dry run"):
        enter_as_form(group, "ballot", by=ADA, shortlist=["tuned", oaks.id])
    assert (group.folder / "catalogue.csv").read_bytes() == before


def test_the_winner_is_planned_and_the_pages_say_how_it_was_chosen(group: Workbook, clock: Clock) -> None:
    """As the step of the syllabus that it is; a session before the ballot closed says nothing of it."""
    ballot = enter_as_form(group, "ballot", by=ADA, shortlist=["few-shot", "tuned"])
    for member in (ADA, BO):
        group.enter("vote", by=member, member=member, ballot=ballot.id, choice=["tuned"])
    clock.now += timedelta(hours=1)
    result = record_result(group, ballot.id, by=ADA)
    session = session_to_read(group, _view(group, ballot.id))
    assert session is not None
    assert session.id == "2026-11-27"
    plan_winner(group, session.id, result.winner, by=ADA)
    plan = group.latest(Plan, session.id)
    assert plan is not None
    assert (plan.entries, plan.items) == (("basics/tuned",), ())
    [read] = agenda_of(group, session.id).reads
    assert read.chosen == "Approval: 2 of 3 members voted; Tuned Models 2, Few-Shot Learners 0."
    page = AgendaPage(agenda_of(group, session.id)).reads()
    for shown in (page.html, page.markdown):
        assert "We chose it together. Approval: 2 of 3 members voted; Tuned Models 2, Few" in re.sub(r"\\", "", shown)
    plan_winner(group, session.id, "talk", by=ADA, beside=True)
    plan = group.latest(Plan, session.id)
    assert plan is not None
    assert (plan.entries, plan.items) == (("basics/tuned",), ("talk",))
    plan_session(group, "2026-11-13", by=ADA, items=["tuned"])
    assert [one.chosen for one in agenda_of(group, "2026-11-13").reads] == [""]


def _view(book: Workbook, ballot: str) -> Any:
    from studygroup.meeting.choose.ballots import find_ballot

    return find_ballot(book, ballot)


def test_the_reminder_asks_those_who_have_not_voted(group: Workbook) -> None:
    """The channel names them; who has an address of their own is asked there, and only for what is missing."""
    ballot = enter_as_form(group, "ballot", by=ADA, shortlist=["few-shot", "tuned"])
    group.enter("vote", by=BO, member=BO, ballot=ballot.id, choice=["tuned"])
    for member in (ADA, BO, ZOE):
        group.enter("rsvp", by=member, member=member, session="2026-11-20", answer="yes")
    channel = to_address("discord://123456/abcdef")
    asks = "What do we read next? Vote until <t:1795474800:f>; no vote yet from Ada Lovelace and Zoë O'Brien-李."
    [letter] = letters(group, "reminder", "2026-11-20", [channel])
    assert asks in letter.text.replace("\\", "")
    for member in (ADA, ZOE):
        group.enter("vote", by=member, member=member, ballot=ballot.id, choice=["tuned"])
    assert all("Vote until" not in one.text for one in letters(group, "reminder", "2026-11-20", [channel]))


def test_forgetting_covers_proposals_seconds_and_votes(group: Workbook, clock: Clock) -> None:
    """What a member proposed loses its words, counts stay; the export has all of it."""
    mine = propose(group, title="How oaks grow", why="My garden has one.")
    theirs = propose(group, ZOE, item="talk")
    group.enter("second", by=BO, member=BO, proposal=theirs.id)
    ballot = enter_as_form(group, "ballot", by=ADA, shortlist=["few-shot", "tuned"])
    group.enter("vote", by=BO, member=BO, ballot=ballot.id, choice=["tuned"])
    held = held_about(group, BO)
    assert [one["type"] for one in held["typed"]] == ["proposal", "second", "vote"]
    clock.now += timedelta(hours=1)
    record_result(group, ballot.id, by=ADA)
    forget(group, plan_erasure(group, BO))
    text = "".join(path.read_text() for path in group.folder.glob("sessions/*/records/*.jsonl"))
    assert not re.search(r"oaks|garden|\"bo\"", text)
    assert _view(group, ballot.id).outcome.voted == 1
    assert [len(one.seconds) for one in proposals(group) if one.id == theirs.id] == [1]
    assert mine.id in text
    assert ballot_session(group) is not None
