"""Quick capture: a note, a decision, a question or an action in one line, saved with Enter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.layout.entry_line import EntryLine
from studygroup.journal.types.records import Action, Note, Question

KINDS = [("Note", "note"), ("Decision", "decision"), ("Question", "question"), ("Action", "action")]
EXAMPLES = {
    "note": "62 datasets in 12 clusters; one held out at a time",
    "decision": "We read the T0 paper next",
    "question": "Does it help below 8B parameters?",
    "action": "Find the list of templates",
}
DRAFT = "capture"


class Captured(msgspec.Struct, frozen=True):
    """A line of the list: what was captured, and when."""

    id: str
    kind: str
    text: str
    at: datetime


class CaptureForm(widgets.VBox):
    """One line for whatever comes up in the session; the newest is first below it."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self._id = context, SaveStatus(), EntryId()
        self.kind = Choice(KINDS, "What to add", lambda _: self._turn(), self.receipt.refuse)
        self.line = EntryLine(self._add, self._keep)
        self.rows: LiveRows[Captured] = LiveRows(self._row, lambda one: one.id)
        self._shown: object = None
        self.kind.show("note")
        super().__init__([self.kind, self.line, self.receipt, self.rows])
        sheet(self)
        if draft := context.drafts.get(DRAFT):
            self.line.text = draft.text
            self.receipt.tell("This draft isn’t saved yet.", "busy")
        context.on_change(self.show, "note", "question", "action", "plan", "slot")
        self._turn()
        self.show()

    def show(self) -> None:
        """Show what was captured in the session, the newest first."""
        session = self.context.session
        wanted = session, self.context.version("note", "question", "action")
        if wanted != self._shown:
            self._shown = wanted
            found = [one for kind in (Note, Question, Action) for one in self._of(kind, session)]
            self.rows.show(sorted(found, key=lambda one: (one.at, one.id), reverse=True), "Nothing was captured yet.")

    def _of(self, kind: Any, session: str) -> list[Captured]:
        records = [one for one in self.context.workbook.current.current(kind) if one.session == session]
        return [Captured(one.id, _kind_of(one), one.text, one.at) for one in records]

    def _row(self, one: Captured) -> widgets.Widget:
        return self.rows.line(block("captured", dict(_WORDS)[one.kind], one.text, one.at))

    def _turn(self) -> None:
        """Ask for another kind of thing; what was typed stays."""
        kind = str(self.kind.value)
        self.line.example, self.line.label = EXAMPLES[kind], dict(_WORDS)[kind]

    def _keep(self, text: str) -> None:
        with self.context.acting(self.receipt):
            self.context.drafts.keep(DRAFT, text)

    def _add(self, text: str) -> None:
        kind, session = str(self.kind.value), self.context.session
        if not text.strip():
            if not self.receipt.tells_of_a_save:
                self.receipt.tell("Write something first.", "wrong")
            return
        record = "note" if kind == "decision" else kind
        of_kind: dict[str, dict[str, Any]] = {
            "note": {"decision": kind == "decision"},
            "question": {"member": self.context.by, "item": ""},
            "action": {"owner": "", "due": None},
        }
        fields = of_kind[record]
        made = self._id.of(session, kind, text)
        saved = self.context.save(self.receipt, record, what=f"the {kind}", session=session, id=made, text=text, **fields)
        if saved is None:
            self.line.give_back(text)
            return
        self._id.done()
        self.context.drafts.drop(DRAFT)


_WORDS = [(kind, word) for word, kind in KINDS]


def _kind_of(record: Note | Question | Action) -> str:
    return "decision" if isinstance(record, Note) and record.decision else record.type
