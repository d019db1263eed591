"""The folder that a site is written to: what is written, left alone and removed, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from studygroup.atomic import advice_on
from studygroup.errors import NotSavedError, PageError

MANIFEST = ".studygroup-site.json"
"""Which files of the folder the site made, with their digests: only those are ever removed."""

_OURS = re.compile(r"(?:[a-z]+\.(?:html|ics|xml|css|js)|(?:items|sessions)/[a-z0-9-]+\.html)")
_FOLDERS = ("items", "sessions")


class Changes(msgspec.Struct, frozen=True):
    """What writing a site changes, as paths within its folder.

    ``edited`` are no longer published, but somebody changed them: they stay. ``foreign`` are files that the site did not make.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def changes_to(folder: Path, files: Mapping[str, bytes]) -> Changes:
    """Return what writing ``files``, by path, would change in a folder.

    Raises
    ------
    PageError
        A file that the site did not make stands where one of its pages belongs.
    """
    made = _made_before(folder)
    for name in ("", *_FOLDERS):
        if name and (folder / name).is_symlink():
            raise PageError(
                f"{folder / name} is a symbolic link, and the site would be written elsewhere. Choose another --out."
            )
    written, unchanged, in_the_way = [], [], []
    for path, content in files.items():
        present = _read(folder / path)
        if present == content:
            unchanged.append(path)
        elif present is None or path in made:
            written.append(path)
        else:
            in_the_way.append(path)
    if in_the_way:
        raise PageError(
            f"{folder / in_the_way[0]} was not made by `studygroup site`"
            f"{f', nor were {len(in_the_way) - 1} others' if len(in_the_way) > 1 else ''}; nothing was written. Move what stands "
            "there away, or choose another folder with --out."
        )
    stale = {path: _read(folder / path) for path in made if path not in files}
    gone = {path: content for path, content in stale.items() if content is not None}
    removed = [path for path, content in gone.items() if _digest(content) == made[path]]
    return Changes(
        tuple(written),
        tuple(unchanged),
        tuple(removed),
        tuple(path for path in gone if path not in removed),
        tuple(_foreign(folder, {*files, *made})),
    )


def write_folder(folder: Path, files: Mapping[str, bytes], changes: Changes) -> None:
    """Write and remove what ``changes`` says.

    Raises
    ------
    NotSavedError
        A file could not be written or removed; running it again goes on from there.
    """
    digests = {path: _digest(content) for path, content in files.items()}
    try:
        for name in ("", *_FOLDERS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # Said before it is done: what an interruption leaves behind is still known to be ours.
        _write_manifest(folder, _made_before(folder) | digests)
        for path in changes.written:
            _write(folder / path, files[path])
        for path in changes.removed:
            (folder / path).unlink(missing_ok=True)
        _write_manifest(folder, digests)
        for name in _FOLDERS:
            with suppress(OSError):
                (folder / name).rmdir()
    except OSError as error:
        raise NotSavedError(
            f"{error.filename or folder} could not be written: {error.strerror}. {advice_on(error)}; then run it again."
        ) from error


def _made_before(folder: Path) -> dict[str, str]:
    """Return what the site made in a folder, with its digests."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())["files"]
        # Whoever wrote it, nothing outside of the folder is ours.
        return {path: str(digest) for path, digest in found.items() if _OURS.fullmatch(path)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_manifest(folder: Path, digests: Mapping[str, str]) -> None:
    content = json.dumps({"files": digests}, indent=0, sort_keys=True).encode() + b"\n"
    if _read(folder / MANIFEST) != content:
        _write(folder / MANIFEST, content)


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole. What is on its way to the disk when the power goes is made anew by the next run."""
    temporary = path.parent / f".studygroup-{secrets.token_hex(8)}.tmp"
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PageError(f"{path} cannot be read: {error.strerror}. Choose another folder with --out.") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _foreign(folder: Path, ours: set[str]) -> list[str]:
    """Return what stands in the site's folders and is not the site's."""
    found = []
    for name in ("", *_FOLDERS):
        if (folder / name).is_dir():
            paths = (path.relative_to(folder).as_posix() for path in (folder / name).iterdir())
            found += [path for path in paths if path not in {MANIFEST, *_FOLDERS, *ours}]
    return sorted(found)
