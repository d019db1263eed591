"""Makes the demo: a new workbook in which everything that the story tells is entered, with its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from studygroup.errors import PageError, StoreError
from studygroup.interface.demo.events import PLAN_WINNER, StoryEvent, events_of, first_day
from studygroup.interface.demo.story import Story, told
from studygroup.interface.recording import enter_as_form
from studygroup.journal.files.files import FilesStore
from studygroup.journal.types.lines import id_at
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Close
from studygroup.meeting.before.planning import plan_winner
from studygroup.meeting.choose.ballots import record_result
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_all import make_all_reports
from studygroup.publish.site.site import make_site
from studygroup.storage.atomic import write_atomically
from studygroup.workbook.first_list import find_first_list
from studygroup.workbook.identity import note_me
from studygroup.workbook.settings_change import change_setting
from studygroup.workbook.starter import new_workbook
from studygroup.workbook.workbook import Workbook

_README = """\
# {name}

A demo of studygroup, made by `studygroup demo` as of {day}. The people in it are invented and so is what they say; the papers are real.
Look around, change anything, and delete the folder when you have seen enough.

    studygroup lab                # opens JupyterLab on the week's notebook, as {facilitator}, the facilitator
    studygroup serve              # serves the members' page; its links: studygroup invite --all
    studygroup site --open        # writes the static site and shows it
    studygroup report --open      # shows the last session's report
    studygroup new                # makes a workbook for a group of your own
"""


class MadeDemo(msgspec.Struct, frozen=True):
    """A demo that was made.

    Attributes
    ----------
    folder
        The workbook's folder.
    name, facilitator
        The names of the group and of its facilitator, who is noted as the one who sits there.
    members, sessions, records, reports, pages
        How many there are: members today, sessions that were held, records, reports, pages of the site.
    """

    folder: Path
    name: str
    facilitator: str
    members: int
    sessions: int
    records: int
    reports: int
    pages: int


class PlayedTime:
    """A clock that stands until someone sets it, and ids of its time; the same seed gives the same ids."""

    def __init__(self, now: datetime, seed: str) -> None:
        self.now, self.chance = now, Random(seed)

    def clock(self) -> datetime:
        """Return the time that was set."""
        return self.now

    def new_id(self) -> str:
        """Return the id of a record that is entered now."""
        return id_at(self.now, self.chance)

    def move_to(self, at: datetime) -> None:
        """Set the clock, at least a second on, so that all that is entered is in order."""
        self.now = max(at, self.now + timedelta(seconds=1))


def make_demo(folder: Path, as_of: date, on_stage: Callable[[str], None] = lambda stage: None) -> MadeDemo:
    """Make the demo's workbook with its pages, as it was when a day began in UTC; the same day gives the same bytes.

    Where that fails, nothing is left of it.

    Parameters
    ----------
    folder
        One that does not exist yet, or is empty.
    as_of
        The day; the group's next session is two days later.
    on_stage
        Called with what is done next, in a few words.

    Raises
    ------
    WorkbookError
        Something is in the folder already, or it cannot be written.
    StoreError
        The environment names a database, in which another group's records may be.
    """
    story, made = told(), []
    first = first_day(story, as_of)
    place = new_workbook(
        folder,
        name=story.name,
        weekday=f"{first:%A}",
        time=story.time,
        zone=story.zone,
        today=first,
        fill=lambda inside: made.append(_filled(inside, story, as_of, on_stage)),
    )
    return msgspec.structs.replace(made[0], folder=place)


def _filled(folder: Path, story: Story, as_of: date, on_stage: Callable[[str], None]) -> MadeDemo:
    find_first_list(story.syllabus).save(folder)
    for key, values in {"syllabus": [story.syllabus], **story.settings}.items():
        change_setting(folder, key, values)
    facilitator = story.people[0].name
    readme = _README.format(name=story.name, day=as_of, facilitator=facilitator)
    write_atomically(folder / "README.md", readme.encode(), folder)
    on_stage("Entering thirteen weeks")
    begin = datetime.combine(as_of, time(), UTC)
    played = PlayedTime(datetime.combine(first_day(story, as_of), time(), UTC) - timedelta(days=30), str(as_of))
    book = Workbook(folder, played.clock, new_id=played.new_id)
    if not isinstance(book.store, FilesStore):
        raise StoreError("STUDYGROUP_STORE names a database, and a demo would fill it with made-up records; unset it first.")
    play(book, events_of(story, as_of), played)
    note_me(book, facilitator)
    played.move_to(begin)
    on_stage("Writing its reports and agenda")
    reports = make_all_reports(book)
    for error in reports.failed.values():
        raise PageError(error)
    make_agenda_page(book)
    on_stage("Writing its site")
    site = make_site(book)
    held = {close.session for close in book.current.current(Close)}
    members = book.roster.members_on(book.today())
    return MadeDemo(
        folder,
        story.name,
        facilitator,
        members=len(members),
        sessions=len(held),
        records=len(book.journal.records),
        reports=len(reports.made),
        pages=len(site.titles),
    )


def play(book: Workbook, events: list[StoryEvent], played: PlayedTime) -> None:
    """Enter events one after the other, each at its time, as the forms and ``Group.record`` do."""
    known: dict[str, Record] = {}
    for event in events:
        played.move_to(event.at)
        fields = {name: _named(value, known) for name, value in event.fields.items()}
        by = book.member(event.by) if event.by else ""
        if event.type == "undo":
            book.undo(fields["record"], by=by)
            continue
        if event.type == PLAN_WINNER:
            result = record_result(book, fields["ballot"], by=by)
            plan_winner(book, event.session, result.winner, by=by)
            continue
        record = enter_as_form(book, event.type, by=by, session=event.session, **fields)
        if event.key:
            known[event.key] = record


def _named(value: Any, known: dict[str, Record]) -> Any:
    """Return a value with ids in the place of keys."""
    if isinstance(value, list):
        return [_named(one, known) for one in value]
    return known[value[1:]].id if isinstance(value, str) and value.startswith("@") else value
