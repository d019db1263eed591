"""Settings that two clones changed: `studygroup sync` joins them key by key."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from studygroup.errors import SyncError
from studygroup.group.settings import read_settings
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.settings_sharing import SettingChoices
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.support.clones import clones as clones
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import command as run
from tests.support.command_line import started


def file_of(book: Workbook) -> Path:
    return book.folder / "pyproject.toml"


def put(book: Workbook, old: str, new: str) -> None:
    """Change the settings' text, as an editor does."""
    text = file_of(book).read_text()
    assert old in text
    file_of(book).write_text(text.replace(old, new))


def as_it_is(book: Workbook) -> tuple[str, str, bytes]:
    """Return all that a sync could change here."""
    return git(book.folder, "rev-parse", "HEAD"), git(book.folder, "status", "--porcelain"), file_of(book).read_bytes()


def command(book: Workbook, *words: str) -> list[str]:
    return [sys.executable, "-m", "studygroup", "--workbook", str(book.folder), "sync", *words]


def test_different_keys_come_together_with_their_comments(clones: list[Workbook]) -> None:
    """Neither side is asked; both files are equal then, and git has nothing left to commit."""
    one, other, _ = clones
    change_setting(one.folder, "holidays", ["2026-12-25"])
    put(one, 'text_channel = "#papers"', '# Ask Ada for an account.\ntext_channel = "#papers"')
    change_setting(other.folder, "name", ["Friday papers"])
    put(other, "length_min = 90", "length_min = 60  # the room closes")
    assert str(sync(one.folder)) == "Sent to origin: the setting holidays. Nothing new from others."
    done = sync(other.folder)
    assert str(done) == "Sent to origin: the settings name and slots. Arrived: the setting holidays."
    assert sync(one.folder).settings_arrived == ("name", "slots")
    text = file_of(one).read_text()
    assert file_of(other).read_text() == text
    assert "# Ask Ada for an account.\n" in text and "length_min = 60  # the room closes\n" in text
    settings = read_settings(file_of(one))
    assert (settings.name, settings.holidays, settings.slots[0].length_min) == ("Friday papers", (date(2026, 12, 25),), 60)
    assert [git(book.folder, "status", "--porcelain") for book in (one, other)] == ["", ""]


def test_the_same_value_on_both_sides_is_no_question(clones: list[Workbook]) -> None:
    """And neither is a key that both took out."""
    one, other, _ = clones
    for book in (one, other):
        change_setting(book.folder, "name", ["Friday papers"])
        change_setting(book.folder, "voice_channel", default=True)
    change_setting(other.folder, "first_step", ["2"])
    sync(one.folder)
    assert sync(other.folder).settings_sent == ("first_step",)
    assert read_settings(file_of(other)).name == "Friday papers"
    assert "voice_channel" not in file_of(other).read_text()


