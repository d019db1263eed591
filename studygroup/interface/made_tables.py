"""Tables that are more than the records of one type: plans, questions and actions, progress, activity."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from studygroup.group.states import READING
from studygroup.interface.described import docstring
from studygroup.interface.record_tables import DescribedTable
from studygroup.journal.tables import tables
from studygroup.journal.tables.frame import Columns
from studygroup.meeting.facts.ledger_tables import with_numbers
from studygroup.meeting.facts.syllabus import steps_of
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook


def plans(workbook: Workbook) -> pd.DataFrame:
    """What facilitators planned for sessions.

    Returns
    -------
    DataFrame
        One row for each planned session, in order. Without rows, columns and dtypes are the same.

        ============  ===================  ===================================================
        session       str                  a session's id, the date it was first scheduled for
        entries       object               tuple of ``list/entry``
        items         object               tuple of items' ids
        roles         object               dict from role to a member's id
        start         object               aware datetime; None: as the schedule has it
        length_min    Int64                in minutes; NA: as the schedule has it
        cancelled     bool                 whether it does not take place
        why           str                  why it was moved or cancelled
        read          object               tuple of what was read, as the list was then
        changes       int64                how often its time changed
        place         str                  where it meets, of this session alone
        link          str                  where it meets online, of this session alone
        note          str                  what to know about the session
        skips_recall  bool                 whether its agenda asks nothing to remember
        at            datetime64[ms, UTC]  when it was entered
        by            str                  who entered it, a member's id
        ============  ===================  ===================================================
    """
    return tables.plans(workbook.current)


def actions(workbook: Workbook) -> pd.DataFrame:
    """What someone will do.

    Returns
    -------
    DataFrame
        One row for each action, in the order in which they were first entered. Without rows, columns and dtypes are the same.

        =======  ===================  ======================================================
        number   str                  as the group calls it, such as A55999
        id       str                  that of its first record; stays when it is changed
        session  str                  the session in which it was noted
        text     str                  Markdown, as it was typed
        owner    str                  who does it, a member's id; empty: no one yet
        due      datetime64[s]        by when; NaT where no day was named
        done     bool                 whether it is done
        at       datetime64[ms, UTC]  when it was entered
        by       str                  who entered it, a member's id
        =======  ===================  ======================================================
    """
    return with_numbers(tables.actions(workbook.current), "A")


def questions(workbook: Workbook) -> pd.DataFrame:
    """What members asked, and what became of it.

    Returns
    -------
    DataFrame
        One row for each question, in the order in which they were first asked. Without rows, columns and dtypes are the same.

        ==============  ===================  ====================================================
        number          str                  as the group calls it, such as Q80148
        id              str                  that of its first record; stays when it is changed
        member          str                  who asked, a member's id
        item            str                  what it is about, an item's id; may be empty
        text            str                  Markdown, as it was typed
        state           str                  open, answered or dropped
        session         str                  the session in which it was first asked
        at              datetime64[ms, UTC]  when it was first asked
        answers         object               tuple of texts, in order
        closed_session  str                  the session in which it was closed; empty while open
        closed_at       datetime64[ms, UTC]  when it was closed; NaT while open
        closed_by       str                  who closed it, a member's id; empty while open
        closed_item     str                  an item that answers it; may be empty
        sessions        int64                through how many sessions it was open
        seconds         int64                how many others want to know, too
        ==============  ===================  ====================================================
    """
    return with_numbers(tables.questions(workbook.current), "Q")


def item_progress(workbook: Workbook) -> pd.DataFrame:
    """How many members are how far with each item; ``PROGRESS`` has its columns."""
    return tables.item_progress(tables.reading(workbook.current))


def step_progress(workbook: Workbook) -> pd.DataFrame:
    """How far each member is with each step of the syllabus; ``PROGRESS`` has its columns."""
    return tables.step_progress(*_progress_of(workbook))


def member_progress(workbook: Workbook) -> pd.DataFrame:
    """How far each member is with the syllabus; ``PROGRESS`` has its columns."""
    return tables.member_progress(*_progress_of(workbook))


def syllabus_progress(workbook: Workbook) -> pd.DataFrame:
    """How many members are how far with each step of the syllabus; ``PROGRESS`` has its columns."""
    return tables.syllabus_progress(*_progress_of(workbook))


def activity(workbook: Workbook) -> pd.DataFrame:
    """How much each member entered, week by week.

    Returns
    -------
    DataFrame
        One row for each week, record type and member with a record, in order. Without rows, columns and dtypes are the same.

        =======  =============  =======================================
        week     datetime64[s]  its Monday, UTC
        type     str            what was entered, such as rsvp
        member   str            who entered it, a member's id
        records  int64          how many, without those that were undone
        =======  =============  =======================================
    """
    return tables.activity(workbook.current)


def _progress_of(workbook: Workbook) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return what progress is computed from: reading, steps, and the people who have not left."""
    steps = [(step.number, step.items) for step in steps_of(workbook)]
    asked = pd.DataFrame(steps, columns=["step", "items"])
    return tables.reading(workbook.current), asked, workbook.roster.here_on(workbook.today())


_COUNTS: Columns = dict.fromkeys(READING, "int64")
_PEOPLE = dict.fromkeys(READING, "how many members")
PROGRESS: Mapping[str, DescribedTable] = {
    "item_progress": DescribedTable(
        item_progress,
        docstring(
            "How many members are how far with each item.",
            "One row for each item that someone said something of, sorted by id.",
            {"item": "str", **_COUNTS, "members": "int64"},
            {"item": "an item's id", **_PEOPLE, "members": "how many said something of it"},
        ),
    ),
    "step_progress": DescribedTable(
        step_progress,
        docstring(
            "How far each member is with each step of the syllabus.",
            "One row for each person who has not left and each step with something to read, in order.",
            {"member": "str", "step": "int64", "status": "str"},
            {
                "member": "a member's id",
                "step": "from 1",
                "status": f"{plain_list(READING)}; of several items the one least far",
            },
        ),
    ),
    "member_progress": DescribedTable(
        member_progress,
        docstring(
            "How far each member is with the syllabus.",
            "One row for each person who has not left, sorted by id.",
            {"member": "str", **_COUNTS, "steps": "int64", "share": "float64"},
            {
                "member": "a member's id",
                **dict.fromkeys(READING, "how many steps"),
                "steps": "how many there are to read",
                "share": "read or skimmed, of all: from 0 to 1",
            },
        ),
    ),
    "syllabus_progress": DescribedTable(
        syllabus_progress,
        docstring(
            "How many members are how far with each step of the syllabus.",
            "One row for each step with something to read, in order.",
            {"step": "int64", **_COUNTS, "members": "int64", "share": "float64"},
            {
                "step": "from 1",
                **_PEOPLE,
                "members": "how many people have not left",
                "share": "who read or skimmed it, of all: from 0 to 1",
            },
        ),
    ),
}
"""How far members are: a column for each reading status."""
