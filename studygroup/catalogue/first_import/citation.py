"""Pieces of citations: names of persons in any order, where and when a work appeared; ``references`` puts them together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studygroup.catalogue.first_import import wording
from studygroup.catalogue.first_import.initials import given_first

YEAR = r"(?:19[5-9]|20[0-4])\d"
SURNAME = re.compile(r"[A-Z][a-zà-ÿ’'-]+")
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    "dec(?:ember)?|spring|summer|autumn|fall|winter"
)
# A full stop ends a part of a citation, unless it stands behind an initial.
_PARTS = re.compile(r"(?<![\s.][A-Z])(?<!^[A-Z])\.(?:\s+|$)|[\n\v]+|\s+[|•·]\s+")
_TOUCHING = re.compile(r"\bet al\.?(?=[A-Za-z]{3})")
_PLACE = re.compile(
    rf"(?!(?:A|An|The|This|In|On|{_MONTHS})\b)(?P<place>[A-Z][\w&'’()/@+-]*"
    rf"(?:[ :]+(?:[A-Z@][\w&'’()/@+-]*|of|on|in|and|the|for|&)){{0,6}}?)[\s,(]+(?P<year>{YEAR})\)?"
    r"(?:[ ,]+(?:Oral|Spotlight|Workshops?|Findings|Outstanding|Best|Short|Long|Industry|Demo|Track|Paper|[Pp]aper|Highlight|\(\w+\)))*",
)
_DATED = re.compile(rf"(?:\d{{1,2}} )?(?:{_MONTHS})[.,]? (?:\d{{1,2}}, )?({YEAR})", re.IGNORECASE)
_PREPRINT = re.compile(r"arXiv[\s:]*(?:preprint\s*)?(?:arXiv[\s:]*)?\d{4}(?:\.\d{4,5}(?:v\d+)?)?", re.IGNORECASE)
_WORKPLACE = re.compile(r"\s*\([^()]*\)\s*et al\b")
_SOCIETY = re.compile(r"[A-Z]{2,6} ?\([\w-]{2,10}\)")
LOWER_VENUES = frozenset(["arxiv", "nature", "science", "cell", "pnas"])
_WHO_WHEN = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’.-]*(?:(?:\s*[,&]\s*|\s+and\s+|\s+)(?:[^\W\d_a-z][\w'’.-]*|et al\.?|van|von|de|der|la|le)){{0,7}})"
    rf",?\s*\((?P<year>{YEAR})[a-z]?\)\.?"
)
# "Lovelace et al. 2017", "Lee and Chen, 2020": two names, or others beside one.
_WHO_WHEN_BARE = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’-]+(?:\s+et al\b\.?|(?:,\s+[^\W\d_a-z][\w'’-]+){{0,5}},?\s+(?:and|&)\s+[^\W\d_a-z][\w'’-]+))"
    rf",?\s+\(?(?P<year>{YEAR})[a-z]?\)?"
)
_BETWEEN_NAMES = re.compile(r"\s*(?:;|,?\s+(?:and|und|y|e)\s+|,?\s*&\s*|,)\s*")
_EMOJI_BEHIND = re.compile(r"[\s\u2600-\u27bf\u2b50\ufe0f\U0001f300-\U0001faff]+$")
_SHORT_YEAR = re.compile(r"(?P<venue>[A-Z][\w&+ -]{1,20}?)\s?['’]\s?(?P<year>(?:19|20)?\d\d)")
_LONGEST_LABEL_WORDS = 10


@dataclass
class Cited:
    """What a citation says: its title, who wrote it, where and when it appeared, and what is left over."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    venue: str = ""
    year: int | None = None
    rest: str = ""


def read_label(label: str) -> Cited | None:
    """Return what a label says that only names who, where or when (``Turing (1950)``, ``CHI 2024``); None for any other.

    >>> read_label("Ritchie, Thompson (1974)").authors, read_label("ACL 2023 Outstanding paper").year, read_label("Fall leaves")
    (['Ritchie', 'Thompson'], 2023, None)
    """
    label = wording.plain(label).strip("[] ")
    if not label or len(label.split()) > _LONGEST_LABEL_WORDS:
        return None
    if found := _WHO_WHEN.fullmatch(label):
        return Cited(authors=names_in_order(found["names"]), year=int(found["year"]))
    first, _, behind = label.partition(", ")
    said = Cited()
    if behind and (wording.venue_of(first)[0] or first.lower() in LOWER_VENUES) and (dated := _DATED.fullmatch(behind)):
        return Cited(venue=first, year=int(dated[1]))
    if read_place(said, label) and said.venue:
        return said
    return None


