"""Markdown, with HTML and front matter in it, as the tree's blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from studygroup.catalogue.reading.front_matter import read_front_matter
from studygroup.catalogue.reading.html import EMBEDDED, HtmlBlocks, tags_of
from studygroup.catalogue.reading.tree import (
    BREAK,
    Aside,
    Block,
    Bullet,
    Document,
    Heading,
    Listing,
    Note,
    Paragraph,
    Row,
    Span,
    Spans,
    Table,
    lines_of,
    with_addresses,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINK_WITHOUT_END = re.compile(r"\[[^\[\]\n]+\]\(\s*(?:https?://[^\s()<>]+)(?=\s*$)", re.MULTILINE)
# A path or an address, not words that happen to be in parentheses.
_LINK_WITH_BLANKS = re.compile(r"\]\(((?=[^()<>\"'\n]*[/.])[^()<>\"'\n]{1,300}?[^()<>\"'\s]\s[^()<>\"'\n]{1,300}\.\w{1,5})\)")
# Emoji written as words (":star:"), as GitHub shows them.
_SHORTCODES = re.compile(r"(?<!\w)(?::[a-z+-][a-z0-9_+-]*[a-z0-9]:|:\+1:)+(?!\w)")
_HEADING_WITHOUT_BLANK = re.compile(r"(?P<marks>#{1,6})(?P<text>[^\W\d_].{0,200})")
_PIPE = re.compile(r"(?<!\\)\|")
_EMPHASIS = {"strong": "bold", "em": "italic", "s": "struck"}
_HTML_MARKS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "s": "struck", "del": "struck"}
_HTML_BREAKS = frozenset({"br", "p", "div", "li"})


def read_markdown(source: str) -> Document:
    """Return a Markdown document as a tree."""
    source, document = read_front_matter(source)
    environment: dict[str, Any] = {}
    lines = source.split("\n")
    document.lines = len(lines)
    tokens = _reader().parse(source, environment)
    walk = _Walk(lines, document.notes)
    walk.read(tokens)
    document.blocks += walk.finish()
    document.blocks += _definitions(environment)
    return document


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": True})
    reader.enable(["table", "strikethrough"])
    # Addresses are kept as they were written; what is behind them is checked where they are shown.
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


def _definitions(environment: Mapping[str, Any], offset: int = 0) -> list[Block]:
    """Return what defines the links that a document refers to by name (``[1]: https://…``), used or not."""
    held = [*environment.get("references", {}).items()]
    held += [(one.get("label", ""), one) for one in environment.get("duplicate_refs", ())]
    return [
        Aside((one.get("map") or [0])[0] + 1 + offset, "definition", one.get("title") or label.lower(), one["href"])
        for label, one in held
    ]


def close_links(source: str) -> str:
    """Return Markdown whose links without their last ``)``, at a line's end, have it.

    >>> close_links("+ [LLMs at Scale](https://example.org/llms")
    '+ [LLMs at Scale](https://example.org/llms)'
    """
    return _LINK_WITHOUT_END.sub(lambda found: found[0] + ")", source)


def join_blanks(source: str) -> str:
    """Return Markdown whose links with blanks in their addresses have them in ``<>``, as they must be.

    >>> join_blanks("- [Trees](notes/big trees.md)"), join_blanks('[Trees](trees.md "A title")')
    ('- [Trees](<notes/big trees.md>)', '[Trees](trees.md "A title")')
    """
    return _LINK_WITH_BLANKS.sub(lambda found: f"](<{found[1].strip()}>)", source)


class _Walk:
    """The walk through one document's tokens."""

    def __init__(self, lines: Sequence[str], notes: list[Note], offset: int = 0) -> None:
        self.lines, self.notes, self.offset = lines, notes, offset
        self.blocks: list[Block] = []
        self.html = HtmlBlocks(self._inner)
        self.lists: list[Listing] = []
        self.items: list[Bullet] = []
        self.table: Table | None = None
        self.row: Row | None = None
        self.in_head = False
        self.quotes = 0
        self.heading = 0

    def read(self, tokens: Sequence[Token]) -> None:
        """Take the tokens in."""
        steps: dict[str, Callable[[Token], None]] = {
            "inline": self._inline,
            "heading_open": self._open_heading,
            "list_item_open": self._open_item,
            "table_open": self._open_table,
            "table_close": self._close_table,
            "tr_open": self._open_row,
            "tr_close": self._close_row,
            "html_block": self._html,
            "fence": self._code,
            "code_block": self._code,
        }
        for token in tokens:
            if step := steps.get(token.type):
                step(token)
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                self.lists.append(Listing(self._line(token)))
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self._close_list()
            elif token.type == "list_item_close":
                self.items.pop()
            elif token.type in {"thead_open", "thead_close"}:
                self.in_head = token.type == "thead_open"
            elif token.type in {"blockquote_open", "blockquote_close"}:
                self.quotes += token.nesting

    def finish(self) -> list[Block]:
        """Return the document's blocks."""
        self.blocks += self.html.finish()
        return self.blocks

    def _line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + 1 + self.offset

    def _source(self, place: int) -> str:
        return self.lines[place] if 0 <= place < len(self.lines) else ""

    def _inner(self, source: str, line: int) -> list[Block]:
        """Return the blocks of Markdown between HTML's tags."""
        environment: dict[str, Any] = {}
        walk = _Walk(source.split("\n"), self.notes, line - 1)
        walk.read(_reader().parse(source, environment))
        return walk.finish() + _definitions(environment, line - 1)

    def _put(self, block: Block) -> None:
        (self.items[-1].blocks if self.items else self.blocks).append(block)

    def _open_heading(self, token: Token) -> None:
        self.heading = int(token.tag[1])
        if token.markup == "-" and token.map and self._source(token.map[1] - 1).strip() == "-":
            # A stray dash below a line is an empty item rather than what makes a heading of it.
            self.heading = 0
        self.blocks += self.html.finish() if not self.items else []

    def _open_item(self, token: Token) -> None:
        item = Bullet(self._line(token), token.info)
        (self.items[-1].children if len(self.lists) > 1 and self.items else self.lists[-1].items).append(item)
        self.items.append(item)

    def _close_list(self) -> None:
        ended = self.lists.pop()
        if not self.lists:
            self.blocks.append(ended)

    def _open_table(self, token: Token) -> None:
        self.table = Table(self._line(token))

    def _close_table(self, _: Token) -> None:
        if self.table is not None:
            self._put(self.table)
        self.table = None

    def _open_row(self, token: Token) -> None:
        self.row = Row(self._line(token), [], [])

    def _close_row(self, _: Token) -> None:
        row, self.row = self.row, None
        if self.table is None or row is None:
            return
        if self.in_head:
            self.table.heads = row.cells
        elif any(row.raw):
            self._measure(row)
            self.table.rows.append(row)

    def _measure(self, row: Row) -> None:
        """Note what a row's line has too few or too many of; Markdown itself fills it up or cuts it."""
        width = len(self.table.heads) if self.table else 0
        source = self._source(row.line - self.offset - 1)
        if row.raw[-1] and source.count("|") <= width + 1:
            return
        written = [cell.strip() for cell in _PIPE.split(source.strip())]
        written = written[1:] if written and not written[0] else written
        written = written[:-1] if written and not written[-1] else written
        row.missing, row.extra = max(0, width - len(written)), [cell for cell in written[width:] if cell]
        if row.extra:
            said = f"the row has more cells than the table has columns ({width}): {' | '.join(row.extra)[:80]}"
            self.notes.append((row.line, "warning", said))

    def _html(self, token: Token) -> None:
        for block in self.html.read(token.content, self._line(token)):
            self._put(block)

    def _code(self, token: Token) -> None:
        line = self._line(token)
        if token.info:
            self._put(Aside(line, "code", token.info))
        self._put(Aside(line + (token.type == "fence"), "code", token.content))

    def _inline(self, token: Token) -> None:
        line = self._line(token)
        if self.row is not None:
            self.row.cells.append(self._runs(token, line))
            self.row.raw.append(token.content.strip())
        elif self.heading:
            level, self.heading = self.heading, 0
            self._put(Heading(line, level, self._runs(token, line)))
        elif self.items:
            runs = self._runs(token, line)
            self.items[-1].runs += [Span(BREAK, line=line), *runs] if self.items[-1].runs else runs
        else:
            self._paragraph(token, line)

    def _paragraph(self, token: Token, line: int) -> None:
        runs = self._runs(token, line)
        if token.content.startswith("#") and (found := _HEADING_WITHOUT_BLANK.fullmatch(token.content.partition("\n")[0])):
            first, *others = lines_of(runs)
            if others or len(found["marks"]) > 1 or " " in found["text"]:
                first[0] = first[0]._replace(text=first[0].text.lstrip("#"))
                self.blocks.append(Heading(line, len(found["marks"]), first))
                rest = [run for other in others for run in (Span(BREAK, line=line), *other)][1:]
                self.blocks += [Paragraph(line + 1, rest)] if rest else []
                return
        self.blocks.append(Paragraph(line, runs, quoted=self.quotes > 0))

    def _runs(self, token: Token, line: int) -> Spans:
        """Return an inline token's runs; links without their last ``)`` or with blanks in their addresses are repaired."""
        if "](" in token.content and any("](" in child.content for child in token.children or () if child.type == "text"):
            source = token.content
            for repair, wrong in ((close_links, "without its closing “)”"), (join_blanks, "with blanks in its address")):
                repaired = repair(source)
                for number, (before, after) in enumerate(zip(source.split("\n"), repaired.split("\n"), strict=True), line):
                    if before != after:
                        self.notes.append((number, "note", f"a link {wrong} was repaired"))
                source = repaired
            if source != token.content:
                token.children = _reader().parseInline(source)[0].children
        return Inline(line).read(token.children or ())


class Inline:
    """One inline token being taken apart into runs."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.runs: Spans = []
        self.marks = {"bold": 0, "italic": 0, "struck": 0}
        self.link: Span | None = None
        self.label: list[str] = []
        # Links within a link of HTML, and whether the open one is of HTML.
        self.anchored = False

    def read(self, children: Sequence[Token]) -> Spans:
        """Return the runs."""
        for child in children:
            kind = child.type
            if kind in {"text", "code_inline"}:
                self._text(child.content, code=kind == "code_inline")
            elif kind in {"softbreak", "hardbreak"}:
                self._break()
                self.line += 1
            elif kind == "link_open":
                self._open(str(child.attrGet("href") or "") or "#", anchored=False, bare=child.info == "auto")
            elif kind == "link_close":
                self._close(anchored=False)
            elif kind == "image":
                self._picture(str(child.attrGet("src") or ""), child.content)
            elif kind == "html_inline":
                self._tag(child.content)
            elif kind[: kind.rfind("_")] in _EMPHASIS:
                self.marks[_EMPHASIS[kind[: kind.rfind("_")]]] += child.nesting
        self._close(anchored=self.anchored)
        return self.runs

    def _style(self, text: str, *, code: bool = False) -> Span:
        bold, italic, struck = (self.marks[name] > 0 for name in ("bold", "italic", "struck"))
        return Span(text, line=self.line, bold=bold, italic=italic, struck=struck, code=code)

    def _break(self) -> None:
        if self.link is not None:
            self.label.append(" ")
        else:
            self.runs.append(self._style(BREAK))

    def _text(self, text: str, *, code: bool) -> None:
        if not code and ":" in text:
            text = _SHORTCODES.sub(_shown, text)
        if self.link is not None:
            self.label.append(text)
            self.link = self.link._replace(code=self.link.code and code)
        elif code:
            self.runs.append(self._style(text, code=True))
        else:
            self.runs += with_addresses(text, self._style(""))

    def _open(self, url: str, *, anchored: bool, bare: bool = False) -> None:
        if self.link is None:
            self.link, self.label, self.anchored = (
                self._style("", code=True)._replace(url=url, alt="\0" if bare else ""),
                [],
                anchored,
            )

    def _close(self, *, anchored: bool) -> None:
        link = self.link
        if link is None or anchored != self.anchored:
            return
        label = "".join(self.label).strip()
        bare = link.alt == "\0" or label == link.url
        marks = self._style("")
        self.runs.append(
            link._replace(
                text="" if bare else label,
                alt="" if bare else link.alt,
                bold=link.bold or marks.bold,
                code=link.code and bool(label),
                picture=link.picture and not label,
            )
        )
        self.link = None

    def _picture(self, source: str, alt: str) -> None:
        if self.link is not None:
            self.link = self.link._replace(picture=True, source=source, alt=alt)
        else:
            self.runs.append(self._style("")._replace(picture=True, source=source, alt=alt))

    def _tag(self, content: str) -> None:
        """Take a tag among the words: a link, a picture, a break, a mark, a comment."""
        for tag in tags_of(content):
            if tag.name == "a":
                if tag.end:
                    self._close(anchored=True)
                elif tag.attributes.get("href"):
                    self._close(anchored=True)
                    self._open(tag.attributes["href"], anchored=True)
                    self.link = self.link and self.link._replace(code=False)
            elif tag.name == "!":
                self.runs.append(Span(tag.text, line=self.line, comment=True))
            elif tag.name in {"img", *EMBEDDED} and not tag.end:
                self._picture(tag.attributes.get("src", ""), tag.attributes.get("alt", ""))
            elif tag.name in _HTML_BREAKS:
                self._break()
            elif mark := _HTML_MARKS.get(tag.name):
                self.marks[mark] = max(0, self.marks[mark] + (-1 if tag.end else 1))
        self.line += content.count("\n")


def _shown(found: re.Match[str]) -> str:
    """Return what stands for emoji in words: a tick for a tick, nothing for decoration."""
    return "✅" if "check_mark" in found[0] or "ballot_box" in found[0] else ""
