"""Where and when works appear: conferences and journals by their usual names, and places with a year behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studygroup.catalogue.recognise.vocabulary.dates import MONTH, MONTH_AND_YEAR, SEASON, YEAR, full_year, year_of, years_in
from studygroup.catalogue.recognise.vocabulary.tables import words
from studygroup.catalogue.recognise.vocabulary.words import plain

_VENUE_NAMES = "|".join(words("venues", "names"))
_TRACK = r"(?:Findings|Workshops?|Oral|Spotlight|Demo|Best Paper)"
_VENUE = (
    rf"(?:(?:Findings of |In |Proc\. |the )*(?:{_VENUE_NAMES})(?:[ -]{_TRACK})*"
    rf"[\s,'’]*(?P<year>(?:(?:19|20)\d\d)|(?<=['’])\d\d)?(?:[ -]?{_TRACK})?)"
)
_VENUE_ALONE = re.compile(_VENUE)
_VENUE_LAST = re.compile(rf"(?:^|[\s,.;(\[]+)(?P<venue>{_VENUE})[\s).\];,]*$")
_PLACE_AND_YEAR = re.compile(
    rf"(?!(?:A|An|The|This|In|On|{SEASON}|{MONTH})(?:\b|\s))(?P<place>[A-Z][\w&'’()/@+-]*"
    rf"(?:[ :]+(?:[A-Z@][\w&'’()/@+-]*|of|on|in|and|the|for|&)){{0,6}}?)[\s,(]+(?P<year>{YEAR})\)?"
    r"(?:[ ,]+(?:Oral|Spotlight|Workshops?|Findings|Outstanding|Best|Short|Long|Industry|Demo|Track|Paper|[Pp]aper|Highlight|\(\w+\)))*",
)
_PREPRINT = re.compile(r"arXiv[\s:]*(?:preprint\s*)?(?:arXiv[\s:]*)?\d{4}(?:\.\d{4,5}(?:v\d+)?)?", re.IGNORECASE)
_ARXIV_ID = re.compile(r"arXiv[\s:]*\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE)
_SOCIETY = re.compile(r"[A-Z]{2,6} ?\([\w-]{2,10}\)")
_SHORT_YEAR = re.compile(r"(?P<venue>[A-Z][\w&+ -]{1,20}?)\s?['’]\s?(?P<year>(?:19|20)?\d\d)")
_EMOJI_BEHIND = re.compile(r"[\s\u2600-\u27bf\u2b50\ufe0f\U0001f300-\U0001faff]+$")
LOWER_VENUES = frozenset(["arxiv", "nature", "science", "cell", "pnas"])


@dataclass
class Cited:
    """What a text says of a work: its title, who wrote it, where and when it appeared, and what is left over.

    ``certain``: the text itself proves that it names a work. ``note`` is a date or a nickname before the title.
    """

    title: str = ""
    authors: list[str] = field(default_factory=list)
    venue: str = ""
    year: int | None = None
    rest: str = ""
    organisation: str = ""
    publisher: str = ""
    note: str = ""
    kind: str = ""
    certain: bool = True

    @property
    def said(self) -> bool:
        """Whether it says who, where or when."""
        return bool(self.authors or self.venue or self.year)


def venue_of(text: str) -> tuple[str, int | None]:
    """Return a venue and its year if the text is nothing else, else an empty string and None.

    >>> venue_of("ICML 2022"), venue_of("Jason Wei")
    (('ICML 2022', 2022), ('', None))
    """
    text = plain(text).strip(" ()[],.;")
    found = _VENUE_ALONE.fullmatch(text)
    return (text, full_year(found["year"]) if found["year"] else None) if found else ("", None)


def split_venue(text: str) -> tuple[str, str, int | None]:
    """Return text without the venue at its end, that venue, and its year.

    >>> split_venue("Ada Lovelace, Bo Chen. NeurIPS 2021.")
    ('Ada Lovelace, Bo Chen', 'NeurIPS 2021', 2021)
    """
    found = _VENUE_LAST.search(text[-120:])
    if not found:
        return text, "", None
    return text[: len(text) - len(found[0])].rstrip(" ,.;(["), *venue_of(found["venue"])


def short_place(text: str) -> Cited | None:
    """Return what ``ICML'19``, ``WIREs'2017`` or ``VLDB 2020`` says, or None if it is no place with its year.

    >>> said = short_place("WIREs'2017")
    >>> said.venue, said.year, short_place("Fall leaves")
    ('WIREs 2017', 2017, None)
    """
    if found := _SHORT_YEAR.fullmatch(text.strip()):
        year = full_year(found["year"])
        return Cited(venue=f"{found['venue'].strip()} {year}", year=year)
    said = Cited()
    return said if "'" not in text and "’" not in text and read_place(said, text) and said.year else None


def read_place(said: Cited, part: str) -> bool:
    """Take where and when a work appeared from a part of a citation that says nothing else; return whether it did."""
    part = _EMOJI_BEHIND.sub("", plain(part)).strip(" ,;*_()[]")
    if " et al" in part or len(part) > 160:
        return False
    if ("’" in part or "'" in part) and (short := short_place(part)) is not None:
        said.venue, said.year = said.venue or part, said.year or short.year
        return True
    if "; " in part and len(part) <= 120:
        return _read_places(said, part.split("; "))
    venue, year = venue_of(part)
    if not venue and part.split(" ")[0] in LOWER_VENUES and len(part.split()) < 3:
        venue, year = part, year_of(part.rpartition(" ")[2])
    if alone := year_of(part):
        said.year = said.year or alone
    elif _ARXIV_ID.fullmatch(part):
        return True
    elif venue or part.lower() in LOWER_VENUES or _PREPRINT.fullmatch(part) or _SOCIETY.fullmatch(part):
        said.venue, said.year = said.venue or venue or part, said.year or year
    elif dated := MONTH_AND_YEAR.fullmatch(part):
        said.year = said.year or int(dated["year"])
    elif (found := _PLACE_AND_YEAR.fullmatch(part)) and len(part) <= 80:
        whole = part + ")" if part.count("(") > part.count(")") else part
        said.venue, said.year = said.venue or whole, said.year or int(found["year"])
    else:
        return False
    return True


def _read_places(said: Cited, pieces: list[str]) -> bool:
    """Take a preprint and where it was published then: ``arXiv 1708; ICCV 2017``."""
    places = [Cited() for _ in pieces]
    if not all(read_place(place, piece) for place, piece in zip(places, pieces, strict=True)):
        return False
    last = next((place for place in reversed(places) if place.year), places[-1])
    said.venue, said.year = said.venue or last.venue, said.year or last.year
    return True


def is_place(text: str) -> bool:
    """Return whether a text says where or when a work appeared, and nothing else."""
    return read_place(Cited(), text)


def place_in_note(text: str) -> Cited:
    """Return what a note says of where and when a work appeared.

    >>> said = place_in_note("2021, ICML")
    >>> said.venue, said.year, place_in_note("VLDB 2021 from Ann Lee").authors, place_in_note("2019").venue
    ('ICML 2021', 2021, ['Ann Lee'], '')
    """
    from studygroup.catalogue.recognise.vocabulary.names import is_person

    if (parted := _parted(text)) or (parted := short_place(text)):
        return parted
    first, mark, behind = text.partition(" from ")
    if not mark:
        first, _, behind = text.partition(",")
    said = Cited()
    if year_of(behind) or not read_place(said, first):
        years = years_in(text)
        return Cited(venue="" if year_of(text) else plain(text), year=years[-1] if years else None)
    if mark and is_person(behind):
        said.authors = [behind]
    return said


def _parted(text: str) -> Cited | None:
    """Return what ``NeurIPS, 2019`` or ``2021 ICLR`` says: venues and years and nothing else."""
    pieces = text.replace(",", " ").replace(";", " ").replace(". ", " ").split()
    venues = [piece for piece in pieces if venue_of(piece)[0] and not piece.isdigit()]
    years = [year for piece in pieces if (year := year_of(piece))]
    if not venues or not years or len(venues) + len(years) < len(pieces):
        return None
    return Cited(venue=f"{' '.join(venues)} {years[-1]}", year=years[-1])
