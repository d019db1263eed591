"""The questions that a session takes up: asked, answered, dropped, opened again."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
import pandas as pd

from studygroup.errors import RecordError, StudygroupError
from studygroup.forms.facilitator.session_line import session_line
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import Choice, DraftText
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import FIELD, Pick, WorkField, member_options
from studygroup.forms.kit.rows import Editor, LiveRows, RowBox
from studygroup.forms.session.own_questions import OwnQuestionsForm
from studygroup.forms.session.replies import ReplyEditor, replies_block, replies_shown
from studygroup.journal.tables import tables
from studygroup.journal.types.record import Record
from studygroup.meeting.facts.guides import answers_to
from studygroup.meeting.facts.replies import ReplyView, target_of
from studygroup.text.text import comparable

STATES = [("Open", "open"), ("Answered", "answered"), ("Dropped", "dropped")]
_SHOWN = ("question", "answer", "second", "person", "reply", "summary")
SHOWN = [("open", "open"), ("answered or dropped", "closed"), ("all", "all")]


class QuestionRow(msgspec.Struct, frozen=True):
    """What a row shows: a question with people's names and works' titles, whether it is about today's works, and how many more want to know.

    ``answer`` is the id of its last answer, ``replies`` what was replied to any.
    """

    id: str
    text: str
    state: str
    asker: str
    session: str
    about: str
    here: bool
    seconds: int
    answers: tuple[str, ...]
    closed_by: str
    closed_session: str
    closed_title: str
    answer: str = ""
    replies: tuple[ReplyView, ...] = ()


class LedgerForm(widgets.VBox):
    """The session's own questions, those about what it reads, older ones that are open, and those it closed."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.listed, self.session = context, SaveStatus(), SaveStatus(), ""
        self.about = widgets.HTML()
        self.text = DraftText(context, "Question", self.receipt, placeholder="Why is α a softmax?", rows=2)
        self.asker = Pick("Asked by", member_options(context.workbook), self.receipt.refuse)
        self.item = WorkField("About", self.receipt.refuse)
        self.ask = widgets.Button(description="Add question", button_style="primary", icon="plus", layout={"width": "auto"})
        self.ask.add_class("sg-below")
        self.words = TextLine(
            description="Search",
            placeholder="words of a question or title",
            style=STYLE,
            layout=FIELD,
            refused=self.listed.refuse,
        )
        self.which = Pick("Show", SHOWN, self.receipt.refuse)
        self.rows: LiveRows[QuestionRow] = LiveRows(lambda _: QuestionBox(self), lambda row: row.id)
        self._id = EntryId()
        self._found: list[QuestionRow] = []
        self._reads: tuple[object, tuple[str, ...]] = (None, ())
        self._shown: tuple[Any, ...] | None = None
        # A question that is closed now stays where it is, so that the next one does not slip under a second click.
        self._was_closed: dict[str, bool] = {}
        self.ask.on_click(lambda _: self._ask())
        for field in (self.words, self.which):
            field.observe(lambda _: self._look(), "value")
        fields = [self.text, self.asker, self.item, self.ask, self.receipt]
        for field in fields[:-1]:
            field.add_class("sg-ask")
        self.own = OwnQuestionsForm(context, lambda: context.session)
        super().__init__([self.about, self.own, *fields, self.words, self.which, self.listed, self.rows])
        sheet(self)
        context.on_change(self.show)
        self.show()
        self._pick_me()
        if self.text.load("question", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _pick_me(self) -> None:
        if self.context.by in [value for _, value in self.asker.options]:
            self.asker.value = self.context.by

    # What is there

    def show(self) -> None:
        """Show the questions, those that most want answered first, then those about today's works; what is being typed stays."""
        workbook = self.context.workbook
        self.session = self.context.session
        self.about.value = session_line(self.context, self.session)
        self._read_on()
        wanted = self.session, self.context.version(*_SHOWN), self._reads[1], workbook.today()
        if wanted != self._shown:
            if self._shown is None or self._shown[0] != self.session:
                self._was_closed = {}
            empty = not self.asker.options
            self._shown = wanted
            self.asker.offer(member_options(workbook))
            self.item.offer(workbook, self._reads[1])
            self._found = self._rows()
            if empty:
                self._pick_me()
            self._list()

    def _read_on(self) -> None:
        """Note what the session reads, where something was said that may change it."""
        wanted = self.session, self.context.version("plan", "close", "attendance", "slot"), id(self.context.workbook.catalogue)
        if wanted != self._reads[0]:
            # Without a schedule or a syllabus nothing is known to be read; questions can be asked all the same.
            works: list[str] = []
            with suppress(StudygroupError):
                works = [work.id for read in self.context.agenda_for(self.session).reads for work in read.works]
            self._reads = wanted, tuple(dict.fromkeys(works))

    def _rows(self) -> list[QuestionRow]:
        found = tables.questions(self.context.workbook.current)
        older = (found["state"] == "open") & (found["session"] <= self.session)
        kept = found[older | found["item"].isin(self._reads[1]) | (found["closed_session"] == self.session)]
        return sorted(self._to_rows(kept), key=self._place)

    def _place(self, row: QuestionRow) -> tuple[bool, int, bool, str]:
        return self._was_closed.setdefault(row.id, row.state != "open"), -row.seconds, not row.here, row.id

    def _to_rows(self, found: pd.DataFrame) -> list[QuestionRow]:
        workbook, reads = self.context.workbook, set(self._reads[1])
        names = {member: person.name for member, person in workbook.people.items()}
        titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
        said = self._said(set(found["id"]))
        return [
            QuestionRow(
                id=one.id,
                text=one.text,
                state=one.state,
                asker=names.get(one.member, one.member),
                session=one.session,
                about=titles.get(one.item, one.item),
                here=one.item in reads,
                seconds=one.seconds,
                answers=one.answers,
                closed_by=names.get(one.closed_by, one.closed_by),
                closed_session=one.closed_session,
                closed_title=titles.get(one.closed_item, one.closed_item),
                **said.get(one.id, {}),
            )
            for one in tables.rows(found)
        ]

    def _said(self, questions: set[str]) -> dict[str, dict[str, Any]]:
        """Return the last answer to each question that has one, and what was replied to its answers."""
        workbook = self.context.workbook
        answers = answers_to(workbook, questions, {})
        targets = {one: [target_of(workbook.find_record(each.id)) for each in given] for one, given in answers.items()}
        replies = replies_shown(self.context, [target for found in targets.values() for target in found])
        return {
            one: {
                "answer": given[-1].id,
                "replies": tuple(reply for target in targets[one] for reply in replies.get(target, ())),
            }
            for one, given in answers.items()
        }

    def _look(self) -> None:
        with self.context.acting(self.listed):
            self._was_closed = {}
            self._found.sort(key=self._place)
            self.rows.first()
            self._list()

    def _list(self) -> None:
        words = comparable(self.words.value[:200]).split()
        wanted = {"open": {"open"}, "closed": {"answered", "dropped"}}.get(
            str(self.which.value), {"open", "answered", "dropped"}
        )
        # What this session closed stays in sight, so that it can be opened again.
        rows = [
            row
            for row in self._found
            if (row.state in wanted or (row.closed_session == self.session and self.which.value == "open"))
            and all(word in comparable(f"{row.text} {row.about} {row.asker}") for word in words)
        ]
        self.rows.show(rows, "No matches." if self._found else "No questions yet.")

    # What is done

    def _ask(self) -> None:
        text, asker = self.text.text, self.asker.value
        if not text.strip() and self.receipt.tells_of_a_save:
            return
        saved = None
        with self.context.acting(self.receipt):
            item = self.item.item
            saved = self.context.save(
                self.receipt,
                "question",
                what="the question",
                session=self.session,
                id=self._id.of(self.session, text, asker, item),
                member=asker or self.context.by,
                item=item,
                text=text,
            )
        if saved is not None:
            self._id.done()
            self.text.done("", "")
            self.item.value = ""

    def set_state(self, row: QuestionRow, state: str) -> bool:
        """Enter what became of a question, and return whether that was saved; for an answer open a place to write it."""
        if state == "answered":
            self.edit(row)
            return False
        what = f"{'open again' if state == 'open' else 'dropped'}: {row.text[:60]}"
        return self.answer(row, self.listed, what, state=state) is not None

    def edit(self, row: QuestionRow) -> None:
        """Answer a question where it is."""
        self.rows.edit(row.id, AnswerEditor(self, row))

    def reply(self, row: QuestionRow) -> None:
        """Reply to the last answer to a question, where it is."""
        shown = block("question", row, False)
        self.rows.edit(row.id, ReplyEditor(self.context, row.answer, shown, self.listed, lambda: self.rows.done(row.id)))

    def answer(
        self, row: QuestionRow, receipt: SaveStatus, what: str, beside: SaveStatus | None = None, id: str = "", **fields: Any
    ) -> Record | None:
        """Enter an answer to a question, unless someone did since it was shown; return its record, or None."""
        workbook = self.context.workbook
        about = {"question": row.id, "member": self.context.by, **fields}
        meanwhile = False

        def way() -> Record:
            nonlocal meanwhile
            now = self.now(row)
            if now is None or (now.state, now.answers) != (row.state, row.answers):
                meanwhile = True
                raise RecordError(_meanwhile(now))
            made: Record = workbook.enter("answer", by=self.context.by, session=self.session, id=id, **about)
            return made

        saved = self.context.enter(receipt, "answer", about, what=what, way=way, beside=beside)
        if meanwhile:
            self.context.changed()
        return saved

    def now(self, row: QuestionRow) -> QuestionRow | None:
        """Return a question as the journal has it, or None where it was undone."""
        found = tables.questions(self.context.workbook.current)
        return next(iter(self._to_rows(found[found["id"] == row.id])), None)


class QuestionBox(RowBox[QuestionRow]):
    """A question with what became of it, and buttons for another answer and for a reply where it has one."""

    def __init__(self, form: LedgerForm) -> None:
        self.form = form
        self.row: QuestionRow | None = None
        self.text = widgets.HTML(layout=form.rows.text_layout)
        self.state = Choice(STATES, "State", self._set, form.listed.refuse)
        self.more = form.rows.button("Another answer", "", self._answer_again)
        self.reply = form.rows.button("Reply", "", self._reply)
        super().__init__([self.text, self.state], form.rows.line_layout)

    def show_row(self, row: QuestionRow) -> None:
        """Show a question."""
        self.row, words = row, row.text[:60]
        drafted = self.form.context.drafts.get(f"answer {row.id}") is not None
        self.text.value = block("question", row, drafted) + replies_block(row.replies)
        self.reply.tooltip = f"Reply to the answer: {words}"
        self.state.tooltip, self.more.tooltip = f"State of: {words}", f"Answer once more: {words}"
        self.state.show(row.state)
        shown = [*([] if row.state == "open" else [self.more]), *([self.reply] if row.answer else [])]
        self.children = [self.text, self.state, *shown]

    def _reply(self) -> None:
        if self.row:
            self.form.reply(self.row)

    def _answer_again(self) -> None:
        if self.row:
            self.form.edit(self.row)

    def _set(self, state: str) -> None:
        if self.row and not self.form.set_state(self.row, state):
            self.state.show(self.row.state)

    def close(self) -> None:
        """Let go, of the buttons too where they are not shown."""
        self.more.close()
        self.reply.close()
        super().close()


class AnswerEditor(Editor):
    """Where a question is answered: in words, by a work, or both."""

    def __init__(self, form: LedgerForm, row: QuestionRow) -> None:
        self.form, self.row = form, row
        receipt = SaveStatus()
        shown = widgets.HTML(block("question", row, False))
        self.text = DraftText(form.context, "Answer", receipt, placeholder="What was said: Markdown and math")
        self.who = Pick("Answered by", member_options(form.context.workbook), receipt.refuse)
        self.item = WorkField("Or link a paper", receipt.refuse)
        self.item.offer(form.context.workbook)
        if form.context.by in [value for _, value in self.who.options]:
            self.who.value = form.context.by
        self._id = EntryId()
        super().__init__([shown, self.text, self.item, self.who], self._save, self.leave, label="Save answer", receipt=receipt)
        if self.text.load(f"answer {row.id}", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def leave(self) -> None:
        """Show the row again, without what was typed."""
        self.form.context.drafts.drop(self.text.name)
        self.form.rows.done(self.row.id)

    def _save(self) -> None:
        saved = None
        with self.form.context.acting(self.receipt):
            text, item, who = self.text.text, self.item.item, self.who.value or self.form.context.by
            what = f"answered: {self.row.text[:60]}"
            made = self._id.of(text, item, who)
            fields = {"state": "answered", "text": text, "item": item, "member": who}
            saved = self.form.answer(self.row, self.receipt, what, beside=self.form.listed, id=made, **fields)
        if saved is not None:
            self.leave()
        else:
            # What others said meanwhile was told; saving once more adds to it.
            self.row = self.form.now(self.row) or self.row


def _meanwhile(now: QuestionRow | None) -> str:
    if now is None:
        return "Someone undid this question in the meantime."
    if now.state == "open":
        return "Someone answered this question or opened it again in the meantime. Look at it, then try again."
    by = f" by {now.closed_by}" if now.closed_by else ""
    return f"This question was {now.state}{by} meanwhile. Look at it, then do it once more."
