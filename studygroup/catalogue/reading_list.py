"""A Markdown reading list read into entries: the walk through headings, bullets, paragraphs and tables.

bytes ──repair──▶ Markdown ──markdown-it──▶ tokens ──_Reader──▶ drafts ──_entry──▶ entries and problems
                                                      │
                               a line: spans → works; a table: rows → works
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from studygroup.catalogue import wording
from studygroup.catalogue.address import expiry, is_relative, repair_address
from studygroup.catalogue.borrowed import find_borrowed
from studygroup.catalogue.entry import Entry, ReadingList
from studygroup.catalogue.item import Link, arxiv_id, doi
from studygroup.catalogue.kinds import kind_of
from studygroup.catalogue.repair import decode, lines_of, repair_mojibake
from studygroup.catalogue.rows import Row, Table, is_placeholder
from studygroup.catalogue.spans import Span, close_links, lines_of_spans, spans_of, text_of
from studygroup.catalogue.works import Draft, Work, add_links, is_resource_line, read_works
from studygroup.errors import Problem, Severity

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Entry", "ReadingList", "parse_reading_list"]

# Sections that tell about the list itself.
_ABOUT_THE_LIST = re.compile(
    r"^\W*(?:table of contents?|contents?|toc|index|contribut\w+(?: guid\w+)?|how to contribute|acknowledge?ments?|credits?|"
    r"licen[cs]e|citations?|citing(?: this)?|how to cite|star history|stargazers(?: over time)?|contacts?(?: us)?|"
    r"support(?: us)?|sponsors?|community|about(?: me| us| the authors?)?|changelog|目录|贡献\w*|许可证|致谢|联系\w*)\W*$",
    re.IGNORECASE,
)
_CHECK_BOX = re.compile(r"\[([ xX✓✔])\]\s+")
_HEADING_WITHOUT_SPACE = re.compile(r"(#{1,6})([^\W\d_].*)")
_LANGUAGES = frozenset(
    [
        "english",
        "chinese",
        "中文",
        "简体中文",
        "繁體中文",
        "日本語",
        "한국어",
        "español",
        "français",
        "deutsch",
        "português",
        "русский",
        "en",
        "zh",
        "cn",
        "ja",
    ]
)
_NOT_WORKS = re.compile(
    r"^(?:\W*(?:back )?to (?:the )?top\W*|\W*table of contents\W*|edit(?: this page)?|contributing(?: guide\w*)?|licen[cs]e|"
    r"readme|discord|slack|telegram|twitter|wechat|join (?:us|our .*)|github stars?|home(?:page)?|\W*↑\W*)$",
    re.IGNORECASE,
)
_UNLINKED_WORDS = range(2, 21)
_PAIR = re.compile(r"^(.{8,}?)(?:\s+and\s+|\s*[;&]\s*)(.{8,})$")


def parse_reading_list(data: bytes | str, name: str, base_url: str = "", now: datetime | None = None) -> ReadingList:
    """Return the entries of a Markdown reading list, and everything that a person should know about it.

    Any bytes give entries or problems, never an error. Relative links are joined to ``base_url`` if it is given. ``now``
    (default: the present) decides whether a signed link has expired.
    """
    source, note = decode(data) if isinstance(data, bytes) else (lines_of(data), "")
    source, repaired = repair_mojibake(source)
    reader = _Reader(name, base_url, now or datetime.now(UTC), source.split("\n"))
    if note:
        reader.report(0, "note", note)
    if repaired:
        lines = "1 line" if len(repaired) == 1 else f"{len(repaired)} lines"
        reader.report(
            repaired[0], "note", f"{lines} held letters garbled by a wrong encoding (the first is this one); they were repaired"
        )
    reader.read(_markdown().parse(source))
    return reader.finish()


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True})
    reader.enable(["table", "strikethrough"])
    # Addresses are kept as they were written; what is behind them is checked where they are shown.
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


@dataclass
class _Bullet:
    """A list item: its own spans, and the bullets under it."""

    line: int
    number: str
    spans: list[Span] = field(default_factory=list)
    children: list[_Bullet] = field(default_factory=list)


class _Reader:
    """One document being read."""

    def __init__(self, name: str, base_url: str, now: datetime, lines: list[str]) -> None:
        self.name, self.base_url, self.now, self.lines = name, base_url, now, lines
        self.title: str | None = None
        self.path: list[tuple[int, str]] = []
        self.section: tuple[str, ...] = ()
        self.skipping = False
        self.slugs: set[str] = set()
        self.drafts: list[Draft] = []
        self.problems: list[Problem] = []
        self.group = 0

    def report(self, line: int, severity: str, message: str) -> None:
        """Note a problem of the list."""
        level: Severity = "error" if severity == "error" else "warning" if severity == "warning" else "note"
        self.problems.append(Problem(self.name, line, level, message))

    def read(self, tokens: Sequence[Token]) -> None:
        """Walk through the document's blocks."""
        self.slugs = {_slug(tokens[i + 1].content) for i, token in enumerate(tokens) if token.type == "heading_open"}
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "heading_open" and not token.level:
                self._read_heading(int(token.tag[1]), wording.plain(text_of(self._spans(tokens[index + 1]))))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                bullets, index = self._bullets(tokens, index)
                if not self.skipping:
                    self.group += 1
                    self._read_bullets(bullets)
                continue
            elif token.type == "table_open":
                index = self._read_table(tokens, index)
                continue
            elif token.type == "paragraph_open" and not token.level:
                self._read_paragraph(tokens[index + 1])
            index += 1

    def _read_heading(self, level: int, text: str) -> None:
        self.group += 1
        text = wording.strip_marks(text) or text
        if level == 1 and self.title is None:
            self.title = text
            self.path, self.section, self.skipping = [], (), False
            return
        while self.path and self.path[-1][0] >= level:
            self.path.pop()
        self.path.append((level, text))
        self.section = tuple(heading for _, heading in self.path)
        self.skipping = any(map(_ABOUT_THE_LIST.match, self.section))

    def _spans(self, token: Token) -> list[Span]:
        """Return an inline token's spans; links without their last ``)`` are recovered, links inside the document dropped."""
        if "](" in token.content and any("](" in child.content for child in token.children or () if child.type == "text"):
            closed = close_links(token.content)
            if closed != token.content:
                first = token.map[0] + 1 if token.map else 0
                pairs = zip(token.content.split("\n"), closed.split("\n"), strict=True)
                for offset, (before, after) in enumerate(pairs):
                    if before != after:
                        self.report(first + offset, "note", "a link without its closing “)” was repaired")
                token.children = _markdown().parseInline(closed)[0].children
        spans = spans_of(token.children or ())
        if any(span.url and self._is_inside(span.url) for span in spans):
            return [span._replace(url="") if span.url and self._is_inside(span.url) else span for span in spans]
        return spans

    def _is_inside(self, url: str) -> bool:
        """Return whether a link only leads to another place of the document (also if its ``#`` was forgotten)."""
        return url.startswith("#") or url in self.slugs

    def _bullets(self, tokens: Sequence[Token], index: int) -> tuple[list[_Bullet], int]:
        """Return a list's items as a tree, and the index behind the list."""
        top: list[_Bullet] = []
        open_items: list[_Bullet] = []
        depth = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type in ("bullet_list_open", "ordered_list_open"):
                depth += 1
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                depth -= 1
                if not depth:
                    return top, index + 1
            elif token.type == "list_item_open":
                bullet = _Bullet(token.map[0] + 1 if token.map else 0, token.info)
                (open_items[-1].children if open_items else top).append(bullet)
                open_items.append(bullet)
            elif token.type == "list_item_close":
                open_items.pop()
            elif token.type == "table_open":
                index = self._read_table(tokens, index)
                continue
            elif token.type == "inline" and open_items and tokens[index - 1].type == "paragraph_open":
                spans = self._spans(token)
                if open_items[-1].spans:
                    spans = [Span("\n"), *spans]
                open_items[-1].spans += spans
            index += 1
        return top, index

    def _read_bullets(self, bullets: Sequence[_Bullet], above: Work | None = None) -> None:
        """Read the items of one list; ``above`` is the work of the item that the list stands under."""
        linked = sum(any(span.url and not span.picture for span in bullet.spans) for bullet in bullets)
        for bullet in bullets:
            status = None
            if bullet.spans and (box := _CHECK_BOX.match(bullet.spans[0].text)):
                status = "unread" if box[1] == " " else "read"
                bullet.spans[0] = bullet.spans[0]._replace(text=bullet.spans[0].text[box.end() :])
            works = self._read_bullet(bullet, above, listed=linked * 2 >= len(bullets) > 1 or bool(status))
            for work in works:
                self._add(work, bullet.line, number=bullet.number, status=status)
            if bullet.children:
                self._read_bullets(bullet.children, works[-1] if works else None)

    def _read_bullet(self, bullet: _Bullet, above: Work | None, *, listed: bool) -> list[Work]:
        resource = is_resource_line(bullet.spans)
        if above is not None and resource is not None:
            add_links(above, bullet.spans, resource)
            return []
        works = read_works(bullet.spans)
        if works or any(span.url and not span.picture for span in bullet.spans):
            return works
        text = wording.plain(text_of(bullet.spans))
        has_resources = (
            bool(bullet.children)
            and wording.label_form(text.rstrip(":")) is None
            and all(is_resource_line(child.spans) is not None for child in bullet.children)
        )
        if has_resources or (listed and not bullet.children and above is None and _is_title(text)):
            title = wording.clean_title(text)
            name, persons, organisations = wording.split_by(title.text)
            details = {"organisation": "; ".join(organisations)} if organisations else {}
            return [Work(name, "", authors=persons, year=title.year, kind=title.kind, details=details)]
        if above is not None and not bullet.children and wording.has_words(text):
            above.details["about"] = f"{above.details['about']} {text}" if "about" in above.details else text
        return []

    def _read_paragraph(self, token: Token) -> None:
        """Read a paragraph: entries if each of its lines is a title with its link, else prose."""
        content = token.content
        if "\n" not in content and (heading := _HEADING_WITHOUT_SPACE.fullmatch(content)):
            if len(content) < 200:
                self._read_heading(len(heading[1]), wording.plain(heading[2]))
            return
        spans = self._spans(token)
        if self.skipping or not any(span.url and not span.picture for span in spans):
            return
        found: list[tuple[int, Work]] = []
        for offset, line in enumerate(lines_of_spans(spans)):
            if not wording.has_words(text_of(line)) and not any(span.url for span in line):
                continue
            works = read_works(line, strict=True)
            if not works or len(works) > 2:
                return
            found += [((token.map[0] if token.map else 0) + 1 + offset, work) for work in works]
        for line_number, work in found:
            self._add(work, line_number)

    def _add(self, work: Work, line: int, **more: object) -> None:
        title = work.title.strip()
        if is_placeholder(title) or _NOT_WORKS.match(title) or title.casefold() in _LANGUAGES:
            return
        if work.url.lower().startswith(("mailto:", "javascript:", "tel:", "data:")):
            return
        self.drafts.append(Draft(work, line, self.section, self.group, **more))  # type: ignore[arg-type]

    def _read_table(self, tokens: Sequence[Token], index: int) -> int:
        """Read a table; return the index behind it."""
        heads: list[str] = []
        rows: list[Row] = []
        cells: list[list[Span]] = []
        raw: list[str] = []
        line = 0
        in_head = True
        while index < len(tokens):
            token = tokens[index]
            if token.type == "tr_open":
                cells, raw, line = [], [], (token.map[0] + 1 if token.map else 0)
            elif token.type == "inline":
                cells.append(self._spans(token) if not in_head else spans_of(token.children or ()))
                raw.append(token.content.strip())
            elif token.type == "tr_close" and in_head:
                heads = [wording.plain(text_of(cell)) for cell in cells]
            elif token.type == "tr_close" and any(raw):
                rows.append(self._row(line, cells, raw, len(heads)))
            elif token.type == "thead_close":
                in_head = False
            elif token.type == "table_close":
                index += 1
                break
            index += 1
        self.group += 1
        if rows and heads and not self.skipping:
            table = Table(heads, rows)
            for one in table.works(self.report):
                self._add(
                    one.work,
                    one.line,
                    number=one.number,
                    status=one.status,
                    columns=one.columns,
                    head=table.title_head,
                    table=True,
                )
        return index

    def _row(self, line: int, cells: list[list[Span]], raw: list[str], width: int) -> Row:
        """Return a row, with the number of cells that its line has too few."""
        missing, extra = 0, []
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        if not raw[-1] or source.count("|") > width + 1:
            written = [cell.strip() for cell in _cells_of(source)]
            missing, extra = max(0, width - len(written)), [cell for cell in written[width:] if cell]
        if extra:
            self.report(
                line, "warning", f"the row has more cells than the table has columns ({width}): {' | '.join(extra)[:80]}"
            )
        return Row(line, cells, raw, missing, extra)

    def finish(self) -> ReadingList:
        """Return the list: drafts become entries, and what concerns several of them is reported."""
        for draft in self.drafts:
            self._put_addresses_right(draft)
        borrowed = find_borrowed(self.drafts)
        relative: list[int] = []
        entries = []
        for position, draft in enumerate(self.drafts, 1):
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
        problems = tuple(sorted(set(self.problems), key=lambda problem: (problem.line, problem.severity, problem.message)))
        return ReadingList(self.name, self.title or "", tuple(entries), problems, len(self.lines))

    def _put_addresses_right(self, draft: Draft) -> None:
        work = draft.work
        work.url = self._address(work.url, draft.line)
        work.links = _each_once([Link(link.label, self._address(link.url, draft.line)) for link in work.links], work.url)

    def _address(self, url: str, line: int) -> str:
        right = repair_address(url)
        if right != url.strip():
            self.report(line, "note", f"the address {url[:80]} was repaired to {right[:80]}")
        if self.base_url and is_relative(right):
            try:
                right = urljoin(self.base_url, right)
            except ValueError:
                return right
        end = expiry(right)
        if end is not None and end < self.now:
            self.report(line, "warning", f"a signed link; it expired on {end:%Y-%m-%d} by its own date: {right[:80]}")
        return right

    def _entry(self, position: int, draft: Draft, borrowed: bool) -> Entry:
        work = draft.work
        kind = kind_of(work.url, work.title, draft.section or (self.title or "",), draft.head, work.kind)
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


