"""What is missing before a session can start."""

from __future__ import annotations

from collections.abc import Iterator

from studygroup.meeting.agenda import Agenda
from studygroup.text import is_safe_url, plain_list


def missing_before(agenda: Agenda) -> Iterator[str]:
    """Yield a sentence for each thing that a session still needs, in the order in which one would see to it.

    Nothing is missing of a cancelled session.
    """
    if agenda.cancelled:
        return
    if agenda.waits_for:
        yield f"Sessions before it have not taken place yet: {plain_list(agenda.waits_for)}."
    if not agenda.reads:
        yield "Nothing is planned to read."
    elif not agenda.planned:
        yield "What it reads follows from the syllabus; nobody planned it yet."
    for role in (role for role, name in agenda.roles.items() if not name):
        yield f"Nobody is {role}."
    for role, name in agenda.threads.wanted:
        yield f"{name} looks for somebody else as {role}."
    for work in (work for read in agenda.reads for work in read.works):
        if not is_safe_url(work.url):
            yield f"{work.title} has no link."
        if agenda.members and not work.read_by:
            yield f"Nobody has read {work.title} yet."
    if agenda.members and not agenda.threads.answered:
        yield "Nobody said whether they will come."
