"""Citations in plain text: one parser for lines without a link, the words before ``[pdf]``, link labels and items under a title.

A citation has one of several forms (``FORMS``, tried in order); each says which part is the title, and what the others are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from studygroup.catalogue.reading.tree import Span, text_of
from studygroup.catalogue.recognise.vocabulary.dates import (
    ANY_YEAR,
    MEETING_BEFORE,
    WEEKDAY,
    YEAR,
    full_year,
)
from studygroup.catalogue.recognise.vocabulary.names import (
    BY_BEFORE,
    are_names,
    are_persons,
    is_known_maker,
    is_organisation,
    is_person,
    lead_names,
    names_a_publisher,
    names_in_order,
    persons_of,
    spaced,
    surname_alone,
    without_and,
)
from studygroup.catalogue.recognise.vocabulary.tables import finds_text, finds_word
from studygroup.catalogue.recognise.vocabulary.venues import (
    LOWER_VENUES,
    Cited,
    is_place,
    place_in_note,
    read_place,
    short_place,
    venue_of,
)
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain, strip_marks

LONGEST_LINE = 600
_MOST_WORDS = 30
_NUMBER_BEFORE = re.compile(r"^\s*[\[(]?\d{1,4}[\])]?[.:]?(?=\s)")
# A full stop ends a part of a citation, unless it is set behind an initial.
_PART_END = re.compile(r"(?<![\s.][A-Z])(?<!^[A-Z])\.(?:\s+|$)|[\n\v]+|\s+[|•·]\s+")
_SENTENCE_END = re.compile(r"[.?!](?=\s)(?<![\s.][A-Z]\.)(?<!\b[JSDM]r\.)(?<!\bvs\.)\s*")
_TOUCHING_ET_AL = re.compile(r"\bet al\.?(?=[A-Za-z]{3})")
_WORKPLACE = re.compile(r"\s*\([^()]*\)\s*et al\b")
_WHO_AND_WHEN = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’.-]*(?:(?:\s*[,&]\s*|\s+and\s+|\s+)(?:[^\W\d_a-z][\w'’.-]*|et al\.?|van|von|de|der|la|le)){{0,7}})"
    rf",?\s*\((?P<year>{YEAR})[a-z]?\)\.?"
)
# "Lovelace et al. 2017", "Lee and Chen, 2020": two names, or others beside one.
_WHO_AND_WHEN_BARE = re.compile(
    rf"(?P<names>[^\W\d_a-z][\w'’-]+(?:\s+et al\b\.?|(?:,\s+[^\W\d_a-z][\w'’-]+){{0,5}},?\s+(?:and|&)\s+[^\W\d_a-z][\w'’-]+))"
    rf",?\s+\(?(?P<year>{YEAR})[a-z]?\)?"
)
_ET_AL_FIRST = re.compile(r"^(?P<names>[^.,;()\d]{2,60}?,?\s*\bet\.? al\b\.?)[\s,;(]*(?P<rest>.*)$", re.DOTALL)
_YEAR_BEHIND_NAMES = re.compile(rf"[\s.,]*(?:\((?P<year>{YEAR})[a-z]?(?:,[^()]{{1,20}})?\)|(?P<plain>{YEAR})[.,])[\s.,:]*")
_TITLE_BEGINS = re.compile(r"\s*[.,:]{1,2}\s+")
_YEAR_LAST = re.compile(rf"[\s,(]*\(?({YEAR})[a-z]?\)?\s*(?:[.:;,]\s*[\d–-]*)?[\s.]*$")
_PAGES = re.compile(r"\s*\(pp?\.[^()]*\)")
_IN_BEFORE = re.compile(r"^(?:In|in):?\s+")
_IN_BEHIND = re.compile(r"[\s.,;]*\b[Ii]n:?\s*$")
_BY_BETWEEN = re.compile(r",?\s+(?:by:?|von|par|от)\s+")
_DASH_BETWEEN = re.compile(r"\s+[-–—|/]+\s+")
_QUOTED = re.compile(
    r"^(?P<before>[^\"“”«»《》『』]*)(?:[\"“„]{1,2}(?P<a>[^\"“”]{3,300})[\"”]|“(?P<b>[^”]{3,300})”|«(?P<c>[^»]{3,300})»|《(?P<d>[^》]{2,300})》|『(?P<e>[^』]{2,300})』)(?P<after>.*)$",
    re.DOTALL,
)
_YEAR_AND_VENUE_FIRST = re.compile(
    r"^(?P<year>(?:19|20)?\d\d)[-_ ](?P<venue>[A-Z][A-Za-z&+]{1,14})(?:[-_:]\s*|\s+[-–—]\s+)(?P<title>\S.+)$", re.DOTALL
)
_BRACKETS_FIRST = re.compile(r"^[\[(【](?P<place>[^\[\]()【】]{2,30})[\])】]\s*[-–—:]?\s*(?P<title>\S.+)$", re.DOTALL)
_YEAR_FIRST = re.compile(r"^(?P<year>(?:19|20)\d\d)\s+[-–—]\s+(?P<title>\S.+)$", re.DOTALL)
# "Eva Moss presents “Title”": who speaks about it did not write it.
_PRESENTS = re.compile(
    r"\b(?:presents?|presenting|discuss(?:es|ing|ion of)?|leads?|reads?|reading|talks? (?:on|about))$", re.IGNORECASE
)
_NOTE_FIRST = re.compile(r"^\([^()]{3,30}\)\s+")
_BRACKETS_LAST = re.compile(r"^(?P<title>\S.{2,}?)\s*[(（]\s*(?P<note>[^()（）]{3,200})[)）](?P<behind>.{0,60})$", re.DOTALL)
_PLACE_LAST = re.compile(r"^(?P<title>.{8,}\S),\s+(?P<place>[A-Z][\w&’' -]{1,30}(?:19|20)\d\d)$")
_PERIOD = re.compile(r"(?:since|read|finished|started|until|from|in progress)\b|(?:19|20)\d\d.*\s[-–—]\s.*(?:19|20)\d\d", re.I)
_KIND_BEFORE = re.compile(r"^(?P<kind>book|(?:white)?paper|article|blog|video)\s*[:：]\s+(?=\S)", re.IGNORECASE)
# What is set before a name and is no title: roles of people, days and meetings ("Instructor - Ann Lee").
_NO_TITLE = finds_text("texts", "no_titles")
_OCCUPATION = finds_word("words", "occupations")
_PROSE_BEGINS = finds_word("beginnings", "prose")
_STOP_BEFORE_NAME = re.compile(r"(?<![\s.][A-Z])(?<!^[A-Z])(?<!\b[JSDM]r)[.?!]\s+")
_PUBLISHED_LAST = re.compile(
    r",\s+(?P<publisher>[^,]*(?:Press|Publish\w*|Books?|Verlag|Springer|Wiley|University|CRC)\b[^,]*)$"
)

# Without any of these a text is one part.
_MARKS = frozenset(',.;:"“«《『([-–—|/')

Form = Callable[[str, Sequence[Span]], Cited | None]


def read_citation(text: str, runs: Sequence[Span] = (), forms: Sequence[Form] = ()) -> Cited | None:
    """Return what a text says that names one work, or None where no form fits; ``runs`` are its marks, if there are any.

    >>> said = read_citation("Goodfellow, I., & Courville, A. (2016). Deep Learning. MIT Press.")
    >>> said.authors, said.year, said.title, said.venue
    (['I. Goodfellow', 'A. Courville'], 2016, 'Deep Learning', 'MIT Press')
    >>> said = read_citation("Ana Berg and Tom Lund, Trees for Parsing and Tagging, CVPR, 2015.")
    >>> said.title, said.authors, said.venue, said.year
    ('Trees for Parsing and Tagging', ['Ana Berg', 'Tom Lund'], 'CVPR', 2015)
    >>> read_citation("How to Prove It. A Structured Approach. Ann Lee.").title, read_citation("Deep Forests")
    ('How to Prove It. A Structured Approach', None)
    """
    text = plain(text[:LONGEST_LINE])
    if not runs and _MARKS.isdisjoint(text) and " by " not in text:
        return None
    return next((found for form in forms or FORMS if (found := form(text, runs)) and has_words(found.title)), None)


# --- what is behind a title --------------------------------------------------------------------------------------------


def read_parts(text: str) -> Cited:
    """Return what the parts of a citation behind its title say, up to the first that says something else.

    >>> said = read_parts("Ada Lovelace, Bo Q. Chen. NeurIPS 2021. A fine read.")
    >>> said.authors, said.venue, said.year, said.rest
    (['Ada Lovelace', 'Bo Q. Chen'], 'NeurIPS 2021', 2021, 'A fine read.')
    """
    said = Cited()
    text = _TOUCHING_ET_AL.sub("et al. ", text)
    if "et al" in text[:300] and "(" in text[:300]:
        # "Ann Lee(Univ. of Woods) et al.": where someone works is not kept.
        text = _WORKPLACE.sub(" et al", text, count=1)
    start = 0
    for found in [*_PART_END.finditer(text[:LONGEST_LINE]), None]:
        end = found.start() if found else len(text)
        part = text[start:end].strip(" \t\n*_,;|•·")
        if has_words(part) and not (read_place(said, part) or _take_authors(said, part) or _take_both(said, part)):
            break
        start = found.end() if found else len(text)
    else:
        return said
    said.rest = text[start:].strip()
    return said


def _take_authors(said: Cited, part: str) -> bool:
    """Take the authors from a part that names no one else; one name alone is too little."""
    if said.authors or not part[:1].isupper() or len(part) > LONGEST_LINE:
        return False
    names = names_in_order(_WORKPLACE.sub(" et al", part))
    if part.endswith(("et al", "et al.")):
        said.authors = names
        return bool(names)
    if len(names) < 2 or not all(map(is_person, names)) or not are_names(names):
        return False
    said.authors = names
    return True


def _take_both(said: Cited, part: str) -> bool:
    """Take several authors with where or when it appeared from a part that says nothing else (``Ann Lee, Bo Chen; 2020``)."""
    if said.said or len(part) > LONGEST_LINE:
        return False
    both = who_and_when(part) or read_signature(part.replace("; ", ", "))
    if not both.year or not both.authors or not are_names(both.authors):
        return False
    if len(both.authors) < 2 and not both.authors[-1].endswith(" et al."):
        return False
    said.authors, said.year, said.venue = both.authors, both.year, said.venue or both.venue
    return True


def read_signature(text: str) -> Cited:
    """Return whom ``Ann Lee, Bo Chen, ICML 2012`` names behind *by*, and what is behind them.

    >>> read_signature("Gori, Marco and Tsoi, Ah Chung, 2009").authors, read_signature("Ann Lee, 2012").year
    (['Marco Gori', 'Ah Chung Tsoi'], 2012)
    """
    said = Cited()
    pieces = text.split(", ")
    while len(pieces) > 1 and any(character.isdigit() for character in pieces[-1]) and read_place(said, pieces[-1]):
        pieces.pop()
    names = names_in_order(", ".join(pieces))
    if names and all(is_person(name) and not is_organisation(name) for name in names):
        said.authors = names
    return said


def who_and_when(text: str) -> Cited | None:
    """Return what ``Lovelace et al. 2017`` says, or None if the text says anything else.

    >>> who_and_when("Lovelace et al. 2017").authors, who_and_when("Lee and Chen, 2020").year, who_and_when("Oaks 2020")
    (['Lovelace et al.'], 2020, None)
    """
    found = _WHO_AND_WHEN_BARE.fullmatch(plain(text).strip(" .,:;-–—"))
    return Cited(authors=names_in_order(found["names"]), year=int(found["year"])) if found else None


def names_and_year(text: str) -> Cited | None:
    """Return whom and when ``Lovelace, A., & Chen, B. (2016).`` names, or None if the text says anything else.

    >>> names_and_year("Lovelace, A., & Chen, B. (2016).").authors, names_and_year("Trees (2016).")
    (['A. Lovelace', 'B. Chen'], None)
    """
    text = plain(_NUMBER_BEFORE.sub("", text[:LONGEST_LINE])).strip(" ,;")
    lead = lead_names(text)
    if lead is None or not (dated := _YEAR_BEHIND_NAMES.fullmatch(text[lead.end :] + " ")):
        return None
    return Cited(authors=lead.names, year=int(dated["year"] or dated["plain"]))


def et_al_first(text: str) -> tuple[str, str] | None:
    """Return the names before *et al.* at a text's beginning, and what is behind them."""
    found = _ET_AL_FIRST.match(plain(text).replace(" at al", " et al")) if " al" in text else None
    return (plain(found["names"]), found["rest"]) if found else None


