"""A session's agenda as plain data: everything that its page shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd

from studygroup.group.schedule import Schedule, Session, ZoneTime, times_in_zones
from studygroup.group.settings import Settings, session_page
from studygroup.group.states import WAS_THERE
from studygroup.journal.current.roster import Roster
from studygroup.journal.current.state import CurrentState
from studygroup.journal.tables import tables
from studygroup.journal.tables.frame import RowsBy
from studygroup.journal.types.record import Read
from studygroup.meeting.before.pace import Room
from studygroup.meeting.before.recall import Recall, recalled, things_of
from studygroup.meeting.before.room import pace_of, room_of
from studygroup.meeting.before.running_order import Slice, running_order
from studygroup.meeting.before.turns import OpenRole, open_roles
from studygroup.meeting.choose.ballots import BallotOutcome, ballots
from studygroup.meeting.facts.course import Course
from studygroup.meeting.facts.guides import guided
from studygroup.meeting.facts.ledger import questions_of
from studygroup.meeting.facts.roles import RoleBook, role_book
from studygroup.meeting.facts.syllabus import Lists, Readings, Step, lists_of, next_step, to_read
from studygroup.meeting.facts.threads import Open, Threads, open_threads
from studygroup.meeting.facts.works import Work, Works
from studygroup.workbook.workbook import Workbook


class Assignment(msgspec.Struct, frozen=True):
    """One thing that a session reads: a step of the syllabus, or (``step`` None) an item beside it.

    ``continued`` is the session that began the step and did not finish it, or empty. ``reference`` is the entry, as ``list/entry``,
    or empty; ``place`` is which step of how many it is, or was when it was read. ``chosen`` says how a ballot chose it. ``part`` is what
    to read of it, such as "sections 1 to 3", or empty for the whole, ``questions`` are those about it alone, each ``about`` an item, or
    an entry that names none.
    """

    title: str
    works: tuple[Work, ...]
    step: Step | None = None
    continued: str = ""
    reference: str = ""
    place: tuple[int, int] = (0, 0)
    chosen: str = ""
    part: str = ""
    questions: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What questions about it can be about: the ids of its works, or the entry where it names none."""
        return tuple(work.id for work in self.works) or (self.reference,)


class SectionProgress(msgspec.Struct, frozen=True):
    """How much of one section of the syllabus is covered: for each of its steps, "covered", "here" (this session) or "ahead"."""

    name: str
    steps: tuple[str, ...]

    @property
    def covered(self) -> int:
        """How many of its steps are covered."""
        return self.steps.count("covered")

    @property
    def total(self) -> int:
        """How many steps it has."""
        return len(self.steps)

    @property
    def untouched(self) -> bool:
        """Whether none of its steps is covered or of this session."""
        return self.steps.count("ahead") == len(self.steps)


class StepProgress(msgspec.Struct, frozen=True):
    """How much of the syllabus is covered before this session, in steps."""

    covered: int
    here: int
    total: int
    sections: tuple[SectionProgress, ...]


class Upcoming(msgspec.Struct, frozen=True):
    """A later session; ``likely`` says that its titles follow from the syllabus and were not planned yet."""

    id: str
    time: ZoneTime
    titles: tuple[str, ...]
    likely: bool


class Agenda(msgspec.Struct, frozen=True, kw_only=True):
    """What a session's agenda shows; times are aware, ``members`` counts those who have joined and not left.

    ``site`` is the address of the group's site and ``page`` that of the session's page there, empty where no one said where it is.
    ``last`` is the session held before this one, or empty; ``recall`` what the group may remember of earlier ones. ``place`` and ``note`` are what the plan says of this session alone.
    ``pace`` says in a line why the parts of the running order have the minutes that they have, for ``room``; it is empty where they are as usual.
    ``gone`` are titles that were planned and are no longer in any list. ``open_roles`` are the roles that no one has, of a session to come.
    """

    group: str
    description: str
    text_channel: str
    voice_channel: str
    meeting_link: str
    session: str
    start: datetime
    length_min: int
    moved: bool
    cancelled: bool
    reason: str
    times: tuple[ZoneTime, ...]
    planned: bool
    reads: tuple[Assignment, ...]
    gone: tuple[str, ...] = ()
    syllabus: str
    finished: bool
    waits_for: tuple[str, ...]
    members: int
    roles: dict[str, str]
    running_order: tuple[Slice, ...]
    prompts: tuple[tuple[str, str], ...]
    progress: StepProgress | None
    upcoming: tuple[Upcoming, ...]
    threads: Threads = Threads()
    page: str = ""
    site: str = ""
    last: str = ""
    recall: tuple[Recall, ...] = ()
    place: str = ""
    note: str = ""
    pace: str = ""
    room: Room = Room(0, 0, 0, known=False)
    open_roles: tuple[OpenRole, ...] = ()


