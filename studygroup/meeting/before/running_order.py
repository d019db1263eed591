"""The running order: what happens when, in clock times that add up to the session's length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import msgspec

from studygroup.group.settings import Part


class Slice(msgspec.Struct, frozen=True):
    """One part of a session: from ``start`` to ``end`` (aware), ``minutes`` long, led by ``who`` or no one by name.

    ``name`` tells it from others of its title, where pins need it.
    """

    start: datetime
    end: datetime
    minutes: int
    title: str
    note: str
    role: str
    who: str
    name: str = ""


def running_order(parts: Sequence[Part], start: datetime, length_min: int, names: Mapping[str, str]) -> tuple[Slice, ...]:
    """Return the parts of a session of ``length_min`` minutes from ``start`` on.

    Parts that add up to another length are stretched or shortened in proportion, to whole minutes. A session shorter than
    its number of parts keeps those with a minute or more.

    Parameters
    ----------
    names
        Who has each role in this session, by role; a role may be missing.
    """
    total = sum(part.minutes for part in parts)
    # Rounding the points in time, not the lengths, keeps the sum exact.
    ends = [round(done * length_min / total) for done in accumulate(part.minutes for part in parts)]

    def at(minutes: int) -> datetime:
        # Through UTC, as the zone's clocks may change while the session goes on.
        return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)

    slices = []
    for part, begins, finishes in zip(parts, [0, *ends], ends, strict=False):
        if finishes > begins:
            slices.append(
                Slice(
                    at(begins),
                    at(finishes),
                    finishes - begins,
                    part.title,
                    part.note,
                    part.role,
                    names.get(part.role, ""),
                )
            )
    return tuple(slices)
