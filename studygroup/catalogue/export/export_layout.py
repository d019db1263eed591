"""How a list's entries are in Markdown: headings by depth, runs of bullets or table rows, and progress beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from studygroup.catalogue.export.bullet_layouts import BulletLayout, ExpectedReading, text_forms
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.catalogue.recognise.vocabulary.columns import role_of
from studygroup.group.states import READING_STATES
from studygroup.text import text

STATUS_WORDS = {one.name: one.written for one in READING_STATES}
"""How a reading status is written in a table; an import reads each back."""

_STATUS_HEAD, _SESSION_HEAD = "Read or Not", "Session"
_DEEPEST = 5
# A table's head, its rule and the blank line before them are between the rows of two tables.
_LINES_BETWEEN_TABLES = 4
_LONGEST_NUMBER = 9
_SECOND = re.compile(r"(.+) ([2-9]|[1-9]\d)")
_LINE_END = re.compile(r"\r\n?|\n")


class EntryProgress(msgspec.Struct, frozen=True):
    """How far a member or the group is with an entry: a reading status, the session's id, an address of its report."""

    status: str = ""
    session: str = ""
    report: str = ""


@dataclass
class Unit:
    """One bullet or one table row, with the entries that it must read as (a row can name two works)."""

    said: list[ExpectedReading]
    in_table: bool
    form: BulletLayout = field(default_factory=lambda: BulletLayout(""))
    cells: Mapping[str, str] = field(default_factory=dict)
    tried: int = 0
    misread: int = 0
    settled: bool = False
    apart: bool = False
    line: int = 0


@dataclass
class Run:
    """Units that stand together: bullets, or the rows of one table with its heads."""

    section: str
    in_table: bool
    units: list[Unit] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    title_head: str = "Title"
    extra_head: str = ""
    second: bool = False


def runs_of(units: Sequence[Unit], before: Mapping[int, Run] | None = None) -> list[Run]:
    """Return units in runs; a table's heads keep the order that each of its rows has them in."""
    runs: list[Run] = []
    for unit in units:
        said = unit.said[0]
        run = runs[-1] if runs else None
        joined = None
        if run and run.section == said.section and run.in_table == unit.in_table and not unit.apart:
            joined = _joined_heads(run, unit) if unit.in_table else []
        if run is None or joined is None:
            below = run is not None and not run.in_table and not unit.in_table and run.section == said.section
            run = Run(said.section, unit.in_table, second=below and not (run and run.second))
            joined = list(unit.cells)
            runs.append(run)
            if before and id(unit) in before:
                run.title_head, run.extra_head = before[id(unit)].title_head, before[id(unit)].extra_head
        run.heads = joined
        run.units.append(unit)
    return runs


def _joined_heads(run: Run, unit: Unit) -> list[str] | None:
    """Return a table's heads with those of one more row, or None if that row belongs to another table."""
    last, said = run.units[-1].said[-1], unit.said[0]
    if said.line - last.line >= _LINES_BETWEEN_TABLES:
        return None
    heads = list(run.heads)
    # A head that this row alone has goes as far back as the row's other heads let it.
    place = len(heads)
    for head in reversed([*unit.cells]):
        if head not in heads:
            heads.insert(place, head)
        elif heads.index(head) > place:
            return None
        place = heads.index(head)
    return heads


def render(runs: Sequence[Run], title: str, progress: Mapping[int, EntryProgress]) -> str:
    """Return the Markdown of all runs; each unit learns its line."""
    lines = [f"# {_heading(title)}"] if title.strip() else []
    path: list[str] = []
    for run in runs:
        lines += _headings(path, run.section)[0 if lines else 1 :]
        path = _path(run.section)
        if lines:
            lines.append("")
        if run.in_table:
            lines += _table(run, progress, len(lines))
            continue
        for unit in run.units:
            unit.line = len(lines) + 1
            lines += _bullet(unit, progress.get(unit.said[0].position), second=run.second)
    return "\n".join([*lines, ""])


def _path(section: str) -> list[str]:
    """Return a section's headings; below the deepest level they share one."""
    headings = section.split(" > ") if section else []
    return [*headings[: _DEEPEST - 1], *([" > ".join(headings[_DEEPEST - 1 :])] if len(headings) >= _DEEPEST else [])]


