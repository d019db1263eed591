"""Finding a time: which half hours of a week suit most members, what each shows on their clocks, and what clock changes do to it.

Everything is computed from the answers and from time zones alone, so that every clone finds the same. An answer says half hours of
the member's own clocks; a candidate is a start in the group's zone, at each full and half hour of seven days.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from studygroup.group.schedule import ZoneTime, times_in_zones
from studygroup.group.usual_week import DAY, HALF_HOUR_MIN, WEEK
from studygroup.text.text import plain_list, to_short_day

BEST = 5
"""How many times are suggested."""
WEEKS = 53
"""How many weeks ahead clock changes are looked at: a year."""
MOST_NAMED = 3
"""How many of those who cannot a reason names."""


class MemberHours(msgspec.Struct, frozen=True):
    """When a member can meet: half hours of a week on their own clocks, from Monday 0:00 on."""

    member: str
    zone: str
    can: frozenset[int]
    if_need_be: frozenset[int]


class ClockShift(msgspec.Struct, frozen=True):
    """Weeks in which a usual time shows something else on the clocks of a zone, as clocks change there or in the group's zone.

    ``first`` and ``last`` are the first and the last session that it concerns; ``losing`` are members of the zone who can at other times of the
    year, and then cannot.
    """

    zone: str
    city: str
    first: date
    last: date
    weekday: str
    time: str
    losing: tuple[str, ...]


class PossibleTime(msgspec.Struct, frozen=True):
    """A time at which a session could start: the first one, in the group's zone, and how it suits those who answered.

    ``can``, ``if_need_be`` and ``cannot`` are members' ids, in order. ``clocks`` has each zone of the members, ``shifts`` when it shows
    something else there within a year.
    """

    start: datetime
    length_min: int
    can: tuple[str, ...]
    if_need_be: tuple[str, ...]
    cannot: tuple[str, ...]
    clocks: tuple[ZoneTime, ...]
    shifts: tuple[ClockShift, ...] = ()

    def reason(self, names: Mapping[str, str]) -> str:
        """Return in a line why it is suggested, who loses out, and where clock changes move it: "3 of 5 can, Bo if need be; Cy can’t"."""
        answered = len(self.can) + len(self.if_need_be) + len(self.cannot)
        said = f"{len(self.can)} of {answered} can"
        said += f", {_some(self.if_need_be, names)} if need be" if self.if_need_be else ""
        said += f"; {_some(self.cannot, names)} can’t" if self.cannot else ""
        return said + self._moves(names)

    def counts(self) -> str:
        """Return how many can, without names: all members see it."""
        answered = len(self.can) + len(self.if_need_be) + len(self.cannot)
        said = f"{len(self.can)} of {answered} can" + (f", {len(self.if_need_be)} if need be" if self.if_need_be else "")
        return said + self._moves(None)

    def shifts_in_words(self, names: Mapping[str, str] | None = None) -> list[str]:
        """Return a line for each stretch of weeks in which it is another time somewhere; without names, not who then cannot."""
        return [self._shifted(shift, names) for shift in self.shifts]

    def _moves(self, names: Mapping[str, str] | None) -> str:
        cities = list(dict.fromkeys(shift.city for shift in self.shifts))
        if not cities:
            return ""
        said = f"; clock changes move it in {plain_list([*cities[:MOST_NAMED], *([f'{len(cities) - MOST_NAMED} more'] * (len(cities) > MOST_NAMED))])}"
        losing = list(dict.fromkeys(member for shift in self.shifts for member in shift.losing))
        return said + (f", and {_some(losing, names)} then can’t" if losing and names is not None else "")

    def _shifted(self, shift: ClockShift, names: Mapping[str, str] | None) -> str:
        usual = next(one for one in self.clocks if one.zone == shift.zone)
        shown = shift.time if shift.weekday == usual.weekday else f"{shift.weekday} {shift.time}"
        days = f"on {to_short_day(shift.first)}"
        if shift.first != shift.last:
            days = f"from {to_short_day(shift.first)} to {to_short_day(shift.last)}"
        loses = f", when {_some(shift.losing, names)} can’t" if names is not None and shift.losing else ""
        return f"{shift.city}: {shown} {days}{loses}"


def _some(members: Sequence[str], names: Mapping[str, str]) -> str:
    shown = [names.get(member, member) for member in members[:MOST_NAMED]]
    more = len(members) - len(shown)
    return plain_list([*shown, *([f"{more} more"] if more else [])])


class _Start(msgspec.Struct, frozen=True):
    """A candidate: when it is, and on the clocks of each zone the first half hour that it takes and how many."""

    start: datetime
    taken: Mapping[str, tuple[int, int]]


def best_times(
    answers: Collection[MemberHours],
    *,
    first: date,
    zone: str,
    length_min: int,
    weekly: bool = True,
    after: datetime | None = None,
    most: int = BEST,
) -> list[PossibleTime]:
    """Return the times that suit most members, the best one first.

    First come the times at which most can at all; of these, those at which fewest can only if need be; then those that fewest lose by a
    clock change within a year; then the earliest. Of times that overlap and suit the same people in the same way, only the earliest is there.

    Parameters
    ----------
    answers
        Of those who take part.
    first
        The first of the seven days that are looked at, in the group's zone.
    weekly
        Whether a usual time is looked for, that repeats; else one session, and an answer is about these seven days alone.
    after
        Only later times are suggested.
    """
    ordered = sorted(answers, key=lambda one: one.member)
    zones = sorted({one.zone for one in ordered})
    candidates = [one for one in _starts(first, zone, length_min, zones) if after is None or one.start > after]
    suits = _Suits(ordered, candidates, first, length_min, weekly=weekly)
    lost = suits.lost_to_clock_changes(zone) if weekly else [0] * len(candidates)
    places = sorted(
        (place for place in range(len(candidates)) if suits.at_all[place]),
        key=lambda place: (-suits.at_all[place], -suits.well[place], lost[place], place),
    )
    found: list[tuple[_Start, list[str]]] = []
    for place in places:
        one, states = candidates[place], suits.states(place)
        if not any(states == other and _overlap(one.start, taken.start, length_min) for taken, other in found):
            found.append((one, states))
        if len(found) == most:
            break
    return [_possible(one.start, length_min, ordered, states, zones, first, weekly=weekly) for one, states in found]


def _overlap(start: datetime, other: datetime, length_min: int) -> bool:
    return abs(start.astimezone(UTC) - other.astimezone(UTC)) < timedelta(minutes=length_min)


def _starts(first: date, zone: str, length_min: int, zones: Sequence[str]) -> Iterator[_Start]:
    """Yield the full and half hours of seven days in a zone; one that its clocks skip is left out."""
    own, others = ZoneInfo(zone), {name: ZoneInfo(name) for name in zones}
    for half in range(WEEK):
        day = first + timedelta(days=half // DAY)
        shown = datetime.combine(day, time(half % DAY // 2, half % 2 * HALF_HOUR_MIN))
        at = shown.replace(tzinfo=own).astimezone(UTC)
        if at.astimezone(own).replace(tzinfo=None) == shown:
            yield _Start(
                at.astimezone(own), {name: _taken(at.astimezone(other), first, length_min) for name, other in others.items()}
            )


def _taken(local: datetime, first: date, length_min: int) -> tuple[int, int]:
    """Return the first half hour that a session takes, counted from midnight before ``first``, and how many."""
    minutes = (local.date() - first).days * 24 * 60 + local.hour * 60 + local.minute
    begin = minutes // HALF_HOUR_MIN
    return begin, -(-(minutes + length_min) // HALF_HOUR_MIN) - begin


class _Suits:
    """Who can at which candidate.

    Attributes
    ----------
    at_all, well
        How many can at each candidate, and how many can without "if need be".
    """

    def __init__(
        self, answers: Sequence[MemberHours], candidates: Sequence[_Start], first: date, length_min: int, *, weekly: bool
    ) -> None:
        self.answers, self.candidates, self.first, self.weekly = answers, candidates, first, weekly
        self._length_min = length_min
        rows = {zone: self._row_of([one.taken[zone] for one in candidates]) for zone in {one.zone for one in answers}}
        self._well = [rows[one.zone](one.can) for one in answers]
        self._at_all = [rows[one.zone](one.can | one.if_need_be) for one in answers]
        self.well = _sums(self._well, len(candidates))
        self.at_all = _sums(self._at_all, len(candidates))

    def _row_of(self, taken: Sequence[tuple[int, int]]) -> Callable[[frozenset[int]], Sequence[int]]:
        """Return what tells of half hours of a week which of these stretches, each with its beginning and its length, lie within them."""
        lengths = sorted({number for _, number in taken})
        # Outside of the seven days nothing is known of those that a single session can be on.
        known = [self.weekly or 0 <= begin <= WEEK - number for begin, number in taken]
        places = [
            lengths.index(number) * WEEK + begin % WEEK if knows else -1
            for (begin, number), knows in zip(taken, known, strict=True)
        ]

        def row(halves: frozenset[int]) -> Sequence[int]:
            beginnings = b"".join(self._beginnings(halves, number) for number in lengths) + b"\0"
            return [beginnings[place] for place in places]

        return row

    def _beginnings(self, halves: frozenset[int], number: int) -> bytes:
        """Return 1 for each half hour, from the first day on, at which so many in a row begin, else 0; after the week comes the week again."""
        free, shift = bytearray(WEEK), DAY * self.first.weekday()
        for half in halves:
            free[half - shift] = 1
        # One long number of 0 and 1, so that all half hours are looked at in one step.
        twice = found = int.from_bytes(free + free, "little")
        for more in range(1, min(number, WEEK)):
            found &= twice >> 8 * more
        return found.to_bytes(2 * WEEK, "little")[:WEEK]

    def states(self, place: int) -> list[str]:
        """Return for each answer "can", "if_need_be" or "cannot"."""
        return [
            "can" if well[place] else "if_need_be" if at_all[place] else "cannot"
            for well, at_all in zip(self._well, self._at_all, strict=True)
        ]

    def lost_to_clock_changes(self, zone: str) -> list[int]:
        """Return for each candidate how many can at it, and cannot in some other week of the year.

        What the clocks show is looked at by day, at noon.
        """
        lost = Counter[int]()
        by_zone: defaultdict[str, list[tuple[MemberHours, Sequence[int]]]] = defaultdict(list)
        for answer, row in zip(self.answers, self._at_all, strict=True):
            by_zone[answer.zone].append((answer, row))
        for name, members in by_zone.items():
            others = list(self._in_other_weeks(zone, name))
            places, then = [place for place, _ in others], self._row_of([taken for _, taken in others])
            for answer, row in members if others else ():
                can_then = then(answer.can | answer.if_need_be)
                lost.update({place for place, can in zip(places, can_then, strict=True) if row[place] and not can})
        return [lost[place] for place in range(len(self.candidates))]

    def _in_other_weeks(self, zone: str, name: str) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield candidates whose time on the clocks of a zone is another one in some week of a year, and what they take then."""
        own, other = ZoneInfo(zone), ZoneInfo(name)
        apart: dict[int, set[int]] = {}
        for day in range(7):
            noons = [datetime.combine(self.first + timedelta(days=day + 7 * week), time(12), own) for week in range(WEEKS)]
            apart[day] = {_minutes_apart(noon, other) for noon in noons}
        if all(len(found) == 1 for found in apart.values()):
            return
        for place, one in enumerate(self.candidates):
            usual, day = _minutes_apart(one.start, other), (one.start.date() - self.first).days
            for minutes in sorted(apart[day] - {usual}):
                moved = one.start.replace(tzinfo=None) + timedelta(minutes=minutes)
                yield place, _taken(moved, self.first, self._length_min)


