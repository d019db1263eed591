"""The agenda's blocks: what each cell of ``agenda.ipynb`` shows, as HTML and as Markdown."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from studygroup.meeting.agenda import Agenda
from studygroup.meeting.works import Work
from studygroup.publish.charts import progress_chart, progress_in_words
from studygroup.publish.templates import environment
from studygroup.text import plain_list, to_day, to_short_day


@lru_cache
def _blocks(template: str) -> Any:
    """Return the macros of a template, one a block."""
    filters: dict[str, Callable[..., Any]] = {
        "authors": to_authors,
        "day": to_day,
        "short_day": to_short_day,
        "readers": to_readers,
        "waiting": to_waiting,
        "words": progress_in_words,
    }
    return environment(filters).get_template(template).module


class Block:
    """A piece of a page in both forms; a notebook shows the HTML, a Markdown export the Markdown."""

    def __init__(self, html: str, markdown: str) -> None:
        self.html, self.markdown = html, markdown

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/markdown": self.markdown}


class AgendaPage:
    """The blocks of one agenda; each method returns what one cell shows."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda

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

    def _block(self, name: str) -> Block:
        return Block(
            getattr(_blocks("agenda.html.j2"), name)(self.agenda, *((self._chart,) if name == "progress" else ())),
            getattr(_blocks("agenda.md.j2"), name)(self.agenda),
        )

    @cached_property
    def _chart(self) -> dict[str, str] | None:
        if self.agenda.progress is None or self.agenda.progress.total == 0:
            return None
        # In an img element an SVG cannot run anything, whatever it holds.
        svg = base64.b64encode(progress_chart(self.agenda.progress).encode()).decode()
        return {"url": f"data:image/svg+xml;base64,{svg}", "words": progress_in_words(self.agenda.progress)}


def to_authors(authors: tuple[str, ...], most: int = 4) -> str:
    """Return authors as a page names them.

    >>> to_authors(("A", "B", "C", "D", "E", "F"))
    'A, B, C and 3 others'
    """
    if len(authors) <= most:
        return plain_list(authors)
    return f"{', '.join(authors[: most - 1])} and {len(authors) - most + 1} others"


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
