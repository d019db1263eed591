"""A schedule that was imported as a list, as sessions: what is recorded of each already, and what the list adds."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

import msgspec

from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.merging.importer import Import
from studygroup.errors import RecordError, ScheduleError
from studygroup.group.schedule import Change, Schedule
from studygroup.group.states import WAS_THERE
from studygroup.journal.current.current import current
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.before.planning import attend
from studygroup.meeting.schedules.list_schedule import ScheduleRow, schedule_rows
from studygroup.text.text import check_name, comparable, names_like, or_list, plain_list
from studygroup.workbook.workbook import Workbook, plan_fields

_SEPARATORS = re.compile(r"\s*(?:,|;|&|/|\+|\b(?:and|und|et|y)\b|、|，|；)\s*")
_NO_NAME = re.compile(
    r"(?:\W|tb[acd]|none|n/a|all|everyone|everybody|open|volunteers?(?: needed| wanted)?|nobody)*", re.IGNORECASE
)
_TITLE = re.compile(r"^(?:(?:prof|dr|mr|mrs|ms)\b\.?\s+)+(?=\S)", re.IGNORECASE)
_AROUND = " *_`~()[]-–—:."
_ROLE = "presenter"
_MOST_A_DAY = 300  # more would not fit into one record


class ListSession(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a schedule as a session.

    ``state`` is "planned", "past" or "cancelled" (then ``why`` says why). ``entries`` are ``list/entry``, ``titles`` theirs.
    ``presenter`` is the member who presents, ``others`` who presents too, ``unknown`` names that are not on the roster.
    ``start`` is given for a day on which the group does not meet by its slots. ``kept`` says why what is recorded already stays.
    What is to be recorded: ``plan`` (its fields, None where it is recorded), who was ``present``, and whether to ``close``.
    """

    session: str
    state: str
    titles: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    presenter: str = ""
    others: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    why: str = ""
    start: datetime | None = None
    kept: str = ""
    plan: dict[str, Any] | None = None
    present: tuple[str, ...] = ()
    close: bool = False
    attended: bool = False

    @property
    def records(self) -> str:
        """What is to be recorded, in words; why not, where something else is recorded."""
        what = [
            *(["plan"] if self.plan is not None else []),
            *(["attendance"] if self.present else []),
            *(["close"] * self.close),
        ]
        return f"kept: {self.kept}" if self.kept else ", ".join(what) or "nothing new"


class ListSessions(msgspec.Struct, frozen=True):
    """What an import's schedules come to: the sessions, who joins the roster (name by id), and what a person should know."""

    sessions: tuple[ListSession, ...] = ()
    newcomers: dict[str, str] = {}
    notes: tuple[str, ...] = ()


def list_sessions(
    workbook: Workbook, result: Import, *, add_presenters: bool = False, day_first: bool | None = None
) -> ListSessions:
    """Return the sessions that the lists of an import tell of; nothing is entered.

    Raises
    ------
    ScheduleError
        No row has a date, dates can be read in two ways, one has hundreds of entries, or the group has no slot.
    """
    slots = workbook.slots
    if not slots:
        raise ScheduleError("The group has no slot, so a date has no time; give it one in its settings.")
    rows = [*schedule_rows(result, workbook.today(), weekday=slots[-1].numbers, day_first=day_first)]
    if not any(row.day for row in rows):
        raise ScheduleError(
            "No entry has a date, so there are no sessions; a schedule has a column Date, or a date before each entry."
        )
    by_day: dict[date, list[ScheduleRow]] = {}
    for row in rows:
        if row.day is not None:
            by_day.setdefault(row.day, []).append(row)
    roster = _Roster(workbook)
    if add_presenters:
        roster.add(name for row in rows if row.day for name in roster.names_of(row)[1])
    maker = _Maker(workbook, result, roster)
    sessions = [made for day in sorted(by_day) for made in maker.session(day, by_day[day])]
    notes = [*_notes_on_rows(rows), *_notes_on_people(sessions, roster)]
    return ListSessions(tuple(sessions), roster.newcomers, tuple(notes))


