"""What others wrote about a work: shown once one's own summary is in, or the session has begun."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext
from studygroup.forms.kit.rows import LiveRows
from studygroup.journal.types.records import Person, Summary
from studygroup.meeting.facts.blind import may_see_summaries

WAITING = "You’ll see other people’s summaries of this paper once you’ve saved yours, or when the session starts."


class PeersForm(widgets.VBox):
    """The others' summaries of the work that a member chose.

    Parameters
    ----------
    chosen
        The field in which a work is chosen; its value is an item's id or None.
    """

    def __init__(self, context: FormContext, member: str, chosen: widgets.Dropdown) -> None:
        self.context, self.member, self.chosen = context, member, chosen
        self.rows: LiveRows[tuple[Summary, str]] = LiveRows(self._row, lambda row: row[0].member)
        super().__init__([self.rows])
        sheet(self)
        chosen.observe(lambda _: self.show(), "value")
        context.on_change(self.show, *DECIDING, "summary")
        self.show()

    def show(self) -> None:
        """Show what may be seen now."""
        item = self.chosen.value
        with self.context.workbook.lock:
            if not item:
                self.rows.show([], "Choose a work above.")
            elif not may_see_summaries(self.context.workbook, self.member, item):
                self.rows.show([], WAITING)
            else:
                self.rows.show(self._theirs(item), "No other summaries yet.")

    def _theirs(self, item: str) -> list[tuple[Summary, str]]:
        current_state = self.context.workbook.current
        names = {person.member: person.name for person in current_state.current(Person)}
        found = [one for one in current_state.current(Summary) if one.item == item and one.member != self.member]
        return [(one, names.get(one.member, one.member)) for one in sorted(found, key=lambda one: one.order)]

    def _row(self, row: tuple[Summary, str]) -> widgets.Widget:
        return self.rows.line(block("summary", *row))
