"""The frame of a screen in a notebook: its height, its moments, and the way to its places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class Frame(anywidget.AnyWidget):
    """An element that shows nothing: it fits the screen to the window, counts down, and goes to places of the screen.

    Parameters
    ----------
    woke
        Called when the moment ``wake_ms`` has come, in milliseconds since 1970.
    """

    _esm = _FOLDER / "week_screen.js"
    _css = _FOLDER / "week_screen.css"
    wake_ms = traitlets.Float(0).tag(sync=True)

    def __init__(self, woke: Callable[[], object]) -> None:
        super().__init__()
        self.on_msg(lambda _, content, __: woke() if content == {"woke": True} else None)

    def go(self, place: str) -> None:
        """Show a place of the screen, by its class without ``sg-at-``, and put the keyboard there."""
        self.send({"go": place})
