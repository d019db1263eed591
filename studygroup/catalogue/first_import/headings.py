"""Headings: those under which everything is to be read, and those that are the title of a work whose links follow."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import labels, wording
from studygroup.catalogue.first_import.about_list import is_about_the_list
from studygroup.catalogue.first_import.named_works import titled
from studygroup.catalogue.first_import.signatures import read_signed
from studygroup.catalogue.first_import.tails import take_place_behind
from studygroup.catalogue.first_import.work import Work

_MOST_WORDS = 24
# Headings under which what is listed is to be read, though nothing beside a title says so.
_TO_READ = re.compile(
    r"\b(?:books?|bookshelf|reads?|readings?|to[ -]?read|reading[ -]?list|papers?|articles?|novels?|fiction|non-?fiction|library|"
    r"essays?|libros?|lecturas?|livres?|\w*bücher|книги?|статьи|литература)\b|论文|书籍|书单|书目|図書|論文|本棚",
    re.IGNORECASE,
)
_NOT_TO_READ = re.compile(
    r"\b(?:group|club|topics?|schedule|format|guid\w+|rules?|tips?|skills?|contribut\w*|how|what|why|structure|criteria|"
    r"instructions?|questions?|about|notes?|template|features?|call|presenters?|overview|contents?|policy|track|code)\b|目录",
    re.IGNORECASE,
)
# What sections of links are called; no title ends so.
_SECTION_NAME = re.compile(
    r"(?:^|\b)(?:links?|resources?|papers?|materials?|references?|readings?|videos?|slides|talks?|code|books?|articles?|blogs?|"
    r"tutorials?|courses?|websites?|installation|usage|tools?|datasets?|posts?|misc\w*|others?|more|news|updates?)\W*$",
    re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.)]\s+")
_HEADING_DATE = re.compile(r",?\s+((?:19|20)\d\d)(?:\.\d{1,2})?$")


def is_to_read(section: Sequence[str]) -> bool:
    """Return whether a heading path says that what stands under it is to be read (*Books*, *Currently reading*).

    >>> is_to_read(["Books", "Mathematics"]), is_to_read(["Reading group", "Topics"]), is_to_read(["Papers", "Format"])
    (True, False, False)
    """
    if not section or _NOT_TO_READ.search(section[-1]):
        return False
    return any(_TO_READ.search(heading) and not _NOT_TO_READ.search(heading) for heading in section)


def heading_work(text: str) -> Work | None:
    """Return the work whose title a heading or a plain line may be, its links following; None if it names a section."""
    text = wording.plain(text)
    if numbered := _HEADING_NUMBER.match(text):
        text = text[numbered.end() :]
    year = None
    if dated := _HEADING_DATE.search(text):
        text, year = text[: dated.start()], int(dated[1])
    if not text or not _may_be_title(text.removesuffix(" et al.")):
        return None
    # "Title, Ann Lee et al., 2017": without a year a heading of names may be anything.
    signed = read_signed(text) if year else None
    work = titled(signed.title if signed else text)
    if signed:
        work.authors = signed.authors
        for part in signed.behind:
            take_place_behind(work, part)
    work.year = work.year or year
    return work


def _may_be_title(text: str) -> bool:
    words = text.split()
    return (
        1 < len(words) <= _MOST_WORDS
        and not text[0].islower()
        and not re.search(r"[a-z]\. |[.:;,，。]$", text)
        and labels.label_form(text) is None
        and not is_about_the_list(text)
        and not _SECTION_NAME.search(text)
    )
