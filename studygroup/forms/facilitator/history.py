"""Who entered what when, and what it replaced: the latest first, each to be undone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.pickers import Pick, WorkField, labelled
from studygroup.forms.kit.rows import ButtonRow, LiveRows
from studygroup.journal.types.record import Record
from studygroup.meeting.before.meeting_times import group_zone
from studygroup.meeting.facts.blind import may_read
from studygroup.meeting.facts.sentences import HistoryTeller

MOST = 500
"""How many entries are listed; more are found by narrowing down."""

Entry = tuple[Record, str, str]
"""A record, a sentence of what it says, and what became of it: "current", "replaced", "undone", or empty for an undo."""


class HistoryForm(widgets.VBox):
    """What was entered, by whom, about whom or what; one's own entries, and for a facilitator all, can be undone."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.who = Pick("Person", [("everyone", "")], self.receipt.refuse)
        self.session = Pick("Session", [("all", "")], self.receipt.refuse)
        self.work = WorkField("Paper", self.receipt.refuse)
        self.rows: LiveRows[Entry] = LiveRows(self._row, lambda row: row[0].id)
        self._shown: tuple[object, ...] = ()
        for field in (self.who, self.session, self.work):
            field.observe(lambda _: self._look(), "value")
        super().__init__([self.who, self.session, self.work, self.receipt, self.rows])
        sheet(self)
        context.on_change(self.show)
        self.show()

    def show(self) -> None:
        """Show what the journal says."""
        workbook = self.context.workbook
        wanted = id(workbook.journal), len(workbook.journal.records), self.who.value, self.session.value, self.work.value
        if wanted == self._shown:
            return
        people = labelled((person.name, member) for member, person in workbook.people.items())
        self.who.offer([("everyone", ""), *people])
        sessions = sorted({record.session for record in workbook.journal.records}, reverse=True)
        self.session.offer([("all", ""), *((one, one) for one in sessions)])
        self.work.offer(workbook)
        self._shown = (*wanted[:2], self.who.value, self.session.value, self.work.value)
        found = list(islice(self._entries(), MOST + 1))
        if len(found) > MOST:
            self.receipt.tell(
                f"The latest {MOST} entries are listed; choose a person, a session or a paper to find earlier ones.", "busy"
            )
        self.rows.show(found[:MOST], "Nothing yet." if not workbook.journal.records else "No matches.")

    def _look(self) -> None:
        self.rows.first()
        with self.context.acting(self.receipt):
            self.show()

    def _entries(self) -> Iterator[Entry]:
        """Yield what fits, the latest first."""
        workbook = self.context.workbook
        who, session = self.who.value, self.session.value
        try:
            item = self.work.item
        except StudygroupError:
            item = "?"
        told = HistoryTeller(workbook, self.context.by)
        for record in reversed(workbook.records):
            if session and record.session != session:
                continue
            if who and who != record.by and who not in record.members:
                continue
            if item and item not in record.named_items:
                continue
            if not may_read(workbook, self.context.by, record):
                continue
            yield record, told.sentence(record), told.state(record)

    def _row(self, _: Entry) -> widgets.Widget:
        def told(row: Entry) -> str:
            return f"Undo: {row[1]}"[:150] if self._may_take_back(row) else ""

        return ButtonRow(self.rows, "Undo", self._shown_as, told, lambda row: self.context.undo(self.receipt, row[0]))

    def _shown_as(self, row: Entry) -> str:
        record, text, state = row
        return block("entry", text, record.at.astimezone(group_zone(self.context.workbook)), record.session, state)

    def _may_take_back(self, row: Entry) -> bool:
        record, _, state = row
        may = self.context.by in {record.by, getattr(record, "member", ""), *self.context.workbook.facilitators}
        return may and state in {"current", "replaced"}
