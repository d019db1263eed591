"""Questions of a member about a work, or about none: asked a line each, changed, and taken back."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.fields import DraftText
from studygroup.forms.form import STYLE, close, sheet
from studygroup.journal.lines import new_id
from studygroup.journal.records import Question
from studygroup.text import to_html


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
        self.asked = widgets.VBox(layout={"margin": "0 0 0 8.5em"})
        self._shown: list[tuple[str, str, str]] = []
        # Ids of what is about to be asked: a retry after an error is no second question.
        self._ids: dict[str, str] = {}
        super().__init__([self.field, self.asked])

    def load(self, item: str) -> bool:
        """Show the questions about a work, empty for about none; return whether a draft came back."""
        self.item = item
        drafted = self.field.load(f"questions {item}", "")
        self.show()
        return drafted

    def show(self) -> None:
        """Show what was asked."""
        rows = [(row.id, row.text, row.state) for row in self._mine()]
        if rows == self._shown:
            return
        self._shown = rows
        old = self.asked.children
        self.asked.children = [self._row(*row) for row in rows]
        for widget in old:
            close(widget)

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

    def _row(self, question: str, text: str, state: str) -> widgets.Widget:
        mark = {
            "open": "",
            "answered": " <span class='sg-quiet'>· answered</span>",
            "dropped": " <span class='sg-quiet'>· dropped</span>",
        }[state]
        shown = widgets.HTML(to_html(text).replace("</p>", f"{mark}</p>", 1), layout={"flex": "1 1 14em", "min_width": "0"})
        change = widgets.Button(description="Change", tooltip=f"Change the question: {text[:60]}", layout={"width": "auto"})
        back = widgets.Button(description="Take back", tooltip=f"Take back the question: {text[:60]}", layout={"width": "auto"})
        box = widgets.HBox([shown, change, back], layout={"flex_flow": "row wrap", "align_items": "center"})
        box.add_class("sg-row")
        change.on_click(lambda _: self._edit(box, question, text))
        back.on_click(lambda _: self._take_back(question))
        return box

    def _edit(self, box: widgets.HBox, question: str, text: str) -> None:
        field = widgets.Textarea(
            value=text, description="Question", rows=2, style=STYLE, layout={"width": "auto", "flex": "1 1 14em"}
        )
        keep = widgets.Button(description="Save", button_style="primary", layout={"width": "auto"})
        leave = widgets.Button(description="Cancel", layout={"width": "auto"})
        keep.on_click(lambda _: self._change(question, field.value))
        leave.on_click(lambda _: self._again())
        old, box.children = box.children, [field, keep, leave]
        for widget in old:
            close(widget)

    def _change(self, question: str, text: str) -> None:
        held = self.desk.workbook.held(Question, question)
        seen = held.id if held else ""
        if self.desk.save(
            self.receipt,
            "question",
            seen=seen,
            what="your question",
            of=question,
            member=self.member,
            item=self.item,
            text=text,
        ):
            self._again()

    def _take_back(self, question: str) -> None:
        if held := self.desk.workbook.held(Question, question):
            first = self.desk.workbook.find_record(question)
            self.desk.undo(self.receipt, first if first.id == held.subject[0] else held)

    def _again(self) -> None:
        self._shown = []
        self.show()


class QuestionsForm(widgets.VBox):
    """A member's questions that are about no single work."""

    def __init__(self, desk: Desk, member: str) -> None:
        self.receipt = Receipt()
        self.ask = AskField(desk, member, self.receipt)
        self.save = widgets.Button(
            description="Ask",
            button_style="primary",
            icon="check",
            layout={"width": "auto", "margin": "2px 2px 2px 8.5em", "align_self": "flex-start"},
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
