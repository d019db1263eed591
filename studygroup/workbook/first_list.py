"""What a new group reads first: one of the lists that ship with the program, or one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from studygroup.errors import ReadingListError
from studygroup.text.text import nearest, plain_list
from studygroup.workbook.starter import shipped_lists

SHIPPED: Mapping[str, str] = {
    "modern-llm-study-group": "Modern LLM study group: the papers behind The State of GPT",
    "anti-hype-llm-reading-list": "Anti-hype LLM reading list",
    "llm-reading-materials": "LLM reading materials, from attention to agents",
    "llm-reading-list": "LLM reading list: recent papers",
    "llm-powerhouse": "LLM powerhouse: open models, datasets and tools",
}
"""The lists that ship with the program: the name of each, and its title."""

_MOST_FILES = 500


class FirstList(msgspec.Struct, frozen=True):
    """A list that was found: its ``name``, what to call it, how many entries it has, and what puts it into a new workbook."""

    name: str
    title: str
    entries: int
    save: Callable[[Path], None]

    @property
    def readings(self) -> str:
        """How many entries it has, in words."""
        return f"{self.entries} reading{'s' * (self.entries != 1)}"


def find_first_list(word: str) -> FirstList:
    """Return the list that a word names: a shipped list by its name or title, else a file, a folder or an ``https://`` address.

    Raises
    ------
    ReadingListError
        It names nothing that can be read, or what it names has no entries; the nearest right one is named.
    """
    shipped = {title.lower(): name for name, title in SHIPPED.items()} | {name: name for name in SHIPPED}
    if (name := shipped.get(word.strip().lower())) and not Path(word).exists():
        return _shipped(name)
    return _own(word.strip())


def _shipped(name: str) -> FirstList:
    entries = _entries(shipped_lists() / "lists" / f"{name}.csv")
    return FirstList(name, SHIPPED[name].partition(":")[0], entries, lambda folder: _copy(folder, name))


def _entries(path: Path) -> int:
    import csv

    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.DictReader(stream))


def _copy(folder: Path, name: str) -> None:
    """Put a shipped list into a workbook, with the items that it names and what was decided about pairs of them."""
    from studygroup.catalogue.items.item import parse_ids
    from studygroup.catalogue.items.table import Catalogue

    ships = shipped_lists()
    # The package's own files may be links, as some installers make them; a workbook reads none.
    places = ["catalogue.csv", f"lists/{name}.csv", *(f"lists/{pairs}.csv" for pairs in ("same", "different"))]
    for place in places:
        if (ships / place).is_file():
            shutil.copyfile(ships / place, folder / place)
    catalogue = Catalogue.read(folder)
    named = {item for cell in catalogue.lists[name]["items"] for item in parse_ids(cell)}
    catalogue.items = catalogue.items[catalogue.items["id"].isin(named)].reset_index(drop=True)
    catalogue.same = {pair for pair in catalogue.same if pair & named}
    catalogue.different = {pair for pair in catalogue.different if pair <= named}
    catalogue.write(folder)
    for pairs in ("same", "different"):
        if not getattr(catalogue, pairs):
            (folder / "lists" / f"{pairs}.csv").unlink(missing_ok=True)


def _own(word: str) -> FirstList:
    """Return somebody's own list, read once and not yet saved."""
    from studygroup.catalogue.merging.importer import import_sources, save_import

    try:
        found = import_sources(None, [word], write=False)
    except ReadingListError as error:
        told, meant = str(error), "" if Path(word).exists() else nearest_list(word)
        if meant:
            told = f"{told.removesuffix('.')} (did you mean {meant!r}?)."
        elif not Path(word).exists() and "://" not in word:
            told = f"{told} Lists that come with the program: {plain_list(SHIPPED)}."
        raise ReadingListError(told) from None
    names = [*found.frames]
    if len(names) != 1:
        raise ReadingListError(f"{word} has {len(names)} reading lists, {plain_list(names[:5])}; name the first one to read.")
    [entries] = map(len, found.frames.values())
    if not entries:
        raise ReadingListError(f"No papers were found in {word}; name a list in Markdown, BibTeX, CSV or YAML.")
    return FirstList(names[0], names[0], entries, lambda folder: save_import(folder, found))


def nearest_list(word: str) -> str:
    """Return what a word that names nothing was probably meant to be, or an empty text: an address, a file beside it, a shipped list."""
    scheme, is_address, rest = word.partition("://")
    if is_address:
        return "" if scheme.lower() == "https" else f"https://{rest}"
    return nearest(word, _beside(word)) or nearest(word, [*SHIPPED, *SHIPPED.values()]) or ""


def _beside(word: str) -> list[str]:
    """Return what is in the folder in which a file of that name would be, as it would be typed."""
    folder = Path(word).parent
    try:
        return [str(folder / one.name) for _, one in zip(range(_MOST_FILES), folder.iterdir(), strict=False)]
    except (OSError, ValueError):
        return []
