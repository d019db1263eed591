"""How far the group, or one member, is with the entries of a list."""

from __future__ import annotations

import msgspec

from studygroup.catalogue.export.export_layout import EntryProgress
from studygroup.group.settings import session_page
from studygroup.group.states import HOW_FAR
from studygroup.journal.tables import tables
from studygroup.meeting.before.agenda import course_of, held_tables
from studygroup.meeting.facts.syllabus import Lists, covered, lists_of, to_steps
from studygroup.workbook.workbook import Workbook


def group_progress(workbook: Workbook, name: str, site: str | None = None) -> dict[int, EntryProgress]:
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
    lists = lists_of(workbook)
    if name == workbook.settings.syllabus:
        done = covered(lists, held.plans, held.attendance, held.closes, sessions)
        done = {number: session for number, session in done.items() if number <= len(steps)}
    else:
        # What the syllabus has is no step of this list, whatever items they share.
        beside = {step.reference: msgspec.structs.replace(step, number=0) for step in lists.steps}
        known = Lists(steps, {**lists.beside, **beside, **{step.reference: step for step in steps}}, lists.earlier)
        done = covered(known, held.plans, held.attendance, held.closes, sessions)
        course = course_of(workbook.schedule, lists, held)
        read = course.read_until(now)
        whole = {step.number: [read.get(item, []) for item in step.items] for step in steps}
        # The session that read the last of them.
        done = {number: max(one[-1] for one in found) for number, found in whole.items() if found and all(found)} | done
    address = workbook.settings.site_address if site is None else site
    return {step: EntryProgress("read", session, session_page(address, session)) for step, session in sorted(done.items())}


def member_progress(workbook: Workbook, name: str, member: str) -> dict[int, EntryProgress]:
    """Return a member's reading status for each entry of a list, by position; of several items the one least far counts."""
    reading = tables.reading(workbook.current)
    status: dict[str, str] = {row.item: row.status for row in tables.rows(reading) if row.member == member}
    found: dict[int, EntryProgress] = {}
    for number, step in enumerate(tables.rows(workbook.catalogue.steps(name)), start=1):
        held = [status.get(item, "unread") for item in step.items]
        if held and set(held) != {"unread"}:
            found[number] = EntryProgress(status=min(held, key=HOW_FAR.__getitem__))
    return found
