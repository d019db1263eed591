"""Sharing through git, with real bare repositories and real clones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from studygroup.errors import SyncError
from studygroup.journal import tables
from studygroup.sync import sync
from studygroup.workbook import Workbook
from tests.conftest import Clock

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clones(folder: Path, tmp_path: Path, clock: Clock) -> list[Workbook]:
    """A bare repository with the workbook in it, and three clones."""
    book = Workbook(folder, clock)
    for name in ("Ada", "Bo", "Zoë O'Brien-李"):
        book.add_person(name, by="ada" if book.people else None, role="facilitator" if not book.people else "member")
    root = Path(__file__).parents[1]
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(root / name, folder)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Start")
    git(folder, "push", "--quiet", "../bare", "main")
    for number in range(3):
        git(tmp_path, "clone", "--quiet", "bare", f"clone{number}")
    return [Workbook(tmp_path / f"clone{number}", clock) for number in range(3)]


def read(book: Workbook, item: str, status: str = "read", member: str = "bo") -> None:
    book.enter("reading", by=member, member=member, item=item, status=status)


def fresh(book: Workbook) -> Workbook:
    return Workbook(book.folder, book.clock)


def test_what_one_enters_arrives_at_the_other(clones: list[Workbook]) -> None:
    """Both are told in words, by who typed it."""
    one, other, _ = clones
    read(one, "few-shot")
    one.enter("note", by="ada", text="Hello")
    assert str(sync(one.folder)) == "Sent to origin: 2 records by ada (1) and bo (1). Nothing new from others."
    assert str(sync(other.folder)) == "Nothing to send. Arrived: 2 records by ada (1) and bo (1)."
    assert len(fresh(other).journal.records) == 5
    assert str(sync(other.folder)) == "Nothing to send. Nothing new from others."
    assert git(other.folder, "status", "--porcelain") == ""


def test_one_person_on_two_clones_loses_nothing(clones: list[Workbook], clock: Clock) -> None:
    """Two files with one name are joined line by line, without a question, in both directions; the tables are equal."""
    one, other, third = clones
    for number, book in enumerate((one, other)):
        for item in ("few-shot", "tuned", "talk")[number:]:
            clock.now += timedelta(minutes=1)
            read(book, item, "reading" if number else "read")
    sync(one.folder)
    done = sync(other.folder)
    assert (done.sent, done.arrived) == ({"bo": 2}, {"bo": 3})
    sync(one.folder)
    sync(third.folder)
    books = [fresh(book) for book in clones]
    assert [len(book.journal.records) for book in books] == [8, 8, 8]
    assert all(book.journal.problems == () for book in books)
    frames = [tables.reading(book.records) for book in books]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])
    assert frames[0]["status"].tolist() == ["read", "reading", "reading"]


def test_records_join_also_without_the_attributes_file(clones: list[Workbook]) -> None:
    """As in a workbook that was made before it, or whose owner removed it."""
    for book in clones[:2]:
        (book.folder / ".gitattributes").unlink()
        git(book.folder, "commit", "--quiet", "--all", "--message", "No attributes")
        read(book, "few-shot")
        read(book, "tuned")
    sync(clones[0].folder)
    sync(clones[1].folder)
    journal = fresh(clones[1]).journal
    assert (len(journal.records), journal.problems) == (7, ())


def test_three_clones_in_a_race_all_arrive(clones: list[Workbook]) -> None:
    """Whoever is slower takes in the others' and tries again; nothing is forced."""
    for round_number in range(3):
        for number, book in enumerate(clones):
            book.enter("note", by=("ada", "bo", "zoe-obrien-li")[number], text=f"{round_number} {number}")
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda book: sync(book.folder), clones))
    for book in clones:
        sync(book.folder)
    for book in clones:
        notes = {record.id for record in fresh(book).journal.records if record.type == "note"}
        assert len(notes) == 9
        assert fresh(book).journal.problems == ()


