"""Works that a line names without linking them: books and papers, told by the authors, years and marks beside their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studygroup.catalogue.first_import import citation, labels, references, wording
from studygroup.catalogue.first_import.initials import lead_names
from studygroup.catalogue.first_import.signatures import PUBLISHER, persons_of, read_signed
from studygroup.catalogue.first_import.spans import Span, lines_of_spans, text_of
from studygroup.catalogue.first_import.tails import take_cited, take_place_behind
from studygroup.catalogue.first_import.work import Work

_LONGEST_LINE = 400
_MOST_WORDS = 24
_FEW_WORDS = 2
# "18-SIGCOMM-Title", "2016 OSDI: Title", "[ICML'19] Title", "(VLDB 2020) Title": when and where it appeared.
_YEAR_VENUE = re.compile(
    r"^(?P<year>(?:19|20)?\d\d)[-_ ](?P<venue>[A-Z][A-Za-z&+]{1,14})(?:[-_:]\s*|\s+[-–—]\s+)(?P<title>\S.+)$", re.DOTALL
)
_IN_BRACKETS = re.compile(r"^[\[(【](?P<place>[^\[\]()【】]{2,30})[\])】]\s*[-–—:]?\s*(?P<title>\S.+)$", re.DOTALL)
_YEAR_FIRST = re.compile(r"^(?P<year>(?:19|20)\d\d)\s+[-–—]\s+(?P<title>\S.+)$", re.DOTALL)
_NOTE_BEFORE = re.compile(r"^\([^()]{3,30}\)\s+")
# "Title, ICML 2017".
_PLACE_LAST = re.compile(r"^(?P<title>.{8,}\S),\s+(?P<place>[A-Z][\w&’' -]{1,30}(?:19|20)\d\d)$")
_QUOTED_BEHIND = re.compile(r"^(?P<names>[^\"“”]{2,120}?),?\s+[\"“](?P<title>[^\"“”]{8,300})[\"”][\s.,:]*(?P<behind>.{0,120})$")
# "Title (VLDB 2021)", "Title (2016) – Ann Lee".
_CITED = re.compile(
    r"^(?P<title>\S.{2,}?)\s*[(（]\s*(?P<place>[^()（）]*(?:19|20|[’'])\d\d[^()（）]*)[)）](?P<behind>.{0,60})$"
)
_QUOTED = re.compile(
    r"^(?:\"(?P<a>[^\"]{3,})\"|“(?P<b>[^”]{3,})”|«(?P<c>[^»]{3,})»|《(?P<d>[^》]{2,})》|『(?P<e>[^』]{2,})』)(?P<behind>.*)$",
    re.DOTALL,
)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
# A mark of the list's own behind a line, as its legend explains: "[S]".
_TAG = re.compile(r"\s*\[(?P<tag>[A-Z*+★]{1,2})\]\s*\.?$")
_LAST_NOTE = re.compile(r"\s*[(（](?P<note>[^()（）]{3,80})[)）]\s*\.?$")
_PROSE_START = re.compile(
    r"(?:we|you|i|it|this|these|there|if|please|add|see|use|select|prepare|submit|send|make|how(?! to)|what|when|where|who|"
    r"why|can|should|will|is|are|do|does|todo|note)\b",
    re.IGNORECASE,
)
# What stands before a name and is no title: roles of people, days and meetings ("Instructor - Ann Lee").
_NO_TITLE = re.compile(
    r"(?:(?:week|session|day|lecture|chapter|meeting|part|talk|module|unit|class)\s*#?\d+|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"\d[\d./ -]*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}.*|\d{1,2}\.? \w+(?: \d{4})?)|(?:co-?)?(?:instructors?|teachers?|lecturers?|professors?|organi[sz]ers?|presenters?|speakers?|hosts?|maintainers?|"
    r"contacts?|contributors?|authors?|editors?|translators?|chairs?|tas?|teaching assistants?|created|maintained|written)",
    re.IGNORECASE,
)
# "2/16/23: Title", "Seminar 3 (06.02): Title".
_DATE_BEFORE = re.compile(
    r"^(?P<date>\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}|"
    r"(?:seminar|lecture|talk|session|week|day|meeting|class)\s*#?\d+(?:\s*\([^()]*\))?)\s*[:|–—-]\s+(?=\S)",
    re.IGNORECASE,
)
_KIND_OF = {"book": "book", "paper": "paper", "whitepaper": "paper", "article": "article", "blog": "article", "video": "video"}
_KIND_BEFORE = re.compile(rf"^(?P<kind>{'|'.join(_KIND_OF)})\s*[:：]\s+(?=\S)", re.IGNORECASE)
_OCCUPATION = re.compile(
    r"\b(?:students?|professors?|engineers?|researchers?|scientists?|maintainers?|authors?|founders?|ph\.?d|director|ceo|cto|developer|"
    r"organi[sz]er|chair|fellow|assistant|advisor|lead)\b",
    re.IGNORECASE,
)


@dataclass
class Named:
    """A work that a line names, and whether the line itself proves that it is one."""

    work: Work
    certain: bool


def read_named(spans: Sequence[Span]) -> Named | None:
    """Return the work that a line without a link names; None if it reads like a sentence.

    Certain is what stands with an author, in quotes, or with when and where it appeared; a bare title is not.
    """
    if any(span.inside for span in spans):
        return None
    lines = [line for line in lines_of_spans(spans) if wording.has_words(text_of(line))]
    text = wording.plain(text_of(spans))
    if not lines or len(text) > _LONGEST_LINE:
        return None
    if len(lines) > 1:
        return _read_lines(lines)
    text = (
        wording.strip_marks(text) if text[0].isascii() is False and not text[0].isalpha() and text[0] not in "“«《『„" else text
    )
    if all(span.bold for span in lines[0] if wording.has_words(span.text)) and not text.endswith(".."):
        text = text.rstrip(".")
    if (labelled := _KIND_BEFORE.match(text)) and (named := read_named([Span(text[labelled.end() :])])):
        named.work.kind = named.work.kind or _KIND_OF[labelled["kind"].lower()]
        return named
    if dated := _DATE_BEFORE.match(text):
        named = read_named([Span(text[dated.end() :])])
        if named:
            named.work.details.setdefault("note", wording.strip_marks(dated["date"]))
        return named
    if cited := _read_quoted_behind(text):
        return cited
    if text.endswith((":", "：")):
        return None
    if (noted := _NOTE_BEFORE.match(text)) and (named := _read_reference(text[noted.end() :])):
        return named
    tag = _TAG.search(text)
    if tag:
        text = text[: tag.start()]
    named = (
        _read_dated(text)
        or _read_reference(text)
        or _read_marked(lines[0])
        or _read_quoted(text)
        or _read_cited(text)
        or _read_signed(text)
    )
    noted = _LAST_NOTE.search(text)
    if named is None and noted:
        named = _read_signed(text[: noted.start()])
        if named:
            named.work.details.setdefault("note", noted["note"])
    if named is None and noted and len(noted["note"].split()) > _FEW_WORDS and is_title_like(text[: noted.start()]):
        named = Named(titled(text[: noted.start()]), False)
        named.work.details["about"] = noted["note"]
    if _NO_TITLE.fullmatch(re.split(r"\s[-–—]\s|:\s", text)[0]):
        return None
    if named is None and is_title_like(text):
        named = Named(titled(text), False)
    if named is None or not wording.has_words(named.work.title) or labels.label_form(named.work.title) is not None:
        return None
    if tag:
        named.work.details.setdefault("note", tag["tag"])
    return named


def is_title_like(text: str, *, capitals: bool = False, sentence: bool = False) -> bool:
    """Return whether text reads like a title rather than a sentence.

    ``capitals``: written with capitals as titles are; ``sentence``: it may begin as a question or an order does.
    """
    words = text.split()
    if not (
        1 <= len(words) <= _MOST_WORDS
        and wording.has_words(text)
        and not text.endswith((".", ":", ";", ",", "，", "。"))
        and not text[0].islower()
        and ". " not in text
        and (sentence or not _PROSE_START.match(text))
    ):
        return False
    long = [word for word in words if len(word) >= 4 and word[0].isalpha()]
    return not capitals or not text.isascii() or sum(not word[0].islower() for word in long) * 3 >= len(long) * 2


def read_plain_lines(lines: Sequence[tuple[int, Sequence[Span]]], *, to_read: bool) -> list[tuple[int, Work]]:
    """Return the works of plain lines in a row, each with its line; none unless most prove that they are works."""
    named = [(line, read_named(spans)) for line, spans in lines]
    certain = sum(one is not None and one.certain for _, one in named)
    cited = all(one is not None and one.work.authors and one.work.year for _, one in named)
    if (
        any(one is None for _, one in named)
        or certain * 2 < len(named)
        or (certain < 2 and not (to_read and certain) and not cited)
    ):
        return []
    works = [one.work for _, one in named if one is not None]
    split_alike(works)
    return [(line, work) for (line, _), work in zip(named, works, strict=True)]


def split_alike(works: Sequence[Work]) -> None:
    """Take the name behind a title's dash for its author where most titles of the list are signed."""
    left = [work for work in works if not work.authors and not work.url and len(work.title.split(" - ")) == 2]
    if left and sum(bool(work.authors) for work in works) >= len(left):
        for work in left:
            title, _, name = work.title.partition(" - ")
            if len(name.split()) == 1:
                work.title, work.authors = title, [name]


