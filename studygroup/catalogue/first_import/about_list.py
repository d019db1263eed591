"""What in a list is about the list itself: its contents, its licence, its chat room, the way back to its top."""

from __future__ import annotations

import re

from studygroup.catalogue.first_import.marks import plain

# Sections that tell about the list itself.
_ABOUT_THE_LIST = re.compile(
    r"^[\Wℹ]*(?:table of contents?|contents?|toc|index|contribut\w+(?: guid\w+)?|how to contribute|acknowledge?ments?|credits?|"
    r"licen[cs]e|citations?|citing(?: this)?|how to cite|star history|stargazers(?: over time)?|contacts?(?: us)?|"
    r"support(?: us)?|faqs?|frequently asked questions?|sponsors?|community|about(?: me| us| the authors?)?|changelog|(?:course |teaching )?(?:staff|instructors?)|presenters?|speakers?|organi[sz]ers?|participants?|(?:past |current )?members?|mailing lists?|目录|目次|inhalt(?:sverzeichnis)?|índice|sommaire|贡献\w*|许可证|致谢|联系\w*)\W*$",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"^\W*(?:table of contents?|contents?|toc|index|目录|目次|inhalt\w*|índice|sommaire)\W*$", re.IGNORECASE)
_LANGUAGES = frozenset(
    [
        "english",
        "chinese",
        "中文",
        "简体中文",
        "繁體中文",
        "日本語",
        "한국어",
        "español",
        "français",
        "deutsch",
        "português",
        "русский",
        "en",
        "zh",
        "cn",
        "ja",
    ]
)
_NO_WORKS_THERE = re.compile(
    r"https?://(?:www\.)?(?:forms\.gle/|docs\.google\.com/forms/|groups\.google\.com/|(?:twitter|x)\.com/(?:home\?status=|intent/|share\b)|"
    r"facebook\.com/sharer|linkedin\.com/(?:shareArticle|sharing/)|reddit\.com/submit\?|api\.whatsapp\.com/send|t\.me/share/|"
    r"calendar\.google\.com/|(?:[\w-]+\.)?zoom\.us/j/)",
    re.IGNORECASE,
)
_NOT_WORKS = re.compile(
    r"^(?:\W*(?:go )?(?:back )?to (?:the )?(?:top|(?:table of )?contents)\W*|\W*table of contents\W*|edit(?: this page)?|contributing(?: guide\w*)?|licen[cs]e|"
    r"(?:lecture|class|session) (?:slides|notes|recordings?|videos?)|slides (?:for|from) .*|readme|discord|slack|telegram|twitter|wechat|join (?:us|our .*)|github stars?|home(?:page)?|\W*↑\W*)$",
    re.IGNORECASE,
)


def is_about_the_list(heading: str) -> bool:
    """Return whether a section tells about the list itself."""
    return bool(_ABOUT_THE_LIST.match(heading))


def is_contents(heading: str) -> bool:
    """Return whether a section is a table of contents."""
    return bool(_CONTENTS.match(heading))


def leads_to_no_work(url: str) -> bool:
    """Return whether an address is that of a form, of a button that shares the page, or of a mailing list."""
    return bool(_NO_WORKS_THERE.match(url))


def is_no_work(title: str) -> bool:
    """Return whether a title only leads somewhere: to another language, a chat room, the top, somebody's page on a network."""
    handle = title.startswith("@") and " " not in title
    return handle or bool(_NOT_WORKS.match(title)) or title.casefold() in _LANGUAGES


def slug_of(heading: str) -> str:
    """Return the name under which hosts link to a heading.

    Source: GitHub's renderer: lower case, punctuation left out, blanks to hyphens.
    """
    return re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")
