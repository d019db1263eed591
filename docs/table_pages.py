"""The tables of the interface as sections of a Markdown page, from their docstrings; docs/conf.py puts them under docs/tables.md."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from studygroup.interface.group import Group
from studygroup.interface.tables import GRIDS, RECORD_TABLES

OF_THE_GROUP = ("items", "lists", "syllabus", "sessions")


def tables() -> Iterator[tuple[str, str]]:
    """Yield the name by which Python calls each table, and its docstring."""
    for name in OF_THE_GROUP:
        yield f"group.{name}", inspect.getdoc(getattr(Group, name)) or ""
    for name, table in {**RECORD_TABLES, **GRIDS}.items():
        yield f"group.tables.{name}", inspect.cleandoc(table.doc)


def section(name: str, doc: str) -> str:
    """Return a table's part of the page: what it has, what a row is, and a line for each column."""
    summary, returned = re.split(r"\n+Returns\n-+\nDataFrame\n", doc, maxsplit=1)
    row, _, columns = inspect.cleandoc(returned).partition("\n\n")
    parts = [f"## `{name}`", _markdown(summary), _markdown(row.replace(" Without rows, columns and dtypes are the same.", ""))]
    if columns:
        lines = ["| column | dtype | meaning |", "|---|---|---|"]
        lines += [f"| `{column}` | `{dtype}` | {_markdown(meaning)} |" for column, dtype, meaning in _cells(columns)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _cells(table: str) -> list[list[str]]:
    """Return the cells of a reStructuredText table without a head, whose first line says how wide its columns are."""
    rule, *lines = table.splitlines()
    starts = [found.start() for found in re.finditer("=+", rule)]
    ends = [*starts[1:], None]
    assert lines[-1] == rule, table
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines[:-1]]


def _markdown(text: str) -> str:
    return re.sub(r"`` ?(.+?) ?``", r"`\1`", text).replace("|", "\\|")


def sections() -> str:
    """Return the part of the page that has all tables: those of the group, and then what was entered."""
    return "\n".join(section(name, doc) for name, doc in tables())
