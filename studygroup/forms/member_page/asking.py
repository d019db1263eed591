"""Questions of a member about a work, or about none: asked a line each, changed, and undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.rows import Editor, LiveRows
from studygroup.journal.types.lines import new_id
from studygroup.journal.types.records import Question
from studygroup.text.text import to_html


class AskedRow(msgspec.Struct, frozen=True):
    """A row: a question with what it is about, empty for no work, and its state."""

    id: str
    item: str
    text: str
    state: str


class AskField(widgets.VBox):
    """A field whose lines become questions about one work; below it those asked before.

    Parameters
    ----------
    receipt
        Where it is told what became of them.
    """

    def __init__(self, context: FormContext, member: str, receipt: SaveStatus) -> None:
        self.context, self.member, self.receipt, self.item = context, member, receipt, ""
        self.field = DraftText(context, "Open questions", receipt, placeholder="What stayed unclear?", preview=False)
        self.asked: LiveRows[AskedRow] = LiveRows(self._row, lambda row: row.id)
        for name in ("sg-below", "sg-asked"):
            self.asked.add_class(name)
        # Ids of what is about to be asked: a retry after an error is no second question.
        self._ids: dict[str, str] = {}
        super().__init__([self.field, self.asked], layout=widgets.Layout())

    def load(self, item: str) -> bool:
        """Show the questions about a work, empty for about none; return whether a draft came back."""
        self.item = item
        drafted = self.field.load(f"questions {item}", "", earlier=[f"questions {one}" for one in self._ids_of(item)])
        self.show()
        return drafted

    def _ids_of(self, item: str) -> Sequence[str]:
        return self.context.workbook.ids_of(item)[1:] if item else ()

    def show(self) -> None:
        """Show what was asked, the last first; what is being changed stays."""
        self.asked.show(AskedRow(row.id, self.item, row.text, row.state) for row in reversed(self._mine()))

    def _mine(self) -> list[Any]:
        from studygroup.journal.tables import tables

        frame = tables.questions(self.context.workbook.current)
        return list(tables.rows(frame[(frame["member"] == self.member) & (frame["item"] == self.item)]))

    def save(self, beside: str = "") -> bool:
        """Ask what the field holds, a question a line; return whether it held any. What could not be saved stays in it.

        ``beside`` names what was saved just before, so that one sentence tells of both.
        """
        lines = [line.strip() for line in self.field.text.splitlines() if line.strip()]
        left = list(lines)
        for line in lines:
            made = self._ids.setdefault(line, new_id())
            number = beside + ("your question" if len(lines) == 1 else f"your {len(lines)} questions")
            if (
                self.context.save(self.receipt, "question", id=made, what=number, member=self.member, item=self.item, text=line)
                is None
            ):
                break
            left.remove(line)
            self._ids.pop(line)
        if lines:
            self.field.area.value = "\n".join(left)
        return bool(lines)

    def _row(self, row: AskedRow) -> widgets.Widget:
        mark = "" if row.state == "open" else f" <span class='sg-quiet'>· {row.state}</span>"
        shown = to_html(row.text).replace("</p>", f"{mark}</p>", 1)
        told = row.text[:60]
        change = self.asked.button("Change", f"Change the question: {told}", lambda: self._edit(row))
        back = self.asked.button("Undo", f"Undo the question: {told}", lambda: self._take_back(row.id))
        return self.asked.line(shown, change, back)

    def _edit(self, row: AskedRow) -> None:
        """Open a place to change a question; what is typed there is kept as a draft."""
        receipt, held = SaveStatus(), self.context.workbook.latest(Question, row.id)
        field = DraftText(self.context, "Question", receipt, rows=2, preview=False)
        place = Editor([field], lambda: self._change(row, place, field), lambda: self._leave(row, field), receipt=receipt)
        if field.load(f"question {row.id}", row.text, held.id if held else ""):
            receipt.tell("This draft isn’t saved yet.", "busy")
        self.asked.edit(row.id, place)

    def _leave(self, row: AskedRow, field: DraftText) -> None:
        """Show the question again, without what was typed."""
        self.context.drafts.drop(field.name)
        self.asked.done(row.id)

    def _change(self, row: AskedRow, place: Editor, field: DraftText) -> None:
        saved = self.context.enter(
            place.receipt,
            "question",
            {"of": row.id, "member": self.member, "item": row.item, "text": field.text},
            seen=field.seen,
            what="your question",
            beside=self.receipt,
        )
        if saved is not None:
            self._leave(row, field)
        else:
            # What is there now was told; saving once more replaces it.
            held = self.context.workbook.latest(Question, row.id)
            field.seen = held.id if held else ""

    def _take_back(self, question: str) -> None:
        if held := self.context.workbook.latest(Question, question):
            first = self.context.workbook.find_record(question)
            self.context.undo(self.receipt, first if first.id == held.subject[0] else held)


class QuestionsForm(widgets.VBox):
    """A member's questions that are about no single work."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.receipt = SaveStatus()
        self.ask = AskField(context, member, self.receipt)
        self.save = widgets.Button(
            description="Ask",
            button_style="primary",
            icon="check",
            layout={"width": "auto"},
        )
        self.save.on_click(lambda _: self._save())
        line = widgets.HBox([self.ask.field, self.save])
        line.add_class("sg-ask-line")
        super().__init__([line, self.receipt, self.ask.asked])
        sheet(self)
        context.on_change(self.ask.show, "question", "answer")
        if self.ask.load(""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _save(self) -> None:
        if not self.ask.save():
            self.receipt.tell("Write something first.", "wrong")
