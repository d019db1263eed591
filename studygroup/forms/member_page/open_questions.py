"""Open questions of others, the most wanted first: a member says with one click that they want to know, too. Below, folded, answered ones."""

from __future__ import annotations

from operator import attrgetter

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import counted, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.layout.fold import Fold
from studygroup.forms.member_page.answered import AnsweredForm
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Second
from studygroup.meeting.facts.ledger import QuestionView, by_want, questions_of


class OpenQuestionRow(msgspec.Struct, frozen=True):
    """A row: a question, and whether the member wants to know, too."""

    question: QuestionView
    wanted: bool


class OpenQuestionsForm(widgets.VBox):
    """The open questions that others asked, with *Me too*, and those that were answered, with *Reply*."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.rows: LiveRows[OpenQuestionRow] = LiveRows(self._row, lambda row: row.question.id)
        self._answered: list[QuestionView] = []
        self.answered: AnsweredForm | None = None
        self.fold = Fold("", self._make_answered)
        super().__init__([self.rows, self.receipt, self.fold])
        sheet(self)
        context.on_change(self.show, *DECIDING, "question", "answer", "second", "reply", "summary")
        self.show()

    def show(self) -> None:
        """Show what is open now, the most wanted first."""
        workbook = self.context.workbook
        with workbook.lock:
            found = tables.questions(workbook.current)
            theirs = found[(found["state"] == "open") & (found["member"] != self.member)]
            numbered = questions_of(found, self._names(), self._titles(), name_people=workbook.settings.show_reader_names)
            wanted, ids = self._seconded(), set(theirs["id"])
            reads = [work.id for read in self.context.coming_reads for work in read.works]
            rows = [OpenQuestionRow(one, one.id in wanted) for one in by_want(numbered, reads) if one.id in ids]
            self.rows.show(rows, "No one else has an open question.")
            answered = [one for one in numbered if one.state == "answered" and one.answers]
            self._answered = sorted(answered, key=attrgetter("closed", "id"), reverse=True)
            self.fold.head.description = counted(len(answered), "answered question")
            self.fold.layout.display = None if answered else "none"
            if self.answered:
                self.answered.show(self._answered)

    def _make_answered(self) -> widgets.Widget:
        self.answered = AnsweredForm(self.context, self.member)
        self.answered.show(self._answered)
        return self.answered

    def _names(self) -> dict[str, str]:
        return {member: person.name for member, person in self.context.workbook.people.items()}

    def _titles(self) -> dict[str, str]:
        items = self.context.workbook.catalogue.items
        return dict(zip(items["id"], items["title"], strict=True))

    def _seconded(self) -> set[str]:
        seconds = self.context.workbook.current.current(Second)
        return {one.question for one in seconds if one.member == self.member and one.question}

    def _row(self, row: OpenQuestionRow) -> widgets.Widget:
        told = row.question.text[:60]
        if row.wanted:
            act = self.rows.button("Not any more", f"Not any more: {told}", lambda: self._drop(row))
        else:
            act = self.rows.button("Me too", f"Me too: {told}", lambda: self._second(row))
        return self.rows.line(block("open_question", row.question), act)

    def _second(self, row: OpenQuestionRow) -> None:
        about = {"question": row.question.id, "member": self.member, "proposal": ""}
        self.context.save(self.receipt, "second", seen="", what="you want to know, too", **about)

    def _drop(self, row: OpenQuestionRow) -> None:
        if held := self.context.workbook.latest(Second, "", row.question.id, self.member):
            self.context.undo(self.receipt, held)
