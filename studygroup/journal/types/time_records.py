"""Records about finding a time at which members can meet."""

from __future__ import annotations

from datetime import date

from studygroup.errors import RecordError
from studygroup.group.usual_week import check_hours, parse_hours
from studygroup.journal.types.field_checks import OF
from studygroup.journal.types.record import Command, Instant, Record
from studygroup.text.text import check_session_id


class Survey(Record, frozen=True, kw_only=True, tag="survey"):
    """A question about when members can meet: at which usual time from a day on, or when one session can be that has to move.

    ``first`` is the first day of a new usual time; for a session that ``moves``, the first of the seven days to which it can move.
    ``chosen`` is when the group meets then, once a facilitator chose it: that closes the survey.
    """

    subject_fields = ("of",)
    record_fields = (("of", "survey"),)
    table = "surveys"
    columns = ("id", "session", "first", "length_min", "moves", "chosen", "at", "by")
    for_facilitators = True
    command = Command(
        "Ask members when they can meet; it prints the survey's id.",
        "--first 2027-01-04 --length-min 90",
        {
            "first": "The first day of the new usual time; with --moves, the first of seven days.",
            "length_min": "How long a session is, in minutes.",
            "moves": "The session that has to move, by its date; without it, a new usual time is looked for.",
            "of": OF,
        },
    )

    first: date
    length_min: int = 90
    moves: str = ""
    chosen: Instant | None = None
    of: str = ""

    def check(self) -> None:
        """Check that day, length and session are possible."""
        if not 2000 <= self.first.year < 2200:
            raise RecordError(f"The first day {self.first} is not between 2000-01-01 and 2199-12-31.")
        if not 5 <= self.length_min <= 24 * 60:
            raise RecordError(f"A session of {self.length_min} minutes is not possible; 5 to 1440 are.")
        if self.moves:
            check_session_id(self.moves)


class Availability(Record, frozen=True, kw_only=True, tag="availability"):
    """When a member can meet in a usual week, or in the seven days of a survey: as their own clocks show it, in half hours.

    What is in neither ``can`` nor ``if_need_be`` is when they cannot. The others see only the results of all answers together.
    """

    subject_fields = ("survey", "member")
    member_fields = ("member",)
    own_fields = ("zone", "can", "if_need_be")
    record_fields = (("survey", "survey"),)
    table = "availability"
    columns = ("survey", "member", "zone", "can", "if_need_be", "at", "by")
    kept_back = True
    command = Command(
        "Say when you can meet, for a survey. Give all your hours: the last answer counts.",
        '--survey ID --member ada --can "monday 18:00-21:00" --if-need-be "sunday 10:00-12:00"',
        {
            "survey": "The survey's id. Default: the only one that is open.",
            "can": "Hours that suit, such as monday 18:00-21:00; give it for each.",
            "if_need_be": "Hours that are possible if need be; give it for each.",
            "zone": "The time zone of these hours. Default: the member's own, or the group's.",
        },
    )

    survey: str
    member: str
    zone: str = ""
    can: tuple[str, ...] = ()
    if_need_be: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that the hours are right, and none is both."""
        if wrong := check_hours((*self.can, *self.if_need_be)):
            raise RecordError(f"{wrong}.")
        if parse_hours(self.can) & parse_hours(self.if_need_be):
            raise RecordError("Some hours are named both as possible and as possible if need be; name each once.")
