"""References: who, what, where and when, in the styles in which works are cited, with the title found among them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import wording
from studygroup.catalogue.first_import.citation import (
    LOWER_VENUES,
    SURNAME,
    YEAR,
    Cited,
    names_in_order,
    read_names,
    read_parts,
    read_place,
    read_who_and_when,
)
from studygroup.catalogue.first_import.initials import Lead, lead_names
from studygroup.catalogue.first_import.spans import Span, text_of

_QUOTED = re.compile(r'^(?P<before>[^"“”]*)["“](?P<title>[^"“”]{6,300})["”](?P<after>[^"“”]*)$', re.DOTALL)
_NUMBERED = re.compile(r"^\s*[\[(]?\d{1,4}[\])]?[.:]?(?=\s)")
_LAST_YEAR = re.compile(rf"[\s,(]*\(?({YEAR})[a-z]?\)?\s*(?:[.:;,]\s*[\d–-]*)?[\s.]*$")
# "(2016)." or "2016." behind the names of a reference.
_REFERENCE_YEAR = re.compile(rf"[\s.,]*(?:\((?P<year>{YEAR})[a-z]?(?:,[^()]{{1,20}})?\)|(?P<plain>{YEAR})[.,])[\s.,:]*")
_ANY_YEAR = re.compile(rf"\b{YEAR}\b")
_REFERENCE_BEGINS = re.compile(r"\s*[.,:]\s+")
_REFERENCE_TITLE_END = re.compile(r"[.?!](?=\s)(?<![\s.][A-Z]\.)\s*")
_SET_OFF = re.compile(r"\s*[,.:(–—-]")
_BY = re.compile(rf"(?:by|von|por|par)\s+(?P<names>[^()\d\"“”]{{3,200}}?)[\s,]*(?:\(?(?P<year>{YEAR})\)?)?[\s.–—-]*")
_PUBLISHED = re.compile(
    r",\s+([^,]*\b(?:Press|Publish\w*|Books?|Verlag|Springer(?:[ -]\w+)?|Wiley|O[’']Reilly|Packt|Manning|Pearson|Addison[ -]Wesley|"
    r"McGraw[ -]Hill|Prentice[ -]Hall|Elsevier|Apress|Wesley|University|Editorial|Penguin|Norton|CRC)\b[^,]*)$"
)


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
    if read_place(said, middle.rstrip(" .")) and len(before.split()) >= 2 and not wording.has_words(after):
        said.title = re.sub(r"[\s.,;]*\b[Ii]n:?\s*$", "", before) or before
        return said
    names = read_parts(middle)
    if names.authors and len(before.split()) >= 2 and not before.rstrip().endswith((",", ";")):
        names.title, names.rest = before, f"{names.rest} {after}".strip(" [(")
        return names
    authors = names_in_order(before) if wording.has_words(before) else []
    if len(middle.split()) >= 2 and authors and all(map(wording.is_person, authors)):
        return _with_place(Cited(middle, authors), after)
    if not wording.has_words(before) and _SET_OFF.match(after):
        # "*Deep Learning*, Goodfellow et al. (MIT Press, 2016)"
        said = read_parts(after.strip(" \t,.:–—-[("))
        said.title = middle
        return said if said.authors else None
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


def _read_by(text: str) -> Cited | None:
    """Return what ``by Lovelace, Chen & Diaz (2015)`` says, or None if the text says anything else."""
    found = _BY.fullmatch(text)
    names = names_in_order(found["names"]) if found else []
    if (
        not found
        or not names
        or not (all(map(wording.is_person, names)) or (len(names) > 1 and all(map(SURNAME.fullmatch, names))))
    ):
        return None
    return Cited(authors=names, year=int(found["year"]) if found["year"] else None)


def _with_place(cited: Cited, after: str) -> Cited:
    """Return a citation with where and when it appeared, as the text behind its title says."""
    after = wording.plain(after).strip(" ,.;[](")
    after = re.sub(r"\((\d{4})$", r"(\1)", after)
    cited.title = cited.title.strip(" .,;")
    if not cited.authors and (who := read_who_and_when(after) or _read_by(after)):
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
        and (not after[0].islower() or after.lower().startswith(tuple(LOWER_VENUES)))
    ):
        cited.venue = after
    return cited
