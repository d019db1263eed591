"""The agenda's blocks: what each cell of ``agenda.ipynb`` shows, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.facts.works import Work
from studygroup.publish.blocks import Block, macros, picture
from studygroup.publish.charts import progress_chart, progress_in_words
from studygroup.text.text import plain_list


class AgendaPage:
    """The blocks of one agenda; each method returns what one cell shows."""

    def __init__(self, agenda: Agenda, filters: tuple[Callable[..., Any], ...] = ()) -> None:
        self.agenda, self._filters = agenda, (to_readers, to_waiting, *filters)

    def heading(self) -> Block:
        """Who meets when and where, in each zone."""
        return self._block("heading")

    def reads(self) -> Block:
        """What is read: links, authors, what it is, why it matters, where it stands in the syllabus, who has read it."""
        return self._block("reads")

    def order(self) -> Block:
        """The running order in clock times, with presenter and scribe."""
        return self._block("order")

    def discussion(self) -> Block:
        """Three prompts for the discussion."""
        return self._block("discussion")

    def threads(self) -> Block:
        """Who will come, which questions are open, who promised what; nothing where nothing was entered."""
        return self._block("threads")

    def progress(self) -> Block:
        """A chart of the syllabus' progress; nothing for a group without a syllabus."""
        return self._block("progress")

    def upcoming(self) -> Block:
        """The next three sessions."""
        return self._block("upcoming")

    def html(self, name: str, *more: Any) -> Any:
        """Return one block as HTML only, for a page that is no notebook's."""
        more = (self._chart,) if name == "progress" else more
        return getattr(macros("agenda.html.j2", self._filters), name)(self.agenda, *more)

    def _block(self, name: str) -> Block:
        return Block(self.html(name), getattr(macros("agenda.md.j2", self._filters), name)(self.agenda))

    @cached_property
    def _chart(self) -> dict[str, str] | None:
        if self.agenda.progress is None or self.agenda.progress.total == 0:
            return None
        return picture(progress_chart(self.agenda.progress), progress_in_words(self.agenda.progress))


def to_waiting(sessions: tuple[str, ...]) -> str:
    """Return in words which sessions come before one.

    >>> to_waiting(("2026-11-27",)), to_waiting(("2026-11-27",) * 9)
    ('2026-11-27 comes', '9 sessions come')
    """
    shown = plain_list(sessions) if len(sessions) <= 3 else f"{len(sessions)} sessions"
    return f"{shown} {'comes' if len(sessions) == 1 else 'come'}"


def to_readers(work: Work, members: int) -> str:
    """Return in words how many have read a work; empty for a group without members."""
    if not members:
        return ""
    if not work.read_by and not work.reading_by:
        return f"None of {members} members has read it yet." if members > 1 else ""
    names = f": {plain_list(work.readers)}" if work.readers else ""
    has = "has" if work.read_by == 1 else "have"
    at_it = f" {work.reading_by} {'is' if work.reading_by == 1 else 'are'} reading it." if work.reading_by else ""
    return f"{work.read_by} of {members} {has} read it so far{names}.{at_it}"
