"""The calendar of a group's sessions: which ones, and what their events say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.icalendar_file import to_ics
from studygroup.group.schedule import Session
from studygroup.group.settings import session_page
from studygroup.journal.tables import tables
from studygroup.journal.types.records import Guide, Plan
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.facts.guides import guided
from studygroup.meeting.facts.syllabus import Readings, Step, lists_of
from studygroup.text.text import is_safe_url, make_id
from studygroup.workbook.workbook import Workbook

_AHEAD = timedelta(days=183)


class CalendarReading(msgspec.Struct, frozen=True):
    """One thing that a session reads: its title, the addresses of its works, which part, and the questions about it."""

    title: str
    urls: tuple[str, ...] = ()
    part: str = ""
    questions: tuple[str, ...] = ()


def sessions_on_record(workbook: Workbook) -> list[Session]:
    """Return the sessions that were planned, attended or closed, cancelled ones too, in order of their start."""
    records = workbook.current
    named = {session for table in (tables.plans, tables.attendance, tables.closes) for session in table(records)["session"]}
    found = []
    for session in named:
        # What was entered for a day that has no session is told by `check`.
        with suppress(ScheduleError):
            found.append(workbook.schedule.find(session))
    return sorted(found, key=lambda session: (session.start, len(session.id), session.id))


def calendar_sessions(workbook: Workbook) -> list[Session]:
    """Return the sessions of the feed: all on record, and those of the coming half year; cancelled ones too."""
    today = workbook.today()
    ahead = workbook.schedule.between(today - timedelta(days=1), today + _AHEAD, cancelled=True)
    both = {session.id: session for session in (*sessions_on_record(workbook), *ahead)}
    return sorted(both.values(), key=lambda session: (session.start, len(session.id), session.id))


def to_calendar(
    workbook: Workbook, sessions: Sequence[Session], *, made: datetime | None = None, meeting_link: bool = True
) -> bytes:
    """Return sessions as an iCalendar file; its events keep their identity over moves and cancellations.

    An event says what is read, and leads to the session's page where ``site_address`` says where that is.

    Parameters
    ----------
    made
        When it is made (DTSTAMP); now, unless a file that stays the same is wanted.
    meeting_link
        Whether it says where to meet online, and the place of a single session; not in a file for everyone.

    Raises
    ------
    ScheduleError
        There is no session.
    CatalogueError
        The settings name a syllabus that is not among the lists.
    """
    settings = workbook.settings
    reads = _reads(workbook)
    plans = {plan.session: plan for plan in workbook.current.current(Plan)}
    links = dict.fromkeys((session.id for session in sessions), settings.meeting_link)
    links |= {session: plan.link for session, plan in plans.items() if plan.link}
    links = {session: link for session, link in links.items() if meeting_link and is_safe_url(link)}
    notes = {session: plan.note for session, plan in plans.items() if plan.note}
    with_page = {*reads, *(session.id for session in sessions_on_record(workbook))}
    pages = {one: session_page(settings.site_address, one) for one in with_page}
    return to_ics(
        sessions,
        group_name=settings.name,
        uid_domain=f"{settings.id or make_id(settings.name, fallback='group')}.studygroup",
        description=settings.description,
        location=settings.voice_channel,
        url="",
        now=made or workbook.clock(),
        summaries={session.id: _summary(settings.name, session, reads.get(session.id, ())) for session in sessions},
        descriptions={
            session.id: "\n".join(
                _description(
                    () if session.cancelled else reads.get(session.id, ()),
                    pages.get(session.id, ""),
                    links.get(session.id, ""),
                    notes.get(session.id, ""),
                )
            )
            for session in sessions
        },
        urls=links | {session: address for session, address in pages.items() if address},
        locations={session: plan.place for session, plan in plans.items() if plan.place and meeting_link},
    )


def _reads(workbook: Workbook) -> Mapping[str, tuple[CalendarReading, ...]]:
    """Return what sessions read, by id: what was planned, else for the next one what comes by itself."""
    records, items = workbook.current, workbook.catalogue.items
    of_item = {
        item: CalendarReading(title, (url,) if url else ())
        for item, title, url in zip(items["id"], items["title"], items["url"], strict=True)
    }
    readings = Readings(lists_of(workbook), tables.plans(records), tables.closes(records), tables.attendance(records))
    guides = {(one.session, one.item or one.entry): one for one in records.current(Guide)}
    found = {
        session: tuple(_read(step, of_item, session, guides) for step in readings.of(session))
        for session in {*readings.plans, *readings.kept}
    }
    with suppress(ScheduleError):
        agenda = agenda_of(workbook)
        comes = tuple(
            CalendarReading(one.title, tuple(work.url for work in one.works if work.url), one.part, one.questions)
            for one in agenda.reads
        )
        found[agenda.session] = comes
    return found


def _read(
    step: Step, of_item: Mapping[str, CalendarReading], session: str, guides: Mapping[tuple[str, str], Guide]
) -> CalendarReading:
    works = [of_item.get(item, CalendarReading(item)) for item in step.items]
    title = step.title or "; ".join(work.title for work in works)
    named = [(item, work.title) for item, work in zip(step.items, works, strict=True)] or [(step.reference, title)]
    part, questions, _ = guided(named, {name: guides[session, name] for name, _ in named if (session, name) in guides})
    return CalendarReading(title, tuple(dict.fromkeys(url for work in works for url in work.urls)), part, questions)


def _summary(group: str, session: Session, reads: Sequence[CalendarReading]) -> str:
    titles = "; ".join(read.title for read in reads)
    named = f"{group}: {titles}" if titles else group
    return f"Cancelled: {named}" if session.cancelled else named


def _description(reads: Sequence[CalendarReading], page: str, link: str, note: str = "") -> Iterator[str]:
    """Yield the lines of an event."""
    if note:
        yield note
    for read in reads:
        part = [f"Read {read.part}."] if read.part else []
        questions = [f"- {question}" for question in read.questions]
        yield "\n".join([f"We read {read.title}", *(url for url in read.urls if is_safe_url(url)), *part, *questions])
    if page:
        yield f"Agenda: {page}"
    if link:
        yield f"Join: {link}"
