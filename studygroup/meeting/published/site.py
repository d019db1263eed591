"""What is published of a workbook, as plain data: everything that the site shows, and nothing else.

Left out: why someone could not come, who has read, came or asked (unless the settings say that pages name them), what is missing
for the facilitator, drafts, invite links, and the meeting's link unless the settings publish it. E-mail addresses in texts are cut where
the pages are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from studygroup.errors import CatalogueError, RecordError, ScheduleError
from studygroup.group.states import HAS_READ, WAS_THERE
from studygroup.journal.tables import tables
from studygroup.meeting.after.own_progress import own_progress
from studygroup.meeting.after.report import Known, Report, known_of, report_of
from studygroup.meeting.before.agenda import Agenda, StepProgress, Tables, agenda_of, progress_of
from studygroup.meeting.before.calendar import sessions_on_record
from studygroup.meeting.before.turns import OpenRole
from studygroup.meeting.facts.ledger import QuestionView
from studygroup.meeting.facts.syllabus import Step
from studygroup.meeting.facts.turnout import Week
from studygroup.meeting.published.site_items import Held, ItemPage, item_pages
from studygroup.meeting.published.site_lists import ListPage, list_pages
from studygroup.text.text import check_id, make_id
from studygroup.workbook.workbook import Workbook


class MemberProgress(msgspec.Struct, frozen=True):
    """How many steps of the syllabus a member has read, and at how many sessions they were."""

    name: str
    steps: int
    sessions: int


class Totals(msgspec.Struct, frozen=True):
    """How much the group has done: sessions held, members now, items, readings, summaries, questions asked and still open."""

    sessions: int
    members: int
    items: int
    readings: int
    summaries: int
    questions: int
    still_open: int


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is published.

    Attributes
    ----------
    id
        By which calendars and feeds know the group.
    how_to_join
        Markdown that is not to be trusted.
    meeting_link, address
        Empty unless the settings publish them.
    upcoming
        The agenda of the session under way or next; None for a group whose slots have ended.
    begun
        The sessions whose start is past, cancelled ones too.
    sessions
        The reports of the sessions on record and of the next one, in order of their start.
    readers
        Members by name, only where the settings say that pages name them.
    updated
        When the last record was entered, in all and by session.
    """

    id: str
    group: str
    description: str
    how_to_join: str
    text_channel: str
    voice_channel: str
    meeting_link: str
    address: str
    upcoming: Agenda | None
    begun: frozenset[str]
    sessions: tuple[Report, ...]
    items: dict[str, ItemPage]
    questions: tuple[QuestionView, ...]
    lists: tuple[ListPage, ...]
    progress: StepProgress | None
    weeks: tuple[Week, ...]
    totals: Totals
    readers: tuple[MemberProgress, ...]
    updated: datetime
    updated_in: dict[str, datetime]

    @property
    def under_way(self) -> str:
        """The session that takes place now, or empty."""
        return self.upcoming.session if self.upcoming and self.upcoming.session in self.begun else ""

    @property
    def reports(self) -> list[Report]:
        """The reports of sessions that have begun and were held or closed, the last one first."""
        return [
            one for one in reversed(self.sessions) if one.state == "closed" or (one.state == "open" and one.turnout.recorded)
        ]

    @property
    def names(self) -> list[str]:
        """The names of people that pages show."""
        found = {one.name for one in self.readers}
        for report in self.sessions:
            found |= {name for name in report.agenda.roles.values() if name}
            found |= {one.owner for one in (*report.actions, *report.earlier_actions)}
            found |= {name for _, names in report.turnout.named for name in names}
            found |= {*_talking(report)}
        for page in self.items.values():
            found |= {one.by for one in page.opinions.summaries} | {*page.opinions.work.readers}
        found |= {name for question in self.questions for name in (question.asker, question.closer)}
        return sorted(found - {""})


def _talking(report: Report) -> Iterator[str]:
    """Yield the names below summaries and answers of a report: of those who replied, and who answered the session's questions."""
    asked = report.questions
    yield from (reply.by for one in (*asked.new, *asked.settled, *asked.carried) for reply in one.replies)
    for thing in report.discussed:
        yield from (reply.by for one in thing.works for summary in one.summaries for reply in summary.replies)
        for answer in (answer for _, given, _ in thing.asked for answer in given):
            yield from (answer.by, *(reply.by for reply in answer.replies))


