"""The works that one line of a list names: where the title is, which links belong to it, what the rest says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from studygroup.catalogue import wording
from studygroup.catalogue.item import Link, arxiv_id
from studygroup.catalogue.spans import Span, text_of

_SEPARATOR_END = re.compile(r"(?:[:：|•·→–—]|\s-|-\s)\s*[\[(（【]?\s*$")
_ONLY_SEPARATORS = re.compile(r"(?:[^\w]|_|\b(?:and|or|with|plus|also|see|via|at|on|in|und|和)\b)*", re.IGNORECASE)
_JOINING = re.compile(r"[,;&+/\n\v]|\band\b|\bund\b|和|、")
_SENTENCE_END = re.compile(r"[.!?。！？]['\")”’]?[\s|/\[(,]*$")
_POINTERS = re.compile(
    r"^(?:see|read|watch|check(?:\s?out)?|via|from|source|more|also|cf|e\.g|for more|learn more|read more|details?|here|note|"
    r"by|this is|click|visit|join|follow|get|download|try|and|or|as|in|on|of|to|with|thanks|credits?)\b",
    re.IGNORECASE,
)
_TAIL_START = re.compile(r"^[\s\])】）]*(?:[-–—:：|→•·,;.]\s*|\s)*")
_BY_START = re.compile(r"^[\s(\[,–—-]*by:?\s+", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\[（]([^()\[\]（）]*)[)\]）]")
_CITED = re.compile(r"^(?P<names>[^.,;()\d]{2,60}?\bet al\b\.?)[\s,;(]*(?P<rest>.*)$", re.DOTALL)
_DATE = re.compile(r"(?:19|20)\d\d(?:[/.-]\d{1,2}){0,2}")
_BRACKETED = re.compile(r"[\[(（【][^\[\]()（）]{1,40}[\])）】]")
# "(arXiv 2023.01) Title": when and where it appeared.
_DATED_START = re.compile(r"[\[(（【][^\[\]()（）]{0,25}(?:19|20)\d\d[^\[\]()（）]{0,8}[\])）】]\s+")
_LONGEST_TITLE_WORDS = 30
_LONGEST_LEAD_WORDS = 3


@dataclass
class Work:
    """A work that a line names; ``tail`` is what followed its link, before it was read."""

    title: str
    url: str
    links: list[Link] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    kind: str = ""
    details: dict[str, str] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    worded: bool = False


@dataclass
class Draft:
    """A work on its way to becoming an entry."""

    work: Work
    line: int
    section: tuple[str, ...]
    group: int
    number: str = ""
    status: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    head: str = ""
    table: bool = False


def read_works(spans: Sequence[Span], *, strict: bool = False) -> list[Work]:
    """Return the works of one line, in order; none for prose.

    ``strict`` is for paragraphs, where a link in a sentence is the rule: then the line must begin with its link or with a
    bold title, and what follows must be set off from it.
    """
    if not strict and (bare := _only_address(spans)):
        return [Work(title_from_address(bare), bare)]
    first = next((index for index, span in enumerate(spans) if span.url and not span.picture), None)
    if first is None or (spans[first].struck and not any(s.url and not s.struck for s in spans)):
        return []
    work, rest = _first_work(spans, first, strict)
    if work is None:
        return []
    works = [work]
    _read_rest(spans, rest, works)
    for one in works:
        if not _finish(one, strict):
            return []
    return [one for one in works if wording.has_words(one.title) and wording.label_form(one.title) != ""]


def _only_address(spans: Sequence[Span]) -> str:
    """Return the address if a line is nothing else."""
    links = [span.url for span in spans if span.url and not span.picture]
    bare = len(links) == 1 and not any(wording.has_words(span.text) and wording.label_form(span.text) != "" for span in spans)
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
    lead = wording.plain("".join(span.text for span in spans[:first] if not span.code and not span.url))
    bold = any(span.bold and wording.has_words(span.text) for span in spans[:first])
    if organisations and not wording.has_words(lead) and wording.label_form(spans[first].text) is not None:
        # `Title` [paper](…): the code span is the title itself.
        lead, organisations = organisations[-1], organisations[:-1]
        bold = True
    link = spans[first]
    form = wording.label_form(link.text)
    tidy = lead.strip(" \t[](){}（）【】\"'“”*-–—•·|>+")
    work = Work("", link.url)
    for organisation in organisations:
        _note_tag(work, organisation)
    if not wording.has_words(lead):
        cited = _is_citation(link.text)
        if form is None and not (cited and _title_behind(spans, first)[0]):
            work.title = link.text
            return work, first + 1
        if cited:
            _add_tail(work, f"({link.text}) ")
        title, after = _title_behind(spans, first)
        if _BY_START.match(title):
            # "[Paper](…) by Ann Lee" names its author and no title.
            work.title = link.text if form and len(link.text.split()) > 1 else title_from_address(link.url)
            return work, first + 1
        work.title = title
        if form and title:
            work.kind = ""
        return (work, after) if title else (None, 0)
    words = len(lead.split())
    set_off = bool(_SEPARATOR_END.search(lead))
    if form is not None or _is_citation(link.text):
        if (_POINTERS.match(tidy) and not bold) or (strict and not bold and not set_off):
            return None, 0
        if dated := _DATED_START.match(lead):
            work.details["note"] = dated[0].strip()[1:-1]
            lead = lead[dated.end() :]
        title, about = _split_lead(spans[:first], lead, bold)
        if not title or len(title.split()) > _LONGEST_TITLE_WORDS:
            return None, 0
        work.title = title
        if about:
            _add_tail(work, about + " ")
        if form is None:
            _add_tail(work, f" {link.text} ")
        return work, first + 1
    if strict and not bold:
        return None, 0
    return (work, first + 1) if _title_with_lead(work, lead, tidy, link, words, set_off, bold) else (None, 0)


def _title_with_lead(work: Work, lead: str, tidy: str, link: Span, words: int, set_off: bool, bold: bool) -> bool:
    """Give the work its title when words stand before a link that has a title of its own; return whether it is one."""
    work.title = link.text
    dated = bool(_DATE.fullmatch(tidy) or _BRACKETED.fullmatch(lead.strip()))
    if set_off or lead.endswith((",", ".", "，", "。")) or bold or dated:
        head = wording.strip_marks(tidy)
        persons, organisations = wording.split_names(head)
        year = wording.year_of(head)
        venue, year_of_venue = wording.venue_of(head)
        if venue:
            work.details["venue"], work.year = venue, year_of_venue
        elif wording.label_form(head):
            work.kind = wording.clean_title(f"x ({head})").kind
        elif year:
            work.year = year
        elif persons and not organisations and not bold and not (set_off and len(persons) == 1 and "al" not in head.split()):
            work.authors = persons
        elif words <= 12:
            if head:
                work.details["note"] = head
        else:
            return False
        return True
    if _POINTERS.match(tidy):
        return words <= _LONGEST_LEAD_WORDS and tidy.lower() in {"see", "read", "watch"}
    if words <= _LONGEST_LEAD_WORDS and (tidy[:1].isupper() or not tidy[:1].isascii()):
        work.title = f"{lead} {link.text}"
        work.tail.append("\0")
        return True
    return False


def _title_behind(spans: Sequence[Span], first: int) -> tuple[str, int]:
    """Return a title that follows a link saying nothing (``[Paper](…) Title``), and the index behind it."""
    for index in range(first + 1, len(spans)):
        span = spans[index]
        if span.picture or (span.url and wording.label_form(span.text) is not None):
            continue
        if span.url:
            return span.text, index + 1
        text = wording.strip_marks(wording.plain(span.text)).strip("[]()")
        if wording.has_words(text) and wording.label_form(text) is None:
            return (text, index + 1) if len(text.split()) <= _LONGEST_TITLE_WORDS else ("", 0)
    return "", 0


def _split_lead(spans: Sequence[Span], lead: str, bold: bool) -> tuple[str, str]:
    """Return the title and the rest of what stands before a link that only says ``paper``."""
    if bold:
        title = "".join(span.text for span in spans if span.bold)
        rest = "".join(span.text for span in spans if not span.bold and not span.code and not span.url)
        if not wording.has_words(title):
            title = "".join(span.text for span in spans if span.code)
        return wording.strip_marks(wording.plain(title)), wording.plain(rest).strip(" [(:,-–—|")
    before = lead.rstrip(" [(（【→")
    lead = before.rstrip(" :：,-–—|")
    words = lead.split()
    # "Title, link: https://…" names the link before it.
    if before.endswith((":", "：")) and len(words) > 1 and wording.label_form(words[-1]) is not None:
        lead = " ".join(words[:-1])
    for separator in (" - ", " – ", " — ", ". "):
        head, found, tail = lead.partition(separator)
        if found and len(head.split()) >= 2 and len(tail.split()) >= 4:
            return wording.strip_marks(head), tail
    return wording.strip_marks(lead), ""


def _is_citation(label: str) -> bool:
    """Return whether a label is only *who, where, when*: ``Kuang et al., ICCV2019``."""
    found = _CITED.match(wording.plain(label)) if "et al" in label else None
    rest = found["rest"] if found else ""
    return bool(found) and (not wording.has_words(rest) or bool(wording.venue_of(rest)[0]) or wording.year_of(rest) is not None)


def _read_rest(spans: Sequence[Span], start: int, works: list[Work]) -> None:
    """Give every later link of the line its place: a link of the work, a work of its own, or part of a sentence."""
    last_words = max((i for i, span in enumerate(spans) if not span.url and wording.has_words(span.text)), default=-1)
    since: list[str] = []
    for index in range(start, len(spans)):
        span = spans[index]
        work = works[-1]
        if not span.url:
            if span.code and wording.has_words(span.text) and not "".join(since).strip():
                _note_tag(work, wording.plain(span.text))
            else:
                since.append(span.text)
            continue
        if span.picture or span.struck:
            continue
        text = "".join(since)
        since = []
        separated = _is_separator(text)
        form = wording.label_form(span.text)
        if form is not None or _is_citation(span.text):
            work.links.append(Link(_named_before(text, span) if form is not None else "Paper", span.url))
            if not separated:
                _add_tail(work, _without_opening(text))
            if form is None:
                _add_tail(work, f" {span.text} ")
        elif separated and not work.worded and (_JOINING.search(text) or len(span.text.split()) >= 3):
            works.append(Work(span.text, span.url))
        elif separated or (_SENTENCE_END.search(text) and last_words < index):
            _add_tail(work, text)
            work.links.append(Link(wording.link_label(span.text), span.url))
        else:
            _add_tail(work, text + span.text)
    _add_tail(works[-1], "".join(since))


def _add_tail(work: Work, text: str) -> None:
    work.tail.append(text)
    work.worded = work.worded or wording.has_words(text)


def _is_separator(text: str) -> bool:
    """Return whether text between two links only joins them."""
    return len(text) <= 40 and bool(_ONLY_SEPARATORS.fullmatch(text))


def _named_before(text: str, span: Span) -> str:
    """Return a link's label, taken from the words before it (``code: [link](…)``) when its own says nothing."""
    hint = wording.strip_marks(wording.plain(text[-40:])).strip("([ ,;.|")
    return wording.link_label(hint if not wording.label_form(span.text) and wording.label_form(hint) else span.text)


