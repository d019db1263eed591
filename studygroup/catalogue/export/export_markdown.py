"""A list of the catalogue as Markdown again: its sections, its order, its numbers, its tables, and who has read what.

entries ──rows with one line──▶ units ──runs──▶ Markdown ──parse_reading_list──▶ does each unit read as its entries?
                                  ▲                                                       │ no: the next form
                                  └───────────────────────────────────────────────────────┘

What a reader makes of Markdown is certain only when it has read it. So each entry is written in the plainest form, all is
read, and what does not come back is written in the next form, until it does or there are no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from numbers import Integral
from typing import TYPE_CHECKING

import msgspec

from studygroup.catalogue.export.bullet_layouts import (
    BULLET_FIELDS,
    BulletLayout,
    ExpectedReading,
    bullet_forms,
    cell_forms,
    links_of,
    parse_columns,
)
from studygroup.catalogue.export.export_layout import EntryProgress, Run, Unit, is_number, render, runs_of
from studygroup.catalogue.items.columns import COLUMNS, Item, to_item
from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.merging.list_rows import columns_cell
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.errors import CatalogueError, Problem
from studygroup.text import text

if TYPE_CHECKING:
    from studygroup.catalogue.items.table import Catalogue

_TITLE_HEADS = ("Title", "Name", "Work title")
_KIND_HEADS = {
    **{"model": "Model", "paper": "Paper", "course": "Course", "tutorial": "Tutorial", "book": "Book", "video": "Video"},
    **{"dataset": "Dataset", "framework": "Framework", "tool": "Tool", "article": "Article"},
}
_ROUNDS = 5
_MOST_CELL_FORMS = 300


def to_markdown(
    catalogue: Catalogue, name: str, *, title: str = "", progress: Mapping[int, EntryProgress] | None = None
) -> str:
    """Return a list as Markdown that an import reads as the same entries; the same catalogue gives the same bytes.

    Parameters
    ----------
    title
        The document's first heading; none by default, since a list's own title is not kept.
    progress
        What is known of an entry, by its position. Tables get a column ``Read or Not`` or ``Session``, or the list's own
        one of that meaning is filled; bullets get a check-box, and behind them ``(read 2026-11-27)``.

    Raises
    ------
    CatalogueError
        There is no such list; the nearest name is named.
    """
    runs = _written(catalogue, name, title)
    return render(runs, title, progress or {})


def check_markdown(catalogue: Catalogue, name: str, *, title: str = "") -> list[Problem]:
    """Return a warning for each entry that an import of ``to_markdown`` would not read as the list has it.

    Raises
    ------
    CatalogueError
        There is no such list.
    """
    runs = _written(catalogue, name, title)
    return [
        Problem(
            f"lists/{name}.csv",
            0,
            "warning",
            f"entry {said.position}, “{said.title}”, has no Markdown form that an import reads as it is written here",
        )
        for unit in _unread(runs, title)
        if unit.misread == 2
        for said in unit.said
    ]


def _written(catalogue: Catalogue, name: str, title: str) -> list[Run]:
    """Return a list's runs in the first forms that read back."""
    units = _units(_said(catalogue, name))
    runs = runs_of(units)
    for _ in range(_ROUNDS):
        failing = [unit for unit in _unread(runs, title) if not unit.settled]
        if not failing:
            break
        tables = {id(unit): run for run in runs if run.in_table for unit in run.units}
        for run in {id(tables[id(unit)]): tables[id(unit)] for unit in failing if unit.in_table}.values():
            _improve_heads(run)
        for unit in failing:
            _improve(unit, tables.get(id(unit)))
        runs = runs_of(units, {id(unit): tables[id(unit)] for unit in units if id(unit) in tables})
    if _set_apart(runs, title):
        runs = runs_of(units, {id(unit): run for run in runs if run.in_table for unit in run.units})
    return runs


# --- what the catalogue says of a list --------------------------------------------------------------------------------


