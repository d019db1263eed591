"""Every session's report: on kernels that are used again, several at a time, what is unchanged left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from studygroup.errors import CatalogueError, PageError
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.publish.pages.kernels import Kernel
from studygroup.publish.pages.report_all import make_all_reports, sessions_to_report
from studygroup.publish.pages.report_run import make_report_page
from studygroup.publish.pages.run import make_page
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.templates import own_template

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_kernel")]

ADA, BO = "ada-lovelace", "bo"
FIRST, SECOND, THIRD = SESSIONS = ("2020-01-10", "2020-01-17", "2020-01-24")


@pytest.fixture
def season(folder: Path, clock: Clock) -> Workbook:
    """Three closed sessions of long ago, so that every clock says the same of them; one was cancelled, one is only planned."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("valid_from = 2026-01-01", "valid_from = 2020-01-01"))
    clock.now = datetime(2020, 1, 6, tzinfo=UTC)
    book = Workbook(folder, clock)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by=ADA)
    for step, session in enumerate(SESSIONS, start=1):
        clock.now = datetime.fromisoformat(f"{session}T23:30+00:00")
        plan_session(book, session, by=ADA, steps=[step])
        book.enter("attendance", by=ADA, session=session, member=BO, state="present")
        book.enter("question", by=BO, session=session, member=BO, text=f"What of $x^{step}$?")
        book.enter("note", by=ADA, session=session, text=f"Note {step}")
        close_session(book, session, by=ADA)
    plan_session(book, "2020-01-31", by=ADA, cancelled=True)
    plan_session(book, "2020-02-07", by=ADA, steps=[4])
    clock.now += timedelta(days=4)
    return book


def pages(folder: Path) -> dict[str, Any]:
    """Return every report as it stands: pages as text, of notebooks what was run and what it showed."""
    found: dict[str, Any] = {
        f"{path.parent.name}/{path.name}": path.read_text() for path in sorted(folder.glob("sessions/*/report.[hm]*"))
    }
    for path in sorted(folder.glob("sessions/*/report.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        found[f"{path.parent.name}/{path.name}"] = [
            (cell.source, cell.get("outputs"), cell.get("execution_count")) for cell in cells
        ]
    return found


def dates(folder: Path) -> dict[str, int]:
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("sessions/*/report.html")}


def test_reports_of_a_kernel_used_again_equal_those_of_fresh_ones(season: Workbook) -> None:
    """Byte for byte, whatever ran before on it: pages, and of the notebooks sources, outputs and counts."""
    done = make_all_reports(season, jobs=1)
    assert (list(done.made), done.unchanged, done.failed) == ([*SESSIONS], (), {})
    together = pages(season.folder)
    for path in season.folder.glob("sessions/*/report.*"):
        path.unlink()
    for session in reversed(SESSIONS):
        make_report_page(season, session)
    assert pages(season.folder) == together
    assert len(together) == 9


def test_what_is_unchanged_is_left_alone(season: Workbook, folder: Path, clock: Clock) -> None:
    """By content: what concerns one session writes that one; a missing page, another template or --force write again."""
    make_all_reports(season)
    before = dates(folder)
    assert make_all_reports(Workbook(folder, clock)).unchanged == SESSIONS
    assert dates(folder) == before
    season.enter("note", by=ADA, session=SECOND, text="Another")
    assert list(make_all_reports(season).made) == [SECOND]
    assert "Another" in (folder / "sessions" / SECOND / "report.md").read_text()
    (folder / "sessions" / FIRST / "report.html").unlink()
    assert list(make_all_reports(season).made) == [FIRST]
    season.enter("rating", by=BO, member=BO, item="tuned", rating=4)
    make_report_page(season, SECOND)
    assert make_all_reports(season).unchanged == SESSIONS
    (folder / "sessions" / THIRD / "report.md").write_text("my own words")
    assert make_all_reports(season).unchanged == SESSIONS
    forced = make_all_reports(season, force=True)
    assert (list(forced.made), forced.unchanged) == ([*SESSIONS], ())
    assert [path.name for path in forced.made[THIRD].kept] == ["report.edited-1.md"]


def test_a_template_of_the_group_is_run_on_kernels_of_its_own(season: Workbook, folder: Path) -> None:
    """It may leave behind what it likes; anything in the workbook can change what it shows; one that fails stops no other."""
    own_template(
        folder,
        "report",
        "import json, os\nos.chdir('/')\nprint(getattr(json, 'left', 'nothing'), 'is left behind')\njson.left = session",
        f"assert session != {SECOND!r}, 'not this one'\nsession",
    )
    done = make_all_reports(season, jobs=2)
    assert list(done.made) == [FIRST, THIRD]
    assert "raised AssertionError: not this one" in done.failed[SECOND]
    for session in (FIRST, THIRD):
        assert "nothing is left behind" in (folder / "sessions" / session / "report.md").read_text()
    assert (folder / "sessions" / SECOND / "report.failed.ipynb").is_file()
    assert make_all_reports(season).unchanged == (FIRST, THIRD)
    season.enter("reading", by=BO, member=BO, item="nolink", status="read")
    assert list(make_all_reports(season).made) == [FIRST, THIRD]


