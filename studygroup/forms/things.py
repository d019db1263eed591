"""Where a note or an action is changed or taken back; what is typed there is a draft until it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from studygroup.forms import widgets
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.fields import DraftText
from studygroup.forms.rows import Editor, LiveRows
from studygroup.journal.record import Record, fields_of
from studygroup.journal.records import Action, Note


def name_of(thing: Note | Action) -> str:
    """Return the id of a thing: that of its first record."""
    return thing.of or thing.id


def draft_of(thing: Note | Action) -> str:
    """Return the name under which a change of a thing is kept while it is typed."""
    return f"{thing.type} {name_of(thing)}"


class ThingEditor(Editor):
    """Where one note or action is changed or taken back.

    Parameters
    ----------
    rows, listed
        The list it stands in, and the place beside that list where it is told what was saved.
    others
        Fields beside its text; ``values`` returns what they say, by the record's fields.
    receipt
        Where those fields tell what is wrong, if they do; else one is made.
    """

    def __init__(
        self,
        desk: Desk,
        thing: Note | Action,
        rows: LiveRows[Any],
        listed: Receipt,
        others: Sequence[widgets.Widget],
        values: Callable[[], Mapping[str, Any]],
        receipt: Receipt | None = None,
    ) -> None:
        self.desk, self.thing, self.rows, self.listed, self.values = desk, thing, rows, listed, values
        self.name = name_of(thing)
        receipt = receipt or Receipt()
        self.text = DraftText(desk, thing.type.capitalize(), receipt)
        self.back = widgets.Button(description="Take back", tooltip=f"Take back this {thing.type}", layout={"width": "auto"})
        super().__init__([self.text, *others], self._save, self.leave, others=[self.back], receipt=receipt)
        self.answers(self.back, self._take_back)
        if self.text.load(draft_of(thing), thing.text, thing.id):
            self.receipt.tell("This is a draft that was not saved yet.", "busy")

    def leave(self) -> None:
        """Show the row again, without what was typed."""
        self.desk.drafts.drop(self.text.name)
        self.rows.done(self.name)

    def _held(self) -> Record | None:
        return self.desk.held(self.thing.type, of=self.name)

    def _save(self) -> None:
        fields = {"text": self.text.text, **self.values()}
        # Who was told that it was taken back meanwhile, and saves all the same, enters it as a new one.
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
        return self.desk.enter(
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
        with self.desk.acting(self.receipt):
            first = self.desk.workbook.find_record(self.name)
            if held is None or self.desk.undo(self.receipt, first, beside=self.listed, again=lambda: self._again(held)):
                self.leave()

    def _again(self, thing: Record) -> bool:
        """Enter once more what was taken back; a withdrawal cannot be withdrawn, so it is a new one."""
        fields = fields_of(thing) | {"of": ""}
        return self.desk.enter(self.listed, thing.type, fields, what="entered again", session=thing.session) is not None
