"""What a person names to import, read into bytes: files, folders, standard input, https addresses."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from studygroup import text
from studygroup.catalogue.form import ENDINGS, Limits, Source, make_source, too_large
from studygroup.errors import ReadingListError

if TYPE_CHECKING:
    import httpx

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST_WITHOUT_SCHEME = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|edu)/\S+", re.IGNORECASE)

__all__ = ["Limits", "Source", "read_sources"]

STANDARD_INPUT = "-"
_LONGEST_SHOWN = 300


def read_sources(
    words: Sequence[str], stdin: BinaryIO | None = None, client: httpx.Client | None = None, limits: Limits | None = None
) -> list[Source]:
    """Return the lists that the words name, in order: files, folders, ``-`` for standard input, ``https://`` addresses.

    A folder stands for all lists below it, sorted by path, hidden folders and installed packages left out. ``client`` is
    used for addresses if given; only an address imports httpx.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read, or two of them would become lists of one name.
    """
    limits = limits or Limits()
    sources: list[Source] = []
    for word in words:
        sources += _read_word(word, stdin, client, limits)
    places: dict[str, str] = {}
    for source in sources:
        name = text.make_id(source.name, fallback="list")
        if name in places:
            raise ReadingListError(
                f"{places[name]} and {source.place} would both become the list {name}; import one of them with --list NAME."
            )
        places[name] = source.place
    return sources


def _read_word(word: str, stdin: BinaryIO | None, client: httpx.Client | None, limits: Limits) -> Iterator[Source]:
    if word == STANDARD_INPUT:
        data = _read_at_most(stdin or sys.stdin.buffer, "standard input", limits)
        yield make_source("list", "standard input", data)
    elif scheme := _SCHEME.match(word):
        if scheme[1].lower() not in {"http", "https"}:
            raise ReadingListError(f"{word} is no file and no https:// address; {scheme[1]}:// cannot be read.")
        from studygroup.catalogue.download import read_address

        yield read_address(word, client, limits)
    else:
        yield from _read_path(word, limits)


def _read_path(word: str, limits: Limits) -> Iterator[Source]:
    path, shown = Path(word), word if len(word) <= _LONGEST_SHOWN else f"{word[:_LONGEST_SHOWN]}…"
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        hint = f" If it is an address, write https://{word}" if _HOST_WITHOUT_SCHEME.fullmatch(word) else ""
        raise ReadingListError(f"There is no file or folder {shown!r}.{hint}") from None
    except OSError as error:
        raise ReadingListError(f"{shown} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise ReadingListError(f"{shown!a} is no file name: it holds a NUL.") from None
    files = _files_below(path) if is_folder else [path]
    if not files:
        endings = text.plain_list(f"*{ending}" for ending in ENDINGS)
        raise ReadingListError(f"There is no reading list in the folder {word}: no {endings}.")
    for file in files:
        try:
            with file.open("rb") as stream:
                data = _read_at_most(stream, str(file), limits)
        except OSError as error:
            raise ReadingListError(f"{file} cannot be read: {error.strerror}.") from error
        yield make_source(file.stem, str(file), data, file.name)


def _files_below(folder: Path) -> list[Path]:
    """Return every list below a folder, sorted; links to folders are not followed, so that nothing goes in a circle."""

    def refuse(error: OSError) -> None:
        raise ReadingListError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error

    found = []
    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS]
        found += [Path(here) / name for name in names if not name.startswith(".") and name.lower().endswith(tuple(ENDINGS))]
    return sorted(found)


def _read_at_most(stream: BinaryIO, place: str, limits: Limits) -> bytes:
    data = stream.read(limits.size_bytes + 1)
    if len(data) > limits.size_bytes:
        raise too_large(place, limits)
    return data
