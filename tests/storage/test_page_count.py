"""How many members' pages are open, as a notebook beside the server learns it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from studygroup.forms.facilitator.week import WeekForms
from studygroup.storage.page_count import FOLDER, OpenPages, pages_open
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import started
from tests.support.needs import until


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
    """Its file is still there, but no one holds it; the next server on that port goes on with it."""
    code = "import sys; from pathlib import Path; from studygroup.storage.page_count import OpenPages\n"
    code += "told = OpenPages(Path(sys.argv[1]), 8321); told.tell(7); print(flush=True); sys.stdin.read()"
    pipe = subprocess.PIPE
    with started([sys.executable, "-c", code, str(tmp_path)], stdin=pipe, stdout=pipe) as process:
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
        until(lambda: pages.value == "2 members' pages are open." and pages.layout.display == "")
        told.tell(1)
        until(lambda: pages.value == "1 member's page is open.")
        told.close()
        until(lambda: (pages.value, pages.layout.display) == ("", "none"))
    finally:
        week.stop()