def titled(text: str) -> Work:
    """Return a work whose title a text is, cleaned; a name behind ``by`` is its author."""
    title = wording.clean_title(text)
    name, persons, organisations = wording.split_by(title.text)
    details = {"organisation": "; ".join(organisations)} if organisations else {}
    return Work(
        name.rstrip(".") if not name.endswith("..") else name,
        "",
        authors=persons,
        year=title.year,
        kind=title.kind,
        details=details,
    )


def _certain(title: str, authors: Sequence[str], behind: Sequence[str] = ()) -> Named | None:
    """Return a work with its authors, and what stands behind them: its publisher, a place, a year."""
    work = titled(title)
    if not wording.has_words(work.title) or _NO_TITLE.fullmatch(work.title.rstrip(":")):
        return None
    work.authors = list(authors)
    for part in behind:
        _take_behind(work, part)
    return Named(work, True)


def _take_behind(work: Work, part: str) -> None:
    said = citation.Cited()
    part = part.strip(" .,;")
    if citation.read_place(said, part):
        take_cited(work, said)
    elif PUBLISHER.search(part):
        work.details.setdefault("publisher", part)
        work.kind = work.kind or "book"
    elif wording.has_words(part):
        work.details.setdefault("note", part)


def _read_dated(text: str) -> Named | None:
    """Read a line that begins with when and where its work appeared."""
    if found := _YEAR_VENUE.match(text):
        work = titled(found["title"])
        work.year = citation.full_year(found["year"])
        work.details["venue"] = found["venue"]
        return Named(work, True)
    if (found := _IN_BRACKETS.match(text)) and (place := citation.read_short_place(found["place"])):
        work = titled(found["title"])
        take_cited(work, place)
        return Named(work, True)
    if found := _YEAR_FIRST.match(text):
        work = titled(found["title"])
        work.year = int(found["year"])
        return Named(work, True)
    return None


