"""A session's agenda as plain data: everything that its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd

from studygroup.catalogue.item import parse_links
from studygroup.journal import tables
from studygroup.journal.records import HAS_READ
from studygroup.meeting.running_order import Slice, running_order
from studygroup.meeting.syllabus import Step, covered, next_step, planned_steps, to_steps
from studygroup.schedule import Schedule, Session, ZoneTime, times_in_zones
from studygroup.settings import Settings
from studygroup.workbook import Workbook


class Work(msgspec.Struct, frozen=True):
    """An item as the agenda shows it; ``links`` are (label, address), ``earlier`` the sessions that read it before."""

    id: str
    title: str
    kind: str
    url: str
    authors: tuple[str, ...]
    year: int | None
    about: str
    importance: str
    links: tuple[tuple[str, str], ...]
    read_by: int
    reading_by: int
    readers: tuple[str, ...]
    earlier: tuple[str, ...]


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
    """How much of one section of the syllabus is covered, in steps; ``here`` counts those of this session."""

    name: str
    covered: int
    here: int
    total: int


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
    """What a session's agenda shows; times are aware, ``members`` counts those who have joined and not left."""

    group: str
    description: str
    text_channel: str
    voice_channel: str
    meeting_link: str
    session: str
    number: int | None
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


def agenda_of(workbook: Workbook, session: str | None = None) -> Agenda:
    """Return the agenda of a session, or of the one under way or next.

    Raises
    ------
    ScheduleError
        There is no such session.
    CatalogueError
        The settings name a syllabus that is not among the lists.
    """
    schedule, settings, records = workbook.schedule, workbook.settings, workbook.journal.records
    now = workbook.clock()
    found = schedule.find(session) if session else schedule.next(now)
    steps: tuple[Step, ...] = ()
    if settings.syllabus:
        steps = to_steps(settings.syllabus, workbook.catalogue.steps(settings.syllabus))
    computed = Tables(
        workbook.catalogue.items,
        tables.people(records),
        tables.plans(records),
        tables.closes(records),
        tables.attendance(records),
        tables.reading(records),
    )
    return make_agenda(settings, schedule, found, steps, computed, now)


def make_agenda(
    settings: Settings, schedule: Schedule, session: Session, steps: Sequence[Step], held: Tables, now: datetime
) -> Agenda:
    """Return the agenda of ``session``.

    Parameters
    ----------
    steps
        The syllabus, empty for a group without one.
    now
        Aware; decides which earlier sessions are still to come.
    """
    first = min(slot.valid_from for slot in settings.slots)
    earlier = [one for one in schedule.between(first, session.start.date()) if one.start < session.start]
    done = covered(steps, held.plans, held.attendance, held.closes, [one.id for one in earlier])
    plan = _plan_of(held.plans, session.id)
    planned = bool(plan and (plan.entries or plan.items))
    chosen = _chosen(settings, steps, plan if planned else None, done)
    names = dict(zip(held.people["member"], held.people["name"], strict=True))
    roles = {role: names.get(member, member) for role, member in (plan.roles if plan else {}).items()}
    here = _members_at(held.people, session)
    works = _Works(held, here, names if settings.show_reader_names else {}, [one.id for one in earlier], steps)
    return Agenda(
        group=settings.name,
        description=settings.description,
        text_channel=settings.text_channel,
        voice_channel=settings.voice_channel,
        meeting_link=settings.meeting_link,
        session=session.id,
        number=None if session.cancelled else schedule.number(session.id),
        start=session.start,
        length_min=session.length_min,
        moved=session.moved,
        cancelled=session.cancelled,
        reason=session.reason,
        times=tuple(times_in_zones(session.start, settings.zones, session.length_min)),
        planned=planned,
        reads=tuple(_assignments(chosen, plan if planned else None, steps, held.closes, earlier, works)),
        syllabus=settings.syllabus,
        finished=bool(steps) and next_step(steps, done, settings.first_step) is None,
        waits_for=() if planned else tuple(one.id for one in earlier if one.end > now),
        members=len(here),
        roles={role: roles.get(role, "") for role in settings.roles},
        running_order=running_order(
            settings.running_order, session.start.astimezone(ZoneInfo(settings.zones[0])), session.length_min, roles
        ),
        prompts=PROMPTS,
        progress=_progress(steps, done, chosen) if steps else None,
        upcoming=tuple(_upcoming(settings, schedule, session, steps, held, done, chosen)),
    )


def _plan_of(plans: pd.DataFrame, session: str) -> Any:
    """Return the plan's row of a session, or None."""
    return next(tables.rows(plans[plans["session"] == session]), None)


def _chosen(settings: Settings, steps: Sequence[Step], plan: Any, done: Mapping[int, str]) -> list[Step]:
    """Return the steps that a session reads: what was planned, else the first one not yet covered."""
    if plan is not None:
        return planned_steps(steps, plan.entries, plan.items, done)
    step = next_step(steps, done, settings.first_step)
    return [step] if step else []


def _members_at(people: pd.DataFrame, session: Session) -> set[str]:
    """Return the ids of the members (no guests) on the roster on a session's day."""
    # A session may end on the day after it began; who joins while it goes on is there.
    joined = people["joined"].isna() | (people["joined"] <= pd.Timestamp(session.end.date()))
    stays = people["left"].isna() | (people["left"] >= pd.Timestamp(session.start.date()))
    return set(people.loc[joined & stays & ~people["guest"], "member"])


