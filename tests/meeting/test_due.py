"""What is due when: around each moment, over moves and cancellations and changes of the clocks, and what is no longer caught up with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from studygroup.group.settings import FILE
from studygroup.journal.types.record import PROGRAM
from studygroup.journal.types.records import Sent
from studygroup.meeting.before.attention import attention
from studygroup.meeting.before.due import due_tasks
from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.meeting.facts.deliveries import deliveries_of
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock

ADA, WEEK, NEXT = "ada-lovelace", "2026-11-20", "2026-11-27"
START = datetime(2026, 11, 27, 23, tzinfo=UTC)


def states(book: Workbook, session: str = NEXT) -> dict[str, str]:
    """Return the states of what there is to do for a session now, by kind; what is not due for weeks is left out."""
    return {task.kind: task.state for task in due_tasks(book) if task.session.id == session}


def with_settings(folder: Path, clock: Clock, lines: str) -> Workbook:
    file = folder / FILE
    file.write_text(file.read_text().replace('syllabus = "basics"\n', f'syllabus = "basics"\n{lines}\n'))
    return Workbook(folder, clock)


@pytest.mark.parametrize("kind", ["agenda", "reminder"])
def test_what_comes_before_a_session_is_due_from_its_moment_until_the_session_begins(
    group: Workbook, clock: Clock, kind: str
) -> None:
    """Two days before for the agenda and one for the reminder, to the second; nothing once it has begun."""
    moment = START - timedelta(hours={"agenda": 48, "reminder": 24}[kind])
    for now, state in (
        (moment - timedelta(seconds=1), None),
        (moment, "due"),
        (moment + timedelta(hours=1), "due"),
        (START - timedelta(seconds=1), "due"),
        (START, "over"),
        (START + timedelta(days=5), "over"),
    ):
        clock.now = now
        assert states(group).get(kind) == state, now


def test_a_report_is_due_once_its_session_is_over_and_closed(group: Workbook, clock: Clock) -> None:
    """An hour after the end, or as soon as it is closed; a week later it is left to people."""
    after = START + timedelta(minutes=90, hours=1)
    clock.now = after
    assert states(group)["report"] == "open"
    clock.now = START + timedelta(minutes=80)
    close_session(group, NEXT, by=ADA)
    for now, state in (
        (after - timedelta(seconds=1), None),
        (after, "due"),
        (after + timedelta(days=7, seconds=-1), "due"),
        (after + timedelta(days=7), "over"),
    ):
        clock.now = now
        assert states(group).get("report") == state, now


def test_when_it_is_due_is_a_setting(folder: Path, clock: Clock) -> None:
    """In hours; and what is not named in `due` is not done."""
    book = with_settings(folder, clock, 'due = ["agenda", "report"]\nagenda_hours_before = 72')
    clock.now = START - timedelta(hours=72)
    assert states(book) == {"agenda": "due"}
    clock.now = START - timedelta(hours=1)
    assert states(book) == {"agenda": "due"}


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2027-03-28", 47), ("2026-10-25", 49)],
    ids=["the clocks skip an hour", "the clocks show an hour twice"],
)
def test_hours_are_real_ones_where_the_clocks_change(folder: Path, clock: Clock, day: str, hours: int) -> None:
    """Two days before is 48 hours before the real start, so an hour earlier or later by the clock."""
    file = folder / FILE
    text = (
        file.read_text().replace('weekday = "friday"', 'weekday = "sunday"').replace('zone = "UTC"', 'zone = "Europe/Berlin"')
    )
    file.write_text(text.replace('time = "23:00"', 'time = "19:00"'))
    book = Workbook(folder, clock)
    start = book.schedule.find(day).start
    assert (start.hour, start.tzinfo) == (19, ZoneInfo("Europe/Berlin"))
    # What clocks show two days before is not 48 hours before.
    by_the_clock = (start - timedelta(days=2)).astimezone(UTC)
    assert start.astimezone(UTC) - by_the_clock == timedelta(hours=hours)
    clock.now = start.astimezone(UTC) - timedelta(hours=48)
    assert states(book, day) == {"agenda": "due"}
    clock.now -= timedelta(seconds=1)
    assert states(book, day) == {}
    [task] = [task for task in due_tasks(book, timedelta(seconds=1)) if task.session.id == day]
    assert task.at.hour == 18 if hours == 47 else 20


def test_moments_follow_a_session_that_is_moved(group: Workbook, clock: Clock) -> None:
    """What was due is ahead again; the agenda that went out is not due a second time, and facilitators are told how to tell it."""
    clock.now = START - timedelta(hours=48)
    group.enter("sent", by=PROGRAM, session=NEXT, message="agenda", to=("chat-1",))
    clock.now += timedelta(hours=1)
    plan_session(group, NEXT, by=ADA, start="2026-11-29T10:00+00:00")
    moved = datetime(2026, 11, 29, 10, tzinfo=UTC)
    clock.now = START - timedelta(hours=20)
    assert states(group) == {}
    clock.now = moved - timedelta(hours=24)
    assert states(group) == {"agenda": "done", "reminder": "due"}
    assert attention(group)[:1] == [
        "After the agenda for Sun 29 Nov had been announced, the session was moved. It is on Sun 29 Nov, 10:00 UTC now. "
        "To tell the group, use Send the change under Announce, or: studygroup announce agenda --session 2026-11-27 --again"
    ]
    group.enter("sent", by=ADA, session=NEXT, message="agenda", to=("chat-1",), trying=())
    assert "was moved" in attention(group)[0]
    group.enter("sent", by=ADA, session=NEXT, message="agenda", trying=("chat-1",))
    group.enter("sent", by=ADA, session=NEXT, message="agenda", to=("chat-1",))
    assert not any("moved" in text for text in attention(group))


def test_a_cancelled_session_gets_nothing(group: Workbook, clock: Clock) -> None:
    """Not before, not after; where its agenda had been announced, facilitators are told how to tell the group."""
    clock.now = START - timedelta(hours=48)
    group.enter("sent", by=PROGRAM, session=NEXT, message="agenda", to=("chat-1",))
    clock.now = START - timedelta(hours=30)
    plan_session(group, NEXT, by=ADA, cancelled=True, why="Storm")
    for hours in (-24, -1, 3):
        clock.now = START + timedelta(hours=hours)
        assert states(group) == {}
    clock.now = START - timedelta(hours=1)
    [told] = [text for text in attention(group) if "cancelled" in text]
    assert told.startswith("After the agenda for Fri 27 Nov had been announced, the session was cancelled.")
    plan_session(group, NEXT, by=ADA, cancelled=False)
    assert states(group) == {"agenda": "done", "reminder": "due"}


def test_what_is_long_past_is_not_caught_up_with(group: Workbook, clock: Clock) -> None:
    """A group that met for a year, every session closed, starts `due` today: only the last week's report is due."""
    for week in range(10):
        clock.now = datetime(2026, 9, 11, 23, 30, tzinfo=UTC) + timedelta(weeks=week)
        close_session(group, clock.now.date().isoformat(), by=ADA)
    clock.now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    assert [(task.kind, task.session.id) for task in due_tasks(group) if task.state == "due"] == [("report", "2026-11-13")]