PROMPTS = (
    ("Big idea", "What’s the one idea to take away, in a sentence a newcomer would understand?"),
    ("Relevance", "What does it change for you, and where does it not apply?"),
    ("Open questions", "Which claim would you test first, and what would change your mind?"),
)
"""The three questions of every discussion: (name, question)."""


class Tables(msgspec.Struct, frozen=True, dict=True):
    """What an agenda is computed from: ``records``, their tables as ``journal.tables`` returns them, ``items`` the catalogue's; and what ballots chose."""

    records: CurrentState
    items: pd.DataFrame
    people: pd.DataFrame
    plans: pd.DataFrame
    closes: pd.DataFrame
    attendance: pd.DataFrame
    reading: pd.DataFrame
    summaries: pd.DataFrame
    threads: Open
    roster: Roster
    roles: RoleBook
    guides: pd.DataFrame
    paces: pd.DataFrame
    outcomes: tuple[BallotOutcome, ...] = ()

    @cached_property
    def by_session(self) -> dict[str, RowsBy]:
        """The rows of what is said of single sessions, by session: closes, attendance, guides, paces."""
        return {name: RowsBy(getattr(self, name), "session") for name in ("closes", "attendance", "guides", "paces")}

    @cached_property
    def works(self) -> tuple[RowsBy, RowsBy]:
        """The rows of the items by id, and of who has read them by item."""
        return RowsBy(self.items, "id"), RowsBy(self.reading, "item")


def agenda_of(workbook: Workbook, session: str | None = None) -> Agenda:
    """Return the agenda of a session, or of the one under way or next.

    Raises
    ------
    ScheduleError
        There is no such session.
    CatalogueError
        The settings name a syllabus that is not among the lists.
    """
    now = workbook.clock()
    found = workbook.schedule.named(session) if session else workbook.schedule.next(now)
    agenda = make_agenda(workbook.settings, workbook.schedule, found, lists_of(workbook), held_tables(workbook), now)
    if agenda.cancelled or found.has_begun(now):
        return agenda
    return msgspec.structs.replace(agenda, open_roles=tuple(open_roles(workbook, found.id, agenda.roles)))


def what_is_read(workbook: Workbook, session: str) -> tuple[Read, ...]:
    """Return what a session reads, as records keep it: what was planned, else the next step."""
    found, lists, held = workbook.schedule.find(session), lists_of(workbook), held_tables(workbook)
    course = course_of(workbook.schedule, lists, held)
    titles = dict(zip(held.items["id"], held.items["title"], strict=True))
    steps = [] if found.cancelled else _chosen(workbook.settings, course.readings, found.id, course.done_before(found))
    total = sum(not step.former for step in lists.steps)
    return tuple(to_read(step, total, titles.get(step.items[0], "") if step.items else "") for step in steps)


def held_tables(workbook: Workbook) -> Tables:
    """Return the tables that a workbook's agendas are computed from."""
    records = workbook.current
    return Tables(
        records,
        workbook.catalogue.items,
        tables.people(records),
        tables.plans(records),
        tables.closes(records),
        tables.attendance(records),
        tables.reading(records),
        tables.summaries(records),
        Open(
            tables.rsvps(records),
            tables.away(records),
            tables.swaps(records),
            tables.questions(records),
            tables.actions(records),
        ),
        workbook.roster,
        role_book(workbook),
        tables.guides(records),
        tables.paces(records),
        tuple(one.outcome for one in ballots(workbook) if one.outcome and one.outcome.item),
    )


def course_of(schedule: Schedule, lists: Lists, held: Tables) -> Course:
    """Return what came before each session."""
    return Course(schedule, lists, held.plans, held.closes, held.attendance)


