"""Who entered what when, what it replaced, and whether it is still current."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

import msgspec
import pandas as pd

from studygroup.journal.current.current import standing
from studygroup.journal.types.record import Record, fields_of
from studygroup.journal.types.records import Withdraw

HISTORY = ("at", "by", "session", "type", "about", "says", "state", "id", "replaces")

State = Literal["holds", "replaced", "withdrawn", "withdraws"]


def history(records: Iterable[Record], *, member: str = "", item: str = "", session: str = "") -> pd.DataFrame:
    """Return every record, the latest first, with what it changed.

    Parameters
    ----------
    member
        Only what this member typed, or what is about them.
    item
        Only what names this item.
    session
        Only what belongs to this session.

    Returns
    -------
    DataFrame
        Columns ``at`` (UTC), ``by``, ``session``, ``type``, ``about`` (the subject, its parts joined by a blank), ``says``
        (each field with its value; of what changed, both values), ``state`` ("holds", "replaced" by a later record of its
        subject, "withdrawn", or "withdraws" another), ``id`` and ``replaces`` (an id or empty), all str.
    """
    records = list({record.id: record for record in records}.values())
    by_id = {record.id: record for record in records}
    states = _states(records)
    rows = []
    for record in sorted(records, key=lambda record: record.order, reverse=True):
        about = by_id.get(record.record) if isinstance(record, Withdraw) else record
        if member and member not in {record.by, *(about or record).members}:
            continue
        if (item and item not in (about or record).named_items) or (session and session != record.session):
            continue
        before = by_id.get(record.replaces)
        subject = " ".join(record.subject) if "of" not in record.subject_fields else record.subject[0]
        rows.append(
            (
                *(record.at, record.by, record.session, record.type, subject, says(record, before)),
                *(states[record.id], record.id, record.replaces),
            )
        )
    frame = pd.DataFrame(rows, columns=list(HISTORY)).astype(dict.fromkeys(HISTORY[1:], "str"))
    return frame.assign(at=pd.to_datetime(frame["at"], utc=True).astype("datetime64[ms, UTC]"))


def _states(records: list[Record]) -> dict[str, State]:
    """Return what became of each record."""
    states: dict[str, State] = dict.fromkeys((record.id for record in records), "withdrawn")
    subjects: dict[tuple[str, ...], list[Record]] = {}
    for record in standing(records):
        states[record.id] = "withdraws" if isinstance(record, Withdraw) else "replaced"
        subjects.setdefault((record.type, *record.subject), []).append(record)
    for group in subjects.values():
        record = group[0].latest_of(group)
        if not isinstance(record, Withdraw):
            states[record.id] = "holds"
    return states


def says(record: Record, before: Record | None = None, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return a record's fields as text, without those of its subject; of what it changed, both values.

    ``names`` says what people and works are called, by id; others are there by their id.
    """
    earlier = fields_of(before) if before is not None and before.type == record.type else None
    parts = []
    for name, value in fields_of(record).items():
        if name == "read":
            # The list's words, kept beside what a person said.
            continue
        if name in record.subject_fields or name == "of" or (name == "member" and value == record.by):
            continue
        words = name.replace("_", " ")
        if earlier is None:
            parts += [f"{words} {_shown(value, names)}"] if value not in (None, "", (), {}, False) else []
        elif earlier[name] != value:
            parts.append(f"{words} {_shown(earlier[name], names)} → {_shown(value, names)}")
    return "; ".join(parts)


def _shown(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    plain = msgspec.to_builtins(value)
    if plain in (None, "", (), [], {}):
        return "–"
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, dict):
        return ", ".join(f"{key} {names.get(str(inner), inner)}" for key, inner in plain.items())
    several = plain if isinstance(plain, list | tuple) else [plain]
    return ", ".join(names.get(str(one), str(one)) for one in several)
