"""The items of an import: read from the table, made and filled from entries, and put back into the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from studygroup.catalogue.items.address import address_key
from studygroup.catalogue.items.columns import COLUMNS, DTYPES, FACTS, PROSE, Item, to_item
from studygroup.catalogue.items.item import Link, arxiv_id, format_links
from studygroup.catalogue.recognise.entry import Entry
from studygroup.text import text

if TYPE_CHECKING:
    import pandas as pd


def items_of(items: pd.DataFrame) -> dict[str, Item]:
    """Return the table's items by id."""
    rows = zip(*(items[column].tolist() for column in COLUMNS), strict=True)
    found = (to_item(dict(zip(COLUMNS, row, strict=True))) for row in rows)
    return {item.id: item for item in found}


def new_item(item_id: str, title: str, entries: Sequence[Entry]) -> Item:
    """Return an item with the id and title that has the kind and section of its entries, and nothing else yet."""
    first = entries[0]
    kind = next((entry.kind for entry in entries if entry.kind != "other"), "other")
    return Item(id=item_id, title=title, kind=kind, section=" > ".join(first.section))


def filled_item(item: Item, entries: Sequence[Entry]) -> Item:
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
    for field in (*FACTS, *PROSE):
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


def items_frame(items: pd.DataFrame, changed: Mapping[str, Item], made: Sequence[Item]) -> pd.DataFrame:
    """Return the table of items with some rows changed and new ones at its end."""
    import pandas as pd

    frame = items
    if changed:
        frame = items.copy()
        rows = {item_id: row for row, item_id in enumerate(frame["id"])}
        places = [rows[item_id] for item_id in changed]
        for column in COLUMNS:
            cells = frame[column].to_list()
            for place, item in zip(places, changed.values(), strict=True):
                cells[place] = getattr(item, column)
            frame[column] = pd.Series(cells, index=frame.index, dtype=DTYPES[column])
    if not made:
        return frame
    new = pd.DataFrame([msgspec.structs.asdict(item) for item in made], columns=list(COLUMNS)).astype(dict(DTYPES))
    # Columns that are not ours stay; of new items they are empty.
    extra = [column for column in frame.columns if column not in DTYPES]
    new = new.assign(**{column: pd.Series([""] * len(new), dtype="str") for column in extra})
    kept = frame[[*COLUMNS, *extra]].astype(dict(DTYPES))
    return pd.concat([kept, new], ignore_index=True) if len(frame) else new
