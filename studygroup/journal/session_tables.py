"""From records to tables: the group and its sessions; see ``tables``."""

from __future__ import annotations

import pandas as pd

from studygroup.journal.current import current, time_changes
from studygroup.journal.frame import Columns, Records, held_frame, kept_frame, make_frame
from studygroup.journal.holdings import Holdings
from studygroup.journal.records import (
    Action,
    Attendance,
    Away,
    Close,
    Note,
    Person,
    Plan,
    Rsvp,
    Sent,
    SlotRule,
    Swap,
)

_ENTERED: Columns = {"at": "time", "by": "str"}
PEOPLE: Columns = {
    "member": "str",
    "name": "str",
    "role": "str",
    "zone": "str",
    "joined": "date",
    "left": "date",
    "guest": "bool",
}
SLOTS: Columns = {
    "valid_from": "date",
    "weekday": "str",
    "time": "str",
    "zone": "str",
    "every": "str",
    "length_min": "int64",
    **_ENTERED,
}
PLANS: Columns = {
    "session": "str",
    "entries": "object",
    "items": "object",
    "roles": "object",
    "start": "object",
    "length_min": "Int64",
    "cancelled": "bool",
    "why": "str",
    "changes": "int64",
    **_ENTERED,
}
CLOSES: Columns = {"session": "str", "finished": "object", "continues": "object", **_ENTERED}
RSVPS: Columns = {"session": "str", "member": "str", "answer": "str", "why": "str", **_ENTERED}
ATTENDANCE: Columns = {"session": "str", "member": "str", "state": "str", **_ENTERED}
SWAPS: Columns = {"session": "str", "member": "str", "role": "str", "to": "str", **_ENTERED}
AWAY: Columns = {"member": "str", "first": "date", "last": "date", "why": "str", **_ENTERED}
NOTES: Columns = {"id": "str", "session": "str", "text": "str", "decision": "bool", **_ENTERED}
ACTIONS: Columns = {"id": "str", "session": "str", "text": "str", "owner": "str", "due": "date", "done": "bool", **_ENTERED}
SENT: Columns = {"session": "str", "message": "str", "to": "object", **_ENTERED}


def people(records: Records) -> pd.DataFrame:
    """Return the roster.

    Returns
    -------
    DataFrame
        One row a person, in order of their ids. Columns ``member``, ``name``, ``role`` ("member" or "facilitator"),
        ``zone`` (str), ``joined``, ``left`` (datetime64[s], NaT where not given), ``guest`` (bool). No people, no rows.
    """
    return held_frame(records, Person, PEOPLE)


def slots(records: Records) -> pd.DataFrame:
    """Return the rules for when the group meets that were recorded; the settings have others.

    Returns
    -------
    DataFrame
        One row a rule, in order of ``valid_from`` (datetime64[s]). Columns also ``weekday``, ``time`` (``23:00``), ``zone``,
        ``every`` (str), ``length_min`` (int64, minutes), ``at``, ``by``.
    """
    return held_frame(records, SlotRule, SLOTS)


def plans(records: Records) -> pd.DataFrame:
    """Return what the facilitators planned.

    Returns
    -------
    DataFrame
        One row a planned session, in order. Columns ``session`` (str), ``entries``, ``items`` (tuples of str), ``roles``
        (dict from role to member id), ``start`` (aware datetime or None), ``length_min`` (Int64, minutes, NA as the slot
        says), ``cancelled`` (bool), ``why`` (str), ``changes`` (int64, how often the start, the length or the cancellation
        changed), ``at``, ``by``.
    """

    def make() -> pd.DataFrame:
        if isinstance(records, Holdings):
            held, changes = records.current(Plan), records.time_changes()
        else:
            known = list(records)
            held, changes = current(known, Plan), time_changes(known)
        return make_frame(held, PLANS, {"changes": lambda plan: changes[plan.session]})

    return kept_frame(records, [Plan], "plans", make)


def closes(records: Records) -> pd.DataFrame:
    """Return how sessions ended.

    Returns
    -------
    DataFrame
        One row a closed session, in order. Columns ``session`` (str), ``finished``, ``continues`` (tuples of ``list/entry``),
        ``at``, ``by``.
    """
    return held_frame(records, Close, CLOSES)


def rsvps(records: Records) -> pd.DataFrame:
    """Return who said that they will come. The reason of a no is for the facilitators.

    Returns
    -------
    DataFrame
        One row a session and member, in order. Columns ``session``, ``member``, ``answer`` ("yes", "maybe" or "no"), ``why``
        (str), ``at``, ``by``.
    """
    return held_frame(records, Rsvp, RSVPS)


def attendance(records: Records) -> pd.DataFrame:
    """Return who was there.

    Returns
    -------
    DataFrame
        One row a session and member, in order. Columns ``session``, ``member``, ``state`` (str), ``at``, ``by``.
    """
    return held_frame(records, Attendance, ATTENDANCE)


def swaps(records: Records) -> pd.DataFrame:
    """Return the roles that members gave away.

    Returns
    -------
    DataFrame
        One row a session, member and role, in order. Columns ``session``, ``member``, ``role``, ``to`` (a member, or empty
        while nobody took it; str), ``at``, ``by``.
    """
    return held_frame(records, Swap, SWAPS)


def away(records: Records) -> pd.DataFrame:
    """Return when members cannot come.

    Returns
    -------
    DataFrame
        One row a member and first date, in order. Columns ``member`` (str), ``first``, ``last`` (datetime64[s], both
        included), ``why`` (str), ``at``, ``by``.
    """
    return held_frame(records, Away, AWAY)


def notes(records: Records) -> pd.DataFrame:
    """Return what was said or decided in sessions.

    Returns
    -------
    DataFrame
        One row a note, in order of their ids and so of when they were made. Columns ``id``, ``session``, ``text`` (str),
        ``decision`` (bool), ``at``, ``by``.
    """
    return held_frame(records, Note, NOTES)


def actions(records: Records) -> pd.DataFrame:
    """Return what somebody will do.

    Returns
    -------
    DataFrame
        One row an action, in order of their ids. Columns ``id``, ``session``, ``text``, ``owner`` (a member, or empty while
        nobody took it; str), ``due`` (datetime64[s], NaT where not given), ``done`` (bool), ``at``, ``by``.
    """
    return held_frame(records, Action, ACTIONS)


def sent(records: Records) -> pd.DataFrame:
    """Return what was announced.

    Returns
    -------
    DataFrame
        One row a session and message, in order. Columns ``session``, ``message`` (str), ``to`` (tuple of str), ``at``, ``by``.
    """
    return held_frame(records, Sent, SENT)
