"""Reading lists into the catalogue: what an import adds, merges and suggests, as tables and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from studygroup import text
from studygroup.catalogue.address import address_key
from studygroup.catalogue.entry import Entry, ReadingList
from studygroup.catalogue.item import COLUMNS, LIST_COLUMNS, Item, Link, arxiv_id, format_ids, format_links, parse_ids
from studygroup.catalogue.rows import role_of
from studygroup.catalogue.same_work import Candidate, Suggestion, group_works
from studygroup.errors import CatalogueError, Problem, ReadingListError

if TYPE_CHECKING:
    import pandas as pd

_FACT_FIELDS = ("released", "parameters", "context_length", "licence")
_SENTENCE_FIELDS = frozenset({"importance", "about"})
_LONGEST_FACT = 8
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_RESERVED_NAMES = frozenset({"same", "different"})


class Import(msgspec.Struct, frozen=True):
    """What an import comes to; nothing is written yet.

    ``items`` is the new table of items, ``frames`` the new table of each imported list, ``lists`` the lists as they were
    read. ``of_entries`` holds the ids of each entry's items, by list and position. ``gone`` are titles that an earlier import
    of a list had and this one has not. ``notes`` tell which of the workbook's files were in another form than ours.
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

    A word is a file or a folder of Markdown, BibTeX, CSV or YAML, ``-`` for standard input, or an ``https://`` address.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read, one name was given for several lists, or two lists would have one name.
    CatalogueError
        The workbook's catalogue cannot be read.
    """
    from studygroup.catalogue.foreign import parse_source
    from studygroup.catalogue.source import read_sources
    from studygroup.catalogue.table import Catalogue

    sources = read_sources(words, stdin)
    if name and len(sources) > 1:
        raise ReadingListError(f"--list {name} names one list, but {len(sources)} were given; import them one by one.")
    lists = [parse_source(source, base_url, _list_name(name or source.name)) for source in sources]
    catalogue = Catalogue.read(folder) if folder and (folder / "catalogue.csv").exists() else Catalogue()
    notes = catalogue.notes
    result = import_lists(
        catalogue.items, catalogue.lists, lists, facts=facts, same=catalogue.same, different=catalogue.different
    )
    if write and folder:
        catalogue.items = result.items
        catalogue.lists = {**catalogue.lists, **result.frames}
        catalogue.write(folder)
    return msgspec.structs.replace(result, notes=notes)


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
) -> Import:
    """Return the catalogue with the lists in it.

    Rows of ``items`` keep their order and everything that stands in them; only empty cells are filled. New items go to the
    end. An entry that an earlier import knew (by title or link) keeps its ``entry`` id and its items.

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
    known = _items_of(items)
    earlier = {one.name: _match_earlier(one, lists.get(one.name), known) for one in reading_lists}
    placed = [(one.name, entry, earlier[one.name][0].get(entry.position)) for one in reading_lists for entry in one.entries]

    grouped = [(name, entry, before) for name, entry, before in placed if before is None or len(before.items) < 2]
    named = [*(_candidate(item) for item in known.values()), *_other_titles(known, lists, names)]
    grouping = group_works([*named, *(_entry_candidate(*one) for one in grouped)], same, different)
    of_entries = {(name, entry.position): before.items for name, entry, before in placed if before is not None}
    members: dict[str, list[Entry]] = {}
    for (name, entry, _), item_id in zip(grouped, grouping.ids[len(named) :], strict=True):
        of_entries[name, entry.position] = (item_id,)
        members.setdefault(item_id, []).append(entry)

    filled = {item_id: _filled(known[item_id], members[item_id]) for item_id in members if item_id in known}
    made = [
        _filled(_new_item(item_id, grouping.titles[item_id], entries), entries)
        for item_id, entries in members.items()
        if item_id not in known
    ]
    merged = sum(len(entries) - (item_id not in known) for item_id, entries in members.items())
    frames = {one.name: _list_frame(one, of_entries, earlier[one.name][0]) for one in reading_lists}
    gone = tuple((one.name, title) for one in reading_lists for title in earlier[one.name][1])
    new_items = _items_frame(items, {key: item for key, item in filled.items() if item != known[key]}, made)
    return Import(new_items, frames, tuple(reading_lists), of_entries, grouping.suggestions, len(made), merged, gone)


# --- entries that an earlier import knew ------------------------------------------------------------------------------


class _Earlier(msgspec.Struct, frozen=True):
    """What an earlier import of the list made of an entry."""

    entry: str
    items: tuple[str, ...]


