"""One page about one paper: its link, what the group wrote of it, further reading and materials.

    # Small Gates

    [Paper](https://example.org/gates)

    - Authors: Ana Berg; Tom Lund
    - Year: 2023

    ## Summary

    Gates need no teacher.

    ## Further reading

    - [A talk on gates](https://example.org/talk)

Headings are known by their words, whatever their level; what is above the first one may hold any of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from studygroup.catalogue.items.item import Link, arxiv_id, doi

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Part = Literal["top", "paper", "summary", "importance", "further", "materials", "other"]
"""What a part of a page is about; ``top`` is above the first heading that is known."""

HEADINGS: Mapping[Part, str] = {
    "paper": r"(?:the )?(?:(?:direct )?links?|paper|article|read it|where to (?:find|read) it)(?: links?)?",
    "summary": r"(?:(?:our|the|short|group(?:'s)?) )?(?:summary|abstract|overview|tl;?dr|in short|about)(?: of the paper)?",
    "importance": r"why (?:to )?read (?:it|this)|why it matters|importance|motivation",
    "further": r"(?:further|additional|more|related|other|extra|supplementary|background) (?:reading|readings|resources|links|papers|work)"
    r"|see also|references|resources|related",
    "materials": r"(?:(?:supporting|supplementary|additional|session|meeting|study group) )?"
    r"(?:materials?|slides|recordings?|videos?|notes|code|presentations?)(?: (?:and|&) (?:slides|recordings?|videos?|notes|code))*",
}
"""By part what its heading says, and nothing else."""

FIELDS: Mapping[str, str] = {
    "authors": r"authors?|by|written by",
    "year": r"year|published|publication year",
    "kind": r"kind|type",
    "arxiv": r"arxiv(?: id)?",
    "doi": r"doi",
    "venue": r"venue|journal|conference",
    "released": r"released?|release date",
    "parameters": r"param(?:eter)?s|size",
    "context_length": r"context(?: length)?",
    "licence": r"licen[cs]e",
}
"""By field the label before its colon."""

_LABEL = re.compile(r"(?P<label>[^\W\d_][^:]{0,30}?)\s*[:：]\s*(?P<value>\S.*)", re.DOTALL)
_PAPER_LABEL = re.compile(r"(?:the )?(?:paper|links?|pdf|arxiv|article|direct link|url|source)", re.IGNORECASE)
_BARE_LABEL = re.compile(r"\W*(?:here|this|https?\W.*)?\W*", re.IGNORECASE)
# So many words above the first heading that is known are a summary.
_SUMMARY_WORDS = 4
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{2,}")
_MARKUP = re.compile(r"<!--|-->|</?[a-z][^>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>a|img|br)\b(?:[^>]*?\b(?:href|src)\s*=\s*[\"']?(?P<url>[^\"'\s>]+))?[^>]*>", re.IGNORECASE
)


class Leftover(NamedTuple):
    """A link or a line with words that no field of a page's item has: its line, its words, its address (empty for words)."""

    line: int
    text: str
    url: str = ""


class Page(msgspec.Struct, frozen=True):
    """What a page says of its paper.

    ``of_list`` counts links under headings that no page of a paper has: a list has many. ``parts`` are those with a heading,
    ``lines`` the first line of each address.
    """

    title: str = ""
    url: str = ""
    fields: dict[str, str] = {}
    summary: str = ""
    importance: str = ""
    links: tuple[Link, ...] = ()
    left_out: tuple[Leftover, ...] = ()
    of_list: int = 0
    parts: frozenset[Part] = frozenset()
    lines: dict[str, int] = {}

    @property
    def is_about_one(self) -> bool:
        """Whether it is a page about one paper rather than a list of its own."""
        return self.of_list <= 12 and bool(self.url or self.summary or self.links)


class _Line(NamedTuple):
    """A line of a block: its number, its words without those of links, all its words, its links, its pictures."""

    number: int
    words: str
    said: str
    links: tuple[Link, ...]
    pictures: tuple[tuple[str, str], ...]


def parse_page(markdown: str) -> Page:
    """Return what a page in Markdown says of its paper; nothing is guessed that is not written."""
    return _Page().read(_reader().parse(markdown))


def part_of(heading: str) -> Part | None:
    """Return the part that a heading begins, or None for any other.

    >>> part_of("Further Reading:"), part_of("Slides and Recording"), part_of("Gates")
    ('further', 'materials', None)
    """
    said = " ".join(re.findall(r"[\w';&]+", heading.casefold()))
    return next((part for part, form in HEADINGS.items() if re.fullmatch(form, said)), None)


def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"linkify": True}).enable(["table", "linkify"])
    # "fast.ai" is a name; addresses stay as they are written.
    assert reader.linkify is not None
    reader.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # type: ignore[no-untyped-call]
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return reader


