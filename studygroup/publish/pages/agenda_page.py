"""The agenda's blocks: what each cell of ``agenda.ipynb`` shows, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from studygroup.meeting.before.agenda import Agenda, Assignment
from studygroup.meeting.facts.works import Work
from studygroup.publish.blocks import Block, item_pages_of, macros, to_on, to_roles
from studygroup.publish.charts import progress_chart
from studygroup.text.text import plain_list, to_day, to_short_day


class AgendaPage:
    """The blocks of one agenda; each method returns what one cell shows."""

    def __init__(
        self, agenda: Agenda, filters: tuple[Callable[..., Any], ...] = (), beside: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.agenda, self._beside = agenda, beside
        self._filters = (to_lead, to_place, to_readers, to_waiting, item_pages_of(agenda.site), *filters)

    def heading(self) -> Block:
        """Who meets when and where, in each zone, who leads, who comes, what to remember; it gives the page its title."""
        agenda = self.agenda
        titles = " · ".join(one.title for one in agenda.reads) or "cancelled" * agenda.cancelled or agenda.group
        first = agenda.times[0]
        page = {
            "title": f"{to_short_day(agenda.start)} · {titles}",
            "description": " · ".join([f"{to_day(agenda.start)}, {first.time} {first.city}", *to_lead(agenda)]),
            "site_name": agenda.group,
            "url": agenda.page,
        }
        heading, recall = self._block("heading"), self._block("recall")
        return Block(heading.html + self.html("links", self._beside) + recall.html, heading.markdown + recall.markdown, page)

    def reads(self) -> Block:
        """What is read: authors, where it is in the syllabus, what it is, why it matters, links, how many have read it."""
        return self._block("reads")

    def order(self) -> Block:
        """The running order in clock times, with who leads each part."""
        return self._block("order")

    def discussion(self) -> Block:
        """Three prompts for the discussion."""
        return self._block("discussion")

    def threads(self) -> Block:
        """Open questions beside actions; nothing where nothing is open."""
        return self._block("threads")

    def progress(self) -> Block:
        """A chart of the syllabus' progress; nothing for a group without a syllabus."""
        return self._block("progress")

    def upcoming(self) -> Block:
        """The next three sessions, and the answers to what was asked at the beginning."""
        upcoming, answers = self._block("upcoming"), self._block("answers")
        return Block(upcoming.html + answers.html, upcoming.markdown + answers.markdown)

    def html(self, name: str, *more: Any) -> Any:
        """Return one block as HTML only, for a page that is no notebook's."""
        if name == "progress":
            more = (progress_chart(None if self.agenda.cancelled else self.agenda.progress),)
        return getattr(macros("agenda.html.j2", self._filters), name)(self.agenda, *more)

    def _block(self, name: str) -> Block:
        return Block(self.html(name), getattr(macros("agenda.md.j2", self._filters), name)(self.agenda))


def to_lead(agenda: Agenda) -> list[str]:
    """Return what the line below an agenda's title says: how long it is, who leads it, who comes; nothing of a cancelled one."""
    if agenda.cancelled:
        return []
    words = [f"{agenda.length_min} minutes", *to_roles(agenda.roles, open_too=True)]
    said = agenda.threads
    if said.answered:
        words.append(f"RSVPs: {said.coming} yes, {said.maybe} maybe, {said.not_coming} no")
    if agenda.moved:
        words.append(f"moved from {to_on(agenda.session)}")
    return words


def to_place(read: Assignment) -> str:
    """Return where something read is in the syllabus: "no. 2 of 31, Later"; empty for what is beside it."""
    if not read.step:
        return ""
    number, total = read.place
    return f"no. {number} of {total}{f', {read.step.section[-1]}' if read.step.section else ''}"


def to_waiting(sessions: tuple[str, ...]) -> str:
    """Return in words which sessions come before one.

    >>> to_waiting(("2026-11-27",)), to_waiting(("2026-11-27",) * 9)
    ('27 Nov comes', '9 sessions come')
    """
    shown = plain_list(map(to_on, sessions)) if len(sessions) <= 3 else f"{len(sessions)} sessions"
    return f"{shown} {'comes' if len(sessions) == 1 else 'come'}"


def to_readers(work: Work, members: int) -> str:
    """Return in words how many have read a work; empty for a group without members."""
    if not members:
        return ""
    if not work.read_by and not work.reading_by:
        return "No one has read it yet" if members > 1 else ""
    names = f": {plain_list(work.readers)}" if work.readers else ""
    at_it = f", {work.reading_by} {'is' if work.reading_by == 1 else 'are'} reading it" if work.reading_by else ""
    return f"{work.read_by} of {members} {'has' if work.read_by == 1 else 'have'} read it{at_it}{names}"
