"""Who sits at the keyboard: decided by the host or by this folder's own setting, never by what a page sends."""

from __future__ import annotations

import os
from collections.abc import Mapping

from studygroup.atomic import write_atomically
from studygroup.errors import RecordError
from studygroup.workbook import Workbook

HUB = "JUPYTERHUB_USER"
MEMBER = "STUDYGROUP_MEMBER"


def who_am_i(workbook: Workbook, member: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return the id of the member who enters things here.

    Whoever the caller names; else the hub's user, who cannot be somebody else; else ``STUDYGROUP_MEMBER``; else the one that
    ``studygroup me`` noted for this folder.

    Raises
    ------
    RecordError
        Nobody is named, or who is named is not on the roster.
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
    raise RecordError('Nobody said who you are in this folder. Run once in a terminal: studygroup me "YOUR NAME"')


def note_me(workbook: Workbook, member: str) -> str:
    """Note for this folder who enters things here, and return the member's id; git does not see it.

    Raises
    ------
    RecordError
        Nobody on the roster is called that.
    NotSavedError
        The disk refused.
    """
    found = workbook.member(member)
    path = workbook.folder / ".studygroup" / "me"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomically(path, f"{found}\n".encode())
    return found


def noted_me(workbook: Workbook) -> str:
    """Return who enters things in this folder, as ``note_me`` noted it, or an empty text."""
    try:
        return (workbook.folder / ".studygroup" / "me").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{workbook.folder / '.studygroup' / 'me'} cannot be read ({error}); run `studygroup me NAME`."
        ) from None
