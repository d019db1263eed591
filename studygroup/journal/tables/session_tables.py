"""From records to tables: the group and its sessions; see ``tables``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from studygroup.journal.current.current import current, time_changes
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables.frame import Records, columns_of, current_frame, kept_frame, make_frame
from studygroup.journal.types.records import (
    Action,
    Attendance,
    Away,
    Close,
    Guide,
    Note,
    Pace,
    Person,
    Plan,
    Rsvp,
    Sent,
    SlotRule,
    Swap,
    Turn,
)


def people(records: Records) -> pd.DataFrame:
    """Return the roster.

    Returns
    -------
    DataFrame
        One row a person, in order of their ids. Columns ``member``, ``name``, ``role`` ("member" or "facilitator"),
        ``zone`` (str), ``joined``, ``left`` (datetime64[s], NaT where not given), ``guest`` (bool). No people, no rows.
    """
    return current_frame(records, Person)


def slots(records: Records) -> pd.DataFrame:
    """Return the rules for when the group meets that were recorded; the settings have others.

    Returns
    -------
    DataFrame
        One row a rule, in order of ``valid_from`` (datetime64[s]). Columns also ``weekday`` (several as ``tuesday, friday``), ``time`` (``23:00``), ``zone``,
        ``every`` (str), ``length_min`` (int64, minutes), ``at``, ``by``.
    """
    return current_frame(records, SlotRule)


def plans(records: Records) -> pd.DataFrame:
    """Return what the facilitators planned.

    Returns
    -------
    DataFrame
        One row a planned session, in order. Columns ``session`` (str), ``entries``, ``items`` (tuples of str), ``roles``
        (dict from role to member id), ``start`` (aware datetime or None), ``length_min`` (Int64, minutes, NA as the slot
        says), ``cancelled`` (bool), ``why`` (str), ``read`` (a tuple of ``record.Read``, as the list was then), ``changes`` (int64, how often the start, the length or the cancellation
        changed), ``place``, ``link``, ``note`` (str, of this session alone), ``skips_recall`` (bool), ``at``, ``by``.
    """

    def make() -> pd.DataFrame:
        if isinstance(records, CurrentState):
            held, changes = records.current(Plan), records.time_changes()
        else:
            known = list(records)
            held, changes = current(known, Plan), time_changes(known)
        frame = make_frame(held, columns_of(Plan))
        made = np.array([changes[plan.session] for plan in held], dtype="int64")
        frame.insert(list(frame.columns).index("place"), "changes", made)
        return frame

    return kept_frame(records, [Plan], "plans", make)


def guides(records: Records) -> pd.DataFrame:
    """Return what to read of each paper in a session, and the questions about it.

    Returns
    -------
    DataFrame
        One row a session and item, or entry that names none, in order. Columns ``session``, ``item``, ``entry``, ``part`` (str), ``questions`` (a tuple of str), ``at``, ``by``.
    """
    return current_frame(records, Guide)


def paces(records: Records) -> pd.DataFrame:
    """Return how many minutes the parts of sessions get, where a facilitator kept them.

    Returns
    -------
    DataFrame
        One row a session, in order. Columns ``session`` (str), ``parts`` (a dict of minutes by title), ``pinned`` (a tuple of titles),
        ``reason`` (str), ``coming``, ``read``, ``questions`` (int64), ``at``, ``by``.
    """
    return current_frame(records, Pace)


def closes(records: Records) -> pd.DataFrame:
    """Return how sessions ended.

    Returns
    -------
    DataFrame
        One row a closed session, in order. Columns ``session`` (str), ``finished``, ``continues`` (tuples of ``list/entry``),
        ``read`` (a tuple of ``record.Read``), ``at``, ``by``.
    """
    return current_frame(records, Close)


def rsvps(records: Records) -> pd.DataFrame:
    """Return who said that they will come. The reason of a no is for the facilitators.

    Returns
    -------
    DataFrame
        One row a session and member, in order. Columns ``session``, ``member``, ``answer`` ("yes", "maybe" or "no"), ``why``
        (str), ``at``, ``by``.
    """
    return current_frame(records, Rsvp)


def attendance(records: Records) -> pd.DataFrame:
    """Return who was there.

    Returns
    -------
    DataFrame
        One row a session and member, in order. Columns ``session``, ``member``, ``state`` (str), ``at``, ``by``.
    """
    return current_frame(records, Attendance)


def swaps(records: Records) -> pd.DataFrame:
    """Return the roles that members gave away.

    Returns
    -------
    DataFrame
        One row a session, member and role, in order. Columns ``session``, ``member``, ``role``, ``to`` (a member, or empty
        while no one took it; str), ``asked`` (who is asked to take it, or empty; str), ``for_session`` and ``for_role`` (what they
        take in return, or empty; str), ``at``, ``by``.
    """
    return current_frame(records, Swap)


def turns(records: Records) -> pd.DataFrame:
    """Return who takes an open role, and who declined one.

    Returns
    -------
    DataFrame
        One row a session, member and role, in order. Columns ``session``, ``member``, ``role``, ``answer`` ("volunteer" or
        "decline"; str), ``at``, ``by``.
    """
    return current_frame(records, Turn)


def away(records: Records) -> pd.DataFrame:
    """Return when members cannot come.

    Returns
    -------
    DataFrame
        One row a member and first date, in order. Columns ``member`` (str), ``first``, ``last`` (datetime64[s], both
        included), ``why`` (str), ``at``, ``by``.
    """
    return current_frame(records, Away)


def notes(records: Records) -> pd.DataFrame:
    """Return what was said or decided in sessions.

    Returns
    -------
    DataFrame
        One row a note, in order of their ids and so of when they were made. Columns ``id``, ``session``, ``text`` (str),
        ``decision`` (bool), ``at``, ``by``.
    """
    return current_frame(records, Note)


def actions(records: Records) -> pd.DataFrame:
    """Return what someone will do.

    Returns
    -------
    DataFrame
        One row an action, in order of their ids. Columns ``id``, ``session``, ``text``, ``owner`` (a member, or empty while
        no one took it; str), ``due`` (datetime64[s], NaT where not given), ``done`` (bool), ``at``, ``by``.
    """
    return current_frame(records, Action)


def sent(records: Records) -> pd.DataFrame:
    """Return what was announced.

    Returns
    -------
    DataFrame
        One row a session and message, in order. Columns ``session``, ``message`` (str), ``to`` (tuple of str), ``at``, ``by``.
    """
    return current_frame(records, Sent)