def _without_opening(text: str) -> str:
    """Return the text before a link without the bracket that was opened for the link."""
    return text.rstrip().rstrip("([（【|·•-–—,:").rstrip() + " "


def _note_tag(work: Work, tag: str) -> None:
    """Take in a code span beside the title: a year, a venue, else who made it."""
    venue, year = wording.venue_of(tag)
    if tagged := wording.year_of(tag):
        work.year = work.year or tagged
    elif venue:
        work.details.setdefault("venue", venue)
        work.year = work.year or year
    elif wording.label_form(tag) is None and len(tag) <= 60:
        work.details.setdefault("organisation", tag)


def _finish(work: Work, strict: bool) -> bool:
    """Clean the title and read what followed; return whether the line holds a work at all."""
    joined = "\0" in "".join(work.tail)
    tail = "".join(work.tail).replace("\0", "")
    title = wording.clean_title(work.title)
    text, persons, organisations = wording.split_by(title.text)
    work.title = wording.clean_title(text).text if persons or organisations else title.text
    work.kind = work.kind or title.kind
    work.year = work.year or title.year
    work.authors += persons
    if organisations:
        work.details.setdefault("organisation", "; ".join(organisations))
    if not wording.has_words(tail):
        return True
    behind = tail.lstrip()
    closed = behind.startswith(("]", ")", "】", "）"))
    tail = behind.lstrip("])】） ") if closed else tail
    set_off = closed or bool(re.match(r"\s*(?:[-–—:：|(（\[,;.→•·*]|by\b)", tail)) or "\n" in tail[:2]
    if (strict or joined) and not set_off:
        return False
    if not set_off and re.match(r"\s*(?:is|are|was|were|has|have|can|does|provides|offers|lets|allows)\b", tail):
        tail = f"{work.title}{tail}"
    _read_tail(work, tail, set_off)
    if work.title.endswith(".") and not work.title.endswith("..") and (work.authors or "venue" in work.details):
        work.title = work.title[:-1]
    return True


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
    rest = _TAIL_START.sub("", wording.plain(tail), count=1) if set_off else wording.plain(tail)
    if named := _BY_START.match(rest):
        names, _, about = rest[named.end() :].partition(". ")
        persons, organisations = wording.split_names(names)
        if (persons or organisations) and all(wording.is_organisation(name) and name[0].isupper() for name in organisations):
            work.authors += persons
            if organisations:
                work.details.setdefault("organisation", "; ".join(organisations))
            rest = about
    elif (cited := _CITED.match(rest)) and not work.authors:
        rest = _take_citation(work, cited)
    else:
        rest = _take_plain(work, rest)
    rest = rest.strip(" ,;|[]")
    if wording.has_words(rest) and len(rest) > 1:
        work.details.setdefault("about", rest if len(rest) < 3 or rest[-2:] != " ." else rest[:-2])