def make_agenda(
    settings: Settings,
    schedule: Schedule,
    session: Session,
    lists: Lists,
    held: Tables,
    now: datetime,
    course: Course | None = None,
    threads: bool = True,
) -> Agenda:
    """Return the agenda of ``session``.

    Parameters
    ----------
    lists
        What ``syllabus.lists_of`` returns.
    now
        Aware; decides which earlier sessions are still to come.
    course
        What ``course_of`` returned, where more than one agenda is wanted.
    threads
        Whether it says what is open, and what to remember: a report has the one from elsewhere, and not the other.
    """
    course = course or course_of(schedule, lists, held)
    steps, readings = lists.steps, course.readings
    done, plan = course.done_before(session), course.plans.get(session.id)
    planned = readings.is_planned(session.id)
    chosen = [] if session.cancelled else _chosen(settings, readings, session.id, done)
    names = dict(zip(held.people["member"], held.people["name"], strict=True))
    here = held.roster.members_at(session)
    holders = _holders(session, plan.roles if plan else {}, held, here)
    roles = {role: names.get(member, member) for role, member in holders.items()}
    readers = names if settings.show_reader_names else {}
    works = Works(*held.works, here, readers, lambda item: course.read_before(session, item))
    # As long as no one said how the session ended, all goes well.
    hoped = done | {step.number: session.id for step in chosen if step.number}
    taken = course.done_with(session) if session.id in course.closes else hoped
    reads = [*_assignments(session, chosen, steps, course, works, held)]
    open_steps = [step for step in steps if step.number >= settings.first_step and not step.former]
    return Agenda(
        group=settings.name,
        description=settings.description,
        text_channel=settings.text_channel,
        voice_channel=settings.voice_channel,
        meeting_link=(plan.link if plan else "") or settings.meeting_link,
        session=session.id,
        start=session.start,
        length_min=session.length_min,
        moved=session.moved,
        cancelled=session.cancelled,
        reason=session.reason,
        times=tuple(times_in_zones(session.start, settings.zones, session.length_min)),
        planned=planned,
        reads=tuple(reads),
        gone=() if session.cancelled else tuple(readings.gone(session.id)),
        syllabus=settings.syllabus,
        finished=bool(open_steps) and all(step.number in done for step in open_steps),
        waits_for=() if planned else tuple(one.id for one in course.before(session) if one.end > now),
        members=len(here),
        roles={role: roles.get(role, "") for role in settings.roles},
        prompts=prompts_of(reads),
        progress=progress_of(steps, done, chosen) if steps else None,
        upcoming=tuple(_upcoming(settings, schedule.following(session, 3), readings, works, taken)),
        threads=_threads_of(settings, session, held, here, chosen, holders) if threads else Threads(),
        page=session_page(settings.site_address, session.id),
        site=settings.site_address.rstrip("/"),
        last=course.held_before(session),
        recall=_recall(settings, session, held, course) if threads and not session.cancelled else (),
        place=plan.place if plan else "",
        note=plan.note if plan else "",
        **_pace(settings, session, roles, held, _room(session, held, here, chosen, now) if threads else None),
    )


def _holders(session: Session, roles: Mapping[str, str], held: Tables, here: Collection[str]) -> dict[str, str]:
    """Return who holds each role of a session, by member id."""
    there: Collection[str] = ()
    if held.roles.absent(session.id, session.start.date()):
        there = {row.member for row in held.by_session["attendance"].of(session.id) if row.state in WAS_THERE}
    return held.roles.holders(session, roles, here, there)


def prompts_of(reads: Sequence[Assignment]) -> tuple[tuple[str, str], ...]:
    """Return the questions of a discussion: those of the papers, named by their paper where there are several, else the usual three."""
    own = [(read.title if len(reads) > 1 else "", question) for read in reads for question in read.questions]
    return (
        tuple((f"Question {number}{f': {title}' * bool(title)}", text) for number, (title, text) in enumerate(own, 1))
        or PROMPTS
    )


def _guides_of(held: Tables, session: Session) -> dict[str, Any]:
    """Return the guide of each item in a session, and of each entry that names none."""
    return {row.item or row.entry: row for row in held.by_session["guides"].of(session.id)}


def _room(session: Session, held: Tables, here: set[str], chosen: Sequence[Step], now: datetime) -> Room:
    """Return who is expected, how many of them have read, and what is open."""
    items = {item for step in chosen for item in step.items}
    return room_of(session, held.threads.questions, held.records, here, items, now)


def _pace(settings: Settings, session: Session, roles: Mapping[str, str], held: Tables, room: Room | None) -> dict[str, Any]:
    """Return the parts of a session with when they begin, in the group's first zone, and who leads them; why they are so long; the room."""
    kept = next(iter(held.by_session["paces"].of(session.id)), None)
    room = room or Room(0, 0, 0, known=False)
    found = pace_of(settings, session.length_min, room, kept)
    parts = [
        msgspec.structs.replace(one.part, minutes=one.minutes, role=one.part.role if one.part.role in settings.roles else "")
        for one in found.parts
    ]
    start = session.start.astimezone(ZoneInfo(settings.zones[0]))
    slices = running_order(parts, start, session.length_min, roles)
    order = tuple(msgspec.structs.replace(one, name=part.name) for one, part in zip(slices, found.parts, strict=True))
    return {"running_order": order, "pace": found.reason, "room": room}


