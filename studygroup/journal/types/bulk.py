"""Many lines at once, as strict as ``lines.decode`` is with one.

A whole piece of a file either passes or does not; what does not pass is gone through line by line, to find out what is
wrong. What takes long for one record (is this an id?) is asked once for each different value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.lines import decoder
from studygroup.journal.types.record import EARLIEST, LARGEST_RECORD, LATEST, Record, instant_fields, required_names
from studygroup.text.text import check_id, check_session_id

_ID_LENGTHS = frozenset(range(1, 65))
# Within them every time is within the limits, whatever its zone; at their ends it is looked at one by one.
_YEARS = frozenset(range(EARLIEST.year + 1, LATEST.year - 1))
_decode_lines = decoder.decode_lines


def decode_whole(data: bytes) -> list[Record] | None:
    """Return the records of whole lines, unchecked, or None where a line is no object or is none of this version."""
    lines = data.count(b"\n")
    if has_long_line(data):
        return None
    # msgspec takes two objects on a line, and one on two lines, which the others do not. Where each line is "{" to "}", no line
    # end is within an object: after "}" there would have to be a comma or another "}". So as many objects as lines are one each.
    # That lines begin as we write them is found sooner than that they begin at all.
    if lines and not (data.startswith(b"{") and data.endswith(b"}\n")):
        return None
    if lines and lines - 1 != data.count(b'}\n{"v":1,"id":"') and lines - 1 != data.count(b"}\n{"):
        return None
    try:
        records: list[Record] = _decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(records) != lines:
        return None
    known = max(map(attrgetter("v"), records), default=1) <= 1 or all(record.v <= record.newest for record in records)
    return records if known else None


def has_long_line(data: bytes) -> bool:
    """Whether some line is longer than a record may be; found in as many steps as there are records' lengths in the bytes."""
    start = 0
    while len(data) - start > LARGEST_RECORD:
        # The furthest line end that a line within bounds could have.
        end = data.rfind(b"\n", start, start + LARGEST_RECORD + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def decode_checked(data: bytes | memoryview) -> list[Record] | None:
    """Return the records of lines each of which was decoded and checked before, or None where that cannot be."""
    try:
        return _decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def grouped(records: Iterable[Record]) -> dict[type[Record], list[Record]]:
    """Return records by type, each group in the order given."""
    groups: defaultdict[type[Record], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.__class__].append(record)
    return groups


def all_make_sense(records: Iterable[Record]) -> bool:
    """Whether ``check_all`` of every record passes."""
    records = list(records)
    ids = list(map(attrgetter("id"), records))
    joined, lengths = "".join(ids), set(map(len, ids))
    if not (joined.isascii() and joined.isprintable() and lengths <= _ID_LENGTHS):
        return False
    try:
        for member in set(map(attrgetter("by"), records)):
            check_id(member, "member id")
        for session in set(map(attrgetter("session"), records)):
            check_session_id(session)
        return all(_group_makes_sense(kind, group) for kind, group in grouped(records).items())
    except RecordError:
        return False


def _group_makes_sense(kind: type[Record], group: list[Record]) -> bool:
    """Whether what records of one type say passes, or raise RecordError where something does not."""
    if not all(all(map(attrgetter(field), group)) for field in required_names(kind)):
        return False
    for field in instant_fields(kind):
        times = [at for at in map(attrgetter(field), group) if at is not None]
        if not _YEARS.issuperset(map(attrgetter("year"), times)):
            return False
    members: set[str] = set()
    for field in kind.member_fields:
        if field in texts_of(kind):
            members.update(map(attrgetter(field), group))
        else:
            members.update(chain.from_iterable(record.members for record in group))
    for member in members - {""}:
        check_id(member, "member id")
    if kind.check is not Record.check:
        kind.check_group(group)
    return True


@cache
def texts_of(kind: type[Record]) -> frozenset[str]:
    """Return the fields of a type that hold one text each."""
    fields: tuple[Any, ...] = msgspec.structs.fields(kind)
    return frozenset(field.name for field in fields if field.type is str)
