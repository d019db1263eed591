"""The course of a group's sessions: what had been covered and read before each of them.

Looked through once, however many sessions are asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

from studygroup.group.schedule import Schedule, Session
from studygroup.group.states import WAS_THERE
from studygroup.meeting.facts.syllabus import Lists, Readings, covered


class Course:
    """Answers what came before a session, in order of the sessions' starts; cancelled ones do not count.

    Parameters
    ----------
    lists
        What ``syllabus.lists_of`` returns.
    plans, closes, attendance
        As ``journal.tables`` returns them.
    """

    def __init__(
        self,
        schedule: Schedule,
        lists: Lists,
        plans: pd.DataFrame,
        closes: pd.DataFrame,
        attendance: pd.DataFrame,
    ) -> None:
        self.schedule, self.lists = schedule, lists
        self.readings = Readings(lists, plans, closes, attendance)
        self.plans, self.closes = self.readings.plans, self.readings.closes
        self._tables = plans, attendance, closes
        self._held = set(attendance.loc[attendance["state"].isin(WAS_THERE), "session"])
        self._attended = set(attendance["session"])
        self._until: datetime | None = None
        self._sessions: list[Session] = []
        self._orders: list[tuple[datetime, int, str]] = []
        self._done: dict[int, str] = {}
        self._read_in: dict[str, list[str]] = {}

    def done_until(self, moment: datetime) -> tuple[list[Session], dict[int, str]]:
        """Return the sessions that have begun at an instant, and the one that covered each step covered by then."""
        self.look_until(moment)
        sessions = [one for one in self._sessions if one.has_begun(moment)]
        return sessions, self._done_in(sessions)

    def before(self, session: Session) -> list[Session]:
        """Return the sessions that start before one."""
        number = self._number(session)  # this may look further ahead
        return self._sessions[:number]

    def held_before(self, session: Session) -> str:
        """Return the last session before one to which anyone came; empty where there is none."""
        return next((one.id for one in reversed(self.before(session)) if one.id in self._held), "")

    def read_in_sessions(self) -> dict[str, tuple[str, ...]]:
        """Return the items that each session read to which anyone came; of those looked through so far."""
        held = (one.id for one in self._sessions if one.id in self._held)
        return {one: tuple(dict.fromkeys(item for step in self.readings.of(one) for item in step.items)) for one in held}

    def done_before(self, session: Session) -> dict[int, str]:
        """Return the session that covered each step covered before one, by the step's number."""
        return self._done_in(self.before(session))

    def done_with(self, session: Session) -> dict[int, str]:
        """Return the same after it."""
        return self._done_in([*self.before(session), session])

    def read_before(self, session: Session, item: str) -> tuple[str, ...]:
        """Return the earlier sessions that read an item: they planned it, and someone's attendance is recorded."""
        earlier = {one.id for one in self.before(session)}
        return tuple(one for one in self._read_in.get(item, ()) if one in earlier)

    def read_until(self, moment: datetime) -> dict[str, list[str]]:
        """Return the sessions that have begun at an instant and read each item, by the item's id."""
        self.look_until(moment)
        begun = {one.id for one in self._sessions if one.has_begun(moment)}
        kept = ((item, [one for one in sessions if one in begun]) for item, sessions in self._read_in.items())
        return {item: sessions for item, sessions in kept if sessions}

    def continued_at(self, session: Session) -> dict[str, str]:
        """Return the steps that were begun and not finished before a session, with the session that stopped at them."""
        found: dict[str, str] = {}
        for one in self.before(session):
            if close := self.closes.get(one.id):
                found = {reference: begun for reference, begun in found.items() if reference not in close.finished}
                found |= dict.fromkeys(close.continues, one.id)
        return found

    def _done_in(self, sessions: Sequence[Session]) -> dict[int, str]:
        known = {one.id for one in sessions}
        return {step: session for step, session in self._done.items() if session in known}

    def _number(self, session: Session) -> int:
        """Return how many sessions start before one."""
        self.look_until(session.start + timedelta(seconds=1))
        return bisect_left(self._orders, _order(session))

    def look_until(self, until: datetime) -> None:
        """Look through the sessions that start before an instant, unless that was done."""
        if self._until is not None and until <= self._until:
            return
        self._until, self._sessions = until, self.schedule.earlier(until)
        self._orders = [_order(one) for one in self._sessions]
        plans, attendance, closes = self._tables
        # What the earlier sessions covered does not hang on the later ones, so that one look serves all.
        self._done = covered(self.lists, plans, attendance, closes, [one.id for one in self._sessions])
        self._read_in = {}
        for one in self._sessions:
            if one.id in self._attended:
                for item in dict.fromkeys(item for step in self.readings.of(one.id) for item in step.items):
                    self._read_in.setdefault(item, []).append(one.id)


def _order(session: Session) -> tuple[datetime, int, str]:
    # By the instant: two times in one zone compare by what its clocks show.
    return session.start.astimezone(UTC), len(session.id), session.id
