"""What someone will do, by when: written, given to someone, done or not, changed, undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from studygroup.forms.facilitator.session_line import session_line, start_of
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.editor import ThingEditor, draft_of, name_of
from studygroup.forms.kit.fields import Choice, DraftText
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Day
from studygroup.forms.kit.pickers import FIELD, Pick, member_options
from studygroup.forms.kit.rows import LiveRows, RowBox
from studygroup.journal.types.records import Action

UNASSIGNED = "Unassigned"
DONE = [("Not done", False), ("Done", True)]


class ActionRow(msgspec.Struct, frozen=True):
    """What a row of the list shows: an action, its owner's name, whether its date is over, and from which earlier session."""

    action: Action
    owner: str
    overdue: bool
    since: str


class ActionsForm(widgets.VBox):
    """The actions of the session that is entered for, and those of earlier ones that are not done."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.session = context, SaveStatus(), ""
        self.about = widgets.HTML()
        self.text = DraftText(context, "Action", self.receipt, placeholder="What needs doing", rows=2, preview=False)
        self.owner = self._owner_field(self.receipt)
        self.due = _due_field(self.receipt)
        self.add = widgets.Button(description="Add action", button_style="primary", icon="plus", layout={"width": "auto"})
        self.add.add_class("sg-below")
        self.rows: LiveRows[ActionRow] = LiveRows(lambda _: ActionBox(self), lambda row: name_of(row.action))
        self._id = EntryId()
        self._shown: tuple[Any, ...] | None = None
        # An action that is done now stays where it is, so that the next one does not slip under a second click.
        self._was_done: dict[str, bool] = {}
        self.add.on_click(lambda _: self._add())
        super().__init__([self.about, self.text, self.owner, self.due, self.add, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show)
        self.show()
        if self.text.load("action", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _owner_field(self, receipt: SaveStatus) -> Pick:
        options = member_options(self.context.workbook, UNASSIGNED)
        return Pick("Who", options, receipt.refuse)

    def show(self) -> None:
        """Show what is to be done: what is not done first, then the rest; what is being typed stays."""
        workbook = self.context.workbook
        self.session = self.context.session
        self.about.value = session_line(self.context, self.session)
        wanted = self.session, self.context.version("action", "person"), workbook.today()
        if wanted != self._shown:
            if self._shown is None or self._shown[0] != self.session:
                self._was_done = {}
            self._shown = wanted
            self.owner.offer(member_options(workbook, UNASSIGNED))
            self.rows.show(self._rows(), "No actions yet.")

    def _rows(self) -> list[ActionRow]:
        workbook = self.context.workbook
        people, today = workbook.people, workbook.today()
        # What was done in this session stays in sight, also when it was promised in an earlier one.
        since = start_of(self.context, self.session) - timedelta(hours=1)
        rows = [
            ActionRow(
                action,
                people[action.owner].name if action.owner in people else action.owner,
                bool(action.due and action.due < today and not action.done),
                action.session if action.session != self.session else "",
            )
            for action in workbook.current.current(Action)
            if action.session == self.session or (action.session < self.session and (not action.done or action.at >= since))
        ]
        # The sessions' order is that of their ids, as dates sort.
        return sorted(rows, key=self._place)

    def _place(self, row: ActionRow) -> tuple[bool, str, str]:
        name = name_of(row.action)
        return self._was_done.setdefault(name, row.action.done), row.action.session, name

    def set_done(self, action: Action, value: bool) -> bool:
        """Enter whether an action is done, and return whether that was saved."""
        fields = {"of": name_of(action), "text": action.text, "owner": action.owner, "due": action.due, "done": value}
        saved = self.context.enter(
            self.receipt,
            "action",
            fields,
            seen=action.id,
            what=f"{'done' if value else 'not done'}: {action.text[:60]}",
            session=action.session,
        )
        return saved is not None

    def edit(self, action: Action) -> None:
        """Change an action where it is."""
        # Whose it is stays among those who are offered, also after they left.
        receipt = SaveStatus()
        owner, due = self._owner_field(receipt), _due_field(receipt)
        if action.owner not in [value for _, value in owner.options]:
            owner.offer([*owner.options, (action.owner, action.owner)])
        owner.value, due.value = action.owner, action.due

        def values() -> dict[str, object]:
            return {"owner": owner.value, "due": due.value, "done": action.done}

        place = ThingEditor(self.context, action, self.rows, self.receipt, [owner, due], values, receipt)
        self.rows.edit(name_of(action), place)

    def _add(self) -> None:
        text, owner, due = self.text.text, self.owner.value, self.due.value
        if not text.strip() and self.receipt.tells_of_a_save:
            return
        saved = self.context.save(
            self.receipt,
            "action",
            what="the action",
            session=self.session,
            id=self._id.of(self.session, text, owner, due),
            text=text,
            owner=owner,
            due=due,
        )
        if saved is not None:
            self._id.done()
            self.text.done("", "")
            self.owner.value, self.due.value = "", None


class ActionBox(RowBox[ActionRow]):
    """An action, whether it is done, and a button to change it."""

    def __init__(self, form: ActionsForm) -> None:
        self.form = form
        self.row: ActionRow | None = None
        self.text = widgets.HTML(layout=form.rows.text_layout)
        self.done = Choice(DONE, "Done or not", self._set_done, form.receipt.refuse)
        self.change = form.rows.button("Change", "", self._edit)
        super().__init__([self.text, self.done, self.change], form.rows.line_layout)

    def show_row(self, row: ActionRow) -> None:
        """Show an action."""
        self.row, words = row, row.action.text[:60]
        drafted = self.form.context.drafts.get(draft_of(row.action)) is not None
        self.text.value = block("action", *msgspec.structs.astuple(row), drafted)
        self.done.tooltip, self.change.tooltip = f"Done or not: {words}", f"Change the action: {words}"
        self.done.show(row.action.done)

    def _edit(self) -> None:
        if self.row:
            self.form.edit(self.row.action)

    def _set_done(self, value: bool) -> None:
        if self.row and not self.form.set_done(self.row.action, value):
            self.done.show(self.row.action.done)


def _due_field(receipt: SaveStatus) -> Day:
    return Day(description="By when", tooltip="By when (optional)", style=STYLE, layout=FIELD, refused=receipt.refuse)
