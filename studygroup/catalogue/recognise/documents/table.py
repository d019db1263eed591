"""A table of a list: what its columns hold, decided once from their heads and all their cells, and the works of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studygroup.catalogue.items.columns import FACTS, PROSE
from studygroup.catalogue.items.item import Link
from studygroup.catalogue.reading.tree import BREAK, Row, Span, Spans, lines_of, links_of, text_of
from studygroup.catalogue.recognise.lines.behind import finish, read_title
from studygroup.catalogue.recognise.lines.line import read_line
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.about_list import is_no_work
from studygroup.catalogue.recognise.vocabulary.columns import is_placeholder, role_of, role_of_name
from studygroup.catalogue.recognise.vocabulary.dates import year_of
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form, link_label
from studygroup.catalogue.recognise.vocabulary.names import persons_of, split_by, split_names
from studygroup.catalogue.recognise.vocabulary.progress import status_of
from studygroup.catalogue.recognise.vocabulary.tables import finds_word
from studygroup.catalogue.recognise.vocabulary.venues import venue_of
from studygroup.catalogue.recognise.vocabulary.words import clean_title, has_words, plain
from studygroup.errors import Severity

Report = Callable[[int, Severity, str], None]

_NO_LINKS_FROM = frozenset(
    {*FACTS, "authors", "organisation", "venue", "year", "date", "presenter", "status", "number", "importance"}
)
# "| CVPR | [2023](…) |": the only link of a row may hide behind a date.
_TURNED_LINKS = frozenset({"year", "date", "venue", "number"})
_NO_TITLES = frozenset({*_NO_LINKS_FROM, "about", "link"})
_NUMBERED_PROSE = re.compile(r"\s*\d{1,3}\)\s+(?P<title>\S(?:[^\s]| (?! )){3,200}?) {2,}(?=\S.{120})")
_EXPLAINED = re.compile(r"\s+[-–—]\s|\s*[:：]\s")
_ENDS_SENTENCE = frozenset(".!?:;|)。！？")
_IS_MEETING, _SPEAKS = finds_word("words", "meetings"), finds_word("words", "speakers")
# So many rows are looked at to tell what a column holds.
_SAMPLE = 400


@dataclass
class TableColumn:
    """A column: its head, the role that tells, and in which part of the rows its cells are worded, bare links, titles with links."""

    head: str
    role: str
    worded: float = 0.0
    bare: float = 0.0
    titled: float = 0.0
    long: float = 0.0


class TableReader:
    """The columns of one table, and its rows' works; ``idle`` are the rows in which none was found."""

    def __init__(self, heads: Sequence[str], rows: Sequence[Row], report: Report) -> None:
        """Decide what the columns hold."""
        self.rows, self.report = rows, report
        self.idle: list[Row] = []
        full = [row for row in rows[:_SAMPLE] if not row.missing] or rows[:_SAMPLE]
        self.columns = [
            _measured(head, role_of(given), [row.cells[place] for row in full if place < len(row.cells)])
            for place, (head, given) in enumerate(zip(_unique(heads), heads, strict=True))
        ]
        if any(column.role == "date" for column in self.columns):
            for column in self.columns:
                # Who speaks at a meeting need not have written what is read there.
                column.role = "presenter" if column.role == "authors" and _SPEAKS.search(column.head) else column.role
        self.bare = self._bare_column()
        self.title = self._title_column()
        roles = {column.role for column in self.columns}
        self.is_schedule = bool(roles & {"date", "presenter"})
        linked = sum(any(links_of(cell) for cell in row.cells) for row in rows)
        self.listed = bool(roles & {"title", "work"}) and bool(roles & {"authors", "year", "venue", "status", "presenter"})
        if {"date", "presenter"} <= roles and role_of_name(self.head) == "section":
            # A schedule that says *Topic* where others say *Title*.
            self.listed = self.columns[self.title].long >= 0.5
        self.linked = linked > 0
        self.alone = linked * 2 >= len(rows) or self.listed
        self.names_works = bool(linked) or self.listed

    @property
    def head(self) -> str:
        """The head of the column of titles."""
        return self.columns[self.title].head if self.columns else ""

    def _bare_column(self) -> int | None:
        """Return the column whose cells hold links without titles in at least half of the rows."""
        best = max(range(len(self.columns)), key=lambda place: self.columns[place].bare, default=None)
        return best if best is not None and self.columns[best].bare >= 0.5 else None

    def _title_column(self) -> int:
        """Return the column of titles: by its head, by its cells, else the first that is worded."""
        scored = [(self._score(place), -place) for place in range(len(self.columns))]
        return -max(scored, default=(0.0, 0))[1]

    def _score(self, place: int) -> float:
        """Return what speaks for a column as that of titles; the sooner of two equal ones is taken."""
        column = self.columns[place]
        if place == self.bare or column.role in _NO_TITLES:
            return (-3.0 if column.role == "about" else -5.0) + column.worded
        score = 1.0 if column.worded > 0.5 else column.worded
        if column.role == "title":
            score += 9.0
        elif kind_of("", header=column.head) == "model":
            score += 4.0 if column.worded > 0.5 else 0.0
        elif column.role == "work":
            score += 3.0 if column.titled > 0.5 or (column.long > 0.5 and self.bare is not None) else 0.0
        return score

    def works(self) -> list[FoundWork]:
        """Return the works of all rows; none if the table is no list of works."""
        if not self.names_works:
            return []
        found: list[FoundWork] = []
        for row in self.rows:
            self._put_right(row)
            works = self._row_works(row)
            if not works:
                self.idle.append(row)
            found += works
        return found

    def _put_right(self, row: Row) -> None:
        """Move the cells of a row that has too few, so that its link is among the other rows' links."""
        column, missing = self.bare, row.missing
        if not missing or column is None or column < missing or _is_bare(row.cells[column]):
            return
        place = column - missing
        if place <= self.title or not _is_bare(row.cells[place]):
            return
        kept = len(row.cells) - missing
        row.cells = [*row.cells[:place], *([] for _ in range(missing)), *row.cells[place:kept]]
        row.raw = [*row.raw[:place], *([""] * missing), *row.raw[place:kept]]
        absent = " and ".join(f"“{self.columns[place + index].head}”" for index in range(missing))
        said = f"the row has {missing} cell too few; its link was moved to “{self.columns[column].head}”, {absent} left empty"
        self.report(row.line, "note", said)

    def _row_works(self, row: Row) -> list[FoundWork]:
        cell = row.cells[self.title]
        if any(run.struck for run in cell) and all(run.struck or not has_words(run.text) for run in cell):
            return []
        works = self._titles(row, cell)
        if not works or is_placeholder(works[0].title) or works[0].title.casefold() == self.head.casefold():
            return []
        for work in works:
            work.line, work.head, work.in_table = row.line, self.head, True
        self._read_cells(row, works)
        return [one for one in works if self._is_work(one)]

    def _is_work(self, work: FoundWork) -> bool:
        if is_no_work(work.title) or is_placeholder(work.title):
            return False
        if work.url:
            return True
        # Beside rows with links, one without is a talk, or nothing yet.
        told = not (self.is_schedule and self.linked) or len(work.title.split()) > 2
        return self.alone and told and label_form(work.title) is None and not _IS_MEETING.search(work.title)

    def _titles(self, row: Row, cell: Spans) -> list[FoundWork]:
        if (numbered := _NUMBERED_PROSE.match(row.raw[self.title][:600])) and not links_of(cell):
            # "7) Title  Prose on and on": two blanks are all that ends the title.
            work = _titled([Span(plain(numbered["title"]))])
            work.details["about"] = plain(row.raw[self.title][numbered.end() :])
            return [work]
        works = titles_of_cell(cell) if links_of(cell) else []
        if not works:
            work = _titled(cell)
            works = [work] if has_words(work.title) else []
        return works

    def _read_cells(self, row: Row, works: list[FoundWork]) -> None:
        """Give the row's works what the other cells say; links go to the first one."""
        columns: dict[str, str] = {}
        candidates: list[tuple[int, int, Span]] = []
        for place, cell in enumerate(row.cells):
            column = self.columns[place]
            if place == self.title:
                continue
            if row.raw[place]:
                columns[column.head] = row.raw[place]
            candidates += self._links(place, cell)
            text = plain(text_of(cell if column.role != "about" else _without_links_behind(cell)))
            if has_words(text) or column.role == "status":
                for one in works:
                    self._read_text(one, place, text)
        columns |= {f"column {len(row.cells) + place}": cell for place, cell in enumerate(row.extra, 1)}
        self._take_links(works, sorted(candidates, key=lambda one: (one[0], label_form(one[2].text) == "Code")))
        for one in works:
            one.columns = columns

    def _links(self, place: int, cell: Spans) -> list[tuple[int, int, Span]]:
        """Return a cell's links with their rank: 0 for a column of links, 1 for another, 2 behind a description, 3 at a date."""
        role = self.columns[place].role
        if role in _TURNED_LINKS:
            return [(3, place, run) for run in links_of(cell)]
        if role in _NO_LINKS_FROM:
            return []
        if role == "about":
            return [(2, place, run) for run in _links_behind(cell)]
        return [(0 if role in {"work", "link"} or place == self.bare else 1, place, run) for run in links_of(cell)]

    def _read_text(self, work: FoundWork, place: int, text: str) -> None:
        """Take in one cell's text by its column's role."""
        column = self.columns[place]
        role = column.role
        if role == "number":
            work.number = work.number or text
        elif role == "status":
            work.status = status_of(text)
        elif role in {*FACTS, *PROSE, "organisation", "venue"}:
            work.details.setdefault(role, text)
        elif role == "authors":
            _read_authors(work, text)
        elif role == "year":
            work.year = work.year or year_of(text[:4])
        elif role in {"date", "presenter"} or (role not in {"work", "link", "title"} and self._is_fact(place)):
            work.details.setdefault(column.head or "note", text)

    def _is_fact(self, place: int) -> bool:
        """Return whether the cells of a column without a role say something themselves (rather than only naming links)."""
        return place != self.bare and not any(run.url for row in self.rows[:20] for run in row.cells[place])

    def _take_links(self, works: Sequence[FoundWork], candidates: Sequence[tuple[int, int, Span]]) -> None:
        """Take the main link from the best column if a title has none; all others are beside the first work."""
        first = works[0]
        behind = []
        in_column = [place for _, place, _ in candidates]
        for rank, place, run in candidates:
            if rank < 2 or len(candidates) == 1:
                without = next((one for one in works if not one.url), None)
                if without is not None:
                    without.url = run.url
                    continue
            if rank < 3:
                behind.append((place, Link(self._label(place, rank, run, in_column.count(place) == 1), run.url)))
        first.links += [link for _, link in sorted(behind, key=lambda pair: pair[0]) if link.url != first.url]

    def _label(self, place: int, rank: int, run: Span, alone: bool) -> str:
        head, form = self.columns[place].head, label_form(run.text)
        if rank == 2:
            return link_label(run.text)
        if alone and rank == 1 and label_form(head) != "":
            return head
        if form == "" and label_form(head) is not None:
            return link_label(head) if label_form(head) else "Link"
        return link_label(run.text, head or "Link")


