"""What others wrote about a work: shown once one's own summary is in, or the session has begun."""

from __future__ import annotations

from studygroup.forms import widgets
from studygroup.forms.blocks import block
from studygroup.forms.desk import DECIDING, Desk
from studygroup.forms.form import sheet
from studygroup.forms.rows import LiveRows
from studygroup.journal.records import Person, Summary
from studygroup.meeting.blind import may_see_summaries

WAITING = "Others' summaries show once yours is saved, or when the session begins."


class OthersForm(widgets.VBox):
    """The others' summaries of the work that a member chose.

    Parameters
    ----------
    chosen
        The field in which a work is chosen; its value is an item's id or None.
    """

    def __init__(self, desk: Desk, member: str, chosen: widgets.Dropdown) -> None:
        self.desk, self.member, self.chosen = desk, member, chosen
        self.rows: LiveRows[tuple[Summary, str]] = LiveRows(self._row, lambda row: row[0].member)
        super().__init__([self.rows])
        sheet(self)
        chosen.observe(lambda _: self.show(), "value")
        desk.on_change(self.show, *DECIDING, "summary")
        self.show()

    def show(self) -> None:
        """Show what may be seen now."""
        item = self.chosen.value
        with self.desk.workbook.lock:
            if not item:
                self.rows.show([], "Choose a work above.")
            elif not may_see_summaries(self.desk.workbook, self.member, item, self.desk.coming):
                self.rows.show([], WAITING)
            else:
                self.rows.show(self._theirs(item), "Nobody else wrote about it yet.")

    def _theirs(self, item: str) -> list[tuple[Summary, str]]:
        holdings = self.desk.workbook.holdings
        names = {person.member: person.name for person in holdings.current(Person)}
        found = [one for one in holdings.current(Summary) if one.item == item and one.member != self.member]
        return [(one, names.get(one.member, one.member)) for one in sorted(found, key=lambda one: one.order)]

    def _row(self, row: tuple[Summary, str]) -> widgets.Widget:
        return self.rows.line(block("summary", *row))