class _Works:
    """Looks up items as the agenda shows them."""

    def __init__(
        self, held: Tables, members: set[str], names: Mapping[str, str], earlier: Sequence[str], steps: Sequence[Step]
    ) -> None:
        self.items = held.items.set_index("id", drop=False)
        self.reading = held.reading[held.reading["member"].isin(members)]
        self.names = names
        self.read_in: dict[str, list[str]] = {}
        attended = set(held.attendance["session"])
        references = {step.reference: step.items for step in steps}
        for session in earlier:
            plan = _plan_of(held.plans, session)
            if plan is not None and not plan.cancelled and session in attended:
                for item in (*plan.items, *(item for entry in plan.entries for item in references.get(entry, ()))):
                    self.read_in.setdefault(item, []).append(session)

    def __getitem__(self, item: str) -> Work | None:
        """Return the item, or None where the catalogue does not have it (any more)."""
        if item not in self.items.index:
            return None
        row: Any = self.items.loc[item]
        status = self.reading[self.reading["item"] == item]
        read = status.loc[status["status"].isin(HAS_READ), "member"]
        return Work(
            id=item,
            title=row["title"],
            kind=row["kind"],
            url=row["url"],
            authors=tuple(name.strip() for name in row["authors"].split(";") if name.strip()),
            year=None if pd.isna(row["year"]) else int(row["year"]),
            about=row["about"],
            importance=row["importance"],
            links=tuple((link.label, link.url) for link in parse_links(row["links"])),
            read_by=len(read),
            reading_by=int((status["status"] == "reading").sum()),
            readers=tuple(self.names[member] for member in read if member in self.names),
            earlier=tuple(dict.fromkeys(self.read_in.get(item, ()))),
        )

    def of(self, items: Iterable[str]) -> tuple[Work, ...]:
        return tuple(work for item in items if (work := self[item]) is not None)


def _assignments(
    chosen: Sequence[Step],
    plan: Any,
    steps: Sequence[Step],
    closes: pd.DataFrame,
    earlier: Sequence[Session],
    works: _Works,
) -> Iterator[Assignment]:
    before_here = {one.id for one in earlier}
    began: dict[str, str] = {}
    for close in tables.rows(closes):
        if close.session in before_here:
            began |= dict.fromkeys(close.continues, close.session)
    titles = {step.number: step.title for step in steps}
    for step in chosen:
        yield Assignment(
            title=step.title,
            works=works.of(step.items),
            step=step,
            before=titles.get(step.number - 1, ""),
            after=titles.get(step.number + 1, ""),
            continued=began.get(step.reference, ""),
        )
    on_syllabus = {item for step in chosen for item in step.items}
    for item in () if plan is None else plan.items:
        if item not in on_syllabus and (work := works[item]) is not None:
            yield Assignment(title=work.title, works=(work,))


def _progress(steps: Sequence[Step], done: Mapping[int, str], chosen: Sequence[Step]) -> Progress:
    here = {step.number for step in chosen} - set(done)
    sections = []
    shared = _shared_length([step.section for step in steps])
    for section in dict.fromkeys(step.section for step in steps):
        numbers = [step.number for step in steps if step.section == section]
        name = " > ".join(section[shared:])
        sections.append(
            SectionProgress(
                name,
                sum(number in done for number in numbers),
                sum(number in here for number in numbers),
                len(numbers),
            )
        )
    return Progress(len(done), len(here), len(steps), tuple(sections))


def _shared_length(sections: Sequence[tuple[str, ...]]) -> int:
    """Return how many headings at the beginning of their path all sections share, if each has a heading of its own."""
    shared = next((depth for depth, names in enumerate(zip(*sections, strict=False)) if len(set(names)) > 1), 0)
    return shared if all(len(section) > shared for section in sections) else 0


def _upcoming(
    settings: Settings,
    schedule: Schedule,
    session: Session,
    steps: Sequence[Step],
    held: Tables,
    done: Mapping[int, str],
    chosen: Sequence[Step],
) -> Iterator[Upcoming]:
    """Yield the next three sessions, with what was planned or what the syllabus would bring if all goes well."""
    titles = dict(zip(held.items["id"], held.items["title"], strict=True))
    later = schedule.following(session, 3)
    planned = {one.id: _plan_of(held.plans, one.id) for one in later}
    taken = dict(done) | {step.number: session.id for step in chosen}
    for plan in planned.values():
        if plan is not None:
            taken |= {step.number: plan.session for step in planned_steps(steps, plan.entries, plan.items, taken)}
    for one in later:
        [time, *_] = times_in_zones(one.start, [settings.zones[0]], one.length_min)
        plan = planned[one.id]
        if plan is not None and (plan.entries or plan.items):
            on_syllabus = planned_steps(steps, plan.entries, plan.items, {})
            beside = [item for item in plan.items if item not in {item for step in on_syllabus for item in step.items}]
            named = [*(step.title for step in on_syllabus), *(titles[item] for item in beside if item in titles)]
            yield Upcoming(one.id, time, tuple(named), likely=False)
            continue
        step = next_step(steps, taken, settings.first_step)
        if step is not None:
            taken[step.number] = one.id
        yield Upcoming(one.id, time, (step.title,) if step else (), likely=True)
