"""The works that one line of a list names: where the title is, which links belong to it, what the rest says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from studygroup.catalogue import citation, labels, wording
from studygroup.catalogue.address import is_relative
from studygroup.catalogue.item import Link, arxiv_id
from studygroup.catalogue.signatures import is_homepage, read_signed
from studygroup.catalogue.spans import Span, text_of
from studygroup.catalogue.tails import finish, note_tag, take_cited
from studygroup.catalogue.work import Work

_SEPARATOR_END = re.compile(r"(?:[:：|•·→–—]|\s-|-\s)\s*[\[(（【]?\s*$")
_ONLY_SEPARATORS = re.compile(r"(?:[^\w]|_|\b(?:and|or|with|plus|also|see|via|at|on|in|und|和)\b)*", re.IGNORECASE)
_JOINING = re.compile(r"[,;&+/\n\v]|\band\b|\bund\b|和|、")
_SENTENCE_END = re.compile(r"[.!?。！？]['\")”’]?[\s|/\[(,]*$")
_POINTERS = re.compile(
    r"^(?:see|read|watch|check(?:\s?out)?|via|from|source|more|also|cf|e\.g|for more|learn more|read more|details?|here|note|"
    r"by|this is|click|visit|join|follow|get|download|try|and|or|as|in|on|of|to|with|thanks|credits?)\b",
    re.IGNORECASE,
)
_BY_START = re.compile(r"^[\s(\[,–—-]*(?:by|von|por|par|от):?\s+", re.IGNORECASE)
_CITED = re.compile(r"^(?P<names>[^.,;()\d]{2,60}?\bet al\b\.?)[\s,;(]*(?P<rest>.*)$", re.DOTALL)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"(?:19|20)\d\d(?:[/.-]\d{1,2}){0,2}|\d{1,2}(?:/\d{1,2}|\.\d{1,2}\.)(?:/?(?:19|20)?\d\d)?|(?:\d{4}年)?\d{1,2}月\d{1,2}日|"
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th|\.)? {_MONTH})"
    r"(?:,? (?:19|20)\d\d)?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[\[(（【][^\[\]()（）]{1,40}[\])）】]")
# "(arXiv 2023.01) Title": when and where it appeared.
_DATED_START = re.compile(
    r"[\[(（【][^\[\]()（）]{0,25}(?:19|20)\d\d[^\[\]()（）]{0,8}[\])）】]\s+|(?:19|20)\d\d[-/.]\d{1,2}\s*[|:–—-]\s+"
)
_YEAR_AND_MONTH = re.compile(r"((?:19|20)\d\d)(?P<month>[-/.]\d{1,2})?")
_PREPOSITIONS = re.compile(
    r"(?:By|From|And|Or|As|In|On|Of|To|With|More|Also|Try|Get|Watch|Read|Details?|Source|Note|Join|Follow)\b"
)
_SHORTEST_SENTENCE = 4
_PLACE_BEFORE = re.compile(r"^(?P<place>\s*\((?:[A-Z]\w+ )?(?:19|20)\d\d\))(?P<rest>\s*(?:and|und|&|,|;|\+).*)$", re.DOTALL)
_ARTICLE_BEFORE = re.compile(r"\b(The|A|An)\s+$")
_LONGEST_TITLE_WORDS = 30
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z]{2,10}")
_BEHIND_MARK = re.compile(r"\s*[:：\-–—|]+\s+(?P<title>[^\n.;([|–—]+)")
_LONGEST_LEAD_WORDS = 3
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
        cited = _is_citation(link.text)
        if form is None and not (cited and _title_behind(spans, first)[0]):
            work.title = link.text
            if spelt_out := _spelt_out(link.text, spans[first + 1 : first + 2]):
                work.title, rest = spelt_out
                work.details["note"] = link.text
                _add_tail(work, rest)
                return work, first + 2
            return work, first + 1
        if cited:
            _add_tail(work, f"({link.text}) ")
        if not link.text and first + 1 < len(spans) and spans[first + 1].text.lstrip(" ").startswith("\n"):
            work.title = title_from_address(link.url)
            return work, first + 1
        title, after = _title_behind(spans, first)
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
    bracketed = form is None and _is_in_brackets(spans, first, lead, words)
    if form is not None or said or bracketed or _is_citation(link.text):
        if (_is_pointer(tidy, words) and not bold) or (strict and not bold and not set_off and not _is_reference(lead)):
            return None, 0
        if not _read_lead(work, spans[:first], lead, bold):
            return None, 0
        if said:
            take_cited(work, said)
        elif form is None and bracketed:
            work.details.setdefault("note", wording.strip_marks(wording.plain(link.text)))
        elif form is None:
            _add_tail(work, f" {link.text} ")
        return work, first + 1
    if strict and not bold:
        return None, 0
    return (work, first + 1) if _title_with_lead(work, lead, tidy, link, words, set_off, bold) else (None, 0)


def _is_reference(lead: str) -> bool:
    """Return whether the text before a link is a reference with its year: who, when, what, where."""
    said = citation.read_reference(lead)
    return said is not None and bool(said.authors and said.year and said.title)


def _is_pointer(lead: str, words: int) -> bool:
    """Return whether words before a link only lead to it (*See also*); a title may well begin with *On* or *To*."""
    if not _POINTERS.match(lead):
        return False
    return words < _SHORTEST_SENTENCE or lead[0].islower() or not _PREPOSITIONS.match(lead)


def _title_with_lead(work: Work, lead: str, tidy: str, link: Span, words: int, set_off: bool, bold: bool) -> bool:
    """Give the work its title when words stand before a link that has a title of its own; return whether it is one."""
    work.title = link.text
    dated = bool(_DATE.fullmatch(tidy) or _BRACKETED.fullmatch(lead.strip()))
    # A title in quotes or italics has its mark before the link.
    if set_off or lead.rstrip("\"'“‘«*_ ").endswith((",", ".", "，", "。")) or bold or dated:
        head = wording.strip_marks(tidy)
        if cited := citation.read_names_and_year(lead):
            take_cited(work, cited)
            return True
        if names := citation.read_names(head):
            work.authors = names
            return True
        persons, organisations = wording.split_names(head)
        if organisations and words > 3 and all(map(wording.is_person, names := citation.names_in_order(head))):
            persons, organisations = names, []
        year = wording.year_of(head)
        venue, year_of_venue = wording.venue_of(head)
        if venue and year_of_venue:
            work.details["venue"], work.year = venue, year_of_venue
        elif place := citation.read_short_place(head):
            take_cited(work, place)
        elif venue:
            work.details["venue"] = venue
        elif labels.label_form(head):
            work.kind = wording.clean_title(f"x ({head})").kind
        elif year:
            work.year = year
        elif persons and not organisations and not bold and not (set_off and len(persons) == 1 and "al" not in head.split()):
            work.authors = persons
        elif words <= 12:
            if head:
                _take_date(work, head)
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
        if span.picture or (span.url and labels.label_form(span.text) is not None):
            continue
        if span.url:
            return span.text, index + 1
        text = _unframed(wording.strip_marks(wording.plain(span.text)))
        if wording.has_words(text) and labels.label_form(text) is None:
            return (text, index + 1) if len(text.split()) <= _LONGEST_TITLE_WORDS else ("", 0)
    return "", 0


def _spelt_out(label: str, behind: Sequence[Span]) -> tuple[str, str] | None:
    """Return the title whose first letters a label is (``[TaPL](…) - Types and Programming Languages``), and what follows it.

    Small words may be left out of the label. None where the text behind the label is no such title.
    """
    found = _BEHIND_MARK.match(behind[0].text) if behind and not behind[0].url and _ABBREVIATION.fullmatch(label) else None
    if not found:
        return None
    words = re.findall(r"[^\W\d_]+", found["title"])
    all_words, large_words = ("".join(word[0] for word in some) for some in (words, [one for one in words if one[0].isupper()]))
    if label.upper() not in {all_words.upper(), large_words.upper()}:
        return None
    return found["title"].strip(), behind[0].text[found.end() :]


def _unframed(text: str) -> str:
    """Return text without the brackets around it, and without any at its ends that have no partner."""
    text = text.lstrip("])")
    for mark, partner in ("[]", "()"):
        if text[:1] == mark and (text[-1:] == partner or text.count(mark) > text.count(partner)):
            text = text[1:]
        if text.count(mark) < text.count(partner):
            text = text.rstrip(partner + " ")
    return text.rstrip("[(")


def _read_lead(work: Work, spans: Sequence[Span], lead: str, bold: bool) -> bool:
    """Give the work the title that stands before a link that only says ``paper``; return whether there is one."""
    if cited := citation.read_who_and_when(lead.rstrip(" [(（【→")):
        take_cited(work, cited)
        work.title = f"arXiv:{paper}" if (paper := arxiv_id(work.url)) else wording.strip_marks(lead)
        return True
    if cited := citation.split_lead(spans):
        take_cited(work, cited)
        work.title = cited.title
        if dated := _DATED_START.match(work.title):
            _take_date(work, dated[0])
            work.title = work.title[dated.end() :]
        work.title = wording.strip_marks(work.title)
        rest = cited.rest
    else:
        if dated := _DATED_START.match(lead):
            _take_date(work, dated[0])
            lead = lead[dated.end() :]
        if not bold and (cited := citation.read_named_title(lead.rstrip(" [(（【→:：,-–—|"))):
            take_cited(work, cited)
            work.title = wording.strip_marks(cited.title)
            if wording.has_words(cited.rest):
                _add_tail(work, cited.rest + " ")
            return True
        signed = None if bold else read_signed(lead.rstrip(" [(（【→:：,-–—|"))
        if signed:
            work.title, rest = signed.title, ", ".join(signed.behind)
            work.authors = signed.authors
        else:
            work.title, rest = _split_bold(work, spans) if bold else _split_plain(lead)
    if wording.has_words(rest):
        _add_tail(work, rest + " ")
    return wording.has_words(work.title) and len(work.title.split()) <= _LONGEST_TITLE_WORDS


def _take_date(work: Work, text: str) -> None:
    """Note the date before a title; a month without a day is when the work appeared."""
    said = text.strip(" \t[](){}（）【】|:–—-")
    dated = _YEAR_AND_MONTH.fullmatch(said)
    if dated:
        work.year = int(dated[1])
    if not dated or dated["month"]:
        work.details["note"] = said


def _split_bold(work: Work, spans: Sequence[Span]) -> tuple[str, str]:
    """Return the longest bold stretch, which is the title, and what stands behind it; what stands before is a note."""
    stretches: list[list[int]] = []
    # A title in code (`Title` [paper](…)) stands where one in bold would.
    in_bold = any(span.bold and wording.has_words(span.text) for span in spans)
    for index, span in enumerate(spans):
        if (span.bold if in_bold else span.code) and wording.has_words(span.text):
            if stretches and stretches[-1][-1] == index - 1:
                stretches[-1].append(index)
            else:
                stretches.append([index])
    if not stretches:
        return "", ""
    best = max(stretches, key=lambda stretch: len(text_of([spans[index] for index in stretch])))
    before = text_of([span for span in spans[: best[0]] if not span.code and not span.url])
    behind = text_of([span for span in spans[best[-1] + 1 :] if not span.code and not span.url])
    note = wording.strip_marks(wording.plain(before).strip(" []()【】"))
    if names := citation.read_names(note):
        work.authors = work.authors or names
    elif wording.has_words(note) and len(note.split()) <= _LONGEST_LEAD_WORDS:
        work.details.setdefault("note", note)
    elif wording.has_words(note):
        behind = f"{behind.rstrip()} {before}"
    title = text_of([spans[index] for index in best])
    return wording.strip_marks(wording.plain(title)), behind.lstrip(" :,-–—|").rstrip(" [(:,-–—|")


def _split_plain(lead: str) -> tuple[str, str]:
    """Return the title and the rest of unmarked text before a link that only says ``paper``."""
    before = lead.rstrip(" [(（【→")
    lead = before.rstrip(" :：,-–—|")
    words = lead.split()
    # "Title, link: https://…" names the link before it.
    named = len(words) > 1 and before.endswith((":", "：")) and not wording.year_of(words[-1])
    if named and labels.label_form(words[-1]) is not None:
        lead = " ".join(words[:-1])
    for separator in (" - ", " – ", " — ", ". "):
        head, found, tail = lead.partition(separator)
        if found and len(head.split()) >= 2 and len(tail.split()) >= 4:
            return wording.strip_marks(head), tail
    return wording.strip_marks(lead), ""


def _is_in_brackets(spans: Sequence[Span], first: int, lead: str, words: int) -> bool:
    """Return whether a short label stands in brackets behind a longer text, which is then the title."""
    if not lead.rstrip().endswith(("(", "[", "（", "【")) or words < 2 or len(spans[first].text.split()) > _LONGEST_LEAD_WORDS:
        return False
    behind = spans[first + 1].text.lstrip() if first + 1 < len(spans) else ""
    return behind.startswith((")", "]", "）", "】", "|", ",", "/", ";"))


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
        if form is not None or _is_citation(span.text):
            work.links.append(Link(_named_before(text, span) if form is not None else "Paper", span.url))
            if not separated:
                _add_tail(work, _without_opening(text))
            if form is None:
                _add_tail(work, f" {span.text} ")
        elif separated and not work.worded and (_JOINING.search(text) or len(span.text.split()) >= 3):
            works.append(Work(f"{article[1]} {span.text}" if article else span.text, span.url))
        elif separated or (_SENTENCE_END.search(text) and last_words < index):
            _add_tail(work, text)
            work.links.append(Link(labels.link_label(span.text), span.url))
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
    return labels.link_label(hint if not labels.label_form(span.text) and labels.label_form(hint) else span.text)


def _without_opening(text: str) -> str:
    """Return the text before a link without the bracket that was opened for the link."""
    return text.rstrip().rstrip("([（【|·•-–—,:").rstrip() + " "