@pytest.mark.slow
def test_without_a_terminal_nothing_is_changed_until_someone_chooses(clones: list[Workbook]) -> None:
    """It says which key, both values and what to run; --mine and --theirs decide, in one command."""
    one, other, _ = clones
    for book, name, holiday in ((one, "Owls", "2026-12-25"), (other, "Larks", "2027-01-01")):
        change_setting(book.folder, "name", [name])
        change_setting(book.folder, "holidays", [holiday])
    sync(one.folder)
    other.enter("note", by="bo", text="Hello")
    before = as_it_is(other)
    done = run("sync", cwd=other.folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "studygroup: You and others changed the same setting to different values. Nothing was changed.\n"
        '  name (before: "Thursday papers"): you have "Larks", others have "Owls"\n'
        "  holidays: you have [2027-01-01], others have [2026-12-25]\n"
        "To keep yours: studygroup sync --mine name --mine holidays\n"
        "To take theirs: studygroup sync --theirs name --theirs holidays\n"
    )
    assert as_it_is(other) == before
    with pytest.raises(SyncError, match=r"changed the same setting.*\n  holidays: you"):
        sync(other.folder, choices=SettingChoices(mine=["name"]))
    assert as_it_is(other) == before
    done = run("sync", "--mine", "name", "--theirs", "holidays", cwd=other.folder)
    assert done.stdout == "Sent to origin: 1 record by bo and the setting name. Arrived: the setting holidays.\n"
    sync(one.folder)
    for book in (one, other):
        settings = read_settings(file_of(book))
        assert (settings.name, settings.holidays) == ("Larks", (date(2026, 12, 25),))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"mine": ["nmae"]}, r"There is no setting 'nmae' \(did you mean 'name'\?\)"),
        ({"mine": ["name"], "theirs": ["name"]}, "name is given with --mine and with --theirs; choose one"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(choices: dict[str, list[str]], message: str) -> None:
    """Before anything is looked at."""
    with pytest.raises(SyncError, match=message):
        SettingChoices(**choices)


@pytest.mark.slow
def test_on_a_terminal_it_asks_for_the_one_key(clones: list[Workbook]) -> None:
    """It shows both values; another word is asked again."""
    one, other, _ = clones
    for book, name in ((one, "Owls"), (other, "Larks")):
        change_setting(book.folder, "name", [name])
    change_setting(one.folder, "first_step", ["2"])
    sync(one.folder)
    ours, theirs = pty.openpty()
    with started(command(other), stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        shown = b""
        for answer in (b"both\n", b"theirs\n"):
            questions = shown.count(b"(mine/theirs)")
            while shown.count(b"(mine/theirs)") == questions:
                shown += os.read(ours, 65_536)
            os.write(ours, answer)
        assert process.stdout is not None
        said = process.stdout.read()
    os.close(ours)
    assert 'changed name (before: "Thursday papers"): you have "Larks", others have "Owls".' in shown.decode()
    assert "first_step" not in shown.decode()
    assert said == "Nothing to send. Arrived: the settings name and first_step.\n"
    assert read_settings(file_of(other)).name == "Owls"


def test_slots_are_joined_by_the_date_they_are_valid_from(clones: list[Workbook]) -> None:
    """Comments in their tables stay; one date that both gave different rules is one question."""
    one, other, _ = clones
    put(one, "length_min = 90", "length_min = 75 # shorter")
    with file_of(other).open("a") as file:
        file.write('\n# Summer.\n[[tool.studygroup.slots]]\nvalid_from = 2027-06-01\nweekday = "monday"\n')
        file.write('time = "18:00"\nzone = "UTC"\nevery = "week"\nlength_min = 60\n')
    sync(one.folder)
    sync(other.folder)
    sync(one.folder)
    assert [slot.length_min for slot in read_settings(file_of(one)).slots] == [75, 60]
    assert "length_min = 75 # shorter" in file_of(other).read_text() and "# Summer.\n" in file_of(one).read_text()
    put(one, "monday", "tuesday")
    put(other, "18:00", "19:00")
    sync(one.folder)
    with pytest.raises(SyncError, match=r"studygroup sync --mine slots\.2027-06-01\n"):
        sync(other.folder)
    sync(other.folder, choices=SettingChoices(mine=["slots"]))
    assert [(slot.weekday, slot.time) for slot in read_settings(file_of(other)).slots][1:] == [("monday", "19:00")]


def test_other_tables_of_the_file_are_git_s(clones: list[Workbook]) -> None:
    """What is not a setting is committed by its author alone, and joined line by line; a conflict there is told."""
    one, other, third = clones
    for book, line in ((one, '[project]\nname = "x"\n'), (other, "")):
        file_of(book).write_text(line + file_of(book).read_text() + "\n[tool.ruff]\nline-length = 128\n" * (not line))
        git(book.folder, "commit", "--quiet", "--all", "--message", "Tools")
    change_setting(one.folder, "name", ["Owls"])
    change_setting(other.folder, "first_step", ["2"])
    with file_of(other).open("a") as file:
        file.write("# mine, not committed\n")
    sync(one.folder)
    with pytest.raises(SyncError, match=r"Others changed pyproject\.toml, which you changed too and did not commit"):
        sync(other.folder)
    git(other.folder, "commit", "--quiet", "--all", "--message", "Comment")
    assert sync(other.folder).settings_arrived == ("name",)
    text = file_of(other).read_text()
    assert text.startswith('[project]\nname = "x"\n') and text.endswith("line-length = 128\n# mine, not committed\n")
    put(third, "[tool.studygroup]", '[project]\nname = "y"\n[tool.studygroup]')
    git(third.folder, "commit", "--quiet", "--all", "--message", "Another")
    with pytest.raises(SyncError, match=r"Others and you changed pyproject\.toml, and git cannot join that"):
        sync(third.folder)
    assert git(third.folder, "status", "--porcelain") == ""


BROKEN = ('name = "Thursday papers"', 'name = "Thursday')
WRONG = ('zones = ["UTC", ', 'zones = ["UTZ", ')


@pytest.mark.parametrize("damage", [BROKEN, WRONG], ids=["no TOML", "a wrong value"])
def test_settings_that_others_broke_stay_outside(clones: list[Workbook], damage: tuple[str, str]) -> None:
    """Whether or not something was changed here; the message says what is wrong and where to look."""
    one, other, third = clones
    put(one, *damage)
    git(one.folder, "commit", "--quiet", "--all", "--message", "Broken")
    git(one.folder, "push", "--quiet")
    change_setting(third.folder, "first_step", ["2"])
    for book in (other, third):
        before = as_it_is(book)
        with pytest.raises(SyncError, match=r"others shared cannot be used: .*Nothing was changed\. Whoever changed them"):
            sync(book.folder)
        assert as_it_is(book) == before


@pytest.mark.parametrize("damage", [BROKEN, WRONG], ids=["no TOML", "a wrong value"])
def test_settings_that_are_broken_here_are_not_shared(clones: list[Workbook], damage: tuple[str, str]) -> None:
    """Records go all the same, and it is said; once others changed the settings too, they are to be mended first."""
    one, other, _ = clones
    put(one, *damage)
    one.enter("note", by="bo", text="Hello")
    done = sync(one.folder)
    assert "The settings here were not shared, as they cannot be used: pyproject.toml" in str(done)
    assert done.sent == {"bo": 1} and git(one.folder, "status", "--porcelain") == " M pyproject.toml\n"
    change_setting(other.folder, "first_step", ["2"])
    assert sync(other.folder).arrived == {"bo": 1}
    before = as_it_is(one)
    with pytest.raises(SyncError, match=r"Others changed the settings too\. Nothing was changed\. Mend pyproject\.toml"):
        sync(one.folder)
    assert as_it_is(one) == before


def test_settings_that_do_not_go_together_are_left_as_they_were(clones: list[Workbook]) -> None:
    """Each side's are right, and both together are not."""
    one, other, _ = clones
    change_setting(one.folder, "roles", ["presenter", "scribe", "host"])
    change_setting(one.folder, "running_order", ['{title = "Talk", minutes = 20, role = "host"}'])
    sync(one.folder)
    sync(other.folder)
    change_setting(one.folder, "running_order", ['{title = "Talk", minutes = 20}'])
    change_setting(one.folder, "roles", ["presenter", "scribe"])
    change_setting(other.folder, "running_order", default=True)
    sync(one.folder)
    git(other.folder, "checkout", "--", "pyproject.toml")
    put(other, 'title = "Talk"', 'title = "Talks"')
    before = as_it_is(other)
    with pytest.raises(SyncError, match="running_order"):
        sync(other.folder)
    with pytest.raises(SyncError, match=r"cannot be used together: .*running_order\[1\]\.role: found \"host\""):
        sync(other.folder, choices=SettingChoices(mine=["running_order"]))
    assert as_it_is(other) == before


def test_a_syllabus_whose_list_is_not_in_git_is_told(clones: list[Workbook]) -> None:
    """Others would have the setting and lack the list."""
    one = clones[0]
    shutil.copy(one.folder / "lists/basics.csv", one.folder / "lists/more.csv")
    change_setting(one.folder, "syllabus", ["more"])
    assert "The list more is not in git yet, so others lack it: git add" in str(sync(one.folder))


@pytest.mark.slow
def test_a_sync_that_was_killed_anywhere_goes_on_the_next_time(
    clones: list[Workbook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each step that changes the repository, and after the merge; nothing is lost, and git is in the middle of nothing."""
    one, other, _ = clones
    change_setting(one.folder, "name", ["Owls"])
    one.enter("note", by="bo", text="Hello")
    sync(one.folder)
    change_setting(other.folder, "first_step", ["2"])
    other.enter("note", by="bo", text="Again")
    real = shutil.which("git")
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").write_text(
        f'#!/bin/sh\ncase "$* " in *"$KILL_AFTER"*) {real} "$@"; kill -9 $PPID; exit 1;; *"$KILL_BEFORE"*) kill -9 $PPID; exit 1;; esac\n'
        f'exec {real} "$@"\n'
    )
    (place / "git").chmod(0o755)
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    for when, words in (
        ("BEFORE", " update-ref "), ("BEFORE", " read-tree -i "), ("BEFORE", " merge --quiet "), ("AFTER", " merge --quiet "),
    ):  # fmt: skip
        env = {**os.environ, "PATH": path, "KILL_BEFORE": "\n", "KILL_AFTER": "\n", f"KILL_{when}": words}
        assert subprocess.run(command(other), env=env, capture_output=True, check=False).returncode == -9, words
    done = sync(other.folder)
    assert (done.sent, done.settings_sent) == ({"bo": 1}, ("first_step",))
    sync(one.folder)
    for book in (one, other):
        settings = read_settings(file_of(book))
        assert (settings.name, settings.first_step) == ("Owls", 2)
        assert len([record for record in Workbook(book.folder, book.clock).journal.records if record.type == "note"]) == 2
        assert git(book.folder, "status", "--porcelain") == ""
