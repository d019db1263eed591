"""The catalogue's tables: ``catalogue.csv`` and ``lists/*.csv``, read, checked and written; and class Catalogue.

A file that was written here is read and written again without a byte changed. What a person or another program wrote
(CRLF, a byte order mark, other quoting, other column order, cells that a spreadsheet would run) is understood, and said.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from studygroup import text
from studygroup.atomic import write_all_atomically, write_atomically
from studygroup.catalogue.item import (
    COLUMNS,
    KINDS,
    LIST_COLUMNS,
    PAIR_COLUMNS,
    Item,
    is_arxiv_id,
    is_doi,
    parse_ids,
    parse_links,
)
from studygroup.catalogue.search import SEARCHED, Index
from studygroup.errors import CatalogueError, NotSavedError, Problem, Severity

EARLIEST_YEAR = 1450
"""An item is not older than printing."""

# Finding the nearest of 100,000 ids takes 75 ms; a list of another catalogue would ask for thousands.
_MOST_GUESSES = 20


class _Form(NamedTuple):
    """What a file's columns are, and which of them hold whole numbers."""

    columns: tuple[str, ...]
    integers: tuple[str, ...] = ()


_ITEMS = _Form(COLUMNS, ("year",))
_LIST = _Form(LIST_COLUMNS, ("position", "line"))
_PAIRS = _Form(PAIR_COLUMNS)

Pairs = set[frozenset[str]]


# --- bytes to table ---------------------------------------------------------------------------------------------------

_COMMA, _LINE_FEED, _RETURN, _QUOTE = b',\n\r"'

# First bytes of cells that guard_cell or unguard_cell may change: marks, blanks, and the first byte of each full-width
# mark and of each blank beyond ASCII. Every such cell is then looked at exactly.
_MAY_BE_GUARDED = np.zeros(256, dtype=bool)
_MAY_BE_GUARDED[[*{chr(code).encode()[0] for code in range(0x3001) if chr(code).isspace()}, *"'=+-@＝＋－＠".encode()]] = True
_GUARDED_STARTS = frozenset({chr(code) for code in range(0x3001) if chr(code).isspace()} | {*"'=+-@＝＋－＠"})


_PIECE = 1 << 17


class _Parsed(NamedTuple):
    """A file's rows as far as they could be read, what is wrong, and where each row stands."""

    frame: pd.DataFrame
    problems: list[Problem]
    line_of: Callable[[int], int]


class _Rows(NamedTuple):
    """A file's cells as text before columns get their types; ``repairs`` are what the next write will change."""

    frame: pd.DataFrame
    repairs: list[str]


def _shown(path: Path) -> str:
    """Return a file's name as problems give it: ``catalogue.csv``, ``lists/papers.csv``."""
    return f"lists/{path.name}" if path.parent.name == "lists" else path.name


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CatalogueError(f"There is no {path.name} in {path.parent}; make one with `studygroup import FILE`.") from None
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror}.") from error


def _parse_file(path: Path, form: _Form) -> _Parsed:
    """Return what a file holds; a file that cannot be opened is a problem like any other."""
    try:
        data = _read_bytes(path)
    except CatalogueError as error:
        return _Parsed(pd.DataFrame(), [Problem(_shown(path), 0, "error", str(error))], lambda _: 0)
    return _parse(data, _shown(path), form)


def _read(path: Path, form: _Form) -> pd.DataFrame:
    """Return a file's rows with typed columns; ``attrs["notes"]`` holds what the next write will change."""
    parsed = _parse(_read_bytes(path), _shown(path), form)
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    if errors:
        raise CatalogueError(f"{path} cannot be read; put this right and try again:", errors)
    if parsed.problems:
        parsed.frame.attrs["notes"] = tuple(parsed.problems)
    return parsed.frame


