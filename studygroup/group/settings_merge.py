"""Two clones' settings joined key by key, from what both had before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from studygroup.group.setting_meanings import to_toml

Side = Literal["mine", "theirs", ""]


class SettingClash(msgspec.Struct, frozen=True):
    """A key to which two clones gave different values; None where the key is not there.

    ``key`` is a setting's, of a table or a slot with the inner key behind it: ``hub_users.zoe``, ``slots.2026-01-02``.
    """

    key: str
    before: Any
    mine: Any
    theirs: Any

    def __str__(self) -> str:
        """Return it in words, with both values.

        >>> str(SettingClash("link_days", 14, 7, None))
        'link_days (before: 14): you have 7, others took it out'
        """
        before = "" if self.before is None else f" (before: {self._shown(self.before)})"
        mine = "you took it out" if self.mine is None else f"you have {self._shown(self.mine)}"
        theirs = "others took it out" if self.theirs is None else f"others have {self._shown(self.theirs)}"
        return f"{self.key}{before}: {mine}, {theirs}"

    def _shown(self, value: Any) -> str:
        """Return a value as TOML has it; an address shows no password."""
        return re.sub(r"(?<=://)([^:/@\s]*):[^@\s]*@", r"\1:***@", to_toml(value))


def merge_settings(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    choose: Callable[[SettingClash], Side] = lambda clash: "",
) -> tuple[dict[str, Any], list[SettingClash]]:
    """Return what two tables of settings are together, and the keys on which no one decided.

    A key that one side changed has that side's value; a table is joined key by key, slots by the date they are valid from.

    >>> merge_settings({"name": "A", "link_days": 7}, {"name": "B", "link_days": 7}, {"name": "A", "zones": ["UTC"]})
    ({'name': 'B', 'zones': ['UTC']}, [])
    >>> merge_settings({"name": "A"}, {"name": "B"}, {"name": "C"}, lambda clash: "theirs")
    ({'name': 'C'}, [])

    Parameters
    ----------
    base
        The settings that both sides started from.
    choose
        Says whose value counts for a key that both changed to different ones; an empty text where no one decided.
    """
    clashes: list[SettingClash] = []
    return _merge("", base, ours, theirs, choose, clashes), clashes


def _merge(
    above: str,
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    choose: Callable[[SettingClash], Side],
    clashes: list[SettingClash],
) -> dict[str, Any]:
    merged = {}
    for key in dict.fromkeys([*ours, *theirs]):
        before, mine, other = base.get(key), ours.get(key), theirs.get(key)
        name = f"{above}{key}"
        if mine == other or other == before:
            value = mine
        elif mine == before:
            value = other
        elif isinstance(mine, Mapping) and isinstance(other, Mapping) and not above:
            inner = before if isinstance(before, Mapping) else {}
            value = _merge(f"{name}.", inner, mine, other, choose, clashes)
        elif name == "slots" and (days := [_by_day(one) for one in (before, mine, other)]) and None not in days:
            first, second, third = (day or {} for day in days)
            joined = _merge("slots.", first, second, third, choose, clashes)
            value = [joined[day] for day in sorted(joined)]
        else:
            clash = SettingClash(name, before, mine, other)
            if not (side := choose(clash)):
                clashes.append(clash)
            value = other if side == "theirs" else mine
        if value is not None:
            merged[key] = value
    return merged


def _by_day(slots: Any) -> dict[str, Any] | None:
    """Return slots by the date that they are valid from; None where one has none, or two have the same."""
    if not isinstance(slots, list):
        return {} if slots is None else None
    found = {str(slot.get("valid_from")): slot for slot in slots if isinstance(slot, Mapping)}
    if len(found) != len(slots) or not all(type(slot.get("valid_from")) is date for slot in found.values()):
        return None
    return found


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the keys whose values differ between two tables of settings.

    >>> changed_keys({"name": "A", "id": "a"}, {"name": "B", "id": "a", "zones": []})
    ['name', 'zones']
    """
    return [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
