"""What a list now says otherwise about its items than its last import did: each item follows, or a person is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import msgspec

from studygroup.catalogue.items.columns import Item
from studygroup.catalogue.items.item import arxiv_id, doi, format_links, parse_ids, parse_links
from studygroup.catalogue.merging.list_rows import Earlier, columns_cell, url_in_list
from studygroup.catalogue.recognise.documents.borrowed import are_strangers
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.records.records import addresses_in
from studygroup.catalogue.recognise.vocabulary.columns import role_of_name
from studygroup.catalogue.recognise.vocabulary.dates import year_of
from studygroup.catalogue.recognise.vocabulary.names import persons_in_cells
from studygroup.catalogue.recognise.vocabulary.names import persons_of as surnames_of
from studygroup.errors import CatalogueError, ReadingListError
from studygroup.text import text

if TYPE_CHECKING:
    import pandas as pd

FIELDS = ("url", "arxiv", "doi", "title", "authors", "year")
"""What a list can correct. An arXiv id and a DOI that the old address gave follow the address."""

Wanted = tuple[str, str]
"""An item's id and a field; an empty field means all of them."""

Value = str | int | None
_Said = dict[str, tuple[Value, ...]]


class Correction(msgspec.Struct, frozen=True):
    """One field of an item about which its list changed its mind; ``applied`` says that the item follows.

    It does if it still has what the list said before and no other entry says that, too. Otherwise a person decides.
    """

    item: str
    list: str
    title: str
    field: str
    before: Value
    after: Value
    applied: bool
    with_address: bool = False

    @property
    def asked(self) -> Wanted:
        """What a person accepts or rejects: ids go with the address that they are in."""
        return self.item, "url" if self.with_address else self.field

    def told(self, dry_run: bool = False) -> str:
        """Return it in a sentence, with the option that applies it if it does not apply by itself."""
        change = f"{self.item}: {self.field} {self.before} → {self.after}"
        if self.applied:
            return f"{'Would be corrected' if dry_run else 'Corrected'} from {self.list}: {change}"
        return f"Not corrected, since the catalogue has something else than {self.list} had: {change} (--correct {':'.join(self.asked)})"

    def to_json(self) -> dict[str, Value | bool]:
        """Return it as ``import --json`` has it."""
        return {name: getattr(self, name) for name in ("item", "list", "field", "before", "after", "applied")}


class Corrector:
    """Finds what lists correct in the items of a catalogue.

    Parameters
    ----------
    known, tables
        The items and the lists' tables before the import.
    reading_lists, earlier
        The imported lists with all that they say, and what their last import made of each entry.
    accepted, rejected
        What a person wants corrected, whoever said it, and what not.
    """

    def __init__(
        self,
        known: Mapping[str, Item],
        tables: Mapping[str, pd.DataFrame],
        reading_lists: Sequence[ReadingList],
        earlier: Mapping[str, Mapping[int, Earlier]],
        accepted: Collection[Wanted] = (),
        rejected: Collection[Wanted] = (),
    ) -> None:
        self.known, self.tables, self.reading_lists, self.earlier = known, tables, reading_lists, earlier
        self.accepted, self.rejected = frozenset(accepted), frozenset(rejected)

    def find(self) -> tuple[Correction, ...]:
        """Return every correction, in the order of lists and entries, one for a field of an item."""
        placed = [
            (one.name, entry, before)
            for one in self.reading_lists
            for entry in one.entries
            if (before := self.earlier[one.name].get(entry.position)) is not None and len(before.items) == 1
        ]
        named = {item for item, _ in self.accepted}
        changed = [one for one in placed if one[2].items[0] in named or _row_of(one[1]) != one[2].row]
        others = self._others({before.items[0] for _, _, before in changed})
        found: dict[Wanted, Correction] = {}
        for name, entry, before in changed:
            for one in self._of_entry(name, entry, before, others):
                kept = found.get((one.item, one.field))
                if kept is None or (one.applied and not kept.applied):
                    found[one.item, one.field] = one
        return tuple(found.values())

    def _others(self, items: AbstractSet[str]) -> dict[str, list[tuple[tuple[str, str], _Said]]]:
        """Return what each entry of each list, as it is after the import, says of some items."""
        found: dict[str, list[tuple[tuple[str, str], _Said]]] = {}
        if not items:
            return found
        for name, table in self.tables.items():
            if name not in self.earlier:
                rows = zip(table["entry"], table["title"], table["url"], table["items"], table["columns"], strict=True)
                for entry, title, url, cell, columns in rows:
                    for item in items & {*parse_ids(str(cell))}:
                        found.setdefault(item, []).append(((name, str(entry)), _said((str(title), str(url), str(columns)))))
        for one in self.reading_lists:
            for entry in one.entries:
                before = self.earlier[one.name].get(entry.position)
                if before is None:
                    continue
                for item in items & {*before.items}:
                    found.setdefault(item, []).append(((one.name, before.entry), _said(_row_of(entry))))
        return found

    def _of_entry(
        self, name: str, entry: Entry, before: Earlier, others: Mapping[str, list[tuple[tuple[str, str], _Said]]]
    ) -> Iterator[Correction]:
        """Yield what one entry corrects in its item."""
        item = self.known[before.items[0]]
        old, now, new = _said(before.row), _said(_row_of(entry)), _values(entry, item)
        address_follows = False
        for field in FIELDS:
            has, after = getattr(item, field), new[field]
            wanted = not self.accepted.isdisjoint({(item.id, ""), (item.id, field)})
            changed = bool(old[field]) and not set(old[field]) & {*now[field], after} and bool(now[field])
            if not after or not has or has == after:
                continue
            with_address = field in {"arxiv", "doi"} and new["url"] != item.url and _in_address(field, item.url) == has
            if with_address:
                changed, wanted = address_follows, address_follows
            if not changed and not wanted:
                continue
            said_elsewhere = any(has in said[field] for place, said in others[item.id] if place != (name, before.entry))
            follows = has in old[field] and not said_elsewhere and not entry.borrowed
            follows = follows and not (field == "title" and are_strangers(item.title, entry.title))
            one = Correction(item.id, name, item.title, field, has, after, True, with_address)
            applied = wanted or with_address or (follows and one.asked not in self.rejected)
            address_follows = address_follows or (field == "url" and applied)
            yield msgspec.structs.replace(one, applied=applied)


