"""A line of Markdown as spans: stretches of plain text, and links with their labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it.token import Token

_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"`|]+", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li)\b", re.IGNORECASE)
# Source: arXiv, "Understanding the arXiv identifier"; DOI Handbook, section 2.
_WRITTEN_ID = re.compile(
    r"\barxiv:\s?(?P<arxiv>\d{4}\.\d{4,5}(?:v\d+)?)\b|\bdoi:\s?(?P<doi>10\.\d{4,9}/[^\s\"'<>|,;)\]]*[^\s\"'<>|,;)\].])",
    re.IGNORECASE,
)
_HTML_EMPHASIS = re.compile(r"<(?P<end>/?)(?:(?P<bold>b|strong)|i|em)\s*>", re.IGNORECASE)
# Emoji written as words (":star:"), as GitHub shows them.
_SHORTCODES = re.compile(r"(?<!\w)(?::[a-z+-][a-z0-9_+-]*[a-z0-9]:)+(?!\w)")
# A line break of the page that is none in the file.
_HTML_BREAK = "\v"
_NO_CLOSING = re.compile(r"\[[^\[\]\n]+\]\(\s*(?:https?://[^\s()<>]+)(?=\s*$)", re.MULTILINE)
# A path or an address, not words that happen to stand in parentheses.
_BLANKS = re.compile(r"\]\(((?=[^()<>\"'\n]*[/.])[^()<>\"'\n]{1,300}?[^()<>\"'\s]\s[^()<>\"'\n]{1,300}\.\w{1,5})\)")


_BOLD, _STRUCK, _ITALIC = range(3)
_EMPHASIS = {
    f"{name}_{end}": (place, step)
    for name, place in (("strong", _BOLD), ("s", _STRUCK), ("em", _ITALIC))
    for end, step in (("open", 1), ("close", -1))
}


class Span(NamedTuple):
    """Plain text, or a link: then ``url`` is not empty and ``text`` is its label (empty for a bare address or a picture).

    ``alt`` is what a linked picture says for those who cannot see it. ``inside``: it led to another place of the document.
    """

    text: str
    url: str = ""
    bold: bool = False
    code: bool = False
    struck: bool = False
    picture: bool = False
    italic: bool = False
    alt: str = ""
    inside: bool = False


def close_links(source: str) -> str:
    """Return Markdown whose links without their last ``)``, at a line's end, have it.

    >>> close_links("+ [LLMs at Scale](https://example.org/llms")
    '+ [LLMs at Scale](https://example.org/llms)'
    """
    return _NO_CLOSING.sub(lambda found: found[0] + ")", source) if "](" in source else source


def join_blanks(source: str) -> str:
    """Return Markdown whose links with blanks in their addresses have them in ``<>``, as they must be.

    >>> join_blanks("- [Trees](notes/big trees.md)"), join_blanks('[Trees](trees.md "A title")')
    ('- [Trees](<notes/big trees.md>)', '[Trees](trees.md "A title")')
    """
    return _BLANKS.sub(lambda found: f"](<{found[1].strip()}>)", source) if "](" in source else source


def spans_of(tokens: Sequence[Token]) -> list[Span]:
    """Return the spans of an inline token's children: emphasis and escapes resolved, HTML left out, breaks as ``\\n`` or ``\\v``."""
    spans: list[Span] = []
    marks = [0, 0, 0]
    label: list[str] = []
    alt = ""
    url, label_code, picture, anchors = "", True, False, 0
    for token in tokens:
        kind, text = token.type, ""
        if kind in ("text", "code_inline"):
            text = token.content
            if kind == "text" and ":" in text:
                text = _SHORTCODES.sub(_emoji_of, text)
        elif kind in ("softbreak", "hardbreak"):
            text = "\n"
        elif kind in _EMPHASIS:
            place, step = _EMPHASIS[kind]
            marks[place] += step
            continue
        elif kind == "link_open":
            if not url:
                url, label, label_code, picture, alt = str(token.attrs.get("href", "")) or "#", [], True, False, ""
                if token.info == "auto":
                    label_code = False
                    label.append("\0")
            continue
        elif kind == "link_close":
            if url and not anchors:
                spans.append(_link(url, label, marks[_BOLD] > 0, label_code, marks[_STRUCK] > 0, picture, alt))
                url = ""
            continue
        elif kind == "image":
            picture, alt = True, token.content
            continue
        elif kind == "html_inline":
            if found := _ANCHOR.match(token.content):
                if not url:
                    url, label, label_code, picture, alt, anchors = found[1], [], False, False, "", 1
            elif anchors and token.content.lower().startswith("</a"):
                spans.append(_link(url, label, marks[_BOLD] > 0, label_code, marks[_STRUCK] > 0, picture, alt))
                url, anchors = "", 0
            elif _BREAK.match(token.content):
                text = _HTML_BREAK
            elif emphasis := _HTML_EMPHASIS.match(token.content):
                place = _BOLD if emphasis["bold"] else _ITALIC
                marks[place] = max(0, marks[place] + (-1 if emphasis["end"] else 1))
            elif token.content[:4].lower() == "<img":
                described = _ALT.search(token.content)
                picture, alt = True, described[1] if described else ""
            if not text:
                continue
        else:
            continue
        if url:
            label.append(text)
            label_code = label_code and kind == "code_inline"
        elif "://" in text and kind == "text":
            _split_bare(text, spans, marks[_BOLD] > 0, marks[_STRUCK] > 0)
        elif text:
            spans.append(Span(text, "", marks[_BOLD] > 0, kind == "code_inline", marks[_STRUCK] > 0, italic=marks[_ITALIC] > 0))
    if url:
        spans.append(_link(url, label, False, False, False, picture, alt))
    return spans


