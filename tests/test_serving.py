"""How many members' pages are open, as a notebook beside the server learns it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from studygroup.forms.week import WeekForms
from studygroup.serving import FOLDER, OpenPages, pages_open
from studygroup.workbook import Workbook


def test_servers_are_added_up_and_gone_when_they_stop(tmp_path: Path) -> None:
    """None where none runs, also where none ever did."""
    assert pages_open(tmp_path) is None
    one, two = OpenPages(tmp_path, 8321), OpenPages(tmp_path, 8322)
    assert pages_open(tmp_path) == 0
    one.tell(12)
    two.tell(3)
    assert pages_open(tmp_path) == 15
    two.close()
    assert pages_open(tmp_path) == 12
    one.close()
    assert pages_open(tmp_path) is None
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_killed_server_counts_for_nothing(tmp_path: Path) -> None:
    """Its file is still there, but nobody holds it; the next server on that port goes on with it."""
    code = "import sys, time; from pathlib import Path; from studygroup.serving import OpenPages\n"
    code += "told = OpenPages(Path(sys.argv[1]), 8321); told.tell(7); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert pages_open(tmp_path) == 7
        process.send_signal(signal.SIGKILL)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["open-pages-8321"]
    assert pages_open(tmp_path) is None
    again = OpenPages(tmp_path, 8321)
    assert pages_open(tmp_path) == 0
    again.close()


def test_the_week_shows_it_without_running_a_cell(group: Workbook) -> None:
    """And nothing while no server runs."""
    week = WeekForms(group, "ada-lovelace")
    try:
        pages = week.standing.pages
        assert (pages.value, pages.layout.display) == ("", "none")
        told = OpenPages(group.folder, 8321)
        told.tell(2)
        waits(lambda: pages.value == "2 members' pages are open." and pages.layout.display == "")
        told.tell(1)
        waits(lambda: pages.value == "1 member's page is open.")
        told.close()
        waits(lambda: (pages.value, pages.layout.display) == ("", "none"))
    finally:
        week.stop()


def waits(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
