"""Which entries are the same item: what is certain is joined, what is likely becomes a suggestion."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache

import msgspec

from studygroup.catalogue.address import address_key
from studygroup.catalogue.item import make_item_id

Pairs = Collection[frozenset[str]]

_PARENTHESES = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]\s*$")
_PART = re.compile(
    r"(?:.*\b(?:parts?|vol(?:ume)?|version|v|ed(?:ition)?|chapter|lecture|lesson|week|day|no|episode)\b\.?.*|[ivx]+|[\d.]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ROMAN = re.compile(r"(?:i{1,3}|iv|vi{0,3}|ix|x)")
_OWNER = re.compile(r"^\s*(?:[^\W_][\w.-]*\s+)?[^\W_][\w.-]*['’]s\s+(?:the\s+)?|^the\s+", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "and",
        "in",
        "on",
        "with",
        "to",
        "from",
        "by",
        "is",
        "are",
        "as",
        "at",
        "or",
        "via",
        "using",
        "how",
        "what",
        "why",
    ]
)

# Of a hundred: rapidfuzz' ratio of the words in order. Below it, titles of one field resemble each other by chance.
_ALIKE = 90
_GOES_ON_ALIKE = 60

_BEGINNING = 5

# Words or addresses that more candidates share say nothing.
_CROWDED = 30


class Suggestion(msgspec.Struct, frozen=True):
    """Two items that are probably one; a person decides."""

    items: tuple[str, str]
    why: str


class Candidate(msgspec.Struct):
    """An item of the catalogue (``item`` is its id) or an entry, with what it can be recognised by.

    ``place`` names the list and section (or table) of an entry, ``maker`` an organisation beside its title. ``item`` of an
    entry is where an earlier import put it.
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


class Grouping(msgspec.Struct, frozen=True):
    """The id of each candidate's item, in the candidates' order, each item's title, and suggestions."""

    ids: tuple[str, ...]
    titles: dict[str, str]
    suggestions: tuple[Suggestion, ...]


def title_key(title: str) -> str:
    """Return what equal titles share: case, punctuation, blanks, hyphens, a leading article and a nickname at the end folded.

    >>> title_key("Language Models are Few-Shot Learners (GPT 3.0)") == title_key("language models are few shot learners")
    True
    >>> title_key("Attention (Part 1)") == title_key("Attention (Part 2)")
    False
    """
    return _key(title)


@lru_cache(maxsize=262144)
def _key(title: str) -> str:
    folded = unicodedata.normalize("NFKC", without_nickname(title)).casefold()
    words = _WORD.findall(folded)
    if len(words) > 1 and words[0] in {"the", "a", "an"}:
        words = words[1:]
    # A title of marks alone (C++, 🤗) is its own key.
    return "".join(words) or folded


def without_nickname(title: str) -> str:
    """Return a title without what stands in parentheses at its end, unless that tells one part from another."""
    found = _PARENTHESES.search(title[-200:]) if title.endswith((")", "]", "）")) else None
    if not found or _PART.fullmatch(found[1].strip()):
        return title
    return title[: len(title) - len(found[0])] or title


def better_title(first: str, later: str) -> str:
    """Return the title that an item of both gets: the first, unless it is a nickname or only the beginning of the later one.

    >>> better_title("LoRA", "LoRA: Low-Rank Adaptation of Large Language Models")
    'LoRA: Low-Rank Adaptation of Large Language Models'
    >>> better_title("Few-Shot Learners (GPT 3.0)", "Few-Shot Learners")
    'Few-Shot Learners'
    >>> better_title("Few-Shot Learners", "few-shot learners (GPT 3.0)")
    'Few-Shot Learners'
    """
    plain, other = without_nickname(first), without_nickname(later)
    if _key(plain) == _key(other):
        return later if plain != first and other == later else first
    begins = other.casefold().startswith(plain.casefold()) and not other[len(plain) : len(plain) + 1].isalnum()
    return later if begins and len(other) > len(plain) and not _numbers_differ(first, later) else first


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
        if one.item and one.item in self.by_item:
            self._join(self.by_item[one.item], index)
        elif one.item:
            self.by_item[one.item] = index
        if one.entry:
            self._find(index)
        self._remember(index)

    def _find(self, index: int) -> None:
        """Join an entry with what it certainly is; note what it may be."""
        one = self.candidates[index]
        if not one.borrowed and one.kind != "model":
            for kind in ("arxiv", "doi"):
                known = self.by_id.get((kind, getattr(one, kind))) if getattr(one, kind) else None
                if known is not None:
                    self._join(known, index)
        for other in self.by_title.get(_key(one.title), ()):
            why_not = self._why_not_by_title(other, index)
            if why_not is None:
                self._join(other, index)
            elif why_not:
                self.likely.append((other, index, why_not))
        address = "" if one.borrowed else address_key(one.url)
        for other in self.by_address.get(address, ())[:_CROWDED] if address else ():
            if titles_agree(self.candidates[other].title, one.title) and self._kinds_agree(other, index):
                self._join(other, index)

    def _remember(self, index: int) -> None:
        one = self.candidates[index]
        if not one.borrowed and one.kind != "model":
            for kind in ("arxiv", "doi"):
                if getattr(one, kind):
                    self.by_id.setdefault((kind, getattr(one, kind)), index)
        titled = self.by_title.setdefault(_key(one.title), [])
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

    def _item(self, root: int) -> str:
        return next((self.candidates[index].item for index in self.members[root][:1] if self.candidates[index].item), "")

    def _is_kept_apart(self, first: int, second: int) -> bool:
        """Return whether a person said that the two groups are different."""
        if not self.apart:
            return False
        # Who has no item yet is known by the id that its title would give.
        ids = [
            {self.candidates[index].item or make_item_id(self.candidates[index].title) for index in self.members[root]}
            & self.apart
            for root in (first, second)
        ]
        return any(frozenset((one, other)) in self.different for one in ids[0] for other in ids[1] if one != other)

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
        taken = set(self.by_item)
        for root, members in self.members.items():
            title = self.candidates[members[0]].title
            name = self._item(root)
            if not name:
                for index in members[1:]:
                    title = better_title(title, self.candidates[index].title)
                name = make_item_id(title, taken)
                taken.add(name)
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
        blocks: dict[tuple[str, str, str], list[int]] = {}
        seen: set[tuple[str, str]] = set()
        keys: list[tuple[int, list[tuple[str, str, str]]]] = []
        for index, one in enumerate(self.candidates):
            if one.entry and (ids[index], _key(one.title)) not in seen:
                seen.add((ids[index], _key(one.title)))
                keys.append((index, pairs := _neighbours(one.title)))
                for pair in pairs:
                    blocks.setdefault(pair, [])
        for index, one in enumerate(self.candidates):
            for pair in _neighbours(one.title) if blocks else ():
                if (block := blocks.get(pair)) is not None and len(block) < _CROWDED:
                    block.append(index)
        for index, pairs in keys:
            for other in dict.fromkeys(other for pair in pairs for other in blocks[pair]):
                if other < index or not self.candidates[other].entry:
                    one, known = self.candidates[index], self.candidates[other]
                    likely = ids[other] != ids[index] and self._kinds_agree(other, index) and not _known_to_differ(one, known)
                    if likely and _titles_alike(one.title, known.title):
                        suggest(other, index, "very similar titles")


