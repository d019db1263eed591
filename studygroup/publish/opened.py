"""The workbook that the notebooks of one kernel read: opened once, and looked through for changes each time."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from studygroup.settings import FILE
from studygroup.workbook import Workbook, find_workbook


def opened_workbook() -> Workbook:
    """Return the workbook that the current folder lies in, as it is now.

    Where a kernel makes one page after the other, the records that were read for the last one are not read again.
    """
    folder = find_workbook(Path.cwd())
    workbook = _opened(folder, (folder / FILE).read_bytes())
    workbook.reread()
    return workbook


@lru_cache(maxsize=1)
def _opened(folder: Path, settings: bytes) -> Workbook:
    return Workbook.open(folder)
