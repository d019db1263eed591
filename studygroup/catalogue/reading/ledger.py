"""The ledger of an import: each segment of a document is in exactly one place, an entry or what was left out, with a reason."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec

from studygroup.catalogue.reading.segments import ADDRESS, WORDED, Segment, trimmed

_WORD = re.compile(r"[^\W_]+")
# So many lines above its entry a badge or a picture may stand.
_ABOVE = 3
_BADGE = re.compile(r"shields\.io|badge|/workflows/|contrib\.rocks|star-history|visitor", re.IGNORECASE)
HEADING = "heading"
_WHY_ITSELF = {"comment": "comment", "code": "code", "unread": "could not be read", "e-mail": "e-mail address"}
_WHY_WORDS = {
    "row": "row without a work",
    "columns": "row without a work",
    "item": "line without a link",
    "front matter": "front matter",
}
_NO_PAGE = ("mailto:", "tel:", "javascript:", "data:")


class LeftOut(msgspec.Struct, frozen=True, order=True):
    """A link or a line with words that no entry holds: its line, words, address (empty for words), and why it was left out.

    ``section`` are the headings above it. ``text`` is the line's own where a link has no label.
    """

    line: int
    text: str
    url: str = ""
    reason: str = ""
    section: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others whatever line it is on."""
        return self.text, self.url


class Repaired(msgspec.Struct, frozen=True):
    """An address as the document has it, and as the entry on the line has it."""

    line: int
    written: str
    url: str


class Stand(NamedTuple):
    """What an entry holds: its line, its addresses, everything that it says, and the headings above it."""

    line: int
    addresses: tuple[str, ...]
    texts: tuple[str, ...]
    section: tuple[str, ...] = ()


class Ledger(NamedTuple):
    """``places`` has for each segment the line of its entry, ``HEADING`` for one of a section or the list, or the reason why it was left out."""

    places: tuple[int | str, ...]
    left_out: tuple[LeftOut, ...]
    repaired: tuple[Repaired, ...]


