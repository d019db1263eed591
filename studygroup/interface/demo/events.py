"""The story as what was entered when: one event a record, in the order in which people entered them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from studygroup.interface.demo.story import ANSWERS, CAME, READ, Character, Story, StorySession

AHEAD = timedelta(days=2)
"""How long after the day as of which the demo is made its next session is."""

_HOURS: Mapping[str, tuple[float, float]] = {
    "proposal": (-60, -50),
    "summary": (-28, -7),
    "question": (-20, -5),
    "material": (2, 20),
    "answer": (0.6, 0.9),
    "note": (0.3, 1.1),
    "action": (1.1, 1.4),
    "feedback": (1.8, 20),
    "reply": (2, 30),
}
"""When each type is usually entered, in hours after the session begins."""

_ABOUT_A_PAPER = {"guide", "summary", "question", "material", "proposal"}
"""The types that are about the session's paper where no other one is named."""
PLAN_WINNER = "winner"
"""Plans what a ballot chose, as one click does; no record is called so, as its result and a plan are what is entered."""

_PLANNED_H = (-112.0, -70.0)
"""When a session is planned: one of the slot, and an extra one, of which no one knows long before."""
_FIRST_ANSWER_H = 2.0
"""How long after the plan the first answers come."""
_BEFORE_NOW_H = 1.0
"""How long before the day as of which the demo is made the last answers to the next session came."""


class StoryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One record that someone entered.

    Attributes
    ----------
    at
        When, aware.
    type, by, session, fields
        As ``Group.record`` takes them, beside ``undo`` and ``PLAN_WINNER``; people by any part of the name that only they have. A text
        ``@key`` in a field is the id of what was entered under that key.
    key
        The event's own key, or empty.
    """

    at: datetime
    type: str
    by: str
    session: str = ""
    fields: dict[str, Any] = {}
    key: str = ""


def first_day(story: Story, as_of: date) -> date:
    """Return the day of the group's first session."""
    return as_of + AHEAD + timedelta(days=story.sessions[0].day)


def events_of(story: Story, as_of: date) -> list[StoryEvent]:
    """Return everything that was entered until the day ``as_of`` begins in UTC, in order of time; the same day gives the same events."""
    calendar = _Calendar(story, as_of)
    found = [*_roster(calendar)]
    for number, week in enumerate(story.sessions):
        found += _plans(calendar, week)
        for person in story.people:
            found += _habits(calendar, number, week, person)
        found += _said(calendar, week)
        if calendar.held(week):
            found.append(_close(calendar, week))
    return sorted(found, key=lambda event: event.at)


class _Calendar:
    """When the story's sessions are, for a day as of which it is told."""

    def __init__(self, story: Story, as_of: date) -> None:
        self.story, self.zone = story, ZoneInfo(story.zone)
        self.now = datetime.combine(as_of, time(), UTC)
        self.days = {week.key: as_of + AHEAD + timedelta(days=week.day) for week in story.sessions}
        self.facilitator = story.people[0].name

    def id(self, week: StorySession) -> str:
        return self.days[week.key].isoformat()

    def slot_start(self, week: StorySession) -> datetime:
        """When the session was first set to start."""
        return self._at(self.days[week.key], week.extra or self.story.time)

    def start(self, week: StorySession) -> datetime:
        """When it starts, with a move."""
        if not week.moved:
            return self.slot_start(week)
        days, clock = week.moved.split()
        return self._at(self.days[week.key] + timedelta(days=int(days)), clock)

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), self.zone)

    def held(self, week: StorySession) -> bool:
        return not week.cancelled and self.start(week) < self.now

    def hours(self, week: StorySession, hours: float) -> datetime:
        """The time so many hours after a session starts."""
        return (self.start(week) + timedelta(hours=hours)).astimezone(UTC)

    def between(self, week: StorySession, earliest: float, latest: float, *words: str) -> datetime:
        """Some time between two hours, the same one for the same words; of a session ahead, before now."""
        until = (self.now - self.start(week)) / timedelta(hours=1) - _BEFORE_NOW_H
        if latest < 0 and latest > until:
            earliest, latest = min(earliest, until - 24), until
        earliest = max(earliest, _PLANNED_H[bool(week.extra)] + _FIRST_ANSWER_H)
        return self.hours(week, Random("/".join((week.key, *words))).uniform(earliest, latest))


def _roster(calendar: _Calendar) -> Iterator[StoryEvent]:
    weeks = {week.key: week for week in calendar.story.sessions}
    first = calendar.story.sessions[0]
    for number, person in enumerate(calendar.story.people):
        week = weeks.get(person.joins, first)
        hours = -120 + number / 60 if week is first else -50
        by = calendar.facilitator
        fields: dict[str, Any] = {"name": person.name, "role": person.role, "zone": person.zone}
        if person.guest:
            day = calendar.days[week.key]
            hours, fields = -6, fields | {"guest": True, "joined": day, "left": day + timedelta(days=1)}
        yield StoryEvent(at=calendar.hours(week, hours), type="person", by=by if number else "", fields=fields)
        if person.leaves:
            left = weeks[person.leaves]
            fields = {"member": person.name, "left": calendar.days[left.key] + timedelta(days=1)}
            yield StoryEvent(at=calendar.hours(left, 26), type="person", by=by, fields=fields)


