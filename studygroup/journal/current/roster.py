"""Who belongs to the group on which day: the one place that decides it, for forms, pages, messages and commands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType

import msgspec

from studygroup.group.schedule import Session
from studygroup.journal.types.records import Person


class Spell(msgspec.Struct, frozen=True):
    """One time during which someone belongs to the group, both days included; None for no beginning or no end."""

    joined: date | None
    left: date | None
    guest: bool

    def covers(self, first: date, last: date) -> bool:
        """Return whether it covers one of the days from ``first`` to ``last``."""
        return (self.joined is None or self.joined <= last) and (self.left is None or self.left >= first)


class Roster:
    """Who is a member, a guest or a facilitator on a day.

    Parameters
    ----------
    people
        Everyone who was ever on the roster, by id, as their records say today.
    records
        Returns all records of a member that were not undone, in order: someone who left and came back was away in between.
    first_attended
        Returns the day of the first session at which someone was, by id: they count as members from then on, even if they were
        put on the roster later. Guests stay guests.
    facilitators
        The ids that the settings name, beside those with that role.
    forgotten
        Since which day someone has been forgotten, by pseudonym: from then on they are no one's member, guest or facilitator; for
        the sessions before they count as they did.
    """

    def __init__(
        self,
        people: Mapping[str, Person],
        records: Callable[[str], Sequence[Person]],
        first_attended: Callable[[], Mapping[str, date]],
        facilitators: Iterable[str] = (),
        forgotten: Mapping[str, date] = MappingProxyType({}),
    ) -> None:
        self.people, self.forgotten = people, forgotten
        self._records, self._first_attended = records, first_attended
        named = [member for member in facilitators if member in people]
        roles = [member for member, person in people.items() if person.role == "facilitator"]
        self._facilitators = tuple(dict.fromkeys([*named, *roles]))

    @cached_property
    def spells(self) -> dict[str, tuple[Spell, ...]]:
        """The times during which each person belongs to the group, in order."""
        attended = self._first_attended()
        found = {member: _from(_spells(self._records(member)), attended.get(member)) for member in self.people}
        gone = {member: _until(found[member], day) for member, day in self.forgotten.items() if member in found}
        return found | gone

    def is_here(self, member: str, day: date) -> bool:
        """Return whether someone is on the roster and has not left by a day; who joins later counts, and so do guests, and no one forgotten."""
        person = None if member in self.forgotten else self.people.get(member)
        return person is not None and (person.left is None or person.left >= day)

    def here_on(self, day: date) -> list[str]:
        """Return the ids of those who have not left by a day, guests too: whom fields offer and the members' page lets in."""
        return [member for member in self.people if self.is_here(member, day)]

    def facilitators_on(self, day: date) -> list[str]:
        """Return the ids of those who have a facilitator's rights on a day, those whom the settings name first."""
        return [member for member in self._facilitators if self.is_here(member, day)]

    def is_member(self, member: str, first: date, last: date | None = None) -> bool:
        """Return whether someone is a member, not a guest, on a day, or on one of the days up to ``last``."""
        spells = self.spells.get(member, ())
        return any(not spell.guest and spell.covers(first, last or first) for spell in spells)

    def joined(self, member: str) -> date | None:
        """Return since when someone has belonged to the group this time, their first attendance included; None: from the beginning."""
        spells = self.spells.get(member, ())
        return spells[-1].joined if spells else None

    def members_on(self, first: date, last: date | None = None) -> set[str]:
        """Return the ids of the members, no guests, on a day, or on one of the days up to ``last``."""
        return {member for member in self.people if self.is_member(member, first, last)}

    def members_at(self, session: Session) -> set[str]:
        """Return the ids of the members, no guests, at a session.

        A session may end on the day after it began; who joins while it goes on is there.
        """
        return self.members_on(session.start.date(), session.end.date())

    def count(self, session: Session, there: Collection[str]) -> tuple[int, int, int]:
        """Return how many members a session has, how many of them and how many guests were there.

        ``there`` are the ids of all who were; whoever was there and is no member on that day is a guest.
        """
        members = self.members_at(session)
        came = sum(member in members for member in there)
        return len(members), came, len(there) - came


def _spells(records: Sequence[Person]) -> list[Spell]:
    """Return the times that a person's records tell of; a record that does not begin a new time corrects the last one."""
    found: list[Spell] = []
    for record in records:
        spell = Spell(record.joined, record.left, record.guest)
        if found and spell.joined:
            last = found[-1]
            if last.left is not None and spell.joined > last.left:
                found.append(spell)
                continue
            if spell.joined == last.left and spell.guest == last.guest:
                # Welcomed back on the last day: never away.
                found[-1] = msgspec.structs.replace(spell, joined=last.joined)
                continue
            if last.guest and not spell.guest and (last.joined is None or spell.joined > last.joined):
                # A guest who became a member stays a guest of the sessions before.
                found[-1] = msgspec.structs.replace(last, left=spell.joined - timedelta(days=1))
                found.append(spell)
                continue
        found[-1:] = [spell]
    return found


def _from(spells: Sequence[Spell], attended: date | None) -> tuple[Spell, ...]:
    """Return spells of which the first begins with the first attendance, if that was earlier."""
    if spells and attended and not spells[0].guest and spells[0].joined and attended < spells[0].joined:
        return (msgspec.structs.replace(spells[0], joined=attended), *spells[1:])
    return tuple(spells)


def _until(spells: Sequence[Spell], day: date) -> tuple[Spell, ...]:
    """Return spells of which each ends on the day before ``day`` at the latest."""
    last = day - timedelta(days=1)
    return tuple(msgspec.structs.replace(one, left=min(one.left or last, last)) for one in spells)
