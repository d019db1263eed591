"""Everything that was entered, in its current state: ``Group.tables``.

A record type with a table gets its attribute, its docstring and its place in ``studygroup show`` from its description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from studygroup.interface.grids import attendance_grid, progress_grid, reading_grid
from studygroup.interface.group_tables import turnout
from studygroup.interface.made_tables import PROGRESS, actions, activity, plans, questions
from studygroup.interface.record_tables import DescribedTable, table_of
from studygroup.journal.types.records import TYPES, Availability, Feedback, Reading, Reply, Vote
from studygroup.meeting.facts.blind import may_read, may_see_reasons, may_see_summaries, may_see_vote
from studygroup.workbook.identity import known_member
from studygroup.workbook.workbook import Workbook

# Tables that are more than the records of one type.
_OF_TYPES: Mapping[str, DescribedTable] = {
    "plans": DescribedTable.of(plans),
    "actions": DescribedTable.of(actions),
    "questions": DescribedTable.of(questions),
}
GRIDS: Mapping[str, DescribedTable] = {
    "attendance_grid": DescribedTable.of(attendance_grid),
    "progress_grid": DescribedTable.of(progress_grid),
    "reading_grid": DescribedTable.of(reading_grid),
}


def _all() -> Iterator[tuple[str, DescribedTable]]:
    """Yield the tables by name, in the order in which people are told of them."""
    for kind in TYPES.values():
        if kind.table:
            yield kind.table, _OF_TYPES.get(kind.table) or table_of(kind)
        if kind is Reading:
            yield from PROGRESS.items()
    yield "activity", DescribedTable.of(activity)
    yield "turnout", DescribedTable.of(turnout)


RECORD_TABLES: Mapping[str, DescribedTable] = dict(_all())
_REASONS = {kind.table: kind.reason_fields for kind in TYPES.values() if kind.reason_fields}
_KEPT_BACK = frozenset(kind.table for kind in TYPES.values() if kind.kept_back)


def shown_to(workbook: Workbook, name: str, frame: pd.DataFrame, reader: str) -> pd.DataFrame:
    """Return a table without what a member may not see yet: others' summaries and hours, and others' votes on an open ballot.

    ``reader`` is empty for who did not say who they are: they see all summaries, and no vote before its ballot has closed. Others than
    facilitators see reasons, such as why someone is away, in their own rows only.
    """
    if name in _REASONS:
        whose = zip(frame["by"], frame["member"], strict=True)
        may_see = pd.Series([may_see_reasons(workbook, reader, pair) for pair in whose], index=frame.index, dtype=bool)
        return frame.assign(**{field: frame[field].where(may_see, "") for field in _REASONS[name]})
    if name == Vote.table:
        votes = (may_see_vote(workbook, reader, str(row.ballot), (str(row.by), str(row.member))) for row in frame.itertuples())
        return frame[pd.Series(list(votes), dtype=bool)].reset_index(drop=True)
    if name == Feedback.table:
        return _without_names(frame, reader)
    if name not in _KEPT_BACK or not reader:
        return frame
    if name == Availability.table:
        is_mine = frame["member"].eq(reader) | (reader in workbook.facilitators)
        return frame[is_mine].reset_index(drop=True)
    if name == Reply.table:
        kept = [may_read(workbook, reader, workbook.find_record(str(row.id))) for row in frame.itertuples(index=False)]
        return frame[pd.Series(kept, dtype=bool)].reset_index(drop=True)
    shown = [
        row.member == reader or not row.item or may_see_summaries(workbook, reader, str(row.item))
        for row in frame.itertuples(index=False)
    ]
    return frame[shown].reset_index(drop=True)


def _without_names(frame: pd.DataFrame, reader: str) -> pd.DataFrame:
    """Return feedback without who did not sign theirs, and without when: what else they entered then would tell who they are."""
    hidden = ~frame["signed"] & (frame["member"] != reader)
    shown = frame.assign(member=frame["member"].mask(hidden, ""), by=frame["by"].mask(hidden, ""), at=frame["at"].mask(hidden))
    return shown.sort_values(["session", "member", "worth", "pace", "text"], kind="stable").reset_index(drop=True)


class GroupTables:
    """Everything that was entered, in its current state: a DataFrame for each attribute, read anew each time.

    What was undone or replaced is in none of them. Changing a DataFrame changes nothing in the workbook. Where others'
    summaries are kept back until the session, ``summaries`` leaves out those that you may not see yet, as ``studygroup show`` does,
    if this folder knows who you are (``studygroup me``, ``STUDYGROUP_MEMBER``); whoever holds the files can read them. ``votes`` has
    others' votes once their ballot has closed, reasons in ``rsvps`` and ``away`` are for facilitators, and they see everyone's rows of ``availability``, others their own.

    Printing ``tables`` lists them; ``help(tables)`` describes each one with its columns.
    """

    def __init__(self, opened: Callable[[], Workbook]) -> None:
        self._opened = opened

    def __dir__(self) -> list[str]:
        return list(_ALL)

    def __repr__(self) -> str:
        width = max(map(len, _ALL))
        lines = [f"  {name:{width}}  {one.doc.splitlines()[0]}" for name, one in _ALL.items()]
        return "\n".join(["Tables, each a DataFrame:", *lines])

    def _get(self, name: str) -> pd.DataFrame:
        workbook = self._opened()
        with workbook.lock:
            return shown_to(workbook, name, _ALL[name].make(workbook), known_member(workbook)).copy(deep=False)

    if TYPE_CHECKING:
        # The attributes follow from the record types.
        def __getattr__(self, name: str) -> pd.DataFrame: ...


def _property(name: str, doc: str) -> property:
    def get(tables: GroupTables) -> pd.DataFrame:
        return tables._get(name)

    return property(get, doc=doc)


_ALL: Mapping[str, DescribedTable] = {**RECORD_TABLES, **GRIDS}
for _name, _described in _ALL.items():
    setattr(GroupTables, _name, _property(_name, _described.doc))
