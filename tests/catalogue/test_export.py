"""What was imported can be written out again: as the same list with its progress, and for other programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import bibtexparser
import pandas as pd
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.catalogue.export.export import check_markdown, to_bibtex, to_csv, to_json, to_markdown
from studygroup.catalogue.export.export_layout import EntryProgress
from studygroup.catalogue.items.columns import COLUMNS, Item
from studygroup.catalogue.items.csv_table import empty_items
from studygroup.catalogue.items.item import LIST_COLUMNS
from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import Import, import_lists
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.errors import CatalogueError
from studygroup.text import text
from tests.support.laws import examples

ROOT = Path(__file__).parents[2]

MARKDOWN = """\
## Papers

| Title | # | Params | Read or Not |
| --- | --- | --- | --- |
| [Few-Shot *Trees*](https://arxiv.org/abs/2005.14165) | 1 | 7 \\| 70 |  |
| [Slow Trees](notes/slow.md) | 2 |  | Not read |

### To watch

3. [Talk \\_of\\_ trees](https://youtu.be/abcdefghijk) [Slides](https://example.org/s) by Ada Lovelace and Bo Chen. It grows.
- [x] [Forests (2017)](https://example.org/forests)

| Title | Date |
| --- | --- |
| [Oaks](https://example.org/oaks) | Jan 1 |
"""


def imported(markdown: str, before: Catalogue | None = None) -> Import:
    """Return the import of one list, ``x``, into a catalogue or an empty one."""
    items, lists = (before.items, before.lists) if before else (empty_items(), {})
    return import_lists(items, lists, [parse_reading_list(markdown, "x")])


def catalogue_of(markdown: str) -> Catalogue:
    """Return the catalogue that one list makes."""
    result = imported(markdown)
    return Catalogue(result.items, result.frames)


def rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return a table's rows as texts, without the line in the file that was imported."""
    return [{name: str(cell) for name, cell in row.items() if name != "line"} for row in frame.to_dict("records")]


def held(*items: Item) -> Catalogue:
    """Return a catalogue of these items."""
    frame = pd.DataFrame([{name: getattr(item, name) for name in COLUMNS} for item in items], columns=list(COLUMNS))
    return Catalogue(frame.astype({name: "Int64" if name == "year" else "str" for name in COLUMNS}))


def listed(*entries: tuple[str, str, str, str, dict[str, str]]) -> Catalogue:
    """Return a catalogue whose list ``x`` has these entries: number, section, title, address, other cells."""
    made = [
        {
            "entry": f"e-{position}",
            "position": position,
            "number": number,
            "line": position,
            "section": section,
            "title": title,
            "url": url,
            "items": "",
            "columns": json.dumps(columns, ensure_ascii=False, separators=(",", ":")) if columns else "",
        }
        for position, (number, section, title, url, columns) in enumerate(entries, 1)
    ]
    frame = pd.DataFrame(made, columns=list(LIST_COLUMNS))
    kinds = {name: "Int64" if name in {"position", "line"} else "str" for name in LIST_COLUMNS}
    return Catalogue(empty_items(), {"x": frame.astype(kinds)})


# --- Markdown ---------------------------------------------------------------------------------------------------------


def test_list_is_written_as_it_was() -> None:
    """Sections, order, numbers, tables and bullets come out as they stood; nothing is escaped that need not be."""
    assert to_markdown(catalogue_of(MARKDOWN), "x") == MARKDOWN.replace("*Trees*", "Trees")


def test_title_is_the_first_heading() -> None:
    """The document's title is written when it is given, and is no section when it is read again."""
    catalogue = catalogue_of(MARKDOWN)
    written = to_markdown(catalogue, "x", title="Our *list*")
    assert written.startswith("# Our \\*list\\*\n\n## Papers\n")
    assert rows(imported(written).frames["x"]) == rows(catalogue.lists["x"])


def test_unknown_list_is_named_with_the_nearest() -> None:
    """A list that is not there is an error that names those that are."""
    catalogue = catalogue_of(MARKDOWN)
    for export in (to_markdown, check_markdown, to_bibtex, to_csv, to_json):
        with pytest.raises(CatalogueError, match=r"There is no list 'xx'.*there are x"):
            export(catalogue, "xx")  # type: ignore[operator]


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "lists").glob("*.csv")))
def test_own_lists_come_back(name: str) -> None:
    """Each list of this project, exported and imported again, leaves lists and catalogue as they were."""
    catalogue = Catalogue.read(ROOT)
    if name not in catalogue.lists:
        return
    written = to_markdown(catalogue, name)
    again = import_lists(
        catalogue.items,
        catalogue.lists,
        [parse_reading_list(written, name)],
        same=catalogue.same,
        different=catalogue.different,
    )
    assert rows(again.frames[name]) == rows(catalogue.lists[name])
    assert rows(again.items) == rows(catalogue.items)
    assert check_markdown(catalogue, name) == []


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("a_b C# C++", "https://example.org/a_(b)", "- [a_b C# C++](https://example.org/a_(b))"),
        ("All *stars* and more", "https://example.org/", "- [All \\*stars\\* and more](https://example.org/)"),
        ("An [open bracket", "https://example.org/a(b", "- [An \\[open bracket](<https://example.org/a(b>)"),
        ("Trees (video)", "https://example.org/", "- [“Trees (video)”](https://example.org/)"),
        ("Paper", "https://example.org/a", "- [“Paper”](https://example.org/a)"),
        ("[x] marks the spot", "https://example.org/a", "- [[x] marks the spot](https://example.org/a)"),
        ("Slides", "https://example.org/growing", "- [“Slides”](https://example.org/growing)"),
        (
            "R&amp;D – 论文 🔥 a",
            "https://example.org/?a=1&amp;b",
            "- [R\\&amp;D – 论文 🔥 a](<https://example.org/?a=1&amp;amp;b>)",
        ),
    ],
)
def test_smallest_escaping_that_reads_back(title: str, url: str, expected: str) -> None:
    """A title is written plainly where that reads back, else with a backslash, else in quotes."""
    written = to_markdown(listed(("", "", title, url, {})), "x")
    entry = parse_reading_list(written, "x").entries[0]
    assert (entry.title, entry.url) == (title, url)
    if "amp" not in title:
        assert written == f"{expected}\n"


