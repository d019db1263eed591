"""The works that one line of a list names: where the title is, which links belong to it, what the rest says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from studygroup.catalogue.first_import import citation, labels, wording
from studygroup.catalogue.first_import.address import is_relative
from studygroup.catalogue.first_import.leads import (
    is_citation,
    is_in_brackets,
    is_pointer,
    is_reference,
    read_lead,
    spelt_out,
    title_behind,
    title_with_lead,
)
from studygroup.catalogue.first_import.signatures import is_homepage
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.tails import add_tail, finish, note_tag, take_cited
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.items.item import Link, arxiv_id

_A_WORD = re.compile(r"[^\W\d_]{2}")
_SEPARATOR_END = re.compile(r"(?:[:：|•·→–—]|\s-|-\s)\s*[\[(（【]?\s*$")
_ONLY_SEPARATORS = re.compile(r"(?:[^\w]|_|\b(?:and|or|with|plus|also|see|via|at|on|in|und|和)\b)*", re.IGNORECASE)
_JOINING = re.compile(r"[,;&+/\n\v]|\band\b|\bund\b|和|、")
_SENTENCE_END = re.compile(r"[.!?。！？]['\")”’]?[\s|/\[(,]*$")
_BY_START = re.compile(r"^[\s(\[,–—-]*(?:by|von|por|par|от):?\s+", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"^(?P<place>\s*\((?:[A-Z]\w+ )?(?:19|20)\d\d\))(?P<rest>\s*(?:and|und|&|,|;|\+).*)$", re.DOTALL)
_ARTICLE_BEFORE = re.compile(r"\b(The|A|An)\s+$")
# A label of so many words beside a name is what the line is about.
_TITLE_WORDS = 3


def read_works(spans: Sequence[Span], *, strict: bool = False) -> list[Work]:
    """Return the works of one line, in order; none for prose.

    ``strict`` is for paragraphs, where a link in a sentence is the rule: then the line must begin with its link or with a
    bold title, and what follows must be set off from it.
    """
    if not strict and (bare := _only_address(spans)):
        return [Work(title_from_address(bare), bare)]
    spans = _without_homepages(spans)
    first = next((index for index, span in enumerate(spans) if span.url and not span.picture), None)
    if first is None or (spans[first].struck and not any(s.url and not s.struck for s in spans)):
        return []
    work, rest = _first_work(spans, first, strict)
    if work is None:
        return [] if strict else _labelled_only(spans, spans[first])
    works = [work]
    _read_rest(spans, rest, works)
    for one in works:
        if not finish(one, strict):
            return []
    return [one for one in works if wording.has_words(one.title) and _says_something(one)]


def _without_homepages(spans: Sequence[Span]) -> Sequence[Span]:
    """Return the spans of a line with several links, those to persons' own pages as the names alone."""
    if sum(bool(span.url) for span in spans) < 2:
        return spans
    if not any(span.url and len(span.text.split()) >= _TITLE_WORDS for span in spans):
        return spans
    return [
        span._replace(url="") if span.url and " " in span.text and is_homepage(span.text, span.url) else span for span in spans
    ]


def _labelled_only(spans: Sequence[Span], link: Span) -> list[Work]:
    """Return the work of a line that is a link called *A paper* or *Video* and no more, perhaps with a year: known by its address."""
    text = wording.plain(text_of([span for span in spans if not span.url]))
    one = sum(bool(span.url) and not span.picture for span in spans) == 1
    if (
        not one
        or labels.label_form(link.text) in {None, "", "Project"}
        or is_relative(link.url)
        or (wording.has_words(text) and not wording.year_of(text))
    ):
        return []
    title = title_from_address(link.url)
    known = "/" not in title or len(link.text.split()) == 1
    return [Work(title if known else wording.strip_marks(wording.plain(link.text)), link.url, year=wording.year_of(text))]


