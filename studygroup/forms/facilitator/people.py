"""The roster: who is a member, a facilitator, a guest; joining, changing, leaving and coming back."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import msgspec

from studygroup.errors import NotSavedError, RecordError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm, ask_who
from studygroup.forms.kit.form import STYLE, counted, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Day, TextLine
from studygroup.forms.kit.pickers import FIELD, Pick, ZoneField
from studygroup.forms.kit.rows import ButtonRow, Editor, LiveRows
from studygroup.journal.types.records import Person
from studygroup.text.text import comparable, or_list, to_day
from studygroup.workbook.identity import HUB, note_me

ROLES = [("Member", "member"), ("Facilitator", "facilitator"), ("Guest, for one session", "guest")]
SHOWN = [
    ("Current", "here"),
    ("Facilitators", "facilitators"),
    ("Guests", "guests"),
    ("Former", "left"),
    ("Everyone", "all"),
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

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.listed = context, SaveStatus(), SaveStatus()
        self.about = widgets.HTML()
        self.name = TextLine(
            description="Name", placeholder="Full name", style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.zone, self.role = ZoneField(self.receipt.refuse), Pick("Role", ROLES, self.receipt.refuse)
        self.role.layout = FIELD
        self.since = Day(
            description="Since", tooltip="Their first day as a member; empty: today", style=STYLE, refused=self.receipt.refuse
        )
        self.since.layout = FIELD
        self.add = widgets.Button(
            description="Add",
            button_style="primary",
            icon="plus",
            layout={"width": "auto", "margin": "2px 2px 2px calc(8em + 10px)"},
        )
        self.words = TextLine(
            description="Search", placeholder="a part of a name", style=STYLE, layout=FIELD, refused=self.listed.refuse
        )
        self.which = Pick("Show", SHOWN, self.listed.refuse)
        self.rows: LiveRows[PersonRow] = LiveRows(self._row, lambda row: row.person.member)
        self.roster = widgets.VBox([self.words, self.which, self.listed, self.rows], layout=widgets.Layout())
        self.confirm = Confirm()
        self._shown: object = None
        self.add.on_click(lambda _: self._add())
        for field in (self.words, self.which):
            field.observe(lambda _: self._look(), "value")
        fields = [self.about, self.name, self.zone, self.role, self.since, self.add]
        super().__init__([*fields, self.confirm, self.receipt, self.roster])
        sheet(self)
        context.on_change(self.show)
        self.show()

    # What is there

    def show(self) -> None:
        """Show the roster as the journal has it; what is being typed stays."""
        workbook = self.context.workbook
        wanted = self.context.version("person"), workbook.today(), self.words.value, self.which.value, self.context.by
        if wanted == self._shown:
            return
        self._shown = wanted
        everyone = self._everyone()
        if not everyone:
            self.context.by = ""
        self._show_first(not everyone)
        words = comparable(self.words.value[:200]).split()
        rows = [row for row in everyone if row.is_among(str(self.which.value)) and all(word in row.found_by for word in words)]
        if everyone:
            self.about.value = f"<p class='sg-quiet'>{_count(everyone)}</p>"
        self.rows.show(rows, "No matches." if everyone else "")

    def _show_first(self, first: bool) -> None:
        """Ask who sits here where no one is on the roster."""
        if first:
            self.about.value = "<p><strong>Add yourself first.</strong> You become the facilitator; then add the others.</p>"
            if not self.name.value:
                self.name.value = os.environ.get(HUB, "")
        self.add.description = "Add yourself" if first else "Add"
        self.role.layout.display = self.since.layout.display = self.roster.layout.display = "none" if first else None

    def _everyone(self) -> list[PersonRow]:
        workbook = self.context.workbook
        roster, today = workbook.roster, workbook.today()
        facilitators, named = set(workbook.facilitators), set(workbook.settings.facilitators)
        rows = [
            PersonRow(
                person,
                member in facilitators,
                member in named and member in facilitators,
                roster.is_here(member, today),
            )
            for member, person in roster.people.items()
            if member not in roster.forgotten
        ]
        return sorted(rows, key=lambda row: (comparable(row.person.name), row.person.member))

    def _look(self) -> None:
        with self.context.acting(self.listed):
            self.rows.first()
            self.show()

    def _row(self, _: PersonRow) -> widgets.Widget:
        def shown(row: PersonRow) -> str:
            return block("person", *msgspec.structs.astuple(row))

        return ButtonRow(self.rows, "Change", shown, lambda row: f"Change {row.person.name}", self._edit)

    # Adding

    def _add(self) -> None:
        name = self.name.value
        self.confirm.dismiss()
        if not name.strip() and self.receipt.tells_of_a_save:
            return
        with self.context.acting(self.receipt):
            if ask_who(self.confirm, self.context.workbook, name, self._known, self._enter_new):
                self.receipt.clear()

    def _known(self, person: Person) -> None:
        """Add no one who is here already, and welcome back who had left."""
        if person.left is not None and person.left <= self.context.workbook.today():
            self._enter_new(person.name)
            return
        self.name.value = self.zone.value = ""
        self.receipt.tell(f"{person.name} is already on the roster; no one was added.")

    def _enter_new(self, name: str) -> None:
        first = not self.context.by
        role = "facilitator" if first else self.role.value

        def enter() -> Person:
            workbook = self.context.workbook
            return workbook.add_person(
                name,
                by=self.context.by or None,
                role="facilitator" if role == "facilitator" else "member",
                zone=self.zone.value.strip(),
                guest=role == "guest",
                left=self._session_day() if role == "guest" else None,
                since=self.since.value if role != "guest" else None,
            )

        what = f"{name.strip()[:80]} is on the roster"
        if role == "guest":
            with self.context.acting(self.receipt):
                what += f" as a guest of {to_day(self._session_day())}"
        added = self.context.enter(self.receipt, "person", {}, what=what, way=self._once_there(enter, first))
        if added is not None:
            self.name.value = self.zone.value = ""
            self.role.value, self.since.value = "member", None

    def _once_there(self, enter: Callable[[], Person], first: bool) -> Callable[[], Person]:
        """Return an entry after which the first person of a workbook is the one who sits here."""
        if not first:
            return enter

        def enter_first() -> Person:
            if self.context.workbook.people:
                raise RecordError("Someone was added in the meantime. Choose at the top of the notebook who you are.")
            person = enter()
            self.context.by = person.member
            # Where it cannot be noted they are on the roster all the same; the next start asks who sits here.
            with suppress(NotSavedError, OSError):
                note_me(self.context.workbook, person.member)
            return person

        return enter_first

    def _session_day(self) -> date:
        return self.context.workbook.schedule.find(self.context.session).start.date()

    # Changing

    def _edit(self, row: PersonRow) -> None:
        person = row.person
        place = PersonEditor(row, lambda: self._save(place), lambda: self.rows.done(person.member))
        place.back.on_click(lambda _: self._save(place, "back"))
        place.retire.on_click(lambda _: self._ask_to_retire(place))
        self.rows.edit(person.member, place)

    def _ask_to_retire(self, place: PersonEditor) -> None:
        """Ask before someone leaves: from then on they are asked nothing more, and may not open the members' page."""
        place.receipt.clear()
        day = place.left.value or self.context.workbook.today()
        place.confirm.ask(
            f"{place.row.person.name} leaves on {to_day(day)}? What they entered stays.",
            ("Yes, they leave", lambda: self._save(place, "retire")),
            leave="They stay",
            danger=True,
        )

    def _save(self, place: PersonEditor, move: str = "", *, asked: bool = False) -> None:
        """Save what the fields say; with ``move`` "back" or "retire" the person comes back or leaves, today if no day is given.

        A new name that is nearly someone else's is saved only once that was ``asked``.
        """
        member = place.row.person.member
        place.confirm.dismiss()
        with self.context.acting(place.receipt):
            changes = place.changes()
            name = changes["name"]
            like = self.context.workbook.people_like(name, but=member) if name != place.row.person.name and not asked else []
            if like:
                place.receipt.clear()
                place.confirm.ask(
                    f"{name.strip()[:80]} is nearly the name of {or_list(person.name for person in like[:3])}. Give it to "
                    f"{place.row.person.name} all the same?",
                    ("Yes, save it", lambda: self._save(place, move, asked=True)),
                    leave="Do not save it",
                )
                return
            if move == "retire":
                changes["left"] = changes["left"] or self.context.workbook.today()
            if move == "back":
                changes["left"] = self._session_day() if changes["guest"] else None
                # They were away meanwhile.
                changes["joined"] = self.context.workbook.today()
            saved = self.context.enter(
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
            elif held := self.context.latest("person", member=member):
                # What someone else entered was told; saving once more replaces it.
                place.seen = held.id

    def _enter(self, member: str, changes: dict[str, Any]) -> Person:
        """Record a change, unless the group would be without a facilitator: then everyone could change everything."""
        workbook = self.context.workbook
        stays = member in workbook.settings.facilitators or changes["role"] == "facilitator"
        if workbook.facilitators == [member] and not (stays and changes["left"] is None):
            raise RecordError(f"{workbook.people[member].name} is the only facilitator. Make someone else a facilitator first.")
        return workbook.change_person(member, by=self.context.by, **changes)


class PersonEditor(Editor):
    """Where one person's entry is changed."""

    def __init__(self, row: PersonRow, save: Callable[[], None], leave: Callable[[], None]) -> None:
        self.row, self.seen = row, row.person.id
        person = row.person
        receipt = SaveStatus()
        field: dict[str, Any] = {"style": STYLE, "layout": FIELD, "refused": receipt.refuse}
        self.name = TextLine(value=person.name, description="Name", **field)
        self.zone = ZoneField(receipt.refuse, person.zone)
        self.role = Pick("Role", ROLES, receipt.refuse)
        self.role.value = "guest" if person.guest else person.role
        self.joined = Day(value=person.joined, description="First day", tooltip="Since when they belong to the group", **field)
        self.left = Day(value=person.left, description="Last day", tooltip="Leave empty for someone who stays", **field)
        self.back = widgets.Button(description="Welcome back", tooltip=f"{person.name} is here again", layout={"width": "auto"})
        self.retire = widgets.Button(
            description="Retire", tooltip="They leave on the last day above, or today", layout={"width": "auto"}
        )
        self.confirm = Confirm()
        others = [self.retire if row.here else self.back]
        fields = [self.name, self.zone, self.role, self.joined, self.left, self.confirm]
        super().__init__(fields, save, leave, others=others, receipt=receipt)

    def changes(self) -> dict[str, Any]:
        """Return what the fields say, by the record's fields."""
        role = self.role.value
        return {
            "name": self.name.value,
            "zone": self.zone.value.strip(),
            "role": "facilitator" if role == "facilitator" else "member",
            "guest": role == "guest",
            "joined": self.joined.value or self.row.person.joined,
            "left": self.left.value,
        }


def _what(person: Person, changes: dict[str, Any]) -> str:
    """Return in words what was changed."""
    name = str(changes["name"]).strip()[:80]
    parts = [f"now {name}"] if name != person.name else []
    if (changes["role"], changes["guest"]) != (person.role, person.guest):
        parts.append("guest" if changes["guest"] else str(changes["role"]))
    if changes["joined"] != person.joined:
        parts.append(f"since {changes['joined']}")
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
