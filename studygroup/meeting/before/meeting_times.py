"""Change when the group meets: what someone said becomes a slot, the sessions that it leaves out are found, and it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Schedule
from studygroup.group.slot import Slot
from studygroup.journal.types.records import Attendance, Close, Plan, SlotRule
from studygroup.text.text import plain_list, session_day, to_date, to_short_day
from studygroup.workbook.workbook import Workbook

_NAMED = 5
"""How many sessions a question names."""


def group_zone(workbook: Workbook) -> ZoneInfo:
    """Return the zone in which a group meets now; where it does not meet, the first of its settings' zones."""
    today = workbook.clock().date()
    zones = [slot.zone for slot in workbook.slots if slot.valid_from <= today]
    return ZoneInfo(zones[-1] if zones else workbook.settings.zones[0])


def new_slot(
    workbook: Workbook,
    weekdays: Sequence[str],
    time: str,
    zone: str = "",
    *,
    valid_from: date,
    every: str = "",
    length_min: int | None = None,
) -> Slot:
    """Return a slot from what was said, unchecked; zone and length that were not said are the latest slot's.

    Without ``every`` it is each week, and each month for days such as "second tuesday".
    """
    latest = workbook.slots[-1]
    return Slot(
        valid_from,
        tuple(weekdays) if len(weekdays) != 1 else weekdays[0],
        time,
        zone or latest.zone,
        every or ("month" if any(" " in day for day in weekdays) else "week"),
        latest.length_min if length_min is None else length_min,
    )


def enter_slot(workbook: Workbook, slot: Slot, *, by: str) -> SlotRule:
    """Record when the group meets from the slot's date on and return it; it replaces what was recorded for the same date.

    Raises
    ------
    RecordError
        The slot is wrong, or ``by`` may not change it; nothing was written.
    """
    rule: SlotRule = workbook.amend("slot", by=by, **msgspec.structs.asdict(slot))
    return rule


def same_times(slot: Slot, other: Slot) -> bool:
    """Return whether two slots set the same sessions from the later one's date on.

    Slots of every second week do so only from the same date, as it says which weeks are meant.
    """
    if slot.every == "second week" and slot.valid_from != other.valid_from:
        return False
    return _rule(slot) == _rule(other)


def _rule(slot: Slot) -> tuple[frozenset[str], str, str, str, int]:
    return frozenset(slot.weekdays), slot.time, slot.zone, slot.every, slot.length_min


def sessions_left_out(workbook: Workbook, slot: Slot) -> list[date]:
    """Return the days of sessions that were planned, attended or closed and that would no longer be there with a new slot.

    Raises
    ------
    ScheduleError
        The slot is wrong.
    """
    schedule = workbook.schedule
    changed = Schedule((*schedule.slots, slot), schedule.holidays, schedule.changes)
    # A plan that frees its roles and reads nothing plans nothing.
    plans = (one for one in workbook.current.current(Plan) if one.entries or one.items or one.roles)
    records = (*plans, *workbook.current.current(Attendance), *workbook.current.current(Close))
    days = {one: day for one in {record.session for record in records} if (day := session_day(one)) and day >= slot.valid_from}
    return sorted(day for one, day in days.items() if _takes_place(schedule, one) and not _takes_place(changed, one))


def question_about(workbook: Workbook, slot: Slot) -> str:
    """Return what to ask before a slot is saved; empty where it changes no session that someone planned or that is past.

    Raises
    ------
    ScheduleError
        The slot is wrong.
    """
    parts = []
    if slot.valid_from < workbook.today():
        parts.append(f"{to_date(slot.valid_from)} is past: the sessions since then change, too.")
    if days := sessions_left_out(workbook, slot):
        named = [to_short_day(day) for day in days[:_NAMED]]
        if more := len(days[_NAMED:]):
            named.append(f"{more} more session{'s' * (more != 1)}")
        parts.append(f"There will be no session on {plain_list(named)}, though something was entered for it.")
    return " ".join([*parts, "Change when you meet?"]) if parts else ""


def _takes_place(schedule: Schedule, session: str) -> bool:
    try:
        return not schedule.find(session).cancelled
    except ScheduleError:
        return False
