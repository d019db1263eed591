"""Who has which role in a session: what was planned, and what members said since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from studygroup.group.schedule import Session
from studygroup.journal.tables import tables
from studygroup.journal.tables.tables import rows
from studygroup.workbook.workbook import Workbook


class RoleBook:
    """What members said of roles and of dates away, by session.

    Parameters
    ----------
    swaps, turns, away, rsvps
        As ``journal.tables`` returns them.
    forgotten
        Since which day someone has been forgotten, by pseudonym: they have no role from then on.
    """

    def __init__(
        self,
        swaps: pd.DataFrame,
        turns: pd.DataFrame,
        away: pd.DataFrame,
        rsvps: pd.DataFrame,
        forgotten: Mapping[str, date] = MappingProxyType({}),
    ) -> None:
        self._forgotten = forgotten
        self._given: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._said: defaultdict[str, list[Any]] = defaultdict(list)
        self._back: dict[tuple[str, str], Any] = {}
        for row in sorted(rows(swaps), key=lambda row: (row.at, row.member)):
            if row.to:
                self._given[row.session].append((row.role, row.member, row.to))
            if row.to and row.for_role:
                self._given[row.for_session].append((row.for_role, row.to, row.member))
        for row in sorted(rows(turns), key=lambda row: (row.at, row.member)):
            self._said[row.session].append(row)
        self._away = sorted(
            ((row.first.date(), row.last.date(), row.member, row.at) for row in rows(away)), key=lambda one: one[3]
        )
        if self._away:
            back = rsvps[rsvps["member"].isin({member for _, _, member, _ in self._away}) & (rsvps["answer"] == "yes")]
            self._back = {(row.session, row.member): row.at for row in rows(back)}

    def absent(self, session: str, day: date) -> set[str]:
        """Return who is away on a session's day and did not say since that they will come after all, or was forgotten by then."""
        said = {member: at for first, last, member, at in self._away if first <= day <= last}
        gone = {member for member, since in self._forgotten.items() if since <= day}
        return gone | {
            member for member, at in said.items() if (back := self._back.get((session, member))) is None or back < at
        }

    def declined(self, session: str) -> frozenset[tuple[str, str]]:
        """Return who declined which role of a session, as (role, member)."""
        return frozenset((row.role, row.member) for row in self._said.get(session, ()) if row.answer == "decline")

    def holders(
        self, session: Session, roles: Mapping[str, str], here: Collection[str], there: Collection[str] = ()
    ) -> dict[str, str]:
        """Return who holds each role of a session, as far as someone does.

        The plan's ``roles`` come first, with what members gave to others. Where no one is planned, or whoever is cannot come or
        declined, the first of those who are members then (``here``) and volunteered has it. Who was ``there`` is not away.
        """
        name = session.id
        absent, declined = self.absent(name, session.start.date()) - set(there), self.declined(name)

        def standing(found: Mapping[str, str]) -> dict[str, str]:
            kept = self.with_swaps(found, name).items()
            return {role: who for role, who in kept if who not in absent and (role, who) not in declined}

        held, taken = standing(roles), dict[str, str]()
        for row in self._said.get(name, ()):
            if row.answer == "volunteer" and row.role not in held and row.member in here and row.member not in absent:
                taken.setdefault(row.role, row.member)
        return held | (standing(taken) if taken else {})

    def with_swaps(self, roles: Mapping[str, str], session: str) -> dict[str, str]:
        """Return who holds each role after members gave theirs to others.

        A chain of swaps is followed; one of a role that its member does not hold changes nothing.
        """
        held, given = dict(roles), self._given.get(session, ())
        for _ in given:
            for role, giver, taker in given:
                if held.get(role) == giver:
                    held[role] = taker
        return held


def role_book(workbook: Workbook) -> RoleBook:
    """Return what members said of roles and of dates away."""
    records, gone = workbook.current, workbook.roster.forgotten
    return RoleBook(tables.swaps(records), tables.turns(records), tables.away(records), tables.rsvps(records), gone)
