"""A member's turns: take an open role, ask someone to take over, accept, decline; and dates away."""

from __future__ import annotations

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import STYLE, counted, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Day, TextLine
from studygroup.forms.kit.pickers import FIELD, Pick, member_options
from studygroup.forms.kit.rows import Editor, LiveRows
from studygroup.forms.layout.fold import Fold
from studygroup.journal.types.records import Away, Swap, Turn
from studygroup.meeting.before.turns import MemberTurn, turns_ahead, turns_held, turns_of
from studygroup.text.text import plain_list, to_short_day

TURNS = ("plan", "swap", "turn", "away", "person", "slot")
"""The types of what the forms show."""
_NOTHING = ("nothing", ("", ""))


class TurnsForm(widgets.VBox):
    """What a member can do about roles in the coming sessions."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.rows: LiveRows[MemberTurn] = LiveRows(self._row, lambda one: one.key)
        self._later: list[MemberTurn] = []
        self.later: LiveRows[MemberTurn] | None = None
        self.fold = Fold("", self._make_later)
        super().__init__([self.rows, self.fold, self.receipt])
        sheet(self)
        context.on_change(self.show, *TURNS)
        self.show()

    def show(self) -> None:
        """Show what the journal says; roles that are only open, and not in the next session, are folded."""
        with self.context.workbook.lock:
            found = turns_of(self.context.workbook, self.member)
            first = min((one.session.id for one in found), default="")
            self._later = [one for one in found if one.state in {"open", "declined"} and one.session.id != first]
            self.rows.show([one for one in found if one not in self._later], "Every role of the coming sessions has someone.")
            days = dict.fromkeys(to_short_day(one.session.start) for one in self._later)
            self.fold.head.description = f"{counted(len(self._later), 'open role')} on {plain_list(list(days))}"
            self.fold.layout.display = None if self._later else "none"
            if self.later:
                self.later.show(self._later)

    def _make_later(self) -> widgets.Widget:
        self.later = LiveRows(self._row, lambda one: one.key)
        self.later.show(self._later)
        return self.later

    def _row(self, one: MemberTurn) -> widgets.Widget:
        return self.rows.line(block("turn", one), *self._buttons(one))

    def _buttons(self, one: MemberTurn) -> list[widgets.Button]:
        where, button = f"{one.role} on {to_short_day(one.session.start)}", self.rows.button
        take = button("I’ll do it", f"Be {where}", lambda: self._say(one, "volunteer", "you are"))
        decline = button("Not this time", f"You can’t be {where}", lambda: self._say(one, "decline", "you can’t be"))
        shown = {
            "mine": [
                button("Ask someone", f"Ask someone to be {where}", lambda: self._choose(one)),
                button("I can’t", f"You can’t be {where}", lambda: self._say(one, "decline", "you can’t be")),
            ],
            "waits": [button("Don’t ask", f"No longer ask {one.other} to be {where}", lambda: self._take_back(one))],
            "asked": [
                button("Accept", f"Be {where}", lambda: self._take_over(one)),
                button("No, thanks", f"Don’t be {where}", lambda: self._refuse(one)),
            ],
            "offered": [button("I’ll take over", f"Be {where}", lambda: self._take_over(one))],
            "open": [take],
            "turn": [take, decline],
            "declined": [take],
        }[one.state]
        for unused in {take, decline} - set(shown):
            unused.close()
        return shown

    def _say(self, one: MemberTurn, answer: str, words: str) -> None:
        held = self.context.workbook.latest(Turn, one.session.id, self.member, one.role)
        about = {"member": self.member, "role": one.role, "answer": answer}
        what = f"{words} {one.role} on {to_short_day(one.session.start)}"
        self.context.save(self.receipt, "turn", seen=held.id if held else "", session=one.session.id, what=what, **about)

    def _choose(self, one: MemberTurn) -> None:
        """Ask for the member to ask, and for what to take in return."""
        self.rows.edit(one.key, AskEditor(self, one))

    def _offer(self, one: MemberTurn) -> Swap | None:
        """Return the offer of whoever has the role now."""
        found = next((each for each in turns_ahead(self.context.workbook) if each.session.id == one.session.id), None)
        holder = found.holders.get(one.role, "") if found else ""
        return self.context.workbook.latest(Swap, one.session.id, holder, one.role)

    def _answer(self, one: MemberTurn, to: str, words: str) -> None:
        with self.context.acting(self.receipt):
            self.context.workbook.refresh()
            offer = self._offer(one)
            if offer is None or offer.to or offer.asked not in {"", self.member}:
                self.receipt.tell("This is no longer offered to you.", "wrong")
                self.context.changed()
                return
            wanted = offer.for_session, offer.for_role
            if to and wanted[1] and wanted not in [(each.id, role) for each, role in turns_held(self.context.workbook, to)]:
                self.receipt.tell(f"You no longer have the turn as {one.in_return}, so there is nothing to exchange.", "wrong")
                return
            about = {"member": offer.member, "role": one.role, "to": to, "asked": ""}
            about |= {"for_session": wanted[0], "for_role": wanted[1]}
            what = f"{words} {one.role} on {to_short_day(one.session.start)}"
            self.context.save(self.receipt, "swap", seen=offer.id, session=one.session.id, what=what, **about)

    def _take_over(self, one: MemberTurn) -> None:
        back = f"you exchange turns with {one.other}: you are" if one.in_return else "you are"
        self._answer(one, self.member, back)

    def _refuse(self, one: MemberTurn) -> None:
        self._answer(one, "", "you won’t be")

    def _take_back(self, one: MemberTurn) -> None:
        if held := self.context.workbook.latest(Swap, one.session.id, self.member, one.role):
            self.context.undo(self.receipt, held)


class AskEditor(Editor):
    """Where a member asks another one to take a turn, and says which turn they take in return, if any."""

    def __init__(self, form: TurnsForm, one: MemberTurn) -> None:
        self.form, self.one = form, one
        receipt, workbook = SaveStatus(), form.context.workbook
        options = [each for each in member_options(workbook, "choose") if each[1] != form.member]
        self.who = Pick("Ask", options, receipt.refuse)
        self.back = Pick("In return", [_NOTHING], receipt.refuse)
        self.back.layout = widgets.Layout(**FIELD, display="none")
        self.who.observe(lambda _: self._offer(), "value")
        super().__init__([self.who, self.back], self._ask, lambda: form.rows.done(one.key), label="Ask", receipt=receipt)

    def _offer(self) -> None:
        """Offer the turns of whoever is asked."""
        held = turns_held(self.form.context.workbook, self.who.value) if self.who.value else []
        mine = self.one.session.id, self.one.role
        turns = [(f"I take their turn as {role} on {to_short_day(each.start)}", (each.id, role)) for each, role in held]
        self.back.offer([_NOTHING, *(each for each in turns if each[1] != mine)])
        self.back.layout.display = None if turns else "none"

    def _ask(self) -> None:
        if not self.who.value:
            self.receipt.tell("First choose someone to ask.", "wrong")
            return
        context, one = self.form.context, self.one
        for_session, for_role = self.back.value or ("", "")
        about = {"member": self.form.member, "role": one.role, "asked": self.who.value}
        about |= {"for_session": for_session, "for_role": for_role}
        name = context.workbook.people[self.who.value].name
        ask = "exchange turns and be" if for_role else "be"
        what = f"{name} is asked to {ask} {one.role} on {to_short_day(one.session.start)}"
        if context.enter(self.receipt, "swap", about, session=one.session.id, what=what, beside=self.form.receipt) is not None:
            self.form.rows.done(one.key)


class AwayForm(widgets.VBox):
    """Dates on which a member cannot come; why is shown to facilitators only."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.rows: LiveRows[Away] = LiveRows(self._row, lambda one: " ".join(one.subject))
        self.first, self.last = (
            Day(description=label, style=STYLE, layout=FIELD, refused=self.receipt.refuse) for label in ("From", "To")
        )
        self.why = TextLine(
            description="Reason",
            placeholder="optional – only facilitators see this",
            style=STYLE,
            layout=FIELD,
            refused=self.receipt.refuse,
        )
        self.add = widgets.Button(description="I’m away", button_style="primary", layout={"width": "auto"})
        self.add.on_click(lambda _: self._save())
        below = widgets.VBox([self.add])
        below.add_class("sg-below")
        super().__init__([self.rows, self.first, self.last, self.why, below, self.receipt])
        sheet(self)
        context.on_change(self.show, "away")
        self.show()

    def show(self) -> None:
        """Show the dates that are not over."""
        workbook = self.context.workbook
        today = workbook.today()
        mine = [one for one in workbook.current.current(Away) if one.member == self.member and one.last >= today]
        self.rows.show(mine, "No dates so far.")

    def _row(self, one: Away) -> widgets.Widget:
        act = self.rows.button("Undo", f"You are not away from {to_short_day(one.first)}", lambda: self._undo(one))
        return self.rows.line(block("absence", one), act)

    def _undo(self, one: Away) -> None:
        if held := self.context.workbook.latest(Away, *one.subject):
            self.context.undo(self.receipt, held)

    def _save(self) -> None:
        first, last = self.first.value, self.last.value or self.first.value
        if first is None:
            if not self.receipt.tells_of_a_save:
                self.receipt.tell("Say from which day on you are away.", "wrong")
            return
        about = {"member": self.member, "first": first, "last": last, "why": self.why.value.strip()}
        what = (
            f"you are away from {to_short_day(first)} to {to_short_day(last)}"
            if last != first
            else f"you are away on {to_short_day(first)}"
        )
        if self.context.save(self.receipt, "away", what=what, **about) is not None:
            self.first.value = self.last.value = None
            self.why.value = ""
