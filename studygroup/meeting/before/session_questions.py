"""The questions that a session asks about its papers, as a table with what was answered."""

from __future__ import annotations

import pandas as pd

from studygroup.errors import StudygroupError
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.facts.guides import answers_for, of_question, own_questions
from studygroup.workbook.workbook import Workbook


def ledger_responses(workbook: Workbook, reader: str) -> pd.DataFrame:
    """Return the questions of the session that is under way, not closed yet or next, with the answers that a member may see.

    Returns
    -------
    DataFrame
        One row a question, in the agenda's order; of one that was reworded or taken out after it was answered, the number is 0. Columns ``number`` (int64), ``paper`` (a title), ``question``, ``answers`` (each with
        a name), str. No rows where the papers have no questions of their own, or there is no session.
    """
    try:
        session = workbook.session_to_record()
        reads = agenda_of(workbook, session).reads
    except StudygroupError:
        session, reads = "", ()
    answers = answers_for(workbook, session, reader) if session else {}
    found = [
        (
            *(one.number, one.title, one.text),
            " / ".join(f"{given.by}: {given.text}" for given in of_question(answers, one.about, one.text)),
        )
        for one in own_questions(reads, answers)
    ]
    columns = {"number": "int64", "paper": "str", "question": "str", "answers": "str"}
    return pd.DataFrame(found, columns=list(columns)).astype(columns)
