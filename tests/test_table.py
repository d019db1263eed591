"""Reading, checking and writing the catalogue's tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.item import COLUMNS, LIST_COLUMNS, Item
from studygroup.catalogue.table import (
    Catalogue,
    _Form,
    _parse_regular,
    _parse_row_by_row,
    check_items,
    check_list,
    check_pairs,
    empty_items,
    empty_list,
    read_items,
    read_list,
    read_pairs,
    to_csv_bytes,
    write_items,
    write_list,
    write_pairs,
)
from studygroup.errors import CatalogueError, NotSavedError, Problem

HEADER = ",".join(COLUMNS)
LIST_HEADER = ",".join(LIST_COLUMNS)

# Alone, at both ends of cells and in every mixture, these are what breaks CSV readers, spreadsheets and line counters.
HOSTILE = [
    *('"', '""', ",", ";", "\n", "\r", "\r\n", "\t", " ", "'", "''", "=", "+", "-", "@", "=1+1", "'=1+1", "''@x", "'tis"),
    *("＝", "＋1", "－", "＠", "'＝", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\xa0=1", "\u3000@", "\ufeff", "\\"),
    *("", "NA", "nan", "None", "null", "1.0", "007", "#", "é", "e\u0301", "李", "🎉", "a", '"a"', 'a"b', "\x01", "\x7f"),
]
CELLS = st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
)
# A busy machine's disk is slow now and then; that is no failure.
UNHURRIED = settings(deadline=None)

NUMBERS = st.none() | st.integers(-(10**17), 10**17)


def items_of(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a catalogue with these cells, the others empty."""
    table = [{**dict.fromkeys(COLUMNS, ""), "year": None, **row} for row in rows]
    kinds = {name: "Int64" if name == "year" else "str" for name in COLUMNS}
    return pd.DataFrame(table, columns=list(COLUMNS)).astype(kinds) if rows else empty_items()


def item(item_id: str, **cells: object) -> dict[str, object]:
    """Return a good item's cells."""
    return {"id": item_id, "title": item_id.title(), "kind": "paper", **cells}


def list_of(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a list with these cells, the others empty, and positions from 1."""
    table = [
        {**dict.fromkeys(LIST_COLUMNS, ""), "entry": f"e{n}", "position": n, "line": None, **row}
        for n, row in enumerate(rows, start=1)
    ]
    kinds = {name: "Int64" if name in ("position", "line") else "str" for name in LIST_COLUMNS}
    return pd.DataFrame(table, columns=list(LIST_COLUMNS)).astype(kinds) if rows else empty_list()


def line(**cells: str) -> str:
    """Return one line of catalogue.csv as a person would type it, with these cells."""
    buffer = io.StringIO()
    good = {"id": "a", "title": "A", "kind": "paper"}
    csv.writer(buffer, lineterminator="\n").writerow([{**good, **cells}.get(name, "") for name in COLUMNS])
    return buffer.getvalue()


def found(problems: list[Problem]) -> list[tuple[int, str, str]]:
    """Return line, column and severity of problems."""
    return [(problem.line, problem.column, problem.severity) for problem in problems]


def problems_of(read: Callable[[Path], object], path: Path) -> list[Problem]:
    """Return what the error lists that reading raises."""
    with pytest.raises(CatalogueError) as caught:
        read(path)
    return [*caught.value.problems]


def csv_file(tmp_path: Path, content: str | bytes, name: str = "catalogue.csv") -> Path:
    """Write a file as it stands and return its path."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- reading and writing ---


@UNHURRIED
@given(st.lists(st.tuples(*[NUMBERS if name == "year" else CELLS for name in COLUMNS]), max_size=5))
def test_items_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]) -> None:
    """Whatever cells hold, reading gives it back, and writing what was read changes no byte."""
    path = tmp_path_factory.mktemp("t") / "catalogue.csv"
    frame = items_of(*(dict(zip(COLUMNS, row, strict=True)) for row in rows))
    write_items(frame, path)
    read = read_items(path)
    pd.testing.assert_frame_equal(read, frame)
    assert read.attrs == {} and to_csv_bytes(read) == path.read_bytes()


