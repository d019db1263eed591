"""The catalogue's files as tables, and tables as files: ``catalogue.csv``, ``lists/*.csv`` and the pairs among them.

A file that was written here is read and written again without a byte changed. What a person or another program wrote
(CRLF, a byte order mark, other quoting, other column order, cells that a spreadsheet would run) is understood, and said.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from studygroup.catalogue.items.columns import COLUMNS, DEFAULTS, DESCRIBED, INTEGERS
from studygroup.catalogue.items.csv_rows import GUARDED_STARTS, CsvSchema, parse_regular, parse_row_by_row, row_lines
from studygroup.catalogue.items.item import FORMER_COLUMNS, LIST_COLUMNS, PAIR_COLUMNS, TAKEN_COLUMNS
from studygroup.errors import CatalogueError, Problem
from studygroup.storage.atomic import write_atomically
from studygroup.storage.shared_files import exists, read_file
from studygroup.text import text

ITEM_FORM = CsvSchema(
    COLUMNS, INTEGERS, tuple(name for name, column in DESCRIBED.items() if column.required), tuple(DEFAULTS.items())
)
"""``catalogue.csv``: one row an item."""

LIST_FORM = CsvSchema(LIST_COLUMNS, ("position", "line"), ("entry", "title", "items"))
"""``lists/<name>.csv``: one row an entry."""

PAIR_FORM = CsvSchema(PAIR_COLUMNS, required=PAIR_COLUMNS)
"""``lists/same.csv`` and ``lists/different.csv``: one row a pair of ids."""

FORMER_FORM = CsvSchema(FORMER_COLUMNS, ("step", "steps"), ("list", "entry", "title"))
"""``lists/former.csv``: one row an entry as it was before an import changed or removed it."""

TAKEN_FORM = CsvSchema(TAKEN_COLUMNS, required=("list",))
"""``lists/taken.csv``: one row a line that an import would leave out and that a person made an entry."""

Pairs = set[frozenset[str]]
"""Pairs of ids, the order within a pair being of no meaning."""


def read_items(path: Path) -> pd.DataFrame:
    """Return ``catalogue.csv``.

    Returns
    -------
    DataFrame, one row an item in the file's order, RangeIndex, columns ``COLUMNS``: dtype ``str``, empty where nothing
    is known; ``year`` Int64. ``attrs["notes"]``, if there: a tuple of Problems, what the next write will normalise.

    Raises
    ------
    CatalogueError
        The file is missing or cannot be read without losing something; all problems are listed with line and column.
    """
    return _read(path, ITEM_FORM)


def read_list(path: Path) -> pd.DataFrame:
    """Return ``lists/<name>.csv``: one row an entry, columns ``LIST_COLUMNS``; ``position`` and ``line`` Int64, else ``str``.

    As ``read_items`` otherwise.
    """
    return _read(path, LIST_FORM)


def read_pairs(path: Path) -> Pairs:
    """Return the pairs of ``lists/same.csv`` or ``lists/different.csv``; none when there is no such file."""
    return to_pairs(_read(path, PAIR_FORM)) if exists(path, root_of(path)) else set()


def to_pairs(frame: pd.DataFrame) -> Pairs:
    """Return the pairs that a table with the columns ``PAIR_COLUMNS`` holds."""
    return {frozenset(pair) for pair in zip(frame["one"], frame["other"], strict=True)}


def write_items(frame: pd.DataFrame, path: Path) -> None:
    """Write ``catalogue.csv`` atomically.

    Raises
    ------
    NotSavedError
        The disk refused; the old file stands.
    CatalogueError
        The columns are not ``COLUMNS``, or a cell holds what no text file can.
    """
    write_atomically(path, to_file_bytes(frame, ITEM_FORM, shown_name(path)), root_of(path))


def write_list(frame: pd.DataFrame, path: Path) -> None:
    """Write ``lists/<name>.csv`` atomically; raises as ``write_items``."""
    write_atomically(path, to_file_bytes(frame, LIST_FORM, shown_name(path)), root_of(path))


def write_pairs(pairs: Collection[frozenset[str]], path: Path) -> None:
    """Write pairs of ids atomically, in alphabetical order; raises as ``write_items``."""
    write_atomically(path, to_pair_bytes(pairs), root_of(path))


def to_pair_bytes(pairs: Collection[frozenset[str]]) -> bytes:
    """Return pairs as their file's bytes, in alphabetical order."""
    rows = sorted((min(pair), max(pair)) for pair in pairs)
    return to_csv_bytes(pd.DataFrame(rows, columns=list(PAIR_COLUMNS), dtype="str"))


