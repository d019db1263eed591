"""How many entries an import read and what becomes of each: every entry is counted once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from studygroup.catalogue.merging.list_rows import Earlier
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.errors import Problem

State = Literal["new", "merged", "known", "left out"]
"""An entry becomes an item, is merged with one, was imported before, or is in its list only."""


class Counts(msgspec.Struct, frozen=True):
    """Entries by what becomes of them; ``warned`` ones need a look and are counted nowhere else."""

    entries: int
    new: int
    merged: int
    known: int
    left_out: int
    warned: int

    def __str__(self) -> str:
        """Return them in a line: ``5 entries: 3 new, 1 merged, 1 to look at``."""
        words = {"new": "new", "merged": "merged", "known": "known already", "left_out": "left out", "warned": "to look at"}
        parts = [f"{number:,} {word}" for name, word in words.items() if (number := getattr(self, name))]
        return ": ".join(filter(None, [counted(self.entries, "entry", "entries"), ", ".join(parts)]))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def states_of(
    placed: Iterable[tuple[str, Entry, Earlier | None]],
    of_entries: Mapping[tuple[str, int], tuple[str, ...]],
    known: Collection[str],
) -> dict[tuple[str, int], State]:
    """Return what becomes of each entry, by list and position."""
    states: dict[tuple[str, int], State] = {}
    seen: set[str] = set()
    for name, entry, before in placed:
        items = of_entries[name, entry.position]
        fresh = any(item not in known and item not in seen for item in items)
        seen.update(items)
        if fresh:
            states[name, entry.position] = "new"
        elif before is not None:
            states[name, entry.position] = "known"
        else:
            states[name, entry.position] = "merged" if items else "left out"
    return states


def warnings_of(one: ReadingList) -> tuple[dict[int, list[Problem]], list[Problem]]:
    """Return a list's problems, but notes, by the position of the entry on their line, and those of no entry."""
    by_line = {entry.line: entry.position for entry in reversed(one.entries) if entry.line}
    warned: dict[int, list[Problem]] = {}
    of_list: list[Problem] = []
    for problem in one.problems:
        if problem.severity != "note":
            of_list.append(problem) if problem.line not in by_line else warned.setdefault(by_line[problem.line], []).append(
                problem
            )
    return warned, of_list


def count_entries(lists: Iterable[ReadingList], states: Mapping[tuple[str, int], State]) -> Counts:
    """Return how many entries of lists there are, and what becomes of them."""
    found = dict.fromkeys(("new", "merged", "known", "left out", "warned"), 0)
    for one in lists:
        warned, _ = warnings_of(one)
        for entry in one.entries:
            found["warned" if entry.position in warned else states[one.name, entry.position]] += 1
    left_out = found.pop("left out")
    return Counts(entries=left_out + sum(found.values()), left_out=left_out, **found)