def _take_plain(work: Work, rest: str) -> str:
    """Take a venue, a year or a row of names that is all the text says; return what is left."""
    head, venue, year = wording.split_venue(rest) if len(rest) < 400 else (rest, "", None)
    if venue:
        work.details.setdefault("venue", venue)
        work.year = work.year or year
        rest = head
    first, _, more = rest.partition(". ")
    persons, organisations = wording.split_names(first) if first[:1].isupper() and len(first) < 300 else ([], [])
    if persons and not organisations and not work.authors and (venue or len(persons) > 1) and wording.are_names(persons):
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


def add_links(work: Work, spans: Sequence[Span], label: str = "") -> None:
    """Give a work the links of a line under it (``- paper: https://…``), named by the words before them."""
    for span in spans:
        if span.url and not span.picture:
            named = (
                wording.link_label(label or span.text)
                if wording.label_form(span.text) in ("",)
                else wording.link_label(span.text)
            )
            if not work.url:
                work.url = span.url
            elif span.url != work.url:
                work.links.append(Link(named, span.url))


def is_resource_line(spans: Sequence[Span]) -> str | None:
    """Return the name of what a child line links (``Code``; empty if unnamed) when it only does that, else None."""
    links = [span for span in spans if span.url and not span.picture]
    if not links or any(wording.label_form(span.text) is None for span in links):
        return None
    words = wording.strip_marks(wording.plain(text_of([span for span in spans if not span.url]))).strip("[]() ")
    if not wording.has_words(words):
        return wording.label_form(links[0].text) or ""
    return wording.label_form(words)
