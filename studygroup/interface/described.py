"""Docstrings of tables: what a row is, and each column with its dtype."""

from __future__ import annotations

from collections.abc import Mapping

_DTYPES = {"date": "datetime64[s]", "time": "datetime64[ms, UTC]"}


def docstring(summary: str, row: str, columns: Mapping[str, str], meanings: Mapping[str, str]) -> str:
    """Return the docstring of a table, with a line for each column: its name, dtype and meaning.

    >>> print(docstring("Return the notes.", "One row for each note.", {"id": "str", "at": "time"}, {"id": "its own"}))
    Return the notes.
    <BLANKLINE>
    Returns
    -------
    DataFrame
        One row for each note. Without rows, columns and dtypes are the same.
    <BLANKLINE>
        ==  ===================  =======
        id  str                  its own
        at  datetime64[ms, UTC]
        ==  ===================  =======
    """
    lines = [(name, _DTYPES.get(kind, kind), meanings.get(name, "")) for name, kind in columns.items()]
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    rule = "  ".join("=" * width for width in widths).rstrip()
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    table = "\n".join(f"    {line}" for line in (rule, *shown, rule))
    return f"{summary}\n\nReturns\n-------\nDataFrame\n    {row} Without rows, columns and dtypes are the same.\n\n{table}"
