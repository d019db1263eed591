"""Names of persons written with initials, in the three orders of the common citation styles."""

from __future__ import annotations

import re
from typing import NamedTuple

_CAPITAL = r"[^\W\d_a-z]"
_SURNAME = rf"(?:(?:van|von|de|der|den|del|la|le|di|da|dos) ){{0,3}}{_CAPITAL}[\w'’-]{{1,30}}(?: {_CAPITAL}[\w'’-]{{2,30}})?"
_STYLES = (
    # "Lovelace, A. B."
    re.compile(rf"(?P<surname>{_SURNAME}), ?(?P<initials>(?:{_CAPITAL}\.[ -]?){{1,4}})"),
    # "A. B. Lovelace"
    re.compile(rf"(?P<initials>(?:{_CAPITAL}\.[ -]?){{1,4}})(?P<surname>{_SURNAME})"),
    # "Lovelace AB"
    re.compile(rf"(?P<surname>{_SURNAME}) (?P<initials>{_CAPITAL}{{1,3}})(?=[,.;:]|\s+et al|\s+and\s|\s*\(|\s*$)"),
)
_BARE = 2
_BETWEEN = re.compile(
    r"\s*(?:[,;]?\s*(?:\.\.\.|…)[,\s]*(?:&\s*|and\s+)?|[,;]?\s*&\s*|[,;]?\s+(?:and|und|y|et|и)\s+|[,;]\s*)(?!al\b)"
)
# "Ada M. Lovelace, …": what looked like a surname is a given name.
_GIVEN_NAME = re.compile(rf"\.\s+{_CAPITAL}[\w'’-]+(?:,|\s+and\b|\.)")
_OTHERS = re.compile(r"[,\s]*\bet al\b\.?")
_MOST_NAMES = 60


class Lead(NamedTuple):
    """The names at the beginning of a text, given names first, where they end, and whether they have no full stops."""

    names: list[str]
    end: int
    bare: bool = False


def lead_names(text: str) -> Lead | None:
    """Return the names with initials that a text begins with, or None.

    >>> lead_names("Goodfellow, I., Bengio, Y., & Courville, A. (2016). Deep Learning.")
    Lead(names=['I. Goodfellow', 'Y. Bengio', 'A. Courville'], end=43, bare=False)
    >>> lead_names("Lovelace AB, Chen C, et al. On engines.").names, lead_names("On engines")
    (['A. B. Lovelace', 'C. Chen et al.'], None)
    """
    for index, style in enumerate(_STYLES):
        names: list[str] = []
        place, end = 0, 0
        while len(names) < _MOST_NAMES and (found := style.match(text, place)) and not found["surname"].isupper():
            initials = " ".join(f"{letter}." for letter in found["initials"] if letter.isalpha())
            names.append(f"{initials} {found['surname']}")
            end = found.end() - (len(found[0]) - len(found[0].rstrip()))
            between = _BETWEEN.match(text, end)
            if not between:
                break
            place = between.end()
        if index == _BARE and len(names) == 1 and _GIVEN_NAME.match(text, end):
            return None
        if names:
            if others := _OTHERS.match(text, end):
                names[-1] += " et al."
                end = others.end()
            return Lead(names, end, index == _BARE)
    return None


def given_first(text: str) -> list[str] | None:
    """Return the names of a text that is nothing but names with initials, given names first; None for any other text.

    >>> given_first("Vaswani A, Shazeer N"), given_first("Murphy, K. P."), given_first("Ada Lovelace")
    (['A. Vaswani', 'N. Shazeer'], ['K. P. Murphy'], None)
    """
    text = text.strip(" ,;")
    lead = lead_names(text)
    if lead is None or text[lead.end :].strip(" .,;") or (lead.bare and len(lead.names) == 1 and "et al" not in text):
        return None
    return lead.names
