"""When sessions are: slots, holidays and changes become dated sessions, shown in any zone.

A slot is a rule on local dates. Its clock time is attached to each date afterwards, in the slot's zone, so a session keeps
its local time when the zone changes its clocks. Where the clocks leave no choice: a time that they skip (spring) is shifted
forward by what they skip, 02:30 becomes 03:30; a time that they show twice (autumn) is its first showing. A session's end is
its start plus its length in real time. All order is by instant, never by what clocks show.

Nothing here reads a clock or a file: ``now`` is an argument, and changes come from the journal as values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, zip_longest
from zoneinfo import ZoneInfo

import msgspec
from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule

from studygroup.errors import ScheduleError
from studygroup.group.slot import ORDINALS, WEEKDAYS, Slot, check_slot, no_zone, zone_or_none
from studygroup.text.text import plain_list, session_day

_RULE_WEEKDAYS = (MO, TU, WE, TH, FR, SA, SU)
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu"})

CHECK_IN_BEFORE = timedelta(minutes=30)
"""How long before a session's start members can check in."""
_EARLY_BEFORE = timedelta(hours=1)

_YEAR = timedelta(days=366)
_NEAR = timedelta(weeks=5)  # whoever looks for the session before or after looks no further, as a rule
_AHEAD = 5 * _YEAR  # a schedule without a session for so long has none
_MOST = 10_000  # sessions counted: 190 years of weeks


class Change(msgspec.Struct, frozen=True):
    """What the journal says of one session now; ``sequence`` is how many times it was changed.

    ``start`` and ``length_min`` are None where the slot's stand. A ``start`` without an offset is the slot's local time.
    """

    start: datetime | None = None
    length_min: int | None = None
    cancelled: bool = False
    reason: str = ""
    sequence: int = 0


class Session(msgspec.Struct, frozen=True):
    """One meeting; ``id`` is the local date it was first set for, ``start`` is aware, in the slot's zone."""

    id: str
    start: datetime
    length_min: int
    moved: bool = False
    cancelled: bool = False
    reason: str = ""
    sequence: int = 0

    @property
    def end(self) -> datetime:
        """The end, in the slot's zone: the start plus the length in real time."""
        return (_utc(self.start) + timedelta(minutes=self.length_min)).astimezone(self.start.tzinfo)

    def has_begun(self, now: datetime) -> bool:
        """Return whether the session has begun at an instant: by the clock alone, and never if it was cancelled."""
        return not self.cancelled and _utc(self.start) <= _utc(now)

    def is_early(self, now: datetime) -> bool:
        """Return whether an instant is too early to say who is there: more than an hour before the start."""
        return _utc(self.start) - _utc(now) > _EARLY_BEFORE

    def takes_check_ins(self, now: datetime) -> bool:
        """Return whether members can say that they are there: from half an hour before the start."""
        return _utc(self.start) - _utc(now) <= CHECK_IN_BEFORE


class ZoneTime(msgspec.Struct, frozen=True):
    """A session's time as one zone's clocks show it; ``end`` is empty without a length.

    ``end_abbreviation`` is the one at the end where the clocks change in between, else empty.

    ``other_day`` is true when ``day`` differs from the one in the slot's zone.
    """

    zone: str
    city: str
    abbreviation: str
    weekday: str
    day: date
    time: str
    end: str
    other_day: bool
    end_abbreviation: str = ""


