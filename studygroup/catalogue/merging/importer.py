"""Reading lists into the catalogue: what an import adds, merges and suggests, as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from studygroup.catalogue.items.address import is_web
from studygroup.catalogue.items.columns import Item
from studygroup.catalogue.items.joins import find_aliases, resolved
from studygroup.catalogue.items.list_notes import notes_path
from studygroup.catalogue.merging.corrections import Correction, Corrector, Wanted, check_wanted, corrected
from studygroup.catalogue.merging.counts import Counts, State, count_entries, counted, states_of
from studygroup.catalogue.merging.facts import without_sentences
from studygroup.catalogue.merging.imported_items import filled_item, items_frame, items_of, new_item
from studygroup.catalogue.merging.list_prose import with_prose
from studygroup.catalogue.merging.list_rows import Earlier, list_frame, match_earlier
from studygroup.catalogue.merging.same_work import Candidate, Grouping, Suggestion, group_works
from studygroup.catalogue.merging.taken import Taken, take, taken_at
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.errors import CatalogueError, Problem, ReadingListError
from studygroup.storage.atomic import write_all_atomically
from studygroup.storage.shared_files import exists, remove_file
from studygroup.text import text

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.catalogue.items.table import Catalogue

Place = tuple[str, int]
"""An entry: the name of its list, and its position in it."""
Placed = tuple[str, Entry, Earlier | None]
"""An entry with the name of its list, and what an earlier import made of it."""


class Import(msgspec.Struct, frozen=True):
    """What an import comes to; nothing is written yet.

    ``items`` is the new table of items, ``frames`` the new table of each imported list, ``lists`` the lists as they were
    read. ``of_entries`` holds the ids of each entry's items, by list and position. ``gone`` are titles that an earlier import
    of a list had and this one has not. ``states`` says of each entry whether it is new, merged or known, ``corrections`` where
    lists say otherwise about items than before, ``originals`` are the lists with their sentences. ``taken`` are lines that were left
    out and that a person made entries. ``notes`` tell which of the workbook's files were in another form than ours.
    ``list_notes`` are the prose of each list in Markdown, empty without any; it ``keeps_notes`` unless only facts were wanted.
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
    states: dict[tuple[str, int], State] = {}
    corrections: tuple[Correction, ...] = ()
    originals: tuple[ReadingList, ...] = ()
    taken: frozenset[Taken] = frozenset()
    list_notes: dict[str, str] = {}
    keeps_notes: bool = True

    @property
    def counts(self) -> Counts:
        """How many entries were read, and what becomes of them; each is counted once."""
        return count_entries(self.lists, self.states)

    def summary(self, dry_run: bool = False) -> str:
        """Return in a few lines what was imported, or would be."""
        lines = []
        for one in self.lists:
            levels = [problem.severity for problem in one.problems]
            found = [counted(levels.count(level), level) for level in ("error", "warning", "note") if level in levels]
            lines.append("; ".join([f"{one.name}: {count_entries([one], self.states)}", *found]))
        lines += [f"{name}: no longer in the list: {title}" for name, title in self.gone]
        for name in (name for name, said in self.list_notes.items() if said):
            lines.append(
                f"{name}: what it says beside its entries {'would be' if dry_run else 'is'} kept as its notes, lists/{name}.md"
                if self.keeps_notes
                else f"{name}: what it says beside its entries is left out, as only facts are wanted"
            )
        added = f"{counted(self.added, 'paper')} {'would be added' if dry_run else 'added'}"
        lines.append(f"{added}{f', {self.merged} already in the catalogue' if self.merged else ''}")
        lines += [one.told(dry_run) for one in self.corrections]
        lines += [f"Maybe the same: {one.items[0]} and {one.items[1]} ({one.why})" for one in self.suggestions]
        return "\n".join(lines)


