r"""People's Markdown inside a Markdown page: as it was typed, but for what would do more there than show their text.

What must be escaped depends on what the text is: ``<b>`` is HTML, but not in code, and ``$a<b$`` is none. So a reader of Markdown
looks for HTML, pictures, definitions and unsafe links first; only where it finds one, the characters that could begin one are escaped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from studygroup.text.text import UNTAME_TEX, escape_markdown, is_safe_url

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DEEPEST = 60
_MARKERS = r"(?:[>\s]|[-+*]\s|\d{1,9}[.)]\s)*"

_BEGINS_HTML = r"<(?=[a-z][a-z0-9-]*(?:[\s/>]|\Z)|[/!?]|[a-z][a-z0-9+.-]+:)"

# A browser takes more for a tag than CommonMark does, and not every reader keeps to CommonMark.
_MAY_BEGIN_HTML = re.compile(_BEGINS_HTML, re.IGNORECASE)
_HTML = re.compile(r"<(?:[a-z][a-z0-9-]*(?=[\s/>])|[/!?])[^>]*>", re.IGNORECASE)

# In order: what a backslash escapes, code, an address in angle brackets, math, and what could begin HTML, a link, a definition or a picture.
_PIECES = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)"
    r"|<(?P<address>[a-z][a-z0-9+.-]{1,31}:[^\s<>]*)>"
    r"|(?P<math>\$\$(?:[^$`\\]|\\.)+\$\$|\$(?![\s$])(?:[^$`\\]|\\.)+(?<!\s)\$(?!\d))"
    rf"|(?P<danger>{_BEGINS_HTML}|!(?=\[)|\](?=:)"
    r"|\](?=\((?!\s*<?(?:https?://[^\s/?#\\]|mailto:[^\s@]+@))))",
    re.IGNORECASE | re.DOTALL,
)
_STARTS_BLOCK = re.compile(r"(?=#{1,6}(?:\s|$)|[-+*](?:\s|$)|>|```[^`]*$|~~~|([-*_])(?:\s*\1){2,}$)|(?<=\d)(?=[.)](?:\s|$))")


def quote_markdown(markdown: str) -> str:
    """Return people's Markdown as a quotation in a Markdown page: it ends where it ends, and its headings are small.

    Only what could be HTML, a picture, a definition, an unsafe link or a rule is escaped.

    >>> quote_markdown("# Big\\n*idea* $a<b$"), quote_markdown("<b>*bold* `<b>`")
    ('> #### Big\\n> *idea* $a<b$', '> \\\\<b>*bold* `<b>`')
    """
    lines = re.sub(r"^(?:[^\S\n]*\n)+", "", markdown).rstrip().splitlines()
    quoted = [f"> {line}" if line.strip() else ">" for line in (_without_tabs(lines) if "\t" in markdown else lines)]
    for made in (quoted, _outside_code(quoted)):
        if _is_tame("\n".join(made)):
            return "\n".join(_with_small_headings(made))
    return "\n".join(f"> {escape_markdown(line)}".rstrip() for line in lines)


def markdown_line(markdown: str) -> str:
    """Return people's Markdown on one line, to be behind other text: emphasis, links, code and math stay.

    >>> markdown_line("why\\n$x$?"), markdown_line("<i>why *x*"), markdown_line("# 1")
    ('why $x$?', '\\\\<i>why *x*', '\\\\# 1')
    """
    line = " ".join(markdown.split())
    # Only at the very beginning, or behind the number there.
    if (found := _STARTS_BLOCK.match(line)) or (found := _STARTS_BLOCK.match(line, len(line) - len(line.lstrip("0123456789")))):
        line = f"{line[: found.start()]}\\{line[found.start() :]}"
    # What the page writes behind it must not end what begins in it.
    end = "x >\">'>-->?>]]>" if "<" in line else ""
    for made in (line, _escaped(line)):
        if _is_tame(made + end):
            return made
    return escape_markdown(markdown)


def _without_tabs(lines: list[str]) -> list[str]:
    """Return lines indented with blanks, as a tab is narrower in a quotation; what is fenced keeps its tabs."""
    fenced: set[int] = set()
    for token in _blocks_reader().parse("\n".join(lines)):
        if token.map and token.type == "fence":
            fenced.update(range(*token.map))
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    return [
        line if number in fenced else indent.expandtabs(4) + line[len(indent) :]
        for number, (line, indent) in enumerate(zip(lines, indents, strict=True))
    ]


@lru_cache(maxsize=1)
def _readers() -> tuple[MarkdownIt, MarkdownIt]:
    """Return a reader of plain CommonMark with HTML, and one that knows tables and math as well; both take any link."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    plain, rich = (MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}) for _ in range(2))
    rich.enable(["table", "strikethrough"])
    dollarmath_plugin(rich, allow_labels=False, double_inline=True)
    for reader in (plain, rich):
        # What a backslash escapes stays apart from other text.
        reader.disable("text_join")
        reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return plain, rich


