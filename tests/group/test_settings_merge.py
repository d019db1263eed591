"""Two clones' settings, joined key by key."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.group.settings_merge import SettingClash, merge_settings

OLD, NEW = date(2026, 1, 2), date(2026, 11, 6)


def slot(day: date, zone: str = "UTC") -> dict[str, Any]:
    return {"valid_from": day, "weekday": "friday", "zone": zone}


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ({"name": "A"}, {"name": "B"}, {"name": "A", "first_step": 2}, {"name": "B", "first_step": 2}),
        ({"name": "A"}, {"name": "B"}, {"name": "B"}, {"name": "B"}),
        ({"name": "A", "zones": ["UTC"]}, {"name": "A"}, {"name": "A", "zones": ["UTC"]}, {"name": "A"}),
        ({"name": "A", "zones": ["UTC"]}, {"name": "A", "zones": ["UTC"]}, {"name": "A"}, {"name": "A"}),
        ({"hub_users": {"a": "x"}}, {"hub_users": {"a": "y"}}, {"hub_users": {"a": "x", "b": "z"}}, {"hub_users": {"a": "y", "b": "z"}}),
        ({}, {"hub_users": {"a": "x"}}, {"hub_users": {"b": "y"}}, {"hub_users": {"a": "x", "b": "y"}}),
        (
            {"slots": [slot(OLD)]},
            {"slots": [slot(OLD), slot(NEW)]},
            {"slots": [slot(OLD, "Asia/Kolkata")]},
            {"slots": [slot(OLD, "Asia/Kolkata"), slot(NEW)]},
        ),
    ],
    ids=["disjoint", "same", "removed here", "removed there", "inner keys", "tables of both", "slots"],
)  # fmt: skip
def test_what_only_one_side_changed_is_joined(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], merged: dict[str, Any]
) -> None:
    """No one is asked, and both sides see the same."""
    assert merge_settings(base, ours, theirs) == (merged, [])
    assert merge_settings(base, theirs, ours) == (merged, [])


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "clash"),
    [
        ({"name": "A"}, {"name": "B"}, {"name": "C"}, SettingClash("name", "A", "B", "C")),
        ({"name": "A"}, {}, {"name": "C"}, SettingClash("name", "A", None, "C")),
        ({}, {"roles": ["a"]}, {"roles": ["b"]}, SettingClash("roles", None, ["a"], ["b"])),
        ({"hub_users": {"z": "a"}}, {"hub_users": {"z": "b"}}, {"hub_users": {"z": "c"}}, SettingClash("hub_users.z", "a", "b", "c")),
        (
            {"slots": [slot(OLD)]},
            {"slots": [slot(OLD), slot(NEW)]},
            {"slots": [slot(OLD), slot(NEW, "Asia/Kolkata")]},
            SettingClash("slots.2026-11-06", None, slot(NEW), slot(NEW, "Asia/Kolkata")),
        ),
    ],
    ids=["both", "removed and changed", "both new", "inner key", "slots of one day"],
)  # fmt: skip
def test_what_both_changed_differently_is_asked_once(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], clash: SettingClash
) -> None:
    """With both values; the answer decides it."""
    assert merge_settings(base, ours, theirs)[1] == [clash]
    assert merge_settings(base, ours, theirs, lambda one: "mine") == (ours, [])
    assert merge_settings(base, ours, theirs, lambda one: "theirs") == (theirs, [])


def test_a_clash_shows_no_password() -> None:
    """The store's address may hold one."""
    assert "secret" not in str(SettingClash("store", None, "postgresql://a:secret@host/x", "sqlite://b:secret@host/y"))


TABLES = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2), max_size=4)


@given(TABLES, TABLES, TABLES)
def test_each_key_is_one_of_both_sides(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """A merge invents nothing, and what one side left alone is the other side's."""
    merged, clashes = merge_settings(base, ours, theirs)
    for key in "abcd":
        assert merged.get(key) in (ours.get(key), theirs.get(key))
    untouched = [key for key in "abcd" if theirs.get(key) == base.get(key)]
    assert {key: merged.get(key) for key in untouched} == {key: ours.get(key) for key in untouched}
    assert all(clash.mine != clash.theirs for clash in clashes)