class Schedule(msgspec.Struct, frozen=True, dict=True):
    """Every session that slots, holidays and changes make; of two slots from the same date the later one counts.

    A change that gives a start makes a session also on a holiday and on a day without one. ``rule_changes`` are the dates from
    which on a slot was set or undone, once for each time; later sessions' ``sequence`` counts them.

    Raises
    ------
    ScheduleError
        From the constructor: a slot is wrong; every wrong field is named.
    """

    slots: tuple[Slot, ...]
    holidays: frozenset[date] = frozenset()
    changes: Mapping[str, Change] = {}
    rule_changes: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        """Refuse slots that ``check_slot`` finds fault with."""
        wrong = [f"  slot from {slot.valid_from}, {message}" for slot in self.slots for message in check_slot(slot)]
        if wrong:
            raise ScheduleError("\n".join(["The group's slots are wrong:", *wrong]))

    def between(self, first: date, last: date, cancelled: bool = False) -> list[Session]:
        """Return the sessions that start from ``first`` to ``last``, both included, in order.

        A session's day is the one in its slot's zone; a moved session belongs to the day it was moved to.
        Cancelled ones are left out unless ``cancelled``.
        """
        near = self._within(_midnight(first, -2), _midnight(last, 3))
        return [session for session in near if first <= session.start.date() <= last and (cancelled or not session.cancelled)]

    def next(self, now: datetime) -> Session:
        """Return this week's session: the first that was not cancelled and ends after ``now``, so also one under way.

        Raises
        ------
        ScheduleError
            There is no slot, or no session in the five years after ``now``.
        """
        begin = _utc(now)
        # Asked at every click of a page: what was the next session stays it until it ends.
        kept: tuple[datetime, Session] | None = self.__dict__.get("kept")
        if kept and kept[0] <= begin < _utc(kept[1].end):
            return kept[1]
        for session in self._from(begin - self._longest()):
            if _utc(session.end) > begin:
                self.__dict__["kept"] = begin, session
                return session
        if not self.slots:
            raise ScheduleError("The group has no slot, so there is no next session; give it one in its settings.")
        raise ScheduleError(
            f"There is no session in the five years after {begin:%Y-%m-%d}: every one was cancelled or is on a holiday. "
            "Take dates out of the holidays, or plan a session with a start of its own."
        )

    def following(self, after: Session | datetime, n: int) -> list[Session]:
        """Return up to ``n`` sessions that start after a session, or after an instant, in order and without cancelled ones."""
        begin = _utc(after.start if isinstance(after, Session) else after)
        later = (
            session
            for session in self._from(begin)
            if (_order(session) > _order(after) if isinstance(after, Session) else _utc(session.start) > begin)
        )
        return list(islice(later, max(0, min(n, _MOST))))

    def previous(self, before: Session | datetime) -> Session | None:
        """Return the last session before a session, or the last that is over at an instant; None if there is none."""
        end = _utc(before.start if isinstance(before, Session) else before) + timedelta(seconds=1)
        earliest = self._beginning()
        back = _NEAR
        while end > earliest:
            for session in reversed(self._within(end - back, end)):
                over = _order(session) < _order(before) if isinstance(before, Session) else _utc(session.end) <= _utc(before)
                if over and not session.cancelled:
                    return session
            end -= back
            back = _YEAR
        return None

    def earlier(self, before: Session | datetime, cancelled: bool = False) -> list[Session]:
        """Return every session that starts before a session, or that has begun at an instant, in order.

        Cancelled ones are left out unless ``cancelled``.
        """
        end = _utc(before.start if isinstance(before, Session) else before)
        near = self._within(self._beginning(), end + timedelta(seconds=1))
        known = [one for one in near if cancelled or not one.cancelled]
        if isinstance(before, Session):
            return [session for session in known if _order(session) < _order(before)]
        return [session for session in known if _utc(session.start) <= end]

    def nth(self, n: int) -> Session:
        """Return the ``n``-th session, counted from 1 at the group's very first one; cancelled ones do not count.

        Raises
        ------
        ScheduleError
            There are fewer, or ``n`` is not between 1 and 10,000.
        """
        if not 1 <= n <= _MOST:
            raise ScheduleError(f"There is no session number {n}; sessions are counted from 1 to {_MOST}.")
        for session in islice(self._from(self._beginning()), n - 1, n):
            return session
        raise ScheduleError(f"There is no session number {n}: the schedule has fewer.")

    def number(self, session_id: str) -> int:
        """Return which session it is, counted from 1, so that ``nth(number(id)).id == id``.

        Raises
        ------
        ScheduleError
            The session is unknown, or was cancelled.
        """
        session = self.find(session_id)
        if session.cancelled:
            raise ScheduleError(f"The session {session_id} was cancelled, so it has no number.")
        until = self._within(self._beginning(), _utc(session.start) + timedelta(seconds=1))
        return sum(not other.cancelled and _order(other) <= _order(session) for other in until)

    def find(self, session_id: str) -> Session:
        """Return the session with that id, also when it was cancelled.

        Raises
        ------
        ScheduleError
            There is none; the text names the nearest.
        """
        day = session_day(session_id)
        if day is None:
            raise ScheduleError(
                f"{session_id!r} is not a session; write its date, such as 2026-11-27, or 2026-11-27-2 for a second one that day."
            )
        session = self._session(session_id, day, self._is_set(session_id, day))
        if session is not None:
            return session
        before = self.between(_shifted(day, -400), _shifted(day, -1), cancelled=True)
        after = self.between(day, _shifted(day, 400), cancelled=True)
        ids = [near.id for near in (*before[-1:], *after[:1])]
        what = "is a holiday" if day in self.holidays and session_id == day.isoformat() else "has no session"
        advice = f"the nearest {'are' if len(ids) > 1 else 'is'} {plain_list(ids)}" if ids else "nor has any day near it"
        raise ScheduleError(f"{session_id} {what}; {advice}.")

    def named(self, word: str) -> Session:
        """Return the session that someone names: by its id, else by the day to which it was moved.

        Raises
        ------
        ScheduleError
            There is none, or several were moved there; the text names them, or the nearest.
        """
        return self.find(self.id_of(word))

    def id_of(self, word: str) -> str:
        """Return the id of the session that someone names, as ``named`` does; the word itself where it names none.

        Raises
        ------
        ScheduleError
            Several sessions were moved to that day.
        """
        day = session_day(word)
        if day is None or word != day.isoformat() or self._session(word, day, self._is_set(word, day)):
            return word
        ids = [one.id for one in self.between(day, day, cancelled=True)]
        if len(ids) > 1:
            raise ScheduleError(f"There are several sessions on {word}; name one of them: {plain_list(ids)}.")
        return ids[0] if ids else word

    def slot_on(self, day: date) -> Slot | None:
        """Return the slot that is valid on a local date, before the first slot that first one; None without slots."""
        slots = self._slots()
        return next((slot for slot in reversed(slots) if slot.valid_from <= day), slots[0] if slots else None)

    def _slots(self) -> list[Slot]:
        return sorted(self.slots, key=lambda slot: slot.valid_from)

    def _days(self, first: date, last: date) -> Iterator[date]:
        """Yield the local dates from ``first`` to ``last`` that slots set, holidays included."""
        slots = self._slots()
        for slot, after in zip_longest(slots, slots[1:]):
            until = min(last, after.valid_from - timedelta(days=1)) if after else last
            yield from _rule_days(slot, max(first, slot.valid_from), until)

    def _is_set(self, session_id: str, day: date) -> bool:
        """Return whether a slot, not only a change, makes the session; a holiday does not count here."""
        return session_id == day.isoformat() and day in self._days(day, day)

    def _session(self, session_id: str, day: date, is_set: bool) -> Session | None:
        """Return the session as slot and change make it, or None when neither does."""
        change = self.changes.get(session_id, _UNCHANGED)
        slot = self.slot_on(day) or _NO_SLOT
        zone = ZoneInfo(slot.zone)
        if change.start is not None:
            start = _local(change.start, zone)
        elif is_set and day not in self.holidays:
            start = _slot_start(slot, day, zone)
        else:
            return None
        return Session(
            id=session_id,
            start=start,
            length_min=slot.length_min if change.length_min is None else change.length_min,
            # What no slot set has only the day in its id to be moved from.
            moved=_utc(start) != _utc(_slot_start(slot, day, zone)) if is_set else start.date() != day,
            cancelled=change.cancelled,
            reason=change.reason,
            sequence=change.sequence + sum(first <= day for first in self.rule_changes),
        )

    def _within(self, begin: datetime, end: datetime) -> list[Session]:
        """Return the sessions with ``begin <= start < end``, cancelled ones too, in order."""
        # A zone's date and UTC's differ by less than a day, and by one more where a zone skipped a whole day.
        near = timedelta(days=3)
        set_days = {day.isoformat(): day for day in self._days(_shifted(begin.date(), -3), _shifted(end.date(), 3))}
        days = dict(set_days)
        for session_id, change in self.changes.items():
            day = session_day(session_id)
            if day is not None and change.start is not None and begin - near <= _utc(change.start) < end + near:
                days[session_id] = day
        built = [self._session(key, day, key in set_days or self._is_set(key, day)) for key, day in days.items()]
        return sorted((session for session in built if session and begin <= _utc(session.start) < end), key=_order)

    def _from(self, begin: datetime) -> Iterator[Session]:
        """Yield the sessions that start at ``begin`` or later and were not cancelled, in order.

        Ends after five years without one, which are counted from the last slot's date at the earliest.
        """
        begin = max(begin, self._beginning())
        until = max([begin, *(_midnight(slot.valid_from) for slot in self.slots)]) + _AHEAD
        ahead = _NEAR
        while begin < until:
            found = [session for session in self._within(begin, begin + ahead) if not session.cancelled]
            yield from found
            begin += ahead
            ahead = _YEAR
            until = max(until, begin + _AHEAD) if found else until

    def _beginning(self) -> datetime:
        """Return an instant before every session."""
        starts = [_utc(change.start) for change in self.changes.values() if change.start is not None]
        return min([*starts, *(_midnight(slot.valid_from) for slot in self.slots)], default=_midnight(date(2000, 1, 1))) - _YEAR

    def _longest(self) -> timedelta:
        """Return the length of the longest session."""
        lengths = [change.length_min for change in self.changes.values() if change.length_min is not None]
        return timedelta(minutes=max([*lengths, *(slot.length_min for slot in self.slots)], default=_NO_SLOT.length_min))


