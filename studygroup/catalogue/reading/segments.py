"""A document's segments: every address and every line with words, each with its line and where in the document it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
"""A bare address, maybe with what ends the sentence behind it."""
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
    while address and (address[-1] in ".,;:!?'\"*_[]{}(\\，。；、）" or (address[-1] == ")" and surplus > 0)):
        surplus -= address[-1] == ")"
        address = address[:-1]
    return address


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


# Markdown that is shown as it stands: in code, in a comment.
_LABEL = re.compile(r"\[([^\[\]]*)\]\(<?$")
_PLAIN = frozenset({"words", "heading", "columns", "row", "item"})
