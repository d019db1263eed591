"""The questions that a session asks about its papers, with what members answer."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.pickers import Pick, member_options
from studygroup.forms.kit.rows import Editor, LiveRows
from studygroup.forms.session.replies import ReplyEditor, replies_block, replies_shown
from studygroup.journal.types.records import PaperAnswer
from studygroup.meeting.facts.guides import GivenAnswer, OwnQuestion, answers_for, of_question, own_questions
from studygroup.meeting.facts.replies import ReplyView, Target, target_of


class OwnQuestionRow(msgspec.Struct, frozen=True):
    """A row: a question, or an answer to it with what was replied; ``mine`` says whether the member has answered the question."""

    question: OwnQuestion
    mine: bool = False
    answer: GivenAnswer | None = None
    replies: tuple[ReplyView, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.question.about} {self.question.text} {self.answer.member if self.answer else ''}"


class OwnQuestionsForm(widgets.VBox):
    """A session's own questions, each with its answers and a place to answer it; nothing where it asks none.

    Parameters
    ----------
    session
        Returns the id of the session.
    member
        Whose answers are entered; empty where a facilitator enters what anyone said.
    """

    def __init__(self, context: FormContext, session: Callable[[], str], member: str = "") -> None:
        self.context, self.member, self._session, self.receipt = context, member, session, SaveStatus()
        self.head = widgets.HTML(block("own_questions"), layout=widgets.Layout(display="none"))
        self.rows: LiveRows[OwnQuestionRow] = LiveRows(self._row, lambda row: row.key)
        super().__init__([self.rows, self.receipt] if member else [self.head, self.rows, self.receipt])
        sheet(self)
        context.on_change(self.show, *DECIDING, "response", "summary", "reply")
        self.show()

    def show(self) -> None:
        """Show what the session asks now, and what was answered."""
        with self.context.workbook.lock:
            rows = self._found()
            self.head.layout.display = None if rows else "none"
            self.rows.show(rows, "This session has no questions of its own." if self.member else "")

    def _found(self) -> list[OwnQuestionRow]:
        try:
            session, coming = self._session(), self.context.coming
            agenda = coming if coming.session == session else self.context.agenda_for(session)
        except StudygroupError:
            return []
        answers = answers_for(self.context.workbook, session, self.context.by) if agenda.reads else {}
        asked = own_questions(agenda.reads, answers)
        shown = [self._target(answer) for one in asked for answer in of_question(answers, one.about, one.text)]
        replies = replies_shown(self.context, shown)
        found = []
        for one in asked:
            given = of_question(answers, one.about, one.text)
            found.append(OwnQuestionRow(one, any(answer.member == self.member for answer in given)))
            found += [OwnQuestionRow(one, answer=answer, replies=replies.get(self._target(answer), ())) for answer in given]
        return found

    def _target(self, answer: GivenAnswer) -> Target:
        return target_of(self.context.workbook.find_record(answer.id))

    def _row(self, row: OwnQuestionRow) -> widgets.Widget:
        if row.answer:
            return self._answer_row(row, row.answer)
        question = block("own_question", row.question)
        if not (row.question.number or row.mine):
            return self.rows.line(question)
        label = "Change answer" if row.mine else "Answer"
        answer = self.rows.button(label, f"{label}: {row.question.text[:60]}", lambda: self._edit(row))
        return self.rows.line(question, answer)

    def _answer_row(self, row: OwnQuestionRow, answer: GivenAnswer) -> widgets.Widget:
        reply = self.rows.button("Reply", f"Reply to {answer.by}: {answer.text[:60]}", lambda: self._reply(row, answer))
        line = self.rows.line(block("own_answer", answer) + replies_block(row.replies), reply)
        line.add_class("sg-below")
        return line

    def _reply(self, row: OwnQuestionRow, answer: GivenAnswer) -> None:
        editor = ReplyEditor(
            self.context, answer.id, block("own_answer", answer), self.receipt, lambda: self.rows.done(row.key), self.member
        )
        self.rows.edit(row.key, editor)

    def _edit(self, row: OwnQuestionRow) -> None:
        self.rows.edit(row.key, OwnAnswerEditor(self, row, self._session()))


class OwnAnswerEditor(Editor):
    """Where one of the session's own questions is answered; what is typed is kept as a draft."""

    def __init__(self, form: OwnQuestionsForm, row: OwnQuestionRow, session: str) -> None:
        self.form, self.row, self.question, self.session = form, row, row.question, session
        receipt = SaveStatus()
        shown = widgets.HTML(block("own_question", row.question))
        self.text = DraftText(form.context, "Answer", receipt, placeholder="Markdown and math", rows=3)
        self.who = Pick("Answered by", member_options(form.context.workbook), receipt.refuse)
        if not form.member and form.context.by in [value for _, value in self.who.options]:
            self.who.value = form.context.by
        fields = [shown, self.text] if form.member else [shown, self.text, self.who]
        super().__init__(fields, self._save, self._leave, label="Save answer", receipt=receipt)
        self.who.observe(lambda _: self._load(), "value")
        self._load()

    @property
    def _member(self) -> str:
        return self.form.member or str(self.who.value or "") or self.form.context.by

    def _load(self) -> None:
        """Show what the member has answered, or a draft."""
        held = self._held()
        name = f"response {self.session} {self.question.about} {self.question.text[:80]} {self._member}"
        if self.text.load(name, held.text if held else "", held.id if held else ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _held(self) -> PaperAnswer | None:
        about = self.question.fields
        subject = self.session, about["item"], about["entry"], about["question"], self._member
        return self.form.context.workbook.latest(PaperAnswer, *subject)

    def _leave(self) -> None:
        self.form.context.drafts.drop(self.text.name)
        self.form.rows.done(self.row.key)

    def _save(self) -> None:
        about = {"member": self._member, "text": self.text.text, **self.question.fields}
        what = "your answer" if self.form.member else "the answer"
        saved = self.form.context.enter(
            self.receipt, "response", about, seen=self.text.seen, session=self.session, what=what, beside=self.form.receipt
        )
        if saved is not None:
            self._leave()
        else:
            held = self._held()
            self.text.seen = held.id if held else ""
