"""Who may see whose summaries, answers, replies, votes, hours, reasons and feedback.

Until a session that reads a paper has begun, members write their summary before they see the others'. Votes are secret until
their ballot has closed. When a member can meet is for facilitators; everyone sees the results of all answers together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

import msgspec

from studygroup.group.schedule import Session
from studygroup.journal.current.electorate import is_closed
from studygroup.journal.tables import tables
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Attendance, Availability, Close, Feedback, Plan, Reply, Summary, Vote
from studygroup.meeting.facts.course import Course
from studygroup.meeting.facts.replies import item_talked_of
from studygroup.meeting.facts.syllabus import Step, lists_of, next_step
from studygroup.workbook.workbook import Workbook

R = TypeVar("R", bound=Record)


def due_items(workbook: Workbook) -> frozenset[str]:
    """Return the items that a session has begun to read: from then on, everyone may see their summaries.

    The clock alone decides, and a cancelled session never begins; attendance that was entered early or a session that was closed
    early changes nothing. A session without a plan reads the next step of the syllabus. It counts while it is under way; later,
    only for what had a summary by the time it ended, as nothing says that it took place.
    """
    begun, current_state = workbook.schedule.earlier(workbook.clock()), workbook.current
    under_way = bool(begun) and begun[-1].end > workbook.clock()
    versions = (current_state.version(kind) for kind in (Plan, Close, Attendance, Summary))
    key = workbook.catalogue, id(current_state), current_state.starts, *versions, tuple(one.id for one in begun), under_way
    return workbook.kept("due items", key, lambda: frozenset(_due_of(workbook, begun)))


def is_blind(workbook: Workbook, item: str) -> bool:
    """Return whether the summaries of an item are only counted for now, on every page and in every message."""
    return workbook.settings.blind_summaries and item not in due_items(workbook)


def may_see_summaries(workbook: Workbook, member: str, item: str) -> bool:
    """Return whether a member may see the others' summaries of an item.

    A facilitator may, and everyone once a session that reads it has begun; before, those who have written a summary of it
    themselves. Where the settings say ``blind_summaries = false``, everyone always may. This keeps forms and commands from
    showing them; whoever holds the files can read those.
    """
    return member in workbook.facilitators or not is_blind(workbook, item) or workbook.latest(Summary, member, item) is not None


def may_read(workbook: Workbook, member: str, record: Record) -> bool:
    """Return whether a record may be shown to a member: all may, but for others' of a type that is kept back (``Record.kept_back``).

    ``member`` is empty where no one said who is looking: whoever holds the files can read all of it. A vote is an exception: until
    its ballot has closed, only the voter, and whoever entered it, may see it. So are replies, which are shown with what they reply to,
    and feedback that its member did not sign, or no longer does, which is only counted.
    """
    if isinstance(record, Vote):
        return may_see_vote(workbook, member, record.ballot, (record.by, record.member))
    if isinstance(record, Feedback):
        said = workbook.latest(Feedback, *record.subject) or record
        return (record.signed and said.signed) or member in {record.by, record.member}
    if not member or not record.kept_back or member == record.by or member in record.members:
        return True
    if isinstance(record, Availability):
        return member in workbook.facilitators
    about = [item_talked_of(workbook.current, record)] if isinstance(record, Reply) else record.named_items
    return all(may_see_summaries(workbook, member, item) for item in about if item)


def may_see_reasons(workbook: Workbook, member: str, whose: Collection[str]) -> bool:
    """Return whether reasons, such as why someone is away, may be shown: to facilitators and to those whose they are.

    ``member`` is empty where no one said who is looking: whoever holds the files can read all of it.
    """
    return not member or member in whose or member in workbook.facilitators


def without_reasons(workbook: Workbook, member: str, record: R) -> R:
    """Return a record as it may be shown to a member: without reasons that are not for them."""
    if not record.reason_fields or may_see_reasons(workbook, member, (record.by, *record.members)):
        return record
    return msgspec.structs.replace(record, **dict.fromkeys(record.reason_fields, ""))


def may_see_vote(workbook: Workbook, member: str, ballot: str, whose: Collection[str]) -> bool:
    """Return whether a vote may be shown: to those whose it is always, to all others once the ballot has closed."""
    return member in whose or is_closed(workbook, ballot, workbook.clock())


def _due_of(workbook: Workbook, begun: Iterable[Session]) -> Iterator[str]:
    records, now = workbook.current, workbook.clock()
    plans, closes, attendance = tables.plans(records), tables.closes(records), tables.attendance(records)
    lists = lists_of(workbook)
    course = Course(workbook.schedule, lists, plans, closes, attendance)
    # One look for all of them, instead of a longer one for each.
    course.look_until(now + timedelta(seconds=1))
    for session in begun:
        if course.readings.is_planned(session.id):
            yield from (item for step in course.readings.of(session.id) for item in step.items)
        elif step := next_step(lists.steps, course.done_before(session), workbook.settings.first_step):
            yield from step.items if session.end > now else _written_before(workbook, session, step)


def _written_before(workbook: Workbook, session: Session, step: Step) -> Iterator[str]:
    """Yield the items of a step of which someone had written a summary when a session ended."""
    records = workbook.current
    for member, item in records.current_by_key(Summary)[0]:
        if item in step.items:
            written = filter(records.stands, records.of_subject(Summary, (member, item)))
            if any(one.at < session.end for one in written):
                yield item
