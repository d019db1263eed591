"""The works that a session reads, as its agenda shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import pandas as pd

from studygroup.catalogue.items.item import parse_links
from studygroup.group.states import HAS_READ
from studygroup.journal.tables.frame import RowsBy


class Work(msgspec.Struct, frozen=True):
    """An item as the agenda shows it; ``links`` are (label, address), ``earlier`` the sessions that read it before."""

    id: str
    title: str
    kind: str
    url: str
    authors: tuple[str, ...]
    year: int | None
    about: str
    importance: str
    links: tuple[tuple[str, str], ...]
    read_by: int
    reading_by: int
    readers: tuple[str, ...]
    earlier: tuple[str, ...]


class Works:
    """Looks up items as the agenda shows them.

    Parameters
    ----------
    items, reading
        The rows of the catalogue's table by their id, and those of the journal's by their item.
    members
        Whose reading counts.
    names
        Who is named as a reader, by id; no one when it is empty.
    read_before
        Returns the sessions that read an item before.
    """

    def __init__(
        self,
        items: RowsBy,
        reading: RowsBy,
        members: set[str],
        names: Mapping[str, str],
        read_before: Callable[[str], tuple[str, ...]],
    ) -> None:
        self.items, self.reading, self.members = items, reading, members
        self.names = names
        self.read_before = read_before

    def title(self, item: str) -> str:
        """Return an item's title, or its id where the catalogue does not have it."""
        return next((str(row.title) for row in self.items.of(item)), item)

    def of(self, items: Iterable[str]) -> tuple[Work, ...]:
        """Return the items that the catalogue has."""
        return tuple(self._work(row) for item in items for row in self.items.of(item))

    def _work(self, row: Any) -> Work:
        statuses = {one.member: one.status for one in self.reading.of(row.id) if one.member in self.members}
        return to_work(row, statuses, self.names, self.read_before(row.id))


def to_work(row: Any, statuses: Mapping[str, str], names: Mapping[str, str], earlier: tuple[str, ...]) -> Work:
    """Return an item as the agenda shows it.

    Parameters
    ----------
    row
        The item's row of the catalogue's table.
    statuses
        How far members are with it, by id.
    names
        Who is named as a reader, by id.
    earlier
        The sessions that read it before.
    """
    read = [member for member, status in statuses.items() if status in HAS_READ]
    return Work(
        id=row.id,
        title=row.title,
        kind=row.kind,
        url=row.url,
        authors=tuple(name.strip() for name in row.authors.split(";") if name.strip()),
        year=None if pd.isna(row.year) else int(row.year),
        about=row.about,
        importance=row.importance,
        links=tuple((link.label, link.url) for link in parse_links(row.links)),
        read_by=len(read),
        reading_by=sum(status == "reading" for status in statuses.values()),
        readers=tuple(names[member] for member in read if member in names),
        earlier=earlier,
    )