def _measured(head: str, role: str, cells: Sequence[Spans]) -> TableColumn:
    """Return a column with what its cells are."""
    count = max(len(cells), 1)
    worded = [cell for cell in cells if has_words(text_of(cell)) and not _is_bare(cell)]
    titled = sum(any(label_form(run.text) is None for run in links_of(cell)) for cell in cells)
    return TableColumn(
        head,
        role,
        worded=len(worded) / count,
        bare=sum(map(_is_bare, cells)) / count,
        titled=titled / count,
        long=sum(len(text_of(cell).split()) > 2 for cell in worded) / count,
    )


def _unique(heads: Sequence[str]) -> list[str]:
    """Return the heads, each once: a second *Link* becomes *Link 2*."""
    seen: dict[str, int] = {}
    result = []
    for index, head in enumerate(heads):
        head = head or f"column {index + 1}"
        seen[head] = seen.get(head, 0) + 1
        result.append(head if seen[head] == 1 else f"{head} {seen[head]}")
    return result


def _is_bare(cell: Sequence[Span]) -> bool:
    """Return whether a cell holds only links whose labels are no titles."""
    return bool(links_of(cell)) and all(label_form(run.text) is not None for run in cell if not run.picture)


def titles_of_cell(cell: Sequence[Span]) -> list[FoundWork]:
    """Return the works of a cell with links: line by line where each line has its own, else of the whole."""
    lines = [line for line in lines_of(cell) if has_words(text_of(line)) or links_of(line)]
    if len(lines) > 1:
        several = [read_line(line) for line in lines]
        if all(several):
            return [work for works in several for work in works]
        if several[0] and not any(several[1:]) and not any(links_of(line) for line in lines[1:]):
            for line in lines[1:]:
                finish(several[0][-1], f" - {plain(text_of(line))}")
            return several[0]
    return read_line([run for run in cell if run.text != BREAK])


