"""An item's card: everything that is known of it, always in the same place."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studygroup.catalogue.items.columns import DESCRIBED, FACTS
from studygroup.catalogue.items.item import parse_links
from studygroup.catalogue.items.shelf import Shelf
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.meeting.published.list_titles import list_titles


class CardFacts(msgspec.Struct, frozen=True):
    """Who read an item: the days of the ``sessions`` that did, how many members have, and whether whoever sits here has."""

    sessions: tuple[str, ...] = ()
    read_by: int = 0
    mine: bool = False


class ItemCard(widgets.VBox):
    """The card; where it is narrow it takes the place of the list, and a button leads back.

    Parameters
    ----------
    back
        Called when the list is wanted again.
    """

    def __init__(self, back: Callable[[], object]) -> None:
        self.back = widgets.Button(description="Back to the list", icon="arrow-left", layout={"width": "auto"})
        self.back.on_click(lambda _: back())
        self.back.add_class("sg-back")
        self.text = widgets.HTML()
        super().__init__([self.back, self.text])
        self.add_class("sg-item-card")

    def show(self, shelf: Shelf, item: str, facts: CardFacts) -> None:
        """Show an item's card; an empty one without an item."""
        self.text.value = _card(shelf, item, facts) if item else ""


def _card(shelf: Shelf, item: str, facts: CardFacts) -> str:
    found = shelf.catalogue.item(item)
    titles = list_titles(shelf.catalogue.lists)
    authors = tuple(name.strip() for name in found.authors.split(";") if name.strip())
    known = [(DESCRIBED[name].label, str(getattr(found, name))) for name in FACTS if getattr(found, name)]
    places = [(titles[name], position) for name, position in shelf.placed.get(item, ())]
    links = [(link.label, link.url) for link in parse_links(found.links)]
    return block("item_card", found, authors, links, known, places, facts)
