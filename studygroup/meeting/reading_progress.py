"""How far the group, or one member, is with the entries of a list."""

from __future__ import annotations

from studygroup.catalogue.export import Progress
from studygroup.journal import tables
from studygroup.meeting.agenda import course_of, held_tables
from studygroup.meeting.syllabus import covered, entries_beside, steps_of, to_steps
from studygroup.settings import session_page
from studygroup.workbook import Workbook


def group_progress(workbook: Workbook, name: str, site: str | None = None) -> dict[int, Progress]:
    """Return for each entry of a list that the group has read, by position, in which session, and where its report is.

    A step of the syllabus is read when a session covered it; an entry of another list also when all of its items were read.

    Parameters
    ----------
    site
        Where the site is, an address or a path from the document that the list is written to; else as the settings say.
    """
    steps, held = to_steps(name, workbook.catalogue.steps(name)), held_tables(workbook)
    now = workbook.clock()
    sessions = [one.id for one in workbook.schedule.earlier(now)]
    done = covered(steps, held.plans, held.attendance, held.closes, sessions)
    if name != workbook.settings.syllabus:
        course = course_of(workbook.schedule, steps_of(workbook), held, entries_beside(workbook, held.plans))
        read = course.read_until(now)
        whole = {step.number: [read.get(item, []) for item in step.items] for step in steps}
        # The session that read the last of them.
        done = {number: max(one[-1] for one in found) for number, found in whole.items() if found and all(found)} | done
    address = workbook.settings.site_address if site is None else site
    return {step: Progress("read", session, session_page(address, session)) for step, session in sorted(done.items())}


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
