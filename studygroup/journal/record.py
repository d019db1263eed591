"""What all records share: the envelope, and what a record says it is about and names.

A record is one thing that one person entered, once. It is never changed: what holds now is the last record of each
subject. Source of the format: docs/architecture.md, "The journal".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar

import msgspec

from studygroup.errors import RecordError
from studygroup.text import check_id, check_session_id

VERSION = 1
LARGEST_RECORD = 64 * 1024

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every record has, also one of a type or version that is not known here.

    Attributes
    ----------
    v
        Version of the format, from 1.
    id
        UUID version 7 in its text form; made by the form, so that a retry has the same one. Source: RFC 9562.
    at
        When it was entered, UTC, to the millisecond.
    by
        The member who typed it.
    session
        The session it belongs to, or the one under way or next.
    type
        What it is about.
    replaces
        The id of the record that it changes, or empty.
    """

    v: int
    id: str
    at: Instant
    by: str
    session: str
    type: str
    replaces: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True, gc=False):
    """One thing that one person entered; see ``Envelope`` for the fields that all share.

    A type says with class attributes what it is about and which of its fields name members, items, entries (``list/entry``)
    and other records; those fields hold one name, a tuple of names or a dict with names as values, and may be empty.

    ``subject_fields`` of a type that is about itself ("own id") is ``("of",)``: ``of`` is the id of the first record of the
    same thing, and empty in that first record.
    """

    subject_fields: ClassVar[tuple[str, ...]] = ()
    member_fields: ClassVar[tuple[str, ...]] = ()
    item_fields: ClassVar[tuple[str, ...]] = ()
    entry_fields: ClassVar[tuple[str, ...]] = ()
    # A field and the type of the record that it names; empty: of any type.
    record_fields: ClassVar[tuple[tuple[str, str], ...]] = ()
    # What people typed as prose; a person who is forgotten takes it along.
    text_fields: ClassVar[tuple[str, ...]] = ()

    v: int = VERSION
    id: str
    at: Instant
    by: str
    session: str
    replaces: str = ""

    @property
    def type(self) -> str:
        """The type's name, as in the file."""
        return str(self.__struct_config__.tag)

    @property
    def subject(self) -> tuple[str, ...]:
        """What the record says something about; the last record of a subject holds."""
        if self.subject_fields == ("of",):
            return (getattr(self, "of") or self.id,)  # noqa: B009 - only types about themselves have it
        return tuple(str(getattr(self, name)) for name in self.subject_fields)

    @property
    def order(self) -> tuple[datetime, str]:
        """What decides which of two records of one subject holds: the time, then the id."""
        return self.at, self.id

    @property
    def members(self) -> Iterator[str]:
        """The members it names, beside who typed it."""
        return self._named(self.member_fields)

    @property
    def named_items(self) -> Iterator[str]:
        """The ids of the items it names."""
        return self._named(self.item_fields)

    @property
    def named_entries(self) -> Iterator[str]:
        """The entries it names, as ``list/entry``."""
        return self._named(self.entry_fields)

    def _named(self, fields: tuple[str, ...]) -> Iterator[str]:
        for field in fields:
            value = getattr(self, field)
            names = (value,) if isinstance(value, str) else value.values() if isinstance(value, dict) else value
            yield from (name for name in names if name)

    def check(self) -> None:
        """Raise RecordError if a value of this type makes no sense by itself."""

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Raise RecordError if ``check`` of a record of this type does; a type may see sooner that none will."""
        for record in group:
            record.check()

    def check_all(self) -> None:
        """Raise RecordError if the record makes no sense by itself: its ids, and what its type asks for."""
        if not (0 < len(self.id) <= 64 and self.id.isascii() and self.id.isprintable()):
            raise RecordError(f"{self.id[:64]!a} is no id of a record; ids are UUIDs.")
        check_id(self.by, "member id")
        check_session_id(self.session)
        for field in required_names(type(self)):
            if not getattr(self, field):
                raise RecordError(f"This {self.type} does not say its {field}; please name one.")
        for member in self.members:
            check_id(member, "member id")
        self.check()


@cache
def required_names(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a type that must name somebody or something."""
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    named = (*kind.member_fields, *kind.item_fields, *(field for field, _ in kind.record_fields))
    return tuple(field for field in named if field in required)


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """A record of a type or version that this program does not know: its envelope and its exact bytes."""

    envelope: Envelope
    line: bytes


def fields_of(record: Record) -> dict[str, Any]:
    """Return what a record says beside its envelope, by field, so that a new record can start from it."""
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in Record.__struct_fields__}
