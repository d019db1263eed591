"""Two forms on the catalogue: fill what is missing from arXiv and Crossref, and write lists out."""

from __future__ import annotations

import base64
import html
import threading
import time
from datetime import UTC, datetime

import httpx
import ipywidgets as widgets

from studygroup.catalogue.export import to_bibtex, to_csv, to_json, to_markdown
from studygroup.catalogue.metadata import ARXIV_URL, CROSSREF_URL, Filled, UnreachableError, fill
from studygroup.errors import StudygroupError
from studygroup.forms.form import Pages, Said, clock_time
from studygroup.meeting.reading_progress import group_progress, member_progress
from studygroup.workbook import Workbook

_STYLE = {"description_width": "8em"}
_FORMS = {"Markdown": "md", "BibTeX": "bib", "CSV": "csv", "JSON": "json"}


class _StoppedError(Exception):
    """Somebody pressed Stop; what was fetched is kept."""


class FillForm(widgets.VBox):
    """Ask arXiv and Crossref for missing authors and years, look at what they say, and save it."""

    def __init__(self, workbook: Workbook, arxiv_url: str = ARXIV_URL, crossref_url: str = CROSSREF_URL) -> None:
        self.workbook = workbook
        self.arxiv_url, self.crossref_url = arxiv_url, crossref_url
        self.ask = widgets.Button(description="Ask", button_style="info", icon="cloud-download")
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.save = widgets.Button(description="Save", button_style="primary", icon="check", disabled=True)
        self.bar = widgets.IntProgress(description="", layout=widgets.Layout(width="20em", visibility="hidden"))
        self.said, self.changes = Said(), widgets.VBox()
        self._filled: Filled | None = None
        self._stopped = threading.Event()
        self.ask.on_click(lambda _: self._start())
        self.stop.on_click(lambda _: self._stopped.set())
        self.save.on_click(lambda _: self._save())
        super().__init__([widgets.HBox([self.ask, self.stop, self.save, self.bar]), self.said, self.changes])

    def _start(self) -> None:
        self._stopped.clear()
        self.ask.disabled, self.stop.disabled, self.save.disabled = True, False, True
        self.bar.layout.visibility = "visible"
        self.said.tell("Asking, one request in three seconds at the most …", "busy")
        threading.Thread(target=self._run, daemon=True).start()

    def _progress(self, done: int, total: int) -> None:
        self.bar.max, self.bar.value = max(total, 1), done
        if self._stopped.is_set():
            raise _StoppedError

    def _wait(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise _StoppedError

    def _run(self) -> None:
        started = time.monotonic()
        try:
            with self.said.errors(), httpx.Client(timeout=httpx.Timeout(30, connect=10)) as client:
                self._show(self._fill(client), started)
        except _StoppedError:
            self.said.tell("Stopped. What was answered is kept, and another run goes on from there.")
        finally:
            self.ask.disabled, self.stop.disabled = False, True
            self.bar.layout.visibility = "hidden"

    def _fill(self, client: httpx.Client) -> tuple[Filled, str]:
        try:
            filled = fill(
                self.workbook.catalogue.items,
                self.workbook.folder / ".studygroup" / "metadata",
                client=client,
                wait=self._wait,
                clock=lambda: datetime.now(UTC),
                progress=self._progress,
                arxiv_url=self.arxiv_url,
                crossref_url=self.crossref_url,
            )
        except UnreachableError as error:
            return error.filled, str(error)
        return filled, ""

    def _show(self, found: tuple[Filled, str], started: float) -> None:
        filled, trouble = found
        self._filled = filled
        self.changes.children = [Pages(filled.changes, _change)] if filled.changes else []
        self.save.disabled = not filled.changes
        missing = f"; {len(filled.not_found)} ids are not known there" if filled.not_found else ""
        said = f"{len(filled.changes)} cells would be filled{missing} ({time.monotonic() - started:.0f} s)."
        self.said.tell(trouble or said, "wrong" if trouble else "done")

    def _save(self) -> None:
        filled, self._filled = self._filled, None
        self.save.disabled = True
        if filled is None:
            return
        with self.said.errors():
            # Read again: somebody may have imported meanwhile. Only cells that are still empty are filled.
            self.workbook.__dict__.pop("catalogue", None)
            catalogue = self.workbook.catalogue
            items = catalogue.items.copy()
            rows = {item: row for row, item in enumerate(items["id"])}
            done = 0
            for change in filled.changes:
                row = rows.get(change.item)
                if row is not None and str(items.at[row, change.field]) in {change.before, "<NA>"}:
                    items.at[row, change.field] = int(change.after) if change.field == "year" else change.after
                    done += 1
            catalogue.items = items
            catalogue.write(self.workbook.folder)
            self.changes.children = []
            self.said.tell(f"Saved {clock_time(self.workbook.clock())}: {done} cells filled")


def _change(change: object) -> widgets.Widget:
    item, field, after = (html.escape(str(getattr(change, name))) for name in ("item", "field", "after"))
    return widgets.HTML(f"<code>{item}</code> {field}: {after}")


class ExportForm(widgets.VBox):
    """Write a list, or the whole catalogue, for elsewhere: to copy, or as a file."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.form = widgets.Dropdown(description="Form", options=list(_FORMS), style=_STYLE)
        self.name = widgets.Dropdown(description="List", options=self._lists(), style=_STYLE)
        people = [(person.name, member) for member, person in workbook.people.items()]
        self.progress = widgets.Dropdown(
            description="With progress", options=[("none", ""), ("the group's", "*"), *people], style=_STYLE
        )
        self.write = widgets.Button(description="Export", button_style="info", icon="download")
        self.said, self.link = Said(), widgets.HTML()
        self.text = widgets.Textarea(
            rows=12, disabled=False, layout=widgets.Layout(width="100%", display="none"), placeholder="The exported text"
        )
        self.write.on_click(lambda _: self._export())
        self.form.observe(lambda _: setattr(self.name, "options", self._lists()), "value")
        super().__init__([self.form, self.name, self.progress, self.write, self.said, self.link, self.text])

    def _lists(self) -> list[tuple[str, str]]:
        names = [(name, name) for name in sorted(self.workbook.catalogue.lists)]
        return names if self.form.value == "Markdown" else [("the whole catalogue", ""), *names]

    def _export(self) -> None:
        self.link.value = ""
        with self.said.errors():
            text = self._text()
            name = f"{self.name.value or 'catalogue'}.{_FORMS[self.form.value]}"
            data = base64.b64encode(text.encode()).decode()
            self.text.value, self.text.layout.display = text, None
            self.link.value = (
                f'<a download="{html.escape(name)}" href="data:text/plain;base64,{data}">Download {html.escape(name)}</a>'
            )
            self.said.tell(f"{len(text.splitlines()):,} lines; download the file, or copy the text.")

    def _text(self) -> str:
        # What an import above added is read again.
        self.workbook.__dict__.pop("catalogue", None)
        catalogue, name = self.workbook.catalogue, self.name.value
        if self.form.value == "Markdown":
            if not name:
                raise StudygroupError("There is no list yet; import one above.")
            who = self.progress.value
            held = (
                group_progress(self.workbook, name)
                if who == "*"
                else member_progress(self.workbook, name, who)
                if who
                else None
            )
            return to_markdown(catalogue, name, progress=held)
        write = {"BibTeX": to_bibtex, "CSV": to_csv, "JSON": to_json}[self.form.value]
        return write(catalogue, name or None)
