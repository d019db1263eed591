"""A session's report as plain data: its results, beside its agenda."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import msgspec

from studygroup.group.schedule import Session
from studygroup.journal.tables import tables
from studygroup.journal.tables.frame import RowsBy
from studygroup.journal.types.records import PaperAnswer, Reply
from studygroup.meeting.before.agenda import (
    Agenda,
    Assignment,
    StepProgress,
    course_of,
    held_tables,
    make_agenda,
    progress_of,
)
from studygroup.meeting.before.missing import Missing, missing_of
from studygroup.meeting.facts.blind import due_items
from studygroup.meeting.facts.guides import Answers, GivenAnswer, answers_in, earlier_questions, of_question
from studygroup.meeting.facts.ledger import (
    ActionView,
    QuestionView,
    SessionQuestions,
    actions_of,
    asked_in,
    by_owner,
    questions_of,
)
from studygroup.meeting.facts.opinions import Opinions, OpinionTables, opinions_of
from studygroup.meeting.facts.replies import ReplyView, Target, item_talked_of, replies_by_question, replies_by_target
from studygroup.meeting.facts.syllabus import lists_of
from studygroup.meeting.facts.threads import answers_for
from studygroup.meeting.facts.turnout import Turnout, Week, turnout_of, weeks_of
from studygroup.meeting.facts.works import Work
from studygroup.workbook.workbook import Workbook

State = Literal["ahead", "open", "closed", "cancelled"]


class Discussed(msgspec.Struct, frozen=True):
    """One thing that the session read: how it ended, and what members made of its works.

    ``outcome`` is "finished", "continues", or empty while no one said. ``again`` are the titles of works that are under an
    earlier thing of the session already. ``answers`` are what members said to each of its own questions, ``earlier`` what they said to
    questions that were reworded or taken out since, with their words of then.
    """

    assignment: Assignment
    outcome: str
    works: tuple[Opinions, ...]
    again: tuple[str, ...] = ()
    answers: tuple[tuple[GivenAnswer, ...], ...] = ()
    earlier: tuple[tuple[str, tuple[GivenAnswer, ...]], ...] = ()

    @property
    def asked(self) -> list[tuple[str, tuple[GivenAnswer, ...], bool]]:
        """Each question with its answers, and whether it is asked in other words now, or no longer."""
        now = [(text, given, False) for text, given in zip(self.assignment.questions, self.answers, strict=True)]
        return now + [(text, given, True) for text, given in self.earlier]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a session's report shows.

    Attributes
    ----------
    agenda
        What was known before: the group, the times, the roles, what it read, the sessions after it.
    state
        "ahead" until the session begins by the clock, whoever was recorded as there before; then "open" until it is closed;
        "closed", also early; "cancelled".
    discussed
        What it read.
    decisions, notes
        Markdown that is not to be trusted, in the order in which it was noted.
    actions, earlier_actions
        Those noted here, and those from before that were not done when it began, in order of their owners.
    progress
        Of the syllabus, with this session; None without one.
    missing
        What is still missing before the session can be closed and its report sent. It may name people: for the facilitator only.
    """

    agenda: Agenda
    state: State
    turnout: Turnout
    discussed: tuple[Discussed, ...]
    questions: SessionQuestions
    decisions: tuple[str, ...]
    notes: tuple[str, ...]
    actions: tuple[ActionView, ...]
    earlier_actions: tuple[ActionView, ...]
    progress: StepProgress | None
    missing: tuple[Missing, ...]


def last_session(workbook: Workbook) -> Session:
    """Return the session that a report is about when no one names one: the one under way, else the last, else the next."""
    now = workbook.clock()
    upcoming = workbook.schedule.next(now)
    if upcoming.has_begun(now):
        return upcoming
    return workbook.schedule.previous(now) or upcoming


def session_to_wrap_up(workbook: Workbook) -> str:
    """Return the session that is closed and reported when no one names one: the one that is recorded, once it has begun; else the last.

    So the report of a session that was closed is still made after its end.
    """
    recorded = workbook.session_to_record()
    if workbook.schedule.find(recorded).has_begun(workbook.clock()):
        return recorded
    last = workbook.schedule.previous(workbook.clock())
    return last.id if last else recorded


