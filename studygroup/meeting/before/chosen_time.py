"""Choose a time that a survey found: it becomes the group's slot from a day on, or moves the one session that has to move."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from studygroup.errors import RecordError
from studygroup.group.slot import WEEKDAYS, Slot
from studygroup.journal.types.records import Plan, SlotRule
from studygroup.meeting.before.meeting_times import enter_slot, new_slot, question_about
from studygroup.meeting.before.plan_words import asks_before_moving
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.choose.surveys import SurveyView
from studygroup.workbook.workbook import Workbook


def slot_of(workbook: Workbook, view: SurveyView, start: datetime, valid_from: date | None = None) -> Slot:
    """Return the slot that a start makes: as often as the group meets now, from a day on, that of the survey without one."""
    day = valid_from or max(view.first, workbook.today())
    before = workbook.schedule.slot_on(day)
    weekday = WEEKDAYS[start.weekday()]
    every = before.every if before else "week"
    if before is not None and every == "month":
        weekday = f"{before.weekdays[0].partition(' ')[0]} {weekday}"
    return new_slot(workbook, [weekday], f"{start:%H:%M}", view.zone, valid_from=day, every=every, length_min=view.length_min)


def question_before(workbook: Workbook, view: SurveyView, start: datetime, valid_from: date | None = None) -> str:
    """Return what to ask before a time is chosen, as it changes what was planned or is past; else an empty text."""
    if view.moves:
        return asks_before_moving(workbook, view.moves, start.isoformat())
    return question_about(workbook, slot_of(workbook, view, start, valid_from))


def choose_time(
    workbook: Workbook, view: SurveyView, start: datetime, *, by: str, valid_from: date | None = None
) -> SlotRule | Plan:
    """Record that the group meets at a time, close the survey, and return the slot, or the plan of the session that moved.

    Raises
    ------
    RecordError
        The survey is closed, its session was cancelled, or ``by`` may not; nothing was written.
    """
    if not view.is_open:
        raise RecordError(f"A time was chosen before. {view.outcome}")
    made: SlotRule | Plan
    if view.moves:
        session = workbook.schedule.find(view.moves)
        if session.cancelled:
            raise RecordError(
                f"The session of {view.moves} was cancelled; reinstate it before choosing a time, or stop asking."
            )
        length_min = view.length_min if view.length_min != session.length_min else None
        made = plan_session(workbook, view.moves, by=by, start=start.isoformat(), length_min=length_min)
    else:
        slot = slot_of(workbook, view, start, valid_from)
        made = enter_slot(workbook, slot, by=by)
        # The first day of the new time that the group meets, which may be later than the survey asked about.
        day = max(start.date(), slot.valid_from)
        start = datetime.combine(day + timedelta(days=(start.weekday() - day.weekday()) % 7), start.time(), start.tzinfo)
    workbook.amend("survey", by=by, of=view.id, chosen=start)
    return made