@lru_cache(maxsize=1)
def _blocks_reader() -> MarkdownIt:
    """Return a reader that says which lines are what once no HTML is left."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable("table")
    return reader.disable(["reference", "inline"])


@lru_cache(maxsize=256)
def _is_tame(markdown: str) -> bool:
    """Return whether no reader of Markdown finds HTML, a picture, a definition, an unsafe link or commands in math."""
    if not re.search(r"[<\[$]", markdown):
        return True
    # So many of them are no text, and take readers long.
    if markdown.count("[") > 5000 or markdown.count("<") > 5000 or len(re.findall(r"<[!?]", markdown)) > 200:
        return False
    plain, rich = _readers()
    for reader in (plain, rich) if re.search(r"[$|]", markdown) else (plain,):
        environment: dict[str, object] = {}
        tokens = reader.parse(markdown, environment)
        if environment.get("references") or any(map(_is_wild, tokens)):
            return False
    return True


def _is_wild(token: Token) -> bool:
    """Return whether a token, or one in it, does more than show text, or lies so deep that the reader left out what is in it."""
    if token.type in {"html_block", "html_inline", "image"} or token.level > _DEEPEST - 4:
        return True
    if token.type == "link_open":
        return not is_safe_url(str(token.attrGet("href")))
    if token.type.startswith("math"):
        return bool(UNTAME_TEX.search(token.content))
    children = token.children or ()
    if _HTML.search(token.content) and any(one.type == "text" and _MAY_BEGIN_HTML.search(one.content) for one in children):
        return True
    return any(map(_is_wild, children))


def _outside_code(lines: list[str]) -> list[str]:
    """Return quoted lines with what could be dangerous escaped, but for blocks of code."""
    ends: dict[int, int] = {}
    code: set[int] = set()
    for token in _blocks_reader().parse("\n".join(lines)):
        if token.map and token.type in {"fence", "code_block"}:
            code.update(range(*token.map))
        elif token.map and token.type == "inline":
            ends[token.map[0]] = max(token.map[1], ends.get(token.map[0], 0))
    made: list[str] = []
    while (start := len(made)) < len(lines):
        if start in code:
            made.append(lines[start])
        else:
            made += _escaped("\n".join(lines[start : ends.get(start, start + 1)])).split("\n")
    return made


def _escaped(text: str) -> str:
    """Return one paragraph with what could begin something dangerous escaped, outside code, math and addresses."""
    runs: dict[int, list[int]] = defaultdict(list)
    for run in re.finditer("`+", text):
        runs[len(run[0])].append(run.start())
    pieces, done = [], 0
    while found := _PIECES.search(text, done):
        end, shown = found.end(), found[0]
        if found["ticks"]:
            starts = runs[len(shown)]
            closing = bisect_left(starts, end)
            if closing < len(starts):
                end, shown = starts[closing] + len(shown), text[found.start() : starts[closing]] + shown
        elif found["danger"] or (found["address"] and not is_safe_url(found["address"])):
            shown = f"\\{shown}"
        elif found["math"]:
            shown = _tame_math(shown)
        pieces += [text[done : found.start()], shown]
        done = end
    return "".join([*pieces, text[done:]])


def _tame_math(math: str) -> str:
    """Return math that is no HTML and no link for a reader without math; in TeX a blank changes nothing."""
    if UNTAME_TEX.search(math):
        return re.sub(r"(?<!\\)([$<\]])", r"\\\1", math)
    return re.sub(rf"{_BEGINS_HTML}|!(?=\[)|\](?=[(:])", r"\g<0> ", math, flags=re.IGNORECASE)


def _with_small_headings(lines: list[str]) -> list[str]:
    """Return quoted lines in which no heading outranks the page's own, and no rule seems to end a part of the page."""
    made = list(lines)
    for token in _blocks_reader().parse("\n".join(lines)):
        if token.type == "hr" and token.map:
            made[token.map[0]] = re.sub(r"([-*_])(?=(?:\s*\1){2,}\s*$)", r"\\\1", made[token.map[0]], count=1)
        elif token.type == "heading_open" and token.map:
            if token.markup.startswith("#"):
                made[token.map[0]] = re.sub(rf"^({_MARKERS})#{{1,3}}(?!#)", r"\1####", made[token.map[0]], count=1)
            else:
                made[token.map[1] - 1] = re.sub(r"(=+|-+)(\s*)$", r"\\\1\2", made[token.map[1] - 1])
    return made
