"""Reading statuses that a list carries ("Read", a ticked box), as one member's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from studygroup.catalogue.exchange import Import
from studygroup.catalogue.item import parse_ids
from studygroup.journal.records import Reading
from studygroup.workbook import Workbook

# How far each is; a list never takes a member back. "unread" is what holds without a record.
_RANK = {"reading": 1, "skimmed": 2, "read": 3}


class ListStatus(msgspec.Struct, frozen=True):
    """What a list says a member has read, and what the member's own record says, or empty."""

    item: str
    status: str
    before: str = ""


def list_statuses(workbook: Workbook, result: Import, member: str) -> list[ListStatus]:
    """Return what an import's lists add to what is recorded of a member's reading; nothing is entered.

    A status that the member's own record equals or goes beyond is left out; so is any for an item that they skipped.
    """
    found: dict[str, str] = {}
    for one in result.lists:
        cells = result.frames[one.name]["items"].tolist()
        for entry, cell in zip(one.entries, cells, strict=True):
            for item in parse_ids(cell):
                if entry.status and _RANK.get(entry.status, 0) >= _RANK.get(found.get(item, ""), 0):
                    found[item] = entry.status
    added = []
    for item, status in found.items():
        held = workbook.held(Reading, member, item)
        before = held.status if held else ""
        if status == "skipped" and not before:
            added.append(ListStatus(item, status))
        elif before != "skipped" and _RANK.get(status, 0) > _RANK.get(before, 0):
            added.append(ListStatus(item, status, before))
    return added


def enter_list_statuses(workbook: Workbook, statuses: Sequence[ListStatus], member: str, *, by: str) -> None:
    """Enter them as the member's reading."""
    for one in statuses:
        workbook.enter("reading", by=by, member=member, item=one.item, status=one.status)