def _parse(data: bytes, file: str, form: _Form) -> _Parsed:
    """Return the table that a file's bytes hold, together with everything that is wrong with them."""
    lines: list[int] = []

    def line_of(row: int) -> int:
        if not lines:
            lines.extend(line for line, _ in itertools.islice(_numbered_rows(_decoded(data)), 1, None))
        return lines[row]

    rows = _parse_regular(data, form)
    problems: list[Problem] = []
    if rows is None:
        rows, lines, problems = _parse_row_by_row(data, file, form)
    frame, repairs = rows
    for column in form.integers:
        if column in frame:
            frame[column], wrong, inexact = _to_integers(frame[column])
            repairs += ["numbers written otherwise"] if inexact else []
            problems += [
                Problem(file, line_of(row), "error", f"{value!r} is no whole number; write digits only", column)
                for row, value in wrong
            ]
    if repairs and not any(problem.severity == "error" for problem in problems):
        reasons = text.plain_list(dict.fromkeys(repairs))
        problems.append(Problem(file, 0, "note", f"will be normalised when written: it has {reasons}"))
    return _Parsed(frame, sorted(problems), line_of)


def _parse_regular(data: bytes, form: _Form) -> _Rows | None:
    """Return the rows of a file after proving that it is regular; None when it must be looked at row by row.

    Regular: known columns, every quote at a cell's edge or doubled, every row with as many cells as the header. pandas'
    parser alone is no proof: it fills short rows silently. The proof costs a fifth of pandas' time.
    """
    repairs = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        repairs.append("a byte order mark")
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
        repairs.append("no line end after the last row")
    marks = _scan(data)
    if b"\r" in data and marks is not None:
        returns = marks.places[marks.outside & (marks.signs == _RETURN)]
        if returns.size:
            octets = np.frombuffer(data, np.uint8)
            if returns[-1] + 1 >= len(octets) or not (octets[returns + 1] == _LINE_FEED).all():
                return None
            data = np.delete(octets, returns).tobytes()
            repairs.append("Windows line ends")
            marks = _scan(data)
    if marks is None or b"\0" in data:
        return None

    width = len(form.columns)
    header = data[: data.index(b"\n")].decode("utf-8", "replace").split(",")
    ends = marks.signs[marks.outside]
    if sorted(header) != sorted(form.columns) or ends.size % width:
        return None
    grid = ends.reshape(-1, width)
    if not ((grid[:, :-1] == _COMMA).all() and (grid[:, -1] == _LINE_FEED).all() and _quotes_stand_right(data, marks)):
        return None
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            dtype="str",
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            skip_blank_lines=False,
            lineterminator="\n",
        )
    except (UnicodeDecodeError, pd.errors.ParserError):
        return None
    if len(frame) != len(grid) - 1:
        return None

    # A quoted cell with nothing but its two quotes and its end needed no quotes.
    if (np.diff(np.flatnonzero(marks.outside), prepend=-1) == 3).any():
        repairs.append("quotes where none are needed")
    octets = np.frombuffer(data, np.uint8)
    starts = marks.places[marks.outside][width - 1 : -1] + 1
    first = octets[starts]
    # A line feed that is not quoted is no first byte but the end of an empty cell; after a quote there is always a byte.
    suspect = _MAY_BE_GUARDED[first] & (first != _LINE_FEED)
    quoted = np.flatnonzero(first == _QUOTE)
    suspect[quoted] = _MAY_BE_GUARDED[octets[starts[quoted] + 1]]
    suspects = np.flatnonzero(suspect)
    for place in range(width):
        if _unguard(frame, header[place], suspects[suspects % width == place] // width):
            repairs.append("cells that a spreadsheet would run")
    if header != list(form.columns):
        frame = frame[list(form.columns)]
        repairs.append("another order of columns")
    return _Rows(frame, repairs)


class _Marks(NamedTuple):
    """Where a file's commas, line ends and quotes are, which sign each is, and which of them end a cell."""

    places: NDArray[np.int64]
    signs: NDArray[np.uint8]
    outside: NDArray[np.bool_]


def _scan(data: bytes) -> _Marks | None:
    """Return a file's marks, or None when a quote stays open."""
    octets = np.frombuffer(data, np.uint8)
    found = []
    # In pieces that fit the processor's cache: three times as fast as all at once.
    for start in range(0, len(octets), _PIECE):
        piece = octets[start : start + _PIECE]
        chosen = (piece == _COMMA) | (piece == _LINE_FEED) | (piece == _RETURN) | (piece == _QUOTE)
        found.append(np.flatnonzero(chosen) + start)
    places = np.concatenate(found)
    signs = octets[places]
    quotes = signs == _QUOTE
    before = np.cumsum(quotes, dtype=np.int32)
    if not before.size or before[-1] % 2:
        return None
    return _Marks(places, signs, ~quotes & (before & 1 == 0))


def _quotes_stand_right(data: bytes, marks: _Marks) -> bool:
    """Return whether each opening quote begins a cell and each closing one ends it, or both are one doubled quote."""
    octets = np.frombuffer(data, np.uint8)
    quotes = marks.places[marks.signs == _QUOTE]
    before, after = octets[quotes[::2] - 1], octets[quotes[1::2] + 1]
    return all(bool(((beside == _COMMA) | (beside == _LINE_FEED) | (beside == _QUOTE)).all()) for beside in (before, after))


def _unguard(frame: pd.DataFrame, column: str, rows: NDArray[np.int64]) -> bool:
    """Undo guard_cell in some rows of a column; return whether a cell there lacked its guard."""
    if not rows.size:
        return False
    cells = frame[column].to_numpy(dtype=object, copy=True)
    written = [str(cell) for cell in cells[rows]]
    read = [text.unguard_cell(cell) for cell in written]
    if read != written:
        cells[rows] = read
        frame[column] = pd.array(cells, dtype="str")
    return any(text.guard_cell(cell) != was for cell, was in zip(read, written, strict=True))


def _parse_row_by_row(data: bytes, file: str, form: _Form) -> tuple[_Rows, list[int], list[Problem]]:
    """Return the good rows of an irregular file, their lines, and all problems of the others."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problem = Problem(file, 1, "error", "the file is UTF-16; save it as UTF-8")
        return _Rows(pd.DataFrame(), []), [], [problem]
    problems = _encoding_problems(data, file)
    rows = _numbered_rows(_decoded(data))
    repairs = ["other quotes or empty lines"]
    header: list[str] = []
    good: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for line, row in rows:
            if not any(row) and len(row) < 2:
                continue
            if not header:
                header = [name.strip() for name in row]
                problems += _header_problems(header, file, line, form)
            elif len(row) == len(header):
                good.append([text.unguard_cell(cell) for cell in row])
                lines.append(line)
            else:
                much = "many" if len(row) > len(header) else "few"
                found = f"too {much} cells: {len(row)} where the header has {len(header)}; it begins {', '.join(row)[:40]!r}"
                problems.append(Problem(file, line, "error", found))
    except _QuotesError as error:
        problems.append(Problem(file, error.line, "error", f"{error}; rows from here on could not be read"))
    if not header:
        problems.append(Problem(file, 1, "error", f"the file is empty; its first line must be {','.join(form.columns)}"))
    columns = dict(zip(header, zip(*good, strict=True) if good else itertools.repeat(()), strict=False))
    known = {name: pd.array([*columns[name]], dtype="str") for name in form.columns if name in columns}
    if header != list(form.columns):
        repairs.append("another order of columns")
    return _Rows(pd.DataFrame(known, index=pd.RangeIndex(len(good))), repairs), lines, problems


class _QuotesError(ValueError):
    """The quotes of a file do not pair up; ``line`` is where the row begins."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\x00", "\ufffd")