def test_a_kernel_forgets_between_two_notebooks(season: Workbook, folder: Path) -> None:
    """Names, counts, working folder, environment, search path and warnings are as at the start."""
    looks = (
        "import os, sys, warnings\n"
        "print(sorted(name for name in globals() if not name.startswith('_')), os.getcwd(), 'LEFT' in os.environ)\n"
        "print('left' in sys.path, sys.argv[1:] == ['left'], any(one[2] is BytesWarning for one in warnings.filters), Out)"
    )
    leaves = (
        "left = 1\nos.chdir('/')\nos.environ['LEFT'] = ''\nsys.path.insert(0, 'left')\nsys.argv[1:] = ['left']\n"
        "warnings.simplefilter('error', BytesWarning)\nleft"
    )
    own_template(folder, "report", looks, leaves)
    kernel = Kernel(folder)
    try:
        found = []
        for session in SESSIONS:
            make_page(folder, "report", session, "A page", kernel=kernel)
            kernel.reset()
            found.append((folder / "sessions" / session / "report.md").read_text())
        counts = [cell.execution_count for cell in nbformat.read(folder / "sessions" / THIRD / "report.ipynb", 4).cells]
    finally:
        kernel.close()
    assert found[0] == found[1] == found[2]
    assert f"{folder} False" in found[0]
    assert "False False False {}" in found[0]
    assert counts == [1, 2, 3, 4]
    with pytest.raises(PageError, match=r"did not answer|could not"):
        kernel.reset()


def test_a_wrong_setting_is_told_before_any_kernel_starts(season: Workbook, folder: Path, clock: Clock) -> None:
    """Nothing is written."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basisc"'))
    with pytest.raises(CatalogueError, match="There is no list 'basisc'"):
        make_all_reports(Workbook(folder, clock))
    assert list(folder.rglob("report*")) == []


def test_only_sessions_that_took_place_have_a_report(season: Workbook, workbook: Workbook, clock: Clock) -> None:
    """Not cancelled ones, nor those to come; planned ones as soon as they have begun; an empty workbook has none."""
    assert [one.id for one in sessions_to_report(season)] == [*SESSIONS]
    clock.now = datetime(2020, 2, 7, 23, 5, tzinfo=UTC)
    assert [one.id for one in sessions_to_report(season)] == [*SESSIONS, "2020-02-07"]
    empty = Workbook(workbook.folder, clock)
    empty.store = type(empty.store)(workbook.folder / "nowhere")  # type: ignore[call-arg]
    assert make_all_reports(empty).made == {}


def run(book: Workbook, *words: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studygroup", "report", *words]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, cwd=book.folder, capture_output=True, text=True, check=False, env=env)


def test_the_command_counts_and_shows_no_bar_in_a_pipe(season: Workbook) -> None:
    """Paths on standard output; the second run, with other hashes, writes nothing; JSON says the same."""
    first = run(season, "--all")
    assert (first.returncode, len(first.stdout.splitlines())) == (0, 12)
    assert first.stderr == "4 written, 0 unchanged.\n"
    again = run(season, "--all", "--json", seed="1")
    assert json.loads(again.stdout) == {"made": {}, "unchanged": [*SESSIONS, "2020-02-07"], "failed": {}}
    assert again.stderr == "0 written, 4 unchanged.\n"


@pytest.mark.parametrize(
    ("words", "message"), [(("--all", "--session", FIRST), "choose one"), (("--force",), "belongs to --all")]
)
def test_what_does_not_go_together_is_told(season: Workbook, words: tuple[str, ...], message: str) -> None:
    """As wrong usage."""
    done = run(season, *words)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_report_that_fails_ends_with_code_1(season: Workbook) -> None:
    """After the others were written."""
    own_template(season.folder, "report", f"assert session != {SECOND!r}")
    done = run(season, "--all")
    assert done.returncode == 1
    assert f"The report of {SECOND}: Cell 2 of" in done.stderr
    assert done.stderr.endswith("3 written, 0 unchanged, 1 failed.\n")


def test_pages_exported_at_once_in_a_fresh_process_find_nbconvert_whole() -> None:
    """Threads that make their first page at the same moment wait for each other's import."""
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from studygroup.publish.pages.export import load, to_page\n"
        "from nbformat.v4 import new_markdown_cell, new_notebook\n"
        "notebook = new_notebook(cells=[new_markdown_cell('Hello')])\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    tasks = [pool.submit(load) if number % 2 else pool.submit(to_page, notebook, 'Title') for number in range(8)]\n"
        "    print([task.exception() for task in tasks])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{[None] * 8}\n"