def read_who_and_when(text: str) -> Cited | None:
    """Return what ``Lovelace et al. 2017`` says, or None if the text says anything else.

    >>> read_who_and_when("Lovelace et al. 2017").authors, read_who_and_when("Lee and Chen, 2020").year, read_who_and_when("Oaks 2020")
    (['Lovelace et al.'], 2020, None)
    """
    found = _WHO_WHEN_BARE.fullmatch(wording.plain(text).strip(" .,:;-–—"))
    return Cited(authors=names_in_order(found["names"]), year=int(found["year"])) if found else None


def read_names(text: str) -> list[str]:
    """Return the names of persons, given names first, where a text names at least two, or one *et al.*, and nothing else.

    >>> read_names("Lovelace, Ada, Bo Chen, and Cy Diaz"), read_names("Deep Forests")
    (['Ada Lovelace', 'Bo Chen', 'Cy Diaz'], [])
    """
    said = Cited()
    text = wording.plain(text).strip(" ,;")
    return said.authors if _read_authors(said, text if text.endswith("al.") else text.rstrip(".")) else []


def full_year(text: str) -> int:
    """Return a year of two or four digits as one of four.

    >>> full_year("19"), full_year("98"), full_year("2016")
    (2019, 1998, 2016)
    """
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= 50 else 2000)


def read_short_place(text: str) -> Cited | None:
    """Return what ``ICML'19``, ``WIREs'2017`` or ``VLDB 2020`` says, or None if it is no place with its year.

    >>> said = read_short_place("WIREs'2017")
    >>> said.venue, said.year, read_short_place("Fall leaves")
    ('WIREs 2017', 2017, None)
    """
    if found := _SHORT_YEAR.fullmatch(text.strip()):
        year = full_year(found["year"])
        return Cited(venue=f"{found['venue'].strip()} {year}", year=year)
    said = Cited()
    return said if "'" not in text and "’" not in text and read_place(said, text) and said.year else None


def read_place(said: Cited, part: str) -> bool:
    """Take where and when a work appeared from a part of a citation that says nothing else; return whether it did."""
    part = _EMOJI_BEHIND.sub("", wording.plain(part)).strip(" ,;*_()[]")
    if " et al" in part:
        return False
    if "’" in part or "'" in part:
        short = read_short_place(part)
        if short is not None:
            said.venue, said.year = said.venue or part, said.year or short.year
            return True
    if "; " in part and len(part) <= 120:
        # "arXiv 1708; ICCV 2017": a preprint, then where it was published.
        places = [Cited() for _ in part.split("; ")]
        if not all(read_place(place, piece) for place, piece in zip(places, part.split("; "), strict=True)):
            return False
        last = next((place for place in reversed(places) if place.year), places[-1])
        said.venue, said.year = said.venue or last.venue, said.year or last.year
        return True
    venue, year = wording.venue_of(part)
    if not venue and part.split(" ")[0] in LOWER_VENUES:
        venue, year = (part, _year_behind(part)) if len(part.split()) < 3 else ("", None)
    if alone := wording.year_of(part):
        said.year = said.year or alone
    elif venue or part.lower() in LOWER_VENUES or _PREPRINT.fullmatch(part) or _SOCIETY.fullmatch(part):
        said.venue, said.year = said.venue or venue or part, said.year or year
    elif dated := _DATED.fullmatch(part):
        said.year = said.year or int(dated[1])
    elif (found := _PLACE.fullmatch(part)) and len(part) <= 80:
        said.venue, said.year = said.venue or part, said.year or int(found["year"])
    else:
        return False
    return True


def _year_behind(part: str) -> int | None:
    return wording.year_of(part.rpartition(" ")[2])


