"""What the demo's group said and did, as ``group.toml`` and ``sessions.toml`` beside this module tell it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import SettingsError

_HERE = Path(__file__).parent


class _Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the story: a field that no one knows is a mistake."""


class Absence(_Told, frozen=True, kw_only=True):
    """Someone is away: the keys of the first and the last session that they miss, and why."""

    first: str
    last: str
    why: str


class Character(_Told, frozen=True, kw_only=True):
    """Someone of the demo's group, with their habits.

    Attributes
    ----------
    name
        The full name; elsewhere in the story any part of it that only they have.
    habit
        What they are like, for whoever reads the file.
    joins, leaves
        The keys of the session that was their first one, and of their last one; empty: they are there from the beginning, and stay.
    answers, came, read, rated
        A letter for each session, as ``ANSWERS``, ``CAME`` and ``READ`` have them, and a rating from 1 to 5; a dot for nothing.
    reasons
        Why they could not come, by session.
    away
        When they are on the road.
    guest
        Whether they come only once, to the session ``joins``.
    """

    name: str
    habit: str
    role: str = "member"
    zone: str = ""
    joins: str = ""
    leaves: str = ""
    answers: str = ""
    came: str = ""
    read: str = ""
    rated: str = ""
    reasons: dict[str, str] = {}
    away: Absence | None = None
    guest: bool = False


ANSWERS = {"y": "yes", "m": "maybe", "n": "no"}
CAME = {"p": "present", "l": "late", "e": "left_early", "a": "absent", "x": "excused"}
READ = {"R": "read", "s": "skimmed", "g": "reading", "k": "skipped", "u": "unread"}


class StorySession(_Told, frozen=True, kw_only=True):
    """One session of the demo's group.

    Attributes
    ----------
    key
        Its name in the story.
    day
        How many days after the next session's date it is on: -7 is the last one of the slot.
    paper
        The item that it reads.
    step
        The same as a number of the syllabus.
    extra
        The local time at which it starts, of a session beside those of the slot.
    moved
        To which local time it was moved, and by how many days: ``+1 17:00``.
    cancelled
        Why it was cancelled.
    continues
        Whether it goes on in the next session.
    chosen_by
        The key of the ballot that chose what it reads.
    said
        Everything else that people entered, by type. Each has its fields, as ``Group.record`` takes them, and beside them ``by``;
        ``hours``, when it was entered, in hours after the session begins (before it where negative; each type has a usual time);
        and ``key``, its name in the story. A text ``@key`` is the id of what has that name, ``@@key`` the date of that session, and
        ``@@key+3`` a date three days later, and ``@@keyT18:00`` a time on that day.
    """

    key: str
    day: int
    paper: str
    step: int
    presenter: str = ""
    scribe: str = ""
    extra: str = ""
    moved: str = ""
    cancelled: str = ""
    continues: bool = False
    chosen_by: str = ""
    said: dict[str, tuple[dict[str, Any], ...]] = {}


class Story(_Told, frozen=True, kw_only=True):
    """The whole of it: settings of the group, its people and its sessions, in order of their start; the last one is ahead."""

    name: str
    syllabus: str
    time: str
    zone: str
    settings: dict[str, list[str]]
    people: tuple[Character, ...]
    sessions: tuple[StorySession, ...]


@cache
def told() -> Story:
    """Return the story.

    Raises
    ------
    SettingsError
        A file of the package is not as it was shipped.
    """
    texts = {name: (_HERE / f"{name}.toml").read_text(encoding="utf-8") for name in ("group", "sessions")}
    try:
        return msgspec.convert({**tomllib.loads(texts["group"]), **tomllib.loads(texts["sessions"])}, Story)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"The demo cannot be read: {error}. Install studygroup again.") from error
