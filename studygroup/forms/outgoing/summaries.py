"""Whose summaries of a session's papers are missing, and a text that reminds them."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.outgoing.pages import CopyField
from studygroup.meeting.after.report import session_to_wrap_up
from studygroup.meeting.after.unwritten import summaries_of_session, summaries_reminder


class SummariesForm(widgets.VBox):
    """The papers of the session to wrap up, each with the members who have read it and written nothing."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.shown = widgets.HTML()
        self.write = widgets.Button(description="Write reminder", layout={"width": "auto"})
        self.write.on_click(lambda _: self.write_reminder())
        self.text = CopyField("Reminder", "Copy reminder", self.receipt.refuse)
        self.text.layout.display = "none"
        super().__init__([self.shown, self.write, self.receipt, self.text])
        sheet(self)
        context.on_change(self.show, *DECIDING, "reading", "summary")
        self.show()

    def show(self) -> None:
        """Show what is missing now."""
        workbook = self.context.workbook
        self.shown.value = block("summaries_missing", summaries_of_session(workbook, session_to_wrap_up(workbook)))

    def write_reminder(self) -> None:
        """Show a text to send, as the button does."""
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            self.receipt.clear()
            text = summaries_reminder(workbook, session_to_wrap_up(workbook))
            self.text.layout.display = None if text else "none"
            self.text.show(text)
            if not text:
                self.receipt.tell("No one’s summary is missing: everyone who marked a paper as read has written one.")
