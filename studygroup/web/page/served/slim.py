"""A page's widgets, made smaller: two thirds of a page's memory are traits that no one set."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import ipywidgets


@cache
def _keys(kind: Any) -> list[str]:
    """Return what widgets of a kind tell browsers; ipywidgets makes this list anew for each widget."""
    return list(kind.class_trait_names(sync=True))


@cache
def _unset(kind: Any) -> frozenset[str]:
    """Return the traits of a kind that are None until someone sets them."""
    return frozenset(name for name, value in kind._static_immutable_initial_values.items() if value is None)


def slim(widgets: Iterable[ipywidgets.Widget]) -> None:
    """Let go of what widgets that are already open hold for nothing; traits come back when they are asked for.

    A layout has more than forty traits, of which a form sets one or two, and a page has a layout for every widget.
    """
    for widget in widgets:
        kind: Any = type(widget)
        held = widget._trait_values
        if held.get("keys") == _keys(kind):
            held["keys"] = _keys(kind)
        unset = _unset(kind)
        kept: dict[str, Any] = {name: value for name, value in held.items() if value is not None or name not in unset}
        if len(kept) < len(held):
            widget._trait_values = kept
