"""Lists in forms that follow the journal: rows a page at a time, each with a place to change it."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import PAGE, close, repeats
from studygroup.forms.kit.form_context import SaveStatus

R = TypeVar("R")


class RowBox(widgets.HBox, Generic[R]):
    """A row that can show another one's data: a page that is turned then needs no new widgets, which are slow to make."""

    def __init__(self, children: Sequence[widgets.Widget], layout: dict[str, str]) -> None:
        super().__init__(children, layout=layout)
        self.add_class("sg-row")

    def takes(self, row: R) -> bool:
        """Whether it has the widgets for such a row."""
        return True

    def show_row(self, row: R) -> None:
        """Show a row."""
        raise NotImplementedError


class ButtonRow(RowBox[R]):
    """A row of HTML with a button.

    Parameters
    ----------
    rows
        Where it stands.
    label
        What is on the button.
    shown
        Returns a row's HTML.
    told
        Returns what the button does in full, or an empty text where a row has none.
    act
        Called with the row when the button is pressed.
    """

    def __init__(
        self,
        rows: LiveRows[R],
        label: str,
        shown: Callable[[R], str],
        told: Callable[[R], str],
        act: Callable[[R], object],
    ) -> None:
        self._shown, self._told, self._act = shown, told, act
        self._row: R | None = None
        self.text = widgets.HTML(layout=rows.text_layout)
        self.button = rows.button(label, "", self._press)
        super().__init__([self.text], rows.line_layout)

    def show_row(self, row: R) -> None:
        """Show a row, with its button if it has one."""
        self._row, told = row, self._told(row)
        self.text.value, self.button.tooltip = self._shown(row), told
        self.children = [self.text, self.button] if told else [self.text]

    def _press(self) -> None:
        if self._row is not None and self.button in self.children:
            self._act(self._row)

    def close(self) -> None:
        """Let go, of the button too where it is not shown."""
        self.button.close()
        super().close()


