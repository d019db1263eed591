"""What to do next, with the button that does it or leads there; at the right of a screen's header."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.turning import TurningButton
from studygroup.forms.layout.checklist import ScreenStep


class NextBar(widgets.HBox):
    """A sentence and a button.

    Parameters
    ----------
    act
        Called with the step when its button is pressed.
    """

    def __init__(self, act: Callable[[ScreenStep], object]) -> None:
        self._act = act
        self.step: ScreenStep | None = None
        self.told = widgets.HTML()
        self.told.add_class("sg-said")
        self.button = TurningButton(self._press)
        super().__init__([self.told])
        self.add_class("sg-next")

    def show(self, step: ScreenStep | None, otherwise: str = "Everything is done.") -> None:
        """Show a step, or without one a sentence."""
        self.step = step
        self.told.value = block("told_next", step.told if step else otherwise)
        if step:
            self.button.show((step.name, step.label), step.label, step.told, style="primary")
        self.children = [self.told, self.button] if step else [self.told]

    def _press(self) -> None:
        if self.step is not None:
            self._act(self.step)
