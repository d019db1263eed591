"""What is still missing before a session can be closed and its report sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.facts.ledger import ActionView
from studygroup.meeting.facts.opinions import Opinions
from studygroup.meeting.facts.turnout import Turnout
from studygroup.text.text import plain_list


class Missing(msgspec.Struct, frozen=True):
    """One thing that no one entered yet: what it is about, and a sentence for the facilitator."""

    about: Literal["start", "attendance", "roles", "reading", "summaries", "notes", "actions", "close"]
    text: str


def missing_of(
    agenda: Agenda,
    state: str,
    turnout: Turnout,
    works: Sequence[Opinions],
    unrecorded: Sequence[str],
    *,
    noted: bool,
    actions: Sequence[ActionView],
) -> Iterator[Missing]:
    """Yield what is missing of a session, in the order in which one would enter it; nothing of a cancelled one.

    Parameters
    ----------
    state
        As ``Report.state``.
    unrecorded
        The names of members who said that they would come, and of whom no attendance is recorded.
    noted
        Whether a note or a decision is recorded.
    actions
        Those noted in this session.
    """
    if state == "cancelled":
        return
    if state == "ahead":
        yield Missing("start", "The session has not begun yet.")
    yield from _attendance(turnout, unrecorded)
    if roles := [role for role, name in agenda.roles.items() if not name]:
        yield Missing("roles", f"No {plain_list(roles)} is named.")
    yield from _of_works(agenda.members, works)
    if not noted:
        yield Missing("notes", "No note and no decision is recorded.")
    for action in actions:
        if not action.owner and not action.done:
            yield Missing("actions", f"No one has taken action A{action.number}: {action.text}")
    if state != "closed":
        yield Missing("close", "The session is not closed: say what was finished and what continues.")


def _attendance(turnout: Turnout, unrecorded: Sequence[str]) -> Iterator[Missing]:
    """Yield whether it is not recorded who came, or whether some are left out."""
    if not turnout.recorded:
        yield Missing("attendance", "No attendance is recorded, so nothing counts as finished.")
    elif unrecorded:
        yield Missing("attendance", f"{plain_list(unrecorded)} said yes, and no attendance is recorded for them.")


def _of_works(members: int, works: Sequence[Opinions]) -> Iterator[Missing]:
    """Yield of which works no one said how far they are, then of which no one wrote a summary."""
    for one in works:
        if members and one.statuses["unread"] >= members:
            yield Missing("reading", f"No one has marked {one.work.title} as read.")
    for one in works:
        if not one.summaries and not one.kept_back:
            yield Missing("summaries", f"No one has written a summary of {one.work.title}.")
