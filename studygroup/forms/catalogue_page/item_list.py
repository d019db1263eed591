"""A page of items as a table in the browser, each with a title that opens its card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import msgspec
import traitlets

_FOLDER = Path(__file__).parent


class FoundItem(msgspec.Struct, frozen=True):
    """One line of the table: an item's id and title, what is below the title, and a text for each further column."""

    id: str
    title: str
    below: str = ""
    cells: tuple[str, ...] = ()


class ItemList(anywidget.AnyWidget):
    """The table.

    Parameters
    ----------
    chosen
        Called with the id of the item whose line was pressed.
    heads
        The heads of the columns; the first is that of the titles.
    label
        What the table lists, for those who do not see it.
    """

    _esm = _FOLDER / "item_list.js"
    _css = _FOLDER / "item_list.css"
    label: Any = traitlets.Unicode().tag(sync=True)
    heads: Any = traitlets.List().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    shown: Any = traitlets.Unicode().tag(sync=True)

    def __init__(self, chosen: Callable[[str], object], heads: Sequence[str], label: str) -> None:
        super().__init__(heads=[*heads], label=label)
        self.on_msg(lambda _, content, __: self._pressed(content, chosen))

    def show(self, items: Sequence[FoundItem], shown: str) -> None:
        """Show these items, with the mark of the one whose card is shown."""
        self.rows = [msgspec.structs.asdict(item) for item in items]
        self.shown = shown

    def set_state(self, sync_data: object) -> None:
        """Take nothing from a browser: it says which line was pressed as a message."""

    def _pressed(self, content: object, chosen: Callable[[str], object]) -> None:
        item = content.get("item") if isinstance(content, dict) else None
        if isinstance(item, str) and any(row["id"] == item for row in self.rows):
            chosen(item)