class _Roster:
    """Who is meant by a name: those on the roster, and those who join it."""

    def __init__(self, workbook: Workbook) -> None:
        self._new_id = workbook.new_member_id
        self.names = {member: person.name for member, person in workbook.people.items()}
        self.newcomers: dict[str, str] = {}
        self.doubtful: dict[str, str] = {}

    def find(self, wanted: str) -> str:
        """Return the member whose id or name is ``wanted``, or who alone has it as a part of the name, as Workbook.member; or empty."""
        if wanted in self.names:
            return wanted
        called = comparable(wanted.lstrip("@"))
        found = [member for member, name in self.names.items() if comparable(name) == called or member == called]
        found = found or [member for member, name in self.names.items() if called in comparable(name).split()]
        if len(found) > 1:
            self.doubtful[wanted] = f"{wanted} may be {' or '.join(sorted(found))}; please write the whole name in the list."
        return found[0] if len(found) == 1 else ""

    def names_of(self, row: ScheduleRow) -> tuple[list[str], list[str]]:
        """Return the members who present a row, and the names of those who are not on the roster."""
        for text in row.perhaps:
            members = [self.find(name) for name in _split(text)]
            if members and all(members):
                return members, []
        # "Lovelace, Ada" is one name if the roster has it.
        last, _, first = row.presenters.partition(",")
        for whole in (row.presenters, f"{first.strip()} {last.strip()}") if first else (row.presenters,):
            if member := self.find(whole) if whole else "":
                return [member], []
        found = [(name, self.find(name)) for name in _split(row.presenters)]
        return [member for _, member in found if member], [name for name, member in found if not member]

    def add(self, names: Iterator[str]) -> None:
        """Take in those who are not known: full names first, so that a first name alone means one of them."""
        for name in sorted(dict.fromkeys(names), key=lambda name: -len(name.split())):
            if self.find(name) or name in self.doubtful:
                continue
            try:
                name = check_name(name)
            except RecordError as error:
                self.doubtful[name] = str(error)
                continue
            if like := names_like(name, self.names):
                meant = or_list(f"{self.names[member]} ({member})" for member in like[:3])
                self.doubtful[name] = (
                    f"{name} is nearly the name of {meant}, so no one was added. Write the name of whoever is meant in the list, or add "
                    f"someone else and import again: studygroup member add {shlex.quote(name)} --new-person"
                )
                continue
            member = self._new_id(name, self.names)
            self.names[member] = self.newcomers[member] = name


def _split(text: str) -> list[str]:
    bare = (re.sub(r"\([^()]*\)", " ", name).strip(_AROUND) for name in _SEPARATORS.split(text))
    names = (" ".join(_TITLE.sub("", name).split()) for name in bare)
    return [name for name in dict.fromkeys(names) if not _NO_NAME.fullmatch(name) and len(name) <= 80]


