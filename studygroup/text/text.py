"""People's text: checked, compared, cut into ids, and turned into HTML and Markdown without danger.

This is the only module that makes HTML out of Markdown (``to_html``); see docs/architecture.md, "Safety".
"""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from studygroup.errors import RecordError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from nh3 import Cleaner

ID_PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ID_LENGTH = 40

# Names that Windows keeps for devices, also with an extension.
# Source: Microsoft, "Naming Files, Paths, and Namespaces".
RESERVED_IDS = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))})

# Controls, bidirectional ones among them, and what shows nothing can make a name read as another one; Persian and emoji need
# the joiners. Source: Unicode Technical Report 36, sections 2.10 and 3.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"

_SPREADSHEET_FORMULA = r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]"
_NEEDS_GUARD = re.compile(rf"'*(?:[\t\r]|{_SPREADSHEET_FORMULA})")
_HAS_GUARD = re.compile(rf"'+(?:[\t\r]|{_SPREADSHEET_FORMULA})")

_MARKDOWN_MARKS = re.compile(r"([\\`*_\[\]<>|~$])")
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")


def normalise(value: str) -> str:
    """Return ``value`` in Unicode's composed form (NFC), without blanks at its ends.

    >>> normalise("  Zoe\\u0308 ")
    'Zoë'
    """
    return unicodedata.normalize("NFC", value).strip()


# Keyboards, phones and word processors write one apostrophe, quotation mark or hyphen in many ways; none shows a person's choice.
_APOSTROPHES = (
    "\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2032\u2035\u055a\u05f3\ua78b\ua78c`\u00b4"
)
_QUOTATION_MARKS = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u05f4"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u02d7\u058a\u05be\u30a0"
_FOLDED = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTATION_MARKS, '"') | dict.fromkeys(_HYPHENS, "-"))


def comparable(value: str) -> str:
    """Return what two display names must not share.

    Compatible forms, case, blanks, and the ways to write an apostrophe, a quotation mark or a hyphen are one; what shows nothing is
    left out.

    >>> comparable("Ａda  LOVELACE") == comparable("ada lovelace"), comparable("Zoë O’Brien")
    (True, "zoë o'brien")
    """
    if value.isascii():
        return " ".join(value.translate(_FOLDED).casefold().split())
    # Some of them would come apart into a blank and a mark (NFKC of U+00B4).
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value.translate(_FOLDED)).casefold())
    plain = plain.translate(_FOLDED)
    seen = (one for one in plain if one.isspace() or not (one in _BLANK or unicodedata.category(one) in _UNSEEN))
    return " ".join("".join(seen).split())


