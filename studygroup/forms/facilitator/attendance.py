"""Who is there: the roster as one-click rows, with what each answered before, guests, and a live count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm, ask_who
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import PAGE, STYLE, clock_time, counted, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import Pick
from studygroup.forms.kit.rows import LiveRows, RowBox
from studygroup.group.states import ATTENDANCE_STATES, WAS_THERE
from studygroup.journal.types.records import Attendance, Away, Person, Rsvp
from studygroup.meeting.before.planning import ask_early, attend, early_start
from studygroup.meeting.facts.turnout import came_in_words
from studygroup.text.text import comparable

STATES = [(one.word, one.name) for one in ATTENDANCE_STATES]
ONE_TAP = {"present": "Here", "late": "Late", "absent": "Absent"}
"""The states that are a button in each row, with what is on it; the others are in a list beside them."""
IN_LIST = [(one.word, one.name) for one in ATTENDANCE_STATES if one.name not in ONE_TAP]
_SAID = {"yes": "comes", "maybe": "maybe", "no": "cannot come"}
_STAYS_AWAY = {"cannot come", "away"}


class Attendee(msgspec.Struct, frozen=True):
    """A row: someone of the roster or a guest, what they answered, and when they checked in beside someone else's entry."""

    member: str
    name: str
    guest: bool
    rsvp: str
    why: str
    checked_in: str = ""


