"""The catalogue as a table to search, sort and filter in the notebook, without a network."""

from __future__ import annotations

import html
from collections import Counter
from typing import Any

import pandas as pd

from studygroup.forms.form import safe_link
from studygroup.journal import tables
from studygroup.journal.records import HAS_READ
from studygroup.meeting.syllabus import covered_steps, steps_of
from studygroup.workbook import Workbook

# In a narrow column the buttons of its head would be squeezed until nobody can hit them.
_STYLE = "<style>.dtcc-button{flex:none;min-width:18px}.dtcc-button svg{min-width:14px}</style>"

LARGEST = 20_000
"""More items than this are too many for a browser; the table then says so and shows what ``words`` find."""


def browse(workbook: Workbook, words: str = "") -> Any:
    """Return the catalogue as an interactive table, to be shown by a notebook's cell.

    Parameters
    ----------
    words
        Show only what these words find, best first; all items when empty.
    """
    import itables
    from IPython.display import HTML

    frame = items_frame(workbook, words)
    if frame.empty:
        return HTML("<p>Nothing is in the catalogue that fits. Import a list below.</p>")
    itables.init_notebook_mode(all_interactive=False, connected=False)
    left_out = (
        "" if len(frame) <= LARGEST else f"<p>{len(frame):,} items are too many to browse at once; the first {LARGEST:,} "
    )
    left_out += "are shown. Say what you look for: <code>browse(workbook, words)</code></p>" if left_out else ""
    table = itables.to_html_datatable(
        frame.head(LARGEST),
        connected=False,
        # Every cell was made safe below.
        allow_html=True,
        maxBytes=0,
        showIndex=False,
        display_logo_when_loading=False,
        classes="display compact",
        style="width:100%;table-layout:auto",
        pageLength=10,
        lengthMenu=[10, 25, 50, 100],
        layout={"topStart": "info", "topEnd": "search", "bottomStart": "pageLength", "bottomEnd": "paging"},
        columnControl=["order", ["searchList"]],
        columnDefs=[
            {"targets": "_all", "className": "dt-left"},
            {"targets": 0, "width": "32%"},
            {"targets": [0, 1], "columnControl": ["order", ["search"]]},
        ],
        ordering={"indicators": False},
    )
    return HTML(left_out + _STYLE + table)


def items_frame(workbook: Workbook, words: str = "") -> pd.DataFrame:
    """Return the items as a table of HTML that is safe to show.

    Returns
    -------
    DataFrame
        One row an item; columns ``Title`` (a link, with the item's id), ``Authors``, ``Kind``, ``Year``, ``Section``, ``Lists``,
        ``Read by`` (how many members have) and ``Session`` (the last that covered it), all str. Other people's text is escaped.
    """
    catalogue = workbook.catalogue
    items = catalogue.search(words, limit=len(catalogue.items)) if words else catalogue.items
    reading = tables.reading(workbook.records)
    readers = Counter(reading.loc[reading["status"].isin(HAS_READ), "item"])
    covered: dict[str, str] = {}
    done = covered_steps(workbook, workbook.clock())
    for step in steps_of(workbook):
        covered |= dict.fromkeys(step.items, done.get(step.number, "")) if step.number in done else {}
    lists: dict[str, list[str]] = {}
    for name, table in sorted(catalogue.lists.items()):
        for cell in table["items"]:
            for item in str(cell).split(";"):
                lists.setdefault(item, []).append(name)
    rows = [
        (
            f"{safe_link(row.title, row.url)}<br><small>{html.escape(row.id)}</small>",
            html.escape(_short(row.authors)),
            row.kind,
            "" if pd.isna(row.year) else str(row.year),
            html.escape(row.section.split(" > ")[-1]),
            html.escape(", ".join(dict.fromkeys(lists.get(row.id, [])))),
            str(readers[row.id] or ""),
            covered.get(row.id, ""),
        )
        for row in tables.rows(items)
    ]
    columns = ["Title", "Authors", "Kind", "Year", "Section", "Lists", "Read by", "Session"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _short(authors: str) -> str:
    """Return the first three authors, and how many more there are."""
    names = [name.strip() for name in authors.split(";") if name.strip()]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
