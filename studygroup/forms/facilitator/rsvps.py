"""Who comes to the next session, who does not, and who has not replied."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext
from studygroup.journal.types.records import Rsvp
from studygroup.text.text import comparable

ANSWERS = [("Yes", "yes"), ("Maybe", "maybe"), ("No", "no")]


class RsvpsForm(widgets.VBox):
    """The members' replies by what they said; it has nothing to fill in."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.shown = context, widgets.HTML()
        super().__init__([self.shown])
        sheet(self)
        context.on_change(self.show, "rsvp", "person", "plan", "slot", "away")
        self.show()

    def show(self) -> None:
        """Show what members said."""
        workbook = self.context.workbook
        session = workbook.schedule.next(workbook.clock())
        members = workbook.roster.members_at(session)
        said = {member: workbook.latest(Rsvp, session.id, member) for member in members}
        people = sorted(members, key=lambda member: comparable(workbook.people[member].name))
        groups = [
            (
                word,
                [
                    (workbook.people[member].name, rsvp.why)
                    for member in people
                    if (rsvp := said[member]) and rsvp.answer == answer
                ],
            )
            for word, answer in ANSWERS
        ]
        silent = [workbook.people[member].name for member in people if said[member] is None]
        self.shown.value = block("replies", groups, silent)
