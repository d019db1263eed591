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
from studygroup.catalogue.online.metadata import ARXIV_URL, CROSSREF_URL, Filled, FilledCell, UnreachableError, fill, lacking
from studygroup.catalogue.online.public_hosts import checked_client
from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import BESIDE_LABELS, LINK_STYLE, STYLE, StatusLine, clock_time, close, counted, sheet
from studygroup.forms.kit.inputs import Area
from studygroup.forms.kit.pickers import FIELD, Pick, labelled
from studygroup.forms.kit.rows import LiveRows
from studygroup.meeting.after.reading_progress import group_progress, member_progress
from studygroup.meeting.published.list_titles import list_titles
from studygroup.storage.shared_files import exists
from studygroup.workbook.workbook import Workbook

_FORMS = {"Markdown": "md", "BibTeX": "bib", "CSV": "csv", "JSON": "json"}


class _StoppedError(Exception):
    """Someone pressed Stop; what was fetched is kept."""


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
        self.about = widgets.HTML()
        self.ask = widgets.Button(
            description="Ask arXiv and Crossref", button_style="info", icon="cloud-download", layout=small
        )
        self.stop = widgets.Button(description="Stop", disabled=True, layout=small)
        self.save = widgets.Button(description="Save", button_style="primary", icon="check", disabled=True, layout=small)
        self.bar = widgets.IntProgress(layout=widgets.Layout(width="12em", visibility="hidden"))
        self.count = widgets.Label()
        self.said, self.changes = StatusLine(), widgets.VBox()
        self._filled: Filled | None = None
        self._titles: dict[str, str] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.ask.on_click(lambda _: self._start())
        self.stop.on_click(lambda _: self._stop())
        self.save.on_click(lambda _: self._save())
        row = widgets.HBox([self.ask, self.stop, self.save, self.bar, self.count], layout={"flex_flow": "row wrap"})
        super().__init__([self.about, row, self.said, self.changes])
        sheet(self)
        self.asked: frozenset[str] = frozenset()
        self.show()

    @property
    def left(self) -> int:
        """How many papers lack something that no one has asked for since the notebook was opened."""
        there = exists(self.workbook.folder / "catalogue.csv", self.workbook.folder)
        return len(set(lacking(self.workbook.catalogue.items)) - self.asked) if there else 0

    @property
    def to_save(self) -> int:
        """How many cells were found and are not saved yet."""
        return len(self._filled.changes) if self._filled and not self.save.disabled else 0

    def show(self) -> None:
        """Show how many papers lack something."""
        with self.workbook.lock, self.said.errors():
            number = self.left
            if number:
                told = f"{counted(number, 'paper lacks', 'papers lack')} authors or a year, and can be looked up by arXiv id or DOI."
            else:
                told = "No paper lacks anything that could be looked up."
            self.about.value = block("what_next", f"{told} It needs a network; nothing that is there is changed.")

    def start(self) -> None:
        """Ask for what is missing."""
        self._start()

    def write(self) -> None:
        """Save what was found."""
        self._save()

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopped.clear()
        self.ask.disabled, self.stop.disabled, self.save.disabled = True, False, True
        self.bar.layout.visibility = "visible"
        self.said.tell("Asking, at most one request every three seconds …", "busy")
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
                found = self._fill(client)
                with self.workbook.lock:
                    self._show(found, started)
        except _StoppedError:
            self.said.tell("Stopped. What was answered is kept, and another run goes on from there.")
        except Exception as error:
            # In a thread no one else would tell.
            self.said.tell(f"{type(error).__name__}: {error}. Nothing was written; ask again.", "wrong")
            raise
        finally:
            self.ask.disabled, self.stop.disabled = False, True
            self.bar.layout.visibility, self.count.value = "hidden", ""

    def _fill(self, client: httpx.Client) -> tuple[Filled, str]:
        with self.workbook.lock:
            self.workbook.reread()
            items = self.workbook.catalogue.items
            self._titles = dict(zip(items["id"], items["title"], strict=True))
        try:
            filled = fill(
                items,
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
        if not trouble:
            self.asked |= frozenset(lacking(filled.items)) - {*filled.unanswered}
        self._clear()
        changes: LiveRows[FilledCell] = LiveRows(self._change, lambda change: f"{change.item} {change.field}")
        changes.show(filled.changes)
        self.changes.children = [changes]
        said = f"{counted(len(filled.changes), 'cell')} would be filled" if filled.changes else "Nothing to fill"
        said += f"; {counted(len(filled.not_found), 'id is', 'ids are')} not known there" if filled.not_found else ""
        said += f"; {counted(len(filled.unanswered), 'id')} without an answer, ask again later" if filled.unanswered else ""
        said += f" ({time.monotonic() - started:.0f} s). " + ("Look below, then save." if filled.changes else "")
        if trouble:
            trouble += " Everything else here works without one."
        self.said.tell(trouble or said.strip(), "wrong" if trouble else "done")
        # Whoever watches the button finds all of the rest as it is.
        self.save.disabled = not filled.changes
        self.show()

    def _change(self, change: FilledCell) -> widgets.Widget:
        title = self._titles.get(change.item, change.item)
        return widgets.HTML(block("filled_cell", title, change.field, change.after))

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
                self.show()
                self.said.tell(f"Saved {clock_time(self.workbook.clock(), self.workbook)}: {counted(done, 'cell')} filled.")
                self._tell_others()
        finally:
            # What could not be saved can be tried again.
            if not settled:
                self._filled, self.save.disabled = filled, False

    def _write(self, filled: Filled) -> int:
        """Write the changes to cells that no one filled meanwhile, and return how many these are."""
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


class ExportForm(widgets.VBox):
    """Write a list, or the whole catalogue, for elsewhere: to copy, or as a file."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.said, self.link, self.about = StatusLine(), widgets.HTML(), widgets.HTML()
        self.form = Pick("Format", [(name, name) for name in _FORMS], self.said.refuse)
        self.name = Pick("List", [], self.said.refuse)
        roster = workbook.roster
        people = labelled((one.name, member) for member, one in roster.people.items() if member not in roster.forgotten)
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
        super().__init__([self.about, self.form, self.name, self.progress, self.write, self.said, self.link, self.text])
        sheet(self)
        self.show()

    def show(self) -> None:
        """Offer the lists that there are now; the one that was chosen stays chosen."""
        with self.said.errors():
            there = exists(self.workbook.folder / "catalogue.csv", self.workbook.folder)
            titles = list_titles(self.workbook.catalogue.lists) if there else {}
            names = [(titles[name], name) for name in sorted(titles)]
            markdown = self.form.value == "Markdown"
            self.name.offer(names if markdown else [("the whole catalogue", ""), *names])
            self.about.value = block("what_next", "" if there else "The catalogue is empty. Import a list first.")
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
            raise StudygroupError("The catalogue is empty. Import a list first.")
        self.workbook.reread()
        catalogue, name = self.workbook.catalogue, self.name.value
        if self.form.value == "Markdown":
            if not name:
                raise StudygroupError("There is no list yet. Import one first.")
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
