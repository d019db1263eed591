"""A line of text that is entered with Enter or with the button beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class EntryLine(anywidget.AnyWidget):
    """A line of text with its button; once entered, it is empty at once, and what could not be saved is given back.

    Parameters
    ----------
    entered
        Called with the text when it is to be entered.
    typed
        Called with the text now and then while it is being typed.
    """

    _esm = _FOLDER / "entry_line.js"
    label: Any = traitlets.Unicode().tag(sync=True)
    example: Any = traitlets.Unicode().tag(sync=True)
    action: Any = traitlets.Unicode("Add").tag(sync=True)
    text: Any = traitlets.Unicode().tag(sync=True)

    def __init__(self, entered: Callable[[str], object], typed: Callable[[str], object], **traits: Any) -> None:
        self._does = {"enter": entered, "typed": typed}
        super().__init__(**traits)
        self.on_msg(lambda _, content, __: self._heard(content))

    def give_back(self, text: str) -> None:
        """Put a text into the line again, as it was not saved."""
        self.send({"back": text})

    def set_state(self, sync_data: object) -> None:
        """Take no trait from a browser: it sends what is typed as messages."""

    def _heard(self, content: object) -> None:
        for name, does in self._does.items():
            text = content.get(name) if isinstance(content, dict) else None
            if isinstance(text, str):
                does(text)
