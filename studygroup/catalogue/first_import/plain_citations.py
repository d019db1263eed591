"""Whole citations in plain text: names, title, venue and year in one of two usual orders."""

from __future__ import annotations

import re

from studygroup.catalogue.first_import import wording
from studygroup.catalogue.first_import.citation import Cited
from studygroup.catalogue.first_import.foreign_names import persons_of

_LONGEST = 600
# "Berg, A., & Lund, T. (2018). Small gates. arXiv:1801.00001"
_NAMES_YEAR_TITLE = re.compile(
    r"(?P<names>[^()\d]{4,300}?)\s*\((?P<year>(?:19|20)\d\d)[a-z]?\)\.?,?\s+(?P<title>[^.]{8,}?(?:\.[^.\s][^.]*)*)(?:\.(?:\s+(?P<rest>.*))?)?"
)
_QUOTED = re.compile(r"^(?P<names>[^\"“”]{4,300}?),\s*[\"“](?P<title>[^\"“”]{8,300})[\"”],?\s*(?P<rest>.*)$")
_QUOTED_ANYWHERE = re.compile(
    r"^(?:\[\d+\]\s*)?(?P<names>[^\"“”\[\]]{2,200}?)[,.]\s*[\"“](?P<title>[^\"“”]{8,300})[\"”][.,]?\s*(?P<rest>.*)$"
)
_ET_AL = re.compile(r"(?P<name>[^\W\d_][^\d,]*?),?\s*et\.?\s*al\.?")
_PREPRINT_OR_YEAR = re.compile(r"arxiv:.*|(?:19|20)\d\d\b.*", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19[5-9]|20[0-4])\d\b")
_AND = re.compile(r"\s+(?:and|&)\s+")
_FEWEST_TITLE_WORDS = 3


def read_plain_citation(text: str) -> Cited | None:
    """Return what a citation says, or None where text is none: names first, then title, venue and year.

    >>> found = read_plain_citation("Ana Berg and Tom Lund, Trees for Parsing and Tagging, CVPR, 2015.")
    >>> found.title, found.authors, found.venue, found.year
    ('Trees for Parsing and Tagging', ['Ana Berg', 'Tom Lund'], 'CVPR', 2015)
    >>> found = read_plain_citation("Moss, Eva; Lund, Tom (2015). Small Gates for Rain.")
    >>> found.title, found.authors, found.year
    ('Small Gates for Rain', ['Eva Moss', 'Tom Lund'], 2015)
    """
    text = wording.plain(text[:_LONGEST]).rstrip(" [(→:|-–—")
    dated = _read_names_year_title(text) if ";" in text.partition("(")[0] else None
    return dated or _read_quoted(text) or _read_names_title_venue(text)


def read_quoted_reference(text: str, bold: str) -> Cited | None:
    """Return what a reference says whose title stands in quotes and in bold, wherever it appeared; None for any other.

    >>> read_quoted_reference('[5] Lee, et al. "Small Gates for Rain". In arXiv preprint, 2016.', "Small Gates for Rain").authors
    ['Lee et al.']
    """
    found = _QUOTED_ANYWHERE.match(wording.plain(text[:_LONGEST]))
    if not found or wording.plain(bold).strip(" .,") != found["title"].strip(" .,"):
        return None
    names = found["names"].strip(" ,.")
    lone = _ET_AL.fullmatch(names)
    authors = [f"{lone['name']} et al."] if lone else [name for name in _names(names.split(",")) if wording.is_person(name)]
    return Cited(found["title"].strip(" ,."), authors, _venue(found["rest"]), _year(found["rest"]))


def read_dated_citation(text: str) -> Cited | None:
    """Return what a citation with its year in parentheses behind the names says, or None."""
    return _read_names_year_title(wording.plain(text[:_LONGEST]))


def _read_names_year_title(text: str) -> Cited | None:
    found = _NAMES_YEAR_TITLE.fullmatch(text)
    if not found or "," not in found["names"]:
        return None
    persons, others = persons_of([re.sub(r",?\s*(?:&|\band\b)\s*", ", ", found["names"].strip(" ,"))])
    if not persons or others:
        return None
    return Cited(found["title"].strip(), persons, _venue(found["rest"] or ""), int(found["year"]))


def _read_quoted(text: str) -> Cited | None:
    found = _QUOTED.match(text)
    if not found:
        return None
    names = _names(found["names"].split(","))
    # One who writes in lower case stands among others.
    persons = sum(map(wording.is_person, names))
    if len(names) < 2 or persons * 2 < len(names) or persons == len(names):
        return None
    return Cited(found["title"].strip(" ,."), names, _venue(found["rest"]), _year(found["rest"]))


def _read_names_title_venue(text: str) -> Cited | None:
    pieces = [piece.strip() for piece in text.split(",")]
    count = 0
    while count < len(pieces) and all(map(wording.is_person, _names([pieces[count]]))):
        count += 1
    end = next((place for place in range(count + 1, len(pieces)) if _is_place(pieces[place])), len(pieces))
    title = ", ".join(pieces[count:end]).strip(" .")
    if not count or "et al" in title or '"' in title or end == len(pieces) or len(title.split()) < _FEWEST_TITLE_WORDS:
        return None
    rest = ", ".join(pieces[end:])
    return Cited(title, _names(pieces[:count]), _venue(rest), _year(rest))


def _names(pieces: list[str]) -> list[str]:
    return [
        name.strip(" .") for piece in pieces for name in _AND.split(re.sub(r"^\s*(?:and|&)\s+", "", piece)) if name.strip(" .")
    ]


def _is_place(piece: str) -> bool:
    return bool(_PREPRINT_OR_YEAR.match(piece) or wording.venue_of(piece.partition(" / ")[0])[0])


def _venue(rest: str) -> str:
    """Return the venue in what stands behind a title, without a preprint's number and without its year."""
    pieces = [piece.strip(" .") for part in rest.split(",") for piece in part.split(" / ")]
    return next((wording.venue_of(piece)[0] for piece in pieces if wording.venue_of(piece)[0]), "")


def _year(rest: str) -> int | None:
    found = _YEAR.search(re.sub(r"arxiv:\S+", "", rest, flags=re.IGNORECASE))
    return int(found[0]) if found else None
