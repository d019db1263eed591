"""The group's settings: what is read, and how each mistake is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from studygroup.errors import SettingsError
from studygroup.group.settings import RUNNING_ORDER, Part, parse_settings, read_settings
from studygroup.group.slot import Slot
from tests.support.command_line import command

SLOT = '[[tool.studygroup.slots]]\nvalid_from = 2026-01-02\nweekday = "friday"\ntime = "23:00"\nzone = "UTC"\n'


def settings_text(lines: str = "", slot: str = SLOT) -> str:
    return f'[tool.studygroup]\nname = "Group"\n{lines}\n{slot}'


def complaints(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text)
    return [f"{problem.file}: {problem.message}" for problem in caught.value.problems] or [str(caught.value)]


def test_the_committed_settings_describe_the_modern_llm_study_group() -> None:
    """Fridays 23:00 UTC, 90 minutes, reading modern-llm-study-group from its first step."""
    settings = read_settings(Path(__file__).parents[2] / "pyproject.toml")
    [slot] = settings.slots
    assert (settings.name, settings.syllabus, settings.first_step) == ("Modern LLM study group", "modern-llm-study-group", 1)
    assert (slot.weekday, slot.time, slot.zone, slot.every, slot.length_min) == ("friday", "23:00", "UTC", "week", 90)


def test_a_name_and_a_slot_are_enough() -> None:
    """Everything else has a default that makes a sensible agenda."""
    settings = parse_settings(settings_text())
    assert settings.slots == (Slot(date(2026, 1, 2), "friday", "23:00", "UTC", "week", 90),)
    assert settings.running_order == RUNNING_ORDER
    assert sum(part.minutes for part in RUNNING_ORDER) == 90
    assert (settings.zones, settings.roles, settings.show_reader_names) == (("UTC",), ("presenter", "scribe"), False)


def test_a_running_order_of_ones_own_is_read() -> None:
    """A table a part."""
    order = '[[tool.studygroup.running_order]]\ntitle = "Talk"\nminutes = 60\nrole = "presenter"\n'
    assert parse_settings(settings_text(slot=SLOT + order)).running_order == (Part("Talk", 60, "", "presenter"),)


@pytest.mark.parametrize(
    ("lines", "slot", "expected"),
    [
        (
            'sylabus = "x"',
            SLOT,
            "tool.studygroup.sylabus: unknown key (did you mean 'syllabus'?); allowed are name, id",
        ),
        ('zones = "UTC"', SLOT, 'tool.studygroup.zones: found "UTC"; allowed: a list of texts'),
        ('first_step = "2"', SLOT, 'tool.studygroup.first_step: found "2"; allowed: a whole number'),
        ("first_step = true", SLOT, "tool.studygroup.first_step: found true; allowed: a whole number"),
        ("first_step = 0", SLOT, "tool.studygroup.first_step: found 0; allowed: 1 or more"),
        (
            'holidays = ["christmas"]',
            SLOT,
            "tool.studygroup.holidays: found ['christmas']; allowed: a list of dates such as 2026-12-25",
        ),
        (
            'zones = ["Europe/Berln"]',
            SLOT,
            "tool.studygroup.zones: 'Europe/Berln' is not a time zone (did you mean 'Europe/Berlin'?)",
        ),
        ("zones = []", SLOT, "tool.studygroup.zones: found none; allowed: at least one IANA time zone"),
        (
            'meeting_link = "javascript:alert(1)"',
            SLOT,
            'tool.studygroup.meeting_link: found "javascript:alert(1)"; allowed: an address',
        ),
        ('roles = ["Presenter"]', SLOT, 'tool.studygroup.roles: found "Presenter"; allowed: lower-case words'),
        ('syllabus = "../x"', SLOT, 'tool.studygroup.syllabus: found "../x"; allowed: the name of a file in lists/'),
        ('hub_users = {zoe = "Zoë"}', SLOT, 'tool.studygroup.hub_users.zoe: found "Zoë"; allowed: a member\'s id'),
        ("hub_users = {zoe = 1}", SLOT, "tool.studygroup.hub_users: found a table; allowed: a table of texts"),
        ("slots = 3", "", "tool.studygroup.slots: found 3; allowed: one or more tables [[tool.studygroup.slots]]"),
        ("", "", "tool.studygroup.slots: is missing"),
        ("", SLOT.replace("friday", "fridya"), "tool.studygroup.slots[1].weekday: 'fridya' is not one of monday, tuesday"),
        (
            "",
            SLOT.replace('"friday"', '["tuesday", "fridya"]'),
            "tool.studygroup.slots[1].weekday: 'fridya' is not one of monday",
        ),
        ("", SLOT.replace('"friday"', "[]"), "tool.studygroup.slots[1].weekday: the list is empty; write one of monday"),
        (
            "",
            SLOT.replace('"friday"', "5"),
            "tool.studygroup.slots[1].weekday: found 5; allowed: text in quotes, or a list of texts",
        ),
        (
            "",
            SLOT.replace('"friday"', "[5]"),
            "tool.studygroup.slots[1].weekday: found [5]; allowed: text in quotes, or a list",
        ),
        ("", SLOT.replace("weekday", "week_day"), "tool.studygroup.slots[1].week_day: unknown key (did you mean 'weekday'?)"),
        ("", SLOT.replace("23:00", "25:00"), "tool.studygroup.slots[1].time: '25:00' is not a time of day"),
        ("", SLOT + SLOT, "tool.studygroup.slots: two slots are valid from 2026-01-02; each needs a date of its own"),
        (
            "",
            SLOT + '[[tool.studygroup.running_order]]\ntitle = "A"\nminutes = 0\nrole = "presentr"\n',
            "tool.studygroup.running_order[1].minutes: found 0; allowed: 1 to 600",
        ),
    ],
)
def test_a_mistake_is_told_with_file_key_value_and_what_is_allowed(lines: str, slot: str, expected: str) -> None:
    """Each kind of mistake names where it is, what was found and what may be there."""
    assert complaints(settings_text(lines, slot))[0].startswith(f"pyproject.toml: {expected}")


def test_a_slot_of_several_weekdays() -> None:
    """A list of them is as good as one."""
    text = SLOT.replace('"friday"', '["second tuesday", "fourth tuesday"]') + 'every = "month"\n'
    assert parse_settings(settings_text("", text)).slots[0].weekdays == ("second tuesday", "fourth tuesday")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["Tuesday"], ("tuesday", "week")),
        (["tuesday", "friday"], (("tuesday", "friday"), "week")),
        (["second tuesday", "fourth tuesday"], (("second tuesday", "fourth tuesday"), "month")),
        ([], ("friday", "week")),
    ],
)
def test_a_new_workbook_meets_on_the_days_that_were_named(
    tmp_path: Path, days: list[str], expected: tuple[object, str]
) -> None:
    """One, several of a week, or some of a month; Fridays where none is named."""
    words = [word for day in days for word in ("--weekday", day)]
    assert command("new", "club", "--no-environment", "--no-git", *words, cwd=tmp_path).returncode == 0
    [slot] = read_settings(tmp_path / "club" / "pyproject.toml").slots
    assert (slot.weekday, slot.every) == expected


def test_all_mistakes_are_told_at_once() -> None:
    """Someone who puts them right needs to start only once."""
    assert len(complaints(settings_text('sylabus = "x"\nzones = 1', SLOT.replace("weekday", "day")))) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.studygroup\n", "pyproject.toml is not valid TOML: "),
        ("[project]\n", "pyproject.toml has no table [tool.studygroup]"),
        ("tool = 3\n", "pyproject.toml has no table [tool.studygroup]"),
        ("[tool]\nstudygroup = 3\n", "pyproject.toml has no table [tool.studygroup]"),
    ],
)
def test_a_file_that_is_no_settings_at_all_is_told_in_one_sentence(text: str, expected: str) -> None:
    """No traceback, whatever is in the file."""
    [complaint] = complaints(text)
    assert complaint.startswith(expected)


def test_a_missing_unreadable_or_wrongly_encoded_file_is_told(tmp_path: Path) -> None:
    """The message says what to do."""
    path = tmp_path / "pyproject.toml"
    with pytest.raises(SettingsError, match="does not exist; `studygroup new DIR`"):
        read_settings(path)
    path.write_bytes(b'[tool.studygroup]\nname = "\xff"\n')
    with pytest.raises(SettingsError, match=r"is not UTF-8 \(byte 26\)"):
        read_settings(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        read_settings(path)