def _match_earlier(
    one: ReadingList, frame: pd.DataFrame | None, known: Mapping[str, Item]
) -> tuple[dict[int, _Earlier], list[str]]:
    """Return what an earlier import said of each entry, by position, and the titles that are gone from the list."""
    if frame is None or frame.empty:
        return {}, []
    rows = [
        (str(title), str(url), _Earlier(str(entry), tuple(item for item in parse_ids(str(ids)) if item in known)))
        for title, url, entry, ids in zip(frame["title"], frame["url"], frame["entry"], frame["items"], strict=True)
    ]
    matched: dict[int, _Earlier] = {}
    left = dict(enumerate(rows))
    for look in (
        lambda title, url: (title, url),
        lambda title, url: (title,) if title else None,
        lambda title, url: (url, None) if url else None,
    ):
        places: dict[object, list[int]] = {}
        for index, (title, url, _) in left.items():
            places.setdefault(look(title, url), []).append(index)
        for queue in places.values():
            queue.reverse()
        for entry in one.entries:
            key = look(entry.title, entry.url)
            if entry.position not in matched and key is not None and places.get(key):
                matched[entry.position] = left.pop(places[key].pop())[2]
    return matched, [title for title, _, _ in left.values()]


def _list_frame(
    one: ReadingList, of_entries: Mapping[tuple[str, int], tuple[str, ...]], earlier: Mapping[int, _Earlier]
) -> pd.DataFrame:
    """Return a list's table, one row an entry, as ``csv_table.read_list`` would."""
    import pandas as pd

    taken = {before.entry for before in earlier.values()}
    rows = []
    for entry in one.entries:
        before = earlier.get(entry.position)
        name = before.entry if before else text.make_id(entry.title)
        if not before:
            # Asked only when it matters: make_id copies what is taken.
            name = text.make_id(entry.title, taken) if name in taken else name
            taken.add(name)
        rows.append(
            {
                "entry": name,
                "position": entry.position,
                "number": entry.number,
                "line": entry.line,
                "section": " > ".join(entry.section),
                "title": entry.title,
                "url": entry.url,
                "items": format_ids(of_entries[one.name, entry.position]),
                "columns": columns_cell(entry),
            }
        )
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS))
    return frame.astype({column: "Int64" if column in {"position", "line"} else "str" for column in LIST_COLUMNS})


def columns_cell(entry: Entry) -> str:
    """Return an entry's other cells as JSON; what a bullet says beside its title stands under the name of its field."""
    cells = dict(entry.columns)
    if not cells:
        cells = {key: value for key, value in entry.details.items() if value}
        if entry.links:
            cells["links"] = format_links(entry.links)
        if entry.authors:
            cells["authors"] = "; ".join(entry.authors)
        if entry.status:
            cells["status"] = entry.status
    return msgspec.json.encode(cells).decode() if cells else ""


# --- items ------------------------------------------------------------------------------------------------------------


def _items_of(items: pd.DataFrame) -> dict[str, Item]:
    """Return the table's items by id."""
    columns = [items[column].tolist() for column in COLUMNS]
    year = COLUMNS.index("year")
    found = {}
    for row in zip(*columns, strict=True):
        cells = [str(cell) if isinstance(cell, str) else "" for cell in row]
        number = row[year]
        values: dict[str, Any] = dict(zip(COLUMNS, cells, strict=True))
        values["year"] = int(number) if isinstance(number, int) else None
        found[cells[0]] = Item(**values)
    return found


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


def _entry_candidate(name: str, entry: Entry, before: _Earlier | None) -> Candidate:
    return Candidate(
        title=entry.title,
        url=entry.url,
        kind=entry.kind,
        arxiv=entry.arxiv,
        doi=entry.doi,
        item=before.items[0] if before and before.items else "",
        borrowed=entry.borrowed,
        place=(name, *entry.section),
        maker=entry.details.get("organisation", ""),
    )


def _new_item(item_id: str, title: str, entries: Sequence[Entry]) -> Item:
    first = entries[0]
    kind = next((entry.kind for entry in entries if entry.kind != "other"), "other")
    return Item(id=item_id, title=title, kind=kind, section=" > ".join(first.section))


