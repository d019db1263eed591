"""The folder that a site is written to: what is written, left alone and removed, and nothing of anyone else's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from studygroup.errors import NotSavedError, PageError, as_text
from studygroup.storage.atomic import advice_on
from studygroup.storage.shared_files import (
    RefusedError,
    exists,
    make_folder,
    open_folder,
    read_file,
    read_files,
    remove_file,
    remove_folder,
)

MANIFEST = ".studygroup-site.json"
"""Which files of the folder the site made, with their digests: only those are ever removed."""

_OURS = re.compile(r"(?:[a-z]+\.(?:html|ics|xml|css|js)|(?:items|sessions)/[a-z0-9-]+\.html)")
_FOLDERS = ("items", "sessions")


class SiteChanges(msgspec.Struct, frozen=True):
    """What writing a site changes, as paths within its folder.

    ``edited`` are no longer published, but someone changed them: they stay. ``foreign`` are files that the site did not make.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def changes_to(folder: Path, files: Mapping[str, bytes], root: Path) -> SiteChanges:
    """Return what writing ``files``, by path, would change in a folder.

    Raises
    ------
    PageError
        A file that the site did not make stands where one of its pages belongs.
    """
    _check_folders(folder, root)
    made = _made_before(folder, root)
    written, unchanged, in_the_way = [], [], []
    for path, content in files.items():
        present = _read(folder / path, root)
        if present == content:
            unchanged.append(path)
        elif path in made or not exists(folder / path, root):
            written.append(path)
        else:
            in_the_way.append(path)
    if in_the_way:
        raise PageError(
            f"{folder / in_the_way[0]} was not made by `studygroup site`"
            f"{f', nor were {len(in_the_way) - 1} others' if len(in_the_way) > 1 else ''}; nothing was written. Move what stands "
            "there away, or choose another folder with --out."
        )
    stale = {path: _read(folder / path, root) for path in made if path not in files}
    gone = {path: content for path, content in stale.items() if content is not None}
    removed = [path for path, content in gone.items() if digest_of(content) == made[path]]
    return SiteChanges(
        tuple(written),
        tuple(unchanged),
        tuple(removed),
        tuple(path for path in gone if path not in removed),
        tuple(_foreign(folder, {*files, *made}, root)),
    )


def unchanged_since(folder: Path, digests: Mapping[str, str], root: Path) -> SiteChanges | None:
    """Return that nothing changes, where all files of the site are as they were written; else None."""
    if _made_before(folder, root) != digests:
        return None
    found: dict[str, bytes] = {}
    for name in ("", *_FOLDERS):
        found |= dict(read_files(folder, *filter(None, [name]), "*"))
    if any(path not in found or digest_of(found[path]) != digest for path, digest in digests.items()):
        return None
    return SiteChanges((), tuple(digests), (), (), tuple(_foreign(folder, {*digests}, root)))


def write_folder(folder: Path, files: Mapping[str, bytes], changes: SiteChanges, root: Path) -> None:
    """Write and remove what ``changes`` says.

    Raises
    ------
    NotSavedError
        A file could not be written or removed; running it again goes on from there.
    """
    digests = {path: digest_of(content) for path, content in files.items()}
    try:
        for name in ("", *_FOLDERS):
            make_folder(folder / name, root)
        # Said before it is done: what an interruption leaves behind is still known to be ours.
        _write_manifest(folder, _made_before(folder, root) | digests, root)
        for path in changes.written:
            _write(folder / path, files[path], root)
        for path in changes.removed:
            remove_file(folder / path, root)
        _write_manifest(folder, digests, root)
        for name in _FOLDERS:
            with suppress(OSError):
                remove_folder(folder / name, root)
    except OSError as error:
        raise NotSavedError(
            f"{error.filename or folder} could not be written: {error.strerror}. {advice_on(error)}; then run it again."
        ) from error


def _made_before(folder: Path, root: Path) -> dict[str, str]:
    """Return what the site made in a folder, with its digests."""
    try:
        found = json.loads(read_file(folder / MANIFEST, root))["files"]
        # Whoever wrote it, nothing outside of the folder is ours.
        return {path: str(digest) for path, digest in found.items() if _OURS.fullmatch(path)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_manifest(folder: Path, digests: Mapping[str, str], root: Path) -> None:
    content = json.dumps({"files": digests}, indent=0, sort_keys=True).encode() + b"\n"
    if _read(folder / MANIFEST, root) != content:
        _write(folder / MANIFEST, content, root)


def _write(path: Path, content: bytes, root: Path) -> None:
    """Replace a file as a whole. What is on its way to the disk when the power goes is made anew by the next run."""
    with open_folder(path.parent, root) as folder:
        folder.write(path.name, content)


def _check_folders(folder: Path, root: Path) -> None:
    """Refuse to write elsewhere than it seems."""
    for name in ("", *_FOLDERS):
        try:
            open_folder(folder / name, root).__exit__()
        except FileNotFoundError:
            continue
        except RefusedError as error:
            raise PageError(
                f"The site would not be written to {folder}: {error.strerror}. Remove it, or choose another folder with --out."
            ) from error
        except OSError as error:
            raise PageError(f"{folder} cannot be read: {error.strerror}. Choose another folder with --out.") from error


def _read(path: Path, root: Path) -> bytes | None:
    """Return what a file holds; None where there is none, or something else, which a page replaces if the name is ours."""
    try:
        return read_file(path, root)
    except (FileNotFoundError, RefusedError):
        return None
    except OSError as error:
        raise PageError(f"{path} cannot be read: {error.strerror}. Choose another folder with --out.") from error


def digest_of(content: bytes) -> str:
    """Return what tells one file's content from another's."""
    return hashlib.sha256(content).hexdigest()


def _foreign(folder: Path, ours: set[str], root: Path) -> list[str]:
    """Return what is in the site's folders and is not the site's."""
    found = []
    for name in ("", *_FOLDERS):
        with suppress(OSError), open_folder(folder / name, root) as opened:
            paths = (f"{name}/{entry}" if name else entry for entry in opened.names())
            found += [as_text(path) for path in paths if path not in {MANIFEST, *_FOLDERS, *ours}]
    return sorted(found)
