"""What in a list is about the list or the group itself: contents, licence, chat, forms, the way back to the top, the people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.recognise.vocabulary.words import plain

_ABOUT_THE_LIST = re.compile(
    r"^[\Wℹ]*(?:table of contents?|contents?|toc|index|contribut\w+(?: guid\w+)?|how to (?:contribute|participate|join|present|cite)|acknowledge?ments?|credits?|"
    r"licen[cs]e|citations?|citing(?: this)?|star history|stargazers(?: over time)?|contacts?(?: us)?|"
    r"support(?: us)?|faqs?|frequently asked questions?|sponsors?|community|about(?: me| us| the (?:authors?|group|club))?|changelog|(?:course |teaching )?(?:staff|instructors?)|"
    r"presenters?|speakers?|(?:co-?)?organi[sz]ers?|participants?|(?:past |current |former )?members?|attendees?|people|team|mailing lists?|"
    r"translations?|"
    r"目录|目次|inhalt(?:sverzeichnis)?|índice|sommaire|贡献\w*|许可证|致谢|联系\w*)\W*$",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"^\W*(?:table of contents?|contents?|toc|index|目录|目次|inhalt\w*|índice|sommaire)\W*$", re.IGNORECASE)
_LANGUAGES = frozenset(
    str.split(
        "english|chinese|中文|简体中文|繁體中文|日本語|한국어|español|français|deutsch|português|русский|en|zh|cn|ja|german|french|spanish|"
        "italian|portuguese|brazilian portuguese|russian|turkish|japanese|korean|vietnamese|hindi|arabic|polish|ukrainian",
        "|",
    )
)
_NOT_A_WORK = re.compile(
    r"^(?:\W*(?:go )?(?:back )?to (?:the )?(?:top|(?:table of )?contents)\W*|\W*table of contents\W*|edit(?: this page)?|contributing(?: guide\w*)?|licen[cs]e|"
    r"(?:the )?(?:lecture|class|session|meeting|video) (?:slides|notes|recordings?|videos?)|(?:slides?|notes|recordings?|template|slide format|scribe notes) (?:for|from|of) .*|readme|discord|slack|telegram|twitter|wechat|"
    r"join (?:us|our|the) .*|github stars?|home(?:page)?|\W*↑\W*|"
    r"(?:submit|suggest|propose|nominate|vote|sign[ -]?up|register|subscribe|share|follow|contact)(?: \w+){0,3} (?:reviews?|papers?|topics?|list|form|sheet|here|us|twitter|facebook|newsletter|google plus|talks?)|"
    r".{0,30}\bsign[ -]?up (?:doc|sheet|form|here)|template (?:slide|for)\b.*|(?:google|shared?) (?:drive|calendar|folder|doc|sheet)|(?:zoom|meeting|teams|meet) (?:link|room|id)\b.*|"
    r"(?:google )?calendar|(?:scribe|meeting) notes|mailing list|(?:paper )?schedule|(?:intro(?:duction)? (?:and|&) )?(?:logistics|organi[sz]ation(?:al)?(?: meeting)?|administrivia)|kick-?off(?: meeting)?|share on .*)$",
    re.IGNORECASE,
)
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
    r"tutorials?|courses?|websites?|installation|usage|tools?|datasets?|posts?|misc\w*|others?|more|news|updates?|meetings?)\W*$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"^\W*(?:(?:related|useful|other|external|quick) (?:links?|groups?|resources?|pages?|reading groups?)|links?|similar\b.*|related work)\W*$",
    re.IGNORECASE,
)
_NOTE_LAST = re.compile(r"\s*\([^()]*\)\W*$")
_NO_SLUG = re.compile(r"[^\w\- ]")


def is_about_the_list(heading: str) -> bool:
    """Return whether a section tells about the list or the group itself.

    >>> is_about_the_list("Table of Contents"), is_about_the_list("Image Translation")
    (True, False)
    """
    return bool(_ABOUT_THE_LIST.match(_NOTE_LAST.sub("", heading)))


def is_beside_a_schedule(heading: str) -> bool:
    """Return whether a section of a group's page leads elsewhere, to other groups or pages.

    >>> is_beside_a_schedule("Related Links"), is_beside_a_schedule("Suggested Papers")
    (True, False)
    """
    return bool(_ELSEWHERE.match(heading))


def is_contents(heading: str) -> bool:
    """Return whether a section is a table of contents."""
    return bool(_CONTENTS.match(heading))


def is_no_work(title: str) -> bool:
    """Return whether a title only leads somewhere: to another language, a chat room, a form, the top, somebody's page.

    >>> is_no_work("Sign-up doc"), is_no_work("Slides for PC Meeting"), is_no_work("Follow the Leader: a Method")
    (True, True, False)
    """
    handle = title.startswith("@") and " " not in title
    return handle or title.casefold() in _LANGUAGES or (len(title.split()) <= 8 and bool(_NOT_A_WORK.match(title)))


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
    return bool(_SECTION_NAME.search(text))


def slug_of(heading: str) -> str:
    """Return the name under which hosts link to a heading.

    Source: GitHub's renderer: lower case, punctuation left out, blanks to hyphens.
    """
    return _NO_SLUG.sub("", plain(heading).lower()).replace(" ", "-")
