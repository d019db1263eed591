"""Where messages went: what all authors' records of one message say together, and what a facilitator should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Literal

import msgspec

from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Person, Sent
from studygroup.journal.types.subjects import key_of
from studygroup.workbook.workbook import Workbook

PAGE, ADDRESS, SITE = TROUBLE = ("page", "address", "site")
"""What can fail beside sending, as a message's records name it where a place stands: its page could not be made, no address is known, or
the site could not be made. A label of an address has a hyphen."""


class Stop(msgspec.Struct, frozen=True):
    """What is known of a message at one place.

    Attributes
    ----------
    state
        "sent": it arrived. "unknown": sending it was begun, and how that ended is not known. "waiting": it is still to be sent.
    at, by
        When that was recorded, and who did.
    why
        Of what waits, why the last try failed; empty where there was none.
    """

    state: Literal["sent", "unknown", "waiting"]
    at: datetime
    by: str
    why: str = ""


class Deliveries(msgspec.Struct, frozen=True):
    """Where one message about one session went.

    Attributes
    ----------
    stops
        What is known of each place, by the label of its address.
    last
        The last record of each author.
    arrived
        When it arrived somewhere last, also where it was sent again; None while it arrived nowhere.
    own
        Whose own address a place is, by its label.
    """

    stops: Mapping[str, Stop] = {}
    last: Mapping[str, Sent] = {}
    arrived: datetime | None = None
    own: Mapping[str, str] = {}

    @classmethod
    def of(cls, records: Iterable[Sent]) -> Deliveries:
        """Return what records of one message say together, in any order.

        What arrived by one record has arrived, whatever the others say: people announce beside the program, and on clones that
        know nothing of each other. Of what did not arrive, the last records of the authors tell, the later one first.
        """
        ordered = sorted(records, key=attrgetter("order"))
        last = {one.by: one for one in ordered}
        stops: dict[str, Stop] = {}
        for one in sorted(last.values(), key=attrgetter("order")):
            stops |= {place: Stop("unknown", one.at, one.by) for place in one.trying}
            stops |= {place: Stop("waiting", one.at, one.by, one.failed.get(place, "")) for place in one.waiting}
        for one in reversed(ordered):
            stops |= {place: Stop("sent", one.at, one.by) for place in one.to}
        own = {place: member for one in ordered for place, member in one.own.items()}
        return cls(stops, last, _last_arrival(ordered), own)

    def places(self, state: str) -> list[str]:
        """Return the places of one state, in the order in which they were named first."""
        return [place for place, stop in self.stops.items() if stop.state == state]

    def called(self, place: str, people: Mapping[str, Person]) -> str:
        """Return a place as people know it: with the name of the member whose own address it is."""
        person = people.get(self.own.get(place, ""))
        return f"{person.name} ({place})" if person else place

    @property
    def by_program(self) -> Sent | None:
        """The program's own last record; None while `studygroup due` did nothing about this message."""
        return self.last.get(PROGRAM)

    @property
    def is_done(self) -> bool:
        """Whether `studygroup due` is done with it: it began, and nothing of what it is to send waits.

        Where it was cut short, that waits once someone saw that it had not arrived.
        """
        mine = self.by_program
        return mine is not None and not any(self.stops[place].state == "waiting" for place in (*mine.trying, *mine.waiting))


def _last_arrival(records: Iterable[Sent]) -> datetime | None:
    """Return when a message arrived last, of its records in order; each repeats where it arrived before."""
    found: datetime | None = None
    seen: set[str] = set()
    tried: dict[str, set[str]] = {}
    for one in records:
        if any(place not in seen or place in tried.get(one.by, ()) for place in one.to):
            found = one.at
        seen |= {*one.to}
        tried[one.by] = {*one.trying}
    return found


def deliveries_of(workbook: Workbook, session: str, message: str) -> Deliveries:
    """Return where a message about a session went, by everything that was recorded."""
    current_state = workbook.journal.current_state
    return Deliveries.of(filter(current_state.stands, current_state.of_subject(Sent, key_of((session, message)))))


def messages_recorded(workbook: Workbook) -> Sequence[tuple[str, str]]:
    """Return the sessions and messages of which anything was recorded, in order."""
    return [(one.session, one.message) for one in workbook.journal.current_state.current(Sent)]
