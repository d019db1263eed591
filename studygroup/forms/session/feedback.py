"""After a session, in ten seconds: was it worth it, which pace, and a line."""

from __future__ import annotations

from typing import Any

from studygroup.errors import ScheduleError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import STYLE, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine, Tick
from studygroup.group.schedule import Session
from studygroup.journal.types.records import Feedback
from studygroup.meeting.after.feedback import session_to_judge

WORTH_IT = [("Yes", "yes"), ("Partly", "partly"), ("Not really", "no")]
PACES = [("Slower, please", "slower"), ("Just right", "right"), ("Faster, please", "faster")]


class FeedbackForm(widgets.VBox):
    """What a member says of the session that is just over; hidden until there is one, and once the next begins."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.about = widgets.HTML()
        self.worth = Choice(WORTH_IT, "Worth it?", lambda value: self._save("worth", value), self.receipt.refuse, shown=True)
        self.pace = Choice(PACES, "Pace", lambda value: self._save("pace", value), self.receipt.refuse, shown=True)
        self.line = TextLine(
            description="In a line",
            placeholder="optional – shown without your name",
            style=STYLE,
            layout={"width": "auto", "flex": "1 1 14em", "max_width": "34em"},
            refused=self.receipt.refuse,
        )
        self.signed = Tick(description="Show my name", indent=False, layout={"width": "auto"}, refused=self.receipt.refuse)
        self.send = widgets.Button(description="Save line", layout={"width": "auto"})
        self.send.on_click(lambda _: self._save_line())
        line = widgets.HBox([self.line, self.signed, self.send], layout={"flex_flow": "row wrap", "align_items": "center"})
        self.fields = widgets.VBox([self.worth, self.pace, line], layout=widgets.Layout())
        self.change = widgets.Button(description="Change", tooltip="Change what you said", layout=widgets.Layout(width="auto"))
        self.change.on_click(lambda _: self._open())
        super().__init__([self.about, self.change, self.fields, self.receipt], layout=widgets.Layout(display="none"))
        self.add_class("sg-feedback")
        sheet(self)
        # Who has said it sees a line; what they tap now stays in sight, so that they can go on.
        self._is_open = False
        self._session: Session | None = None
        self._seen: str | None = None
        context.on_change(self.show, *DECIDING, own=("feedback", "attendance"), member=member)
        self.show()

    def show(self) -> None:
        """Show what the member said so far; a line that is being typed stays."""
        workbook = self.context.workbook
        try:
            session = session_to_judge(workbook, self.member)
        except ScheduleError:
            session = None
        self.layout.display = None if session else "none"
        if session is None:
            self._session = None
            return
        held = workbook.latest(Feedback, session.id, self.member)
        seen = held.id if held else ""
        if (session.id, seen) != (self._session.id if self._session else "", self._seen):
            self._session, self._seen = session, seen
            said = bool(held and held.worth and held.pace) and not self._is_open
            self.about.value = block("how_was_it", session, said)
            self.fields.layout.display, self.change.layout.display = ("none", None) if said else (None, "none")
            self.worth.show(held.worth if held else None)
            self.pace.show(held.pace if held else None)
            if held:
                self.line.value, self.signed.value = held.text, held.signed

    def _open(self) -> None:
        self._is_open, self._seen = True, None
        self.show()

    def _save_line(self) -> None:
        if not self.line.value.strip():
            self.receipt.tell("Write a line first.", "wrong")
            return
        self._save("text", self.line.value.strip())

    def _save(self, field: str, value: str) -> None:
        if self._session is None:
            return
        self._is_open = True
        session = self._session.id
        held = self.context.workbook.latest(Feedback, session, self.member)
        said: dict[str, Any] = {name: getattr(held, name) if held else "" for name in ("worth", "pace", "text")}
        said |= {field: value}
        what = (
            "thank you; your name is beside your line"
            if self.signed.value and said["text"]
            else "thank you; only counted, without your name"
        )
        about = {"member": self.member, "signed": bool(self.signed.value), **said}
        if self.context.save(self.receipt, "feedback", seen=self._seen or "", session=session, what=what, **about) is None:
            self._seen = None
            self.show()