class Known:
    """What the reports of all sessions are computed from, each read once, when it is asked for."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook, self._name_people = workbook, workbook.settings.show_reader_names
        self.held = held_tables(workbook)
        self.lists = lists_of(workbook)
        self.names: dict[str, str] = dict(zip(self.held.people["member"], self.held.people["name"], strict=True))
        self.course = course_of(workbook.schedule, self.lists, self.held)

    @cached_property
    def said(self) -> OpinionTables:
        """What members said of works."""
        records = self._workbook.current
        return OpinionTables(self.held.reading, self.held.summaries, tables.ratings(records), tables.materials(records))

    @cached_property
    def notes(self) -> RowsBy:
        """The notes, by session."""
        return RowsBy(tables.notes(self._workbook.current), "session")

    @cached_property
    def questions(self) -> list[QuestionView]:
        """All questions."""
        titles: dict[str, str] = dict(zip(self.held.items["id"], self.held.items["title"], strict=True))
        found = questions_of(self.held.threads.questions, self.names, titles, name_people=self._name_people)
        replies = replies_by_question(self._workbook.current, self.replies)
        return [msgspec.structs.replace(one, replies=replies[one.id]) if one.id in replies else one for one in found]

    @cached_property
    def replies(self) -> Mapping[Target, tuple[ReplyView, ...]]:
        """What was replied to summaries and answers, as far as everyone may see it."""
        current, due = self._workbook.current, self.due
        found = replies_by_target(current, self.names)
        if due is None or not found:
            return found
        kept = {one.subject[0] for one in current.current(Reply) if (item := item_talked_of(current, one)) and item not in due}
        return {target: tuple(one for one in said if one.id not in kept) for target, said in found.items()}

    @cached_property
    def actions(self) -> list[ActionView]:
        """All actions."""
        return actions_of(self.held.threads.actions, self.names, self._workbook.current)

    @cached_property
    def due(self) -> Collection[str] | None:
        """The items whose summaries everyone may see; None for all of them."""
        return due_items(self._workbook) if self._workbook.settings.blind_summaries else None

    def answers_of(self, session: str) -> Answers:
        """Return what members said in a session to the papers' own questions, as far as everyone may see it."""
        names = self.names if self._name_people else {}

        def is_shown(one: PaperAnswer) -> bool:
            return self.due is None or not one.item or one.item in self.due

        return answers_in(self._workbook, session, names, is_shown, self.replies)

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """Who came to each session."""
        sessions, done = self.course.done_until(self._workbook.clock() + timedelta(days=366))
        return tuple(weeks_of(sessions, self.held.roster, self.held.attendance, done))


def known_of(workbook: Workbook) -> Known:
    """Return what a workbook's reports are computed from."""
    return Known(workbook)


class Ended(msgspec.Struct, frozen=True):
    """How a session ended, as far as its report and what is missing in it share it."""

    agenda: Agenda
    here: frozenset[str]
    turnout: Turnout
    state: State
    discussed: tuple[Discussed, ...]
    notes: tuple[Any, ...]
    unrecorded: tuple[str, ...]

    @property
    def works(self) -> list[Opinions]:
        """What members made of each work."""
        return [one for thing in self.discussed for one in thing.works]


def missing_of_session(workbook: Workbook, session: str) -> tuple[Agenda, tuple[Missing, ...]]:
    """Return the agenda of a session, without what was open before it, and what is missing before it can be closed.

    Much quicker than the whole report, as a form that stays open wants it again and again.
    """
    known, found = Known(workbook), workbook.schedule.find(session)
    ended = _ended(workbook, found, known)
    actions = known.held.threads.actions
    mine = actions_of(actions[actions["session"] == found.id], known.names)
    return ended.agenda, _missing(ended, mine)


def _missing(ended: Ended, actions: Sequence[ActionView]) -> tuple[Missing, ...]:
    """Return what is missing; ``actions`` are those of the session."""
    noted = bool(ended.notes)
    return tuple(
        missing_of(ended.agenda, ended.state, ended.turnout, ended.works, ended.unrecorded, noted=noted, actions=actions)
    )


