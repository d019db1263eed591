"""Nothing vanishes: every address and every line with words is in an entry, a section's title, or left out with a reason."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.merging.source import read_sources
from studygroup.catalogue.reading.form import Form, Source
from studygroup.catalogue.recognise.entry import ReadingList
from studygroup.catalogue.recognise.formats import parse_source
from tests.support.laws import examples

HERE = Path(__file__).parents[2]
U = "https://example.org"

# Counted here in another way than the program counts.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\]|}]+")
_TAG = re.compile(r"</?[a-z]+|\b(?:href|src|alt)=")
_WORD = re.compile(r"[a-z]{3,}")


def read(text: str, form: Form = "markdown") -> ReadingList:
    return parse_source(Source("papers", "papers", text.encode(), form))


def left_out(text: str, form: Form = "markdown") -> list[tuple[int, str, str, str]]:
    return [(one.line, one.text, one.url, one.reason) for one in read(text, form).left_out]


def addresses(text: str) -> set[str]:
    found = set()
    for one in _ADDRESS.findall(text):
        while one.count(")") > one.count("("):
            one = one[: one.rindex(")")]
        found.add(one.rstrip(".,;:!?*_\\(["))
    return found


def held(one: ReadingList) -> str:
    """Return everything that an import says of a list."""
    said: list[object] = [[entry.title, entry.url, entry.section, entry.authors, entry.details] for entry in one.entries]
    said += [[entry.columns, [link.url for link in entry.links], [link.label for link in entry.links]] for entry in one.entries]
    said += [[out.text, out.url] for out in one.left_out] + [[was.written] for was in one.repaired] + [one.title]
    return json.dumps(said, ensure_ascii=False)


def check(source: str, one: ReadingList, text: str = "") -> None:
    """Check the law for one source; ``text`` is the source as cells, where commas would run addresses together."""
    said = held(one)
    assert addresses(text or source) <= addresses(said)
    known = {*_WORD.findall(said.casefold())}
    lines_left = {out.line for out in one.left_out}
    for number, line in enumerate(source.split("\n"), 1):
        words = {*_WORD.findall(_TAG.sub("", _ADDRESS.sub("", line).casefold()))} - {"title"}
        assert number in lines_left or not words or len(words & known) * 2 >= len(words), (number, line)


CASES = {
    "a table of contents, a badge, a person": (
        f"# Papers\n\n![build](https://img.shields.io/x.svg) by [Ana](mailto:ana@example.org)\n\n- [Trees](#trees)\n\n## Trees\n\n- [Small Gates]({U}/g)\n",
        [
            (3, "build", "https://img.shields.io/x.svg", "badge"),
            (3, "Ana", "mailto:ana@example.org", "address of a person"),
            (3, "by", "", "prose"),
            (5, "Trees", "#trees", "contents"),
        ],
    ),
    "comments": (
        f"# Papers\n\n<!--\n- [Hidden]({U}/h)\n-->\n\n- [Small Gates]({U}/g) <!-- {U}/n -->\n",
        [
            (4, "Hidden", f"{U}/h", "comment"),
            (7, "", f"{U}/n", "comment"),
        ],
    ),
    "prose, with a link in it": (
        f"# Papers\n\nWe read on Fridays, see [our rules]({U}/rules) first.\n\n- [Small Gates]({U}/g)\n",
        [(3, "our rules", f"{U}/rules", "link"), (3, "We read on Fridays, see first.", "", "prose")],
    ),
    "a definition that nothing uses": (
        f"# Papers\n\n- [Small Gates][g]\n\n[g]: {U}/g\n[old]: {U}/old\n",
        [(6, "old", f"{U}/old", "a definition that nothing uses")],
    ),
    "code": (f"# Papers\n\n- [Small Gates]({U}/g)\n\n```\ngit clone {U}/x\n```\n", [(6, "git clone", f"{U}/x", "code"), (6, "git clone", "", "code")]),
    "what a page shows of another one": (
        f'# Papers\n\n<iframe src="{U}/calendar?a=1&b=2"></iframe>\n\n- [Small Gates]({U}/g) <video src="{U}/v.mp4"></video>\n',
        [(3, "", f"{U}/calendar?a=1&b=2", "picture"), (5, "", f"{U}/v.mp4", "picture")],
    ),
    "front matter": (f"---\ntitle: Papers\nhome: {U}/home\n---\n\n- [Small Gates]({U}/g)\n", [(3, "home:", f"{U}/home", "front matter"), (3, "home:", "", "front matter")]),
    "a table that is no list of works": (
        f"# Papers\n\n- [Small Gates]({U}/g)\n\n## Rooms\n\n| Day | Room |\n|---|---|\n| Monday | Cedar |\n",
        [
            (5, "Rooms", "", "heading without entries"),
            (7, "Day", "", "row without a work"),
            (7, "Room", "", "row without a work"),
            (9, "Monday", "", "row without a work"),
            (9, "Cedar", "", "row without a work"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_no_entry_holds_is_left_out_with_a_reason(name: str) -> None:
    """Each with its line, and in no entry."""
    source, expected = CASES[name]
    assert left_out(source) == expected
    assert [entry.title for entry in read(source).entries] == ["Small Gates"]
    check(source, read(source))


def test_records_that_name_no_work_are_left_out() -> None:
    """A row without a title, a broken block and what is behind a mistake; an e-mail address goes nowhere."""
    source = f"title,url,mail\nSmall Gates,{U}/g,ana@example.org\n,,bo@example.org\n"
    assert left_out(source, "csv") == [
        (2, "an e-mail address", "", "e-mail address"),
        (3, "an e-mail address", "", "e-mail address"),
    ]
    source = f"@article{{a, title={{Small Gates}}, url={{{U}/g}}}}\n\n% see {U}/more\n\n@article{{b, title={{Lost"
    assert [(line, url, why) for line, _, url, why in left_out(source, "bibtex")] == [
        (3, f"{U}/more", "comment"),
        (3, "", "comment"),
        (5, "", "could not be read"),
    ]
    source = f"- title: Small Gates # {U}/note\n  url: {U}/g\n- '\n{U}/lost\n"
    found = {(url, why) for _, _, url, why in left_out(source, "yaml") if url}
    assert found == {(f"{U}/note", "comment"), (f"{U}/lost", "could not be read")}


def test_a_repaired_address_is_kept_as_written() -> None:
    """Beside the repaired one, with its line."""
    [one] = read(f"# Papers\n\n- [Small Gates](h{U}/g)\n").repaired
    assert (one.line, one.written, one.url) == (3, f"h{U}/g", f"{U}/g")


_PIECES = (
    *("- [{w}]({u})", "  - [{w}]({u})", "- {w} [[pdf]({u})]", "{w}, {u}", "* <{u}> {w}", "1. **{w}** [code]({u})", "> {w} {u}"),
    *("# {w}", "## {w}", "### [{w}]({u})", "{w}", "", "", "| Title | Link |\n|---|---|\n| {w} | [Paper]({u}) |", "| {w} | {u} |"),
    *("<!-- {w} {u} -->", "```\n{w} {u}\n```", "    {w} {u}", "`{w} {u}`", "![{w}]({u})", "[![{w}]({u}1)]({u}2)", "[{w}]: {u}"),
    *('<a href="{u}">{w}</a>', '<img src="{u}" alt="{w}">', "<details><summary>{w}</summary>", "</details>", "<p>{w} {u}</p>"),
    *("<table><tr><td>{w}</td><td><a href='{u}'>pdf</a></td></tr></table>", "~~{w} {u} ~~", "## Contents", "## License", "---"),
    *("<div>\n{w}\n[{w}]({u})\n</div>", "by {w}", "- {w}", "  {w}", "<{u}>", "[{w}][{w}]", "{w}\n===", "<!--\n{w}\n\n{u}\n-->"),
)  # fmt: skip
_WORDS = ("small", "gates", "rain", "snow", "clay", "salt", "moss", "fern", "harbour", "orchard")


@settings(max_examples=examples(150))
@given(
    st.lists(
        st.tuples(st.sampled_from(_PIECES), st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4)), min_size=1, max_size=14
    )
)
def test_every_address_and_every_line_of_a_document_is_somewhere(pieces: list[tuple[str, list[str]]]) -> None:
    """A law, for documents of any pieces in any order."""
    source = "\n".join(piece.format(w=" ".join(words), u=f"{U}/{number}") for number, (piece, words) in enumerate(pieces))
    check(source, read(source))


def _lists() -> list[Path]:
    """Return the lists at hand: those that are beside the project, where there are some."""
    folders = (HERE.parent / "shared" / "lists-to-learn-from", HERE.parent / "shared" / "reading-lists")
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()) if path.suffix in _FORMS]


_FORMS = {".md", ".bib", ".csv", ".yaml"}
# The law's own pattern runs on here: "](a)([b](c)" and an escaped "\_" in an address.
_RUNS_ON = re.compile(r"\)\(\[|\)\*\*\(|\\_")


@pytest.mark.slow
def test_every_address_of_the_lists_at_hand_is_somewhere() -> None:
    """The law for every list that is beside the project."""
    for path in _lists():
        [source] = read_sources([str(path)])
        one = parse_source(source)
        text = source.data.decode(errors="replace")
        if path.suffix == ".csv":
            csv.field_size_limit(10**9)
            text = "\n".join(cell for row in csv.reader(io.StringIO(text)) for cell in row)
        missing = addresses(text) - addresses(held(one))
        assert not [url for url in missing if not _RUNS_ON.search(url)], path.name
