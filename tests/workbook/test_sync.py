"""Sharing through git, with real bare repositories and real clones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from studygroup.errors import SyncError
from studygroup.journal.tables import tables
from studygroup.workbook.sync import sync
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.clones import clones as clones
from tests.support.clones import git
from tests.support.clones import own_git as own_git
from tests.support.command_line import command, started

pytestmark = pytest.mark.usefixtures("own_git")


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


@pytest.mark.slow
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
        "import sys; from pathlib import Path; from studygroup.workbook.workbook import Workbook\n"
        "book = Workbook(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "for number in range(60): book.enter('note', by='bo', session='2026-11-27', text=str(number))\n"
    )
    syncs = 0
    with started([sys.executable, "-c", script, str(one.folder)], stdout=subprocess.PIPE, text=True) as writer:
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
    with pytest.raises(SyncError, match=r"Your entries are committed here but not sent\. git fetch: .*sync"):
        sync(one.folder)
    assert git(one.folder, "status", "--porcelain") == ""
    (tmp_path / "away").rename(tmp_path / "bare")
    assert sync(one.folder).sent == {"bo": 1}
    assert sync(other.folder).arrived == {"bo": 1}


def test_a_workbook_without_a_remote_or_without_git(folder: Path, clock: Clock) -> None:
    """It says which command helps; what was entered is committed where there is a repository."""
    Workbook(folder, clock).add_person("Ada")
    with pytest.raises(SyncError, match=r"is not in a git repository\. To make one: git init"):
        sync(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    with pytest.raises(SyncError, match=r"Saved on this computer\. To share with others, connect this folder"):
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
    """The merge is undone; records stay committed, and go once the conflict is settled."""
    one, other, _ = clones
    for book, text in ((one, "one"), (other, "other")):
        path = book.folder / "README.md"
        path.write_text(text)
        git(book.folder, "add", ".")
        git(book.folder, "commit", "--quiet", "--all", "--message", text)
    git(one.folder, "push", "--quiet")
    read(other, "few-shot")
    with pytest.raises(SyncError, match=r"Others and you changed README\.md, and git cannot join that\. .*not sent"):
        sync(other.folder)
    assert git(other.folder, "status", "--porcelain") == ""
    assert (other.folder / "README.md").read_text() == "other"
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
    with pytest.raises(SyncError, match=r"committed here but not sent\. git push: .* You may not write there"):
        sync(clones[0].folder)
    hook.unlink()
    assert sync(clones[0].folder).sent == {"bo": 1}


@pytest.mark.parametrize("damage", ["deleted", "shortened"])
def test_records_that_went_missing_are_never_shared_as_removed(clones: list[Workbook], damage: str) -> None:
    """An accident stays here and can be undone; what was removed on purpose is said so."""
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
    assert "A merge is under way" in command("sync", cwd=clones[0].folder).stderr


@pytest.mark.slow
def test_the_command_prints_what_came_and_went(clones: list[Workbook]) -> None:
    """Also as JSON; an error is one sentence and exit code 1."""
    read(clones[0], "few-shot")
    folder = clones[0].folder
    done = command("sync", cwd=folder)
    assert done.stdout == "Sent to origin: 1 record by bo. Nothing new from others.\n"
    done = command("sync", "--json", cwd=folder)
    assert json.loads(done.stdout)["sent"] == {}
    shutil.rmtree(folder / ".git")
    done = command("sync", cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("where", ["info", "global", "workbook", "records", "quoted"])
def test_no_ignore_rule_keeps_records_at_home(
    clones: list[Workbook], tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one of this person's or machine's, nor one of the repository's own, hides a new member's file."""
    one, other, _ = clones
    rule = {
        "info": one.folder / ".git/info/exclude",
        "global": tmp_path / "ignored",
        "workbook": one.folder / ".gitignore",
        "records": one.folder / "sessions/.gitignore",
        "quoted": one.folder / ".git/info/exclude",
    }[where]
    with rule.open("a") as file:
        file.write("sessions/\n" if where == "quoted" else "*.jsonl\n")
    if where == "global":
        (tmp_path / "gitconfig").write_text(f"[core]\n\texcludesFile = {rule}\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    one.add_person("Cy", by="ada")
    fresh(one).enter("reading", by="cy", member="cy", item="few-shot", status="read")
    assert sync(one.folder).sent == {"ada": 1, "cy": 1}
    sync(other.folder)
    assert "Cy" in {person.name for person in fresh(other).people.values()}
    assert sync(one.folder).sent == {}


@pytest.mark.parametrize("mark", ["--assume-unchanged", "--skip-worktree"])
def test_no_mark_in_the_index_keeps_records_at_home(clones: list[Workbook], mark: str) -> None:
    """A file that git was told to leave alone is sent, and received, all the same."""
    one, other, _ = clones
    for book in (one, other):
        read(book, "few-shot")
    sync(one.folder)
    sync(other.folder)
    sync(one.folder)
    for book in (one, other):
        git(book.folder, "update-index", mark, "sessions/2026-11-20/records/bo.jsonl")
        read(book, "tuned")
        read(book, "talk")
    assert sync(one.folder).sent == {"bo": 2}
    done = sync(other.folder)
    assert (done.sent, done.arrived) == ({"bo": 2}, {"bo": 2})
    sync(one.folder)
    assert len(fresh(one).journal.records) == len(fresh(other).journal.records) == 9


def test_sessions_left_out_of_a_sparse_checkout_are_not_missing(clones: list[Workbook]) -> None:
    """Who keeps the last weeks alone shares those, and takes nothing away from others."""
    one, other, _ = clones
    for session in ("2026-11-20", "2026-11-27"):
        one.enter("note", by="bo", session=session, text="Hello")
    sync(one.folder)
    sync(other.folder)
    git(other.folder, "sparse-checkout", "set", "--no-cone", "/*", "!/sessions/2026-11-27/")
    assert not (other.folder / "sessions/2026-11-27").exists()
    fresh(other).enter("note", by="bo", session="2026-11-20", text="Again")
    assert sync(other.folder).sent == {"bo": 1}
    assert sync(one.folder).arrived == {"bo": 1}
    assert len(fresh(one).journal.records) == 6


OBSTINATE = """
[merge]
\tff = only
\tlog = true
\tverifySignatures = true
\tconflictStyle = diff3
\tdefault = broken
[merge "broken"]
\tdriver = false
[branch "main"]
\tmergeOptions = --no-commit --squash --strategy=ours
[pull]
\tff = only
\trebase = true
\ttwohead = ours
[commit]
\tgpgSign = true
\ttemplate = /no/such/template
\tcleanup = scissors
\tverbose = true
[gpg]
\tprogram = /no/such/gpg
[core]
\tautocrlf = true
\tsafecrlf = true
\teditor = false
\tpager = false
\tfsmonitor = false
\tquotePath = true
[color]
\tui = always
[diff]
\tnoprefix = true
\texternal = false
\trenames = copies
\tmnemonicPrefix = true
[status]
\tshowUntrackedFiles = no
[push]
\tdefault = nothing
\tfollowTags = true
\tgpgSign = false
[fetch]
\tprune = true
[rerere]
\tenabled = true
\tautoUpdate = true
[submodule]
\trecurse = true
[log]
\tshowSignature = true
[remote "origin"]
\tmirror = false
[alias]
\tmerge = !false
\tcommit = !false
"""


@pytest.mark.slow
def test_no_setting_of_git_decides_what_a_sync_does(
    clones: list[Workbook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Diverged clones meet whatever a person has set, with hooks that fail and in another language."""
    (tmp_path / "gitconfig").write_text(OBSTINATE)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for name, value in (("LC_ALL", "de_DE.UTF-8"), ("LANGUAGE", "de"), ("GIT_EDITOR", "false"), ("GIT_PAGER", "false")):
        monkeypatch.setenv(name, value)
    for book in clones:
        for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "pre-merge-commit", "post-merge", "post-checkout"):
            hook = book.folder / ".git/hooks" / name
            hook.write_text("#!/bin/sh\nexit 1\n")
            hook.chmod(0o755)
    for turn in range(2):
        for book in clones:
            read(book, "few-shot", "read" if turn else "reading")
            read(book, "tuned")
        assert sync(clones[0].folder).sent == {"bo": 2}
        assert sync(clones[1].folder).sent == {"bo": 2}
        assert sync(clones[2].folder).sent == {"bo": 2}
        for book in clones:
            sync(book.folder)
            assert git(book.folder, "status", "--porcelain", "--untracked-files=all") == ""
    assert [len(fresh(book).journal.records) for book in clones] == [15, 15, 15]
    assert all(fresh(book).journal.problems == () for book in clones)


@pytest.mark.parametrize(
    "rule", ["*.jsonl -merge -text", "*.jsonl merge=ours", "* binary", "*.jsonl merge=none -diff", "* text=auto eol=crlf"]
)
def test_no_attribute_of_the_repository_loses_a_line(clones: list[Workbook], rule: str) -> None:
    """Records of both sides are there after a sync, also where the workbook lies in a repository with rules of its own."""
    git(clones[0].folder, "config", "merge.ours.driver", "true")
    git(clones[1].folder, "config", "merge.ours.driver", "true")
    (clones[0].folder / ".gitattributes").write_text(rule + "\n")
    git(clones[0].folder, "commit", "--quiet", "--all", "--message", "Attributes")
    read(clones[0], "few-shot")
    sync(clones[0].folder)
    sync(clones[1].folder)
    for book in clones[:2]:
        read(book, "tuned")
    assert sync(clones[0].folder).sent == {"bo": 1}
    assert sync(clones[1].folder).sent == {"bo": 1}
    sync(clones[0].folder)
    for book in clones[:2]:
        journal = fresh(book).journal
        assert (len(journal.records), journal.problems) == (6, ())
        assert git(book.folder, "status", "--porcelain") == ""


def test_a_sync_from_within_a_hook_stays_in_its_own_repository(
    clones: list[Workbook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git tells its hooks of another repository leads a sync nowhere."""
    git(tmp_path, "init", "--quiet", "elsewhere")
    for name, value in (("GIT_DIR", ".git"), ("GIT_WORK_TREE", "."), ("GIT_INDEX_FILE", ".git/index")):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere" / value))
    read(clones[0], "few-shot")
    assert sync(clones[0].folder).sent == {"bo": 1}


def test_a_clone_that_keeps_none_of_the_remotes_branches(clones: list[Workbook]) -> None:
    """As after a clone of one branch alone, or with a refspec of one's own."""
    one, other, _ = clones
    read(one, "few-shot")
    sync(one.folder)
    git(other.folder, "config", "--unset-all", "remote.origin.fetch")
    read(other, "tuned")
    done = sync(other.folder)
    assert (done.sent, done.arrived) == ({"bo": 1}, {"bo": 1})


@pytest.mark.parametrize("known", [True, False])
def test_on_no_branch_the_remotes_own_is_named(clones: list[Workbook], tmp_path: Path, known: bool) -> None:
    """The advice names the branch that the remote has, not one that is usual elsewhere."""
    one = clones[0].folder
    git(tmp_path / "bare", "branch", "--move", "main", "trunk")
    git(one, "fetch", "--quiet", "--prune")
    git(one, "branch", "--quiet", "--move", "main", "topic")
    git(one, "remote", "set-head", "origin", *(["trunk"] if known else ["--delete"]))
    git(one, "checkout", "--quiet", "--detach")
    with pytest.raises(SyncError, match=r"is on no branch; check one out \(git switch trunk\)"):
        sync(one)


def test_sessions_that_are_a_repository_of_their_own_are_told(clones: list[Workbook]) -> None:
    """Instead of saying that there is nothing to send."""
    one = clones[0].folder
    read(clones[0], "few-shot")
    git(one / "sessions/2026-11-20", "init", "--quiet")
    with pytest.raises(SyncError, match="is a git repository of its own"):
        sync(one)


def test_a_workbook_within_a_larger_repository(tmp_path: Path, folder: Path, clock: Clock) -> None:
    """Its records alone are shared; a name with letters, spaces and brackets is no pattern."""
    outer = tmp_path / "outer"
    (outer / "other/sessions/2026-11-20/records").mkdir(parents=True)
    (outer / "other/sessions/2026-11-20/records/bo.jsonl").write_text("{}\n")
    shutil.copytree(folder, outer / "Gruppe [ü] *")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=trunk", "bare")
    git(outer, "init", "--quiet", "--initial-branch=trunk")
    git(outer, "remote", "add", "origin", "../bare")
    book = Workbook(outer / "Gruppe [ü] *", clock)
    book.add_person("Ada")
    assert sync(book.folder).sent == {"ada": 1}
    assert git(tmp_path / "bare", "-c", "core.quotePath=off", "ls-tree", "-r", "--name-only", "trunk").splitlines() == [
        "Gruppe [ü] */sessions/2026-11-20/records/ada.jsonl"
    ]


def test_what_others_did_elsewhere_comes_in_beside_records(clones: list[Workbook]) -> None:
    """A file that only one side changed is joined as git does; one that is staged here stops nothing but is told."""
    one, other, _ = clones
    (one.folder / "README.md").write_text("Hello\n")
    git(one.folder, "add", "README.md")
    git(one.folder, "commit", "--quiet", "--message", "Read me")
    read(one, "few-shot")
    sync(one.folder)
    read(other, "tuned")
    done = sync(other.folder)
    assert done.other_files == ("README.md",)
    assert (other.folder / "README.md").read_text() == "Hello\n"
    assert git(other.folder, "status", "--porcelain") == ""


def test_a_remote_of_another_history_is_told(clones: list[Workbook], tmp_path: Path) -> None:
    """As where the repository was made with a read-me on a server, and another one here."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "stranger")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "seed")
    git(tmp_path / "seed", "commit", "--quiet", "--allow-empty", "--message", "Start")
    git(tmp_path / "seed", "push", "--quiet", "../stranger", "main")
    git(clones[0].folder, "remote", "set-url", "origin", "../stranger")
    read(clones[0], "few-shot")
    with pytest.raises(SyncError, match="was not made from this repository"):
        sync(clones[0].folder)
    assert git(clones[0].folder, "status", "--porcelain") == ""
