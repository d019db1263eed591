"""A schedule that was imported as a list, as sessions: what each read and who presented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from studygroup.catalogue.entry import Entry
from studygroup.catalogue.exchange import Import
from studygroup.catalogue.rows import role_of
from studygroup.errors import RecordError, ScheduleError
from studygroup.journal.records import Attendance, Close, Plan
from studygroup.meeting.list_days import resolve_days, weekday_number
from studygroup.schedule import Session
from studygroup.text import check_name, plain_list, to_short_day
from studygroup.workbook import Workbook

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_SEPARATORS = re.compile(r"\s*(?:,|;|&|/|\band\b|<br ?/?>|、|，|；)\s*")
_SAID = re.compile(r"(?:presenters?|presented by|host(?:ed by)?|lead(?:er)?|led by|discussant)\s*[:：]?\s+(.+)", re.IGNORECASE)
_AFTER_DATE = re.compile(r"\s*(?: [-–—|] |: |：| by )\s*")
_NOBODY = re.compile(r"(?:\W|tb[ad]|none|n/a|all|everyone|open|\?)*", re.IGNORECASE)


class ListSession(msgspec.Struct, frozen=True):
    """One day of a schedule as a session.

    ``entries`` are ``list/entry``, ``titles`` theirs. ``presenter`` is the member who presents, ``others`` who presents too,
    ``unknown`` names that are not on the roster. ``start`` is given for a day on which the group does not meet by its slots.
    ``kept`` says why a plan that is there stays, and is empty where the list's plan is entered.
    """

    session: str
    titles: tuple[str, ...]
    entries: tuple[str, ...]
    presenter: str = ""
    others: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    start: datetime | None = None
    past: bool = False
    kept: str = ""

    @property
    def presenters(self) -> tuple[str, ...]:
        """The members who present."""
        return (self.presenter, *self.others) if self.presenter else ()

    def __str__(self) -> str:
        """Return the session in a line."""
        who = f"; {plain_list((*self.presenters, *self.unknown))}" if self.presenters or self.unknown else ""
        state = self.kept or ("past" if self.past else "planned")
        return f"{self.session} ({state}): {plain_list(self.titles)}{who}"


class ListSessions(msgspec.Struct, frozen=True):
    """The sessions of the imported lists, and the entries that have no day: their titles."""

    sessions: tuple[ListSession, ...]
    without_day: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The presenters who are not on the roster, each once."""
        return tuple(dict.fromkeys(name for one in self.sessions for name in one.unknown))

    def notes(self, add_presenters: bool) -> Iterator[str]:
        """Yield what a person should know about them."""
        if self.without_day:
            yield f"No day, so no session: {plain_list(self.without_day[:5])}" + (
                f" and {len(self.without_day) - 5} more" if self.without_day[5:] else ""
            )
        if self.unknown and not add_presenters:
            yield (
                f"Not on the roster: {plain_list(self.unknown)}. Their sessions have no presenter; to add them: "
                'import again with --add-presenters, or studygroup member add "NAME"'
            )
        nobody = [one.session for one in self.sessions if one.past and not one.presenters and not one.kept]
        if nobody and not (add_presenters and all(one.unknown for one in self.sessions if one.session in nobody)):
            yield (
                f"Nobody is recorded as present on {plain_list(nobody)}, so what was read there does not count as covered: "
                "studygroup record attendance --session DATE --member NAME"
            )


def list_sessions(workbook: Workbook, result: Import) -> ListSessions:
    """Return the sessions that the lists of an import tell of; nothing is entered.

    Raises
    ------
    ScheduleError
        A list has no dates, or they can be read in two ways.
    """
    now = workbook.clock()
    by_day: dict[date, list[tuple[str, Entry]]] = {}
    without: list[str] = []
    for one in result.lists:
        names = result.frames[one.name]["entry"].tolist()
        days = _days_of(one.entries, workbook)
        for entry, name, day in zip(one.entries, names, days, strict=True):
            if day is None:
                without.append(entry.title)
            else:
                by_day.setdefault(day, []).append((f"{one.name}/{name}", entry))
    if not by_day:
        raise ScheduleError(
            "No entry has a date, so there are no sessions; a schedule has a column Date, or a date before each entry."
        )
    return ListSessions(tuple(_session(workbook, day, by_day[day], now) for day in sorted(by_day)), tuple(without))


def _days_of(entries: tuple[Entry, ...], workbook: Workbook) -> list[date | None]:
    years = [next((int(year) for head in reversed(entry.section) for year in _YEAR.findall(head)), None) for entry in entries]
    slot = workbook.slots[-1]
    return resolve_days([_when(entry) for entry in entries], years, workbook.today(), weekday_number(slot.weekday))


def _when(entry: Entry) -> str:
    """Return what an entry says about its date: a field of that name, or what stands before its title."""
    said = next((value for key, value in entry.details.items() if role_of(key) == "date"), "")
    return said or _AFTER_DATE.split(entry.details.get("note", ""), 1)[0].strip("[]() ")