def test_entering_goes_on_while_a_merge_replaces_the_file(clones: list[Workbook]) -> None:
    """A form that saves in the middle of a sync loses nothing."""
    one, other, _ = clones
    script = (
        "import sys; from pathlib import Path; from studygroup.workbook import Workbook\n"
        "book = Workbook(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "for number in range(60): book.enter('note', by='bo', session='2026-11-27', text=str(number))\n"
    )
    syncs = 0
    with subprocess.Popen([sys.executable, "-c", script, str(one.folder)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
        while writer.poll() is None or syncs < 3:
            other.enter("note", by="bo", session="2026-11-27", text="from elsewhere")
            sync(other.folder)
            sync(one.folder)
            syncs += 1
    assert writer.returncode == 0
    sync(one.folder)
    notes = [record for record in fresh(one).journal.records if record.type == "note"]
    assert len({note.id for note in notes}) == 60 + syncs
    assert fresh(one).journal.problems == ()


def test_other_files_stay_as_they_are(clones: list[Workbook]) -> None:
    """Neither what is staged nor what is only changed goes along; generated pages stay at home."""
    one = clones[0]
    read(one, "few-shot")
    (one.folder / "catalogue.csv").write_text("changed\n")
    (one.folder / "new.txt").write_text("mine\n")
    git(one.folder, "add", "new.txt")
    session = one.folder / "sessions" / "2026-11-20"
    session.mkdir(exist_ok=True)
    (session / "agenda.html").write_text("page\n")
    sync(one.folder)
    assert git(one.folder, "show", "--name-only", "--format=", "HEAD").split() == ["sessions/2026-11-20/records/bo.jsonl"]
    assert git(one.folder, "status", "--porcelain").splitlines() == [" M catalogue.csv", "A  new.txt"]


def test_without_a_network_everything_is_committed_and_goes_later(clones: list[Workbook], tmp_path: Path) -> None:
    """The message says what was done and what to do."""
    one, other, _ = clones
    read(one, "few-shot")
    (tmp_path / "bare").rename(tmp_path / "away")
    with pytest.raises(SyncError, match=r"What was entered is committed here, not sent\. git fetch: .*sync"):
        sync(one.folder)
    assert git(one.folder, "status", "--porcelain") == ""
    (tmp_path / "away").rename(tmp_path / "bare")
    assert sync(one.folder).sent == {"bo": 1}
    assert sync(other.folder).arrived == {"bo": 1}


def test_a_workbook_without_a_remote_or_without_git(folder: Path, clock: Clock) -> None:
    """It says which command helps; what was entered is committed where there is a repository."""
    Workbook(folder, clock).add_person("Ada")
    with pytest.raises(SyncError, match=r"is in no git repository\. To make one: git init"):
        sync(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    with pytest.raises(SyncError, match=r"What was entered is committed here\. This repository has no remote"):
        sync(folder)
    assert git(folder, "log", "--format=%s") == "Records of ada\n"


def test_the_first_to_share_makes_the_branch(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """An empty remote, no upstream yet."""
    Workbook(folder, clock).add_person("Ada")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "bare")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "../bare")
    assert sync(folder).sent == {"ada": 1}
    assert sync(folder).sent == {}
    assert git(tmp_path / "bare", "log", "--format=%s", "main") == "Records of ada\n"


def test_a_conflict_elsewhere_is_told_and_leaves_everything(clones: list[Workbook]) -> None:
    """The merge is taken back; records stay committed, and go once the conflict is settled."""
    one, other, _ = clones
    for book, text in ((one, "one"), (other, "other")):
        path = book.folder / "pyproject.toml"
        path.write_text(path.read_text().replace("Thursday papers", text))
        git(book.folder, "commit", "--quiet", "--all", "--message", text)
    git(one.folder, "push", "--quiet")
    read(other, "few-shot")
    with pytest.raises(SyncError, match=r"Others and you changed pyproject\.toml, and git cannot join that\. .*not sent"):
        sync(other.folder)
    assert git(other.folder, "status", "--porcelain") == ""
    assert "other" in (other.folder / "pyproject.toml").read_text()
    assert "few-shot" in (other.folder / "sessions/2026-11-20/records/bo.jsonl").read_text()
    git(other.folder, "merge", "--quiet", "-X", "ours", "origin/main")
    assert sync(other.folder).sent == {"bo": 1}


def test_files_that_both_changed_and_one_did_not_commit(clones: list[Workbook]) -> None:
    """Git refuses to overwrite them; the message names them."""
    one, other, _ = clones
    (one.folder / "catalogue.csv").write_text("theirs\n")
    git(one.folder, "commit", "--quiet", "--all", "--message", "catalogue")
    git(one.folder, "push", "--quiet")
    read(other, "few-shot")
    (other.folder / "catalogue.csv").write_text("mine\n")
    with pytest.raises(SyncError, match=r"Others changed catalogue\.csv, which you changed too and did not commit"):
        sync(other.folder)
    assert (other.folder / "catalogue.csv").read_text() == "mine\n"


def test_no_right_to_push_is_told(clones: list[Workbook], tmp_path: Path) -> None:
    """As with a protected branch; the records stay committed."""
    hook = tmp_path / "bare" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)
    read(clones[0], "few-shot")
    with pytest.raises(SyncError, match=r"committed here, not sent\. git push: .* You may not write there"):
        sync(clones[0].folder)
    hook.unlink()
    assert sync(clones[0].folder).sent == {"bo": 1}


@pytest.mark.parametrize("damage", ["deleted", "shortened"])
def test_records_that_went_missing_are_never_shared_as_removed(clones: list[Workbook], damage: str) -> None:
    """An accident stays here and can be taken back; what was removed on purpose is said so."""
    one, other, _ = clones
    read(one, "few-shot")
    read(one, "tuned")
    sync(one.folder)
    path = one.folder / "sessions/2026-11-20/records/bo.jsonl"
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    with pytest.raises(SyncError, match=r"are missing in sessions/2026-11-20/records/bo\.jsonl\. Nothing was done"):
        sync(one.folder)
    sync(one.folder, removals=True)
    sync(other.folder)
    assert len(fresh(other).journal.records) == (3 if damage == "deleted" else 4)


def test_in_the_middle_of_a_merge_nothing_is_done(clones: list[Workbook]) -> None:
    """The person finishes what they began first."""
    (clones[0].folder / ".git" / "MERGE_HEAD").write_text(git(clones[0].folder, "rev-parse", "HEAD"))
    with pytest.raises(SyncError, match="A merge is under way"):
        sync(clones[0].folder)
    # Also where it left its markers in the settings.
    with (clones[0].folder / "pyproject.toml").open("a") as file:
        file.write("<<<<<<< HEAD\n")
    command = [sys.executable, "-m", "studygroup.cli", "--workbook", str(clones[0].folder), "sync"]
    assert "A merge is under way" in subprocess.run(command, capture_output=True, text=True, check=False).stderr


def test_the_command_prints_what_came_and_went(clones: list[Workbook]) -> None:
    """Also as JSON; an error is one sentence and exit code 1."""
    read(clones[0], "few-shot")
    command = [sys.executable, "-m", "studygroup.cli", "--workbook", str(clones[0].folder), "sync"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "Sent to origin: 1 record by bo (1). Nothing new from others.\n"
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["sent"] == {}
    shutil.rmtree(clones[0].folder / ".git")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_the_share_button_says_what_came_and_went(clones: list[Workbook], tmp_path: Path) -> None:
    """And afterwards the open workbook knows what others entered; an error is a sentence beside the button."""
    from studygroup.forms.share import ShareForm

    one, other, _ = clones
    read(one, "few-shot")
    sync(one.folder)
    form = ShareForm(other)
    assert len(other.journal.records) == 3
    form.share.click()
    assert "Nothing to send. Arrived: 1 record by Bo (1)." in form.said.value
    assert len(other.journal.records) == 4
    (tmp_path / "bare").rename(tmp_path / "away")
    form.share.click()
    assert "git fetch: " in form.said.value and not form.share.disabled
