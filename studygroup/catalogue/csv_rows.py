"""A CSV file's rows as text: read by pandas where the file is provably regular, by the csv module row by row where not."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from studygroup import text
from studygroup.errors import Problem

GUARDED_STARTS = frozenset({chr(code) for code in range(0x3001) if chr(code).isspace()} | {*"'=+-@＝＋－＠"})
"""First characters of cells that guard_cell or unguard_cell may change: marks and blanks. Each such cell is looked at exactly."""

_COMMA, _LINE_FEED, _RETURN, _QUOTE = b',\n\r"'

# The same as bytes: of marks and blanks beyond ASCII the first one.
_MAY_BE_GUARDED = np.zeros(256, dtype=bool)
_MAY_BE_GUARDED[[*{start.encode()[0] for start in GUARDED_STARTS}]] = True

_PIECE = 1 << 17


class Form(NamedTuple):
    """What a file's columns are, and which of them hold whole numbers."""

    columns: tuple[str, ...]
    integers: tuple[str, ...] = ()


class Rows(NamedTuple):
    """A file's cells as text before columns get their types; ``repairs`` are what the next write will change."""

    frame: pd.DataFrame
    repairs: list[str]


def parse_regular(data: bytes, form: Form) -> Rows | None:
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

    repairs += _unguard_cells(frame, data, marks, header)
    if header != list(form.columns):
        frame = frame[list(form.columns)]
        repairs.append("another order of columns")
    return Rows(frame, repairs)


class _Marks(NamedTuple):
    """Where a file's commas, line ends and quotes are, which sign each is, and which of them end a cell."""

    places: NDArray[np.int64]
    signs: NDArray[np.uint8]
    outside: NDArray[np.bool_]


def _unguard_cells(frame: pd.DataFrame, data: bytes, marks: _Marks, header: list[str]) -> list[str]:
    """Take the guard against spreadsheets off the cells, in place; return what of the cells must be written anew."""
    repairs = []
    width = len(header)
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
    return repairs


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


def parse_row_by_row(data: bytes, file: str, form: Form) -> tuple[Rows, list[int], list[Problem]]:
    """Return the good rows of an irregular file, their lines, and all problems of the others."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problem = Problem(file, 1, "error", "the file is UTF-16; save it as UTF-8")
        return Rows(pd.DataFrame(), []), [], [problem]
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
    return Rows(pd.DataFrame(known, index=pd.RangeIndex(len(good))), repairs), lines, problems


def row_lines(data: bytes) -> list[int]:
    """Return the line on which each row of a file without problems begins; the header is none of them."""
    return [line for line, _ in itertools.islice(_numbered_rows(_decoded(data)), 1, None)]


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


def _header_problems(header: Sequence[str], file: str, line: int, form: Form) -> list[Problem]:
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
