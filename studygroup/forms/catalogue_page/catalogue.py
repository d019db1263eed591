"""The catalogue's forms together, each of which sees at once what another has saved."""

from __future__ import annotations

from studygroup.forms.catalogue_page.browse import BrowseForm
from studygroup.forms.catalogue_page.importing import ImportForm
from studygroup.forms.catalogue_page.outward import ExportForm, FillForm
from studygroup.workbook.workbook import Workbook


class CatalogueForms:
    """The four forms of ``notebooks/catalogue.ipynb`` on one workbook: ``browse``, ``importing``, ``filling``, ``exporting``."""

    def __init__(self, workbook: Workbook) -> None:
        self.browse = BrowseForm(workbook)
        self.importing = ImportForm(workbook, self._saved)
        self.filling = FillForm(workbook, self._saved)
        self.exporting = ExportForm(workbook)

    def _saved(self) -> None:
        self.browse.show()
        self.exporting.show()
