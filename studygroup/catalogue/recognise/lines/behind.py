"""What is in a work's title beside the title, and what follows it on its line: authors, venue, year, what it is about."""

from __future__ import annotations

import re
from itertools import islice

from studygroup.catalogue.recognise.lines.citation import (
    et_al_first,
    read_citation,
    read_label,
    read_parts,
    read_signature,
)
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.dates import MONTH, YEAR, year_of, years_in
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.names import (
    BY_BEFORE,
    are_names,
    is_organisation,
    names_a_publisher,
    names_in_order,
    persons_of,
    split_by,
    split_names,
    surname_alone,
)
from studygroup.catalogue.recognise.vocabulary.tables import finds_word
from studygroup.catalogue.recognise.vocabulary.venues import Cited, place_in_note, short_place, split_venue, venue_of
from studygroup.catalogue.recognise.vocabulary.words import HOST_NOTES, clean_title, has_words, plain, unbracketed

_SET_OFF = re.compile(r"\s*(?:[-–—:：|(（\[,，。、;.→•·*]|(?:by|von|por|par|от)\b)")
_TAIL_MARKS = re.compile(r"^[\s\])】）]*(?:->\s*|[-–—:：|→•·,，;.。]\s*|\s)*")
_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")
_YEAR_BEGINS = re.compile(rf"(?:{MONTH} )?({YEAR})(?:\s+(?=[A-Z])|\s*$|[.,;]\s+)", re.IGNORECASE)
_NAMES_END = re.compile(r"(?<![\s.][A-Z])\.\s+|\s*:\s+|\s[-–—]\s")
_DATE_ALONE = re.compile(rf"(?:\d{{1,2}}[-/.])?{YEAR}(?:[-/.]\d{{1,2}})?")
_FIRST_STOP = re.compile(r"(?<![\s.][A-Z])\.\s")
_VERB_BEGINS = finds_word("beginnings", "verbs")
_NOTE_LAST = re.compile(r"^(?P<title>.{8,}\S)\s*[(（](?P<note>[^()（）]{3,200})[)）]$")
_PLACE_LAST = re.compile(rf"^(?P<title>.{{8,}}\S), (?P<place>[A-Z][\w&'’ -]{{1,40}}?,? {YEAR}|{YEAR})$")
_CAPITALS = re.compile(r"\b[A-Z]{3,}|\barXiv\b|['’]\d\d\b")
_LONGEST_SIGNED = 400


def finish(work: FoundWork, tail: str, *, strict: bool = False, joined: bool = False) -> bool:
    """Clean a work's title and read what followed it; return whether the line names a work at all.

    ``strict`` is for paragraphs, ``joined`` for a title that begins before its link: what follows must be set off from it.
    """
    read_title(work)
    if has_words(tail):
        behind = tail.lstrip()
        closed = behind.startswith(("]", ")", "】", "）", ">"))
        tail = behind.lstrip("])】）> ") if closed else tail
        set_off = closed or bool(_SET_OFF.match(tail)) or "\n" in tail[:2]
        if (strict or joined) and not set_off:
            return False
        if not set_off and _VERB_BEGINS.match(tail.lstrip()):
            tail = f"{work.title}{tail}"
        read_tail(work, tail, set_off=set_off)
    if work.title[-1:] == "." and work.title[-2:-1] != "." and (work.authors or "venue" in work.details):
        work.title = work.title[:-1]
    return True


# --- within the title ----------------------------------------------------------------------------------------------------


def read_title(work: FoundWork) -> None:
    """Take out of a work's title what is none of it: notes, names behind *by*, where and when it appeared."""
    title = clean_title(work.title.replace("\ufffc", ""))
    text, persons, organisations = split_by(title.text)
    work.title = clean_title(text).text if persons or organisations else title.text
    work.kind, work.year = work.kind or title.kind, work.year or title.year
    work.authors += persons
    if organisations:
        work.details.setdefault("organisation", "; ".join(organisations))
    if len(work.title) <= _LONGEST_SIGNED:
        _read_note_last(work)
        _read_place_last(work)
        if not work.authors:
            _read_whole(work)


