"""The catalogue as a table to search, sort and filter in the notebook, without a network."""

from __future__ import annotations

import html
from collections import Counter
from importlib.resources import files

import pandas as pd

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import STYLE, WIDE, StatusLine, counted, safe_link, sheet
from studygroup.forms.kit.inputs import TextLine
from studygroup.group.states import HAS_READ
from studygroup.journal.tables import tables
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.storage.shared_files import exists
from studygroup.workbook.workbook import Workbook

LARGEST = 20_000
"""More items than this are too many for a browser; the form then says so, and asks for words to look for."""

_LONGEST_WORDS = 200
COLUMNS = ("Title", "Authors", "Kind", "Year", "Section", "Lists", "Read by", "Session")
_LEFT_OUT_WHEN_EMPTY = ("Read by", "Session")


class BrowseForm(widgets.VBox):
    """All items in one table; typing, sorting and filtering happen in the browser and ask nobody.

    Of more than ``LARGEST`` items the first are shown, with a field for words to look for in all of them.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.said, self.table = StatusLine(), widgets.Output()
        self.words = TextLine(
            refused=self.said.refuse,
            description="Look for",
            placeholder="words of title, authors or section",
            continuous_update=False,
            layout=widgets.Layout(**WIDE, display="none"),
            style=STYLE,
        )
        self.words.observe(lambda _: self.show(), "value")
        super().__init__([self.words, self.said, self.table])
        sheet(self)
        self.show()

    def show(self) -> None:
        """Read the catalogue again and show it."""
        self.said.value = ""
        with self.said.errors():
            self.workbook.reread()
            if not exists(self.workbook.folder / "catalogue.csv", self.workbook.folder):
                self.said.tell("The catalogue is empty: import a list below.", "busy")
                return
            many = len(self.workbook.catalogue.items) > LARGEST
            self.words.layout.display = None if many else "none"
            frame = items_frame(self.workbook, self.words.value[:_LONGEST_WORDS].strip() if many else "")
            if len(frame) > LARGEST:
                self.said.tell(
                    f"{counted(len(frame), 'item')} are too many to browse at once: the first {LARGEST:,} are shown. "
                    "Type what you look for above to search all of them.",
                    "busy",
                )
            if frame.empty:
                self.said.tell("No item has these words." if many else "The catalogue is empty: import a list below.", "busy")
            shown = "" if frame.empty else table_html(frame.head(LARGEST))
            self.table.outputs = ({"output_type": "display_data", "data": {"text/html": shown}, "metadata": {}},)


def table_html(frame: pd.DataFrame) -> str:
    """Return a table of ``items_frame`` as HTML; within a notebook the scripts that it needs come with it, not from a host."""
    import itables
    from IPython.utils.capture import capture_output

    with capture_output() as scripts:
        itables.init_notebook_mode(all_interactive=False, connected=False)
    loaded = "".join(output.data.get("text/html", "") for output in scripts.outputs)
    folder = files("studygroup.forms.catalogue_page")
    shown = itables.to_html_datatable(
        frame,
        connected=False,
        # Every cell was made safe by items_frame.
        allow_html=True,
        # Nothing is left out silently: BrowseForm says what is.
        maxBytes=0,
        showIndex=False,
        display_logo_when_loading=False,
        classes="display compact sg-items",
        style="width:100%;table-layout:auto",
        pageLength=10,
        lengthMenu=[10, 25, 50, 100],
        autoWidth=False,
        order=[],
        layout={
            "topStart": "search",
            "topEnd": None,
            "bottomStart": "info",
            "bottomEnd": "paging",
            "bottom2Start": "pageLength",
        },
        columnDefs=[
            {"targets": number, "name": name, "className": f"dt-left sg-{name.lower().replace(' ', '-')}"}
            for number, name in enumerate(frame.columns)
        ],
        language={
            "info": "_START_ to _END_ of _TOTAL_ items",
            "infoEmpty": "0 items",
            "infoFiltered": "(of _MAX_)",
            "zeroRecords": "No item fits.",
            "lengthMenu": "_MENU_ a page",
            "search": "Search",
        },
        drawCallback=itables.JavascriptFunction((folder / "filters.js").read_text(encoding="utf-8")),
    )
    style = (folder / "items.css").read_text(encoding="utf-8")
    return f"{loaded}<style>{style}</style><div class='sg-browse'>{shown}</div>"


def items_frame(workbook: Workbook, words: str = "") -> pd.DataFrame:
    """Return the items as a table of HTML that is safe to show.

    Returns
    -------
    DataFrame
        One row an item, of ``words`` the best first; columns ``Title`` (a link, with the item's id), ``Authors``, ``Kind``,
        ``Year``, ``Section``, ``Lists`` and, where they say something, ``Read by`` (how many members have) and ``Session``
        (the last that covered it), all str. Other people's text is escaped.
    """
    catalogue = workbook.catalogue
    items = catalogue.search(words, limit=len(catalogue.items)) if words else catalogue.items
    reading = tables.reading(workbook.current)
    readers = Counter(reading.loc[reading["status"].isin(HAS_READ), "item"])
    covered = _sessions(workbook)
    lists: dict[str, list[str]] = {}
    for name, table in sorted(catalogue.lists.items()):
        for cell in table["items"]:
            for item in str(cell).split(";"):
                lists.setdefault(item.strip(), []).append(name)
    rows = [
        (
            f"{safe_link(row.title, row.url)}<br><small>{html.escape(row.id)}</small>",
            html.escape(_short(row.authors)),
            html.escape(row.kind),
            "" if pd.isna(row.year) else str(row.year),
            html.escape(row.section.split(" > ")[-1]),
            html.escape(", ".join(dict.fromkeys(lists.get(row.id, [])))),
            str(readers[row.id] or ""),
            covered.get(row.id, ""),
        )
        for row in tables.rows(items)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype("str")
    return frame.drop(columns=[name for name in _LEFT_OUT_WHEN_EMPTY if not frame[name].any()])


def _sessions(workbook: Workbook) -> dict[str, str]:
    """Return the last session that covered each item."""
    if workbook.settings.syllabus not in workbook.catalogue.lists:
        return {}
    covered: dict[str, str] = {}
    done = covered_steps(workbook, workbook.clock())
    for step in steps_of(workbook):
        if step.number in done:
            covered |= dict.fromkeys(step.items, done[step.number])
    return covered


def _short(authors: str) -> str:
    """Return the first three authors, and how many more there are."""
    names = [name.strip() for name in authors.split(";") if name.strip()]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
