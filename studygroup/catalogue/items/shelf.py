"""A catalogue as people look through it: by words as they type, and by kind, section, list and year."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.items.table import Catalogue

Facet = Literal["kind", "section", "list", "year"]
Order = Literal["", "title", "newest"]

_LONGEST_WORDS = 200


class Shelf:
    """The items of a catalogue, made ready to be looked through at every letter that someone types.

    Attributes
    ----------
    ids
        The items' ids; a row number of ``find`` counts in it, from 0.
    placed
        Where each item stands: the lists and the positions in them, in the order of both, by its id.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        items = catalogue.items
        self.catalogue = catalogue
        self.ids: list[str] = items["id"].tolist()
        self.titles: list[str] = items["title"].tolist()
        self.authors: list[str] = items["authors"].tolist()
        self.placed: dict[str, list[tuple[str, int]]] = {}
        for name, table in sorted(catalogue.lists.items()):
            ordered = table.sort_values("position", kind="stable")
            for cell, position in zip(ordered["items"].tolist(), ordered["position"].tolist(), strict=True):
                for item in dict.fromkeys(parse_ids(cell)) if cell else ():
                    self.placed.setdefault(item, []).append((name, int(position)))
        numbers = items["year"].to_numpy(dtype="float64", na_value=float("nan")).tolist()
        self._facets: dict[Facet, list[str]] = {
            "kind": items["kind"].tolist(),
            "section": [path.rpartition(" > ")[2] for path in items["section"].tolist()],
            "year": ["" if year != year else str(int(year)) for year in numbers],
        }
        parts = (self.authors, self._facets["year"], items["section"].tolist(), items["arxiv"].tolist(), self.ids)
        self._titles = [folded(title) for title in self.titles]
        self._texts = [f"{title} {folded(' '.join(cells))}" for title, *cells in zip(self._titles, *parts, strict=True)]

    @property
    def years(self) -> list[str]:
        """The items' years as texts, empty where one is not known."""
        return self._facets["year"]

    @property
    def kinds(self) -> list[str]:
        """The items' kinds."""
        return self._facets["kind"]

    def choices(self, facet: Facet) -> list[tuple[str, int]]:
        """Return what can be chosen, and how many items each has; years from the newest, sections in the catalogue's order."""
        if facet == "list":
            counts = Counter(name for places in self.placed.values() for name in {name: None for name, _ in places})
            return sorted(counts.items())
        counts = Counter(value for value in self._facets[facet] if value)
        found = [*counts.items()]
        return found if facet == "section" else sorted(found, reverse=facet == "year")

    def find(
        self,
        words: str = "",
        wanted: Mapping[Facet, str] | None = None,
        order: Order = "",
        only: Callable[[str], bool] | None = None,
    ) -> list[int]:
        """Return the rows of the items that have all words somewhere, and what is wanted of each facet.

        Parameters
        ----------
        words
            Words or parts of them, of title, authors, year, section, arXiv id and id; case and accents do not matter.
        wanted
            A value by facet; an empty one wants nothing.
        order
            ``title``, ``newest``, or empty: those with the words in their titles first, then as in the catalogue.
        only
            Whether an item, by its id, is wanted at all.
        """
        rows = [*range(len(self.ids))]
        for facet, value in (wanted or {}).items():
            if value:
                rows = [row for row in rows if self._is(row, facet, value)]
        if only is not None:
            rows = [row for row in rows if only(self.ids[row])]
        asked = folded(words[:_LONGEST_WORDS]).split()
        for word in asked:
            rows = [row for row in rows if word in self._texts[row]]
        if order == "title":
            return sorted(rows, key=lambda row: self._titles[row])
        if order == "newest":
            return sorted(rows, key=lambda row: self.years[row], reverse=True)
        if asked:
            return sorted(rows, key=lambda row: not all(word in self._titles[row] for word in asked))
        return rows

    def _is(self, row: int, facet: Facet, value: str) -> bool:
        if facet == "list":
            return any(name == value for name, _ in self.placed.get(self.ids[row], ()))
        return self._facets[facet][row] == value


def folded(text: str) -> str:
    """Return a text as it is compared: without case and accents.

    >>> folded("Zoë's ＧＰＴ")
    "zoe's gpt"
    """
    if text.isascii():
        return text.casefold()
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(one))
