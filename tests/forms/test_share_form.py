"""The Share button with real repositories and real clones: what it says, and what it asks where settings clash."""

from __future__ import annotations

from pathlib import Path

import pytest

from studygroup.forms.outgoing.share import ShareForm
from studygroup.group.settings import read_settings
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.forms.test_week_forms import button, texts
from tests.support.clones import clones as clones
from tests.support.clones import git
from tests.support.clones import own_git as own_git

pytestmark = pytest.mark.usefixtures("own_git")


@pytest.fixture
def apart(clones: list[Workbook]) -> tuple[Workbook, Workbook]:
    """Two clones in which the name and the length of links were changed to different values; the other one was faster."""
    one, other, _ = clones
    for book, name, days in ((one, "Friday papers", "7"), (other, "Evening papers", "21")):
        change_setting(book.folder, "name", [name])
        change_setting(book.folder, "link_days", [days])
    sync(other.folder)
    return one, other


def shared_settings(book: Workbook) -> tuple[str, int]:
    settings = read_settings(book.folder / "pyproject.toml")
    return settings.name, settings.link_days


def test_what_was_entered_goes_and_comes(clones: list[Workbook], tmp_path: Path) -> None:
    """Both are told by name; the open workbook and its other forms have it; an error is a sentence beside the button."""
    one, other, _ = clones
    one.enter("note", by="ada", text="Hello")
    button(ShareForm(one), "Share").click()
    arrived: list[str] = []
    form = ShareForm(other, lambda: arrived.append("!"))
    button(form, "Share").click()
    assert texts(form).endswith("Nothing to send. Arrived: 1 record by Ada.")
    assert arrived == ["!"]
    assert other.journal.records[-1].text == "Hello"
    (tmp_path / "bare").rename(tmp_path / "away")
    button(form, "Share").click()
    assert "git fetch: " in texts(form) and not form.share.disabled


def test_a_setting_that_both_changed_is_asked_about_one_by_one(apart: tuple[Workbook, Workbook]) -> None:
    """Each with both values; then everything is shared, with the values that were chosen."""
    one, other = apart
    one.enter("note", by="ada", text="Hello")
    form = ShareForm(one)
    button(form, "Share").click()
    assert "Nothing was shared yet. Say below whose value counts." in texts(form)
    assert (
        'You and others changed name (before: "Thursday papers"): you have "Friday papers", others have "Evening papers".'
        in (texts(form))
    )
    button(form, "Keep mine").click()
    assert "You and others changed link_days: you have 7, others have 21." in texts(form)
    button(form, "Take theirs").click()
    assert not form.whose.is_open
    assert "Sent to origin: 1 record by Ada and the setting name. Arrived: the setting link_days." in texts(form)
    sync(other.folder)
    assert shared_settings(one) == shared_settings(other) == ("Friday papers", 21)
    assert git(one.folder, "status", "--porcelain") == ""


def test_nothing_happens_until_someone_chooses(apart: tuple[Workbook, Workbook]) -> None:
    """What was entered waits too, and the button asks again."""
    one, _ = apart
    before = git(one.folder, "rev-parse", "HEAD")
    form = ShareForm(one)
    button(form, "Share").click()
    button(form, "Not now").click()
    assert not form.whose.is_open
    assert git(one.folder, "rev-parse", "HEAD") == before
    assert shared_settings(one) == ("Friday papers", 7)
    button(form, "Share").click()
    assert form.whose.is_open


def test_a_value_that_changed_since_it_was_shown_is_asked_about_again(apart: tuple[Workbook, Workbook]) -> None:
    """An answer is about the two values that were seen."""
    one, other = apart
    form = ShareForm(one)
    button(form, "Share").click()
    change_setting(other.folder, "name", ["Night papers"])
    sync(other.folder)
    button(form, "Take theirs").click()
    assert 'others have "Night papers"' in texts(form)
    button(form, "Take theirs").click()
    button(form, "Keep mine").click()
    assert shared_settings(one) == ("Night papers", 7)
