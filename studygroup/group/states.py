"""What can be said of a member: how they attended a session, and how far they are with an item.

One description for each state, from which all else follows: what records accept, commands, buttons, tables, reports, exports.
``docs/extending.md`` says how to add one.
"""

from __future__ import annotations

import msgspec


class AttendanceState(msgspec.Struct, frozen=True, kw_only=True):
    """One way to have attended a session.

    Attributes
    ----------
    name
        As records, tables and commands have it.
    word
        As forms and pages show it.
    there
        Whether it counts as having been there.
    column
        Its place in the report's table: smaller numbers further left. Buttons and commands have the order of ``ATTENDANCE_STATES``.
    since
        The version of attendance records that first has it; programs that know only earlier ones keep such a record as it is.
    """

    name: str
    word: str
    there: bool
    column: int
    since: int = 1


class ReadingState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a member can be with an item.

    Attributes
    ----------
    name
        As records, tables and commands have it.
    word
        As forms show it.
    written
        As an exported table has it; an import reads it back (``catalogue.recognise.vocabulary.progress``).
    has_read
        Whether it counts as having read the item.
    far
        How far it is: of several items the smallest counts, and a list never takes a member back to a smaller one.
    told
        What pages say after the number of members: of one, and of more. Empty: they say nothing of it.
    since
        As for ``AttendanceState``, the version of reading records.
    """

    name: str
    word: str
    written: str
    has_read: bool
    far: int
    told: tuple[str, str] = ("", "")
    since: int = 1


ATTENDANCE_STATES = (
    AttendanceState(name="present", word="Present", there=True, column=10),
    AttendanceState(name="late", word="Late", there=True, column=20),
    AttendanceState(name="left_early", word="Left early", there=True, column=30),
    AttendanceState(name="absent", word="Absent", there=False, column=50),
    AttendanceState(name="excused", word="Excused", there=False, column=40),
)
"""In the order of buttons and commands."""

READING_STATES = (
    ReadingState(name="unread", word="Unread", written="Not read", has_read=False, far=0),
    ReadingState(
        name="reading", word="Reading", written="Reading", has_read=False, far=2, told=("is reading it", "are reading it")
    ),
    ReadingState(name="skimmed", word="Skimmed", written="Skimmed", has_read=True, far=3, told=("skimmed it", "skimmed it")),
    ReadingState(name="read", word="Read", written="Read", has_read=True, far=4, told=("has read it", "have read it")),
    ReadingState(name="skipped", word="Skipped", written="Skipped", has_read=False, far=1, told=("skipped it", "skipped it")),
)
"""In the order of buttons, commands and tables. Without a record a member is in the first one."""

ATTENDED: tuple[str, ...] = tuple(one.name for one in ATTENDANCE_STATES)
WAS_THERE: frozenset[str] = frozenset(one.name for one in ATTENDANCE_STATES if one.there)
READING: tuple[str, ...] = tuple(one.name for one in READING_STATES)
HAS_READ: frozenset[str] = frozenset(one.name for one in READING_STATES if one.has_read)
HOW_FAR: dict[str, int] = {one.name: one.far for one in READING_STATES}
