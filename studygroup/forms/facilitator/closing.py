"""Close a session: what is still missing, what was finished and what continues."""

from __future__ import annotations

from typing import Any

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import clock_time, close, row, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.session.settle import SettleForm
from studygroup.journal.types.records import Close, Note
from studygroup.meeting.after.report import missing_of_session, session_to_wrap_up
from studygroup.meeting.before.planning import close_session
from studygroup.text.text import plain_list

ENDS = [("Finished", "finished"), ("Continues next time", "continues")]


_MISSING = ("attendance", "rsvp", "reading", "summary", "note", "action")
"""The types of what can be missing of a session, beside what decides what it reads."""


class CloseForm(widgets.VBox):
    """How the session under way, or the last one that is not closed, ended."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.missing, self.steps = widgets.HTML(), widgets.VBox()
        self.save = widgets.Button(description="Close session", button_style="primary", layout={"width": "auto"})
        self.save.on_click(lambda _: self._close())
        self._steps: list[tuple[Any, str]] | None = None
        self._choices: dict[int, Choice] = {}
        self._references: dict[int, str] = {}
        self._shown: Any = None
        self.session, self._seen = "", ""
        self.settle = SettleForm(context, lambda: session_to_wrap_up(context.workbook))
        super().__init__([self.missing, self.steps, self.save, self.receipt, self.settle])
        sheet(self)
        context.on_change(self.show, *DECIDING, *_MISSING)
        self.show()

    def show(self) -> None:
        """Show what is missing now, and how the session ended if someone said so."""
        workbook = self.context.workbook
        session = session_to_wrap_up(workbook)
        # Of notes it matters whether there is one.
        noted = any(note.session == session for note in workbook.current.current(Note))
        kinds = (kind for kind in (*DECIDING, *_MISSING) if kind != "note")
        state = self.context.version(*kinds), workbook.catalogue, session, noted
        if state == self._shown:
            return
        self._shown = state
        agenda, missing = missing_of_session(workbook, session)
        held = workbook.latest(Close, session)
        steps = [(read.step, read.title) for read in agenda.reads if read.step]
        self.missing.value = block("closing", agenda, [one.text for one in missing])
        before = (self.session, self._seen)
        self.session, self._seen = session, held.id if held else ""
        made = steps != self._steps
        if made:
            self._make_rows(steps)
        # What someone is choosing stays, unless another session or another closing is shown.
        if made or before != (self.session, self._seen):
            for step, _ in steps:
                goes_on = held is not None and step.reference in held.continues
                self._choices[step.number].show("continues" if goes_on else "finished")
        self.save.description = "Update closing notes" if held else "Close session"
        self.save.disabled = agenda.cancelled

    def _make_rows(self, steps: list[tuple[Any, str]]) -> None:
        old, made = self.steps.children, []
        self._steps, self._choices, self._references = steps, {}, {}
        for step, title in steps:
            choice = Choice(
                ENDS, f"How far we got with {title}", lambda _: None, lambda message: self.receipt.tell(message, "wrong")
            )
            self._choices[step.number], self._references[step.number] = choice, step.reference
            shown = widgets.HTML(block("step", step.number, title, ""), layout={"flex": "1 1 14em", "min_width": "0"})
            made.append(row(widgets.HBox([shown, choice], layout={"flex_flow": "row wrap", "align_items": "center"})))
        self.steps.children = made or [widgets.HTML("<p>This session read no step of the syllabus.</p>")]
        for widget in old:
            close(widget)

    def end(self) -> None:
        """Close the session, as the button does."""
        self._close()

    def _close(self) -> None:
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            workbook.refresh_sessions({self.session})
            held = workbook.latest(Close, self.session)
            if (held.id if held else "") != self._seen:
                self.context.changed()
                self.receipt.tell(
                    "Someone closed this session in the meantime; what they entered is shown now. To replace it, close the session again.",
                    "wrong",
                )
                return
            continues = [number for number, choice in self._choices.items() if choice.value == "continues"]
            if held and self._says(held) == set(continues):
                # After the second half of a double click, what the first one did and its Undo stay.
                if not self.receipt.tells_of_a_save:
                    self.receipt.tell(f"Saved {clock_time(held.at, self.context.workbook)}: the session is closed.")
                return
            record = close_session(workbook, self.session, by=self.context.by, continues=continues)
            goes_on = f"; step {plain_list(map(str, continues))} continues next time" if continues else ""
            self.receipt.tell(
                f"Saved {clock_time(record.at, self.context.workbook)}: closed{goes_on}. Next: make the report.",
                undo=lambda: self.context.undo(self.receipt, record),
            )
            self.context.entered(self.receipt)

    def _says(self, held: Close) -> set[int]:
        """Return the numbers of the steps that continue by a closing."""
        return {number for number, reference in self._references.items() if reference in held.continues}