class LiveRows(widgets.VBox, Generic[R]):
    """Rows of data, a page at a time: what a row says is changed where it is, but for a row that is being changed.

    Parameters
    ----------
    make
        Returns a row's widget. A ``RowBox`` is used again for other rows; another one is made anew when its row says
        something else.
    key
        Returns what a row is about; it stays while what the row says changes.
    at_once
        How many rows are shown at once.
    """

    def __init__(self, make: Callable[[R], widgets.Widget], key: Callable[[R], str], at_once: int = PAGE) -> None:
        self._make, self._key, self._at_once = make, key, at_once
        self._rows: Sequence[R] = ()
        self._page, self._nothing = 0, ""
        self._made: dict[str, tuple[R, widgets.Widget]] = {}
        self._editors: dict[str, widgets.Widget] = {}
        self.line_layout = {"flex_flow": "row wrap", "align_items": "center"}
        self.text_layout = {"flex": "1 1 14em", "min_width": "0"}
        self._narrow = {"width": "auto"}
        super().__init__()

    # What most lists never show is made when it is needed: a members' page has a dozen lists.

    @cached_property
    def back(self) -> widgets.Button:
        """Turns back by a page."""
        return self.button("Previous", "Previous page", lambda: self.turn(-1))

    @cached_property
    def on(self) -> widgets.Button:
        """Turns on by a page."""
        return self.button("Next", "Next page", lambda: self.turn(1))

    @cached_property
    def where(self) -> widgets.Label:
        """Says which rows are shown."""
        return widgets.Label()

    @cached_property
    def _turner(self) -> widgets.Widget:
        return repeats(widgets.HBox([self.back, self.where, self.on]))

    @cached_property
    def _empty(self) -> widgets.HTML:
        return widgets.HTML()

    def show(self, rows: Iterable[R], nothing: str = "") -> None:
        """Show these rows; the words ``nothing`` where there are none."""
        self._rows, self._nothing = list(rows), nothing
        self._fill()

    @property
    def in_view(self) -> list[widgets.Widget]:
        """The widgets of the rows on the page that is shown, but for those that are being changed."""
        return [widget for _, widget in self._made.values()]

    def line(self, shown: str, *beside: widgets.Widget) -> widgets.Widget:
        """Return a row: HTML, and widgets beside it, or below where it is narrow."""
        box = widgets.HBox([widgets.HTML(shown, layout=self.text_layout), *beside], layout=self.line_layout)
        box.add_class("sg-row")
        return box

    def button(self, label: str, what: str, act: Callable[[], object]) -> widgets.Button:
        """Return a row's button; ``what`` says in full what it does."""
        made = widgets.Button(description=label, tooltip=what, layout=self._narrow)
        made.on_click(lambda _: act())
        return made

    def turn(self, by: int) -> None:
        """Show the page that is so many further on; 0 shows the same one."""
        self._page += by
        self._fill()

    def first(self) -> None:
        """Show the first page, as what is looked for changed."""
        self._page = 0

    def edit(self, key: str, editor: widgets.Widget) -> None:
        """Put a place to change it where a row stands; it stays there, whatever the journal says, until ``done``."""
        if key in self._editors:
            close(self._editors.pop(key))
        editor.add_class("sg-focus")
        self._editors[key] = editor
        self._fill()

    def editor(self, key: str) -> Any:
        """Return where a row is being changed, or None."""
        return self._editors.get(key)

    def done(self, key: str) -> None:
        """Show a row again in the place where it was changed; the keyboard's focus goes there."""
        editor = self._editors.pop(key, None)
        if editor is None:
            return
        self._fill()
        if key in self._made:
            self._made[key][1].add_class("sg-focus")
        close(editor)

    def _fill(self) -> None:
        last = max(0, (len(self._rows) - 1) // self._at_once)
        self._page = min(max(self._page, 0), last)
        begin = self._page * self._at_once
        page = self._rows[begin : begin + self._at_once]
        # What is being changed and is no longer listed is first, so that what was typed is not out of sight.
        listed = {self._key(row) for row in self._rows}
        shown = [editor for key, editor in self._editors.items() if key not in listed]
        old, self._made = self._made, {}
        here = [self._key(row) for row in page]
        # Rows that stay keep their widget; the others' are there for rows that come.
        spare = {key: widget for key, (_, widget) in old.items() if key not in here or key in self._editors}
        for row, key in zip(page, here, strict=True):
            if key in self._editors:
                shown.append(self._editors[key])
                continue
            before, widget = old.get(key, (None, None))
            if widget is None or before != row:
                widget = self._showing(row, key, widget, spare)
            self._made[key] = row, widget
            shown.append(widget)
        if not shown and self._nothing:
            self._empty.value = f"<p class='sg-quiet'>{html.escape(self._nothing)}</p>"
            shown = [self._empty]
        if last:
            self.where.value = f"{begin + 1:,} to {begin + len(page):,} of {len(self._rows):,}"
            self.back.disabled, self.on.disabled = self._page == 0, self._page == last
        self.children = [*shown, *([self._turner] if last else [])]
        kept = {id(widget) for _, widget in self._made.values()}
        for _, widget in old.values():
            if id(widget) not in kept:
                close(widget)

    def _showing(self, row: R, key: str, before: widgets.Widget | None, spare: dict[str, widgets.Widget]) -> widgets.Widget:
        """Return a widget that shows a row: its own, or one that is left over, if it can show it; else one that is made."""
        takes = [one for one, widget in spare.items() if isinstance(widget, RowBox) and widget.takes(row)]
        if isinstance(before, RowBox) and before.takes(row):
            widget = before
        elif takes:
            widget = spare.pop(takes[0])
            widget.remove_class("sg-focus")
        else:
            widget = self._make(row)
        if isinstance(widget, RowBox):
            widget.show_row(row)
        return widget


class Editor(widgets.VBox):
    """Where one row is changed: fields, a button that saves, one that leaves it, and what became of the click.

    Parameters
    ----------
    save
        Called by the first button, once at a time; whoever saved closes the editor.
    leave
        Called by "Cancel".
    others
        More buttons.
    """

    def __init__(
        self,
        fields: Sequence[widgets.Widget],
        save: Callable[[], None],
        leave: Callable[[], None],
        *,
        label: str = "Save",
        others: Sequence[widgets.Button] = (),
        receipt: SaveStatus | None = None,
    ) -> None:
        self.receipt = receipt or SaveStatus()
        self.save = widgets.Button(description=label, button_style="primary", icon="check", layout={"width": "auto"})
        self.cancel = widgets.Button(description="Cancel", tooltip="Leave it as it was", layout={"width": "auto"})
        self.save.on_click(lambda _: save())
        self.cancel.on_click(lambda _: leave())
        buttons = widgets.HBox([self.save, *others, self.cancel], layout={"flex_flow": "row wrap"})
        buttons.add_class("sg-buttons")
        super().__init__([*fields, buttons, self.receipt])
        self.add_class("sg-editor")
