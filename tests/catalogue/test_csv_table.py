"""Reading and writing the catalogue's tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.catalogue.items.check_tables import check_items
from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.csv_rows import CsvSchema, parse_regular, parse_row_by_row
from studygroup.catalogue.items.csv_table import (
    empty_items,
    read_items,
    read_list,
    read_pairs,
    to_csv_bytes,
    write_items,
    write_list,
    write_pairs,
)
from studygroup.catalogue.items.item import LIST_COLUMNS
from studygroup.errors import CatalogueError, Problem
from tests.support.table_files import HEADER, csv_file, found, item, items_of, line, list_of, problems_of

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
    form = CsvSchema(("x", "y"))
    data = end.join(["x,y", *map(",".join, rows), ""]).encode()
    quick = parse_regular(data, form)
    careful, _, problems = parse_row_by_row(data, "x.csv", form)
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


def test_a_table_without_a_column_is_not_written(tmp_path: Path) -> None:
    """A table that lacks one of its file's columns is refused."""
    with pytest.raises(CatalogueError, match=r"column 'links' is missing"):
        write_items(items_of(item("a")).rename(columns={"links": "link"}), tmp_path / "catalogue.csv")


def test_header_problems(tmp_path: Path) -> None:
    """Columns that a file must have and lacks, repeated ones and ones without a name are all told, with the nearest spelling."""
    path = csv_file(tmp_path, HEADER.replace("title", "titel").replace("doi", "year").replace("about", "") + "\n")
    assert [(p.line, p.column, p.message.split(";")[0]) for p in problems_of(read_items, path)] == [
        (1, "title", "column 'title' is missing (did you mean 'titel'?)"),
        (1, "year", "column 'year' stands 2 times"),
        (1, "", "column 11 has no name"),
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
    """A quote that is never closed is reported at the row where it is, with what is wrong before it."""
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
