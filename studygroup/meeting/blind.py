"""Who may see whose summaries: before a work was discussed, one's own comes first."""

from __future__ import annotations

from studygroup.journal.records import Plan, Summary
from studygroup.meeting.agenda import Agenda
from studygroup.meeting.syllabus import steps_of
from studygroup.workbook import Workbook


def due_items(workbook: Workbook, coming: Agenda | None) -> set[str]:
    """Return the works that a session read which has begun; from then on their summaries are everybody's.

    ``coming`` is the agenda of the session under way or next, which may read what nobody planned.
    """
    now = workbook.clock()
    due = {work.id for read in coming.reads for work in read.works} if coming and coming.start <= now else set()
    begun = {session.id for session in workbook.schedule.earlier(now)}
    plans = [plan for plan in workbook.holdings.current(Plan) if plan.session in begun]
    entries = {entry for plan in plans for entry in plan.entries}
    due |= {item for step in steps_of(workbook) if step.reference in entries for item in step.items}
    return due.union(*(plan.items for plan in plans))


def was_due(workbook: Workbook, item: str, coming: Agenda) -> bool:
    """Return whether a session that reads a work has begun; ``coming`` as in ``due_items``."""
    return item in due_items(workbook, coming)


def may_see_summaries(workbook: Workbook, member: str, item: str, coming: Agenda) -> bool:
    """Return whether a member may see the others' summaries of a work.

    A facilitator may, and everybody once the session has begun that reads it; before, who wrote a summary of it. Where the
    settings say ``blind_summaries = false``, everybody always may. It keeps a form from showing them, not a person who holds
    the files from reading those.
    """
    return (
        not workbook.settings.blind_summaries
        or member in workbook.facilitators
        or workbook.held(Summary, member, item) is not None
        or was_due(workbook, item, coming)
    )
