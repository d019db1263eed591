"""The workbook that the notebooks of one kernel read: opened once, and looked through for changes each time."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from studygroup.group.settings import FILE
from studygroup.publish.pages.kernels import MOMENT
from studygroup.storage.shared_files import read_file
from studygroup.workbook.workbook import Workbook, find_workbook


def opened_workbook() -> Workbook:
    """Return the workbook that the current folder lies in, as it is now.

    A page that the workbook makes is for one moment, the one at which its making began. Where a kernel makes one page after the other, the records that were read for the last one are not read again.
    """
    folder = find_workbook(Path.cwd())
    workbook = _opened(folder, read_file(folder / FILE, folder))
    workbook.reread()
    return workbook


@lru_cache(maxsize=1)
def _opened(folder: Path, settings: bytes) -> Workbook:
    return Workbook(folder, _now)


def _now() -> datetime:
    moment = os.environ.get(MOMENT)
    return datetime.fromisoformat(moment) if moment else datetime.now(UTC)
