"""What a member was asked and has not answered yet: a ballot, or when they can meet."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import FormContext
from studygroup.meeting.choose.ballots import has_to_vote
from studygroup.meeting.choose.surveys import has_to_answer

MISSING = {
    (True, False): "You have not voted on what to read next.",
    (False, True): "You have not said when you can meet.",
    (True, True): "You have not voted on what to read next, and not said when you can meet.",
}
"""What is said where a vote, or an answer to a survey, is missing."""


class AskedBar(widgets.VBox):
    """A line that says so, and a button that leads to where it is done; hidden where nothing is missing.

    Parameters
    ----------
    lead
        Goes there.
    """

    def __init__(self, context: FormContext, member: str, lead: Callable[[], None]) -> None:
        self.context, self.member, self.told = context, member, widgets.HTML()
        self.go = widgets.Button(layout={"width": "auto"})
        self.go.add_class("sg-as-link")
        self.go.on_click(lambda _: lead())
        line = widgets.HBox([self.told, self.go], layout={"flex_flow": "row wrap", "align_items": "center"})
        super().__init__([line], layout=widgets.Layout(display="none"))
        sheet(self)
        context.on_change(self.show, "ballot", "result", "survey", "person", own=("vote", "availability"), member=member)
        self.show()

    def show(self) -> None:
        """Show what is missing now."""
        workbook = self.context.workbook
        with workbook.lock:
            missing = has_to_vote(workbook, self.member), has_to_answer(workbook, self.member)
        self.layout.display = None if any(missing) else "none"
        if any(missing):
            self.told.value = block("told_next", MISSING[missing])
            self.go.description = "Vote" if missing[0] else "Mark your hours"
