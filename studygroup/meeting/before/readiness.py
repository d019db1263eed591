"""What is missing before a session can start."""

from __future__ import annotations

from collections.abc import Iterator

from studygroup.meeting.before.agenda import Agenda
from studygroup.text.text import is_safe_url, plain_list


def missing_before(agenda: Agenda) -> Iterator[str]:
    """Yield a sentence for each thing that a session still needs, in the order in which one would see to it.

    Nothing is missing of a cancelled session.
    """
    if agenda.cancelled:
        return
    if agenda.waits_for:
        yield f"Sessions before it have not taken place yet: {plain_list(agenda.waits_for)}."
    yield from _what_it_reads(agenda)
    for role in (role for role, name in agenda.roles.items() if not name):
        yield f"No {role} yet."
    for role, name in agenda.threads.wanted:
        yield f"{name} is looking for someone else to be {role}."
    yield from _of_works(agenda)
    if agenda.members and not agenda.threads.answered:
        yield "No one has replied yet."


def _what_it_reads(agenda: Agenda) -> Iterator[str]:
    """Yield what is open about what the session reads."""
    if not agenda.reads:
        yield "Nothing is planned to read."
    elif not agenda.planned:
        yield f"Not planned yet. Next in the reading list: {plain_list(read.title for read in agenda.reads)}."
    for title in agenda.gone:
        yield f"{title} is no longer in the reading list; plan the session again if it should read something else."


def _of_works(agenda: Agenda) -> Iterator[str]:
    """Yield of each work whether it has no link, and whether no one has read it."""
    for work in (work for read in agenda.reads for work in read.works):
        if not is_safe_url(work.url):
            yield f"{work.title} has no link."
        if agenda.members and not work.read_by:
            yield f"No one has read {work.title} yet."
