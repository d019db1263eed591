"""An import before it is saved: what it would add, join and suggest, row by row, and what a person says to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from studygroup.catalogue.decisions import join, keep_apart
from studygroup.catalogue.entry import Entry, ReadingList
from studygroup.catalogue.exchange import Import, Place, import_lists
from studygroup.catalogue.table import Catalogue

Group = Literal["new", "merged", "suggested", "warned"]
Answer = Literal["accept", "reject", ""]


class Row(msgspec.Struct, frozen=True):
    """One thing that a person can accept or reject.

    ``key`` names it across previews of the same list, as long as it would come to the same. ``place`` is its entry (a
    suggestion has none, a warning about the list as a whole neither), ``items`` the ids it is about: the item an entry
    joins, or the two of a suggestion.
    """

    group: Group
    key: tuple[str, ...]
    title: str
    url: str = ""
    says: str = ""
    items: tuple[str, ...] = ()
    place: Place | None = None

    @property
    def usual(self) -> Answer:
        """What holds while nobody said anything: everything is accepted but suggestions, which stay open."""
        return "" if self.group == "suggested" else "accept"


def preview(before: Catalogue, result: Import) -> tuple[Row, ...]:
    """Return the rows of an import into a catalogue, in the order of groups, lists and entries.

    An entry that an earlier import knew is no row again, unless something is wrong with it.
    """
    known = set(before.items["id"])
    titles = dict(zip(result.items["id"], result.items["title"], strict=True))
    seen: set[str] = set()
    new: list[Row] = []
    merged: list[Row] = []
    for one in result.lists:
        earlier = _earlier_entries(before, one.name)
        for entry, name in zip(one.entries, result.frames[one.name]["entry"], strict=True):
            place, named = (one.name, entry.position), (one.name, entry.title, entry.url)
            for item in result.of_entries[place]:
                if item in known | seen:
                    if name not in earlier:
                        says = f"joins {titles[item]}" + ("" if item in known else " (also new)")
                        merged.append(Row("merged", ("merged", *named), entry.title, entry.url, says, (item,), place))
                else:
                    says = ", ".join(filter(None, [entry.kind, str(entry.year or ""), "" if entry.url else "no link"]))
                    new.append(Row("new", ("new", *named), entry.title, entry.url, says, (item,), place))
                seen.add(item)
    suggested = [
        Row(
            "suggested",
            ("suggested", *sorted(one.items)),
            f"{titles[one.items[0]]} = {titles[one.items[1]]}?",
            "",
            one.why,
            one.items,
        )
        for one in result.suggestions
    ]
    return (*new, *merged, *suggested, *(row for one in result.lists for row in _warned(one)))


def _earlier_entries(before: Catalogue, name: str) -> set[str]:
    return set(before.lists[name]["entry"]) if name in before.lists else set()


def _warned(one: ReadingList) -> Iterator[Row]:
    by_line: Mapping[int, Entry] = {entry.line: entry for entry in reversed(one.entries)}
    for problem in one.problems:
        if problem.severity != "note":
            entry = by_line.get(problem.line)
            place = (one.name, entry.position) if entry else None
            title, url = (entry.title, entry.url) if entry else (one.title or one.name, "")
            says = f"{one.name}{f', line {problem.line}' if problem.line else ''}: {problem.message}"
            yield Row("warned", ("warned", one.name, title, url, problem.message), title, url, says, (), place)


def choose(
    before: Catalogue, result: Import, answers: Mapping[Row, Answer], *, facts: bool = False
) -> tuple[Catalogue, Import]:
    """Return the catalogue with the import as a person wants it, and that import.

    Rejecting a new or warned entry leaves it without an item: it stands in its list only, also when the list is imported
    again. Rejecting a merged one makes it an item of its own, and different from the one it resembled. A suggestion that is
    accepted joins the two, one that is rejected is remembered as different; one without an answer stays a suggestion.
    """
    rejected = [row for row, answer in answers.items() if answer == "reject"]
    apart = {row.place: row for row in rejected if row.group == "merged" and row.place}
    left_out = {row.place for row in rejected if row.group in {"new", "warned"} and row.place}
    # What joined an entry that is left out still becomes an item.
    chosen = import_lists(
        before.items,
        before.lists,
        result.lists,
        facts=facts,
        same=before.same,
        different=before.different,
        left_out=left_out,
        apart=set(apart) - left_out,
    )
    chosen = msgspec.structs.replace(chosen, notes=result.notes, made_from=result.made_from)
    catalogue = Catalogue(chosen.items, {**before.lists, **chosen.frames}, before.same, before.different, before.notes)
    for place, row in apart.items():
        for item in chosen.of_entries.get(place, ()):
            if row.items[0] != item and {row.items[0], item} <= set(catalogue.items["id"]):
                catalogue = keep_apart(catalogue, row.items[0], item)
    for row, answer in answers.items():
        if row.group == "suggested" and answer and _both_there(catalogue, row):
            catalogue = join(catalogue, *row.items) if answer == "accept" else keep_apart(catalogue, *row.items)
    return catalogue, chosen


def _both_there(catalogue: Catalogue, row: Row) -> bool:
    """Return whether the two items of a suggestion are still two items."""
    aliases = catalogue.aliases
    first, second = (aliases.get(item, item) for item in row.items)
    return first != second and {first, second} <= set(catalogue.items["id"])