class _Maker:
    """Makes sessions of a schedule's days, beside what the workbook has recorded."""

    def __init__(self, workbook: Workbook, result: Import, roster: _Roster) -> None:
        self.workbook, self.roster = workbook, roster
        records = workbook.records
        self.plans = {plan.session: plan for plan in current(records, Plan)}
        self.closed = {close.session for close in current(records, Close)}
        self.attendance: dict[str, dict[str, str]] = {}
        for one in current(records, Attendance):
            self.attendance.setdefault(one.session, {})[one.member] = one.state
        lists = {**workbook.catalogue.lists, **result.frames}
        self.items = {
            f"{name}/{entry}": frozenset(parse_ids(cell))
            for name, frame in lists.items()
            for entry, cell in zip(frame["entry"], frame["items"], strict=True)
        }
        self.steps = {reference: held for reference, held in self.items.items() if self._is_step(reference) and held}
        titles = zip(result.items["id"], result.items["title"], strict=True)
        self.titles: dict[str, str] = dict(titles)

    def _is_step(self, reference: str) -> bool:
        return reference.partition("/")[0] == self.workbook.settings.syllabus

    def session(self, day: date, rows: Sequence[ScheduleRow]) -> Iterator[ListSession]:
        """Yield the session of one day, if it has one."""
        works = [row for row in rows if row.reference]
        if len(works) > _MOST_A_DAY:
            raise ScheduleError(f"{len(works)} entries of the list are dated {day}; that is no schedule of sessions.")
        session, start, end = self._place(day)
        if not works:
            if start is None:
                yield self._compared(ListSession(session=session, state="cancelled", why=rows[0].no_session))
            return
        named = [self.roster.names_of(row) for row in works]
        members = [*dict.fromkeys(member for known, _ in named for member in known)]
        made = ListSession(
            session=session,
            state="past" if end < self.workbook.clock() else "planned",
            titles=tuple(row.title for row in works),
            entries=tuple(dict.fromkeys(self._step(row) for row in works)),
            presenter=members[0] if members else "",
            others=tuple(members[1:]),
            unknown=tuple(dict.fromkeys(name for _, names in named for name in names)),
            start=start,
        )
        yield self._compared(made)

    def _step(self, row: ScheduleRow) -> str:
        """Return a row's entry; where another list is the syllabus, its step with the same items, so that it gets covered."""
        if self._is_step(row.reference) or not row.items:
            return row.reference
        items = frozenset(row.items)
        return next((step for step, held in self.steps.items() if held == items), row.reference)

    def _place(self, day: date) -> tuple[str, datetime | None, datetime]:
        """Return the session of a day, its start if the day gets one only now, and its end."""
        schedule, name = self.workbook.schedule, day.isoformat()
        there = {one.id: one for one in schedule.between(day, day, cancelled=True)}
        # One that was moved here keeps the id of the day that it was first set for; one that was moved away is this day's still.
        found = there.get(name) or next(iter(there.values()), None)
        if found is None:
            try:
                found = schedule.find(name)
            except ScheduleError:
                slot = schedule.slot_on(day)
                at = datetime.combine(day, time.fromisoformat(slot.time if slot else "00:00"))
                made = Schedule(self.workbook.slots, changes={name: Change(start=at)}).find(name)
                return name, made.start, made.end
        return found.id, None, found.end

    # What is recorded already

    def _compared(self, made: ListSession) -> ListSession:
        """Return a session with what is to be recorded of it, beside what is."""
        held = self.plans.get(made.session)
        kept = self._kept(made, held)
        if kept:
            return msgspec.structs.replace(made, kept=kept)
        plan = None if self._is_same(made, held) else self._plan(made, held)
        if made.state != "past":
            return msgspec.structs.replace(made, plan=plan)
        states = self.attendance.get(made.session, {})
        members = [member for member in (made.presenter, *made.others) if member]
        present = tuple(member for member in members if member not in states)
        return msgspec.structs.replace(
            made,
            plan=plan,
            present=present,
            close=made.session not in self.closed,
            attended=bool(present) or not WAS_THERE.isdisjoint(states.values()),
        )

    def _kept(self, made: ListSession, held: Plan | None) -> str:
        """Return why the plan that is recorded stays, or empty if it says nothing else than the list."""
        if held is None:
            return ""
        reads = bool(held.entries or held.items)
        presents = held.roles.get(_ROLE, "")
        if made.state == "cancelled":
            return "a plan is there" if not held.cancelled and (reads or presents) else ""
        if held.cancelled:
            return f"it was cancelled{': ' + held.why if held.why else ''}"
        if reads and not self._reads_same(made, held):
            names = [*held.entries, *held.items]
            return f"the plan reads {plain_list([self._title(name) for name in names])}"
        if presents and made.presenter and presents not in (made.presenter, *made.others):
            return f"the plan has {self.roster.names.get(presents, presents)} as presenter"
        if reads and made.presenter and not presents and self._had_presenter(made.session):
            return "someone took the presenter out of the plan"
        return ""

    def _is_same(self, made: ListSession, held: Plan | None) -> bool:
        if held is None:
            return False
        if made.state == "cancelled":
            return held.cancelled
        return self._reads_same(made, held) and (bool(held.roles.get(_ROLE)) or not self._roles(made))

    def _reads_same(self, made: ListSession, held: Plan) -> bool:
        if set(held.entries) == set(made.entries) and not held.items:
            return True
        planned = frozenset(held.items).union(*(self.items.get(name, frozenset()) for name in held.entries))
        return bool(planned) and planned == frozenset().union(*(self.items.get(name, frozenset()) for name in made.entries))

    def _had_presenter(self, session: str) -> bool:
        plans = (record for record in self.workbook.journal.records if isinstance(record, Plan))
        return any(plan.roles.get(_ROLE) for plan in plans if plan.session == session)

    def _roles(self, made: ListSession) -> dict[str, str]:
        return {_ROLE: made.presenter} if made.presenter and _ROLE in self.workbook.settings.roles else {}

    def _plan(self, made: ListSession, held: Plan | None) -> dict[str, Any]:
        """Return the fields of the plan to record: what is current, and what the list says."""
        fields = dict(plan_fields(held))
        if made.state == "cancelled":
            return fields | {"cancelled": True, "why": made.why}
        reads = bool(held and (held.entries or held.items))
        fields |= {} if reads else {"entries": made.entries}
        fields |= {"roles": {**self._roles(made), **fields.get("roles", {})}}
        return fields | ({} if made.start is None else {"start": made.start})

    def _title(self, name: str) -> str:
        only = next(iter(self.items.get(name, [name])), name)
        return self.titles.get(only, only)


