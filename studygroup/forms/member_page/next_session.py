"""The next session for a member: when and where, what to read, and whether they come."""

from __future__ import annotations

from studygroup.errors import ScheduleError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block, session_block, until_words
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import STYLE, clock_time, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.session.feedback import FeedbackForm
from studygroup.journal.types.records import Attendance, Rsvp

ANSWERS = [("Yes, I’ll be there", "yes"), ("Maybe", "maybe"), ("No", "no")]


class NextForm(widgets.VBox):
    """One member's answer to the session under way or next, and their check-in."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member = context, member
        self.about, self.receipt = widgets.HTML(), SaveStatus()
        self.answer = Choice(
            ANSWERS, "Will you come?", lambda value: self._answer(value), self.receipt.refuse, shown=True, clear=self._clear
        )
        self.why = TextLine(
            description="Reason",
            placeholder="Why? Only facilitators see this",
            style=STYLE,
            layout={"width": "auto", "flex": "1 1 14em", "max_width": "34em"},
            refused=self.receipt.refuse,
        )
        self.save_why = widgets.Button(description="Save reason", layout={"width": "auto"})
        self.reason = widgets.HBox([self.why, self.save_why], layout=widgets.Layout(flex_flow="row wrap"))
        for name in ("sg-ask-line", "sg-enter"):
            self.reason.add_class(name)
        self.here = Choice([("I’m here", "present")], "Check in", self._here, self.receipt.refuse, shown=True)
        self.save_why.on_click(lambda _: self._answer(self.answer.value))
        self.check_in = widgets.VBox([self.here], layout=widgets.Layout())
        self.feedback = FeedbackForm(context, member)
        super().__init__([self.feedback, self.about, self.check_in, self.answer, self.reason, self.receipt])
        sheet(self)
        self.session, self._seen, self._seen_here = "", "", ""
        context.on_change(self.show, *DECIDING, own=("rsvp", "attendance"), member=member)
        self.show()

    def show(self) -> None:
        """Show what the journal says; what is being typed stays."""
        workbook = self.context.workbook
        try:
            agenda = self.context.coming
        except ScheduleError:
            # A group that stops, or meets when it likes: how the last session was can be said all the same.
            self.about.value = block("told_next", "No session is planned at the moment.")
            self.children = [self.feedback, self.about]
            return
        self.children = [self.feedback, self.about, self.check_in, self.answer, self.reason, self.receipt]
        now = workbook.clock()
        key = agenda, workbook.schedule, until_words(agenda, now)
        self.about.value = workbook.kept("next session", key, lambda: session_block(agenda, workbook.schedule, now))
        held = workbook.latest(Rsvp, agenda.session, self.member)
        if (agenda.session, held.id if held else "") != (self.session, self._seen):
            self.why.value = held.why if held else ""
        self.session, self._seen = agenda.session, held.id if held else ""
        self.answer.show(held.answer if held else None)
        here = workbook.latest(Attendance, agenda.session, self.member)
        self._seen_here = here.id if here else ""
        self.here.show(here.state if here else None)
        opens = workbook.schedule.find(agenda.session).takes_check_ins(workbook.clock())
        self.check_in.layout.display = None if opens or here else "none"
        self.reason.layout.display = None if held and held.answer != "yes" else "none"

    def _answer(self, answer: str | None) -> None:
        if answer is None:
            self.receipt.tell("First choose an answer above.", "wrong")
            return
        why = self.why.value.strip() if answer != "yes" else ""
        label = next(label for label, value in ANSWERS if value == answer)
        self._after(
            self.context.save(
                self.receipt,
                "rsvp",
                seen=self._seen,
                session=self.session,
                what=label,
                member=self.member,
                answer=answer,
                why=why,
            )
        )

    def _clear(self) -> None:
        """Undo the answer, as its button was pressed once more."""
        about = {"session": self.session, "member": self.member}
        if not self.context.clear(self.receipt, "rsvp", seen=self._seen, told="You haven’t answered yet.", **about):
            self.show()

    def _here(self, state: str) -> None:
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            session = workbook.schedule.find(self.session)
            if not session.takes_check_ins(workbook.clock()):
                self.receipt.tell("Check-in opens half an hour before the session starts.", "wrong")
                self.show()
                return
            if not self.context.by_facilitator and self._entered_by_others(state):
                return
        about = {"session": self.session, "member": self.member, "state": state}
        self._after(self.context.save(self.receipt, "attendance", seen=self._seen_here, what="you are here", **about))

    def _entered_by_others(self, state: str) -> bool:
        """Check in beside what a facilitator entered, which stays, and say so; return whether there is such an entry."""
        workbook = self.context.workbook
        workbook.refresh()
        held = workbook.latest(Attendance, self.session, self.member)
        if held is None or held.by == self.member:
            return False
        own = workbook.check_in(self.session, self.member)
        if own is None or own.state != state:
            about = {"session": self.session, "member": self.member, "state": state}
            own = workbook.enter("attendance", by=self.context.by, **about)
        made = own
        person = workbook.people.get(held.by)
        marked = held.state.replace("_", " ")
        self.receipt.tell(
            f"{person.name if person else held.by} marked you as {marked} at {clock_time(held.at, workbook)}, and that stays. Your check-in "
            "is noted beside it; if it should count, please tell them.",
            undo=lambda: self.context.undo(self.receipt, made),
        )
        self.context.changed()
        return True

    def _after(self, saved: object) -> None:
        if saved is None:
            self.show()