@UNHURRIED
@given(st.lists(st.tuples(*[NUMBERS if name in ("position", "line") else CELLS for name in LIST_COLUMNS]), max_size=5))
def test_lists_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]) -> None:
    """The same holds for a list's entries."""
    path = tmp_path_factory.mktemp("t") / "papers.csv"
    frame = list_of(*(dict(zip(LIST_COLUMNS, row, strict=True)) for row in rows))
    write_list(frame, path)
    pd.testing.assert_frame_equal(read_list(path), frame)
    assert to_csv_bytes(read_list(path)) == path.read_bytes()


@UNHURRIED
@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_pairs_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    """The same holds for pairs."""
    path = tmp_path_factory.mktemp("t") / "same.csv"
    pairs = {frozenset(row) for row in rows}
    write_pairs(pairs, path)
    assert read_pairs(path) == pairs


@UNHURRIED
@given(
    st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=3), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_foreign_files_are_read_as_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str) -> None:
    """What Python's csv module wrote is read with the same rows, and what is read is stable after one write."""
    year = COLUMNS.index("year")
    rows = [[*row[:year], "2020", *row[year + 1 :]] for row in rows]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])
    path = tmp_path_factory.mktemp("t") / "catalogue.csv"
    path.write_bytes(buffer.getvalue().encode())
    frame = read_items(path)
    assert len(frame) == len(rows) and "notes" in frame.attrs
    write_items(frame, path)
    again = read_items(path)
    assert again.attrs == {}
    pd.testing.assert_frame_equal(again, frame, check_flags=False)


@UNHURRIED
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([*HOSTILE, HEADER, line(), "a,b", ",,,"])).map(lambda p: "".join(p).encode())
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Any bytes are read or refused with problems; reading and checking agree on which."""
    path = tmp_path_factory.mktemp("t") / "catalogue.csv"
    for start in (b"", HEADER.encode() + b"\n"):
        path.write_bytes(start + data)
        errors: list[Problem] = []
        try:
            read_items(path)
        except CatalogueError as error:
            errors = [*error.problems]
        found_by_check = {problem for problem in check_items(path, this_year=2026) if problem.severity == "error"}
        assert {*errors} <= found_by_check


@UNHURRIED
@given(
    st.lists(
        st.lists(CELLS | st.sampled_from(['""', '"a,b"', '"\n"', '"="', "'=", '"a""b"', 'x"y']), min_size=1, max_size=3),
        max_size=4,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_quick_and_careful_reading_agree(rows: list[list[str]], end: str) -> None:
    """Where pandas' parser is trusted, it reads exactly what the csv module reads row by row."""
    form = _Form(("x", "y"))
    data = end.join(["x,y", *map(",".join, rows), ""]).encode()
    quick = _parse_regular(data, form)
    careful, _, problems = _parse_row_by_row(data, "x.csv", form)
    if quick:
        pd.testing.assert_frame_equal(quick.frame, careful.frame)
        assert problems == []
    elif not problems:
        assert to_csv_bytes(careful.frame) != data


def test_types(tmp_path: Path) -> None:
    """Text columns have dtype str, numbers Int64; what is missing is empty text or NA; an empty file has both too."""
    expected = ["Int64" if name == "year" else "str" for name in COLUMNS]
    frame = read_items(csv_file(tmp_path, HEADER + "\n" + line(year="2020") + line()))
    assert [str(kind) for kind in frame.dtypes] == expected
    assert (frame["url"].tolist(), frame["year"].tolist()) == (["", ""], [2020, pd.NA])
    assert isinstance(frame.index, pd.RangeIndex)
    empty = read_items(csv_file(tmp_path, HEADER + "\n"))
    assert [str(kind) for kind in empty.dtypes] == expected and empty.empty
    pd.testing.assert_frame_equal(empty, empty_items())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("\ufeff" + HEADER + "\n" + line(), "a byte order mark"),
        ((HEADER + "\n" + line()).replace("\n", "\r\n"), "Windows line ends"),
        (HEADER + "\n" + line().rstrip("\n"), "no line end after the last row"),
        (HEADER + "\n" + line(title="=1+1"), "cells that a spreadsheet would run"),
        (HEADER + "\n" + line().replace("A", '"A"'), "quotes where none are needed"),
        (HEADER + "\n" + line(year=" 02020"), "numbers written otherwise"),
        (HEADER + "\n\n" + line() + "\n", "other quotes or empty lines"),
        ((HEADER + "\n" + line(title='5" disk')).replace('"5"" disk"', '5" disk'), "other quotes or empty lines"),
        ("title,id," + HEADER.removeprefix("id,title,") + "\n" + line(id="A", title="a"), "another order of columns"),
    ],
)
def test_foreign_files_are_normalised_and_said(tmp_path: Path, content: str, why: str) -> None:
    """What another program wrote otherwise is read, the note says what the next write changes, and then all is quiet."""
    path = csv_file(tmp_path, content)
    frame = read_items(path)
    note = Problem("catalogue.csv", 0, "note", f"will be normalised when written: it has {why}")
    assert (frame.attrs["notes"], check_items(path)) == ((note,), [note])
    assert frame["id"].tolist() == ["a"] and frame["title"].iloc[0] in ("A", "=1+1", '5" disk')
    write_items(frame, path)
    assert (read_items(path).attrs, check_items(path)) == ({}, [])


