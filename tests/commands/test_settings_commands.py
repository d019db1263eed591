"""`studygroup settings` and `studygroup set`, as a person uses them, on a real file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from studygroup.group.setting_meanings import MEANINGS
from studygroup.group.settings import read_settings
from studygroup.group.slot import Slot
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run
from tests.support.command_line import run as run
from tests.support.needs import PATIENCE_S


def test_settings_prints_every_setting_with_value_default_and_meaning(run: Run) -> None:
    """For people in lines, for machines as JSON; some of them where they are named."""
    printed = run("settings").stdout
    assert [block.split(" =")[0] for block in printed.split("\n\n")] == [*MEANINGS]
    assert 'zones = ["UTC", "America/New_York", "Asia/Kolkata"]\n    IANA time zones in which times are shown' in printed
    assert "slots =\n  friday 23:00 UTC, 90 minutes, from 2026-01-01 on\n" in printed
    [one] = json.loads(run("settings", "link_days", "--json").stdout)
    assert one == {
        "key": "link_days",
        "value": 14,
        "default": 14,
        "meaning": "how many days an invite link is valid, 1 to 365",
    }


def test_a_password_in_the_store_s_address_is_not_printed(run: Run, folder: Path) -> None:
    """Someone may look over a shoulder, or the terminal is shared in a call."""
    path = folder / "pyproject.toml"
    path.write_text(path.read_text().replace('name = "T', 'store = "sqlite://me:secret@host/x"\nname = "T'))
    done = subprocess.run(
        [sys.executable, "-m", "studygroup", "settings", "store"],
        cwd=folder,
        env={**os.environ, "STUDYGROUP_STORE": "files"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "secret" not in done.stdout + done.stderr


def test_a_setting_is_changed_and_said(run: Run, folder: Path) -> None:
    """A name, lists value by value and whole, a switch, and back to the default; a dry run writes nothing."""
    assert run("set", "name", "Paper club").stderr == 'Saved: name = "Paper club" (before: "Thursday papers")\n'
    run("set", "holidays", "--add", "2026-12-25", "--add", "2027-01-01")
    run("set", "holidays", "--add", "2027-12-25", "--remove", "2026-12-25")
    run("set", "zones", "Europe/Berlin", "UTC")
    run("set", "show_reader_names", "yes")
    run("set", "text_channel", "--default")
    assert run("set", "link_days", "7", "--dry-run").stderr.startswith("Would be saved: link_days = 7")
    assert run("set", "name", "Paper club").stderr == 'name is "Paper club" already.\n'
    settings = read_settings(folder / "pyproject.toml")
    assert (settings.name, settings.holidays) == ("Paper club", (date(2027, 1, 1), date(2027, 12, 25)))
    assert (settings.zones, settings.show_reader_names) == (("Europe/Berlin", "UTC"), True)
    assert (settings.text_channel, settings.link_days) == ("", 14)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("sylabus", "basics"), 2, "there is no setting 'sylabus' (did you mean 'syllabus'?); there are slot, name"),
        (("time", "19:00"), 2, "when the group meets is set with: studygroup set slot WEEKDAY TIME ZONE --from DATE"),
        (("zone", "Europe/Berlin"), 2, "--from DATE; in which zones its times are shown, with: studygroup set zones ZONE ZONE"),
        (("syllabus", "basic"), 1, "There is no list 'basic' (did you mean 'basics'?); there are basics."),
        (("first_step", "6"), 1, "first_step: basics has steps 1 to 5"),
        (("zones", "--add", "Europe/Berln"), 1, "(did you mean 'Europe/Berlin'?)"),
        (("holidays", "25.12.2026"), 1, "'25.12.2026' is not a date (did you mean '2026-12-25'?)"),
        (("holidays", "--remove", "2026-12-25"), 1, "holidays: '2026-12-25' is not in it; it is empty"),
        (("facilitators", "--add", "Ada Lovlace"), 1, "not on the roster (did you mean 'Ada Lovelace'?)"),
        (("hub_users", "zoe"), 1, "write USER=MEMBER"),
        (("publish_meeting_link", "ture"), 1, "(did you mean 'true'?)"),
        (("link_days", "soon"), 1, "link_days: found 'soon'; allowed: a whole number"),
        (("link_days", "999"), 1, "link_days: found 999; allowed: 1 to 365"),
        (("name", "Paper", "club"), 1, "name: takes one value, and 2 were given"),
        (("name", "--add", "x"), 1, "name is not a list"),
        (("name",), 2, "give name a value"),
        (("description", "x" * 20_001), 1, "description: that has 20,001 characters; a setting has at most 20,000."),
        (("name", "x", "--from", "2026-12-01"), 2, "go with slot"),
        (("running_order", "Talk"), 1, 'write each part as {title = "Talk", minutes = 20'),
        (("slot", "fridya", "19:00", "UTC", "--from", "2026-12-01"), 1, "(did you mean 'friday'?)"),
        (("slot", "friday", "19:00", "Europe/Berln", "--from", "2026-12-01"), 1, "(did you mean 'Europe/Berlin'?)"),
        (("slot", "friday", "19:00"), 2, "add the first day on which it is valid: --from 20"),
        (("slot", "friday"), 2, "write a slot as WEEKDAY TIME ZONE"),
    ],
)
def test_what_is_wrong_is_refused_with_the_nearest_right_one(
    run: Run, group: Workbook, words: tuple[str, ...], code: int, message: str
) -> None:
    """The file stays as it was, byte for byte, and nothing is recorded."""
    before, records = (group.folder / "pyproject.toml").read_bytes(), len(group.journal.records)
    assert message in " ".join(run("set", *words, code=code).stderr.split())
    assert (group.folder / "pyproject.toml").read_bytes() == before
    assert len(Workbook(group.folder).journal.records) == records


def test_members_are_named_as_anywhere(run: Run, group: Workbook) -> None:
    """By id or name; the file has their ids."""
    run("set", "facilitators", "--add", "Zoë O'Brien-李", "--add", "bo")
    run("set", "hub_users", "zoe=Zoë O'Brien-李")
    settings = read_settings(group.folder / "pyproject.toml")
    assert (settings.facilitators, settings.hub_users) == (("zoe-obrien-li", "bo"), {"zoe": "zoe-obrien-li"})


def test_a_slot_is_a_record_and_leaves_the_file_alone(run: Run, group: Workbook) -> None:
    """What is not said stays as it was; several days may be written as people say them."""
    before = (group.folder / "pyproject.toml").read_bytes()
    run("set", "slot", "tuesday", "19:00", "Europe/Berlin", "--from", "2027-01-05")
    run("set", "slot", "Second", "Tuesday,", "last friday", "18:30", "--from", "2027-06-01", "--length", "60")
    assert (group.folder / "pyproject.toml").read_bytes() == before
    assert Workbook(group.folder).slots[1:] == (
        Slot(date(2027, 1, 5), "tuesday", "19:00", "Europe/Berlin", "week", 90),
        Slot(date(2027, 6, 1), ("second tuesday", "last friday"), "18:30", "Europe/Berlin", "month", 60),
    )
    assert "tuesday 19:00 Europe/Berlin, 90 minutes, from 2027-01-05 on" in run("settings", "slots").stdout


def test_a_slot_that_drops_a_session_is_asked_about(run: Run, group: Workbook) -> None:
    """As in the form; without a terminal nothing is saved unless --yes is given, and a dry run asks nothing."""
    plan_session(group, "2026-11-27", by="ada-lovelace", steps=[1])
    words = ("set", "slot", "tuesday", "19:00", "UTC", "--from", "2026-11-21")
    slots = Workbook(group.folder).slots
    told = run(*words, code=1).stderr
    assert "There will be no session on Fri 27 Nov, though something was entered for it. Change when you meet?" in told
    assert "Nothing was saved; the group meets as before. To do it anyway, add --yes." in told
    assert '"weekday":"tuesday"' in run(*words, "--dry-run").stdout
    assert Workbook(group.folder).slots == slots
    run(*words, "--yes")
    assert len(Workbook(group.folder).slots) == len(slots) + 1


def test_a_wrong_file_can_be_put_right(run: Run, folder: Path) -> None:
    """A change that mends what is wrong is saved; one that leaves it wrong is not."""
    path = folder / "pyproject.toml"
    path.write_text(path.read_text().replace('syllabus = "basics"', "link_days = 0"))
    assert "link_days: found 0" in run("set", "name", "Paper club", code=1).stderr
    run("set", "link_days", "7")
    assert read_settings(path).link_days == 7


@pytest.mark.slow
def test_several_at_the_same_moment_all_count(folder: Path) -> None:
    """Two people on one machine, or a form and a terminal."""
    days = [f"2027-01-{day:02}" for day in range(1, 5)]
    command = [sys.executable, "-m", "studygroup", "set", "holidays", "--add"]
    started = [subprocess.Popen([*command, day], cwd=folder) for day in days]
    assert [one.wait(PATIENCE_S) for one in started] == [0] * len(days)
    assert sorted(map(str, read_settings(folder / "pyproject.toml").holidays)) == days


def test_an_imported_list_becomes_the_syllabus(run: Run, folder: Path) -> None:
    """With --syllabus, of one list; a dry run changes nothing."""
    (folder / "trees.md").write_text("# Trees\n\n- [How Oaks Grow](https://example.org/a)\n")
    run("import", "trees.md", "--syllabus", "--dry-run")
    assert read_settings(folder / "pyproject.toml").syllabus == "basics"
    assert "The syllabus is now trees." in run("import", "trees.md", "--syllabus").stderr
    assert read_settings(folder / "pyproject.toml").syllabus == "trees"
