"""What is current when items have other names than when it was entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from studygroup.journal.current.state import CurrentState
from studygroup.journal.types.record import Record


class Renamed:
    """What is current of a journal's records under the items' names of now; of further records only they are looked at.

    Parameters
    ----------
    aliases
        From an item's name as it may be in records to its name now.
    """

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = aliases
        self._of: CurrentState | None = None
        self._starts = 0
        self._seen = 0
        self._current_state = CurrentState()

    def current_state(self, of: CurrentState) -> CurrentState:
        """Return what is current of the records that ``of`` has now."""
        if of is not self._of or of.starts != self._starts:
            self._of, self._starts, self._seen, self._current_state = of, of.starts, 0, CurrentState()
        if new := of.records_after(self._seen):
            self._seen += len(new)
            self._current_state.add(renamed(record, self.aliases) for record in new)
        return self._current_state


def renamed(record: Record, aliases: Mapping[str, str]) -> Record:
    """Return a record that names the items which others went into."""
    if aliases.keys().isdisjoint(record.named_items):
        return record
    changes: dict[str, Any] = {}
    for field in record.item_fields:
        value = getattr(record, field)
        changes[field] = _renamed_items(value, aliases) if isinstance(value, tuple) else aliases.get(value, value)
    if record.reads:
        changes["read"] = tuple(
            msgspec.structs.replace(read, items=_renamed_items(read.items, aliases)) for read in record.reads
        )
    return msgspec.structs.replace(record, **changes)


def _renamed_items(items: Iterable[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(aliases.get(item, item) for item in items))
