"""Where the group stands: the next session, how long until then, what is missing, how far the syllabus is."""

from __future__ import annotations

import ipywidgets as widgets

from studygroup.forms.blocks import block, progress_block, session_block
from studygroup.forms.desk import Desk
from studygroup.forms.form import sheet
from studygroup.meeting.readiness import missing_before
from studygroup.publish.charts import progress_in_words


class StandingForm(widgets.VBox):
    """What a facilitator looks at first; it has nothing to fill in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.session, self.missing, self.progress = widgets.HTML(), widgets.HTML(), widgets.HTML()
        super().__init__([self.session, self.missing, self.progress])
        sheet(self)
        desk.on_change(self.show)
        self.show()

    def show(self) -> None:
        """Show what holds now."""
        workbook, agenda = self.desk.workbook, self.desk.agenda
        self.session.value = session_block(agenda, workbook.schedule, workbook.clock())
        titles = [read.title for read in agenda.reads]
        self.missing.value = block("standing", agenda, titles, list(missing_before(agenda)))
        shown = agenda.progress
        self.progress.value = (
            progress_block(shown, progress_in_words(shown))
            if shown and shown.total
            else "<p>The group has no syllabus yet.</p>"
        )