class _Page:
    """A page being read."""

    def __init__(self) -> None:
        self.part: Part = "top"
        self.level = 0
        self.title = ""
        self.fields: dict[str, str] = {}
        self.said: dict[Part, list[str]] = {}
        self.papers: list[Link] = []
        self.links: list[Link] = []
        self.left_out: list[Leftover] = []
        self.of_list = 0
        self.parts: set[Part] = set()
        self.lines: dict[str, int] = {}

    def read(self, tokens: Sequence[Token]) -> Page:
        """Return the page."""
        for index, token in enumerate(tokens):
            line = (token.map[0] if token.map else 0) + 1
            if token.type == "inline":
                lines = [*_lines(token, line)]
                for one in lines:
                    self.lines = {link.url: one.number for link in one.links} | self.lines
                if tokens[index - 1].type == "heading_open":
                    self._head(int(tokens[index - 1].tag[1]), lines)
                else:
                    for one in lines:
                        self._line(one)
            elif token.type in {"html_block", "fence", "code_block"}:
                code = token.type != "html_block"
                self.left_out += _leftovers(token.content, line + (token.type == "fence"), code=code)
        return self._page()

    def _page(self) -> Page:
        links = [*self.papers, *self.links]
        known = next((link for link in links if arxiv_id(link.url) or doi(link.url)), None)
        main = self.papers[0] if self.papers else known
        seen, kept = {main.url if main else ""}, []
        for link in links:
            if link.url not in seen:
                seen.add(link.url)
                kept.append(link)
        summary = self.said.get("summary") or self.said.get("top", [])
        return Page(
            self.title,
            main.url if main else "",
            self.fields,
            " ".join(summary),
            " ".join(self.said.get("importance", [])),
            tuple(kept),
            tuple(self.left_out),
            self.of_list,
            frozenset(self.parts),
            self.lines,
        )

    def _head(self, level: int, lines: Sequence[_Line]) -> None:
        said = " ".join(one.said for one in lines)
        links = [link for one in lines for link in one.links]
        if not self.title:
            self.title, self.level = said, level
            self.papers += links
            return
        part = part_of(said)
        if part or level <= self.level or self.part == "top":
            self.part, self.level = part or "other", level
            self.parts |= {part} if part else set()
        if not part and _WORD.search(said):
            self.left_out.append(Leftover(lines[0].number, said))
        self._keep(links)

    def _keep(self, links: Sequence[Link]) -> None:
        if self.part == "paper" or (self.part == "top" and not self.papers):
            self.papers += links[:1]
            links = links[1:]
        self.links += links
        self.of_list += len(links) if self.part == "other" else 0

    def _line(self, one: _Line) -> None:
        self.left_out += [Leftover(one.number, text, url) for text, url in one.pictures]
        if self.part in {"top", "paper"} and self._is_field(one):
            return
        self._keep(one.links)
        if self.part in {"summary", "importance"} or (self.part == "top" and len(_WORD.findall(one.words)) >= _SUMMARY_WORDS):
            self.said.setdefault(self.part, []).append(one.said)
        elif _WORD.search(one.words):
            self.left_out.append(Leftover(one.number, one.said))

    def _is_field(self, one: _Line) -> bool:
        """Return whether a line is a label and a value, and keep the value."""
        if not (found := _LABEL.fullmatch(one.said)):
            return False
        label = found["label"].strip().casefold()
        if one.links and _PAPER_LABEL.fullmatch(label):
            self.papers[:0] = one.links[:1]
            self.links += one.links[1:]
            return True
        field = next((name for name, form in FIELDS.items() if re.fullmatch(form, label)), "")
        if field:
            self.fields.setdefault(field, " ".join(found["value"].split()))
            self.links += one.links
        return bool(field)


def _leftovers(content: str, line: int, *, code: bool) -> Iterator[Leftover]:
    """Yield the addresses and the lines with words of what is no text of a page: HTML, comments, code."""
    for number, one in enumerate(content.split("\n"), line):
        said = " ".join((one if code else _MARKUP.sub(" ", one)).split())
        yield from (Leftover(number, said, url) for url in _ADDRESS.findall(one))
        if _WORD.search(_ADDRESS.sub("", said)):
            yield Leftover(number, said)


def _lines(token: Token, number: int) -> Iterator[_Line]:
    """Yield the lines of an inline token that say or link something."""
    line = _Collected()
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            yield from line.finish(number)
            number += 1
        else:
            line.add(child)
    yield from line.finish(number)


class _Collected:
    """A line whose pieces are being collected."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.said: list[str] = []
        self.links: list[Link] = []
        self.pictures: list[tuple[str, str]] = []
        self.open: tuple[str, list[str]] | None = None

    def add(self, child: Token) -> None:
        """Take a piece."""
        if child.type == "link_open":
            self._open(str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            self._close()
        elif child.type == "image":
            self.pictures.append((child.content, str(child.attrGet("src") or "")))
        elif child.type == "html_inline":
            self._tag(child.content)
        elif child.content:
            self.said.append(child.content)
            (self.open[1] if self.open else self.words).append(child.content)

    def _open(self, url: str) -> None:
        self._close()
        self.open = (url, [])

    def _close(self) -> None:
        if self.open:
            url, label = self.open
            self.links.append(Link(_label("".join(label), url), url))
        self.open = None

    def _tag(self, tag: str) -> None:
        """Take a tag of HTML: a link, a picture, or a break; a comment's words stay with the line."""
        found = _TAG.fullmatch(tag)
        name = found["name"].lower() if found else ""
        if found and name == "a":
            if found["url"] and not found["end"]:
                self._open(found["url"])
            else:
                self._close()
        elif found and name == "img" and found["url"]:
            self.pictures.append(("", found["url"]))
        elif name == "br":
            self.said.append(" ")
            self.words.append(" ")
        elif not found:
            self.pictures += [(one.text, one.url) for one in _leftovers(tag, 1, code=False)]

    def finish(self, number: int) -> Iterator[_Line]:
        """Yield the line if there is anything in it, and begin the next one; a link that goes on belongs to where it ends."""
        words, said = (" ".join("".join(some).split()) for some in (self.words, self.said))
        if said or self.links or self.pictures:
            yield _Line(number, words, said, tuple(self.links), tuple(self.pictures))
        self.words, self.said, self.links, self.pictures = [], [], [], []
        if self.open:
            self.open[1].append(" ")


def _label(label: str, url: str) -> str:
    said = " ".join(label.split())
    if said and not _BARE_LABEL.fullmatch(said):
        return said
    return re.sub(r"^[a-z]+://(?:www\.)?", "", url).partition("/")[0] or "Link"
