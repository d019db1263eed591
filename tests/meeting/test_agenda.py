"""The agenda as data: what a session reads, when, with whom, and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from studygroup.errors import RecordError
from studygroup.journal.types.records import Attendance
from studygroup.meeting.before.agenda import Agenda, agenda_of
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA = "ada-lovelace"
FIRST, SECOND, THIRD = "2026-11-20", "2026-11-27", "2026-12-04"


def titles(agenda: Agenda) -> list[str]:
    return [read.title for read in agenda.reads]


def hold(book: Workbook, session: str) -> None:
    book.enter("attendance", by=ADA, session=session, member="bo", state="present")


def test_an_empty_group_reads_the_first_step(workbook: Workbook) -> None:
    """No one, nothing recorded: the agenda is that of the next Friday, with the step's work, facts and place."""
    agenda = agenda_of(workbook)
    assert (agenda.session, agenda.start, agenda.members) == (FIRST, datetime(2026, 11, 20, 23, tzinfo=UTC), 0)
    [read] = agenda.reads
    assert (read.title, read.place) == ("Few-Shot Learners", (1, 5))
    [work] = read.works
    assert (work.url, work.authors[0], work.year) == ("https://arxiv.org/abs/2005.14165", "Ann Lee", 2020)
    assert (work.about, work.links) == ("A large model learns from examples.", (("Code", "https://example.org/code"),))
    assert read.step is not None
    assert (read.step.number, read.step.section) == (1, ("Basics", "Start"))
    assert not agenda.planned
    assert [(one.id, one.titles, one.likely) for one in agenda.upcoming] == [
        (SECOND, ("Tuned Models",), True),
        (THIRD, ("A Talk and Few-Shot Learners",), True),
        ("2026-12-11", ("Several Papers",), True),
    ]


def test_after_a_session_that_was_held_the_next_one_goes_on(group: Workbook) -> None:
    """Plan, attendance and close of one session: the one after reads the next step."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    hold(group, FIRST)
    close_session(group, FIRST, by=ADA)
    agenda = agenda_of(group, SECOND)
    assert titles(agenda) == ["Tuned Models"]
    assert agenda.progress is not None
    assert (agenda.progress.covered, agenda.progress.here, agenda.progress.total) == (1, 1, 5)
    assert [(section.name, section.steps, section.covered) for section in agenda.progress.sections] == [
        ("Start", ("covered", "here"), 1),
        ("Later", ("ahead",) * 3, 0),
    ]


def test_a_step_that_continues_is_read_again(group: Workbook) -> None:
    """And the agenda says since when."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    hold(group, FIRST)
    close_session(group, FIRST, by=ADA, continues=[1])
    [read] = agenda_of(group, SECOND).reads
    assert (read.title, read.continued) == ("Few-Shot Learners", FIRST)


