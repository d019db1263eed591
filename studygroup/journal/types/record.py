"""What all records share: the envelope, and what a record says it is about and names.

A record is one thing that one person entered, once. It is never changed: what is current is the last record of each
subject. Source of the format: docs/architecture.md, "The journal".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self

import msgspec

from studygroup.errors import RecordError
from studygroup.text.text import check_id, check_session_id

LARGEST_RECORD = 64 * 1024

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Times that a record may name: they can be shown in every time zone, and there is a later one for a correction."""

PROGRAM = "studygroup"
"""Who entered what the program enters by itself, as ``studygroup due`` does: an id that no new member gets."""

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


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that a session reads, as it was when this was recorded: it no longer depends on the list.

    Attributes
    ----------
    entry
        The entry, as ``list/entry``; empty for an item that was planned by itself.
    step, steps
        Which step of the syllabus it was, from 1, and how many steps there were; 0 for what is not in the syllabus.
    number
        As the list prints it, or empty.
    section
        The headings above it, the outermost first.
    title
        Of the entry, or of the item planned by itself.
    items
        The ids of its items, none for an entry that names no work.
    """

    entry: str = ""
    step: int = 0
    steps: int = 0
    number: str = ""
    section: tuple[str, ...] = ()
    title: str = ""
    items: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return its title, as tables show it."""
        return self.title or ";".join(self.items)


class Command(msgspec.Struct, frozen=True):
    """How a type is entered on the command line: the command's help, an example, and what each field means, in order.

    ``late``: without --session it belongs to the session under way, else the last one still to be closed, as attendance does.
    """

    help: str
    example: str
    fields: dict[str, str]
    late: bool = False


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
    # The newest version of the type that this program reads; a record is written in the oldest one that can say it.
    newest: ClassVar[int] = 1
    # Whether records of the type are kept, and no longer entered.
    retired: ClassVar[bool] = False
    # What people typed as prose; a person who is forgotten takes it along.
    text_fields: ClassVar[tuple[str, ...]] = ()
    # What is known of a member by it and needed by no one once they are forgotten: emptied then.
    own_fields: ClassVar[tuple[str, ...]] = ()
    # Its table, as ``studygroup show`` names it, and the fields that are columns; what they hold follows from their types.
    table: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]] = ()
    # Whether the session must be on the schedule: it is about what happens there.
    in_session: ClassVar[bool] = False
    # Who may enter it: facilitators only, or members for themselves too.
    for_facilitators: ClassVar[bool] = False
    # Whether the program may enter it by itself, as ``PROGRAM``.
    by_program: ClassVar[bool] = False
    # Whether the first record of a subject stays current, whatever is recorded later.
    earliest_stays: ClassVar[bool] = False
    # Who sees it: others only later; ``meeting/facts/blind.py`` says when.
    kept_back: ClassVar[bool] = False
    # Reasons that are shown to facilitators and to whose they are; others see the rest of the record.
    reason_fields: ClassVar[tuple[str, ...]] = ()
    # Its command, ``studygroup record TYPE``; None where there is none, or one with a module's function of its own.
    command: ClassVar[Command | None] = None

    v: int = 1
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
        """What the record says something about; the last record of a subject is current."""
        if self.subject_fields == ("of",):
            return (getattr(self, "of") or self.id,)  # noqa: B009 - only types about themselves have it
        return tuple(str(getattr(self, name)) for name in self.subject_fields)

    @property
    def order(self) -> tuple[datetime, str]:
        """What decides which of two records of one subject is current: the time, then the id."""
        return self.at, self.id

    @property
    def members(self) -> Iterator[str]:
        """The members it names, beside who typed it."""
        return self._named(self.member_fields)

    @property
    def named_items(self) -> Iterator[str]:
        """The ids of the items it names."""
        yield from self._named(self.item_fields)
        for read in self.reads:
            yield from read.items

    @property
    def reads(self) -> tuple[Read, ...]:
        """What the session read, in a record that keeps it; see ``Read``."""
        return ()

    @property
    def named_entries(self) -> Iterator[str]:
        """The entries it names, as ``list/entry``."""
        return self._named(self.entry_fields)

    def _named(self, fields: tuple[str, ...]) -> Iterator[str]:
        for field in fields:
            value = getattr(self, field)
            names = (value,) if isinstance(value, str) else value.values() if isinstance(value, dict) else value
            yield from (name for name in names if name)

    def plainest(self) -> Self:
        """Return the same record in the oldest version that can say it, so that older programs read what they can."""
        return self

    def gives_way_to(self, other: Record) -> bool:
        """Return whether another record of its subject stays current, though this one is later."""
        return False

    @classmethod
    def latest_of(cls, records: Iterable[Any]) -> Any:
        """Return the record that is current, of all records of a subject that were not withdrawn; None of none."""
        return max(records, key=attrgetter("order"), default=None)

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
            raise RecordError(f"{self.id[:64]!a} is not the id of a record; ids are UUIDs.")
        check_id(self.by, "member id")
        check_session_id(self.session)
        for field in instant_fields(type(self)):
            at = getattr(self, field)
            if at is not None and not EARLIEST <= at <= LATEST:
                raise RecordError(f"The {field} {at.isoformat()} is not a time for a {self.type}; it is from 1900 to 9000.")
        for field in required_names(type(self)):
            if not getattr(self, field):
                raise RecordError(f"This {self.type} does not say its {field}; please name one.")
        for member in self.members:
            check_id(member, "member id")
        self.check()


@cache
def required_names(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a type that must name someone or something."""
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    named = (*kind.member_fields, *kind.item_fields, *(field for field, _ in kind.record_fields))
    return tuple(field for field in named if field in required)


@cache
def instant_fields(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a type that hold a time, that of entering first."""
    fields: tuple[Any, ...] = msgspec.structs.fields(kind)
    return tuple(field.name for field in fields if field.type in {Instant, Instant | None})


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """A record of a type or version that this program does not know: its envelope and its exact bytes."""

    envelope: Envelope
    line: bytes


def fields_of(record: Record) -> dict[str, Any]:
    """Return what a record says beside its envelope, by field, so that a new record can start from it."""
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in Record.__struct_fields__}
