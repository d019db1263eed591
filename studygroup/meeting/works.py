"""The works that a session reads, as its agenda shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pandas as pd

from studygroup.catalogue.item import parse_links
from studygroup.journal.records import HAS_READ
from studygroup.meeting.syllabus import Step
from studygroup.schedule import Session


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
    items, reading, attendance
        The catalogue's table, and the journal's as ``journal.tables`` returns them.
    members
        Whose reading counts.
    names
        Who is named as a reader, by id; nobody when it is empty.
    """

    def __init__(
        self, items: pd.DataFrame, reading: pd.DataFrame, attendance: pd.DataFrame, members: set[str], names: Mapping[str, str]
    ) -> None:
        self.items = items.set_index("id", drop=False)
        self.reading = reading[reading["member"].isin(members)]
        self.attended = set(attendance["session"])
        self.names = names
        self.read_in: dict[str, list[str]] = {}

    def remember(self, earlier: Sequence[Session], plans: Mapping[str, Any], steps: Mapping[str, Step]) -> None:
        """Note which items earlier sessions read."""
        for session in earlier:
            plan = plans.get(session.id)
            if plan is not None and session.id in self.attended:
                of_steps = (item for entry in plan.entries if entry in steps for item in steps[entry].items)
                for item in dict.fromkeys((*plan.items, *of_steps)):
                    self.read_in.setdefault(item, []).append(session.id)

    def title(self, item: str) -> str:
        """Return an item's title, or its id where the catalogue does not have it (any more)."""
        return str(self.items.at[item, "title"]) if item in self.items.index else item

    def of(self, items: Iterable[str]) -> tuple[Work, ...]:
        """Return the items that the catalogue has."""
        return tuple(self._work(item) for item in items if item in self.items.index)

    def _work(self, item: str) -> Work:
        row: Any = self.items.loc[item]
        status = self.reading[self.reading["item"] == item]
        read = status.loc[status["status"].isin(HAS_READ), "member"]
        return Work(
            id=item,
            title=row["title"],
            kind=row["kind"],
            url=row["url"],
            authors=tuple(name.strip() for name in row["authors"].split(";") if name.strip()),
            year=None if pd.isna(row["year"]) else int(row["year"]),
            about=row["about"],
            importance=row["importance"],
            links=tuple((link.label, link.url) for link in parse_links(row["links"])),
            read_by=len(read),
            reading_by=int((status["status"] == "reading").sum()),
            readers=tuple(self.names[member] for member in read if member in self.names),
            earlier=tuple(self.read_in.get(item, ())),
        )