def _sums(rows: Sequence[Sequence[int]], length: int) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * length


def _minutes_apart(at: datetime, zone: ZoneInfo) -> int:
    """Return how many minutes the clocks of a zone are ahead at an instant."""
    there = at.astimezone(UTC).astimezone(zone)
    return round(((there.utcoffset() or timedelta()) - (at.utcoffset() or timedelta())) / timedelta(minutes=1))


def _possible(
    start: datetime,
    length_min: int,
    answers: Sequence[MemberHours],
    states: Sequence[str],
    zones: Sequence[str],
    first: date,
    *,
    weekly: bool,
) -> PossibleTime:
    by_state: defaultdict[str, list[MemberHours]] = defaultdict(list)
    for answer, state in zip(answers, states, strict=True):
        by_state[state].append(answer)
    members = {state: tuple(one.member for one in found) for state, found in by_state.items()}
    able = [*by_state["can"], *by_state["if_need_be"]]
    shifts = tuple(shift for zone in zones for shift in _shifts(start, length_min, zone, able, first)) if weekly else ()
    return PossibleTime(
        start=start,
        length_min=length_min,
        can=members.get("can", ()),
        if_need_be=members.get("if_need_be", ()),
        cannot=members.get("cannot", ()),
        clocks=tuple(times_in_zones(start, zones, length_min)),
        shifts=shifts,
    )


