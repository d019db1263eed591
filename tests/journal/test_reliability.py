"""Crashes, power cuts and many writers, in short; `make crash` and `make soak` run the full counts."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from studygroup.errors import NotSavedError
from studygroup.journal.files.files import FilesStore
from studygroup.journal.tables import tables
from studygroup.journal.types.lines import new_record
from studygroup.workbook.workbook import Workbook
from tests.support.needs import program, until

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "reliability.py"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), *words], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_no_acknowledged_save_is_lost_when_writers_are_killed() -> None:
    """kill -9 at random moments, 8 writers, two a file."""
    done = run("crash", "--cycles", "120", "--writers", "8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 lost, 0 damaged, 0 doubled" in done.stdout


@pytest.mark.slow
def test_no_acknowledged_save_is_lost_in_a_power_cut() -> None:
    """A file system of its own, shut down without flushing; the one test that may be skipped in CI."""
    done = run("power", "--cycles", "25", "--writers", "8")
    if done.returncode == 3:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_power_cut_would_show_a_save_that_is_not_synced(tmp_path: Path) -> None:
    """The simulation is worth something: without fdatasync it loses what was acknowledged."""
    code = "import os, reliability\nos.fdatasync = lambda handle: None\nraise SystemExit(reliability.power(15, 8, 1))\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SCRIPT.parent), str(SCRIPT.parents[1])])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    if done.returncode == 3:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 1, done.stdout
    assert " 0 lost" not in done.stdout


def test_many_processes_save_to_one_session() -> None:
    """Sixteen, each its own file, then two a file: all there, once, unbroken."""
    done = run("soak", "--processes", "16", "--saves", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("960 saves acknowledged, 0 lost, 0 damaged, 0 doubled, 0 cut off") == 2


def note(store: FilesStore, text: str, by: str = "ada") -> None:
    store.append(new_record("note", now=datetime.now(UTC), by=by, session="2026-11-27", text=text))


def note_for_ever(store: FilesStore) -> None:
    while True:
        note(store, "x" * 10_000)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 12))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB, mounted; as root only."""
    image, disk = tmp_path / "image", tmp_path / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(2 << 20)
    subprocess.run([program("mkfs.ext4", "e2fsprogs"), "-q", "-F", str(image)], check=True)
    if os.geteuid() or subprocess.run(["mount", "-o", "loop", str(image), str(disk)], check=False).returncode:
        pytest.skip("needs root and loop mounts, which nothing installs")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_and_a_read_only_one_refuse_clearly_and_recover(small_disk: Path) -> None:
    """Earlier records stand, nothing half is left, and the next save works once the cause is gone."""
    store = FilesStore(small_disk / "sessions")
    note(store, "first")
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        fill(filler)
    with pytest.raises(NotSavedError, match=r"No space left on device\. Nothing was changed\. Make room there"):
        note_for_ever(store)
    journal = store.read()
    saved = len(journal.records)
    assert saved >= 1 and journal.problems == ()
    assert store.path("2026-11-27", "ada").read_bytes().endswith(b"}\n")
    filler.unlink()
    note(store, "after")
    assert len(store.read().records) == saved + 1
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(NotSavedError, match=r"Read-only file system\. Nothing was changed\. Allow writing there"):
        note(store, "read-only")
    assert len(store.read().records) == saved + 1
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    note(store, "again")
    assert len(store.read().records) == saved + 2


def test_a_folder_that_is_removed_while_others_save_is_no_end(tmp_path: Path) -> None:
    """Each save either says that it failed or is there when it was acknowledged after the last removal."""
    store = FilesStore(tmp_path / "sessions")
    outcomes: list[str] = []
    done = threading.Event()

    def save() -> None:
        while not done.is_set():
            try:
                note(store, "x")
                outcomes.append("saved")
            except NotSavedError as error:
                outcomes.append(str(error))

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(save) for _ in range(2)]
        for _ in range(30):
            # A save has just ended, so the next one is under way.
            before = len(outcomes)
            until(lambda before=before: len(outcomes) > before or any(job.done() for job in jobs))  # type: ignore[misc]
            shutil.rmtree(store.folder, ignore_errors=True)
        done.set()
        for job in jobs:
            job.result()
    assert "saved" in outcomes
    assert all(outcome == "saved" or outcome.startswith("Not saved: ") for outcome in outcomes)
    note(store, "last")
    assert any(getattr(record, "text", "") == "last" for record in store.read().records)


def test_two_clones_merge_with_plain_git_in_both_directions(folder: Path, tmp_path: Path) -> None:
    """The same session, also one person on two clones: no conflict, nothing lost or doubled, equal tables."""
    for name in (".gitattributes", ".gitignore"):
        shutil.copy(Path(__file__).parents[2] / name, folder)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]

    def git(place: Path, *words: str) -> None:
        subprocess.run(["git", *who, *words], cwd=place, check=True, capture_output=True)

    Workbook(folder).add_person("Ada", role="facilitator")
    Workbook(folder).add_person("Bo", by="ada")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Start")
    git(tmp_path, "clone", "--quiet", str(folder), "clone")
    clone = tmp_path / "clone"
    for number, place in enumerate((folder, clone)):
        book = Workbook(place)
        session = book.schedule.next(book.clock()).id
        for member in ("ada", "bo"):
            book.enter("reading", by=member, member=member, item="few-shot", status=("read", "skimmed")[number])
            book.enter("rsvp", by="ada", session=session, member=member, answer=("yes", "no")[number])
        git(place, "add", "sessions")
        git(place, "commit", "--quiet", "--message", f"Records {number}")
    git(clone, "pull", "--quiet", "--no-rebase", "--no-edit")
    git(folder, "pull", "--quiet", "--no-rebase", "--no-edit", str(clone), "main")
    one, other = (Workbook(place) for place in (folder, clone))
    assert len(one.journal.records) == 10
    assert one.journal.records == other.journal.records
    assert one.journal.problems == other.journal.problems == ()
    pd.testing.assert_frame_equal(tables.reading(one.records), tables.reading(other.records))


@pytest.mark.parametrize("cannot", ["lock", "sync"])
def test_a_file_system_that_cannot_lock_or_sync_is_told_once_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, cannot: str
) -> None:
    """As some network shares answer; any other error of the disk still means that nothing was saved."""

    def refuse(*words: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr("fcntl.flock" if cannot == "lock" else "os.fdatasync", refuse)
    store = FilesStore(tmp_path / "sessions")
    note(store, "one")
    note(store, "two")
    assert len(store.read().records) == 2
    [said] = [record.message for record in caplog.records]
    assert f"cannot {'lock files' if cannot == 'lock' else 'bring a file down to the disk'}" in said
    sync = os.fsync
    monkeypatch.setattr("os.fdatasync", lambda handle: sync(1 << 20))
    with pytest.raises(NotSavedError):
        note(store, "three")
