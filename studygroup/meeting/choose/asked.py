"""A ballot or a survey, asked for by its id or as the only one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from studygroup.errors import RecordError
from studygroup.journal.types.record import Record
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook


class Asked(Protocol):
    """What members are asked, and whether it is still open."""

    @property
    def id(self) -> str:
        """The id of the record that opened it."""

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""


R = TypeVar("R", bound=Record)
A = TypeVar("A", bound=Asked)


def record_asked(workbook: Workbook, kind: type[R], wanted: str, unknown: str) -> R:
    """Return what is current of a record, by its id or the end of it.

    Raises
    ------
    RecordError
        There is none of this kind, or it was undone; ``unknown`` says so behind the id.
    """
    record = workbook.find_record(wanted)
    held = workbook.latest(kind, *record.subject) if isinstance(record, kind) else None
    if held is None:
        raise RecordError(f"{wanted} {unknown}")
    return held


def only_open(found: Sequence[A], kind: str) -> A:
    """Return the only one that is open.

    Raises
    ------
    RecordError
        None is open, or more than one; ``kind`` is what it is called.
    """
    still = [one for one in found if one.is_open]
    if len(still) == 1:
        return still[0]
    raise RecordError(
        f"No {kind} is open."
        if not still
        else f"{len(still)} {kind}s are open; name one: {plain_list(one.id for one in still)}."
    )
