"""The one place where what is due is done: named in the settings, and known there by its environment or by a note in its folder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from studygroup.errors import NotSavedError, SettingsError
from studygroup.group.settings import PLACE
from studygroup.storage.atomic import advice_on, write_atomically
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.workbook.settings_change import SettingChange, change_setting
from studygroup.workbook.workbook import Workbook

VARIABLE = "STUDYGROUP_PLACE"
_NOTE = Path(".studygroup") / "place"


def place_here(workbook: Workbook, environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of this place: what ``STUDYGROUP_PLACE`` says, else what `studygroup due --here` noted; empty where neither does.

    The note counts on the machine and in the folder where it was made: a copy of the folder is not the place.
    """
    if named := environment.get(VARIABLE, "").strip():
        return named
    try:
        note = json.loads(read_file(workbook.folder / _NOTE, workbook.folder, 1 << 16))
        name, *where = (str(note[key]) for key in ("place", "machine", "folder"))
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return name if where == _where(workbook.folder) else ""


def is_the_place(workbook: Workbook, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether what is due is done here."""
    return bool(workbook.settings.due_place) and place_here(workbook, environment) == workbook.settings.due_place


def make_this_the_place(workbook: Workbook, name: str) -> SettingChange:
    """Note in this folder that it is the place of a name, and set it as the one that does what is due; return the setting's change.

    Raises
    ------
    SettingsError
        The name cannot be one.
    NotSavedError
        The disk refused.
    """
    if not PLACE.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a place; use letters, digits and . _ : / @ -, such as attic or ada-laptop."
        )
    machine, folder = _where(workbook.folder)
    path = workbook.folder / _NOTE
    try:
        make_folder(path.parent, workbook.folder, mode=0o700)
    except OSError as error:
        raise NotSavedError(f"{path.parent} cannot be made: {error.strerror}. {advice_on(error)}.") from error
    note = {"place": name, "machine": machine, "folder": folder}
    write_atomically(path, json.dumps(note, indent=1).encode() + b"\n", workbook.folder)
    return change_setting(workbook.folder, "due_place", [name])


def _where(folder: Path) -> list[str]:
    return [socket.gethostname(), str(folder.resolve())]
