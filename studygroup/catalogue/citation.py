"""Citations as lists write them: who, what, where and when, in the order and the marks of the common styles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from studygroup.catalogue import wording
from studygroup.catalogue.initials import Lead, given_first, lead_names
from studygroup.catalogue.spans import Span, text_of

_YEAR = r"(?:19[5-9]|20[0-4])\d"
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    "dec(?:ember)?|spring|summer|autumn|fall|winter"
)
# A full stop ends a part of a citation, unless it stands behind an initial.
_PARTS = re.compile(r"(?<![\s.][A-Z])(?<!^[A-Z])\.(?:\s+|$)|[\n\v]+|\s+[|•·]\s+")
_TOUCHING = re.compile(r"\bet al\.?(?=[A-Za-z]{3})")
_PLACE = re.compile(
    rf"(?!(?:A|An|The|This|In|On|{_MONTHS})\b)(?P<place>[A-Z][\w&'’()/@+-]*"
    rf"(?:[ :]+(?:[A-Z@][\w&'’()/@+-]*|of|on|in|and|the|for|&)){{0,6}}?)[\s,(]+(?P<year>{_YEAR})\)?"
    r"(?:[ ,]+(?:Oral|Spotlight|Workshops?|Findings|Outstanding|Best|Short|Long|Industry|Demo|Track|Paper|[Pp]aper|Highlight|\(\w+\)))*",
)
_DATED = re.compile(rf"(?:\d{{1,2}} )?(?:{_MONTHS})[.,]? (?:\d{{1,2}}, )?({_YEAR})", re.IGNORECASE)
_PREPRINT = re.compile(r"arXiv[\s:]*(?:preprint\s*)?(?:arXiv[\s:]*)?\d{4}(?:\.\d{4,5}(?:v\d+)?)?", re.IGNORECASE)
_WORKPLACE = re.compile(r"\s*\([^()]*\)\s*et al\b")
_SOCIETY = re.compile(r"[A-Z]{2,6} ?\([\w-]{2,10}\)")
_LOWER_VENUES = frozenset(["arxiv", "nature", "science", "cell", "pnas"])
_QUOTED = re.compile(r'^(?P<before>[^"“”]*)["“](?P<title>[^"“”]{6,300})["”](?P<after>[^"“”]*)$', re.DOTALL)
_NUMBERED = re.compile(r"^\s*[\[(]?\d{1,4}[\])]?[.:]?(?=\s)")
_LAST_YEAR = re.compile(rf"[\s,(]*\(?({_YEAR})[a-z]?\)?\s*(?:[.:;,]\s*[\d–-]*)?[\s.]*$")
_WHO_WHEN = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’.-]*(?:(?:\s*[,&]\s*|\s+and\s+|\s+)(?:[^\W\d_a-z][\w'’.-]*|et al\.?|van|von|de|der|la|le)){{0,7}})"
    rf",?\s*\((?P<year>{_YEAR})[a-z]?\)\.?"
)
# "Lovelace et al. 2017", "Lee and Chen, 2020": two names, or others beside one.
_WHO_WHEN_BARE = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’-]+(?:\s+et al\b\.?|(?:,\s+[^\W\d_a-z][\w'’-]+){{0,5}},?\s+(?:and|&)\s+[^\W\d_a-z][\w'’-]+))"
    rf",?\s+\(?(?P<year>{_YEAR})[a-z]?\)?"
)
_BETWEEN_NAMES = re.compile(r"\s*(?:;|,?\s+(?:and|und|y|e)\s+|,?\s*&\s*|,)\s*")
# "(2016)." or "2016." behind the names of a reference.
_REFERENCE_YEAR = re.compile(rf"[\s.,]*(?:\((?P<year>{_YEAR})[a-z]?(?:,[^()]{{1,20}})?\)|(?P<plain>{_YEAR})[.,])[\s.,:]*")
_ANY_YEAR = re.compile(rf"\b{_YEAR}\b")
_REFERENCE_BEGINS = re.compile(r"\s*[.,:]\s+")
_REFERENCE_TITLE_END = re.compile(r"[.?!](?=\s)(?<![\s.][A-Z]\.)\s*")
_PUBLISHED = re.compile(
    r",\s+([^,]*\b(?:Press|Publish\w*|Books?|Verlag|Springer(?:[ -]\w+)?|Wiley|O[’']Reilly|Packt|Manning|Pearson|Addison[ -]Wesley|"
    r"McGraw[ -]Hill|Prentice[ -]Hall|Elsevier|Apress|Wesley|University|Editorial|Penguin|Norton|CRC)\b[^,]*)$"
)
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
    if behind and (wording.venue_of(first)[0] or first.lower() in _LOWER_VENUES) and (dated := _DATED.fullmatch(behind)):
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
    part = wording.plain(part).strip(" ,;*_()[]")
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
    if not venue and part.split(" ")[0] in _LOWER_VENUES:
        venue, year = (part, _year_behind(part)) if len(part.split()) < 3 else ("", None)
    if alone := wording.year_of(part):
        said.year = said.year or alone
    elif venue or part.lower() in _LOWER_VENUES or _PREPRINT.fullmatch(part) or _SOCIETY.fullmatch(part):
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


def read_reference(text: str) -> Cited | None:
    """Return what a reference in a common style says, whose names with initials stand before its title; None for other text.

    >>> said = read_reference("Goodfellow, I., & Courville, A. (2016). Deep Learning. MIT Press.")
    >>> said.authors, said.year, said.title, said.venue
    (['I. Goodfellow', 'A. Courville'], 2016, 'Deep Learning', 'MIT Press')
    >>> read_reference("Lovelace A, Chen B. On engines. Nature. 2017;5:1-9.").title
    'On engines'
    >>> read_reference("C. Lovelace, Notes on Engines, Wood Press").title, read_reference("On engines") is None
    ('Notes on Engines', True)
    """
    text = wording.plain(_NUMBERED.sub("", text[:1000])).strip(" ,;")
    lead = lead_names(text[:600])
    if lead is None:
        head, _, _ = text[:600].partition(". ")
        behind = text[len(head) :]
        names = names_in_order(head) if _REFERENCE_YEAR.match(behind) else []
        if not names or ":" in head or not all(map(wording.is_person, names)):
            return None
        lead = Lead(names, len(head))
    rest = text[lead.end :]
    said = Cited(authors=lead.names)
    if dated := _REFERENCE_YEAR.match(rest):
        said.year = int(dated["year"] or dated["plain"])
    elif (lead.bare and len(lead.names) == 1 and not _ANY_YEAR.search(rest)) or not (dated := _REFERENCE_BEGINS.match(rest)):
        return None
    rest = rest[dated.end() :].strip(' "“”*_')
    ended = _REFERENCE_TITLE_END.search(rest)
    said.title, behind = (rest[: ended.start() + 1], rest[ended.end() :]) if ended else (rest, "")
    if not behind and (published := _PUBLISHED.search(said.title)):
        said.title, behind = said.title[: published.start()], published[1]
    said.title = said.title.strip(' .,;:"“”*_')
    if len(said.title.split()) < 2 and not said.year:
        return None
    year = said.year
    behind = re.sub(r"\s*\(pp?\.[^()]*\)", "", re.sub(r"^In:? ", "", behind))
    said = _with_place(said, behind)
    said.year = year or said.year
    return said


def read_named_title(text: str) -> Cited | None:
    """Return what ``Ann Lee, Bo Chen. Title. Venue 2020`` says: names alone, a sentence that is the title, and what follows.

    >>> said = read_named_title("Lovelace et al. Notes on Engines. ICML 2020")
    >>> said.authors, said.title, said.year, read_named_title("Notes on Engines. For everybody.")
    (['Lovelace et al.'], 'Notes on Engines', 2020, None)
    """
    text = wording.plain(text[:1000]).strip(" ,;")
    if lead := lead_names(text[:600]):
        names, rest = lead.names, text[lead.end :]
    else:
        head, _, rest = text.partition(". ")
        names = read_names(head)
    rest = rest.lstrip(" .,:")
    if not names or not rest[:1].isupper():
        return None
    ended = _REFERENCE_TITLE_END.search(rest)
    title, behind = (rest[: ended.start() + 1], rest[ended.end() :]) if ended else (rest, "")
    return _with_place(Cited(title, names), behind) if len(title.split()) > 1 else None


def read_names_and_year(text: str) -> Cited | None:
    """Return whom and when ``Lovelace, A., & Chen, B. (2016).`` names, or None if the text says anything else.

    >>> read_names_and_year("Lovelace, A., & Chen, B. (2016).").authors, read_names_and_year("Trees (2016).")
    (['A. Lovelace', 'B. Chen'], None)
    """
    text = wording.plain(_NUMBERED.sub("", text[:600])).strip(" ,;")
    lead = lead_names(text)
    if lead is None or not (dated := _REFERENCE_YEAR.fullmatch(text[lead.end :] + " ")):
        return None
    return Cited(authors=lead.names, year=int(dated["year"] or dated["plain"]))


def read_quoted(text: str) -> Cited | None:
    """Return what ``Ann Lee, Bo Chen. "Title." Venue, 2012`` cites, or None if no names alone stand before the quotes."""
    found = _QUOTED.match(text)
    if not found:
        return None
    before = _NUMBERED.sub("", found["before"]).strip(" \t\n.,:;-–—")
    authors = names_in_order(before) if wording.has_words(before) else []
    named = all(wording.is_person(re.sub(r" et al\.$", "", name)) for name in authors)
    return _with_place(Cited(found["title"], authors), found["after"]) if named and (authors or not before) else None


def split_lead(spans: Sequence[Span]) -> Cited | None:
    """Return what the text before a link that only says ``pdf`` cites, if its marks tell which part is the title.

    The title stands in quotes (``Ann Lee. "Title." Venue``), in bold, or in italics between authors and venue; or the
    authors stand in italics behind it. None if there are no such marks.
    """
    text = text_of([span for span in spans if not span.url and not span.code])
    if quoted := read_quoted(text):
        return quoted
    if (reference := read_reference(text)) and (reference.year or reference.venue):
        return reference
    if unmarked := _read_unmarked(text):
        return unmarked
    marked = [index for index, span in enumerate(spans) if span.italic and not span.url and wording.has_words(span.text)]
    if not marked or any(span.bold for span in spans):
        return None
    before = _spaced(text_of([span for span in spans[: marked[0]] if not span.url]))
    middle = text_of(spans[marked[0] : marked[-1] + 1])
    after = text_of([span for span in spans[marked[-1] + 1 :] if not span.url])
    said = Cited()
    if read_place(said, middle) and len(before.split()) >= 2 and not wording.has_words(after):
        said.title = re.sub(r"[\s.,;]*\b[Ii]n:?\s*$", "", before) or before
        return said
    names = read_parts(middle)
    if names.authors and len(before.split()) >= 2 and not before.rstrip().endswith((",", ";")):
        names.title, names.rest = before, f"{names.rest} {after}".strip(" [(")
        return names
    authors = names_in_order(before) if wording.has_words(before) else []
    if len(middle.split()) >= 2 and authors and all(map(wording.is_person, authors)):
        return _with_place(Cited(middle, authors), after)
    return None


def _read_unmarked(text: str) -> Cited | None:
    """Return what ``Ann Lee, Bo Chen, Title, arXiv:1410.3916, 2014`` cites: names before its title, places behind it."""
    pieces = [piece.strip() for piece in re.split(r",\s+(?:and\s+)?|\s+and\s+", text.strip(" \t\n.,[(")) if piece.strip()]
    if not 4 <= len(pieces) <= 40:
        return None
    said = Cited()
    end = len(pieces)
    while end > 2 and any(character.isdigit() for character in pieces[end - 1]) and read_place(said, pieces[end - 1]):
        end -= 1
    first = 0
    while first < end - 1 and wording.is_person(_spaced(pieces[first].rstrip("."))):
        first += 1
    if end == len(pieces) or first < 2 or len(", ".join(pieces[first:end]).split()) < 2:
        return None
    said.title = ", ".join(pieces[first:end])
    said.authors = [_spaced(piece.rstrip(".")) for piece in pieces[:first]]
    return said


def _spaced(name: str) -> str:
    """Return a name with a blank behind each initial, and without a nickname in quotes."""
    return re.sub(r"\b([A-Z]\.)(?=[A-Z][a-z])", r"\1 ", re.sub(r'\s+["“][^"“”]{1,20}["”]', "", name))


def _with_place(cited: Cited, after: str) -> Cited:
    """Return a citation with where and when it appeared, as the text behind its title says."""
    after = wording.plain(after).strip(" ,.;[](")
    after = re.sub(r"\((\d{4})$", r"(\1)", after)
    cited.title = cited.title.strip(" .,;")
    if not cited.authors and (who := read_who_and_when(after)):
        cited.authors, cited.year = who.authors, who.year
        return cited
    said = Cited()
    if not wording.has_words(after) or read_place(said, after):
        cited.venue, cited.year = said.venue, said.year
        return cited
    if found := _LAST_YEAR.search(after[-60:]):
        cited.year = int(found[1])
        after = after[: len(after) - len(found[0])].strip(" ,.;(")
    if (
        len(after) <= 120
        and wording.has_words(after)
        and (not after[0].islower() or after.lower().startswith(tuple(_LOWER_VENUES)))
    ):
        cited.venue = after
    return cited
