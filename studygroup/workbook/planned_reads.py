"""What a plan or a closing keeps of the list, so that the list can change later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from studygroup.journal.types.record import Read

if TYPE_CHECKING:
    from studygroup.catalogue.items.table import Catalogue

_LONGEST_TITLE = 500
"""In characters; a list's title can be a paragraph, and a record has room for 64 KiB."""


def planned_reads(
    catalogue: Catalogue,
    syllabus: str,
    entries: Sequence[str],
    items: Sequence[str],
    before: Iterable[Read] = (),
    *,
    kept: bool = False,
) -> tuple[Read, ...]:
    """Return what a plan's entries and items are, entries first; what is not there, and was in no plan before, is left out.

    Parameters
    ----------
    syllabus
        The name of the list whose entries are steps, or empty.
    before
        What an earlier plan of the session kept: it says what an entry was that is gone from the list.
    kept
        Whether the session has been attended or closed: then what was kept stays as it is.
    """
    of_entry = {one.entry: one for one in before if one.entry}
    by_itself = {one.items: one for one in before if len(one.items) == 1}
    found: list[Read] = []
    for entry in dict.fromkeys(entries):
        then = of_entry.get(entry)
        now = None if kept and then else _of_entry(catalogue, syllabus, entry)
        if one := now or then:
            found.append(one)
    titles = dict(zip(catalogue.items["id"], catalogue.items["title"], strict=True)) if items else {}
    for item in dict.fromkeys(items):
        then, title = by_itself.get((item,)), str(titles.get(item, ""))
        if then and (kept or not title):
            found.append(then)
        elif title:
            found.append(Read(title=title[:_LONGEST_TITLE], items=(item,)))
    return tuple(dict.fromkeys(found))


def _of_entry(catalogue: Catalogue, syllabus: str, reference: str) -> Read | None:
    name, _, entry = reference.partition("/")
    if name not in catalogue.lists:
        return None
    steps = catalogue.steps(name)
    for row in steps[steps["entry"] == entry].to_dict("records"):
        is_step = name == syllabus
        return Read(
            entry=reference,
            step=int(row["step"]) if is_step else 0,
            steps=len(steps) if is_step else 0,
            number=str(row["number"]),
            section=tuple(part for part in str(row["section"]).split(" > ") if part),
            title=str(row["title"])[:_LONGEST_TITLE],
            items=tuple(row["items"]),
        )
    return None