def import_sources(
    folder: Path | None,
    words: Sequence[str],
    *,
    stdin: BinaryIO | None = None,
    name: str = "",
    base_url: str = "",
    facts: bool = False,
    write: bool = True,
    allow_private: bool = False,
    accepted: Collection[Wanted] = (),
    lines: Collection[int] = (),
) -> Import:
    """Read what the words name and merge it into the catalogue of a workbook's folder (none: into an empty one).

    Without ``write`` nothing is saved; ``save_import`` does it later.

    A word is a file or a folder of Markdown, BibTeX, CSV, YAML or JSON (of a README whose entries link to a page each, the one list with what the pages say), ``-`` for standard input, or an ``https://`` address, of which
    redirects lead into private networks only with ``allow_private``. ``accepted`` as in ``import_lists``. ``lines`` are those of one
    list whose links, or words, become entries though they would be left out; what was taken in this way before is taken again.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read, one name was given for several lists, two lists would have one name, or
        ``base_url`` is not a web address, or an accepted correction is about no item of these lists.
    CatalogueError
        The workbook's catalogue cannot be read.
    """
    from studygroup.catalogue.items.table import Catalogue
    from studygroup.catalogue.merging.source import check_names, read_sources
    from studygroup.catalogue.pages.folder import lists_in
    from studygroup.catalogue.reading.form import text_of_bytes
    from studygroup.catalogue.recognise.formats import parse_source

    if base_url and not is_web(base_url):
        raise ReadingListError(f"{base_url[:80]!r} is not an https:// address from which relative links could start.")
    given = lists_in(words, partial(read_sources, stdin=stdin, allow_private=allow_private, distinct=False), parse_source)
    if name and len(given) > 1:
        raise ReadingListError(f"--list {name} names one list, but {len(given)} were given; import them one by one.")
    check_names([(one.name, one.place) for one in given])
    lists = [one.read(base_url, _list_name(name or one.name)) for one in given]
    catalogue = Catalogue.read(folder) if folder and Catalogue.is_in(folder) else Catalogue()
    notes = catalogue.notes
    taken = catalogue.taken | taken_at(take(lists, catalogue.taken)[0], lines)
    lists = [*take(lists, taken)[0]]
    of_lists: dict[str, str] = {}
    for place, (given_list, one) in enumerate(zip(given, lists, strict=True)):
        if given_list.source.form == "markdown":
            marked, of_lists[one.name] = with_prose(one, text_of_bytes(given_list.source.data)[0])
            lists[place] = one if facts else marked
    result = import_lists(
        catalogue.items,
        catalogue.lists,
        lists,
        facts=facts,
        same=catalogue.same,
        different=catalogue.different,
        accepted=accepted,
    )
    held = {item for items in result.of_entries.values() for item in items}
    check_wanted(accepted, {*held, *(gone for gone, kept in catalogue.aliases.items() if kept in held)})
    result = msgspec.structs.replace(
        result, notes=notes, made_from=_mark(catalogue), taken=taken, list_notes=of_lists, keeps_notes=not facts
    )
    if write and folder:
        save_import(folder, result)
    return result


def save_import(folder: Path, result: Import, former: pd.DataFrame | None = None) -> None:
    """Write the catalogue and the lists that an import comes to, and ``former`` as the table of former entries.

    Raises
    ------
    CatalogueError
        The catalogue is not what it was when the import was computed; nothing was written.
    NotSavedError
        The disk refused; what was there before still stands.
    """
    catalogue = read_unchanged(folder, result)
    catalogue.items = result.items
    catalogue.lists = {**catalogue.lists, **result.frames}
    catalogue.former = catalogue.former if former is None else former
    catalogue.taken = result.taken
    catalogue.write(folder)
    if result.keeps_notes:
        _write_notes(folder, result.list_notes)


def _write_notes(folder: Path, notes: Mapping[str, str]) -> None:
    """Write what lists say beside their entries; notes of a list that no longer says anything are removed."""
    contents = {notes_path(folder, name): said.encode() for name, said in notes.items()}
    write_all_atomically({path: data for path, data in contents.items() if data}, folder)
    for path, data in contents.items():
        if not data and exists(path, folder):
            remove_file(path, folder)


def read_unchanged(folder: Path, result: Import) -> Catalogue:
    """Return the catalogue that an import was computed from, as it is still on the disk.

    Raises
    ------
    CatalogueError
        It was changed meanwhile.
    """
    from studygroup.catalogue.items.table import Catalogue

    catalogue = Catalogue.read(folder) if Catalogue.is_in(folder) else Catalogue()
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
    from studygroup.catalogue.merging.source import STANDARD_INPUT, read_sources

    files = [word for word in words if "://" not in word and word != STANDARD_INPUT]
    found = sha256()
    for source in read_sources(files, distinct=False):
        found.update(msgspec.json.encode([source.place, len(source.data)]) + source.data)
    return found.hexdigest()


def _mark(catalogue: Catalogue) -> tuple[int, ...]:
    """Return what tells one state of a catalogue from another."""
    from pandas.util import hash_pandas_object

    tables = [catalogue.items, *(catalogue.lists[name] for name in sorted(catalogue.lists))]
    pairs = hash((frozenset(catalogue.same), frozenset(catalogue.different), catalogue.taken, tuple(sorted(catalogue.lists))))
    return (pairs, *(hash(hash_pandas_object(table, index=False).to_numpy().tobytes()) for table in tables))