def is_same_name(first: str, second: str) -> bool:
    """Return whether two display names are written the same, but for case, blanks and compatible forms.

    >>> is_same_name("ＢＯ", "Bo"), is_same_name("O’Brien", "O'Brien")
    (True, False)
    """
    one, other = (" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in (first, second))
    return one == other


def are_alike(first: str, second: str) -> bool:
    """Return whether two display names may well be one person's: a person is asked before both are on a roster.

    Accents, look-alike letters, the order of words, blanks and punctuation make no difference, nor one slip of the finger in a longer
    word; another number does.

    >>> are_alike("Zoë O'Brien", "zoe obrien"), are_alike("O'Brien, Zoë", "Zoë O'Brien"), are_alike("Ada Lovelace", "Ada Lovelase")
    (True, True, True)
    >>> are_alike("Ada", "Ida"), are_alike("Reader 12", "Reader 13")
    (False, False)
    """
    from rapidfuzz.distance import DamerauLevenshtein

    one, other = _plain_words(first), _plain_words(second)
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return bool(one)
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    [(a, b), *more] = differing
    return not more and min(len(a), len(b)) >= 4 and (a + b).isalpha() and DamerauLevenshtein.distance(a, b) == 1


def names_like(name: str, known: Mapping[str, str]) -> list[str]:
    """Return the ids of those whose names a new name may mean, as it is nearly the same; none where one is the same but for case.

    ``known`` holds names by id. A name that cannot stand is like none.

    >>> names_like("Ada Lovelase", {"ada": "Ada Lovelace", "bo": "Bo"})
    ['ada']
    """
    try:
        name = check_name(name)
    except RecordError:
        return []
    if any(is_same_name(other, name) for other in known.values()):
        return []
    return [one for one, other in known.items() if are_alike(other, name)]


def _plain_words(name: str) -> list[str]:
    """Return the words of a name in a-z and digits."""
    from anyascii import anyascii

    return re.findall(r"[a-z0-9]+", re.sub(r"['\"]", "", anyascii(comparable(name)).lower()))


def check_name(value: str, what: str = "name", longest: int = 80) -> str:
    """Return ``value`` normalised, if it may stand as a display name.

    Raises
    ------
    RecordError
        Empty, longer than ``longest`` characters, or holding control, bidirectional-override or invisible characters.
    """
    name = normalise(value)
    is_plain = name.isascii() and name.isprintable()
    if not (is_plain or name.translate(dict.fromkeys(map(ord, _JOINERS))).strip()) or not name:
        raise RecordError(f"The {what} is empty; please give one.")
    if len(name) > longest:
        raise RecordError(f"The {what} has {len(name)} characters; at most {longest} are allowed: {name[:30]}…")
    # Asked a million times: ASCII that prints holds none of those looked for.
    if any("\udc80" <= character <= "\udcff" for character in ("" if is_plain else name)):
        raise RecordError(
            f"The {what} {name!a} holds bytes that are no text in the encoding of this terminal's locale "
            f"({sys.getfilesystemencoding()}); set one that fits what you type, such as LC_ALL=C.UTF-8."
        )
    for character in "" if is_plain else name:
        if character in _BLANK or (unicodedata.category(character) in _UNSEEN and character not in _JOINERS):
            raise RecordError(
                f"The {what} {name!a} holds the invisible character U+{ord(character):04X}; please type it without."
            )
    return name


def not_a_character(value: str) -> str:
    """Return the first of a text that is no character, as U+0000, or empty: a NUL, or half a surrogate pair.

    No store holds a NUL. A terminal or a browser can give the other for bytes that are no text.

    >>> not_a_character("ab"), not_a_character("a\\0b")
    ('', 'U+0000')
    """
    if value.isascii():
        return "U+0000" if "\0" in value else ""
    return next((f"U+{ord(one):04X}" for one in value if one == "\0" or "\ud800" <= one <= "\udfff"), "")


def check_id(value: str, what: str = "id") -> str:
    """Return ``value`` if it may stand as an id and as a file name on every system.

    Raises
    ------
    RecordError
        Not ``a-z0-9-``, longer than 40 characters, or a name that some system keeps for itself.
    """
    if len(value) > ID_LENGTH or not ID_PATTERN.fullmatch(value) or value in RESERVED_IDS:
        raise RecordError(
            f"{value!r} is not {with_article(what)}: use a-z, 0-9 and single hyphens, at most {ID_LENGTH} characters, no reserved device name."
        )
    return value


def check_session_id(value: str) -> str:
    """Return ``value`` if it is a session's id: the local date it was first set for, and ``-2`` for a second one that day.

    >>> check_session_id("2026-11-27-2")
    '2026-11-27-2'
    """
    if session_day(value) is None:
        raise RecordError(f"{value!r} is not a session; a session's id is its date, such as 2026-11-27.")
    return value


def session_day(value: str) -> date | None:
    """Return the date in a session's id, or None when it is no such id."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:-(?:[2-9]|[1-9]\d))?", value, re.ASCII)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def make_id(title: str, taken: Iterable[str] = (), longest: int = ID_LENGTH, fallback: str = "item") -> str:
    """Return a readable id for ``title`` that is not in ``taken``: words of ``a-z0-9``, cut at a word's end.

    >>> make_id("Zoë O'Brien-李")
    'zoe-obrien-li'
    >>> make_id("Ada", taken={"ada"})
    'ada-2'
    """
    return free_id(_stem(title, longest, fallback), frozenset(taken), longest)


def free_id(stem: str, taken: Collection[str], longest: int = ID_LENGTH, start: int = 1) -> str:
    """Return an id, or the first of ``id-2``, ``id-3`` and so on that is not in ``taken``; ``start`` is the first number tried.

    >>> free_id("ada", {"ada", "ada-2"})
    'ada-3'
    """
    candidate, number = (stem, 1) if start < 2 else ("", start - 1)
    while not candidate or candidate in taken or candidate in RESERVED_IDS:
        number += 1
        ending = f"-{number}"
        candidate = stem[: longest - len(ending)].rstrip("-") + ending
    return candidate


class GivenIds:
    """Ids that are given out, each once, in time that does not grow with how often one was asked for.

    >>> given = GivenIds({"ada"})
    >>> given.give("ada"), given.give("ada"), given.give("bo")
    ('ada-2', 'ada-3', 'bo')
    """

    def __init__(self, taken: Iterable[str] = (), longest: int = ID_LENGTH) -> None:
        self.taken, self._longest = set(taken), longest
        self._next: dict[str, int] = {}

    def give(self, title: str) -> str:
        """Return ``make_id`` of a title, and take it."""
        stem = _stem(title, self._longest, "item")
        given = free_id(stem, self.taken, self._longest, self._next.get(stem, 1))
        # What is taken stays taken, so no smaller number becomes free.
        self._next[stem] = int(given.rpartition("-")[2]) + 1 if given != stem else 2
        self.taken.add(given)
        return given


def _stem(title: str, longest: int, fallback: str) -> str:
    """Return the words of a title that fit into an id."""
    from anyascii import anyascii

    plain = anyascii(unicodedata.normalize("NFKC", title)).lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’`]", "", plain))
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word[:longest]
        if len(longer) > longest:
            break
        kept = longer
    return kept or fallback


def nearest(value: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word that ``value`` was probably meant to be, or None: the nearest one, or the only one that begins so.

    >>> nearest("fridya", ["thursday", "friday"]), nearest("fri", ["thursday", "friday"])
    ('friday', 'friday')
    """
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    scorer = DamerauLevenshtein.normalized_similarity
    words = list(allowed)
    found = process.extractOne(value, words, scorer=scorer, processor=str.lower, score_cutoff=0.6)
    if found:
        return found[0]
    begun = {word for word in words if word.lower().startswith(value.lower())} if len(value) > 1 else set()
    return begun.pop() if len(begun) == 1 else None


def did_you_mean(value: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'friday'?)`` for a misspelt word, else an empty string."""
    guess = nearest(value, allowed)
    return f" (did you mean {guess!r}?)" if guess else ""


def guard_cell(value: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula; ``unguard_cell`` undoes it exactly.

    Source: OWASP, "CSV Injection".

    >>> guard_cell("=1+1"), unguard_cell(guard_cell("'=x")), guard_cell("plain")
    ("'=1+1", "'=x", 'plain')
    """
    return f"'{value}" if _NEEDS_GUARD.match(value) else value


def unguard_cell(value: str) -> str:
    """Return the cell as it was before ``guard_cell``."""
    return value[1:] if value.startswith("'") and _HAS_GUARD.match(value) else value


def with_article(noun: str) -> str:
    """Return a noun with its article.

    >>> with_article("answer"), with_article("state")
    ('an answer', 'a state')
    """
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def plain_list(words: Iterable[str]) -> str:
    """Return words as a person would list them.

    >>> plain_list(["Ada", "Bo", "Cy"])
    'Ada, Bo and Cy'
    """
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def or_list(words: Iterable[str]) -> str:
    """Return words of which one is meant.

    >>> or_list(["Ada", "Bo", "Cy"])
    'Ada, Bo or Cy'
    """
    *first, last = [*words] or [""]
    return f"{', '.join(first)} or {last}" if first else last


def to_short_title(title: str) -> str:
    """Return what a work is called in passing: its title up to the first colon.

    >>> to_short_title("LLaMA: Open and Efficient Foundation Language Models"), to_short_title("Attention Is All You Need")
    ('LLaMA', 'Attention Is All You Need')
    """
    short = title.partition(": ")[0].strip()
    return short if len(short) > 2 and not short.isdigit() else title


def to_day(day: date | datetime) -> str:
    """Return a date in full.

    >>> to_day(date(2026, 11, 27))
    'Friday 27 November 2026'
    """
    return f"{day:%A} {day.day} {day:%B %Y}"


def ago(moment: datetime, now: datetime) -> str:
    """Return in words how long a moment is past.

    >>> ago(datetime(2026, 10, 30, 18), datetime(2026, 11, 27, 18)), ago(datetime(2026, 11, 27, 17), datetime(2026, 11, 27, 18, 30))
    ('4 weeks ago', '1 hour ago')
    """
    minutes = int((now - moment).total_seconds() // 60)
    for size, noun in ((7 * 1440, "week"), (1440, "day"), (60, "hour"), (1, "minute")):
        if number := minutes // size:
            return f"{number} {noun}{'s' * (number != 1)} ago"
    return "a moment ago"


def to_date(day: date | datetime) -> str:
    """Return a date as tables show it.

    >>> to_date(date(2026, 11, 27))
    '27 Nov 2026'
    """
    return f"{day.day} {day:%b %Y}"


def to_short_day(day: date | datetime) -> str:
    """Return a date without its year.

    >>> to_short_day(date(2026, 11, 27))
    'Fri 27 Nov'
    """
    return f"{day:%a} {day.day} {day:%b}"


def escape_markdown(value: str, starts_line: bool = True) -> str:
    """Return people's plain text so that Markdown shows it letter by letter, on one line.

    ``starts_line`` says that it is at a line's beginning, where a list, a rule or a heading could start.

    >>> escape_markdown("a *b* [c](d)")
    'a \\\\*b\\\\* \\\\[c\\\\](d)'
    """
    line = " ".join(value.split())
    line = _MARKDOWN_MARKS.sub(r"\\\1", _ENTITY.sub("&amp;", line))
    if not starts_line:
        return line
    line = re.sub(r"^([-+=#])", r"\\\1", line)
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", line)


def markdown_link(label: str, url: str) -> str:
    """Return a Markdown link with its label escaped; without an http(s) or mailto address just the label."""
    shown = escape_markdown(label, starts_line=False)
    if not is_safe_url(url):
        return shown
    address = re.sub(r"[\s<>()\[\]\\*_`|]", lambda match: f"%{ord(match[0]):02X}", url)
    return f"[{shown}]({address})"


def is_safe_url(url: str) -> bool:
    """Return whether ``url`` may be behind a link: http(s) with a host, or mailto.

    >>> is_safe_url("https://arxiv.org/abs/2005.14165"), is_safe_url("javascript:alert(1)"), is_safe_url("https:///x")
    (True, False, False)
    """
    return bool(re.match(r"(?:https?://[^\s/?#\\]+|mailto:[^\s@]+@[^\s@]+$)", url, re.IGNORECASE)) and not re.search(
        r"[\x00-\x20\x7f]", url
    )


_HTML_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td", "span"),
}
_MATH_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "th": {"align"},
    "td": {"align"},
    "ol": {"start"},
    "span": {"class"},
    "math": {"display", "alttext"},
    "mo": {"stretchy", "fence", "separator", "lspace", "rspace", "form", "accent"},
    "mi": {"mathvariant"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
    "mspace": {"width"},
    "mtable": {"columnalign"},
}


# What leads elsewhere, styles, loads, or makes such commands under another name.
UNTAME_TEX = re.compile(
    r"\\(?:href|url|style|class|cssId|html|unicode|require|data|csname|def|gdef|edef|xdef|let|(?:re)?newcommand|(?:re)?newenvironment|"
    r"DeclareMathOperator|mmlToken|texttip|toggle|enclose|includegraphics|label|tag|ref|eqref|input|begingroup)"
)


# A page of many summaries has the same formula again and again.
@lru_cache(maxsize=1024)
def _math_to_html(tex: str, display: bool) -> str:
    """Return TeX as MathML; TeX that cannot be converted is shown letter by letter, in ``span.tex``."""
    from latex2mathml.converter import convert

    # latex2mathml answers some input with exceptions of many types, and copies \href's address: show such TeX as it is.
    if len(tex) <= 2000 and not UNTAME_TEX.search(tex):
        try:
            shown: str = convert(tex, display="block" if display else "inline")
            return shown.replace("<math ", f'<math alttext="{html.escape(tex)}" ', 1)
        except Exception:
            pass
    # An empty element between the dollar signs keeps a MathJax, if a reader's page has one, from reading them as math.
    shown = html.escape(tex).replace("\\", "&#92;<span></span>")
    return f'<span class="tex">{shown}</span>'


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Return the one Markdown reader for people's text: CommonMark with tables, strike-through and $math$; no raw HTML."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20})
    reader.enable(["table", "strikethrough", "linkify"]).disable("image")
    dollarmath_plugin(
        reader,
        allow_labels=False,
        double_inline=True,
        renderer=lambda tex, options: _math_to_html(tex, options["display_mode"]),
    )
    # A person's "#" must not outrank the page's own headings.
    for rule in ("heading_open", "heading_close"):
        reader.add_render_rule(rule, _lower_heading)
    return reader


def _lower_heading(self: object, tokens: list[Token], position: int, options: object, env: object) -> str:
    token = tokens[position]
    level = min(6, int(token.tag[1]) + 2)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def to_html(markdown: str) -> str:
    """Return people's Markdown as HTML that is safe in a notebook and on a page.

    Raw HTML is shown as text, pictures are left out, math becomes MathML (which shows without a network), and the
    result passes an allowlist: links only http, https and mailto with a host.

    >>> to_html("*Hi* <script>alert(1)</script> [x](javascript:alert(1))")
    '<p><em>Hi</em> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>\\n'
    """
    # Half a surrogate pair is no text; a browser can send it.
    return _cleaner().clean(_markdown().render(markdown.replace("\x00", "�").encode("utf-8", "replace").decode()))


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    """Return the one allowlist for people's text as HTML."""
    from nh3 import Cleaner

    return Cleaner(
        tags=_HTML_TAGS | _MATH_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        attribute_filter=lambda tag, name, value: value if name != "href" or is_safe_url(value) else None,
    )


_PAGE_TAGS = {
    *("header", "section", "article", "figure", "figcaption", "img", "h1", "h2", "dl", "dt", "dd", "div", "caption"),
    *("time", "small", "details", "summary", "svg", "rect", "path"),
}
_PAGE_ATTRIBUTES = {
    "img": {"src", "alt", "width", "height"},
    # What a chart is drawn with: shapes, which can neither run nor load anything.
    "svg": {"class", "role", "aria-label", "viewBox", "width", "height", "fill", "stroke", "stroke-width"},
    "rect": {"class", "x", "y", "width", "height", "rx", "fill"},
    "path": {"d"},
    "th": {"align", "scope"},
    **{tag: {"class"} for tag in ("header", "section", "article", "p", "ul", "ol", "li", "dl", "div", "table", "figure")},
    "a": {"href", "title", "class"},
}


_SESSION_PAGE = re.compile(r"(?:\.\./\d{4}-\d\d-\d\d(?:-\d+)?/)?(?:agenda|report)\.html")
"""Where one page of a session leads to another: the only addresses without a host."""


def clean_page(page: str) -> str:
    """Return HTML that a notebook's cells made, without anything that could run, ask for an address or submit.

    Pictures must be embedded; a picture in an ``img`` element cannot run what it holds.

    >>> clean_page('<h2 onclick="x()">A</h2><img src="https://example.org/a.png" alt="b"><style>*{}</style>')
    '<h2>A</h2><img alt="b">'
    """
    import nh3

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if is_safe_url(value) or _SESSION_PAGE.fullmatch(value) else None
        if name in {"fill", "stroke"}:
            return value if value in {"none", "currentColor"} else None
        if name == "src":
            return value if re.match(r"data:image/(?:svg\+xml|png|jpeg);base64,[A-Za-z0-9+/=\s]*$", value) else None
        return value

    return nh3.clean(
        _from_mathjax(page),
        tags=_HTML_TAGS | _MATH_TAGS | _PAGE_TAGS,
        attributes=_ATTRIBUTES | _PAGE_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        attribute_filter=keep,
    )


_TAG_ATTRIBUTES = r"((?:[^>\"]|\"[^\"]*\")*)"
_MATHML = re.compile(rf"<math{_TAG_ATTRIBUTES}>.*?</math>", re.DOTALL)
_MATHJAX = re.compile(r'<span class="tex-math( block)?">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)
_STARTS_TEX = re.compile(rf"<{_TAG_ATTRIBUTES}>|[$\\]")


def to_notebook_html(page: str) -> str:
    """Return HTML of ours for the output of a cell, which JupyterLab shows to everyone but who ran it without MathML.

    Math becomes TeX for JupyterLab's own MathJax, which needs no network either; no other dollar sign or backslash begins math.

    >>> to_notebook_html(to_html("$x^2$ for $ 5"))
    '<p><span class="math inline"><span class="tex-math">\\\\(x^2\\\\)</span></span> for <span>$</span> 5</p>\\n'
    """
    pieces, end = [], 0
    for found in _MATHML.finditer(page):
        pieces += [_without_tex(page[end : found.start()]), _to_mathjax(found)]
        end = found.end()
    return "".join([*pieces, _without_tex(page[end:])])


def _to_mathjax(found: re.Match[str]) -> str:
    tex = re.search(r'alttext="([^"]*)"', found[1])
    if tex is None:
        return found[0]
    if 'display="block"' in found[1]:
        return f'<span class="tex-math block">\\[{tex[1]}\\]</span>'
    return f'<span class="tex-math">\\({tex[1]}\\)</span>'


def _without_tex(page: str) -> str:
    # MathJax reads no math across elements.
    return _STARTS_TEX.sub(lambda found: found[0] if found[0].startswith("<") else f"<span>{found[0]}</span>", page)


def _from_mathjax(page: str) -> str:
    """Return what ``to_notebook_html`` made with its math as MathML again."""
    return _MATHJAX.sub(lambda found: _math_to_html(html.unescape(found[2]), bool(found[1])), page)
