"""A Markdown reading list becomes entries as a careful person would write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.errors import Problem
from tests.support.laws import examples

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CASE = re.compile(
    r"^## (?P<name>[^\n]+)\n\n~~~~markdown\n(?P<given>.*?)\n~~~~\n\n~~~~text\n(?P<expected>.*?)\n?~~~~$",
    re.DOTALL | re.MULTILINE,
)


def cases() -> Iterator[object]:
    """Yield each case of tests/cases: the list as written, and what is expected of it."""
    for file in sorted((Path(__file__).parents[1] / "cases").glob("*.md")):
        for case in CASE.finditer(file.read_text(encoding="utf-8")):
            yield pytest.param(case["given"], case["expected"], id=f"{file.stem}: {case['name']}")


def shown(reading_list: ReadingList) -> str:
    """Return entries and problems as the cases write them; what is empty is left out."""
    lines = []
    for entry in reading_list.entries:
        number = f"{entry.number}. " if entry.number else ""
        lines.append(f"{entry.line}: [{entry.kind}] {number}{entry.title} <{entry.url}>")
        said = {
            "section": " > ".join(entry.section),
            "authors": ", ".join(entry.authors),
            "year": str(entry.year or ""),
            "arxiv": entry.arxiv,
            "doi": entry.doi,
            "status": entry.status or "",
            **entry.details,
        }
        lines += [f"    {key}: {value}" for key, value in said.items() if value]
        lines += [f"    link: {link.label} <{link.url}>" for link in entry.links]
    lines += [f"! {problem.line}: {problem.severity}: {problem.message}" for problem in reading_list.problems]
    return "\n".join(lines)


@pytest.mark.parametrize(("given_list", "expected"), list(cases()))
def test_case(given_list: str, expected: str) -> None:
    """Every case of tests/cases comes out as it is written there."""
    assert expected == shown(parse_reading_list(given_list, "list", now=NOW))


def test_entry_holds_everything_the_row_said() -> None:
    """A row becomes an entry with its position, number, section, link, details, status and its other cells as written."""
    markdown = (
        "# List\n## Papers\n| # | Title | Author | Link | Params | Read |\n|---|---|---|---|---|---|\n"
        "| 7 | Trees | Ada Lovelace | [pdf](https://arxiv.org/pdf/1706.03762v2.pdf) | 7 - 70 | yes |\n"
    )
    expected = Entry(
        position=1,
        title="Trees",
        url="https://arxiv.org/pdf/1706.03762v2.pdf",
        section=("Papers",),
        kind="paper",
        authors=("Ada Lovelace",),
        arxiv="1706.03762",
        details={"parameters": "7 - 70"},
        status="read",
        line=5,
        number="7",
        columns={
            "#": "7",
            "Author": "Ada Lovelace",
            "Link": "[pdf](https://arxiv.org/pdf/1706.03762v2.pdf)",
            "Params": "7 - 70",
            "Read": "yes",
        },
        sure=0.94,
    )
    assert ReadingList("list", "List", (expected,), (), 6) == parse_reading_list(markdown, "list")


def test_an_entry_is_as_sure_as_its_line() -> None:
    """A linked title with its authors is surer than a word in a list; between 0 and 1."""
    found = parse_reading_list(
        "- [Small Gates for Rain](https://a.org) by Ana Berg, Tom Lund\n- [Gates](https://b.org)\n- Gates\n", "list"
    )
    sure = [entry.sure for entry in found.entries]
    assert sure == sorted(sure, reverse=True)
    assert 0 < sure[-1] < sure[0] < 1


def test_base_url_joins_relative_links() -> None:
    """With a base address relative links become whole, and nothing is warned about."""
    found = parse_reading_list("- [Trees](notes/trees.md)", "list", "https://example.org/list/")
    assert (found.entries[0].url, found.problems) == ("https://example.org/list/notes/trees.md", ())


def test_a_link_is_kept_once() -> None:
    """A second link to the same address adds nothing, one to another address is beside the first."""
    found = parse_reading_list(
        "- [Trees](https://a.org) [code](https://a.org) [code](https://b.org) [video](https://b.org)", "list"
    )
    assert (Link("Code", "https://b.org"),) == found.entries[0].links


def test_list_without_entries() -> None:
    """A document without works has no entries and no problems."""
    assert ReadingList("list", "", (), (), 1) == parse_reading_list(b"", "list")


def test_bytes_of_any_encoding() -> None:
    """Windows line ends, a byte order mark and Latin-1 are read; only the encoding is worth a note."""
    assert [
        entry.title for entry in parse_reading_list("\ufeff- [Fa\u00e7ade](https://a.org)\r\n".encode(), "list").entries
    ] == ["Fa\u00e7ade"]
    latin = parse_reading_list("- [Fa\u00e7ade](https://a.org)\r\n- [Tree](https://b.org)".encode("latin-1"), "list")
    expected = (Problem("list", 0, "note", "the file is not UTF-8 (byte 5); it was read as Windows-1252"),)
    assert (["Fa\u00e7ade", "Tree"], expected) == ([entry.title for entry in latin.entries], latin.problems)


PIECES = (
    *(
        "- ",
        "1. ",
        "# ",
        "| ",
        "|-|-|\n",
        "\n",
        "\n\n",
        "[",
        "]",
        "](",
        "https://a.org/x",
        ")",
        "**",
        "`",
        "~~",
        "  ",
        "<a href=x>",
    ),
    *("Title", "paper", "🔗", "(2017)", " by Ada Bee", " et al.", ": ", "\\", "üîó", "<br>", "![", "[ ] ", "?oe=64BE66FF&oh=1"),
)
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@settings(max_examples=examples(300), deadline=None)
@given(st.one_of(st.binary(), st.text(), MARKDOWN))
def test_any_input_gives_entries_or_problems(data: bytes | str) -> None:
    """Whatever is read, each entry has a title that says something, is in a line, and is counted from 1."""
    found = parse_reading_list(data, "list")
    assert list(range(1, len(found.entries) + 1)) == [entry.position for entry in found.entries]
    assert all(any(character.isalnum() for character in entry.title) for entry in found.entries)
    assert all(0 < entry.line <= found.lines for entry in found.entries)
    assert all(problem.file == "list" and 0 <= problem.line <= found.lines for problem in found.problems)
