"""What a session takes up from before it: who will come, questions still open, actions not done yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec
import pandas as pd

from studygroup.group.schedule import Session
from studygroup.journal.tables.frame import RowsBy, rows
from studygroup.meeting.facts.ledger import ActionView, QuestionView, actions_of, by_owner, by_want, questions_of

MOST_QUESTIONS = 12


class Threads(msgspec.Struct, frozen=True):
    """What is open before a session.

    ``questions`` are those open, ``actions`` those not done, in order of their owners. ``coming``, ``maybe``, ``not_coming`` count the members' answers; who is away and did not answer does not come. ``missing``
    names roles whose holder looks for someone, with the holder. ``more_questions`` counts those left out.
    """

    coming: int = 0
    maybe: int = 0
    not_coming: int = 0
    questions: tuple[QuestionView, ...] = ()
    more_questions: int = 0
    actions: tuple[ActionView, ...] = ()
    wanted: tuple[tuple[str, str], ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anyone said if they will come."""
        return bool(self.coming or self.maybe or self.not_coming)


class Open(msgspec.Struct, frozen=True, dict=True):
    """The tables that ``open_threads`` reads, as ``journal.tables`` returns them."""

    rsvps: pd.DataFrame
    away: pd.DataFrame
    swaps: pd.DataFrame
    questions: pd.DataFrame
    actions: pd.DataFrame

    @cached_property
    def rsvps_for(self) -> RowsBy:
        """What members answered, by session."""
        return RowsBy(self.rsvps, "session")


def open_threads(
    held: Open,
    session: Session,
    here: Collection[str],
    *,
    names: Mapping[str, str],
    titles: Mapping[str, str],
    reads: Collection[str],
    name_askers: bool,
    holders: Mapping[str, str],
) -> Threads:
    """Return what is open before a session.

    Parameters
    ----------
    here
        The ids of the members on that day.
    names, titles
        People's names by member id, works' titles by item id.
    reads
        The ids of the items that the session reads: of questions that as many want answered, those about them come first.
    name_askers
        Whether pages may name who asked.
    holders
        Who has each role, by member id: who looks for someone to take it over must still have it.
    """
    counts = [*answers_for(session, held.rsvps_for.of(session.id), held.away, here).values()]
    # Asked for this session or an earlier one.
    asked = questions_of(held.questions, names, titles, name_people=name_askers)
    found = by_want((one for one in asked if one.state == "open" and one.session <= session.id), reads)
    todo = [one for one in actions_of(held.actions, names) if not one.done and one.session <= session.id]
    return Threads(
        coming=counts.count("yes"),
        maybe=counts.count("maybe"),
        not_coming=counts.count("no"),
        questions=tuple(found[:MOST_QUESTIONS]),
        more_questions=max(0, len(found) - MOST_QUESTIONS),
        actions=tuple(by_owner(todo)),
        wanted=tuple(
            (row.role, names.get(row.member, row.member))
            for row in rows(held.swaps[held.swaps["session"] == session.id])
            if not row.to and not row.asked and holders.get(row.role) == row.member
        ),
    )


def answers_for(session: Session, rsvps: Iterable[Any], away: pd.DataFrame, here: Collection[str]) -> dict[str, str]:
    """Return what members answered to a session's invitation, by id: "yes", "maybe" or "no"; who is away says no.

    Of an answer and an absence, the one that was entered later counts.

    Parameters
    ----------
    rsvps
        The session's rows of the table of answers.
    """
    gone = _away(away, session)
    answered = {row.member: row.answer for row in rsvps if row.member not in gone or row.at >= gone[row.member]}
    return {member: answer for member, answer in (dict.fromkeys(gone, "no") | answered).items() if member in here}


def _away(away: pd.DataFrame, session: Session) -> dict[str, pd.Timestamp]:
    """Return who said that they cannot come on a session's day, and when they said so last."""
    day = pd.Timestamp(session.start.date())
    said = rows(away[(away["first"] <= day) & (away["last"] >= day)]) if len(away) else ()
    return {row.member: row.at for row in sorted(said, key=lambda row: row.at)}