def _filled(item: Item, entries: Sequence[Entry]) -> Item:
    """Return an item whose empty fields hold what its entries say."""
    by_trust = sorted(entries, key=lambda entry: entry.borrowed)
    urls = [entry.url for entry in by_trust if text.is_safe_url(entry.url) and entry.url.lower().startswith("http")]
    papers = [entry for entry in by_trust if not entry.borrowed] if item.kind != "model" else []
    values: dict[str, Any] = {
        "url": next(iter(urls), ""),
        "authors": next(("; ".join(entry.authors) for entry in entries if entry.authors), ""),
        "year": next((entry.year for entry in entries if entry.year), None),
        "arxiv": next((entry.arxiv for entry in papers if entry.arxiv), ""),
        "doi": next((entry.doi for entry in papers if entry.doi), ""),
        "section": " > ".join(entries[0].section),
    }
    for field in (*_FACT_FIELDS, "importance", "about"):
        values[field] = next((entry.details[field] for entry in entries if entry.details.get(field)), "")
    values = {field: value for field, value in values.items() if not getattr(item, field) and value}
    item = msgspec.structs.replace(item, **values)
    if not item.links:
        item = msgspec.structs.replace(item, links=format_links(_other_links(item, entries, urls)))
    return item


def _other_links(item: Item, entries: Sequence[Entry], urls: Sequence[str]) -> list[Link]:
    """Return every link of the entries but the item's own, each address once."""
    seen = {item.url, ""}
    keys = {address_key(item.url)}
    links = []
    for link in (link for entry in entries for link in entry.links):
        if link.url not in seen and link.url.lower().startswith("http") and text.is_safe_url(link.url):
            seen.add(link.url)
            links.append(Link(" ".join(link.label.split()) or "Link", link.url))
    for url in urls:
        if url not in seen and address_key(url) not in keys and (arxiv_id(url) or "-") != arxiv_id(item.url):
            seen.add(url)
            links.append(Link(address_key(url).partition("/")[0].partition("?")[0] or "Link", url))
        keys.add(address_key(url))
    return links


def _items_frame(items: pd.DataFrame, changed: Mapping[str, Item], made: Sequence[Item]) -> pd.DataFrame:
    """Return the table of items with some rows changed and new ones at its end."""
    import pandas as pd

    kinds = {column: "Int64" if column == "year" else "str" for column in COLUMNS}
    frame = items
    if changed:
        frame = items.copy()
        rows = {item_id: row for row, item_id in enumerate(frame["id"])}
        places = [rows[item_id] for item_id in changed]
        for column in COLUMNS:
            cells = frame[column].to_list()
            for place, item in zip(places, changed.values(), strict=True):
                cells[place] = getattr(item, column)
            frame[column] = pd.Series(cells, index=frame.index, dtype=kinds[column])
    if not made:
        return frame
    new = pd.DataFrame([msgspec.structs.asdict(item) for item in made], columns=list(COLUMNS)).astype(kinds)
    return pd.concat([frame[list(COLUMNS)].astype(kinds), new], ignore_index=True) if len(frame) else new


# --- facts without sentences ------------------------------------------------------------------------------------------


def without_sentences(one: ReadingList) -> ReadingList:
    """Return the list with facts only: titles, links, names, numbers, sizes, licences, dates, statuses; no prose."""
    return msgspec.structs.replace(one, entries=tuple(map(_facts_of, one.entries)))


def _facts_of(entry: Entry) -> Entry:
    details = {}
    for key, value in entry.details.items():
        if key in _SENTENCE_FIELDS:
            continue
        if _is_sentence(value):
            # "[Custom](…) Free if …": the linked word is the fact, the rest explains it.
            value = next((", ".join(_labels(cell)) for head, cell in entry.columns.items() if role_of(head) == key), "")
        if value:
            details[key] = value
    columns = {}
    for head, cell in entry.columns.items():
        if role_of(head) in _SENTENCE_FIELDS:
            continue
        if _is_sentence(_MARKDOWN_LINK.sub("", cell)):
            cell = " ".join(found[0] for found in _MARKDOWN_LINK.finditer(cell))
        if cell:
            columns[head] = cell
    return msgspec.structs.replace(entry, details=details, columns=columns)


def _is_sentence(value: str) -> bool:
    return len(value.split()) > _LONGEST_FACT


def _labels(cell: str) -> list[str]:
    return [label for label, _ in _MARKDOWN_LINK.findall(cell) if label]


# --- JSON -------------------------------------------------------------------------------------------------------------


def to_json(result: Import) -> str:
    """Return an import as one JSON object: ``lists`` with entries and problems, ``items``, ``suggestions``.

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
    return json.dumps(shown, ensure_ascii=False, indent=2)


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
