"""Changing a group's settings, with what the workbook knows: its lists and its roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from studygroup.catalogue.items.table import Catalogue
from studygroup.errors import SettingsError
from studygroup.group.setting_meanings import KEYS, default_of
from studygroup.group.settings import Settings
from studygroup.group.settings_file import change_file, is_list, parse_values, with_added, without
from studygroup.text.text import did_you_mean, plain_list
from studygroup.workbook.workbook import Workbook

SETTABLE = tuple(key for key in KEYS if key != "slots")
"""The keys that ``change_setting`` changes; a new slot is a record."""

LONGEST = 20_000
"""How many characters a setting may have: a file of settings has at most 1 MB."""


class SettingChange(msgspec.Struct, frozen=True):
    """A key's values before and after a change, as the settings have them; ``before`` is None where the file was wrong."""

    key: str
    before: Any
    after: Any


def change_setting(
    folder: Path,
    key: str,
    values: Sequence[str] = (),
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    default: bool = False,
    dry_run: bool = False,
) -> SettingChange:
    """Change one setting in a workbook's ``pyproject.toml``, and return what it was and is.

    Parameters
    ----------
    key
        One of ``SETTABLE``.
    values
        The new value, as typed; for a list all of its values.
    add, remove
        What comes into a list and what goes out of it.
    default
        Take the key out of the file, so that its default counts.
    dry_run
        Check the change and write nothing.

    Raises
    ------
    SettingsError
        The key or a value is wrong, and the nearest right one is named; the file is as it was.
    CatalogueError
        There is no such list; the nearest one is named.
    RecordError
        There is no such member; the nearest one is named.
    """
    if key not in SETTABLE:
        raise SettingsError(f"There is no setting {key!r}{did_you_mean(key, SETTABLE)}; there are {plain_list(SETTABLE)}.")
    if (length := sum(map(len, (*values, *add)))) > LONGEST:
        raise SettingsError(f"{key}: that has {length:,} characters; a setting has at most {LONGEST:,}.")
    if (add or remove) and not is_list(key):
        raise SettingsError(f"{key} is not a list: give its value without --add and --remove.")

    def changes(table: Mapping[str, Any]) -> Mapping[str, Any]:
        if default:
            return {key: None}
        if values:
            return {key: _named(folder, key, parse_values(key, values))}
        now = table.get(key, _as_toml(default_of(key)))
        if not isinstance(now, (list, dict)):
            raise SettingsError(f"{key}: what is in the file is not a list; give all of its values.")
        more = _named(folder, key, parse_values(key, add))
        return {key: without(key, with_added(now, more), remove)}

    before, settings = change_file(folder, changes, lambda settings: _check_steps(folder, key, settings), dry_run)
    return SettingChange(key, _as_setting(key, before), getattr(settings, key))


def _as_toml(value: Any) -> Any:
    """Return a setting's value as it would be read from a file."""
    if isinstance(value, tuple):
        return [_as_toml(one) for one in value]
    return msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else value


def _as_setting(key: str, table: Mapping[str, Any]) -> Any:
    with suppress(msgspec.ValidationError):
        return msgspec.convert(table[key], KEYS[key].type) if key in table else default_of(key)
    return None


def _named(folder: Path, key: str, value: Any) -> Any:
    """Return a value with the ids of the members that it names; its list must be there."""
    if key == "syllabus" and value:
        Catalogue.read(folder).steps(value)
    elif key == "facilitators" and value:
        book = Workbook.open(folder)
        return [book.member(one) for one in value]
    elif key == "hub_users" and value:
        book = Workbook.open(folder)
        return {user: book.member(one) for user, one in value.items()}
    return value


def _check_steps(folder: Path, key: str, settings: Settings) -> None:
    """Refuse a first step that the syllabus does not have."""
    if key not in {"syllabus", "first_step"} or not settings.syllabus:
        return
    steps = len(Catalogue.read(folder).steps(settings.syllabus))
    if settings.first_step > max(steps, 1):
        also = f", and first_step is {settings.first_step}; first: studygroup set first_step 1" if key == "syllabus" else ""
        raise SettingsError(f"{key}: {settings.syllabus} has steps 1 to {steps}{also}")
