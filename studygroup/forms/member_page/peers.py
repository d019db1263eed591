"""What others wrote about a work, with replies: shown once one's own summary is in, or the session has begun."""

from __future__ import annotations

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.session.replies import ReplyEditor, replies_block, replies_shown
from studygroup.journal.types.records import Person, Summary
from studygroup.meeting.facts.blind import may_see_summaries
from studygroup.meeting.facts.replies import ReplyView, target_of

WAITING = "You’ll see other people’s summaries of this paper once you’ve saved yours, or when the session starts."


class SummaryRow(msgspec.Struct, frozen=True):
    """A row: a summary, its author's name, and what was replied to it."""

    summary: Summary
    name: str
    replies: tuple[ReplyView, ...]


class PeersForm(widgets.VBox):
    """The others' summaries of the work that a member chose.

    Parameters
    ----------
    chosen
        The field in which a work is chosen; its value is an item's id or None.
    """

    def __init__(self, context: FormContext, member: str, chosen: widgets.Dropdown) -> None:
        self.context, self.member, self.chosen = context, member, chosen
        self.receipt = SaveStatus()
        self.rows: LiveRows[SummaryRow] = LiveRows(self._row, lambda row: row.summary.member)
        super().__init__([self.rows, self.receipt])
        sheet(self)
        chosen.observe(lambda _: self.show(), "value")
        context.on_change(self.show, *DECIDING, "summary", "reply")
        self.show()

    def show(self) -> None:
        """Show what may be seen now."""
        item = self.chosen.value
        with self.context.workbook.lock:
            if not item:
                self.rows.show([], "Choose a paper above.")
            elif not may_see_summaries(self.context.workbook, self.member, item):
                self.rows.show([], WAITING)
            else:
                self.rows.show(self._theirs(item), "No other summaries yet.")

    def _theirs(self, item: str) -> list[SummaryRow]:
        """Return the others' summaries with what was replied, and the member's own one where someone replied to it."""
        current_state = self.context.workbook.current
        names = {person.member: person.name for person in current_state.current(Person)}
        written = sorted((one for one in current_state.current(Summary) if one.item == item), key=lambda one: one.order)
        replies = replies_shown(self.context, [target_of(one) for one in written])
        found = [SummaryRow(one, names.get(one.member, one.member), replies.get(target_of(one), ())) for one in written]
        return [row for row in found if row.summary.member != self.member or row.replies]

    def _row(self, row: SummaryRow) -> widgets.Widget:
        shown = block("summary", row.summary, row.name) + replies_block(row.replies)
        whose = "your own summary" if row.summary.member == self.member else f"the summary of {row.name}"
        reply = self.rows.button("Reply", f"Reply to {whose}", lambda: self._reply(row))
        return self.rows.line(shown, reply)

    def _reply(self, row: SummaryRow) -> None:
        key = row.summary.member
        shown = block("summary", row.summary, row.name)
        done = lambda: self.rows.done(key)  # noqa: E731
        self.rows.edit(key, ReplyEditor(self.context, row.summary.id, shown, self.receipt, done, self.member))
