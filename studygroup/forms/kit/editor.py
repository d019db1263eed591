"""Where a note or an action is changed or undone; what is typed there is a draft until it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from studygroup.forms.kit import widgets
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.rows import Editor, LiveRows
from studygroup.journal.types.record import Record, fields_of
from studygroup.journal.types.records import Action, Note


def name_of(thing: Note | Action) -> str:
    """Return the id of a thing: that of its first record."""
    return thing.of or thing.id


def draft_of(thing: Note | Action) -> str:
    """Return the name under which a change of a thing is kept while it is typed."""
    return f"{thing.type} {name_of(thing)}"


class ThingEditor(Editor):
    """Where one note or action is changed or undone.

    Parameters
    ----------
    rows, listed
        The list it is in, and the place beside that list where it is told what was saved.
    others
        Fields beside its text; ``values`` returns what they say, by the record's fields.
    receipt
        Where those fields tell what is wrong, if they do; else one is made.
    """

    def __init__(
        self,
        context: FormContext,
        thing: Note | Action,
        rows: LiveRows[Any],
        listed: SaveStatus,
        others: Sequence[widgets.Widget],
        values: Callable[[], Mapping[str, Any]],
        receipt: SaveStatus | None = None,
    ) -> None:
        self.context, self.thing, self.rows, self.listed, self.values = context, thing, rows, listed, values
        self.name = name_of(thing)
        receipt = receipt or SaveStatus()
        self.text = DraftText(context, thing.type.capitalize(), receipt)
        self.back = widgets.Button(description="Undo", tooltip=f"Undo this {thing.type}", layout={"width": "auto"})
        super().__init__([self.text, *others], self._save, self.leave, others=[self.back], receipt=receipt)
        self.back.on_click(lambda _: self._take_back())
        if self.text.load(draft_of(thing), thing.text, thing.id):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def leave(self) -> None:
        """Show the row again, without what was typed."""
        self.context.drafts.drop(self.text.name)
        self.rows.done(self.name)

    def _held(self) -> Record | None:
        return self.context.latest(self.thing.type, of=self.name)

    def _save(self) -> None:
        fields = {"text": self.text.text, **self.values()}
        # Who was told that it was undone meanwhile, and saves all the same, enters it as a new one.
        if self.text.seen or self._held():
            saved = self._enter(fields | {"of": self.name}, self.text.seen)
        else:
            saved = self._enter(fields, None)
        if saved is not None:
            self.leave()
            return
        held = self._held()
        self.text.seen = held.id if held else ""

    def _enter(self, fields: dict[str, Any], seen: str | None) -> Record | None:
        return self.context.enter(
            self.receipt,
            self.thing.type,
            fields,
            seen=seen,
            what=f"your change of the {self.thing.type}",
            session=self.thing.session,
            beside=self.listed,
        )

    def _take_back(self) -> None:
        held = self._held()
        with self.context.acting(self.receipt):
            first = self.context.workbook.find_record(self.name)
            if held is None or self.context.undo(self.receipt, first, beside=self.listed, again=lambda: self._again(held)):
                self.leave()

    def _again(self, thing: Record) -> bool:
        """Enter once more what was undone; a withdrawal cannot be withdrawn, so it is a new one."""
        fields = fields_of(thing) | {"of": ""}
        return self.context.enter(self.listed, thing.type, fields, what="entered again", session=thing.session) is not None
