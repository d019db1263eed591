"""`studygroup due` and `studygroup github` as commands: where they do something, what they print, and in processes with their clock moved."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studygroup.group.settings import FILE
from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Sent
from studygroup.meeting.before.planning import plan_session
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.publish.routine.due import run_due
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.channel import Channel
from tests.support.clones import clones as clones
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import Run
from tests.support.command_line import run as run
from tests.support.moved_clock import started_at

ADA, NEXT = "ada-lovelace", "2026-11-27"
START = datetime(2026, 11, 27, 23, tzinfo=UTC)


def name_place(folder: Path, place: str = "attic") -> None:
    file = folder / FILE
    file.write_text(file.read_text().replace("[tool.studygroup]\n", f'[tool.studygroup]\ndue_place = "{place}"\n'))


@pytest.fixture
def placed(group: Workbook, monkeypatch: pytest.MonkeyPatch, channel: Channel) -> Workbook:
    """The group, in the place that does what is due, whose templates run in no time."""
    name_place(group.folder)
    monkeypatch.setenv("STUDYGROUP_PLACE", "attic")
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    templates = group.folder / "notebooks" / "templates"
    templates.mkdir(parents=True)
    for name in ("agenda", "report"):
        cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Welcome"}
        (templates / f"{name}.ipynb").write_text(
            json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
    return Workbook(group.folder, group.clock)


def test_without_a_place_nothing_is_done(group: Workbook, run: Run, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to name one; nothing is recorded or sent."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    before = len(group.journal.records)
    done = run("due")
    assert "No place is set yet, so nothing runs by itself." in done.stderr
    group.reread()
    assert (len(group.journal.records), channel.got) == (before, [])


def test_elsewhere_it_only_prints(placed: Workbook, run: Run, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due now, and where it is done."""
    monkeypatch.setenv("STUDYGROUP_PLACE", "github:ada/fork")
    done = run("due", "--json")
    assert json.loads(done.stdout).keys() == {"place", "here", "due"}
    assert "Only printed: this is done at attic, and here is github:ada/fork." in run("due").stderr
    monkeypatch.delenv("STUDYGROUP_PLACE")
    assert "here is no place with a name" in run("due").stderr
    assert channel.got == []


