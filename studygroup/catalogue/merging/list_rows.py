"""The rows of an imported list: what an earlier import said of its entries, and the table that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from studygroup.catalogue.items.columns import Item
from studygroup.catalogue.items.item import LIST_COLUMNS, format_ids, format_links, parse_ids
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.text import text

if TYPE_CHECKING:
    import pandas as pd


class Earlier(msgspec.Struct, frozen=True):
    """What an earlier import of the list made of an entry; ``none`` says that it is no item, and stays none.

    ``row`` is what its row says: title, address, and the other cells as JSON.
    """

    entry: str
    items: tuple[str, ...]
    none: bool = False
    row: tuple[str, str, str] = ("", "", "")


def match_earlier(
    one: ReadingList, frame: pd.DataFrame | None, known: Mapping[str, Item]
) -> tuple[dict[int, Earlier], list[str]]:
    """Return what an earlier import said of each entry, by position, and the titles that are gone from the list."""
    if frame is None or frame.empty:
        return {}, []
    cells = (frame[name].astype(str) for name in ("title", "url", "entry", "items", "columns"))
    rows = [
        (title, url, Earlier(entry, tuple(item for item in parse_ids(ids) if item in known), not ids, (title, url, columns)))
        for title, url, entry, ids, columns in zip(*cells, strict=True)
    ]
    matched: dict[int, Earlier] = {}
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
            key = look(entry.title, url_in_list(entry))
            if entry.position not in matched and key is not None and places.get(key):
                matched[entry.position] = left.pop(places[key].pop())[2]
    return matched, [title for title, _, _ in left.values()]


def list_frame(
    one: ReadingList,
    of_entries: Mapping[tuple[str, int], tuple[str, ...]],
    earlier: Mapping[int, Earlier],
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a list's table, one row an entry, as ``csv_table.read_list`` would; columns that are not ours stay as ``before`` has them."""
    import pandas as pd

    ids = text.GivenIds(before.entry for before in earlier.values())
    rows = []
    for entry in one.entries:
        known = earlier.get(entry.position)
        name = known.entry if known else ids.give(entry.title)
        rows.append(
            {
                "entry": name,
                "position": entry.position,
                "number": entry.number,
                "line": entry.line,
                "section": " > ".join(entry.section),
                "title": entry.title,
                "url": url_in_list(entry),
                "items": format_ids(of_entries[one.name, entry.position]),
                "columns": columns_cell(entry),
            }
        )
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS))
    frame = frame.astype({column: "Int64" if column in {"position", "line"} else "str" for column in LIST_COLUMNS})
    for column in () if before is None else (name for name in before.columns if name not in LIST_COLUMNS):
        cells = dict(zip(before["entry"], before[column], strict=True)) if before is not None else {}
        frame[column] = pd.Series([cells.get(entry, "") for entry in frame["entry"]], dtype="str")
    return frame


def url_in_list(entry: Entry) -> str:
    """Return the address that an entry's list has for it: that of its page where it has one, not the paper's."""
    return (entry.listed or entry).url


def columns_cell(entry: Entry) -> str:
    """Return an entry's other cells as JSON; what a bullet says beside its title is under the name of its field.

    What only its page says is no cell of the list.
    """
    entry = entry.listed or entry
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
