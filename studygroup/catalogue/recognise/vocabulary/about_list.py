"""What in a list is about the list or the group itself: contents, licence, chat, forms, the way back to the top, the people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.recognise.vocabulary.tables import finds_text, finds_word, words
from studygroup.catalogue.recognise.vocabulary.words import plain

_CONTENTS = finds_text("texts", "contents")
_ABOUT_THE_LIST = finds_text("texts", "about_the_list")
_LANGUAGES = frozenset(words("texts", "languages"))
_NO_WORK = finds_text("texts", "no_works")
_TO_READ, _NOT_TO_READ = finds_word("words", "to_read"), finds_word("words", "not_to_read")
_SECTION_NAME = finds_text("texts", "section_names")
_BESIDE_A_SCHEDULE = finds_text("texts", "beside_a_schedule")
_MARKS_AROUND = re.compile(r"^[\Wℹ]+|\W+$")
_NOTE_LAST = re.compile(r"\s*\([^()]*\)\W*$")
_NO_SLUG = re.compile(r"[^\w\- ]")


def _bare(heading: str) -> str:
    return _MARKS_AROUND.sub("", heading)


def is_about_the_list(heading: str) -> bool:
    """Return whether a section tells about the list or the group itself.

    >>> is_about_the_list("Table of Contents"), is_about_the_list("Image Translation")
    (True, False)
    """
    heading = _bare(_NOTE_LAST.sub("", heading))
    return bool(_ABOUT_THE_LIST.fullmatch(heading) or _CONTENTS.fullmatch(heading))


def is_beside_a_schedule(heading: str) -> bool:
    """Return whether a section of a group's page leads elsewhere, to other groups or pages.

    >>> is_beside_a_schedule("Related Links"), is_beside_a_schedule("Suggested Papers")
    (True, False)
    """
    return bool(_BESIDE_A_SCHEDULE.fullmatch(_bare(heading)))


def is_contents(heading: str) -> bool:
    """Return whether a section is a table of contents."""
    return bool(_CONTENTS.fullmatch(_bare(heading)))


def is_no_work(title: str) -> bool:
    """Return whether a title only leads somewhere: to another language, a chat room, a form, the top, someone's page.

    >>> is_no_work("Sign-up doc"), is_no_work("Slides for PC Meeting"), is_no_work("Follow the Leader: a Method")
    (True, True, False)
    """
    handle = title.startswith("@") and " " not in title
    return handle or title.casefold() in _LANGUAGES or (len(title.split()) <= 8 and bool(_NO_WORK.fullmatch(title)))


def is_to_read(section: Sequence[str]) -> bool:
    """Return whether a heading path says that what is under it is to be read (*Books*, *Currently reading*).

    >>> is_to_read(["Books", "Mathematics"]), is_to_read(["Reading group", "Topics"]), is_to_read(["Papers", "Format"])
    (True, False, False)
    """
    if not section or _NOT_TO_READ.search(section[-1]):
        return False
    return any(_TO_READ.search(heading) and not _NOT_TO_READ.search(heading) for heading in section)


def names_a_section(text: str) -> bool:
    """Return whether a text ends as the names of sections do."""
    return any(_SECTION_NAME.fullmatch(word) for word in _bare(text).replace("-", " ").split(" ")[-1:])


def slug_of(heading: str) -> str:
    """Return the name under which hosts link to a heading.

    Source: GitHub's renderer: lower case, punctuation left out, blanks to hyphens.
    """
    return _NO_SLUG.sub("", plain(heading).lower()).replace(" ", "-")
