"""The kind of an item, told from its address, the words of its title, and the section or table in which it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from studygroup.catalogue.items.item import arxiv_id, doi
from studygroup.catalogue.recognise.vocabulary.tables import finds_word, finds_words, meanings

_HOSTS = meanings("hosts")
# Where bookshops and libraries keep a book's page.
_BOOK_PAGE = re.compile(
    r"(?:^|\.)(?:amazon\.[a-z.]{2,6}/(?:.*/)?(?:dp|gp/product)/|goodreads\.com/book/|oreilly\.com/library/view/|douban\.com/subject/)"
)
_SLIDE_PAGES = ("docs.google.com/presentation", "speakerdeck.com", "slideshare.net")
_DATASET_PAGES = ("kaggle.com/datasets", "zenodo.org", "paperswithcode.com/dataset", "data.world")
_COURSE_FOLDERS = frozenset(["course", "courses", "class", "classes", "learn", "short-courses"])

_COLLECTION, _GUIDE = finds_word("words", "collections"), finds_word("words", "guides")
# The order decides.
_KINDS_OF_SECTIONS = finds_words("kinds_of_sections")
_TOLD_BY_TITLE = re.compile(
    r"\b(?P<course>course|boot ?camp|specialization)\b|\b(?P<article>blog)\b|^(?P<collection>awesome)\b", re.IGNORECASE
)
_BETWEEN_NAME_WORDS = re.compile(r"[/_-]+")
_ABOUT = re.compile(r"\s(?:for|on|about|with|using|in)\s", re.IGNORECASE)


def kind_of(url: str, title: str = "", section: Sequence[str] = (), header: str = "", hint: str = "") -> str:
    """Return the kind of an item.

    ``header`` is the head of the table's title column (``Language Model``), ``hint`` the kind that a note at the title told.

    >>> kind_of("https://www.youtube.com/watch?v=kCc8FmEb1nY", "Let's build GPT")
    'video'
    >>> kind_of("https://github.com/microsoft/DeepSpeed", "DeepSpeed", ["Training Framework"])
    'framework'
    >>> kind_of("https://arxiv.org/abs/2304.07327", "Open Assistant", header="Language Model")
    'model'
    """
    above = _header_kind(header)
    if above == "model":
        return "model"
    around = above or _section_kind(tuple(section))
    host, path = _place(url)
    if not host:
        return hint or _kind_by_words(title) or around or "other"
    return _kind_by_place(host, path, url, title, around, hint) or hint or _kind_by_words(title) or _page_kind(around)


def _page_kind(around: str) -> str:
    """Return the kind of an ordinary web page in a section of that kind."""
    return around if around and around not in {"video", "dataset"} else "article"


def _kind_by_place(host: str, path: str, url: str, title: str, around: str, hint: str) -> str:
    """Return the kind that the address tells, or an empty string for an ordinary web page."""
    where, at = f"{host}{path}", _kind_of_host(host)
    if at == "video":
        return "course" if around == "course" and "list" in path + url.partition("?")[2].partition("=")[0] else "video"
    is_file = path.lower().endswith((".pdf", ".ps"))
    if around == "course" or at == "course" or (not is_file and not _COURSE_FOLDERS.isdisjoint(path.split("/")[1:])):
        return "course"
    if at == "code" and host != "gist.github.com":
        return _repository_kind(path, title, around, hint)
    if where.startswith(_SLIDE_PAGES):
        return "tutorial" if around in {"", "tutorial"} else around
    if where.startswith(_DATASET_PAGES):
        return "dataset"
    if at == "hub":
        return _hub_kind(path, around)
    known = at == "paper" or bool(arxiv_id(url) or doi(url))
    if known or is_file:
        return (
            "book"
            if (_KINDS_OF_SECTIONS["book"].search(title) and hint == "book") or (around == "book" and not known)
            else "paper"
        )
    return "book" if at == "book" or _BOOK_PAGE.search(where) else ""


def _kind_of_host(host: str) -> str:
    """Return the kind of what a host has, or one that it is below; empty for any other."""
    while host not in _HOSTS:
        _, dot, host = host.partition(".")
        if not dot:
            return ""
    return _HOSTS[host]


def _repository_kind(path: str, title: str, around: str, hint: str) -> str:
    """Return the kind of what is in a repository."""
    if path.lower().endswith(".pdf") or (around == "paper" and path.lower().endswith(".md")):
        return "paper"
    # Below the first two names stands a part of the project, whatever the project as a whole is.
    names = [part for part in path.split("/") if part]
    name = " ".join(_BETWEEN_NAME_WORDS.split("/".join(names[4:] if len(names) > 4 else names[:2])))
    if _COLLECTION.search(title) or _COLLECTION.search(name):
        return "collection"
    if _KINDS_OF_SECTIONS["dataset"].search(title) or around == "dataset":
        return "dataset"
    if hint:
        return hint
    if around in {"framework", "tool", "course", "book", "article"}:
        return around
    if _GUIDE.search(title) or _GUIDE.search(name):
        return "tutorial"
    if _KINDS_OF_SECTIONS["framework"].search(title):
        return "framework"
    return "codebase"


def _hub_kind(path: str, around: str) -> str:
    """Return the kind of a page of Hugging Face: a post, a course, documentation, a data set, or a model."""
    first, _, rest = path.strip("/").partition("/")
    known = {
        "blog": "article",
        "learn": "course",
        "datasets": "dataset",
        "papers": "paper",
        "spaces": "tool",
        "collections": "collection",
    }
    if first == "docs":
        return around if around in {"framework", "tool", "tutorial"} else "article"
    if first in known:
        return known[first]
    return "model" if rest else "collection"


def _kind_by_words(title: str) -> str:
    """Return the kind that a title's own words tell, or an empty string."""
    found = _TOLD_BY_TITLE.search(title)
    return (found.lastgroup or "") if found else ""


@lru_cache(maxsize=1024)
def _section_kind(section: tuple[str, ...]) -> str:
    """Return the kind of things that are under the headings; the nearest heading that tells one decides."""
    for heading in reversed(section):
        # What a heading is about comes behind its noun: *Papers for Software Engineers*, *Talks on Data Sets*.
        for part in (_ABOUT.split(heading, maxsplit=1)[0], heading):
            for kind, pattern in _KINDS_OF_SECTIONS.items():
                if kind != "model" and pattern.search(part):
                    return kind
    return ""


@lru_cache(maxsize=1024)
def _header_kind(header: str) -> str:
    return next((kind for kind, pattern in _KINDS_OF_SECTIONS.items() if pattern.search(header)), "") if header else ""


def _place(url: str) -> tuple[str, str]:
    """Return an http(s) address' host without ``www.`` and its decoded path, or two empty strings."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", ""
    return (host, unquote(parts.path)) if parts.scheme in {"http", "https"} else ("", "")
