"""The pace of a session: minutes of each part, which of them are pinned, and one click when the room is another one."""

from __future__ import annotations

from collections.abc import Callable

from studygroup.errors import RecordError, StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import close, row
from studygroup.forms.kit.form_context import ON_AGENDAS, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Number, Tick
from studygroup.forms.layout.fold import Fold
from studygroup.forms.session.session_form import SessionForm
from studygroup.journal.types.records import Pace
from studygroup.meeting.after.feedback import last_feedback
from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.before.pace import paced
from studygroup.meeting.before.room import pace_fields, pins_of, same_room


class PaceForm(SessionForm):
    """Why the running order is as it is, a button that follows the room, and, unfolded, the parts with their minutes and pins."""

    def __init__(self, context: FormContext, session: Callable[[], str]) -> None:
        super().__init__(context, session)
        self.about, self.parts = widgets.HTML(), widgets.VBox()
        self.follow = widgets.Button(description="Follow the room", layout=widgets.Layout(width="auto"))
        self.save = widgets.Button(description="Save pins", layout=widgets.Layout(width="auto", align_self="flex-start"))
        self.follow.on_click(lambda _: self._follow())
        self.save.on_click(lambda _: self._save())
        self.fold = Fold("Running order and pins", self._unfolded)
        self._rows: dict[str, PartRow] = {}
        self._shown: tuple[str, tuple[tuple[str, int, bool], ...]] | None = None
        self._seen = ""
        self._lay_out(self.about, self.follow, self.receipt, self.fold)
        context.on_change(self.show, *ON_AGENDAS, "feedback")
        self.show()

    def show(self) -> None:
        """Show the pace that counts now; minutes that are being typed stay until it is another one."""
        workbook = self.context.workbook
        with workbook.lock:
            try:
                agenda = self.context.agenda_for(self._session())
            except StudygroupError:
                self.about.value, self.fold.layout.display = "", "none"
                return
            held = workbook.latest(Pace, agenda.session)
            self._seen = held.id if held else ""
            other = held is not None and not same_room(agenda.room, held)
            now = self._for_now(agenda, held) if other else ""
            said = last_feedback(workbook, workbook.schedule.find(agenda.session))
            self.about.value = (block("feedback", said) if said else "") + block("pace", agenda.pace, now)
            self.follow.layout.display = None if other else "none"
            self._show_parts(agenda, pins_of(held))

    def _for_now(self, agenda: Agenda, held: Pace | None) -> str:
        """Return what the pace would be for the room as it is now."""
        try:
            found = paced(self.context.workbook.settings, agenda.length_min, agenda.room, pins_of(held))
        except RecordError as error:
            return str(error)
        return found.reason or "No one has replied or read yet: the usual pace."

    def _show_parts(self, agenda: Agenda, pins: dict[str, int]) -> None:
        parts = tuple((one.name, one.minutes, one.name in pins) for one in agenda.running_order)
        if (agenda.session, parts) == self._shown:
            return
        self._shown = agenda.session, parts
        if tuple(self._rows) != tuple(title for title, _, _ in parts):
            old = self.parts.children
            self._rows = {title: PartRow(title, self.receipt) for title, _, _ in parts}
            self.parts.children = tuple(self._rows.values())
            for widget in old:
                close(widget)
        for title, minutes, pinned in parts:
            self._rows[title].show(minutes, pinned)

    def _unfolded(self) -> widgets.Widget:
        return widgets.VBox(
            [
                widgets.HTML(block("told_next", "A pinned part keeps its minutes; the others share the rest.")),
                self.parts,
                self.save,
            ]
        )

    def _follow(self) -> None:
        held = self.context.workbook.latest(Pace, self._session())
        self._keep(pins_of(held), "the pace for this room")

    def _save(self) -> None:
        if problem := next((one.minutes.problem for one in self._rows.values() if one.pin.value and one.minutes.problem), ""):
            self.receipt.tell(problem, "wrong")
            return
        pins = {title: int(one.minutes.value) for title, one in self._rows.items() if one.pin.value}
        self._keep(pins, "the pace, with its pins" if pins else "the pace")

    def _keep(self, pins: dict[str, int], what: str) -> None:
        with self.context.acting(self.receipt):
            session = self._session()
            agenda = self.context.agenda_for(session)
            fields = pace_fields(self.context.workbook.settings, agenda.length_min, agenda.room, pins)
            self.context.save(self.receipt, "pace", seen=self._seen, session=session, what=what, **fields)


class PartRow(widgets.HBox):
    """One part of the running order: its minutes, and whether they are pinned; typing minutes pins them."""

    def __init__(self, title: str, receipt: SaveStatus) -> None:
        self.title, self._quiet = title, False
        self.minutes = Number(
            least=1,
            most=600,
            description=title,
            refused=receipt.refuse,
            layout={"width": "22em"},
            style={"description_width": "15em"},
        )
        self.pin = Tick(
            description="Pin", indent=False, refused=receipt.refuse, layout={"width": "auto"}, tooltip=f"Pin {title}"
        )
        self.minutes.observe(lambda _: self._typed(), "value")
        super().__init__([self.minutes, self.pin], layout={"flex_flow": "row wrap", "align_items": "center"})
        row(self)

    def show(self, minutes: int, pinned: bool) -> None:
        """Show what counts."""
        self._quiet = True
        try:
            self.minutes.value, self.pin.value = minutes, pinned
        finally:
            self._quiet = False

    def _typed(self) -> None:
        if not self._quiet:
            self.pin.value = True
