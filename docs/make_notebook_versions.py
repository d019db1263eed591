"""Add what git knows of notebooks/ to the versions that `studygroup upgrade` takes for unedited; `make docs` runs it, and a test compares."""

from __future__ import annotations

import subprocess
from pathlib import Path

from studygroup.workbook.upgrade import VERSIONS, cells_digest, known_versions

ROOT = Path(__file__).parents[1]


def git(*words: str) -> bytes:
    """Return what a git command prints."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def versions() -> set[tuple[str, str]]:
    """Return path and digest of every version of a notebook: in the table, in git's history, and as it is now."""
    found = {(name, digest) for name, digests in known_versions().items() for digest in digests}
    for commit in git("log", "--format=%H", "--", "notebooks").decode().split():
        for name in git("ls-tree", "-r", "--name-only", commit, "notebooks/").decode().splitlines():
            if name.endswith(".ipynb"):
                found.add((name.removeprefix("notebooks/"), cells_digest(git("show", f"{commit}:{name}"))))
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            found.add((path.relative_to(ROOT / "notebooks").as_posix(), cells_digest(path.read_bytes())))
    return found


def table() -> str:
    """Return the table: a line a version, by path and digest."""
    return "".join(f"{digest} {name}\n" for name, digest in sorted(versions()))


if __name__ == "__main__":
    VERSIONS.write_text(table(), encoding="utf-8")