def _read_reference(text: str) -> Named | None:
    said = references.read_reference(text)
    if said is None or not (said.year or said.venue or len(said.authors) > 1):
        return None
    work = Work(wording.clean_title(said.title).text, "")
    take_cited(work, said)
    return Named(work, True)


def _read_lines(lines: Sequence[Sequence[Span]]) -> Named | None:
    """Read a title in bold on a line of its own, with its authors, publisher and year on the lines behind it."""
    first = [span for span in lines[0] if wording.has_words(span.text)]
    if not all(span.bold for span in first):
        return None
    said = False
    work = titled(wording.plain(text_of(lines[0])))
    for line in lines[1:]:
        text = wording.plain(text_of(line)).strip(" *_")
        names = persons_of(text)
        if names and not work.authors:
            work.authors = names
        elif PUBLISHER.search(text) or wording.year_of(text[-6:]) or re.search(r"\b(?:19|20)\d\d\b", text[-20:]):
            cited = _CITED.match(text)
            take_place_behind(work, cited["place"] if cited else text) if not PUBLISHER.search(text) else None
            years = re.findall(r"\b(?:19|20)\d\d\b", text)
            work.year = work.year or (int(years[-1]) if years else None)
            if PUBLISHER.search(text):
                work.details.setdefault("publisher", (cited["title"] if cited else text).partition(";")[0].strip(" .,"))
                work.kind = work.kind or "book"
        else:
            work.details["about"] = f"{work.details['about']} {text}" if "about" in work.details else text
            continue
        said = True
    return Named(work, said) if is_title_like(work.title) else None


def _read_marked(line: Sequence[Span]) -> Named | None:
    """Read a line part of which is marked as the title: in bold before its authors, in code or italics behind them."""
    spans = [span for span in line if wording.has_words(span.text)]
    if len(spans) != 2 or not spans[1].text:
        return None
    first, last = (wording.plain(span.text).strip(" ,.:;-–—|()\t") for span in spans)
    if (spans[0].bold or spans[0].italic) and not (spans[1].bold or spans[1].code):
        names = persons_of(re.sub(r"^by:?\s+", "", last), marked=True)
        return _certain(first, names) if names else None
    if (
        (spans[1].code or spans[1].italic)
        and not spans[0].bold
        and (names := persons_of(first, surnames=True, marked=True) or _surname(first))
    ):
        return _certain(last, names)
    return None


