"""Questions of the group that were answered, the last answered first: members reply to the answers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.session.replies import ReplyEditor, replies_block, replies_shown
from studygroup.meeting.facts.guides import GivenAnswer, answers_to
from studygroup.meeting.facts.ledger import QuestionView
from studygroup.meeting.facts.replies import ReplyView, target_of


class AnsweredRow(msgspec.Struct, frozen=True):
    """A row: a question, or an answer to it with what was replied."""

    question: QuestionView
    answer: GivenAnswer | None = None
    replies: tuple[ReplyView, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.answer.id if self.answer else self.question.id


class AnsweredForm(widgets.VBox):
    """The answered questions, each with its answers and a place to reply; whoever makes it calls ``show`` with them."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.rows: LiveRows[AnsweredRow] = LiveRows(self._row, lambda row: row.key)
        super().__init__([self.rows, self.receipt])

    def show(self, questions: Sequence[QuestionView]) -> None:
        """Show these questions with their answers, and the replies that the member may see."""
        workbook = self.context.workbook
        shown = workbook.settings.show_reader_names
        names = {member: person.name for member, person in workbook.people.items()} if shown else {}
        answers = answers_to(workbook, {one.id for one in questions}, names)
        targets = {given.id: target_of(workbook.find_record(given.id)) for all_given in answers.values() for given in all_given}
        replies = replies_shown(self.context, list(targets.values()))
        rows = []
        for one in questions:
            rows.append(AnsweredRow(one))
            rows += [AnsweredRow(one, given, replies.get(targets[given.id], ())) for given in answers.get(one.id, ())]
        self.rows.show(rows)

    def _row(self, row: AnsweredRow) -> widgets.Widget:
        if row.answer is None:
            return self.rows.line(block("open_question", row.question))
        answer, text = row.answer, row.answer.text[:60]
        told = f"Reply to {answer.by}: {text}" if answer.by else f"Reply to the answer: {text}"
        reply = self.rows.button("Reply", told, lambda: self._reply(row.key, answer))
        line = self.rows.line(block("own_answer", answer) + replies_block(row.replies), reply)
        line.add_class("sg-below")
        return line

    def _reply(self, key: str, answer: GivenAnswer) -> None:
        shown = block("own_answer", answer)
        editor = ReplyEditor(self.context, answer.id, shown, self.receipt, lambda: self.rows.done(key), self.member)
        self.rows.edit(key, editor)