def _presenters(entry: Entry) -> tuple[str, ...]:
    """Return the names of those who present an entry."""
    said = next((value for key, value in entry.details.items() if role_of(key) == "presenter"), "")
    if not said:
        rest = [*_AFTER_DATE.split(entry.details.get("note", ""), 1)[1:], entry.details.get("about", "")]
        said = next((found[1] for text in rest if (found := _SAID.match(text.strip(" ()")))), "") or (
            rest[0] if rest[1:] else ""
        )
    names = (name.strip(" *_`~@()") for name in _SEPARATORS.split(_LINK.sub(r"\1", said)))
    return tuple(dict.fromkeys(name for name in names if not _NOBODY.fullmatch(name) and len(name) <= 80))


def _session(workbook: Workbook, day: date, rows: list[tuple[str, Entry]], now: datetime) -> ListSession:
    """Return one day's session, beside what was planned for it before."""
    found, start = _place(workbook, day)
    known: list[str] = []
    unknown: list[str] = []
    for name in dict.fromkeys(name for _, entry in rows for name in _presenters(entry)):
        try:
            known.append(workbook.member(name))
        except RecordError:
            unknown.append(name)
    members = [*dict.fromkeys(known)]
    made = ListSession(
        session=day.isoformat(),
        titles=tuple(entry.title for _, entry in rows),
        entries=tuple(reference for reference, _ in rows),
        presenter=members[0] if members else "",
        others=tuple(members[1:]),
        unknown=tuple(unknown),
        start=start,
        past=(found.end if found else start or now) < now,
    )
    plan = workbook.held(Plan, made.session)
    if plan is not None and (plan.entries or plan.items) and plan.entries != made.entries:
        return msgspec.structs.replace(made, kept="another plan is there and stays")
    if plan is not None and plan.cancelled:
        return msgspec.structs.replace(made, kept="it was cancelled and stays so")
    return made


def _place(workbook: Workbook, day: date) -> tuple[Session | None, datetime | None]:
    """Return the session that the schedule has on a day, or the start of one that it gets."""
    try:
        return workbook.schedule.find(day.isoformat()), None
    except ScheduleError:
        slot = workbook.schedule.slot_on(day)
        if slot is None:
            raise
        hour, minute = map(int, slot.time.split(":"))
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(slot.zone))
        # Through UTC and back: a time that the zone's clocks skip moves forward.
        return None, local.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(slot.zone))


def enter_list_sessions(workbook: Workbook, found: ListSessions, *, by: str, add_presenters: bool = False) -> list[str]:
    """Enter what a schedule tells and is not recorded yet, and return each record in words.

    A plan for each session; for a past one also that its presenters were there and that its entries were finished. What is
    recorded already is not entered again, and another plan that somebody made is kept.

    Raises
    ------
    RecordError
        A presenter's name cannot stand on the roster.
    NotSavedError
        The disk refused; what was entered before is kept, and another run goes on from there.
    """
    said = []
    if add_presenters:
        for name in found.unknown:
            check_name(name)
        added = {name: workbook.add_person(name, by=by).member for name in found.unknown}
        said += [f"{member} is on the roster" for member in added.values()]
        found = msgspec.structs.replace(found, sessions=tuple(_with_members(one, added) for one in found.sessions))
    for one in found.sessions:
        said += _enter_plan(workbook, one, by)
        if one.past and not one.kept:
            said += _enter_past(workbook, one, by)
    return said


def _with_members(one: ListSession, added: Mapping[str, str]) -> ListSession:
    members = (*one.presenters, *(added[name] for name in one.unknown))
    return msgspec.structs.replace(one, presenter=members[0] if members else "", others=members[1:], unknown=())


def _enter_plan(workbook: Workbook, one: ListSession, by: str) -> Iterator[str]:
    plan = workbook.held(Plan, one.session)
    if one.kept or (plan is not None and plan.entries and (plan.roles.get("presenter") or not one.presenter)):
        return
    roles = {"presenter": one.presenter} if one.presenter and "presenter" in workbook.settings.roles else {}
    given: dict[str, Any] = {} if one.start is None or plan is not None else {"start": one.start}
    roles |= dict(plan.roles) if plan else {}
    if plan is None or (plan.entries, plan.roles) != (one.entries, roles):
        workbook.amend("plan", by=by, session=one.session, entries=one.entries, roles=roles, **given)
        yield f"plan of {one.session}, {to_short_day(date.fromisoformat(one.session))}: {plain_list(one.titles)}"


def _enter_past(workbook: Workbook, one: ListSession, by: str) -> Iterator[str]:
    for member in one.presenters:
        if workbook.held(Attendance, one.session, member) is None:
            workbook.enter("attendance", by=by, session=one.session, member=member, state="present")
            yield f"{member} present on {one.session}"
    if workbook.held(Close, one.session) is None:
        workbook.enter("close", by=by, session=one.session, finished=one.entries)
        yield f"close of {one.session}"