def read_label(label: str) -> Cited | None:
    """Return what a label says that only names who, where or when (``Turing (1950)``, ``CHI 2024``); None for any other.

    >>> read_label("Ritchie, Thompson (1974)").authors, read_label("ACL 2023 Outstanding paper").year, read_label("Fall leaves")
    (['Ritchie', 'Thompson'], 2023, None)
    """
    label = plain(label).strip("[] ")
    if not label or len(label.split()) > 10:
        return None
    if found := _WHO_AND_WHEN.fullmatch(label):
        return Cited(authors=names_in_order(found["names"]), year=int(found["year"]))
    if (cited := et_al_first(label)) is not None:
        said = Cited(authors=names_in_order(cited[0]))
        return said if not has_words(cited[1]) or read_place(said, cited[1]) else None
    first, _, behind = label.partition(", ")
    said = Cited()
    if behind and (venue_of(first)[0] or first.lower() in LOWER_VENUES) and read_place(said, behind) and not said.venue:
        return Cited(venue=first, year=said.year)
    said = Cited()
    return said if read_place(said, label) and said.venue else None


def with_place(said: Cited, after: str) -> Cited:
    """Return a citation with where and when it appeared, as the text behind its title says."""
    after = _PAGES.sub("", _IN_BEFORE.sub("", plain(after).strip(" ,.;[]")))
    if not after.endswith(")") or after.count("(") != after.count(")"):
        after = after.strip(" ,.;[](")
    said.title = said.title.strip(" .,;")
    if not said.authors and (who := who_and_when(after) or _by(after)):
        said.authors, said.year = who.authors, said.year or who.year
        return said
    place = Cited()
    if not has_words(after) or read_place(place, after):
        said.venue, said.year = place.venue, said.year or place.year
        return said
    if found := _YEAR_LAST.search(after[-60:]):
        said.year = said.year or int(found[1])
        after = after[: len(after) - len(found[0])].strip(" ,.;(")
    if len(after) <= 120 and has_words(after) and (not after[0].islower() or after.lower().startswith(tuple(LOWER_VENUES))):
        said.venue = after
    return said


