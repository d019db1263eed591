"""Find a time, as a facilitator: ask members when they can meet, see which times suit most and why, and choose one."""

from __future__ import annotations

from datetime import date

from studygroup.errors import ScheduleError
from studygroup.forms.choosing.times import SHOWN_FOR, TIMES
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import STYLE, close, sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Day, Number
from studygroup.forms.kit.pickers import FIELD, Pick
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Survey
from studygroup.meeting.before.chosen_time import choose_time, question_before
from studygroup.meeting.choose.surveys import SurveyView, find_survey, first_day, sessions_to_move, surveys, usual_length
from studygroup.meeting.choose.times import PossibleTime
from studygroup.text.text import to_short_day

SHORTEST, LONGEST = 5, 24 * 60


class FindTimeForm(widgets.VBox):
    """The surveys that are open, each with the times that suit most, and a place to open one."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt, self.confirm = context, SaveStatus(), Confirm()
        self.running, self.told = widgets.VBox(), widgets.HTML()
        self.moves = Pick("Find a time for", [("our usual meeting", "")], self.receipt.refuse)
        self.first = Day(
            description="From",
            tooltip="The first day that is asked about",
            style=STYLE,
            layout=FIELD,
            refused=self.receipt.refuse,
        )
        self.minutes = Number(
            description="Minutes", least=SHORTEST, most=LONGEST, style=STYLE, layout=FIELD, refused=self.receipt.refuse
        )
        self.ask = widgets.Button(description="Ask members", button_style="primary", icon="check", layout={"width": "auto"})
        self._id, self._offered = EntryId(), (date.min, 0)
        self.moves.observe(lambda _: self._offer(), "value")
        self.ask.on_click(lambda _: self._ask())
        below = widgets.VBox([self.ask])
        below.add_class("sg-below")
        heading = widgets.HTML("<h3>Ask when members can meet</h3>")
        super().__init__(
            [self.running, self.told, self.confirm, self.receipt, heading, self.moves, self.first, self.minutes, below]
        )
        sheet(self)
        context.on_change(self.show, *TIMES)
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the journal says; what was chosen in the fields stays."""
        workbook = self.context.workbook
        with workbook.lock:
            found = surveys(workbook)
            self._show_open([one for one in found if one.is_open])
            recent = [one for one in found if one.chosen and one.chosen > workbook.clock() - SHOWN_FOR]
            self.told.value = block("chosen_times", [one.outcome for one in recent[:2]], True)
            coming = [(f"the session of {to_short_day(one.start)}", one.id) for one in sessions_to_move(workbook)]
            self.moves.offer([("our usual meeting", ""), *coming])
            self._offer()

    def _offer(self) -> None:
        """Put the usual first day and length into the fields in which nothing else was chosen."""
        workbook, moves = self.context.workbook, str(self.moves.value)
        try:
            first = first_day(workbook, moves)
            offered = first, usual_length(workbook, first, moves)
        except ScheduleError:
            return
        if self.first.value in {None, self._offered[0]}:
            self.first.value = offered[0]
        if self.minutes.value in {0, self._offered[1]}:
            self.minutes.value = offered[1]
        self._offered = offered

    def _show_open(self, views: list[SurveyView]) -> None:
        workbook = self.context.workbook
        names = {member: person.name for member, person in workbook.people.items()}
        children: list[widgets.Widget] = []
        for view in views:
            silent = sorted(names.get(one, one) for one in view.members - view.answered)
            children.append(widgets.HTML(block("answered", view, silent)))
            children += [self._row(view, one, names) for one in view.best]
            stop = widgets.Button(
                description="Stop asking", tooltip="Undo this survey", layout={"width": "auto", "align_self": "flex-start"}
            )
            stop.on_click(lambda _, view=view: self._ask_to_stop(view))
            children.append(stop)
        old, self.running.children = self.running.children, children
        for widget in old:
            close(widget)

    def _row(self, view: SurveyView, one: PossibleTime, names: dict[str, str]) -> widgets.Widget:
        words = f"{to_short_day(one.start) if view.moves else one.start.strftime('%A')}, {one.start:%H:%M}"
        act = widgets.Button(description="Choose", tooltip=f"Choose {words}", layout={"width": "auto"})
        act.on_click(lambda _: self._ask_to_choose(view, one))
        shown = widgets.HTML(block("possible_time", one, words, names), layout={"flex": "1 1 14em", "min_width": "0"})
        box = widgets.HBox([shown, act], layout={"flex_flow": "row wrap", "align_items": "center"})
        box.add_class("sg-row")
        return box

    # --- saving -------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        first, moves = self.first.value, str(self.moves.value)
        # The second half of a double click: this is asked already.
        if self.receipt.tells_of_a_save and any(one.is_open and one.moves == moves for one in surveys(self.context.workbook)):
            return
        if first is None:
            self.receipt.tell("Say from which day on.", "wrong")
            return
        if self.minutes.problem:
            self.receipt.tell(self.minutes.problem, "wrong")
            return
        about = {"first": first, "length_min": self.minutes.value, "moves": moves}
        what = "members are asked on their page"
        if (
            self.context.save(self.receipt, "survey", what=what, id=self._id.of(*about.values()), session=moves, **about)
            is not None
        ):
            self._id.done()

    def _ask_to_stop(self, view: SurveyView) -> None:
        number = len(view.answered)
        question = (
            f"Stop asking for {view.about}? {number} member{'s have' if number != 1 else ' has'} answered; nothing is chosen."
        )
        self.confirm.ask(question, ("Stop asking", lambda: self._stop(view)), leave="Keep it open", danger=True)

    def _stop(self, view: SurveyView) -> None:
        with self.context.acting(self.receipt):
            self.context.undo(self.receipt, self.context.workbook.find_record(view.id))

    def _ask_to_choose(self, view: SurveyView, one: PossibleTime) -> None:
        self.confirm.dismiss()
        with self.context.acting(self.receipt):
            if question := question_before(self.context.workbook, view, one.start):
                self.receipt.clear()
                self.confirm.ask(question, ("Yes, choose it", lambda: self._choose(view, one)), leave="Leave it as it is")
                return
            self._choose(view, one)

    def _choose(self, view: SurveyView, one: PossibleTime) -> None:
        with self.context.acting(self.receipt):
            workbook = self.context.workbook
            workbook.refresh()
            made = choose_time(workbook, find_survey(workbook, view.id), one.start, by=self.context.by)
            told = find_survey(workbook, view.id).outcome
            self.receipt.tell(f"Saved: {told}", undo=lambda: self._undo(view, made))
            self.context.entered(self.receipt)

    def _undo(self, view: SurveyView, made: Record) -> None:
        """Undo the choice: when the group meets, and that the survey is closed."""
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            closed = workbook.latest(Survey, view.id)
            if closed is not None and closed.chosen is not None:
                workbook.undo(closed.id, by=self.context.by)
            self.context.undo(self.receipt, made)