def site_of(workbook: Workbook) -> Site:
    """Return what is published of a workbook.

    Raises
    ------
    CatalogueError
        The catalogue cannot be read, an item's id cannot be a page's name, or the settings name a syllabus that is not there.
    """
    settings = workbook.settings
    _check_page_names(workbook.catalogue.items["id"])
    known, now = known_of(workbook), workbook.clock()
    held, steps = known.held, known.lists.steps
    upcoming = None
    with suppress(ScheduleError):
        upcoming = _for_all(workbook, agenda_of(workbook))
    reports = _reports(workbook, known, upcoming)
    here = workbook.roster.members_on(workbook.today())
    read_in, planned_in = known.course.read_until(now), _planned_in(reports)
    items = item_pages(
        Held(
            workbook.catalogue,
            known.said,
            known.questions,
            here,
            known.names,
            settings.show_reader_names,
            known.due,
        ),
        read_in,
        planned_in,
    )
    _, done = known.course.done_until(now)
    updated_in = _updated_in(workbook)
    return Site(
        id=settings.id or make_id(settings.name, fallback="group"),
        group=settings.name,
        description=settings.description,
        how_to_join=settings.how_to_join,
        text_channel=settings.text_channel,
        voice_channel=settings.voice_channel,
        meeting_link=settings.meeting_link if settings.publish_meeting_link else "",
        address=settings.site_address,
        upcoming=upcoming,
        begun=frozenset(one.agenda.session for one in reports if one.agenda.start <= now),
        sessions=reports,
        items=items,
        questions=tuple(known.questions),
        lists=tuple(list_pages(workbook, items, done, reports, upcoming)),
        progress=progress_of(steps, done) if steps else None,
        weeks=known.weeks,
        totals=_totals(held, here, items, known.questions),
        readers=tuple(_readers(held, here, known.names, [step for step in steps if not step.former]))
        if settings.show_reader_names
        else (),
        updated=max(updated_in.values(), default=datetime(1970, 1, 1, tzinfo=UTC)),
        updated_in=updated_in,
    )


def _check_page_names(items: Iterable[str]) -> None:
    """Check that a page can be named after each item's id."""
    for item in items:
        try:
            check_id(item)
        except RecordError as error:
            raise CatalogueError(f"The catalogue has an item that no page can be named after. {error}") from None


def _reports(workbook: Workbook, known: Known, upcoming: Agenda | None) -> tuple[Report, ...]:
    """Return the reports of the sessions on record and of the next one, in order of their start."""
    published = [one.id for one in sessions_on_record(workbook)]
    if upcoming and upcoming.session not in published:
        published.append(upcoming.session)
    # One look for all of them, instead of a longer one for each.
    known.course.look_until(workbook.clock() + timedelta(days=366))
    reports = [_public(workbook, report_of(workbook, one, known)) for one in published]
    return tuple(sorted(reports, key=lambda one: (one.agenda.start, one.agenda.session)))


def _updated_in(workbook: Workbook) -> dict[str, datetime]:
    """Return when the last record of each session was entered."""
    found: dict[str, datetime] = {}
    for record in workbook.current.records():
        found[record.session] = max(record.at, found.get(record.session, record.at))
    return found


def _public(workbook: Workbook, report: Report) -> Report:
    """Return a report without what is for the group alone; what is open belongs to sessions ahead."""
    agenda = agenda_of(workbook, report.agenda.session) if report.state == "ahead" else report.agenda
    agenda = _for_all(workbook, agenda)
    return msgspec.structs.replace(report, agenda=agenda, missing=())


def _for_all(workbook: Workbook, agenda: Agenda) -> Agenda:
    """Return an agenda without the meeting link, unless the settings publish it, and without who is only suggested for a role."""
    agenda = msgspec.structs.replace(agenda, open_roles=tuple(OpenRole(one.role) for one in agenda.open_roles))
    return agenda if workbook.settings.publish_meeting_link else msgspec.structs.replace(agenda, meeting_link="", place="")


def _planned_in(reports: Sequence[Report]) -> dict[str, list[str]]:
    """Return the sessions ahead that read each item, by its id."""
    found: dict[str, list[str]] = {}
    for report in reports:
        for item in dict.fromkeys(one.work.id for thing in report.discussed for one in thing.works):
            if report.state == "ahead":
                found.setdefault(item, []).append(report.agenda.session)
    return found


def _totals(held: Tables, here: Collection[str], items: Mapping[str, ItemPage], questions: Sequence[QuestionView]) -> Totals:
    was_there = held.attendance["state"].isin(WAS_THERE)
    return Totals(
        sessions=held.attendance.loc[was_there, "session"].nunique(),
        members=len(here),
        items=len(items),
        readings=int(held.reading["status"].isin(HAS_READ).sum()),
        summaries=sum(len(page.opinions.summaries) for page in items.values()),
        questions=len(questions),
        still_open=sum(one.state == "open" for one in questions),
    )


def _readers(held: Tables, here: Collection[str], names: Mapping[str, str], steps: Sequence[Step]) -> Iterator[MemberProgress]:
    """Yield how far each member is, by name."""
    came = held.attendance[held.attendance["state"].isin(WAS_THERE)]["member"].value_counts()
    statuses: dict[str, dict[str, str]] = {}
    for row in tables.rows(held.reading):
        statuses.setdefault(row.member, {})[row.item] = row.status
    for member in sorted(here, key=lambda one: names[one].casefold()):
        read = own_progress(steps, statuses.get(member, {})).covered
        yield MemberProgress(names[member], read, int(came.get(member, 0)))
