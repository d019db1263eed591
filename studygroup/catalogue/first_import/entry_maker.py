"""Drafts become entries: addresses put right, kinds told, and what concerns several entries of a list reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from studygroup.catalogue.first_import.address import is_relative, right_address
from studygroup.catalogue.first_import.borrowed import find_borrowed
from studygroup.catalogue.first_import.entry import Entry
from studygroup.catalogue.first_import.kinds import kind_of
from studygroup.catalogue.first_import.rows import Report
from studygroup.catalogue.first_import.work import Draft
from studygroup.catalogue.items.item import Link, arxiv_id, doi

_PAIR = re.compile(r"^(.{8,}?)(?:\s+and\s+|\s*[;&]\s*)(.{8,})$")


@dataclass
class EntryMaker:
    """What the entries of one list have in common: its title, its base address, the present, and who is told of problems."""

    title: str
    base_url: str
    now: datetime
    report: Report

    def entries(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Return the entries of the drafts, in order; what is wrong with them is reported."""
        for draft in drafts:
            self._put_addresses_right(draft)
        borrowed = find_borrowed(drafts)
        relative: list[int] = []
        entries = []
        for position, draft in enumerate(drafts, 1):
            entry = self._entry(position, draft, draft is not None and id(draft) in borrowed)
            if is_relative(entry.url):
                relative.append(entry.line)
            if id(draft) in borrowed:
                owner = borrowed[id(draft)]
                self.report(
                    entry.line,
                    "warning",
                    f"“{entry.title}” carries the link of “{owner.work.title}” (line {owner.line}); it was kept as written",
                )
            entries.append(entry)
        if relative:
            links = "1 link is" if len(relative) == 1 else f"{len(relative)} links are"
            self.report(
                relative[0], "warning", f"{links} relative, the first one here; say where the list stands with --base-url"
            )
        return entries

    def _put_addresses_right(self, draft: Draft) -> None:
        work = draft.work
        work.url = self._address(work.url, draft.line)
        work.links = _each_once([Link(link.label, self._address(link.url, draft.line)) for link in work.links], work.url)

    def _address(self, url: str, line: int) -> str:
        return right_address(url, line, self.base_url, self.now, self.report)

    def _entry(self, position: int, draft: Draft, borrowed: bool) -> Entry:
        work = draft.work
        # A venue of papers says what a work without a link is.
        hint = work.kind or ("paper" if not work.url and work.year and work.details.get("venue") else "")
        headings = draft.section if draft.section and work.url else (self.title or "", *draft.section)
        kind = kind_of(work.url, work.title, headings, draft.head, hint)
        if _holds_two(work.title):
            self.report(draft.line, "note", f"“{work.title}” names two works under one link; it stays one entry")
        known = [work.url, *(link.url for link in work.links if kind != "model" and link.label != "Code")]
        return Entry(
            position=position,
            title=work.title,
            url=work.url,
            section=draft.section,
            kind=kind,
            authors=tuple(work.authors),
            year=work.year,
            arxiv=next(filter(None, map(arxiv_id, known)), ""),
            doi=next(filter(None, map(doi, known)), ""),
            links=tuple(work.links),
            details=work.details,
            status=draft.status,
            line=draft.line,
            number=draft.number,
            columns=draft.columns,
            borrowed=borrowed,
        )


def _each_once(links: Sequence[Link], main: str) -> list[Link]:
    """Return the links without those to the main address or to one that an earlier link has."""
    seen, kept = {main}, []
    for link in links:
        if link.url not in seen:
            seen.add(link.url)
            kept.append(link)
    return kept


def _holds_two(title: str) -> bool:
    """Return whether a title joins two titles: the second begins as the first does, or both stand in quotes."""
    if len(title) > 400 or not (found := _PAIR.match(title)):
        return False
    one, other = found[1].casefold().split(), found[2].casefold().split()
    start = one[: max(3, len(one) // 2)]
    return (len(one) >= 3 and other[: len(start)] == start) or (
        one[0][0] in '"“«' and other[0][0] in '"“«' and one[-1][-1] in '"”»'
    )
