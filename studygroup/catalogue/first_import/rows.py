"""A table of a list: what its columns hold, told from their heads and their cells, and the works of its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from studygroup.catalogue.first_import import labels, wording
from studygroup.catalogue.first_import.kinds import kind_of
from studygroup.catalogue.first_import.signatures import persons_of
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.work import Work
from studygroup.catalogue.first_import.works import read_works
from studygroup.catalogue.items.columns import DESCRIBED, FACTS, PROSE
from studygroup.catalogue.items.item import Link

# The role of a column by its head. The order decides: "release date" is no date, "paper title" no paper.
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{pattern})", re.IGNORECASE))
    for role, pattern in (
        ("number", r"^(?:#|№|no\.?|nr\.?|num(?:ber)?|index|id|s\.? ?no\.?|week|序号|编号)$"),
        ("status", r"^(?:read or not|status|progress|done\??|read\??|finished|state|reading status)$"),
        *((name, column.head) for name, column in DESCRIBED.items() if column.head),
        ("title", r"^(?:(?:paper|article|book|course|video|project|work) )?(?:title|name)s?$|^标题$|^名称$|^题目$"),
        ("authors", r"^(?:authors?|by|speakers?|instructors?|lecturers?|creators?|written by|作者)(?:\(s\))?$"),
        (
            "organisation",
            r"^(?:org(?:ani[sz]ation)?s?|institut\w+|affiliations?|company|companies|teams?|maker|university|机构|单位)$",
        ),
        (
            "venue",
            r"^(?:venues?|conferences?|journals?|published in|publisher|publication)(?:\s*(?:or|and|/|&)\s*(?:venue|conference|journal)s?)?$|会议|期刊",
        ),
        ("year", r"^(?:years?|published|publication (?:date|year)|年份|发表时间|发表日期)$"),
        ("date", r"\bdates?\b|^(?:time|when|day|month|sessions?|日期|时间)$"),
        ("presenter", r"\bpresenters?\b|^person\b|^(?:who|host|lead|leader|led by|discussant|moderator|主讲人?|分享人)$"),
        (
            "about",
            r"\b(?:descriptions?|abstract|summary|about|overview|tl;?dr|introduction|highlights?)\b|^(?:notes?|comments?|remarks?|details)$|简介|描述|摘要|说明",
        ),
        ("work", r"\b(?:papers?|blogs?|articles?|posts?|publications?|readings?)\b|论文"),
        ("link", r"\b(?:links?|url|resources?|repositor(?:y|ies)|repos?|websites?|where|homepage)\b|链接|地址"),
    )
)
_NO_LINKS_FROM = frozenset(
    {*FACTS, "authors", "organisation", "venue", "year", "date", "presenter", "status", "number", "importance"}
)
# "| CVPR | [2023](…) |": the only link of a row may hide behind a date.
_TURNED_LINKS = frozenset({"year", "date", "venue", "number"})
# "标题 (Title)": a head and its translation.
_IN_TWO_LANGUAGES = re.compile(r"([^()（）]{1,40}?)\s*[(（]([^()（）]{1,40})[)）]")
_NUMBERED_PROSE = re.compile(r"\s*\d{1,3}\)\s+(?P<title>\S(?:[^\s]| (?! )){3,200}?) {2,}(?=\S.{120})")
_PLACEHOLDER = re.compile(
    r"(?:tb[dac]|n/?a|to be (?:determined|announced|decided|confirmed)|none|no (?:meeting|class|session|seminar|reading|jc|journal club|talk|lecture)\b.*|"
    r"easter(?: monday| break)?|christmas(?: break)?|new year(?:['’]s(?: day| eve)?)?|(?:due to )?(?:public |bank )?holidays?|"
    r"(?:holiday|break|cancell?ed|recess|vacation|(?:spring|fall|winter) break|thanksgiving)\b.{0,30}|coming soon|\.{2,}|"
    r"[-–—?…]+|"
    r"(?:and )?(?:many )?more\b.{0,20}|wip|work in progress|under construction|待定|暂无|无)\.?",
    re.IGNORECASE,
)


@dataclass
class Row:
    """A row: its file line, its cells as spans and as written, how many it lacks, and what stands in cells beyond the last."""

    line: int
    cells: list[list[Span]]
    raw: list[str]
    missing: int = 0
    extra: list[str] = field(default_factory=list)


@dataclass
class RowWork:
    """A work of a row, with what the row's other cells say."""

    work: Work
    line: int
    number: str = ""
    status: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


