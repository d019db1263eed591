"""One list being read, whatever its format: its text, its entries, its problems, and all that is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.reading.form import text_of_bytes
from studygroup.catalogue.reading.repair import lines_of, repair_mojibake
from studygroup.catalogue.reading.segments import Segment, What, text_segments
from studygroup.catalogue.recognise.accounts import account
from studygroup.catalogue.recognise.documents.entries import each_once, report_relative
from studygroup.catalogue.recognise.entry import Entry, IdleRow, ReadingList
from studygroup.catalogue.recognise.vocabulary.addresses import right_address
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.errors import Problem, Severity


class ListReader:
    """One list being read: its entries and problems so far; ``segments`` are for what no entry holds."""

    def __init__(self, name: str, data: bytes | str, base_url: str, now: datetime | None) -> None:
        self.name, self.base_url, self.now = name, base_url, now or datetime.now(UTC)
        self.entries: list[Entry] = []
        self.problems: set[Problem] = set()
        self.title = ""
        self.segments: list[Segment] = []
        decoded, note = text_of_bytes(data) if isinstance(data, bytes) else (lines_of(data), "")
        self.text, repaired = repair_mojibake(decoded)
        if note:
            self.report(0, "note", note)
        if repaired:
            lines = "1 line" if len(repaired) == 1 else f"{len(repaired)} lines"
            said = f"{lines} held letters garbled by a wrong encoding (the first is this one); they were repaired"
            self.report(repaired[0], "note", said)

    def report(self, line: int, severity: Severity, message: str, column: str = "") -> None:
        """Note a problem of the list."""
        self.problems.add(Problem(self.name, line, severity, message, column))

    def stands(self, line: int, what: What, text: str) -> None:
        """Note what is in the file on a line, whatever becomes of it: a cell, a field, a comment."""
        self.segments += text_segments(line, what, text)

    def add(self, entry: Entry) -> None:
        """Take in an entry with the next position, its addresses put right."""
        url = self._address(entry.url, entry.line)
        kind = entry.kind
        if url != entry.url and kind == kind_of(entry.url, entry.title, entry.section):
            kind = kind_of(url, entry.title, entry.section)
        links = each_once([Link(link.label, self._address(link.url, entry.line)) for link in entry.links], url)
        position = len(self.entries) + 1
        self.entries.append(msgspec.structs.replace(entry, position=position, url=url, kind=kind, links=tuple(links)))

    def _address(self, url: str, line: int) -> str:
        return right_address(url, line, self.base_url, self.now, self.report)

    def finish(self, lines: int = 0, idle: Sequence[IdleRow] = (), inside: Collection[str] = ()) -> ReadingList:
        """Return the list with its problems in the order of its lines; ``inside`` are the names of its own headings."""
        report_relative(self.entries, self.report)
        ledger = account(self.segments, self.entries, self.title, self.base_url, inside)
        return ReadingList(
            self.name,
            self.title,
            tuple(self.entries),
            tuple(sorted(self.problems)),
            lines or self.text.count("\n") + 1,
            tuple(idle),
            ledger.left_out,
            ledger.repaired,
        )
