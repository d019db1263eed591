"""HTML, whole or among Markdown, as the tree's blocks: one parser's events, tables laid out as grids."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

from studygroup.catalogue.reading.tree import (
    BREAK,
    Aside,
    Block,
    Bullet,
    Document,
    Heading,
    Listing,
    Paragraph,
    Row,
    Span,
    Spans,
    Table,
    text_of,
    with_addresses,
)

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ENDS_PARAGRAPH = frozenset(
    str.split(
        "p div center details summary section blockquote table ul ol hr article dl dt dd main header footer nav aside figure body"
    )
)
_BOLD = frozenset({"b", "strong"})
_ITALIC = frozenset({"i", "em"})
_STRUCK = frozenset({"s", "del", "strike"})
EMBEDDED = frozenset({"iframe", "embed", "video", "audio"})
"""Tags that show what is at another address, as a picture does."""
_NO_TEXT = frozenset({"script", "style"})
# What a site repeats on each of its pages.
_OF_THE_SITE = frozenset({"nav", "footer"})
# A cell that says that it spans more rows or columns than this is not believed.
_WIDEST = 200


class Tag(NamedTuple):
    """A start or an end tag among Markdown."""

    name: str
    end: bool
    attributes: dict[str, str]
    text: str = ""


class _Parser(HTMLParser):
    """Python's parser, for which a section that it does not know (``<![…``) is a comment rather than an error."""

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Read such a section to its ``>``."""
        return self.parse_bogus_comment(i, report)


class _Tags(_Parser):
    """The tags and comments of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a start tag."""
        self.found.append(Tag(tag, False, attributes_of(attrs, self.get_starttag_text() or "")))

    def handle_endtag(self, tag: str) -> None:
        """Note an end tag."""
        self.found.append(Tag(tag, True, {}))

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.found.append(Tag("!", False, {}, data))

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]


def tags_of(content: str) -> list[Tag]:
    """Return the tags and comments (named ``!``) of a piece of HTML."""
    parser = _Tags()
    parser.feed(content)
    return parser.found


def attributes_of(attrs: list[tuple[str, str | None]], written: str) -> dict[str, str]:
    """Return a tag's attributes; addresses as written, where ``&section`` is no sign of a section."""
    said = {name: value or "" for name, value in attrs}
    for name in ("href", "src"):
        if "&" in written and name in said and said[name]:
            said[name] = _as_written(name, written) or said[name]
    return {name: value.strip() if name in {"href", "src"} else value for name, value in said.items()}


def _as_written(name: str, written: str) -> str:
    start = written.lower().find(f"{name}=")
    mark = written[start + len(name) + 1 : start + len(name) + 2]
    if start < 0 or mark not in {'"', "'"}:
        return ""
    value = written[start + len(name) + 2 :].partition(mark)[0]
    return value.replace("&amp;", "&")


def read_html(source: str) -> Document:
    """Return a web page as a tree: where its lines end says nothing."""
    reader = HtmlBlocks(None)
    return Document([*reader.read(source, 1), *reader.finish()], lines=source.count("\n") + 1)


