"""A document's segments: every address and every line with words, each with its line and where in the document it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Literal, NamedTuple

What = Literal[
    "link",
    "picture",
    "badge",
    "words",
    "heading",
    "columns",
    "row",
    "item",
    "comment",
    "code",
    "front matter",
    "definition",
    "unread",
    "e-mail",
]

ADDRESS = re.compile(r"https?://[^\s<>\"'`\]|}]+", re.IGNORECASE)
"""A bare address, perhaps with what ends the sentence behind it."""
WORDED = re.compile(r"[^\W_]{2}|[^\x00-\u024f\W]")
"""Something that a person could read: two letters or digits, or one sign of another script."""


class Segment(NamedTuple):
    """A piece of a document: an address with its label, or a line's words without those of its links.

    ``level`` is that of a heading.
    """

    line: int
    what: What
    text: str
    url: str = ""
    level: int = 0


def trimmed(address: str) -> str:
    """Return an address from running text without the marks that end the sentence around it.

    >>> trimmed("https://example.org/a_(b))."), trimmed("https://example.org/a**")
    ('https://example.org/a_(b)', 'https://example.org/a')
    """
    surplus = address.count(")") - address.count("(")
    while surplus > 0:
        address, surplus = address[: address.rindex(")")], surplus - 1
    return address.rstrip(".,;:!?*_\\([{")


def text_segments(line: int, what: What, text: str) -> Iterator[Segment]:
    """Yield the segments of plain text: line by line its bare addresses, and the words around them.

    >>> [(one.line, one.what, one.text, one.url) for one in text_segments(3, "words", "see https://example.org.\\n--\\nGates")]
    [(3, 'link', '', 'https://example.org'), (3, 'words', 'see .', ''), (5, 'words', 'Gates', '')]
    """
    for number, one in enumerate(text.split("\n"), line):
        around, end = [], 0
        if "://" in one:
            for found in ADDRESS.finditer(one):
                url = trimmed(found[0])
                before = one[end : found.start()]
                end = found.start() + len(url)
                label = _LABEL.search(before[-200:])
                around.append(before[: -len(label[0])] if label else before)
                yield Segment(number, "link" if what in _PLAIN else what, label[1] if label else "", url)
        words = " ".join(" ".join([*around, one[end:]]).split())
        if WORDED.search(words):
            yield Segment(number, what, words)


_ADDRESS_IN_TAG = re.compile(r"\b(?P<name>href|src)\s*=\s*(?P<mark>[\"'])(?P<value>[^\"']*)(?P=mark)", re.IGNORECASE)
# Markdown that is shown as it stands: in code, in a comment.
_LABEL = re.compile(r"\[([^\[\]]*)\]\(<?$")
_PLAIN = frozenset({"words", "heading", "columns", "row", "item"})


class HtmlSegments(HTMLParser):
    """The segments of HTML: addresses in its tags, its words, its comments.

    ``inner`` reads the text between tags, which may be Markdown.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Segment] = []
        self.start = 1
        # The address of the link that is open, and its label so far.
        self.link: tuple[int, str] | None = None
        self.label: list[str] = []

    def read(self, content: str, line: int) -> list[Segment]:
        """Return the segments of a piece of HTML that begins on a line."""
        self.found, self.start, self.link, self.label = [], line, None, []
        self.reset()
        self.feed(content)
        # What is left is a tag that was not finished: "<" in a text, or a block that ends within it.
        rest = self.rawdata
        self.rawdata = ""
        if rest:
            comment = rest.startswith("<!--")
            self.found += text_segments(self._line(), "comment" if comment else "words", rest.removeprefix("<!--"))
        self._close()
        return self.found

    def _line(self) -> int:
        return self.start + self.getpos()[0] - 1

    def _close(self) -> None:
        if self.link is not None:
            line, url = self.link
            self.found.append(Segment(line, "link", " ".join("".join(self.label).split()), url))
        self.link, self.label = None, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses out of a tag."""
        said = {name: value or "" for name, value in attrs}
        # As written: "&section" is no sign of a section.
        tag_text = self.get_starttag_text() or ""
        said |= {found["name"].lower(): found["value"] for found in _ADDRESS_IN_TAG.finditer(tag_text) if "&" in found["value"]}
        if tag == "img" and said.get("src"):
            linked: What = "badge" if self.link else "picture"
            self.found.append(Segment(self._line(), linked, said.get("alt", ""), said["src"].strip()))
            self.label.append(said.get("alt", ""))
        elif tag == "a" and said.get("href"):
            self._close()
            self.link = (self._line(), said["href"].strip())
        known = (said.get("href", ""), said.get("src", ""))
        for one in text_segments(self._line(), "picture", tag_text) if "://" in tag_text else ():
            if one.url and not any(one.url in url for url in known):
                # "<https://…>" is no tag, though it looks like one.
                self.found.append(one._replace(what="link" if tag.startswith("http") else "picture"))

    def handle_endtag(self, tag: str) -> None:
        """Finish a link."""
        if tag == "a":
            self._close()

    def handle_data(self, data: str) -> None:
        """Take words: the label of an open link, or the line's own."""
        if self.link is not None:
            self.label.append(data)
            data = " ".join(one for one in ADDRESS.findall(data) if one) if "://" in data else ""
        self.found += text_segments(self._line(), "words", data)

    def handle_comment(self, data: str) -> None:
        """Take what a comment holds."""
        self.found += text_segments(self._line(), "comment", data)

    def handle_decl(self, decl: str) -> None:
        """Take what stands in a declaration."""
        self.found += text_segments(self._line(), "comment", decl)

    def handle_pi(self, data: str) -> None:
        """Take what stands in an instruction."""
        self.found += text_segments(self._line(), "comment", data)

    def unknown_decl(self, data: str) -> None:
        """Take what stands in a section that HTML does not know."""
        self.found += text_segments(self._line(), "comment", data)
