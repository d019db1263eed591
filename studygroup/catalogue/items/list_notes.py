"""The notes of a list, ``lists/<name>.md``: what its document says beside its entries, in Markdown under the list's headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from studygroup.storage.shared_files import exists, is_file, read_file

LARGEST_BYTES = 1_000_000
_FENCE = re.compile(r"\s*(?:```|~~~)")


def notes_path(folder: Path, name: str) -> Path:
    """Return where the notes of a list are in a workbook's folder."""
    return folder / "lists" / f"{name}.md"


def read_notes(folder: Path, name: str) -> str:
    """Return the notes of a list, or an empty text; a link or a file that is too large is none."""
    path = notes_path(folder, name)
    if not exists(path, folder) or not is_file(path, folder):
        return ""
    try:
        return read_file(path, folder, LARGEST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def sections_of(notes: str) -> Mapping[tuple[str, ...], str]:
    r"""Return what notes say under each heading path, in order; above the first heading it is the empty path.

    >>> sections_of("First.\n\n## Trees\n\nTall.\n\n### Oaks\n\nOld.\n")
    {(): 'First.', ('Trees',): 'Tall.', ('Trees', 'Oaks'): 'Old.'}
    """
    found: dict[tuple[str, ...], list[str]] = {}
    path: list[str] = []
    fenced = False
    for line in notes.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        head = None if fenced else re.match(r"(#{2,6})\s+(.*\S)", line)
        if head:
            path = [*path[: len(head[1]) - 2], head[2]]
        else:
            found.setdefault(tuple(path), []).append(line)
    return {section: said for section, some in found.items() if (said := "\n".join(some).strip("\n"))}


def to_notes(sections: Iterable[tuple[tuple[str, ...], str]]) -> str:
    """Return what is said under heading paths as notes; ``sections_of`` undoes it.

    >>> to_notes([((), "First."), (("Trees", "Oaks"), "Old.")])
    'First.\\n\\n## Trees\\n\\n### Oaks\\n\\nOld.\\n'
    """
    blocks: list[str] = []
    path: tuple[str, ...] = ()
    for section, said in sections:
        blocks += [*headings(path, section), said]
        path = section
    return "\n\n".join(blocks) + "\n" if blocks else ""


def headings(path: tuple[str, ...], section: tuple[str, ...]) -> list[str]:
    """Return the headings that lead from one section to another."""
    shared = next((level for level, pair in enumerate(zip(path, section, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(path), len(section)) if shared is None else shared
    if section and path != section:
        # A section above the last one is reached again through its own heading.
        shared = min(shared, len(section) - 1)
    return [f"{'#' * min(level + 2, 6)} {name}" for level, name in enumerate(section[shared:], shared)]
