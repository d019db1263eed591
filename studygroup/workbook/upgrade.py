"""A workbook's own notebooks and templates, brought to the versions that ship with the program where no one edited them."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from studygroup.errors import NotSavedError
from studygroup.storage.atomic import advice_on, write_all_atomically
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.text.terminal import command_line
from studygroup.workbook.starter import shipped_notebooks

VERSIONS = Path(__file__).with_name("notebook_versions.txt")
"""One line for each version of each notebook that ever shipped: the digest of its cells, a space, and its path in ``notebooks/``."""

_INSIDE = re.compile(rb"\b(?:from|import) studygroup\.")
"""Code that uses more than ``import studygroup as sg``."""

State = Literal["current", "replaced", "edited", "missing", "added", "refused"]


class OwnNotebook(msgspec.Struct, frozen=True):
    """One of a workbook's notebooks, and what became of it.

    Attributes
    ----------
    path
        From the workbook's folder, with slashes.
    state
        ``edited`` is left as it is; ``missing`` is in the program and not in the workbook; ``refused`` could not be read.
    beside
        Where the program's version was written beside an edited notebook, or is already; empty where it is not.
    why
        Why it was refused, or why nothing could be put beside it.
    """

    path: str
    state: State
    beside: str = ""
    why: str = ""


def cells_digest(content: bytes) -> str:
    """Return a digest of what a notebook's cells say: outputs, metadata, empty cells and space at the ends of cells count for nothing.

    Raises
    ------
    ValueError
        It is no notebook.

    >>> saved_in_lab = b'{"cells": [{"cell_type": "code", "source": ["1 + 1\\\\n"], "outputs": [2]}, {"cell_type": "code", "source": ""}]}'
    >>> cells_digest(saved_in_lab) == cells_digest(b'{"cells": [{"cell_type": "code", "source": "1 + 1"}]}')
    True
    """
    try:
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(content)["cells"]]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no notebook: {error!r}") from None
    said = [[kind, text] for kind, text in ((kind, _tidied(text)) for kind, text in cells) if text]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _tidied(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@cache
def known_versions() -> dict[str, frozenset[str]]:
    """Return the digests of all versions that ever shipped, by the notebook's path in ``notebooks/``."""
    found: dict[str, set[str]] = {}
    for line in VERSIONS.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition(" ")
        found.setdefault(name, set()).add(digest)
    return {name: frozenset(digests) for name, digests in found.items()}


def upgrade(folder: Path, *, new: bool = False, dry_run: bool = False) -> list[OwnNotebook]:
    """Replace a workbook's notebooks and templates that are as an earlier version brought them; say what became of each.

    Parameters
    ----------
    folder
        The workbook's folder.
    new
        Whether to write the program's version beside each edited notebook, as ``NAME.new.ipynb``, and notebooks that are missing.
    dry_run
        Whether to write nothing and say what would become of each.

    Returns
    -------
    list of OwnNotebook
        One a notebook of the program, by path. Templates that the workbook does not have are left out: the program's are used.

    Raises
    ------
    NotSavedError
        A file could not be written; what was there before still is.
    """
    shipped = shipped_notebooks()
    if shipped.resolve() == (folder / "notebooks").resolve():
        return [OwnNotebook(f"notebooks/{name}", "current") for name in _names(shipped)]
    contents: dict[Path, bytes] = {}
    found: list[OwnNotebook] = []
    for name in _names(shipped):
        ours = (shipped / name).read_bytes()
        one, place = _plan(folder, name, ours, new)
        if place:
            contents[folder / place] = ours
        if one.state != "missing" or not name.startswith("templates/"):
            found.append(one)
    if not dry_run:
        _write(folder, contents)
    return found


def outdated(folder: Path, path: str) -> str:
    """Return why a workbook's notebook may not run with this program, and what to do; an empty text where it will.

    Parameters
    ----------
    path
        The notebook's, from the workbook's folder, with slashes.
    """
    name = path.removeprefix("notebooks/")
    place = shipped_notebooks() / name
    if not place.is_file():
        return ""
    content = read_file(folder / path, folder)
    state = _state(content, name, place.read_bytes())
    if state == "replaced":
        return f"{path} is from an earlier studygroup. To have today's: {command_line('upgrade')}"
    if state == "edited" and _INSIDE.search(content):
        new = command_line("upgrade", "--new")
        return f"{path} uses modules within studygroup, which may have moved. To put today's version beside it: {new}"
    return ""


def _names(shipped: Path) -> list[str]:
    """Return the paths of the program's notebooks, from their folder, sorted."""
    return sorted(
        path.relative_to(shipped).as_posix() for path in shipped.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )


def _plan(folder: Path, name: str, ours: bytes, new: bool) -> tuple[OwnNotebook, str]:
    """Return what becomes of one notebook, and where the program's version of it is to be written, if anywhere."""
    one = _look(folder, name, ours)
    if one.state == "replaced":
        return one, one.path
    if one.state == "missing" and new and not name.startswith("templates/"):
        return msgspec.structs.replace(one, state="added"), one.path
    if one.state == "edited":
        return _beside(folder, one, name, ours, new)
    return one, ""


def _look(folder: Path, name: str, ours: bytes, place: str = "") -> OwnNotebook:
    """Return what is in a notebook's place, or in another one, and what is to become of it."""
    path = place or f"notebooks/{name}"
    try:
        content = read_file(folder / path, folder)
    except FileNotFoundError:
        return OwnNotebook(path, "missing")
    except OSError as error:
        return OwnNotebook(path, "refused", why=error.strerror or str(error))
    return OwnNotebook(path, _state(content, name, ours))


def _state(content: bytes, name: str, ours: bytes) -> Literal["current", "replaced", "edited"]:
    try:
        digest = cells_digest(content)
    except ValueError:
        return "edited"
    if digest == cells_digest(ours):
        return "current"
    return "replaced" if digest in known_versions().get(name, ()) else "edited"


def _beside(folder: Path, one: OwnNotebook, name: str, ours: bytes, new: bool) -> tuple[OwnNotebook, str]:
    """Return an edited notebook with what is beside it, and where the program's version is to be written, if anywhere."""
    place = one.path.removesuffix(".ipynb") + ".new.ipynb"
    there = _look(folder, name, ours, place)
    if there.state == "current" or (new and there.state in {"missing", "replaced"}):
        return msgspec.structs.replace(one, beside=place), place if there.state != "current" else ""
    if new:
        why = f"{place} is {there.why}" if there.state == "refused" else f"{place} was edited too"
        return msgspec.structs.replace(one, why=why), ""
    return one, ""


def _write(folder: Path, contents: dict[Path, bytes]) -> None:
    for place in {path.parent for path in contents}:
        try:
            make_folder(place, folder)
        except OSError as error:
            raise NotSavedError(f"{place} could not be made: {error.strerror}. {advice_on(error)}.") from error
    write_all_atomically(contents, folder)
