"""The catalogue to look through: search as you type, choose a kind, a list, a section, a year, what is read; an item's card beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from studygroup.catalogue.items.shelf import Facet, Order, Shelf
from studygroup.forms.catalogue_page.finding import FindForm
from studygroup.forms.catalogue_page.item_list import FoundItem
from studygroup.forms.kit.pickers import Pick
from studygroup.meeting.published.list_titles import list_titles

FACETS: dict[Facet, str] = {"kind": "Kind", "list": "List", "section": "Section", "year": "Year"}
_MOST_NAMED = 3


class BrowseForm(FindForm):
    """Every item of the catalogue; each letter that is typed and each choice narrows them down."""

    heads: ClassVar = ("Title", "Year", "Kind", "Read by")
    example: ClassVar = "title, author, year or section"

    def _make_picks(self) -> list[Pick]:
        self.facets: dict[Facet, Pick] = {
            facet: Pick(label, [("all", "")], self.said.refuse) for facet, label in FACETS.items()
        }
        self.which = Pick("Read", [("all", "")], self.said.refuse)
        orders = [("as in the lists", ""), ("by title", "title"), ("newest first", "newest"), ("most read first", "read")]
        self.order = Pick("Order", orders, self.said.refuse)
        return [*self.facets.values(), self.which, self.order]

    def _offer(self, shelf: Shelf) -> None:
        # A column that says nothing takes no room.
        self.list.heads = [*self.heads] if self.read and self.read.counts else [*self.heads[:-1]]
        titles = list_titles(shelf.catalogue.lists)
        for facet, pick in self.facets.items():
            named = titles if facet == "list" else {}
            found = [(f"{named.get(value, value)} ({number:,})", value) for value, number in shelf.choices(facet)]
            pick.offer([("all", ""), *found])
        mine = [("I’ve read it", "mine"), ("I haven’t read it", "not mine")] if self.read and self.read.me else []
        others = [
            ("someone has", "read"),
            ("no one has", "unread"),
            ("a session finished it", "done"),
            ("no session has", "open"),
        ]
        self.which.offer([("all", ""), *mine, *others])

    def _look_through(self, shelf: Shelf, words: str) -> list[int]:
        wanted = {facet: str(pick.value or "") for facet, pick in self.facets.items()}
        order = str(self.order.value or "")
        sorted_by: Order = "title" if order == "title" else "newest" if order == "newest" else ""
        found = shelf.find(words, wanted, sorted_by, self._is_wanted())
        if order == "read" and self.read is not None:
            counts = self.read.counts
            found.sort(key=lambda row: -counts[shelf.ids[row]])
        return found

    def _is_wanted(self) -> Callable[[str], bool] | None:
        """Return whether an item, by its id, is read as it is wanted; None where all are."""
        read, which = self.read, str(self.which.value or "")
        if read is None or not which:
            return None
        known: Any = read.mine if "mine" in which else read.sessions if which in {"done", "open"} else read.counts
        wanted = which in {"mine", "read", "done"}
        return lambda item: (item in known) == wanted

    def _line(self, shelf: Shelf, found: int) -> FoundItem:
        item = shelf.ids[found]
        number = self.read.counts[item] if self.read else 0
        cells = (shelf.years[found], shelf.kinds[found], str(number or ""))
        return FoundItem(item, shelf.titles[found], _short(shelf.authors[found]), cells[: len(self.list.heads) - 1])

    def _nothing(self, shelf: Shelf | None) -> str:
        if shelf is None or not shelf.ids:
            return "The catalogue is empty. Add a list first."
        return "No matches. Try a shorter word, or press Clear."


def _short(authors: str) -> str:
    """Return the first authors, and how many more there are.

    >>> _short("Ann Lee; Bo Chen; Cy Diaz; Di Ek")
    'Ann Lee, Bo Chen, Cy Diaz and 1 more'
    """
    names = [name.strip() for name in authors.split(";") if name.strip()]
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
