"""Reading statuses that a list carries ("Read", a ticked box), as one member's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from studygroup.catalogue.merging.importer import Import
from studygroup.group.states import HOW_FAR
from studygroup.journal.types.records import Reading
from studygroup.workbook.workbook import Workbook

# Of what neither says anything: as far as without a record.
_HOW_FAR = {"": 0, **HOW_FAR}


class ListStatus(msgspec.Struct, frozen=True):
    """What a list says a member has read, and what the member's own record says, or empty."""

    item: str
    status: str
    before: str = ""


def list_statuses(workbook: Workbook, result: Import, member: str) -> list[ListStatus]:
    """Return what an import's lists add to what is recorded of a member's reading; nothing is entered.

    A status that the member's own record equals or goes beyond is left out, and so is any for an item that they skipped. Of several
    entries of one item the one furthest on counts.
    """
    found: dict[str, str] = {}
    for one in result.lists:
        for entry in one.entries:
            for item in result.of_entries.get((one.name, entry.position), ()) if entry.status else ():
                if _HOW_FAR[entry.status or ""] > _HOW_FAR[found.get(item, "")]:
                    found[item] = entry.status or ""
    held = {record.item: record.status for record in workbook.current.current(Reading) if record.member == member}
    return [
        ListStatus(item, status, held.get(item, ""))
        for item, status in found.items()
        if held.get(item) != "skipped" and _HOW_FAR[status] > _HOW_FAR[held.get(item, "")]
    ]


def enter_list_statuses(workbook: Workbook, statuses: Sequence[ListStatus], member: str, *, by: str) -> None:
    """Enter them as the member's reading."""
    for one in statuses:
        workbook.enter("reading", by=by, member=member, item=one.item, status=one.status)