def _titled(cell: Sequence[Span]) -> FoundWork:
    """Return the work of a title cell without a link of its own; code spans before the title name who made it."""
    runs = [run for run in cell if not run.picture and (run.text.strip() or run.url)]
    tags = []
    while len(runs) > 1 and runs[0].code:
        tags.append(plain(runs.pop(0).text))
    note = ""
    if explained := _explained(runs):
        runs, note = explained
    title = clean_title(text_of(runs))
    text, persons, organisations = split_by(title.text)
    work = FoundWork(
        clean_title(text).text if persons else title.text, authors=persons, year=title.year, kind=title.kind, sure=1.0
    )
    if organisations := [*tags, *organisations]:
        work.details["organisation"] = "; ".join(organisations)
    if note:
        work.details["note"] = note
    read_title(work)
    return work


def _explained(runs: Sequence[Span]) -> tuple[list[Span], str] | None:
    """Return the title in bold of a cell and what is said of it behind a dash (``1) **Title** - what it does``), or None."""
    worded = [run for run in runs if any(map(str.isalpha, run.text))]
    bold = [run for run in worded if run.bold]
    if len(bold) != 1 or bold != worded[:1] or len(worded) == 1 or any(run.url for run in runs):
        return None
    behind = text_of(runs[runs.index(bold[0]) + 1 :])
    return (bold, plain(behind).lstrip(" -–—:")) if _EXPLAINED.match(behind) else None


def _read_authors(work: FoundWork, text: str) -> None:
    venue, year = venue_of(text)
    if venue:
        work.details.setdefault("venue", venue)
        work.year = work.year or year
        return
    surnames = persons_of(text, surnames=True, marked=True)
    persons, organisations = (surnames, []) if surnames else split_names(text)
    work.authors += [person for person in persons if person not in work.authors]
    if organisations:
        work.details.setdefault("organisation", "; ".join(organisations))


def _links_behind(cell: Sequence[Span]) -> list[Span]:
    """Return the links at the end of a description, behind its last sentence; a link within a sentence is not one of them."""
    start = len(cell)
    while start and (cell[start - 1].url or not has_words(cell[start - 1].text)):
        start -= 1
    before = text_of(cell[:start]).rstrip()
    links = links_of(cell[start:])
    ended = not before or before[-1] in _ENDS_SENTENCE
    return links if ended else [run for run in links if label_form(run.text) is not None]


def _without_links_behind(cell: Sequence[Span]) -> list[Span]:
    behind = {id(run) for run in _links_behind(cell)}
    return [run for run in cell if not run.picture and id(run) not in behind]