def _link(url: str, label: list[str], bold: bool, code: bool, struck: bool, picture: bool, alt: str) -> Span:
    text = "".join(label)
    if text.startswith("\0") or text == url:
        return Span("", url, bold, False, struck)
    picture = picture and not text.strip()
    return Span("" if picture else text, url, bold, code and bool(text), struck, picture, alt=alt if picture else "")


def _emoji_of(found: re.Match[str]) -> str:
    """Return what stands for emoji in words: a tick for a tick, nothing for decoration."""
    return "✅" if "check_mark" in found[0] or "ballot_box" in found[0] else ""


def _split_bare(text: str, spans: list[Span], bold: bool, struck: bool) -> None:
    """Append text whose bare addresses become links without a label."""
    start = 0
    for found in _BARE_ADDRESS.finditer(text):
        url = found[0]
        while url and (url[-1] in ".,;:!?'*_]，。；、）" or (url[-1] == ")" and url.count(")") > url.count("("))):
            url = url[:-1]
        if len(url) < len("https://x"):
            continue
        if found.start() > start:
            spans.append(Span(text[start : found.start()], "", bold, False, struck))
        spans.append(Span("", url, bold, False, struck))
        start = found.start() + len(url)
    if start < len(text):
        spans.append(Span(text[start:], "", bold, False, struck))


def link_ids(spans: Sequence[Span]) -> list[Span]:
    """Return a line without a link whose one arXiv id or DOI, written as text, is its link."""
    found = [(index, *id_of) for index, span in enumerate(spans) for id_of in _ids_in(span)]
    if len(found) != 1 or any(span.url for span in spans):
        return [*spans]
    [(index, (start, end), url)] = found
    span = spans[index]
    pieces = [span._replace(text=span.text[:start]), Span("", url, span.bold), span._replace(text=span.text[end:])]
    return [*spans[:index], *(piece for piece in pieces if piece.text or piece.url), *spans[index + 1 :]]


def _ids_in(span: Span) -> list[tuple[tuple[int, int], str]]:
    return [
        (found.span(), f"https://arxiv.org/abs/{found['arxiv']}" if found["arxiv"] else f"https://doi.org/{found['doi']}")
        for found in _WRITTEN_ID.finditer(span.text)
    ]


def text_of(spans: Sequence[Span]) -> str:
    """Return what a reader sees of the spans."""
    return "".join(span.text for span in spans)


def lines_of_spans(spans: Sequence[Span]) -> list[list[Span]]:
    """Return the spans cut at line breaks."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        if span.url or "\n" not in span.text:
            lines[-1].append(span)
            continue
        first, *rest = span.text.split("\n")
        for index, piece in enumerate([first, *rest]):
            if index:
                lines.append([])
            if piece:
                lines[-1].append(span._replace(text=piece))
    return lines