def test_no_one_came_so_the_step_comes_again(group: Workbook) -> None:
    """A session without anyone covers nothing."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    group.enter("attendance", by=ADA, session=FIRST, member="bo", state="absent")
    assert titles(agenda_of(group, SECOND)) == ["Few-Shot Learners"]


def test_closing_an_unplanned_session_records_what_its_agenda_read(group: Workbook, reopen: Callable[[], Workbook]) -> None:
    """A facilitator who never planned still moves on; the plan is a record, so it survives a restart."""
    hold(group, FIRST)
    close = close_session(group, FIRST, by=ADA)
    assert close.finished == ("basics/few-shot",)
    assert titles(agenda_of(reopen(), SECOND)) == ["Tuned Models"]


def test_what_was_planned_goes_before_the_syllabus(group: Workbook) -> None:
    """Steps out of order, items beside the syllabus, two at a time."""
    plan_session(group, FIRST, by=ADA, steps=[3], items=["nolink"])
    agenda = agenda_of(group)
    assert titles(agenda) == ["A Talk and Few-Shot Learners", "Several Papers"]
    assert [work.id for work in agenda.reads[0].works] == ["talk", "few-shot"]
    assert agenda.planned


def test_a_step_with_two_items_and_one_without_a_link_are_shown(group: Workbook) -> None:
    """Whatever an entry holds, its agenda shows it."""
    plan_session(group, FIRST, by=ADA, steps=[3, 4])
    first, second = agenda_of(group).reads
    assert [work.title for work in first.works] == ["A Talk on *Stars* & <Pipes>", "Few-Shot Learners"]
    assert [(work.title, work.url) for work in second.works] == [("Several Papers", "")]


def test_a_work_that_was_read_before_says_when(group: Workbook) -> None:
    """The same item at two steps."""
    plan_session(group, FIRST, by=ADA, steps=[1])
    hold(group, FIRST)
    plan_session(group, SECOND, by=ADA, steps=[5])
    [read] = agenda_of(group, SECOND).reads
    assert read.works[0].earlier == (FIRST,)


def test_readers_are_counted_and_named_only_if_the_settings_say_so(group: Workbook, folder: Path) -> None:
    """Skimmed counts as read; guests, those who left and unknown members do not count."""
    group.add_person("Guest", by=ADA, guest=True)
    for member, status in ((ADA, "read"), ("bo", "skimmed"), ("zoe-obrien-li", "reading"), ("guest", "read")):
        group.enter("reading", by=ADA, member=member, item="few-shot", status=status)
    agenda = agenda_of(group)
    [work] = agenda.reads[0].works
    assert (agenda.members, work.read_by, work.reading_by, work.readers) == (3, 2, 1, ())
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nshow_reader_names = true'))
    [work] = agenda_of(Workbook(folder, group.clock)).reads[0].works
    assert work.readers == ("Ada Lovelace", "Bo")
    group.change_person("bo", by=ADA, left=date(2026, 11, 21))
    assert (agenda_of(group, FIRST).members, agenda_of(group, SECOND).members) == (3, 2)


def test_roles_are_shown_by_name(group: Workbook) -> None:
    """And lead their part of the running order."""
    plan_session(group, FIRST, by=ADA, roles={"presenter": "Zoë O'Brien-李"})
    agenda = agenda_of(group)
    assert agenda.roles == {"presenter": "Zoë O'Brien-李", "scribe": ""}
    assert [part.who for part in agenda.running_order if part.role == "presenter"] == ["Zoë O'Brien-李"]
    plan_session(group, FIRST, by=ADA, roles={"presenter": ""})
    assert agenda_of(group).roles["presenter"] == ""


def test_a_plan_keeps_what_is_not_named(group: Workbook) -> None:
    """A presenter added later does not lose the step, the length or the move."""
    plan_session(group, FIRST, by=ADA, steps=[2], length_min=60, start="2026-11-21T20:00")
    plan_session(group, FIRST, by=ADA, roles={"scribe": "bo"})
    agenda = agenda_of(group, FIRST)
    assert (titles(agenda), agenda.length_min, agenda.moved) == (["Tuned Models"], 60, True)
    assert agenda.start == datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert agenda.running_order[-1].end == datetime(2026, 11, 21, 21, tzinfo=UTC)


def test_a_cancelled_session_passes_its_reading_on(group: Workbook) -> None:
    """It says why; the next one reads what it would have read; it can be undone."""
    plan_session(group, FIRST, by=ADA, steps=[1], cancelled=True, why="Holiday")
    assert agenda_of(group).session == SECOND
    assert titles(agenda_of(group)) == ["Few-Shot Learners"]
    cancelled = agenda_of(group, FIRST)
    assert (cancelled.cancelled, cancelled.reason, cancelled.reads) == (True, "Holiday", ())
    plan_session(group, FIRST, by=ADA, cancelled=False, why="")
    assert agenda_of(group).session == FIRST


def test_an_agenda_made_ahead_says_what_comes_before_it(group: Workbook) -> None:
    """Not planned, the session after next shows the first step not covered, and that two sessions come before."""
    agenda = agenda_of(group, THIRD)
    assert titles(agenda) == ["Few-Shot Learners"]
    assert agenda.waits_for == (FIRST, SECOND)
    plan_session(group, THIRD, by=ADA, steps=[2])
    assert agenda_of(group, THIRD).waits_for == ()


def test_a_finished_syllabus_and_none_at_all_leave_a_sensible_agenda(group: Workbook, folder: Path) -> None:
    """Nothing to read is no error."""
    plan_session(group, FIRST, by=ADA, steps=[1, 2, 3, 4, 5])
    hold(group, FIRST)
    agenda = agenda_of(group, SECOND)
    assert (agenda.finished, agenda.reads) == (True, ())
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', ""))
    agenda = agenda_of(Workbook(folder, group.clock), SECOND)
    assert (agenda.finished, agenda.reads, agenda.progress) == (False, (), None)


def test_the_group_may_start_at_a_later_step(group: Workbook, folder: Path) -> None:
    """A group that took over a list half-way."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nfirst_step = 4'))
    assert titles(agenda_of(Workbook(folder, group.clock))) == ["Several Papers"]


