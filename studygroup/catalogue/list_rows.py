"""The rows of an imported list: what an earlier import said of its entries, and the table that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from studygroup import text
from studygroup.catalogue.entry import Entry, ReadingList
from studygroup.catalogue.item import LIST_COLUMNS, Item, format_ids, format_links, parse_ids

if TYPE_CHECKING:
    import pandas as pd


class Earlier(msgspec.Struct, frozen=True):
    """What an earlier import of the list made of an entry; ``none`` says that it is no item, and stays none."""

    entry: str
    items: tuple[str, ...]
    none: bool = False


def match_earlier(
    one: ReadingList, frame: pd.DataFrame | None, known: Mapping[str, Item]
) -> tuple[dict[int, Earlier], list[str]]:
    """Return what an earlier import said of each entry, by position, and the titles that are gone from the list."""
    if frame is None or frame.empty:
        return {}, []
    rows = [
        (str(title), str(url), Earlier(str(entry), tuple(item for item in parse_ids(str(ids)) if item in known), not ids))
        for title, url, entry, ids in zip(frame["title"], frame["url"], frame["entry"], frame["items"], strict=True)
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
            key = look(entry.title, entry.url)
            if entry.position not in matched and key is not None and places.get(key):
                matched[entry.position] = left.pop(places[key].pop())[2]
    return matched, [title for title, _, _ in left.values()]


def list_frame(
    one: ReadingList, of_entries: Mapping[tuple[str, int], tuple[str, ...]], earlier: Mapping[int, Earlier]
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
