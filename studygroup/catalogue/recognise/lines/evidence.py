"""Which part of a line is its title: small rules, each of which adds evidence for or against; none takes anything away.

A line has up to three candidates: what is before its first link, the link's label, and what is behind it. ``RULES`` is the whole
list; ``benchmarks/rules.py`` switches each off in turn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from studygroup.catalogue.reading.tree import BREAK, Span, text_of
from studygroup.catalogue.recognise.lines.citation import read_citation, read_label
from studygroup.catalogue.recognise.vocabulary.columns import role_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.tables import finds_word
from studygroup.catalogue.recognise.vocabulary.venues import venue_of
from studygroup.catalogue.recognise.vocabulary.words import QUOTES, has_words, plain

LONGEST_TITLE_WORDS = 30
LONGEST_LEAD_WORDS = 3
_ENDS_SET_OFF = re.compile(r"(?:[:：|•·→–—]|\s-{1,3}|-\s)\s*[\[(（【]?\s*$")
_POINTER = finds_word("beginnings", "pointers")
_PREPOSITION = re.compile(
    r"(?:By|From|And|Or|As|In|On|Of|To|With|More|Also|Try|Get|Watch|Read|Details?|Source|Note|Join|Follow)\b"
)
_SHORTEST_SENTENCE = 4
PRODUCTS = frozenset(
    str.split("github gitlab pytorch tensorflow jax colab medium substack youtube vimeo bilibili huggingface openreview arxiv")
)

Place = Literal["before", "label", "behind"]


@dataclass
class Line:
    """A line with a link: its runs, the place of the first link, and whether it is one of a paragraph."""

    runs: Sequence[Span]
    first: int
    strict: bool = False

    @cached_property
    def link(self) -> Span:
        """The first link."""
        return self.runs[self.first]

    @cached_property
    def lead(self) -> str:
        """The words before the first link, but those in code."""
        return plain("".join(run.text for run in self.runs[: self.first] if not run.code and not run.url)).rstrip("< ")

    @cached_property
    def tidy(self) -> str:
        """The words before the first link without the marks around them."""
        return self.lead.strip(" \t[](){}（）【】\"'“”*-–—•·|>+")

    @cached_property
    def words(self) -> int:
        """How many words are before the first link."""
        return len(self.lead.split())

    @cached_property
    def bold(self) -> bool:
        """Whether there are bold words before the first link, but not in brackets."""
        return any(
            run.bold and has_words(run.text) and not (place and self.runs[place - 1].text.rstrip().endswith("("))
            for place, run in enumerate(self.runs[: self.first])
        )

    @cached_property
    def set_off(self) -> bool:
        """Whether a mark parts the words before the first link from it."""
        return bool(_ENDS_SET_OFF.search(self.lead))

    @cached_property
    def announced(self) -> bool:
        """Whether the words before the first link only say that a paper follows (*Presented paper: …*)."""
        return self.lead.endswith(":") and self.words <= LONGEST_LEAD_WORDS and role_of(self.tidy) == "work"

    @cached_property
    def form(self) -> str | None:
        """What the first link's label says that is behind it; None if it may be a title."""
        return label_form(self.link.text)

    @cached_property
    def said(self) -> bool:
        """Whether the first link's label only says who, where or when."""
        told = has_words(self.lead) or " et al" in self.link.text
        return told and (self.form is None or bool(venue_of(self.link.text)[0])) and read_label(self.link.text) is not None

    @cached_property
    def is_quoted(self) -> bool:
        """Whether the first link's label is in quotation marks as a whole."""
        text = self.link.text
        return len(text.split()) > 2 and text[-1] == QUOTES.get(text[0])

    @cached_property
    def quoted_last(self) -> tuple[str, str] | None:
        """The words before a title in quotation marks that ends what is before the first link, and the title."""
        text = self.lead.rstrip(", ")
        opening = next((mark for mark, end in QUOTES.items() if text.endswith(end)), "")
        head, found, title = text[:-1].rpartition(opening) if opening else ("", "", "")
        return (head, title) if found and len(title.split()) > 2 else None

    @cached_property
    def on_later_line(self) -> bool:
        """Whether the first link begins a line below a title in bold."""
        before = [place for place, run in enumerate(self.runs[: self.first]) if run.text == BREAK and not run.bold]
        return bool(before) and self.bold and not has_words(text_of(self.runs[before[-1] : self.first]))

    @cached_property
    def is_product(self) -> bool:
        """Whether the first link's label is the name of a program or a host, which may be what the line is about."""
        return self.link.text.strip().lower() in PRODUCTS

    @cached_property
    def is_explained(self) -> bool:
        """Whether what is behind the first link is set off from it, as an explanation is."""
        behind = self.runs[self.first + 1].text if self.first + 1 < len(self.runs) else ""
        return behind.lstrip().startswith(("(", "-", "–", "—"))

    @cached_property
    def in_brackets(self) -> bool:
        """Whether the first link is a short label in brackets behind a longer text."""
        if not self.lead.rstrip().endswith(("(", "[", "（", "【")) or self.words < 2:
            return False
        behind = self.runs[self.first + 1].text.lstrip() if self.first + 1 < len(self.runs) else ""
        return len(self.link.text.split()) <= LONGEST_LEAD_WORDS and behind.startswith(
            (")", "]", "）", "】", "|", ",", "/", ";")
        )

    @cached_property
    def is_pointer(self) -> bool:
        """Whether the words before the first link only lead to it (*See also*); a title may well begin with *On* or *To*."""
        if not _POINTER.match(self.tidy):
            return False
        return self.words < _SHORTEST_SENTENCE or self.tidy[0].islower() or not _PREPOSITION.match(self.tidy)

    @cached_property
    def in_capitals(self) -> bool:
        """Whether the words before a bare address are written as titles are, however they begin (*To the Harbour*)."""
        words = self.tidy.split()
        return (
            not self.link.text
            and self.words > 1
            and all(word[:1].isupper() or len(word) < 4 for word in words[1:])
            and words[-1][:1].isupper()
        )

    @cached_property
    def is_reference(self) -> bool:
        """Whether the words before the first link are a reference with its year: who, when, what, where."""
        said = read_citation(self.lead)
        return said is not None and bool(said.authors and said.year)


