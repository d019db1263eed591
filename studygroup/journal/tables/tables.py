"""From records to tables: what is current, as pandas DataFrames.

Pure functions: records in any order, with any repetition, give the same tables. The last record of a subject is current, by
its time and then its id; what was withdrawn counts as never said. ``CurrentState`` in place of records give the same tables
without starting anew.

In every table ``at`` (datetime64[ms, UTC]) is when the current record was entered and ``by`` (str) who typed it; a thing
about itself (a question, a note) has its ``id``, that of its first record. Columns and their types are the same without
rows, and an index counts the rows from 0.
"""

from studygroup.journal.tables.activity_table import activity
from studygroup.journal.tables.frame import rows
from studygroup.journal.tables.progress_tables import item_progress, member_progress, step_progress, syllabus_progress
from studygroup.journal.tables.question_table import questions
from studygroup.journal.tables.session_tables import (
    actions,
    attendance,
    away,
    closes,
    guides,
    notes,
    paces,
    people,
    plans,
    rsvps,
    sent,
    slots,
    swaps,
    turns,
)
from studygroup.journal.tables.work_tables import ballots, materials, proposals, ratings, reading, summaries, votes

__all__ = [
    "actions",
    "activity",
    "attendance",
    "away",
    "ballots",
    "closes",
    "guides",
    "item_progress",
    "materials",
    "member_progress",
    "notes",
    "paces",
    "people",
    "plans",
    "proposals",
    "questions",
    "ratings",
    "reading",
    "rows",
    "rsvps",
    "sent",
    "slots",
    "step_progress",
    "summaries",
    "swaps",
    "syllabus_progress",
    "turns",
    "votes",
]
