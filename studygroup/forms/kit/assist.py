"""What plain ipywidgets lack in a browser: roles and states for screen readers, local times, copying, and a small style."""

from __future__ import annotations

from pathlib import Path

import anywidget

_FOLDER = Path(__file__).parent


class Assist(anywidget.AnyWidget):
    """An element that shows nothing; one on a page serves every form there, and several do no harm.

    ``assist.js`` tells screen readers which elements are live, pressed or belong together, writes times in the reader's zone,
    lets countdowns and the session's timer run, and copies texts; ``assist.css`` is the forms' style. Both hold no address and
    may be given to a page without Jupyter: the script's default export then is called ``start``.
    """

    _esm = _FOLDER / "assist.js"
    _css = _FOLDER / "assist.css"