@contextmanager
def _cells_of_any_length() -> Iterator[None]:
    """Lift the csv module's limit of 128 KiB a cell, which is one setting for the whole process, for a while."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _numbered_rows(content: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row, the header too, with the line on which it begins.

    Raises
    ------
    _QuotesError
        A quote stays open, or text follows a closing quote.
    """
    with _cells_of_any_length():
        reader = csv.reader(io.StringIO(content, newline=""), strict=True)
        line = 1
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _QuotesError(f"the quotes do not pair up ({error})", line) from None
            yield line, row
            line = reader.line_num + 1


def _encoding_problems(data: bytes, file: str) -> list[Problem]:
    """Return every line that is not UTF-8 or holds a NUL, with the byte."""
    problems = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            found = f"byte {error.start + 1} of the line, 0x{line[error.start]:02X}, is not UTF-8; save the file as UTF-8"
            problems.append(Problem(file, number, "error", found))
        if b"\0" in line:
            found = f"byte {line.index(0) + 1} of the line is NUL, which no text holds; take it out"
            problems.append(Problem(file, number, "error", found))
    return problems


def _header_problems(header: Sequence[str], file: str, line: int, form: _Form) -> list[Problem]:
    """Return what is wrong with a header: missing, unknown and repeated columns."""
    extra = [name for name in dict.fromkeys(header) if name not in form.columns]
    missing = [name for name in form.columns if name not in header]
    if len(header) == 1 and (separator := next((mark for mark in ";\t|" if mark in header[0]), "")):
        return [Problem(file, line, "error", f"columns are separated by {separator!r}; save the file with commas")]
    return [
        *(
            Problem(file, line, "error", f"column {name!r} is not known{text.did_you_mean(name, missing)}; take it out", name)
            for name in extra
        ),
        *(Problem(file, line, "error", f"column {name!r} is missing", name) for name in missing),
        *(
            Problem(file, line, "error", f"column {name!r} stands {header.count(name)} times", name)
            for name in dict.fromkeys(header)
            if header.count(name) > 1
        ),
    ]


