"""Paragraphs as works: a title in bold on a line of its own, with authors and links on the lines behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.first_import import citation, labels, wording
from studygroup.catalogue.first_import.address import is_relative
from studygroup.catalogue.first_import.named_works import read_named
from studygroup.catalogue.first_import.resource_lines import add_links, is_resource_line, prefer_paper
from studygroup.catalogue.first_import.spans import Span, lines_of_spans, text_of
from studygroup.catalogue.first_import.tails import take_cited
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.first_import.works import read_works

_LONGEST_LABEL_WORDS = 6
# "3.【ICLR-2018 GAT】" on the line above a title.
_BRACKETED_LINE = re.compile(r"(?:\d{1,3}[.)]?\s*)?[\[(【]([^\[\]()【】]{2,60})[\])】]")
_LONGEST_TITLE_WORDS = 30


def title_of_line(line: Sequence[Span], shortest: int = 8) -> str:
    """Return the title that a line in bold without a link is, or an empty string where it is none or shorter than that."""
    worded = [span for span in line if wording.has_words(span.text) and not span.code]
    if not worded or any(span.url and not span.picture for span in line) or not all(span.bold for span in worded):
        return ""
    title = wording.clean_title(text_of([span for span in line if not span.url])).text
    if title.endswith((":", "：")) or text_of(line).rstrip().endswith((":", "：")):
        return ""
    return title if len(title) >= shortest and len(title.split()) <= _LONGEST_TITLE_WORDS else ""


def read_titled(spans: Sequence[Span]) -> list[tuple[int, Work]]:
    """Return the works of a paragraph whose titles stand in bold on lines of their own, each with its line's offset.

    None of them unless every title has a link and every link belongs to a title.
    """
    found: list[tuple[int, Work]] = []
    for offset, line in enumerate(lines_of_spans(spans)):
        links = [span for span in line if span.url and not span.picture]
        text = wording.plain(text_of([span for span in line if not span.url]))
        title = title_of_line(line, shortest=2)
        if title and labels.label_form(title) is None:
            found.append((offset, Work(title, "")))
        elif not found:
            if links:
                return []
        elif not links:
            describe(found[-1][1], text)
        elif not _take_links(found[-1][1], line, links, text):
            return []
    for _, work in found:
        prefer_paper(work)
    return found if all(work.url for _, work in found) else []


def describe(work: Work, text: str) -> bool:
    """Take in a line of names, or of where and when; any other is about the work. Return whether it was the former."""
    text = text.lstrip(": ")
    said = citation.read_parts(text)
    if (said.authors or said.venue or said.year) and not said.rest:
        take_cited(work, said)
        return True
    if wording.has_words(text):
        work.details["about"] = f"{work.details['about']} {text}" if "about" in work.details else text
    return False


def _take_links(work: Work, line: Sequence[Span], links: Sequence[Span], text: str) -> bool:
    """Give a work a line's links; return False if the line says more than that."""
    if wording.has_words(text) and labels.label_form(text) is None:
        return False
    if any(len(span.text.split()) > _LONGEST_LABEL_WORDS for span in links):
        return False
    for span in links:
        said = citation.read_label(span.text)
        if said:
            take_cited(work, said)
            span = span._replace(text="Paper")
        add_links(work, [span], is_resource_line(line) or "")
    return True


def works_of(spans: Sequence[Span]) -> list[tuple[int, Work]]:
    """Return a paragraph's works, each with its line's offset; none if any line with a link is prose or navigation."""
    links = [span for span in spans if span.url and not span.picture]
    if len(links) > 1 and all(is_relative(span.url) for span in links) and "|" in text_of(spans):
        return []
    if titled := read_titled(spans):
        return titled
    found: list[tuple[int, Work]] = []
    place = ""
    for offset, line in enumerate(lines_of_spans(spans)):
        if not wording.has_words(text_of(line)) and not any(span.url for span in line):
            continue
        if bracketed := _BRACKETED_LINE.fullmatch(text_of(line).strip(" \v")):
            place = bracketed[1]
            continue
        if not any(span.url for span in line) and (named := read_named(line)) and named.certain:
            found.append((offset, named.work))
            continue
        if found and not found[-1][1].url and (resource := is_resource_line(line)) is not None:
            add_links(found[-1][1], line, resource)
            continue
        if found and not any(span.url for span in line):
            said = citation.read_parts(wording.plain(text_of(line)))
            if (said.authors or said.venue or said.year) and not said.rest:
                take_cited(found[-1][1], said)
                continue
        works = read_works(line, strict=True)
        if not works or len(works) > 2:
            return []
        if place:
            works[0].details.setdefault("note", place)
        place = ""
        found += [(offset, work) for work in works]
    return found
