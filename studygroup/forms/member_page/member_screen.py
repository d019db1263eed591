"""A member's screen: whose it is, and three tabs; the same on the members' page and in ``member.ipynb``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import page_assists
from studygroup.forms.kit.form_context import DECIDING, FormContext
from studygroup.forms.layout.frame import Frame
from studygroup.forms.layout.tabs import LazyTabs
from studygroup.forms.member_page.asked_bar import AskedBar
from studygroup.forms.member_page.device import DeviceForm

SESSION, READING, SYLLABUS = "Session", "My reading", "Syllabus"

MEMBER_TABS: dict[str, tuple[tuple[str, str], ...]] = {
    SESSION: (
        ("next", ""),
        ("reads", "What to read"),
        ("turns", "My turns"),
        ("questions", "My questions"),
    ),
    READING: (
        ("summary", "My summary"),
        ("responses", "This session’s questions"),
        ("others", "Others’ summaries"),
        ("others_questions", "Questions of the group"),
        ("materials", "Links"),
    ),
    SYLLABUS: (
        ("since", "Since you were last here"),
        ("choose", "Choose what to read next"),
        ("times", "When can we meet?"),
        ("progress", "My progress"),
        ("syllabus", "Reading list"),
        ("past", "Past sessions"),
        ("away", "When I’m away"),
    ),
}
"""The forms of each tab from top to bottom, with their headings."""


class MemberScreen(widgets.VBox):
    """Everything that a member does, on one screen.

    Parameters
    ----------
    form
        Returns a form by its name; it is made then.
    invite
        Returns an invite link for one more device of the member's; None where there are no links.
    """

    def __init__(self, context: FormContext, form: Callable[[str], Any], invite: Callable[[], str] | None = None) -> None:
        self.context, self._form = context, form
        self.head = widgets.HTML()
        self.device = DeviceForm(context, invite) if invite else None
        self.tabs = LazyTabs([(tab, partial(self._cards, tab)) for tab in MEMBER_TABS], SESSION)
        top = widgets.HBox([self.head, *([self.device.opener] if self.device else [])])
        top.add_class("sg-head")
        panel = [self.device] if self.device else []
        if page_assists.get():
            super().__init__([top, *panel, self.tabs])
            self.add_class("sg-member")
        else:
            self.frame = Frame(self.show)
            super().__init__([self.frame, top, *panel, self.tabs])
            for name in ("sg-week", "sg-form"):
                self.add_class(name)
        context.on_change(self.show, *DECIDING)
        self.show()

    def show(self) -> None:
        """Show whose screen it is; in a notebook, where who sits there is shown above it, the session."""
        workbook = self.context.workbook
        with workbook.lock:
            if page_assists.get() or self.device:
                self.head.value = block("member_head", workbook.settings.name, workbook.people[self.context.by].name)
                return
            try:
                session = workbook.schedule.next(workbook.clock())
                titles = [read.title for read in self.context.coming.reads]
            except StudygroupError:
                session, titles = None, []
            self.head.value = block("week_head", workbook.settings.name, session, titles)

    def _cards(self, tab: str) -> widgets.Widget:
        made = [self._card(name, title) for name, title in MEMBER_TABS[tab]]
        if tab == SESSION:
            made.insert(0, self._asked_bar())
        box = widgets.VBox(made)
        for name in ("sg-cards", f"sg-{tab.lower().replace(' ', '-')}"):
            box.add_class(name)
        return box

    def _asked_bar(self) -> widgets.Widget:
        """Return what the member has not answered, which is done on another tab."""
        with self.context.workbook.lock:
            bar = AskedBar(self.context, self.context.by, lambda: self.tabs.turn_to(SYLLABUS))
        # On the members' page the browser decides which tab shows.
        bar.go.add_class(f"sg-to-tab-{list(MEMBER_TABS).index(SYLLABUS)}")
        for one in ("sg-card", "sg-part-asked", *(() if page_assists.get() else ("sg-part",))):
            bar.add_class(one)
        return bar

    def _card(self, name: str, title: str) -> widgets.Widget:
        """Return a form below its heading."""
        heading = []
        if title:
            heading = [widgets.HTML(block("card_head", title))]
            heading[0].add_class("sg-part-head")
        card = widgets.VBox([*heading, self._form(name)])
        for one in ("sg-card", f"sg-part-{name}", *(() if page_assists.get() else ("sg-part",))):
            card.add_class(one)
        return card