def _ended(workbook: Workbook, found: Session, known: Known) -> Ended:
    held, now = known.held, workbook.clock()
    agenda = make_agenda(workbook.settings, workbook.schedule, found, known.lists, held, now, known.course, threads=False)
    here, attendance = held.roster.members_at(found), held.by_session["attendance"].of(found.id)
    answers = answers_for(found, held.threads.rsvps_for.of(found.id), held.threads.away, here)
    close = next(iter(held.by_session["closes"].of(found.id)), None)
    name_people = workbook.settings.show_reader_names
    turnout = turnout_of(attendance, here, answers, known.names, name_people=name_people)
    state = _state(found, now, closed=close is not None)

    def judge(work: Work) -> Opinions:
        return opinions_of(
            work, known.said, here, known.names, blind=known.due is not None and work.id not in known.due, replies=known.replies
        )

    came = {row.member for row in attendance}
    unrecorded = sorted(known.names[member] for member, answer in answers.items() if answer == "yes" and member not in came)
    return Ended(
        agenda,
        frozenset(here),
        turnout,
        state,
        tuple(_discussed(agenda.reads, close, judge, known.answers_of(found.id))),
        tuple(known.notes.of(found.id)),
        tuple(unrecorded),
    )


def report_of(workbook: Workbook, session: str | None = None, known: Known | None = None) -> Report:
    """Return the report of a session, or of the one under way or last.

    What it says is what is known now: who reads a work later, has read it in this report too. Questions are as they were when the
    session ended; an action says since when it is done.

    Parameters
    ----------
    known
        What ``known_of`` returned, where more than one report is wanted.

    Raises
    ------
    ScheduleError
        There is no such session.
    CatalogueError
        The settings name a syllabus that is not among the lists.
    """
    found = workbook.schedule.named(session) if session else last_session(workbook)
    known = known or known_of(workbook)
    ended = _ended(workbook, found, known)
    actions = tuple(one for one in known.actions if one.session == found.id)
    done = known.course.done_before(found) if found.cancelled else known.course.done_with(found)
    asked = asked_in(found.id, known.questions)
    if found.cancelled:
        # Whoever reads that a session was cancelled wants to know when the next one is, not all that was open then.
        asked = msgspec.structs.replace(asked, carried=())
    read = [] if found.cancelled else [one.step for one in ended.agenda.reads if one.step]
    return Report(
        agenda=ended.agenda,
        state=ended.state,
        turnout=ended.turnout,
        discussed=ended.discussed,
        questions=asked,
        decisions=tuple(row.text for row in ended.notes if row.decision),
        notes=tuple(row.text for row in ended.notes if not row.decision),
        actions=actions,
        earlier_actions=() if found.cancelled else tuple(by_owner(_still_to_do(known.actions, found))),
        progress=progress_of(known.lists.steps, done, read) if known.lists.steps else None,
        missing=_missing(ended, actions),
    )


def _still_to_do(actions: Iterable[ActionView], session: Session) -> Iterator[ActionView]:
    """Yield the actions of earlier sessions that were not done when a session began."""
    day = session.start.astimezone(UTC).date().isoformat()
    return (one for one in actions if one.session < session.id and (not one.done or one.done_on >= day))


def _state(session: Session, now: datetime, *, closed: bool) -> State:
    if session.cancelled:
        return "cancelled"
    if closed:
        return "closed"
    return "open" if session.has_begun(now) else "ahead"


def _discussed(
    reads: Iterable[Assignment], close: Any, judge: Callable[[Work], Opinions], answers: Answers
) -> Iterator[Discussed]:
    """Yield what was read, each work once."""
    seen: set[str] = set()
    shown: set[tuple[str, str]] = set()
    for one in reads:
        new = [work for work in one.works if work.id not in seen]
        again = tuple(work.title for work in one.works if work.id in seen)
        seen |= {work.id for work in new}
        said = tuple(of_question(answers, about, text) for about, text in zip(one.about, one.questions, strict=True))
        left = {(each.about, each.text): each for each in earlier_questions(one, answers)}
        before = tuple(
            (each.text, of_question(answers, each.about, each.text)) for key, each in left.items() if key not in shown
        )
        shown |= set(left)
        yield Discussed(one, _outcome(one, close), tuple(judge(work) for work in new), again, said, before)


def _outcome(assignment: Assignment, close: Any) -> str:
    """Return how something read ended, by the session's row of ``tables.closes`` or None."""
    reference = assignment.reference
    if close is None or not reference:
        return ""
    return "finished" if reference in close.finished else "continues" if reference in close.continues else ""