def _headings(path: Sequence[str], section: str) -> list[str]:
    """Return the heading lines that lead from one section to the next, each with a blank line before it."""
    wanted = _path(section)
    if path == wanted:
        return []
    shared = next((level for level, pair in enumerate(zip(path, wanted, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(path), len(wanted)) if shared is None else shared
    # A section above the last one can only be reached again through its own heading.
    shared = min(shared, len(wanted) - 1) if wanted else 0
    lines: list[str] = []
    for level, heading in enumerate(wanted[shared:] or [""], shared):
        lines += ["", f"{'#' * (level + 2)} {_heading(heading)}".rstrip()]
    return lines


@lru_cache(maxsize=4096)
def _heading(value: str) -> str:
    """Return a heading's text in the plainest form that reads as the same section."""
    wanted = " ".join(value.split())
    for form in text_forms(wanted):
        entry = next(iter(parse_reading_list(f"## {form}\n\n- [Some title](https://example.org/)\n", "x").entries), None)
        if entry and " > ".join(entry.section) == wanted:
            return form
    return text.escape_markdown(wanted, starts_line=False)


def _bullet(unit: Unit, progress: EntryProgress | None, *, second: bool = False) -> list[str]:
    """Return a bullet's lines. Another mark starts another list: a ``second`` one has ``*`` and ``1)``."""
    said = unit.said[0]
    marker = f"{said.number}{')' if second else '.'}" if is_number(said.number) else "*" if second else "-"
    status = said.columns.get("status", "")
    tail = ""
    if progress:
        status = progress.status or ("read" if progress.session else status)
        shown = " ".join(filter(None, [status if progress.session or status not in {"read", "unread"} else "", _day(progress)]))
        tail = f" ({shown})" if shown else ""
    box = f"[{'x' if status == 'read' else ' '}] " if status else ""
    indent = " " * (len(marker) + 1)
    return [f"{marker} {box}{unit.form.line}{tail}", *(f"{indent}- {child}" for child in unit.form.children)]


def is_number(number: str) -> bool:
    """Return whether a number can be before a list item. Source: CommonMark 0.31, section 5.2, at most nine digits."""
    return number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER


def _day(progress: EntryProgress) -> str:
    shown = text.escape_markdown(progress.session, starts_line=False)
    return (
        f"[{shown}](<{progress.report}>)"
        if re.search(r"[\s()<>]", progress.report)
        else (f"[{shown}]({progress.report})" if progress.report and shown else shown)
    )


def _table(run: Run, progress: Mapping[int, EntryProgress], above: int) -> list[str]:
    """Return a table's lines; what is in its cells is written as it was, with its pipes escaped."""
    heads = [*run.heads, *([run.extra_head] if run.extra_head else [])]
    rows = [dict(unit.cells) for unit in run.units]
    found = [next((progress[one.position] for one in unit.said if one.position in progress), None) for unit in run.units]
    if any(one and one.status for one in found):
        head = next((head for head in heads if role_of(head) == "status"), _STATUS_HEAD)
        heads = heads if head in heads else [*heads, head]
        for row, one in zip(rows, found, strict=True):
            row |= {head: STATUS_WORDS.get(one.status, one.status)} if one and one.status else {}
    if any(one and one.session for one in found):
        head = next((head for head in heads if head.casefold() == _SESSION_HEAD.casefold()), _SESSION_HEAD)
        heads = heads if head in heads else [*heads, head]
        for row, one in zip(rows, found, strict=True):
            row |= {head: _day(one)} if one and one.session else {}
    own = [run.title_head] if run.title_head else []
    lines = [_row([*own, *map(_head, _printed(heads))]), _row(["---"] * (len(heads) + len(own)))]
    for unit, row in zip(run.units, rows, strict=True):
        title = [unit.form.line] if own else []
        lines.append(_row([*title, *(row.get(head, "") for head in heads)]))
        unit.line = above + len(lines)
    return lines


def _printed(heads: Sequence[str]) -> list[str]:
    """Return heads as they were printed: an import calls a second *Notes* ``Notes 2``."""
    printed: list[str] = []
    for head in heads:
        found = _SECOND.fullmatch(head)
        printed.append(found[1] if found and printed.count(found[1]) == int(found[2]) - 1 else head)
    return printed


@lru_cache(maxsize=4096)
def _head(value: str) -> str:
    """Return a table's head in the plainest form that reads as the same key; `column 5` is how an empty head is called."""
    for form in text_forms(value):
        entry = next(
            iter(parse_reading_list(f"{_row(['Title', form])}\n|---|---|\n| [A b](https://a.org) | x |\n", "x").entries), None
        )
        if entry and list(entry.columns) == [value]:
            return form
    return text.escape_markdown(value, starts_line=False)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_LINE_END.sub(' ', cell).replace('|', chr(92) + '|') for cell in cells)} |"