def read_parts(text: str) -> Cited:
    """Return what the parts of a citation behind its title say, up to the first that says something else.

    >>> said = read_parts("Ada Lovelace, Bo Q. Chen. NeurIPS 2021. A fine read.")
    >>> said.authors, said.venue, said.year, said.rest
    (['Ada Lovelace', 'Bo Q. Chen'], 'NeurIPS 2021', 2021, 'A fine read.')
    """
    said = Cited()
    text = _TOUCHING.sub("et al. ", text)
    if "et al" in text[:300] and "(" in text[:300]:
        # "Ann Lee(Univ. of Woods) et al.": where somebody works is not kept.
        text = _WORKPLACE.sub(" et al", text, count=1)
    start = 0
    for found in [*_PARTS.finditer(text[:600]), None]:
        end = found.start() if found else len(text)
        part = text[start:end].strip(" \t\n*_,;|•·")
        if wording.has_words(part) and not (read_place(said, part) or _read_authors(said, part) or _read_both(said, part)):
            break
        start = found.end() if found else len(text)
    else:
        return said
    said.rest = text[start:].strip()
    return said


def _read_authors(said: Cited, part: str) -> bool:
    """Take the authors from a part that names nobody else; one name alone is too little."""
    part = re.sub(r"\([^()]*\)", "", part).strip()
    if said.authors or not part[:1].isupper() or len(part) > 600:
        return False
    if part.endswith(("et al", "et al.")):
        said.authors = names_in_order(part)
        return bool(said.authors)
    names = names_in_order(part)
    persons = [name for name in names if wording.is_person(name)]
    if len(persons) < 2 or len(persons) < len(names) or not wording.are_names(persons):
        return False
    said.authors = names
    return True


def _read_both(said: Cited, part: str) -> bool:
    """Take several authors with where or when it appeared from a part that says nothing else (``Ann Lee, Bo Chen; 2020``)."""
    if said.authors or said.year or len(part) > 600:
        return False
    both = read_who_and_when(part) or read_signature(part.replace("; ", ", "))
    if not both.year or not both.authors or not wording.are_names(both.authors):
        return False
    if len(both.authors) < 2 and not both.authors[-1].endswith(" et al."):
        return False
    said.authors, said.year, said.venue = both.authors, both.year, said.venue or both.venue
    return True


def names_in_order(text: str) -> list[str]:
    """Return names of persons with the given names first, whichever way they were written.

    >>> names_in_order("LeCun, Yann, Yoshua Bengio, and Geoffrey Hinton")
    ['Yann LeCun', 'Yoshua Bengio', 'Geoffrey Hinton']
    >>> names_in_order("Gori, Marco and Tsoi, Ah Chung and others"), names_in_order("He, Kaiming, et al.")
    (['Marco Gori', 'Ah Chung Tsoi'], ['Kaiming He et al.'])
    """
    text = wording.plain(text).strip(" ,;")
    if named := given_first(text[:600]):
        return named
    text, found, _ = text.partition(" et al")
    others = " et al." if found else ""
    text = re.sub(r"[∗*†‡§]", "", text.strip(" ,;"))
    pieces = [piece for piece in re.split(r"\s+and\s+", text) if piece.strip(" .") != "others"]
    if len(pieces) > 1 and all(piece.count(",") == 1 for piece in pieces):
        names = [" ".join(reversed([part.strip() for part in piece.split(",")])) for piece in pieces]
    else:
        names = [name.strip(" ") for name in _BETWEEN_NAMES.split(text) if wording.has_words(name)]
        if len(names) > 1 and " " not in names[0] and (others or len(names) > 2 or " " in names[-1] or "." in names[1]):
            inverted = len(names[1].split()) <= 3 and all(" " in name or "." in name for name in names[2:])
            if inverted and (len(names) > 2 or others):
                names[:2] = [f"{names[1]} {names[0]}"]
    names = [name.removeprefix("and ").strip() for name in names]
    if others and names:
        names = [names[0] + others] if len(names) == 1 else [*names[:-1], names[-1] + others]
    return names


def read_signature(text: str) -> Cited:
    """Return whom ``Ann Lee, Bo Chen, ICML 2012`` names behind *by*, and what stands behind them.

    >>> read_signature("Gori, Marco and Tsoi, Ah Chung, 2009").authors, read_signature("Ann Lee, 2012").year
    (['Marco Gori', 'Ah Chung Tsoi'], 2012)
    """
    said = Cited()
    pieces = text.split(", ")
    while len(pieces) > 1 and any(character.isdigit() for character in pieces[-1]) and read_place(said, pieces[-1]):
        pieces.pop()
    names = names_in_order(", ".join(pieces))
    if names and all(wording.is_person(name) and not wording.is_organisation(name) for name in names):
        said.authors = names
    return said
