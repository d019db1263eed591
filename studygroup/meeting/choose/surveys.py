"""Surveys as forms, commands and pages show them: what is asked, who has answered, and which times suit most.

Who can when is for facilitators; everyone sees how many can.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.group.slot import zone_or_none
from studygroup.group.usual_week import HALF_HOUR_MIN, parse_hours
from studygroup.journal.current.survey_rules import ASKED_DAYS
from studygroup.journal.types.records import Availability, Person, Plan, SlotRule, Survey
from studygroup.journal.types.subjects import key_of
from studygroup.meeting.choose.asked import only_open, record_asked
from studygroup.meeting.choose.times import MemberHours, PossibleTime, best_times
from studygroup.text.text import to_date, to_short_day
from studygroup.workbook.workbook import Workbook

AHEAD = timedelta(days=14)
"""How long before its first day a survey for a new usual time is opened, where no one says otherwise."""
_KINDS = (Survey, Availability, Person, SlotRule, Plan)


class SurveyView(msgspec.Struct, frozen=True):
    """A survey that was not undone.

    ``moves`` is the session that has to move, empty where a usual time is looked for. ``members`` are asked, ``answered`` are those of them
    who have answered. ``best`` are the times that suit most, in the ``zone`` in which the group meets; empty once a time is ``chosen``.
    """

    id: str
    session: str
    first: date
    length_min: int
    moves: str
    zone: str
    opened: datetime
    chosen: datetime | None
    members: frozenset[str]
    answered: frozenset[str]
    best: tuple[PossibleTime, ...]

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.chosen is None

    @property
    def about(self) -> str:
        """What is asked, in words."""
        if not self.moves:
            return f"our usual time from {to_date(self.first)} on"
        last = self.first + timedelta(days=ASKED_DAYS - 1)
        return f"the session of {to_short_day(date.fromisoformat(self.moves[:10]))}, from {to_short_day(self.first)} to {to_short_day(last)}"

    @property
    def outcome(self) -> str:
        """What was chosen, in words; empty while it is open."""
        if self.chosen is None:
            return ""
        start = self.chosen.astimezone(ZoneInfo(self.zone))
        if self.moves:
            return f"The session of {to_short_day(date.fromisoformat(self.moves[:10]))} is on {to_short_day(start)}, {start:%H:%M %Z}."
        return f"From {to_date(start)} on, we meet {start:%A}s at {start:%H:%M} ({self.zone})."


def surveys(workbook: Workbook) -> list[SurveyView]:
    """Return all surveys that were not undone, the one opened last first."""
    held = sorted(workbook.current.current(Survey), key=lambda one: workbook.find_record(one.subject[0]).order, reverse=True)
    return [_view(workbook, one) for one in held]


def find_survey(workbook: Workbook, wanted: str = "") -> SurveyView:
    """Return a survey by its id or the end of it; without one, the only one that is open.

    Raises
    ------
    RecordError
        There is no such survey, or more than one is open.
    """
    if wanted:
        return _view(
            workbook,
            record_asked(workbook, Survey, wanted, "is not a survey, or it was undone; `studygroup times` lists them."),
        )
    return only_open(surveys(workbook), "survey")


def own_answer(workbook: Workbook, survey: str, member: str) -> Availability | None:
    """Return when a member said that they can, for themself."""
    return workbook.latest(Availability, survey, member)


def earlier_answer(workbook: Workbook, member: str) -> Availability | None:
    """Return what a member said in the last survey about a usual week, to start the next one from."""
    current = workbook.current
    usual = {one.subject[0] for one in current.current(Survey) if not one.moves}
    mine = (one for one in current.current(Availability) if one.member == member and one.survey in usual)
    return max(mine, key=attrgetter("order"), default=None)


def first_day(workbook: Workbook, moves: str = "") -> date:
    """Return the first day that a survey asks about where no one says otherwise.

    For a new usual time, the first Monday two weeks from now; for a session that has to move, the Monday of its week, or tomorrow.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    if moves:
        day = workbook.schedule.find(moves).start.date()
        return max(day - timedelta(days=day.weekday()), workbook.today() + timedelta(days=1))
    day = workbook.today() + AHEAD
    return day + timedelta(days=-day.weekday() % 7)


