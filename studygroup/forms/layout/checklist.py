"""The checklist of a tab: its steps tick themselves, and each leads to its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import msgspec
import traitlets

from studygroup.forms.kit import widgets

_FOLDER = Path(__file__).parent


class ScreenStep(msgspec.Struct, frozen=True):
    """One thing to do.

    Attributes
    ----------
    name
        Of the step, unique in its list.
    title, note
        What it is, and how far it is.
    told, label
        The sentence that says that it is next, and the button beside it.
    place, tab
        Where it is done: a class of the screen without ``sg-at-``, and the tab that has it.
    act
        What the button does by itself, as the screen knows it; empty where it only leads there.
    waits
        Whether it depends on others, so that it is next only when nothing else is.
    """

    name: str
    title: str
    note: str
    done: bool
    told: str = ""
    label: str = ""
    place: str = ""
    tab: str = "Prepare"
    act: str = ""
    waits: bool = False


def next_step_of(steps: Sequence[ScreenStep]) -> ScreenStep | None:
    """Return the step that is next, or None when all are done."""
    open_ones = [step for step in steps if not step.done]
    return next((step for step in open_ones if not step.waits), open_ones[0] if open_ones else None)


class StepList(anywidget.AnyWidget):
    """A list of steps in a browser.

    Parameters
    ----------
    chosen
        Called with the name of the step whose line was pressed.
    """

    _esm = _FOLDER / "checklist.js"
    steps: Any = traitlets.List().tag(sync=True)

    def __init__(self, chosen: Callable[[str], object]) -> None:
        super().__init__()
        self.on_msg(lambda _, content, __: self._pressed(content, chosen))

    def _pressed(self, content: object, chosen: Callable[[str], object]) -> None:
        name = content.get("step") if isinstance(content, dict) else None
        if name in {step["name"] for step in self.steps}:
            chosen(str(name))

    def set_state(self, sync_data: object) -> None:
        """Take nothing from a browser: the steps follow from what was entered."""


class Checklist(widgets.VBox):
    """The steps before or after a session, with how many are done."""

    def __init__(self, lead: Callable[[ScreenStep], object]) -> None:
        self.lead, self._steps = lead, dict[str, ScreenStep]()
        self.count = widgets.HTML()
        self.count.add_class("sg-count")
        self.list = StepList(lambda name: self.lead(self._steps[name]))
        super().__init__([self.count, self.list])
        self.add_class("sg-checklist")

    def show(self, steps: Sequence[ScreenStep]) -> None:
        """Show these steps."""
        self._steps = {step.name: step for step in steps}
        following = next_step_of(steps)
        self.count.value = f"{sum(step.done for step in steps)} of {len(steps)} done"
        self.list.steps = [
            {
                "name": step.name,
                "title": step.title,
                "note": step.note,
                "state": "done" if step.done else "next" if step is following else "open",
            }
            for step in steps
        ]