_UNCHANGED = Change()
# Stands in for a session that was set by hand in a group that has no slot.
_NO_SLOT = Slot(date(2000, 1, 1), "monday", "00:00", "UTC")


def _rule_days(slot: Slot, first: date, last: date) -> Iterator[date]:
    """Yield the local dates from ``first`` to ``last`` that one slot's rule sets, as if no other slot followed."""
    if slot.every == "month":
        parts = (day.partition(" ") for day in slot.weekdays)
        weekdays = [_RULE_WEEKDAYS[WEEKDAYS.index(name)](ORDINALS[ordinal]) for ordinal, _, name in parts]
        rule = rrule(MONTHLY, byweekday=weekdays, dtstart=first.replace(day=1), until=last)
    else:
        weeks = 2 if slot.every == "second week" else 1
        anchor = slot.valid_from + timedelta(days=min((number - slot.valid_from.weekday()) % 7 for number in slot.numbers))
        # From the Monday of the first session's week: every second week has all of the slot's days, or none. Starting near
        # ``first`` instead keeps years of history cheap.
        monday = anchor - timedelta(days=anchor.weekday())
        skipped = max(0, (first - monday).days // (7 * weeks))
        start = monday + timedelta(weeks=skipped * weeks)
        rule = rrule(WEEKLY, interval=weeks, byweekday=sorted(slot.numbers), dtstart=start, until=last)
    yield from (found.date() for found in rule if found.date() >= first)


def _slot_start(slot: Slot, day: date, zone: ZoneInfo) -> datetime:
    return _local(datetime.combine(day, time.fromisoformat(slot.time)), zone)


def _local(value: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant, or a local time without an offset, in ``zone``."""
    # Through UTC, because that is what moves a time which the zone's clocks skip.
    return (value.replace(tzinfo=zone) if value.tzinfo is None else value).astimezone(UTC).astimezone(zone)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _midnight(day: date, days: int = 0) -> datetime:
    return datetime.combine(_shifted(day, days), time(), UTC)


def _shifted(day: date, days: int) -> date:
    """Return the day some days later, kept some years inside what a date can hold."""
    return date.fromordinal(min(max(day.toordinal() + days, 4_000), date.max.toordinal() - 4_000))


def _order(session: Session) -> tuple[datetime, int, str]:
    # The id's length puts 2026-11-27-10 after 2026-11-27-9.
    return _utc(session.start), len(session.id), session.id


def city_of(zone: str) -> str:
    """Return what people call a time zone: the city in its name.

    >>> city_of("America/New_York"), city_of("Etc/UTC")
    ('New York', 'UTC')
    """
    return "UTC" if zone in UTC_NAMES else zone.rpartition("/")[2].replace("_", " ")


def times_in_zones(start: datetime, zones: Sequence[str], length_min: int | None = None) -> list[ZoneTime]:
    """Return what the clocks of each zone show at ``start``, in the order of ``zones``.

    Parameters
    ----------
    start
        Aware, in the slot's zone (``Session.start``): ``other_day`` compares with its date.
    length_min
        The session's length in minutes; without it ``end`` is empty.

    Raises
    ------
    ScheduleError
        A zone is unknown.

    >>> [shown] = times_in_zones(datetime(2026, 11, 27, 23, tzinfo=UTC), ["Asia/Kathmandu"], 90)
    >>> shown.city, shown.abbreviation, shown.weekday, shown.time, shown.end, shown.other_day
    ('Kathmandu', 'UTC+5:45', 'Saturday', '04:45', '06:15', True)
    """
    shown = []
    for name in zones:
        zone = zone_or_none(name)
        if zone is None:
            raise ScheduleError(f"A time cannot be shown: {no_zone(name)}.")
        local = _utc(start).astimezone(zone)
        ends = None if length_min is None else (_utc(start) + timedelta(minutes=length_min)).astimezone(zone)
        shown.append(
            ZoneTime(
                zone=name,
                city=city_of(name),
                abbreviation=_abbreviation(local),
                weekday=WEEKDAYS[local.weekday()].capitalize(),
                day=local.date(),
                time=f"{local:%H:%M}",
                end=f"{ends:%H:%M}" if ends else "",
                other_day=local.date() != start.date(),
                end_abbreviation=_abbreviation(ends) if ends and ends.utcoffset() != local.utcoffset() else "",
            )
        )
    return shown


def _abbreviation(local: datetime) -> str:
    """Return the zone's abbreviation, such as EST; where it has only digits, the offset: UTC+5:45."""
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = round((local.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' * bool(rest)}"