# --- what a person should know ----------------------------------------------------------------------------------------


def _notes_on_rows(rows: Sequence[ScheduleRow]) -> Iterator[str]:
    inferred = [row.day for row in rows if row.inferred and row.day]
    for year in sorted({day.year for day in inferred}):
        days = sorted(day for day in inferred if day.year == year)
        span = f"{days[0]:%-d %B}" + (f" to {days[-1]:%-d %B}" if len(days) > 1 else "")
        yield f"Dates without a year were read as {year}: {span}."
    if without := [f"{row.title} ({row.written})" if row.written else row.title for row in rows if row.day is None]:
        yield f"No day, so no session: {_some(without)}"
    if any(row.timed for row in rows):
        yield "Times of day in the list were left out; sessions are at the time of the group's slot."


def _notes_on_people(sessions: Sequence[ListSession], roster: _Roster) -> Iterator[str]:
    yield from roster.doubtful.values()
    unknown = [name for name in dict.fromkeys(name for one in sessions for name in one.unknown) if name not in roster.doubtful]
    if unknown:
        yield (
            f"Not on the roster: {_some(unknown)}. Import again with --add-presenters to add them all, or add one: "
            f"studygroup member add {shlex.quote(unknown[0])}"
        )
    several = [one for one in sessions if one.others and one.plan is not None]
    if several:
        others = [f"{plain_list([roster.names[member] for member in one.others])} on {one.session}" for one in several]
        yield f"Where several present, the first one has the role; beside them: {_some(others)}"
    if extra := [one.session for one in sessions if one.start is not None]:
        yield f"The group does not meet on {_some(extra)} by its slots; such a session is at the slot's time."
    if empty := [one.session for one in sessions if one.state == "past" and not one.attended and not one.kept]:
        yield (
            f"No one is recorded as present on {_some(empty)}, so what was read there does not count as finished: "
            "studygroup record attendance --session DATE --member NAME"
        )


def _some(names: Sequence[str]) -> str:
    """Return the first five of some names in a row, and how many more there are."""
    return plain_list(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"


# --- entering ---------------------------------------------------------------------------------------------------------


def enter_list_sessions(workbook: Workbook, found: ListSessions, *, by: str) -> None:
    """Enter what a schedule tells and is not recorded yet: newcomers, plans, who was present, how sessions ended.

    Raises
    ------
    NotSavedError
        The disk refused; what was entered before is kept, and another run goes on from there.
    """
    for member, name in found.newcomers.items():
        # Whoever presented before today was there before today.
        days = [date.fromisoformat(one.session[:10]) for one in found.sessions if member in (one.presenter, *one.others)]
        workbook.enter("person", by=by, member=member, name=name, joined=min([workbook.today(), *days]))
    for one in found.sessions:
        if one.plan is not None:
            workbook.enter("plan", by=by, session=one.session, **one.plan)
        for member in one.present:
            attend(workbook, one.session, member, "present", by=by)
        if one.close:
            workbook.enter("close", by=by, session=one.session, finished=one.entries)