def _says_something(work: Work) -> bool:
    return labels.label_form(work.title) != "" or work.title == title_from_address(work.url)


def _only_address(spans: Sequence[Span]) -> str:
    """Return the address if a line is nothing else."""
    links = [span.url for span in spans if span.url and not span.picture]
    bare = len(links) == 1 and not any(wording.has_words(span.text) and labels.label_form(span.text) != "" for span in spans)
    return (
        links[0]
        if bare and not any(span.url and wording.has_words(span.text) and "/" not in span.text for span in spans)
        else ""
    )


def title_from_address(url: str) -> str:
    """Return a title for a work that is only known by its address.

    >>> title_from_address("https://example.org/blog/weird-world-of-llms/"), title_from_address("https://arxiv.org/abs/2305.11206")
    ('Weird world of llms', 'arXiv:2305.11206')
    >>> title_from_address("https://github.com/microsoft/DeepSpeed"), title_from_address("https://example.org/")
    ('microsoft/DeepSpeed', 'example.org')
    """
    if paper := arxiv_id(url):
        return f"arXiv:{paper}"
    place = re.sub(r"^\w+://(?:www\.)?", "", url.partition("?")[0].partition("#")[0]).strip("/")
    host, _, path = place.partition("/")
    last = re.sub(r"\.\w{2,5}$", "", unquote(path.rsplit("/", 1)[-1]))
    words = [word for word in re.split(r"[-_+ ]+", last) if word]
    if len(words) >= 3 and all(word.isalnum() for word in words):
        return (" ".join(words))[:200].capitalize() if words[0].islower() else " ".join(words)[:200]
    return (unquote(path) if host in {"github.com", "gitlab.com", "huggingface.co"} and path else place)[:200] or url[:200]


def _first_work(spans: Sequence[Span], first: int, strict: bool) -> tuple[Work | None, int]:
    """Return the line's first work and the index of the span after its title's link."""
    organisations = [wording.plain(span.text) for span in spans[:first] if span.code]
    lead = wording.plain("".join(span.text for span in spans[:first] if not span.code and not span.url)).rstrip("< ")
    bold = any(
        span.bold and wording.has_words(span.text) and not (index and spans[index - 1].text.rstrip().endswith("("))
        for index, span in enumerate(spans[:first])
    )
    if organisations and not wording.has_words(lead) and labels.label_form(spans[first].text) is not None:
        # `Title` [paper](…): the code span is the title itself.
        lead, organisations = organisations[-1], organisations[:-1]
        bold = True
    link = spans[first]
    form = labels.label_form(link.text)
    tidy = lead.strip(" \t[](){}（）【】\"'“”*-–—•·|>+")
    work = Work("", link.url)
    for organisation in organisations:
        note_tag(work, organisation)
    if not wording.has_words(lead):
        cited = is_citation(link.text)
        if form is None and not (cited and title_behind(spans, first)[0]):
            work.title = link.text
            if full := spelt_out(link.text, spans[first + 1 : first + 2]):
                work.title, rest = full
                work.details["note"] = link.text
                add_tail(work, rest)
                return work, first + 2
            return work, first + 1
        if cited:
            add_tail(work, f"({link.text}) ")
        if not link.text and first + 1 < len(spans) and spans[first + 1].text.lstrip(" ").startswith("\n"):
            work.title = title_from_address(link.url)
            return work, first + 1
        title, after = title_behind(spans, first)
        if title and form and not _A_WORD.search(title):
            # "[GitHub](…) (5K · 75K)": counts are no title.
            work.title = link.text
            return work, first + 1
        if _BY_START.match(title):
            # "[Paper](…) by Ann Lee" names its author and no title.
            work.title = link.text if form and len(link.text.split()) > 1 else title_from_address(link.url)
            return work, first + 1
        work.title = title
        if title and spans[after - 1].url and spans[after - 1].text == title:
            # "[[pdf](…)] [Title](…)": the title's own link is the main one.
            work.url = spans[after - 1].url
            for span in spans[first : after - 1]:
                if span.url and not span.picture:
                    work.links.append(Link(labels.link_label(span.text), span.url))
        return (work, after) if title else (None, 0)
    words = len(lead.split())
    set_off = bool(_SEPARATOR_END.search(lead))
    said = citation.read_label(link.text) if form is None or wording.venue_of(link.text)[0] else None
    bracketed = form is None and is_in_brackets(spans, first, lead, words)
    if form is not None or said or bracketed or is_citation(link.text):
        capitals = (
            not link.text
            and words > 1
            and all(word[:1].isupper() or len(word) < 4 for word in tidy.split()[1:])
            and tidy.split()[-1][:1].isupper()
        )
        if (is_pointer(tidy, words) and not bold and not capitals) or (
            strict and not bold and not set_off and not is_reference(lead)
        ):
            return None, 0
        if not read_lead(work, spans[:first], lead, bold):
            return None, 0
        if said:
            take_cited(work, said)
        elif form is None and bracketed:
            work.details.setdefault("note", wording.strip_marks(wording.plain(link.text)))
        elif form is None:
            add_tail(work, f" {link.text} ")
        return work, first + 1
    if strict and not bold:
        return None, 0
    return (work, first + 1) if title_with_lead(work, lead, tidy, link, words, set_off, bold) else (None, 0)


