"""Making the site again: quick where nothing changed, and never a page that is not as it would be if it were made now."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from studygroup.group.settings import FILE
from studygroup.meeting.before.planning import plan_session
from studygroup.publish.site.site import make_site
from studygroup.publish.site.site_content import content_of
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.command_line import command

ADA, BO = "ada-lovelace", "bo"
SESSION, NEXT = "2026-11-20", "2026-11-27"


def is_whole(book: Workbook) -> bool:
    """Whether each file of the site is as a workbook opened afresh would make it."""
    expected = content_of(Workbook(book.folder, book.clock)).files
    return all((book.folder / "site" / path).read_bytes() == content for path, content in expected.items())


def test_nothing_is_computed_where_nothing_changed(group: Workbook) -> None:
    """It says so, tells the same titles and names, and lists what is not the site's as before."""
    plan_session(group, SESSION, by=ADA, steps=[1], roles={"presenter": BO})
    first = make_site(group)
    (first.folder / "CNAME").write_text("papers.example.org")
    again = make_site(Workbook(group.folder, group.clock))
    assert (first.as_before, again.as_before) == (False, True)
    assert (again.titles, again.names, again.kept_back) == (first.titles, first.names, first.kept_back)
    assert set(again.changes.unchanged) == set(first.changes.written)
    assert (again.changes.written, again.changes.removed, again.changes.foreign) == ((), (), ("CNAME",))


def _record(book: Workbook) -> None:
    other = Workbook(book.folder, book.clock)
    other.enter("question", by=BO, session=SESSION, member=BO, text="Why?")


def _catalogue(book: Workbook) -> None:
    file = book.folder / "catalogue.csv"
    file.write_text(file.read_text().replace("It began prompting.", "It began it all.."))


def _list(book: Workbook) -> None:
    file = book.folder / "lists" / "basics.csv"
    file.write_text(file.read_text().replace("Basics > Later", "Basics > Latest"))


def _settings(book: Workbook) -> None:
    file = book.folder / FILE
    file.write_text(file.read_text().replace("[tool.studygroup]\n", '[tool.studygroup]\nhow_to_join = "Ring."\n'))


def _edited_page(book: Workbook) -> None:
    (book.folder / "site" / "items" / "talk.html").write_text("by hand")


def _missing_page(book: Workbook) -> None:
    (book.folder / "site" / "items" / "talk.html").unlink()


@pytest.mark.parametrize("change", [_record, _catalogue, _list, _settings, _edited_page, _missing_page])
def test_every_change_is_noticed(group: Workbook, change: Callable[[Workbook], None]) -> None:
    """A record, catalogue, list or settings of a moment ago, and a page that someone changed or removed, by a workbook that was open."""
    plan_session(group, SESSION, by=ADA, steps=[1])
    make_site(group)
    assert make_site(group).as_before
    change(group)
    made = make_site(group)
    assert not made.as_before
    assert made.changes.written
    assert is_whole(group)
    assert make_site(group).as_before


def test_time_passing_is_noticed(group: Workbook, clock: Clock) -> None:
    """When a session begins and ends, and when a day does, in any zone of the group; not between."""
    plan_session(group, SESSION, by=ADA, steps=[1])
    start = datetime(2026, 11, 20, 23, tzinfo=UTC)
    clock.now = start - timedelta(minutes=50)
    make_site(group)
    clock.now = start - timedelta(minutes=5)
    assert make_site(group).as_before
    for turn in (start, datetime(2026, 11, 21, tzinfo=UTC), start + timedelta(hours=2)):
        clock.now = turn
        assert not make_site(group).as_before
        assert is_whole(group)
        clock.now += timedelta(minutes=1)
        make_site(group)
    clock.now = start - timedelta(minutes=5)
    assert not make_site(group).as_before
    assert is_whole(group)


def test_another_folder_is_made_as_well(group: Workbook) -> None:
    """The note is about one folder; what it says of that one does not count for others."""
    make_site(group)
    made = make_site(group, group.folder / "public")
    assert not made.as_before
    assert (group.folder / "public" / "index.html").is_file()


def test_a_broken_note_counts_for_nothing(group: Workbook) -> None:
    """Whatever is in it, the site is made."""
    make_site(group)
    (group.folder / ".studygroup" / "site-made").write_bytes(b'{"made_from": 1}\xff')
    assert not make_site(group).as_before
    assert make_site(group).as_before


def test_records_that_cannot_be_read_are_told_each_time(group: Workbook) -> None:
    """The command says so also where nothing changed since the last time."""
    file = group.folder / "sessions" / SESSION / "records" / f"{BO}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write("no record\n")
    for _ in range(2):
        done = command("site", cwd=group.folder)
        assert "1 part of the records could not be used" in done.stderr


def test_a_look_needs_no_tables() -> None:
    """What computes pages is imported only where pages are computed, as that takes longer than the look."""
    words = "import studygroup.publish.site.site, sys; print('pandas' in sys.modules, 'jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
