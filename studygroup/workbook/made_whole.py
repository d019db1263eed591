"""A folder that is there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LAST = "pyproject.toml"
"""What makes a folder a workbook; it is the last to come to its place."""


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """Yield a folder to make things in, whose contents are in ``folder`` in the end; where something fails, nothing is left.

    ``folder`` does not exist, or is empty. Folders above it that are missing are made, and removed again on a failure.
    """
    above = [parent for parent in folder.parents if not parent.exists()]
    exists = folder.is_dir()
    # What is there may be someone's current folder: it stays the same one.
    work = (folder if exists else folder.parent) / f".{folder.name}.{os.getpid()}.tmp"
    moved: list[Path] = []
    try:
        work.mkdir(parents=True)
        yield work
        if not exists:
            work.rename(folder)
            return
        for child in sorted(work.iterdir(), key=lambda child: child.name == _LAST):
            child.rename(folder / child.name)
            moved.append(folder / child.name)
        work.rmdir()
    except BaseException:
        for path in [*moved, work]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for parent in above:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        raise
