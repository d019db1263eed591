"""Who sits at the keyboard."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studygroup.commands.cli import load
from studygroup.errors import RecordError
from studygroup.workbook.identity import HUB, MEMBER, note_me, who_am_i
from studygroup.workbook.workbook import Workbook

ZOE = "zoe-obrien-li"


def test_the_host_decides_before_the_folder(group: Workbook) -> None:
    """An explicit name, then the hub's user, then the environment, then what was noted for the folder."""
    note_me(group, "Zoë O'Brien-李")
    assert who_am_i(group, environment={}) == ZOE
    assert who_am_i(group, environment={MEMBER: "Bo"}) == "bo"
    assert who_am_i(group, environment={MEMBER: "Bo", HUB: "ada lovelace"}) == "ada-lovelace"
    assert who_am_i(group, "bo", environment={HUB: "ada lovelace"}) == "bo"


def test_a_hubs_user_who_is_not_on_the_roster_is_no_one_else(group: Workbook) -> None:
    """What the folder noted does not stand in for a user of the hub."""
    note_me(group, "bo")
    with pytest.raises(RecordError, match=r"^You are 'mallory' on this hub\. 'mallory' is not on the roster"):
        who_am_i(group, environment={HUB: "mallory"})


def run_in(shell: str, folder: Path, path: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a person's shell does, with a PATH that may lack this environment."""
    environment = {name: value for name, value in os.environ.items() if name not in (HUB, MEMBER)} | {"PATH": path}
    return subprocess.run(["/bin/sh", "-c", shell], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("on_the_path", [True, False])
@pytest.mark.parametrize("inside", [True, False])
def test_the_command_that_is_named_works_as_it_is_printed(
    group: Workbook, folder: Path, tmp_path: Path, on_the_path: bool, inside: bool
) -> None:
    """Typed where the message appeared, also where the program is not on the PATH, and from outside of the workbook."""
    own = Path(sys.executable).parent
    path = f"{own}:{os.defpath}" if on_the_path else os.defpath
    where = group.folder if inside else tmp_path
    ask = f"{shlex.quote(str(own / 'studygroup'))} me --workbook {shlex.quote(str(group.folder))}"
    asked = run_in(ask, where, path)
    assert asked.returncode == 1
    begin, *commands = asked.stderr.splitlines()
    assert begin == "studygroup: No one has said who you are in this folder. Run one of these once:"
    assert all(line.startswith("  studygroup me ") for line in commands) == on_the_path
    assert [shlex.split(line)[2] for line in commands] == ["ada-lovelace", "bo", ZOE]
    done = run_in(commands[1], where, path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "bo\n", "")
    assert run_in(ask, where, path).stdout == "bo\n"


def test_on_an_empty_roster_the_command_adds_oneself(folder: Path) -> None:
    """And then one is the facilitator, who is meant."""
    own = Path(sys.executable).parent / "studygroup"
    asked = run_in(f"{shlex.quote(str(own))} me", folder, os.defpath)
    begin, command = asked.stderr.split(" To add yourself: ")
    assert begin == "studygroup: No one is on the roster yet."
    assert run_in(command, folder, os.defpath).returncode == 0
    assert Workbook(folder).facilitators == ["your-name"]


def test_what_was_noted_and_cannot_be_read_is_said(group: Workbook) -> None:
    """With the commands that replace it."""
    with pytest.raises(RecordError, match=r"No one has said who you are"):
        who_am_i(group, environment={})
    (group.folder / ".studygroup").mkdir(exist_ok=True)
    (group.folder / ".studygroup" / "me").write_bytes(b"\xff")
    with pytest.raises(RecordError, match=r"(?s)cannot be read.* me bo"):
        who_am_i(group, environment={})


def test_me_is_noted_and_used_by_commands(group: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """After `studygroup me`, what one enters is one's own without --by."""
    monkeypatch.chdir(group.folder)
    run = CliRunner().invoke
    assert run(load(), ["me", "Bo"]).stdout == "bo\n"
    assert run(load(), ["me"]).stdout == "bo\n"
    assert run(load(), ["record", "note", "--text", "Hello"]).exit_code == 0
    group.reread()
    assert group.journal.records[-1].by == "bo"
    assert isinstance(run(load(), ["me", "No one"]).exception, RecordError)