def _shifts(start: datetime, length_min: int, zone: str, able: Sequence[MemberHours], first: date) -> Iterator[ClockShift]:
    """Yield the stretches of a year in which a weekly time is another one on the clocks of a zone than in its first week."""
    there, shown = ZoneInfo(zone), start.replace(tzinfo=None)
    [usual] = times_in_zones(start, [zone])
    run: list[tuple[datetime, datetime]] = []
    for week in range(WEEKS):
        at = (shown + timedelta(weeks=week)).replace(tzinfo=start.tzinfo).astimezone(UTC)
        local = at.astimezone(there)
        same = local.replace(tzinfo=None) == datetime.combine(usual.day, time.fromisoformat(usual.time)) + timedelta(weeks=week)
        if run and (same or _clock(run[0][1]) != _clock(local)):
            yield _shift(run, zone, usual.city, length_min, able, first)
            run = []
        if not same:
            run.append((at.astimezone(start.tzinfo), local))
    if run:
        yield _shift(run, zone, usual.city, length_min, able, first)


def _clock(local: datetime) -> tuple[int, time]:
    return local.weekday(), local.time()


def _shift(
    run: Sequence[tuple[datetime, datetime]], zone: str, city: str, length_min: int, able: Sequence[MemberHours], first: date
) -> ClockShift:
    local = run[0][1]
    begin, number = _taken(local, first, length_min)
    taken = {(DAY * first.weekday() + begin + more) % WEEK for more in range(number)}
    losing = sorted(one.member for one in able if one.zone == zone and not taken <= one.can | one.if_need_be)
    return ClockShift(zone, city, run[0][0].date(), run[-1][0].date(), f"{local:%A}", f"{local:%H:%M}", tuple(losing))