def test_long_cells(tmp_path: Path) -> None:
    """A cell longer than the csv module's own limit is read, in regular and in irregular files."""
    long = "x" * 200_000
    for content in (HEADER + "\n" + line(about=long), HEADER + "\n\n" + line(about=long)):
        assert read_items(csv_file(tmp_path, content))["about"].tolist() == [long]


def test_numbers_may_be_written_from_other_types(tmp_path: Path) -> None:
    """Years that a computation turned into floats are written as whole numbers, missing ones as nothing."""
    frame = items_of(item("a", year=2020), item("b")).astype({"year": "Float64"})
    frame["about"] = pd.Series([None, "x"], dtype=object)
    write_items(frame, tmp_path / "catalogue.csv")
    read = read_items(tmp_path / "catalogue.csv")
    assert (read["year"].tolist(), read["about"].tolist()) == ([2020, pd.NA], ["", "x"])


@pytest.mark.parametrize("cell", ["a\x00b", "\ud800"])
def test_what_no_file_holds_is_not_written(tmp_path: Path, cell: str) -> None:
    """A NUL or half a surrogate pair is refused with row and column, and the old file stands."""
    path = csv_file(tmp_path, "old")
    with pytest.raises(CatalogueError, match=r"row 2 holds a NUL or half a surrogate pair"):
        write_items(items_of(item("a"), item("b", about=cell)), path)
    assert path.read_bytes() == b"old"


def test_other_columns_are_not_written(tmp_path: Path) -> None:
    """A table with other columns than its file is refused."""
    with pytest.raises(CatalogueError, match=r"(?s)column 'links' is missing.*column 'link' is not known"):
        write_items(items_of(item("a")).rename(columns={"links": "link"}), tmp_path / "catalogue.csv")


# --- what cannot be read ---


def test_header_problems(tmp_path: Path) -> None:
    """A header's missing, unknown and repeated columns are all named, with the nearest spelling."""
    path = csv_file(tmp_path, HEADER.replace("authors", "autors").replace("doi", "year").replace("about", "x1") + "\n")
    assert [(p.line, p.column, p.message.split(";")[0]) for p in problems_of(read_items, path)] == [
        (1, "about", "column 'about' is missing"),
        (1, "authors", "column 'authors' is missing"),
        (1, "autors", "column 'autors' is not known (did you mean 'authors'?)"),
        (1, "doi", "column 'doi' is missing"),
        (1, "x1", "column 'x1' is not known"),
        (1, "year", "column 'year' stands 2 times"),
    ]


def test_all_problems_at_once_with_their_lines(tmp_path: Path) -> None:
    """Rows with other numbers of cells, bad bytes, NULs and bad numbers are all reported, each at its row's first line."""
    good = line(about="two\nlines").encode()
    bad_byte = line(about="?").encode().replace(b"?", b"\xff")
    nul = line(about="?").encode().replace(b"?", b"\x00")
    too_many = line().rstrip("\n").encode() + b",,\n"
    data = HEADER.encode() + b"\n" + good + b"a,b\n" + line(year="20x5").encode() + bad_byte + nul + too_many
    path = csv_file(tmp_path, data)
    problems = problems_of(read_items, path)
    assert [(p.line, p.column) for p in problems] == [(4, ""), (5, "year"), (6, ""), (7, ""), (8, "")]
    expected = ("too few cells: 2", "'20x5'", "0xFF", "NUL", "too many cells: 18")
    assert all(part in problem.message for part, problem in zip(expected, problems, strict=True))
    assert {*problems} <= {*check_items(path)}


