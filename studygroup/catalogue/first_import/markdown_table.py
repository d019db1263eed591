"""A Markdown table's tokens as heads and rows, with what its lines have too few or too many of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from studygroup.catalogue.first_import import wording
from studygroup.catalogue.first_import.rows import Report, Row
from studygroup.catalogue.first_import.spans import Span, spans_of, text_of

if TYPE_CHECKING:
    from markdown_it.token import Token


def read_table(
    tokens: Sequence[Token], index: int, read_spans: Callable[[Token], list[Span]], lines: Sequence[str], report: Report
) -> tuple[list[str], list[Row], int]:
    """Return a table's heads, its rows, and the index behind it; ``lines`` are the document's."""
    heads: list[str] = []
    rows: list[Row] = []
    cells: list[list[Span]] = []
    raw: list[str] = []
    line = 0
    in_head = True
    while index < len(tokens):
        token = tokens[index]
        if token.type == "tr_open":
            cells, raw, line = [], [], (token.map[0] + 1 if token.map else 0)
        elif token.type == "inline":
            cells.append(read_spans(token) if not in_head else spans_of(token.children or ()))
            raw.append(token.content.strip())
        elif token.type == "tr_close" and in_head:
            heads = [wording.plain(text_of(cell)) for cell in cells]
        elif token.type == "tr_close" and any(raw):
            source = lines[line - 1] if 0 < line <= len(lines) else ""
            rows.append(_row(line, cells, raw, len(heads), source, report))
        elif token.type == "thead_close":
            in_head = False
        elif token.type == "table_close":
            index += 1
            break
        index += 1
    return heads, rows, index


def _row(line: int, cells: list[list[Span]], raw: list[str], width: int, source: str, report: Report) -> Row:
    """Return a row, with the number of cells that its line has too few."""
    missing, extra = 0, []
    if not raw[-1] or source.count("|") > width + 1:
        written = [cell.strip() for cell in _cells_of(source)]
        missing, extra = max(0, width - len(written)), [cell for cell in written[width:] if cell]
    if extra:
        report(line, "warning", f"the row has more cells than the table has columns ({width}): {' | '.join(extra)[:80]}")
    return Row(line, cells, raw, missing, extra)


def _cells_of(line: str) -> list[str]:
    """Return the cells of a table's line as its Markdown counts them: without the outer pipes, ``\\|`` kept."""
    cells = re.split(r"(?<!\\)\|", line.strip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells
