"""A workbook that is always as its files are: settings, catalogue and journal are looked at again whenever someone asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from studygroup.group.settings import FILE
from studygroup.storage.shared_files import find_files, read_file
from studygroup.workbook.workbook import Workbook

_Stamp = tuple[str, int, int, int]


class OpenedWorkbook:
    """A workbook, opened once; ``now`` returns it as it is now, and reads only what changed."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._settings = self._settings_bytes()
        self._stamps = tuple(_stamps(workbook.folder))

    @property
    def folder(self) -> Path:
        """The workbook's folder."""
        return self._workbook.folder

    def now(self) -> Workbook:
        """Return the workbook with everything that someone entered or changed since.

        Raises
        ------
        SettingsError
            The settings were changed and cannot be used.
        """
        settings = self._settings_bytes()
        stamps = tuple(_stamps(self.folder))
        if settings != self._settings:
            self._workbook = Workbook(self.folder, self._workbook.clock)
        elif stamps != self._stamps:
            self._workbook.reread()
        else:
            self._workbook.refresh()
        self._settings, self._stamps = settings, stamps
        return self._workbook

    def _settings_bytes(self) -> bytes:
        return read_file(self.folder / FILE, self.folder)


def _stamps(folder: Path) -> Iterator[_Stamp]:
    """Yield what says whether the catalogue's files changed."""
    for path in (folder / "catalogue.csv", *find_files(folder, "lists", "*.csv")):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        yield path.name, status.st_ino, status.st_size, status.st_mtime_ns