def test_records_of_two_authors_agree_in_any_order(group: Workbook, clock: Clock) -> None:
    """A facilitator announced by hand on a clone that knew nothing of the program: what arrived by either has arrived."""
    enter = group.enter
    enter("sent", by=PROGRAM, session=WEEK, message="agenda", trying=("a-1", "a-2"), waiting=("a-3",))
    clock.now += timedelta(minutes=1)
    enter("sent", by=ADA, session=WEEK, message="agenda", to=("a-1",), waiting=("a-4",), failed={"a-4": "gone"})
    clock.now += timedelta(minutes=1)
    enter("sent", by=PROGRAM, session=WEEK, message="agenda", to=("a-3",), trying=("a-2",))
    went = deliveries_of(group, WEEK, "agenda")
    assert {place: stop.state for place, stop in went.stops.items()} == {
        "a-1": "sent",
        "a-2": "unknown",
        "a-3": "sent",
        "a-4": "waiting",
    }
    assert went.is_done
    records = [one for one in group.journal.records if isinstance(one, Sent)]
    assert type(went).of(reversed(records)) == went


def test_an_undone_record_counts_no_longer(group: Workbook) -> None:
    """What a facilitator undoes is due again."""
    record = group.enter("sent", by=PROGRAM, session=WEEK, message="agenda", to=("a-1",))
    assert states(group, WEEK)["agenda"] == "done"
    group.undo(record.id, by=ADA)
    assert states(group, WEEK)["agenda"] == "due"


def test_facilitators_are_told_what_may_have_been_sent_what_failed_and_what_is_late(
    folder: Path, group: Workbook, clock: Clock
) -> None:
    """Each in a sentence that says what to do, and for some days only; a delivery that began a moment ago may still be under way."""
    group = with_settings(folder, clock, 'due_place = "attic"')
    clock.now = START - timedelta(hours=48)
    group.enter(
        "sent", by=PROGRAM, session=NEXT, message="agenda", trying=("chat-1",), waiting=("mail-2",), failed={"mail-2": "no way"}
    )
    said = "The agenda for Fri 27 Nov was not sent to mail-2: no way. It is tried again."
    assert attention(group) == [said]
    clock.now += timedelta(minutes=6)
    unsure, *rest = attention(group)
    assert unsure.startswith(
        "The agenda for Fri 27 Nov may have been sent to chat-1: sending it was cut short on Wed 25 Nov, 23:00 UTC"
    )
    assert (
        "say whether it arrived: under Announce, or with studygroup announce agenda --session 2026-11-27 --arrived (or --lost)."
        in unsure
    )
    assert rest == [said]
    clock.now = START - timedelta(hours=20)
    assert attention(group)[2].startswith(
        "The reminder for Fri 27 Nov was due on Thu 26 Nov, 23:00 UTC, and nothing here says that"
    )
    clock.now = START + timedelta(days=1)
    assert attention(group)[1:] == ["The agenda for Fri 27 Nov was not sent to mail-2: no way."]
    clock.now = START + timedelta(days=9)
    assert attention(group) == []


def test_before_the_first_run_nothing_is_called_late(folder: Path, group: Workbook, clock: Clock) -> None:
    """One sentence says that it has not run yet, once it should have; who was just told of a failure is not told again."""
    group = with_settings(folder, clock, 'due_place = "attic"')
    clock.now = START - timedelta(hours=47)
    assert attention(group) == []
    clock.now = START - timedelta(hours=20)
    [told] = attention(group)
    assert told.startswith(
        "Nothing here says that studygroup due has run at attic yet. Its first run does what is due by then;"
    )
    group.enter("sent", by=PROGRAM, session=NEXT, message="agenda", waiting=("mail-2",), failed={"mail-2": "no way"})
    failed, late = attention(group)
    assert (failed[:30], "was due on" in late) == ("The agenda for Fri 27 Nov was ", True)
    assert attention(group, {(NEXT, "agenda")}) == [late]
