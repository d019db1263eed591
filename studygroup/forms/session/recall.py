"""What a session opens with: two things to remember, and a button to skip them this time."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form_context import ON_AGENDAS, FormContext
from studygroup.forms.kit.turning import TurningButton
from studygroup.forms.session.session_form import SessionForm
from studygroup.journal.types.records import Plan
from studygroup.workbook.workbook import plan_fields


class RecallForm(SessionForm):
    """What the agenda asks the group to remember; hidden where there is nothing to remember."""

    def __init__(self, context: FormContext, session: Callable[[], str]) -> None:
        super().__init__(context, session)
        self.about, self.turn = widgets.HTML(), TurningButton(self._turn)
        self._skipped, self._seen = False, ""
        self._lay_out(self.about, self.turn, self.receipt)
        self.layout = widgets.Layout(display="none")
        context.on_change(self.show, *ON_AGENDAS)
        self.show()

    def show(self) -> None:
        """Show what is asked, or that it is skipped."""
        with self.context.workbook.lock:
            held = None
            try:
                session = self._session()
                held, asked = self.context.workbook.latest(Plan, session), self.context.agenda_for(session).recall
            except StudygroupError:
                asked = ()
            self._skipped, self._seen = bool(held and held.skips_recall), held.id if held else ""
            self.layout.display = None if asked or self._skipped else "none"
            self.about.value = block("recall", asked)
            label = "Ask it after all" if self._skipped else "Skip this time"
            self.turn.show(self._skipped, label, f"{label}: what the agenda asks the group to remember")

    def _turn(self) -> None:
        session = self._session()
        fields = dict(plan_fields(self.context.workbook.latest(Plan, session))) | {"skips_recall": not self._skipped}
        what = "the agenda asks it" if self._skipped else "skipped this time"
        with self.context.acting(self.receipt):
            self.context.save(self.receipt, "plan", seen=self._seen, session=session, what=what, **fields)
