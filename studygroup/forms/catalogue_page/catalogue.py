"""The catalogue's forms together, each of which sees at once what another has saved."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from studygroup.forms.catalogue_page.browse import BrowseForm
from studygroup.forms.catalogue_page.catalogue_screen import CatalogueScreen
from studygroup.forms.catalogue_page.follow import FollowForm
from studygroup.forms.catalogue_page.importing import ImportForm
from studygroup.forms.catalogue_page.model_choice import ModelsForm
from studygroup.forms.catalogue_page.outward import ExportForm, FillForm
from studygroup.forms.catalogue_page.shipped import ShippedForm
from studygroup.forms.kit.kernel import kept_open, open_workbook
from studygroup.forms.kit.live import Live, Watch
from studygroup.group.settings import FILE
from studygroup.storage.shared_files import open_folder
from studygroup.workbook.workbook import Workbook

_SHOWING = ("browse", "models", "shipped", "follow", "filling", "exporting", "screen")
"""The forms that show what the catalogue has; the screen last, as its header counts on the others."""


class CatalogueForms:
    """The catalogue's forms on one workbook, each made when it is first asked for; ``screen`` has all of them in tabs."""

    browse = cached_property(lambda self: BrowseForm(self.workbook))
    models = cached_property(lambda self: ModelsForm(self.workbook))
    importing = cached_property(lambda self: ImportForm(self.workbook, self.show))
    shipped = cached_property(lambda self: ShippedForm(self.workbook, self._look_at))
    follow = cached_property(lambda self: FollowForm(self.workbook, self.show))
    filling = cached_property(lambda self: FillForm(self.workbook, self.show))
    exporting = cached_property(lambda self: ExportForm(self.workbook))
    screen = cached_property(lambda self: CatalogueScreen(self.workbook, lambda name: getattr(self, name)))

    def __init__(self, workbook: Workbook, _member: str = "") -> None:
        self.workbook = workbook
        self._live: list[Live | Watch[Any]] = []

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None) -> CatalogueForms:
        """Return the forms in a notebook; a cell that is run again finds them, with what the catalogue has now.

        Raises
        ------
        WorkbookError
            There is no workbook.
        """
        workbook = open_workbook(folder)
        with workbook.lock:
            workbook.reread()
        forms = kept_open(cls, workbook, "")
        forms.follow_others()
        return forms

    def follow_others(self) -> None:
        """Have what others enter, and what changes in the catalogue's files, appear by itself until ``stop``."""
        if not self._live:
            folder = self.workbook.folder
            self._live = [Live(self.workbook, self._arrived), Watch(lambda: _marks(folder), lambda _: self._changed())]

    def stop(self) -> None:
        """Stop following."""
        for one in self._live:
            one.stop()
        self._live = []

    def show(self) -> None:
        """Show what the catalogue and the journal say now, in the forms that there are."""
        with self.workbook.lock:
            for name in _SHOWING:
                if name in vars(self):
                    getattr(self, name).show()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return what a notebook shows of all forms together."""
        return self.screen._repr_mimebundle_(**options)

    def _look_at(self, title: str) -> None:
        """Show a list that comes with the program in the import's form, on the screen if there is one."""
        (self.screen if "screen" in vars(self) else self.importing).look_at(title)

    def _arrived(self) -> None:
        with self.workbook.lock:
            self.workbook.refresh()
            self.show()

    def _changed(self) -> None:
        """Read the catalogue again, as its files or the settings were changed."""
        if self._live:
            with self.workbook.lock:
                self.workbook.reread()
                self.show()


def _marks(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return the size and the time of each file of the catalogue, and of the settings."""
    found: list[tuple[str, int, int]] = []
    for place in (folder, folder / "lists"):
        with suppress(OSError), open_folder(place, folder) as opened:
            names = [FILE, "catalogue.csv"] if place == folder else sorted(opened.names())
            for name in names:
                with suppress(OSError):
                    known = opened.status(name)
                    found.append((name, known.st_size, known.st_mtime_ns))
    return tuple(found)
