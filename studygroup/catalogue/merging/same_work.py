"""Which entries are the same item: what is certain is joined, what is likely becomes a suggestion."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence

import msgspec

from studygroup.catalogue.items.address import address_key
from studygroup.catalogue.items.item import ItemIds, make_item_id
from studygroup.catalogue.merging.titles import (
    better_title,
    neighbours,
    title_key,
    titles_agree,
    titles_alike,
    without_nickname,
)
from studygroup.catalogue.recognise.documents.borrowed import are_strangers

Pairs = Collection[frozenset[str]]

# Words or addresses that more candidates share say nothing.
_CROWDED = 30


class Suggestion(msgspec.Struct, frozen=True):
    """Two items that are probably one; a person decides."""

    items: tuple[str, str]
    why: str


class Candidate(msgspec.Struct):
    """An item of the catalogue (``item`` is its id) or an entry, with what it can be recognised by.

    ``place`` names the list and section (or table) of an entry, ``maker`` an organisation beside its title. ``item`` of an
    entry is where an earlier import put it. ``apart`` says that a person wants an entry to be an item of its own.
    """

    title: str
    url: str = ""
    kind: str = "other"
    arxiv: str = ""
    doi: str = ""
    item: str = ""
    entry: bool = True
    borrowed: bool = False
    place: tuple[str, ...] = ()
    maker: str = ""
    apart: bool = False


class Grouping(msgspec.Struct, frozen=True):
    """The id of each candidate's item, in the candidates' order, each item's title, and suggestions."""

    ids: tuple[str, ...]
    titles: dict[str, str]
    suggestions: tuple[Suggestion, ...]


def group_works(candidates: Sequence[Candidate], same: Pairs = (), different: Pairs = ()) -> Grouping:
    """Return which candidates are one item.

    The catalogue's items come first; they are never joined with each other. ``same`` and ``different`` are pairs of ids that
    a person decided on: same joins, different keeps apart and silences.
    """
    groups = _Groups(candidates, different)
    for index in range(len(candidates)):
        groups.add(index)
    ids, titles = groups.name(same)
    pairs = groups.suggestions(ids)
    decided = {*different, *same}
    suggestions = tuple(Suggestion(pair, why) for pair, why in pairs.items() if frozenset(pair) not in decided)
    return Grouping(tuple(ids), titles, suggestions)


