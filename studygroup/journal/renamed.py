"""What holds when items have other names than when it was entered."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from studygroup.journal.holdings import Holdings
from studygroup.journal.record import Record


class Renamed:
    """What holds of a journal's records under the items' names of now; of further records only they are looked at.

    Parameters
    ----------
    aliases
        From an item's name as it may stand in records to its name now.
    """

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = aliases
        self._of: Holdings | None = None
        self._starts = 0
        self._seen = 0
        self._holdings = Holdings()

    def holdings(self, of: Holdings) -> Holdings:
        """Return what holds of the records that ``of`` has now."""
        if of is not self._of or of.starts != self._starts:
            self._of, self._starts, self._seen, self._holdings = of, of.starts, 0, Holdings()
        if new := of.records_after(self._seen):
            self._seen += len(new)
            self._holdings.add(renamed(record, self.aliases) for record in new)
        return self._holdings


def renamed(record: Record, aliases: Mapping[str, str]) -> Record:
    """Return a record that names the items which others went into."""
    if aliases.keys().isdisjoint(record.named_items):
        return record
    changes: dict[str, str | tuple[str, ...]] = {}
    for field in record.item_fields:
        value = getattr(record, field)
        many = isinstance(value, tuple)
        changes[field] = tuple(dict.fromkeys(aliases.get(item, item) for item in value)) if many else aliases.get(value, value)
    return msgspec.structs.replace(record, **changes)
