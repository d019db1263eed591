"""The kind of an item, told from its address, the words of its title, and the section or table in which it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from studygroup.catalogue.items.item import arxiv_id, doi

_HOSTS = {
    host: kind
    for kind, hosts in {
        "video": "youtube.com youtu.be vimeo.com bilibili.com slideslive.com videolectures.net ted.com",
        "paper": "arxiv.org openreview.net aclanthology.org aclweb.org papers.nips.cc proceedings.neurips.cc proceedings.mlr.press "
        "jmlr.org openaccess.thecvf.com dl.acm.org ieeexplore.ieee.org semanticscholar.org biorxiv.org medrxiv.org ssrn.com "
        "nature.com science.org pnas.org sciencedirect.com ojs.aaai.org link.springer.com direct.mit.edu eprint.iacr.org "
        "distill.pub isca-speech.org isca-archive.org usenix.org vldb.org papers.miccai.org academic.oup.com journals.plos.org "
        "frontiersin.org cell.com onlinelibrary.wiley.com",
        "code": "github.com gitlab.com codeberg.org bitbucket.org sr.ht gitee.com sourceforge.net",
        "course": "coursera.org edx.org udacity.com udemy.com course.fast.ai ocw.mit.edu classcentral.com "
        "fullstackdeeplearning.com datacamp.com khanacademy.org futurelearn.com brilliant.org",
        "book": "leanpub.com manning.com d2l.ai deeplearningbook.org packtpub.com bookdown.org",
        "hub": "huggingface.co hf.co",
    }.items()
    for host in hosts.split()
}
# Where bookshops and libraries keep a book's page.
_BOOK_PAGE = re.compile(
    r"(?:^|\.)(?:amazon\.[a-z.]{2,6}/(?:.*/)?(?:dp|gp/product)/|goodreads\.com/book/|oreilly\.com/library/view/|douban\.com/subject/)"
)
_SLIDE_PAGES = ("docs.google.com/presentation", "speakerdeck.com", "slideshare.net")
_DATASET_PAGES = ("kaggle.com/datasets", "zenodo.org", "paperswithcode.com/dataset", "data.world")
_COURSE_PATH = re.compile(r"/(?:courses?|class(?:es)?|learn|short-courses)/")

_COLLECTION = re.compile(
    r"\b(?:awesome|curated|collections?|reading[ -]lists?|paper[ -]?lists?|surveys?|papers|resources?|list of|must[ -]read)\b",
    re.IGNORECASE,
)
_GUIDE = re.compile(
    r"\b(?:tutorials?|guide|handbook|cookbook|notes|notebooks|lectures?|lessons?|cheat[ -]?sheets?|for beginners)\b", re.I
)
_DATASET = re.compile(r"\b(?:data ?sets?|corpus|corpora|benchmarks?|evaluation set|test set|instruction data)\b", re.IGNORECASE)
_COURSE = re.compile(r"\b(?:courses?|boot ?camp|specialization|mooc|nanodegree|curriculum|cs ?\d{3}[a-z]?)\b", re.IGNORECASE)
_BOOK = re.compile(
    r"\b(?:books?|textbooks?|e-?books?|bookshelf|libros?|livros?|livres?|bücher|книг[аи]?|novels?)\b|书籍|書籍|书单|図書", re.I
)
_FRAMEWORK = re.compile(r"\b(?:frameworks?|librar(?:y|ies)|toolkits?|sdk)\b", re.IGNORECASE)
_TOOL = re.compile(r"\b(?:tools|tooling|software|plug-?ins)\b|\btool$", re.IGNORECASE)
_PAPER_SECTION = re.compile(r"\b(?:papers?|publications?|literature|preprints?)\b|论文|論文|논문", re.IGNORECASE)
_ARTICLE = re.compile(
    r"\b(?:blogs?|blog ?posts?|articles?|posts?|essays?|newsletters?|artículos?|artigos?|artikel|статьи|статья)\b|文章|博客",
    re.I,
)
_VIDEO = re.compile(r"\b(?:videos?|talks?|recordings?|podcasts?|vídeos?|charlas?|видео|доклады)\b|视频|動画", re.IGNORECASE)
_MODEL = re.compile(r"\b(?:language |foundation |base |pretrained |open[ -]source )*(?:models?|llms?)\b", re.IGNORECASE)

_TOLD_BY_TITLE = re.compile(
    r"\b(?P<course>course|boot ?camp|specialization)\b|\b(?P<article>blog)\b|^(?P<collection>awesome)\b", re.IGNORECASE
)
_TUTORIAL = re.compile(r"\btutorials?\b", re.IGNORECASE)
_BETWEEN_NAME_WORDS = re.compile(r"[/_-]+")
_ABOUT = re.compile(r"\s(?:for|on|about|with|using|in)\s", re.IGNORECASE)
_SECTION_KINDS = (
    (_COURSE, "course"),
    (_TUTORIAL, "tutorial"),
    (_BOOK, "book"),
    (_DATASET, "dataset"),
    (_FRAMEWORK, "framework"),
    (_TOOL, "tool"),
    (_ARTICLE, "article"),
    (_PAPER_SECTION, "paper"),
    (_VIDEO, "video"),
)
_HEADER_KINDS = (*_SECTION_KINDS, (_MODEL, "model"))


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
    if around == "course" or at == "course" or (_COURSE_PATH.search(path + "/") and not is_file):
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
        return "book" if (_BOOK.search(title) and hint == "book") or (around == "book" and not known) else "paper"
    return "book" if at == "book" or _BOOK_PAGE.search(where) else ""


def _kind_of_host(host: str) -> str:
    """Return the kind of what a host has, or one that it is below; empty for any other."""
    while host not in _HOSTS:
        _, dot, host = host.partition(".")
        if not dot:
            return ""
    return _HOSTS[host]


def _repository_kind(path: str, title: str, around: str, hint: str) -> str:
    """Return the kind of what stands in a repository."""
    if path.lower().endswith(".pdf") or (around == "paper" and path.lower().endswith(".md")):
        return "paper"
    # Below the first two names stands a part of the project, whatever the project as a whole is.
    names = [part for part in path.split("/") if part]
    name = " ".join(_BETWEEN_NAME_WORDS.split("/".join(names[4:] if len(names) > 4 else names[:2])))
    if _COLLECTION.search(title) or _COLLECTION.search(name):
        return "collection"
    if _DATASET.search(title) or around == "dataset":
        return "dataset"
    if hint:
        return hint
    if around in {"framework", "tool", "course", "book", "article"}:
        return around
    if _GUIDE.search(title) or _GUIDE.search(name):
        return "tutorial"
    if _FRAMEWORK.search(title):
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
    """Return the kind of things that stand under the headings; the nearest heading that tells one decides."""
    for heading in reversed(section):
        # What a heading is about comes behind its noun: *Papers for Software Engineers*, *Talks on Data Sets*.
        for part in (_ABOUT.split(heading, maxsplit=1)[0], heading):
            for pattern, kind in _SECTION_KINDS:
                if pattern.search(part):
                    return kind
    return ""


@lru_cache(maxsize=1024)
def _header_kind(header: str) -> str:
    return next((kind for pattern, kind in _HEADER_KINDS if pattern.search(header)), "") if header else ""


def _place(url: str) -> tuple[str, str]:
    """Return an http(s) address' host without ``www.`` and its decoded path, or two empty strings."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", ""
    return (host, unquote(parts.path)) if parts.scheme in {"http", "https"} else ("", "")