def _said(catalogue: Catalogue, name: str) -> list[ExpectedReading]:
    """Return the entries of a list in order."""
    if name not in catalogue.lists:
        held = f"; there are {text.plain_list(sorted(catalogue.lists))}" if catalogue.lists else ""
        raise CatalogueError(f"There is no list {name!r}{text.did_you_mean(name, catalogue.lists)}{held}.")
    frame = catalogue.lists[name].sort_values("position", kind="stable")
    told = _told_here(catalogue)
    columns_read = ("position", "number", "line", "section", "title", "url", "items", "columns")
    said = []
    for position, number, line, section, title, url, ids, columns in zip(
        *(frame[column] for column in columns_read), strict=True
    ):
        works = parse_ids(ids)
        item = works[0] if len(works) == 1 else ""
        one = ExpectedReading(
            _whole(position) or 0, number, _whole(line) or 0, section, title, url, parse_columns(columns), item
        )
        said.append(_with_item(one, told[item]) if item in told else one)
    return said


def _told_here(catalogue: Catalogue) -> dict[str, Item]:
    """Return the items that are at one place of all lists, by id: what others tell of an item is no list's own to say."""
    stands = Counter(item_id for table in catalogue.lists.values() for cell in table["items"] for item_id in parse_ids(cell))
    frame = catalogue.items[catalogue.items["id"].isin([item_id for item_id, times in stands.items() if times == 1])]
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in zip(*(frame[column] for column in COLUMNS), strict=True))
    return {row["id"]: to_item(row) for row in rows}


def _with_item(said: ExpectedReading, item: Item) -> ExpectedReading:
    """Return an entry with what its item knows from nowhere else: the kind, the year, and names that the title told."""
    cells = " ".join(said.columns.values())
    if item.url not in {"", said.url} or item.about not in cells or item.importance not in cells:
        # Someone filled in more than the list says.
        return said
    # `fill` finds a year together with the authors; by no id, nothing is ever found.
    names = said.columns.get("authors", "")
    findable = bool(item.arxiv or item.doi)
    year = item.year if not findable or item.authors in {"", names} else None
    # A bullet's links are among its columns; a table's may have been in the cell of its title.
    links = [link for link in links_of(item.links) if link.url not in cells and link.url != said.url]
    authors = "" if findable or names else item.authors
    return said._replace(kind=item.kind, year=year, timeless=not item.year, authors=authors, links=tuple(links))


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, Integral) else None


def _units(said: Sequence[ExpectedReading]) -> list[Unit]:
    """Return units; entries of one table row (same line, same cells, side by side) are one."""
    tables = [bool(one.columns) and not one.columns.keys() <= BULLET_FIELDS for one in said]
    # A row of a table can have a title and nothing else: it is on the line beside another row.
    for order in (range(1, len(said)), range(len(said) - 2, -1, -1)):
        for index in order:
            one, beside = said[index], index - order.step
            if not one.columns and not one.number and tables[beside] and one.section == said[beside].section:
                tables[index] |= one.line > 0 and one.line - said[beside].line == order.step
    units: list[Unit] = []
    for one, in_table in zip(said, tables, strict=True):
        last = units[-1].said[0] if units else None
        if last and in_table and units[-1].in_table and one.line and last[1:4] == one[1:4] and last.columns == one.columns:
            units[-1].said.append(one)
        else:
            units.append(Unit([one], in_table))
        _take_form(units[-1])
    return units


def _take_form(unit: Unit) -> None:
    """Give a unit its next form, if it has one."""
    form = next(islice(_forms(unit), unit.tried, None), None)
    unit.form = form or unit.form
    unit.cells = unit.said[0].columns if unit.in_table else {}


def _forms(unit: Unit) -> Iterator[BulletLayout]:
    if not unit.in_table:
        return bullet_forms(unit.said[0], rest_only=unit.misread == 1)
    cells = zip(*map(cell_forms, unit.said), strict=False)
    return (BulletLayout("<br>".join(forms)) for forms in islice(cells, _MOST_CELL_FORMS))


# --- does it read back? -----------------------------------------------------------------------------------------------


def _unread(runs: Sequence[Run], title: str) -> list[Unit]:
    """Return the units that an import would not read as their entries."""
    by_line: dict[int, list[Entry]] = {}
    for entry in parse_reading_list(render(runs, title, {}), "x").entries:
        by_line.setdefault(entry.line, []).append(entry)
    failing = []
    for unit in (unit for run in runs for unit in run.units):
        unit.misread = _misread(unit, by_line.get(unit.line, []))
        failing += [unit] if unit.misread else []
    return failing