Report = Callable[[int, str, str], None]


def is_placeholder(title: str) -> bool:
    """Return whether a title only says that there is nothing yet, or no meeting."""
    return bool(_PLACEHOLDER.fullmatch(wording.plain(title)))


class Table:
    """The columns of one table: heads, roles, and which of them holds titles and which bare links.

    ``idle`` are the rows in which ``works`` found none.
    """

    def __init__(self, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Tell what the columns hold, from their heads and the rows."""
        self.heads = _unique(heads)
        self.roles = [role_of(head) for head in heads]
        self.rows = rows
        self.idle: list[Row] = []
        self.bare_link = self._bare_link_column()
        self.title = self._title_column()

    @property
    def title_head(self) -> str:
        """The head of the column of titles."""
        return self.heads[self.title] if self.heads else ""

    def _bare_link_column(self) -> int | None:
        """Return the column whose cells hold links without titles in at least half of the complete rows."""
        full = [row for row in self.rows if not row.missing] or list(self.rows)
        counts = [sum(_is_bare(row.cells[column]) for row in full) for column in range(len(self.heads))]
        best = max(range(len(counts)), key=lambda column: counts[column], default=None)
        return best if best is not None and counts[best] * 2 >= max(len(full), 1) else None

    def _title_column(self) -> int:
        """Return the column of titles: by its head, else the first whose cells are neither facts nor bare links."""
        if "title" in self.roles:
            return self.roles.index("title")
        linked = self._linked_work_column()
        if linked is None and (written := self._written_work_column()) is not None:
            return written
        best, most = 0, -1
        for column, role in enumerate(self.roles):
            if role in _NO_LINKS_FROM or role in {"about", "date"} or column == self.bare_link:
                continue
            worded = sum(wording.has_words(text_of(row.cells[column])) and not _is_bare(row.cells[column]) for row in self.rows)
            if worded * 2 > len(self.rows):
                return column if linked is None or kind_of("", header=self.heads[column]) == "model" else linked
            if worded > most:
                best, most = column, worded
        return best

    def _linked_work_column(self) -> int | None:
        """Return the column of papers or posts whose cells are titles with their links, in most rows."""
        for column, role in enumerate(self.roles):
            if role == "work" and column != self.bare_link:
                titled = sum(
                    any(span.url and not span.picture and labels.label_form(span.text) is None for span in row.cells[column])
                    for row in self.rows
                )
                if titled * 2 > len(self.rows):
                    return column
        return None

    def _written_work_column(self) -> int | None:
        """Return the column of papers whose cells are titles of several words, if their links stand in another column."""
        for column, role in enumerate(self.roles):
            if role == "work" and column != self.bare_link and self.bare_link is not None:
                titled = sum(
                    len(text_of(row.cells[column]).split()) > 2 and not _is_bare(row.cells[column]) for row in self.rows
                )
                if titled * 2 > len(self.rows):
                    return column
        return None

    def works(self, report: Report) -> list[RowWork]:
        """Return the works of all rows; none if the table is no list of works."""
        links = sum(any(span.url and not span.picture for cell in row.cells for span in cell) for row in self.rows)
        roles = set(self.roles)
        listed = bool(roles & {"title", "work"}) and bool(roles & {"authors", "year", "venue", "status", "presenter"})
        if not links and not listed:
            return []
        found = []
        for row in self.rows:
            self._put_right(row, report)
            works = self._row_works(row, alone=links * 2 >= len(self.rows) or listed)
            if not works:
                self.idle.append(row)
            found += works
        return found

    def _put_right(self, row: Row, report: Report) -> None:
        """Move the cells of a row that has too few, so that its link stands among the other rows' links."""
        column, missing = self.bare_link, row.missing
        if not missing or column is None or column < missing or _is_bare(row.cells[column]):
            return
        place = column - missing
        if place <= self.title or not _is_bare(row.cells[place]):
            return
        kept = len(row.cells) - missing
        row.cells = [*row.cells[:place], *([] for _ in range(missing)), *row.cells[place:kept]]
        row.raw = [*row.raw[:place], *([""] * missing), *row.raw[place:kept]]
        absent = " and ".join(f"“{self.heads[place + index]}”" for index in range(missing))
        report(
            row.line,
            "note",
            f"the row has {missing} cell too few; its link was moved to “{self.heads[column]}”, {absent} left empty",
        )

    def _row_works(self, row: Row, *, alone: bool) -> list[RowWork]:
        cell = row.cells[self.title]
        if any(span.struck for span in cell) and all(span.struck or not wording.has_words(span.text) for span in cell):
            return []
        if (numbered := _NUMBERED_PROSE.match(row.raw[self.title][:600])) and not any(span.url for span in cell):
            # "7) Title  Prose on and on": two blanks are all that ends the title.
            work = _titled([Span(wording.plain(numbered["title"]))])
            work.details["about"] = wording.plain(row.raw[self.title][numbered.end() :])
            result = [RowWork(work, row.line)]
            self._read_cells(row, result)
            return [one for one in result if one.work.url or alone]
        works = read_works(cell) if any(span.url and not span.picture for span in cell) else []
        if not works:
            work = _titled(cell)
            works = [work] if wording.has_words(work.title) else []
        if not works or is_placeholder(works[0].title) or works[0].title.casefold() == self.title_head.casefold():
            return []
        result = [RowWork(work, row.line) for work in works]
        self._read_cells(row, result)
        return [one for one in result if one.work.url or (alone and labels.label_form(one.work.title) is None)]

    def _read_cells(self, row: Row, works: list[RowWork]) -> None:
        """Give the row's works what the other cells say; links go to the first one."""
        first = works[0].work
        columns: dict[str, str] = {}
        candidates: list[tuple[int, int, Span]] = []
        for column, cell in enumerate(row.cells):
            if row.raw[column] and column != self.title:
                columns[self.heads[column]] = row.raw[column]
            role = self.roles[column]
            if column == self.title or not cell:
                continue
            if role not in _NO_LINKS_FROM:
                rank = 0 if role in {"work", "link"} or column == self.bare_link else 1
                links = [span for span in cell if span.url and not span.picture]
                if role == "about":
                    links, rank = _links_behind(cell), 2
                candidates += [(rank, column, span) for span in links]
            elif role in _TURNED_LINKS:
                candidates += [(3, column, span) for span in cell if span.url and not span.picture]
            text = wording.plain(text_of(cell if role != "about" else _without_links_behind(cell)))
            if wording.has_words(text) or role == "status":
                for one in works:
                    self._read_text(one, column, text)
        columns |= {f"column {len(row.cells) + place}": cell for place, cell in enumerate(row.extra, 1)}
        self._take_links(first, sorted(candidates, key=lambda candidate: candidate[0]))
        for one in works:
            one.columns = columns

    def _read_text(self, one: RowWork, column: int, text: str) -> None:
        """Take in one cell's text by its column's role."""
        role, work = self.roles[column], one.work
        if role == "number":
            one.number = one.number or text
        elif role == "status":
            one.status = wording.status_of(text)
        elif role in {*FACTS, *PROSE, "organisation", "venue"}:
            work.details.setdefault(role, text)
        elif role == "authors":
            self._read_authors(work, text)
        elif role == "year":
            work.year = work.year or wording.year_of(text[:4])
        elif role in {"date", "presenter"}:
            work.details.setdefault(self.heads[column], text)
        elif role not in {"work", "link", "title"} and column != self.bare_link and self._is_fact(column, text):
            work.details.setdefault(self.heads[column] or "note", text)

    def _is_fact(self, column: int, text: str) -> bool:
        """Return whether a cell of a column without a role says something itself (rather than only naming links)."""
        return (
            bool(self.heads[column])
            and not any(span.url for row in self.rows[:20] for span in row.cells[column])
            and bool(text)
        )

    @staticmethod
    def _read_authors(work: Work, text: str) -> None:
        venue, year = wording.venue_of(text)
        if venue:
            work.details.setdefault("venue", venue)
            work.year = work.year or year
            return
        surnames = persons_of(text, surnames=True, marked=True)
        persons, organisations = (surnames, []) if surnames else wording.split_names(text)
        work.authors += [person for person in persons if person not in work.authors]
        if organisations:
            work.details.setdefault("organisation", "; ".join(organisations))

    def _take_links(self, work: Work, candidates: Sequence[tuple[int, int, Span]]) -> None:
        """Take the main link from the best column if the title has none; all others stand beside it."""
        per_column: dict[int, int] = {}
        for _, column, _ in candidates:
            per_column[column] = per_column.get(column, 0) + 1
        behind = []
        for rank, column, span in candidates:
            if not work.url and (rank < 2 or len(candidates) == 1):
                work.url = span.url
                continue
            if rank == 3:
                continue
            head = self.heads[column]
            form = labels.label_form(span.text)
            if rank == 2:
                label = labels.link_label(span.text)
            elif per_column[column] == 1 and rank == 1 and labels.label_form(head) != "":
                label = head
            elif form == "" and labels.label_form(head) is not None:
                label = labels.link_label(head) if labels.label_form(head) else "Link"
            else:
                label = labels.link_label(span.text, head or "Link")
            behind.append((column, Link(label, span.url)))
        work.links += [link for _, link in sorted(behind, key=lambda pair: pair[0]) if link.url != work.url]


@lru_cache(maxsize=4096)
def role_of(head: str) -> str:
    """Return the role that a column's head tells, or an empty string."""
    head = wording.strip_marks(head.strip(" *:_`"))
    forms = [head]
    if found := _IN_TWO_LANGUAGES.fullmatch(head):
        forms += [found[1], found[2]]
    return next((role for form in forms for role, pattern in _ROLES if pattern.search(form)), "")


def _unique(heads: Sequence[str]) -> list[str]:
    """Return the heads, each once: a second *Link* becomes *Link 2*."""
    seen: dict[str, int] = {}
    result = []
    for index, head in enumerate(heads):
        head = head or f"column {index + 1}"
        seen[head] = seen.get(head, 0) + 1
        result.append(head if seen[head] == 1 else f"{head} {seen[head]}")
    return result


_DASH = re.compile(r"\s+[-–—]\s|\s*[:：]\s")


def _is_bare(cell: Sequence[Span]) -> bool:
    """Return whether a cell holds only links whose labels are no titles."""
    links = [span for span in cell if span.url and not span.picture]
    return bool(links) and all(labels.label_form(span.text) is not None for span in cell)


def _titled(cell: Sequence[Span]) -> Work:
    """Return the work of a title cell without a link of its own; code spans before the title name who made it."""
    spans = [span for span in cell if not span.picture and (span.text.strip() or span.url)]
    tags = []
    while len(spans) > 1 and spans[0].code:
        tags.append(wording.plain(spans.pop(0).text))
    note = ""
    if described := _described(spans):
        spans, note = described
    title = wording.clean_title(text_of(spans))
    text, persons, organisations = wording.split_by(title.text)
    work = Work(
        wording.clean_title(text).text if persons else title.text, "", authors=persons, year=title.year, kind=title.kind
    )
    organisations = [*tags, *organisations]
    if organisations:
        work.details["organisation"] = "; ".join(organisations)
    if note:
        work.details["note"] = note
    return work


def _described(spans: Sequence[Span]) -> tuple[list[Span], str] | None:
    """Return the title in bold of a cell and what is said of it behind a dash (``1) **Title** - what it does``), or None."""
    worded = [span for span in spans if re.search(r"[^\W\d_]", span.text)]
    bold = [span for span in worded if span.bold]
    if len(bold) != 1 or bold != worded[:1] or len(worded) == 1 or any(span.url for span in spans):
        return None
    behind = text_of(spans[spans.index(bold[0]) + 1 :])
    return (bold, wording.plain(behind).lstrip(" -–—:")) if _DASH.match(behind) else None


def _links_behind(cell: Sequence[Span]) -> list[Span]:
    """Return the links at the end of a description, behind its last sentence; a link within a sentence is not one of them."""
    start = len(cell)
    while start and (cell[start - 1].url or not wording.has_words(cell[start - 1].text)):
        start -= 1
    before = text_of(cell[:start]).rstrip()
    links = [span for span in cell[start:] if span.url and not span.picture]
    ended = not before or before[-1] in ".!?:;|)。！？" or "\n" in text_of(cell[:start])[-1:]
    return links if ended else [span for span in links if labels.label_form(span.text) is not None]


def _without_links_behind(cell: Sequence[Span]) -> list[Span]:
    behind = {id(span) for span in _links_behind(cell)}
    return [span for span in cell if not span.picture and id(span) not in behind]
