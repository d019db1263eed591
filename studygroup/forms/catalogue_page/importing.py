"""The form that imports a reading list: a preview of every row, accept or reject each, then save what is shown."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.counts import warnings_of
from studygroup.catalogue.merging.importer import Import, import_sources, mark_files, read_unchanged
from studygroup.catalogue.merging.review import Answer, Group, ReviewRow, choose, preview
from studygroup.errors import CatalogueError, ReadingListError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import (
    BESIDE_LABELS,
    STYLE,
    WIDE,
    StatusLine,
    clock_time,
    close,
    counted,
    for_forms,
    safe_link,
    sheet,
)
from studygroup.forms.kit.inputs import Radio, TextLine, Tick, Upload, file_name
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.layout.fold import Fold
from studygroup.meeting.facts.touched_sessions import former_entries, touched_sessions
from studygroup.text.text import not_a_character
from studygroup.workbook.first_list import shipped_name, with_shipped
from studygroup.workbook.workbook import Workbook

_LONGEST = 4096
"""Characters of a path or an address."""
_GROUPS: dict[Group, tuple[str, str]] = {
    "suggested": ("Suggested", "Maybe the same paper: accept joins the two, reject keeps them apart for good."),
    "warned": ("Warned", "Imported as written, but please look at the line. Rejected rows stay in the list only."),
    "corrected": ("Corrected", "A list now says something else. Accept changes the catalogue; reject leaves it as it is."),
    "merged": ("Merged", "Already in the catalogue. Reject a row to make it a paper of its own, kept apart for good."),
    "new": ("New", "Accepted rows join the catalogue. Rejected ones stay in the list and won’t be offered again."),
    "left out": (
        "Left out",
        "Links and lines that are in no entry. Take those that are papers: they become entries, in later imports too.",
    ),
}
"""The groups of a preview, what is least sure first."""
_LEAVE_OUT: frozenset[Group] = frozenset({"new", "warned"})
"""Where a rejected entry stays in its list only."""


class _Shown(msgspec.Struct, frozen=True):
    """A preview: the catalogue before, what the import comes to, its rows, and the state of the files it was read from."""

    before: Catalogue
    result: Import
    rows: tuple[ReviewRow, ...]
    files: str


class ImportForm(widgets.VBox):
    """Import a list into a workbook's catalogue; nothing is written before *Import*.

    Parameters
    ----------
    workbook
        Its catalogue is read again for each preview.
    saved
        Called after an import.
    """

    def __init__(self, workbook: Workbook, saved: Callable[[], None] = lambda: None) -> None:
        self.workbook, self._tell_others = workbook, saved
        self.said, self.groups = StatusLine(), widgets.VBox()
        self.gone, self.touched, self.warnings = widgets.HTML(), widgets.HTML(), widgets.HTML()
        line: dict[str, Any] = {"layout": WIDE, "style": STYLE, "refused": self.said.refuse}
        self.source = TextLine(
            description="List",
            placeholder="a file, a folder or an https:// address",
            **line,
        )
        beside = {"width": "auto", "margin": f"2px 2px 2px {BESIDE_LABELS}", "align_self": "flex-start"}
        self.upload = Upload(description="or upload files", multiple=True, layout=beside, refused=self.said.refuse)
        self.name = TextLine(description="Name", placeholder="Defaults to the file name", **line)
        self.base = TextLine(description="Base address", placeholder="Base URL for relative links", **line)
        self.facts = Tick(
            description="Skip descriptions",
            tooltip="Leave descriptions out: keep titles, links, names and numbers",
            indent=False,
            layout={"width": "auto", "align_self": "flex-start"},
            refused=self.said.refuse,
        )
        button = {"width": "auto", "flex": "0 0 auto"}
        self.look = widgets.Button(description="Preview", button_style="info", icon="search", layout=button)
        self.save = widgets.Button(description="Import", button_style="primary", icon="check", disabled=True, layout=button)
        self.answers: dict[tuple[str, ...], Answer] = {}
        self._shown: _Shown | None = None
        self._choices: dict[tuple[str, ...], Radio] = {}
        self.look.on_click(lambda _: self._preview())
        self.save.on_click(lambda _: self._import())
        for field in (self.source, self.name, self.base, self.facts, self.upload):
            field.observe(lambda _: self._stale(), "value")
        buttons = widgets.HBox([self.look, self.save], layout={"flex_flow": "row wrap"})
        self.facts.add_class("sg-below")
        buttons.add_class("sg-buttons")
        self.options = Fold("Options", lambda: widgets.VBox([self.name, self.base, self.facts]))
        fields = [self.source, self.upload, self.options]
        super().__init__([*fields, buttons, self.said, self.warnings, self.touched, self.gone, self.groups])
        sheet(self)

    @property
    def ready(self) -> int:
        """How many entries a click on *Import* would write; 0 without a preview."""
        return 0 if self._shown is None or self.save.disabled else self._shown.result.counts.entries

    def look_at(self, source: str) -> None:
        """Show what an import of a list would come to, by its title or address."""
        self.source.value, self.upload.value, self.name.value = source, (), ""
        self._preview()

    def write(self) -> None:
        """Import what is shown."""
        self._import()

    def _stale(self) -> None:
        """Note that what is shown is no longer what would be imported."""
        if self._shown is not None:
            self._shown, self.save.disabled = None, True
            self.said.tell("The fields above were changed; look at a new preview before importing.", "busy")

    # --- preview ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _words(self) -> Iterator[list[str]]:
        """Give what names the sources: what was typed, and the uploaded files, which exist only within."""
        typed = self._typed()
        with tempfile.TemporaryDirectory() as folder, with_shipped(typed, self.workbook.folder, _line(self.name)) as words:
            for one in self.upload.value:
                path = Path(folder) / file_name(one["name"])
                path.write_bytes(bytes(one["content"]))
                words.append(str(path))
            if not words:
                raise ReadingListError("Name a file, a folder or an address, or upload files.")
            try:
                yield words
            except ReadingListError as error:
                # No one knows the folder that an upload stands in for a moment.
                raise ReadingListError(str(error).replace(f"{folder}/", "")) from error

    def _files(self) -> list[str]:
        """Return what was typed without the lists that come with the program, which stay as they are."""
        return [word for word in self._typed() if not shipped_name(word)]

    def _typed(self) -> list[str]:
        typed = _line(self.source)
        if shipped := shipped_name(typed, self.workbook.folder):
            return [shipped]
        # Path.expanduser stops at a user that is not there.
        return [typed if "://" in typed else str(self.workbook.folder / os.path.expanduser(typed))] if typed else []  # noqa: PTH111

    def _preview(self, why: str = "") -> None:
        self._shown, self.save.disabled = None, True
        self.said.tell("Reading …", "busy")
        with self.said.errors(), self._words() as words:
            state = mark_files(self._files())
            result = import_sources(
                self.workbook.folder,
                words,
                name=_line(self.name),
                base_url=_line(self.base),
                facts=self.facts.value,
                write=False,
            )
            before = read_unchanged(self.workbook.folder, result)
            self._show(_Shown(before, result, preview(before, result), state))
            if why:
                self.said.tell(why, "wrong")

    def _show(self, shown: _Shown) -> None:
        # What was answered for a row holds when the same row comes again.
        known = {row.key for row in shown.rows}
        self.answers = {key: answer for key, answer in self.answers.items() if key in known}
        self._clear()
        self._shown = shown
        self.groups.children = [
            self._group(group, [row for row in shown.rows if row.group == group])
            for group in _GROUPS
            if any(row.group == group for row in shown.rows)
        ]
        touched = [f"<li>{html.escape(str(one))}</li>" for one in touched_sessions(self.workbook, shown.result.frames)]
        self.touched.value = f"<p>This import touches sessions:</p><ul>{''.join(touched)}</ul>" if touched else ""
        lost = [f"<li>{html.escape(name)}: {html.escape(title)}</li>" for name, title in shown.result.gone]
        self.gone.value = (
            f"<details><summary>No longer in the list ({len(lost)}); the items stay</summary><ul>{''.join(lost)}</ul></details>"
            if lost
            else ""
        )
        counts = shown.result.counts
        if not counts.entries:
            now = "take lines below that are papers" if shown.rows else "nothing would be imported"
            self.said.tell(f"No entry was found; {now}.", "wrong")
        elif shown.rows or lost:
            self.said.tell(f"{counts}. Nothing is written yet: look below, then import.")
        else:
            self.said.tell(f"{counts}. Nothing would change.")
        self._tell_warnings(shown.result)
        self._offer()

    def _offer(self) -> None:
        """Offer to import what is shown, unless it has no entry and no line is taken."""
        found = self._shown is not None and (self._shown.result.counts.entries or self._taken())
        self.save.disabled = not found

    def _taken(self) -> bool:
        """Return whether a line that was left out is taken."""
        return any(answer == "accept" and key[0] == "left out" for key, answer in self.answers.items())

    def _tell_warnings(self, result: Import) -> None:
        """Show what is wrong with lists as a whole."""
        found = [f"<li>{html.escape(str(problem))}</li>" for one in result.lists for problem in warnings_of(one)[1]]
        self.warnings.value = f"<ul>{''.join(found)}</ul>" if found else ""

    def _clear(self) -> None:
        old, self.groups.children = self.groups.children, []
        self._choices, self.gone.value, self.touched.value, self.warnings.value = {}, "", "", ""
        for group in old:
            close(group)

    def _group(self, group: Group, rows: Sequence[ReviewRow]) -> widgets.Widget:
        title, hint = _GROUPS[group]
        head = widgets.HTML(
            f"<h4 style='margin:.8em 0 0'>{title} ({len(rows):,})</h4><div style='line-height:1.4'>{hint}</div>",
            layout={"max_width": "100%"},
        )
        pages: LiveRows[ReviewRow] = LiveRows(self._row, lambda row: str(row.key))
        pages.show(rows)
        if len(rows) < 2 or group == "left out":
            return widgets.VBox([head, pages])
        narrow = {"width": "auto"}
        words: list[tuple[str, Answer]] = [("Accept all", "accept"), ("Reject all", "reject")]
        buttons = [widgets.Button(description=word, tooltip=f"{title}: {word}", layout=narrow) for word, _ in words]
        for button, (_, answer) in zip(buttons, words, strict=True):
            button.on_click(lambda _, answer=answer: self._answer_all(rows, answer))
        return widgets.VBox([head, widgets.HBox(buttons), pages])

    def _row(self, row: ReviewRow) -> widgets.Widget:
        options = [("Accept", "accept"), ("Reject", "reject"), *([("Later", "")] if row.open else [])]
        if row.group == "left out":
            options = [("Take", "accept"), ("Leave", "")]
        choice = Radio(
            refused=self.said.refuse,
            options=options,
            value=self.answers.get(row.key, row.usual),
            orientation="horizontal",
            tooltip=row.title,
            layout={"width": "auto", "flex": "0 0 auto", "margin": "0 1em 0 0"},
        )
        self._choices[row.key] = choice
        choice.observe(lambda change: self._answer(row, change["new"]), "value")
        text = widgets.HTML(
            f"<div style='line-height:1.4;overflow-wrap:anywhere'>{safe_link(row.title, row.url)}"
            f"<div style='font-size:90%;opacity:.8'>{html.escape(for_forms(row.says))}</div></div>",
            layout={"flex": "1 1 16em", "width": "auto", "min_width": "0"},
        )
        layout = {"flex_flow": "row wrap", "border_top": "1px solid #8884", "width": "100%", "align_items": "center"}
        return widgets.HBox([choice, text], layout=layout)

    def _answer_all(self, rows: Sequence[ReviewRow], answer: Answer) -> None:
        for row in rows:
            self._answer(row, answer)

    def _answer(self, row: ReviewRow, answer: Answer) -> None:
        """Note an answer, and show it where it was given with those of other rows."""
        self.answers[row.key] = answer
        self._offer()
        choice = self._choices.get(row.key)
        # One that was closed with its page has no comm.
        if choice is not None and choice.comm is not None and choice.value != answer:
            choice.value = answer

    # --- import -------------------------------------------------------------------------------------------------------

    def _import(self) -> None:
        # A second click finds nothing to import.
        shown, self._shown = self._shown, None
        self.save.disabled = True
        if shown is None:
            return
        answers = {row: self.answers.get(row.key, row.usual) for row in shown.rows}
        settled = False
        try:
            with self.said.errors():
                self._save(shown, answers)
                settled = True
        finally:
            # What could not be saved can be tried again.
            if not settled:
                self._shown, self.save.disabled = shown, False

    def _save(self, shown: _Shown, answers: dict[ReviewRow, Answer]) -> None:
        """Write what is shown, or show a new preview when that is no longer so."""
        if mark_files(self._files()) != shown.files:
            self._preview("The source was changed meanwhile, so nothing was written; here is a new preview.")
            return
        try:
            before = read_unchanged(self.workbook.folder, shown.result)
        except CatalogueError:
            self._preview("The catalogue was changed meanwhile, so nothing was written; here is a new preview.")
            return
        catalogue, chosen = choose(before, shown.result, answers, facts=self.facts.value)
        catalogue.former = former_entries(self.workbook, chosen.frames)
        catalogue.write(self.workbook.folder)
        self.workbook.reread()
        self.answers = {}
        self._clear()
        self.said.tell(f"Saved {clock_time(self.workbook.clock(), self.workbook)}: {summary(chosen, answers)}")
        self._tell_others()


def _line(field: TextLine) -> str:
    """Return what was typed.

    Raises
    ------
    ReadingListError
        It is too long, or holds what is no character.
    """
    typed = str(field.value).strip()
    if len(typed) > _LONGEST:
        raise ReadingListError(f"{field.description} has {len(typed):,} characters; at most {_LONGEST:,} are allowed.")
    if wrong := not_a_character(typed):
        raise ReadingListError(f"{field.description} holds {wrong}, which is not a character; please type it without.")
    return typed


def summary(chosen: Import, answers: dict[ReviewRow, Answer]) -> str:
    """Return in a line what an import with answers came to."""

    def count(group: Collection[Group], *wanted: Answer) -> int:
        return sum(row.group in group and answer in wanted for row, answer in answers.items())

    parts = [f"{counted(chosen.added, 'paper')} added"]
    if chosen.merged:
        parts.append(f"{counted(chosen.merged, 'entry', 'entries')} merged with others")
    if taken := count({"left out"}, "accept"):
        parts.append(f"{counted(taken, 'line')} taken")
    if corrected := count({"corrected"}, "accept"):
        parts.append(f"{corrected:,} corrected")
    if left_out := count(_LEAVE_OUT, "reject"):
        parts.append(f"{left_out:,} left out")
    if apart := count({"merged"}, "reject"):
        parts.append(f"{apart:,} kept apart")
    if settled := count({"suggested"}, "accept", "reject"):
        parts.append(f"{counted(settled, 'suggestion')} settled")
    return ", ".join(parts) + "."
