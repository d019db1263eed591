"""What a session reads, row by row: a row stays as long as its work does, so that quick clicks on it find it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import close, repeats, row

MOVES = {"↑": "Up", "↓": "Down", "✕": "Remove"}
"""What is on the buttons of a row, and what it is called."""


class Chosen(msgspec.Struct, frozen=True):
    """One thing that a session reads: a step as ``list/entry``, or an item beside the syllabus; with what is shown of it."""

    entry: str
    item: str
    title: str
    section: str = ""
    status: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is, whatever is shown of it."""
        return self.entry, self.item


class ReadRows(widgets.VBox):
    """The works of a session in their order, each with buttons that move and remove it.

    Parameters
    ----------
    move
        Called with the place of a work and how far it goes: -1 up, 1 down.
    remove
        Called with the place of a work.
    """

    def __init__(self, move: Callable[[int, int], None], remove: Callable[[int], None]) -> None:
        self.move, self.remove = move, remove
        self.chosen: tuple[Chosen, ...] = ()
        self._rows: dict[tuple[str, str], ReadRow] = {}
        self._below: list[widgets.Widget] = []
        super().__init__()

    def show(self, chosen: Sequence[Chosen], below: Sequence[widgets.Widget] = ()) -> None:
        """Show these works, and below them other widgets, which are made anew each time."""
        self.chosen = tuple(chosen)
        old, self._rows = self._rows, {}
        for place, one in enumerate(self.chosen):
            made = old.pop(one.key) if one.key in old else ReadRow(self, one)
            self._rows[one.key] = made
            made.follow(one, self._can_go(place, -1), self._can_go(place, 1))
        gone = [*old.values(), *self._below]
        self._below = list(below)
        self.children = (*self._rows.values(), *below)
        for widget in gone:
            close(widget)

    def _can_go(self, place: int, by: int) -> bool:
        """Whether a work may change places with its neighbour: steps are before items, as on the agenda."""
        to = place + by
        return 0 <= to < len(self.chosen) and bool(self.chosen[to].entry) == bool(self.chosen[place].entry)

    def go(self, key: tuple[str, str], by: int) -> None:
        """Move a work from wherever it stands now, if it can go there."""
        place = self._place(key)
        if place is not None and self._can_go(place, by):
            self.move(place, by)

    def leave(self, key: tuple[str, str]) -> None:
        """Remove a work, unless it is gone already."""
        place = self._place(key)
        if place is not None:
            self.remove(place)

    def _place(self, key: tuple[str, str]) -> int | None:
        return next((place for place, one in enumerate(self.chosen) if one.key == key), None)


class ReadRow(widgets.HBox):
    """One work that a session reads."""

    def __init__(self, rows: ReadRows, one: Chosen) -> None:
        self.text = shown(one)
        self.up, self.down, self.off = (button(sign, f"{word}: {one.title}") for sign, word in MOVES.items())
        key = one.key
        self.up.on_click(lambda _: rows.go(key, -1))
        self.down.on_click(lambda _: rows.go(key, 1))
        self.off.on_click(lambda _: rows.leave(key))
        repeats(self.up)
        repeats(self.down)
        super().__init__([self.text, self.up, self.down, self.off], layout={"flex_flow": "row wrap", "align_items": "center"})
        row(self)

    def follow(self, one: Chosen, up: bool, down: bool) -> None:
        """Show what is known of the work now, and where it can go."""
        self.text.value = block("found", one.title, one.section, one.status)
        self.up.disabled, self.down.disabled = not up, not down


def shown(one: Chosen) -> widgets.HTML:
    """Return what a work is called, and where it is."""
    return widgets.HTML(block("found", one.title, one.section, one.status), layout={"flex": "1 1 16em", "min_width": "0"})


def wrapped(children: Sequence[widgets.Widget]) -> widgets.HBox:
    """Return widgets side by side, below each other where it is narrow."""
    return widgets.HBox(children, layout={"flex_flow": "row wrap", "align_items": "center"})


def button(label: str, tooltip: str, style: str = "") -> widgets.Button:
    """Return a button as wide as its words."""
    return widgets.Button(description=label, tooltip=tooltip, button_style=style, layout={"width": "auto", "flex": "0 0 auto"})
