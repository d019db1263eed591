"""What each setting means, written once: `studygroup settings` prints it, and `make docs` writes docs/settings.md from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from studygroup.group.role_cards import RoleCard
from studygroup.group.settings import RUNNING_ORDER, Part, Settings
from studygroup.group.slot import Slot

MEANINGS: Mapping[str, str] = {
    "name": "the group's name, shown on every page",
    "id": "a short name (`a-z0-9-`) by which calendars know the group's sessions; it should never change",
    "description": "who the group is, in a sentence or two",
    "slots": "when the group meets, one table `[[tool.studygroup.slots]]` a rule",
    "zones": "IANA time zones in which times are shown; the first one is used for the running order",
    "text_channel": "where the group writes",
    "voice_channel": "where the group talks",
    "meeting_link": "an http(s) address that leads there",
    "syllabus": "the list that the group works through: the name of a file in `lists/`, without `.csv`",
    "first_step": "the step it starts at, from 1",
    "holidays": "dates without a session, in the slot's zone: `[2026-12-25, 2027-01-01]`",
    "roles": "what members take on in a session",
    "cards": "what the holder of a role does, one table `[[tool.studygroup.cards]]` a role; presenter, sceptic, archaeologist, practitioner and scribe have one",
    "facilitators": "ids of members with a facilitator's rights, beside those added with `--facilitator`",
    "running_order": "the parts of a session, one table `[[tool.studygroup.running_order]]` a part; its `kind` and bounds are [below](#running-order)",
    "blind_summaries": "whether forms show the others' summaries of a work, before the session that reads it, only to those who saved their own; facilitators see all of them, and so does anyone who has the files",
    "recall": "whether an agenda opens with two questions to remember: what the group made of a paper about four weeks ago, and of one about twelve weeks ago",
    "pace": "whether the minutes of the running order follow the room: who is coming, how many of them have read it, and how many questions are open about it",
    "pace_few": "fewer than so many percent of those who are coming have read it: the session begins with time to read, and the recap is longer",
    "pace_most": "so many percent or more have read it: the recap is short, and its minutes go to the discussion",
    "pace_reading": "how much of the session is for reading together where few have read, in percent, 0 to 50",
    "pace_questions": "from how many open questions about the reading on they get more time, 1 to 100",
    "pace_questions_share": "how much of the session they get where the running order has no part for questions, in percent, 0 to 50",
    "store": "where the journal is: empty for the files in `sessions/`, or a database, `postgresql+psycopg://user@host/name`; the environment's `STUDYGROUP_STORE` goes before it and may hold the password: [postgresql.md](postgresql.md)",
    "page_address": "where members reach the [members' page](deploy.md): `https://papers.example.org`, without a path",
    "trusted_proxies": "IP addresses of proxies in front of the members' page; their word on a visitor's address is believed",
    "link_days": "how many days an invite link is valid, 1 to 365",
    "link_devices": "on how many devices one link works, 1 to 20",
    "pages_per_member": "how many pages a member can have open at once, 1 to 100",
    "hub_users": "behind a JupyterHub, the member behind each of its users, where the hub's name is not the member's id: a table `[tool.studygroup.hub_users]` with `zoe = \"zoe-obrien-li\"`",
    "due": "what [`studygroup due`](routine.md) does by itself: any of `agenda`, `reminder`, `report` and `site`",
    "due_place": "the one place where `studygroup due` does it; `studygroup due --here NAME` sets it, and elsewhere `studygroup due` only prints",
    "agenda_hours_before": "how many hours before a session starts its agenda is made and announced, 1 to 672",
    "reminder_hours_before": "how many hours before a session starts those who have not answered are reminded, 1 to 336",
    "report_hours_after": "how many hours after a session ends its report is made and announced, 0 to 168, once the session is closed",
    "show_reader_names": "whether pages name who has read what, who came and who asked; otherwise they count. Who writes a summary or a reply, presents or takes an action is always named",
    "how_to_join": "how someone new joins, in Markdown, for the first page of the [site](site.md)",
    "site_address": "where the site is published: `https://papers.example.org/club`; the calendar, the feed and exported lists then link to its pages",
    "publish_meeting_link": "whether the site and its calendar show `meeting_link` to everyone",
}
"""Each key of ``[tool.studygroup]`` with its meaning, in Markdown; links start from ``docs/``."""

KEYS: Mapping[str, msgspec.structs.FieldInfo] = {field.name: field for field in msgspec.structs.fields(Settings)}
"""Each key with what the program knows of it: its type and its default."""

_MADE = {"id": "made from the name", "syllabus": "none", "store": '`""`'}


def meaning(key: str) -> str:
    """Return what a key means, as plain text: of its links only the words stay.

    >>> meaning("page_address")
    "where members reach the members' page: `https://papers.example.org`, without a path"
    """
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", MEANINGS[key])


def default_in_words(key: str) -> str:
    """Return a key's default in Markdown, in words where a value would tell less.

    >>> default_in_words("name"), default_in_words("zones"), default_in_words("holidays"), default_in_words("link_days")
    ('required', '`["UTC"]`', 'none', '14')
    """
    if KEYS[key].required:
        return "required"
    default = default_of(key)
    if key in _MADE:
        return _MADE[key]
    if default is RUNNING_ORDER:
        return f"{len(RUNNING_ORDER)} parts, {sum(part.minutes for part in RUNNING_ORDER)} minutes"
    if default == "":
        return "empty"
    if not isinstance(default, (str, bool, int)) and not default:
        return "none"
    shown = to_toml(default)
    return shown if shown.isdecimal() else f"`{shown}`"


def default_of(key: str) -> Any:
    """Return a key's default; None where the key is required."""
    field = KEYS[key]
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None if field.required else field.default


def to_toml(value: Any) -> str:
    """Return a setting's value as TOML has it, on one line.

    >>> from datetime import date
    >>> to_toml(("UTC", "Asia/Kolkata")), to_toml((date(2026, 12, 25),)), to_toml(False), to_toml({"zoe": "zoe-obrien-li"})
    ('["UTC", "Asia/Kolkata"]', '[2026-12-25]', 'false', '{zoe = "zoe-obrien-li"}')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # TOML's basic strings take every escape of JSON, and want one more character escaped.
        return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
    if isinstance(value, (Slot, Part, RoleCard)):
        value = {
            name: held
            for name, held in msgspec.structs.asdict(value).items()
            if held not in ("", ()) and (held or not isinstance(held, int))
        }
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {to_toml(held)}" for name, held in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(to_toml, value)) + "]"
    return str(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else to_toml(name)
