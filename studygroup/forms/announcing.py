"""Messages to the group: a text to paste into a chat, and a button that sends it where addresses are known."""

from __future__ import annotations

from collections.abc import Sequence

from studygroup.errors import MessageError
from studygroup.forms import widgets
from studygroup.forms.desk import DECIDING, Desk, Receipt
from studygroup.forms.fields import Choice
from studygroup.forms.form import BESIDE_LABELS, clock_time, sheet
from studygroup.forms.pages import CopyField
from studygroup.journal.records import Sent
from studygroup.meeting.report import report_of
from studygroup.publish.addresses import Address, group_addresses, member_addresses
from studygroup.publish.announce import announcement, reminder, report_message
from studygroup.publish.sending import Delivery, Kind, letters, send, session_of, silent_members

LABELS: dict[Kind, str] = {"agenda": "Agenda", "reminder": "Reminder", "report": "Report"}


class AnnounceForm(widgets.VBox):
    """The texts that announce a session, remind of what is missing and tell what came of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.receipt = desk, Receipt()
        self.kind = Choice(
            [(label, kind) for kind, label in LABELS.items()],
            "Message",
            lambda _: self._turn(),
            self.receipt.refuse,
            shown=True,
        )
        self.kind.show("agenda")
        self.text = CopyField("Text", "Copy message", self.receipt.refuse)
        self.text.area.rows = 9
        self.where = widgets.HTML()
        self.where.add_class("sg-below")
        self.send = widgets.Button(
            description="Send",
            button_style="primary",
            icon="send",
            tooltip="Send it where it has not been sent yet",
            layout=widgets.Layout(width="auto", margin=f"2px 2px 2px {BESIDE_LABELS}"),
        )
        self.send.on_click(lambda _: self._deliver())
        self._made = ""
        self._shown: object = None
        super().__init__([self.kind, self.text, self.where, self.send, self.receipt])
        sheet(self)
        desk.on_change(self.show)
        self.show()

    @property
    def chosen(self) -> Kind:
        """Which message is shown."""
        kind: Kind = self.kind.value or "agenda"
        return kind

    def show(self) -> None:
        """Show the text as it would be now, unless somebody changed it here; and where it goes."""
        # A report tells of everything that was entered, the others of what stands on agendas.
        told = (
            self.desk.workbook.journal if self.chosen == "report" else self.desk.version(*DECIDING, "rsvp", "reading", "sent")
        )
        wanted = told, self.desk.session, self.chosen, self.desk.workbook.catalogue
        if wanted == self._shown:
            return
        self._shown = wanted
        made = self._text()
        if made != self._made and self.text.area.value.strip() in {"", self._made.strip()}:
            self.text.show(made)
        self._made = made
        self._show_where()

    def _turn(self) -> None:
        self.text.show("")
        self._shown = None
        self.receipt.clear()
        with self.desk.acting(self.receipt):
            self.show()

    def _text(self) -> str:
        """Return the text as Discord takes it."""
        workbook, kind = self.desk.workbook, self.chosen
        if kind == "report":
            return report_message(report_of(workbook, session_of(workbook, "report")))
        if kind == "reminder":
            return reminder(self.desk.agenda, [name for _, name in silent_members(workbook, self.desk.agenda.session)])
        return announcement(self.desk.agenda)

    def _addresses(self) -> list[Address]:
        return group_addresses(self.desk.workbook.folder)

    def _show_where(self) -> None:
        hint = "Discord shows the times in everyone's own zone. "
        try:
            known = self._addresses()
            personal = self.chosen == "reminder" and bool(member_addresses(self.desk.workbook.folder))
        except MessageError as error:
            self.receipt.tell(str(error), "wrong")
            known, personal = [], False
        session = session_of(self.desk.workbook, self.chosen)
        held = self.desk.workbook.held(Sent, session, self.chosen)
        done = [one.label for one in known if held and one.label in held.to]
        self.send.layout.display = None if known or personal else "none"
        if not known and not personal:
            hint += "How to send it from here: docs/messages.md."
        elif done:
            hint += f"Sent before to {', '.join(done)}."
        self.where.value = f"<span class='sg-quiet'>{hint}</span>"

    def _deliver(self) -> None:
        """Send the text that the journal makes now; one that was changed by hand goes as it stands, to all that are left."""
        if self.send.disabled:
            return
        self.send.disabled = True
        self.receipt.tell("Sending …", "busy")
        try:
            with self.desk.acting(self.receipt):
                workbook, kind = self.desk.workbook, self.chosen
                workbook.refresh()
                session = session_of(workbook, kind)
                post = letters(workbook, kind, session, self._addresses(), text=self._by_hand())
                done = list(send(workbook, kind, session, post, by=self.desk.by))
                self.desk.changed()
                self.receipt.tell(_in_words(done, clock_time(workbook.clock())), "wrong" if _failed(done) else "done")
        finally:
            self.send.disabled = False

    def _by_hand(self) -> str:
        typed = self.text.area.value.strip()
        return "" if typed == self._made.strip() else typed


def _failed(done: Sequence[Delivery]) -> list[Delivery]:
    return [one for one in done if one.state == "failed"]


def _in_words(done: Sequence[Delivery], time: str) -> str:
    """Return in a sentence what became of a message."""
    if not done:
        return "Nothing is missing, so nothing is sent."
    sent = [one.label for one in done if one.state == "sent"]
    parts = [f"Sent {time} to {', '.join(sent)}."] if sent else []
    if before := [one.label for one in done if one.state == "before"]:
        parts.append(f"Sent before to {', '.join(before)}.")
    if failed := _failed(done):
        told = "; ".join(f"{one.label}: {one.why}" for one in failed)
        parts.append(f"Not sent: {told}. Send again: it goes just there.")
    return " ".join(parts)