def _to_integers(cells: pd.Series[str]) -> tuple[pd.Series[int], list[tuple[int, str]], bool]:
    """Return texts as Int64, empty ones as missing; rows that hold no number; whether a number is written otherwise."""
    codes, values = pd.factorize(cells)
    numbers = {value: int(value) for value in values if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value)}
    wrong = {value for value in values if value.strip() and value not in numbers}
    inexact = any(value and str(numbers.get(value)) != value for value in values)
    # A missing value beyond the end, for an empty column.
    found = pd.array([*(numbers.get(value) for value in values), None], dtype="Int64")
    rows = _places(cells.isin(wrong)) if wrong else []
    return pd.Series(found.take(codes), index=cells.index), [(row, str(cells.iloc[row])) for row in rows], inexact


def _places(chosen: pd.Series[bool] | NDArray[np.bool_]) -> list[int]:
    """Return the row numbers, from 0, for which a mask is true."""
    return [int(row) for row in np.flatnonzero(chosen)]


# --- table to bytes ---------------------------------------------------------------------------------------------------


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
    writer.writerow(frame.columns)
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
    return text.guard_cell(cell) if cell[:1] in _GUARDED_STARTS else cell


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


def _to_bytes(frame: pd.DataFrame, form: _Form, file: str) -> bytes:
    """Return a table as its file's bytes, columns in the file's order."""
    problems = [
        *(Problem(file, 0, "error", f"column {name!r} is missing", name) for name in form.columns if name not in frame),
        *(Problem(file, 0, "error", f"column {name!r} is not known", str(name)) for name in frame if name not in form.columns),
    ]
    if problems:
        raise CatalogueError(f"{file} cannot be written with these columns:", problems)
    return to_csv_bytes(frame[list(form.columns)])


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
    return _read(path, _ITEMS)


def read_list(path: Path) -> pd.DataFrame:
    """Return ``lists/<name>.csv``: one row an entry, columns ``LIST_COLUMNS``; ``position`` and ``line`` Int64, else ``str``.

    As ``read_items`` otherwise.
    """
    return _read(path, _LIST)


def read_pairs(path: Path) -> Pairs:
    """Return the pairs of ``lists/same.csv`` or ``lists/different.csv``; none when there is no such file."""
    return _to_pairs(_read(path, _PAIRS)) if path.exists() else set()


def _to_pairs(frame: pd.DataFrame) -> Pairs:
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
    write_atomically(path, _to_bytes(frame, _ITEMS, _shown(path)))


def write_list(frame: pd.DataFrame, path: Path) -> None:
    """Write ``lists/<name>.csv`` atomically; raises as ``write_items``."""
    write_atomically(path, _to_bytes(frame, _LIST, _shown(path)))


def write_pairs(pairs: Collection[frozenset[str]], path: Path) -> None:
    """Write pairs of ids atomically, in alphabetical order; raises as ``write_items``."""
    write_atomically(path, _pairs_bytes(pairs))


def _pairs_bytes(pairs: Collection[frozenset[str]]) -> bytes:
    rows = sorted((min(pair), max(pair)) for pair in pairs)
    return to_csv_bytes(pd.DataFrame(rows, columns=list(PAIR_COLUMNS), dtype="str"))


def empty_items() -> pd.DataFrame:
    """Return a catalogue without items, as ``read_items`` would."""
    return _empty(_ITEMS)


def empty_list() -> pd.DataFrame:
    """Return a list without entries, as ``read_list`` would."""
    return _empty(_LIST)


