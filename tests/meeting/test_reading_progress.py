"""How far the group, or one member, is with a list, and the list written out with it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from studygroup.catalogue.export.export import to_markdown
from studygroup.catalogue.export.export_layout import EntryProgress
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.group.settings import FILE
from studygroup.meeting.after.reading_progress import group_progress, member_progress
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import LIST
from tests.support.command_line import command

ADA = "ada-lovelace"


def test_the_group_has_read_what_its_sessions_covered(group: Workbook, folder: Path) -> None:
    """With the session's date, and not before it began; the written list says so."""
    plan_session(group, "2026-11-13", by=ADA, steps=[1])
    group.enter("attendance", by=ADA, session="2026-11-13", member="bo", state="present")
    close_session(group, "2026-11-13", by=ADA)
    assert group_progress(group, "basics") == {1: EntryProgress(status="read", session="2026-11-13")}
    written = to_markdown(group.catalogue, "basics", progress=group_progress(group, "basics"))
    [line] = [line for line in written.splitlines() if "2026-11-13" in line]
    assert "[Few-Shot Learners](https://arxiv.org/abs/2005.14165)" in line


def test_what_was_read_leads_to_its_report_on_the_site(group: Workbook, folder: Path) -> None:
    """Where the settings or the command say that the site is; the list with its links is imported as it was."""
    plan_session(group, "2026-11-13", by=ADA, steps=[1])
    group.enter("attendance", by=ADA, session="2026-11-13", member="bo", state="present")
    close_session(group, "2026-11-13", by=ADA)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return command("export", "markdown", "--list", "basics", *words, cwd=folder)

    assert "(read 2026-11-13)" in run("--progress").stdout
    assert "(read [2026-11-13](site/sessions/2026-11-13.html))" in run("--progress", "--site", "site").stdout
    settings = folder / FILE
    settings.write_text(
        settings.read_text().replace("[tool.studygroup]\n", '[tool.studygroup]\nsite_address = "https://a.example/b"\n')
    )
    written = run("--progress").stdout
    assert "(read [2026-11-13](https://a.example/b/sessions/2026-11-13.html))" in written
    before, after = (parse_reading_list(text, "basics").entries for text in (run().stdout, written))
    assert [(one.title, one.url, one.number, one.section, one.links, one.details) for one in after] == [
        (one.title, one.url, one.number, one.section, one.links, one.details) for one in before
    ]
    assert after[0].status == "read"
    assert run("--site", "x").returncode == 2


def test_another_lists_entry_is_read_when_all_of_its_items_are(group: Workbook, folder: Path) -> None:
    """Whichever list brought them to a session; a step of the syllabus is covered by its own session alone."""
    head, first, _, two_works, *_ = LIST.splitlines()
    (folder / "lists" / "other.csv").write_text(
        "\n".join([head, two_works.replace(",3,3,", ",1,1,"), first.replace(",1,1,", ",2,2,"), ""])
    )
    for session, step in (("2026-11-06", 1), ("2026-11-13", 3)):
        plan_session(group, session, by=ADA, steps=[step])
        group.enter("attendance", by=ADA, session=session, member="bo", state="present")
    book = Workbook(folder, group.clock)
    assert {number: one.session for number, one in group_progress(book, "other").items()} == {1: "2026-11-13", 2: "2026-11-13"}
    assert {number: one.session for number, one in group_progress(book, "basics").items()} == {1: "2026-11-06", 3: "2026-11-13"}


def test_a_member_has_read_an_entry_when_all_its_items_are_read(group: Workbook) -> None:
    """An entry with two works is as far as the one that is least far; unread ones are left out."""
    group.enter("reading", by="bo", member="bo", item="few-shot", status="read")
    assert member_progress(group, "basics", "bo") == {
        1: EntryProgress(status="read"),
        3: EntryProgress(status="unread"),
        5: EntryProgress(status="read"),
    }
    group.enter("reading", by="bo", member="bo", item="talk", status="skimmed")
    assert member_progress(group, "basics", "bo")[3] == EntryProgress(status="skimmed")
    assert member_progress(group, "basics", ADA) == {}


def test_progress_that_is_written_is_read_back(group: Workbook) -> None:
    """Titles, addresses and statuses come back as they were, with a session's date and a report behind them."""
    progress = {
        1: EntryProgress(status="read", session="2026-11-13", report="sessions/2026-11-13/report.html"),
        2: EntryProgress(status="skimmed", session="2026-11-20"),
        3: EntryProgress(status="reading"),
        5: EntryProgress(status="unread"),
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
        return command("export", *words, cwd=folder)

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
