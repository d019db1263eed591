"""What is new since a member was last here, and the sessions before."""

from __future__ import annotations

from datetime import datetime

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.meeting.after.news import NewsLine, PastSession, last_there, news_for, past_sessions
from studygroup.meeting.before.meeting_times import group_zone

SEEN = "seen"
"""Under which name it is kept, among what only this computer knows of a member, until when they saw what is new."""
MOST = 10
"""How many lines are shown."""


class SinceForm(widgets.VBox):
    """What others entered since a member's last session, or since they marked it as seen."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.lines = widgets.HTML()
        self.seen = widgets.Button(description="Mark all as seen", layout=widgets.Layout(width="auto"))
        self.seen.on_click(lambda _: self._mark())
        super().__init__([self.lines, self.seen, self.receipt])
        sheet(self)
        context.on_change(
            self.show, *DECIDING, "attendance", "note", "question", "answer", "second", "reply", "summary", "material"
        )
        self.show()

    def show(self) -> None:
        """Show what is new now."""
        with self.context.workbook.lock:
            since = self._since()
            found = news_for(self.context.workbook, self.member, since)
            self._show(found, since)

    def _show(self, found: list[NewsLine], since: datetime) -> None:
        local = since.astimezone(group_zone(self.context.workbook))
        self.lines.value = block("news", found[:MOST], max(0, len(found) - MOST), local)
        self.seen.layout.display = None if found else "none"

    def _since(self) -> datetime:
        there = last_there(self.context.workbook, self.member)
        draft = self.context.drafts.get(SEEN)
        try:
            return max(there, datetime.fromisoformat(draft.text)) if draft else there
        except (ValueError, TypeError):
            return there

    def _mark(self) -> None:
        with self.context.acting(self.receipt):
            self.context.drafts.keep(SEEN, self.context.workbook.clock().isoformat())
            self.show()


class PastForm(widgets.VBox):
    """The sessions that are over, the newest first, with what each read and where its report is."""

    def __init__(self, context: FormContext) -> None:
        self.context = context
        self.rows: LiveRows[PastSession] = LiveRows(
            lambda one: self.rows.line(block("past_session", one)), lambda one: one.session
        )
        super().__init__([self.rows])
        sheet(self)
        context.on_change(self.show, *DECIDING, "attendance", "note")
        self.show()

    def show(self) -> None:
        """Show what the journal says."""
        with self.context.workbook.lock:
            self.rows.show(past_sessions(self.context.workbook), "No session is over yet.")
