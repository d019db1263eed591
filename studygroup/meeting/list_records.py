"""What an imported list tells beside its works: sessions of a schedule, and what one member has read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from studygroup.catalogue.exchange import Import
from studygroup.meeting.list_sessions import ListSession, ListSessions, enter_list_sessions, list_sessions
from studygroup.meeting.list_statuses import ListStatus, enter_list_statuses, list_statuses
from studygroup.workbook import Workbook


class Wanted(msgspec.Struct, frozen=True):
    """What to record of a list: its ``sessions``, the statuses of ``member`` (an id, or empty); ``by`` enters them."""

    sessions: bool
    add_presenters: bool
    member: str
    by: str


class ListRecords(msgspec.Struct, frozen=True):
    """What an import would record; see ``list_sessions`` and ``list_statuses``."""

    found: ListSessions
    statuses: tuple[ListStatus, ...]

    @property
    def sessions(self) -> tuple[ListSession, ...]:
        """The sessions."""
        return self.found.sessions

    def lines(self, wanted: Wanted) -> Iterator[str]:
        """Yield what would be recorded, a line each."""
        yield from map(str, self.sessions)
        for one in self.statuses:
            yield f"{wanted.member}: {one.item} {one.status}{f' (was {one.before})' if one.before else ''}"

    def notes(self, wanted: Wanted) -> Iterator[str]:
        """Yield what a person should know."""
        yield from self.found.notes(wanted.add_presenters)
        if wanted.member and not self.statuses:
            yield f"The list tells nothing about {wanted.member}'s reading that is not recorded already."


def list_records(workbook: Workbook, result: Import, wanted: Wanted) -> ListRecords:
    """Return what an import would record; nothing is entered.

    Raises
    ------
    ScheduleError
        Sessions are wanted, and the lists have no dates, or dates that can be read in two ways.
    """
    found = list_sessions(workbook, result) if wanted.sessions else ListSessions(())
    return ListRecords(found, tuple(list_statuses(workbook, result, wanted.member)) if wanted.member else ())


def enter_list_records(workbook: Workbook, found: ListRecords, wanted: Wanted) -> list[str]:
    """Enter what is not recorded yet, once the import is saved, and return each record in words."""
    said = enter_list_sessions(workbook, found.found, by=wanted.by, add_presenters=wanted.add_presenters)
    enter_list_statuses(workbook, found.statuses, wanted.member, by=wanted.by)
    said += [f"{wanted.member}: {one.item} {one.status}" for one in found.statuses]
    return said