def test_what_cannot_be_read_is_said() -> None:
    """An entry that no Markdown gives back, such as a title of marks alone, is written all the same, and reported."""
    catalogue = listed(("", "", "Trees of life", "https://example.org/", {}), ("", "", "🔥", "https://example.org/fire", {}))
    assert "🔥" in to_markdown(catalogue, "x")
    assert [problem.message.split(",")[0] for problem in check_markdown(catalogue, "x")] == ["entry 2"]


def test_sections_deep_and_back() -> None:
    """A section above the last one is reached through its own heading; below level six headings share one."""
    deep = " > ".join("ABCDEFG")
    catalogue = listed(
        *(("", section, "Trees of life", f"https://example.org/{n}", {}) for n, section in enumerate(["A > B", "A", deep, ""]))
    )
    assert rows(imported(to_markdown(catalogue, "x"), catalogue).frames["x"]) == [
        {**row, "items": again["items"]}
        for row, again in zip(
            rows(catalogue.lists["x"]), rows(imported(to_markdown(catalogue, "x"), catalogue).frames["x"]), strict=True
        )
    ]


PROGRESS = {
    1: EntryProgress("read"),
    2: EntryProgress("skimmed"),
    3: EntryProgress("read", "2026-11-27", "sessions/2026-11-27/report.html"),
    4: EntryProgress("unread"),
    5: EntryProgress(session="2026-12-04"),
}


def test_progress_stands_in_the_lists_own_column_or_a_new_one() -> None:
    """A member's status fills Read or Not, a session gets a column; bullets get a check-box, and when they were read."""
    lines = to_markdown(catalogue_of(MARKDOWN), "x", progress=PROGRESS).splitlines()
    assert lines[2:6] == [
        "| Title | # | Params | Read or Not |",
        "| --- | --- | --- | --- |",
        "| [Few-Shot Trees](https://arxiv.org/abs/2005.14165) | 1 | 7 \\| 70 | Read |",
        "| [Slow Trees](notes/slow.md) | 2 |  | Skimmed |",
    ]
    assert lines[9].startswith("3. [x] [Talk \\_of\\_ trees](https://youtu.be/abcdefghijk)")
    assert lines[9].endswith(" (read [2026-11-27](sessions/2026-11-27/report.html))")
    assert lines[10:] == [
        "- [ ] [Forests (2017)](https://example.org/forests)",
        "",
        "| Title | Date | Session |",
        "| --- | --- | --- |",
        "| [Oaks](https://example.org/oaks) | Jan 1 | 2026-12-04 |",
    ]


