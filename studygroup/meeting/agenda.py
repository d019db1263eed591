"""A session's agenda as plain data: everything that its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd

from studygroup.journal import tables
from studygroup.meeting.course import Course
from studygroup.meeting.running_order import Slice, running_order
from studygroup.meeting.syllabus import Step, entries_beside, next_step, planned_steps, steps_of
from studygroup.meeting.threads import Open, Threads, open_threads, with_swaps
from studygroup.meeting.works import Work, Works
from studygroup.schedule import Schedule, Session, ZoneTime, times_in_zones
from studygroup.settings import Settings, session_page
from studygroup.workbook import Workbook


class Assignment(msgspec.Struct, frozen=True):
    """One thing that a session reads: a step of the syllabus, or (``step`` None) an item beside it.

    ``before`` and ``after`` are the titles of the neighbouring steps, empty at the ends. ``continued`` is the session that
    began the step and did not finish it, or empty.
    """

    title: str
    works: tuple[Work, ...]
    step: Step | None = None
    before: str = ""
    after: str = ""
    continued: str = ""


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


class Progress(msgspec.Struct, frozen=True):
    """How much of the syllabus is covered before this session, in steps."""

    covered: int
    here: int
    total: int
    sections: tuple[SectionProgress, ...]


class Upcoming(msgspec.Struct, frozen=True):
    """A later session; ``likely`` tells that its titles follow from the syllabus and were not planned yet."""

    id: str
    time: ZoneTime
    titles: tuple[str, ...]
    likely: bool


class Agenda(msgspec.Struct, frozen=True, kw_only=True):
    """What a session's agenda shows; times are aware, ``members`` counts those who have joined and not left.

    ``page`` is the address of the session's page on the site, empty where nobody said where that is.
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
    syllabus: str
    finished: bool
    waits_for: tuple[str, ...]
    members: int
    roles: dict[str, str]
    running_order: tuple[Slice, ...]
    prompts: tuple[tuple[str, str], ...]
    progress: Progress | None
    upcoming: tuple[Upcoming, ...]
    threads: Threads = Threads()
    page: str = ""


PROMPTS = (
    ("Big idea", "What is the one idea to take away, in a sentence that somebody who has not read it would understand?"),
    ("Relevance", "What does it change in how you read, build or use these systems, and where does it not apply?"),
    ("Open questions", "What stayed unclear, which claim would you test first, and what would change your mind?"),
)
"""The three questions of every discussion: (name, question)."""


class Tables(msgspec.Struct, frozen=True):
    """The tables that an agenda is computed from, as ``journal.tables`` returns them; ``items`` is the catalogue's."""

    items: pd.DataFrame
    people: pd.DataFrame
    plans: pd.DataFrame
    closes: pd.DataFrame
    attendance: pd.DataFrame
    reading: pd.DataFrame
    threads: Open


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
    found = workbook.schedule.find(session) if session else workbook.schedule.next(now)
    held = held_tables(workbook)
    beside = entries_beside(workbook, held.plans)
    return make_agenda(workbook.settings, workbook.schedule, found, steps_of(workbook), held, now, beside)


def held_tables(workbook: Workbook) -> Tables:
    """Return the tables that a workbook's agendas are computed from."""
    records = workbook.holdings
    return Tables(
        workbook.catalogue.items,
        tables.people(records),
        tables.plans(records),
        tables.closes(records),
        tables.attendance(records),
        tables.reading(records),
        Open(
            tables.rsvps(records),
            tables.away(records),
            tables.swaps(records),
            tables.questions(records),
            tables.actions(records),
        ),
    )


def course_of(schedule: Schedule, steps: Sequence[Step], held: Tables, beside: Mapping[str, Step]) -> Course:
    """Return what came before each session."""
    return Course(schedule, steps, held.plans, held.closes, held.attendance, beside)


def make_agenda(
    settings: Settings,
    schedule: Schedule,
    session: Session,
    steps: Sequence[Step],
    held: Tables,
    now: datetime,
    beside: Mapping[str, Step] = MappingProxyType({}),
    course: Course | None = None,
    threads: bool = True,
) -> Agenda:
    """Return the agenda of ``session``.

    Parameters
    ----------
    steps
        The syllabus, empty for a group without one.
    now
        Aware; decides which earlier sessions are still to come.
    beside
        The entries of other lists that plans name, by reference.
    course
        What ``course_of`` returned, where more than one agenda is wanted.
    threads
        Whether it says what is open: a report has that from elsewhere.
    """
    course = course or course_of(schedule, steps, held, beside)
    done, plans = course.done_before(session), course.plans
    plan = plans.get(session.id)
    planned = plan is not None and bool(plan.entries or plan.items)
    chosen = [] if session.cancelled else _chosen(settings, steps, plan if planned else None, done, beside)
    names = dict(zip(held.people["member"], held.people["name"], strict=True))
    holders = with_swaps(plan.roles if plan else {}, held.threads.swaps, session.id)
    roles = {role: names.get(member, member) for role, member in holders.items()}
    here = members_at(tables.rows(held.people), session)
    readers = names if settings.show_reader_names else {}
    works = Works(held.items, held.reading, here, readers, lambda item: course.read_before(session, item))
    alone = _items_beside(plan, chosen) if planned and not session.cancelled else ()
    # As long as nobody said how the session ended, all goes well.
    hoped = done | {step.number: session.id for step in chosen}
    taken = course.done_with(session) if session.id in course.closes else hoped
    open_steps = [step for step in steps if step.number >= settings.first_step]
    return Agenda(
        group=settings.name,
        description=settings.description,
        text_channel=settings.text_channel,
        voice_channel=settings.voice_channel,
        meeting_link=settings.meeting_link,
        session=session.id,
        start=session.start,
        length_min=session.length_min,
        moved=session.moved,
        cancelled=session.cancelled,
        reason=session.reason,
        times=tuple(times_in_zones(session.start, settings.zones, session.length_min)),
        planned=planned,
        reads=(
            *_step_assignments(chosen, steps, course.continued_at(session), works),
            *(Assignment(work.title, (work,)) for work in works.of(alone)),
        ),
        syllabus=settings.syllabus,
        finished=bool(open_steps) and all(step.number in done for step in open_steps),
        waits_for=() if planned else tuple(one.id for one in course.before(session) if one.end > now),
        members=len(here),
        roles={role: roles.get(role, "") for role in settings.roles},
        running_order=running_order(
            [
                part if part.role in settings.roles else msgspec.structs.replace(part, role="")
                for part in settings.running_order
            ],
            session.start.astimezone(ZoneInfo(settings.zones[0])),
            session.length_min,
            roles,
        ),
        prompts=PROMPTS,
        progress=progress_of(steps, done, chosen) if steps else None,
        upcoming=tuple(_upcoming(settings, schedule.following(session, 3), steps, beside, plans, works, taken)),
        threads=open_threads(
            held.threads,
            session,
            here,
            names=names,
            titles=dict(zip(held.items["id"], held.items["title"], strict=True)),
            reads={item for step in chosen for item in step.items} | set(alone),
            name_askers=settings.show_reader_names,
        )
        if threads
        else Threads(),
        page=session_page(settings.site_address, session.id),
    )