def to_taken(frame: pd.DataFrame) -> frozenset[tuple[str, str, str]]:
    """Return list, words and address of each row of a table with the columns ``TAKEN_COLUMNS``."""
    return frozenset(zip(*(frame[name] for name in TAKEN_COLUMNS), strict=True))


def to_taken_bytes(taken: Collection[tuple[str, str, str]]) -> bytes:
    """Return such rows as their file's bytes, in alphabetical order."""
    return to_csv_bytes(pd.DataFrame(sorted(taken), columns=list(TAKEN_COLUMNS), dtype="str"))


def empty_items() -> pd.DataFrame:
    """Return a catalogue without items, as ``read_items`` would."""
    return empty_table(ITEM_FORM)


def empty_list() -> pd.DataFrame:
    """Return a list without entries, as ``read_list`` would."""
    return empty_table(LIST_FORM)


def empty_table(form: CsvSchema) -> pd.DataFrame:
    """Return a table without rows, with a form's columns and their types."""
    kinds = {name: "Int64" if name in form.integers else "str" for name in form.columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}, index=pd.RangeIndex(0))


class Parsed(NamedTuple):
    """A file's rows as far as they could be read, what is wrong, and where each row stands."""

    frame: pd.DataFrame
    problems: list[Problem]
    line_of: Callable[[int], int]


def shown_name(path: Path) -> str:
    """Return a file's name as problems give it: ``catalogue.csv``, ``lists/papers.csv``."""
    return f"lists/{path.name}" if path.parent.name == "lists" else path.name


def root_of(path: Path) -> Path:
    """Return the workbook's folder that a file of the catalogue is in."""
    return path.parent.parent if path.parent.name == "lists" else path.parent


def _read_bytes(path: Path) -> bytes:
    try:
        return read_file(path, root_of(path))
    except FileNotFoundError:
        raise CatalogueError(f"There is no {path.name} in {path.parent}; make one with `studygroup import FILE`.") from None
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror}.") from error


def read_parsed(path: Path, form: CsvSchema) -> Parsed:
    """Return what a file holds; a file that cannot be opened is a problem like any other."""
    try:
        data = _read_bytes(path)
    except CatalogueError as error:
        return Parsed(pd.DataFrame(), [Problem(shown_name(path), 0, "error", str(error))], lambda _: 0)
    return _parse(data, shown_name(path), form)


def _read(path: Path, form: CsvSchema) -> pd.DataFrame:
    """Return a file's rows with typed columns; ``attrs["notes"]`` holds what the next write will change."""
    parsed = _parse(_read_bytes(path), shown_name(path), form)
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    if errors:
        raise CatalogueError(f"{path} cannot be read; put this right and try again:", errors)
    if parsed.problems:
        parsed.frame.attrs["notes"] = tuple(parsed.problems)
    return parsed.frame