def _empty(form: _Form) -> pd.DataFrame:
    kinds = {name: "Int64" if name in form.integers else "str" for name in form.columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}, index=pd.RangeIndex(0))


# --- checks -----------------------------------------------------------------------------------------------------------


class _Finding(NamedTuple):
    """One thing that a check found, in a row of a table (from 0)."""

    row: int
    column: str
    message: str
    severity: Severity = "error"


def check_items(path: Path, this_year: int | None = None) -> list[Problem]:
    """Return everything wrong with ``catalogue.csv``, by line: what cannot be read and what cannot be right.

    ``this_year`` is the year after which but one nothing can have appeared; today's when not given.
    """
    return _check_items(path, this_year)[0]


def _check_items(path: Path, this_year: int | None) -> tuple[list[Problem], set[str]]:
    """Return what is wrong with ``catalogue.csv``, and the ids that it has."""
    parsed = _parse_file(path, _ITEMS)
    latest = (this_year or datetime.date.today().year) + 1
    problems = _report(path, parsed, _item_findings(parsed.frame, latest, parsed.line_of), _ITEMS)
    return problems, set(parsed.frame.get("id", ()))


def check_list(path: Path, item_ids: Collection[str]) -> list[Problem]:
    """Return everything wrong with ``lists/<name>.csv``, by line; ``item_ids`` are the catalogue's."""
    parsed = _parse_file(path, _LIST)
    return _report(path, parsed, _list_findings(parsed.frame, item_ids, parsed.line_of), _LIST)


def check_pairs(path: Path, item_ids: Collection[str], against: Collection[frozenset[str]] = ()) -> list[Problem]:
    """Return everything wrong with ``lists/same.csv`` or ``different.csv``; ``against`` are the other file's pairs."""
    parsed = _parse_file(path, _PAIRS)
    return _report(path, parsed, _pair_findings(parsed.frame, item_ids, against, parsed.line_of), _PAIRS)


def _report(path: Path, parsed: _Parsed, findings: Iterable[_Finding], form: _Form) -> list[Problem]:
    """Return what reading found and what checking found, sorted; without all columns only the former."""
    file = _shown(path)
    found = findings if list(parsed.frame.columns) == list(form.columns) else ()
    return sorted(
        [
            *parsed.problems,
            *(Problem(file, parsed.line_of(row), severity, message, column) for row, column, message, severity in found),
        ]
    )


def _rows_where(cells: pd.Series, wrong: Callable[[str], object]) -> Iterator[tuple[int, str, object]]:
    """Yield row, cell and complaint for each cell that ``wrong`` complains about; each different cell is asked once."""
    codes, values = pd.factorize(cells)
    complaints = {place: complaint for place, value in enumerate(values) if (complaint := wrong(value))}
    if complaints:
        for row in _places(np.isin(codes, [*complaints])):
            yield row, str(values[codes[row]]), complaints[int(codes[row])]


