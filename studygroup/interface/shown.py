"""Tables as a notebook shows them: what people typed is text there, and neither HTML nor math.

Importing this module tells pandas so for the whole process: a table's TeX could hold a link that runs a script.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from studygroup.publish.blocks import Block
from studygroup.text.quoting import markdown_line

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

pd.set_option("display.html.use_mathjax", False)
pd.set_option("styler.html.mathjax", False)
pd.set_option("styler.format.escape", "html")

# Seen on white and on black, with the number readable above it.
_BAR = "rgba(70, 130, 200, 0.35)"
_STYLES: Any = [
    {
        "selector": "caption",
        "props": "caption-side: top; text-align: left; font-weight: bold; padding: 0.4em 0; white-space: normal",
    },
    {"selector": "th", "props": "text-align: left; vertical-align: top"},
    {
        "selector": "td",
        "props": "text-align: left; vertical-align: top; white-space: normal; min-width: 2.5em; max-width: 28em; overflow-wrap: break-word",
    },
]


def show(
    frame: pd.DataFrame, caption: str, nothing: str = "Nothing yet.", *, shares: Iterable[str] | Literal["all"] = ()
) -> Styler | Block:
    """Return a table as a notebook shows it to everyone: with a caption, and without anything that could run.

    Parameters
    ----------
    frame
        Any table; one whose index counts its rows is shown without it.
    caption
        What the table shows, in a sentence; screen readers read it first.
    nothing
        What to say in place of a table without rows or columns.
    shares
        Columns of numbers from 0 to 1, shown as percentages with a bar; "all" of them.

    Returns
    -------
    Styler
        pandas' own, to style further; a sentence where there is nothing to show.

    Examples
    --------
    In a cell of a notebook::

        sg.show(group.tables.ratings, "Every rating", "No one has rated a paper yet.")
    """
    if frame.empty:
        return Block(f"<p>{html.escape(nothing)}</p>", f"{markdown_line(nothing)}\n")
    parts = [*frame.columns] if shares == "all" else [*shares]
    # pandas escapes labels, but not the names of the two axes.
    named = frame.rename_axis(index=_escaped(frame.index), columns=_escaped(frame.columns))
    styler = named.style.set_caption(html.escape(caption)).set_table_styles(_STYLES)
    styler = styler.format(_formats(frame, parts), escape="html", na_rep="–")
    styler = styler.format_index(escape="html", axis="index").format_index(_heading, escape="html", axis="columns")
    if parts:
        styler = styler.bar(subset=parts, color=_BAR, vmin=0, vmax=1)
    # Its name would take a row of its own.
    return styler.hide(axis="index", names=not isinstance(frame.index, pd.RangeIndex))


def _escaped(axis: pd.Index) -> Any:
    return [None if name is None else html.escape(_heading(name)) for name in axis.names]


def _heading(name: object) -> str:
    return str(name).replace("_", " ")


def _formats(frame: pd.DataFrame, shares: list[str]) -> dict[Any, Any]:
    """Return how each column's cells are written."""
    found: dict[Any, Any] = dict.fromkeys(shares, "{:.0%}")
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, pd.DatetimeTZDtype) or dtype.kind == "M":
            found[str(name)] = "{:%d\N{NO-BREAK SPACE}%b\N{NO-BREAK SPACE}%Y}"
        elif dtype.kind == "f":
            found.setdefault(str(name), "{:.1f}")
    return found
