"""Who sits at the keyboard: decided by the host or by this folder's own setting, never by what a page sends."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from studygroup.errors import NotSavedError, RecordError, WorkbookError
from studygroup.storage.atomic import advice_on, write_atomically
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.text.terminal import command_line
from studygroup.workbook.workbook import Workbook, find_workbook

HUB = "JUPYTERHUB_USER"
MEMBER = "STUDYGROUP_MEMBER"
_MOST_NAMED = 12


def who_am_i(workbook: Workbook, member: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return the id of the member who enters things here.

    Whoever the caller names; else the hub's user, who cannot be someone else; else ``STUDYGROUP_MEMBER``; else the one that
    ``studygroup me`` noted for this folder.

    Raises
    ------
    RecordError
        No one is named, or who is named is not on the roster.
    """
    user = environment.get(HUB, "")
    if not member and user:
        try:
            return workbook.member(user)
        except RecordError as error:
            raise RecordError(f"You are {user!r} on this hub. {error}") from None
    named = member or environment.get(MEMBER, "") or noted_me(workbook)
    if named:
        return workbook.member(named)
    raise RecordError(_how_to_say(workbook))


def _how_to_say(workbook: Workbook) -> str:
    """Return that no one said who sits here, with the commands that say it, as they can be typed."""
    where = () if _is_around(workbook) else ("--workbook", str(workbook.folder))
    roster = workbook.roster
    here = roster.here_on(workbook.today())
    if not here:
        own = command_line("member", "add", "Your Name", "--facilitator", *where)
        return f"No one is on the roster yet. To add yourself: {own}"
    commands = [f"\n  {command_line('me', member, *where)}" for member in sorted(here)[:_MOST_NAMED]]
    more = f"\n  … or one of {len(here) - _MOST_NAMED} more on the roster" if len(here) > _MOST_NAMED else ""
    return f"No one has said who you are in this folder. Run one of these once:{''.join(commands)}{more}"


def _is_around(workbook: Workbook) -> bool:
    """Whether a command that is run in the current folder finds this workbook by itself."""
    try:
        return find_workbook(Path.cwd()) == workbook.folder
    except WorkbookError:
        return False


def note_me(workbook: Workbook, member: str) -> str:
    """Note for this folder who enters things here, and return the member's id; git does not see it.

    Raises
    ------
    RecordError
        No one on the roster is called that.
    NotSavedError
        The disk refused.
    """
    found = workbook.member(member)
    path = workbook.folder / ".studygroup" / "me"
    try:
        make_folder(path.parent, workbook.folder, mode=0o700)
    except OSError as error:
        raise NotSavedError(f"{path.parent} cannot be made: {error.strerror}. {advice_on(error)}.") from error
    write_atomically(path, f"{found}\n".encode(), workbook.folder)
    return found


def noted_me(workbook: Workbook) -> str:
    """Return who enters things in this folder, as ``note_me`` noted it, or an empty text."""
    try:
        return read_file(workbook.folder / ".studygroup" / "me", workbook.folder, 1 << 20).decode().strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        path = workbook.folder / ".studygroup" / "me"
        raise RecordError(f"{path} cannot be read ({error}). {_how_to_say(workbook)}") from None


def known_member(workbook: Workbook, environment: Mapping[str, str] = os.environ) -> str:
    """Return the id of the member who reads what is shown here, or an empty text where no one said who they are.

    Raises
    ------
    RecordError
        Who was named is not on the roster.
    """
    named = environment.get(MEMBER, "") or noted_me(workbook)
    return workbook.member(named) if named and workbook.people else ""


def author_of(workbook: Workbook, by: str = "", about: Sequence[str] = ()) -> str:
    """Return the id of the member who enters a record, or an empty text where that cannot be known.

    Whoever is named, else the one that this folder knows, else the one facilitator, else the one member it is about.

    Raises
    ------
    RecordError
        Who was named is not on the roster.
    """
    if by or (by := noted_me(workbook)):
        return workbook.member(by)
    if len(workbook.facilitators) == 1:
        return workbook.facilitators[0]
    return about[0] if len(set(about)) == 1 else ""
