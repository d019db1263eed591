"""Changes of pyproject.toml by a program: only the key changes, whatever the file looks like."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studygroup.errors import SettingsError
from studygroup.group.setting_meanings import KEYS, MEANINGS, to_toml
from studygroup.group.settings_file import change_file, nearest_day, with_values
from tests.support.laws import examples

FILE = """\
# Ours.
[project]
name = "elsewhere"   # not the group's

[tool.studygroup]
name = "Group" # as on the door
# Where people live.
zones = [
  "UTC", # the machine's
  "Europe/Berlin", # ours
]
show_reader_names = false

# When we meet.
[[tool.studygroup.slots]]
valid_from = 2026-01-02
weekday = "friday"
time = "23:00"
zone = "UTC"

[tool.ruff]
line-length = 128

[tool.studygroup.hub_users]
zoe = "zoe-obrien-li" # with a hyphen
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"name": "Club"}, '"Group" # as', '"Club" # as'),
        ({"zones": ["UTC", "Europe/Berlin", "Asia/Kolkata"]}, "# ours\n", '# ours\n  "Asia/Kolkata",\n'),
        ({"zones": ["Europe/Berlin"]}, '  "UTC", # the machine\'s\n', ""),
        ({"show_reader_names": True}, "= false", "= true"),
        ({"show_reader_names": None}, "show_reader_names = false\n", ""),
        ({"hub_users": {"zoe": "zoe-obrien-li", "b o": "bo"}}, "# with a hyphen\n", '# with a hyphen\n"b o" = "bo"\n'),
    ],
)
def test_only_the_key_changes(changes: dict[str, object], old: str, new: str) -> None:
    """Comments, order and everything else in the file stay as they are, byte for byte."""
    assert old in FILE
    assert with_values(FILE, changes) == FILE.replace(old, new, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_new_key_comes_before_the_comment_on_the_slots(end: str) -> None:
    """In the lines of the file, also where they end as on Windows."""
    text = FILE.replace('\n\n[tool.studygroup.hub_users]\nzoe = "zoe-obrien-li" # with a hyphen', "").replace("\n", end)
    changed = with_values(text, {"holidays": [date(2026, 12, 25)]})
    assert changed == text.replace("names = false" + end, f"names = false{end}holidays = [2026-12-25]{end}")


VALUES = {
    "name": st.text(min_size=1),
    "zones": st.lists(st.text()),
    "holidays": st.lists(st.dates()),
    "first_step": st.integers(-9, 9),
    "publish_meeting_link": st.booleans(),
    "hub_users": st.dictionaries(st.text(), st.text()),
    "running_order": st.lists(st.fixed_dictionaries({"title": st.text(), "minutes": st.integers(1, 60)})),
}


@settings(max_examples=examples(40))
@given(st.fixed_dictionaries({}, optional={key: st.none() | values for key, values in VALUES.items()}))
def test_whatever_is_set_is_read_again_and_nothing_else_changes(changes: dict[str, object]) -> None:
    """Any values, twice in a row; a value of None takes its key out."""
    once = with_values(FILE, changes)
    wanted = tomllib.loads(FILE)
    table = wanted["tool"]["studygroup"]
    for key, value in changes.items():
        table.pop(key, None)
        if value is not None:
            table[key] = value
    assert tomllib.loads(once) == wanted
    assert with_values(once, changes) == once
    assert "# as on the door" in once or "name" in changes


@given(st.recursive(st.text() | st.booleans() | st.integers(-(2**60), 2**60) | st.dates(), st.lists))
def test_a_value_is_written_as_toml_reads_it(value: object) -> None:
    """Texts with every character, numbers, dates, lists of them."""
    assert tomllib.loads(f"x = {to_toml(value)}")["x"] == value


@given(st.text())
def test_no_text_is_too_odd_to_look_for_the_date_in_it(text: str) -> None:
    """It is a date or none."""
    found = nearest_day(text)
    assert found is None or isinstance(found, date)


def test_every_setting_has_its_meaning_once() -> None:
    """The program's table names each key and no other."""
    assert sorted(MEANINGS) == sorted(KEYS)


def test_a_link_in_its_place_is_refused_and_its_target_left_alone(folder: Path, tmp_path: Path) -> None:
    """As a clone may bring one that leads out of the workbook."""
    path, outside = folder / "pyproject.toml", tmp_path / "outside.toml"
    path.rename(outside)
    before = outside.read_bytes()
    path.symlink_to(outside)
    with pytest.raises(SettingsError, match="cannot be read"):
        change_file(folder, lambda table: {"name": "Other"})
    assert outside.read_bytes() == before
    assert path.is_symlink()


def test_a_byte_order_mark_and_the_rights_stay(folder: Path) -> None:
    """An editor on Windows wrote it so, and its owner keeps it to themselves."""
    path = folder / "pyproject.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    path.chmod(0o640)
    change_file(folder, lambda table: {"name": "Other"})
    assert path.read_bytes().startswith(b'\xef\xbb\xbf[tool.studygroup]\nname = "Other"\n')
    assert path.stat().st_mode & 0o777 == 0o640