def _read_note_last(work: FoundWork) -> None:
    """Take what is in a title's last parentheses if that is where and when, or whose it is."""
    found = _NOTE_LAST.match(work.title) if work.title.endswith((")", "）")) else None
    if not found:
        return
    note, title = found["note"], found["title"]
    if ((year := any(map(year_of, note.replace(",", " ").split()))) and _CAPITALS.search(note)) or short_place(note):
        who = et_al_first(note)
        said = place_in_note(who[1] if who else note)
        said.authors = names_in_order(who[0]) if who else said.authors
    elif not work.authors and ("," in note or "&" in note or " and " in note or year):
        said = read_signature(note)
        if len(said.authors) < 2 and not (said.authors and said.year):
            return
    else:
        return
    work.title = title
    work.take(said)


def _read_place_last(work: FoundWork) -> None:
    """Take where and when from behind a title's last comma: ``Growing Bark, SIGMOD 1979``, ``…, ECCV``."""
    head, _, last = work.title.rpartition(", ")
    if found := _PLACE_LAST.match(work.title):
        said = (
            Cited(year=year_of(found["place"])) if year_of(found["place"]) else place_in_note(found["place"].replace(",", ""))
        )
        if said.year and (not said.venue or venue_of(found["place"])[0]):
            work.title = found["title"]
            work.take(said)
    elif len(head.split()) > 3 and venue_of(last)[0]:
        work.title = head
        work.details.setdefault("venue", last)


def _read_whole(work: FoundWork) -> None:
    """Read a title that is a whole citation: names with initials before it, several behind it, a publisher."""
    if not any(mark in work.title for mark in (", ", ". ", '"', "“", " - ", "; ")):
        return
    said = read_citation(work.title)
    if said is None or not said.authors or said.rest:
        return
    begins = work.title.startswith(said.title)
    several = len(said.authors) > 1 or bool(said.publisher) or said.authors[0].endswith(" et al.")
    if begins and (not several or not (", " in work.title or " - " in work.title)):
        return
    if (not begins and not (several or said.year or said.venue)) or len(said.title.split()) < (2 if said.year else 1):
        return
    work.title = said.title.strip(" .") if said.title.endswith(".") else said.title
    work.take(said)


# --- behind the title -----------------------------------------------------------------------------------------------------


def read_tail(work: FoundWork, tail: str, *, set_off: bool) -> None:
    """Take authors, venue and year from what follows a title; the rest is what the work is about."""
    tail = _read_brackets(work, tail)
    rest = _TAIL_MARKS.sub("", tail, count=1) if set_off else tail
    if begins := _YEAR_BEGINS.match(rest):
        work.year = work.year or int(begins[1])
        rest = rest[begins.end() :]
    said = Cited() if BY_BEFORE.match(rest) else read_parts(rest)
    if said.authors or said.venue:
        work.take(said)
        rest = said.rest
    rest = plain(rest)
    if named := BY_BEFORE.match(rest):
        rest = _read_by(work, rest, rest[named.end() :])
    elif (cited := et_al_first(rest)) and not work.authors:
        rest = _take_et_al(work, *cited)
    else:
        rest = _read_plain(work, rest)
    rest = unbracketed(rest.strip(" ,;|"))
    if has_words(rest) and len(rest) > 1 and label_form(rest) is None:
        work.details.setdefault("about", rest[:-2] if rest.endswith(" .") else rest)


def _read_brackets(work: FoundWork, tail: str) -> str:
    """Take where, when and what from brackets; return the text without these."""
    for found in list(islice(_BRACKETS.finditer(tail), 8)):
        inside = found[1].strip()
        venue, year = venue_of(inside)
        cited = et_al_first(inside)
        if alone := year_of(inside):
            work.year = work.year or alone
        elif venue:
            work.take(Cited(venue=venue, year=year))
        elif not inside or inside.lower() in HOST_NOTES:
            work.kind = work.kind or HOST_NOTES.get(inside.lower(), "")
        elif cited and not work.authors:
            _take_et_al(work, *cited)
        elif not work.authors and ((said := read_label(inside)) or (said := _names_and_date(inside))) and said.authors:
            work.take(said)
        else:
            continue
        tail = tail.replace(found[0], " ", 1)
    return tail


