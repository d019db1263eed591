"""Choose what to read next, as a facilitator: open a ballot, see who has voted, close it, and plan what was chosen."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import STYLE, close, counted, row, sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Moment, Number, Tick
from studygroup.forms.kit.pickers import FIELD, Pick, WorkField
from studygroup.journal.types.records import Plan, Result
from studygroup.meeting.before.planning import plan_winner
from studygroup.meeting.choose.ballots import RULE_NAMES, BallotView, ballots, late_voters, record_result, record_results
from studygroup.meeting.choose.opening import Suggested, ballot_session, closing_time, session_to_read, suggested
from studygroup.meeting.choose.proposals import to_items
from studygroup.text.text import plain_list, to_short_day

RULES = [(RULE_NAMES[rule], rule) for rule in ("approval", "runoff", "score")]
CHOOSING = ("proposal", "second", "ballot", "vote", "result", "plan", "person")
LONGEST_QUORUM = 10_000


class BallotsForm(widgets.VBox):
    """The ballots of a group: the open ones with their turnout, the last result, and a place to open the next one."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        self.running, self.result, self.confirm = widgets.VBox(), widgets.VBox(), Confirm()
        self.shortlist = widgets.VBox()
        self.ticks: dict[str, tuple[Suggested, Tick]] = {}
        self.paper = WorkField("Add", self.receipt.refuse)
        self.paper.placeholder = "words of a title"
        self.add = widgets.Button(description="Add to the shortlist", layout={"width": "auto"})
        self.rule = Pick("Rule", RULES, self.receipt.refuse)
        # Without a quorum any number of votes is enough.
        self.quorum = Number(
            description="Quorum", least=0, most=LONGEST_QUORUM, value=0, style=STYLE, layout={"width": "16em"},
            refused=self.receipt.refuse,
        )  # fmt: skip
        self.until = Moment(description="Closes", style=STYLE, layout=FIELD, refused=self.receipt.refuse)
        self.start = widgets.Button(description="Open ballot", button_style="primary", icon="check", layout={"width": "auto"})
        self._more: list[Suggested] = []
        self._shown: Any = None
        self._proposed_time: Any = None
        self._id = EntryId()
        self.add.on_click(lambda _: self._add())
        self.start.on_click(lambda _: self._open())
        self.zone = widgets.HTML()
        below = widgets.VBox([self.zone, self.start])
        below.add_class("sg-below")
        heading = widgets.HTML("<h3>Open a ballot</h3>")
        line = widgets.HBox([self.paper, self.add], layout={"flex_flow": "row wrap"})
        fields = [heading, self.shortlist, line, self.rule, self.quorum, self.until, below]
        super().__init__([self.running, self.result, self.confirm, self.receipt, *fields])
        sheet(self)
        context.on_change(self.show, *CHOOSING)
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what the journal says; the result of a ballot whose time has passed is recorded."""
        workbook = self.context.workbook
        with workbook.lock:
            self._record()
            found = ballots(workbook)
            self._show_open([one for one in found if one.is_open])
            self._show_result(next((one for one in found if not one.is_open), None))
            self._show_shortlist()
            self.paper.offer(workbook)
            zone = ZoneInfo(workbook.slots[-1].zone)
            usual = closing_time(workbook).astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
            self.zone.value = block("told_next", f"In the time of {zone.key}.")
            if self.until.value in {None, self._proposed_time}:
                self.until.value = self._proposed_time = usual

    def _record(self) -> None:
        """Record what closed since, as the first one who sees it; a folder that cannot be written shows it all the same."""
        if self.context.by in self.context.workbook.facilitators:
            with self.receipt.said.errors():
                record_results(self.context.workbook, by=self.context.by)

    def _show_open(self, views: list[BallotView]) -> None:
        workbook = self.context.workbook
        children: list[widgets.Widget] = []
        for view in views:
            silent = sorted(workbook.people[one].name for one in view.electors - view.voters if one in workbook.people)
            end = widgets.Button(
                description="Close now",
                tooltip="Close this ballot before its time",
                layout={"width": "auto", "align_self": "flex-start"},
            )
            end.on_click(lambda _, view=view: self._ask_to_close(view))
            children += [widgets.HTML(block("turnout", view, silent)), end]
        self._replace(self.running, children)

    def _show_result(self, view: BallotView | None) -> None:
        children: list[widgets.Widget] = []
        if view is not None and view.outcome is not None:
            children.append(widgets.HTML(block("outcome", view, late_voters(self.context.workbook, view.id))))
            session = session_to_read(self.context.workbook, view)
            if view.outcome.item and session is not None and not self._is_planned(view):
                plan = widgets.Button(
                    description=f"Plan it for {to_short_day(session.start)}",
                    tooltip=f"Read {view.outcome.winner} in that session",
                    button_style="primary",
                    layout={"width": "auto"},
                )
                plan.on_click(lambda _: self._plan(view, session.id))
                children.append(plan)
        self._replace(self.result, children)

    def _is_planned(self, view: BallotView) -> bool:
        """Whether a session that started after the ballot opened was planned to read what it chose."""
        winner = view.outcome.item if view.outcome else ""
        plans = (one for one in self.context.workbook.current.current(Plan) if one.at >= view.opened and not one.cancelled)
        return any(winner in {*one.items, *(item for read in one.read for item in read.items)} for one in plans)

    def _show_shortlist(self) -> None:
        """Offer what is suggested; a tick that someone set stays."""
        wanted = [*suggested(self.context.workbook), *self._more]
        names = tuple((one.name, one.title, one.why) for one in wanted)
        if names == self._shown:
            return
        self._shown, before = names, self.ticks
        self.ticks = {}
        for one in wanted:
            tick = Tick(
                description=f"{one.title} ({one.why})", value=True, indent=False, layout={"width": "auto"},
                refused=self.receipt.refuse,
            )  # fmt: skip
            if one.name in before:
                tick.value = before[one.name][1].value
            self.ticks[one.name] = one, tick
        self._replace(self.shortlist, [row(tick) for _, tick in self.ticks.values()])

    def _replace(self, place: widgets.VBox, children: list[widgets.Widget]) -> None:
        old, place.children = place.children, children
        for widget in old:
            close(widget)

    # --- saving -------------------------------------------------------------------------------------------------------

    def _add(self) -> None:
        with self.context.acting(self.receipt):
            item = self.paper.item
            if not item:
                self.receipt.tell("Choose a paper first.", "wrong")
                return
            title = self.context.workbook.catalogue.item(item).title
            if item not in self.ticks:
                self._more.append(Suggested(item, title, "added"))
            self._show_shortlist()
            self.ticks[item][1].value, self.paper.value = True, ""
            self.receipt.tell(f"{title} is on the shortlist.")

    def _open(self) -> None:
        workbook = self.context.workbook
        names = [name for name, (_, tick) in self.ticks.items() if tick.value]
        if not names and self.receipt.tells_of_a_save:
            return
        with self.context.acting(self.receipt):
            if len(names) < 2:
                self.receipt.tell("Tick at least two papers.", "wrong")
                return
            if self.quorum.problem:
                self.receipt.tell(self.quorum.problem, "wrong")
                return
            until = self.until.value and self.until.value.replace(tzinfo=ZoneInfo(workbook.slots[-1].zone))
            if not until or until <= workbook.clock():
                self.receipt.tell("Say when the ballot closes; that time has passed, or is missing.", "wrong")
                return
            about: dict[str, Any] = {"rule": self.rule.value, "quorum": self.quorum.value, "until": until}
            shortlist = to_items(workbook, names, by=self.context.by)
            what = f"the ballot about {counted(len(shortlist), 'paper')} is open until {to_short_day(until)}, {until:%H:%M}"
            session = ballot_session(workbook)
            about |= {"session": session.id if session else "", "shortlist": shortlist}
            if self.context.save(self.receipt, "ballot", what=what, id=self._id.of(*about.values()), **about) is not None:
                self._id.done()
                self._more.clear()

    def _ask_to_close(self, view: BallotView) -> None:
        left = len(view.electors - view.voters)
        question = f"Close this ballot now? {counted(len(view.voters), 'member has', 'members have')} voted, {left} "
        question += f"{'has' if left == 1 else 'have'} not. No one can vote afterwards, and it cannot be opened again."
        self.confirm.ask(question, ("Close it", lambda: self._close(view)), leave="Keep it open", danger=True)

    def _close(self, view: BallotView) -> None:
        with self.context.acting(self.receipt):
            self.context.workbook.refresh()
            result: Result = record_result(self.context.workbook, view.id, by=self.context.by)
            titles = {one.item: one.title for one in view.options}
            chosen = f"{titles.get(result.winner, result.winner)} was chosen" if result.winner else "no paper was chosen"
            self.receipt.tell(f"The ballot is closed: {chosen}.")
            self.context.entered(self.receipt)

    def _plan(self, view: BallotView, session: str) -> None:
        """Plan what was chosen; where something else is planned, ask whether it goes."""
        workbook = self.context.workbook
        held = workbook.latest(Plan, session)
        titles = [one.title for one in held.read] if held and (held.entries or held.items) else []
        if not titles:
            self._save_plan(view, session, beside=False)
            return
        self.confirm.ask(
            f"The session of {to_short_day(workbook.schedule.find(session).start)} reads {plain_list(titles)} so far.",
            ("Read the chosen paper instead", lambda: self._save_plan(view, session, beside=False)),
            ("Read both", lambda: self._save_plan(view, session, beside=True)),
        )

    def _save_plan(self, view: BallotView, session: str, *, beside: bool) -> None:
        workbook, outcome = self.context.workbook, view.outcome
        if outcome is not None:
            self.context.enter(
                self.receipt,
                "plan",
                {},
                session=session,
                what=f"{outcome.winner} is planned",
                way=lambda: plan_winner(workbook, session, outcome.item, by=self.context.by, beside=beside),
            )
