"""How far the group, or one member, is with the entries of a list."""

from __future__ import annotations

from studygroup.catalogue.export import Progress
from studygroup.journal import tables
from studygroup.meeting.syllabus import covered, to_steps
from studygroup.workbook import Workbook


def group_progress(workbook: Workbook, name: str) -> dict[int, Progress]:
    """Return for each entry of a list that the group covered, by position, that it is read and in which session."""
    steps = to_steps(name, workbook.catalogue.steps(name))
    records = workbook.holdings
    sessions = [one.id for one in workbook.schedule.earlier(workbook.clock())]
    done = covered(steps, tables.plans(records), tables.attendance(records), tables.closes(records), sessions)
    return {step: Progress(status="read", session=session) for step, session in done.items()}


def member_progress(workbook: Workbook, name: str, member: str) -> dict[int, Progress]:
    """Return a member's reading status for each entry of a list, by position; of several items the one least far counts."""
    reading = tables.reading(workbook.holdings)
    status: dict[str, str] = {row.item: row.status for row in tables.rows(reading) if row.member == member}
    order = ("unread", "skipped", "reading", "skimmed", "read")
    found: dict[int, Progress] = {}
    for number, step in enumerate(tables.rows(workbook.catalogue.steps(name)), start=1):
        held = [status.get(item, "unread") for item in step.items]
        if held and set(held) != {"unread"}:
            found[number] = Progress(status=min(held, key=order.index))
    return found
