"""Whose turn it is: for each role that no one has, the member who is suggested, with the reason in a line, a season ahead.

The suggestion is computed from what was entered and from nothing else, so that every clone suggests the same. Nothing is planned by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from studygroup.group.schedule import Session
from studygroup.text.text import plain_list

NEW_UNTIL = 2
"""After so many sessions a member is no longer new: roles are suggested from the third one on."""
MOST_NAMED = 3
"""How many of those who were passed over a reason names."""


class PastRoles(msgspec.Struct, frozen=True):
    """A session that was held: who was there, and who had which role."""

    day: date
    there: frozenset[str]
    holders: Mapping[str, str]


class ComingRoles(msgspec.Struct, frozen=True):
    """A session to come: its members, who cannot come (``away``, by id, and why in words), who declined a role, who has one."""

    session: Session
    here: frozenset[str]
    away: Mapping[str, str]
    declined: frozenset[tuple[str, str]]
    holders: Mapping[str, str]


class RoleSuggestion(msgspec.Struct, frozen=True):
    """Who is suggested for a role, empty where no one can be, and why; ``turns`` is the part of the reason that is about them alone."""

    role: str
    member: str
    reason: str
    turns: str = ""

    def in_words(self, names: Mapping[str, str]) -> str:
        """Return it with its reason in a line: "Ada: 1 turn in 9 sessions, last on 2 Oct; Ben is away"."""
        return f"{names.get(self.member, self.member) if self.member else 'No one'}: {self.reason}"


class SessionRoles(msgspec.Struct, frozen=True):
    """The roles of one session to come: who holds them, by role, and who is suggested for the others."""

    session: Session
    holders: Mapping[str, str]
    suggested: tuple[RoleSuggestion, ...]

    def suggestion(self, role: str) -> RoleSuggestion | None:
        """Return the suggestion for a role, or None where someone has it."""
        return next((one for one in self.suggested if one.role == role), None)


class MemberTurns(msgspec.Struct):
    """How often one member was there, how many turns they had over all roles, when the last one was, and how many of each role."""

    attended: int = 0
    turns: int = 0
    last: date = date.min
    of_role: dict[str, int] = msgspec.field(default_factory=dict)

    def take(self, role: str, day: date) -> None:
        """Count one more turn."""
        self.turns += 1
        self.last = max(self.last, day)
        self.of_role[role] = self.of_role.get(role, 0) + 1

    @property
    def words(self) -> str:
        """Return it in words: "1 turn in 9 sessions, last on 2 Oct"."""
        turns = f"{self.turns or 'no'} turn{'s' * (self.turns != 1)}"
        sessions = f"{self.attended} session{'s' * (self.attended != 1)}"
        return f"{turns} in {sessions}" + (f", last on {self.last.day} {self.last:%b}" if self.turns else "")


class Rotation:
    """Suggestions for one session after the other; those to come are taken to go as suggested.

    Parameters
    ----------
    roles
        In the order in which they are suggested.
    names
        People's names by member id.
    past
        The sessions that were held, in order. A turn counts where its holder was there.
    """

    def __init__(self, roles: Sequence[str], names: Mapping[str, str], past: Iterable[PastRoles]) -> None:
        self.roles, self.names = roles, names
        self.known: defaultdict[str, MemberTurns] = defaultdict(MemberTurns)
        for one in past:
            for member in one.there:
                self.known[member].attended += 1
            for role, member in one.holders.items():
                if member in one.there:
                    self.known[member].take(role, one.day)

    def ahead(self, coming: Iterable[ComingRoles]) -> Iterator[SessionRoles]:
        """Yield what is suggested for each session, in order."""
        for one in coming:
            yield self._next(one)

    def _next(self, coming: ComingRoles) -> SessionRoles:
        day = coming.session.start.date()
        known = self.known
        newcomers = {member for member in coming.here if known[member].attended < NEW_UNTIL}
        if len(newcomers) == len(coming.here):
            newcomers = set()
        held = {role: member for role, member in coming.holders.items() if role in self.roles}
        busy, suggested = set(held.values()), []
        for role in self.roles:
            if role in held:
                known[held[role]].take(role, day)
                continue
            one = self._suggest(role, coming, newcomers, busy)
            suggested.append(one)
            if one.member:
                busy.add(one.member)
                known[one.member].take(role, day)
        for member in coming.here:
            if member not in coming.away:
                known[member].attended += 1
        return SessionRoles(coming.session, held, tuple(suggested))

    def _suggest(self, role: str, coming: ComingRoles, newcomers: Collection[str], busy: Collection[str]) -> RoleSuggestion:
        able = [
            one for one in coming.here if one not in coming.away and one not in newcomers and (role, one) not in coming.declined
        ]
        # No one has two roles as long as someone has none.
        free = [one for one in able if one not in busy] or able
        if not free:
            return RoleSuggestion(role, "", self._passed_over(role, coming, newcomers, coming.here) or "no one can take it")
        key = {one: self._key(role, one) for one in coming.here}
        best = min(free, key=key.__getitem__)
        earlier = sorted((one for one in coming.here if key[one] < key[best] and one not in able), key=key.__getitem__)
        why = self._passed_over(role, coming, newcomers, earlier)
        turns = self.known[best].words
        return RoleSuggestion(role, best, turns + (f"; {why}" if why else ""), turns)

    def _key(self, role: str, member: str) -> tuple[float, date, int, str]:
        known = self.known[member]
        # Quotients of whole numbers are equal as floats where they are equal, and only there.
        return known.turns / max(known.attended, 1), known.last, known.of_role.get(role, 0), member

    def _passed_over(self, role: str, coming: ComingRoles, newcomers: Collection[str], members: Iterable[str]) -> str:
        """Return why members who would come first are not suggested: "Ben is away"."""
        said = [(one, self._obstacle(role, one, coming, newcomers)) for one in sorted(members)]
        found = [f"{self.names.get(one, one)} {why}" for one, why in said if why]
        more = len(found) - MOST_NAMED
        return plain_list([*found[:MOST_NAMED], f"{more} more cannot"] if more > 0 else found)

    def _obstacle(self, role: str, member: str, coming: ComingRoles, newcomers: Collection[str]) -> str:
        if member in coming.away:
            return coming.away[member]
        if (role, member) in coming.declined:
            return "declined"
        return "is new" if member in newcomers else ""