def check_wanted(wanted: Collection[Wanted], items: Collection[str]) -> None:
    """Refuse corrections of anything but ``items`` and their fields.

    Raises
    ------
    ReadingListError
        One is about another item or field.
    """
    for item, field in sorted(wanted):
        if item not in items:
            raise ReadingListError(f"--correct {item}: these lists have no such item{text.did_you_mean(item, items)}.")
        if field and field not in FIELDS:
            raise ReadingListError(f"--correct {item}:{field}: choose one of {', '.join(FIELDS)}.")


def corrected(known: Mapping[str, Item], corrections: Collection[Correction]) -> dict[str, Item]:
    """Return the items with the corrections that apply."""
    found = dict(known)
    for one in corrections:
        if one.applied:
            item = found[one.item]
            values: dict[str, Any] = {one.field: one.after}
            if one.field == "url":
                values["links"] = _links_without(item.links, str(one.after))
            found[one.item] = msgspec.structs.replace(item, **values)
    return found


def _links_without(links: str, url: str) -> str:
    """Return an item's links without one; a cell that cannot be read stays as it is."""
    try:
        held = parse_links(links)
    except CatalogueError:
        return links
    return format_links(link for link in held if link.url != url) if any(link.url == url for link in held) else links


def _row_of(entry: Entry) -> tuple[str, str, str]:
    return entry.title, url_in_list(entry), columns_cell(entry)


def _values(entry: Entry, item: Item) -> dict[str, Value]:
    """Return what an entry gives its item."""
    paper = not entry.borrowed and item.kind != "model"
    return {
        "title": entry.title,
        "url": entry.url if text.is_safe_url(entry.url) and entry.url.lower().startswith("http") else "",
        "authors": "; ".join(entry.authors),
        "year": entry.year,
        "arxiv": entry.arxiv if paper else "",
        "doi": entry.doi if paper else "",
    }


def _in_address(field: str, url: str) -> str:
    return arxiv_id(url) if field == "arxiv" else doi(url)


def _said(row: tuple[str, str, str]) -> _Said:
    """Return what a row of a list's table says of each field, in every way in which it can be read."""
    title, url, columns = row
    try:
        cells = msgspec.json.decode(columns, type=dict[str, str]) if columns else {}
    except msgspec.DecodeError:
        cells = {}
    of: dict[str, list[str]] = {}
    for name, value in cells.items():
        of.setdefault(role_of_name(name), []).append(value)
    addresses = [url, *(link.url for value in cells.values() if "://" in value for link in addresses_in(value, ""))]
    names = of.get("authors", [])
    people = [persons_in_cells(names)[0], surnames_of(" ".join(names), surnames=True, marked=True)] if names else []
    ids = {
        field: [
            *(_in_address(field, value) or value for value in of.get(field, ())),
            *(_in_address(field, one) for one in addresses),
        ]
        for field in ("arxiv", "doi")
    }
    return {
        "title": (title,) if title else (),
        "url": (url,) if url else (),
        "authors": tuple("; ".join(some) for some in people if some),
        "year": tuple(year for value in of.get("year", ()) if (year := year_of(value))),
        **{field: tuple(filter(None, values))[:1] for field, values in ids.items()},
    }
