"""The ledger as tables, and things found by their numbers; see ``ledger``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from studygroup.errors import RecordError
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables import tables
from studygroup.meeting.facts.histories import Event, action_history, question_history
from studygroup.meeting.facts.ledger import DIGITS, actions_of, by_owner, by_want, digits_of, numbers_of, questions_of
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook

LETTERS: Mapping[str, str] = {"question": "Q", "action": "A"}
_TABLES: Mapping[str, Callable[[CurrentState], pd.DataFrame]] = {"question": tables.questions, "action": tables.actions}


def with_numbers(frame: pd.DataFrame, letter: str) -> pd.DataFrame:
    """Return a table of things with an ``id`` with their numbers, such as ``Q80148``, in a column ``number`` before it (str)."""
    numbers = numbers_of(frame["id"])
    shown = [f"{letter}{numbers[one]}" for one in frame["id"]]
    numbered = frame.copy(deep=False)
    numbered.insert(0, "number", pd.Series(shown, index=frame.index, dtype="str"))
    return numbered


def number_of(workbook: Workbook, kind: str, thing: str) -> str:
    """Return the number of a question or an action, such as ``Q80148``."""
    return f"{LETTERS[kind]}{numbers_of(_TABLES[kind](workbook.current)['id'])[thing]}"


def find_thing(workbook: Workbook, kind: str, wanted: str) -> str:
    """Return the id of a question or an action that someone names by its number, as ``Q80148``, ``80148`` or ``q80148``.

    What is no number is returned as it is: an id.

    Raises
    ------
    RecordError
        No thing has the number, or more than one does.
    """
    ids: set[str] = set(_TABLES[kind](workbook.current)["id"])
    found = re.fullmatch(rf"#?{LETTERS[kind]}?(\d{{{DIGITS},}})", wanted.strip(), re.IGNORECASE)
    if wanted in ids or found is None:
        return wanted
    # A number that was written down when nothing else began like it may be short of a digit by now.
    alike = sorted(one for one in ids if digits_of(one).startswith(found[1]))
    if len(alike) == 1:
        return alike[0]
    if alike:
        numbers = numbers_of(ids)
        raise RecordError(
            f"{wanted} is the beginning of {plain_list(f'{LETTERS[kind]}{numbers[one]}' for one in alike)}; name one."
        )
    raise RecordError(f"There is no {kind} {wanted}; `studygroup ledger --all` lists all with their numbers.")


def life_of(workbook: Workbook, wanted: str) -> tuple[str, str, tuple[Event, ...]]:
    """Return the type, the id and the history of the question or action that someone names by its number or id.

    Raises
    ------
    RecordError
        There is none, or more than one is called that.
    """
    names, titles = _names(workbook), _titles(workbook)
    kinds = [kind for kind, letter in LETTERS.items() if wanted.strip().lstrip("#").upper().startswith(letter)] or [*LETTERS]
    found: list[tuple[str, str]] = []
    for kind in kinds:
        ids = set(_TABLES[kind](workbook.current)["id"])
        try:
            thing = find_thing(workbook, kind, wanted)
        except RecordError:
            if len(kinds) == 1:
                raise
            continue
        found += [(kind, thing)] if thing in ids else []
    if len(found) != 1:
        which = plain_list(number_of(workbook, *one) for one in found)
        known = f"may be {which}" if found else "is neither a question nor an action; `studygroup ledger --all` lists them"
        raise RecordError(f"{wanted} {known}.")
    [(kind, thing)] = found
    if kind == "question":
        return kind, thing, question_history(workbook.current, thing, names, titles)
    return kind, thing, action_history(workbook.current, thing, names)


def ledger_questions(workbook: Workbook, *, member: str = "", item: str = "", every: bool = False) -> pd.DataFrame:
    """Return the open questions, or all of them, as the group's people look through them.

    Parameters
    ----------
    member, item
        Only what this member asked; only what is about this item, or answered by it.

    Returns
    -------
    DataFrame
        One row a question; those that most want answered first, then in the order in which they were asked. Columns ``number``, ``state``,
        ``asked`` (the session), ``by`` (a name), ``about`` (a title or empty), ``question``, ``me_too`` (how many others want to know, int64),
        ``answers`` (texts, the last one last), ``closed`` (the session, or empty), ``closed_by`` (a name, and a work's title, or empty), else str.
    """
    frame = tables.questions(workbook.current)
    wanted = pd.Series(data=True, index=frame.index)
    if not every:
        wanted &= frame["state"] == "open"
    if member:
        wanted &= frame["member"] == member
    if item:
        wanted &= (frame["item"] == item) | (frame["closed_item"] == item)
    chosen = set(frame.loc[wanted, "id"])
    found = [
        (
            *(
                f"Q{one.number}",
                one.state,
                one.session,
                one.asker,
                one.about,
                one.text,
                one.seconds,
                " / ".join(one.answers),
                one.closed,
            ),
            " with ".join(filter(None, (one.closer, one.closing))),
        )
        for one in by_want(questions_of(frame, _names(workbook), _titles(workbook), name_people=True))
        if one.id in chosen
    ]
    columns = ["number", "state", "asked", "by", "about", "question", "me_too", "answers", "closed", "closed_by"]
    return pd.DataFrame(found, columns=columns).astype({name: "int64" if name == "me_too" else "str" for name in columns})


def ledger_actions(workbook: Workbook, *, member: str = "", every: bool = False) -> pd.DataFrame:
    """Return the actions that are not done, or all of them, by owner.

    Returns
    -------
    DataFrame
        One row an action, in order of the owners' names and of when they are due, no one's last. Columns ``number``, ``owner`` (a name, or
        empty), ``state`` ("open", "overdue" or "done"), ``due``, ``since`` (the session), ``done_on``, ``action``, all str.
    """
    today, name = workbook.today().isoformat(), _names(workbook).get(member, member)
    actions = actions_of(tables.actions(workbook.current), _names(workbook), workbook.current)
    found = [
        (
            *(f"A{one.number}", one.owner, "done" if one.done else "overdue" if one.due and one.due < today else "open"),
            *(one.due, one.session, one.done_on, one.text),
        )
        for one in by_owner(actions)
        if (every or not one.done) and (not member or one.owner == name)
    ]
    columns = ["number", "owner", "state", "due", "since", "done_on", "action"]
    return pd.DataFrame(found, columns=columns).astype("str")


def _names(workbook: Workbook) -> dict[str, str]:
    return {member: person.name for member, person in workbook.people.items()}


def _titles(workbook: Workbook) -> dict[str, str]:
    items = workbook.catalogue.items
    return dict(zip(items["id"], items["title"], strict=True))