def _repeated(frame: pd.DataFrame, column: str, what: str, line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield the rows whose id is empty or stood further up already."""
    cells = frame[column]
    for row in _places(cells == ""):
        yield _Finding(row, column, f"the {what} has no id; give it one")
    rows = _places(cells.duplicated() & (cells != ""))
    first = {value: row for row, value in reversed([*enumerate(cells)])} if rows else {}
    for row in rows:
        value = str(cells.iloc[row])
        yield _Finding(row, column, f"{value!r} stands in line {line_of(first[value])} already; ids are given once")


def _ill_formed(item_id: str) -> bool:
    return len(item_id) > text.ID_LENGTH or not text.ID_PATTERN.fullmatch(item_id) or item_id in text.RESERVED_IDS


def _is_web_address(url: str) -> bool:
    return url[:4].lower() == "http" and text.is_safe_url(url)


def _item_findings(frame: pd.DataFrame, latest: int, line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield what is wrong with items."""
    yield from _repeated(frame, "id", "item", line_of)
    for row, value, _ in _rows_where(frame["id"], lambda value: value and _ill_formed(value)):
        allowed = f"a-z, 0-9 and single hyphens, at most {text.ID_LENGTH} characters, no reserved device name"
        yield _Finding(row, "id", f"{value!r} is no id; use {allowed}")
    for row, _, _ in _rows_where(frame["title"], lambda value: not value.strip()):
        yield _Finding(row, "title", "the item has no title; give it one")
    for row, value, _ in _rows_where(frame["kind"], lambda value: value not in KINDS):
        guess = text.did_you_mean(value, KINDS)
        yield _Finding(row, "kind", f"{value!r} is no kind{guess}; use {', '.join(KINDS)}")
    for row, value, _ in _rows_where(frame["url"], lambda value: value and not _is_web_address(value)):
        yield _Finding(row, "url", f"{value!r} is no web address; it must begin with http:// or https:// and a host")
    for row, value, _ in _rows_where(frame["arxiv"], lambda value: value and not is_arxiv_id(value)):
        yield _Finding(row, "arxiv", f"{value!r} is no arXiv id; write it like 2005.14165 or hep-th/9901001, without version")
    for row, value, _ in _rows_where(frame["doi"], lambda value: value and not is_doi(value)):
        yield _Finding(row, "doi", f"{value!r} is no DOI; write it like 10.1038/nature14539, without an address")
    for row, _, complaint in _rows_where(frame["links"], _links_complaint):
        yield _Finding(row, "links", str(complaint))
    years = frame["year"]
    for row in _places(((years < EARLIEST_YEAR) | (years > latest)).fillna(False).to_numpy(dtype=bool)):
        found = f"{years.iloc[row]} is an implausible year; it should be from {EARLIEST_YEAR} to {latest}"
        yield _Finding(row, "year", found, "warning")


def _links_complaint(cell: str) -> str:
    """Return what is wrong with a ``links`` cell, or nothing."""
    try:
        wrong = [link.url for link in parse_links(cell) if not _is_web_address(link.url)]
    except CatalogueError as error:
        return str(error)
    return (
        f"no web address: {', '.join(map(repr, wrong))}; each must begin with http:// or https:// and a host" if wrong else ""
    )


def _list_findings(frame: pd.DataFrame, item_ids: Collection[str], line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield what is wrong with a list's entries."""
    known, guesses = frozenset(item_ids), iter(range(_MOST_GUESSES))
    yield from _repeated(frame, "entry", "entry", line_of)
    places = frame["position"].fillna(0).to_numpy(dtype=np.int64)
    for row in _places(places != np.arange(1, len(places) + 1)):
        found = frame["position"].iloc[row]
        yield _Finding(row, "position", f"{'nothing' if pd.isna(found) else found} stands where {row + 1} is due")
    for row, _, complaint in _rows_where(frame["columns"], _columns_complaint):
        yield _Finding(row, "columns", str(complaint))
    for row, _, complaint in _rows_where(frame["items"], lambda cell: _unknown_ids(parse_ids(cell), known, guesses)):
        yield _Finding(row, "items", str(complaint))
    for row, _, _ in _rows_where(frame["items"], lambda cell: not parse_ids(cell)):
        yield _Finding(row, "items", "the entry names no item", "warning")


def _columns_complaint(cell: str) -> str:
    """Return what is wrong with a ``columns`` cell, or nothing."""
    try:
        found = msgspec.json.decode(cell) if cell else {}
    except (msgspec.DecodeError, RecursionError) as error:
        return f"no JSON ({error}); write an object like {{}}"
    return "" if isinstance(found, dict) else "no JSON object; write one like {}"


def _unknown_ids(ids: Iterable[str], known: frozenset[str], guesses: Iterator[int]) -> str:
    """Return which ids the catalogue does not have, or nothing; each guess at what was meant takes one of ``guesses``."""
    unknown = [
        f"{item_id!r}{text.did_you_mean(item_id, known) if next(guesses, None) is not None else ''}"
        for item_id in ids
        if item_id not in known
    ]
    return f"not in the catalogue: {', '.join(unknown)}" if unknown else ""


def _pair_findings(
    frame: pd.DataFrame, item_ids: Collection[str], against: Collection[frozenset[str]], line_of: Callable[[int], int]
) -> Iterator[_Finding]:
    """Yield what is wrong with pairs of ids."""
    known, guesses = frozenset(item_ids), iter(range(_MOST_GUESSES))
    seen: dict[frozenset[str], int] = {}
    for row, (one, other) in enumerate(zip(frame["one"], frame["other"], strict=True)):
        for column, item_id in (("one", one), ("other", other)):
            if complaint := _unknown_ids([item_id], known, guesses):
                yield _Finding(row, column, complaint)
        pair = frozenset((one, other))
        if one == other:
            yield _Finding(row, "other", f"{one!r} is paired with itself; take the row out")
        if pair in against:
            yield _Finding(row, "", f"{one!r} and {other!r} are said to be the same and to be different; keep one")
        if seen.setdefault(pair, row) != row:
            yield _Finding(row, "", f"the pair stands in line {line_of(seen[pair])} already", "warning")


# --- the whole --------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Catalogue:
    """The items, the lists that they came from, and what a person decided about pairs of them.

    Change ``items`` or a list by assigning a new table: the search index and the look-ups notice another table, not a
    change inside one. ``notes`` tells which files the next ``write`` will normalise.
    """

    items: pd.DataFrame = field(default_factory=empty_items)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)
    same: Pairs = field(default_factory=set)
    different: Pairs = field(default_factory=set)
    notes: tuple[Problem, ...] = ()
    _rows: tuple[pd.DataFrame, dict[str, int]] | None = field(default=None, init=False, repr=False)
    _index: tuple[pd.DataFrame, Index] | None = field(default=None, init=False, repr=False)
    _entries: tuple[dict[str, pd.DataFrame], dict[str, list[tuple[str, int]]]] | None = field(
        default=None, init=False, repr=False
    )

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Return the catalogue of a workbook's folder; without ``lists/`` it has no lists.

        Raises
        ------
        CatalogueError
            There is no catalogue.csv, or a file cannot be read; the problems of all files are listed.
        """
        problems: list[Problem] = []
        path = folder / "catalogue.csv"
        items = _collect(path, _ITEMS, problems) if path.exists() else _read(path, _ITEMS)
        lists = {path.stem: _collect(path, _LIST, problems) for path in _list_paths(folder)}
        same, different = (
            _to_pairs(_collect(path, _PAIRS, problems)) if path.exists() else set() for path in _pair_paths(folder)
        )
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise CatalogueError(f"The catalogue in {folder} cannot be read; put this right and try again:", errors)
        return cls(items, lists, same, different, tuple(problems))

    @classmethod
    def check(cls, folder: Path, this_year: int | None = None) -> list[Problem]:
        """Return everything wrong with the catalogue of a workbook's folder, file by file and line by line."""
        problems, ids = _check_items(folder / "catalogue.csv", this_year)
        for path in _list_paths(folder):
            problems += check_list(path, ids)
            if _ill_formed(path.stem):
                found = f"{path.stem!r} is no name for a list; use a-z, 0-9 and single hyphens"
                problems.append(Problem(_shown(path), 0, "error", found))
        same, different = _pair_paths(folder)
        if same.exists():
            problems += check_pairs(same, ids)
        if different.exists():
            decided = _parse_file(same, _PAIRS).frame if same.exists() else _empty(_PAIRS)
            complete = list(decided.columns) == list(PAIR_COLUMNS)
            problems += check_pairs(different, ids, _to_pairs(decided) if complete else ())
        return problems

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the files that changed, all or none, and return them; files of lists not held here stay.

        Raises
        ------
        NotSavedError
            The disk refused; what stood there before still stands.
        CatalogueError
            A table has other columns than its file, a list has an impossible name, or a cell holds what no text can.
        """
        same, different = _pair_paths(folder)
        for name in self.lists:
            if _ill_formed(name) or name in {same.stem, different.stem}:
                raise CatalogueError(f"{name!r} is no name for a list; use a-z, 0-9 and single hyphens, not same or different.")
        contents = {folder / "catalogue.csv": _to_bytes(self.items, _ITEMS, "catalogue.csv")}
        for name, entries in self.lists.items():
            contents[folder / "lists" / f"{name}.csv"] = _to_bytes(entries, _LIST, f"lists/{name}.csv")
        for path, pairs in ((same, self.same), (different, self.different)):
            if pairs or path.exists():
                contents[path] = _pairs_bytes(pairs)
        changed = {path: data for path, data in contents.items() if not path.is_file() or path.read_bytes() != data}
        if any(path.parent != folder for path in changed):
            try:
                (folder / "lists").mkdir(exist_ok=True)
            except OSError as error:
                raise NotSavedError(f"{folder / 'lists'} could not be made: {error.strerror}. Nothing was written.") from error
        write_all_atomically(changed)
        self.notes = ()
        return tuple(changed)

    def item(self, item_id: str) -> Item:
        """Return one item.

        Raises
        ------
        CatalogueError
            The catalogue has no such item; the nearest id is named.
        """
        rows = self._row_of()
        if item_id not in rows:
            raise CatalogueError(f"The catalogue has no item {item_id!r}{text.did_you_mean(item_id, rows)}.")
        row = self.items.iloc[rows[item_id]]
        cells: Mapping[str, object] = {name: row[name] for name in COLUMNS}
        return Item(**{**cells, "year": None if pd.isna(row["year"]) else int(row["year"])})  # type: ignore[arg-type]

    def _row_of(self) -> dict[str, int]:
        if self._rows is None or self._rows[0] is not self.items:
            self._rows = (self.items, {item_id: row for row, item_id in reversed([*enumerate(self.items["id"])])})
        return self._rows[1]

    def entries_of(self, item_id: str) -> list[tuple[str, int]]:
        """Return where an item stands: list and position, in the order of both; nothing for an item in no list.

        Raises
        ------
        CatalogueError
            The catalogue has no such item.
        """
        if item_id not in self._row_of():
            raise CatalogueError(f"The catalogue has no item {item_id!r}{text.did_you_mean(item_id, self._row_of())}.")
        known = self._entries[0] if self._entries else {}
        if self._entries is None or [*known] != [*self.lists] or any(known[name] is not self.lists[name] for name in known):
            entries: dict[str, list[tuple[str, int]]] = {}
            for name, table in sorted(self.lists.items()):
                ordered = table.sort_values("position", kind="stable")
                for cell, position in zip(ordered["items"], ordered["position"], strict=True):
                    for held in dict.fromkeys(parse_ids(cell)):
                        entries.setdefault(held, []).append((name, int(position)))
            self._entries = ({**self.lists}, entries)
        return [*self._entries[1].get(item_id, ())]

    def steps(self, list_name: str) -> pd.DataFrame:
        """Return a list's entries as steps.

        Returns
        -------
        DataFrame, one row a step in order, RangeIndex, columns ``step`` (from 1), ``entry``, ``number`` (as printed),
        ``section``, ``title`` and ``items``, a tuple of ids, empty for an entry that names none.

        Raises
        ------
        CatalogueError
            There is no such list; the nearest name is named.
        """
        if list_name not in self.lists:
            held = f"; there are {text.plain_list(sorted(self.lists))}" if self.lists else ""
            raise CatalogueError(f"There is no list {list_name!r}{text.did_you_mean(list_name, self.lists)}{held}.")
        steps = self.lists[list_name].sort_values("position", kind="stable", ignore_index=True)
        steps = steps[["entry", "number", "section", "title", "items"]]
        steps.insert(0, "step", np.arange(1, len(steps) + 1))
        return steps.assign(items=pd.Series([parse_ids(cell) for cell in steps["items"]], dtype=object))

    def search(self, text: str, limit: int = 20) -> pd.DataFrame:
        """Return the items that a text finds, best first.

        Returns
        -------
        DataFrame, one row an item, RangeIndex, columns ``COLUMNS`` and ``score``: 2 to 3 for the item whose id the text
        is, 1 to 2 for items with all its words in title, authors, section and about, 0 to 1 for items with some.
        The last word may be a beginning. No rows for a text without words.
        """
        if self._index is None or self._index[0] is not self.items:
            texts = zip(*(self.items[name] for name in SEARCHED), strict=True)
            self._index = (self.items, Index(self.items["id"], texts))
        found = self._index[1].find(text, limit)
        rows = self.items.iloc[[row for row, _ in found]].reset_index(drop=True)
        return rows.assign(score=np.array([score for _, score in found], dtype=np.float64))


def _collect(path: Path, form: _Form, problems: list[Problem]) -> pd.DataFrame:
    """Return a file's table, or an empty one when it cannot be read; its problems and notes are added to the others."""
    parsed = _parse_file(path, form)
    problems += parsed.problems
    return parsed.frame if list(parsed.frame.columns) == list(form.columns) else _empty(form)


def _pair_paths(folder: Path) -> tuple[Path, Path]:
    return folder / "lists" / "same.csv", folder / "lists" / "different.csv"


def _list_paths(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / "lists").glob("*.csv")) if path not in _pair_paths(folder)]
