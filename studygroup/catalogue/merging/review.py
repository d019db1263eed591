"""An import before it is saved: what it would add, join and suggest, row by row, and what a person says to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.corrections import Wanted
from studygroup.catalogue.merging.counts import warnings_of
from studygroup.catalogue.merging.decisions import join, keep_apart
from studygroup.catalogue.merging.importer import Import, Place, import_lists
from studygroup.catalogue.merging.taken import Taken, take
from studygroup.catalogue.recognise.entry import Entry

Group = Literal["new", "merged", "corrected", "suggested", "warned", "left out"]
Answer = Literal["accept", "reject", ""]
# What is hardly ever a work comes last.
_SELDOM = dict.fromkeys(("contents", "about the list", "picture", "badge", "comment", "code", "front matter"), 2)
# From here on, an entry is as sure as any other.
_SURE = 0.75
_FIELD_NAMES = {"url": "address", "arxiv": "arXiv id", "doi": "DOI"}


class ReviewRow(msgspec.Struct, frozen=True):
    """One thing that a person can accept or reject; of what was left out of a list, what they can make an entry.

    ``key`` names it across previews of the same list, as long as it would come to the same. ``place`` is its entry (a
    suggestion and a correction have none), ``items`` the ids it is about: the item an entry joins, the two of a suggestion,
    the one that ``field`` is corrected of. ``applied`` says that a correction applies without an answer.
    """

    group: Group
    key: tuple[str, ...]
    title: str
    url: str = ""
    says: str = ""
    items: tuple[str, ...] = ()
    place: Place | None = None
    field: str = ""
    applied: bool = True

    @property
    def open(self) -> bool:
        """Whether it can be left for later: a suggestion, and a correction of what the list did not say before."""
        return not self.applied

    @property
    def usual(self) -> Answer:
        """The answer without an answer: accepted, unless it can be left for later."""
        return "" if self.open else "accept"


def preview(before: Catalogue, result: Import) -> tuple[ReviewRow, ...]:
    """Return the rows of an import into a catalogue, in the order of groups, lists and entries; the least sure entries first.

    An entry has one row, under *warned* if something is wrong with it. One that an earlier import knew has none otherwise.
    """
    titles = dict(zip(result.items["id"], result.items["title"], strict=True))
    known = set(before.items["id"])
    of_entries = [*_entry_rows(result, titles, known)]
    suggested = [
        ReviewRow(
            "suggested",
            ("suggested", *sorted(one.items)),
            f"{titles[one.items[0]]} = {titles[one.items[1]]}?",
            "",
            one.why,
            one.items,
            applied=False,
        )
        for one in result.suggestions
    ]
    sure = {(one.name, entry.position): entry.sure for one in result.lists for entry in one.entries}
    # What is hardly sure to be a work comes first, the rest in the order of its list.
    of_entries.sort(key=lambda row: min(sure[row.place], _SURE) if row.place else _SURE)
    rows: dict[Group, list[ReviewRow]] = {"new": [], "merged": [], "corrected": [*_corrections(result)], "suggested": suggested}
    for row in of_entries:
        rows.setdefault(row.group, []).append(row)
    rows["left out"] = [*_left_out(result)]
    return tuple(_with_own_keys(row for group in rows.values() for row in group))


def _entry_rows(result: Import, titles: Mapping[str, str], known: set[str]) -> Iterator[ReviewRow]:
    for one in result.lists:
        warned, _ = warnings_of(one)
        for entry in one.entries:
            place, named = (one.name, entry.position), (one.name, entry.title, entry.url)
            items, state, problems = result.of_entries[place], result.states[place], warned.get(entry.position, ())
            says = f"joins {titles[items[0]]}" + ("" if items[0] in known else " (also new)") if state == "merged" else ""
            says = _what(entry) if state == "new" else says
            if problems:
                told = [f"{one.name}, line {entry.line}: {'; '.join(problem.message for problem in problems)}"]
                told += [f"would be new: {says}" if says else "would be new"] if state == "new" else [says] if says else []
                yield ReviewRow("warned", ("warned", *named), entry.title, entry.url, " · ".join(told), items, place)
            elif state == "new":
                yield ReviewRow("new", ("new", *named), entry.title, entry.url, says, items, place)
            elif state == "merged":
                yield ReviewRow("merged", ("merged", *named), entry.title, entry.url, says, items, place)


def _left_out(result: Import) -> Iterator[ReviewRow]:
    """Yield a row for everything that no entry holds, what may well be a work first."""
    for one in result.lists:
        each = {out.key: out for out in reversed(one.left_out)}.values()
        for out in sorted(each, key=lambda out: (_SELDOM.get(out.reason, 0 if out.url else 1), out.line)):
            key = ("left out", one.name, *out.key)
            says = f"{one.name}, line {out.line}: {out.reason}"
            yield ReviewRow("left out", key, out.text or out.url, out.url, says, applied=False)


def _what(entry: Entry) -> str:
    return ", ".join(filter(None, [entry.kind, str(entry.year or ""), "" if entry.url else "no link"]))


def _corrections(result: Import) -> Iterator[ReviewRow]:
    """Yield a row for each correction but those that go with an address."""
    for one in result.corrections:
        if not one.with_address:
            says = f"{one.list} corrects the {_FIELD_NAMES.get(one.field, one.field)}: {one.before} → {one.after}"
            says += "" if one.applied else " (the catalogue has something else than the list had)"
            key = ("corrected", one.list, one.item, one.field, str(one.before), str(one.after))
            yield ReviewRow("corrected", key, one.title, "", says, (one.item,), None, one.field, one.applied)


def _with_own_keys(rows: Iterator[ReviewRow]) -> Iterator[ReviewRow]:
    """Yield the rows; of several with one key each but the first gets a number."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        seen[row.key] += 1
        number = seen[row.key]
        yield row if number == 1 else msgspec.structs.replace(row, key=(*row.key, str(number)))


