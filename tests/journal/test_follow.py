"""Following the journal: what others enter arrives within a second."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studygroup.journal.files.files import FilesStore
from studygroup.journal.keeping.follow import follow
from studygroup.journal.types.lines import new_record
from studygroup.journal.types.record import Record
from tests.support.command_line import started
from tests.support.needs import PATIENCE_S, until

SESSION = "2026-11-27"


def note(folder: Path, text: str, by: str = "ada") -> Record:
    record = new_record("note", now=datetime.now(UTC), by=by, session=SESSION, text=text)
    FilesStore(folder).append(record)
    return record


class Follower:
    """A follower in a thread of its own, with when each record came."""

    def __init__(self, folder: Path, watched: bool) -> None:
        self.came: dict[str, float] = {}
        self.stop = threading.Event()
        self.folder, self.watched = folder, watched
        self.store = FilesStore(folder)
        self.before = self.store.read()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for records in follow(self.store, self.folder if self.watched else None, since=self.before, stop=self.stop):
            for record in records:
                assert record.id not in self.came
                self.came[record.id] = time.monotonic()

    def wait_for(self, record: Record, since: float) -> float:
        """Return after how many seconds a record came."""
        until(lambda: record.id in self.came)
        return self.came[record.id] - since

    def end(self) -> None:
        """Stop following."""
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


@pytest.mark.parametrize("watched", [True, False])
def test_records_of_others_arrive_within_a_second_and_once(tmp_path: Path, watched: bool) -> None:
    """Told by the operating system, or found by looking; what was there before is no news."""
    folder = tmp_path / "sessions"
    old = note(folder, "old")
    follower = Follower(folder, watched)
    try:
        took = []
        for number in range(4):
            began = time.monotonic()
            took.append(follower.wait_for(note(folder, str(number), by=("ada", "bo")[number % 2]), began))
        # The quickest, as a machine may be busy with something else for a while.
        assert min(took) < 1
        assert old.id not in follower.came
    finally:
        follower.end()


def test_the_first_record_of_a_workbook_arrives(tmp_path: Path) -> None:
    """The folder is made only then."""
    folder = tmp_path / "sessions"
    follower = Follower(folder, watched=True)
    try:
        began = time.monotonic()
        assert follower.wait_for(note(folder, "first"), began) < 5
    finally:
        follower.end()


def test_another_process_s_records_arrive(tmp_path: Path) -> None:
    """As from a second notebook."""
    folder = tmp_path / "sessions"
    note(folder, "old")
    follower = Follower(folder, watched=True)
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from studygroup.journal.files.files import FilesStore; from studygroup.journal.types.lines import new_record\n"
        "for n in range(5): FilesStore(Path(sys.argv[1])).append(\n"
        "    new_record('note', now=datetime.now(UTC), by='bo', session='2026-11-27', text=str(n)))\n"
    )
    try:
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
        until(lambda: len(follower.came) == 5)
    finally:
        follower.end()


@pytest.mark.slow
def test_the_command_goes_on_with_what_is_entered(folder: Path) -> None:
    """A line a record, as it comes; Ctrl-C is a good end."""
    command = [sys.executable, "-m", "studygroup", "--workbook", str(folder)]
    subprocess.run([*command, "member", "add", "Ada", "--facilitator"], check=True, capture_output=True)
    with started([*command, "history", "--follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as shown:
        assert shown.stdout is not None
        assert shown.stdout.readline().endswith("Ada added Ada\n")
        subprocess.run([*command, "record", "note", "--text", "Hello \x1b[31m"], check=True, capture_output=True)
        assert "Ada added a note: “Hello ?[31m”" in shown.stdout.readline()
        shown.send_signal(signal.SIGINT)
        assert shown.wait(PATIENCE_S) == 0
