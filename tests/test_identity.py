"""Who sits at the keyboard."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from studygroup.cli import app
from studygroup.errors import RecordError
from studygroup.identity import HUB, MEMBER, note_me, who_am_i
from studygroup.workbook import Workbook

ZOE = "zoe-obrien-li"


def test_the_host_decides_before_the_folder(group: Workbook) -> None:
    """An explicit name, then the hub's user, then the environment, then what was noted for the folder."""
    note_me(group, "Zoë O'Brien-李")
    assert who_am_i(group, environment={}) == ZOE
    assert who_am_i(group, environment={MEMBER: "Bo"}) == "bo"
    assert who_am_i(group, environment={MEMBER: "Bo", HUB: "ada lovelace"}) == "ada-lovelace"
    assert who_am_i(group, "bo", environment={HUB: "ada lovelace"}) == "bo"


def test_a_hubs_user_who_is_not_on_the_roster_is_nobody_else(group: Workbook) -> None:
    """What the folder noted does not stand in for a user of the hub."""
    note_me(group, "bo")
    with pytest.raises(RecordError, match=r"^You are 'mallory' on this hub\. 'mallory' is not on the roster"):
        who_am_i(group, environment={HUB: "mallory"})


def test_without_a_name_it_says_what_to_do(group: Workbook) -> None:
    """One sentence, with the command."""
    with pytest.raises(RecordError, match='studygroup me "YOUR NAME"'):
        who_am_i(group, environment={})
    (group.folder / ".studygroup").mkdir(exist_ok=True)
    (group.folder / ".studygroup" / "me").write_bytes(b"\xff")
    with pytest.raises(RecordError, match="cannot be read"):
        who_am_i(group, environment={})


def test_me_is_noted_and_used_by_commands(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `studygroup me`, what one enters is one's own without --by."""
    monkeypatch.chdir(group.folder)
    run = CliRunner().invoke
    assert run(app, ["me", "Bo"]).stdout == "bo\n"
    assert run(app, ["me"]).stdout == "bo\n"
    assert run(app, ["record", "note", "--text", "Hello"]).exit_code == 0
    group.reread()
    assert group.journal.records[-1].by == "bo"
    assert isinstance(run(app, ["me", "Nobody"]).exception, RecordError)
