"""What is new for a member since they were last there, and what the group's past sessions came to."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.group.settings import session_page
from studygroup.group.states import WAS_THERE
from studygroup.journal.types.records import Answer, Attendance, Close, Material, Note, Plan, Question, Reply, Second, Summary
from studygroup.meeting.facts.blind import may_read
from studygroup.meeting.facts.replies import item_talked_of, replied_to
from studygroup.text.text import plain_list, session_day, to_short_day
from studygroup.workbook.workbook import Workbook

FIRST_DAYS = 30
"""How far back is looked for whoever was never there."""


class NewsLine(msgspec.Struct, frozen=True):
    """One thing that is new.

    Attributes
    ----------
    at
        When it was entered.
    title, note
        What it is, and more about it: people's text, not to be trusted.
    url
        Where it leads; empty for nowhere.
    """

    at: datetime
    title: str
    note: str
    url: str = ""


class PastSession(msgspec.Struct, frozen=True):
    """A session that is over: its day, what it read, how many were there, how many decisions it made, its page on the site."""

    session: str
    start: datetime
    titles: tuple[str, ...]
    there: int
    decisions: int
    closed: bool
    url: str


def last_there(workbook: Workbook, member: str) -> datetime:
    """Return when a member was last at a session, as attendance says; else when they joined, at most ``FIRST_DAYS`` ago."""
    now = workbook.clock()
    sessions = [one.session for one in workbook.current.current(Attendance) if one.member == member and one.state in WAS_THERE]
    found = [_found(workbook, one) for one in sessions]
    ends = [one.end.astimezone(UTC) for one in found if one]
    if past := [end for end in ends if end <= now]:
        return max(past)
    earliest = now - timedelta(days=FIRST_DAYS)
    joined = workbook.people[member].joined if member in workbook.people else None
    return max(earliest, datetime.combine(joined, time(), UTC)) if joined else earliest


def news_for(workbook: Workbook, member: str, since: datetime) -> list[NewsLine]:
    """Return what others entered since then that a member wants to know, the newest first.

    Closed sessions with their reports and what continues, decisions, what became of the member's questions, replies to what they wrote,
    and recordings.
    """
    found = [
        *_closed(workbook, since),
        *_decided(workbook, since),
        *_answered(workbook, member, since),
        *_seconded(workbook, member, since),
        *_replied(workbook, member, since),
        *_recorded(workbook, since),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _short(text: str, length: int) -> str:
    return textwrap.shorten(text, length, placeholder=" …")


def _found(workbook: Workbook, session: str) -> Session | None:
    """Return a session; None for one that no slot makes now."""
    with suppress(ScheduleError):
        return workbook.schedule.find(session)
    return None


def _day_of(workbook: Workbook, session: str) -> str:
    found = _found(workbook, session)
    return to_short_day(found.start if found else session_day(session) or workbook.clock())


def _closed(workbook: Workbook, since: datetime) -> Iterator[NewsLine]:
    decided = Counter(one.session for one in workbook.current.current(Note) if one.decision)
    for one in workbook.current.current(Close):
        if one.at > since:
            count = decided[one.session]
            goes_on = [read.title for read in one.reads if read.entry and read.entry in one.continues]
            notes = [f"{count} decision{'s' * (count != 1)}"] if count else []
            notes += [f"{plain_list(goes_on)} {'continues' if len(goes_on) == 1 else 'continue'} next time"] if goes_on else []
            note = "; ".join(notes)
            url = session_page(workbook.settings.site_address, one.session)
            yield NewsLine(
                one.at,
                f"The session of {_day_of(workbook, one.session)} was closed; here is its report",
                note,
                url,
            )


def _decided(workbook: Workbook, since: datetime) -> Iterator[NewsLine]:
    for one in workbook.current.current(Note):
        if one.decision and one.at > since:
            url = session_page(workbook.settings.site_address, one.session)
            yield NewsLine(one.at, f"Decided on {_day_of(workbook, one.session)}", _short(one.text, 200), url)


def _answered(workbook: Workbook, member: str, since: datetime) -> Iterator[NewsLine]:
    people = workbook.people
    for one in workbook.current.current(Answer):
        question = workbook.latest(Question, one.question)
        if one.at <= since or one.by == member or question is None or question.member != member:
            continue
        name = people[one.member].name if one.member in people else one.member
        did = {"answered": "answered your question", "dropped": "dropped your question", "open": "opened your question again"}
        said = _short(one.text, 200)
        asked = _short(question.text, 100)
        yield NewsLine(one.at, f"{name} {did[one.state]}: {asked}", said)


def _seconded(workbook: Workbook, member: str, since: datetime) -> Iterator[NewsLine]:
    """Yield for each of the member's questions how many more want to know since then."""
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in workbook.current.current(Second):
        if one.question and one.at > since and one.member != member:
            found[one.question].append(one.at)
    for name, times in found.items():
        question = workbook.latest(Question, name)
        if question is not None and question.member == member:
            more = "1 more wants" if len(times) == 1 else f"{len(times)} more want"
            yield NewsLine(max(times), f"{more} to know: {_short(question.text, 100)}", "")


def _replied(workbook: Workbook, member: str, since: datetime) -> Iterator[NewsLine]:
    """Yield what others replied to the member's summaries and answers, as soon as the member may see it."""
    people, current = workbook.people, workbook.current
    titles = dict(zip(workbook.catalogue.items["id"], workbook.catalogue.items["title"], strict=True))
    for one in current.current(Reply):
        said = replied_to(current, one)
        if (
            one.at <= since
            or one.member == member
            or getattr(said, "member", "") != member
            or not may_read(workbook, member, one)
        ):
            continue
        name = people[one.member].name if one.member in people else one.member
        item = item_talked_of(current, one)
        about = (
            f" of {titles.get(item, item)}" if isinstance(said, Summary) else f" on {titles.get(item, item)}" if item else ""
        )
        what = "summary" if isinstance(said, Summary) else "answer"
        yield NewsLine(one.at, f"{name} replied to your {what}{about}", _short(one.text, 200))


def _recorded(workbook: Workbook, since: datetime) -> Iterator[NewsLine]:
    for one in workbook.current.current(Material):
        if one.role == "recording" and one.at > since:
            yield NewsLine(one.at, f"A recording: {one.label}", "", one.url)


def past_sessions(workbook: Workbook) -> list[PastSession]:
    """Return the sessions that are over and of which something is known, the newest first."""
    current, now = workbook.current, workbook.clock()
    there = Counter(one.session for one in current.current(Attendance) if one.state in WAS_THERE)
    decided = Counter(one.session for one in current.current(Note) if one.decision)
    known = {one.session for kind in (Plan, Close) for one in current.current(kind)} | there.keys()
    found = [_found(workbook, one) for one in known]
    over = [one for one in found if one and one.end <= now and not one.cancelled]
    return [_past(workbook, one, there, decided) for one in sorted(over, key=lambda one: one.start, reverse=True)]


def _past(workbook: Workbook, one: Session, there: Counter[str], decided: Counter[str]) -> PastSession:
    closed, plan = workbook.latest(Close, one.id), workbook.latest(Plan, one.id)
    reads = (closed.reads if closed else ()) or (plan.reads if plan else ())
    titles = tuple(read.title for read in reads)
    page = session_page(workbook.settings.site_address, one.id)
    return PastSession(one.id, one.start, titles, there[one.id], decided[one.id], closed is not None, page)
