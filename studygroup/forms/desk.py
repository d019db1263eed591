"""One person's place at a workbook: who enters, and the one way in which forms save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets

from studygroup.catalogue.table import Catalogue
from studygroup.forms.drafts import Drafts
from studygroup.forms.form import Said, clock_time
from studygroup.journal.history import says
from studygroup.journal.journal import Journal
from studygroup.journal.record import Record, fields_of
from studygroup.journal.records import TYPES
from studygroup.meeting.agenda import Agenda, agenda_of
from studygroup.text import normalise
from studygroup.workbook import Workbook


class Receipt(widgets.HBox):
    """What became of a click: "Saved 23:04:05" with a button that takes it back, or what went wrong and how to go on."""

    def __init__(self) -> None:
        self.said = Said()
        self.undo = widgets.Button(description="Undo", tooltip="Take back what was just saved", layout={"width": "auto"})
        self.undo.add_class("sg-small")
        self.undo.on_click(lambda _: self._undo())
        self._take_back: Callable[[], None] | None = None
        super().__init__([self.said])
        self.add_class("sg-receipt")

    def tell(self, message: str, kind: str = "done", undo: Callable[[], None] | None = None) -> None:
        """Show a message; with ``undo`` also the button that calls it, once."""
        self.said.tell(message, kind)
        self._take_back = undo
        self.children = [self.said, self.undo] if undo else [self.said]

    def clear(self) -> None:
        """Show nothing."""
        self.said.value, self._take_back, self.children = "", None, [self.said]

    def _undo(self) -> None:
        take_back, self._take_back = self._take_back, None
        if take_back:
            take_back()


class Desk:
    """Where one person's forms save.

    Parameters
    ----------
    workbook
        Shared with other forms, and in a server with other people's.
    by
        The id of the member who enters. It is decided by the host and stands in no widget.
    """

    def __init__(self, workbook: Workbook, by: str) -> None:
        self.workbook, self.by = workbook, by
        self.drafts = Drafts(workbook.folder, by)
        self._watchers: list[Callable[[], None]] = []
        self._agenda: tuple[Journal, Catalogue, str, Agenda] | None = None

    @property
    def agenda(self) -> Agenda:
        """The agenda of the session under way or next; made anew when something was entered, or another session is next."""
        workbook = self.workbook
        journal, catalogue, session = workbook.journal, workbook.catalogue, workbook.schedule.next(workbook.clock()).id
        kept = self._agenda
        if kept is None or kept[0] is not journal or kept[1] is not catalogue or kept[2] != session:
            kept = self._agenda = journal, catalogue, session, agenda_of(workbook, session)
        return kept[3]

    def on_change(self, show: Callable[[], None]) -> None:
        """Have ``show`` called whenever something was entered, here or by others."""
        self._watchers.append(show)

    def changed(self) -> None:
        """Have every form show what the journal says now."""
        with self.workbook.lock:
            for show in self._watchers:
                show()

    @contextmanager
    def acting(self, receipt: Receipt) -> Iterator[None]:
        """Hold the workbook while a click is answered; what goes wrong is told as a sentence."""
        with self.workbook.lock, receipt.said.errors():
            yield

    def save(
        self,
        receipt: Receipt,
        kind: str,
        *,
        what: str = "",
        seen: str | None = None,
        session: str = "",
        id: str = "",
        **fields: Any,
    ) -> Record | None:
        """Enter one record and return it; None when it was not saved, and the receipt says why.

        Parameters
        ----------
        what
            Said after the time of saving, such as "Ada: late".
        seen
            The id of the record that the form showed for the subject, empty for none: what somebody else entered since is
            shown before it is replaced. None for what has no earlier record.
        id
            Made by the form for a thing of its own, so that a retry is no second entry.
        """
        receipt.clear()
        with self.acting(receipt):
            self.workbook.refresh()
            if seen is not None:
                held = self._held(kind, session, fields)
                if held and _says_the_same(held, fields):
                    self._told(receipt, held, what)
                    return held
                if (held.id if held else "") != seen:
                    receipt.tell(self._overtaken(held), "wrong")
                    self.changed()
                    return None
            record: Record = self.workbook.enter(kind, by=self.by, session=session, id=id, **fields)
            self._told(receipt, record, what)
            self.changed()
            return record
        return None

    def _told(self, receipt: Receipt, record: Record, what: str) -> None:
        done = f"Saved {clock_time(record.at)}{f': {what}' if what else ''}"
        receipt.tell(done, undo=lambda: self.undo(receipt, record))

    def undo(self, receipt: Receipt, record: Record) -> None:
        """Withdraw a record; what it replaced holds again."""
        with self.acting(receipt):
            before = self.workbook.undo(record.id, by=self.by)
            receipt.tell(f"Taken back. {f'What was entered before holds again: {says(before)}.' if before else ''}".strip())
            self.changed()

    def held(self, kind: str, **subject: str) -> Record | None:
        """Return the record that holds for a subject, given by its fields."""
        struct = TYPES[kind]
        return self.workbook.held(struct, *(subject[name] for name in struct.subject_fields))

    def _held(self, kind: str, session: str, fields: dict[str, Any]) -> Record | None:
        named = {"session": session} | fields
        return self.held(kind, **{name: str(named[name]) for name in TYPES[kind].subject_fields})

    def _overtaken(self, held: Record | None) -> str:
        if held is None:
            return "What you saw here was taken back meanwhile. Save again if it should hold."
        person = self.workbook.people.get(held.by)
        who = "You, in another window," if held.by == self.by else person.name if person else held.by
        return f"{who} entered this at {clock_time(held.at)}, meanwhile: {says(held)}. To replace it, do it once more."


def _says_the_same(held: Record, fields: dict[str, Any]) -> bool:
    known = fields_of(held)
    return all(known.get(name) == _as_kept(value) for name, value in fields.items())


def _as_kept(value: Any) -> Any:
    """Return a value as its record would hold it."""
    if isinstance(value, str):
        return normalise(value)
    return tuple(value) if isinstance(value, list) else value
