"""What a new group reads first: one of the lists that ship with the program, or one of its own; and these lists for an import."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    if name := shipped_name(word):
        return _shipped(name)
    return _own(word.strip())


def shipped_name(word: str, folder: Path = Path()) -> str:
    """Return the name of the shipped list that a word names, by its name or title; empty for any other, and where a file in the folder has it."""
    shipped = {title.lower(): name for name, title in SHIPPED.items()} | {name: name for name in SHIPPED}
    name = shipped.get(word.strip().lower(), "")
    return name if name and not (folder / word).exists() else ""


@contextmanager
def with_shipped(words: Sequence[str], workbook: Path | None = None, name: str = "") -> Iterator[list[str]]:
    """Give the words that name what is to be imported, a shipped list as a file that exists only within.

    Parameters
    ----------
    workbook
        Where it is imported, which must not have that list already.
    name
        What the imported list is called instead.

    Raises
    ------
    ReadingListError
        The workbook has the list; or, from within, a word named nothing that can be read: the nearest right one is named.
    """
    from studygroup.catalogue.export.export import to_csv
    from studygroup.catalogue.items.table import Catalogue

    named = {word: shipped for word in words if (shipped := shipped_name(word))}
    ships = Catalogue.read(shipped_lists()) if named else Catalogue()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for word, shipped in named.items():
            if workbook and not name and (workbook / "lists" / f"{shipped}.csv").exists():
                raise ReadingListError(
                    f"The workbook has the list {shipped} already. To follow it: studygroup set syllabus {shipped}. "
                    "To import it once more, under another name: --list NAME."
                )
            file = Path(folder) / f"{shipped}.csv"
            file.write_text(to_csv(ships, shipped), encoding="utf-8", newline="")
            files[word] = str(file)
        try:
            yield [files.get(word, word) for word in words]
        except ReadingListError as error:
            # A path or an address is none of our names.
            missing = next((one for one in words if one not in files and one != "-" and not re.search(r"[/\\.]", one)), "")
            meant = nearest(missing, [*SHIPPED, *SHIPPED.values()]) or ""
            raise ReadingListError(_with_nearest(str(error), "" if Path(missing).exists() else missing, meant)) from error


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
    """Return someone's own list, read once and not yet saved."""
    from studygroup.catalogue.merging.importer import import_sources, save_import

    try:
        found = import_sources(None, [word], write=False)
    except ReadingListError as error:
        there = Path(word).exists()
        raise ReadingListError(_with_nearest(str(error), "" if there else word, "" if there else nearest_list(word))) from None
    names = [*found.frames]
    if len(names) != 1:
        raise ReadingListError(f"{word} has {len(names)} reading lists, {plain_list(names[:5])}; name the first one to read.")
    [entries] = map(len, found.frames.values())
    if not entries:
        raise ReadingListError(f"No papers were found in {word}; name a list in Markdown, HTML, BibTeX, CSV, YAML or JSON.")
    return FirstList(names[0], names[0], entries, lambda folder: save_import(folder, found))


def _with_nearest(told: str, word: str, meant: str) -> str:
    """Return what was told of a word that names nothing, with what was probably meant; an empty word names something."""
    if meant:
        return f"{told.removesuffix('.')} (did you mean {meant!r}?)."
    return f"{told} Lists that come with the program: {plain_list(SHIPPED)}." if word and "://" not in word else told


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
