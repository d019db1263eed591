"""What is wrong with the catalogue's tables, file by file and line by line: what cannot be read and what cannot be right."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
import numpy as np
import pandas as pd

from studygroup.catalogue.items.columns import DESCRIBED
from studygroup.catalogue.items.csv_rows import CsvSchema
from studygroup.catalogue.items.csv_table import ITEM_FORM, LIST_FORM, PAIR_FORM, Parsed, read_parsed, row_numbers, shown_name
from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.items.joins import resolved
from studygroup.errors import Problem, Severity
from studygroup.text import text

EARLIEST_YEAR = 1450
"""An item is not older than printing."""

# Finding the nearest of 100,000 ids takes 75 ms; a list of another catalogue would ask for thousands.
_MOST_GUESSES = 20


def check_items(path: Path, this_year: int | None = None) -> list[Problem]:
    """Return everything wrong with ``catalogue.csv``, by line: what cannot be read and what cannot be right.

    ``this_year`` is the year after which but one nothing can have appeared; today's when not given.
    """
    return check_items_and_ids(path, this_year)[0]


def check_items_and_ids(path: Path, this_year: int | None) -> tuple[list[Problem], set[str]]:
    """Return what is wrong with ``catalogue.csv``, and the ids that it has."""
    parsed = read_parsed(path, ITEM_FORM)
    latest = (this_year or datetime.date.today().year) + 1
    problems = _report(path, parsed, _item_findings(parsed.frame, latest, parsed.line_of), ITEM_FORM)
    return problems, set(parsed.frame.get("id", ()))


def check_list(path: Path, item_ids: Collection[str]) -> list[Problem]:
    """Return everything wrong with ``lists/<name>.csv``, by line; ``item_ids`` are what entries can name."""
    parsed = read_parsed(path, LIST_FORM)
    return _report(path, parsed, _list_findings(parsed.frame, item_ids, parsed.line_of), LIST_FORM)


def check_pairs(
    path: Path,
    item_ids: Collection[str],
    against: Collection[frozenset[str]] = (),
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> list[Problem]:
    """Return everything wrong with ``lists/same.csv`` or ``different.csv``.

    ``against`` are the other file's pairs; ``aliases`` are the items that went into another one, from the id that is gone to the
    one that is kept: a pair that names one is about the item that is kept.
    """
    parsed = read_parsed(path, PAIR_FORM)
    return _report(path, parsed, _pair_findings(parsed.frame, item_ids, against, aliases, parsed.line_of), PAIR_FORM)


class _Finding(NamedTuple):
    """One thing that a check found, in a row of a table (from 0)."""

    row: int
    column: str
    message: str
    severity: Severity = "error"


def _report(path: Path, parsed: Parsed, findings: Iterable[_Finding], form: CsvSchema) -> list[Problem]:
    """Return what reading found and what checking found, sorted; without all columns only the former."""
    file = shown_name(path)
    found = findings if set(form.columns) <= set(parsed.frame.columns) else ()
    return sorted(
        [
            *parsed.problems,
            *(Problem(file, parsed.line_of(row), severity, message, column) for row, column, message, severity in found),
        ]
    )


def _rows_where(cells: pd.Series, wrong: Callable[[str], object]) -> Iterator[tuple[int, str, object]]:
    """Yield row, cell and complaint for each cell that ``wrong`` complains about; each different cell is asked once."""
    codes, values = pd.factorize(cells)
    # As a list: pandas gives texts one by one, which takes as long as most checks.
    texts = np.asarray(values, dtype=object).tolist()
    complaints = {place: complaint for place, value in enumerate(texts) if (complaint := wrong(value))}
    if complaints:
        for row in row_numbers(np.isin(codes, [*complaints])):
            yield row, str(texts[codes[row]]), complaints[int(codes[row])]


def _repeated(frame: pd.DataFrame, column: str, what: str, line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield the rows whose id is empty or stood further up already."""
    cells = frame[column]
    for row in row_numbers(cells == ""):
        yield _Finding(row, column, f"the {what} has no id; give it one")
    rows = row_numbers(cells.duplicated() & (cells != ""))
    first = {value: row for row, value in reversed([*enumerate(cells)])} if rows else {}
    for row in rows:
        value = str(cells.iloc[row])
        yield _Finding(row, column, f"{value!r} stands in line {line_of(first[value])} already; ids are given once")


def _item_findings(frame: pd.DataFrame, latest: int, line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield what is wrong with items."""
    yield from _repeated(frame, "id", "item", line_of)
    for name, column in DESCRIBED.items():
        if column.wrong is not None:
            for row, _, complaint in _rows_where(frame[name], column.wrong):
                yield _Finding(row, name, str(complaint))
    years = frame["year"]
    for row in row_numbers(((years < EARLIEST_YEAR) | (years > latest)).fillna(False).to_numpy(dtype=bool)):
        found = f"{years.iloc[row]} is an implausible year; it should be from {EARLIEST_YEAR} to {latest}"
        yield _Finding(row, "year", found, "warning")


def _list_findings(frame: pd.DataFrame, item_ids: Collection[str], line_of: Callable[[int], int]) -> Iterator[_Finding]:
    """Yield what is wrong with a list's entries."""
    known, guesses = frozenset(item_ids), iter(range(_MOST_GUESSES))
    yield from _repeated(frame, "entry", "entry", line_of)
    places = frame["position"].fillna(0).to_numpy(dtype=np.int64)
    for row in row_numbers(places != np.arange(1, len(places) + 1)):
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
    frame: pd.DataFrame,
    item_ids: Collection[str],
    against: Collection[frozenset[str]],
    aliases: Mapping[str, str],
    line_of: Callable[[int], int],
) -> Iterator[_Finding]:
    """Yield what is wrong with pairs of ids."""
    known, guesses = frozenset(item_ids), iter(range(_MOST_GUESSES))
    the_same = {resolved(pair, aliases) for pair in against}
    seen: dict[frozenset[str], int] = {}
    for row, (one, other) in enumerate(zip(frame["one"], frame["other"], strict=True)):
        for column, item_id in (("one", one), ("other", other)):
            if item_id not in aliases and (complaint := _unknown_ids([item_id], known, guesses)):
                yield _Finding(row, column, complaint)
        pair = frozenset((one, other))
        if one == other:
            yield _Finding(row, "other", f"{one!r} is paired with itself; take the row out")
        elif len(now := resolved(pair, aliases)) == 1 or now in the_same:
            yield _Finding(row, "", f"{one!r} and {other!r} are said to be the same and to be different; keep one")
        if seen.setdefault(pair, row) != row:
            yield _Finding(row, "", f"the pair stands in line {line_of(seen[pair])} already", "warning")