def _list_name(name: str) -> str:
    from studygroup.catalogue.items.table import RESERVED_NAMES

    made = text.make_id(name, fallback="list")
    if made in RESERVED_NAMES:
        raise ReadingListError(
            f"A list cannot be called {made}, since lists/{made}.csv holds something else; give a name with --list."
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
    accepted: Collection[Wanted] = (),
    rejected: Collection[Wanted] = (),
) -> Import:
    """Return the catalogue with the lists in it.

    Rows of ``items`` keep their order. Empty cells are filled, and what a list said before and now corrects follows the list;
    everything else stays as it is. New items go to the end. An entry that an earlier import knew (by title or link) keeps its ``entry`` id and its items; one that had no item
    then gets none.

    Parameters
    ----------
    left_out
        Entries, as list and position, that get no item: they are in their list's table only.
    apart
        Entries that become items of their own, whatever they resemble.
    accepted, rejected
        Corrections that a person wants, and does not want, as item and field.

    Raises
    ------
    CatalogueError
        A list is given twice.
    """
    names = [one.name for one in reading_lists]
    if len(set(names)) < len(names):
        raise CatalogueError(f"A list is imported twice at once: {', '.join(sorted(names))}; give each its own name.")
    originals = tuple(reading_lists)
    if facts:
        reading_lists = [without_sentences(one) for one in reading_lists]
    before_import = items_of(items)
    earlier = {one.name: match_earlier(one, lists.get(one.name), before_import) for one in reading_lists}
    aliases = find_aliases(before_import, same)
    accepted, rejected = ({(aliases.get(item, item), field) for item, field in some} for some in (accepted, rejected))
    corrections = Corrector(before_import, lists, originals, _followed(earlier, left_out), accepted, rejected).find()
    known = corrected(before_import, corrections)
    placed = [(one.name, entry, earlier[one.name][0].get(entry.position)) for one in reading_lists for entry in one.entries]

    named = [*(_candidate(item) for item in known.values()), *_other_titles(known, lists, names)]
    # What was said of an item holds for the item that it went into, too.
    same, different = {*same, *map(frozenset, aliases.items())}, {*different, *(resolved(pair, aliases) for pair in different)}
    of_entries, members, grouping = _grouped(placed, named, left_out, apart, same, different)

    filled, made = _filled(known, members, grouping.titles)
    states = states_of(placed, of_entries, known)
    frames = {one.name: list_frame(one, of_entries, earlier[one.name][0], lists.get(one.name)) for one in reading_lists}
    gone = tuple((one.name, title) for one in reading_lists for title in earlier[one.name][1])
    changed = {key: item for key, item in filled.items() if item != before_import[key]}
    return Import(
        items_frame(items, changed, made),
        frames,
        tuple(reading_lists),
        of_entries,
        grouping.suggestions,
        len(made),
        [*states.values()].count("merged"),
        gone,
        states=states,
        corrections=corrections,
        originals=originals,
    )


# --- entries and items ------------------------------------------------------------------------------------------------


def _grouped(
    placed: Sequence[Placed],
    named: Sequence[Candidate],
    left_out: Collection[Place],
    apart: Collection[Place],
    same: Collection[frozenset[str]],
    different: Collection[frozenset[str]],
) -> tuple[dict[Place, tuple[str, ...]], dict[str, list[Entry]], Grouping]:
    """Return the ids of each entry's items, the entries of each item that one names, and what is the same work as what."""
    of_entries = {(name, entry.position): before.items for name, entry, before in placed if before is not None}
    of_entries |= dict.fromkeys(left_out, ())
    alone = [one for one in placed if _has_one_item(one, left_out)]
    candidates = [_entry_candidate(*one, (one[0], one[1].position) in apart) for one in alone]
    grouping = group_works([*named, *candidates], same, different)
    members: dict[str, list[Entry]] = {}
    for (name, entry, _), item_id in zip(alone, grouping.ids[len(named) :], strict=True):
        of_entries[name, entry.position] = (item_id,)
        members.setdefault(item_id, []).append(entry)
    return of_entries, members, grouping


def _followed(
    earlier: Mapping[str, tuple[dict[int, Earlier], list[str]]], left_out: Collection[Place]
) -> dict[str, dict[int, Earlier]]:
    """Return by list and position what an earlier import made of the entries that items follow."""
    return {
        name: {position: before for position, before in matched.items() if (name, position) not in left_out}
        for name, (matched, _) in earlier.items()
    }


def _has_one_item(placed: Placed, left_out: Collection[Place]) -> bool:
    """Return whether an entry is one item: no one left it out, and no earlier import made none or several of it."""
    name, entry, before = placed
    return (name, entry.position) not in left_out and (before is None or (len(before.items) < 2 and not before.none))


def _filled(
    known: Mapping[str, Item], members: Mapping[str, Sequence[Entry]], titles: Mapping[str, str]
) -> tuple[dict[str, Item], list[Item]]:
    """Return the known items with what entries add to them, and the new ones."""
    filled = {**known, **{item_id: filled_item(known[item_id], members[item_id]) for item_id in members if item_id in known}}
    made = [
        filled_item(new_item(item_id, titles[item_id], entries), entries)
        for item_id, entries in members.items()
        if item_id not in known
    ]
    return filled, made


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
                "left_out": [
                    {"line": out.line, "text": out.text, "url": out.url, "reason": out.reason} for out in one.left_out
                ],
                "repaired": [{"line": was.line, "written": was.written, "url": was.url} for was in one.repaired],
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
        "columns": entry.columns,
        "status": entry.status,
        "line": entry.line,
    }
