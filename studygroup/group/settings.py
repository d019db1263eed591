"""The group's settings: ``[tool.studygroup]`` in a workbook's ``pyproject.toml``, read and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import Problem, SettingsError
from studygroup.group.role_cards import PRESETS, RoleCard
from studygroup.group.slot import Slot, check_slot, check_zone
from studygroup.storage.shared_files import read_file
from studygroup.text.text import ID_PATTERN, did_you_mean, is_safe_url

FILE = "pyproject.toml"
TABLE = "tool.studygroup"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of the running order.

    ``minutes`` (1 to 600) are shares: where the parts do not add up to a session's length, they are stretched or shortened
    in proportion. ``role`` names who leads it, ``note`` says in a sentence what happens. ``kind`` is one of ``PART_KINDS``: it gets more
    or less time as the room needs it, from ``least`` to ``most`` minutes, shares as well; 0 is half of ``minutes``, and twice as many.
    """

    title: str
    minutes: int
    note: str = ""
    role: str = ""
    kind: str = ""
    least: int = 0
    most: int = 0

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The least and the most minutes, as shares."""
        return Fraction(self.least or Fraction(self.minutes, 2)), Fraction(self.most or 2 * self.minutes)


PART_KINDS = ("recap", "discussion", "questions")
"""What a part of the running order can be, so that its minutes follow the room; any other part keeps its own."""

RUNNING_ORDER = (
    Part("Arrive and settle", 5, "Say hello, check the sound, note who is here."),
    Part("Where we left off", 5, "Open threads from last time, in a sentence each."),
    Part("The paper in brief", 20, "The problem, the method and the main result, without judging yet.", "presenter", "recap"),
    Part("Big idea", 20, "What is the one thing to remember, and which figure or table shows it?", kind="discussion"),
    Part("Relevance", 15, "Where does it change how we read, build or use these systems?", kind="discussion"),
    Part("Open questions", 15, "What is still unclear, and what would we test next?", kind="questions"),
    Part("Close", 10, "Take-aways, finished or to be continued, roles for next time.", "scribe"),
)


DUE_KINDS = ("agenda", "reminder", "report", "site")
"""What `studygroup due` can do."""

PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}")
"""The name of a place where `studygroup due` runs."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group's settings; every field is a key of ``[tool.studygroup]``.

    Attributes
    ----------
    name, description
        Who the group is, shown on every page. The name is required.
    id
        A short name (``a-z0-9-``) by which calendars know the group's sessions; made from the name where it is not given. It
        should never change, or calendars show every session twice.
    slots
        When the group meets, each rule valid from a date until the next one's; at least one.
    zones
        IANA time zones in which a session's time is shown, in this order.
    text_channel, voice_channel, meeting_link
        Where the group writes and meets; the link is http(s).
    syllabus, first_step
        The name of the list that the group works through, and the step (from 1) it starts at.
    holidays
        Dates (of the slot's zone) without a session.
    roles
        What members take on in a session.
    cards
        What the holder of a role does, and questions that help; beside those of ``role_cards.PRESETS``.
    facilitators
        Member ids with a facilitator's rights, beside those whose role on the roster says so.
    running_order
        The parts of a session.
    show_reader_names
        Whether pages name who has read what, who came and who asked; otherwise they count.
    blind_summaries
        Whether forms show others' summaries of a work, before the session that reads it, only to who wrote one.
    recall
        Whether an agenda opens with what the group made of papers some weeks ago.
    pace
        Whether the minutes of the running order follow who is coming, who has read and what is open.
    pace_few, pace_most
        Below how many percent of those who are coming few have read, and from how many on most have (0 to 100).
    pace_reading
        How much of a session, in percent, is for reading together where few have read (0 to 50).
    pace_questions, pace_questions_share
        How many open questions are many (1 to 100), and how much of a session, in percent, they get where the running order has no
        part for questions (0 to 50).
    how_to_join
        How someone new joins the group, in Markdown, for the site's first page.
    site_address
        Where the site is published, http(s); calendar, feed and exported lists then link to its pages.
    publish_meeting_link
        Whether the site and its calendar show ``meeting_link``.
    store
        Where the journal is: empty for the files in ``sessions/``, or a database's address, best without its password; the
        environment's ``STUDYGROUP_STORE`` goes before it.
    page_address
        Where members reach the members' page, http(s), without a path.
    trusted_proxies
        Addresses (IP) of proxies whose word on a visitor's address is taken.
    link_days, link_devices
        How many days an invite link is valid (1 to 365), and on how many devices it works (1 to 20).
    pages_per_member
        How many pages a member can have open at once (1 to 100).
    due
        What `studygroup due` does by itself, of ``DUE_KINDS``.
    due_place
        The name of the one place where it does so; empty for nowhere.
    agenda_hours_before, reminder_hours_before
        How many hours before a session starts its agenda is announced (1 to 672), and a reminder sent (1 to 336).
    report_hours_after
        How many hours after a session ends the report is announced (0 to 168), once the session is closed.
    hub_users
        Member ids by the names that a JupyterHub knows people under; who is not in it is the member of that very id.
    """

    name: str
    id: str = ""
    description: str = ""
    slots: tuple[Slot, ...]
    zones: tuple[str, ...] = ("UTC",)
    text_channel: str = ""
    voice_channel: str = ""
    meeting_link: str = ""
    syllabus: str = ""
    first_step: int = 1
    holidays: tuple[date, ...] = ()
    roles: tuple[str, ...] = ("presenter", "scribe")
    cards: tuple[RoleCard, ...] = ()
    facilitators: tuple[str, ...] = ()
    running_order: tuple[Part, ...] = RUNNING_ORDER
    show_reader_names: bool = False
    blind_summaries: bool = True
    recall: bool = True
    pace: bool = True
    pace_few: int = 34
    pace_most: int = 67
    pace_reading: int = 20
    pace_questions: int = 6
    pace_questions_share: int = 15
    how_to_join: str = ""
    site_address: str = ""
    publish_meeting_link: bool = False
    store: str = ""
    page_address: str = "http://127.0.0.1:8321"
    trusted_proxies: tuple[str, ...] = ()
    link_days: int = 14
    link_devices: int = 1
    pages_per_member: int = 10
    hub_users: dict[str, str] = {}
    due: tuple[str, ...] = DUE_KINDS
    due_place: str = ""
    agenda_hours_before: int = 48
    reminder_hours_before: int = 24
    report_hours_after: int = 1

    def card(self, role: str) -> RoleCard | None:
        """Return a role's card: the group's own, else the usual one; None where there is none."""
        return next((one for one in (*self.cards, *PRESETS) if one.role == role), None)


def session_page(site: str, session: str) -> str:
    """Return the address of a session's page on the site; empty where no one said where the site is.

    >>> session_page("https://papers.example.org/site/", "2026-11-27")
    'https://papers.example.org/site/sessions/2026-11-27.html'
    """
    return f"{site.rstrip('/')}/sessions/{session}.html" if site else ""


LARGEST = 1 << 20
"""Bytes that a settings file may have."""


def read_settings(path: Path) -> Settings:
    """Return the settings in the ``pyproject.toml`` at ``path``.

    Raises
    ------
    SettingsError
        The file is missing, is no TOML or has no ``[tool.studygroup]``; or keys are wrong, then all of them are listed.
    """
    try:
        text = read_file(path, path.parent, LARGEST).decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; `studygroup new DIR` makes a workbook with one.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start}); please save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    return parse_settings(text, str(path))


def parse_settings(text: str, file: str = FILE) -> Settings:
    """Return the settings in the text of a ``pyproject.toml``; ``file`` is named in errors (see ``read_settings``)."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from None
    tool = document.get("tool")
    table = tool.get("studygroup") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise SettingsError(f"{file} has no table [{TABLE}]: it holds the group's name, slots and syllabus.")
    problems = [*_check_table(table, Settings, TABLE, file)]
    settings: Settings | None = None
    if not problems:
        settings = msgspec.convert(table, Settings)
        problems = [*_check_meaning(settings, file)]
    if settings is None or problems:
        count = "one setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        raise SettingsError(f"{file}: {count} wrong.", problems)
    return settings


def _shown(value: object) -> str:
    """Return a value as it would be in TOML, cut to a readable length."""
    if isinstance(value, bool):
        shown = str(value).lower()
    elif isinstance(value, str):
        shown = f'"{value}"'
    elif isinstance(value, Mapping):
        shown = "a table"
    else:
        shown = str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


_WANTED = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    tuple[str, ...]: "a list of texts",
    tuple[date, ...]: "a list of dates such as 2026-12-25",
    str | tuple[str, ...]: "text in quotes, or a list of texts",
    date: "a date such as 2026-11-27",
    dict[str, str]: "a table of texts",
}