def _is_title(text: str) -> bool:
    """Return whether a list item without a link reads like a title rather than a sentence."""
    words = text.split()
    return (
        len(words) in _UNLINKED_WORDS
        and not text.endswith((".", ":", ";", "，", "。"))
        and not text[0].islower()
        and ". " not in text
    )


def _holds_two(title: str) -> bool:
    """Return whether a title joins two titles: the second begins as the first does, or both stand in quotes."""
    if len(title) > 400 or not (found := _PAIR.match(title)):
        return False
    one, other = found[1].casefold().split(), found[2].casefold().split()
    start = one[: max(3, len(one) // 2)]
    return (len(one) >= 3 and other[: len(start)] == start) or (
        one[0][0] in '"“«' and other[0][0] in '"“«' and one[-1][-1] in '"”»'
    )


def _slug(heading: str) -> str:
    """Return the name under which hosts link to a heading.

    Source: GitHub's renderer: lower case, punctuation left out, blanks to hyphens.
    """
    return re.sub(r"[^\w\- ]", "", wording.plain(heading).lower()).replace(" ", "-")


def _cells_of(line: str) -> list[str]:
    """Return the cells of a table's line as its Markdown counts them: without the outer pipes, ``\\|`` kept."""
    cells = re.split(r"(?<!\\)\|", line.strip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells
