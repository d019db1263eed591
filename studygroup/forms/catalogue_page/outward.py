"""Two forms on the catalogue: fill what is missing from arXiv and Crossref, and write lists out."""

from __future__ import annotations

import base64
import html
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from studygroup.catalogue.export.export import to_bibtex, to_csv, to_json, to_markdown
from studygroup.catalogue.online.metadata import ARXIV_URL, CROSSREF_URL, Filled, FilledCell, UnreachableError, fill
from studygroup.catalogue.online.public_hosts import checked_client
from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import BESIDE_LABELS, LINK_STYLE, STYLE, StatusLine, clock_time, close, counted, sheet
from studygroup.forms.kit.inputs import Area
from studygroup.forms.kit.pickers import FIELD, Pick, labelled
from studygroup.forms.kit.rows import LiveRows
from studygroup.meeting.after.reading_progress import group_progress, member_progress
from studygroup.storage.shared_files import exists
from studygroup.workbook.workbook import Workbook

_FORMS = {"Markdown": "md", "BibTeX": "bib", "CSV": "csv", "JSON": "json"}


class _StoppedError(Exception):
    """Somebody pressed Stop; what was fetched is kept."""


class FillForm(widgets.VBox):
    """Ask arXiv and Crossref for missing authors and years, look at what they say, and save it.

    Asking runs beside the notebook, which stays usable. ``saved`` is called after a save.
    """

    def __init__(
        self,
        workbook: Workbook,
        saved: Callable[[], None] = lambda: None,
        *,
        arxiv_url: str = ARXIV_URL,
        crossref_url: str = CROSSREF_URL,
    ) -> None:
        self.workbook, self._tell_others = workbook, saved
        self.arxiv_url, self.crossref_url = arxiv_url, crossref_url
        small = {"width": "auto", "flex": "0 0 auto"}
        self.ask = widgets.Button(description="Ask", button_style="info", icon="cloud-download", layout=small)
        self.stop = widgets.Button(description="Stop", disabled=True, layout=small)
        self.save = widgets.Button(description="Save", button_style="primary", icon="check", disabled=True, layout=small)
        self.bar = widgets.IntProgress(layout=widgets.Layout(width="12em", visibility="hidden"))
        self.count = widgets.Label()
        self.said, self.changes = StatusLine(), widgets.VBox()
        self._filled: Filled | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.ask.on_click(lambda _: self._start())
        self.stop.on_click(lambda _: self._stop())
        self.save.on_click(lambda _: self._save())
        row = widgets.HBox([self.ask, self.stop, self.save, self.bar, self.count], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.said, self.changes])
        sheet(self)

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopped.clear()
        self.ask.disabled, self.stop.disabled, self.save.disabled = True, False, True
        self.bar.layout.visibility = "visible"
        self.said.tell("Asking, one request in three seconds at the most …", "busy")
        self._thread = threading.Thread(target=self._run, name="studygroup-fill", daemon=True)
        self._thread.start()

    def _stop(self) -> None:
        self._stopped.set()
        self.stop.disabled = True
        self.said.tell("Stopping after the request that is under way …", "busy")

    def _progress(self, done: int, total: int) -> None:
        self.bar.max, self.bar.value, self.count.value = max(total, 1), done, f"{done:,} of {total:,} answers"
        if self._stopped.is_set():
            raise _StoppedError

    def _wait(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise _StoppedError

    def _run(self) -> None:
        started = time.monotonic()
        try:
            typed, times = [self.arxiv_url, self.crossref_url], httpx.Timeout(30, connect=10)
            with self.said.errors(), checked_client(typed, timeout=times) as client:
                self._show(self._fill(client), started)
        except _StoppedError:
            self.said.tell("Stopped. What was answered is kept, and another run goes on from there.")
        except Exception as error:
            # In a thread nobody else would tell.
            self.said.tell(f"{type(error).__name__}: {error}. Nothing was written; ask again.", "wrong")
            raise
        finally:
            self.ask.disabled, self.stop.disabled = False, True
            self.bar.layout.visibility, self.count.value = "hidden", ""

    def _fill(self, client: httpx.Client) -> tuple[Filled, str]:
        self.workbook.reread()
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
        self._clear()
        changes: LiveRows[FilledCell] = LiveRows(_change, lambda change: f"{change.item} {change.field}")
        changes.show(filled.changes)
        self.changes.children = [changes]
        self.save.disabled = not filled.changes
        said = f"{counted(len(filled.changes), 'cell')} would be filled" if filled.changes else "Nothing to fill"
        said += f"; {counted(len(filled.not_found), 'id is', 'ids are')} not known there" if filled.not_found else ""
        said += f"; {counted(len(filled.unanswered), 'id')} without an answer, ask again later" if filled.unanswered else ""
        said += f" ({time.monotonic() - started:.0f} s). " + ("Look below, then save." if filled.changes else "")
        self.said.tell(trouble or said.strip(), "wrong" if trouble else "done")

    def _clear(self) -> None:
        old, self.changes.children = self.changes.children, []
        for page in old:
            close(page)

    def _save(self) -> None:
        filled, self._filled = self._filled, None
        self.save.disabled = True
        if filled is None:
            return
        settled = False
        try:
            with self.said.errors():
                done = self._write(filled)
                settled = True
                self._clear()
                self.said.tell(f"Saved {clock_time(self.workbook.clock(), self.workbook)}: {counted(done, 'cell')} filled.")
                self._tell_others()
        finally:
            # What could not be saved can be tried again.
            if not settled:
                self._filled, self.save.disabled = filled, False

    def _write(self, filled: Filled) -> int:
        """Write the changes to cells that nobody filled meanwhile, and return how many these are."""
        self.workbook.reread()
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
        self.workbook.reread()
        return done


def _change(change: FilledCell) -> widgets.Widget:
    item, field, after = (html.escape(str(getattr(change, name))) for name in ("item", "field", "after"))
    return widgets.HTML(f"<div style='line-height:1.4;overflow-wrap:anywhere'><code>{item}</code> {field}: {after}</div>")


class ExportForm(widgets.VBox):
    """Write a list, or the whole catalogue, for elsewhere: to copy, or as a file."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.said, self.link = StatusLine(), widgets.HTML()
        self.form = Pick("Form", [(name, name) for name in _FORMS], self.said.refuse)
        self.name = Pick("List", [], self.said.refuse)
        people = labelled((person.name, member) for member, person in workbook.people.items())
        self.progress = Pick("With progress", [("none", ""), ("the group's", "*"), *people], self.said.refuse)
        self.progress.layout = widgets.Layout(**FIELD)
        self.write = widgets.Button(
            description="Export", button_style="info", icon="download", layout={"margin": f"2px 2px 2px {BESIDE_LABELS}"}
        )
        self.text = Area(
            description="Text",
            rows=12,
            layout=widgets.Layout(width="auto", display="none"),
            style=STYLE,
            refused=self.said.refuse,
        )
        self.write.on_click(lambda _: self._export())
        self.form.observe(lambda _: self.show(), "value")
        super().__init__([self.form, self.name, self.progress, self.write, self.said, self.link, self.text])
        sheet(self)
        self.show()

    def show(self) -> None:
        """Offer the lists that there are now; the one that was chosen stays chosen."""
        with self.said.errors():
            there = exists(self.workbook.folder / "catalogue.csv", self.workbook.folder)
            names = [(name, name) for name in sorted(self.workbook.catalogue.lists)] if there else []
            markdown = self.form.value == "Markdown"
            self.name.offer(names if markdown else [("the whole catalogue", ""), *names])
            # Only a list that is written out again has a place for it.
            self.progress.layout.display = None if markdown else "none"

    def _export(self) -> None:
        self.link.value, self.text.value, self.text.layout.display = "", "", "none"
        with self.said.errors():
            text = self._text()
            name = f"{self.name.value or 'catalogue'}.{_FORMS[str(self.form.value)]}"
            data = base64.b64encode(text.encode()).decode()
            self.text.value, self.text.layout.display = text, None
            self.link.value = f'<a download="{html.escape(name)}" href="data:text/plain;base64,{data}" style="{LINK_STYLE}">Download {html.escape(name)}</a>'
            self.said.tell(f"{counted(len(text.splitlines()), 'line')}; download the file, or copy the text.")

    def _text(self) -> str:
        if not exists(self.workbook.folder / "catalogue.csv", self.workbook.folder):
            raise StudygroupError("The catalogue is empty; import a list above.")
        self.workbook.reread()
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
        write = {"BibTeX": to_bibtex, "CSV": to_csv, "JSON": to_json}[str(self.form.value)]
        return write(catalogue, name or None)
