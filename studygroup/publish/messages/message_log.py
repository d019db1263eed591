"""What is recorded of one message while it is sent: before a try that it is tried, after it how that ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.workbook.workbook import Workbook


class MessageLog:
    """One author's records of one message about one session; ``save`` writes what changed since the last record.

    Parameters
    ----------
    by
        Who sends: a facilitator, or the program.

    Attributes
    ----------
    known
        Where the message went, by everyone's records, when this began.
    to, trying, waiting
        As in the record; ``waiting`` has the reason why the last try failed, empty without one.
    """

    def __init__(self, workbook: Workbook, session: str, message: str, by: str) -> None:
        self._workbook, self._session, self._message, self._by = workbook, session, message, by
        self.known = deliveries_of(workbook, session, message)
        mine = self.known.last.get(by)
        stops = self.known.stops
        self.to = dict.fromkeys(self.known.places("sent"))
        self.trying = dict.fromkeys(place for place in (mine.trying if mine else ()) if stops[place].state == "unknown")
        self.waiting = {place: stops[place].why for place in (mine.waiting if mine else ()) if stops[place].state == "waiting"}
        self._own = dict(mine.own) if mine else {}
        self._saved = self._fields() if mine else None

    def expect(self, places: Iterable[str], own: Mapping[str, str], trouble: Mapping[str, str]) -> None:
        """Note where the message is still to be sent, and what else is wrong, by ``TROUBLE``; nothing else waits."""
        wanted = dict.fromkeys(places)
        self.waiting = {place: self.waiting.get(place, "") for place in wanted} | dict(trouble)
        for place in wanted:
            self.to.pop(place, None)
            self.trying.pop(place, None)
        self._own |= own

    def begin(self, places: Iterable[str]) -> None:
        """Note that sending to these places begins."""
        for place in places:
            self.waiting.pop(place, None)
            self.trying[place] = None

    def end(self, place: str, why: str = "") -> None:
        """Note how sending to a place ended: it arrived, or why not, and then it waits to be sent again."""
        self.trying.pop(place, None)
        self.waiting.pop(place, None)
        if why:
            self.waiting[place] = why
        else:
            self.to[place] = None

    def lose(self, place: str) -> None:
        """Note that it did not arrive at a place, so that it is still to be sent there."""
        self.trying.pop(place, None)
        self.waiting[place] = ""

    def save(self) -> None:
        """Record it, unless the author's last record says the same; when this returns, it is on the disk.

        Raises
        ------
        RecordError
            The author may not announce.
        NotSavedError
            The disk refused.
        """
        fields = self._fields()
        if fields != self._saved:
            self._workbook.enter("sent", by=self._by, session=self._session, message=self._message, **fields)
            self._saved = fields

    def _fields(self) -> dict[str, Any]:
        named = {*self.to, *self.trying, *self.waiting}
        return {
            "to": tuple(self.to),
            "trying": tuple(self.trying),
            "waiting": tuple(self.waiting),
            "failed": {place: why for place, why in self.waiting.items() if why},
            "own": {place: member for place, member in self._own.items() if place in named},
        }