class TitleCandidate(NamedTuple):
    """A part of a line that may be its title."""

    place: Place
    text: str


def candidates(line: Line) -> list[TitleCandidate]:
    """Return the parts of a line that may be its title."""
    found = [TitleCandidate("before", line.lead), TitleCandidate("label", line.link.text)]
    if not has_words(line.lead):
        behind = next((run.text for run in line.runs[line.first + 1 :] if _may_be_title(run)), "")
        found.append(TitleCandidate("behind", behind))
    return found


def _may_be_title(run: Span) -> bool:
    return not run.picture and has_words(run.text) and label_form(run.text.strip("[]() ")) is None


def no_words(line: Line, one: TitleCandidate) -> float:
    """A title says something."""
    return -9.0 if not has_words(one.text) else 0.0


def says_what_it_is(line: Line, one: TitleCandidate) -> float:
    """*Paper* and *pdf* are labels, and so is what only names who, where or when."""
    if one.place != "label" or not (line.form is not None or line.said):
        return 0.0
    return 0.0 if line.is_product and line.is_explained else -4.0


def in_brackets_behind(line: Line, one: TitleCandidate) -> float:
    """A short label in brackets behind a longer text belongs to that."""
    return -4.0 if one.place == "label" and line.in_brackets else 0.0


def is_link(line: Line, one: TitleCandidate) -> float:
    """What is linked is more often the title than what is beside it."""
    return 1.5 if one.place == "label" else 0.0


def only_leads_there(line: Line, one: TitleCandidate) -> float:
    """*See also* leads to a title and is none."""
    return -3.0 if one.place == "before" and line.is_pointer and not line.bold and not line.in_capitals else 0.0


def below_its_title(line: Line, one: TitleCandidate) -> float:
    """A link on a line of its own below a title in bold is that one's."""
    return -3.0 if one.place == "label" and line.on_later_line else 0.0


def is_quoted(line: Line, one: TitleCandidate) -> float:
    """A link whose label is in quotation marks as a whole is a title, whatever is before it."""
    return 3.0 if one.place == "label" and line.is_quoted else 0.0


def is_in_a_sentence(line: Line, one: TitleCandidate) -> float:
    """In a paragraph, words that nothing parts from their link are a sentence."""
    told = (
        line.bold or line.announced or (one.place == "before" and (line.set_off or line.is_reference or bool(line.quoted_last)))
    )
    return -3.0 if line.strict and has_words(line.lead) and one.place != "behind" and not told else 0.0


Rule = Callable[[Line, TitleCandidate], float]
RULES: list[Rule] = [
    no_words,
    says_what_it_is,
    in_brackets_behind,
    is_link,
    only_leads_there,
    below_its_title,
    is_quoted,
    is_in_a_sentence,
]
"""What speaks for a part of a line as its title, or against it."""


def choose(line: Line) -> tuple[TitleCandidate, float]:
    """Return the part of a line that is its title, and what speaks for it; below 0 the line names no work."""
    scored = [(one, sum(rule(line, one) for rule in RULES)) for one in candidates(line)]
    return max(scored, key=lambda pair: pair[1])


def words_of(runs: Sequence[Span]) -> str:
    """Return the words of runs that are no links."""
    return plain(text_of([run for run in runs if not run.url]))
