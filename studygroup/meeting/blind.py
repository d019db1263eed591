"""Who may see whose summaries: before a work was discussed, one's own comes first."""

from __future__ import annotations

from studygroup.journal.records import Plan, Summary
from studygroup.meeting.agenda import Agenda
from studygroup.meeting.syllabus import steps_of
from studygroup.workbook import Workbook


def was_due(workbook: Workbook, item: str, coming: Agenda) -> bool:
    """Return whether a session that reads a work has begun; from then on its summaries are everybody's.

    ``coming`` is the agenda of the session under way or next, which may read what nobody planned.
    """
    now = workbook.clock()
    if coming.start <= now and any(work.id == item for read in coming.reads for work in read.works):
        return True
    references = {step.reference for step in steps_of(workbook) if item in step.items}
    begun = {session.id for session in workbook.schedule.earlier(now)}
    plans = workbook.holdings.current(Plan)
    return any(plan.session in begun and (item in plan.items or references & set(plan.entries)) for plan in plans)


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
