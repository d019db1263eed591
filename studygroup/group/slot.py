"""A slot: the rule for when a group meets, and what makes one right."""

from __future__ import annotations

import re
import warnings
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from studygroup.text.text import did_you_mean, nearest, plain_list

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
EVERY = ("week", "second week", "month")

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
# Names that a system has beside real zones: they mean something else on every machine, or nothing.
_LONGEST_ZONE = 60  # of a name in a message; a whole book may have been pasted
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})


class Slot(msgspec.Struct, frozen=True):
    """The rule for when the group meets, valid from a date until the next slot's date; see ``check_slot``.

    ``weekday`` is one day, or several: a group that meets on Tuesdays and Fridays, or on the second and the fourth Tuesday.
    """

    valid_from: date
    weekday: str | tuple[str, ...]
    time: str
    zone: str
    every: str = "week"
    length_min: int = 90

    @property
    def weekdays(self) -> tuple[str, ...]:
        """The days, also where it is one."""
        return (self.weekday,) if isinstance(self.weekday, str) else self.weekday

    @property
    def numbers(self) -> frozenset[int]:
        """Which days of the week they are, 0 for Monday."""
        return frozenset(WEEKDAYS.index(day.rpartition(" ")[2]) for day in self.weekdays)


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
        guess = nearest_time(slot.time)
        meant = f" (did you mean {guess!r}?)" if guess else ""
        messages.append(
            f"time: {slot.time[:20]!r} is not a time of day{meant}; write hours and minutes from 00:00 to 23:59, such as '19:00'"
        )
    if zone_or_none(slot.zone) is None:
        messages.append(f"zone: {no_zone(slot.zone)}")
    if slot.every not in EVERY:
        messages.append(f"every: {slot.every!r} is not one of {', '.join(EVERY)}{did_you_mean(slot.every, EVERY)}")
    if not 5 <= slot.length_min <= 1440:
        messages.append(f"length_min: {slot.length_min} is not between 5 and 1440 minutes")
    return messages


def _check_weekday(slot: Slot) -> list[str]:
    """Return the messages on a slot's weekdays, if any; what is allowed depends on ``every``."""
    monthly = [f"{ordinal} {weekday}" for ordinal in ORDINALS for weekday in WEEKDAYS]
    weekly = list(WEEKDAYS)
    allowed = monthly if slot.every == "month" else weekly if slot.every in EVERY else weekly + monthly
    if slot.every == "month":
        words = f"one of {', '.join(ORDINALS)} and a weekday, such as 'first friday'"
    else:
        words = f"one of {', '.join(WEEKDAYS)}"
    if not slot.weekdays:
        return [f"weekday: the list is empty; write {words}"]
    if twice := sorted({day for day in slot.weekdays if slot.weekdays.count(day) > 1}):
        return [f"weekday: {twice[0]!r} is in the list twice"]
    wrong = [day for day in slot.weekdays if day not in allowed]
    return [f"weekday: {day!r} is not {words}{did_you_mean(day, allowed)}" for day in wrong[:3]]


def parse_weekdays(text: str) -> list[str]:
    """Return the days that a text names, unchecked.

    >>> parse_weekdays("Tuesday and friday"), parse_weekdays("second tuesday, fourth tuesday")
    (['tuesday', 'friday'], ['second tuesday', 'fourth tuesday'])
    """
    days: list[str] = []
    for word in re.split(r"[\s,;/&]+", text.lower().strip()):
        if days and days[-1] in ORDINALS:
            days[-1] += f" {word}"
        elif word and word != "and":
            days.append(word)
    return days


def days_in_words(slot: Slot) -> str:
    """Return a slot's days as people write them; ``parse_weekdays`` reads them again.

    >>> days_in_words(Slot(date(2026, 1, 1), ("second tuesday", "last friday"), "19:00", "UTC", "month"))
    'second Tuesday and last Friday'
    """
    return plain_list(_capital(day) for day in slot.weekdays)