class Judge(NamedTuple):
    """What a document's reader knows: how it repairs an address, why a section holds no works (or an empty text), whether a
    link's text is only a label such as *pdf*, the names by which links lead to the document's own headings, and its title.
    """

    repair: Callable[[str], str] = str.strip
    no_works: Callable[[str], str] = lambda heading: ""
    is_label: Callable[[str], bool] = lambda text: False
    inside: frozenset[str] = frozenset()
    title: str = ""


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, without their case."""
    return {word for text in texts for word in _WORD.findall(text.casefold())}


def make_ledger(segments: Sequence[Segment], stands: Sequence[Stand], judge: Judge) -> Ledger:
    """Return where each segment of a document is: in an entry, or left out and why."""
    return _Accounts(stands, judge).make(segments)


class _Group:
    """The entries of one line: what they hold together; their words are looked at when they are needed."""

    def __init__(self) -> None:
        self.addresses: set[str] = set()
        self.texts: list[str] = []
        self._words: set[str] | None = None

    @property
    def words(self) -> set[str]:
        if self._words is None:
            self._words = words_of(self.texts)
        return self._words


class _Accounts:
    def __init__(self, stands: Sequence[Stand], judge: Judge) -> None:
        self.judge = judge
        self.groups: dict[int, _Group] = {}
        # By address the first line that has it.
        self.everywhere: dict[str, int] = {}
        self.sections: set[frozenset[str]] = set()
        for section in {stand.section for stand in stands}:
            self.sections.update(frozenset(words_of([heading])) for heading in section)
        for stand in stands:
            group = self.groups.setdefault(stand.line, _Group())
            held = {*stand.addresses, *(trimmed(url) for text in stand.texts if "://" in text for url in ADDRESS.findall(text))}
            group.addresses |= held
            for url in held:
                self.everywhere.setdefault(url, stand.line)
            group.texts += stand.texts
        self.lines = sorted(self.groups)
        self.headings: list[tuple[int, str]] = []
        self.section: tuple[str, ...] = ()
        self.about = ""
        self.title = words_of([judge.title])
        self.repaired: list[Repaired] = []

    def make(self, segments: Sequence[Segment]) -> Ledger:
        """Return the ledger: the segments line by line, so that a link without a label has its line's words."""
        places: list[int | str] = []
        left: list[LeftOut] = []
        ordered = sorted(range(len(segments)), key=lambda index: segments[index].line)
        found: dict[int, int | str] = {}
        for _, held in groupby(ordered, key=lambda index: segments[index].line):
            line = [*held]
            said = " ".join(segments[index].text for index in line if not segments[index].url and segments[index].text)
            for index in line:
                one = segments[index]
                if one.what == "heading" and one.level:
                    self._enter(one)
                found[index] = place = self._place(one)
                if isinstance(place, str) and place != HEADING:
                    named = WORDED.search(one.text) and not (one.url and said and self.judge.is_label(one.text))
                    text = one.text if named else said
                    left.append(LeftOut(one.line, text[:2000], one.url, place, self.section))
        places = [found[index] for index in range(len(segments))]
        return Ledger(tuple(places), tuple(dict.fromkeys(left)), tuple(dict.fromkeys(self.repaired)))

    def _enter(self, one: Segment) -> None:
        while self.headings and self.headings[-1][0] >= one.level:
            self.headings.pop()
        self.headings.append((one.level, one.text))
        self.section = tuple(text for level, text in self.headings if level > 1 or words_of([text]) != self.title)
        self.about = next(filter(None, map(self.judge.no_works, self.section)), "")

    def _near(self, line: int) -> Iterator[int]:
        """Yield the lines of the entries that a line may belong to: the last one from it upwards, the next one if it is close."""
        at = bisect_right(self.lines, line)
        if at:
            yield self.lines[at - 1]
        if at < len(self.lines) and self.lines[at] - line <= _ABOVE:
            yield self.lines[at]

    def _place(self, one: Segment) -> int | str:
        return self._place_of_link(one) if one.url else self._place_of_words(one)

    def _place_of_link(self, one: Segment) -> int | str:
        near = [*self._near(one.line)]
        if one.url in self.everywhere and (line := self._holder(near, one.url)) is not None:
            return line
        right = self.judge.repair(one.url)
        if right != one.url and right in self.everywhere:
            line = self._holder(near, right)
            self.repaired.append(Repaired(one.line, one.url, right))
            if line is not None:
                return line
        if one.what == "definition":
            return self.everywhere.get(one.url, "a definition that nothing uses")
        return self._why_link(one, {one.url, right})

    def _holder(self, lines: Iterable[int], url: str) -> int | None:
        return next((line for line in lines if url in self.groups[line].addresses), None)

    def _why_link(self, one: Segment, addresses: set[str]) -> str:
        if one.what in _WHY_ITSELF or one.what == "front matter":
            return _WHY_ITSELF.get(one.what, one.what)
        if one.what in {"picture", "badge"}:
            return "badge" if one.what == "badge" or _BADGE.search(one.url) else "picture"
        if one.url.startswith("#") or one.url in self.judge.inside:
            return "contents"
        if one.url.lower().startswith(_NO_PAGE):
            return "address of a person"
        if self.about:
            return self.about
        return "link of an entry elsewhere" if addresses & self.everywhere.keys() else "link"

    def _place_of_words(self, one: Segment) -> int | str:
        if one.what in _WHY_ITSELF:
            return _WHY_ITSELF[one.what]
        if one.what == "columns" and (at := bisect_right(self.lines, one.line)) < len(self.lines):
            # What a column is called is said of every row under it.
            return self.lines[at]
        if one.what in {"heading", "front matter"} and (place := self._place_of_head(one)):
            return place
        words = {word for word in _WORD.findall(one.text.casefold()) if len(word) > 2}
        if one.what == "row" and words and frozenset(words_of([one.text])) in self.sections:
            return HEADING
        for line in self._near(one.line):
            held = self.groups[line].words
            if (line == one.line and not words) or (words and len(words & held) * 2 >= len(words)):
                return line
        if one.line in self.groups:
            return "rest of an entry's line"
        if self.about:
            return self.about
        return _WHY_WORDS.get(one.what, "prose")

    def _place_of_head(self, one: Segment) -> str:
        """Return where a heading or a field at the page's top is, or an empty text if an entry may hold it."""
        words = words_of([one.text]) - ({"title"} if one.what == "front matter" else set())
        if words <= self.title or (one.what == "heading" and frozenset(words) in self.sections):
            return HEADING
        return "" if one.line in self.groups or one.what == "front matter" else "heading without entries"
