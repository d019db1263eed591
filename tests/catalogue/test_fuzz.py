"""Any bytes: entries or problems, never an exception, and never more time than their length asks for.

`make fuzz` throws many more at the same checks, guided by which code they reach.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.reading.form import Source
from studygroup.catalogue.recognise.formats import parse_source

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from fuzz import FORMS, check_import, check_records, seeds

from tests.support.laws import examples

# Pieces that mean something somewhere, so that chance makes lists of them.
_PIECES = st.sampled_from(
    [
        *("- ", "* ", "1. ", "  - ", "- [x] ", "# ", "## A\n", "\n", "\n\n", "| ", "|---|---|\n", "||\n", "> ", "    "),
        *("[A Paper](https://example.org/a)", "[pdf](b.pdf)", "](", "[", ")", "![", "<https://example.org>", "https://arxiv.org/abs/1706.03762"),
        *("<details>", "<summary>", "<table><tr><td>", "</td></tr></table>", "<a href='https://example.org'>", "<!--", "-->", "<br>", "<![if "),
        *("**", "*", "`", "```\n", "~~", "&amp;", "\\", "$$", "[1]: https://example.org\n", "---\n", "title: x\n", "=1+1", "'=x"),
        *("Ada Lovelace", "Zoë O'Brien-李", "by ", "(2017)", "ICLR 2023", "Nov 27", "TBD", "\u202e", "\u2028", "\x00", "\ufeff", "‚Äô", "🔗"),
        *("@article{a, title={", "}}", "year=2017", "title,url\n", '"', ";", "- title: ", "url: ", "? ", "&a ", "{", "[["),
    ]
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=examples(60))
@given(data=st.one_of(st.binary(max_size=400), st.lists(_PIECES, max_size=60).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_are_entries_or_problems(form: str, data: bytes) -> None:
    """A law, for each form: positions count from 1, what is written out and merged raises nothing."""
    check_import(data, form)


@given(st.binary(max_size=400))
def test_any_bytes_in_a_records_file_are_used_or_reported(data: bytes) -> None:
    """A law: every line that decodes is used, every other one has a problem with its line."""
    good = seeds("records")[0]
    check_records(good + data + b"\n" + good)


_HOSTILE = {
    "markdown": [
        *(
            "[",
            "|",
            "<details>",
            "](",
            "*",
            "`",
            "<!--",
            "&",
            "> ",
            "# \n",
            "[a](",
            "![",
            "|---|\n",
            "- [ ] \n",
            "(",
            "~~a",
            "_a",
        ),
        *(
            "[a]: http://x.y\n",
            "| [A b](http://x.y/1) | c |\n",
            "<div>",
            "<table><tr><td>",
            "<summary>",
            "- a\n  - b\n",
            "by A B, ",
            "$$",
        ),
    ],
    "bibtex": ["{", "@", '"', "@article{a,", "a={", "#", "@string{a=b}\n", "\\", "@article{a, title={A b}}\n"],
    "csv": ['"', ",", 'a,"b\n', ";", "\n", '""', "=1,"],
    "yaml": ["- ", "? ", "&a ", "*a\n", "{", "[", "a: ", "- - - \n", "- title: A\n", "|\n", "'", "!!x "],
    "json": ['{"a":', "[", '[{"title": "A"}', '"', '{"items": [', "\\u"],
}


def seconds(form: str, piece: str, size: int) -> float:
    data = (piece * (size // len(piece))).encode()
    source = Source("hostile", "hostile", data, form)  # type: ignore[arg-type]
    begin = time.process_time()
    parse_source(source)
    return time.process_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize(("form", "piece"), [(form, piece) for form, pieces in _HOSTILE.items() for piece in pieces])
def test_hostile_input_takes_time_in_proportion(form: str, piece: str) -> None:
    """Eight times the bytes take about eight times as long, not sixty-four times; measured in the processor's own time."""
    seconds(form, piece, 2_000)
    short = min(seconds(form, piece, 10_000) for _ in range(2))
    # A busy machine spoils one measurement, not three; what is quadratic is slow every time.
    assert any(seconds(form, piece, 80_000) < 24 * short + 0.1 for _ in range(3))


def test_bullets_nested_as_deep_as_one_likes_take_time_in_proportion() -> None:
    """Each a level below the one before."""

    def text(levels: int) -> str:
        return "".join("  " * (level % 400) + "- [a](http://x.y)\n" for level in range(levels))

    short, long = seconds("markdown", text(400), len(text(400))), seconds("markdown", text(3200), len(text(3200)))
    assert long < 24 * short + 0.1
