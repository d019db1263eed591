"""A Markdown reading list read into entries: the walk through headings, bullets, paragraphs and tables.

bytes ──repair──▶ Markdown ──markdown-it──▶ tokens ──_Reader──▶ drafts ──_entry──▶ entries and problems
                                                      │
                               a line: spans → works; a table: rows → works
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from studygroup.catalogue.first_import import labels, wording
from studygroup.catalogue.first_import.about_list import is_about_the_list, is_contents, is_no_work, leads_to_no_work, slug_of
from studygroup.catalogue.first_import.accounts import account
from studygroup.catalogue.first_import.badges import read_badges
from studygroup.catalogue.first_import.bullets import Bullet, Found, are_resources, attach, read_bullets
from studygroup.catalogue.first_import.entry import Entry, IdleRow, ReadingList
from studygroup.catalogue.first_import.entry_maker import EntryMaker
from studygroup.catalogue.first_import.fields import read_fields, take_field, take_fields
from studygroup.catalogue.first_import.front_matter import without_front_matter
from studygroup.catalogue.first_import.headings import heading_work, is_to_read
from studygroup.catalogue.first_import.html_blocks import Block, Heading, HtmlReader, HtmlTable, has_structure, markdown_within
from studygroup.catalogue.first_import.kinds import kind_of
from studygroup.catalogue.first_import.markdown_table import read_table
from studygroup.catalogue.first_import.named_works import read_named, read_plain_lines
from studygroup.catalogue.first_import.paragraphs import describe, title_of_line, works_of
from studygroup.catalogue.first_import.recurring import attach_recurring
from studygroup.catalogue.first_import.references import read_reference
from studygroup.catalogue.first_import.repair import decode, lines_of, repair_mojibake
from studygroup.catalogue.first_import.resource_lines import add_links, is_resource_line, prefer_paper
from studygroup.catalogue.first_import.rows import Row, Table, is_placeholder
from studygroup.catalogue.first_import.signatures import persons_of
from studygroup.catalogue.first_import.spans import Span, close_links, join_blanks, lines_of_spans, link_ids, spans_of, text_of
from studygroup.catalogue.first_import.work import Draft, Work
from studygroup.catalogue.first_import.works import read_works, title_from_address
from studygroup.catalogue.reading.markdown import definition_segments, front_matter_segments, markdown_segments
from studygroup.errors import Problem, Severity
from studygroup.storage.gc_paused import without_collecting

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Entry", "ReadingList", "parse_reading_list"]

_ENDS_PLAIN_LINES = frozenset({"heading_open", "bullet_list_open", "ordered_list_open", "table_open", "html_block"})
# A heading of so many words over its links is a title, though the list does it only once.
_CERTAIN_TITLE_WORDS = 5
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING_WITHOUT_SPACE = re.compile(r"(#{1,6})([^\W\d_].*)")


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
    whole = source
    source, reader.title = without_front_matter(source)
    environment: dict[str, object] = {}
    with without_collecting():
        tokens = _markdown().parse(source, environment)
        reader.read(tokens)
        read = reader.finish()
        segments = itertools.chain(
            front_matter_segments(whole, source), markdown_segments(tokens, _markdown()), definition_segments(environment)
        )
        ledger = account(segments, read.entries, read.title, base_url, reader.slugs)
    return msgspec.structs.replace(read, left_out=ledger.left_out, repaired=ledger.repaired)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True})
    reader.enable(["table", "strikethrough"])
    # Addresses are kept as they were written; what is behind them is checked where they are shown.
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


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
        self.idle: list[IdleRow] = []
        self.group = 0
        # A title whose links may follow in the next block.
        self.waiting: Found | None = None
        self.tentative: list[tuple[Draft, Sequence[Bullet]]] = []
        # Plain lines in a row that may be works without links.
        self.plain_lines: list[tuple[int, list[Span]]] = []
        # Titles in bold that name their authors: works also without a link.
        self.signed: list[Found] = []
        self.html = HtmlReader()
        # A heading that is a title with its link: an entry unless others stand under it.
        self.headed: tuple[Found, tuple[str, ...], int] | None = None
        self.linked_tags: set[str] = set()

    def report(self, line: int, severity: str, message: str) -> None:
        """Note a problem of the list."""
        level: Severity = "error" if severity == "error" else "warning" if severity == "warning" else "note"
        self.problems.append(Problem(self.name, line, level, message))

    def read(self, tokens: Sequence[Token]) -> None:
        """Walk through the document's blocks."""
        self.slugs = {slug_of(tokens[i + 1].content) for i, token in enumerate(tokens) if token.type == "heading_open"}
        linked = [
            token.tag for token, inner in itertools.pairwise(tokens) if token.type == "heading_open" and self._titled(inner)
        ]
        self.linked_tags = {tag for tag, count in Counter(linked).items() if count > 1}
        self._read_blocks(tokens)
        self._add_plain_lines()
        self._read_html(self.html.finish())
        self._add_headed()
        self._drop_tentative()
        for draft, _ in self.tentative:
            # Its own heading is no section of it.
            above = heading_work(draft.section[-1]) if draft.section else None
            if above and above.title == draft.work.title:
                draft.section = draft.section[:-1]

    def _titled(self, token: Token) -> Work | None:
        """Return the work of a heading that is a title with its link outside the document, perhaps with names; else None."""
        if "](" not in token.content and "href" not in token.content:
            return None
        spans = [span for span in spans_of(token.children or ()) if span.url or wording.has_words(span.text)]
        if not spans or not spans[0].url or spans[0].picture or self._is_inside(spans[0].url):
            return None
        if labels.label_form(spans[0].text) is not None:
            return None
        if len(spans[0].text.split()) < 2 and kind_of(spans[0].url) != "paper":
            return None
        works = read_works(spans, strict=True)
        if len(works) != 1 or works[0].links:
            return None
        works[0].authors = works[0].authors or persons_of(works[0].details.pop("about", ""))
        return works[0] if "about" not in works[0].details else None

    def _add_headed(self) -> None:
        """Make an entry of a heading that is a title with its link and has no entries under it."""
        headed, self.headed = self.headed, None
        if headed is None:
            return
        found, section, before = headed
        if before == len(self.drafts) or kind_of(found.work.url) == "paper":
            self.section, kept = section, self.section
            self._add(found.work, found.line)
            # Before what stands under it.
            self.drafts[before:] = self.drafts[-1:] + self.drafts[before:-1]
            self.section = kept

    def _read_blocks(self, tokens: Sequence[Token], *, within: bool = False) -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type in _ENDS_PLAIN_LINES:
                self._add_plain_lines(before_list=token.type == "bullet_list_open")
            if token.type == "heading_open" and not token.level:
                self._read_html(self.html.finish())
                inline = tokens[index + 1]
                self._add_headed()
                self._read_heading(int(token.tag[1]), wording.plain(text_of(spans_of(inline.children or ()))))
                line = (token.map or [0])[0] + 1
                self._await_links(self.section[-1] if self.section and self.path and token.tag != "h1" else "", line)
                if token.tag in self.linked_tags and not self.skipping and self.path and (work := self._titled(inline)):
                    self.waiting, found = None, Found(work, line)
                    self.headed = (found, tuple(text for _, text in self.path[:-1]), len(self.drafts))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                bullets, index = self._bullets(tokens, index)
                if not self.skipping:
                    self._read_list(bullets)
                continue
            elif token.type == "table_open":
                self.waiting = None
                index = self._read_table(tokens, index)
                continue
            elif token.type == "paragraph_open" and (not token.level or self._is_quoted_resource(tokens, index)):
                self._read_paragraph(tokens[index + 1])
            elif token.type == "html_block" and not within:
                self._read_html_block(token)
            index += 1

    def _is_quoted_resource(self, tokens: Sequence[Token], index: int) -> bool:
        """Return whether a paragraph in a quotation only links the work whose title waits before it."""
        if self.waiting is None or tokens[index].level != 1 or "://" not in tokens[index + 1].content:
            return False
        return is_resource_line(spans_of(tokens[index + 1].children or ())) is not None

    def _read_html_block(self, token: Token) -> None:
        """Read HTML: its own tables and lists, or the Markdown that stands behind its tags without a blank line."""
        line = (token.map[0] if token.map else 0) + 1
        # Nothing in a comment counts; its lines stay, so that those behind it keep their numbers.
        content = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), token.content)
        if has_structure(content) or self.html.table is not None:
            self.html.feed(content, line)
            self._read_html(self.html.take())
            return
        if markdown := markdown_within(content):
            tokens = _markdown().parse(markdown)
            for inner in tokens:
                if inner.map:
                    inner.map = [place + line - 1 for place in inner.map]
            self._read_blocks(tokens, within=True)

    def _read_html(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if isinstance(block, Heading):
                if wording.has_words(block.text):
                    self._read_heading(block.level, block.text)
            elif isinstance(block, HtmlTable):
                width = max([len(block.heads), *(len(row.cells) for row in block.rows)])
                for row in block.rows:
                    row.missing = width - len(row.cells)
                    row.cells += [[] for _ in range(row.missing)]
                    row.raw += [""] * row.missing
                self.waiting = None
                self._read_rows([*block.heads, *([""] * (width - len(block.heads)))], block.rows)
            elif not self.skipping:
                self._read_list(block)

    def _read_heading(self, level: int, text: str) -> None:
        self.group += 1
        self.waiting = None
        text = wording.strip_marks(text) or text
        if level == 1 and self.title is None:
            self.title = text
            self.path, self.section, self.skipping = [], (), False
            return
        while self.path and self.path[-1][0] >= level:
            self.path.pop()
        self.path.append((level, text))
        self.section = tuple(heading for _, heading in self.path if heading == text or not is_contents(heading))
        # What stands under a table of contents by its headings' levels is not in it.
        self.skipping = any(map(is_about_the_list, self.section))

    def _spans(self, token: Token) -> list[Span]:
        """Return an inline token's spans; links without their last ``)`` are recovered, links inside the document dropped."""
        if "](" in token.content and any("](" in child.content for child in token.children or () if child.type == "text"):
            source = token.content
            first = token.map[0] + 1 if token.map else 0
            for repair, wrong in ((close_links, "without its closing “)”"), (join_blanks, "with blanks in its address")):
                repaired = repair(source)
                for offset, (before, after) in enumerate(zip(source.split("\n"), repaired.split("\n"), strict=True)):
                    if before != after:
                        self.report(first + offset, "note", f"a link {wrong} was repaired")
                source = repaired
            if source != token.content:
                token.children = _markdown().parseInline(source)[0].children
        spans = read_badges(spans_of(token.children or ()))
        if any(span.url and self._is_inside(span.url) for span in spans):
            return [span._replace(url="", inside=True) if span.url and self._is_inside(span.url) else span for span in spans]
        return spans

    def _is_inside(self, url: str) -> bool:
        """Return whether a link only leads to another place of the document (also if its ``#`` was forgotten)."""
        return url.removeprefix("./").startswith("#") or url in self.slugs

    def _bullets(self, tokens: Sequence[Token], index: int) -> tuple[list[Bullet], int]:
        """Return a list's items as a tree, and the index behind the list."""
        top: list[Bullet] = []
        open_items: list[Bullet] = []
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
                bullet = Bullet(token.map[0] + 1 if token.map else 0, token.info)
                (open_items[-1].children if open_items else top).append(bullet)
                open_items.append(bullet)
            elif token.type == "list_item_close":
                open_items.pop()
            elif token.type == "table_open":
                index = self._read_table(tokens, index)
                continue
            elif token.type == "inline" and open_items and tokens[index - 1].type == "paragraph_open":
                spans = link_ids(self._spans(token))
                if open_items[-1].spans:
                    spans = [Span("\n"), *spans]
                open_items[-1].spans += spans
            index += 1
        return top, index

    def _await_links(self, title: str, line: int) -> None:
        """Take a heading or a plain line for the title of links that may follow; it counts if the list does so twice."""
        if not self.skipping and (work := heading_work(title)):
            self.waiting = Found(work, line, tentative=True)

    def _read_list(self, bullets: list[Bullet]) -> None:
        """Read a list: works of its own, or the links or fields of the title that stands before it."""
        self.group += 1
        waiting = self.waiting
        title = waiting.work.title if waiting is not None else ""
        if not any(bullet.children for bullet in bullets) and (work := read_fields([one.spans for one in bullets], title)):
            self.waiting = None
            self._add(work, waiting.line if waiting is not None and work.title == title else bullets[0].line)
            return
        if self.headed is not None and sum(bullet.linked for bullet in bullets) * 2 <= len(bullets):
            # Notes on the work that the heading names.
            return
        if waiting is not None and are_resources(bullets, leniently=waiting.tentative):
            attach(waiting.work, bullets)
            self._add_waiting(bullets)
            return
        if waiting is not None and take_fields(waiting.work, bullets):
            self._add_waiting(bullets)
            return
        self.waiting = None
        for found in read_bullets(bullets, to_read=is_to_read((self.title or "", *self.section))):
            prefer_paper(found.work)
            self._add(found.work, found.line, number=found.number, status=found.status)
        last = bullets[-1] if bullets else None
        if (
            last is not None
            and not last.linked
            and not last.children
            and not (self.drafts and self.drafts[-1].line == last.line)
        ):
            text = wording.plain(text_of(last.spans))
            if wording.has_words(text) and labels.label_form(text) is None:
                self.waiting = Found(Work("", "", details={"about": text}), last.line, last.number)

    def _add_waiting(self, bullets: Sequence[Bullet] = ()) -> None:
        """Make an entry of the title before a block of its links, once."""
        found = self.waiting
        if found is None or not found.work.url or any(draft.work is found.work for draft in self.drafts[-1:]):
            return
        prefer_paper(found.work)
        found.work.title = found.work.title or title_from_address(found.work.url)
        self._add(found.work, found.line, number=found.number)
        if found.tentative and self.drafts and self.drafts[-1].work is found.work:
            self.tentative.append((self.drafts[-1], bullets))

    def _drop_tentative(self) -> None:
        """Read what stands under an only title that was taken from a heading by itself: *Slides and videos* is no title."""
        if len(self.tentative) != 1 or len(self.tentative[0][0].work.title.split()) >= _CERTAIN_TITLE_WORDS:
            return
        draft, bullets = self.tentative[0]
        place = next((index for index, one in enumerate(self.drafts) if one is draft), None)
        if place is not None:
            under = [Draft(found.work, found.line, draft.section, draft.group) for found in read_bullets(bullets)]
            self.drafts[place : place + 1] = under

    def _read_paragraph(self, token: Token) -> None:
        """Read a paragraph: entries if each of its lines is a title with its link, else prose."""
        content = token.content
        if "\n" not in content and (heading := _HEADING_WITHOUT_SPACE.fullmatch(content)):
            if len(content) < 200:
                self._read_heading(len(heading[1]), wording.plain(heading[2]))
            return
        spans = self._spans(token)
        line = (token.map[0] if token.map else 0) + 1
        if self.skipping:
            return
        if not any(span.url and not span.picture for span in spans):
            self._read_unlinked(spans, line)
            return
        self._add_plain_lines()
        if self.waiting is not None and (resource := is_resource_line(spans)) is not None:
            add_links(self.waiting.work, spans, resource)
            self._add_waiting()
            return
        self.waiting = None
        for offset, work in works_of(spans):
            self._add(work, line + offset)

    def _read_unlinked(self, spans: Sequence[Span], line: int) -> None:
        """Read a paragraph without a link: a title in bold, or what is said of the one before."""
        lines = [one for one in lines_of_spans(spans) if wording.has_words(text_of(one))]
        title = title_of_line(lines[0]) if lines else ""
        joined = [span._replace(text=span.text.replace("\n", " ")) for span in spans]
        if not title and len(lines) > 1 and read_reference(text_of(joined)):
            self.plain_lines.append((line, joined))
        elif not title:
            self.plain_lines += [(line + offset, one) for offset, one in enumerate(lines_of_spans(spans)) if one]
        if title and not any(map(title_of_line, lines[1:])):
            if (named := read_named(lines[0])) and named.certain:
                self.signed.append(Found(named.work, line))
                title = named.work.title
            self.waiting = Found(named.work if named and named.certain else Work(title, ""), line)
            lines = lines[1:]
        if self.headed is not None and not title and len(lines) == 1:
            text = wording.plain(text_of(lines[0]))
            if not is_no_work(text):
                describe(self.headed[0].work, text)
        if self.waiting is not None and self.waiting.tentative and self.drafts and self.drafts[-1].work is self.waiting.work:
            self.waiting = None
        if self.waiting is not None:
            waiting = self.waiting.work
            known = [take_field(waiting, one) or describe(waiting, wording.plain(text_of(one))) for one in lines]
            if not all(known) and not title:
                self.waiting = None

    def _add_plain_lines(self, *, before_list: bool = False) -> None:
        """Make entries of plain lines in a row if most of them prove to be works; a last one may wait for its links."""
        lines, self.plain_lines = self.plain_lines, []
        signed, self.signed = self.signed, []
        awaited = self.waiting.work if self.waiting is not None and before_list else None
        self.signed = [found for found in signed if found.work is awaited]
        if len(signed) > 1 or is_to_read((self.title or "", *self.section)):
            for found in signed:
                if found.work is not awaited and not found.work.url:
                    self._add(found.work, found.line)
        if not lines or self.skipping:
            return
        if before_list and len(lines) == 1 and self.waiting is None:
            self._await_links(wording.plain(text_of(lines[0][1])), lines[0][0])
            return
        for line, work in read_plain_lines(lines, to_read=is_to_read((self.title or "", *self.section))):
            self._add(work, line)

    def _add(self, work: Work, line: int, **more: object) -> None:
        title = work.title.strip()
        if is_placeholder(title) or is_no_work(title):
            return
        if work.url.lower().startswith(("mailto:", "javascript:", "tel:", "data:")) or leads_to_no_work(work.url):
            return
        self.drafts.append(Draft(work, line, self.section, self.group, **more))  # type: ignore[arg-type]

    def _read_table(self, tokens: Sequence[Token], index: int) -> int:
        """Read a table; return the index behind it."""
        heads, rows, index = read_table(tokens, index, self._spans, self.lines, self.report)
        self._read_rows(heads, rows)
        return index

    def _read_rows(self, heads: list[str], rows: list[Row]) -> None:
        """Make entries of a table's rows."""
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
            for row in table.idle:
                cells = {head: wording.plain(text_of(cell)) for head, cell in zip(table.heads, row.cells, strict=False)}
                struck = any(span.struck for cell in row.cells for span in cell)
                self.idle.append(IdleRow(row.line, self.section, cells, struck))

    def finish(self) -> ReadingList:
        """Return the list: drafts become entries, and what concerns several of them is reported."""
        maker = EntryMaker(self.title or "", self.base_url, self.now, self.report)
        entries = maker.entries(attach_recurring(self.drafts))
        problems = tuple(sorted(set(self.problems), key=lambda problem: (problem.line, problem.severity, problem.message)))
        return ReadingList(self.name, self.title or "", tuple(entries), problems, len(self.lines), tuple(self.idle))
