"""At the end of a session: open questions that its papers may have answered."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form_context import DECIDING, EntryId, FormContext, SaveStatus
from studygroup.forms.kit.rows import Editor, LiveRows
from studygroup.forms.session.session_form import SessionForm
from studygroup.meeting.after.settle import ToSettle, questions_to_settle


class SettleForm(SessionForm):
    """Questions that a session may have answered, each with a click to close it; nothing where there are none."""

    def __init__(self, context: FormContext, session: Callable[[], str]) -> None:
        super().__init__(context, session)
        self.head = widgets.HTML(block("to_settle"), layout=widgets.Layout(display="none"))
        self.rows: LiveRows[ToSettle] = LiveRows(self._row, lambda one: one.question.id)
        self._left_open: set[tuple[str, str]] = set()
        self._lay_out(self.head, self.rows, self.receipt)
        context.on_change(self.show, *DECIDING, "question", "answer", "second")
        self.show()

    def show(self) -> None:
        """Show what may be closed now."""
        with self.context.workbook.lock:
            session = self._session()
            try:
                found = questions_to_settle(self.context.workbook, session)
            except StudygroupError:
                found = []
            found = [one for one in found if (session, one.question.id) not in self._left_open]
            self.head.layout.display = None if found else "none"
            self.rows.show(found, "")

    def _row(self, one: ToSettle) -> widgets.Widget:
        told = one.question.text[:60]
        answered = self.rows.button("Answered", f"Answered: {told}", lambda: self._edit(one))
        leave = self.rows.button("Still open", f"Still open: {told}", lambda: self._leave_open(one))
        return self.rows.line(block("settle", one), answered, leave)

    def _leave_open(self, one: ToSettle) -> None:
        self._left_open.add((self._session(), one.question.id))
        self.show()

    def _edit(self, one: ToSettle) -> None:
        self.rows.edit(one.question.id, SettleEditor(self, one, self._session()))


class SettleEditor(Editor):
    """Where a question is closed: in words, or with no more than the paper that answers it."""

    def __init__(self, form: SettleForm, one: ToSettle, session: str) -> None:
        self.form, self.one, self.session, self._id = form, one, session, EntryId()
        receipt = SaveStatus()
        shown = widgets.HTML(block("settle", one))
        self.text = DraftText(form.context, "Answer", receipt, placeholder="In a sentence; empty: see the paper", rows=2)
        super().__init__([shown, self.text], self._save, self._leave, label="Save answer", receipt=receipt)
        if self.text.load(f"answer {one.question.id}", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _leave(self) -> None:
        self.form.context.drafts.drop(self.text.name)
        self.form.rows.done(self.one.question.id)

    def _save(self) -> None:
        context, question = self.form.context, self.one.question
        about = {"question": question.id, "member": context.by, "state": "answered", "text": self.text.text.strip()}
        about |= {"item": self.one.item}
        made = self._id.of(*about.values())
        what = f"answered: {question.text[:60]}"
        if context.enter(self.receipt, "answer", about, what=what, session=self.session, id=made, beside=self.form.receipt):
            self._leave()