def _parse(data: bytes, file: str, form: CsvSchema) -> Parsed:
    """Return the table that a file's bytes hold, together with everything that is wrong with them."""
    lines: list[int] = []

    def line_of(row: int) -> int:
        if not lines:
            lines.extend(row_lines(data))
        return lines[row]

    rows = parse_regular(data, form)
    problems: list[Problem] = []
    if rows is None:
        rows, lines, problems = parse_row_by_row(data, file, form)
    frame, repairs = rows
    for column in form.integers:
        if column in frame:
            frame[column], wrong, inexact = _to_integers(frame[column])
            repairs += ["numbers written otherwise"] if inexact else []
            problems += [
                Problem(file, line_of(row), "error", f"{value!r} is not a whole number; write digits only", column)
                for row, value in wrong
            ]
    if repairs and not any(problem.severity == "error" for problem in problems):
        reasons = text.plain_list(dict.fromkeys(repairs))
        problems.append(Problem(file, 0, "note", f"will be normalised when written: it has {reasons}"))
    return Parsed(frame, sorted(problems), line_of)


def _to_integers(cells: pd.Series[str]) -> tuple[pd.Series[int], list[tuple[int, str]], bool]:
    """Return texts as Int64, empty ones as missing; rows that hold no number; whether a number is written otherwise."""
    codes, uniques = pd.factorize(cells)
    values: list[str] = uniques.tolist()
    numbers = {value: int(value) for value in values if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value)}
    wrong = {value for value in values if value.strip() and value not in numbers}
    inexact = any(value and str(numbers.get(value)) != value for value in values)
    # A missing value beyond the end, for an empty column.
    found = pd.array([*(numbers.get(value) for value in values), None], dtype="Int64")
    rows = row_numbers(cells.isin(wrong)) if wrong else []
    return pd.Series(found.take(codes), index=cells.index), [(row, str(cells.iloc[row])) for row in rows], inexact


def row_numbers(chosen: pd.Series[bool] | NDArray[np.bool_]) -> list[int]:
    """Return the row numbers, from 0, for which a mask is true."""
    return [int(row) for row in np.flatnonzero(chosen)]


def to_csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8, LF, quotes where needed, missing cells empty, cells guarded against spreadsheets.

    Raises
    ------
    CatalogueError
        A cell holds a NUL or half a surrogate pair, which no UTF-8 text file holds.
    """
    columns = [[_guarded(cell) for cell in _to_texts(frame[name])] for name in frame.columns]
    lines: list[str] = []

    class Lines:
        def write(self, line: str) -> None:
            lines.append(line[:-2])

    # With CR LF as its line end, the csv module quotes cells that hold either, in every version of Python.
    writer = csv.writer(Lines(), lineterminator="\r\n")
    writer.writerow([_guarded(str(name)) for name in frame.columns])
    writer.writerows(zip(*columns, strict=True))
    lines.append("")
    content = "\n".join(lines)
    try:
        data = content.encode()
    except UnicodeEncodeError:
        data = b"\0"
    if b"\0" in data:
        raise CatalogueError(
            "The table cannot be written; take out the characters that no text file holds:",
            [
                Problem("", row + 1, "error", f"row {row + 1} holds a NUL or half a surrogate pair: {cell!r:.60}", name)
                for name, cells in zip(frame.columns, columns, strict=True)
                for row, cell in enumerate(cells)
                if re.search("[\x00\ud800-\udfff]", cell)
            ],
        )
    return data


def _guarded(cell: str) -> str:
    return text.guard_cell(cell) if cell[:1] in GUARDED_STARTS else cell


def _to_texts(cells: pd.Series) -> list[str]:
    """Return a column's cells as text: missing ones empty, whole numbers without a point."""
    values = cells.tolist()
    if all(type(value) is str for value in values):
        return values
    return [
        value
        if isinstance(value, str)
        else ""
        if pd.isna(value)
        else str(int(value))
        if isinstance(value, float) and value.is_integer()
        else str(value)
        for value in values
    ]


def to_file_bytes(frame: pd.DataFrame, form: CsvSchema, file: str) -> bytes:
    """Return a table as its file's bytes, columns in the file's order, those that are not ours at the end."""
    problems = [Problem(file, 0, "error", f"column {name!r} is missing", name) for name in form.columns if name not in frame]
    if problems:
        raise CatalogueError(f"{file} cannot be written with these columns:", problems)
    return to_csv_bytes(frame[[*form.columns, *(name for name in frame.columns if name not in form.columns)]])
