"""The syllabus: which steps are covered, and what a session reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
import pandas as pd

from studygroup.catalogue.items.item import parse_ids
from studygroup.group.schedule import Session
from studygroup.group.states import WAS_THERE
from studygroup.journal.tables import tables
from studygroup.journal.tables.tables import rows
from studygroup.journal.types.record import Read
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.workbook.workbook import Workbook


class Step(msgspec.Struct, frozen=True):
    """One step of the syllabus: an entry of its list.

    ``number`` counts from 1, 0 for what is not in the syllabus; ``printed`` is the number as the list prints it, or empty; ``reference`` is
    ``list/entry``, empty for an item that was planned by itself; ``items`` are ids of the catalogue, none for a step that names no work.
    ``place`` is which step of how many it was when a session read it; None as long as the list decides. ``former`` says that a session read it
    and the list no longer has it; such a step counts on after the last one.
    """

    number: int
    reference: str
    printed: str
    section: tuple[str, ...]
    title: str
    items: tuple[str, ...]
    place: tuple[int, int] | None = None
    former: bool = False


class Lists(msgspec.Struct, frozen=True):
    """What the lists say: the ``steps`` of the syllabus, former ones at the end; ``beside``, the entries of other lists that plans name,
    by reference; ``earlier``, entries as they were before an import changed or removed them, by reference.
    """

    steps: tuple[Step, ...] = ()
    beside: Mapping[str, Step] = MappingProxyType({})
    earlier: Mapping[str, Read] = MappingProxyType({})


def lists_of(workbook: Workbook) -> Lists:
    """Return what a workbook's lists say, with the steps that sessions have read and the syllabus no longer has.

    They are kept until someone says something about plans, closings or attendance, or the catalogue is read again.
    """
    records, catalogue, name = workbook.current, workbook.catalogue, workbook.settings.syllabus
    versions = tuple(records.version(kind) for kind in (Plan, Close, Attendance))
    last = records.kept((Lists, name), dict)
    if last.get("catalogue") is not catalogue or last.get("versions") != versions:
        last.update(catalogue=catalogue, versions=versions, lists=_lists_of(workbook))
    found: Lists = last["lists"]
    return found


def _lists_of(workbook: Workbook) -> Lists:
    records = workbook.current
    plans, closes, attendance = tables.plans(records), tables.closes(records), tables.attendance(records)
    now, beside = steps_of(workbook), entries_beside(workbook, plans)
    earlier = dict(_former(workbook))
    name = workbook.settings.syllabus
    if not name:
        return Lists(now, beside, earlier)
    here, known = {step.reference for step in now}, {step.items for step in now if step.items}
    gone: dict[str, Read] = {}
    readings = Readings(Lists(now, beside, earlier), plans, closes, attendance)
    for session in readings.kept:
        for one in readings.said(session):
            if one.entry.partition("/")[0] == name and one.entry not in here and one.items not in known:
                gone.setdefault(one.entry, one)
    former = (
        Step(number, one.entry, one.number, one.section, one.title, one.items, former=True)
        for number, one in enumerate(gone.values(), start=len(now) + 1)
    )
    return Lists((*now, *former), beside, earlier)


def _former(workbook: Workbook) -> Iterator[tuple[str, Read]]:
    """Yield the entries that an import changed or removed, as they were before, by reference."""
    for row in rows(workbook.catalogue.former):
        section = tuple(part for part in row.section.split(" > ") if part)
        yield (
            f"{row.list}/{row.entry}",
            Read(
                entry=f"{row.list}/{row.entry}",
                step=int(row.step) if row.list == workbook.settings.syllabus else 0,
                steps=int(row.steps) if row.list == workbook.settings.syllabus else 0,
                number=row.number,
                section=section,
                title=row.title,
                items=parse_ids(row.items),
            ),
        )


class Readings:
    """What each session reads: the one answer for agendas, reports, coverage, the calendar and the site.

    A session that was attended or closed shows what it read then, by its records; they no longer depend on the list. Before that, the
    list decides what a planned entry is. Records of before November 2026 name entries only: what an import changed since is
    looked up in what the catalogue knew.

    Parameters
    ----------
    plans, closes, attendance
        As ``journal.tables`` returns them.
    """

    def __init__(self, lists: Lists, plans: pd.DataFrame, closes: pd.DataFrame, attendance: pd.DataFrame) -> None:
        self.steps = lists.steps
        self.plans: dict[str, Any] = {row.session: row for row in rows(plans)}
        self.closes: dict[str, Any] = {row.session: row for row in rows(closes)}
        self.kept = dict.fromkeys([*attendance["session"], *closes["session"]])
        self._earlier = lists.earlier
        self._by_reference = {**lists.beside, **{step.reference: step for step in lists.steps}}

    def is_planned(self, session: str) -> bool:
        """Return whether someone said what a session reads."""
        plan = self.plans.get(session)
        return (plan is not None and bool(plan.entries or plan.items)) or bool(self.said(session))

    def said(self, session: str) -> tuple[Read, ...]:
        """Return what the records say that a session read; nothing where it is still the list that decides."""
        if session not in self.kept:
            return ()
        plan, close = self.plans.get(session), self.closes.get(session)
        if plan is None:
            return close.read if close is not None else ()
        if plan.read or self._earlier.keys().isdisjoint(plan.entries):
            return tuple(plan.read)
        found = [self._earlier.get(entry) or self._as_now(entry) or self._then(plan, entry) for entry in plan.entries]
        return (*found, *(Read(title="", items=(item,)) for item in plan.items))

    def _as_now(self, entry: str) -> Read | None:
        step = self._by_reference.get(entry)
        return to_read(step, len(self.steps)) if step else None

    def of(self, session: str, done: Mapping[int, str] = MappingProxyType({})) -> list[Step]:
        """Return what a session reads, entries before items planned by themselves; nothing where no one planned it.

        Parameters
        ----------
        done
            The steps covered before: an item that is at several steps is the first of them that is not covered yet.
        """
        if said := self.said(session):
            return list(self._as_read(said, done))
        plan = self.plans.get(session)
        if plan is None:
            return []
        found = [self._by_reference.get(entry) or to_step(self._then(plan, entry)) for entry in plan.entries]
        for item in plan.items:
            matching = [step for step in self.steps if step.items == (item,) and step not in found]
            found += sorted(matching, key=lambda step: (step.number in done, step.number))[:1]
        taken = {item for step in found for item in step.items}
        return [*found, *(Step(0, "", "", (), "", (item,)) for item in plan.items if item not in taken)]

    def gone(self, session: str) -> list[str]:
        """Return the titles of what was planned for a session and is no longer in any list."""
        plan = self.plans.get(session)
        if plan is None or session in self.kept:
            return []
        return [self._then(plan, entry).title for entry in plan.entries if entry not in self._by_reference]

    def _then(self, plan: Any, entry: str) -> Read:
        """Return what an entry was that is no longer in any list; where nothing is known of it, what its id tells."""
        then = next((one for one in plan.read if one.entry == entry), None) or self._earlier.get(entry)
        return then or Read(entry=entry, title=entry.partition("/")[2].replace("-", " ").capitalize())

    def _as_read(self, said: Iterable[Read], done: Mapping[int, str]) -> Iterator[Step]:
        """Yield what was read, under the numbers that its steps have now."""
        taken: set[int] = set()
        for one in said:
            step = self._by_reference.get(one.entry) if one.entry else None
            if step is None and one.items:
                # The list was imported under another name, or the entry got another id: its items are still the same.
                same = [other for other in self.steps if other.items == one.items and other.number not in taken]
                step = min(same, key=lambda other: (other.number in done, other.number), default=None)
            number, reference = (step.number, one.entry or step.reference) if step else (0, one.entry)
            taken.add(number)
            yield msgspec.structs.replace(to_step(one), number=number, reference=reference)


def to_step(read: Read) -> Step:
    """Return what was read as a step, without a number."""
    place = (read.step, read.steps) if read.step else None
    return Step(0, read.entry, read.number, read.section, read.title, read.items, place)


def to_read(step: Step, steps: int, title: str = "") -> Read:
    """Return a step as records keep it; ``steps`` is how many the syllabus has, ``title`` stands in for one without."""
    where, total = step.place or ((step.number, steps) if step.number else (0, 0))
    return Read(
        entry=step.reference,
        step=where,
        steps=total,
        number=step.printed,
        section=step.section,
        title=step.title or title,
        items=step.items,
    )


def entries_beside(workbook: Workbook, plans: pd.DataFrame) -> dict[str, Step]:
    """Return the entries of other lists than the syllabus that plans name, by reference; what is gone is left out."""
    found: dict[str, Step] = {}
    for reference in {reference for plan in tables.rows(plans) for reference in plan.entries}:
        name = reference.partition("/")[0]
        if name != workbook.settings.syllabus and name in workbook.catalogue.lists and reference not in found:
            steps = to_steps(name, workbook.catalogue.steps(name))
            found |= {step.reference: msgspec.structs.replace(step, number=0) for step in steps}
    return found


def to_steps(name: str, frame: pd.DataFrame) -> tuple[Step, ...]:
    """Return the steps of the list ``name``.

    Parameters
    ----------
    frame
        As ``Catalogue.steps`` returns it: columns ``step``, ``entry``, ``number``, ``section``, ``title``, ``items``.
    """
    return tuple(
        Step(
            row.step,
            f"{name}/{row.entry}",
            row.number,
            tuple(part for part in row.section.split(" > ") if part),
            row.title,
            tuple(row.items),
        )
        for row in rows(frame)
    )


def steps_of(workbook: Workbook) -> tuple[Step, ...]:
    """Return the steps of the group's syllabus, none without one."""
    name = workbook.settings.syllabus
    return to_steps(name, workbook.catalogue.steps(name)) if name else ()


