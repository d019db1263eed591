"""What a survey about when to meet, and an answer to it, must agree with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from studygroup.errors import RecordError
from studygroup.group.slot import unknown_zone, zone_or_none
from studygroup.journal.current.electorate import VotingGroup, zone_of
from studygroup.journal.types.records import Availability, Survey
from studygroup.text.text import to_day

if TYPE_CHECKING:
    from studygroup.group.schedule import Schedule

ASKED_DAYS = 7
"""How many days a survey asks about."""


class SurveyedGroup(VotingGroup, Protocol):
    """What a survey is checked against: an open workbook."""

    @property
    def schedule(self) -> Schedule:
        """When sessions are."""


def check_survey(survey: Survey, group: SurveyedGroup, now: datetime) -> None:
    """Raise RecordError if a survey asks about a session that cannot move, or about days to which it cannot move.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    if survey.chosen is not None or not survey.moves:
        return
    session = group.schedule.find(survey.moves)
    if session.cancelled:
        raise RecordError(f"The session of {survey.moves} was cancelled; reinstate it before asking when it can be.")
    if session.has_begun(now):
        raise RecordError(f"The session of {survey.moves} has begun, so it can no longer move.")
    if abs((survey.first - session.start.date()).days) > 366 - ASKED_DAYS:
        raise RecordError(f"The session of {survey.moves} cannot move to {survey.first}, about a year away.")
    if survey.first + timedelta(days=ASKED_DAYS) <= now.date():
        raise RecordError(f"The seven days from {survey.first} on are past; ask about days to come.")


def check_availability(answer: Availability, group: SurveyedGroup) -> None:
    """Raise RecordError if an answer cannot be given, or no longer."""
    if answer.zone and zone_or_none(answer.zone) is None:
        raise RecordError(unknown_zone(answer.zone))
    survey = group.latest(Survey, answer.survey)
    if survey is None:
        raise RecordError("This survey was undone, so no one needs to answer it.")
    if survey.chosen is not None:
        closed = survey.at.astimezone(zone_of(group, answer.member))
        raise RecordError(f"The time was chosen on {to_day(closed)}, {closed:%H:%M %Z}; an answer no longer counts.")
    person = group.roster.people.get(answer.member)
    if person is not None and person.guest:
        raise RecordError(f"{person.name} is a guest; members are asked when they can meet.")
