"""A button that comes to mean something else, such as one that starts and then pauses."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import close


class TurningButton(widgets.Box):
    """The place of a button; whenever it is to mean something else, another button takes the place of the one that is there.

    So a click does what was on the button when it was pressed, or nothing, however late a busy kernel hears of it.

    Parameters
    ----------
    act
        Called when the button that is there is pressed.
    """

    children: Sequence[widgets.Button]

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._means: Hashable = None
        super().__init__()
        # assist.js: the focus of the keyboard goes on to the button that takes the place.
        self.add_class("sg-turns")

    @property
    def button(self) -> widgets.Button:
        """The button that is there."""
        return self.children[0]

    def show(self, means: Hashable, label: str, tooltip: str = "", icon: str = "", style: str = "") -> None:
        """Show what the button does now; it stays the same one while it ``means`` the same."""
        looks = {"description": label, "tooltip": tooltip or None, "icon": icon, "button_style": style}
        if self.children and means == self._means:
            for name, value in looks.items():
                setattr(self.button, name, value)
            return
        self._means = means
        made = widgets.Button(**looks, layout={"width": "auto", "flex": "0 0 auto"})
        made.on_click(lambda _: self._act())
        old, self.children = self.children, (made,)
        for button in old:
            close(button)
