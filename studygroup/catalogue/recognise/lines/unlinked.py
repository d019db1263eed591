"""Works that a line names without linking them: books and papers, told by the authors, years and marks beside their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studygroup.catalogue.reading.tree import Span, Spans, lines_of, text_of
from studygroup.catalogue.recognise.lines.citation import is_no_title, is_title_like, read_citation
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.columns import role_of
from studygroup.catalogue.recognise.vocabulary.dates import years_in
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.names import names_a_publisher, persons_of, split_by
from studygroup.catalogue.recognise.vocabulary.venues import place_in_note
from studygroup.catalogue.recognise.vocabulary.words import clean_title, has_words, plain, strip_marks

_MARK_OF_THE_LIST = re.compile(r"\s*\[(?P<tag>[A-Z*+★]{1,2})\]\s*\.?$")
_NOTE_LAST = re.compile(r"\s*[(（](?P<note>[^()（）]{3,80})[)）]\s*\.?$")
_PLACE_IN_BRACKETS = re.compile(r"^(?P<title>\S.{2,}?)\s*[(（]\s*(?P<place>[^()（）]*(?:19|20|[’'])\d\d[^()（）]*)[)）]")
_OPENS_A_TITLE = frozenset('“"«《『„')
_MOST_CHARACTERS = 400


@dataclass
class Named:
    """A work that a line names, and whether the line itself proves that it is one."""

    work: FoundWork
    certain: bool


def read_unlinked(runs: Sequence[Span]) -> Named | None:
    """Return the work that a line without a link names; None if it reads like a sentence.

    Certain is what is written with an author, in quotes, or with when and where it appeared; a bare title is not.
    """
    if any(run.inside for run in runs):
        return None
    lines = [line for line in lines_of(runs) if has_words(text_of(line))]
    text = plain(text_of(runs))
    if not lines or len(text) > _MOST_CHARACTERS:
        return None
    if len(lines) > 1:
        return _read_lines(lines)
    if not text[0].isascii() and not text[0].isalpha() and text[0] not in _OPENS_A_TITLE:
        text = strip_marks(text)
    bold = all(run.bold for run in lines[0] if has_words(run.text))
    text = text.rstrip(".") if bold and not text.endswith("..") else text
    if text.endswith((":", "：")) or is_no_title(text):
        return None
    tag = _MARK_OF_THE_LIST.search(text)
    text = text[: tag.start()] if tag else text
    named = _read_line(text, lines[0])
    if named is None or not has_words(named.work.title) or label_form(named.work.title) is not None:
        return None
    if " " not in named.work.title and role_of(named.work.title):
        # "**Venue**. The Old Library": a field of the group's page.
        return None
    if tag:
        named.work.details.setdefault("note", tag["tag"])
    return named


def _read_line(text: str, runs: Spans) -> Named | None:
    said = read_citation(text, runs)
    if said is not None and not is_no_title(said.title.rstrip(":")):
        work = titled(said.title)
        work.take(said)
        if said.rest:
            work.add_about(plain(said.rest))
        return Named(work, said.certain)
    noted = _NOTE_LAST.search(text)
    if noted and len(noted["note"].split()) > 2 and is_title_like(text[: noted.start()]):
        named = Named(titled(text[: noted.start()]), False)
        named.work.details["about"] = noted["note"]
        return named
    return Named(titled(text), False) if is_title_like(text) else None


def _read_lines(lines: Sequence[Spans]) -> Named | None:
    """Read a title in bold on a line of its own, with its authors, publisher and year on the lines behind it."""
    if not all(run.bold for run in lines[0] if has_words(run.text)):
        return None
    said = False
    work = titled(plain(text_of(lines[0])))
    for line in lines[1:]:
        text = plain(text_of(line)).strip(" *_")
        names = persons_of(text)
        if names and not work.authors:
            work.authors = names
        elif names_a_publisher(text) or years_in(text[-20:]):
            _take_edition(work, text)
        else:
            work.add_about(text)
            continue
        said = True
    return Named(work, said) if is_title_like(work.title) else None


def _take_edition(work: FoundWork, text: str) -> None:
    """Take a line that says who published a book, and when: ``Wood Press; 2nd edition (2019)``."""
    placed = _PLACE_IN_BRACKETS.match(text)
    years = years_in(text)
    work.year = work.year or (years[-1] if years else None)
    if names_a_publisher(text):
        work.details.setdefault("publisher", (placed["title"] if placed else text).partition(";")[0].strip(" .,"))
        work.kind = work.kind or "book"
    else:
        work.take(place_in_note(placed["place"] if placed else text))


def titled(text: str) -> FoundWork:
    """Return a work whose title a text is, cleaned; a name behind ``by`` is its author."""
    title = clean_title(text)
    name, persons, organisations = split_by(title.text)
    details = {"organisation": "; ".join(organisations)} if organisations else {}
    name = name.rstrip(".") if not name.endswith("..") else name
    return FoundWork(name, authors=persons, year=title.year, kind=title.kind, details=details)


def read_plain_lines(lines: Sequence[tuple[int, Spans]], *, to_read: bool) -> list[FoundWork]:
    """Return the works of plain lines in a row; none unless most prove that they are works."""
    named = [(line, read_unlinked(runs)) for line, runs in lines]
    certain = sum(one is not None and one.certain for _, one in named)
    cited = all(one is not None and one.work.authors and one.work.year for _, one in named)
    proven = certain > 1 or (to_read and certain) or cited
    if not named or any(one is None for _, one in named) or certain * 2 < len(named) or not proven:
        return []
    works = []
    for line, one in named:
        if one is not None:
            one.work.line = line
            works.append(one.work)
    split_alike(works)
    return works


def split_alike(works: Sequence[FoundWork]) -> None:
    """Take the name behind a title's dash for its author where most titles of the list are signed."""
    left = [work for work in works if not work.authors and not work.url and len(work.title.split(" - ")) == 2]
    if left and sum(bool(work.authors) for work in works) >= len(left):
        for work in left:
            title, _, name = work.title.partition(" - ")
            if len(name.split()) == 1:
                work.title, work.authors = title, [name]
