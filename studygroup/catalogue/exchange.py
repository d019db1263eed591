"""Reading lists into the catalogue: what an import adds, merges and suggests, as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from studygroup import text
from studygroup.catalogue.address import is_web
from studygroup.catalogue.entry import Entry, ReadingList
from studygroup.catalogue.facts import without_sentences
from studygroup.catalogue.imported_items import filled_item, items_frame, items_of, new_item
from studygroup.catalogue.item import Item
from studygroup.catalogue.list_rows import Earlier, list_frame, match_earlier
from studygroup.catalogue.same_work import Candidate, Suggestion, group_works
from studygroup.errors import CatalogueError, Problem, ReadingListError

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.catalogue.table import Catalogue

Place = tuple[str, int]
"""An entry: the name of its list, and its position in it."""

_RESERVED_NAMES = frozenset({"same", "different"})


class Import(msgspec.Struct, frozen=True):
    """What an import comes to; nothing is written yet.

    ``items`` is the new table of items, ``frames`` the new table of each imported list, ``lists`` the lists as they were
    read. ``of_entries`` holds the ids of each entry's items, by list and position. ``gone`` are titles that an earlier import
    of a list had and this one has not. ``notes`` tell which of the workbook's files were in another form than ours.
    ``made_from`` marks the state of the catalogue that it was computed from.
    """

    items: Any
    frames: dict[str, Any]
    lists: tuple[ReadingList, ...]
    of_entries: dict[tuple[str, int], tuple[str, ...]]
    suggestions: tuple[Suggestion, ...] = ()
    added: int = 0
    merged: int = 0
    gone: tuple[tuple[str, str], ...] = ()
    notes: tuple[Problem, ...] = ()
    made_from: tuple[int, ...] = ()

    def summary(self, dry_run: bool = False) -> str:
        """Return in a few lines what was imported, or would be."""
        lines = []
        for one in self.lists:
            levels = [problem.severity for problem in one.problems]
            found = [_counted(levels.count(level), level) for level in ("error", "warning", "note") if level in levels]
            lines.append(
                f"{one.name}: {_counted(len(one.entries), 'entry', 'entries')}" + (f"; {', '.join(found)}" if found else "")
            )
        lines += [f"{name}: no longer in the list: {title}" for name, title in self.gone]
        added, merged = _counted(self.added, "item"), _counted(self.merged, "entry", "entries")
        lines.append(f"{added} {'would be added' if dry_run else 'added'}, {merged} merged with others")
        lines += [f"Perhaps the same: {one.items[0]} and {one.items[1]} ({one.why})" for one in self.suggestions]
        return "\n".join(lines)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def import_sources(
    folder: Path | None,
    words: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    name: str = "",
    base_url: str = "",
    facts: bool = False,
    write: bool = True,
) -> Import:
    """Read what the words name and merge it into the catalogue of a workbook's folder (none: into an empty one).

    Without ``write`` nothing is saved; ``save_import`` does it later.

    A word is a file or a folder of Markdown, BibTeX, CSV or YAML, ``-`` for standard input, or an ``https://`` address.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read, one name was given for several lists, two lists would have one name, or
        ``base_url`` is no web address.
    CatalogueError
        The workbook's catalogue cannot be read.
    """
    from studygroup.catalogue.foreign import parse_source
    from studygroup.catalogue.source import read_sources
    from studygroup.catalogue.table import Catalogue

    if base_url and not is_web(base_url):
        raise ReadingListError(f"{base_url[:80]!r} is no https:// address from which relative links could start.")
    sources = read_sources(words, stdin)
    if name and len(sources) > 1:
        raise ReadingListError(f"--list {name} names one list, but {len(sources)} were given; import them one by one.")
    lists = [parse_source(source, base_url, _list_name(name or source.name)) for source in sources]
    catalogue = Catalogue.read(folder) if folder and (folder / "catalogue.csv").exists() else Catalogue()
    notes = catalogue.notes
    result = import_lists(
        catalogue.items, catalogue.lists, lists, facts=facts, same=catalogue.same, different=catalogue.different
    )
    result = msgspec.structs.replace(result, notes=notes, made_from=_mark(catalogue))
    if write and folder:
        save_import(folder, result)
    return result


def save_import(folder: Path, result: Import) -> None:
    """Write the catalogue and the lists that an import comes to.

    Raises
    ------
    CatalogueError
        The catalogue is not what it was when the import was computed; nothing was written.
    NotSavedError
        The disk refused; what stood there before still stands.
    """
    catalogue = read_unchanged(folder, result)
    catalogue.items = result.items
    catalogue.lists = {**catalogue.lists, **result.frames}
    catalogue.write(folder)


def read_unchanged(folder: Path, result: Import) -> Catalogue:
    """Return the catalogue that an import was computed from, as it is still on the disk.

    Raises
    ------
    CatalogueError
        It was changed meanwhile.
    """
    from studygroup.catalogue.table import Catalogue

    catalogue = Catalogue.read(folder) if (folder / "catalogue.csv").exists() else Catalogue()
    if _mark(catalogue) != result.made_from:
        raise CatalogueError("The catalogue was changed meanwhile, so nothing was written; import again.")
    return catalogue


def mark_files(words: Sequence[str]) -> str:
    """Return what tells one state of the files that words name from another; addresses and standard input are left out.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read.
    """
    from studygroup.catalogue.source import STANDARD_INPUT, read_sources

    files = [word for word in words if "://" not in word and word != STANDARD_INPUT]
    found = sha256()
    for source in read_sources(files):
        found.update(msgspec.json.encode([source.place, len(source.data)]) + source.data)
    return found.hexdigest()


def _mark(catalogue: Catalogue) -> tuple[int, ...]:
    """Return what tells one state of a catalogue from another."""
    from pandas.util import hash_pandas_object

    tables = [catalogue.items, *(catalogue.lists[name] for name in sorted(catalogue.lists))]
    pairs = hash((frozenset(catalogue.same), frozenset(catalogue.different), tuple(sorted(catalogue.lists))))
    return (pairs, *(hash(hash_pandas_object(table, index=False).to_numpy().tobytes()) for table in tables))


def _list_name(name: str) -> str:
    made = text.make_id(name, fallback="list")
    if made in _RESERVED_NAMES:
        raise ReadingListError(
            f"A list cannot be called {made}, since lists/{made}.csv holds decisions; give a name with --list."
        )
    return made


def import_lists(
    items: pd.DataFrame,
    lists: Mapping[str, pd.DataFrame],
    reading_lists: Sequence[ReadingList],
    *,
    facts: bool = False,
    same: Collection[frozenset[str]] = (),
    different: Collection[frozenset[str]] = (),
    left_out: Collection[Place] = (),
    apart: Collection[Place] = (),
) -> Import:
    """Return the catalogue with the lists in it.

    Rows of ``items`` keep their order and everything that stands in them; only empty cells are filled. New items go to the
    end. An entry that an earlier import knew (by title or link) keeps its ``entry`` id and its items; one that had no item
    then gets none.

    Parameters
    ----------
    left_out
        Entries, as list and position, that get no item: they stand in their list's table only.
    apart
        Entries that become items of their own, whatever they resemble.

    Raises
    ------
    CatalogueError
        A list is given twice.
    """
    names = [one.name for one in reading_lists]
    if len(set(names)) < len(names):
        raise CatalogueError(f"A list is imported twice at once: {', '.join(sorted(names))}; give each its own name.")
    if facts:
        reading_lists = [without_sentences(one) for one in reading_lists]
    known = items_of(items)
    earlier = {one.name: match_earlier(one, lists.get(one.name), known) for one in reading_lists}
    placed = [(one.name, entry, earlier[one.name][0].get(entry.position)) for one in reading_lists for entry in one.entries]

    of_entries = {(name, entry.position): before.items for name, entry, before in placed if before is not None}
    of_entries |= dict.fromkeys(left_out, ())
    grouped = [
        (name, entry, before)
        for name, entry, before in placed
        if (name, entry.position) not in left_out and (before is None or (len(before.items) < 2 and not before.none))
    ]
    named = [*(_candidate(item) for item in known.values()), *_other_titles(known, lists, names)]
    candidates = [_entry_candidate(*one, (one[0], one[1].position) in apart) for one in grouped]
    grouping = group_works([*named, *candidates], same, different)
    members: dict[str, list[Entry]] = {}
    for (name, entry, _), item_id in zip(grouped, grouping.ids[len(named) :], strict=True):
        of_entries[name, entry.position] = (item_id,)
        members.setdefault(item_id, []).append(entry)

    filled = {item_id: filled_item(known[item_id], members[item_id]) for item_id in members if item_id in known}
    made = [
        filled_item(new_item(item_id, grouping.titles[item_id], entries), entries)
        for item_id, entries in members.items()
        if item_id not in known
    ]
    merged = sum(len(entries) - (item_id not in known) for item_id, entries in members.items())
    frames = {one.name: list_frame(one, of_entries, earlier[one.name][0]) for one in reading_lists}
    gone = tuple((one.name, title) for one in reading_lists for title in earlier[one.name][1])
    new_items = items_frame(items, {key: item for key, item in filled.items() if item != known[key]}, made)
    return Import(new_items, frames, tuple(reading_lists), of_entries, grouping.suggestions, len(made), merged, gone)


# --- what is compared -------------------------------------------------------------------------------------------------


def _candidate(item: Item) -> Candidate:
    return Candidate(item.title, item.url, item.kind, item.arxiv, item.doi, item=item.id, entry=False)


def _other_titles(known: Mapping[str, Item], lists: Mapping[str, pd.DataFrame], imported: Collection[str]) -> list[Candidate]:
    """Return the items under the other titles that lists have for them, so that a third list is recognised by either."""
    found: dict[tuple[str, str], Candidate] = {}
    for name, table in lists.items():
        if name not in imported:
            for title, cell in zip(table["title"], table["items"], strict=True):
                if cell in known and title != known[cell].title:
                    found[cell, title] = msgspec.structs.replace(_candidate(known[cell]), title=title)
    return list(found.values())


def _entry_candidate(name: str, entry: Entry, before: Earlier | None, apart: bool) -> Candidate:
    return Candidate(
        title=entry.title,
        url=entry.url,
        kind=entry.kind,
        arxiv=entry.arxiv,
        doi=entry.doi,
        item=before.items[0] if before and before.items and not apart else "",
        borrowed=entry.borrowed,
        place=(name, *entry.section),
        maker=entry.details.get("organisation", ""),
        apart=apart,
    )


# --- JSON -------------------------------------------------------------------------------------------------------------


def to_json(result: Import, **more: Any) -> str:
    """Return an import as one JSON object: ``lists`` with entries and problems, ``items``, ``suggestions``, and ``more``.

    What is not known is null (year, arxiv, doi, status); a missing address is an empty text.
    """
    entries_of: dict[str, list[list[Any]]] = {}
    for one in result.lists:
        for entry in one.entries:
            for item_id in result.of_entries[one.name, entry.position]:
                entries_of.setdefault(item_id, []).append([one.name, entry.position])
    frame = result.items
    shown = {
        "lists": [
            {
                "name": one.name,
                "entries": [_entry_json(entry) for entry in one.entries],
                "problems": [
                    {"line": problem.line, "severity": problem.severity, "message": problem.message} for problem in one.problems
                ],
            }
            for one in result.lists
        ],
        "items": [
            {"id": item_id, "title": title, "url": url, "entries": entries_of[item_id]}
            for item_id, title, url in zip(frame["id"], frame["title"], frame["url"], strict=True)
            if item_id in entries_of
        ],
        "suggestions": [{"items": list(one.items), "why": one.why} for one in result.suggestions],
    }
    return json.dumps(shown | more, ensure_ascii=False, indent=2)


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "title": entry.title,
        "url": entry.url,
        "section": list(entry.section),
        "kind": entry.kind,
        "authors": list(entry.authors),
        "year": entry.year,
        "arxiv": entry.arxiv or None,
        "doi": entry.doi or None,
        "links": [{"label": link.label, "url": link.url} for link in entry.links],
        "details": entry.details,
        "status": entry.status,
        "line": entry.line,
    }