def test_closing_after_the_session_closes_that_session(group: Workbook, clock: Clock) -> None:
    """Half an hour after its end, and a day later; an hour before the next one, that is meant."""
    hold(group, FIRST)
    clock.now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert group.session_to_record() == FIRST
    assert close_session(group, "", by=ADA).session == FIRST
    assert group.session_to_record() == SECOND
    clock.now = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    assert Workbook(group.folder, clock).session_to_record() == SECOND


def test_at_five_to_eleven_the_session_about_to_start_is_meant(group: Workbook, clock: Clock) -> None:
    """Also when last week's was never closed."""
    hold(group, FIRST)
    clock.now = datetime(2026, 11, 27, 22, 55, tzinfo=UTC)
    assert group.session_to_record() == SECOND


def test_a_cancelled_session_is_neither_attended_nor_closed(group: Workbook) -> None:
    """It says what to do first."""
    plan_session(group, FIRST, by=ADA, cancelled=True)
    with pytest.raises(RecordError, match="was cancelled; reinstate it"):
        hold(group, FIRST)


def test_a_correction_after_a_fast_clock_holds(group: Workbook, clock: Clock) -> None:
    """What was entered with a clock a month ahead is corrected by what is entered now."""
    clock.now = datetime(2026, 12, 20, tzinfo=UTC)
    group.enter("attendance", by=ADA, session=FIRST, member="bo", state="present")
    clock.now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    correction = group.enter("attendance", by=ADA, session=FIRST, member="bo", state="absent")
    assert group.latest(Attendance, FIRST, "bo") == correction


def test_only_the_steps_named_as_finished_are(group: Workbook) -> None:
    """The others of the session continue."""
    plan_session(group, FIRST, by=ADA, steps=[1, 2])
    hold(group, FIRST)
    close = close_session(group, FIRST, by=ADA, finished=[1])
    assert (close.finished, close.continues) == (("basics/few-shot",), ("basics/tuned",))
    assert titles(agenda_of(group, SECOND)) == ["Tuned Models"]


def test_an_entry_of_another_list_is_read_like_a_step(group: Workbook, folder: Path) -> None:
    """Planned, it is in the agenda with its work; it is no step of the syllabus."""
    (folder / "lists" / "other.csv").write_text(
        "entry,position,number,line,section,title,url,items,columns\ntalk,1,,3,,That Talk,,talk,{}\n"
    )
    book = Workbook(folder, group.clock)
    plan_session(book, FIRST, by=ADA, entries=["other/talk"])
    plan_session(book, SECOND, by=ADA, entries=["other/talk"])
    agenda = agenda_of(book)
    assert [(read.title, [work.id for work in read.works], read.step) for read in agenda.reads] == [
        ("That Talk", ["talk"], None)
    ]
    assert agenda.upcoming[0].titles == ("That Talk",)
    assert agenda.progress is not None
    assert agenda.progress.here == 0


