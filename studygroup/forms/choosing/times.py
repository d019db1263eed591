"""When a member can meet: a grid of the week for each survey that is open, in the member's own zone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from studygroup.errors import StudygroupError
from studygroup.forms.choosing.hours_grid import NOTHING, HoursGrid, to_marks
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import close, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.pickers import ZoneField
from studygroup.group.slot import zone_or_none
from studygroup.group.usual_week import parse_hours, to_hours
from studygroup.journal.types.records import Availability
from studygroup.meeting.choose.surveys import SurveyView, earlier_answer, own_answer, surveys, zone_for

TIMES = ("survey", "availability", "person", "slot", "plan")
"""The types of what the forms show."""
SHOWN_FOR = timedelta(days=30)
"""How long it is shown what was chosen."""
_LONGEST_ZONE = 60


class HoursForm(widgets.VBox):
    """A member's answer to one survey; what is being marked stays while others answer, and is a draft until it is saved."""

    def __init__(self, context: FormContext, member: str, view: SurveyView) -> None:
        self.context, self.member, self.view, self.receipt = context, member, view, SaveStatus()
        self._seen: str | None = None
        self.about = widgets.HTML()
        self.zone = ZoneField(self.receipt.refuse)
        self.zone.description = "My time zone"
        self.zone.placeholder = "such as Europe/Berlin"
        self.grid = HoursGrid(view.first if view.moves else None, self._keep, self.receipt.refuse)
        self.save = widgets.Button(button_style="primary", icon="check", layout={"width": "auto"})
        self.never = widgets.Button(
            description="I can’t at all", tooltip="None of these hours work for me", layout={"width": "auto"}
        )
        self.save.on_click(lambda _: self._save())
        self.never.on_click(lambda _: self._save(empty=True))
        buttons = widgets.HBox([self.save, self.never], layout={"flex_flow": "row wrap"})
        super().__init__([self.about, self.zone, self.grid, buttons, self.receipt])
        self.show(view)

    @property
    def _draft(self) -> str:
        return f"hours {self.view.id}"

    def show(self, view: SurveyView) -> None:
        """Show how many have answered and which times suit most, and the member's hours where they changed."""
        self.view = view
        held = own_answer(self.context.workbook, view.id, self.member)
        if (held.id if held else "") != self._seen:
            self._fill(held)
        self.save.description = "Change my hours" if held else "Save my hours"
        own = ZoneInfo(self._known_zone())
        best = [(one.start.astimezone(own), one.counts()) for one in view.best]
        self.about.value = block("survey", view, held is not None, best, own.key)

    def _fill(self, held: Availability | None) -> None:
        """Put into the fields what was saved, or what is a draft since; at first what the member said in the last survey."""
        first, self._seen = self._seen is None, held.id if held else ""
        workbook = self.context.workbook
        said = held or (None if self.view.moves else earlier_answer(workbook, self.member))
        self.zone.value = (said.zone if said else "") or zone_for(workbook, self.member)
        draft = self.context.drafts.get(self._draft) if first else None
        if draft is not None and draft.seen == self._seen:
            self.grid.load(draft.text)
            self.receipt.tell("What you marked isn’t saved yet.", "busy")
        else:
            self.grid.load(to_marks(parse_hours(said.can), parse_hours(said.if_need_be)) if said else NOTHING)

    def _known_zone(self) -> str:
        named = self.zone.value.strip()[:_LONGEST_ZONE]
        return named if zone_or_none(named) else zone_for(self.context.workbook, self.member)

    def _keep(self) -> None:
        """Keep what is marked until it is saved."""
        try:
            self.context.drafts.keep(self._draft, self.grid.marks, self._seen or "")
        except StudygroupError as error:
            self.receipt.tell(str(error), "wrong")

    def _save(self, *, empty: bool = False) -> None:
        if empty:
            self.grid.load(NOTHING)
        elif self.grid.marks == NOTHING:
            self.receipt.tell("Mark the hours that suit you first, or press I can’t at all.", "wrong")
            return
        about: dict[str, Any] = {
            "survey": self.view.id,
            "member": self.member,
            "zone": self.zone.value.strip()[:_LONGEST_ZONE] or zone_for(self.context.workbook, self.member),
            "can": to_hours(self.grid.can),
            "if_need_be": to_hours(self.grid.if_need_be),
        }
        what = "you can’t at all" if empty else "your hours"
        marked, seen = self.grid.marks, self._seen or ""
        if self.context.save(self.receipt, "availability", seen=seen, what=what, **about) is not None:
            self.context.drafts.drop(self._draft)
            return
        # What someone else entered meanwhile is known now; what is marked here stays, to be saved once more.
        held = own_answer(self.context.workbook, self.view.id, self.member)
        self._seen = held.id if held else ""
        self.grid.load(marked)


class TimesForm(widgets.VBox):
    """The surveys that are open, and what was chosen last."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member = context, member
        self.asked, self.told = widgets.VBox(), widgets.HTML()
        self._forms: dict[str, HoursForm] = {}
        super().__init__([self.asked, self.told])
        sheet(self)
        context.on_change(self.show, *TIMES)
        self.show()

    def show(self) -> None:
        """Show what the journal says; what is being marked stays."""
        workbook = self.context.workbook
        with workbook.lock:
            found = surveys(workbook)
            shown = {f"{one.id} {one.first} {one.moves}": one for one in found if one.is_open and self.member in one.members}
            old = self._forms
            self._forms = {key: old.get(key) or HoursForm(self.context, self.member, view) for key, view in shown.items()}
            for key, form in self._forms.items():
                if key in old:
                    form.show(shown[key])
            if old.keys() != self._forms.keys():
                self.asked.children = list(self._forms.values())
            for key in old.keys() - self._forms.keys():
                close(old[key])
            recent = [one for one in found if one.chosen and one.chosen > workbook.clock() - SHOWN_FOR]
            self.told.value = block("chosen_times", [one.outcome for one in recent[:2]], bool(shown))
