"""The facilitator's screen: a header that says what to do next, and four tabs with the forms of a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from studygroup.errors import ScheduleError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.layout.checklist import Checklist, ScreenStep, next_step_of
from studygroup.forms.layout.fold import Fold
from studygroup.forms.layout.frame import Frame
from studygroup.forms.layout.next_bar import NextBar
from studygroup.forms.layout.steps import (
    GROUP,
    LIVE,
    PREPARE,
    WRAP_UP,
    steps_after,
    steps_before,
    steps_during,
)
from studygroup.forms.layout.tabs import LazyTabs
from studygroup.group.schedule import Session
from studygroup.journal.types.records import Close
from studygroup.meeting.after.report import session_to_wrap_up
from studygroup.workbook.workbook import Workbook

LIVE_BEFORE, LIVE_AFTER = timedelta(minutes=30), timedelta(hours=12)
"""How long before a session's start its tab *Live* opens first, and how long after the start it does where no one closed the session."""
MORNING_ENDS = 12
"""The hour of the day after a session until which *Wrap up* opens first."""

Columns = dict[str, tuple[tuple[str, str], ...]]

PARTS: dict[str, Columns] = {
    PREPARE: {
        "lead": (("before", "Checklist"),),
        "main": (
            ("plan", "Plan"),
            ("guide", "What to read, questions, place"),
            ("rotation", "Whose turn it is"),
            ("ballots", "Choose together"),
        ),
        "side": (("replies", "RSVPs"), ("agenda", "Agenda"), ("announce", "Announce")),
    },
    LIVE: {
        "side": (("timer", "Timer"),),
        "main": (("attendance", "Attendance"),),
        "more": (
            ("capture", "Capture"),
            ("questions", "Questions"),
            ("notes", "Notes and decisions"),
            ("actions", "Actions"),
            ("materials", "Links"),
        ),
    },
    WRAP_UP: {
        "lead": (("after", "Checklist"),),
        "main": (("close", "Close"), ("summaries", "Summaries"), ("site", "Site"), ("share", "Share")),
        "side": (("report", "Report"),),
    },
    GROUP: {
        "main": (("people", "People"), ("list", "Reading list"), ("links", "Invite links"), ("find_time", "Find a time")),
        "side": (("standing", "This week’s session"), ("slot", "When we meet"), ("settings", "Settings")),
        "more": (("history", "History"),),
    },
}
"""The columns of each tab from left to right, and the forms in each from top to bottom, with their headings."""
FOLDED = {"list", "links", "settings", "find_time", "guide", "ballots", "rotation", "notes", "actions", "materials"}
"""Forms of which only the heading shows until it is pressed; they are made then."""