def test_open_quote(tmp_path: Path) -> None:
    """A quote that is never closed is reported at the row where it stands, with what is wrong before it."""
    path = csv_file(tmp_path, HEADER + "\na,b\n" + line() + 'b,"open' + "\n" + line())
    assert [(p.line, p.message.split(" (")[0].split(":")[0]) for p in problems_of(read_items, path)] == [
        (2, "too few cells"),
        (4, "the quotes do not pair up"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (HEADER.replace(",", ";").encode() + b"\n", "columns are separated by ';'; save the file with commas"),
        (("\ufeff" + HEADER).encode("utf-16-le"), "the file is UTF-16; save it as UTF-8"),
    ],
)
def test_no_catalogue_at_all(tmp_path: Path, content: bytes, message: str) -> None:
    """An empty file, other separators and UTF-16 are each one clear problem."""
    problems = problems_of(read_items, csv_file(tmp_path, content))
    assert [problem.message.startswith(message) for problem in problems] == [True]


def test_short_rows_that_look_regular(tmp_path: Path) -> None:
    """Two short rows whose stray quotes hide the line end between them are still two short rows."""
    halves = 'a,x"y' + "," * 7 + "\n" + 'z"w,b' + "," * 7 + "\n"
    assert found(problems_of(read_items, csv_file(tmp_path, HEADER + "\n" + halves))) == [(2, "", "error"), (3, "", "error")]


# --- checks ---


def test_checks_items(tmp_path: Path) -> None:
    """Every cell that cannot be right is reported with line and column, all at once."""
    content = HEADER + "\n"
    content += line(about="good\nin two lines", url="https://e.org", arxiv="2005.14165", doi="10.1/x".replace("1/", "1038/"))
    content += line() + line(id="") + line(id="No Id") + line(id="con")
    content += line(id="b", title="  ") + line(id="c", kind="papr") + line(id="d", url="javascript:alert(1)")
    content += line(id="e", url="mailto:a@e.org") + line(id="f", links="[a](ftp://e.org)") + line(id="g", links="see [a](b")
    content += line(id="h", arxiv="2013.14165") + line(id="i", doi="https://doi.org/10.1038/x") + line(id="j", year="1066")
    content += line(id="k", year="2028") + line(id="l", year="2027", links="[C](https://e.org)")
    problems = check_items(csv_file(tmp_path, content), this_year=2026)
    assert found(problems) == [
        (4, "id", "error"),
        (5, "id", "error"),
        (6, "id", "error"),
        (7, "id", "error"),
        (8, "title", "error"),
        (9, "kind", "error"),
        (10, "url", "error"),
        (11, "url", "error"),
        (12, "links", "error"),
        (13, "links", "error"),
        (14, "arxiv", "error"),
        (15, "doi", "error"),
        (16, "year", "warning"),
        (17, "year", "warning"),
    ]
    assert problems[0].message == "'a' stands in line 2 already; ids are given once"
    assert "did you mean 'paper'?" in problems[5].message


def test_checks_what_could_be_read_too(tmp_path: Path) -> None:
    """A row that cannot be read does not hide what is wrong in the others."""
    path = csv_file(tmp_path, HEADER + "\na,b\n" + line(kind="papr") + line(id="b", year="x") + line(id="b"))
    assert found(check_items(path)) == [(2, "", "error"), (3, "kind", "error"), (4, "year", "error"), (5, "id", "error")]


def test_checks_lists(tmp_path: Path) -> None:
    """Entries with bad ids, places, cells or items are reported; an entry without item is only a warning."""
    rows: list[dict[str, object]] = [
        {"items": "lora;few-shot"},
        {"entry": "e1", "items": "lora"},
        {"entry": "", "items": "lora"},
        {"position": 7, "items": "lorra"},
        {"position": None, "items": "lora", "columns": "[1]"},
        {"columns": "{"},
        {"columns": '{"Year": "2020"}', "items": "lora"},
    ]
    path = tmp_path / "lists" / "papers.csv"
    path.parent.mkdir()
    write_list(list_of(*rows), path)
    problems = check_list(path, {"lora", "few-shot"})
    assert found(problems) == [
        (3, "entry", "error"),
        (4, "entry", "error"),
        (5, "position", "error"),
        (5, "items", "error"),
        (6, "columns", "error"),
        (6, "position", "error"),
        (7, "columns", "error"),
        (7, "items", "warning"),
    ]
    assert str(problems[3]).endswith("not in the catalogue: 'lorra' (did you mean 'lora'?)")
    assert problems[0].file == "lists/papers.csv"


