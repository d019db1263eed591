"""Titles signed with names: ``Title by Ann Lee``, ``Title - Ann Lee``, ``Title. Ann Lee.``, ``Title, Ann Lee, Wood Press``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studygroup.catalogue.first_import import citation, wording

# Some are surnames too: those count only at the beginning.
PUBLISHER = re.compile(
    r"\b(?:Press|Publish\w*|Books|Verlag|Springer|O[’']Reilly|Packt|Addison[ -]Wesley|McGraw|Prentice|Elsevier|Apress|No Starch|"
    r"Bookshelf|Editorial|Editora|Penguin|издательство)\b|出版社|^(?:Wiley|Manning|Pearson|Norton|Pragmatic\w*|Academic)\b",
    re.IGNORECASE,
)
_EDITION = re.compile(r"\b(?:editions?|ed\.?|vol(?:ume)?\.?|revised|edición|издание)\b", re.IGNORECASE)
_BY = re.compile(r",?\s+(?:by:?|von|par|от)\s+")
_DASHES = re.compile(r"\s+[-–—|/]+\s+")
_STOPS = re.compile(r"(?<![\s.][A-Z])(?<!^[A-Z])(?<!\b[JSDM]r)[.?!]\s+")
_AND_BEFORE = re.compile(r"^(?:and|&|und|y|и)\s+")
# Pages of persons where many have one.
_PROFILE = re.compile(
    r"(?:www\.)?(?:github\.com/[^/]+|gitlab\.com/[^/]+|twitter\.com/[^/]+|x\.com/[^/]+|linkedin\.com/in/[^/]+|orcid\.org/.+|"
    r"scholar\.google\.[a-z.]+/citations.*|openreview\.net/profile.*|dblp\.org/pid/.+)$"
)
_ARTICLES = frozenset({"the", "a", "an"})
_LONGEST = 400
_MOST_PIECES = 30


@dataclass
class Signed:
    """A title with its authors, and what stands behind these: publishers, places, years."""

    title: str
    authors: list[str]
    behind: list[str] = field(default_factory=list)


def persons_of(text: str, *, surnames: bool = False, marked: bool = False) -> list[str]:
    """Return the persons that a text names if it names nobody and nothing else, else none.

    ``surnames``: several surnames alone are names too; ``marked``: the title is set apart, so that an ending tells nothing.

    >>> persons_of("Ann Lee & Bo Chen"), persons_of("Second Edition"), persons_of("J Mason, L Burton")
    (['Ann Lee', 'Bo Chen'], [], ['J Mason', 'L Burton'])
    >>> persons_of("Hastie, Tibshirani, Friedman"), persons_of("Hastie, Tibshirani, Friedman", surnames=True)
    ([], ['Hastie', 'Tibshirani', 'Friedman'])
    """
    text = re.sub(r"\s*\([^()]*\)", "", wording.plain(text)).strip(" .,;*_|")
    if not text or len(text) > _LONGEST or _EDITION.search(text) or PUBLISHER.search(text):
        return []
    text = re.sub(r"\s+[\"“][^\"“”]{1,20}[\"”]", "", text)
    names = citation.names_in_order(text)
    if not names or not (marked or wording.are_names(names)):
        return []
    if (
        surnames
        and len(names) > 1
        and all(citation.SURNAME.fullmatch(name) and not wording.is_known_maker(name) for name in names)
    ):
        return names
    return (
        names if all(wording.is_person(name) and not wording.is_organisation(_without_others(name)) for name in names) else []
    )


def _without_others(name: str) -> str:
    """Return the first of ``Lee et al.`` as if it were a whole name."""
    alone = name.removesuffix(" et al.")
    return alone if alone == name or " " in alone else f"A. {alone}"


def is_homepage(name: str, url: str) -> bool:
    """Return whether a link is a person's name and leads to that person's own page.

    >>> is_homepage("Ann Lee", "https://annlee.example.org/"), is_homepage("Ann Lee", "https://github.com/alee")
    (True, True)
    >>> is_homepage("Deep Learning", "https://www.deeplearningbook.org/"), is_homepage("Ann Lee", "https://example.org/talks/7")
    (False, False)
    """
    words = name.split()
    if (
        not 2 <= len(words) <= 4
        or words[0].lower() in _ARTICLES
        or not wording.is_person(name)
        or wording.is_organisation(name)
        or not wording.are_names([name])
    ):
        return False
    place = url.lower().partition("://")[2].strip("/")
    given, surname = words[0].lower(), "".join(character for character in words[-1].lower() if character.isalnum())
    if "~" in place or _PROFILE.match(place):
        return True
    own = re.search(rf"\b{re.escape(given[0])}(?:{re.escape(given[1:])})?[._-]?{surname}", place)
    return len(surname) > 2 and place.count("/") < 3 and bool(own)


def read_signed(text: str) -> Signed | None:
    """Return the title and the authors of a signed title, or None if no names of persons stand behind one.

    >>> read_signed("Men of Mathematics, E. T. Bell."), read_signed("Patterns, Practices and Trees")
    (Signed(title='Men of Mathematics', authors=['E. T. Bell'], behind=[]), None)
    >>> read_signed("How to Prove It. A Structured Approach. Ann Lee.").title
    'How to Prove It. A Structured Approach'
    >>> read_signed("Bird Songs, Second Edition, Ann Lee & Bo Chen, Wood Press").behind
    ['Wood Press']
    """
    if len(text) > _LONGEST:
        return None
    for pattern in (_BY, _DASHES):
        head, tail = _apart(pattern, text)
        head = wording.strip_marks(head)
        if head and (names := persons_of(tail, surnames=pattern is _BY)):
            return Signed(head, names)
    return _behind_stop(text) or _behind_comma(text)


def _apart(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return what stands before and behind the last match, or two empty strings."""
    found = list(pattern.finditer(text))
    last = found[-1] if found else None
    return (text[: last.start()].strip(), text[last.end() :]) if last else ("", "")


def _behind_stop(text: str) -> Signed | None:
    text = text.rstrip(" .")
    head, tail = _apart(_STOPS, text)
    if head and (names := persons_of(tail)):
        return Signed(text[: text.rindex(tail)].rstrip(" ."), names)
    return None


def _behind_comma(text: str) -> Signed | None:
    pieces = text.rstrip(" .").split(", ")
    if not 2 <= len(pieces) <= _MOST_PIECES:
        return None
    named = [[], *(persons_of(_AND_BEFORE.sub("", piece)) for piece in pieces[1:])]
    first = next((index for index, names in enumerate(named) if names), 0)
    if not first:
        return None
    end = next((index for index in range(first, len(pieces)) if not named[index]), len(pieces))
    names = [name for several in named[first:end] for name in several]
    title, behind = ", ".join(pieces[:first]), pieces[end:]
    closed = all(PUBLISHER.search(piece) or citation.read_place(citation.Cited(), piece) for piece in behind)
    return Signed(title, names, behind) if closed and (len(title.split()) > 1 or len(names) == 1) else None
