"""Who is there: the roster as one-click rows, with what each answered before, guests, and a live count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from studygroup.forms import widgets
from studygroup.forms.blocks import block
from studygroup.forms.desk import DECIDING, Desk, Receipt
from studygroup.forms.fields import Choice
from studygroup.forms.form import STYLE, clock_time, counted, sheet
from studygroup.forms.inputs import Line
from studygroup.forms.rows import LiveRows, RowBox
from studygroup.journal.records import WAS_THERE, Attendance, Away, Person, Rsvp
from studygroup.text import comparable

STATES = [("Present", "present"), ("Late", "late"), ("Left early", "left_early"), ("Absent", "absent"), ("Excused", "excused")]
_SAID = {"yes": "comes", "maybe": "maybe", "no": "cannot come"}
_STAYS_AWAY = {"cannot come", "away"}


class Attendee(msgspec.Struct, frozen=True):
    """A row: somebody of the roster or a guest, and what they answered, empty for nothing."""

    member: str
    name: str
    guest: bool
    rsvp: str
    why: str


class AttendanceForm(widgets.VBox):
    """Attendance of the session under way, about to start, or last and not closed."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.session = desk, ""
        self.receipt, self.head, self.count = Receipt(), widgets.HTML(), widgets.HTML()
        self.rows: LiveRows[Attendee] = LiveRows(lambda _: AttendeeRow(self), lambda one: one.member)
        self.count.add_class("sg-said")
        narrow = {"width": "auto"}
        field: dict[str, Any] = {
            "style": STYLE,
            "layout": {"width": "auto", "max_width": "34em"},
            "refused": self.receipt.refuse,
        }
        self.words = Line(description="Search", placeholder="a name", **field)
        self.everyone = widgets.Button(
            description="Everyone present",
            tooltip="Everyone without an entry was present, but for those who said that they cannot come",
            layout=narrow,
        )
        self.guest = Line(description="Guest", placeholder="their name", **field)
        self.add = widgets.Button(description="Add guest", tooltip="Add a guest, who is present", layout=narrow)
        self._rows: list[Attendee] = []
        self.words.observe(lambda _: self._look(), "value")
        self.everyone.on_click(lambda _: self._everyone())
        self.add.on_click(lambda _: self._add_guest())
        guests = widgets.HBox([self.guest, self.add], layout={"flex_flow": "row wrap"})
        super().__init__([self.head, self.count, self.everyone, self.words, self.receipt, self.rows, guests])
        sheet(self)
        desk.on_change(self.show, *DECIDING, "rsvp", "attendance")
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the journal says; the rows are made anew only when somebody came to the roster or answered."""
        session, rows = self.desk.workbook.session_to_record(), self._attendees()
        if (session, rows) != (self.session, self._rows):
            self.session, self._rows = session, rows
            self._list()
        start = self.desk.workbook.schedule.find(session).start
        self.head.value = f"<h3>{start:%A} {start.day} {start:%B %Y}, {start:%H:%M %Z}</h3>"
        for row in self.rows.in_view:
            row.follow()
        self._show_count()

    def _attendees(self) -> list[Attendee]:
        """Return those on the roster on the session's day, and who has an entry beside them, by name."""
        workbook = self.desk.workbook
        session = workbook.session_to_record()
        day = workbook.schedule.find(session).start.date()
        holdings = workbook.journal.holdings
        away = {one.member for one in holdings.current(Away) if one.first <= day <= one.last}
        found = []
        for person in holdings.current(Person):
            rsvp = workbook.held(Rsvp, session, person.member)
            named = rsvp is not None or workbook.held(Attendance, session, person.member) is not None
            if not (_is_expected(person, day) or named):
                continue
            said = _SAID[rsvp.answer] if rsvp else "away" if person.member in away else ""
            found.append(Attendee(person.member, person.name, person.guest, said, rsvp.why if rsvp else ""))
        return sorted(found, key=lambda one: (one.guest, comparable(one.name)))

    def _list(self) -> None:
        words = comparable(self.words.value[:200]).split()
        rows = [one for one in self._rows if all(word in comparable(one.name) for word in words)]
        self.rows.show(rows, "Nobody has such a name." if words else "Nobody is on the roster yet: add people above.")

    def _look(self) -> None:
        self.rows.first()
        self._list()

    def _show_count(self) -> None:
        states = [held.state if held else "" for held in map(self.held, self._rows)]
        parts = [f"{states.count(state)} {label.lower()}" for label, state in STATES if state in states]
        there, open_ = sum(state in WAS_THERE for state in states), states.count("")
        self.count.value = (
            f"<strong>{there} of {len(states)} there</strong>{': ' + ', '.join(parts) if parts else ''}"
            f"{f' · {open_} without an entry' if open_ else ''}"
        )

    def held(self, one: Attendee) -> Attendance | None:
        """Return what holds of somebody's attendance."""
        return self.desk.workbook.held(Attendance, self.session, one.member)

    # --- saving -------------------------------------------------------------------------------------------------------

    def save(self, one: Attendee, state: str, seen: str) -> bool:
        """Enter somebody's attendance, and return whether it was saved; ``seen`` as ``Desk.save`` has it."""
        label = next(label for label, value in STATES if value == state).lower()
        about = {"session": self.session, "member": one.member, "state": state}
        what = f"{one.name} {label}"
        return self.desk.save(self.receipt, "attendance", seen=seen, what=what, **about) is not None

    def _everyone(self) -> None:
        """Enter present for everyone without an entry, but for those who said that they cannot come."""
        workbook, made = self.desk.workbook, []
        with self.desk.acting(self.receipt):
            workbook.refresh()
            left = [one for one in self._rows if self.held(one) is None and one.rsvp not in _STAYS_AWAY]
            if not left:
                self.receipt.tell("Everyone has an entry, or said that they cannot come.")
                return
            try:
                for one in left:
                    about = {"session": self.session, "member": one.member, "state": "present"}
                    made.append(workbook.enter("attendance", by=self.desk.by, **about))
            finally:
                self.desk.changed()
            people = counted(len(made), "person", "people")
            self.receipt.tell(f"Saved {clock_time(made[-1].at)}: {people} present", undo=lambda: self._take_back(made))

    def _take_back(self, records: Sequence[Attendance]) -> None:
        workbook = self.desk.workbook
        with self.desk.acting(self.receipt):
            # What was changed since stays as it is.
            held = [record for record in records if workbook.held(Attendance, *record.subject) == record]
            for record in held:
                workbook.undo(record.id, by=self.desk.by)
            self.desk.changed()
            self.receipt.tell(f"Taken back: {counted(len(held), 'entry', 'entries')}.")

    def _add_guest(self) -> None:
        """Put a guest on the roster for this session, present."""
        with self.desk.acting(self.receipt):
            if not self.guest.value.strip():
                # After the second half of a double click, what the first one did and its Undo stay.
                if not self.receipt.tells_of_a_save:
                    self.receipt.tell("Type the guest's name first.", "wrong")
                return
            self.desk.workbook.refresh()
            day = self.desk.workbook.schedule.find(self.session).start.date()
            person = self.desk.workbook.add_person(self.guest.value, by=self.desk.by, guest=True, left=day)
            self.guest.value = ""
            about = {"session": self.session, "member": person.member, "state": "present"}
            self.desk.save(self.receipt, "attendance", what=f"{person.name}, a guest, present", **about)


class AttendeeRow(RowBox[Attendee]):
    """One person's attendance, with one click."""

    def __init__(self, form: AttendanceForm) -> None:
        self.form, self.seen = form, ""
        self.one: Attendee | None = None
        self.name = widgets.HTML(layout=form.rows.text_layout)
        self.choice = Choice(STATES, "Attendance", self._save, form.receipt.refuse)
        super().__init__([self.name, self.choice], form.rows.line_layout)

    def show_row(self, one: Attendee) -> None:
        """Show somebody, with what was entered of them."""
        self.one = one
        self.name.value = block("attendee", one.name, one.guest, one.rsvp, one.why)
        self.choice.tooltip = f"Attendance of {one.name}"
        self.follow()

    def follow(self) -> None:
        """Show what holds."""
        held = self.form.held(self.one) if self.one else None
        self.seen = held.id if held else ""
        self.choice.show(held.state if held else None)

    def _save(self, state: str) -> None:
        if self.one and not self.form.save(self.one, state, self.seen):
            self.follow()


def _is_expected(person: Person, day: date) -> bool:
    """Whether a person belongs to the group on a day; a guest only where an entry says so."""
    joined, left = person.joined, person.left
    return not person.guest and (joined is None or joined <= day) and (left is None or left >= day)