def covered_steps(workbook: Workbook, before: Session | datetime) -> dict[int, str]:
    """Return the session that covered each step of the group's syllabus, counting the sessions that start before ``before``.

    Steps that the list no longer has count on after its last one.
    """
    records, lists = workbook.current, lists_of(workbook)
    sessions = [one.id for one in workbook.schedule.earlier(before)]
    return covered(lists, tables.plans(records), tables.attendance(records), tables.closes(records), sessions)


def covered(
    lists: Lists | Sequence[Step],
    plans: pd.DataFrame,
    attendance: pd.DataFrame,
    closes: pd.DataFrame,
    sessions: Sequence[str],
) -> dict[int, str]:
    """Return the session that covered each covered step, by the step's number.

    A step is covered when a session that was not cancelled planned it, someone attended, and closing did not say that it
    continues. A plan that names an item covers the first step with just that item that is not covered yet.

    Parameters
    ----------
    lists
        What ``lists_of`` returns, or the steps alone.
    plans, attendance, closes
        As ``journal.tables`` returns them.
    sessions
        The ids of the sessions that count, in order of their start.
    """
    known = lists if isinstance(lists, Lists) else Lists(tuple(lists))
    readings = Readings(known, plans, closes, attendance)
    held = set(attendance.loc[attendance["state"].isin(WAS_THERE), "session"])
    cancelled = {session for session, plan in readings.plans.items() if plan.cancelled}
    found: dict[int, str] = {}
    for session in sessions:
        if session not in held or session in cancelled:
            continue
        close = readings.closes.get(session)
        goes_on = set(close.continues) if close is not None else set()
        for step in readings.of(session, found):
            if step.number and step.reference not in goes_on:
                found.setdefault(step.number, session)
    return found


def next_step(steps: Sequence[Step], done: Mapping[int, str], first_step: int) -> Step | None:
    """Return the first step, from ``first_step`` on, that is not covered; None when all are."""
    open_steps = (step for step in steps if step.number >= first_step and not step.former)
    return next((step for step in open_steps if step.number not in done), None)
