"""What a list says beside its entries (lessons learned, how a thing works, a table that compares), for its notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from studygroup.catalogue.items.list_notes import to_notes
from studygroup.catalogue.recognise.entry import ReadingList

NOTE = "note of the list"
"""Why words are in no entry that the list's notes keep."""

_KEPT = frozenset({"prose", "row without a work", "line without a link"})
_LEAST_WORDS = 5
_MOST_CHARACTERS = 200_000
_FENCE = re.compile(r"\s*(?:```|~~~)")
_WORD = re.compile(r"[^\W_]{2,}")


def with_prose(one: ReadingList, text: str) -> tuple[ReadingList, str]:
    """Return a list and its notes: the blocks of its document that hold no entry, under their headings; empty if there are none.

    What is kept is marked among what was left out, from where a person can still take it.
    """
    said = {out.line: out.section for out in one.left_out if not out.url and out.reason in _KEPT}
    others = {out.line for out in one.left_out if not out.url and out.reason not in _KEPT} | {
        entry.line for entry in one.entries
    }
    kept: list[tuple[tuple[str, ...], str]] = []
    lines: set[int] = set()
    size = 0
    for start, block in _blocks(text.split("\n")):
        numbers = range(start, start + len(block))
        section = next((said[number] for number in numbers if number in said), None)
        written = "\n".join(block)
        if section is None or not others.isdisjoint(numbers) or written.lstrip().startswith("<"):
            continue
        size += len(written)
        if len(_WORD.findall(written)) >= _LEAST_WORDS and size <= _MOST_CHARACTERS:
            kept.append((section, written))
            lines.update(numbers)
    left_out = tuple(
        msgspec.structs.replace(out, reason=NOTE) if out.line in lines and not out.url and out.reason in _KEPT else out
        for out in one.left_out
    )
    return msgspec.structs.replace(one, left_out=left_out), to_notes(kept)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each run of lines without a blank one between them, with the number of its first line; headings are none, a fence is one."""
    start, block, fenced = 0, list[str](), False
    for number, line in enumerate([*lines, ""], 1):
        was_fenced = fenced
        fenced ^= bool(_FENCE.match(line))
        ends = not (fenced or was_fenced) and (not line.strip() or re.match(r"#{1,6}\s", line))
        if ends and block:
            yield start, block
            block = []
        if not ends:
            start = start if block else number
            block.append(line.rstrip())
