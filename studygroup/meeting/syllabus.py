"""The syllabus: which steps are covered, and what a session reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec
import pandas as pd

from studygroup.journal import tables
from studygroup.journal.records import WAS_THERE
from studygroup.journal.tables import rows
from studygroup.schedule import Session
from studygroup.workbook import Workbook


class Step(msgspec.Struct, frozen=True):
    """One step of the syllabus: an entry of its list.

    ``number`` counts from 1, 0 for an entry of a list that is not the syllabus; ``printed`` is the number as the list prints it, or empty; ``reference`` is ``list/entry``;
    ``items`` are ids of the catalogue, none for a step that names no work.
    """

    number: int
    reference: str
    printed: str
    section: tuple[str, ...]
    title: str
    items: tuple[str, ...]


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
    """Return the session that covered each step of the group's syllabus, counting the sessions that start before ``before``."""
    records = workbook.holdings
    sessions = [one.id for one in workbook.schedule.earlier(before)]
    return covered(steps_of(workbook), tables.plans(records), tables.attendance(records), tables.closes(records), sessions)


def covered(
    steps: Sequence[Step], plans: pd.DataFrame, attendance: pd.DataFrame, closes: pd.DataFrame, sessions: Sequence[str]
) -> dict[int, str]:
    """Return the session that covered each covered step, by the step's number.

    A step is covered when a session that was not cancelled planned it, somebody attended, and closing did not say that it
    continues. A plan that names an item covers the first step with just that item that is not covered yet.

    Parameters
    ----------
    plans, attendance, closes
        As ``journal.tables`` returns them.
    sessions
        The ids of the sessions that count, in order of their start.
    """
    held = set(attendance.loc[attendance["state"].isin(WAS_THERE), "session"])
    continues = {row.session: set(row.continues) for row in rows(closes)}
    planned = {row.session: row for row in rows(plans) if not row.cancelled}
    by_reference = {step.reference: step for step in steps}
    found: dict[int, str] = {}
    for session in sessions:
        plan = planned.get(session)
        if plan is None or session not in held:
            continue
        goes_on = continues.get(session, set())
        for step in _planned(by_reference, steps, plan.entries, plan.items, found):
            if step.reference not in goes_on:
                found.setdefault(step.number, session)
    return found


def planned_steps(
    steps: Sequence[Step],
    entries: Sequence[str],
    items: Sequence[str],
    done: Mapping[int, str],
    others: Mapping[str, Step] = MappingProxyType({}),
) -> list[Step]:
    """Return the steps that a plan's entries and items stand for, in the plan's order.

    ``others`` are entries of other lists by reference; their number is 0.
    """
    return _planned({**others, **{step.reference: step for step in steps}}, steps, entries, items, done)


def _planned(
    by_reference: Mapping[str, Step],
    steps: Sequence[Step],
    entries: Sequence[str],
    items: Sequence[str],
    done: Mapping[int, str],
) -> list[Step]:
    found = [by_reference[reference] for reference in entries if reference in by_reference]
    for item in items:
        matching = [step for step in steps if step.items == (item,) and step not in found]
        found.extend(sorted(matching, key=lambda step: (step.number in done, step.number))[:1])
    return found


def next_step(steps: Sequence[Step], done: Mapping[int, str], first_step: int) -> Step | None:
    """Return the first step, from ``first_step`` on, that is not covered; None when all are."""
    return next((step for step in steps if step.number >= first_step and step.number not in done), None)