class _Groups:
    """Candidates in groups that grow as one after the other is added."""

    def __init__(self, candidates: Sequence[Candidate], different: Pairs) -> None:
        self.candidates = candidates
        self.different = different
        self.apart = {item for pair in different for item in pair}
        # By root, the ids of its members about which a person decided.
        self.decided: dict[int, set[str]] = {}
        self.parent = list(range(len(candidates)))
        self.members: dict[int, list[int]] = {}
        self.by_item: dict[str, int] = {}
        self.by_id: dict[tuple[str, str], int] = {}
        self.by_title: dict[str, list[int]] = {}
        self.by_address: dict[str, list[int]] = {}
        self.likely: list[tuple[int, int, str]] = []

    def root(self, index: int) -> int:
        """Return the candidate that stands for a candidate's group."""
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def add(self, index: int) -> None:
        """Put a candidate into its group, or into a new one."""
        one = self.candidates[index]
        self.members[index] = [index]
        # Who has no item yet is known by the id that its title would give.
        if self.apart and (name := one.item or make_item_id(one.title)) in self.apart:
            self.decided[index] = {name}
        if one.item and one.item in self.by_item:
            self._join(self.by_item[one.item], index)
        elif one.item:
            self.by_item[one.item] = index
        if one.entry and not one.apart:
            # What is surest comes first: who is joined by an id is not judged by the title.
            self._join_by_id(index)
            self._join_by_title(index)
            self._join_by_address(index)
        self._remember(index)

    def _join_by_id(self, index: int) -> None:
        """Join an entry with what has its arXiv id or DOI; where the titles are strangers, it may be the same."""
        one = self.candidates[index]
        if one.borrowed or one.kind == "model":
            return
        for kind in ("arxiv", "doi"):
            known = self.by_id.get((kind, getattr(one, kind))) if getattr(one, kind) else None
            if known is None:
                continue
            if not one.item and are_strangers(self.candidates[known].title, one.title):
                self.likely.append((known, index, "one paper's number under two titles that have nothing in common"))
            else:
                self._join(known, index)

    def _join_by_title(self, index: int) -> None:
        """Join an entry with what has an equal title, unless something speaks against it."""
        one = self.candidates[index]
        for other in self.by_title.get(title_key(one.title), ()):
            if self.root(other) == self.root(index):
                continue
            why_not = self._why_not_by_title(other, index)
            if why_not is None:
                self._join(other, index)
            elif why_not:
                self.likely.append((other, index, why_not))

    def _join_by_address(self, index: int) -> None:
        """Join an entry with what has the same address and a title that agrees."""
        one = self.candidates[index]
        address = "" if one.borrowed else address_key(one.url)
        for other in self.by_address.get(address, ())[:_CROWDED] if address else ():
            if self.root(other) == self.root(index):
                continue
            if titles_agree(self.candidates[other].title, one.title) and self._kinds_agree(other, index):
                self._join(other, index)

    def _remember(self, index: int) -> None:
        one = self.candidates[index]
        if not one.borrowed and one.kind != "model":
            for kind in ("arxiv", "doi"):
                if getattr(one, kind):
                    self.by_id.setdefault((kind, getattr(one, kind)), index)
        titled = self.by_title.setdefault(title_key(one.title), [])
        if len(titled) < _CROWDED:
            titled.append(index)
        if not one.borrowed and (address := address_key(one.url)):
            self.by_address.setdefault(address, []).append(index)

    def _join(self, one: int, other: int) -> None:
        """Join two groups; ``other`` is the candidate that is being placed."""
        first, second = sorted((self.root(one), self.root(other)))
        if first == second or self._is_kept_apart(first, second):
            return
        if self._item(first) and self._item(second) not in {"", self._item(first)}:
            # An entry that was imported before was decided on then.
            if not self.candidates[other].item:
                self.likely.append((first, second, "an entry resembles both"))
            return
        if self._item(second):
            first, second = second, first
        self.parent[second] = first
        self.members[first] += self.members.pop(second)
        if decided := self.decided.pop(second, None):
            self.decided.setdefault(first, set()).update(decided)

    def _item(self, root: int) -> str:
        return next((self.candidates[index].item for index in self.members[root][:1] if self.candidates[index].item), "")

    def _is_kept_apart(self, first: int, second: int) -> bool:
        """Return whether a person said that the two groups are different."""
        if not self.apart:
            return False
        pairs = itertools.product(self.decided.get(first, ()), self.decided.get(second, ()))
        return any(frozenset(pair) in self.different for pair in pairs if pair[0] != pair[1])

    def _kinds_agree(self, other: int, index: int) -> bool:
        """Return whether two kinds can be one item: a model is nothing but a model."""
        kinds = {self.candidates[other].kind, self.candidates[index].kind}
        return len(kinds) == 1 or "model" not in kinds

    def _why_not_by_title(self, other: int, index: int) -> str | None:
        """Return None if an equal title is enough; else why it is only likely, or an empty string if it is not even that."""
        one, known = self.candidates[index], self.candidates[other]
        if not self._kinds_agree(other, index):
            return ""
        if one.arxiv and known.arxiv and one.arxiv != known.arxiv and one.kind != "model":
            return "equal titles, different arXiv ids"
        here, there = address_key(one.url), address_key(known.url)
        if not here or not there or here == there or (one.arxiv and one.arxiv == known.arxiv):
            return None
        if one.maker and known.maker and title_key(one.maker) != title_key(known.maker):
            return ""
        if one.entry and one.place and one.place == known.place:
            return "equal titles in one section, different links"
        if len(without_nickname(one.title).split()) == 1:
            return "equal one-word titles, different links"
        if ("video" in {one.kind, known.kind}) and one.kind != known.kind:
            return "equal titles, one of them a video"
        return None

    def name(self, same: Pairs) -> tuple[list[str], dict[str, str]]:
        """Return each candidate's item id and each item's title; pairs that a person called the same are joined."""
        while True:
            names, titles = self._names()
            joined = False
            for one, other in (sorted(pair) for pair in same if len(pair) == 2):
                if one in names and other in names:
                    before = len(self.members)
                    self._join(names[one], names[other])
                    joined = joined or len(self.members) < before
            if not joined:
                of_root = {root: name for name, root in names.items()}
                return [of_root[self.root(index)] for index in range(len(self.candidates))], titles

    def _names(self) -> tuple[dict[str, int], dict[str, str]]:
        names: dict[str, int] = {}
        titles: dict[str, str] = {}
        ids = ItemIds(self.by_item)
        for root, members in self.members.items():
            title = self.candidates[members[0]].title
            name = self._item(root)
            if not name:
                for index in members[1:]:
                    title = better_title(title, self.candidates[index].title)
                name = ids.give(title)
            names[name] = root
            titles[name] = title
        return names, titles

    def suggestions(self, ids: Sequence[str]) -> dict[tuple[str, str], str]:
        """Return pairs of ids that are probably one item, each with the reason; at least one of the two has an entry here."""
        found: dict[tuple[str, str], str] = {}
        fresh = {ids[index] for index, one in enumerate(self.candidates) if one.entry}
        borrowed = {(ids[index], address_key(one.url)) for index, one in enumerate(self.candidates) if one.borrowed}
        order: dict[str, int] = {}
        for name in ids:
            order.setdefault(name, len(order))

        def suggest(one: int, other: int, why: str) -> None:
            first, second = sorted((ids[one], ids[other]), key=order.__getitem__)
            if first != second and fresh.intersection((first, second)):
                found.setdefault((first, second), why)

        for one, other, why in self.likely:
            suggest(one, other, why)
        for address, everywhere in self.by_address.items():
            places = [index for index in everywhere[: _CROWDED + 1] if (ids[index], address) not in borrowed]
            for other in places[1:] if len(places) <= _CROWDED else ():
                if self._kinds_agree(places[0], other) or not _is_work_of(self.candidates[places[0]], self.candidates[other]):
                    suggest(places[0], other, f"same address: {address}")
        self._suggest_alike(ids, suggest)
        return found

    def _suggest_alike(self, ids: Sequence[str], suggest: Callable[[int, int, str], None]) -> None:
        """Suggest items whose titles are almost equal, found by two neighbouring words that few titles have."""
        keys = self._neighbours_of_entries(ids)
        blocks = self._by_neighbours({pair for _, pairs in keys for pair in pairs})
        for index, pairs in keys:
            for other in dict.fromkeys(other for pair in pairs for other in blocks[pair]):
                if other < index or not self.candidates[other].entry:
                    one, known = self.candidates[index], self.candidates[other]
                    likely = ids[other] != ids[index] and self._kinds_agree(other, index) and not _known_to_differ(one, known)
                    if likely and titles_alike(one.title, known.title):
                        suggest(other, index, "very similar titles")

    def _neighbours_of_entries(self, ids: Sequence[str]) -> list[tuple[int, list[tuple[str, str, str]]]]:
        """Return the entries, each title of an item once, with the neighbouring words of their titles."""
        seen: set[tuple[str, str]] = set()
        keys: list[tuple[int, list[tuple[str, str, str]]]] = []
        for index, one in enumerate(self.candidates):
            if one.entry and (ids[index], title_key(one.title)) not in seen:
                seen.add((ids[index], title_key(one.title)))
                keys.append((index, neighbours(one.title)))
        return keys

    def _by_neighbours(self, wanted: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], list[int]]:
        """Return for each pair of neighbouring words the first candidates that have it in their titles."""
        blocks: dict[tuple[str, str, str], list[int]] = {pair: [] for pair in wanted}
        for index, one in enumerate(self.candidates):
            for pair in neighbours(one.title) if blocks else ():
                if (block := blocks.get(pair)) is not None and len(block) < _CROWDED:
                    block.append(index)
        return blocks


def _is_work_of(one: Candidate, other: Candidate) -> bool:
    """Return whether the two are a model and the paper, page or repository that presents it."""
    kinds = {one.kind, other.kind} - {"model"}
    return bool(kinds <= {"paper", "article", "codebase", "other"})


def _known_to_differ(one: Candidate, other: Candidate) -> bool:
    return bool(one.arxiv and other.arxiv and one.arxiv != other.arxiv) or bool(one.doi and other.doi and one.doi != other.doi)
