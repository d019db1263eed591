"""The segments of Markdown, from markdown-it's tokens: nothing of the document is judged here, and nothing dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from studygroup.catalogue.reading.segments import HtmlSegments, Segment, What, text_segments

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_OF_BLOCK: dict[str, What] = {"heading_open": "heading", "th_open": "columns", "td_open": "row"}


def markdown_segments(tokens: Sequence[Token], reader: MarkdownIt) -> Iterator[Segment]:
    """Yield the segments of a document's blocks, in order."""
    html = HtmlSegments()
    depth = 0
    for index, token in enumerate(tokens):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "list_item_open":
            depth += 1
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "inline":
            before = tokens[index - 1].type if index else ""
            what: What = _OF_BLOCK.get(before, "item" if depth else "words")
            level = int(tokens[index - 1].tag[1]) if before == "heading_open" else 0
            yield from _Inline(line, what, level, html).read(token.children or ())
        elif token.type == "html_block":
            yield from _with_markdown(html.read(token.content, line), reader, html)
        elif token.type in {"fence", "code_block"}:
            yield from text_segments(line, "code", token.info)
            yield from text_segments(line + (token.type == "fence"), "code", token.content)


def definition_segments(environment: Mapping[str, Any]) -> Iterator[Segment]:
    """Yield what defines the links that a document refers to by name (``[1]: https://…``), used or not."""
    held = [*environment.get("references", {}).items()]
    held += [(one.get("label", ""), one) for one in environment.get("duplicate_refs", ())]
    for label, one in held:
        line = (one.get("map") or [0])[0] + 1
        yield Segment(line, "definition", one.get("title") or label.lower(), one["href"])


def front_matter_segments(before: str, after: str) -> Iterator[Segment]:
    """Yield what stood at a page's top and was taken off: the first lines of ``before`` that are empty in ``after``."""
    if before is after or before == after:
        return
    for number, (one, other) in enumerate(zip(before.split("\n"), after.split("\n"), strict=False), 1):
        if one == other and one:
            return
        if one != other:
            yield from text_segments(number, "front matter", one)


def _with_markdown(found: Sequence[Segment], reader: MarkdownIt, html: HtmlSegments) -> Iterator[Segment]:
    """Yield the segments of HTML, text between its tags read again where it holds Markdown's links."""
    for one in found:
        if one.what == "words" and "](" in one.text:
            inner = reader.parseInline(one.text)[0].children or ()
            yield from _Inline(one.line, "words", 0, html).read(inner)
        else:
            yield one


class _Inline:
    """One inline token being taken apart."""

    def __init__(self, line: int, what: What, level: int, html: HtmlSegments) -> None:
        self.line, self.what, self.level, self.html = line, what, level, html
        self.words: list[str] = []
        # The links that are open: line, address, label so far; of HTML those of tags.
        self.open: list[tuple[int, str, list[str]]] = []

    def read(self, children: Sequence[Token]) -> Iterator[Segment]:
        """Yield the segments."""
        for child in children:
            if child.type in {"softbreak", "hardbreak"}:
                yield from self._flush()
                self.line += 1
            elif child.type == "link_open":
                self.open.append((self.line, str(child.attrGet("href") or ""), []))
            elif child.type == "link_close":
                yield from self._close()
            elif child.type == "image":
                linked: What = "badge" if self.open else "picture"
                yield Segment(self.line, linked, child.content, str(child.attrGet("src") or ""))
                self._label(child.content)
            elif child.type == "html_inline":
                yield from self._tag(child.content)
            elif child.content:
                yield from self._text(child.content)
        while self.open:
            yield from self._close()
        yield from self._flush()

    def _label(self, text: str) -> None:
        if self.open:
            self.open[-1][2].append(text)

    def _text(self, content: str) -> Iterator[Segment]:
        if self.open:
            self._label(content)
            yield from (one for one in text_segments(self.line, "words", content) if one.url and one.url != self.open[-1][1])
        else:
            self.words.append(content)

    def _close(self) -> Iterator[Segment]:
        if self.open:
            line, url, label = self.open.pop()
            text = " ".join("".join(label).split())
            if url:
                yield Segment(line, "link", text, url)
            elif text:
                self.words.append(f" {text} ")

    def _tag(self, content: str) -> Iterator[Segment]:
        """Yield what a tag holds; that of a link opens one."""
        if content.startswith("</"):
            if content[2:3] in {"a", "A"}:
                yield from self._close()
            return
        for one in self.html.read(content, self.line):
            if one.what == "link" and content[1:2] in {"a", "A"}:
                self.open.append((one.line, one.url, []))
            elif one.what == "picture" and self.open:
                self._label(one.text)
                yield one._replace(what="badge")
            else:
                yield one
        self.line += content.count("\n")

    def _flush(self) -> Iterator[Segment]:
        """Yield the words of the line so far."""
        text, self.words = "".join(self.words), []
        if text.strip():
            yield from (
                one._replace(level=self.level) if one.what == "heading" else one
                for one in text_segments(self.line, self.what, text)
            )
