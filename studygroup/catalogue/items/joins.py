"""Where ids lead that people joined: an item that was called the same as another one goes by the other's id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from studygroup.catalogue.items.item import format_ids, parse_ids


def find_aliases(items: Collection[str], same: Iterable[frozenset[str]]) -> dict[str, str]:
    """Return the items that went into another one: from the id that is gone to the id that is kept.

    Parameters
    ----------
    items
        The ids that the catalogue has.
    same
        The pairs that a person called the same; an item may have gone into one that went into a third.
    """
    held, found = frozenset(items), dict[str, str]()
    left = [pair for pair in map(sorted, same) if len(pair) == 2]
    while left:
        found_before, later = len(found), []
        for one, other in left:
            for gone, kept in ((one, other), (other, one)):
                if gone not in held and gone not in found and (kept in held or kept in found):
                    found[gone] = found.get(kept, kept)
                    break
            else:
                later.append((one, other))
        if len(found) == found_before:
            break
        left = [list(pair) for pair in later]
    return found


def resolved(pair: Iterable[str], aliases: Mapping[str, str]) -> frozenset[str]:
    """Return a pair of ids as the items that they are now; only one where both are the same item."""
    return frozenset(aliases.get(item, item) for item in pair)


def resolved_entries(table: pd.DataFrame, aliases: Mapping[str, str]) -> pd.DataFrame:
    """Return a table of entries whose cells ``items`` name the items that are kept; the table itself where none changes."""
    cells = [_resolved_cell(cell, aliases) for cell in table["items"]] if aliases else []
    if not aliases or cells == table["items"].tolist():
        return table
    return table.assign(items=pd.Series(cells, index=table.index, dtype="str"))


def _resolved_cell(cell: str, aliases: Mapping[str, str]) -> str:
    ids = parse_ids(cell)
    if aliases.keys().isdisjoint(ids):
        return cell
    return format_ids(dict.fromkeys(aliases.get(item, item) for item in ids))
