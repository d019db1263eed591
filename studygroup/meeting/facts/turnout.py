"""Who said that they would come, who came, and how that and the reading went over the weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import pandas as pd

from studygroup.group.schedule import Session
from studygroup.group.states import ATTENDANCE_STATES, WAS_THERE
from studygroup.journal.current.roster import Roster
from studygroup.journal.tables.tables import rows

ANSWERS = ("yes", "maybe", "no", "")
STATES = (*(one.name for one in sorted(ATTENDANCE_STATES, key=attrgetter("column"))), "")
MOST_WEEKS = 52


class Turnout(msgspec.Struct, frozen=True):
    """Attendance against the answers before.

    ``members`` counts the roster on that day, ``guests`` the guests who were there. ``counts`` has a row an answer of ``ANSWERS`` and
    in it a number a state of ``STATES``, for members; the empty answer or state means that none was recorded. ``named`` has
    (state, names) for those of whom one was recorded, guests too, where pages may name people.
    """

    members: int = 0
    guests: int = 0
    counts: tuple[tuple[int, ...], ...] = ((0,) * len(STATES),) * len(ANSWERS)
    named: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of_state(self, *states: str) -> int:
        """Return how many members are in one of some states."""
        return sum(row[STATES.index(state)] for row in self.counts for state in states)

    def of_answer(self, answer: str) -> int:
        """Return how many members gave an answer."""
        return sum(self.counts[ANSWERS.index(answer)])

    @property
    def there(self) -> int:
        """How many members were there, also for a part of it."""
        return self.of_state(*WAS_THERE)

    @property
    def words(self) -> str:
        """How many of the members came, and how many guests: "5 of 6 attended, plus 1 guest"."""
        return came_in_words(self.members, self.there, self.guests, "attended")

    @property
    def recorded(self) -> bool:
        """Whether anyone's attendance was recorded."""
        return self.guests > 0 or self.of_state("") < self.members

    @property
    def answered(self) -> bool:
        """Whether anyone said before if they would come."""
        return self.of_answer("") < self.members


def came_in_words(members: int, there: int, guests: int, word: str = "") -> str:
    """Return how many were at a session: of the members on that day, and guests apart.

    >>> came_in_words(6, 5, 1), came_in_words(6, 6, 2, "there")
    ('5 of 6, plus 1 guest', '6 of 6 there, plus 2 guests')
    """
    apart = f", plus {guests} guest{'s' if guests > 1 else ''}" if guests else ""
    return f"{there} of {members}{f' {word}' if word else ''}{apart}"


class Week(msgspec.Struct, frozen=True):
    """One session among others: how many of ``members`` were there, how many guests, and how many steps were covered by then."""

    session: str
    members: int
    there: int
    guests: int
    covered: int


def turnout_of(
    attendance: Iterable[Any],
    here: set[str],
    answers: Mapping[str, str],
    names: Mapping[str, str],
    *,
    name_people: bool,
) -> Turnout:
    """Return who came to a session.

    Parameters
    ----------
    attendance
        The session's rows of the table of attendance.
    here
        The ids of the members on that day; others who were there count as guests.
    answers
        What members answered before, by id.
    """
    states: dict[str, str] = {row.member: row.state for row in attendance}
    counted = Counter((answers.get(member, ""), states.get(member, "")) for member in here)
    by_state = [(state, [member for member in states if states[member] == state]) for state in STATES if state]
    return Turnout(
        members=len(here),
        guests=sum(state in WAS_THERE for member, state in states.items() if member not in here),
        counts=tuple(tuple(counted[answer, state] for state in STATES) for answer in ANSWERS),
        named=tuple(
            (state, tuple(sorted(names.get(member, member) for member in members))) for state, members in by_state if members
        )
        if name_people
        else (),
    )


def weeks_of(
    sessions: Sequence[Session], roster: Roster, attendance: pd.DataFrame, done: Mapping[int, str]
) -> tuple[Week, ...]:
    """Return the sessions that were held.

    Parameters
    ----------
    sessions
        In order of their start.
    attendance
        As ``journal.tables`` returns it.
    done
        The session that covered each covered step, by the step's number.
    """
    came: dict[str, list[str]] = {}
    for row in rows(attendance[attendance["state"].isin(WAS_THERE)]):
        came.setdefault(row.session, []).append(row.member)
    steps = Counter(done.values())
    covered, weeks = 0, []
    for session in sessions:
        covered += steps[session.id]
        if session.id in came:
            weeks.append(Week(session.id, *roster.count(session, came[session.id]), covered))
    return tuple(weeks)
