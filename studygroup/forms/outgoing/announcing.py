"""Messages to the group: a text to paste into a chat, and a button that sends it where addresses are known."""

from __future__ import annotations

from collections.abc import Sequence

from studygroup.errors import MessageError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import BESIDE_LABELS, clock_time, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.outgoing.pages import CopyField
from studygroup.journal.types.records import Sent
from studygroup.meeting.after.report import report_of
from studygroup.publish.messages.announce import announcement, reminder, report_message
from studygroup.publish.messages.sending import Delivery, Kind, Letter, letters, send, session_of, silent_members
from studygroup.publish.messages.targets import Target, group_addresses, member_addresses
from studygroup.text.text import plain_list, to_day

LABELS: dict[Kind, str] = {"agenda": "Agenda", "reminder": "Reminder", "report": "Report"}


class AnnounceForm(widgets.VBox):
    """The texts that announce a session, remind of what is missing and tell what came of it."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
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
        self.send.on_click(lambda _: self._ask())
        self.confirm = Confirm()
        self.text.area.observe(lambda _: self.confirm.dismiss(), "value")
        self._made = ""
        self._shown: object = None
        super().__init__([self.kind, self.text, self.where, self.send, self.confirm, self.receipt])
        sheet(self)
        context.on_change(self.show)
        self.show()

    @property
    def chosen(self) -> Kind:
        """Which message is shown."""
        kind: Kind = self.kind.value or "agenda"
        return kind

    def show(self) -> None:
        """Show the text as it would be now, unless somebody changed it here; and where it goes."""
        # A report tells of everything that was entered, the others of what stands on agendas.
        told: object = (
            self.context.workbook.journal
            if self.chosen == "report"
            else self.context.version(*DECIDING, "rsvp", "reading", "sent")
        )
        about = session_of(self.context.workbook, self.chosen)
        wanted = told, self.context.session, about, self.chosen, self.context.workbook.catalogue, self._too_early
        if wanted == self._shown:
            return
        self._shown = wanted
        # What was asked about may no longer be what would be sent.
        self.confirm.dismiss()
        made = self._text()
        if made != self._made and self.text.area.value.strip() in {"", self._made.strip()}:
            self.text.show(made)
        self._made = made
        self._show_where()

    def _turn(self) -> None:
        self.text.show("")
        self._shown = None
        self.receipt.clear()
        with self.context.acting(self.receipt):
            self.show()

    def _text(self) -> str:
        """Return the text as Discord takes it."""
        workbook, kind = self.context.workbook, self.chosen
        if self._too_early:
            return ""
        if kind == "report":
            return report_message(report_of(workbook, session_of(workbook, "report")))
        if kind == "reminder":
            return reminder(self.context.agenda, [name for _, name in silent_members(workbook, self.context.agenda.session)])
        return announcement(self.context.agenda)

    @property
    def _too_early(self) -> bool:
        """Whether a report is asked for of a session that has not begun."""
        workbook = self.context.workbook
        if self.chosen != "report":
            return False
        return not workbook.schedule.find(session_of(workbook, "report")).has_begun(workbook.clock())

    def _addresses(self) -> list[Target]:
        return group_addresses(self.context.workbook.folder)

    def _show_where(self) -> None:
        early = self._too_early
        self.text.layout.display = "none" if early else None
        if early:
            start = self.context.workbook.schedule.find(session_of(self.context.workbook, self.chosen)).start
            self.send.layout.display = "none"
            self.where.value = f"<span class='sg-quiet'>There is no report yet: the session begins on {to_day(start)}.</span>"
            return
        hint = "Discord shows the times in everyone's own zone. "
        try:
            known = self._addresses()
            personal = self.chosen == "reminder" and bool(member_addresses(self.context.workbook.folder))
        except MessageError as error:
            self.receipt.tell(str(error), "wrong")
            known, personal = [], False
        session = session_of(self.context.workbook, self.chosen)
        held = self.context.workbook.latest(Sent, session, self.chosen)
        done = [one.label for one in known if held and one.label in held.to]
        self.send.layout.display = None if known or personal else "none"
        if not known and not personal:
            hint += "How to send it from here: docs/messages.md of the studygroup project."
        elif done:
            hint += f"Sent before to {', '.join(done)}."
        self.where.value = f"<span class='sg-quiet'>{hint}</span>"

    def _ask(self) -> None:
        """Ask whether to send the text to whom it did not go yet: what was sent cannot be taken back."""
        if self._too_early:
            return
        self.confirm.dismiss()
        with self.context.acting(self.receipt):
            session, post = self._post()
            held = self.context.workbook.latest(Sent, session, self.chosen)
            left = [one.address.label for one in post if held is None or one.address.label not in held.to]
            if not left:
                self._tell([Delivery(one.address.label, "before") for one in post])
                return
            self.receipt.clear()
            start = self.context.workbook.schedule.find(session).start
            changed = " The text goes as it was changed here." if self._by_hand() else ""
            self.confirm.ask(
                f"Send the {self.chosen} for {to_day(start)} to {plain_list(left)}? It cannot be taken back.{changed}",
                ("Yes, send it", self._deliver),
                leave="Do not send it",
            )

    def _post(self) -> tuple[str, list[Letter]]:
        """Return which session the message is about, and what it says to whom now; a text changed by hand goes as it stands."""
        workbook, kind = self.context.workbook, self.chosen
        workbook.refresh()
        session = session_of(workbook, kind)
        return session, letters(workbook, kind, session, self._addresses(), text=self._by_hand())

    def _deliver(self) -> None:
        """Send the message to all that are left."""
        self.receipt.tell("Sending …", "busy")
        with self.context.acting(self.receipt):
            session, post = self._post()
            done = list(send(self.context.workbook, self.chosen, session, post, by=self.context.by))
            self.context.changed()
            self._tell(done)

    def _tell(self, done: Sequence[Delivery]) -> None:
        words = _in_words(done, clock_time(self.context.workbook.clock()))
        self.receipt.tell(words, "wrong" if _failed(done) else "done")

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
