"""Questions with their whole life; see ``tables``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
import pandas as pd

from studygroup.journal.frame import Columns, GrowingFrame, Records, Values
from studygroup.journal.holdings import Holdings, Key
from studygroup.journal.records import WAS_THERE, Answer, Question
from studygroup.journal.session_tables import attendance

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
_VALUES: Values = {name: itemgetter(place) for place, name in enumerate(QUESTIONS)}


class _Lives:
    """The questions of holdings with their answers."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.changed_questions = holdings.watch(Question)
        self.changed_answers = holdings.watch(Answer)
        # The answers that ever named a question; whether one still does is looked up.
        self.answers: defaultdict[str, set[Key]] = defaultdict(set)
        self._asked_about(holdings.keys(Answer))
        found = ((key, self._row(key)) for key in holdings.keys(Question))
        self.table = GrowingFrame(QUESTIONS, self._row, ((key, row) for key, row in found if row), _VALUES)

    def _asked_about(self, answers: Iterable[Key]) -> set[str]:
        """Note which questions some answers are about, and return them."""
        questions = set()
        for key in answers:
            for record in self.holdings.of_subject(Answer, key):
                self.answers[record.question].add(key)
                questions.add(record.question)
        return questions

    def update(self) -> None:
        """Make the rows anew of what was asked, answered or withdrawn since."""
        changed = self.changed_questions | self._asked_about(self.changed_answers)
        self.changed_questions.clear()
        self.changed_answers.clear()
        # An answer may name a later record of the question.
        named = (self.holdings.record(name) for name in changed)
        changed |= {record.of for record in named if isinstance(record, Question) and record.of}
        self.table.change(changed)

    def _row(self, key: Key) -> _Row | None:
        """Return a question as it is now, or None when it was withdrawn or what changed is no question."""
        holdings = self.holdings
        held = holdings.held(Question, key)
        if held is None:
            return None
        records = list(holdings.of_subject(Question, key))
        first = held if len(records) == 1 else min(filter(holdings.stands, records), key=attrgetter("order"))
        names = {key, *(record.id for record in records)}
        keys = {answer for name in names if name in self.answers for answer in self.answers[name]}
        found = (holdings.held(Answer, answer) for answer in keys)
        answers = sorted((one for one in found if one and one.question in names), key=attrgetter("order"))
        closing = answers[-1] if answers and answers[-1].state != "open" else None
        end = (closing.session, closing.at, closing.member, closing.item) if closing else ("", None, "", "")
        texts = tuple(one.text for one in answers if one.text)
        state = closing.state if closing else "open"
        return (key, held.member, held.item, held.text, state, first.session, first.at, texts, *end)


def questions(records: Records) -> pd.DataFrame:
    """Return the questions with what became of them. The last answer's state is the question's.

    Returns
    -------
    DataFrame
        One row a question, in order of their ids. Columns ``id``, ``member`` (who asked), ``item``, ``text``, ``state``
        ("open", "answered" or "dropped"), ``session`` (where it was first asked; str), ``at`` (when), ``answers`` (tuple of
        texts, in order of time), ``closed_session`` (str, empty while open), ``closed_at`` (NaT while open), ``closed_by`` (who
        answered or dropped it), ``closed_item`` (a work that answers it; str, or empty), ``sessions`` (int64, how many
        sessions that took place it lived through, with the first and the last).
    """
    holdings = records if isinstance(records, Holdings) else Holdings(records)
    lives: _Lives = holdings.kept("questions", lambda: _Lives(holdings))
    lives.update()
    frame = lives.table.frame
    attended = attendance(holdings)
    held = np.array(sorted(set(attended.loc[attended["state"].isin(WAS_THERE), "session"])), dtype="U")
    first = np.searchsorted(held, frame["session"].to_numpy(dtype="U"), side="left")
    closed = frame["closed_session"].to_numpy(dtype="U")
    last = np.where(closed == "", len(held), np.searchsorted(held, closed, side="right"))
    return frame.assign(sessions=np.maximum(last - first, 0).astype("int64"))
