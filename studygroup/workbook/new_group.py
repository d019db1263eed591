"""A group from nothing: what it is told, checked answer by answer, and the workbook that is made of it."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from studygroup.errors import RecordError, SettingsError, SyncError
from studygroup.group.slot import Slot, check_slot, parse_weekdays
from studygroup.storage.git import begin_repository, own_name
from studygroup.text.text import check_name
from studygroup.workbook.first_list import FirstList
from studygroup.workbook.identity import note_me
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.starter import new_workbook
from studygroup.workbook.workbook import Workbook

_ANY_DAY = date(2026, 1, 1)


class NewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What someone said about their new group; ``reads`` is None where nothing was chosen yet."""

    folder: Path
    name: str
    weekdays: Sequence[str]
    time: str
    zone: str
    you: str
    reads: FirstList | None = None
    git: bool = True


class MadeGroup(msgspec.Struct, frozen=True):
    """What was made: the workbook's folder, the facilitator's id, and what became of git.

    ``git_refused`` says why there is no commit, or is empty; ``git_knows_you`` is whether git had a name and an address for it.
    """

    folder: Path
    member: str
    git_refused: str = ""
    git_knows_you: bool = True


def check_weekdays(text: str) -> list[str]:
    """Return the days that a text names: ``tuesday``, ``tuesday and friday``, ``second tuesday``.

    Raises
    ------
    SettingsError
        One of them is no day; the nearest one is named.
    """
    days = parse_weekdays(text)
    every = "month" if any(" " in day for day in days) else "week"
    _check("weekday", Slot(_ANY_DAY, tuple(days), "19:00", "UTC", every))
    return days


def check_time(text: str) -> str:
    """Return a time of day.

    Raises
    ------
    SettingsError
        It is none; the nearest one is named.
    """
    _check("time", Slot(_ANY_DAY, "friday", text.strip(), "UTC"))
    return text.strip()


def check_zone(text: str) -> str:
    """Return the name of a time zone.

    Raises
    ------
    SettingsError
        There is none of that name; the nearest one is named.
    """
    _check("zone", Slot(_ANY_DAY, "friday", "19:00", text.strip()))
    return text.strip()


def _check(field: str, slot: Slot) -> None:
    wrong = [message.partition(": ")[2] for message in check_slot(slot) if message.startswith(f"{field}: ")]
    if wrong:
        raise SettingsError(f"{wrong[0][0].upper()}{wrong[0][1:]}.")


def your_name() -> str:
    """Return a name for whoever sits here: git's, the account's, or its login."""

    def of_account() -> str:
        if sys.platform == "win32":
            return ""
        import pwd

        return pwd.getpwuid(os.getuid()).pw_gecos.split(",")[0]

    sources: tuple[Callable[[], str], ...] = (own_name, of_account, getpass.getuser)
    for source in sources:
        try:
            if name := source().strip():
                return check_name(name)
        except (KeyError, OSError, ImportError, RecordError):
            continue
    return "Facilitator"


def make_group(group: NewGroup, today: date, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> MadeGroup:
    """Make a group's workbook: its list is the syllabus, its facilitator on the roster and known here, everything in git.

    Where something fails, nothing is left of it; only git may be missing.

    Raises
    ------
    WorkbookError
        Something is in the folder already, or it cannot be written.
    """
    member, refused, knows = "", "", True

    def fill(folder: Path) -> None:
        nonlocal member, refused, knows
        if group.reads:
            group.reads.save(folder)
            change_setting(folder, "syllabus", [group.reads.name])
        book = Workbook(folder, clock)
        member = book.add_person(group.you, role="facilitator").member
        note_me(book, member)
        if group.git:
            try:
                knows = begin_repository(folder, f"Begin the workbook of {group.name}", group.you)
            except SyncError as error:
                refused = str(error)

    folder = new_workbook(
        group.folder, name=group.name, weekday=group.weekdays, time=group.time, zone=group.zone, today=today, fill=fill
    )
    return MadeGroup(folder, member, refused, knows)