def _is_work_of(one: Candidate, other: Candidate) -> bool:
    """Return whether the two are a model and the paper, page or repository that presents it."""
    kinds = {one.kind, other.kind} - {"model"}
    return bool(kinds <= {"paper", "article", "codebase", "other"})


def _known_to_differ(one: Candidate, other: Candidate) -> bool:
    return bool(one.arxiv and other.arxiv and one.arxiv != other.arxiv) or bool(one.doi and other.doi and one.doi != other.doi)


@lru_cache(maxsize=262144)
def _words(title: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", without_nickname(title)).casefold()))


def _neighbours(title: str) -> list[tuple[str, str, str]]:
    """Return the pairs of neighbouring words of substance, each with the beginning of the title's first word.

    Titles whose first words begin differently are never alike (``_begin_alike``), so they need not be compared.
    """
    core = _words_without_owner(title)
    words = [word for word in core if word not in _FUNCTION_WORDS]
    return [(core[0][:_BEGINNING], one, other) for one, other in itertools.pairwise(words)]


def _numbers_differ(one: str, other: str) -> bool:
    """Return whether the titles tell versions or parts apart: their numbers, also Roman ones, are not the same."""
    return _numerals(one) != _numerals(other)


@lru_cache(maxsize=262144)
def _numerals(title: str) -> frozenset[str]:
    words = _words(title)
    roman = {word for word in words[1:] if _ROMAN.fullmatch(word) and word not in {"i", "x"}}
    return frozenset((*_NUMBER.findall(without_nickname(title)), *roman))


def titles_agree(one: str, other: str) -> bool:
    """Return whether two titles of one address can be one work's: one holds the other, or they hardly differ.

    >>> titles_agree("LLM Bootcamp", 'Full Stack Deep Learning\\'s "LLM BootCamp"'), titles_agree("Vicuna", "FastChat")
    (True, False)
    >>> titles_agree("Textbooks Are All You Need", "Textbooks Are All You Need II")
    False
    """
    if _numbers_differ(one, other):
        return False
    return _key(one) == _key(other) or _holds(_words(one), _words(other)) or _ratio(one, other) >= _ALIKE


def _titles_alike(one: str, other: str) -> bool:
    """Return whether two titles are so alike that the works are probably one, whatever their addresses."""
    short, long = sorted((_words_without_owner(one), _words_without_owner(other)), key=len)
    if len(short) < 3 or not _begin_alike(short[0], long[0]) or _numbers_differ(one, other) or _key(one) == _key(other):
        return False
    if short == long or len(short) == 3:
        return short == long
    if len(short) >= 5 and len(long) - len(short) <= 2 and _holds(short, long):
        return True
    return _ratio(one, other) >= _ALIKE or _named_alike(one, other)


@lru_cache(maxsize=262144)
def _words_without_owner(title: str) -> tuple[str, ...]:
    """Return a title's words without whose it is: *Karpathy's The State of GPT*."""
    return _words(_OWNER.sub("", title))


def _begin_alike(one: str, other: str) -> bool:
    """Return whether two first words are one but for an ending; *Training …* and *Aligning …* are not, TRL and TRLX neither."""
    return one == other or (min(len(one), len(other)) >= _BEGINNING and (one.startswith(other) or other.startswith(one)))


def _named_alike(one: str, other: str) -> bool:
    """Return whether two titles bear one name before a colon and go on alike."""
    (name, colon, rest), (known, also, more) = one.partition(":"), other.partition(":")
    return bool(colon and also) and len(_key(name)) >= 4 and _key(name) == _key(known) and _ratio(rest, more) >= _GOES_ON_ALIKE


def _holds(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether the shorter title's words stand together in the longer one."""
    short, long = sorted((one, other), key=len)
    if not short or len(short) > 60 or len(long) > 200:
        return False
    return any(tuple(long[start : start + len(short)]) == tuple(short) for start in range(len(long) - len(short) + 1))


def _ratio(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(" ".join(_words(one)), " ".join(_words(other))))


def pairs_of(ids: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Return pairs as they are compared: without order."""
    return {frozenset(pair) for pair in ids}
