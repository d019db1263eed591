"""What an import left out and a person made an entry: by a click in the preview or ``--take LINE``, and by every later import."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from studygroup.catalogue.items.item import arxiv_id, doi
from studygroup.catalogue.merging.list_prose import NOTE
from studygroup.catalogue.pages.folder import PAGE
from studygroup.catalogue.reading.ledger import LeftOut
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.errors import ReadingListError
from studygroup.text.text import plain_list

Taken = tuple[str, str, str]
"""A list, and the words and the address of what was left out of it: not its line, so that later imports keep it."""


def take(
    lists: Sequence[ReadingList], taken: Collection[Taken]
) -> tuple[tuple[ReadingList, ...], dict[tuple[str, int], tuple[str, int]]]:
    """Return the lists with an entry for each line that a person took, in the order of lines, and where entries went.

    Of several equal lines of a list the first one becomes an entry.
    """
    made: list[ReadingList] = []
    moved: dict[tuple[str, int], tuple[str, int]] = {}
    for one in lists:
        wanted = {(text, url) for name, text, url in taken if name == one.name}
        found = {out.key: out for out in reversed(one.left_out) if out.key in wanted}
        entries = _with_taken(one.entries, sorted(found.values()))
        for position, entry in enumerate(entries, 1):
            if entry.position:
                moved[one.name, entry.position] = (one.name, position)
        gone = {*found.values()}
        made.append(
            msgspec.structs.replace(
                one,
                entries=tuple(msgspec.structs.replace(entry, position=position) for position, entry in enumerate(entries, 1)),
                left_out=tuple(out for out in one.left_out if out not in gone),
            )
            if found
            else one
        )
    return tuple(made), moved


def _with_taken(entries: Sequence[Entry], taken: Sequence[LeftOut]) -> list[Entry]:
    """Return entries with new ones, without a position yet, each behind the last one that is above it in the document."""
    behind: dict[int, list[Entry]] = {}
    for out in taken:
        place = max((index for index, entry in enumerate(entries, 1) if entry.line <= out.line), default=0)
        behind.setdefault(place, []).append(_entry(out))
    placed = [*behind.get(0, ())]
    for index, entry in enumerate(entries, 1):
        placed += [entry, *behind.get(index, ())]
    return placed


def _entry(out: LeftOut) -> Entry:
    title = " ".join(out.text.split()) or out.url
    kind = kind_of(out.url, title, out.section)
    return Entry(0, title, out.url, out.section, kind, line=out.line, arxiv=arxiv_id(out.url), doi=doi(out.url))


def taken_at(lists: Sequence[ReadingList], lines: Collection[int]) -> frozenset[Taken]:
    """Return what was left out on lines of one list: its links, or its words where it has no link.

    Raises
    ------
    ReadingListError
        There are several lists, or nothing was left out on a line.
    """
    if not lines:
        return frozenset()
    if len(lists) != 1:
        raise ReadingListError(f"--take names lines of one list, but {len(lists)} were given; import them one by one.")
    [one] = lists
    # A page has lines of its own; what is left out of it is taken in the preview.
    of_list = [out for out in one.left_out if not out.reason.startswith(PAGE)]
    by_line: Mapping[int, list[LeftOut]] = {line: [out for out in of_list if out.line == line] for line in lines}
    if empty := sorted(line for line, found in by_line.items() if not found):
        where = f"line {empty[0]}" if len(empty) == 1 else f"lines {plain_list([str(line) for line in empty])}"
        raise ReadingListError(f"Nothing was left out on {where} of {one.name}; --left-out lists what was.")
    chosen = [out for found in by_line.values() for out in ([out for out in found if out.url] or found)]
    return frozenset((one.name, *out.key) for out in chosen)


def left_out_line(one: ReadingList) -> str:
    """Return in a line what was left out of a list, or an empty text: links by their reason, and lines of words."""
    links = ["on a page" if out.reason.startswith(PAGE) else out.reason for out in one.left_out if out.url]
    words = len(
        {(out.line, out.reason.startswith(PAGE) and out.reason) for out in one.left_out if not out.url and out.reason != NOTE}
    )
    reasons = {reason: links.count(reason) for reason in dict.fromkeys(links)}
    told = [f"{count:,} {reason}" for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1])]
    parts = [f"{_counted(len(links), 'link')} ({', '.join(told)})"] if links else []
    parts += [_counted(words, "line") + " of text"] if words else []
    return f"{one.name}: in no entry: {' and '.join(parts)}; --left-out lists them" if parts else ""


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
