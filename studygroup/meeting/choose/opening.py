"""Opening a ballot: which papers are suggested for its shortlist, for which session it is, and when it closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.meeting.choose.ballots import BallotView
from studygroup.meeting.choose.proposals import proposals
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.workbook.workbook import Workbook

BEFORE_AGENDA = timedelta(days=2)
"""How long before the agenda of its session is due a ballot closes, where no one says otherwise."""
SHORTEST = timedelta(days=1)
"""How long a ballot is open at least, where no one says otherwise."""
USUAL_LENGTH = timedelta(days=7)
"""How long it is open where the schedule has no session that late."""
PROPOSED, STEPS = 6, 2
"""How many proposals, and how many of the next steps of the syllabus, a shortlist is suggested with."""


class Suggested(msgspec.Struct, frozen=True):
    """A paper for the shortlist: the item, or the proposal where the catalogue does not have it yet, and the reason in a line."""

    name: str
    title: str
    why: str


def ballot_session(workbook: Workbook) -> Session | None:
    """Return the first session for which there is time to vote before its agenda is due; None where there is no such session."""
    now = workbook.clock()
    try:
        upcoming = [workbook.schedule.next(now), *workbook.schedule.following(now, 12)]
    except ScheduleError:
        return None
    for session in upcoming:
        if not session.cancelled and _closing(workbook, session) >= now + SHORTEST:
            return session
    return None


def closing_time(workbook: Workbook) -> datetime:
    """Return when a ballot closes that is opened now: two days before the agenda of its session is due."""
    session = ballot_session(workbook)
    return workbook.clock() + USUAL_LENGTH if session is None else _closing(workbook, session)


def _closing(workbook: Workbook, session: Session) -> datetime:
    return session.start - timedelta(hours=workbook.settings.agenda_hours_before) - BEFORE_AGENDA


def suggested(workbook: Workbook) -> list[Suggested]:
    """Return what a shortlist starts from: what members proposed, the most seconded first, then the next steps of the syllabus."""
    found = list(_proposed(workbook))[:PROPOSED]
    known = {one.name for one in found}
    return found + [one for one in _next_steps(workbook) if one.name not in known][:STEPS]


def _proposed(workbook: Workbook) -> Iterator[Suggested]:
    for one in proposals(workbook):
        others = len(one.seconds)
        more = f", {others} would too" if others else ""
        before = f"; won {one.chosen} before" if one.chosen else ""
        yield Suggested(one.item or one.id, one.title, f"{one.name} proposed it{more}{before}")


def _next_steps(workbook: Workbook) -> Iterator[Suggested]:
    """Yield the papers of the first steps that no session has finished, a step with one paper each."""
    steps = steps_of(workbook)
    done = covered_steps(workbook, workbook.clock()) if steps else {}
    for step in steps:
        if not step.former and step.number not in done and step.number >= workbook.settings.first_step and len(step.items) == 1:
            yield Suggested(step.items[0], step.title, f"next in the list, step {step.number}")


def session_to_read(workbook: Workbook, view: BallotView) -> Session | None:
    """Return the session that reads what a ballot chose: the one it is for where that has not begun, else the next."""
    now = workbook.clock()
    try:
        session = workbook.schedule.find(view.session)
    except ScheduleError:
        session = None
    if session is not None and not session.cancelled and not session.has_begun(now):
        return session
    return next(iter(workbook.schedule.following(now, 1)), None)