def test_progress_is_read_as_a_status() -> None:
    """Importing a list with progress gives the same titles, links, numbers and sections, and the statuses."""
    before = parse_reading_list(to_markdown(catalogue_of(MARKDOWN), "x"), "x").entries
    after = parse_reading_list(to_markdown(catalogue_of(MARKDOWN), "x", progress=PROGRESS), "x").entries
    assert [(e.title, e.url, e.number, e.section) for e in after] == [(e.title, e.url, e.number, e.section) for e in before]
    assert [entry.status for entry in after] == ["read", "skimmed", "read", "unread", None]


# --- the law ----------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *(
            "Paper",
            "Link",
            "Attention",
            "Trees",
            "a",
            "of",
            "by",
            "and",
            "Ada Lovelace",
            "C++",
            "C#",
            "2017",
            "(2017)",
            "(video)",
        ),
        *(
            "[x]",
            "|",
            "\\",
            "*",
            "_",
            "`",
            "[",
            "]",
            "(",
            ")",
            "<",
            ">",
            "&amp;",
            "&",
            "#",
            "-",
            "–",
            "—",
            "~~",
            "$x$",
            "“q”",
            '"',
        ),
        *(
            "'",
            "🔥",
            "论文",
            "注意力",
            "Ünï",
            "<b>",
            "<!--",
            "!",
            "1.",
            "+",
            "=",
            ":",
            ";",
            ",",
            ".",
            "?",
            "et al.",
            "ICML 2022",
            "TBD",
        ),
        *("{", "}", "^", "\u2028", "\u00a0", "://", "@"),
    ]
)
PHRASES = st.builds(lambda words, glue: glue.join(words), st.lists(WORDS, min_size=1, max_size=6), st.sampled_from([" ", ""]))
ADDRESSES = st.one_of(
    st.sampled_from(["https://arxiv.org/abs/1706.03762", "notes/lora.md", "https://x.org/a_(b", "https://x.org/?a=1&amp;b"]),
    st.text("abc-_()/?&=#|[]é%*", min_size=1, max_size=8).map("https://example.org/".__add__),
)
LINES = st.one_of(
    st.builds("[{}](<{}>){}".format, PHRASES, ADDRESSES, st.just("")),
    st.builds("[{}](<{}>) - {}".format, PHRASES, ADDRESSES, PHRASES),
    st.builds("[{}](<{}>) {}".format, PHRASES, ADDRESSES, PHRASES),
    st.builds("**{}** [paper](<{}>) [code](<{}>)".format, PHRASES, ADDRESSES, ADDRESSES),
    st.builds("[{}](<{}>) [{}](<https://example.org/more>)".format, PHRASES, ADDRESSES, PHRASES),
    st.builds("{}: [{}](<{}>)".format, PHRASES, PHRASES, ADDRESSES),
    PHRASES,
    ADDRESSES,
)
BULLETS = st.builds(
    lambda mark, line, under: "\n    - ".join([f"{mark} {line}", *under]),
    st.sampled_from(["-", "*", "1.", "7.", "- [x]", "- [ ]"]),
    LINES,
    st.lists(LINES, max_size=2),
)
HEADS = st.one_of(
    PHRASES, st.sampled_from(["Title", "Paper", "Link", "Author", "Year", "#", "Read or Not", "about", "Notes", ""])
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Draw a table of one to four columns."""
    width = draw(st.integers(1, 4))
    cells = st.one_of(LINES, st.just(""), st.just("[Link](https://example.org/q)"))
    made = [draw(st.lists(cells, min_size=width, max_size=width)) for _ in range(draw(st.integers(1, 3)))]
    heads = draw(st.lists(HEADS, min_size=width, max_size=width))
    written = [heads, ["---"] * width, *made]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in written)


HEADINGS = st.builds("{} {}".format, st.integers(1, 6).map("#".__mul__), PHRASES)
DOCUMENTS = st.lists(st.one_of(HEADINGS, BULLETS, BULLETS, tables(), LINES), min_size=1, max_size=7).map("\n\n".join)


@settings(max_examples=examples(50), suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_export_then_import_gives_equal_rows(markdown: str) -> None:
    """Whatever was imported, its export is read as the same entries, in a catalogue that knows them and in an empty one."""
    catalogue = catalogue_of(markdown)
    written = to_markdown(catalogue, "x")
    unread = {int(problem.message.split()[1].rstrip(",")) for problem in check_markdown(catalogue, "x")}
    expected = rows(catalogue.lists["x"])
    if not unread:
        again = imported(written, catalogue)
        assert rows(again.frames["x"]) == expected
        assert again.added == 0
        fresh = imported(written)
        known = [{**row, "items": "", "entry": ""} for row in expected]
        assert [{**row, "items": "", "entry": ""} for row in rows(fresh.frames["x"])] == known
        assert to_markdown(Catalogue(again.items, again.frames), "x") == written
    assert to_markdown(catalogue, "x") == written


CLEAN = st.builds(
    lambda words: " ".join(words).strip(),
    st.lists(st.sampled_from(["Oak", "a_b", "*x*", "[1]", "C#", "论文", "R&D", "“q”", "🔥", "e|f"]), min_size=1, max_size=4),
).filter(text.make_id)


@settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "3"]),
            st.sampled_from(["", "A", "A > B", "C *d* > | > #"]),
            CLEAN.map("Trees of {} life".format),
            ADDRESSES,
            st.just({}),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_every_row_comes_back_or_is_reported(entries: list[tuple[str, str, str, str, dict[str, str]]]) -> None:
    """Rows that no import made come back too, each at its place; a row that does not is one that the check names."""
    catalogue = listed(*entries)
    read = [
        (entry.number, " > ".join(entry.section), entry.title, entry.url)
        for entry in parse_reading_list(to_markdown(catalogue, "x"), "x").entries
    ]
    unread = {int(problem.message.split()[1].rstrip(",")) for problem in check_markdown(catalogue, "x")}
    expected = [one[:4] for position, one in enumerate(entries, 1) if position not in unread]
    assert [one for one in expected if one not in read] == []


# --- BibTeX, JSON, CSV ------------------------------------------------------------------------------------------------


def bibtex_of(catalogue: Catalogue) -> list[dict[str, str]]:
    """Return the entries that bibtexparser finds, TeX decoded; addresses are verbatim."""
    written = to_bibtex(catalogue)
    raw = bibtexparser.parse_string(written)
    decoded = bibtexparser.parse_string(written, append_middleware=[SeparateCoAuthors(), LatexDecodingMiddleware()])
    assert (raw.failed_blocks, decoded.failed_blocks) == ([], [])
    return [
        {
            "type": entry.entry_type,
            "key": entry.key,
            **{field.key: field.value for field in entry.fields},
            **{field.key: field.value for field in plain.fields if field.key in {"url", "doi"}},
        }
        for entry, plain in zip(decoded.entries, raw.entries, strict=True)
    ]


def test_bibtex_entry() -> None:
    """A paper is an article with its authors, arXiv id and DOI; groups are kept whole, capitals are protected."""
    catalogue = held(
        Item(
            id="oaks",
            title="GPT & oaks: 50% of {a_b} -- #1",
            kind="paper",
            url="https://example.org/~ada/a_(b)?x=1&y=%20#z",
            authors="Ada Lovelace; Rock and Roll, Inc.; Wei Zhao et al.",
            year=2017,
            arxiv="1706.03762",
            doi="10.1000/a_b",
        )
    )
    assert to_bibtex(catalogue) == (
        "@article{oaks,\n"
        "  title = {{GPT \\& oaks: 50\\% of \\lbrace{}a\\_b\\rbrace{} -{}- \\#1}},\n"
        "  author = {Ada Lovelace and {Rock and Roll, Inc.} and Wei Zhao and others},\n"
        "  year = {2017},\n"
        "  eprint = {1706.03762},\n"
        "  archiveprefix = {arXiv},\n"
        "  doi = {10.1000/a_b},\n"
        "  url = {https://example.org/~ada/a_(b)?x=1&y=%20#z},\n"
        "  keywords = {paper},\n"
        "}\n"
    )


def test_own_catalogue_as_bibtex() -> None:
    """bibtexparser reads the project's whole catalogue: ids, titles, authors, years, arXiv ids, DOIs and addresses."""
    catalogue = Catalogue.read(ROOT)
    found = [
        (
            entry["key"],
            entry["title"],
            "; ".join(entry.get("author", [])),
            entry.get("year", ""),
            entry.get("eprint", ""),
            entry.get("doi", ""),
            entry.get("url", ""),
        )
        for entry in bibtex_of(catalogue)
    ]
    frame = catalogue.items
    assert found == [
        (
            row["id"],
            row["title"],
            row["authors"],
            "" if pd.isna(row["year"]) else str(row["year"]),
            row["arxiv"],
            row["doi"],
            row["url"],
        )
        for row in frame.to_dict("records")
    ]


@settings(max_examples=examples(60))
@given(
    PHRASES, st.lists(st.sampled_from(["Ada Lovelace", "Zoë O'Brien", "A & B Labs", "李明", "J. van den Berg"]), unique=True)
)
def test_bibtex_keeps_any_title(title: str, authors: list[str]) -> None:
    """Whatever marks a title holds, bibtexparser gives it back."""
    title = " ".join(title.split())
    entry = bibtex_of(held(Item(id="a", title=title, authors="; ".join(authors))))[0]
    # The decoder knows \\textasciicircum as another circumflex.
    assert entry.get("title", "").replace("ˆ", "^") == title
    assert [name.strip("{}").replace("\\&", "&") for name in entry.get("author", [])] == authors


def test_json_holds_everything() -> None:
    """The JSON has items with names and links taken apart, lists with their cells, and decided pairs."""
    catalogue = catalogue_of(
        "## S\n3. [Oaks](https://example.org/oaks) [Code](https://example.org/c) by Ada Lovelace and Bo Chen\n"
    )
    catalogue.different = {frozenset({"oaks", "elms"}), frozenset({"elms", "firs"})}
    shown = json.loads(to_json(catalogue, "x"))
    assert shown == {
        "items": [
            {
                **dict.fromkeys(COLUMNS, ""),
                "id": "oaks",
                "title": "Oaks",
                "kind": "article",
                "url": "https://example.org/oaks",
                "authors": ["Ada Lovelace", "Bo Chen"],
                "year": None,
                "section": "S",
                "links": [{"label": "Code", "url": "https://example.org/c"}],
                "entries": [{"list": "x", "position": 1}],
            }
        ],
        "lists": [
            {
                "name": "x",
                "entries": [
                    {
                        "entry": "oaks",
                        "position": 1,
                        "number": "3",
                        "line": 2,
                        "section": "S",
                        "title": "Oaks",
                        "url": "https://example.org/oaks",
                        "items": ["oaks"],
                        "columns": {"links": "[Code](https://example.org/c)", "authors": "Ada Lovelace; Bo Chen"},
                    }
                ],
            }
        ],
        "same": [],
        "different": [["elms", "oaks"]],
    }
    assert len(json.loads(to_json(catalogue))["different"]) == 2


def test_csv_of_everything_is_the_catalogues_own_file() -> None:
    """The whole catalogue as CSV is catalogue.csv, byte for byte."""
    assert to_csv(Catalogue.read(ROOT)).encode() == (ROOT / "catalogue.csv").read_bytes()


def test_csv_of_a_list_has_its_items_in_order_once() -> None:
    """A list's CSV holds its items where they first are in it."""
    catalogue = held(*(Item(id=name, title=name.title()) for name in ("oak", "elm", "fir")))
    catalogue.lists = {"x": listed(*[("", "", "T", "", {})] * 3).lists["x"].assign(items=["fir;oak", "", "oak"])}
    assert [row["id"] for row in csv.DictReader(io.StringIO(to_csv(catalogue, "x")))] == ["fir", "oak"]


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.sampled_from(["", "=", "'=", " +", "-", "@", "\t", "＝"]),
)
def test_csv_guard_is_reversible(title: str, start: str) -> None:
    """No cell begins as a formula does, and taking the guard off gives each cell back."""
    written = to_csv(held(Item(id="a", title=start + title)))
    found = next(csv.DictReader(io.StringIO(written, newline="")))["title"]
    assert not found.startswith(("=", "+", "-", "@", "\t", "＝"))
    assert text.unguard_cell(found) == start + title