def _by(text: str) -> Cited | None:
    """Return what ``by Lovelace, Chen & Diaz (2015)`` says, or None if the text says anything else."""
    begun = BY_BEFORE.match(text)
    if not begun:
        return None
    names = text[begun.end() :].strip(" .–—-")
    said = Cited()
    if found := _YEAR_LAST.search(names):
        said.year, names = int(found[1]), names[: found.start()]
    said.authors = persons_of(names, surnames=True, marked=True)
    return said if said.authors else None


# --- forms ----------------------------------------------------------------------------------------------------------------


def _kind_before(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Book: Growing Trees - Ada Lovelace``"""
    found = _KIND_BEFORE.match(text)
    said = read_citation(text[found.end() :]) if found else None
    if found and said:
        word = found["kind"].lower().removeprefix("white")
        said.kind = said.kind or ("article" if word == "blog" else word)
    return said


def _date_before(text: str, runs: Sequence[Span]) -> Cited | None:
    """``2/16/23: Title``, ``Seminar 3 (06.02): Title``"""
    found = MEETING_BEFORE.match(text)
    said = (read_citation(text[found.end() :]) or _untold(text[found.end() :], runs)) if found else None
    if said and found:
        said.note = said.note or strip_marks(found["date"])
    return said


def _untold(text: str, runs: Sequence[Span]) -> Cited | None:
    return Cited(text, certain=False) if is_title_like(text) else None


def _place_first(text: str, runs: Sequence[Span]) -> Cited | None:
    """``18-SIGCOMM-Title``, ``[ICML'19] Title``, ``2016 - Title``"""
    if found := _YEAR_AND_VENUE_FIRST.match(text):
        return Cited(found["title"], venue=found["venue"], year=full_year(found["year"]))
    if (found := _BRACKETS_FIRST.match(text)) and (place := short_place(found["place"])):
        return Cited(found["title"], venue=place.venue, year=place.year)
    if found := _YEAR_FIRST.match(text):
        return Cited(found["title"], year=int(found["year"]))
    return None


def _in_quotes(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Ann Lee, Bo Chen. "Title." Venue, 2012``, ``"Title", Chen & Diaz``"""
    found = _QUOTED.match(text)
    if not found or found["after"].count('"') % 2:
        return None
    title = next(found[key] for key in "abcde" if found[key])
    before = _NUMBER_BEFORE.sub("", found["before"]).strip(" \t\n.,:;-–—*_")
    after = found["after"]
    if not has_words(before):
        return _quoted_first(title, after)
    names = _names_before(before)
    if not names and not _PRESENTS.search(before[-60:]):
        return None
    return with_place(Cited(title, names), after)


def _names_before(before: str) -> list[str]:
    """Return the names that are all a text before a title in quotes says; one who writes in lower case stands among others."""
    names = persons_of(before, surnames=True, marked=True) or surname_alone(before)
    if not names and before.endswith("al"):
        names = names_in_order(before)
    if not names and "," in before:
        several = names_in_order(before)
        persons = sum(map(is_person, several))
        names = several if len(several) > 2 and persons * 2 > len(several) else []
    return names


def _quoted_first(title: str, after: str) -> Cited | None:
    behind = after.lstrip(" \t,.:;–—|-")
    if by := BY_BEFORE.match(behind):
        behind = behind[by.end() :]
    said = Cited(title, certain=len(title.split()) > 1)
    if not has_words(behind):
        return said
    if names := persons_of(behind, surnames=True, marked=True) or surname_alone(behind):
        return Cited(title, names)
    if lead := lead_names(behind):
        return with_publisher(Cited(title, lead.names), behind[lead.end :].strip(" .,;").split(", "))
    if (who := who_and_when(behind) or _by(after)) or ((who := read_parts(behind)).said and not who.rest):
        return Cited(title, who.authors, who.venue, who.year)
    first, _, rest = behind.partition(", ")
    if names := persons_of(first):
        return with_publisher(Cited(title, names), [rest] if rest else [])
    if is_known_maker(first) and len(first.split()) <= 4 and first[0].isupper():
        return with_publisher(Cited(title, organisation=first), [rest] if rest else [])
    return None


def with_publisher(said: Cited, parts: Sequence[str]) -> Cited:
    """Return a citation with what is behind its names: a publisher, a place, a year, else a note."""
    for part in (part.strip(" .,;") for part in parts):
        if read_place(said, part) or not has_words(part):
            continue
        if names_a_publisher(part):
            said.publisher, said.kind = said.publisher or part, said.kind or "book"
        else:
            said.note = said.note or part
    return said


def _names_with_initials(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Lovelace, A., Chen, B. (2017). Title. Venue.``, ``C. Lovelace, Title, Wood Press``"""
    text = plain(_NUMBER_BEFORE.sub("", text)).strip(" ,;")
    if (noted := _NOTE_FIRST.match(text)) and lead_names(text[noted.end() :]):
        text = text[noted.end() :]
    lead = lead_names(text)
    if lead is not None:
        names, end, bare = lead
    else:
        head = text[: found.start()] if (found := _year_behind_names(text)) else ""
        names, end, bare = (_names_before_year(head), len(head), False) if head else ([], 0, False)
    if not names:
        return None
    rest, said = text[end:], Cited(authors=names)
    if dated := _YEAR_BEHIND_NAMES.match(rest):
        said.year = int(dated["year"] or dated["plain"])
    elif (bare and len(names) == 1 and not ANY_YEAR.search(rest)) or not (dated := _TITLE_BEGINS.match(rest)):
        return None
    return _title_and_place(said, rest[dated.end() :].strip(' "“”*_'))


def _year_behind_names(text: str) -> re.Match[str] | None:
    """Return where a year in parentheses or a year between full stops is first found behind names."""
    return _NAMES_END_AT_YEAR.search(text[:400])


_NAMES_END_AT_YEAR = re.compile(rf"(?<=\S)[\s.,]*(?:\({YEAR}[a-z]?\)[.,:]?\s|\.\s{YEAR}\.\s)")


def _names_before_year(head: str) -> list[str]:
    """Return persons that are all a text before a year names: ``Moss, Eva; Lund, Tom``, ``Ann Lee, Bo Chen``."""
    if ":" in head or '"' in head:
        return []
    if ";" in head:
        names = [" ".join(reversed([part.strip() for part in piece.split(",")])) for piece in head.split(";")]
        return names if all(map(is_person, names)) else []
    names = names_in_order(head)
    if are_persons(names) and are_names(names) and len(names) > 1:
        return names
    surnames = persons_of(head, surnames=True)
    return surnames if len(surnames) > 1 else []


def _title_and_place(said: Cited, rest: str) -> Cited | None:
    ended = _SENTENCE_END.search(rest)
    said.title, behind = (rest[: ended.start() + 1], rest[ended.end() :]) if ended else (rest, "")
    if not behind and (published := _PUBLISHED_LAST.search(said.title)):
        said.title, behind = said.title[: published.start()], published["publisher"]
    elif not behind:
        said.title, behind = _without_places(said.title)
    said.title = said.title.strip(' .,;:"“”*_')
    if len(said.title.split()) < 2 and not said.year:
        return None
    return with_place(said, behind)


def _without_places(text: str) -> tuple[str, str]:
    """Return a title without the places behind its commas, and these: ``Turning Leaves, arXiv:1410.00001, 2014``."""
    pieces = text.strip(" .").split(", ")
    end = len(pieces)
    while end > 1 and is_place(pieces[end - 1]):
        end -= 1
    return (text, "") if end == len(pieces) else (", ".join(pieces[:end]), ", ".join(pieces[end:]))


def _names_title_place(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Ann Lee, Bo Chen, Title, arXiv:1410.3916, 2014``, ``Ana Berg and Tom Lund, Title, CVPR``"""
    pieces = [piece.strip() for piece in text.strip(" \t\n.,[(").split(",")]
    count, end = 0, len(pieces)
    while end > 1 and _is_place_piece(pieces[end - 1]):
        end -= 1
    while count < end - 1 and (names := _several(pieces[count])) and all(map(is_person, names)):
        count += 1
    title = ", ".join(pieces[count:end]).strip(" .")
    authors = [name for piece in pieces[:count] for name in _several(piece)]
    if not count or end == len(pieces) or "et al" in title or '"' in title or len(title.split()) < (2 if count > 1 else 3):
        return None
    if len(authors) < 2 and (not are_names(authors) or len(title.split()) < 4):
        return None
    said = Cited(title, authors)
    places = [part for piece in pieces[end:] for part in piece.split(" / ")]
    # Where it was published says more than that it is a preprint.
    for part in sorted(places, key=lambda part: "arxiv" in part.lower()):
        read_place(said, part)
    return said


def _several(piece: str) -> list[str]:
    return [
        spaced(name.strip(" ."))
        for name in without_and(piece.strip()).replace(" & ", " and ").split(" and ")
        if name.strip(" .")
    ]


def _is_place_piece(piece: str) -> bool:
    return all(is_place(part) for part in piece.split(" / "))


def _names_stop_title(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Lovelace et al. Notes on Engines. ICML 2020``, ``Ann Lee, Bo Chen. Title.``"""
    if lead := lead_names(text):
        names, rest = lead.names, text[lead.end :]
    else:
        head, _, rest = text.partition(". ")
        said = Cited()
        names = said.authors if _take_authors(said, head if not head.endswith(" et al") else head + ".") else []
    rest = rest.lstrip(" .,:")
    if not names or not rest[:1].isupper():
        return None
    ended = _SENTENCE_END.search(rest)
    title, behind = (rest[: ended.start() + 1], rest[ended.end() :]) if ended else (rest, "")
    return with_place(Cited(title, names), behind) if len(title.split()) > 1 else None


def _et_al_title(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Lovelace et al., Notes on Engines, ICML 2020``"""
    found = et_al_first(text)
    if not found or not found[1][:1].isupper() or not found[0][:1].isupper():
        return None
    title, place = _without_places(found[1])
    said = with_place(Cited(title, names_in_order(found[0])), place)
    return said if len(title.split()) > 1 and is_title_like(title) else None


def _by_marks(text: str, runs: Sequence[Span]) -> Cited | None:
    """A title in italics, or names or a place in italics behind it; a title in bold or code beside its authors."""
    worded = [place for place, run in enumerate(runs) if has_words(run.text) and not run.url]
    marked = [place for place in worded if runs[place].italic] if not any(run.bold for run in runs) else []
    if not marked:
        return _two_marked([runs[place] for place in worded])
    before = spaced(text_of([run for run in runs[: marked[0]] if not run.url]))
    middle = text_of(runs[marked[0] : marked[-1] + 1])
    after = text_of([run for run in runs[marked[-1] + 1 :] if not run.url])
    if is_place(middle.rstrip(" .")) and len(before.split()) >= 2 and not has_words(after):
        said = Cited(_IN_BEHIND.sub("", before) or before)
        read_place(said, middle.rstrip(" ."))
        return said
    said = read_parts(middle)
    if said.authors and len(before.split()) >= 2 and not before.rstrip().endswith((",", ";")):
        said.title, said.rest = before, f"{said.rest} {after}".strip(" [(")
        return said
    authors = _names_before(plain(before).strip(" ,;:-–—")) if has_words(before) else []
    if authors and len(middle.split()) >= 2:
        return with_place(Cited(middle, authors), after)
    if not has_words(before) and after.lstrip()[:1] in set(",.:(–—-"):
        # "*Deep Learning*, Goodfellow et al. (MIT Press, 2016)"
        said = read_parts(after.strip(" \t,.:–—-[("))
        if not said.authors and (cited := et_al_first(after.strip(" ,"))):
            said = place_in_note(cited[1].strip("() "))
            said.authors = names_in_order(cited[0])
        said.title = middle
        return said if said.authors else None
    return None


def _two_marked(worded: Sequence[Span]) -> Cited | None:
    """``**Title** - Ann Lee``, ``Ann Lee, `Title```"""
    if len(worded) != 2:
        return None
    first, last = (plain(run.text).strip(" ,.:;-–—|()\t") for run in worded)
    one, other = worded
    if (one.bold or one.italic) and not (other.bold or other.code):
        by = BY_BEFORE.match(last)
        names = persons_of(last[by.end() :] if by else last, marked=True)
        return Cited(first, names) if names and not _NO_TITLE.fullmatch(first) else None
    if (other.code or other.italic) and not one.bold:
        names = persons_of(first, surnames=True, marked=True) or surname_alone(first)
        return Cited(last, names) if names else None
    return None


def _brackets_last(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Title (VLDB 2021)``, ``Title (2016) – Ann Lee``, ``Title (Ann Lee & Bo Chen)``, ``Title (Lab of Oaks)``"""
    found = _BRACKETS_LAST.match(text)
    if not found or WEEKDAY.search(found["note"]):
        return None
    note, behind = found["note"].strip(), found["behind"].strip(" .,:;-–—")
    title = found["title"].rstrip(" .")
    if not behind and (names := persons_of(note)):
        return Cited(title, names)
    if not behind and is_known_maker(note) and note[0].isupper() and not ANY_YEAR.search(note):
        return Cited(title, organisation=note)
    if not (ANY_YEAR.search(note) or short_place(note)):
        said = read_citation(title, (), (_signed,)) if not behind else None
        if said:
            said.note = said.note or note
        return said
    said = (read_citation(title, (), (_signed,)) if not behind else None) or Cited(title)
    if _PERIOD.match(note):
        said.note = said.note or note
        return said
    who = et_al_first(note)
    place = place_in_note(who[1] if who else note)
    said.authors = said.authors or (names_in_order(who[0]) if who else place.authors)
    said.venue, said.year = said.venue or place.venue, said.year or place.year
    names = names_in_order(behind) if has_words(behind) else []
    if names and all(map(is_person, names)):
        said.authors = said.authors or names
    elif names:
        said.rest = behind
    return said


def _signed(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Title by Ann Lee``, ``Title - Ann Lee``, ``Title. Ann Lee.``, ``Title, Ann Lee, Wood Press``, ``Title, ICML 2017``"""
    if (placed := _PLACE_LAST.match(text)) and is_place(placed["place"]):
        said = read_citation(placed["title"], (), (_signed,)) or Cited(placed["title"])
        read_place(said, placed["place"])
        return said
    for pattern in (_BY_BETWEEN, _DASH_BETWEEN):
        head, tail = _apart(pattern, text)
        head = strip_marks(head)
        if head and (names := persons_of(tail, surnames=pattern is _BY_BETWEEN)) and not _NO_TITLE.fullmatch(head):
            return Cited(head, names)
    return _signed_behind_stop(text) or _signed_behind_comma(text)


def _name_first(text: str, runs: Sequence[Span]) -> Cited | None:
    """``Ann Lee - Title``, unless it says who someone is."""
    head, dash, tail = text.partition(" - ")
    if not dash or not (names := persons_of(head)) or persons_of(tail):
        return None
    if is_known_maker(tail) or _OCCUPATION.search(tail) or not is_title_like(tail):
        return None
    return Cited(tail, names)


def _apart(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return what is before and behind the last match, or two empty strings."""
    found = list(pattern.finditer(text))
    last = found[-1] if found else None
    return (text[: last.start()].strip(), text[last.end() :]) if last else ("", "")


def _signed_behind_stop(text: str) -> Cited | None:
    text = text.rstrip(" .")
    head, tail = _apart(_STOP_BEFORE_NAME, text)
    if head and (names := persons_of(tail)):
        return Cited(text[: text.rindex(tail)].rstrip(" ."), names)
    return None


def _signed_behind_comma(text: str) -> Cited | None:
    pieces = text.rstrip(" .").split(", ")
    if not 2 <= len(pieces) <= _MOST_WORDS:
        return None
    named = [[], *(persons_of(without_and(piece)) for piece in pieces[1:])]
    first = next((index for index, names in enumerate(named) if names), 0)
    if not first or without_and(pieces[first]) != pieces[first]:
        return None
    end = next((index for index in range(first, len(pieces)) if not named[index]), len(pieces))
    names = [name for several in named[first:end] for name in several]
    title, behind = ", ".join(pieces[:first]), pieces[end:]
    closed = all(names_a_publisher(piece) or is_place(piece) for piece in behind)
    if not closed or (len(title.split()) < 2 and len(names) > 1):
        return None
    return with_publisher(Cited(title, names), behind)


FORMS: tuple[Form, ...] = (
    _kind_before,
    _date_before,
    _in_quotes,
    _place_first,
    _names_with_initials,
    _names_title_place,
    _by_marks,
    _brackets_last,
    _names_stop_title,
    _et_al_title,
    _name_first,
    _signed,
)
"""The forms in which works are cited, the most certain first."""


# --- titles ---------------------------------------------------------------------------------------------------------------


def is_title_like(text: str, *, capitals: bool = False, sentence: bool = False) -> bool:
    """Return whether text reads like a title rather than a sentence.

    ``capitals``: written with capitals as titles are; ``sentence``: it may begin as a question or an order does.
    """
    words = text.split()
    if not (1 <= len(words) <= 24 and has_words(text)) or text.endswith((".", ":", ";", ",", "，", "。", "：")):
        return False
    if text[0].islower() or ". " in text or (not sentence and _PROSE_BEGINS.match(text)):
        return False
    long = [word for word in words if len(word) >= 4 and word[0].isalpha()]
    return not capitals or not text.isascii() or sum(not word[0].islower() for word in long) * 3 >= len(long) * 2


def is_no_title(text: str) -> bool:
    """Return whether a text names a role, a day or a meeting, behind which someone is named."""
    dated = MEETING_BEFORE.match(text)
    text = text[dated.end() :] if dated else text
    return bool(_NO_TITLE.fullmatch(_DASH_BETWEEN.split(text.replace(": ", " - "))[0]))
