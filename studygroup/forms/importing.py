"""The form that imports a reading list: a preview of every row, accept or reject each, then save what is shown."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from studygroup.catalogue.choices import Answer, Row, choose, preview
from studygroup.catalogue.exchange import Import, import_sources, read_unchanged
from studygroup.catalogue.table import Catalogue
from studygroup.errors import CatalogueError, ReadingListError
from studygroup.forms.form import Pages, Said, clock_time, safe_link
from studygroup.workbook import Workbook

_GROUPS = {
    "new": ("New", "Rejected ones stand in the list only, without an item."),
    "merged": ("Merged", "What is in the catalogue already. A rejected one becomes an item of its own."),
    "suggested": ("Suggested", "Perhaps the same: accept joins the two, reject keeps them apart for good."),
    "warned": ("Warned", "Kept as written; look at the line. Rejected ones stand in the list only."),
}
_WIDE = widgets.Layout(width="100%", max_width="56em")
_STYLE = {"description_width": "8em"}


class ImportForm(widgets.VBox):
    """Import a list into a workbook's catalogue; nothing is written before *Import*.

    Parameters
    ----------
    workbook
        Its catalogue is read again for each preview, and forgotten after an import, so that other forms see the new one.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.source = widgets.Text(
            description="List", placeholder="a file, a folder or an https:// address", layout=_WIDE, style=_STYLE
        )
        self.upload = widgets.FileUpload(description="or upload files", multiple=True, layout=widgets.Layout(width="auto"))
        self.name = widgets.Text(description="Name", placeholder="else the file's", layout=_WIDE, style=_STYLE)
        self.base = widgets.Text(
            description="Base address", placeholder="where relative links start from", layout=_WIDE, style=_STYLE
        )
        self.facts = widgets.Checkbox(description="Facts only: leave sentences out", indent=False)
        self.look = widgets.Button(description="Preview", button_style="info", icon="search")
        self.save = widgets.Button(description="Import", button_style="primary", icon="check", disabled=True)
        self.said, self.gone = Said(), widgets.HTML()
        self.groups = widgets.VBox()
        self.answers: dict[tuple[str, ...], Answer] = {}
        self._shown: tuple[Catalogue, Import, tuple[Row, ...]] | None = None
        self.look.on_click(lambda _: self._preview())
        self.save.on_click(lambda _: self._import())
        for field in (self.source, self.name, self.base, self.facts):
            field.observe(lambda _: self._stale(), "value")
        self.upload.observe(lambda _: self._stale(), "value")
        super().__init__(
            [
                self.source,
                self.upload,
                self.name,
                self.base,
                self.facts,
                widgets.HBox([self.look, self.save]),
                self.said,
                self.gone,
                self.groups,
            ]
        )

    def _stale(self) -> None:
        """What is shown is no longer what would be imported."""
        if not self.save.disabled:
            self.save.disabled = True
            self.said.tell("The source was changed; look at a new preview before importing.", "busy")

    @contextmanager
    def _words(self) -> Iterator[list[str]]:
        """Give what names the sources: what was typed, or the uploaded files, which exist only within."""
        with tempfile.TemporaryDirectory() as folder:
            words = []
            for one in self.upload.value:
                path = Path(folder) / Path(str(one["name"]).replace("\\", "/")).name
                path.write_bytes(bytes(one["content"]))
                words.append(str(path))
            if typed := self.source.value.strip():
                words.append(typed if "://" in typed else str(self.workbook.folder / Path(typed).expanduser()))
            if not words:
                raise ReadingListError("Name a file, a folder or an address, or upload files.")
            yield words

    def _preview(self) -> None:
        self.save.disabled, self._shown = True, None
        self.said.tell("Reading …", "busy")
        with self.said.errors(), self._words() as words:
            result = import_sources(
                self.workbook.folder,
                words,
                name=self.name.value.strip(),
                base_url=self.base.value.strip(),
                facts=self.facts.value,
                write=False,
            )
            before = read_unchanged(self.workbook.folder, result)
            self._show(before, result)

    def _show(self, before: Catalogue, result: Import) -> None:
        rows = preview(before, result)
        self._shown = before, result, rows
        # What was answered for a row holds when the same row comes again.
        known = {row.key: row for row in rows}
        self.answers = {key: answer for key, answer in self.answers.items() if key in known}
        parts = []
        for group, (title, hint) in _GROUPS.items():
            of_group = [row for row in rows if row.group == group]
            if of_group:
                head = widgets.HTML(f"<h4 style='margin:.8em 0 0'>{title} ({len(of_group)})</h4><small>{hint}</small>")
                parts += [head, Pages(of_group, self._row)]
        self.groups.children = parts
        lost = [f"<li>{safe_link(f'{name}: {title}', '')}</li>" for name, title in result.gone]
        self.gone.value = (
            f"<details><summary>No longer in the list ({len(lost)})</summary><ul>{''.join(lost)}</ul></details>" if lost else ""
        )
        entries = sum(len(one.entries) for one in result.lists)
        if rows:
            self.said.tell(f"{entries} entries were read. Nothing is written yet: look below, then import.")
        else:
            self.said.tell(f"{entries} entries were read; all of them are known, and nothing would change but their order.")
        self.save.disabled = not entries

    def _row(self, row: Row) -> widgets.Widget:
        options = [("Accept", "accept"), ("Reject", "reject")] + ([("Later", "")] if row.group == "suggested" else [])
        choice = widgets.ToggleButtons(
            options=options,
            value=self.answers.get(row.key, row.usual),
            style={"button_width": "5em"},
            layout=widgets.Layout(width="auto", flex="0 0 auto"),
            tooltips=[f"{label}: {row.title}" for label, _ in options],
        )
        choice.observe(lambda change: self.answers.update({row.key: change["new"]}), "value")
        where = f" <small>{safe_link(row.says, '')}</small>"
        text = widgets.HTML(
            f"<div style='line-height:1.4'>{safe_link(row.title, row.url)}{where}</div>", layout=widgets.Layout(flex="1 1 16em")
        )
        return widgets.HBox(
            [choice, text], layout=widgets.Layout(flex_flow="row wrap", border_top="1px solid #8884", width="100%")
        )

    def _import(self) -> None:
        # A second click finds nothing to import.
        shown, self._shown = self._shown, None
        self.save.disabled = True
        if shown is None:
            return
        _, result, rows = shown
        answers = {row: self.answers.get(row.key, row.usual) for row in rows}
        with self.said.errors():
            try:
                before = read_unchanged(self.workbook.folder, result)
            except CatalogueError:
                self.said.tell("The catalogue was changed meanwhile, so nothing was written; here is a new preview.", "wrong")
                self._preview()
                return
            catalogue, chosen = choose(before, result, answers, facts=self.facts.value)
            try:
                catalogue.write(self.workbook.folder)
            except BaseException:
                self._shown, self.save.disabled = shown, False
                raise
            self.workbook.__dict__.pop("catalogue", None)
            self.workbook.__dict__.pop("records", None)
            self.answers, self.groups.children, self.gone.value = {}, [], ""
            self.said.tell(f"Saved {clock_time(self.workbook.clock())}: {_summary(chosen, answers)}")


def _summary(chosen: Import, answers: dict[Row, Answer]) -> str:
    left_out = len({row.place for row, answer in answers.items() if answer == "reject" and row.group in {"new", "warned"}})
    settled = sum(bool(answer) for row, answer in answers.items() if row.group == "suggested")
    parts = [f"{chosen.added} items added", f"{chosen.merged} entries merged with others"]
    parts += [f"{left_out} left out"] if left_out else []
    parts += [f"{settled} suggestions settled"] if settled else []
    return ", ".join(parts)


def import_form(workbook: Workbook) -> Any:
    """Return the form that imports a list."""
    return ImportForm(workbook)
