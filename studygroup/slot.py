"""A slot: the rule for when a group meets, and what makes one right."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from studygroup.text import did_you_mean

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
EVERY = ("week", "second week", "month")

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
# Names that a system has beside real zones: they mean something else on every machine, or nothing.
_LONGEST_ZONE = 60  # of a name in a message; a whole book may have been pasted
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})


class Slot(msgspec.Struct, frozen=True):
    """The rule for when the group meets, valid from a date until the next slot's date; see ``check_slot``."""

    valid_from: date
    weekday: str
    time: str
    zone: str
    every: str = "week"
    length_min: int = 90


def check_slot(slot: Slot) -> list[str]:
    """Return what is wrong with a slot, one sentence a field that starts with the field's name; empty when it is right.

    >>> check_slot(Slot(date(2026, 11, 27), "fridya", "23:00", "UTC"))
    ["weekday: 'fridya' is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday (did you mean 'friday'?)"]
    """
    messages = []
    # Years outside these are typing errors; the recurrence would be counted through them.
    if not 2000 <= slot.valid_from.year < 2200:
        messages.append(f"valid_from: {slot.valid_from} is not between 2000-01-01 and 2199-12-31")
    messages += _check_weekday(slot)
    if not _CLOCK.fullmatch(slot.time):
        messages.append(f"time: {slot.time!r} is no time of day; write hours and minutes from 00:00 to 23:59, such as '19:00'")
    if zone_or_none(slot.zone) is None:
        messages.append(f"zone: {no_zone(slot.zone)}")
    if slot.every not in EVERY:
        messages.append(f"every: {slot.every!r} is not one of {', '.join(EVERY)}{did_you_mean(slot.every, EVERY)}")
    if not 5 <= slot.length_min <= 1440:
        messages.append(f"length_min: {slot.length_min} is not between 5 and 1440 minutes")
    return messages


def _check_weekday(slot: Slot) -> list[str]:
    """Return the message on a slot's weekday, if any; what is allowed depends on ``every``."""
    monthly = [f"{ordinal} {weekday}" for ordinal in ORDINALS for weekday in WEEKDAYS]
    weekly = list(WEEKDAYS)
    allowed = monthly if slot.every == "month" else weekly if slot.every in EVERY else weekly + monthly
    if slot.weekday in allowed:
        return []
    if slot.every == "month":
        words = f"one of {', '.join(ORDINALS)} and a weekday, such as 'first friday'"
    else:
        words = f"one of {', '.join(WEEKDAYS)}"
    return [f"weekday: {slot.weekday!r} is not {words}{did_you_mean(slot.weekday, allowed)}"]


def zone_or_none(name: str) -> ZoneInfo | None:
    """Return the time zone of that IANA name, or None where there is none."""
    # zoneinfo answers an unknown name with KeyError, a path with ValueError, a folder such as "America" with OSError.
    try:
        return None if name in _NO_ZONES else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def no_zone(name: str) -> str:
    """Return a sentence that says a name is no time zone, with the nearest one."""
    # Listing every zone searches the disk, so only for a wrong one.
    name = name[:_LONGEST_ZONE]
    return f"{name!r} is no IANA time zone; write one such as 'UTC' or 'Europe/Berlin'" + did_you_mean(
        name, sorted(available_timezones() - _NO_ZONES)
    )


def check_zone(name: str) -> str:
    """Return what is wrong with the name of a time zone, or an empty string."""
    return "" if zone_or_none(name) else no_zone(name)