class WeekScreen(widgets.VBox):
    """Everything that a facilitator does in a week, on one screen.

    Parameters
    ----------
    form
        Returns a form by its name; it is made then.
    """

    def __init__(self, context: FormContext, form: Callable[[str], Any]) -> None:
        self.context, self._form = context, form
        self.frame = Frame(self._woke)
        self.head, self.next = widgets.HTML(), NextBar(self._do)
        top = widgets.HBox([self.head, self.next])
        top.add_class("sg-head")
        self.before, self.after = Checklist(self.lead), Checklist(self.lead)
        self._folds: dict[str, Fold] = {}
        pages = [(tab, lambda tab=tab: self._columns(tab)) for tab in PARTS]
        self.tabs = LazyTabs(pages, tab_of_moment(context.workbook))
        self.tabs.observe(lambda _: self._turned(), "selected_index")
        super().__init__([self.frame, top, self.tabs])
        # As in every form, a double click is one click, and letters are no commands of JupyterLab.
        for name in ("sg-week", "sg-form"):
            self.add_class(name)
        context.on_change(self.show)
        self.show()

    # --- showing ------------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show in the header and the checklists what is current."""
        workbook = self.context.workbook
        session, tab = session_of_moment(workbook), tab_of_moment(workbook)
        titles = self._titles(session) if session else []
        self.head.value = block("week_head", workbook.settings.name, session, titles)
        self.frame.wake_ms = _next_turn(workbook, session)
        if session is None or not workbook.people:
            first = ScreenStep("people", "People", "", False, "No one is on the list yet.", "Add yourself", "people", GROUP)
            meets = ScreenStep("slot", "When we meet", "", False, "No session yet.", "Say when you meet", "slot", GROUP)
            self.next.show(meets if workbook.people else first)
            return
        steps = self._steps_of(tab, session)
        for name, checklist in ((PREPARE, self.before), (WRAP_UP, self.after)):
            # What is not looked at need not be known.
            if name == tab or self.tabs.is_made(name):
                checklist.show(steps if name == tab else self._steps_of(name, session))
        self.next.show(next_step_of(steps))

    def _steps_of(self, tab: str, session: Session) -> list[ScreenStep]:
        """Return what there is to do on a tab."""
        workbook = self.context.workbook
        if tab == PREPARE:
            return steps_before(self.context, workbook.schedule.next(workbook.clock()))
        if tab == WRAP_UP:
            return steps_after(self.context, workbook.schedule.find(session_to_wrap_up(workbook)))
        return steps_during(self.context, session, self._form("timer").is_running) if tab == LIVE else []

    def _titles(self, session: Session) -> list[str]:
        coming = self.context.coming
        agenda = coming if coming.session == session.id else self.context.agenda_for(session.id)
        return [read.title for read in agenda.reads]

    # --- doing --------------------------------------------------------------------------------------------------------

    def open_moment(self) -> None:
        """Open the tab of the moment, as when the notebook is run."""
        self.tabs.turn_to(tab_of_moment(self.context.workbook))

    def lead(self, step: ScreenStep) -> None:
        """Go to where a step is done."""
        with self.context.workbook.lock:
            self.tabs.turn_to(step.tab)
            self._unfold(step.place)
        self.frame.go(step.place)

    def _do(self, step: ScreenStep) -> None:
        """Do what the header's button says, where one click can; and go there in any case, where what became of it is told."""
        self.lead(step)
        acts: dict[str, Callable[[], object]] = {
            "confirm": lambda: self._form("plan").confirm_reading(),
            "remind": lambda: self._form("announce").turn_to("reminder"),
            "remind writers": lambda: self._form("summaries").write_reminder(),
            "make agenda": lambda: self._form("agenda").make_page(),
            "start": lambda: self._form("timer").start(),
            "close": lambda: self._form("close").end(),
            "make report": lambda: self._form("report").make_page(),
            "make site": lambda: self._form("site").make_pages(),
            "share": lambda: self._form("share").send(),
        }
        if step.act:
            acts[step.act]()
            self.show()

    def _turned(self) -> None:
        """Bring up to date what only follows while it is looked at."""
        if self.tabs.open_page == WRAP_UP:
            self._form("report").follow()

    def _woke(self) -> None:
        with self.context.workbook.lock:
            self.context.changed()
            self.show()

    # --- laying out ---------------------------------------------------------------------------------------------------

    def _columns(self, tab: str) -> widgets.Widget:
        made = [self._column(place, parts) for place, parts in PARTS[tab].items()]
        box = widgets.Box(made)
        if tab in (PREPARE, WRAP_UP):
            session = session_of_moment(self.context.workbook)
            if session is not None and self.context.workbook.people:
                (self.before if tab == PREPARE else self.after).show(self._steps_of(tab, session))
        for name in ("sg-columns", f"sg-{tab.lower().replace(' ', '-')}"):
            box.add_class(name)
        return box

    def _column(self, place: str, parts: Sequence[tuple[str, str]]) -> widgets.Widget:
        column = widgets.VBox([self._part(name, title) for name, title in parts])
        column.add_class(f"sg-{place}")
        return column

    def _part(self, name: str, title: str) -> widgets.Widget:
        """Return a form below its heading, or a heading that unfolds it."""
        if name in FOLDED:
            box: widgets.VBox = Fold(title, lambda: self._form(name))
            self._folds[name] = box
        else:
            head = widgets.HTML(block("part_head", title))
            head.add_class("sg-part-head")
            own = {"before": self.before, "after": self.after}
            box = widgets.VBox([head, own.get(name) or self._form(name)])
        for one in ("sg-part", f"sg-part-{name}", f"sg-at-{name}"):
            box.add_class(one)
        return box

    def _unfold(self, name: str) -> None:
        if name in self._folds:
            self._folds[name].unfold()


def tab_of_moment(workbook: Workbook) -> str:
    """Return the tab that is opened first: by when the session of the moment is, and whether it was closed."""
    session, now = session_of_moment(workbook), workbook.clock()
    if not workbook.people or session is None:
        return GROUP
    if session.cancelled or now < session.start - LIVE_BEFORE:
        return PREPARE
    closed = workbook.latest(Close, session.id) is not None
    return LIVE if not closed and now < session.start + LIVE_AFTER else WRAP_UP


def session_of_moment(workbook: Workbook) -> Session | None:
    """Return the session that the screen is about: the last one until noon of the day after it, then the next; None without a schedule."""
    schedule, now = workbook.schedule, workbook.clock()
    try:
        coming = schedule.next(now)
    except ScheduleError:
        return None
    last = schedule.previous(now)
    if last is None or last.id == coming.id or coming.start - LIVE_BEFORE <= now:
        return coming
    return last if now < _wrapped_up(last) else coming


def _wrapped_up(session: Session) -> datetime:
    """Return when a session is no longer the one of the moment."""
    noon = session.start.replace(hour=MORNING_ENDS, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return max(noon, session.end)


def _next_turn(workbook: Workbook, session: Session | None) -> float:
    """Return when the header says something else by itself, in milliseconds since 1970; 0 for never."""
    if session is None:
        return 0
    now = workbook.clock()
    turns: list[Any] = [session.start - LIVE_BEFORE, session.start, session.end, _wrapped_up(session)]
    return min((turn.timestamp() * 1000 for turn in turns if turn > now), default=0)
