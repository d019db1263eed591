"""People's Markdown inside a Markdown page: it stays as typed, and nothing in it does more than show text."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from studygroup.meeting.after.report import report_of
from studygroup.publish.pages.report_page import ReportPage
from studygroup.text.quoting import markdown_line, quote_markdown
from studygroup.text.text import is_safe_url
from studygroup.workbook.workbook import Workbook
from tests.support.hostile_texts import HOSTILE

SHOWN = {
    *("blockquote", "p", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "a", "br", "h4", "h5", "h6"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

UNCHANGED = [
    "a < b",
    "if a<b, then",
    "&lt;b&gt;",
    r"$\frac{a}{b}$",
    "$a<b$",
    "$a<b$ and $c>d$",
    "$$\nx<y\n$$",
    "`<div>`",
    "``a ` <b>``",
    "`one\n<b>`",
    "```html\n<script>x</script>\n# no heading\n---\n```",
    "```\n<b>never closed",
    "~~~make\nall:\n\t<b>\n~~~",
    "1. x\n\n   ```\n   <i>\n   ```",
    "- a\n  - `<b>`\n\n    <https://example.org>",
    "    <div>",
    "> quoted *text*",
    "<mailto:ada@example.org>",
    "<ada@example.org>",
    "<https://example.org/a?b=c&d=e>",
    '[a](https://example.org "title") and [b](<https://example.org/b>)',
    "| a | b |\n|---|:-:|\n| `<b>` | $x<y$ |",
    "a lone $",
    "$5 and $6",
    "[x] and [y][z]",
    "**bold** _em_ ~~gone~~  \nnext",
    "#### small\n##### smaller",
]

ESCAPED = [
    ("x<y and z>w", r"x\<y and z>w"),
    ("<b>", r"\<b>"),
    (
        "<b>bold</b> but *em*, `<i>`, $a<b$, <https://example.org>",
        r"\<b>bold\</b> but *em*, `<i>`, $a<b$, <https://example.org>",
    ),
    ("<!-- -->", r"\<!-- -->"),
    ("<img src=x onerror=a='b'>", r"\<img src=x onerror=a='b'>"),
    ("$a<b>c$", "$a< b>c$"),
    ("[a](<u v>)", r"[a\](\<u v>)"),
    ("[x](javascript:alert(1)) *em*", r"[x\](javascript:alert(1)) *em*"),
    ("<javascript:alert(1)>", r"\<javascript:alert(1)>"),
    ("![p](https://example.org/p.png)", r"\![p](https://example.org/p.png)"),
    (r"$\href{javascript:x}{y}$ $z$", r"\$\href{javascript:x}{y}\$ $z$"),
    ("[x][1] *em*\n\n[1]: javascript:x", "[x][1] *em*\n\n[1\\]: javascript:x"),
    ("[x][1]\n\n[1]: https://example.org", "[x][1]\n\n[1\\]: https://example.org"),
    ("# Big\n## Less\n\n- # In a list", "#### Big\n#### Less\n\n- #### In a list"),
    ("text\n---\nmore\n===", "text\n\\---\nmore\n\\==="),
    ("one\n\n---\n\ntwo\n\n- * * *", "one\n\n\\---\n\ntwo\n\n- \\* * *"),
    ("```\n<b>\n```\n<b>", "```\n<b>\n```\n\\<b>"),
]


class _Page(HTMLParser):
    """Collects what is more than text in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wild: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}, "td": {"style"}, "th": {"style"}}.get(tag, set())
        if tag not in SHOWN or {name for name, _ in attrs} - allowed:
            self.wild.append(f"{tag} {attrs}")
        self.wild += [value or "" for name, value in attrs if name == "href" and not is_safe_url(value or "")]

    def handle_comment(self, data: str) -> None:
        self.wild.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wild.append(decl)

    def handle_pi(self, data: str) -> None:
        self.wild.append(data)

    def unknown_decl(self, data: str) -> None:
        self.wild.append(data)


def wild(markdown: str) -> list[str]:
    """Return what does more than show text once a reader that takes HTML and any link has read Markdown."""
    found = []
    for rules in ([], ["table", "strikethrough"]):
        reader = MarkdownIt("commonmark", {"html": True}).enable(rules)
        reader.validateLink = lambda url: True  # type: ignore[method-assign]
        found += _Page(reader.render(markdown)).wild
    return found


def quoted(markdown: str) -> str:
    """Return lines as a quotation."""
    return "\n".join(f"> {line}" if line else ">" for line in markdown.split("\n"))


@pytest.mark.parametrize("markdown", UNCHANGED)
def test_what_only_shows_text_stays_as_it_was_typed(markdown: str) -> None:
    """Math, addresses, code, lists, tables and emphasis are quoted without a change."""
    assert quote_markdown(markdown) == quoted(markdown)
    assert not wild(quote_markdown(markdown))


