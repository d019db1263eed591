"""What an imported list tells beside its works: sessions of a schedule, and what one member has read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pandas as pd

from studygroup.catalogue.merging.importer import Import
from studygroup.meeting.schedules.list_sessions import ListSession, ListSessions, enter_list_sessions, list_sessions
from studygroup.meeting.schedules.list_statuses import ListStatus, enter_list_statuses, list_statuses
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Wanted(msgspec.Struct, frozen=True):
    """What to record of a list: its ``sessions``, the statuses of ``member`` (an id, or empty); ``by`` enters them.

    ``day_first`` says whether 03/04 is the third of April, None where the list is to tell.
    """

    sessions: bool
    add_presenters: bool
    member: str
    by: str
    day_first: bool | None = None


class ListRecords(msgspec.Struct, frozen=True):
    """What an import would record; see ``list_sessions`` and ``list_statuses``."""

    found: ListSessions
    statuses: tuple[ListStatus, ...]

    @property
    def sessions(self) -> tuple[ListSession, ...]:
        """The sessions."""
        return self.found.sessions

    def tables(self, wanted: Wanted) -> Iterator[pd.DataFrame]:
        """Yield tables of what is recorded, one of sessions and one of statuses, each only if it has rows.

        Columns ``session``, ``state``, ``reads``, ``presenter``, ``recorded``; and ``member``, ``item``, ``status``, ``was``; all str.
        """
        if self.sessions:
            yield pd.DataFrame(map(_row, self.sessions), dtype="str")
        if self.statuses:
            rows = [
                {"member": wanted.member, "item": one.item, "status": one.status, "was": one.before} for one in self.statuses
            ]
            yield pd.DataFrame(rows, dtype="str")

    def notes(self, wanted: Wanted, dry_run: bool = False) -> Iterator[str]:
        """Yield what a person should know; what could steer a terminal is shown as ``?``."""
        yield from (_STEERING.sub("?", note) for note in self._notes(wanted, dry_run))

    def _notes(self, wanted: Wanted, dry_run: bool) -> Iterator[str]:
        if self.found.newcomers:
            names = [f"{name} ({member})" for member, name in self.found.newcomers.items()]
            yield f"{'Would be added' if dry_run else 'Added'} to the roster: {plain_list(names)}"
        yield from self.found.notes
        if wanted.member and not self.statuses:
            yield f"The list tells nothing about {wanted.member}'s reading that is not recorded already."


def _row(one: ListSession) -> dict[str, str]:
    members = [member for member in (one.presenter, *one.others) if member]
    return {
        "session": one.session,
        "state": one.state,
        "reads": one.why if one.state == "cancelled" else "; ".join(one.titles),
        "presenter": ", ".join([*members, *(f"{name}?" for name in one.unknown)]),
        "recorded": one.records,
    }


def list_records(workbook: Workbook, result: Import, wanted: Wanted) -> ListRecords:
    """Return what an import would record; nothing is entered.

    Raises
    ------
    ScheduleError
        Sessions are wanted, and the lists have no dates, or dates that can be read in two ways.
    """
    found = ListSessions()
    if wanted.sessions:
        found = list_sessions(workbook, result, add_presenters=wanted.add_presenters, day_first=wanted.day_first)
    return ListRecords(found, tuple(list_statuses(workbook, result, wanted.member)) if wanted.member else ())


def enter_list_records(workbook: Workbook, found: ListRecords, wanted: Wanted) -> None:
    """Enter what is not recorded yet, once the import is saved."""
    enter_list_sessions(workbook, found.found, by=wanted.by)
    enter_list_statuses(workbook, found.statuses, wanted.member, by=wanted.by)