def _chosen(
    settings: Settings, steps: Sequence[Step], plan: Any, done: Mapping[int, str], beside: Mapping[str, Step]
) -> list[Step]:
    """Return the steps that a session reads: what was planned, else the first one not yet covered."""
    if plan is not None:
        return planned_steps(steps, plan.entries, plan.items, done, beside)
    step = next_step(steps, done, settings.first_step)
    return [step] if step else []


def _items_beside(plan: Any, chosen: Sequence[Step]) -> tuple[str, ...]:
    """Return the items of a plan that none of its steps holds."""
    held = {item for step in chosen for item in step.items}
    return tuple(item for item in plan.items if item not in held)


def members_at(roster: Iterable[Any], session: Session) -> set[str]:
    """Return the ids of the members (no guests) on a session's day; ``roster`` has the rows of ``tables.people``."""
    # A session may end on the day after it began; who joins while it goes on is there.
    first, last = pd.Timestamp(session.start.date()), pd.Timestamp(session.end.date())
    return {
        person.member
        for person in roster
        if not person.guest
        and (pd.isna(person.joined) or person.joined <= last)
        and (pd.isna(person.left) or person.left >= first)
    }


def _step_assignments(
    chosen: Sequence[Step], steps: Sequence[Step], continued: Mapping[str, str], works: Works
) -> Iterator[Assignment]:
    titles = {step.number: step.title for step in steps}
    for step in chosen:
        yield Assignment(
            title=step.title,
            works=works.of(step.items),
            step=step if step.number else None,
            before=titles.get(step.number - 1, "") if step.number else "",
            after=titles.get(step.number + 1, "") if step.number else "",
            continued=continued.get(step.reference, ""),
        )


def progress_of(steps: Sequence[Step], done: Mapping[int, str], chosen: Sequence[Step] = ()) -> Progress:
    """Return how much of the syllabus is covered, ``done`` by step, and which steps are ``chosen`` for a session."""
    here = {step.number for step in chosen if step.number} - set(done)
    shared = shared_length([step.section for step in steps])
    sections = []
    by_section: dict[tuple[str, ...], list[int]] = {}
    for step in steps:
        by_section.setdefault(step.section, []).append(step.number)
    for section, numbers in by_section.items():
        states = ("covered" if number in done else "here" if number in here else "ahead" for number in numbers)
        sections.append(SectionProgress(" > ".join(section[shared:]), tuple(states)))
    return Progress(len(done), len(here), len(steps), tuple(sections))


def shared_length(sections: Sequence[tuple[str, ...]]) -> int:
    """Return how many headings at the beginning of their path all sections share, if each has a heading of its own."""
    shared = next((depth for depth, names in enumerate(zip(*sections, strict=False)) if len(set(names)) > 1), 0)
    return shared if all(len(section) > shared for section in sections) else 0


def _upcoming(
    settings: Settings,
    later: Sequence[Session],
    steps: Sequence[Step],
    beside: Mapping[str, Step],
    plans: Mapping[str, Any],
    works: Works,
    done: Mapping[int, str],
) -> Iterator[Upcoming]:
    """Yield later sessions with what was planned, or what the syllabus would bring after the steps ``done``."""
    taken = dict(done)
    planned: dict[str, list[Step]] = {}
    for one in later:
        plan = plans.get(one.id)
        if plan is not None and (plan.entries or plan.items):
            planned[one.id] = planned_steps(steps, plan.entries, plan.items, taken, beside)
            taken |= {step.number: one.id for step in planned[one.id]}
    for one in later:
        [time, *_] = times_in_zones(one.start, settings.zones[:1], one.length_min)
        if one.id in planned:
            alone = _items_beside(plans[one.id], planned[one.id])
            titles = (*(step.title for step in planned[one.id]), *(works.title(item) for item in alone))
            yield Upcoming(one.id, time, titles, likely=False)
            continue
        step = next_step(steps, taken, settings.first_step)
        if step is not None:
            taken[step.number] = one.id
        yield Upcoming(one.id, time, (step.title,) if step else (), likely=True)
