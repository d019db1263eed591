"""Invite links to the members' page: who has one, a new one, and the end of all of someone's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.confirm import Confirm
from studygroup.forms.kit.form import counted, sheet
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.rows import LiveRows
from studygroup.forms.layout.link_panel import LinkPanel
from studygroup.group.given_links import GivenLinks
from studygroup.meeting.before.meeting_times import group_zone
from studygroup.text.text import to_short_day


class Links(Protocol):
    """Who makes, knows and ends members' invite links."""

    @property
    def only_here(self) -> bool:
        """Whether links can be opened on this computer alone."""

    def make(self, member: str) -> str:
        """Return a new link for a member."""

    def end(self, member: str) -> None:
        """End all links, devices and open pages of a member."""

    def states(self) -> Mapping[str, GivenLinks]:
        """Return what became of the links of each member who has one."""


class LinkRow(msgspec.Struct, frozen=True):
    """A row: a member, and what became of their links; ``has`` is whether there is something to end."""

    member: str
    name: str
    said: str
    has: bool


class LinksForm(widgets.VBox):
    """A row a member, with a button that makes a link and one that ends theirs.

    Parameters
    ----------
    links
        None where the packages of the members' page are missing.
    """

    def __init__(self, context: FormContext, links: Links | None) -> None:
        self.context, self.links, self.receipt = context, links, SaveStatus()
        self.about, self.confirm = widgets.HTML(), Confirm()
        self.panel = LinkPanel(self.receipt.refuse)
        self.rows: LiveRows[LinkRow] = LiveRows(self._row, lambda row: row.member)
        super().__init__([self.about, self.receipt, self.panel, self.confirm, self.rows])
        sheet(self)
        context.on_change(self.show, "person")
        self.show()

    def show(self) -> None:
        """Show who has a link now."""
        if self.links is None:
            self.about.value = "<p>The members’ page isn’t installed here: <code>pip install 'studygroup[web]'</code>.</p>"
            return
        with self.context.acting(self.receipt):
            states, roster = self.links.states(), self.context.workbook.roster
            self.about.value = block("links_about", self.context.workbook.settings, self.links.only_here)
            here = sorted(roster.here_on(self.context.workbook.today()), key=lambda one: roster.people[one].name.casefold())
            self.rows.show([self._row_of(one, roster.people[one].name, states.get(one)) for one in here], "No members yet.")

    def _row_of(self, member: str, name: str, state: GivenLinks | None) -> LinkRow:
        if state is None:
            return LinkRow(member, name, "No link yet", False)
        until = to_short_day(state.until.astimezone(group_zone(self.context.workbook)))
        opened = f"Opened on {counted(state.opened, 'device')}" if state.opened else ""
        if state.waits:
            said = f"{opened}; a new link is valid until {until}" if opened else f"Not opened yet, valid until {until}"
        else:
            said = opened or f"Never opened, expired on {until}"
        return LinkRow(member, name, said, True)

    def _row(self, row: LinkRow) -> widgets.Widget:
        make = self.rows.button("Make link", f"Make link for {row.name}", lambda: self._make(row))
        end = [self.rows.button("End", f"End all links of {row.name}", lambda: self._ask_to_end(row))] if row.has else []
        return self.rows.line(block("link_row", row), make, *end)

    def _make(self, row: LinkRow) -> None:
        self.confirm.dismiss()
        self.receipt.clear()
        with self.context.acting(self.receipt):
            if self.links is None or not self._may():
                return
            self.panel.show(self.links.make(row.member), block("link_made", row.name, self.context.workbook.settings))
            self.show()

    def _ask_to_end(self, row: LinkRow) -> None:
        self.panel.dismiss()
        self.receipt.clear()
        self.confirm.ask(
            f"End all links, devices and open pages of {row.name}? They need a new link to come back.",
            (f"End all links of {row.name}", lambda: self._end(row)),
            leave="Keep them",
            danger=True,
        )

    def _end(self, row: LinkRow) -> None:
        with self.context.acting(self.receipt):
            if self.links is None or not self._may():
                return
            self.links.end(row.member)
            self.receipt.tell(f"{row.name} no longer has a link.")
            self.show()

    def _may(self) -> bool:
        """Return whether whoever sits here may give and end links; they are told if not."""
        if not self.context.by_facilitator:
            self.receipt.tell("Only a facilitator can make and end links.", "wrong")
        return self.context.by_facilitator