def test_an_extra_session_before_the_first_slot_counts(group: Workbook, folder: Path) -> None:
    """A group that met once before it had a slot."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("2026-01-01", "2026-11-27"))
    book = Workbook(folder, group.clock)
    plan_session(book, "2026-11-14", by=ADA, steps=[1], start="2026-11-14T10:00")
    hold(book, "2026-11-14")
    assert titles(agenda_of(book, SECOND)) == ["Tuned Models"]


def test_a_move_and_a_cancellation_are_taken_back_whole(group: Workbook) -> None:
    """An empty start is the slot's again; a reinstated session does not open with why it had been cancelled."""
    plan_session(group, FIRST, by=ADA, start="2026-11-21T20:00", why="Hall")
    plan_session(group, FIRST, by=ADA, start="", why="")
    assert not agenda_of(group, FIRST).moved
    plan_session(group, FIRST, by=ADA, cancelled=True, why="No one has time")
    plan_session(group, FIRST, by=ADA, cancelled=False)
    assert agenda_of(group, FIRST).reason == ""


def test_a_cancelled_session_reads_nothing_and_takes_no_step(group: Workbook) -> None:
    """Neither in the chart nor from the session after it."""
    plan_session(group, FIRST, by=ADA, steps=[1], cancelled=True)
    agenda = agenda_of(group, FIRST)
    assert agenda.progress is not None
    assert (agenda.progress.here, agenda.upcoming[0].titles) == (0, ("Few-Shot Learners",))


def test_what_was_continued_and_then_finished_is_no_continuation(group: Workbook) -> None:
    """Read a third time, it does not continue the first."""
    for session, continues in ((FIRST, [2]), (SECOND, [])):
        plan_session(group, session, by=ADA, steps=[2])
        hold(group, session)
        close_session(group, session, by=ADA, continues=continues)
    plan_session(group, THIRD, by=ADA, steps=[2])
    assert agenda_of(group, THIRD).reads[0].continued == ""


def test_clock_times_stay_true_when_the_clocks_change(group: Workbook, folder: Path) -> None:
    """In the night of a change the running order follows the clocks, and the end says its own zone."""
    settings = folder / "pyproject.toml"
    settings.write_text(
        settings.read_text()
        .replace(
            'weekday = "friday"\ntime = "23:00"\nzone = "UTC"', 'weekday = "sunday"\ntime = "01:30"\nzone = "Europe/Berlin"'
        )
        .replace('zones = ["UTC"', 'zones = ["Europe/Berlin"')
    )
    agenda = agenda_of(Workbook(folder, group.clock), "2027-03-28")
    assert [f"{part.start:%H:%M}" for part in agenda.running_order] == [
        "01:30",
        "01:35",
        "01:40",
        "03:00",
        "03:20",
        "03:35",
        "03:50",
    ]
    assert (agenda.times[0].time, agenda.times[0].abbreviation) == ("01:30", "CET")
    assert (agenda.times[0].end, agenda.times[0].end_abbreviation) == ("04:00", "CEST")


def test_who_leaves_at_the_end_of_the_year_is_here_until_then(group: Workbook, clock: Clock) -> None:
    """With a facilitator's rights, and not to be welcomed back yet."""
    group.change_person(ADA, by=ADA, left=date(2026, 12, 31))
    assert group.facilitators == [ADA]
    with pytest.raises(RecordError, match="is already on the roster"):
        group.add_person("Ada Lovelace", by="bo")
    clock.now = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert Workbook(group.folder, clock).facilitators == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda book: plan_session(book, "", by=ADA, start="2026-11-28"), "'2026-11-28' is not a time"),
        (lambda book: plan_session(book, "", by=ADA, start="0001-01-01T00:00"), "it is from 1900 to 9000"),
        (lambda book: plan_session(book, "", by=ADA, start="9999-12-31T23:00"), "it is from 1900 to 9000"),
        (lambda book: plan_session(book, "", by=ADA, steps=[9]), "There is no step 9; basics has steps 1 to 5"),
        (lambda book: plan_session(book, "", by=ADA, start="tomorrow"), "'tomorrow' is not a time"),
        (lambda book: close_session(book, FIRST, by=ADA, continues=[2]), "did not read step 2; it read: 1"),
    ],
)
def test_wrong_steps_and_times_are_refused(group: Workbook, call: Callable[[Workbook], object], message: str) -> None:
    """With what there is instead; nothing is written."""
    before = group.store.read()
    with pytest.raises(RecordError) as caught:
        call(group)
    assert message in str(caught.value)
    assert group.store.read() == before
