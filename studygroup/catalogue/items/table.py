"""The catalogue as a whole: its items, the lists that they came from, and what was decided about pairs of items."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from studygroup.catalogue.items.check_tables import check_items_and_ids, check_list, check_pairs
from studygroup.catalogue.items.columns import Item, is_id, to_item
from studygroup.catalogue.items.csv_rows import CsvSchema
from studygroup.catalogue.items.csv_table import (
    FORMER_FORM,
    ITEM_FORM,
    LIST_FORM,
    PAIR_FORM,
    TAKEN_FORM,
    Pairs,
    empty_items,
    empty_table,
    read_items,
    read_parsed,
    shown_name,
    to_file_bytes,
    to_pair_bytes,
    to_pairs,
    to_taken,
    to_taken_bytes,
)
from studygroup.catalogue.items.item import PAIR_COLUMNS, parse_ids
from studygroup.catalogue.items.joins import find_aliases, resolved_entries
from studygroup.catalogue.items.search import SEARCHED, Index
from studygroup.errors import CatalogueError, NotSavedError, Problem
from studygroup.storage.atomic import write_all_atomically
from studygroup.storage.shared_files import exists, is_file, make_folder, open_folder, read_file
from studygroup.text import text

RESERVED_NAMES = ("same", "different", "former", "taken")
"""Names of files in ``lists/`` that hold no list."""


@dataclass(eq=False)
class Catalogue:
    """The items, the lists that they came from, and what a person decided about pairs of them.

    Change ``items`` or a list by assigning a new table: the search index and the look-ups notice another table, not a
    change inside one. ``taken`` are lines that imports of a list would leave out and that a person made entries: list, words, address. ``former`` has entries that sessions have read, as they were before an import changed or removed them. ``notes`` says which files the next ``write`` will normalise.
    """

    items: pd.DataFrame = field(default_factory=empty_items)
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)
    same: Pairs = field(default_factory=set)
    different: Pairs = field(default_factory=set)
    notes: tuple[Problem, ...] = ()
    former: pd.DataFrame = field(default_factory=lambda: empty_table(FORMER_FORM))
    taken: frozenset[tuple[str, str, str]] = frozenset()
    _rows: tuple[pd.DataFrame, dict[str, int]] | None = field(default=None, init=False, repr=False)
    _index: tuple[pd.DataFrame, Index] | None = field(default=None, init=False, repr=False)
    _entries: tuple[dict[str, pd.DataFrame], dict[str, list[tuple[str, int]]]] | None = field(
        default=None, init=False, repr=False
    )

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether a workbook's folder has a catalogue; before its first import it has none."""
        return exists(folder / "catalogue.csv", folder)

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Return the catalogue of a workbook's folder; without ``lists/`` it has no lists.

        Entries that name an item that went into another one name the other one.

        Raises
        ------
        CatalogueError
            There is no catalogue.csv, or a file cannot be read; the problems of all files are listed.
        """
        problems: list[Problem] = []
        path = folder / "catalogue.csv"
        items = _collect(path, ITEM_FORM, problems) if cls.is_in(folder) else read_items(path)
        lists = {path.stem: _collect(path, LIST_FORM, problems) for path in _list_paths(folder)}
        same, different = (
            to_pairs(_collect(path, PAIR_FORM, problems)) if exists(path, folder) else set() for path in _pair_paths(folder)
        )
        path = _former_path(folder)
        former = _collect(path, FORMER_FORM, problems) if exists(path, folder) else empty_table(FORMER_FORM)
        path = _taken_path(folder)
        taken = to_taken(_collect(path, TAKEN_FORM, problems)) if exists(path, folder) else frozenset()
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise CatalogueError(f"The catalogue in {folder} cannot be read; put this right and try again:", errors)
        aliases = find_aliases(items["id"].tolist(), same) if same else {}
        lists = {name: resolved_entries(table, aliases) for name, table in lists.items()}
        return cls(items, lists, same, different, tuple(problems), resolved_entries(former, aliases), taken)

    @classmethod
    def check(cls, folder: Path, this_year: int | None = None) -> list[Problem]:
        """Return everything wrong with the catalogue of a workbook's folder, file by file and line by line."""
        problems, ids = check_items_and_ids(folder / "catalogue.csv", this_year)
        same, different = _pair_paths(folder)
        decided = read_parsed(same, PAIR_FORM).frame if exists(same, folder) else empty_table(PAIR_FORM)
        joined = to_pairs(decided) if set(PAIR_COLUMNS) <= set(decided.columns) else set()
        aliases = find_aliases(ids, joined)
        for path in _list_paths(folder):
            problems += check_list(path, {*ids, *aliases})
            if not is_id(path.stem):
                found = f"{path.stem!r} cannot be the name of a list; use a-z, 0-9 and single hyphens"
                problems.append(Problem(shown_name(path), 0, "error", found))
        if exists(same, folder):
            problems += check_pairs(same, {*ids, *aliases})
        if exists(different, folder):
            problems += check_pairs(different, ids, joined, aliases)
        if exists(former := _former_path(folder), folder):
            problems += read_parsed(former, FORMER_FORM).problems
        if exists(taken := _taken_path(folder), folder):
            problems += read_parsed(taken, TAKEN_FORM).problems
        return problems

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the files that changed, all or none, and return them; files of lists not held here stay.

        Raises
        ------
        NotSavedError
            The disk refused; what was there before still stands.
        CatalogueError
            A table has other columns than its file, a list has an impossible name, or a cell holds what no text can.
        """
        same, different = _pair_paths(folder)
        for name in self.lists:
            if not is_id(name) or name in RESERVED_NAMES:
                reserved = text.plain_list(RESERVED_NAMES).replace(" and ", " or ")
                raise CatalogueError(f"{name!r} cannot be the name of a list; use a-z, 0-9 and single hyphens, not {reserved}.")
        contents = {folder / "catalogue.csv": to_file_bytes(self.items, ITEM_FORM, "catalogue.csv")}
        for name, entries in self.lists.items():
            contents[folder / "lists" / f"{name}.csv"] = to_file_bytes(entries, LIST_FORM, f"lists/{name}.csv")
        for path, pairs in ((same, self.same), (different, self.different)):
            if pairs or exists(path, folder):
                contents[path] = to_pair_bytes(pairs)
        if not self.former.empty:
            contents[_former_path(folder)] = to_file_bytes(self.former, FORMER_FORM, "lists/former.csv")
        if self.taken or exists(_taken_path(folder), folder):
            contents[_taken_path(folder)] = to_taken_bytes(self.taken)
        changed = {
            path: data for path, data in contents.items() if not is_file(path, folder) or read_file(path, folder) != data
        }
        if any(path.parent != folder for path in changed):
            try:
                make_folder(folder / "lists", folder)
            except OSError as error:
                raise NotSavedError(f"{folder / 'lists'} could not be made: {error.strerror}. Nothing was written.") from error
        write_all_atomically(changed, folder)
        self.notes = ()
        return tuple(changed)

    @property
    def aliases(self) -> dict[str, str]:
        """The items that went into another one when a person called two the same: from the id that is gone to the kept one."""
        return find_aliases(self.items["id"], self.same) if self.same else {}

    def item(self, item_id: str) -> Item:
        """Return one item, also by an id that went into it.

        Raises
        ------
        CatalogueError
            The catalogue has no such item; the nearest id is named.
        """
        rows = self._row_of()
        item_id = item_id if item_id in rows else self.aliases.get(item_id, item_id)
        if item_id not in rows:
            raise CatalogueError(f"The catalogue has no item {item_id!r}{text.did_you_mean(item_id, rows)}.")
        row: Any = self.items.iloc[rows[item_id]]
        return to_item(row)

    def _row_of(self) -> dict[str, int]:
        if self._rows is None or self._rows[0] is not self.items:
            self._rows = (self.items, {item_id: row for row, item_id in reversed([*enumerate(self.items["id"].tolist())])})
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


def _collect(path: Path, form: CsvSchema, problems: list[Problem]) -> pd.DataFrame:
    """Return a file's table, or an empty one when it cannot be read; its problems and notes are added to the others."""
    parsed = read_parsed(path, form)
    problems += parsed.problems
    return parsed.frame if set(form.columns) <= set(parsed.frame.columns) else empty_table(form)


def _pair_paths(folder: Path) -> tuple[Path, Path]:
    return folder / "lists" / "same.csv", folder / "lists" / "different.csv"


def _former_path(folder: Path) -> Path:
    return folder / "lists" / "former.csv"


def _taken_path(folder: Path) -> Path:
    return folder / "lists" / "taken.csv"


def _list_paths(folder: Path) -> list[Path]:
    lists = folder / "lists"
    try:
        with open_folder(lists, folder) as opened:
            paths = [lists / name for name in opened.names() if name.endswith(".csv")]
    except (FileNotFoundError, NotADirectoryError):
        # A file in its place is told when lists are to be written.
        return []
    except OSError:
        # Reading it says what is wrong with it.
        return [lists]
    return [path for path in paths if path.stem not in RESERVED_NAMES]
