"""What follows the title of a work on its line: authors, venue and year, and what the work is about."""

from __future__ import annotations

import itertools
import re

from studygroup.catalogue.first_import import citation, labels, references, wording
from studygroup.catalogue.first_import.plain_citations import read_dated_citation
from studygroup.catalogue.first_import.signatures import PUBLISHER, persons_of, read_signed
from studygroup.catalogue.first_import.work import Work

_TAIL_START = re.compile(r"^[\s\])】）]*(?:->\s*|[-–—:：|→•·,，;.。]\s*|\s)*")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_PLACE_BEHIND = re.compile(
    r"^(?P<title>.{8,}\S)\s*[(（](?P<place>(?:[^()（）]*\b[A-Z]{3,}[^()（）]*|arXiv )(?:19|20)\d\d[^()（）]*)[)）]$"
)
_NAMES_END = re.compile(r"(?<![\s.][A-Z])\.\s+|\s*:\s+|\s[-–—]\s")
_NAMES_BEHIND = re.compile(r"^(?P<title>.{8,}\S)\s*\((?P<names>[^()]*(?:,|&| and )[^()]*)\)$")
_ENDED = re.compile(r"[^.]\.$")
_BY_START = re.compile(r"^[\s(\[,–—-]*(?:by|von|por|par|от):?\s+", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")
_CITED = re.compile(r"^(?P<names>[^.,;()\d]{2,60}?\bet al\b\.?)[\s,;(]*(?P<rest>.*)$", re.DOTALL)


_LONGEST_SIGNED = 400
_FEWEST_TITLE_WORDS = 3
_FIRST_STOP = re.compile(r"(?<![\s.][A-Z])\.\s")
_YEAR_AT_END = re.compile(r"^(?P<title>.{8,}\S), (?P<year>(?:19[5-9]|20[0-4])\d)$")
_YEAR_MIDDLE = re.compile(r"\. (?:19|20)\d\d\. ")
_YEAR_START = re.compile(
    r"(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? )?((?:19[5-9]|20[0-4])\d)(?:\s+(?=[A-Z])|\s*$|[.,;]\s+)"
)
_LAST_DATED = re.compile(r"^(?P<title>.{8,}\S)\s*\((?P<note>[^()]{6,40})\)$")
_LAST_DATED_LONG = re.compile(r"^(?P<title>.{8,}\S)\s*\((?P<note>[^()]{6,200}\b(?:19|20)\d\d)\)$")
_PLACE_AT_END = re.compile(r"^(?P<title>.{8,}\S), (?P<venue>[A-Z][\w&'’ -]{1,40}?),? (?P<year>(?:19|20)\d\d)$")
_LAST_PLACE = re.compile(r"^(?P<title>.{8,}\S)\s*[(（](?P<place>[A-Z][\w&+ -]{1,20}['’]\s?(?:19|20)?\d\d)[)）]$")


def note_tag(work: Work, tag: str) -> None:
    """Take in a code span beside the title: a year, a venue, else who made it."""
    venue, year = wording.venue_of(tag)
    if tagged := wording.year_of(tag):
        work.year = work.year or tagged
    elif venue:
        work.details.setdefault("venue", venue)
        work.year = work.year or year
    elif labels.label_form(tag) is None and len(tag) <= 60:
        known = work.details.get("organisation")
        work.details["organisation"] = f"{known}; {tag}" if known else tag


def add_tail(work: Work, text: str) -> None:
    """Note what follows a title, to be read once all of it is known."""
    work.tail.append(text)
    work.worded = work.worded or wording.has_words(text)


def take_cited(work: Work, cited: citation.Cited) -> None:
    """Give a work what a citation says and it does not know yet."""
    work.authors = work.authors or cited.authors
    work.year = work.year or cited.year
    if cited.venue:
        work.details.setdefault("venue", cited.venue)


def take_place_behind(work: Work, text: str) -> None:
    """Give a work what a note says of where and when it appeared (``VLDB 2021 from Ann Lee``, ``2018 ArXiv``)."""
    first, mark, behind = text.partition(" from ")
    if not mark:
        first, _, behind = text.partition(",")
    said = citation.Cited()
    if wording.year_of(behind) or not citation.read_place(said, first):
        years = _YEAR.findall(text)
        said = citation.Cited(
            venue="" if wording.year_of(text) else wording.plain(text), year=int(years[-1]) if years else None
        )
    elif mark and wording.is_person(behind):
        said.authors = [behind]
    take_cited(work, said)


def finish(work: Work, strict: bool) -> bool:
    """Clean the title and read what followed; return whether the line holds a work at all."""
    joined = "\0" in "".join(work.tail)
    # U+FFFC stands for a picture that did not come along.
    work.title = work.title.replace("\ufffc", "")
    if not work.authors and (cited := read_dated_citation(work.title)):
        take_cited(work, cited)
        work.title = cited.title
    tail = "".join(work.tail).replace("\0", "")
    title = wording.clean_title(work.title)
    text, persons, organisations = wording.split_by(title.text)
    work.title = wording.clean_title(text).text if persons or organisations else title.text
    work.kind = work.kind or title.kind
    work.year = work.year or title.year
    work.authors += persons
    if organisations:
        work.details.setdefault("organisation", "; ".join(organisations))
    if work.title.endswith((")", "）")) and (placed := _PLACE_BEHIND.match(work.title[:400])):
        take_place_behind(work, placed["place"])
        work.title = placed["title"]
    if work.title.endswith(")") and (dated := _LAST_DATED.match(work.title[:400])):
        _take_dated_note(work, dated["title"], dated["note"])
    if work.title.endswith((")", "）")) and (placed := _LAST_PLACE.match(work.title[:400])):
        work.title = placed["title"]
        take_cited(work, citation.read_short_place(placed["place"]) or citation.Cited())
    if work.title.endswith(")") and not work.authors and (written := _NAMES_BEHIND.match(work.title[:400])):
        names = citation.names_in_order(written["names"])
        if len(names) > 1 and all(wording.is_person(name) and not wording.is_organisation(name) for name in names):
            work.title, work.authors = written["title"], names
    if work.title.endswith(")") and not work.authors and (written := _LAST_DATED_LONG.match(work.title[:400])):
        said = citation.read_signature(written["note"])
        if said.authors:
            work.title = written["title"]
            take_cited(work, said)
    if work.title[-1:].isdigit() and (placed := _PLACE_AT_END.match(work.title[:400])) and wording.venue_of(placed["venue"])[0]:
        work.title = placed["title"]
        take_cited(work, citation.Cited(venue=f"{placed['venue']} {placed['year']}", year=int(placed["year"])))
    head, _, place = work.title.rpartition(", ")
    if len(head.split()) > _FEWEST_TITLE_WORDS and work.year and wording.venue_of(place)[0]:
        # "Title, ECCV" whose year was taken already.
        work.title = head
        work.details.setdefault("venue", place)
    if work.title[-1:].isdigit() and (dated := _YEAR_AT_END.match(work.title[:400])):
        work.title, work.year = dated["title"], work.year or int(dated["year"])
    if not work.authors:
        _take_names_from_title(work)
    if _ENDED.search(work.title) and (work.authors or "venue" in work.details):
        work.title = work.title[:-1]
    if not wording.has_words(tail):
        return True
    behind = tail.lstrip()
    closed = behind.startswith(("]", ")", "】", "）", ">"))
    tail = behind.lstrip("])】）> ") if closed else tail
    set_off = closed or bool(re.match(r"\s*(?:[-–—:：|(（\[,，。、;.→•·*]|(?:by|von|por|par|от)\b)", tail)) or "\n" in tail[:2]
    if (strict or joined) and not set_off:
        return False
    if not set_off and re.match(r"\s*(?:is|are|was|were|has|have|can|does|provides|offers|lets|allows)\b", tail):
        tail = f"{work.title}{tail}"
    _read_tail(work, tail, set_off)
    if _ENDED.search(work.title) and (work.authors or "venue" in work.details):
        work.title = work.title[:-1]
    return True


def _take_dated_note(work: Work, title: str, note: str) -> None:
    """Take ``NeurIPS, 2019`` or ``2021 ICLR`` from the end of a title if it names a venue."""
    pieces = [piece for piece in re.split(r"[,.;\s]+", note) if piece]
    venues = [piece for piece in pieces if wording.venue_of(piece)[0] and not piece.isdigit()]
    years = [int(piece) for piece in pieces if _YEAR.fullmatch(piece)]
    if venues and years and len(pieces) == len(venues) + len(years):
        work.title = title
        take_cited(work, citation.Cited(venue=f"{' '.join(venues)} {years[-1]}", year=years[-1]))


def _take_names_from_title(work: Work) -> None:
    """Take several authors behind a title, or those with initials before it (``A. Lee, Title, Wood Press``)."""
    if len(work.title) > _LONGEST_SIGNED:
        return
    said = None
    if '"' in work.title and work.title[0] != '"':
        said = references.read_quoted(work.title)
    elif _YEAR_MIDDLE.search(work.title[:200]) or "." in work.title[:6]:
        said = references.read_reference(work.title)
    if said is not None and said.authors:
        work.title = said.title
        take_cited(work, said)
    elif (
        (", " in work.title or " - " in work.title)
        and (signed := read_signed(work.title))
        and (len(signed.authors) > 1 or (signed.behind and PUBLISHER.search(signed.behind[0])))
    ):
        work.title, work.authors = signed.title, signed.authors


def _read_tail(work: Work, tail: str, set_off: bool) -> None:
    """Take authors, venue and year from what follows a link; the rest is what the work is about."""
    for found in list(itertools.islice(_PARENTHESES.finditer(tail), 8)):
        inside = found[1]
        venue, year = wording.venue_of(inside)
        cited = _CITED.match(wording.plain(inside))
        if alone := wording.year_of(inside):
            work.year = work.year or alone
        elif venue:
            work.details.setdefault("venue", venue)
            work.year = work.year or year
        elif inside.strip().lower() in {"", "video", "youtube", "pdf", "blog", "paper", "book", "course", "slides"}:
            work.kind = work.kind or wording.clean_title(f"x ({inside})").kind
        elif cited and not work.authors:
            _take_citation(work, cited)
        else:
            continue
        tail = tail.replace(found[0], " ", 1)
    rest = _TAIL_START.sub("", tail, count=1) if set_off else tail
    if begins := _YEAR_START.match(rest):
        work.year = work.year or int(begins[1])
        rest = rest[begins.end() :]
    said = citation.Cited() if _BY_START.match(rest) else citation.read_parts(rest)
    if said.authors or said.venue:
        work.authors = work.authors or said.authors
        if said.venue:
            work.details.setdefault("venue", said.venue)
        work.year = work.year or said.year
        rest = said.rest
    rest = wording.plain(rest)
    if named := _BY_START.match(rest):
        names, about = [*_NAMES_END.split(rest[named.end() :], maxsplit=1), ""][:2]
        dated = any(character.isdigit() for character in names) or (", " in names and " and " in names)
        signed = citation.read_signature(names) if dated else citation.Cited()
        take_cited(work, signed)
        persons, organisations = ([], []) if signed.authors else wording.split_names(names)
        if not persons and len(organisations) > 1 and (surnames := persons_of(names, surnames=True)):
            persons, organisations = surnames, []
        if signed.authors:
            rest = about
        elif (persons or organisations) and all(wording.is_organisation(name) and name[0].isupper() for name in organisations):
            work.authors += persons
            if organisations:
                work.details.setdefault("organisation", "; ".join(organisations))
            rest = about
    elif (cited := _CITED.match(rest)) and not work.authors:
        rest = _take_citation(work, cited)
    else:
        rest = _take_plain(work, rest)
    rest = _unbracketed(rest.strip(" ,;|"))
    if wording.has_words(rest) and len(rest) > 1 and labels.label_form(rest) is None:
        work.details.setdefault("about", rest if len(rest) < 3 or rest[-2:] != " ." else rest[:-2])


def _take_plain(work: Work, rest: str) -> str:
    """Take a venue, a year or a row of names that is all the text says; return what is left."""
    head, venue, year = wording.split_venue(rest) if len(rest) < 400 else (rest, "", None)
    if venue:
        work.details.setdefault("venue", venue)
        work.year = work.year or year
        rest = head
    first, *others = _FIRST_STOP.split(rest, maxsplit=1)
    more = others[0] if others else ""
    persons, organisations = wording.split_names(first) if first[:1].isupper() and len(first) < 300 else ([], [])
    if (
        persons
        and not organisations
        and not work.authors
        and (venue or work.year or len(persons) > 1)
        and wording.are_names(persons)
    ):
        work.authors += persons
        return more
    left = []
    pieces = rest.split(", ") if len(rest) < 200 else [rest]
    for piece in pieces:
        venue, year = wording.venue_of(piece)
        alone = wording.year_of(piece)
        if alone:
            work.year = work.year or alone
        elif venue:
            work.details.setdefault("venue", venue)
            work.year = work.year or year
        else:
            left.append(piece)
    if left and len(left) < len(pieces) and not work.authors:
        persons, organisations = wording.split_names(", ".join(left))
        if persons and not organisations:
            work.authors += persons
            return ""
    return ", ".join(left)


def _take_citation(work: Work, cited: re.Match[str]) -> str:
    """Take ``… et al.`` with the venue and year behind it; return what is left."""
    work.authors.append(wording.plain(cited["names"]))
    rest = cited["rest"]
    venue, year = wording.venue_of(rest)
    if venue or (year := wording.year_of(rest)):
        if venue:
            work.details.setdefault("venue", venue)
        work.year = work.year or year
        return ""
    return rest


def _unbracketed(text: str) -> str:
    """Return text without brackets at its ends that have no partner, and without a pair around the whole."""
    if text[:1] == "[" and text[-1:] == "]" and "[" not in text[1:] and "]" not in text[:-1]:
        return text[1:-1].strip()
    for mark, partner in ("[]", "()"):
        if text.count(mark) < text.count(partner):
            text = text.rstrip(f" ,;|{partner}") if text.endswith(partner) else text.lstrip(f" ,;|{partner}")
        elif text.count(mark) > text.count(partner):
            text = text.lstrip(f" ,;|{mark}") if text.startswith(mark) else text.rstrip(f" ,;|{mark}")
    return text