def slot_in_words(slot: Slot) -> str:
    """Return when the group meets by a slot, without its date.

    >>> slot_in_words(Slot(date(2026, 1, 1), "friday", "23:00", "UTC"))
    'Fridays at 23:00 UTC, 90 minutes'
    >>> slot_in_words(Slot(date(2026, 1, 1), ("tuesday", "friday"), "19:00", "Europe/Berlin", "second week", 60))
    'Tuesdays and Fridays of every second week at 19:00 Europe/Berlin, 60 minutes'
    >>> slot_in_words(Slot(date(2026, 1, 1), ("second tuesday", "last friday"), "19:00", "UTC", "month"))
    'The second Tuesday and the last Friday of each month at 19:00 UTC, 90 minutes'
    """
    if slot.every == "month":
        days = plain_list(f"the {_capital(day)}" for day in slot.weekdays) + " of each month"
    else:
        days = plain_list(f"{_capital(day)}s" for day in slot.weekdays)
        days += " of every second week" if slot.every == "second week" else ""
    return f"{days[0].upper()}{days[1:]} at {slot.time} {slot.zone}, {slot.length_min} minutes"


def _capital(day: str) -> str:
    """Return a day such as "second tuesday" with its weekday's capital letter."""
    ordinal, _, weekday = day.rpartition(" ")
    return f"{ordinal} {weekday.capitalize()}".strip()


def nearest_weekdays(text: str) -> str:
    """Return days that a text was probably meant to name, or an empty text.

    >>> nearest_weekdays("fridya"), nearest_weekdays("2nd tues"), nearest_weekdays("noon")
    ('friday', 'second tuesday', '')
    """
    known = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth"}
    days = []
    for day in parse_weekdays(" ".join(known.get(word, word) for word in text.lower().split())):
        ordinal, _, name = day.rpartition(" ")
        found, which = nearest(name, WEEKDAYS), nearest(ordinal, ORDINALS) if ordinal else ""
        if not found or which is None:
            return ""
        days.append(f"{which} {found}".strip())
    return " and ".join(days)


def nearest_time(text: str) -> str:
    """Return the time of day that a text was probably meant to be, or an empty text.

    >>> nearest_time("7pm"), nearest_time("18.30"), nearest_time("9:5"), nearest_time("12 am"), nearest_time("25:00")
    ('19:00', '18:30', '09:05', '00:00', '')
    """
    found = re.fullmatch(r"([0-9]{1,2})(?:\s*[:.h,]?\s*([0-9]{1,2}))?\s*(?:(am|pm)|h|uhr|o'clock)?", text.strip().lower())
    if not found:
        return ""
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + 12 * (found[3] == "pm") if 1 <= hour <= 12 else 99
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def nearest_zone(name: str) -> str:
    """Return the time zone that a name was probably meant to be, or an empty text; a city alone is enough.

    >>> nearest_zone("Europe/Berln"), nearest_zone("new york"), nearest_zone("nowhere at all")
    ('Europe/Berlin', 'America/New_York', '')
    """
    zones = sorted(available_timezones() - _NO_ZONES)
    cities = {zone.rpartition("/")[2]: zone for zone in reversed(zones) if "/" in zone}
    city = nearest(name.replace(" ", "_"), cities)
    return nearest(name, zones) or (cities[city] if city else "")


def machine_zone() -> str:
    """Return the IANA name of this machine's time zone; UTC where it has none."""
    from tzlocal import get_localzone_name

    with warnings.catch_warnings():
        # A machine without a zone, as a container often is, keeps UTC.
        warnings.simplefilter("ignore")
        try:
            name = get_localzone_name()
        except (LookupError, ValueError, OSError):
            return "UTC"
    # Debian calls it so where no one chose a zone.
    return name if name and name != "Etc/UTC" and zone_or_none(name) else "UTC"


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
    guess = nearest_zone(name)
    meant = f" (did you mean {guess!r}?)" if guess else "; write one such as 'UTC' or 'Europe/Berlin'"
    return f"{name!r} is not a time zone{meant}"


def unknown_zone(name: str) -> str:
    """Return what a person reads who typed a name that is no time zone.

    >>> unknown_zone("berlin"), unknown_zone("nowhere at all")
    ("We don't know the time zone 'berlin'. Did you mean Europe/Berlin?", "We don't know the time zone 'nowhere at all'. Write one such as Europe/Berlin.")
    """
    name = name[:_LONGEST_ZONE]
    guess = nearest_zone(name)
    return f"We don't know the time zone {name!r}. {f'Did you mean {guess}?' if guess else 'Write one such as Europe/Berlin.'}"


def check_zone(name: str) -> str:
    """Return what is wrong with the name of a time zone, or an empty string."""
    return "" if zone_or_none(name) else no_zone(name)