def _set_apart(runs: Sequence[Run], title: str) -> bool:
    """Set bullets apart from the list above them that would be accused of its link, although the catalogue sees one item."""
    places = Counter(said.item for run in runs for unit in run.units for said in unit.said)
    accused = {entry.line for entry in parse_reading_list(render(runs, title, {}), "x").entries if entry.borrowed}
    found = [
        unit
        for unit in (unit for run in runs for unit in run.units[1:])
        if unit.line in accused and any(places[said.item] > 1 for said in unit.said if said.item)
    ]
    for unit in found:
        unit.apart = True
    return bool(found)


def _misread(unit: Unit, entries: Sequence[Entry]) -> int:
    """Return 0 if entries are what a unit says, 1 if only what their items know is lacking, else 2."""
    if len(entries) != len(unit.said) or not all(map(_is_same, entries, unit.said)):
        return 2
    return int(not all(map(_tells_the_rest, entries, unit.said)))


def _is_same(entry: Entry, said: ExpectedReading) -> bool:
    columns = {head: cell for head, cell in said.columns.items() if cell}
    return (entry.title, entry.url, entry.number, " > ".join(entry.section), columns_cell(entry)) == (
        said.title,
        said.url,
        said.number,
        said.section,
        msgspec.json.encode(columns).decode() if columns else "",
    )


def _tells_the_rest(entry: Entry, said: ExpectedReading) -> bool:
    return (
        entry.kind == (said.kind or entry.kind)
        and entry.year == (said.year or (None if said.timeless else entry.year))
        and "; ".join(entry.authors) == (said.authors or "; ".join(entry.authors))
        and {link.url for link in said.links} <= {link.url for link in entry.links}
    )


def _alone(unit: Unit, run: Run | None) -> int:
    """Return how a unit is misread when it stands alone (a title without a link: below one with a link)."""
    section = unit.said[0].section
    if run and unit.in_table:
        shown = Run(section, True, [unit], run.heads, run.title_head, run.extra_head)
        document = render([shown], "", {})
    else:
        marker = "1." if is_number(unit.said[0].number) else "-"
        document = render([Run(section, False, [unit])], "", {})
        if not unit.said[0].url:
            document += f"{marker} [Some title](https://example.org/)\n"
    return _misread(unit, [entry for entry in parse_reading_list(document, "x").entries if entry.line == unit.line])


def _improve(unit: Unit, run: Run | None) -> None:
    """Give a unit the first form that reads back better; a bullet that has none becomes a table row."""
    best, found = None, unit.misread
    # What read back alone but not in the document was no good: go on behind it.
    for index, form in islice(enumerate(_forms(unit)), unit.tried, None):
        before, unit.form = unit.form, form
        misread = _alone(unit, run)
        unit.form = before
        if misread < found:
            best, found = (form, index), misread
        if not misread:
            break
    if best:
        unit.form, unit.tried = best[0], best[1] + 1
    elif unit.misread == 2 and not unit.in_table and not unit.said[0].number:
        unit.in_table, unit.tried = True, 0
        _take_form(unit)
    else:
        unit.settled = True


def _improve_heads(run: Run) -> None:
    """Give a table the head of its title column, and the empty column, with which most of its rows read back."""
    taken = {head.casefold() for head in run.heads} | {said.title.casefold() for unit in run.units for said in unit.said}
    kinds = dict.fromkeys(said.kind for unit in run.units for said in unit.said)
    heads = [*_TITLE_HEADS, *(_KIND_HEADS[kind] for kind in kinds if kind in _KIND_HEADS)]
    unlinked = any(not said.url for unit in run.units for said in unit.said)
    best = None
    for extra in ("", *(("Year", "Authors", "Venue") if unlinked else ())):
        # Without a head of its own: the title's cell is among the cells that were kept.
        for head in [*heads, ""] if run.heads else heads:
            if head.casefold() in taken or extra.casefold() in taken:
                continue
            run.title_head, run.extra_head = head, extra
            by_line: dict[int, list[Entry]] = {}
            for entry in parse_reading_list(render([run], "", {}), "x").entries:
                by_line.setdefault(entry.line, []).append(entry)
            found = sum(_misread(unit, by_line.get(unit.line, [])) for unit in run.units)
            if best is None or found < best[0]:
                best = (found, head, extra)
    if best:
        _, run.title_head, run.extra_head = best
