"""People's text: names, ids, and the one way to HTML."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import studygroup
from studygroup.errors import RecordError
from studygroup.text import text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zoë O'Brien-李", "zoe-obrien-li"),
        ("CON", "con-2"),
        ("nul", "nul-2"),
        ("🎉", "tada"),
        ("...", "item"),
        ("Wolfeschlegelsteinhausenbergerdorff the Elder of Many", "wolfeschlegelsteinhausenbergerdorff-the"),
        ("x" * 100, "x" * 40),
    ],
)
def test_an_id_is_readable_and_a_file_name_on_every_system(name: str, expected: str) -> None:
    """Letters of any script become a-z, reserved device names get a number, long names are cut at a word."""
    assert text.make_id(name) == expected


@given(st.text(), st.sets(st.text(alphabet="abc-", max_size=4)))
def test_any_name_gives_an_id_that_may_stand_and_is_new(name: str, taken: set[str]) -> None:
    """A law: what make_id returns passes check_id and is not taken."""
    made = text.make_id(name, taken)
    assert text.check_id(made) == made
    assert made not in taken


@pytest.mark.parametrize("wrong", ["", "Ada", "a_b", "a--b", "-a", "a/b", "..", "con", "lpt1", "a" * 41, "ada\n", "ａda"])
def test_an_id_that_could_be_a_path_or_another_name_is_refused(wrong: str) -> None:
    """Wherever an id is read, it is checked."""
    with pytest.raises(RecordError, match="is not an id: use a-z, 0-9 and single hyphens"):
        text.check_id(wrong)


@pytest.mark.parametrize("wrong", ["2026-13-01", "2026-02-29", "2026-11-27-1", "2026-11-27/..", "26-11-27", "", "२०२६-११-२७"])
def test_a_session_id_is_a_date_that_exists(wrong: str) -> None:
    """It becomes a folder's name, so nothing else passes."""
    with pytest.raises(RecordError, match="is not a session; a session's id is its date"):
        text.check_session_id(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "  ",
        "a\nb",
        "a\x00",
        "ada\u202egpj.exe",
        "\u2066x",
        "x" * 81,
        "ad\u200ba",
        "\ufeffada",
        "a\u00adda",
        "\u3164",
        "\u2800",
        "\u200d",
    ],
)
def test_a_name_that_would_deceive_or_break_a_line_is_refused(wrong: str) -> None:
    """Control, bidirectional-override and invisible characters, emptiness and great length are told apart from names."""
    with pytest.raises(RecordError):
        text.check_name(wrong)


def test_joiners_stay_in_names_and_make_no_second_one() -> None:
    """Persian and emoji need them; with and without they look the same."""
    assert text.check_name("نازنین\u200cزهرا 👩\u200d💻") == "نازنین\u200cزهرا 👩\u200d💻"
    assert text.comparable("A\u200dda") == text.comparable("ada")


def test_a_name_is_kept_composed() -> None:
    """Two ways to type the same letter are one name."""
    assert text.check_name("  Zoe\u0308 O'Brien-李 ") == "Zoë O'Brien-李"


@given(st.text())
def test_the_guard_against_formulas_is_reversible(cell: str) -> None:
    """No guarded cell starts a formula, and nothing of a cell is lost."""
    guarded = text.guard_cell(cell)
    assert text.unguard_cell(guarded) == cell
    assert not re.match(r"\s*[=+\-@＝＋－＠\t\r]", guarded)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](//evil.example)",
    "![x](https://evil.example/track.png)",
    "<a href='https:///x' onclick='y'>z</a>",
    r"$\href{javascript:alert(1)}{x}$",
    r"$$\class{x}{y}$$",
    r"$\unicode[x;onclick=alert(1)]{1}$",
    r"$<script>alert(1)</script>$",
    r"$\text{</math><script>alert(1)</script>}$",
    "<svg onload=alert(1)>",
    "`</code><script>alert(1)</script>`",
    '<https://x.example/"onmouseover=alert(1)>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: javascript:alert(1)\n[x]",
    '[a](https://example.org "title\\" onmouseover=\\"alert(1)")',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markdown_becomes_harmless_html(hostile: str) -> None:
    """No element that runs, no attribute that runs, no address but http, https and mailto."""
    for made in (text.to_html(hostile), text.clean_page(hostile), text.clean_page(text.to_html(hostile))):
        tags = re.findall(r"<[a-zA-Z][^>]*>", made)
        assert not [
            tag
            for tag in tags
            if re.match(
                r"<(script|img src|image|foreignobject|use|animate|set|iframe|object|style|link|form|base|meta)", tag, re.I
            )
        ]
        assert not [tag for tag in tags if re.search(r"[\s\"']on[a-z]+\s*=", re.sub(r'"[^"]*"', '""', tag), re.I)]
        assert not [href for href in re.findall(r'href="([^"]*)"', made) if not re.match(r"(https?://[^/]|mailto:)", href)]


@given(st.text(alphabet=st.sampled_from("<>\"'&$\\`*_[]()!{}/=:.#|~-\n ascriptonhrefjv")))
def test_any_markdown_becomes_html_without_scripts(markdown: str) -> None:
    """A law: nothing that runs comes out, and nothing raises."""
    made = text.to_html(markdown)
    assert not re.search(r"<(script|img|svg|iframe|style)\b", made, re.I)
    assert not re.search(r'href="(?!https?://|mailto:)', made)


def test_math_shows_without_a_network() -> None:
    """TeX becomes MathML; what cannot be converted is shown letter by letter, out of reach of a MathJax."""
    assert "<math" in text.to_html(r"$\frac{a}{b}$")
    assert "<msup>" in text.to_html(r"$$x^2$$")
    left = text.to_html(r"$\href{javascript:x}{y}$")
    assert 'class="tex"' in left
    assert "\\href" not in left


def test_headings_and_pictures_of_people_stay_below_the_page() -> None:
    """A person's heading does not outrank the page's, and no picture is fetched."""
    assert (
        text.to_html("# Big\n\n![alt](https://example.org/x.png)")
        == '<h3>Big</h3>\n<p>!<a href="https://example.org/x.png" rel="noopener noreferrer">alt</a></p>\n'
    )


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(lambda value: value.strip()))
def test_escaped_text_shows_letter_by_letter(value: str) -> None:
    """A law: Markdown shows what was typed, in one paragraph."""
    import html as entities

    shown = text.to_html(text.escape_markdown(value))
    inner = re.fullmatch(r"<p>(.*)</p>\n", shown, re.S)
    assert inner, shown
    plain = entities.unescape(re.sub(r"</?a\b[^>]*>", "", inner[1]))
    assert " ".join(plain.split()) == " ".join(value.split())


def test_only_one_module_makes_html_of_markdown() -> None:
    """Nothing else in the package builds a Markdown reader or shows raw HTML."""
    package = Path(studygroup.__file__).parent
    ways = re.compile(r"MarkdownIt\(|markdown2html|mistune|IPython\.display|\bMarkup\(|bleach")
    found = {path.relative_to(package).as_posix() for path in package.rglob("*.py") if ways.search(path.read_text())}
    # quoting.py asks a reader what people's Markdown holds and renders nothing; reading_list.py and page.py read lists and pages and
    # render nothing; the templates' Markup takes only what to_html made.
    assert found <= {
        "text/text.py",
        "text/quoting.py",
        "catalogue/reading/markdown.py",
        "catalogue/pages/page.py",
        "publish/templates/__init__.py",
    }
    assert unicodedata.is_normalized("NFC", (package / "text" / "text.py").read_text())