class AttendanceForm(widgets.VBox):
    """Attendance of the session under way, about to start, or last and not closed."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.session = context, ""
        self.receipt, self.head, self.count = SaveStatus(), widgets.HTML(), widgets.HTML()
        self.rows: LiveRows[Attendee] = LiveRows(lambda _: AttendeeRow(self), lambda one: one.member)
        self.count.add_class("sg-said")
        narrow = {"width": "auto"}
        field: dict[str, Any] = {
            "style": STYLE,
            "layout": {"width": "auto", "max_width": "34em"},
            "refused": self.receipt.refuse,
        }
        self.words = TextLine(description="Search", placeholder="a name", **field)
        self.everyone = widgets.Button(
            description="Mark the rest here",
            tooltip="Mark everyone who isn’t marked yet as here, except those who said they can’t come",
            layout=narrow,
        )
        self.everyone.add_class("sg-as-link")
        self.guest = TextLine(description="Guest", placeholder="Guest’s name", continuous_update=False, **field)
        self.add = widgets.Button(description="Add guest", tooltip="Add a guest, who is present", layout=narrow)
        self._rows: list[Attendee] = []
        self.words.observe(lambda _: self._look(), "value")
        self.everyone.on_click(lambda _: self._everyone())
        self.add.on_click(lambda _: self._add_guest())
        # Asked once for a session, before anything is recorded more than an hour before its start; and who a guest is.
        self.early, self._asked = Confirm(), ""
        self.confirm = Confirm()
        guests = widgets.HBox([self.guest, self.add], layout={"flex_flow": "row wrap"})
        guests.add_class("sg-enter")
        line = widgets.HBox([self.head, self.count, self.everyone], layout={"flex_flow": "row wrap", "align_items": "center"})
        line.add_class("sg-count-line")
        self._search = widgets.VBox([self.words], layout=widgets.Layout())
        shown = [line, self._search, self.early, self.receipt, self.rows, guests, self.confirm]
        super().__init__(shown)
        sheet(self)
        context.on_change(self.show, *DECIDING, "rsvp", "attendance")
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the journal says; the rows are made anew only when someone came to the roster or answered."""
        session, rows = self.context.workbook.session_to_record(), self._attendees()
        if (session, rows) != (self.session, self._rows):
            self.session, self._rows = session, rows
            self._list()
        # Who is on one page needs no search.
        self._search.layout.display = None if len(rows) > PAGE else "none"
        start = self.context.workbook.schedule.find(session).start
        self.head.value = f"<h3>{start:%A} {start.day} {start:%B %Y}, {start:%H:%M %Z}</h3>"
        for row in self.rows.in_view:
            row.follow()
        self._show_count()

    def _attendees(self) -> list[Attendee]:
        """Return those on the roster on the session's day, and who has an entry beside them, by name."""
        workbook = self.context.workbook
        session = workbook.session_to_record()
        found = workbook.schedule.find(session)
        day, members, current_state = found.start.date(), workbook.roster.members_at(found), workbook.current
        away = {one.member for one in current_state.current(Away) if one.first <= day <= one.last}
        rows = []
        for person in current_state.current(Person):
            rsvp = workbook.latest(Rsvp, session, person.member)
            named = rsvp is not None or workbook.latest(Attendance, session, person.member) is not None
            if person.member not in members and not named:
                continue
            said = _SAID[rsvp.answer] if rsvp else "away" if person.member in away else ""
            is_guest = person.member not in members
            checked_in = self._checked_in(session, person.member)
            rows.append(Attendee(person.member, person.name, is_guest, said, rsvp.why if rsvp else "", checked_in))
        return sorted(rows, key=lambda one: (one.guest, comparable(one.name)))

    def _checked_in(self, session: str, member: str) -> str:
        """Return when a member checked in, where what someone else entered about them is current; else an empty text."""
        workbook = self.context.workbook
        held = workbook.latest(Attendance, session, member)
        own = workbook.check_in(session, member) if held is not None and held.by != member else None
        return clock_time(own.at, self.context.workbook) if own and held and own.state != held.state else ""

    def _list(self) -> None:
        words = comparable(self.words.value[:200]).split()
        rows = [one for one in self._rows if all(word in comparable(one.name) for word in words)]
        self.rows.show(rows, "No matches." if words else "No one is on the roster yet. Add people above.")

    def _look(self) -> None:
        self.rows.first()
        self._list()

    def _show_count(self) -> None:
        by_row = [(one, held.state if held else "") for one, held in zip(self._rows, map(self.held, self._rows), strict=True)]
        states = [state for _, state in by_row]
        there = [one for one, state in by_row if state in WAS_THERE]
        guests = sum(one.guest for one in there)
        members = sum(not one.guest for one in self._rows)
        parts = [f"{states.count(state)} {label.lower()}" for label, state in STATES if state in states]
        open_ = sum(not one.guest and not state for one, state in by_row)
        self.count.value = (
            f"<strong>{came_in_words(members, len(there) - guests, guests, 'there')}</strong>"
            f"{': ' + ', '.join(parts) if parts else ''}{f' · {open_} not marked' if open_ else ''}"
        )

    def held(self, one: Attendee) -> Attendance | None:
        """Return what is current of someone's attendance."""
        return self.context.workbook.latest(Attendance, self.session, one.member)

    # --- saving -------------------------------------------------------------------------------------------------------

    def _must_ask(self, then: Callable[[], object]) -> bool:
        """Ask, where it is early and no one was asked yet, whether to go on and do ``then``; return whether it asks."""
        session = self.session
        if self._asked == session or not (when := early_start(self.context.workbook, session)):
            return False
        self.receipt.clear()
        self.early.ask(ask_early(when), ("Record anyway", lambda: self._go_on(session, then)), leave="Not yet")
        return True

    def _go_on(self, session: str, then: Callable[[], object]) -> None:
        """Record what waited for the answer, unless another session has come meanwhile."""
        if session == self.session:
            self._asked = session
            then()
            self.show()

    def save(self, one: Attendee, state: str, seen: str) -> bool:
        """Enter someone's attendance, and return whether it was saved; ``seen`` as ``FormContext.save`` has it."""
        if self._must_ask(lambda: self.save(one, state, seen)):
            return False
        label = ONE_TAP.get(state, {name: word for word, name in STATES}[state]).lower()
        about = {"session": self.session, "member": one.member, "state": state}
        what = f"{one.name} {label}"
        return self.context.save(self.receipt, "attendance", seen=seen, what=what, **about) is not None

    def clear(self, one: Attendee, seen: str) -> bool:
        """Undo someone's attendance, and return whether that was saved; ``seen`` as ``FormContext.save`` has it."""
        about = {"session": self.session, "member": one.member}
        return self.context.clear(self.receipt, "attendance", seen=seen, told=f"{one.name} isn’t marked yet.", **about)

    def _everyone(self) -> None:
        """Enter present for everyone who is not marked yet, except those who said that they can't come."""
        workbook, made = self.context.workbook, []
        with self.context.acting(self.receipt):
            workbook.refresh()
            left = [one for one in self._rows if self.held(one) is None and one.rsvp not in _STAYS_AWAY]
            if not left:
                self.receipt.tell("Everyone is marked, or said they can’t come.")
                return
            if self._must_ask(self._everyone):
                return
            try:
                for one in left:
                    made.append(attend(workbook, self.session, one.member, "present", by=self.context.by))
            finally:
                self.context.changed()
            people = counted(len(made), "person", "people")
            self.receipt.tell(
                f"Saved {clock_time(made[-1].at, self.context.workbook)}: {people} here", undo=lambda: self._take_back(made)
            )

    def _take_back(self, records: Sequence[Attendance]) -> None:
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            # What was changed since stays as it is.
            held = [record for record in records if workbook.latest(Attendance, *record.subject) == record]
            for record in held:
                workbook.undo(record.id, by=self.context.by)
            self.context.changed()
            self.receipt.tell(f"Undid {counted(len(held), 'entry', 'entries')}.")

    def _add_guest(self) -> None:
        """Put a guest on the roster for this session, present."""
        with self.context.acting(self.receipt):
            if not self.guest.value.strip():
                # After the second half of a double click, what the first one did and its Undo stay.
                if not self.receipt.tells_of_a_save:
                    self.receipt.tell("Type the guest’s name first.", "wrong")
                return
            if self._must_ask(self._add_guest):
                return
            self.context.workbook.refresh()
            if ask_who(self.confirm, self.context.workbook, self.guest.value, self._known, self._new_guest):
                self.receipt.clear()

    def _known(self, person: Person) -> None:
        """Enter that someone is present whose name was typed for a guest's."""
        self.guest.value = ""
        one = next((one for one in self._rows if one.member == person.member), None)
        if one is None:
            self._new_guest(person.name)
            return
        held = self.held(one)
        self.save(one, "present", held.id if held else "")

    def _new_guest(self, name: str) -> None:
        with self.context.acting(self.receipt):
            day = self.context.workbook.schedule.find(self.session).start.date()
            person = self.context.workbook.add_person(name, by=self.context.by, guest=True, left=day)
            self.guest.value = ""
            about = {"session": self.session, "member": person.member, "state": "present"}
            self.context.save(self.receipt, "attendance", what=f"{person.name}, a guest, here", **about)


