"""What a person names to import, read into bytes: files, folders, standard input, https addresses."""

from __future__ import annotations

import errno
import logging
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from studygroup.catalogue.reading.form import ENDINGS, Limits, Source, make_source, too_large
from studygroup.errors import ReadingListError, as_text
from studygroup.storage.shared_files import RefusedError, open_folder, read_file, what_is
from studygroup.text import text

if TYPE_CHECKING:
    import httpx

_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST_WITHOUT_SCHEME = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|edu)/\S+", re.IGNORECASE)

__all__ = ["Limits", "Source", "read_sources"]

STANDARD_INPUT = "-"
_LONGEST_SHOWN = 300


def read_sources(
    words: Sequence[str],
    stdin: BinaryIO | None = None,
    client: httpx.Client | None = None,
    limits: Limits | None = None,
    allow_private: bool = False,
    *,
    distinct: bool = True,
) -> list[Source]:
    """Return the lists that the words name, in order: files, folders, ``-`` for standard input, ``https://`` addresses.

    A folder stands for all lists below it, sorted by path, hidden folders and installed packages left out. ``client`` is
    used for addresses if given; only an address imports httpx. With ``allow_private``, redirects may lead into private networks.
    Unless they need not be ``distinct``, no two may become lists of one name.

    Raises
    ------
    ReadingListError
        A word names nothing that can be read, or two of them would become lists of one name.
    """
    limits = limits or Limits()
    sources: list[Source] = []
    for word in words:
        sources += _read_word(word, stdin, client, limits, allow_private)
    if distinct:
        check_names([(source.name, source.place) for source in sources])
    return sources


def check_names(lists: Iterable[tuple[str, str]]) -> None:
    """Refuse lists, each a name and a place, of which two would have one name.

    Raises
    ------
    ReadingListError
        Two would.
    """
    places: dict[str, str] = {}
    for called, place in lists:
        name = text.make_id(called, fallback="list")
        if name in places:
            raise ReadingListError(
                f"{places[name]} and {place} would both become the list {name}; import one of them with --list NAME."
            )
        places[name] = place


def _read_word(
    word: str, stdin: BinaryIO | None, client: httpx.Client | None, limits: Limits, allow_private: bool
) -> Iterator[Source]:
    if word == STANDARD_INPUT:
        data = _read_at_most(stdin or sys.stdin.buffer, "standard input", limits)
        yield make_source("list", "standard input", data)
    elif scheme := _SCHEME.match(word):
        if scheme[1].lower() not in {"http", "https"}:
            raise ReadingListError(f"{word} is no file and no https:// address; {scheme[1]}:// cannot be read.")
        from studygroup.catalogue.online.download import read_address

        yield read_address(word, client, limits, allow_private)
    else:
        yield from _read_path(word, limits)


def _read_path(word: str, limits: Limits) -> Iterator[Source]:
    path, shown = Path(word), word if len(word) <= _LONGEST_SHOWN else f"{word[:_LONGEST_SHOWN]}…"
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        hint = f" If it is an address, write https://{word}" if _HOST_WITHOUT_SCHEME.fullmatch(word) else ""
        raise ReadingListError(f"There is no file or folder {shown!r}.{hint}") from None
    except OSError as error:
        raise ReadingListError(f"{shown} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise ReadingListError(f"{shown!a} is no file name: it holds a NUL.") from None
    is_folder = stat.S_ISDIR(mode)
    if not is_folder and not stat.S_ISREG(mode) and not word.startswith("/dev/"):
        raise ReadingListError(f"{shown} is {what_is(mode)}. To read what a program prints, pipe it: … | studygroup import -")
    files = _files_below(path) if is_folder else [path]
    if not files:
        endings = text.plain_list(f"*{ending}" for ending in ENDINGS)
        raise ReadingListError(f"There is no reading list in the folder {word}: no {endings}.")
    for file in files:
        try:
            data = _read_below(file, path, limits) if is_folder else _read_named(file, limits)
        except OSError as error:
            raise ReadingListError(f"{file} cannot be read: {error.strerror}.") from error
        yield make_source(file.stem, str(file), data, file.name)


def _files_below(folder: Path) -> list[Path]:
    """Return every list below a folder, sorted; links, pipes and the like are left out, and it is said."""
    found, waiting = [], [folder]
    while waiting:
        here = waiting.pop()
        try:
            with open_folder(here, folder) as opened:
                entries = {name: opened.kind(name) or 0 for name in opened.names() if not name.startswith(".")}
        except OSError as error:
            raise ReadingListError(f"The folder {here} cannot be read: {error.strerror}.") from error
        for name, mode in entries.items():
            if stat.S_ISDIR(mode):
                waiting += [here / name] if name not in _SKIPPED_FOLDERS else []
            elif not name.lower().endswith(tuple(ENDINGS)):
                continue
            elif stat.S_ISREG(mode):
                found.append(here / name)
            else:
                logging.getLogger("studygroup").warning("%s was left out: it is %s.", as_text(str(here / name)), what_is(mode))
    return sorted(found)


def _read_below(file: Path, folder: Path, limits: Limits) -> bytes:
    """Return the bytes of a file that an imported folder holds."""
    try:
        return read_file(file, folder, limits.size_bytes)
    except RefusedError as error:
        if error.errno == errno.EFBIG:
            raise too_large(str(file), limits) from error
        raise


def _read_named(file: Path, limits: Limits) -> bytes:
    """Return the bytes of a file that a person named; their own links are followed."""
    with file.open("rb") as stream:
        return _read_at_most(stream, str(file), limits)


def _read_at_most(stream: BinaryIO, place: str, limits: Limits) -> bytes:
    data = stream.read(limits.size_bytes + 1)
    if len(data) > limits.size_bytes:
        raise too_large(place, limits)
    return data
