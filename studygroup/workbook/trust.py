"""Whether what runs when a page is made came with git and was not yet read here; see docs/security.md.

Making a page runs the workbook's own template, and what Python finds beside it. Whoever can push could run code here by that, so
what git brought is named before it runs for the first time. What was accepted is kept in ``.git``, where no push leads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from studygroup.errors import NotSavedError, SyncError, UntrustedError
from studygroup.storage.atomic import write_atomically
from studygroup.storage.git import Git
from studygroup.storage.shared_files import read_followed
from studygroup.workbook.starter import shipped_notebooks

_KEPT = 500  # what was accepted, or arrived, longest ago is forgotten first
_RUN_BY_OTHERS = {".ipynb", ".py", ".sh", ".pth"}
_RUN_NAMES = {"Makefile", "pyproject.toml"}


def runs(path: str) -> bool:
    """Return whether a file of a workbook is run by something: a page, a notebook, ``make``."""
    name = Path(path)
    return name.suffix in _RUN_BY_OTHERS or name.name in _RUN_NAMES


def unread(folder: Path, name: str) -> list[str]:
    """Return the files that making the page ``name`` would run, and that came with git and were not accepted here."""
    digests = _digests(folder, name)
    if not digests:
        return []
    try:
        git = Git(folder)
    except SyncError:
        return []
    accepted, arrived = _kept(git)
    asked = {path: digest for path, digest in digests.items() if digest not in accepted}
    if not asked:
        return []
    shipped = _is_shipped(folder)
    committed = set() if shipped else _committed(git, asked)
    found = [path for path, digest in asked.items() if digest in arrived or path in committed]
    # What was changed here by hand runs, and is known from then on.
    mine = [digest for path, digest in asked.items() if path not in found]
    if mine and not shipped:
        _keep(git, [*accepted, *mine], arrived)
    return sorted(found)


def accept(folder: Path, name: str) -> None:
    """Accept what making the page ``name`` runs, as it is now."""
    git = Git(folder)
    digests = set(_digests(folder, name).values())
    accepted, arrived = _kept(git)
    _keep(git, [*accepted, *digests], [digest for digest in arrived if digest not in digests])


def check(folder: Path, name: str) -> None:
    """Raise UntrustedError where something would run that came with git and was not accepted here."""
    if found := unread(folder, name):
        raise UntrustedError(f"{warning(found)} Then run `studygroup {name} --trust-templates`.")


def warning(found: Iterable[str]) -> str:
    """Return what to say of files that were not accepted."""
    files = " and ".join(found)
    return (
        f"{files} came with git and did not run here yet; it would run on this machine with your rights. Read it first: "
        f"git log -p -- {files.replace(' and ', ' ')}."
    )


def note_arrivals(folder: Path, paths: Iterable[str]) -> None:
    """Remember that these files, named from the repository's top, came with a sync: they are asked about before they run."""
    git = Git(folder)
    accepted, arrived = _kept(git)
    changed = {git.root / path for path in paths if runs(path)}
    new = [_digest(path) for path in changed if path.exists()]
    if new:
        _keep(git, [digest for digest in accepted if digest not in new], [*arrived, *new])


def _digests(folder: Path, name: str) -> dict[str, str]:
    """Return what making a page runs of a workbook, each with its digest; not what is as this program brings it."""
    own = folder / "notebooks" / "templates" / f"{name}.ipynb"
    files = [own] if own.exists() else []
    if not _is_shipped(folder):
        ours = shipped_notebooks() / "templates" / f"{name}.ipynb"
        files = [path for path in files if _digest(path) != _digest(ours)]
        # A module in the workbook's folder goes before any of that name elsewhere.
        files += [*folder.glob("*.py"), *folder.glob("*/__init__.py")]
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _is_shipped(folder: Path) -> bool:
    """Return whether a workbook is this program's own checkout: who changes its template there could change all of it."""
    return shipped_notebooks().parent.resolve() == folder.resolve()


def _committed(git: Git, paths: Iterable[str]) -> set[str]:
    """Return those of a workbook's files that are just as they were committed."""
    top = "" if git.inside == "." else f"{git.inside}/"
    entries = {path: git.tree(git.head(), top + path).get(top + path, ("", ""))[1] for path in paths}
    return {path for path, blob in entries.items() if blob and git.line("hash-object", "--", top + path) == blob}


def _digest(path: Path) -> str:
    """Return a digest of what runs: of a notebook the cells, whatever tools noted beside them."""
    try:
        # A module that is a link is run as what it leads to.
        content = read_followed(path)
    except OSError:
        return ""
    with suppress(ValueError, KeyError, TypeError):
        if path.suffix == ".ipynb":
            cells = json.loads(content)["cells"]
            told = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            content = json.dumps(told).encode()
    return hashlib.sha256(content).hexdigest()


def _place(git: Git) -> Path:
    return git.root / git.line("rev-parse", "--git-path", "studygroup-trusted.json")


def _kept(git: Git) -> tuple[list[str], list[str]]:
    """Return the digests that were accepted, and those that came with a sync since."""
    try:
        kept = json.loads(read_followed(_place(git)))
        return list(map(str, kept["accepted"])), list(map(str, kept["arrived"]))
    except (OSError, ValueError, KeyError, TypeError):
        return [], []


def _keep(git: Git, accepted: list[str], arrived: list[str]) -> None:
    kept = {"accepted": list(dict.fromkeys(accepted))[-_KEPT:], "arrived": list(dict.fromkeys(arrived))[-_KEPT:]}
    # Where nothing can be written, the question comes again.
    with suppress(NotSavedError):
        write_atomically(_place(git), json.dumps(kept).encode())
