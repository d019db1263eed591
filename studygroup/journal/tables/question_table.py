"""Questions with their whole life; see ``tables``."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
import pandas as pd

from studygroup.group.states import WAS_THERE
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables.frame import Columns, GrowingFrame, Records, Values, kept_frame
from studygroup.journal.tables.session_tables import attendance
from studygroup.journal.types.records import Answer, Attendance, Question, Second
from studygroup.journal.types.subjects import Key

QUESTIONS: Columns = {
    "id": "str",
    "member": "str",
    "item": "str",
    "text": "str",
    "state": "str",
    "session": "str",
    "at": "time",
    "answers": "object",
    "closed_session": "str",
    "closed_at": "time",
    "closed_by": "str",
    "closed_item": "str",
}


_Row = tuple[Any, ...]
_STILL_OPEN = ("", None, "", "")
_VALUES: Values = {name: itemgetter(place) for place, name in enumerate(QUESTIONS)}


class _Lives:
    """The questions of the current state with their answers."""

    def __init__(self, current_state: CurrentState) -> None:
        self.current_state = current_state
        self.new_questions, self.new_answers = current_state.watch(Question), current_state.watch(Answer)
        # The answers that hold, by the id that they name, which may be that of a later record of the question.
        self.answers: defaultdict[str, dict[Key, Answer]] = defaultdict(dict)
        for key, answer in zip(*current_state.current_by_key(Answer), strict=True):
            self.answers[answer.question][key] = answer
        keys, held = current_state.current_by_key(Question)
        self.table = GrowingFrame(QUESTIONS, self._row_or_none, keys.copy(), list(map(self._row, keys, held)), _VALUES)

    def update(self) -> None:
        """Make the rows anew of what was asked, answered or withdrawn since."""
        changed = self.new_questions.take()
        for key in self.new_answers.take():
            for record in self.current_state.of_subject(Answer, key):
                self.answers[record.question].pop(key, None)
                changed.add(record.question)
            if held := self.current_state.latest(Answer, key):
                self.answers[held.question][key] = held
        named = (self.current_state.record(name) for name in changed)
        self.table.change(changed | {record.of for record in named if isinstance(record, Question) and record.of})

    def _row_or_none(self, key: Key) -> _Row | None:
        """Return a question as it is now, or None when it was withdrawn or what changed is no question."""
        held = self.current_state.latest(Question, key)
        return self._row(key, held) if held else None

    def _row(self, key: Key, held: Question) -> _Row:
        said, first = self.current_state.of_subject(Question, key), held
        if len(said) > 1:
            first = min(filter(self.current_state.stands, said), key=attrgetter("order"))
        found: list[Answer] = []
        for name in (key,) if len(said) == 1 and held.id == key else {key, *(record.id for record in said)}:
            if name in self.answers:
                found += self.answers[name].values()
        asked = (key, held.member, held.item, held.text)
        if not found:
            return (*asked, "open", first.session, first.at, (), *_STILL_OPEN)
        if len(found) > 1:
            found.sort(key=attrgetter("order"))
        last = found[-1]
        end = (last.session, last.at, last.member, last.item) if last.state != "open" else _STILL_OPEN
        return (*asked, last.state, first.session, first.at, tuple([one.text for one in found if one.text]), *end)


def questions(records: Records) -> pd.DataFrame:
    """Return the questions with what became of them. The last answer's state is the question's.

    Returns
    -------
    DataFrame
        One row a question, in order of their ids. Columns ``id``, ``member`` (who asked), ``item``, ``text``, ``state``
        ("open", "answered" or "dropped"), ``session`` (where it was first asked; str), ``at`` (when), ``answers`` (tuple of
        texts, in order of time), ``closed_session`` (str, empty while open), ``closed_at`` (NaT while open), ``closed_by`` (who
        answered or dropped it), ``closed_item`` (a work that answers it; str, or empty), ``sessions`` (int64, how many
        sessions that took place it lived through, with the first and the last), ``seconds`` (int64, how many others want to know, too).
    """
    current_state = records if isinstance(records, CurrentState) else CurrentState(records)
    return kept_frame(current_state, [Question, Answer, Attendance, Second], "questions", lambda: _questions(current_state))


def _questions(current_state: CurrentState) -> pd.DataFrame:
    lives: _Lives = current_state.kept("lives", lambda: _Lives(current_state))
    lives.update()
    frame = lives.table.frame
    attended = attendance(current_state)
    held = np.array(sorted(set(attended.loc[attended["state"].isin(WAS_THERE), "session"])), dtype="U")
    first = np.searchsorted(held, frame["session"].to_numpy(dtype="U"), side="left")
    closed = frame["closed_session"].to_numpy(dtype="U")
    last = np.where(closed == "", len(held), np.searchsorted(held, closed, side="right"))
    asked = dict(zip(frame["id"], frame["member"], strict=True))
    wanted = Counter(one.question for one in current_state.current(Second) if asked.get(one.question, one.member) != one.member)
    seconds = np.array([wanted[name] for name in frame["id"]], dtype="int64")
    return frame.assign(sessions=np.maximum(last - first, 0).astype("int64"), seconds=seconds)
