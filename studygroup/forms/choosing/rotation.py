"""Whose turn it is, for the facilitator: suggestions for the next session with their reasons, and a season ahead as a table."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.before.turns import turns_ahead
from studygroup.meeting.choose.rotation import RoleSuggestion

COUNTING = ("plan", "swap", "turn", "away", "rsvp", "attendance", "person", "slot")


class RotationForm(widgets.VBox):
    """A click plans who is suggested; another member is chosen under *Plan*."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.table = context, SaveStatus(), widgets.HTML()
        self.rows: LiveRows[RoleSuggestion] = LiveRows(self._row, lambda one: one.role)
        self._session = ""
        super().__init__([self.rows, self.receipt, self.table])
        sheet(self)
        context.on_change(self.show, *COUNTING)
        self.show()

    def show(self) -> None:
        """Show what is suggested now."""
        workbook = self.context.workbook
        with workbook.lock:
            ahead = turns_ahead(workbook)
            self._session = ahead[0].session.id if ahead else ""
            self.rows.show(ahead[0].suggested if ahead else (), "Every role in the next session is taken.")
            names = {member: person.name for member, person in workbook.people.items()}
            self.table.value = block("season", ahead, workbook.settings.roles, names) if ahead else ""

    def _row(self, one: RoleSuggestion) -> widgets.Widget:
        name = self.context.workbook.people[one.member].name if one.member else ""
        shown = block("suggested_role", one, name)
        if not name:
            return self.rows.line(shown)
        act = self.rows.button("Plan it", f"{name} is {one.role} in the next session", lambda: self._plan(one, name))
        return self.rows.line(shown, act)

    def _plan(self, one: RoleSuggestion, name: str) -> None:
        workbook, session = self.context.workbook, self._session
        self.context.enter(
            self.receipt,
            "plan",
            {},
            session=session,
            what=f"{one.role}: {name}",
            way=lambda: plan_session(workbook, session, by=self.context.by, roles={one.role: one.member}),
        )
