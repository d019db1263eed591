"""Tables, and files of them, that several tests of the catalogue build and look at."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.catalogue.items.csv_table import empty_items, empty_list
from studygroup.catalogue.items.item import LIST_COLUMNS
from studygroup.errors import CatalogueError, Problem

HEADER = ",".join(COLUMNS)
LIST_HEADER = ",".join(LIST_COLUMNS)


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
