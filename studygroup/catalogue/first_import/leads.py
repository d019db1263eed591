"""The words beside a work's first link: which of them are its title, and what the others say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import citation, labels, references, wording
from studygroup.catalogue.first_import.plain_citations import read_plain_citation, read_quoted_reference
from studygroup.catalogue.first_import.signatures import read_signed
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.tails import add_tail, take_cited
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.items.item import arxiv_id

_POINTERS = re.compile(
    r"^(?:see|read|watch|check(?:\s?out)?|via|from|source|more|also|cf|e\.g|for more|learn more|read more|details?|here|note|"
    r"by|this is|click|visit|join|follow|get|download|try|and|or|as|in|on|of|to|with|thanks|credits?)\b",
    re.IGNORECASE,
)
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
# "2024-03-10: ", "17 Mar 2024 - ": a year alone may be a title.
_DAY_BEFORE = re.compile(
    rf"(?:(?:19|20)\d\d(?:[/.-]\d{{1,2}}){{1,2}}|(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th|\.)? {_MONTH})(?:,? (?:19|20)\d\d)?)"
    r"\s*[:|–—-]\s+",
    re.IGNORECASE,
)
_YEAR_AND_MONTH = re.compile(r"((?:19|20)\d\d)(?P<month>[-/.]\d{1,2})?")
_PREPOSITIONS = re.compile(
    r"(?:By|From|And|Or|As|In|On|Of|To|With|More|Also|Try|Get|Watch|Read|Details?|Source|Note|Join|Follow)\b"
)
_SHORTEST_SENTENCE = 4
_LONGEST_TITLE_WORDS = 30
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z]{2,10}")
_BEHIND_MARK = re.compile(r"\s*[:：\-–—|]+\s+(?P<title>[^\n.;([|–—]+)")
_LONGEST_LEAD_WORDS = 3
_FULL_STOP = re.compile(r"\s\S*[a-z0-9)](?<!\betc)(?<!\bal)(?<!\b[Vv]ol)(?<!\bInc)(?<!\b[Ee]d)(?<!\bJr)\.$")


def is_reference(lead: str) -> bool:
    """Return whether the text before a link is a reference with its year: who, when, what, where."""
    said = references.read_reference(lead)
    return said is not None and bool(said.authors and said.year and said.title)


_NUMBERED = re.compile(r"\[\d+\]")


def is_pointer(lead: str, words: int) -> bool:
    """Return whether words before a link only lead to it (*See also*); a title may well begin with *On* or *To*."""
    if not _POINTERS.match(lead):
        return False
    return words < _SHORTEST_SENTENCE or lead[0].islower() or not _PREPOSITIONS.match(lead)


def title_with_lead(work: Work, lead: str, tidy: str, link: Span, words: int, set_off: bool, bold: bool) -> bool:
    """Give the work its title when words stand before a link that has a title of its own; return whether it is one."""
    work.title = link.text
    dated = bool(_DATE.fullmatch(tidy) or _BRACKETED.fullmatch(lead.strip()))
    # A title in quotes or italics has its mark before the link.
    if set_off or lead.rstrip("\"'“‘«*_ ").endswith((",", ".", "，", "。")) or bold or dated:
        head = wording.strip_marks(tidy)
        if cited := references.read_names_and_year(lead):
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


def title_behind(spans: Sequence[Span], first: int) -> tuple[str, int]:
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


def spelt_out(label: str, behind: Sequence[Span]) -> tuple[str, str] | None:
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


def read_lead(work: Work, spans: Sequence[Span], lead: str, bold: bool) -> bool:
    """Give the work the title that stands before a link that only says ``paper``; return whether there is one."""
    if undated := _without_date(work, spans):
        spans = undated
        lead = wording.plain(text_of([span for span in spans if not span.code and not span.url])).rstrip("< ")
        bold = any(span.bold and wording.has_words(span.text) for span in spans)
    marked = "".join(span.text for span in spans if span.bold and not _NUMBERED.fullmatch(span.text.strip())) if bold else ""
    if marked and not references.split_lead(spans):
        cited = read_quoted_reference(lead, marked)
    else:
        cited = None if bold else read_plain_citation(lead)
    if cited:
        take_cited(work, cited)
        work.title = cited.title
        return True
    if cited := citation.read_who_and_when(lead.rstrip(" [(（【→")):
        take_cited(work, cited)
        work.title = f"arXiv:{paper}" if (paper := arxiv_id(work.url)) else wording.strip_marks(lead)
        return True
    if cited := references.split_lead(spans):
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
        if not bold and (cited := references.read_named_title(lead.rstrip(" [(（【→:：,-–—|"))):
            take_cited(work, cited)
            work.title = wording.strip_marks(cited.title)
            if wording.has_words(cited.rest):
                add_tail(work, cited.rest + " ")
            return True
        signed = None if bold else read_signed(lead.rstrip(" [(（【→:：,-–—|"))
        if signed:
            work.title, rest = signed.title, ", ".join(signed.behind)
            work.authors = signed.authors
        else:
            work.title, rest = _split_bold(work, spans) if bold else _split_plain(lead)
    if wording.has_words(rest):
        add_tail(work, rest + " ")
    return wording.has_words(work.title) and len(work.title.split()) <= _LONGEST_TITLE_WORDS


def _without_date(work: Work, spans: Sequence[Span]) -> list[Span] | None:
    """Note the day before a title (``**March 3**: Title``) and return the text without it; None where there is none."""
    first = next((index for index, span in enumerate(spans) if span.text.strip()), None)
    if first is None or spans[first].url:
        return None
    text = spans[first].text.strip()
    found = _DAY_BEFORE.match(text + " ")
    if found is None and spans[first].bold and _DAY_BEFORE.fullmatch(f"{text.rstrip(' :')}: "):
        found = re.match(r".*", text)
    if found is None:
        return None
    _take_date(work, found[0])
    rest = [spans[first]._replace(text=text[found.end() :]), *spans[first + 1 :]]
    while len(rest) > 1 and not rest[0].text.strip(" \t:|–—-"):
        rest.pop(0)
    return [rest[0]._replace(text=rest[0].text.lstrip(" \t:|–—-")), *rest[1:]]


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
    if _FULL_STOP.search(lead):
        lead = lead[:-1]
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


def is_in_brackets(spans: Sequence[Span], first: int, lead: str, words: int) -> bool:
    """Return whether a short label stands in brackets behind a longer text, which is then the title."""
    if not lead.rstrip().endswith(("(", "[", "（", "【")) or words < 2 or len(spans[first].text.split()) > _LONGEST_LEAD_WORDS:
        return False
    behind = spans[first + 1].text.lstrip() if first + 1 < len(spans) else ""
    return behind.startswith((")", "]", "）", "】", "|", ",", "/", ";"))


def is_citation(label: str) -> bool:
    """Return whether a label is only *who, where, when*: ``Kuang et al., ICCV2019``."""
    found = _CITED.match(wording.plain(label)) if "et al" in label else None
    rest = found["rest"] if found else ""
    return bool(found) and (not wording.has_words(rest) or bool(wording.venue_of(rest)[0]) or wording.year_of(rest) is not None)
