"""The syllabus: which steps are covered, and what a session reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import pandas as pd

from studygroup.journal.records import WAS_THERE
from studygroup.journal.tables import rows


class Step(msgspec.Struct, frozen=True):
    """One step of the syllabus: an entry of its list.

    ``number`` counts from 1; ``printed`` is the number as the list prints it, or empty; ``reference`` is ``list/entry``;
    ``items`` are ids of the catalogue, none for a step that names no work.
    """

    number: int
    reference: str
    printed: str
    section: tuple[str, ...]
    title: str
    items: tuple[str, ...]


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
    found: dict[int, str] = {}
    for session in sessions:
        plan = planned.get(session)
        if plan is None or session not in held:
            continue
        goes_on = continues.get(session, set())
        for step in planned_steps(steps, plan.entries, plan.items, found):
            if step.reference not in goes_on:
                found.setdefault(step.number, session)
    return found


def planned_steps(steps: Sequence[Step], entries: Sequence[str], items: Sequence[str], done: Mapping[int, str]) -> list[Step]:
    """Return the steps that a plan's entries and items stand for, in the plan's order."""
    by_reference = {step.reference: step for step in steps}
    found = [by_reference[reference] for reference in entries if reference in by_reference]
    for item in items:
        matching = [step for step in steps if step.items == (item,) and step not in found]
        found.extend(sorted(matching, key=lambda step: (step.number in done, step.number))[:1])
    return found


def next_step(steps: Sequence[Step], done: Mapping[int, str], first_step: int) -> Step | None:
    """Return the first step, from ``first_step`` on, that is not covered; None when all are."""
    return next((step for step in steps if step.number >= first_step and step.number not in done), None)
