"""How far the group, or one member, is with a list, and the list written out with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from studygroup.catalogue.export import Progress, to_markdown
from studygroup.catalogue.reading_list import parse_reading_list
from studygroup.meeting.planning import close_session, plan_session
from studygroup.meeting.reading_progress import group_progress, member_progress
from studygroup.workbook import Workbook

ADA = "ada-lovelace"


def test_the_group_has_read_what_its_sessions_covered(group: Workbook, folder: Path) -> None:
    """With the session's date, and not before it began; the written list says so."""
    plan_session(group, "2026-11-13", by=ADA, steps=[1])
    group.enter("attendance", by=ADA, session="2026-11-13", member="bo", state="present")
    close_session(group, "2026-11-13", by=ADA)
    assert group_progress(group, "basics") == {1: Progress(status="read", session="2026-11-13")}
    written = to_markdown(group.catalogue, "basics", progress=group_progress(group, "basics"))
    [line] = [line for line in written.splitlines() if "2026-11-13" in line]
    assert "[Few-Shot Learners](https://arxiv.org/abs/2005.14165)" in line


def test_a_member_has_read_an_entry_when_all_its_items_are_read(group: Workbook) -> None:
    """An entry with two works is as far as the one that is least far; unread ones are left out."""
    group.enter("reading", by="bo", member="bo", item="few-shot", status="read")
    assert member_progress(group, "basics", "bo") == {
        1: Progress(status="read"),
        3: Progress(status="unread"),
        5: Progress(status="read"),
    }
    group.enter("reading", by="bo", member="bo", item="talk", status="skimmed")
    assert member_progress(group, "basics", "bo")[3] == Progress(status="skimmed")
    assert member_progress(group, "basics", ADA) == {}


def test_progress_that_is_written_is_read_back(group: Workbook) -> None:
    """Titles, addresses and statuses come back as they were, with a session's date and a report behind them."""
    progress = {
        1: Progress(status="read", session="2026-11-13", report="sessions/2026-11-13/report.html"),
        2: Progress(status="skimmed", session="2026-11-20"),
        3: Progress(status="reading"),
        5: Progress(status="unread"),
    }
    group.catalogue.lists = {"basics": group.catalogue.lists["basics"].drop(3)}
    written = parse_reading_list(to_markdown(group.catalogue, "basics", progress=progress), "basics")
    assert [(entry.title, entry.url, entry.status) for entry in written.entries] == [
        ("Few-Shot Learners", "https://arxiv.org/abs/2005.14165", "read"),
        ("Tuned Models", "https://arxiv.org/abs/2109.01652", "skimmed"),
        ("A Talk and Few-Shot Learners", "", "reading"),
        ("Few-Shot Learners again", "", "unread"),
    ]
    assert not [entry.details for entry in written.entries if entry.details or entry.links]


def test_every_form_is_printed(group: Workbook, folder: Path) -> None:
    """Markdown of a list, BibTeX, CSV and JSON of the catalogue; wrong words are told."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "studygroup.cli", "export", *words], cwd=folder, capture_output=True, text=True, check=False
        )

    assert "1. [Few-Shot Learners](https://arxiv.org/abs/2005.14165)" in run("markdown", "--list", "basics").stdout
    assert "@article{few-shot," in run("bibtex").stdout
    assert run("csv").stdout == (folder / "catalogue.csv").read_text()
    assert run("json", "--list", "basics").stdout.startswith("{")
    for words, message in (
        (("markdown",), "export markdown --list NAME"),
        (("markdown", "--list", "basic"), "did you mean 'basics'?"),
    ):
        done = run(*words)
        assert done.returncode in {1, 2}
        assert message in done.stderr