def usual_length(workbook: Workbook, first: date, moves: str = "") -> int:
    """Return how long a session is that a survey looks for, where no one says otherwise."""
    if moves:
        return workbook.schedule.find(moves).length_min
    slot = workbook.schedule.slot_on(first)
    return slot.length_min if slot else 90


def zone_for(workbook: Workbook, member: str) -> str:
    """Return the zone in which a member marks hours: their own, else the one in which the group meets."""
    person = workbook.people.get(member)
    return person.zone if person and zone_or_none(person.zone) else workbook.slots[-1].zone


def sessions_to_move(workbook: Workbook, most: int = 6) -> list[Session]:
    """Return the next sessions, which could be moved."""
    now = workbook.clock()
    try:
        upcoming = [workbook.schedule.next(now), *workbook.schedule.following(now, most)]
    except ScheduleError:
        return []
    found = {one.id: one for one in upcoming if not one.cancelled and not one.has_begun(now)}
    return sorted(found.values(), key=attrgetter("start"))[:most]


def has_to_answer(workbook: Workbook, member: str) -> bool:
    """Return whether a member has not answered a survey that is open."""
    is_asked = workbook.roster.is_member(member, workbook.today())
    still = (one for one in workbook.current.current(Survey) if not one.chosen)
    return is_asked and any(own_answer(workbook, one.subject[0], member) is None for one in still)


def have_not_answered(workbook: Workbook) -> dict[str, tuple[SurveyView, ...]]:
    """Return the open surveys that each member has not answered, by the member's id."""
    found = [one for one in surveys(workbook) if one.is_open]
    missing = {
        member: tuple(one for one in found if member in one.members and member not in one.answered)
        for member in sorted(workbook.roster.members_on(workbook.today()))
    }
    return {member: views for member, views in missing.items() if views}


def _view(workbook: Workbook, held: Survey) -> SurveyView:
    name = held.subject[0]
    members = frozenset(workbook.roster.members_on(workbook.today()))
    slot = workbook.schedule.slot_on(held.first)
    zone = slot.zone if slot else "UTC"
    answers = [one for one in workbook.current.current(Availability) if one.survey == name and one.member in members]
    best = () if held.chosen else _best(workbook, held, answers, zone)
    opened = workbook.find_record(name).at
    answered = frozenset(one.member for one in answers)
    return SurveyView(
        name, held.session, held.first, held.length_min, held.moves, zone, opened, held.chosen, members, answered, best
    )


def _best(workbook: Workbook, held: Survey, answers: list[Availability], zone: str) -> tuple[PossibleTime, ...]:
    """Return the times that suit most; asked for by each page of a group, and the same until something is said that counts."""
    current = workbook.current
    now = workbook.clock().astimezone(UTC)
    after = now.replace(minute=now.minute // HALF_HOUR_MIN * HALF_HOUR_MIN, second=0, microsecond=0)
    state: Hashable = (
        workbook.today(), workbook.settings, after if held.moves else None, *(current.version(kind) for kind in _KINDS)
    )  # fmt: skip
    kept = current.kept(("best times", key_of(held.subject)), dict)
    if kept.get("state") != state:
        given = [_answer(workbook, one, zone) for one in answers]
        found = best_times(
            given,
            first=held.first,
            zone=zone,
            length_min=held.length_min,
            weekly=not held.moves,
            after=after if held.moves else None,
        )
        kept.update(state=state, found=tuple(found))
    best: tuple[PossibleTime, ...] = kept["found"]
    return best


def _answer(workbook: Workbook, one: Availability, zone: str) -> MemberHours:
    known = one.zone if zone_or_none(one.zone) else zone
    return MemberHours(one.member, known, parse_hours(one.can), parse_hours(one.if_need_be))
