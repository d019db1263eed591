"""HTML inside a list: its tables, lists and headings as the blocks that Markdown has."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from studygroup.catalogue.first_import.badges import read_badges
from studygroup.catalogue.first_import.bullets import Bullet
from studygroup.catalogue.first_import.rows import Row
from studygroup.catalogue.first_import.spans import Span, text_of
from studygroup.catalogue.first_import.wording import plain

# A tag ends at the next ">"; what is never closed is text. Nothing here looks further than the next "<".
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)>")
_ATTRIBUTE = re.compile(r"(?P<name>[a-zA-Z-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))")
_HEADING = re.compile(r"h[1-6]")
_MARKDOWN_LINE = re.compile(r"^ {0,3}(?:[-*+] |\d{1,3}[.)] |\||\[[^\]]+\]\()")
_STRUCTURE = re.compile(r"<(?:table|tr|td|th|li|ul|ol|h[1-6])\b", re.IGNORECASE)


# Tags that only stand around lines of text.
_FRAMES = re.compile(r"</?(?:div|p|center|font|span|section|small|sub|sup|details|summary|blockquote)\b[^<>]*>", re.IGNORECASE)


@dataclass
class Heading:
    """An HTML heading."""

    level: int
    text: str


@dataclass
class HtmlTable:
    """An HTML table: its heads and its rows."""

    heads: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


Block = Heading | HtmlTable | list[Bullet]


def has_structure(content: str) -> bool:
    """Return whether an HTML block holds a table, a list or a heading (or a part of one)."""
    return bool(_STRUCTURE.search(content))


def markdown_within(content: str) -> str:
    """Return the Markdown that stands between tags (``<details>`` and a list), blank lines in place of the tags' own lines."""
    head, unfolds, below = content.partition("</summary>")
    if unfolds and "<a" in head and "<a" not in below and "](" not in below:
        # What unfolds is said of the title that stays visible.
        content = head + "\n" * below.count("\n")
    lines = content.split("\n")
    if not any(map(_MARKDOWN_LINE.match, lines)):
        return "\n".join(line.strip() for line in _FRAMES.sub("", content).split("\n")) if "<a" in content else ""
    return "\n".join("" if line.lstrip().startswith("<") and "](" not in line and "<a" not in line else line for line in lines)


class HtmlReader:
    """HTML read piece by piece; a blank line inside a table does not end it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.table: HtmlTable | None = None
        self.cells: list[tuple[bool, list[Span]]] = []
        self.bullets: list[Bullet] = []
        self.spans: list[Span] | None = None
        self.url, self.label, self.alt = "", [""], ""
        self.bold = 0
        self.line = 0

    def feed(self, content: str, line: int) -> None:
        """Read an HTML block whose first line is ``line``."""
        start = 0
        comment = 0
        for found in _TAG.finditer(content):
            if found.start() < comment:
                continue
            opening = content.find("<!--", start, found.start())
            if opening >= 0:
                closing = content.find("-->", opening)
                comment = closing + 3 if closing >= 0 else len(content)
                self._text(content[start:opening])
                line += content.count("\n", start, min(comment, len(content)))
                start = comment
                if found.start() < comment:
                    continue
            line += content.count("\n", start, found.start())
            self._text(content[start : found.start()])
            self._tag(found["name"].lower(), bool(found["end"]), found["rest"], line)
            line += content.count("\n", found.start(), found.end())
            start = found.end()
        self._text(content[start:])

    def take(self) -> list[Block]:
        """Return the blocks that are complete, and forget them."""
        blocks, self.blocks = self.blocks, []
        return blocks

    def finish(self) -> list[Block]:
        """Return what is left when no more HTML follows."""
        self._end_row()
        if self.table is not None:
            self.blocks.append(self.table)
            self.table = None
        self._end_list()
        self.spans = None
        return self.take()

    def _text(self, text: str) -> None:
        if self.spans is None or not text:
            return
        text = re.sub(r"\s+", " ", html.unescape(text))
        if self.url:
            self.label[0] += text
        elif text:
            self.spans.append(Span(text, "", self.bold > 0))

    def _tag(self, name: str, end: bool, rest: str, line: int) -> None:
        if name in {"b", "strong"}:
            self.bold = max(0, self.bold + (-1 if end else 1))
        elif name == "a":
            self._anchor(end, rest)
        elif name == "img" and self.url:
            self.alt = _attributes(rest).get("alt", "") or " "
        elif name == "br" and self.spans is not None and not self.url:
            self.spans.append(Span("\v"))
        elif name in {"td", "th"} and not end:
            self._anchor(True, "")
            self.spans = []
            self.line = self.line or line
            self.cells.append((name == "th", self.spans))
        elif name == "tr":
            self._end_row()
            self.line = line
        elif name == "table":
            self.finish_table(end)
        elif name == "li" and not end:
            self._anchor(True, "")
            self.bullets.append(Bullet(line, ""))
            self.spans = self.bullets[-1].spans
        elif name in {"ul", "ol"} and end:
            self._end_list()
        elif _HEADING.fullmatch(name):
            if end and self.spans is not None:
                self.blocks.append(Heading(int(name[1]), plain(text_of(self.spans))))
            self.spans = None if end else []

    def finish_table(self, end: bool) -> None:
        """Begin a table, or end the open one."""
        self._end_row()
        self.line = 0
        if self.table is not None:
            self.blocks.append(self.table)
        self.table = None if end else HtmlTable()

    def _anchor(self, end: bool, rest: str) -> None:
        if self.url and self.spans is not None:
            text = self.label[0].strip()
            picture = bool(self.alt) and not text
            span = Span(text, self.url, self.bold > 0, picture=picture, alt=self.alt.strip() if picture else "")
            self.spans += read_badges([span])
        self.url, self.label, self.alt = "", [""], ""
        if not end:
            self.url = _attributes(rest).get("href", "")

    def _end_row(self) -> None:
        self._anchor(True, "")
        cells, self.cells = self.cells, []
        self.spans = None
        if not cells or self.table is None:
            return
        texts = [plain(text_of(spans)) for _, spans in cells]
        if not self.table.heads and not self.table.rows and len(cells) > 1:
            linked = any(span.url for _, spans in cells for span in spans)
            if all(head for head, _ in cells) or not linked:
                self.table.heads = texts
                return
        if len(cells) == 1 and not any(span.url for span in cells[0][1]) and (len(self.table.heads) > 1 or not texts[0]):
            # One cell across the table names a group of rows.
            return
        self.table.rows.append(Row(self.line, [spans for _, spans in cells], texts))

    def _end_list(self) -> None:
        self._anchor(True, "")
        if self.bullets:
            self.blocks.append(self.bullets)
        self.bullets = []
        self.spans = None


def _attributes(rest: str) -> dict[str, str]:
    return {
        found["name"].lower(): html.unescape(found["double"] or found["single"] or found["bare"] or "")
        for found in _ATTRIBUTE.finditer(rest)
    }