def _names_and_date(text: str) -> Cited | None:
    """Return what ``Guolo & Mummery, 01-2025`` says, or None if it says anything else."""
    names, _, last = text.rpartition(", ")
    people = persons_of(names, surnames=True, marked=True) or surname_alone(names) if _DATE_ALONE.fullmatch(last) else []
    return Cited(authors=people, year=years_in(last)[-1]) if people else None


def _read_by(work: FoundWork, rest: str, behind: str) -> str:
    """Take the names behind *by*; return what is left."""
    names, about = [*_NAMES_END.split(behind, maxsplit=1), ""][:2]
    if any(character.isdigit() for character in names) or (", " in names and " and " in names):
        signed = read_signature(names)
        if signed.authors:
            work.take(signed)
            return about
    persons, organisations = split_names(names)
    if not persons and len(organisations) > 1 and (surnames := persons_of(names, surnames=True)):
        persons, organisations = surnames, []
    if not (persons or organisations) or not all(is_organisation(name) and name[0].isupper() for name in organisations):
        return rest
    work.authors += persons
    if organisations:
        work.details.setdefault("organisation", "; ".join(organisations))
    return about


def _take_et_al(work: FoundWork, names: str, rest: str) -> str:
    """Take ``… et al.`` with the venue and year behind it; return what is left."""
    work.authors.append(names_in_order(names)[0] if names_in_order(names) else names)
    if _DATE_ALONE.fullmatch(rest.strip(" .,)")):
        work.year = work.year or years_in(rest)[-1]
        return ""
    place = place_in_note(rest) if venue_of(rest)[0] or year_of(rest) else None
    if place is None:
        return rest
    work.take(Cited(venue=venue_of(rest)[0], year=place.year))
    return ""


def _read_plain(work: FoundWork, rest: str) -> str:
    """Take a venue, a year or a row of names that is all the text says; return what is left."""
    head, venue, year = split_venue(rest) if len(rest) < _LONGEST_SIGNED else (rest, "", None)
    if venue:
        work.take(Cited(venue=venue, year=year))
        rest = head
    first, *others = _FIRST_STOP.split(rest, maxsplit=1)
    persons, organisations = split_names(first) if first[:1].isupper() and len(first) < 300 else ([], [])
    told = bool(venue or work.year or len(persons) > 1)
    if persons and not organisations and not work.authors and told and are_names(persons):
        work.authors += persons
        return others[0] if others else ""
    return _read_commas(work, rest.split(", ") if len(rest) < 200 else [rest])


def _read_commas(work: FoundWork, pieces: list[str]) -> str:
    left = []
    for piece in pieces:
        venue, year = venue_of(piece)
        if alone := year_of(piece):
            work.year = work.year or alone
        elif venue:
            work.take(Cited(venue=venue, year=year))
        else:
            left.append(piece)
    if left and len(left) < len(pieces) and not work.authors:
        persons, organisations = split_names(", ".join(left))
        if persons and not organisations:
            work.authors += persons
            return ""
    if len(left) == 1 and names_a_publisher(left[0]) and len(left[0].split()) <= 4:
        return ""
    return ", ".join(left)


def about_line(work: FoundWork, text: str, *, marked: bool = False) -> bool:
    """Take in a line of names, or of where and when; any other is about the work. Return whether it was the former.

    ``marked``: it is in italics as a whole, as one author's name is.
    """
    text = text.lstrip(": ")
    said = read_parts(text)
    if not said.said and marked and (names := persons_of(text)):
        said = Cited(authors=names)
    if said.said and not said.rest and not (said.authors and work.authors):
        work.take(said)
        return True
    if has_words(text):
        work.add_about(text)
    return False