def test_here_makes_a_folder_the_place(group: Workbook, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sets the setting and says which place it was before; a name that is none is refused, and nothing changes."""
    monkeypatch.delenv("STUDYGROUP_PLACE", raising=False)
    assert "What is due is done here from now on, as attic." in run("due", "--here", "attic").stderr
    said = run("due", "--dry-run").stderr
    assert "Done at attic, for agenda, reminder, report, site." in said
    assert "No address is known here, so no message can be sent from here." in said
    assert "It was attic before." in run("due", "--here", "cellar").stderr
    assert "cannot be the name of a place" in run("due", "--here", "my place", code=1).stderr
    assert Workbook(group.folder).settings.due_place == "cellar"
    assert "leave out --here and --sync" in run("due", "--dry-run", "--sync", code=2).stderr


def test_a_dry_run_prints_the_coming_weeks(placed: Workbook, run: Run, channel: Channel) -> None:
    """Sessions with what is done around them, in order; a moved and a cancelled one as such; nothing is sent or recorded."""
    today = datetime.now(UTC)
    first, second, third = [one.id for one in placed.schedule.following(today + timedelta(days=4), 3)]
    moved = placed.schedule.find(second).start + timedelta(days=1)
    plan_session(placed, second, by=ADA, start=moved.isoformat())
    plan_session(placed, third, by=ADA, cancelled=True)
    shown = json.loads(run("due", "--dry-run", "--json").stdout)["timeline"]
    assert [one["at"] for one in shown] == sorted(one["at"] for one in shown)
    of = {session: [one["what"] for one in shown if one["session"] == session] for session in (first, second, third)}
    assert of[first] == ["agenda", "reminder", "session", "report"]
    assert of[second] == of[first]
    assert of[third] == ["session"]
    states = {one["session"]: one["state"] for one in shown if one["what"] == "session"}
    assert [states[one] for one in (first, second, third)] == ["held", "moved", "cancelled"]
    text = run("due", "--dry-run").stdout
    assert "Reminder for " in text
    assert "cancelled: nothing is sent" in text
    placed.reread()
    assert (placed.current.current(Sent), channel.got) == ([], [])


def test_a_second_run_at_the_same_time_leaves_it_to_the_first(placed: Workbook, run: Run) -> None:
    """It says so, and ends at once."""
    from studygroup.storage.atomic import locked

    (placed.folder / ".studygroup").mkdir(exist_ok=True)
    with locked(placed.folder / ".studygroup" / "due", placed.folder):
        assert "Another studygroup due is at work here" in run("due").stderr


def test_a_channel_that_refuses_is_asked_once_in_a_run_and_named_once(placed: Workbook, run: Run, channel: Channel) -> None:
    """The next run tries again; each says what failed in one line, and that it is tried again."""
    file = placed.folder / FILE
    hours = int((placed.schedule.next(datetime.now(UTC)).start - datetime.now(UTC)) / timedelta(hours=1)) + 2
    file.write_text(
        file.read_text().replace("[tool.studygroup]\n", f'[tool.studygroup]\nagenda_hours_before = {hours}\ndue = ["agenda"]\n')
    )
    channel.answers = 503
    for tries in (1, 2):
        told = run("due", code=1).stderr.splitlines()
        assert [line[-25:] for line in told[:1]] == ["the service answered 503."]
        assert told[1:] == ["studygroup: 1 of 1 failed; it is tried again the next time that studygroup due runs."]
        assert channel.asked == tries
    assert "attention" in json.loads(run("due", "--json", code=1).stdout)


def test_announce_settles_what_may_have_been_sent(
    placed: Workbook, run: Run, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent while no one knows; `--arrived` records that it arrived, `--lost` sends it, from wherever the address is known."""

    def unsure(session: str) -> str:
        placed.enter("sent", by=PROGRAM, session=session, message="agenda", trying=(label,))
        return session

    printed = run("announce", "agenda", "--session", NEXT, "--dry-run").stdout
    label = printed.split(":")[0].removeprefix("--- ")
    words = ("announce", "agenda", "--by", ADA, "--session")
    done = run(*words, unsure(NEXT))
    assert done.stdout == f"{label}: may have been sent, not sent again\n"
    assert "--arrived" in done.stderr
    assert f"Recorded that it arrived at {label}." in run(*words, NEXT, "--arrived").stderr
    assert run(*words, NEXT).stdout == f"{label}: was sent before\n"
    assert run(*words, unsure("2026-12-04"), "--lost").stdout == f"{label}: sent\n"
    assert len(channel.got) == 1
    monkeypatch.delenv("STUDYGROUP_ANNOUNCE")
    assert "the next studygroup due sends it there" in run(*words, unsure("2026-12-11"), "--lost").stderr
    placed.reread()
    assert not deliveries_of(placed, "2026-12-11", "agenda").is_done
    assert "choose one of" in run(*words, NEXT, "--lost", "--again", code=2).stderr


@pytest.mark.slow
def test_the_hours_around_each_moment_in_processes_with_their_clock_moved(placed: Workbook, channel: Channel) -> None:
    """A minute before nothing, then the message, an hour later nothing more; whatever the machine's own clock says."""
    environment = {"STUDYGROUP_PLACE": "attic", "STUDYGROUP_ANNOUNCE": channel.url}
    told = []
    for hours, minutes in ((-48, -2), (-48, 1), (-47, 0), (-24, -2), (-24, 1), (0, 1)):
        now = START + timedelta(hours=hours, minutes=minutes)
        process = started_at(now, placed.folder, "due", environment=environment)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        told.append(out.partition(" to json")[0].strip())
    nothing = "Nothing is due now."
    assert told == [nothing, "Sent the agenda for Fri 27 Nov", nothing, nothing, "Sent the reminder for Fri 27 Nov", nothing]
    placed.reread()
    assert placed.latest(Sent, NEXT, "agenda").at.replace(second=0, microsecond=0) in {
        START + timedelta(hours=-48, minutes=minute) for minute in (1, 2)
    }
    assert len(channel.got) == 2


@pytest.mark.slow
def test_processes_that_are_killed_send_nothing_twice(placed: Workbook, channel: Channel) -> None:
    """At random moments, with SIGKILL; in the end each message arrived, or is reported to facilitators as one that may have been sent."""
    chance = random.Random(16)
    environment = {"STUDYGROUP_PLACE": "attic", "STUDYGROUP_ANNOUNCE": channel.url}
    now, killed = START - timedelta(hours=24), 0
    for number in range(10):
        process = started_at(now + timedelta(minutes=number), placed.folder, "due", environment=environment)
        try:
            process.communicate(timeout=chance.uniform(0.6, 3))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            killed += 1
    process = started_at(now + timedelta(hours=1), placed.folder, "due", environment=environment)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    kinds = [got["message"].split("\n")[1][:5] for got in channel.got]
    assert len(kinds) == len(set(kinds))
    placed.reread()
    unsure = [kind for kind in ("agenda", "reminder") if deliveries_of(placed, NEXT, kind).places("unknown")]
    assert len(kinds) + len(unsure) >= 2
    assert err.count("may have been sent") == len(unsure)
    assert killed


class LostError(BaseException):
    """Stands for a machine that is lost with its disk."""


@pytest.mark.slow
def test_what_a_lost_machine_had_begun_is_known_to_the_next(
    clones: list[Workbook], clock: Clock, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run in a CI shares what it is about to send before it sends it: the next run, on a new machine, sends it no second time."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    first, second, _ = clones
    clock.now = START - timedelta(hours=48)
    sent: list[str] = []

    def lost(letter: object) -> str:
        sent.append(str(letter))
        raise LostError

    with pytest.raises(LostError):
        list(run_due(first, share=lambda: sync(first.folder), deliver=lost))
    assert len(sent) == 1
    sync(second.folder)
    second.reread()
    assert [step.state for step in run_due(second, share=lambda: sync(second.folder))] == []
    assert (len(deliveries_of(second, NEXT, "agenda").places("unknown")), channel.got) == (1, [])


@pytest.mark.slow
def test_what_was_sent_survives_sharing(
    clones: list[Workbook], clock: Clock, channel: Channel, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`due --sync` records as the program, in its own file, and sends it; another clone knows then who was told what."""
    monkeypatch.setenv("STUDYGROUP_ANNOUNCE", channel.url)
    monkeypatch.setenv("STUDYGROUP_PLACE", "attic")
    first, second, _ = clones
    name_place(first.folder)
    soon = first.schedule.next(datetime.now(UTC)).start - datetime.now(UTC)
    hours = int(soon / timedelta(hours=1)) + 2
    file = first.folder / FILE
    file.write_text(
        file.read_text().replace(
            "[tool.studygroup]\n", f"[tool.studygroup]\nagenda_hours_before = {hours}\nreminder_hours_before = 1\n"
        )
    )
    done = run("due", "--sync", cwd=first.folder)
    assert done.stdout.splitlines()[0].startswith("Sent the agenda for ")
    assert run("due", "--sync", cwd=first.folder).stdout == "Nothing is due now.\n"
    quiet = run("due", "--sync", "--quiet", cwd=first.folder)
    assert (quiet.stdout, quiet.stderr) == ("", "")
    sync(second.folder)
    other = Workbook(second.folder)
    [record] = other.current.current(Sent)
    assert (record.by, len(record.to), len(channel.got)) == (PROGRAM, 1, 1)
    assert git(second.folder, "status", "--porcelain") == ""


def test_github_writes_workflows_of_the_right_form(group: Workbook, run: Run, own_git: None) -> None:
    """As the schema of GitHub's workflows has it; one run at a time; secrets by name; what someone edited is left alone."""
    git(group.folder, "init", "--quiet", "--initial-branch=trunk")
    git(group.folder, "remote", "add", "origin", "git@github.com:ada/papers.git")
    done = run("github")
    assert done.stdout.count("Written: ") == 2
    assert "studygroup set due_place github:ada/papers" in done.stderr
    folder = group.folder / ".github" / "workflows"
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["studygroup-due.yml", "studygroup-site.yml"]
    check = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, files)]
    checked = subprocess.run(check, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    import yaml

    due, site = (yaml.safe_load(file.read_text()) for file in files)
    # YAML 1.1 takes the word `on` for a truth value.
    assert site[True]["push"]["branches"] == ["trunk"]
    assert due["concurrency"] == {"group": "studygroup-due", "cancel-in-progress": False}
    assert due["permissions"] == {"contents": "write"}
    [step] = [step for step in due["jobs"]["due"]["steps"] if "studygroup due --sync" in step.get("run", "")]
    assert step["env"]["STUDYGROUP_ANNOUNCE"] == "${{ secrets.STUDYGROUP_ANNOUNCE }}"
    assert step["env"]["STUDYGROUP_PLACE"] == "github:${{ github.repository }}"
    assert any(step.get("run", "").startswith('python -m pip install "studygroup') for step in due["jobs"]["due"]["steps"])
    assert run("github").stdout.count("Up to date: ") == 2
    files[0].write_text(files[0].read_text().replace("17 * * * *", "5 * * * *"))
    assert run("github").stdout.splitlines()[0] == f"Left alone, as it was edited: {files[0]}"
    files[1].unlink()
    assert "Would be written" in run("github", "--dry-run").stdout
    assert not files[1].exists()


def test_a_workflow_of_a_workbook_within_a_repository_works_in_its_folder(
    folder: Path, tmp_path: Path, run: Run, own_git: None
) -> None:
    """The file is at the repository's top, where GitHub looks for it."""
    git(tmp_path, "init", "--quiet")
    run("github")
    assert 'working-directory: "book"' in (tmp_path / ".github" / "workflows" / "studygroup-due.yml").read_text()
