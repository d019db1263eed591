"""What ``Group.record`` returns: the record that was entered, and how to undo it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from studygroup.errors import RecordError
from studygroup.interface.recording import enter_as_form
from studygroup.journal.types.record import Record, fields_of
from studygroup.workbook.identity import MEMBER, author_of
from studygroup.workbook.workbook import Workbook

# What is entered about a member and not by them.
FACILITATORS = frozenset({"attendance", "person"})


class Entered:
    """One thing that was entered and is on the disk.

    Attributes
    ----------
    id
        The record's id, as ``studygroup history`` shows it and ``studygroup undo`` takes it.
    type
        What it is: ``rating``.
    by
        Who entered it, a member's id.
    session
        The session that it belongs to.
    fields
        What it says, by field.
    of
        The id by which a later record changes the same thing, ``group.record("action", of=…)``; empty where there is no thing.
    number
        As the group calls a question or an action, such as ``Q80148``; empty for everything else.
    """

    def __init__(self, workbook: Workbook, record: Record) -> None:
        self._workbook, self._record = workbook, record
        self.id, self.type, self.by, self.session = record.id, record.type, record.by, record.session
        self.fields: dict[str, Any] = fields_of(record)
        self.of = record.subject[0] if record.subject_fields == ("of",) else ""
        self.number = _number(workbook, record)
        self._undone = False

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={_short(value)}" for name, value in self.fields.items() if value not in ("", None, (), {}))
        return f"<{'Undone' if self._undone else 'Saved'}: {self.type} {self.number or self.id} by {self.by}: {said}>"

    def undo(self) -> None:
        """Undo it: what was current before is current again.

        Raises
        ------
        RecordError
            It was undone before.
        """
        with self._workbook.lock:
            self._workbook.refresh()
            self._workbook.undo(self.id, by=self.by)
        self._undone = True


def _short(value: Any, longest: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _number(workbook: Workbook, record: Record) -> str:
    from studygroup.meeting.facts.ledger_tables import LETTERS, number_of

    return number_of(workbook, record.type, record.subject[0]) if record.type in LETTERS else ""


def entered(workbook: Workbook, kind: str, by: str, session: str, given: dict[str, Any]) -> Entered:
    """Enter what a form enters and return it; see ``Group.record``."""
    author = _author(workbook, kind, by, given)
    return Entered(workbook, enter_as_form(workbook, kind, by=author, session=session, **given))


def _author(workbook: Workbook, kind: str, by: str, given: Mapping[str, Any]) -> str:
    """Return the id of the member who enters something, as ``studygroup record`` finds it."""
    by = by or os.environ.get(MEMBER, "")
    member = workbook.member(given["member"]) if given.get("member") else ""
    if member and kind not in FACILITATORS:
        # In a member's own clone it is the member who enters, so that two clones never write to one file.
        return workbook.member(by) if by else member
    found = author_of(workbook, by, [member] if member else ())
    if not found and workbook.people:
        raise RecordError('Say who enters this: by="…", the id or name of a member.')
    if not found and kind != "person":
        raise RecordError(
            'No one is on the roster yet. Add yourself first: group.record("person", name="…", role="facilitator").'
        )
    return found
