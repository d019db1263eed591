"""Messages to the group: a text to paste into a chat, and a button that sends it where addresses are known."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Literal

from studygroup.errors import MessageError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import BESIDE_LABELS, clock_time, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.outgoing.pages import CopyField
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.attention import at_time
from studygroup.meeting.facts.deliveries import Deliveries, deliveries_of
from studygroup.publish.messages.announce import Channel, announcement, reminder, report_message
from studygroup.publish.messages.sending import (
    Delivery,
    Kind,
    Letter,
    changes_announced,
    letters,
    missing_hours,
    missing_votes,
    send,
    session_of,
    settle,
    silent_members,
)
from studygroup.publish.messages.targets import Target, group_addresses, member_addresses
from studygroup.text.text import plain_list, to_day

LABELS: dict[Kind, str] = {"agenda": "Agenda", "reminder": "Reminder", "report": "Report"}


class AnnounceForm(widgets.VBox):
    """The texts that announce a session, remind of what is missing and tell its results."""

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
        self.channel = Choice(
            [("Discord", "discord"), ("Slack, Signal, mail", "plain")],
            "To paste into",
            lambda _: self._turn(),
            self.receipt.refuse,
            shown=True,
        )
        self.channel.show("discord")
        self.text = CopyField("Text", "Copy message", self.receipt.refuse)
        self.text.area.rows = 9
        self.text.copy.on_click(lambda _: self._copied())
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
        self.change = widgets.Button(
            description="Send the change",
            icon="send",
            tooltip="Send it again to all who have it, with what has changed",
            layout=widgets.Layout(width="auto", margin=f"2px 2px 2px {BESIDE_LABELS}", display="none"),
        )
        self.change.on_click(lambda _: self._ask(again=True))
        self.confirm = Confirm()
        self.arrived = widgets.Button(description="It arrived", layout={"width": "auto"})
        self.lost = widgets.Button(description="It did not arrive", layout={"width": "auto"})
        self.arrived.on_click(lambda _: self._settle(lost=False))
        self.lost.on_click(lambda _: self._settle(lost=True))
        self.unsure = widgets.HBox([self.arrived, self.lost], layout=widgets.Layout(display="none", flex_flow="row wrap"))
        self.unsure.add_class("sg-buttons")
        self._lost = self._again = False
        self.text.area.observe(lambda _: self.confirm.dismiss(), "value")
        self._made = ""
        self._shown: object = None
        super().__init__(
            [self.kind, self.channel, self.text, self.where, self.unsure, self.send, self.change, self.confirm, self.receipt]
        )
        sheet(self)
        context.on_change(self.show)
        self.show()

    @property
    def chosen(self) -> Kind:
        """Which message is shown."""
        kind: Kind = self.kind.value or "agenda"
        return kind

    def show(self) -> None:
        """Show the text as it would be now, unless someone changed it here; and where it goes."""
        # A report tells of everything that was entered, the others of what is on agendas.
        told: object = (
            self.context.workbook.journal
            if self.chosen == "report"
            else self.context.version(*DECIDING, "rsvp", "reading", "sent", "ballot", "vote", "survey", "availability")
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

    def turn_to(self, kind: Kind) -> None:
        """Show another message."""
        if kind != self.chosen:
            self.kind.show(kind)
            self._turn()

    def _turn(self) -> None:
        self.text.show("")
        self._shown = None
        self.receipt.clear()
        with self.context.acting(self.receipt):
            self.show()

    def _text(self) -> str:
        """Return the text as the chosen channel takes it."""
        workbook, kind = self.context.workbook, self.chosen
        channel: Channel = self.channel.value or "discord"
        if self._too_early:
            return ""
        if kind == "report":
            return report_message(report_of(workbook, session_of(workbook, "report")), channel)
        if kind == "reminder":
            silent = [name for _, name in silent_members(workbook, self.context.agenda.session)]
            return reminder(self.context.agenda, silent, channel, missing_votes(workbook), missing_hours(workbook))
        return announcement(self.context.agenda, channel, self._changes())

    def _changes(self) -> list[str]:
        """Return what has changed since the message that is shown was announced."""
        workbook = self.context.workbook
        return changes_announced(workbook, self.chosen, session_of(workbook, self.chosen))

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
            self.send.layout.display = self.unsure.layout.display = self.change.layout.display = "none"
            self.where.value = f"<span class='sg-quiet'>There is no report yet: the session begins on {to_day(start)}.</span>"
            return
        hint = "On Discord, everyone sees their own local time. " if self.channel.value == "discord" else ""
        try:
            known = self._addresses()
            personal = self.chosen == "reminder" and bool(member_addresses(self.context.workbook.folder))
        except MessageError as error:
            self.receipt.tell(str(error), "wrong")
            known, personal = [], False
        self.send.layout.display = None if known or personal else "none"
        if not known and not personal:
            hint += "To send from here, set up a webhook: docs/messages.md of the studygroup project. "
        went = self._deliveries()
        unsure = went.places("unknown")
        self.unsure.layout.display = None if unsure else "none"
        changes = self._changes()
        self.change.layout.display = None if changes and (known or personal) else "none"
        told = [self._went(went, "sent", "Sent before to"), self._went(went, "unknown", "May have been sent to")]
        told += [f"Changed since: {plain_list(changes)}."] if changes else []
        look = " Look there before it is sent again." if unsure else ""
        self.where.value = f"<span class='sg-quiet'>{hint}{html.escape(' '.join(filter(None, told)) + look)}</span>"

    def _deliveries(self) -> Deliveries:
        """Return where the message that is shown went."""
        workbook = self.context.workbook
        return deliveries_of(workbook, session_of(workbook, self.chosen), self.chosen)

    def _went(self, went: Deliveries, state: str, words: str) -> str:
        """Return where a message went in a sentence, with when that was and by whom; empty for nowhere."""
        places = went.places(state)
        if not places:
            return ""
        workbook = self.context.workbook
        last = max((went.stops[place] for place in places), key=lambda stop: stop.at)
        zone = workbook.schedule.find(session_of(workbook, self.chosen)).start.tzinfo
        person = workbook.people.get(last.by)
        named = plain_list(went.called(place, workbook.people) for place in places)
        return f"{words} {named} ({at_time(last.at.astimezone(zone))}, by {person.name if person else last.by})."

    def _copied(self) -> None:
        """Note that the announcement was copied, as it is then on its way."""
        if self.chosen == "agenda":
            self.context.note(f"copied {session_of(self.context.workbook, 'agenda')}")

    def _settle(self, *, lost: bool) -> None:
        """Record that the message arrived where it may have been sent; or ask to send it there again."""
        if self._too_early:
            return
        with self.context.acting(self.receipt):
            workbook, places = self.context.workbook, self._deliveries().places("unknown")
            known = {one.label for one in (*self._addresses(), *member_addresses(workbook.folder).values())}
            if lost and known.intersection(places):
                self._ask(lost=True)
                return
            session = session_of(workbook, self.chosen)
            settle(workbook, self.chosen, session, by=self.context.by, **{"lost" if lost else "arrived": places})
            self.context.changed()
            then = "studygroup due sends it there again" if lost else "it is not sent again"
            self.receipt.tell(f"Saved {clock_time(workbook.clock(), workbook)}: {then}.")

    def _ask(self, lost: bool = False, again: bool = False) -> None:
        """Ask whether to send the text to whom it did not go yet: a message cannot be unsent.

        With ``lost`` also where it may have been sent; with ``again`` everywhere, as something has changed.
        """
        if self._too_early:
            return
        self.confirm.dismiss()
        self._lost, self._again = lost, again
        with self.context.acting(self.receipt):
            session, post = self._post()
            stops = self._deliveries().stops
            known: dict[str, Literal["before", "unknown"]] = (
                {"sent": "before"} if lost else {"sent": "before", "unknown": "unknown"}
            )
            labels = [one.address.label for one in post]
            if again:
                known = {}
            went = {label: known[stops[label].state] for label in labels if label in stops and stops[label].state in known}
            left = [label for label in labels if label not in went]
            if not left:
                self._tell([Delivery(label, state) for label, state in went.items()])
                return
            self.receipt.clear()
            start = self.context.workbook.schedule.find(session).start
            changed = " The text goes as it was changed here." if self._by_hand() else ""
            self.confirm.ask(
                f"Send the {self.chosen} for {to_day(start)} to {plain_list(left)}? You can’t unsend it.{changed}",
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
            done = send(
                self.context.workbook, self.chosen, session, post, by=self.context.by, lost=self._lost, again=self._again
            )
            self.context.changed()
            self._tell(done)

    def _tell(self, done: Sequence[Delivery]) -> None:
        words = _in_words(done, clock_time(self.context.workbook.clock(), self.context.workbook))
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
    if unsure := [one.label for one in done if one.state == "unknown"]:
        parts.append(f"May have been sent to {', '.join(unsure)}: look there.")
    if failed := _failed(done):
        told = "; ".join(f"{one.label}: {one.why}" for one in failed)
        parts.append(f"Not sent: {told}. Send again: it goes just there.")
    return " ".join(parts)