def _check_table(table: Mapping[str, Any], struct: type[msgspec.Struct], key: str, file: str) -> Iterator[Problem]:
    """Yield unknown keys, missing keys and wrong types of one table, and of the tables within it."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name in table:
        if name not in fields:
            guess = did_you_mean(name, fields)
            yield Problem(file, 0, "error", f"{key}.{name}: unknown key{guess}; allowed are {', '.join(fields)}")
    for name, field in fields.items():
        if name not in table:
            if field.required:
                yield Problem(file, 0, "error", f"{key}.{name}: is missing")
            continue
        value = table[name]
        inner = getattr(field.type, "__args__", (None,))[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
                wanted = f"one or more tables [[{key}.{name}]]"
                yield Problem(file, 0, "error", f"{key}.{name}: found {_shown(value)}; allowed: {wanted}")
                continue
            for number, entry in enumerate(value, start=1):
                yield from _check_table(entry, inner, f"{key}.{name}[{number}]", file)
            continue
        try:
            msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            wanted = _WANTED.get(field.type, "another type")
            yield Problem(file, 0, "error", f"{key}.{name}: found {_shown(value)}; allowed: {wanted}")


def _check_meaning(settings: Settings, file: str) -> Iterator[Problem]:
    """Yield values that have the right type and make no sense."""
    for rule in _RULES:
        for message in rule(settings):
            yield Problem(file, 0, "error", f"{TABLE}.{message}")


# Each rule yields a message for each value that is wrong; it starts with the key.


def _check_names(settings: Settings) -> Iterator[str]:
    if not settings.name.strip():
        yield 'name: found ""; allowed: the group\'s name'
    if settings.id and not ID_PATTERN.fullmatch(settings.id):
        yield f"id: found {_shown(settings.id)}; allowed: a-z, 0-9 and single hyphens"


def _check_slots(settings: Settings) -> Iterator[str]:
    if not settings.slots:
        yield "slots: found none; at least one says when the group meets"
    for number, slot in enumerate(settings.slots, start=1):
        for message in check_slot(slot):
            yield f"slots[{number}].{message}"
    starts = [slot.valid_from for slot in settings.slots]
    for start in {start for start in starts if starts.count(start) > 1}:
        yield f"slots: two slots are valid from {start}; each needs a date of its own"


def _check_zones(settings: Settings) -> Iterator[str]:
    if not settings.zones:
        yield "zones: found none; allowed: at least one IANA time zone such as Europe/Berlin"
    for zone in settings.zones:
        if message := check_zone(zone):
            yield f"zones: {message}"


def _check_links(settings: Settings) -> Iterator[str]:
    if settings.meeting_link and not (is_safe_url(settings.meeting_link) and settings.meeting_link.lower().startswith("http")):
        yield f"meeting_link: found {_shown(settings.meeting_link)}; allowed: an address with https:// or http://"
    if settings.site_address and not re.fullmatch(r"https?://[^\s?#]+", settings.site_address):
        yield f"site_address: found {_shown(settings.site_address)}; allowed: an address with https:// or http://"


def _check_syllabus(settings: Settings) -> Iterator[str]:
    if settings.first_step < 1:
        yield f"first_step: found {settings.first_step}; allowed: 1 or more"
    if settings.syllabus and not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", settings.syllabus):
        yield f"syllabus: found {_shown(settings.syllabus)}; allowed: the name of a file in lists/, without .csv"


def _check_roles(settings: Settings) -> Iterator[str]:
    for role in settings.roles:
        if not re.fullmatch(r"[a-z][a-z0-9_ -]{0,39}", role):
            yield f"roles: found {_shown(role)}; allowed: lower-case words such as presenter"


def _check_cards(settings: Settings) -> Iterator[str]:
    for number, card in enumerate(settings.cards, start=1):
        key = f"cards[{number}]"
        if card.role not in settings.roles:
            known = ", ".join(settings.roles) or "none, as roles is empty"
            yield f"{key}.role: found {_shown(card.role)}{did_you_mean(card.role, settings.roles)}; allowed: {known}"
        elif card.role in {before.role for before in settings.cards[: number - 1]}:
            yield f"{key}.role: found {_shown(card.role)} twice; each role has one card"
        if not card.brief.strip():
            yield f'{key}.brief: found ""; allowed: what its holder does, in a sentence'


def _check_running_order(settings: Settings) -> Iterator[str]:
    if not settings.running_order:
        yield "running_order: found none; leave the key out for the usual order"
    for number, part in enumerate(settings.running_order, start=1):
        key = f"running_order[{number}]"
        if not part.title.strip():
            yield f'{key}.title: found ""; allowed: what happens in this part'
        if not 1 <= part.minutes <= 600:
            yield f"{key}.minutes: found {part.minutes}; allowed: 1 to 600"
        if part.kind and part.kind not in PART_KINDS:
            guess = did_you_mean(part.kind, PART_KINDS)
            yield f"{key}.kind: found {_shown(part.kind)}{guess}; allowed: {', '.join(PART_KINDS)}"
        if part.least and not 1 <= part.least <= part.minutes:
            yield f"{key}.least: found {part.least}; allowed: 1 to {part.minutes}, its minutes"
        if part.most and not part.minutes <= part.most <= 600:
            yield f"{key}.most: found {part.most}; allowed: {part.minutes}, its minutes, to 600"
        if part.role and part.role not in settings.roles and settings.running_order != RUNNING_ORDER:
            known = ", ".join(settings.roles) or "none, as roles is empty"
            guess = did_you_mean(part.role, settings.roles)
            yield f"{key}.role: found {_shown(part.role)}{guess}; allowed: {known}"


def _check_pace(settings: Settings) -> Iterator[str]:
    """Yield what is wrong in the settings of the pace."""
    for key, least, most in (
        ("pace_few", 0, 100),
        ("pace_most", settings.pace_few, 100),
        ("pace_reading", 0, 50),
        ("pace_questions", 1, 100),
        ("pace_questions_share", 0, 50),
    ):
        value = getattr(settings, key)
        if not least <= value <= most:
            yield f"{key}: found {value}; allowed: {least} to {most}"


def _check_page(settings: Settings) -> Iterator[str]:
    """Yield what is wrong in the settings of the members' page."""
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", settings.page_address):
        example = "https://papers.example.org, in small letters and without a path"
        yield f"page_address: found {_shown(settings.page_address)}; allowed: an address such as {example}"
    for proxy in settings.trusted_proxies:
        try:
            ip_address(proxy)
        except ValueError:
            yield f"trusted_proxies: found {_shown(proxy)}; allowed: IP addresses such as 127.0.0.1"
    for key, most in (("link_days", 365), ("link_devices", 20), ("pages_per_member", 100)):
        value = getattr(settings, key)
        if not 1 <= value <= most:
            yield f"{key}: found {value}; allowed: 1 to {most}"
    for user, member in settings.hub_users.items():
        if not ID_PATTERN.fullmatch(member):
            yield f"hub_users.{user}: found {_shown(member)}; allowed: a member's id, such as zoe-obrien-li"


def _check_due(settings: Settings) -> Iterator[str]:
    """Yield what is wrong in the settings of what is done by itself."""
    for kind in settings.due:
        if kind not in DUE_KINDS:
            yield f"due: found {_shown(kind)}{did_you_mean(kind, DUE_KINDS)}; allowed: {', '.join(DUE_KINDS)}"
    if settings.due_place and not PLACE.fullmatch(settings.due_place):
        yield f"due_place: found {_shown(settings.due_place)}; allowed: a name without blanks, such as github:ada/papers or attic"
    for key, least, most in (
        ("agenda_hours_before", 1, 672),
        ("reminder_hours_before", 1, 336),
        ("report_hours_after", 0, 168),
    ):
        value = getattr(settings, key)
        if not least <= value <= most:
            yield f"{key}: found {value}; allowed: {least} to {most}"


_RULES: tuple[Callable[[Settings], Iterator[str]], ...] = (
    _check_names,
    _check_slots,
    _check_zones,
    _check_links,
    _check_syllabus,
    _check_roles,
    _check_cards,
    _check_running_order,
    _check_pace,
    _check_page,
    _check_due,
)
