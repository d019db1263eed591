"""The ledger of questions and actions: each with a number that stays, and what became of it.

A number is made from the id of the thing's first record and from nothing else, so that every clone of a workbook shows the
same one whatever arrives in which order; a count would shift when an earlier question arrives with a merge. Two things
whose numbers begin alike show more digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from itertools import count

import msgspec
import pandas as pd

from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables.tables import rows
from studygroup.meeting.facts.histories import done_since
from studygroup.meeting.facts.replies import ReplyView
from studygroup.text.text import comparable

DIGITS = 5


class QuestionView(msgspec.Struct, frozen=True):
    """A question as pages show it.

    ``text`` is Markdown; ``item`` the id of the work that it is about and ``about`` that work's title, or empty; ``asker`` and
    ``closer`` are names, empty where pages do not name people; ``session`` is where it was asked, ``closed`` where it was
    answered or dropped, empty while it is open; ``closing`` is the title of a work that answers it. ``seconds`` is how many
    others want to know, too, ``replies`` what was replied to its answers.
    """

    number: str
    id: str
    text: str
    item: str
    about: str
    asker: str
    session: str
    state: str
    answers: tuple[str, ...]
    closed: str
    closer: str
    closing: str
    seconds: int = 0
    replies: tuple[ReplyView, ...] = ()


class ActionView(msgspec.Struct, frozen=True):
    """An action as pages show it.

    ``owner`` is a name or empty, ``due`` an ISO date or empty, ``session`` where it was noted. ``done_on`` is the date (UTC) since
    which it is done, empty while it is not.
    """

    number: str
    id: str
    text: str
    owner: str
    due: str
    done: bool
    done_on: str
    session: str


class SessionQuestions(msgspec.Struct, frozen=True):
    """A session's questions, each once.

    ``new`` were asked there and are open, ``settled`` were answered or dropped there, ``carried`` are open from before.
    """

    new: tuple[QuestionView, ...] = ()
    settled: tuple[QuestionView, ...] = ()
    carried: tuple[QuestionView, ...] = ()


def numbers_of(ids: Iterable[str]) -> dict[str, str]:
    """Return the number of each thing: five decimal digits, or as many more as tell it from the others.

    >>> numbers_of(["0197-a", "0197-b"])
    {'0197-a': '80148', '0197-b': '55999'}
    """
    digits = {one: digits_of(one) for one in ids}
    short: dict[str, str] = {}
    open_ids = list(digits)
    for length in count(DIGITS):
        starts: dict[str, list[str]] = {}
        for one in open_ids:
            starts.setdefault(digits[one][:length], []).append(one)
        short |= {found[0]: start for start, found in starts.items() if len(found) == 1}
        open_ids = [one for found in starts.values() if len(found) > 1 for one in found]
        if not open_ids:
            return {one: short[one] for one in digits}
    raise AssertionError  # two ids never share all digits


def digits_of(thing: str) -> str:
    """Return decimal digits that only this id has; a thing's number is the first ones of them."""
    # The last digits come first: they are evenly spread.
    return f"{int.from_bytes(hashlib.sha256(thing.encode()).digest()):078d}"[::-1]


def questions_of(
    asked: pd.DataFrame, names: Mapping[str, str], titles: Mapping[str, str], *, name_people: bool
) -> list[QuestionView]:
    """Return all questions in the order in which they were asked.

    Parameters
    ----------
    asked
        The questions as ``journal.tables`` returns them.
    names, titles
        People's names by member id, works' titles by item id.
    name_people
        Whether pages may name who asked and who answered.
    """
    numbers = numbers_of(asked["id"])
    shown = names if name_people else {}
    return [
        QuestionView(
            number=numbers[row.id],
            id=row.id,
            text=row.text,
            item=row.item,
            about=titles.get(row.item, row.item),
            asker=shown.get(row.member, ""),
            session=row.session,
            state=row.state,
            answers=tuple(row.answers),
            closed=row.closed_session,
            closer=shown.get(row.closed_by, ""),
            closing=titles.get(row.closed_item, row.closed_item),
            seconds=row.seconds,
        )
        for row in sorted(rows(asked), key=lambda row: (row.at, row.id))
    ]


def by_want(questions: Iterable[QuestionView], reads: Collection[str] = ()) -> list[QuestionView]:
    """Return questions, those that most members want answered first; of equal ones those about what is read, then the oldest.

    Parameters
    ----------
    questions
        In the order in which they were asked.
    reads
        The ids of the items that a session reads.
    """
    return sorted(questions, key=lambda one: (-one.seconds, one.item not in reads))


def asked_in(session: str, found: Iterable[QuestionView]) -> SessionQuestions:
    """Return the questions of a session as they were when it ended: what was settled later counts as open."""
    known = [one for one in found if one.session <= session and (not one.closed or one.closed >= session)]
    return SessionQuestions(
        new=tuple(one for one in known if one.session == session != one.closed),
        settled=tuple(one for one in known if one.closed == session),
        carried=tuple(one for one in known if one.session < session != one.closed),
    )


def actions_of(actions: pd.DataFrame, names: Mapping[str, str], current_state: CurrentState | None = None) -> list[ActionView]:
    """Return all actions in the order in which they were noted.

    Parameters
    ----------
    actions
        As ``journal.tables`` returns them.
    current_state
        Where to look up since when one is done; without them that stays empty.
    """
    numbers = numbers_of(actions["id"])
    return [
        ActionView(
            number=numbers[row.id],
            id=row.id,
            text=row.text,
            owner=names.get(row.owner, row.owner),
            due="" if pd.isna(row.due) else row.due.date().isoformat(),
            done=row.done,
            done_on=since.date().isoformat() if current_state and (since := done_since(current_state, row.id)) else "",
            session=row.session,
        )
        for row in rows(actions)
    ]


def by_owner(actions: Iterable[ActionView]) -> list[ActionView]:
    """Return actions in order of their owners' names and of when they are due; what no one took is last."""
    return sorted(actions, key=lambda one: (not one.owner, comparable(one.owner), one.due or "9999", one.id))
