"""All records as they were read at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain
from operator import attrgetter

from studygroup.errors import Problem
from studygroup.journal.current.state import CurrentState
from studygroup.journal.types.lines import is_newer
from studygroup.journal.types.record import Record, Unknown


class Journal:
    """All records as they were read.

    Parameters
    ----------
    parts
        The records, in pieces and in any order; each id once, but for those in ``settled``.
    settled
        The record that stands for each id that occurs more than once, or None where an unknown one does.
    unknown
        Records of types or versions that this program does not know.
    problems
        Every line that could not be used and every id that occurs with different content.
    current_state
        What is current; of a store that reads on, as of its latest reading.
    """

    def __init__(
        self,
        parts: Iterable[Iterable[Record]] = (),
        unknown: Iterable[Unknown] = (),
        problems: Iterable[Problem] = (),
        *,
        settled: Mapping[str, Record | None] | None = None,
        current_state: CurrentState | None = None,
    ) -> None:
        self._parts = tuple(parts)
        self._settled = settled or {}
        self.unknown = tuple(unknown)
        self.problems = tuple(problems)
        if current_state is not None:
            self.__dict__["current_state"] = current_state

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records in order of time, then id, each id once."""
        records: Iterable[Record] = chain.from_iterable(self._parts)
        if self._settled:
            others = (record for record in records if record.id not in self._settled)
            records = chain(others, (record for record in self._settled.values() if record is not None))
        return tuple(sorted(records, key=attrgetter("at", "id")))

    @cached_property
    def current_state(self) -> CurrentState:
        """What is current for each subject, and the tables computed from it."""
        return CurrentState(self.records)

    @property
    def needs_update(self) -> str:
        """What to say where a newer program wrote records, which this one leaves out; else empty."""
        count = sum(map(is_newer, self.unknown))
        if not count:
            return ""
        were = "record was" if count == 1 else "records were"
        return f"{count} {were} written by a newer studygroup: kept, but left out here. Update studygroup on this computer."

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Journal):
            return NotImplemented
        return (self.records, self.unknown, self.problems) == (other.records, other.unknown, other.problems)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Journal of {len(self.records)} records, {len(self.unknown)} unknown, {len(self.problems)} problems"