def _plans(calendar: _Calendar, week: StorySession) -> Iterator[StoryEvent]:
    by, session = calendar.facilitator, calendar.id(week)
    roles = {role: who for role, who in (("presenter", week.presenter), ("scribe", week.scribe)) if who}
    at = calendar.hours(week, _PLANNED_H[bool(week.extra)])
    plan: dict[str, Any] = {"roles": roles}
    if week.chosen_by:
        yield StoryEvent(at=at, type=PLAN_WINNER, by=by, session=session, fields={"ballot": f"@{week.chosen_by}"})
    else:
        plan["steps"] = [week.step]
    if week.extra:
        plan |= {"start": calendar.slot_start(week).isoformat(), "extra": True}
    yield StoryEvent(at=at, type="plan", by=by, session=session, fields=plan)
    if week.moved:
        moved = {"start": calendar.start(week).isoformat()}
        yield StoryEvent(at=calendar.hours(week, -70), type="plan", by=by, session=session, fields=moved)
    if week.cancelled:
        why = {"cancelled": True, "why": week.cancelled}
        yield StoryEvent(at=calendar.hours(week, -6), type="plan", by=by, session=session, fields=why)


def _habits(calendar: _Calendar, number: int, week: StorySession, person: Character) -> Iterator[StoryEvent]:
    """Yield what someone does every week: answer, read, rate, come."""
    session, name = calendar.id(week), person.name

    def event(kind: str, earliest: float, latest: float, by: str = name, **fields: Any) -> StoryEvent:
        return StoryEvent(
            at=calendar.between(week, earliest, latest, kind, name), type=kind, by=by, session=session, fields=fields
        )

    if answer := ANSWERS.get(person.answers[number]):
        why = {"why": person.reasons[week.key]} if week.key in person.reasons else {}
        yield event("rsvp", -110, -8, member=name, answer=answer, **why)
    if status := READ.get(person.read[number]):
        reading = event("reading", -80, -3, member=name, item=week.paper, status=status)
        yield reading
        if (rating := person.rated[number]) != ".":
            fields = {"member": name, "item": week.paper, "rating": int(rating)}
            yield msgspec.structs.replace(reading, at=reading.at + timedelta(minutes=2), type="rating", fields=fields)
    if state := CAME.get(person.came[number]):
        hours = {"late": (0.2, 0.4), "left_early": (1.0, 1.2)}.get(state, (-0.03, 0.08))
        yield event("attendance", *hours, calendar.facilitator, member=name, state=state)
    if person.away and person.away.first == week.key:
        first, last = (calendar.days[key] for key in (person.away.first, person.away.last))
        fields = {"member": name, "first": first - timedelta(days=1), "last": last + timedelta(days=1), "why": person.away.why}
        yield StoryEvent(at=calendar.hours(week, -130), type="away", by=name, fields=fields)


def _said(calendar: _Calendar, week: StorySession) -> Iterator[StoryEvent]:
    """Yield what the story tells one by one."""
    for kind, sayings in week.said.items():
        for number, saying in enumerate(sayings):
            fields = {name: _dated(calendar, value) for name, value in saying.items() if name not in {"by", "hours", "key"}}
            if kind in _ABOUT_A_PAPER and "title" not in fields:
                fields.setdefault("item", week.paper)
            usual = calendar.between(week, *_HOURS.get(kind, (0.5, 1.0)), kind, str(number))
            at = calendar.hours(week, saying["hours"]) if "hours" in saying else usual
            # What changes a thing that is there belongs to that one's session.
            session = "" if "of" in fields else calendar.id(week)
            yield StoryEvent(at=at, type=kind, by=saying["by"], session=session, fields=fields, key=saying.get("key", ""))


def _dated(calendar: _Calendar, value: Any) -> Any:
    """Return a value with the day of a session in it: ``@@key``, ``@@key+3``, and with a time of day ``@@keyT18:00``."""
    found = re.fullmatch(r"@@([a-z0-9-]+)(?:\+(\d+))?(T[\d:]+)?", value) if isinstance(value, str) else None
    if found is None:
        return value
    return f"{calendar.days[found[1]] + timedelta(days=int(found[2] or 0))}{found[3] or ''}"


def _close(calendar: _Calendar, week: StorySession) -> StoryEvent:
    continues = [week.step] if week.continues else []
    return StoryEvent(
        at=calendar.hours(week, 1.6),
        type="close",
        by=calendar.facilitator,
        session=calendar.id(week),
        fields={"continues": continues} if continues else {},
    )
