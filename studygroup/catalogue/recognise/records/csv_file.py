"""A CSV file read into entries: the catalogue's own files, and tables of other programs with any columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.csv_rows import cells_of_any_length
from studygroup.catalogue.items.item import LIST_COLUMNS
from studygroup.catalogue.reading.form import delimiter_of
from studygroup.catalogue.recognise.entry import ReadingList
from studygroup.catalogue.recognise.list_reader import ListReader
from studygroup.catalogue.recognise.records.records import Cell, is_address_cell, make_entry
from studygroup.catalogue.recognise.vocabulary.columns import role_of_name
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain
from studygroup.text.text import plain_list, unguard_cell

_OWN_ROLES = {"authors": "authors", "year": "year", "entry": "", "position": "", "line": "", "columns": ""}
_NUMBER = re.compile(r"[\d\s.,:/%+-]+")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[T ].*)?")
_MAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.\w+")
# What is looked at to tell what a column holds.
_SAMPLE = 200
# A column whose cells have more words than this holds descriptions.
_LONGEST_TITLE_WORDS = 25
# After so many rows whose quotes do not pair up, the rest is read leniently: each costs a look ahead.
_MOST_BROKEN = 50
# So many reading statuses that are not known are named.
_MOST_UNKNOWN = 20


class CsvRow(NamedTuple):
    """A row: the line on which it begins, and its cells."""

    line: int
    cells: list[str]


def parse_csv(data: bytes, name: str, base_url: str = "", now: datetime | None = None) -> ReadingList:
    """Return the entries of a CSV file, one a row, and everything that a person should know about it.

    Any bytes give entries or problems, never an error. The catalogue's own ``catalogue.csv`` and ``lists/*.csv`` are carried
    over whole, ids in ``details`` under ``id`` and ``items``. Of any other file the delimiter is told from its first rows, and
    what a column holds from its name, else from its cells: the one with addresses is the link, the one with the most distinct
    words the title. ``columns`` has every other cell as written.
    """
    reader = ListReader(name, data, base_url, now)
    lines = reader.text.split("\n")
    start, delimiter = 0, ""
    said = lines[0].strip().strip('"')
    if said.startswith("sep=") and len(said) == len("sep=;"):
        # Excel's own way to say it.
        start, delimiter = 1, said[-1]
    if delimiter in {"", '"', " "}:
        delimiter = delimiter_of([line for line in lines[start : start + 60] if line.strip()][:50])
    with cells_of_any_length():
        rows = [row for row in _rows(lines, start, delimiter, reader) if any(cell.strip() for cell in row.cells)]
    if not rows:
        if reader.text.strip():
            reader.report(0, "warning", "no row was found")
        return reader.finish()
    first = [cell.strip().lstrip("\ufeff") for cell in rows[0].cells]
    if set(first) in (set(COLUMNS), set(LIST_COLUMNS)) and len(first) == len(set(first)):
        _read_own(first, rows[1:], reader)
    else:
        _read_foreign(rows, reader)
    return reader.finish()


def _rows(lines: Sequence[str], start: int, delimiter: str, reader: ListReader) -> Iterator[CsvRow]:
    """Yield each row with its line; a row whose quotes do not pair up is read by itself, and said."""
    broken = 0
    while start < len(lines):
        rows = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=delimiter, strict=broken < _MOST_BROKEN)
        before = 0
        try:
            for row in rows:
                yield CsvRow(start + before + 1, row)
                before = rows.line_num
            return
        except csv.Error as error:
            broken += 1
            place = start + before
            reader.report(place + 1, "warning", f"the quotes of this row do not pair up ({error}); it was read as it stands")
            yield CsvRow(place + 1, _read_alone(lines[place], delimiter))
            start = place + 1
            if broken == _MOST_BROKEN:
                reader.report(
                    start + 1, "warning", "so many quotes do not pair up that rows from here on may have run together"
                )
            elif broken > _MOST_BROKEN:
                reader.report(start, "error", "the rows from here on could not be read")
                reader.stands(start + 1, "unread", "\n".join(lines[start:]))
                return


def _read_alone(line: str, delimiter: str) -> list[str]:
    try:
        if line.count('"') % 2 == 0:
            return next(csv.reader([line], delimiter=delimiter), [])
        return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    except csv.Error:
        return line.split(delimiter)


# --- our own files ----------------------------------------------------------------------------------------------------


def _read_own(heads: Sequence[str], rows: Sequence[CsvRow], reader: ListReader) -> None:
    """Read ``catalogue.csv`` or a list of ``lists/``: cells as they are, without their guard against spreadsheets."""
    for row in rows:
        if len(row.cells) != len(heads):
            much = "many" if len(row.cells) > len(heads) else "few"
            reader.report(row.line, "warning", f"too {much} cells: {len(row.cells)} where the header has {len(heads)}")
        for cell in row.cells:
            reader.stands(row.line, "row", unguard_cell(cell))
        values = dict(zip(heads, (unguard_cell(cell) for cell in row.cells), strict=False))
        cells = [Cell(head, _OWN_ROLES.get(head, head), value) for head, value in values.items()]
        try:
            more = msgspec.json.decode(values.get("columns") or "{}", type=dict[str, str])
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            more = {}
            reader.report(row.line, "warning", "the cell is no JSON object of texts; it was left aside", "columns")
        cells = [cell for cell in cells if cell.name != "columns"]
        known = {cell.role for cell in cells}
        roles = {head: role_of_name(head) for head in more}
        cells += [Cell(head, roles[head] if roles[head] not in known else "", value) for head, value in more.items()]
        entry = make_entry(cells, row.line, exact=True)
        if entry is None:
            reader.report(row.line, "warning", "the row has no title; it was left out")
            continue
        if "entry" in values:
            details = {**entry.details, "id": values["entry"]} if values["entry"] else entry.details
            kept = {head: value for head, value in more.items() if value}
            entry = msgspec.structs.replace(entry, details=details, columns=kept)
        reader.add(entry)


# --- any other table --------------------------------------------------------------------------------------------------


def _read_foreign(rows: Sequence[CsvRow], reader: ListReader) -> None:
    width = max(len(row.cells) for row in rows[:_SAMPLE])
    heads = [plain(cell) for cell in rows[0].cells]
    has_header = _is_header(heads, rows[1 : _SAMPLE + 1])
    body = rows[1:] if has_header else rows
    heads = [head or f"column {place}" for place, head in enumerate(heads, 1)] if has_header else []
    named = len(heads) if has_header else width
    heads += [f"column {place}" for place in range(len(heads) + 1, width + 1)]
    roles = _roles(heads, body)
    for cell in rows[0].cells if has_header else ():
        reader.stands(rows[0].line, "columns", cell)
    if "title" not in roles and "url" not in roles:
        for row in body:
            for cell in row.cells:
                reader.stands(row.line, "row", cell)
        said = f"no column holds titles or addresses; the columns are {plain_list(heads[:12])[:200]}"
        reader.report(rows[0].line, "error", said)
        return
    private = {place for place in range(len(heads)) if _share(body, place, _MAIL.fullmatch) > 0.5}
    for place in sorted(private):
        # Lists are kept in git and published; no one filled in a form for that.
        reader.report(rows[0].line, "warning", "the column holds e-mail addresses; it was left out", heads[place])
    unknown: set[str] = set()
    for row in body:
        _read_row(row, heads, roles, named, private, unknown, reader)


def _read_row(
    row: CsvRow,
    heads: Sequence[str],
    roles: Sequence[str],
    named: int,
    private: set[int],
    unknown: set[str],
    reader: ListReader,
) -> None:
    for place, cell in enumerate(row.cells):
        # An e-mail address goes nowhere, not even to what was left out.
        reader.stands(row.line, *(("e-mail", "an e-mail address") if place in private else ("row", cell)))
    if extra := [cell for cell in row.cells[named:] if cell.strip()]:
        said = f"the row has more cells than the table has columns ({named}): {' | '.join(extra)[:80]}"
        reader.report(row.line, "warning", f"{said}; is text with a comma quoted?")
    names = [*heads, *(f"column {place}" for place in range(len(heads) + 1, len(row.cells) + 1))]
    kinds = [*roles, *[""] * (len(names) - len(roles))]
    held = enumerate(zip(names, kinds, row.cells, strict=False))
    cells = [Cell(head, role, value) for place, (head, role, value) in held if place not in private]
    entry = make_entry(cells, row.line)
    if entry is not None:
        reader.add(entry)
        _report_status(cells, entry.status, row.line, unknown, reader)
        return
    titled = any(cell.value.strip() for cell in cells if cell.role == "title")
    if not titled and sum(bool(has_words(cell)) for cell in row.cells) > 1:
        reader.report(row.line, "warning", f"the row has neither a title nor a link: {' | '.join(row.cells)[:80]}")


def _report_status(cells: Sequence[Cell], status: str | None, line: int, unknown: set[str], reader: ListReader) -> None:
    """Say once of each reading status that it is not known."""
    said = next((cell.value.strip() for cell in cells if cell.role == "status" and cell.value.strip()), "")
    if said and status is None and said not in unknown and len(unknown) < _MOST_UNKNOWN:
        unknown.add(said)
        reader.report(line, "note", f"“{said[:60]}” is not a reading status that is known here; it stays a cell of the list")


def _is_header(heads: Sequence[str], body: Sequence[CsvRow]) -> bool:
    """Return whether the first row names columns: nothing in it is an address or a number, and a name is known, or it stands
    apart from the cells below.
    """
    filled = [head for head in heads if head]
    if not filled or any(is_address_cell(head) or _NUMBER.fullmatch(head) or _MAIL.fullmatch(head) for head in filled):
        return False
    known = sum(bool(role_of_name(head)) for head in filled)
    if known * 2 >= len(filled) or (known and len(filled) > 2):
        return True
    if len(set(filled)) < len(filled) or any(len(head) > 80 for head in filled):
        return False
    return any(
        _share(body, place, lambda cell: is_address_cell(cell) or _NUMBER.fullmatch(cell)) > 0.5 for place in range(len(heads))
    )


def _roles(heads: Sequence[str], body: Sequence[CsvRow]) -> list[str]:
    """Return what each column holds, by its name, else by its cells."""
    roles = [role_of_name(head) for head in heads]
    addresses = [_share(body, place, is_address_cell) for place in range(len(heads))]
    for place, role in enumerate(roles):
        if role in {"title", "name", "work", "", "about", "note"} and addresses[place] > 0.5:
            roles[place] = "url"
    filled = [place for place, role in enumerate(roles) if role == "url" and addresses[place] > 0]
    if not filled and any(share > 0.5 for share in addresses):
        roles[max(range(len(heads)), key=lambda place: addresses[place])] = "url"
    title = _title_column(heads, body, roles)
    for place, role in enumerate(roles):
        # Only one column is the title; what else was called so says nothing.
        if role in {"title", "name", "work"}:
            roles[place] = ""
    if title is not None:
        roles[title] = "title"
    if "year" not in roles and "venue" in roles and "date" in roles and "presenter" not in roles:
        # Beside a journal a date is that of the publication.
        roles[roles.index("date")] = "year"
    return roles


def _title_column(heads: Sequence[str], body: Sequence[CsvRow], roles: Sequence[str]) -> int | None:
    """Return the column of titles: by its name, else the one whose cells hold the most distinct words."""
    for wanted in ("title", "work", "name"):
        places = [place for place, role in enumerate(roles) if role == wanted]
        worded = [place for place in places if _share(body, place, has_words, of_all=True) > 0]
        if worded and not (wanted == "work" and "name" in roles and _distinct(body, worded[0]) < 3):
            return worded[0]
    best, most = None, 1
    for place in range(len(heads)):
        if roles[place] or _share(body, place, _is_plain_value) > 0.5:
            continue
        words = _distinct(body, place)
        if words > most:
            best, most = place, words
    return best


def _is_plain_value(cell: str) -> bool:
    """Return whether a cell cannot be a title: a number, a date, an address, a description."""
    return bool(
        _NUMBER.fullmatch(cell)
        or _DATE.fullmatch(cell)
        or _MAIL.fullmatch(cell)
        or is_address_cell(cell)
        or len(cell.split()) > _LONGEST_TITLE_WORDS
    )


def _distinct(body: Sequence[CsvRow], place: int) -> int:
    return len({word for row in body[:_SAMPLE] if place < len(row.cells) for word in row.cells[place].casefold().split()})


def _share(body: Sequence[CsvRow], place: int, test: object, *, of_all: bool = False) -> float:
    """Return in which part of a column's filled cells (or of all rows) a test holds."""
    cells = [row.cells[place].strip()[:2000] for row in body[:_SAMPLE] if place < len(row.cells)]
    filled = [cell for cell in cells if cell]
    if not filled or not callable(test):
        return 0.0
    return sum(bool(test(cell)) for cell in filled) / (len(cells) if of_all else len(filled))
