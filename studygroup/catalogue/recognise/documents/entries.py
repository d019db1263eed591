"""Works become entries: addresses put right, kinds told, and what concerns several entries of a list reported."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from studygroup.catalogue.items.item import Link, arxiv_id, doi
from studygroup.catalogue.recognise.documents.borrowed import find_borrowed
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.addresses import is_relative, right_address
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of

_TWO_TITLES = re.compile(r"^(.{8,}?)(?:\s+and\s+|\s*[;&]\s*)(.{8,})$")


@dataclass
class EntryMaker:
    """What the entries of one list have in common: its title, its base address, the present, and who is told of problems."""

    title: str
    base_url: str
    now: datetime
    report: Callable[..., None]

    def entries(self, works: Sequence[FoundWork]) -> list[Entry]:
        """Return the entries of the works, in order; what is wrong with them is reported."""
        for work in works:
            work.url = self._address(work.url, work.line)
            work.links = each_once([Link(link.label, self._address(link.url, work.line)) for link in work.links], work.url)
        borrowed = find_borrowed(works)
        entries = []
        for position, work in enumerate(works, 1):
            owner = borrowed.get(id(work))
            entries.append(self._entry(position, work, owner is not None))
            if owner is not None:
                said = f"“{work.title}” carries the link of “{owner.title}” (line {owner.line}); it was kept as written"
                self.report(work.line, "warning", said)
        return entries

    def _address(self, url: str, line: int) -> str:
        return right_address(url, line, self.base_url, self.now, self.report) if url else ""

    def _entry(self, position: int, work: FoundWork, borrowed: bool) -> Entry:
        # A venue of papers says what a work without a link is.
        hint = work.kind or ("paper" if not work.url and work.year and work.details.get("venue") else "")
        headings = work.section if work.section and work.url else (self.title, *work.section)
        kind = kind_of(work.url, work.title, headings, work.head, hint)
        if _holds_two(work.title):
            self.report(work.line, "note", f"“{work.title}” names two works under one link; it stays one entry")
        known = [work.url, *(link.url for link in work.links if kind != "model" and link.label != "Code")]
        return Entry(
            position=position,
            title=work.title,
            url=work.url,
            section=work.section,
            kind=kind,
            authors=tuple(work.authors),
            year=work.year,
            arxiv=next(filter(None, map(arxiv_id, known)), ""),
            doi=next(filter(None, map(doi, known)), ""),
            links=tuple(work.links),
            details=work.details,
            status=work.status,
            line=work.line,
            number=work.number,
            columns=work.columns,
            borrowed=borrowed,
            sure=certainty(work.sure),
        )


def report_relative(entries: Sequence[Entry], report: Callable[..., None]) -> None:
    """Warn once of all links that only say where something is as seen from the list."""
    relative = [entry.line for entry in entries if is_relative(entry.url)]
    if relative:
        links = "1 link is" if len(relative) == 1 else f"{len(relative)} links are"
        report(relative[0], "warning", f"{links} relative, the first one here; say where the list stands with --base-url")


def certainty(sure: float) -> float:
    """Return how sure it is that a line names a work, between 0 and 1."""
    return round(1 / (1 + math.exp(min(-sure, 50.0))), 2)


def each_once(links: Sequence[Link], main: str) -> list[Link]:
    """Return the links without those to the main address or to one that an earlier link has."""
    seen, kept = {main, ""}, []
    for link in links:
        if link.url not in seen:
            seen.add(link.url)
            kept.append(link)
    return kept


def _holds_two(title: str) -> bool:
    """Return whether a title joins two titles: the second begins as the first does, or both are in quotes."""
    if len(title) > 400 or not (found := _TWO_TITLES.match(title)):
        return False
    one, other = found[1].casefold().split(), found[2].casefold().split()
    start = one[: max(3, len(one) // 2)]
    return (len(one) >= 3 and other[: len(start)] == start) or (
        one[0][0] in '"“«' and other[0][0] in '"“«' and one[-1][-1] in '"”»'
    )
