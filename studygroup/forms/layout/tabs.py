"""Tabs whose pages are made when they are first opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from studygroup.forms.kit import widgets
from studygroup.forms.kit.inputs import Refusing

Page = tuple[str, Callable[[], widgets.Widget]]


class LazyTabs(Refusing, widgets.Tab):
    """Tabs with a title each; nothing is made of a page before it is looked at.

    Parameters
    ----------
    pages
        (title, make) pairs; ``make`` returns the page's widget and is called once.
    first
        The title of the page that is open first.
    """

    entered: ClassVar = frozenset({"selected_index"})

    def __init__(self, pages: Sequence[Page], first: str) -> None:
        self._pages = tuple(pages)
        self._opened: set[int] = set()
        places = [widgets.VBox(layout=widgets.Layout()) for _ in self._pages]
        titles = tuple(title for title, _ in self._pages)
        super().__init__(children=places, titles=titles, selected_index=titles.index(first))
        self.add_class("sg-tabs")
        self.observe(lambda _: self._make(self.selected_index or 0), "selected_index")
        self.on_msg(lambda _, content, __: self._asked(content))
        self._make(self.selected_index or 0)

    @property
    def open_page(self) -> str:
        """The title of the page that shows."""
        return self._pages[self.selected_index or 0][0]

    def is_made(self, title: str) -> bool:
        """Whether a page was opened, so that there is something of it."""
        return any(self._pages[place][0] == title for place in self._opened)

    def turn_to(self, title: str) -> None:
        """Show a page."""
        self.selected_index = next(place for place, (one, _) in enumerate(self._pages) if one == title)

    def fits(self, value: Any) -> bool:
        """Whether there is such a page."""
        return isinstance(value, int) and 0 <= value < len(self._pages)

    def _asked(self, content: Any) -> None:
        """Make the pages that were open before a browser's page was made anew, without turning to them."""
        places = content.get("make") if isinstance(content, dict) else None
        for place in places if isinstance(places, list) else ():
            if self.fits(place):
                self._make(place)

    def _make(self, place: int) -> None:
        if place not in self._opened:
            self._opened.add(place)
            self.children[place].children = (self._pages[place][1](),)
