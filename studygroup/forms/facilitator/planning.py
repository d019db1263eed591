"""Plan a session: what it reads, found by typing; who does what; when it is, and whether it takes place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from studygroup.forms.facilitator.plan_rows import Chosen, ReadRows, button, shown, wrapped
from studygroup.forms.kit import widgets
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import STYLE, close, row, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Moment, Number, TextLine
from studygroup.forms.kit.pickers import Pick
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.kit.turning import TurningButton
from studygroup.group.schedule import Session, city_of
from studygroup.journal.types.records import Close, Plan
from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.before.planning import own_start
from studygroup.meeting.facts.syllabus import covered_steps, next_step, steps_of
from studygroup.text.text import ago, comparable, to_day, to_short_day
from studygroup.workbook.workbook import plan_fields

FOUND = 8
"""How many works a search offers."""
LONGEST_SEARCH = 200
"""Characters of a search that count."""
SHORTEST, LONGEST = 5, 1440
"""Minutes that a session can take."""
AHEAD, BACK = 8, 2
"""How many sessions to come, and how many before them, can be planned."""


class PlanForm(widgets.VBox):
    """The plan of one session; each click saves a whole plan, which can be undone."""

    def __init__(self, context: FormContext) -> None:
        self.context, self.receipt = context, SaveStatus()
        wide = {"width": "auto", "max_width": "44em"}
        self.session = Pick("Session", [], self.receipt.refuse)
        self.session.layout = wide
        self.reads, self.roles = ReadRows(self._move, self._remove), widgets.VBox()
        # A row that still fits stays while someone types on, so that a click on it finds it.
        self.found: LiveRows[Chosen] = LiveRows(self._offered, lambda one: one.entry or f" {one.item}")
        line: dict[str, Any] = {"style": STYLE, "layout": wide, "refused": self.receipt.refuse}
        self.words = TextLine(description="Add", placeholder="search the catalogue", **line)
        self.next = TurningButton(self._add_next)
        self.start = Moment(description="Starts", style=STYLE, layout={"width": "auto"}, refused=self.receipt.refuse)
        self.length = Number(
            description="Minutes",
            least=SHORTEST,
            most=LONGEST,
            style={"description_width": "auto"},
            layout={"width": "10em"},
            refused=self.receipt.refuse,
        )
        self.confirm = Confirm()
        self.save_time = button("Save time", "Save when the session starts and how long it is")
        self.why = TextLine(description="Reason", placeholder="everyone sees it", **line)
        self.cancel = TurningButton(self._cancel)
        self._list: tuple[Chosen, ...] = ()
        self._seen, self._next, self._quiet = "", "", False
        self._shown: Any = None
        self._time: Any = None
        self._pickers: dict[str, Pick] = {}
        self.session.observe(lambda _: self._turn(), "value")
        self.words.observe(lambda _: self._search(), "value")
        self.save_time.on_click(lambda _: self._save_time())
        wrap = {"flex_flow": "row wrap"}
        time = widgets.HBox([self.start, self.length, self.save_time], layout=wrap)
        whether = widgets.HBox([self.why, self.cancel], layout=wrap)
        for place, widget in (("reads", self.reads), ("words", self.words), ("time", self.start)):
            widget.add_class(f"sg-at-{place}")
        super().__init__(
            [self.session, self.receipt, self.reads, self.words, self.found, self.next, self.roles, time, whether, self.confirm]
        )
        sheet(self)
        context.on_change(self.show, *DECIDING)
        self.show()

    @property
    def chosen(self) -> str:
        """The id of the session that is planned."""
        return str(self.session.value)

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is current for the chosen session."""
        workbook = self.context.workbook
        self._offer_sessions()
        state = (self.session.value, self.context.version(*DECIDING), workbook.catalogue)
        if state == self._shown:
            return
        self._shown = state
        session = workbook.schedule.find(self.chosen)
        held = workbook.latest(Plan, session.id)
        self._seen = held.id if held else ""
        self._show_reads(held, session)
        self._show_roles(held, session)
        self._show_time(session)
        if session.cancelled:
            self.cancel.show((session.id, True), "Reinstate session", "The session takes place")
        else:
            self.cancel.show((session.id, False), "Cancel session", "The session does not take place", style="danger")

    def _turn(self) -> None:
        """Show another session, with nothing typed."""
        if self._quiet:
            return
        self._time, self.why.value, self.words.value = None, "", ""
        self.receipt.clear()
        self.confirm.dismiss()
        with self.context.acting(self.receipt):
            self.show()

    def _offer_sessions(self) -> None:
        workbook = self.context.workbook
        schedule, now = workbook.schedule, workbook.clock()
        coming = schedule.between(now.date() - timedelta(days=1), now.date() + timedelta(days=400), cancelled=True)
        coming = [one for one in coming if one.end > now][:AHEAD]
        past: list[Session] = []
        before: Any = coming[0] if coming else now
        while len(past) < BACK and (last := schedule.previous(before)) is not None:
            past.insert(0, last)
            before = last
        planned = {plan.session for plan in workbook.current.current(Plan) if plan.entries or plan.items}
        options = tuple((_label(one, one.id in planned, one.end <= now), one.id) for one in (*past, *coming))
        shown = next((one for one in coming if one.id == self.session.value), None)
        following, self._next = self.session.value == self._next, schedule.next(now).id
        if options == tuple(self.session.options):
            return
        # Who did not choose another session goes on to the next one when the last is over, not when it is cancelled.
        chosen, offered = None if following and shown is None else self.session.value, [value for _, value in options]
        self._quiet = True
        try:
            self.session.options = options
            self.session.value = chosen if chosen in offered else self._next
        finally:
            self._quiet = False

    def _show_reads(self, held: Plan | None, session: Session) -> None:
        agenda = self.context.agenda_for(session.id)
        self._list = tuple(self._planned(held) if held and agenda.planned else _suggested(agenda))
        below: list[widgets.Widget] = []
        if session.cancelled:
            below = [widgets.HTML("<p>The session is cancelled.</p>")]
        elif not self._list:
            below = [widgets.HTML("<p>Nothing planned yet. Search the catalogue below.</p>")]
        elif not agenda.planned:
            plan = button("Confirm", "Save this suggestion as the plan", "primary")
            plan.on_click(lambda _: self._plan(self._list, "planned"))
            below = [wrapped([plan, widgets.HTML("Suggested from the reading list, not confirmed yet.")])]
        self.reads.show(() if session.cancelled else self._list, below)
        means = session.id, tuple(one.key for one in self._list)
        self.next.show(
            means, "Add next step", "Add the next paper of the reading list that is neither finished nor planned here"
        )
        self.next.button.disabled = session.cancelled or not steps_of(self.context.workbook)

    def _planned(self, plan: Plan) -> Iterator[Chosen]:
        """Yield what a plan names, entries before items, as the agenda shows them."""
        workbook = self.context.workbook
        steps = {step.reference: step for step in steps_of(workbook)}
        closes = workbook.current.current(Close)
        continued = {entry: one.session for one in closes if one.session < plan.session for entry in one.continues}
        for entry in plan.entries:
            status = f"step {steps[entry].number}" if entry in steps else f"entry of {entry.partition('/')[0]}"
            goes_on = f" · continues from {continued[entry]}" if entry in continued else ""
            title = steps[entry].title if entry in steps else self._entry_title(entry)
            yield Chosen(entry, "", title, "", status + goes_on)
        titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
        for item in plan.items:
            yield Chosen("", item, titles.get(item, item), "", "beside the syllabus" if steps else "")

    def _entry_title(self, reference: str) -> str:
        """Return the title of an entry of another list, or its reference where it is gone."""
        name, _, entry = reference.partition("/")
        lists = self.context.workbook.catalogue.lists
        rows = zip(lists[name]["entry"], lists[name]["title"], strict=True) if name in lists else ()
        return next((title for known, title in rows if known == entry), reference)

    def _show_roles(self, held: Plan | None, session: Session) -> None:
        """Show who has each role by the plan; whoever the members gave one to is beside it."""
        workbook = self.context.workbook
        here = [(workbook.people[member].name, member) for member in workbook.roster.members_at(session)]
        options = [("no one yet", ""), *sorted(here, key=lambda one: comparable(one[0]))]
        known = {member for _, member in options}
        roles = dict.fromkeys(workbook.settings.roles, "") | dict(held.roles if held else {})
        self._quiet = True
        try:
            if list(self._pickers) != list(roles):
                self._make_pickers(roles)
            for role, picker in self._pickers.items():
                who = roles[role]
                offered = tuple(options if who in known else [*options, (who, who)])
                if tuple(picker.options) != offered:
                    picker.options = offered
                picker.value = who
        finally:
            self._quiet = False

    def _make_pickers(self, roles: dict[str, str]) -> None:
        old, self._pickers = self.roles.children, {}
        for role in roles:
            picker = Pick(role.capitalize(), [], self.receipt.refuse)
            picker.layout = {"width": "auto", "max_width": "44em"}
            picker.add_class(f"sg-at-role-{'-'.join(role.split())}")
            picker.observe(lambda change, role=role: self._assign(role, change["new"]), "value")
            self._pickers[role] = picker
        self.roles.children = tuple(self._pickers.values())
        for widget in old:
            close(widget)

    def _show_time(self, session: Session) -> None:
        """Show when the session is; what someone is changing there stays, unless it was changed elsewhere."""
        time = (session.start.replace(tzinfo=None), session.length_min)
        if time != self._time:
            self._time = time
            self.start.value, self.length.value = time
        self.start.description = f"Starts ({city_of(str(session.start.tzinfo))})"

    # --- searching ----------------------------------------------------------------------------------------------------

    def _search(self) -> None:
        """Offer what fits the words."""
        words = self.words.value[:LONGEST_SEARCH].strip()
        with self.context.acting(self.receipt):
            self.found.show(self._fitting(words) if words else [], "No matches. Try a shorter word." if words else "")

    def _offered(self, one: Chosen) -> widgets.Widget:
        """Return what was found as a row with a button that adds it."""
        add = button("Add", f"Add {one.title}", "primary")
        add.on_click(lambda _: self._add(one))
        return row(wrapped([add, shown(one)]))

    def _fitting(self, words: str) -> list[Chosen]:
        """Return what fits: steps of the syllabus, then works beside it, with where they are and what became of them."""
        workbook = self.context.workbook
        steps, done = steps_of(workbook), covered_steps(workbook, workbook.clock())
        items = workbook.catalogue.search(words, limit=2 * FOUND)
        wanted, best = comparable(words).split(), set(items["id"].head(FOUND))
        in_title = [step for step in steps if all(word in comparable(step.title) for word in wanted)]
        matching = in_title + [step for step in steps if step not in in_title and best & set(step.items)]
        found = []
        for step in matching:
            covered = f", finished on {done[step.number]}" if step.number in done else ", not finished yet"
            found.append(Chosen(step.reference, "", step.title, " › ".join(step.section), f"step {step.number}{covered}"))
        taken = {item for step in matching for item in step.items}
        for item, title, section in zip(items["id"], items["title"], items["section"], strict=True):
            if item not in taken:
                found.append(Chosen("", item, title, section.replace(" > ", " › "), "beside the syllabus" if steps else ""))
        return found[:FOUND]

    # --- saving -------------------------------------------------------------------------------------------------------

    def _add(self, one: Chosen) -> None:
        if any((one.entry, one.item) == (other.entry, other.item) for other in self._list):
            self.receipt.tell(f"{one.title} is already in the plan.", "wrong")
        elif self._plan((*self._list, one), f"{one.title} added"):
            self.words.value = ""

    def confirm_reading(self) -> None:
        """Plan what follows from the syllabus for the next session, where no one planned it yet."""
        self.session.value = self._next
        if self._list and not self.context.agenda_for(self.chosen).planned:
            self._plan(self._list, "planned")

    def _add_next(self) -> None:
        workbook = self.context.workbook
        with self.context.acting(self.receipt):
            steps, here = steps_of(workbook), {one.entry for one in self._list}
            done = covered_steps(workbook, workbook.schedule.find(self.chosen))
            taken = done | {step.number: "" for step in steps if step.reference in here}
            step = next_step(steps, taken, workbook.settings.first_step)
            if step is None:
                self.receipt.tell("Nothing is left on the reading list: every paper is finished or planned here.", "wrong")
            else:
                self._plan((*self._list, Chosen(step.reference, "", step.title)), f"{step.title} added")

    def _move(self, place: int, by: int) -> None:
        moved = list(self._list)
        moved.insert(place + by, moved.pop(place))
        self._plan(moved, f"{self._list[place].title} moved")

    def _remove(self, place: int) -> None:
        self._plan(self._list[:place] + self._list[place + 1 :], f"{self._list[place].title} removed")

    def _plan(self, reads: Sequence[Chosen], what: str) -> bool:
        """Save what the session reads, in this order."""
        entries = tuple(one.entry for one in reads if one.entry)
        return self._save(what, entries=entries, items=tuple(one.item for one in reads if one.item))

    def _assign(self, role: str, member: str) -> None:
        if self._quiet:
            return
        workbook = self.context.workbook
        held = workbook.latest(Plan, self.chosen)
        roles = dict(held.roles if held else {}) | {role: member}
        person = workbook.people.get(member)
        self._save(
            f"{role}: {person.name if person else 'no one yet'}", roles={name: who for name, who in roles.items() if who}
        )

    def _save_time(self) -> None:
        """Save the time that is in the fields; of one that is over, ask first."""
        self.confirm.dismiss()
        with self.context.acting(self.receipt):
            start, length, now = self.start.value, self.length.value, self.context.workbook.clock()
            if start is None:
                self.receipt.tell("Give a day and a time.", "wrong")
                return
            if problem := self.length.problem:
                self.receipt.tell(problem, "wrong")
                return
            session = self.context.workbook.schedule.find(self.chosen)
            moved = own_start(self.context.workbook, session, start)
            what = f"starts {start:%A} {start.day} {start:%B, %H:%M}, {length} minutes"
            begins = start.replace(tzinfo=session.start.tzinfo)
            if begins + timedelta(minutes=length) <= now and begins != session.start:
                self.receipt.clear()
                self.confirm.ask(
                    f"{to_day(start)}, {start:%H:%M} is {ago(begins, now)}. Move the session of {_day_of(session)} there?",
                    ("Move it to the past", lambda: self._save(what, start=moved, length_min=length)),
                    leave="Leave the time as it was",
                )
                return
            self._save(what, start=moved, length_min=length)

    def _cancel(self) -> None:
        """Cancel the session that is shown, with a reason and once that is confirmed; or have it take place after all."""
        with self.context.acting(self.receipt):
            session, why = self.context.workbook.schedule.find(self.chosen), self.why.value.strip()
            if session.cancelled:
                self._save("takes place after all", cancelled=False, why="")
            elif self.confirm.is_open:
                return
            elif not why:
                if not self.receipt.tells_of_a_save:
                    self.receipt.tell("Write why under Reason; everyone sees it. Then cancel the session.", "wrong")
            else:
                self.receipt.clear()
                self.confirm.ask(
                    f"Cancel the session of {_day_of(session)}? Everyone sees the reason: {why}",
                    ("Yes, cancel it", lambda: self._cancelled(session.id)),
                    leave="Keep the session",
                    danger=True,
                )

    def _cancelled(self, session: str) -> None:
        """Cancel the session that was asked about, if it is still shown."""
        why = self.why.value.strip()
        if session == self.chosen and why and self._save("cancelled", cancelled=True, why=why):
            self.why.value = ""

    def _save(self, what: str, **changes: Any) -> bool:
        """Save a plan that starts from what is current."""
        session = self.chosen
        fields = dict(plan_fields(self.context.workbook.latest(Plan, session))) | changes
        saved = self.context.save(self.receipt, "plan", seen=self._seen, session=session, what=what, **fields)
        if saved is None:
            # What was clicked does not hold.
            self._shown = None
            with self.context.workbook.lock:
                self.show()
        return saved is not None


def _suggested(agenda: Agenda) -> Iterator[Chosen]:
    """Yield what follows from the syllabus."""
    for read in agenda.reads:
        if read.step:
            goes_on = f" · continues from {read.continued}" if read.continued else ""
            yield Chosen(read.step.reference, "", read.title, "", f"step {read.step.number}{goes_on}")


def _day_of(session: Session) -> str:
    return f"{to_day(session.start)}, {session.start:%H:%M}"


def _label(session: Session, planned: bool, past: bool) -> str:
    states = (("past", past), ("cancelled", session.cancelled), ("moved", session.moved), ("planned", planned))
    marks = ", ".join(word for word, holds in states if holds)
    return f"{to_short_day(session.start)} {session.start:%Y}{f' ({marks})' if marks else ''}"