def _read_quoted(text: str) -> Named | None:
    found = _QUOTED.match(wording.strip_marks(text))
    if not found:
        return None
    title = next(found[key] for key in "abcde" if found[key])
    behind = re.sub(r"^[\s,.:;–—|-]*(?:by\b:?\s*)?", "", found["behind"])
    if not wording.has_words(behind):
        return Named(titled(title), len(title.split()) > 1)
    if names := persons_of(behind, surnames=True, marked=True) or _surname(behind):
        return _certain(title, names)
    if lead := lead_names(behind):
        parts = [part for part in behind[lead.end :].strip(" .,;").split(", ") if wording.has_words(part)]
        return _certain(title, lead.names, parts)
    first, _, rest = behind.partition(", ")
    if (names := persons_of(first)) or (wording.is_organisation(first) and len(first.split()) <= 4 and first[0].isupper()):
        named = _certain(title, names, [rest] if rest else [])
        if named and not names:
            named.work.details["organisation"] = first
        return named
    return None


def _surname(text: str) -> list[str]:
    return [text] if re.fullmatch(r"[A-Z][a-zà-ÿ’'-]+", text) and not wording.is_known_maker(text) else []


def _read_quoted_behind(text: str) -> Named | None:
    """Read ``Lee and Chen, "Title"``."""
    found = _QUOTED_BEHIND.match(text)
    if not found:
        return None
    names = persons_of(found["names"], surnames=True, marked=True)
    names = names or _surname(found["names"])
    return _certain(found["title"], names, [found["behind"]]) if names else None


def _read_name_first(text: str) -> Named | None:
    """Read ``Ann Lee - Title``, unless it tells who somebody is."""
    head, dash, tail = text.partition(" - ")
    if not dash or not (names := persons_of(head)) or persons_of(tail):
        return None
    if wording.is_known_maker(tail) or _OCCUPATION.search(tail) or not is_title_like(tail):
        return None
    return _certain(tail, names)


def _read_signed(text: str) -> Named | None:
    """Read a title with its authors behind or before it, with where it appeared, or with who made it in parentheses."""
    if (placed := _PLACE_LAST.match(text)) and citation.read_place(citation.Cited(), placed["place"]):
        signed = read_signed(placed["title"])
        return _certain(signed.title if signed else placed["title"], signed.authors if signed else [], [placed["place"]])
    if named := _read_name_first(text):
        return named
    if signed := read_signed(text):
        return _certain(signed.title, signed.authors, signed.behind)
    noted = _LAST_NOTE.search(text)
    if noted and (names := persons_of(noted["note"])):
        return _certain(text[: noted.start()], names)
    if noted and wording.is_known_maker(noted["note"]) and noted["note"][0].isupper():
        named = Named(titled(text[: noted.start()]), True)
        named.work.details["organisation"] = noted["note"]
        return named
    return None


def _read_cited(text: str) -> Named | None:
    """Read ``Title (VLDB 2021)`` and ``Title (2016) – Ann Lee``."""
    cited = _CITED.match(text)
    if not cited or _WEEKDAY.search(cited["place"]):
        return None
    behind = cited["behind"].strip(" .,:;-–—")
    named = _read_signed(cited["title"].rstrip(" .")) if not behind else None
    work = named.work if named else titled(cited["title"].rstrip(" ."))
    if not wording.has_words(work.title):
        return None
    place = cited["place"].strip()
    if re.match(r"(?:since|read|finished|started|until|from|in progress)\b", place, re.IGNORECASE) or _is_period(place):
        work.details.setdefault("note", place)
    else:
        take_place_behind(work, place)
    names = citation.names_in_order(behind) if wording.has_words(behind) else []
    if names and all(map(wording.is_person, names)):
        work.authors = work.authors or names
    elif names:
        work.details["about"] = behind
    return Named(work, True)


def _is_period(place: str) -> bool:
    """Return whether a note says from when to when (``March 2016 - May 2016``): that is when somebody read it."""
    years = re.findall(r"(?:19|20)\d\d", place)
    return len(years) > 1 and bool(re.search(r"\s[-–—]\s", place))
