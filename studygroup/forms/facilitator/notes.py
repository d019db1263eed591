"""Notes and decisions of a session: written, listed, changed, undone."""

from __future__ import annotations

from studygroup.forms.facilitator.session_line import session_line
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.editor import ThingEditor, draft_of, name_of
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Tick
from studygroup.forms.kit.rows import LiveRows
from studygroup.journal.types.records import Note


class NotesForm(widgets.VBox):
    """What was said and decided in the session that is entered for."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.session = context, SaveStatus(), ""
        self.about = widgets.HTML()
        self.text = DraftText(context, "Note", self.receipt, placeholder="What was said: Markdown and math such as $x^2$")
        self.decision = _decided(self.receipt)
        self.add = widgets.Button(description="Add note", button_style="primary", icon="plus", layout={"width": "auto"})
        below = widgets.VBox([self.decision, self.add])
        below.add_class("sg-below")
        self.rows: LiveRows[Note] = LiveRows(self._row, name_of)
        self._id = EntryId()
        self._shown: object = None
        self.add.on_click(lambda _: self._add())
        super().__init__([self.about, self.text, below, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show)
        self.show()
        if self.text.load("note", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def show(self) -> None:
        """Show the session's notes, the last one first; what is being typed stays."""
        self.session = self.context.session
        self.about.value = session_line(self.context, self.session)
        wanted = self.session, self.context.version("note", "person")
        if wanted != self._shown:
            self._shown = wanted
            notes = [note for note in self.context.workbook.current.current(Note) if note.session == self.session]
            self.rows.show(reversed(notes), "No notes yet.")

    def _row(self, note: Note) -> widgets.Widget:
        drafted = self.context.drafts.get(draft_of(note)) is not None
        person = self.context.workbook.people.get(note.by)
        who, when = person.name if person else note.by, f"{note.at:%H:%M} UTC"
        change = self.rows.button("Change", f"Change the note: {note.text[:60]}", lambda: self._edit(note))
        return self.rows.line(block("note", note, who, when, drafted), change)

    def _edit(self, note: Note) -> None:
        receipt = SaveStatus()
        decision = _decided(receipt)
        decision.value = note.decision
        decision.add_class("sg-below")
        place = ThingEditor(
            self.context, note, self.rows, self.receipt, [decision], lambda: {"decision": decision.value}, receipt
        )
        self.rows.edit(name_of(note), place)

    def _add(self) -> None:
        text, decision = self.text.text, self.decision.value
        if not text.strip() and self.receipt.tells_of_a_save:
            return
        saved = self.context.save(
            self.receipt,
            "note",
            what="the decision" if decision else "the note",
            session=self.session,
            id=self._id.of(self.session, text, decision),
            text=text,
            decision=decision,
        )
        if saved is not None:
            self._id.done()
            self.text.done("", "")
            self.decision.value = False


def _decided(receipt: SaveStatus) -> Tick:
    return Tick(description="Record as a decision", indent=False, layout={"width": "auto"}, refused=receipt.refuse)
