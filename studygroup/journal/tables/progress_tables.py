"""How far members are, with each item and with a syllabus; see ``tables``. Computed from other tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from studygroup.group.states import HAS_READ, HOW_FAR
from studygroup.group.states import READING as STATUSES
from studygroup.journal.tables.frame import rows


def item_progress(reading: pd.DataFrame) -> pd.DataFrame:
    """Return how many members are how far with each item.

    Parameters
    ----------
    reading
        As ``tables.reading`` returns it.

    Returns
    -------
    DataFrame
        One row an item that someone said something about, in order. Columns ``item`` (str), ``unread``, ``reading``,
        ``skimmed``, ``read``, ``skipped`` and ``members``, their sum (int64).
    """
    items, rows_of = np.unique(reading["item"].to_numpy(dtype=object), return_inverse=True)
    places = {status: place for place, status in enumerate(STATUSES)}
    columns = np.fromiter(map(places.__getitem__, reading["status"]), np.int64, len(reading))
    counts = np.zeros((len(items), len(STATUSES)), dtype=np.int64)
    np.add.at(counts, (rows_of, columns), 1)
    frame = pd.DataFrame(dict(zip(STATUSES, counts.T, strict=True)))
    frame.insert(0, "item", pd.Series(items, dtype="str"))
    return frame.assign(members=counts.sum(axis=1))


def step_progress(reading: pd.DataFrame, steps: pd.DataFrame, members: Iterable[str]) -> pd.DataFrame:
    """Return how far each member is with each step of a list.

    Parameters
    ----------
    reading
        As ``tables.reading`` returns it.
    steps
        As ``Catalogue.steps`` returns them: ``step`` and ``items``, a tuple of ids. Steps without items have no progress.
    members
        Whose progress; a member who said nothing has read nothing.

    Returns
    -------
    DataFrame
        One row a member and step, in the order given. Columns ``member`` (str), ``step`` (int64, from 1), ``status`` (str; of
        a step with several items that of the one least far).
    """
    said = dict(zip(zip(reading["member"], reading["item"], strict=True), reading["status"], strict=True))
    found = [
        (member, step.step, min((said.get((member, item), STATUSES[0]) for item in step.items), key=HOW_FAR.__getitem__))
        for member in members
        for step in rows(steps)
        if step.items
    ]
    frame = pd.DataFrame(found, columns=["member", "step", "status"])
    return frame.astype({"member": "str", "step": "int64", "status": "str"})


def member_progress(reading: pd.DataFrame, steps: pd.DataFrame, members: Iterable[str]) -> pd.DataFrame:
    """Return how far each member is with a list; parameters as for ``step_progress``.

    Returns
    -------
    DataFrame
        One row a member, in the order given. Columns ``member`` (str), ``unread``, ``reading``, ``skimmed``, ``read``,
        ``skipped``, ``steps``, their sum (int64), and ``share`` (float64, 0 to 1, read or skimmed of all steps; 0 of none).
    """
    members = list(members)
    progress = step_progress(reading, steps, members)
    counts = Counter(zip(progress["member"], progress["status"], strict=True))
    found = [(member, *(counts[member, status] for status in STATUSES)) for member in members]
    frame = pd.DataFrame(found, columns=["member", *STATUSES]).astype({"member": "str", **dict.fromkeys(STATUSES, "int64")})
    number = frame[list(STATUSES)].sum(axis="columns").astype("int64")
    share = frame[sorted(HAS_READ)].sum(axis="columns") / number.where(number > 0, 1)
    return frame.assign(steps=number, share=share.astype("float64"))


def syllabus_progress(reading: pd.DataFrame, steps: pd.DataFrame, members: Iterable[str]) -> pd.DataFrame:
    """Return how far the members are with each step of a list; parameters as for ``step_progress``.

    Returns
    -------
    DataFrame
        One row a step with items, in order. Columns ``step`` (int64, from 1), ``unread``, ``reading``, ``skimmed``, ``read``,
        ``skipped``, ``members``, their sum (int64), and ``share`` (float64, 0 to 1, who read or skimmed it; 0 of none).
    """
    progress = step_progress(reading, steps, members)
    counts = Counter(zip(progress["step"], progress["status"], strict=True))
    found = [(step.step, *(counts[step.step, status] for status in STATUSES)) for step in rows(steps) if step.items]
    frame = pd.DataFrame(found, columns=["step", *STATUSES]).astype("int64")
    number = frame[list(STATUSES)].sum(axis="columns").astype("int64")
    share = frame[sorted(HAS_READ)].sum(axis="columns") / number.where(number > 0, 1)
    return frame.assign(members=number, share=share.astype("float64"))
