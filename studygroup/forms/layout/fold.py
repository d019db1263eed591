"""A heading that unfolds what is below it."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets


class Fold(widgets.VBox):
    """A form of which only the heading shows until it is pressed; the form is made then.

    Parameters
    ----------
    make
        Returns the form; called once.
    """

    def __init__(self, title: str, make: Callable[[], widgets.Widget]) -> None:
        self._make = make
        self.head = widgets.Button(description=title, layout={"width": "auto"})
        self.head.add_class("sg-fold-head")
        self._body = widgets.VBox(layout=widgets.Layout(display="none"))
        self.head.on_click(lambda _: self.unfold(not self.is_open))
        super().__init__([self.head, self._body], layout=widgets.Layout())
        self.add_class("sg-fold")

    @property
    def is_open(self) -> bool:
        """Whether the form shows."""
        return self._body.layout.display is None

    def unfold(self, unfolded: bool = True) -> None:
        """Show the form, or its heading alone."""
        if unfolded and not self._body.children:
            self._body.children = (self._make(),)
        self._body.layout.display = None if unfolded else "none"
        # assist.js tells screen readers by this class.
        (self.add_class if unfolded else self.remove_class)("sg-unfolded")