def test_checks_pairs(tmp_path: Path) -> None:
    """Pairs name two different items of the catalogue, once, and are not both the same and different."""
    path = csv_file(tmp_path, "one,other\na,b\nb,a\na,a\na,x\nb,c\n", "different.csv")
    problems = check_pairs(path, {"a", "b", "c"}, {frozenset("bc")})
    assert found(problems) == [(3, "", "warning"), (4, "other", "error"), (5, "other", "error"), (6, "", "error")]


# --- the whole ---


@pytest.fixture
def catalogue() -> Catalogue:
    """Three items in two lists."""
    items = items_of(
        item("few-shot", title="Language Models are Few-Shot Learners", authors="Tom Brown", year=2020),
        item("lora", title="LoRA: Low-Rank Adaptation", links="[Code](https://e.org)"),
        item("brown", title="On Clustering", about="Follows Brown."),
    )
    papers = list_of(
        {"number": "#1", "section": "GPT", "title": "GPT-3", "items": "few-shot"},
        {"number": "#2", "title": "Two", "items": "lora;brown"},
        {"title": "None"},
    )
    lists = {"papers": papers, "more": list_of({"items": "brown"}, {"items": "few-shot"})}
    return Catalogue(items, lists, {frozenset({"lora", "brown"})}, {frozenset({"lora", "few-shot"})})


def test_catalogue_comes_back(tmp_path: Path, catalogue: Catalogue) -> None:
    """What was written is read again; writing it once more writes nothing, and a change writes only its file."""
    written = catalogue.write(tmp_path)
    names = ["catalogue.csv", "lists/different.csv", "lists/more.csv", "lists/papers.csv", "lists/same.csv"]
    assert sorted(str(path.relative_to(tmp_path)) for path in written) == names
    read = Catalogue.read(tmp_path)
    pd.testing.assert_frame_equal(read.items, catalogue.items)
    assert {*read.lists} == {"papers", "more"}
    pd.testing.assert_frame_equal(read.lists["papers"], catalogue.lists["papers"])
    assert (read.same, read.different, read.notes) == (catalogue.same, catalogue.different, ())
    assert read.write(tmp_path) == ()
    read.same = set()
    assert read.write(tmp_path) == (tmp_path / "lists" / "same.csv",)
    assert (tmp_path / "lists" / "same.csv").read_bytes() == b"one,other\n"


def test_catalogue_without_lists(tmp_path: Path) -> None:
    """A workbook without lists folder has no lists, and writing it makes none."""
    Catalogue(items_of(item("a"))).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.csv"]
    read = Catalogue.read(tmp_path)
    assert (read.items["id"].tolist(), read.lists, read.same, read.different) == (["a"], {}, set(), set())


def test_missing_catalogue(tmp_path: Path) -> None:
    """Without catalogue.csv the error says what to do; a check finds it among everything else."""
    expected = f"There is no catalogue.csv in {tmp_path}; make one with `studygroup import FILE`."
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(tmp_path)
    assert str(caught.value) == expected
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "papers.csv").mkdir()
    assert Catalogue.check(tmp_path) == [
        Problem("catalogue.csv", 0, "error", expected),
        Problem("lists/papers.csv", 0, "error", f"{tmp_path / 'lists' / 'papers.csv'} cannot be read: Is a directory."),
    ]