def choose(
    before: Catalogue, result: Import, answers: Mapping[ReviewRow, Answer], *, facts: bool = False
) -> tuple[Catalogue, Import]:
    """Return the catalogue with the import as a person wants it, and that import.

    Rejecting a new or warned entry leaves it without an item: it is in its list only, also when the list is imported
    again. Rejecting a merged one makes it an item of its own, and different from the one it resembled. A suggestion that is
    accepted joins the two, one that is rejected is remembered as different; one without an answer stays a suggestion. A
    correction that is accepted applies, one that is rejected does not. What was left out and is accepted becomes an entry, in this
    and in every later import of its list.
    """
    corrections: dict[str, set[Wanted]] = {"accept": set(), "reject": set(), "": set()}
    for row, answer in answers.items():
        if row.group == "corrected":
            corrections[answer].add((row.items[0], row.field))
    taken = before.taken | {_taken(row) for row, answer in answers.items() if row.group == "left out" and answer == "accept"}
    lists, moved = take(result.originals or result.lists, taken)
    rejected = [
        msgspec.structs.replace(row, place=moved.get(row.place, row.place) if row.place else None)
        for row, answer in answers.items()
        if answer == "reject"
    ]
    apart = {row.place: row for row in rejected if row.group == "merged" and row.place}
    left_out = {row.place for row in rejected if row.group in {"new", "warned"} and row.place}
    # What joined an entry that is left out still becomes an item.
    chosen = import_lists(
        before.items,
        before.lists,
        lists,
        facts=facts,
        same=before.same,
        different=before.different,
        left_out=left_out,
        apart=set(apart) - left_out,
        accepted=corrections["accept"],
        rejected=corrections["reject"],
    )
    chosen = msgspec.structs.replace(chosen, notes=result.notes, made_from=result.made_from, taken=taken)
    catalogue = Catalogue(
        chosen.items, {**before.lists, **chosen.frames}, before.same, before.different, before.notes, before.former, taken
    )
    for place, row in apart.items():
        for item in chosen.of_entries.get(place, ()):
            if row.items[0] != item and {row.items[0], item} <= set(catalogue.items["id"]):
                catalogue = keep_apart(catalogue, row.items[0], item)
    for row, answer in answers.items():
        if row.group == "suggested" and answer and _both_there(catalogue, row):
            catalogue = join(catalogue, *row.items) if answer == "accept" else keep_apart(catalogue, *row.items)
    return catalogue, chosen


def _taken(row: ReviewRow) -> Taken:
    """Return the list, words and address of a row of what was left out."""
    _, name, said, url = row.key[:4]
    return name, said, url


def _both_there(catalogue: Catalogue, row: ReviewRow) -> bool:
    """Return whether the two items of a suggestion are still two items."""
    aliases = catalogue.aliases
    first, second = (aliases.get(item, item) for item in row.items)
    return first != second and {first, second} <= set(catalogue.items["id"])