def _threads_of(
    settings: Settings,
    session: Session,
    held: Tables,
    here: Collection[str],
    chosen: Sequence[Step],
    holders: Mapping[str, str],
) -> Threads:
    """Return what is open of what a session reads, and between its members."""
    return open_threads(
        held.threads,
        session,
        here,
        names=dict(zip(held.people["member"], held.people["name"], strict=True)),
        titles=dict(zip(held.items["id"], held.items["title"], strict=True)),
        reads={item for step in chosen for item in step.items},
        name_askers=settings.show_reader_names,
        holders=holders,
    )


def _recall(settings: Settings, session: Session, held: Tables, course: Course) -> tuple[Recall, ...]:
    """Return what a session opens with; nothing where the group, or the session's plan, does without."""
    plan = course.plans.get(session.id)
    if not settings.recall or (plan and plan.skips_recall):
        return ()
    sessions = [*course.before(session), session]
    titles = dict(zip(held.items["id"], held.items["title"], strict=True))
    questions = questions_of(held.threads.questions, {}, titles, name_people=False)
    presenters = {name: held.roles.with_swaps(plan.roles, name).get("presenter", "") for name, plan in course.plans.items()}
    return recalled(sessions, things_of(course, held.summaries, questions, titles, presenters))


def _chosen(settings: Settings, readings: Readings, session: str, done: Mapping[int, str]) -> list[Step]:
    """Return what a session reads: what was planned or read, else the first step not yet covered."""
    if readings.is_planned(session):
        return readings.of(session, done)
    step = next_step(readings.steps, done, settings.first_step)
    return [step] if step else []


def _assignments(
    session: Session, chosen: Sequence[Step], steps: Sequence[Step], course: Course, works: Works, held: Tables
) -> Iterator[Assignment]:
    """Yield what a session reads, with what was said of it before."""
    continued, by_ballot, guides = course.continued_at(session), _ballots_of(held, session), _guides_of(held, session)
    total = sum(not step.former for step in steps)
    for step in chosen:
        read = works.of(step.items)
        named = [(work.id, work.title) for work in read] or [(step.reference, step.title)]
        part, questions, about = guided(named, guides)
        yield Assignment(
            title=step.title or works.title(step.items[0]),
            works=read,
            step=step if step.number else None,
            continued=continued.get(step.reference, ""),
            reference=step.reference,
            place=step.place or (step.number, total),
            chosen=next((str(by_ballot[item]) for item in step.items if item in by_ballot), ""),
            part=part,
            questions=questions,
            about=about,
        )


def _ballots_of(held: Tables, session: Session) -> dict[str, BallotOutcome]:
    """Return the last ballot before a session that each item won."""
    before = sorted((one for one in held.outcomes if one.closed < session.start), key=lambda one: one.closed)
    return {one.item: one for one in before}


def progress_of(steps: Sequence[Step], done: Mapping[int, str], chosen: Sequence[Step] = ()) -> StepProgress:
    """Return how much of the syllabus is covered, ``done`` by step, and which steps are ``chosen`` for a session."""
    here = {step.number for step in chosen if step.number} - set(done)
    sections = []
    by_section: dict[tuple[str, ...], list[int]] = {}
    for step in steps:
        by_section.setdefault(step.section, []).append(step.number)
    shared = shared_length([*by_section])
    for section, numbers in by_section.items():
        states = ["covered" if number in done else "here" if number in here else "ahead" for number in numbers]
        sections.append(SectionProgress(" > ".join(section[shared:]), tuple(states)))
    return StepProgress(len(done), len(here), len(steps), tuple(sections))


def shared_length(sections: Sequence[tuple[str, ...]]) -> int:
    """Return how many headings at the beginning of their path all sections share, if each has a heading of its own."""
    shared = next((depth for depth, names in enumerate(zip(*sections, strict=False)) if len(set(names)) > 1), 0)
    return shared if all(len(section) > shared for section in sections) else 0


def _upcoming(
    settings: Settings,
    later: Sequence[Session],
    readings: Readings,
    works: Works,
    done: Mapping[int, str],
) -> Iterator[Upcoming]:
    """Yield later sessions with what was planned, or what the syllabus would bring after the steps ``done``."""
    taken = dict(done)
    planned: dict[str, list[Step]] = {}
    for one in later:
        if readings.is_planned(one.id):
            planned[one.id] = readings.of(one.id, taken)
            taken |= {step.number: one.id for step in planned[one.id] if step.number}
    for one in later:
        [time, *_] = times_in_zones(one.start, settings.zones[:1], one.length_min)
        if one.id in planned:
            titles = tuple(step.title or works.title(step.items[0]) for step in planned[one.id])
            yield Upcoming(one.id, time, titles, likely=False)
            continue
        step = next_step(readings.steps, taken, settings.first_step)
        if step is not None:
            taken[step.number] = one.id
        yield Upcoming(one.id, time, (step.title,) if step else (), likely=True)