class HtmlBlocks(_Parser):
    """HTML read piece by piece; a blank line inside a table or a list ends neither.

    ``markdown`` reads text between tags that is Markdown into blocks; None for a page without any.
    """

    def __init__(self, markdown: Callable[[str, int], list[Block]] | None) -> None:
        super().__init__(convert_charrefs=True)
        self.markdown = markdown
        self.blocks: list[Block] = []
        self.first_line = 1
        # Where text goes: a cell, an item, a heading, else the open paragraph.
        self.runs: Spans | None = None
        self.loose = Paragraph(0, [])
        # Loose text as written, which may be Markdown.
        self.written: list[str] = []
        self.marks = {"bold": 0, "italic": 0, "struck": 0, "code": 0, "silent": 0, "aside": 0}
        self.link: Span | None = None
        self.heading: Heading | None = None
        self.tables: list[_Grid] = []
        self.lists: list[Listing] = []
        self.items: list[Bullet] = []

    # --- what is fed, and what is taken ------------------------------------------------------------------------------

    def read(self, content: str, line: int) -> list[Block]:
        """Return the blocks that a further piece of HTML completes; its first line is ``line``."""
        self.first_line = line
        self.reset()
        self.feed(content)
        rest, self.rawdata = self.rawdata, ""
        if rest.startswith("<!--"):
            self.handle_comment(rest.removeprefix("<!--"))
        elif rest:
            self.handle_data(rest)
        self._end_paragraph()
        return self._take()

    def finish(self) -> list[Block]:
        """Return what is left when no more HTML follows."""
        self._end_paragraph()
        while self.tables:
            self._end_table()
        while self.lists:
            self._end_list()
        return self._take()

    @property
    def inside(self) -> bool:
        """Whether a table, a list or a heading is open."""
        return bool(self.tables or self.lists or self.heading)

    def _take(self) -> list[Block]:
        blocks, self.blocks = self.blocks, []
        return blocks

    @property
    def _line(self) -> int:
        return self.first_line + self.getpos()[0] - 1

    # --- tags -----------------------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what a tag begins."""
        said = attributes_of(attrs, self.get_starttag_text() or "")
        if tag == "a":
            self._end_link()
            if said.get("href"):
                self.link = Span("", said["href"], self._line)
        elif tag == "img" or tag in EMBEDDED:
            self._picture(said)
        elif tag == "source":
            self._picture({"src": said.get("srcset", "") or said.get("src", "")})
        elif tag == "br":
            self._add(Span(BREAK, line=self._line + 0))
        elif tag in _ENDS_PARAGRAPH or tag in _HEADINGS or (self.marks["aside"] and tag == "li"):
            self._open_block(tag)
        elif tag in {"tr", "td", "th", "li"}:
            self._open_part(tag, said)
        else:
            self._mark(tag, 1)
        if not self.inside and tag.startswith("http"):
            # "<https://…>" is no tag, though it looks like one.
            self.handle_data((self.get_starttag_text() or "").strip("<>"))

    def handle_endtag(self, tag: str) -> None:
        """Close what a tag ends."""
        if tag == "a":
            self._end_link()
        elif tag in _HEADINGS and self.heading is not None:
            self._end_link()
            named = text_of(self.heading.runs).strip()
            self.blocks.append(self.heading if named else Paragraph(self.heading.line, self.heading.runs))
            self.heading = self.runs = None
        elif tag == "table" and self.tables:
            self._end_table()
        elif tag in {"ul", "ol"} and self.lists:
            self._end_list()
        elif tag in {"td", "th", "tr"} and self.tables:
            self._end_link()
            self.runs = None
            if tag == "tr":
                self.tables[-1].end_row()
        elif tag in _ENDS_PARAGRAPH:
            self._end_paragraph(unfolds=tag == "summary")
            self._mark(tag, -1)
        else:
            self._mark(tag, -1)

    def _mark(self, tag: str, step: int) -> None:
        for name, tags in (
            ("bold", _BOLD),
            ("italic", _ITALIC),
            ("struck", _STRUCK),
            ("code", {"code"}),
            ("silent", _NO_TEXT),
            ("aside", _OF_THE_SITE),
        ):
            if tag in tags:
                self.marks[name] = max(0, self.marks[name] + step)

    def _open_block(self, tag: str) -> None:
        self._end_paragraph()
        self._mark(tag, 1)
        if self.marks["aside"]:
            return
        if tag in _HEADINGS:
            self.heading = Heading(self._line, int(tag[1]), [])
            self.runs = self.heading.runs
        elif tag == "table":
            self._end_link()
            self.tables.append(_Grid(self._line))
            self.runs = None
        elif tag in {"ul", "ol"}:
            self.lists.append(Listing(self._line))

    def _open_part(self, tag: str, said: dict[str, str]) -> None:
        self._end_link()
        if tag == "li":
            item = Bullet(self._line)
            if self.lists:
                self.lists[-1].items.append(item)
                self.runs = item.runs
            else:
                self._end_paragraph()
        elif self.tables and tag == "tr":
            self.tables[-1].begin_row(self._line)
            self.runs = None
        elif self.tables:
            self.runs = self.tables[-1].begin_cell(tag == "th", said, self._line)

    def _end_table(self) -> None:
        self._end_link()
        grid = self.tables.pop()
        self.runs = None
        self.blocks.append(grid.finish())

    def _end_list(self) -> None:
        self._end_link()
        ended = self.lists.pop()
        above = self.lists[-1].items if self.lists else None
        self.runs = None
        if above:
            above[-1].children += ended.items
            self.runs = above[-1].runs
        else:
            self.blocks.append(ended)

    # --- text -----------------------------------------------------------------------------------------------------------

    def _style(self, text: str) -> Span:
        marks = self.marks
        return Span(
            text,
            line=self._line,
            bold=marks["bold"] > 0,
            italic=marks["italic"] > 0,
            struck=marks["struck"] > 0,
            code=marks["code"] > 0,
        )

    def _add(self, run: Span) -> None:
        if self.runs is not None:
            self.runs.append(run)
            return
        if not self.loose.runs:
            self.loose.line = run.line or self._line
        self.loose.runs.append(run)

    def handle_data(self, data: str) -> None:
        """Take text: a link's label, or words."""
        if self.marks["silent"]:
            self.blocks.append(Aside(self._line, "code", data))
        elif self.link is not None:
            self.link = self._style(self.link.text + " ".join(data.split("\n")))._replace(
                url=self.link.url, line=self.link.line, source=self.link.source, alt=self.link.alt
            )
        elif self.runs is None:
            self._loose_text(data)
        else:
            for run in with_addresses(" ".join(data.split("\n")), self._style("")):
                self.runs.append(run)

    def _loose_text(self, data: str) -> None:
        """Take text outside of tables and lists: with Markdown in it, it is read as that."""
        if self.markdown is None:
            for run in with_addresses(" ".join(data.split("\n")), self._style("")):
                self._add(run)
            return
        lines = data.split("\n")
        if len(lines) > 1 and any(_is_markdown(line) for line in lines):
            self._end_paragraph()
            self.blocks += self.markdown(data, self._line)
            return
        for number, line in enumerate(lines):
            if number:
                self._add(Span(BREAK, line=self._line + number - 1))
            if line.strip():
                self._markdown_runs(line, self._line + number)
            elif line:
                self._add(Span(" ", line=self._line + number))

    def _markdown_runs(self, line: str, number: int) -> None:
        blocks = self.markdown(line.strip(), number) if self.markdown and ("](" in line or "**" in line) else []
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            for run in blocks[0].runs:
                self._add(run)
        else:
            for run in with_addresses(line, self._style("")._replace(line=number)):
                self._add(run)

    def _picture(self, said: dict[str, str]) -> None:
        if self.link is not None and not self.link.source:
            self.link = self.link._replace(source=said.get("src", ""), alt=said.get("alt", "") or " ")
        elif said.get("src"):
            self._add(Span("", line=self._line, picture=True, source=said["src"], alt=said.get("alt", "")))

    def _end_link(self) -> None:
        link, self.link = self.link, None
        if link is not None:
            label = " ".join(link.text.split())
            self._add(link._replace(text=label, alt=link.alt.strip(), picture=bool(link.alt) and not label))

    def _end_paragraph(self, *, unfolds: bool = False) -> None:
        if self.runs is None:
            self._end_link()
        paragraph, self.loose = self.loose, Paragraph(0, [])
        while (
            paragraph.runs and not paragraph.runs[0].url and not paragraph.runs[0].source and not paragraph.runs[0].text.strip()
        ):
            paragraph.runs.pop(0)
        if paragraph.runs:
            paragraph.line = paragraph.runs[0].line or paragraph.line
            paragraph.unfolds, paragraph.quoted = unfolds, self.marks["aside"] > 0
            self.blocks.append(paragraph)

    def handle_comment(self, data: str) -> None:
        """Take what a comment holds."""
        self.blocks.append(Aside(self._line, "comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]


def _is_markdown(line: str) -> bool:
    """Return whether a line between tags is Markdown's: an item, a row, a heading, a link."""
    start = line.lstrip()
    head, _, behind = start.partition(" ")
    number = head.rstrip(".)")
    return len(line) - len(start) <= 3 and (
        (head in {"-", "*", "+"} and bool(behind))
        or (number.isdigit() and len(number) < len(head) == len(number) + 1 and len(number) <= 3 and bool(behind))
        or (head.strip("#") == "" and 0 < len(head) <= 6 and bool(behind))
        or (start.startswith(("|", "[")) and ("|" in start[1:] if start.startswith("|") else "](" in start))
    )


class _Grid:
    """A table being laid out: cells that span rows or columns are in each place that they cover."""

    def __init__(self, line: int) -> None:
        self.table = Table(line)
        self.row: Row | None = None
        self.heads: list[bool] = []
        self.column = 0
        # By column: how many rows more a cell covers, its runs.
        self.above: dict[int, tuple[int, Spans]] = {}
        self.spans: list[tuple[int, int, int, Spans]] = []

    def begin_row(self, line: int) -> None:
        self.end_row()
        self.row, self.heads, self.spans = Row(line, [], []), [], []

    def begin_cell(self, head: bool, said: dict[str, str], line: int) -> Spans:
        if self.row is None:
            self.begin_row(line)
        runs: Spans = []
        self.spans.append((_number(said.get("rowspan")), _number(said.get("colspan")), int(head), runs))
        return runs

    def end_row(self) -> None:
        row, self.row = self.row, None
        if row is None or not self.spans:
            return
        alone = len(self.spans) == 1
        for down, across, head, runs in self.spans:
            self._fill(row)
            for place in range(across):
                if down > 1:
                    self.above[len(row.cells)] = (down - 1, runs)
                row.cells.append(runs if not place else [])
                self.heads.append(bool(head))
        self._fill(row)
        row.raw = [" ".join(text_of(cell).split()) for cell in row.cells]
        self._place(row, alone)

    def _fill(self, row: Row) -> None:
        while len(row.cells) in self.above:
            left, runs = self.above.pop(len(row.cells))
            if left > 1:
                self.above[len(row.cells)] = (left - 1, runs)
            row.cells.append(runs)
            self.heads.append(False)

    def _place(self, row: Row, alone: bool) -> None:
        table = self.table
        linked = any(run.url for cell in row.cells for run in cell)
        if not table.heads and not table.rows and len(row.cells) > 1 and not alone and (all(self.heads) or not linked):
            table.heads = row.cells
            table.line = row.line
        elif alone and not linked and (len(table.heads) > 1 or not row.raw[0]):
            table.groups.append(row)
        else:
            table.rows.append(row)

    def finish(self) -> Table:
        self.end_row()
        width = max([len(self.table.heads), *(len(row.cells) for row in self.table.rows)], default=0)
        for row in self.table.rows:
            row.missing = width - len(row.cells)
            row.cells += [[] for _ in range(row.missing)]
            row.raw += [""] * row.missing
        self.table.heads += [[] for _ in range(width - len(self.table.heads))]
        return self.table


def _number(value: str | None) -> int:
    return min(max(int(value), 1), _WIDEST) if value and value.isdigit() and len(value) < 6 else 1
