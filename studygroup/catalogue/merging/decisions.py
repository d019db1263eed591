"""What a person decided about two items: that they are one work, or two; kept in lists/same.csv and different.csv."""

from __future__ import annotations

import msgspec
import pandas as pd

from studygroup.catalogue.items.address import address_key
from studygroup.catalogue.items.columns import COLUMNS, Item
from studygroup.catalogue.items.item import Link, format_links, parse_links
from studygroup.catalogue.items.joins import find_aliases, resolved, resolved_entries
from studygroup.catalogue.items.table import Catalogue
from studygroup.errors import CatalogueError


def join(catalogue: Catalogue, kept: str, gone: str) -> Catalogue:
    """Return the catalogue in which two items are one, called ``kept``; nothing that either held is lost.

    Empty cells are filled from the item that goes, its links and its address stand among the links, every entry that named
    it names ``kept``, and the pair is remembered, so that imports and records that name it mean ``kept``.

    Raises
    ------
    CatalogueError
        The catalogue lacks one of them, or they are the same already.
    """
    first, second = catalogue.item(kept), catalogue.item(gone)
    if first.id == second.id:
        raise CatalogueError(f"{kept} and {gone} are one item already.")
    items = catalogue.items[catalogue.items["id"] != second.id].reset_index(drop=True)
    merged = _merged(first, second)
    row = int(items.index[items["id"] == first.id][0])
    for column in COLUMNS:
        value = getattr(merged, column)
        items.loc[row, column] = pd.NA if value is None else value
    went = catalogue.items[catalogue.items["id"] == second.id]
    for column in (name for name in items.columns if name not in COLUMNS and not items.loc[row, name]):
        items.loc[row, column] = went[column].iloc[0]
    same = catalogue.same | {frozenset((first.id, second.id))}
    aliases = find_aliases(items["id"], same)
    lists = {name: resolved_entries(table, aliases) for name, table in catalogue.lists.items()}
    # The last word stands, also about what went into either of them before.
    different = {pair for pair in catalogue.different if len(resolved(pair, aliases)) > 1}
    return Catalogue(
        items, lists, same, different, catalogue.notes, resolved_entries(catalogue.former, aliases), catalogue.taken
    )


def keep_apart(catalogue: Catalogue, one: str, other: str) -> Catalogue:
    """Return the catalogue that knows two items to be different, so that an import neither joins nor suggests them.

    Raises
    ------
    CatalogueError
        The catalogue lacks one of them, or they are one item.
    """
    first, second = catalogue.item(one), catalogue.item(other)
    if first.id == second.id:
        raise CatalogueError(f"{one} and {other} are one item; two different ones are needed.")
    pair = frozenset((first.id, second.id))
    return Catalogue(
        catalogue.items,
        catalogue.lists,
        catalogue.same,
        catalogue.different | {pair},
        catalogue.notes,
        catalogue.former,
        catalogue.taken,
    )


def _merged(first: Item, second: Item) -> Item:
    """Return ``first`` with its empty fields filled, and with every link of ``second``."""
    filled = {name: getattr(second, name) for name in COLUMNS if name != "links" and not getattr(first, name)}
    merged = msgspec.structs.replace(first, **filled)
    links = list(parse_links(first.links))
    host = address_key(second.url).partition("/")[0]
    for link in (*([Link(host or "Link", second.url)] if second.url else []), *parse_links(second.links)):
        if address_key(link.url) not in {address_key(one) for one in (merged.url, *(held.url for held in links))}:
            links.append(link)
    return msgspec.structs.replace(merged, links=format_links(links))