def _read_rest(spans: Sequence[Span], start: int, works: list[Work]) -> None:
    """Give every later link of the line its place: a link of the work, a work of its own, or part of a sentence."""
    last_words = max((i for i, span in enumerate(spans) if not span.url and wording.has_words(span.text)), default=-1)
    since: list[str] = []
    for index in range(start, len(spans)):
        span = spans[index]
        work = works[-1]
        if not span.url:
            if span.code and wording.has_words(span.text) and not wording.has_words("".join(since)):
                note_tag(work, wording.plain(span.text))
                since = []
            else:
                since.append(span.text)
            continue
        if span.picture or span.struck:
            continue
        text = "".join(since)
        since = []
        if placed := _PLACE_BEFORE.match(text):
            # "[One](…) (1981) and The [Other](…)": the year is the first one's.
            work.tail.append(placed["place"])
            text = placed["rest"]
        article = _ARTICLE_BEFORE.search(text) if len(text) < 40 else None
        separated = _is_separator(text[: article.start()] if article else text)
        form = labels.label_form(span.text)
        if form is not None or is_citation(span.text):
            work.links.append(Link(_named_before(text, span) if form is not None else "Paper", span.url))
            if not separated:
                add_tail(work, _without_opening(text))
            if form is None:
                add_tail(work, f" {span.text} ")
        elif separated and not work.worded and (_JOINING.search(text) or len(span.text.split()) >= 3):
            works.append(Work(f"{article[1]} {span.text}" if article else span.text, span.url))
        elif separated or (_SENTENCE_END.search(text) and last_words < index):
            add_tail(work, text)
            work.links.append(Link(labels.link_label(span.text), span.url))
        else:
            add_tail(work, text + span.text)
    add_tail(works[-1], "".join(since))


def _is_separator(text: str) -> bool:
    """Return whether text between two links only joins them."""
    return len(text) <= 40 and bool(_ONLY_SEPARATORS.fullmatch(text))


def _named_before(text: str, span: Span) -> str:
    """Return a link's label, taken from the words before it (``code: [link](…)``) when its own says nothing."""
    hint = wording.strip_marks(wording.plain(text[-40:])).strip("([ ,;.|")
    return labels.link_label(hint if not labels.label_form(span.text) and labels.label_form(hint) else span.text)


def _without_opening(text: str) -> str:
    """Return the text before a link without the bracket that was opened for the link."""
    return text.rstrip().rstrip("([（【|·•-–—,:").rstrip() + " "