def test_problems_of_all_files(tmp_path: Path, catalogue: Catalogue) -> None:
    """Reading lists the problems of every file at once; checking finds those and more; notes are kept."""
    catalogue.write(tmp_path)
    lists = tmp_path / "lists"
    (lists / "papers.csv").write_text(LIST_HEADER + "\nx\n")
    (lists / "same.csv").write_text("one,othr\n")
    with pytest.raises(CatalogueError) as caught:
        Catalogue.read(tmp_path)
    expected = [("lists/papers.csv", 2), ("lists/same.csv", 1), ("lists/same.csv", 1)]
    assert [(problem.file, problem.line) for problem in caught.value.problems] == expected
    catalogue.same = catalogue.different
    catalogue.write(tmp_path)
    (lists / "Bad Name.csv").write_bytes((LIST_HEADER + "\n").encode())
    problems = Catalogue.check(tmp_path, this_year=2026)
    assert [(problem.file, *row) for problem, row in zip(problems, found(problems), strict=True)] == [
        ("lists/Bad Name.csv", 0, "", "error"),
        ("lists/papers.csv", 4, "items", "warning"),
        ("lists/different.csv", 2, "", "error"),
    ]


def test_notes_are_kept(tmp_path: Path, catalogue: Catalogue) -> None:
    """The catalogue says which files the next write normalises; after it nothing is left to say."""
    catalogue.write(tmp_path)
    path = tmp_path / "catalogue.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    read = Catalogue.read(tmp_path)
    assert [note.file for note in read.notes] == ["catalogue.csv"]
    assert (read.write(tmp_path), read.notes) == ((path,), ())


@pytest.mark.parametrize("name", ["same", "../x", "A", ""])
def test_impossible_list_names(tmp_path: Path, name: str) -> None:
    """A list's name becomes a file's name, so only ids are taken."""
    with pytest.raises(CatalogueError, match="is no name for a list"):
        Catalogue(lists={name: empty_list()}).write(tmp_path)


def test_lists_folder_cannot_be_made(tmp_path: Path, catalogue: Catalogue) -> None:
    """A file in the place of the lists folder is said, and nothing is written."""
    (tmp_path / "lists").write_bytes(b"")
    with pytest.raises(NotSavedError, match="lists could not be made"):
        catalogue.write(tmp_path)
    assert not (tmp_path / "catalogue.csv").exists()


def test_item(catalogue: Catalogue) -> None:
    """An item is found by its id; a misspelt one names the nearest."""
    assert catalogue.item("few-shot") == Item(
        "few-shot", "Language Models are Few-Shot Learners", "paper", authors="Tom Brown", year=2020
    )
    assert catalogue.item("lora").year is None
    for call in (catalogue.item, catalogue.entries_of):
        with pytest.raises(CatalogueError, match=r"no item 'lorra' \(did you mean 'lora'\?\)"):
            call("lorra")


def test_entries_of(catalogue: Catalogue) -> None:
    """Where an item stands is computed from the lists, also after a list was replaced."""
    assert catalogue.entries_of("brown") == [("more", 1), ("papers", 2)]
    catalogue.lists["more"] = list_of({"items": "few-shot"}, {"items": ""}, {"items": "brown"})
    assert catalogue.entries_of("brown") == [("more", 3), ("papers", 2)]
    catalogue.items = items_of(item("new"))
    assert catalogue.entries_of("new") == []


def test_steps(catalogue: Catalogue) -> None:
    """A list's entries in the order of their positions are its steps."""
    catalogue.lists["papers"] = catalogue.lists["papers"].iloc[::-1]
    steps = catalogue.steps("papers")
    assert [*steps.columns] == ["step", "entry", "number", "section", "title", "items"]
    assert [*steps.itertuples(index=False, name=None)] == [
        (1, "e1", "#1", "GPT", "GPT-3", ("few-shot",)),
        (2, "e2", "#2", "", "Two", ("lora", "brown")),
        (3, "e3", "", "", "None", ()),
    ]
    with pytest.raises(CatalogueError, match=r"no list 'paper' \(did you mean 'papers'\?\); there are more and papers"):
        catalogue.steps("paper")


def test_search(catalogue: Catalogue) -> None:
    """A search returns items with scores; after the items were replaced it searches the new ones."""
    result = catalogue.search("brown")
    assert [*result.columns] == [*COLUMNS, "score"]
    assert result["id"].tolist() == ["brown", "few-shot"] and result["score"].is_monotonic_decreasing
    assert catalogue.search("brown", limit=1)["id"].tolist() == ["brown"]
    none = catalogue.search("")
    assert none.empty and [*none.columns] == [*COLUMNS, "score"] and none["score"].dtype == "float64"
    catalogue.items = items_of(item("new"))
    assert (catalogue.search("brown")["id"].tolist(), catalogue.search("ne")["id"].tolist()) == ([], ["new"])
