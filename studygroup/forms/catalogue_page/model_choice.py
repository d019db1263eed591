"""The models of the catalogue to compare: by the family of their licence, their size and their context."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from studygroup.catalogue.items.models import fitting, models, numbers_in
from studygroup.catalogue.items.shelf import Shelf, folded
from studygroup.forms.catalogue_page.finding import FindForm
from studygroup.forms.catalogue_page.item_list import FoundItem
from studygroup.forms.kit.pickers import Pick
from studygroup.journal.tables import tables

SIZES = ("1B", "3B", "7B", "13B", "34B", "70B")
CONTEXTS = ("2k", "4k", "8k", "16k", "32k", "100k")


class ModelsForm(FindForm):
    """Every model that the lists name, with what they say of its size, context and licence."""

    heads: ClassVar = ("Model", "Parameters", "Context", "Licence")
    noun: ClassVar = ("model", "models")
    example: ClassVar = "name"

    def _make_picks(self) -> list[Pick]:
        refuse = self.said.refuse
        self._known: tuple[Shelf, pd.DataFrame] | None = None
        self.licence = Pick("Licence", [("all", "")], refuse)
        self.size = Pick("Size", [("all", ""), *((f"up to {size}", size) for size in SIZES)], refuse)
        self.context = Pick("Context", [("all", ""), *((f"{length} or longer", length) for length in CONTEXTS)], refuse)
        orders = [("as in the lists", ""), ("smallest first", "size"), ("longest context first", "context")]
        self.order = Pick("Order", orders, refuse)
        return [self.licence, self.size, self.context, self.order]

    def _models(self, shelf: Shelf) -> pd.DataFrame:
        """Return all models, as ``catalogue.items.models.models`` does."""
        if self._known is None or self._known[0] is not shelf:
            self._known = shelf, models(shelf.catalogue.items)
        return self._known[1]

    def _offer(self, shelf: Shelf) -> None:
        families = self._models(shelf)["licence_family"].str.split(", ").explode()
        counts = families[families != ""].value_counts().sort_index()
        self.licence.offer([("all", ""), *((f"{name} ({number})", str(name)) for name, number in counts.items())])

    def _look_through(self, shelf: Shelf, words: str) -> list[Any]:
        wanted = (str(pick.value or "") for pick in (self.licence, self.size, self.context))
        found = fitting(self._models(shelf), *wanted)
        for word in folded(words[:200]).split():
            found = found[[word in folded(title) for title in found["title"]]]
        if self.order.value == "size":
            found = found.sort_values("parameters_from", kind="stable")
        if self.order.value == "context":
            found = found.sort_values("context_to", ascending=False, kind="stable")
        return list(tables.rows(found))

    def _line(self, shelf: Shelf, found: Any) -> FoundItem:
        cells = (_with_unit(found.parameters), found.context_length, found.licence)
        return FoundItem(found.id, found.title, f"released {found.released}" if found.released else "", cells)

    def _nothing(self, shelf: Shelf | None) -> str:
        if shelf is None or self._models(shelf).empty:
            return "The catalogue has no models. The list LLM powerhouse has some; add it under Import."
        return "No matches. Drop one of the choices, or press Clear."


def _with_unit(parameters: str) -> str:
    """Return a size as it is shown: what lists mean by a bare number are billions.

    >>> _with_unit("7 - 70"), _with_unit("125M"), _with_unit("unknown")
    ('7 - 70 B', '125M', 'unknown')
    """
    found = numbers_in(parameters, 1e9)
    return f"{parameters} B" if found and not any(one.isalpha() for one in parameters) else parameters