@pytest.mark.parametrize(("markdown", "expected"), ESCAPED)
def test_only_what_must_be_escaped_is(markdown: str, expected: str) -> None:
    """HTML, pictures, definitions, unsafe links and headings are escaped, and nothing beside them."""
    assert quote_markdown(markdown) == quoted(expected)
    assert not wild(quote_markdown(markdown))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("why\n$a<b$ or `<b>`?", "why $a<b$ or `<b>`?"),
        ("see <https://example.org> <b>now", r"see <https://example.org> \<b>now"),
        ("# one", r"\# one"),
        ("- one", r"\- one"),
        ("12. one", r"12\. one"),
        ("```python x", r"\```python x"),
        ("> one", r"\> one"),
        ("*em* is no list, -1 is none, #1 neither, 3.5 no number of one", None),
        ('<a title="', r'\<a title="'),
        ("<!-- on", r"\<!-- on"),
    ],
)
def test_a_line_stays_one_line(markdown: str, expected: str | None) -> None:
    """Behind other text it begins no block, and what it opens cannot take in what the page says after it."""
    assert markdown_line(markdown) == (expected or markdown)


PARTS = st.sampled_from(
    [
        *(
            "<",
            ">",
            "<b>",
            "<b",
            "</b>",
            "<!--",
            "-->",
            "<?",
            "?>",
            "<![CDATA[",
            "]]>",
            "<script>",
            "<div",
            "\n",
            "\n\n",
            "    ",
        ),
        *(
            "`",
            "``",
            "```",
            "~~~",
            "$",
            "$$",
            "\\",
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "]:",
            "[a]: ",
            "javascript:",
            "https://x.org",
        ),
        *(
            "<https://x.org>",
            "<javascript:a>",
            " ",
            "a",
            "*",
            "_",
            "|",
            "|-|-|\n",
            "# ",
            "> ",
            "- ",
            "1. ",
            "---",
            "&lt;",
            "'",
            '"',
            "=",
            "\t",
        ),
    ]
)


@given(st.lists(PARTS, max_size=24).map("".join))
def test_a_law_nothing_quoted_does_more_than_show_text(markdown: str) -> None:
    """Whatever is typed, a reader that takes HTML finds no other element, attribute or address, also with text around it."""
    assert not wild(quote_markdown(markdown))
    for line in (f"- {markdown_line(markdown)} (Q1; \"x\" '>' --\\> \\>)", f"- {markdown_line(markdown)}"):
        assert not wild(line)


@given(
    st.lists(
        st.sampled_from(["a", " ", "*b*", "`<c>`", "$d<e$", "<https://x.org>", "\n", "- ", "&amp;", " < ", "[f]"]), max_size=20
    )
)
def test_a_law_text_without_danger_is_unchanged(parts: list[str]) -> None:
    """What has nothing dangerous in it is quoted as it is."""
    markdown = "a" + "".join(parts) + "z"
    if not re.search(r"\n[^\n]*- *\n|\n-* *\n|\n *-", markdown):
        assert quote_markdown(markdown) == "\n".join(f"> {line}" if line.strip() else ">" for line in markdown.split("\n"))


@pytest.mark.parametrize("mark", ["<", "[", "`", "$", "![", "<b>[", "<!--", "<![CDATA[", "> ", "- ", "` ``"])
def test_long_texts_take_no_longer_than_their_length(mark: str) -> None:
    """Ten times the marks take at most some thirty times as long, and are as harmless."""
    for show in (quote_markdown, markdown_line):
        show("<b>")
        took = []
        for number in (10_000, 100_000):
            began = time.process_time()
            show(mark * (number // len(mark)))
            took.append(time.process_time() - began)
        assert took[1] < max(30 * took[0], 2)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_are_harmless(hostile: str) -> None:
    """None of the hostile texts does anything in a page that shows HTML."""
    assert not wild(quote_markdown(hostile))
    assert not wild(f"- {markdown_line(hostile)}")


def test_one_text_in_a_report_changes_no_other(group: Workbook) -> None:
    """In report.md math and addresses stay beside HTML, and one person's definition is no other's link."""
    kept = "For $a<b$ see <https://example.org> and [1]"
    for text in (kept, "<b>HTML</b> `<b>`", "[1]: https://outside.example"):
        group.enter("note", by="ada-lovelace", session="2026-11-20", text=text)
        group.enter("action", by="ada-lovelace", session="2026-11-20", text=text)
    group.enter("attendance", by="ada-lovelace", session="2026-11-20", member="bo", state="present")
    group.clock = lambda: datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    page = ReportPage(report_of(group, "2026-11-20"))
    made = page.results().markdown + page.questions().markdown
    assert f"> {kept}" in made
    assert f"- {kept} (unassigned" in made
    assert r"> \<b>HTML\</b> `<b>`" in made
    assert "outside.example" not in "".join(
        re.findall(r'href="([^"]*)"', MarkdownIt("commonmark", {"html": True}).render(made))
    )
    assert not [one for one in wild(made) if not re.match(r"h[23] ", one)]
