"""Close a session: what is still missing, what was finished and what continues."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from studygroup.forms.blocks import block
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.fields import Choice
from studygroup.forms.form import clock_time, close, row, sheet
from studygroup.journal.records import Close
from studygroup.meeting.planning import close_session
from studygroup.meeting.report import report_of
from studygroup.text import plain_list

ENDS = [("Finished", "finished"), ("Continues next time", "continues")]


class CloseForm(widgets.VBox):
    """How the session under way, or the last one that is not closed, ended."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.receipt = desk, Receipt()
        self.missing, self.steps = widgets.HTML(), widgets.VBox()
        self.save = widgets.Button(description="Close session", button_style="primary", layout={"width": "auto"})
        self.save.on_click(lambda _: self._close())
        self._choices: dict[int, Choice] = {}
        self._shown: Any = None
        self.session, self._seen = "", ""
        super().__init__([self.missing, self.steps, self.save, self.receipt])
        sheet(self)
        desk.on_change(self.show)
        self.show()

    def show(self) -> None:
        """Show what is missing now, and how the session ended if somebody said so."""
        workbook = self.desk.workbook
        state = workbook.journal, workbook.catalogue, workbook.session_to_record()
        if self._shown is not None and all(new is old or new == old for new, old in zip(state, self._shown, strict=True)):
            return
        self._shown = state
        report = report_of(workbook, state[2])
        held = workbook.held(Close, state[2])
        steps = [(read.step, read.title) for read in report.agenda.reads if read.step]
        self.missing.value = block("closing", report.agenda, [one.text for one in report.missing])
        before = (self.session, self._seen, list(self._choices))
        self.session, self._seen = state[2], held.id if held else ""
        # What somebody is choosing stays, unless another session or another closing is shown.
        if before != (self.session, self._seen, [step.number for step, _ in steps]):
            self._make_rows(steps, held)
        self.save.description = "Close session again" if held else "Close session"
        self.save.disabled = report.agenda.cancelled

    def _make_rows(self, steps: list[tuple[Any, str]], held: Close | None) -> None:
        old, self._choices, made = self.steps.children, {}, []
        for step, title in steps:
            choice = Choice(
                ENDS, f"How far we came with {title}", lambda _: None, lambda message: self.receipt.tell(message, "wrong")
            )
            choice.show("continues" if held and step.reference in held.continues else "finished")
            self._choices[step.number] = choice
            shown = widgets.HTML(block("step", step.number, title, ""), layout={"flex": "1 1 14em", "min_width": "0"})
            made.append(row(widgets.HBox([shown, choice], layout={"flex_flow": "row wrap", "align_items": "center"})))
        self.steps.children = made or [widgets.HTML("<p>This session read no step of the syllabus.</p>")]
        for widget in old:
            close(widget)

    def _close(self) -> None:
        workbook = self.desk.workbook
        with self.desk.acting(self.receipt):
            workbook.refresh()
            held = workbook.held(Close, self.session)
            if (held.id if held else "") != self._seen:
                self.desk.changed()
                self.receipt.tell(
                    "Somebody closed this session meanwhile, as shown now. To replace it, close it again.", "wrong"
                )
                return
            continues = [number for number, choice in self._choices.items() if choice.value == "continues"]
            if held and self._says(held) == set(continues):
                # After the second half of a double click, what the first one did and its Undo stay.
                if not self.receipt.tells_of_a_save:
                    self.receipt.tell(f"Saved {clock_time(held.at)}: the session is closed.")
                return
            record = close_session(workbook, self.session, by=self.desk.by, continues=continues)
            goes_on = f"; step {plain_list(map(str, continues))} continues next time" if continues else ""
            self.desk.changed()
            self.receipt.tell(
                f"Saved {clock_time(record.at)}: closed{goes_on}. Next: make the report.",
                undo=lambda: self.desk.undo(self.receipt, record),
            )

    def _says(self, held: Close) -> set[int]:
        """Return the numbers of the steps that continue by a closing."""
        agenda = report_of(self.desk.workbook, self.session).agenda
        return {read.step.number for read in agenda.reads if read.step and read.step.reference in held.continues}
