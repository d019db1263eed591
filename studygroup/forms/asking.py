"""Questions of a member about a work, or about none: asked a line each, changed, and taken back."""

from __future__ import annotations

from typing import Any

import msgspec

from studygroup.forms import widgets
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.fields import DraftText
from studygroup.forms.form import sheet
from studygroup.forms.rows import Editor, LiveRows
from studygroup.journal.lines import new_id
from studygroup.journal.records import Question
from studygroup.text import to_html


class Asked(msgspec.Struct, frozen=True):
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

    def __init__(self, desk: Desk, member: str, receipt: Receipt) -> None:
        self.desk, self.member, self.receipt, self.item = desk, member, receipt, ""
        self.field = DraftText(
            desk, "Open questions", receipt, placeholder="What stayed unclear? A line for each question", preview=False
        )
        self.asked: LiveRows[Asked] = LiveRows(self._row, lambda row: row.id)
        self.asked.add_class("sg-below")
        # Ids of what is about to be asked: a retry after an error is no second question.
        self._ids: dict[str, str] = {}
        super().__init__([self.field, self.asked], layout=widgets.Layout())

    def load(self, item: str) -> bool:
        """Show the questions about a work, empty for about none; return whether a draft came back."""
        self.item = item
        drafted = self.field.load(f"questions {item}", "")
        self.show()
        return drafted

    def show(self) -> None:
        """Show what was asked, the last first; what is being changed stays."""
        self.asked.show(Asked(row.id, self.item, row.text, row.state) for row in reversed(self._mine()))

    def _mine(self) -> list[Any]:
        from studygroup.journal import tables

        frame = tables.questions(self.desk.workbook.holdings)
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
                self.desk.save(self.receipt, "question", id=made, what=number, member=self.member, item=self.item, text=line)
                is None
            ):
                break
            left.remove(line)
            self._ids.pop(line)
        if lines:
            self.field.area.value = "\n".join(left)
        return bool(lines)

    def _row(self, row: Asked) -> widgets.Widget:
        mark = "" if row.state == "open" else f" <span class='sg-quiet'>· {row.state}</span>"
        shown = to_html(row.text).replace("</p>", f"{mark}</p>", 1)
        told = row.text[:60]
        change = self.asked.button("Change", f"Change the question: {told}", lambda: self._edit(row))
        back = self.asked.button("Take back", f"Take back the question: {told}", lambda: self._take_back(row.id))
        return self.asked.line(shown, change, back)

    def _edit(self, row: Asked) -> None:
        """Open a place to change a question; what is typed there is kept as a draft."""
        receipt, held = Receipt(), self.desk.workbook.held(Question, row.id)
        field = DraftText(self.desk, "Question", receipt, rows=2, preview=False)
        place = Editor([field], lambda: self._change(row, place, field), lambda: self._leave(row, field), receipt=receipt)
        if field.load(f"question {row.id}", row.text, held.id if held else ""):
            receipt.tell("This is a draft that was not saved yet.", "busy")
        self.asked.edit(row.id, place)

    def _leave(self, row: Asked, field: DraftText) -> None:
        """Show the question again, without what was typed."""
        self.desk.drafts.drop(field.name)
        self.asked.done(row.id)

    def _change(self, row: Asked, place: Editor, field: DraftText) -> None:
        saved = self.desk.enter(
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
            # What stands there now was told; saving once more replaces it.
            held = self.desk.workbook.held(Question, row.id)
            field.seen = held.id if held else ""

    def _take_back(self, question: str) -> None:
        if held := self.desk.workbook.held(Question, question):
            first = self.desk.workbook.find_record(question)
            self.desk.undo(self.receipt, first if first.id == held.subject[0] else held)


class QuestionsForm(widgets.VBox):
    """A member's questions that are about no single work."""

    def __init__(self, desk: Desk, member: str) -> None:
        self.receipt = Receipt()
        self.ask = AskField(desk, member, self.receipt)
        self.save = widgets.Button(
            description="Ask",
            button_style="primary",
            icon="check",
            layout={"width": "auto", "margin": "2px 2px 2px calc(8em + 10px)", "align_self": "flex-start"},
        )
        self.save.on_click(lambda _: self._save())
        super().__init__([self.ask.field, self.save, self.receipt, self.ask.asked])
        sheet(self)
        desk.on_change(self.ask.show, "question", "answer")
        if self.ask.load(""):
            self.receipt.tell("This is a draft that was not saved yet.", "busy")

    def _save(self) -> None:
        if not self.ask.save():
            self.receipt.tell("Nothing is written yet.", "wrong")
