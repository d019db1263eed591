"""The roster: who is a member, a facilitator, a guest; joining, changing, leaving and coming back."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from studygroup.errors import NotSavedError, RecordError
from studygroup.forms import widgets
from studygroup.forms.blocks import block
from studygroup.forms.desk import Desk, Receipt
from studygroup.forms.form import STYLE, counted, sheet
from studygroup.forms.inputs import Day, Line
from studygroup.forms.picks import FIELD, Pick, ZoneField
from studygroup.forms.rows import ButtonRow, Editor, LiveRows
from studygroup.identity import HUB, note_me
from studygroup.journal.records import Person
from studygroup.text import comparable, to_day

ROLES = [("Member", "member"), ("Facilitator", "facilitator"), ("Guest, for one session", "guest")]
SHOWN = [
    ("who is here now", "here"),
    ("facilitators", "facilitators"),
    ("guests", "guests"),
    ("who left", "left"),
    ("everybody", "all"),
]


class PersonRow(msgspec.Struct, frozen=True):
    """What a row of the roster shows."""

    person: Person
    facilitator: bool
    by_settings: bool
    here: bool

    @property
    def found_by(self) -> str:
        """What a search looks through."""
        return comparable(f"{self.person.name} {self.person.member} {self.person.zone}")

    def is_among(self, which: str) -> bool:
        """Whether it is among those that ``SHOWN`` names."""
        return {
            "here": self.here,
            "facilitators": self.facilitator,
            "guests": self.person.guest,
            "left": not self.here,
        }.get(which, True)


class PeopleForm(widgets.VBox):
    """The roster of a workbook, and the first person's entry into it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.receipt, self.listed = desk, Receipt(), Receipt()
        self.about = widgets.HTML()
        self.name = Line(
            description="Name", placeholder="as others call them", style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.zone, self.role = ZoneField(self.receipt.refuse), Pick("As", ROLES, self.receipt.refuse)
        self.role.layout = FIELD
        self.add = widgets.Button(
            description="Add",
            button_style="primary",
            icon="plus",
            layout={"width": "auto", "margin": "2px 2px 2px calc(8em + 10px)"},
        )
        self.words = Line(
            description="Search", placeholder="a part of a name", style=STYLE, layout=FIELD, refused=self.listed.refuse
        )
        self.which = Pick("Show", SHOWN, self.listed.refuse)
        self.rows: LiveRows[PersonRow] = LiveRows(self._row, lambda row: row.person.member)
        self.roster = widgets.VBox([self.words, self.which, self.listed, self.rows], layout=widgets.Layout())
        self._shown: object = None
        self.add.on_click(lambda _: self._add())
        for field in (self.words, self.which):
            field.observe(lambda _: self._look(), "value")
        super().__init__([self.about, self.name, self.zone, self.role, self.add, self.receipt, self.roster])
        sheet(self)
        desk.on_change(self.show)
        self.show()

    # What stands there

    def show(self) -> None:
        """Show the roster as the journal has it; what is being typed stays."""
        workbook = self.desk.workbook
        wanted = self.desk.version("person"), workbook.today(), self.words.value, self.which.value, self.desk.by
        if wanted == self._shown:
            return
        self._shown = wanted
        everybody = self._everybody()
        if not everybody:
            self.desk.by = ""
        self._show_first(not everybody)
        words = comparable(self.words.value[:200]).split()
        rows = [row for row in everybody if row.is_among(str(self.which.value)) and all(word in row.found_by for word in words)]
        if everybody:
            self.about.value = f"<p class='sg-quiet'>{_count(everybody)}</p>"
        self.rows.show(rows, "Nobody fits." if everybody else "")

    def _show_first(self, first: bool) -> None:
        """Ask who sits here where nobody is on the roster."""
        if first:
            self.about.value = "<p><strong>Add yourself first.</strong> You become the facilitator; then add the others.</p>"
            if not self.name.value:
                self.name.value = os.environ.get(HUB, "")
        self.add.description = "Add yourself" if first else "Add"
        self.role.layout.display = self.roster.layout.display = "none" if first else None

    def _everybody(self) -> list[PersonRow]:
        workbook = self.desk.workbook
        people, today = workbook.people, workbook.today()
        facilitators, named = set(workbook.facilitators), set(workbook.settings.facilitators)
        rows = [
            PersonRow(
                person,
                member in facilitators,
                member in named and member in facilitators,
                person.left is None or person.left >= today,
            )
            for member, person in people.items()
        ]
        return sorted(rows, key=lambda row: (comparable(row.person.name), row.person.member))

    def _look(self) -> None:
        with self.desk.acting(self.listed):
            self.rows.first()
            self.show()

    def _row(self, _: PersonRow) -> widgets.Widget:
        def shown(row: PersonRow) -> str:
            return block("person", *msgspec.structs.astuple(row))

        return ButtonRow(self.rows, "Change", shown, lambda row: f"Change {row.person.name}", self._edit)

    # Adding

    def _add(self) -> None:
        name = self.name.value
        if not name.strip() and self.receipt.tells_of_a_save:
            return
        first = not self.desk.by
        role = "facilitator" if first else self.role.value

        def enter() -> Person:
            workbook = self.desk.workbook
            return workbook.add_person(
                name,
                by=self.desk.by or None,
                role="facilitator" if role == "facilitator" else "member",
                zone=self.zone.value.strip(),
                guest=role == "guest",
                left=self._session_day() if role == "guest" else None,
            )

        what = f"{name.strip()[:80]} is on the roster"
        if role == "guest":
            with self.desk.acting(self.receipt):
                what += f" as a guest of {to_day(self._session_day())}"
        added = self.desk.enter(self.receipt, "person", {}, what=what, way=self._once_there(enter, first))
        if added is not None:
            self.name.value = self.zone.value = ""
            self.role.value = "member"

    def _once_there(self, enter: Callable[[], Person], first: bool) -> Callable[[], Person]:
        """Return an entry after which the first person of a workbook is the one who sits here."""
        if not first:
            return enter

        def enter_first() -> Person:
            if self.desk.workbook.people:
                raise RecordError(
                    "Somebody was added meanwhile. Say who you are with `studygroup me NAME`, then run the notebook again."
                )
            person = enter()
            self.desk.by = person.member
            # Where it cannot be noted they are on the roster all the same; the next start asks who sits here.
            with suppress(NotSavedError, OSError):
                note_me(self.desk.workbook, person.member)
            return person

        return enter_first

    def _session_day(self) -> date:
        return self.desk.workbook.schedule.find(self.desk.session).start.date()

    # Changing

    def _edit(self, row: PersonRow) -> None:
        person = row.person
        place = PersonEditor(row, lambda: self._save(place), lambda: self.rows.done(person.member))
        place.answers(place.back, lambda: self._save(place, "back"))
        place.answers(place.retire, lambda: self._save(place, "retire"))
        self.rows.edit(person.member, place)

    def _save(self, place: PersonEditor, move: str = "") -> None:
        """Save what the fields say; with ``move`` "back" or "retire" the person comes back or leaves, today if no day is given."""
        member = place.row.person.member
        with self.desk.acting(place.receipt):
            changes = place.changes()
            if move == "retire":
                changes["left"] = changes["left"] or self.desk.workbook.today()
            if move == "back":
                changes["left"] = self._session_day() if changes["guest"] else None
            saved = self.desk.enter(
                place.receipt,
                "person",
                {"member": member, **changes},
                seen=place.seen,
                what=_what(place.row.person, changes),
                way=lambda: self._enter(member, changes),
                beside=self.listed,
            )
            if saved is not None:
                self.rows.done(member)
            elif held := self.desk.held("person", member=member):
                # What somebody else entered was told; saving once more replaces it.
                place.seen = held.id

    def _enter(self, member: str, changes: dict[str, Any]) -> Person:
        """Record a change, unless the group would be without a facilitator: then everybody could change everything."""
        workbook = self.desk.workbook
        stays = member in workbook.settings.facilitators or changes["role"] == "facilitator"
        if workbook.facilitators == [member] and not (stays and changes["left"] is None):
            raise RecordError(f"{workbook.people[member].name} is the only facilitator. Make somebody else one first.")
        return workbook.change_person(member, by=self.desk.by, **changes)


class PersonEditor(Editor):
    """Where one person's entry is changed."""

    def __init__(self, row: PersonRow, save: Callable[[], None], leave: Callable[[], None]) -> None:
        self.row, self.seen = row, row.person.id
        person = row.person
        receipt = Receipt()
        field: dict[str, Any] = {"style": STYLE, "layout": FIELD, "refused": receipt.refuse}
        self.name = Line(value=person.name, description="Name", **field)
        self.zone = ZoneField(receipt.refuse, person.zone)
        self.role = Pick("As", ROLES, receipt.refuse)
        self.role.value = "guest" if person.guest else person.role
        self.left = Day(value=person.left, description="Last day", tooltip="Empty for who stays", **field)
        self.back = widgets.Button(description="Welcome back", tooltip=f"{person.name} is here again", layout={"width": "auto"})
        self.retire = widgets.Button(
            description="Retire", tooltip="They leave on the last day above, or today", layout={"width": "auto"}
        )
        others = [self.retire if row.here else self.back]
        super().__init__([self.name, self.zone, self.role, self.left], save, leave, others=others, receipt=receipt)

    def changes(self) -> dict[str, Any]:
        """Return what the fields say, by the record's fields."""
        role = self.role.value
        return {
            "name": self.name.value,
            "zone": self.zone.value.strip(),
            "role": "facilitator" if role == "facilitator" else "member",
            "guest": role == "guest",
            "left": self.left.value,
        }


def _what(person: Person, changes: dict[str, Any]) -> str:
    """Return in words what was changed."""
    name = str(changes["name"]).strip()[:80]
    parts = [f"now {name}"] if name != person.name else []
    if (changes["role"], changes["guest"]) != (person.role, person.guest):
        parts.append("guest" if changes["guest"] else str(changes["role"]))
    if changes["left"] != person.left:
        parts.append(f"until {changes['left']}" if changes["left"] else "stays")
    if changes["zone"] != person.zone:
        parts.append(str(changes["zone"])[:60] or "no time zone")
    return f"{person.name}: {', '.join(parts) or 'as before'}"


def _count(rows: list[PersonRow]) -> str:
    here = [row for row in rows if row.here]
    guests = sum(row.person.guest for row in here)
    left = len(rows) - len(here)
    parts = [counted(len(here) - guests, "member"), *([counted(guests, "guest")] if guests else [])]
    return ", ".join([*parts, *([f"{left:,} who left"] if left else [])])
