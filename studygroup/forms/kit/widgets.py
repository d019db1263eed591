"""The widgets of ipywidgets, with layouts and styles that the widgets of one page share.

ipywidgets makes a layout and a style for every widget: two thirds of what a page holds and sends, of which most say the same.
Here a layout or style that is given as a dict, or not at all, is one for all widgets that say so. A widget whose layout is to
change gets one of its own: ``layout=Layout(...)``.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any
from weakref import WeakKeyDictionary

import comm
import ipywidgets
from ipywidgets import DOMWidget, Layout, Widget

__all__ = [
    "HTML",
    "Box",
    "Button",
    "Checkbox",
    "Combobox",
    "DOMWidget",
    "DatePicker",
    "Dropdown",
    "FileUpload",
    "HBox",
    "IntProgress",
    "IntText",
    "Label",
    "Layout",
    "NaiveDatetimePicker",
    "Output",
    "RadioButtons",
    "Tab",
    "Text",
    "Textarea",
    "ToggleButtons",
    "VBox",
    "Widget",
    "let_go",
]

# By what brings widgets to browsers: the kernel's, or in a server each page's.
_shared: WeakKeyDictionary[Any, dict[Hashable, Widget]] = WeakKeyDictionary()
_kinds: dict[Any, Any] = {}
_lock = threading.Lock()


class _Shared(Widget):
    """A layout or style of several widgets; it stays as it is."""

    _is_made = False

    def __setattr__(self, name: str, value: Any) -> None:
        if self._is_made and name in self.keys:
            raise AttributeError(f"This {type(self).__name__} belongs to several widgets; give the one that changes its own.")
        super().__setattr__(name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take nothing from a browser: no person can change a layout."""


def _kind(kind: Any) -> Any:
    """Return the kind of what several widgets share."""
    if kind not in _kinds:
        _kinds[kind] = type(kind.__name__, (_Shared, kind), {})
    return _kinds[kind]


def _one_for_all(kind: Any, values: dict[str, Any]) -> Widget:
    """Return the layout or style of the present page that has these values."""
    with _lock:
        here = _shared.setdefault(comm.get_comm_manager(), {})
        key = kind, *sorted(values.items())
        made = here.get(key)
        if made is None or made.comm is None:
            made = here[key] = _kind(kind)(**values)
            made._is_made = True
        return made


class _Sharing(DOMWidget):
    """A widget that shares its layout and its style."""

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        for name in ("layout", "style"):
            given = traits.get(name)
            if (given is None or isinstance(given, dict)) and hasattr(type(self), name):
                traits[name] = _one_for_all(getattr(type(self), name).klass, given or {})
        super().__init__(*arguments, **traits)


def let_go(widget: Widget) -> None:
    """Close a widget with its own layout and style, which would stay in the kernel for good."""
    for name in ("layout", "style"):
        own = getattr(widget, name, None)
        if isinstance(own, Widget) and not isinstance(own, _Shared):
            own.close()
    widget.close()


class Box(_Sharing, ipywidgets.Box):
    """Widgets together."""


class VBox(_Sharing, ipywidgets.VBox):
    """Widgets one below the other."""


class HBox(_Sharing, ipywidgets.HBox):
    """Widgets side by side."""


class HTML(_Sharing, ipywidgets.HTML):
    """HTML that the package made."""


class Label(_Sharing, ipywidgets.Label):
    """A short text."""


class Button(_Sharing, ipywidgets.Button):
    """A button; once it was let go, a click that was still on its way does nothing."""

    def click(self) -> None:
        """Do what a click does."""
        if self.comm is not None:
            super().click()


class Text(_Sharing, ipywidgets.Text):
    """A line of text."""


class Textarea(_Sharing, ipywidgets.Textarea):
    """A text of several lines."""


class Combobox(_Sharing, ipywidgets.Combobox):
    """A line of text with suggestions."""


class Checkbox(_Sharing, ipywidgets.Checkbox):
    """Yes or no."""


class Dropdown(_Sharing, ipywidgets.Dropdown):
    """One of a list."""


class Tab(_Sharing, ipywidgets.Tab):
    """Pages of which one shows, each with a title."""


class RadioButtons(_Sharing, ipywidgets.RadioButtons):
    """One of a few."""


class ToggleButtons(_Sharing, ipywidgets.ToggleButtons):
    """One of a few, each a button."""


class IntText(_Sharing, ipywidgets.IntText):
    """A whole number."""


class DatePicker(_Sharing, ipywidgets.DatePicker):
    """A day."""


class NaiveDatetimePicker(_Sharing, ipywidgets.NaiveDatetimePicker):
    """A day and a time."""


class FileUpload(_Sharing, ipywidgets.FileUpload):
    """A file from the browser's machine."""


class IntProgress(_Sharing, ipywidgets.IntProgress):
    """How far something is."""


class Output(_Sharing, ipywidgets.Output):
    """What a call prints or displays."""