OTHER = "Other"


class AttendeeRow(RowBox[Attendee]):
    """One person's attendance, with one click."""

    def __init__(self, form: AttendanceForm) -> None:
        self.form, self.seen = form, ""
        self.one: Attendee | None = None
        self.name = widgets.HTML(layout=form.rows.text_layout)
        words = [(word, name) for name, word in ONE_TAP.items()]
        self.choice = Choice(words, "Attendance", self._save, form.receipt.refuse, clear=self._clear)
        self.other = Pick("", [(OTHER, ""), *IN_LIST], form.receipt.refuse)
        self.other.layout = {"width": "108px"}
        self.other.observe(lambda change: self._pick(change["new"]), "value")
        self._quiet = False
        states = widgets.HBox([self.choice, self.other], layout={"align_items": "center", "flex": "0 0 auto"})
        states.add_class("sg-states")
        super().__init__([self.name, states], form.rows.line_layout)
        self.add_class("sg-attendee")

    def show_row(self, one: Attendee) -> None:
        """Show someone, with what was entered of them."""
        self.one = one
        self.name.value = block("attendee", one.name, one.guest, one.rsvp, one.why, one.checked_in)
        self.choice.tooltip = f"Attendance of {one.name}"
        self.other.tooltip = f"Other attendance of {one.name}"
        self.follow()

    def follow(self) -> None:
        """Show what is current."""
        held = self.form.held(self.one) if self.one else None
        self.seen = held.id if held else ""
        self.choice.show(held.state if held else None)
        self._quiet = True
        try:
            self.other.value = held.state if held and held.state not in ONE_TAP else ""
        finally:
            self._quiet = False
        (self.add_class if held is None else self.remove_class)("sg-unmarked")
        (self.add_class if self.other.value else self.remove_class)("sg-other")

    def _pick(self, state: str) -> None:
        """Enter a state of the list; "Other" is none."""
        if self._quiet:
            return
        if state:
            self._save(state)
        else:
            self.follow()

    def _save(self, state: str) -> None:
        if self.one and not self.form.save(self.one, state, self.seen):
            self.follow()

    def _clear(self) -> None:
        if self.one and not self.form.clear(self.one, self.seen):
            self.follow()
