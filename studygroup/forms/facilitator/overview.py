"""Where the group stands: the next session, how long until then, messages to look at, what is missing, how far the syllabus is."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block, progress_block, session_block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext
from studygroup.meeting.before.attention import attention
from studygroup.meeting.before.readiness import missing_before
from studygroup.publish.charts import progress_in_words


class OverviewForm(widgets.VBox):
    """What a facilitator looks at first; it has nothing to fill in."""

    def __init__(self, context: FormContext) -> None:
        self.context = context
        self.session, self.missing, self.progress = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.messages = widgets.HTML(layout=widgets.Layout(display="none"))
        self.pages = widgets.HTML(layout=widgets.Layout(display="none"))
        super().__init__([self.session, self.messages, self.missing, self.progress, self.pages])
        sheet(self)
        context.on_change(self.show, *DECIDING, "rsvp", "reading", "sent")
        self.show()

    def tell_pages(self, pages: int | None) -> None:
        """Say how many members' pages are open; nothing where no server runs."""
        self.pages.layout.display = "none" if pages is None else ""
        said = {None: "", 0: "No member's page is open.", 1: "1 member's page is open."}
        self.pages.value = said.get(pages, f"{pages} members' pages are open.")

    def show(self) -> None:
        """Show what is current."""
        workbook, agenda = self.context.workbook, self.context.agenda
        self.session.value = session_block(agenda, workbook.schedule, workbook.clock())
        notes = attention(workbook)
        self.messages.layout.display = "" if notes else "none"
        self.messages.value = block("messages_to_look_at", notes)
        titles = [read.title for read in agenda.reads]
        self.missing.value = block("standing", agenda, titles, list(missing_before(agenda)))
        shown = agenda.progress
        self.progress.value = (
            progress_block(shown, progress_in_words(shown))
            if shown and shown.total
            else "<p>No reading list yet. Open catalogue.ipynb to import one.</p>"
        )
