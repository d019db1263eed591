"""What a new record must agree with: the roster, the catalogue, the schedule, and the records that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from studygroup.errors import RecordError
from studygroup.group.settings import FILE, Settings
from studygroup.group.slot import unknown_zone, zone_or_none
from studygroup.journal.current.electorate import check_ballot, check_result, check_undo, check_vote
from studygroup.journal.current.survey_rules import SurveyedGroup, check_availability, check_survey
from studygroup.journal.types.record import PROGRAM, Record
from studygroup.journal.types.records import (
    Action,
    Answer,
    Attendance,
    Availability,
    Ballot,
    Close,
    Feedback,
    PaperAnswer,
    Person,
    Plan,
    Proposal,
    Question,
    Reply,
    Result,
    Rsvp,
    Second,
    Summary,
    Survey,
    Swap,
    Turn,
    Vote,
    Withdraw,
)
from studygroup.text.text import did_you_mean, plain_list

if TYPE_CHECKING:
    from studygroup.catalogue.items.table import Catalogue
    from studygroup.journal.current.state import CurrentState


class OpenWorkbook(SurveyedGroup, Protocol):
    """What a record is checked against: an open workbook."""

    settings: Settings

    @property
    def people(self) -> Mapping[str, Person]:
        """The roster, by member id."""

    @property
    def facilitators(self) -> Sequence[str]:
        """Who has a facilitator's rights."""

    @property
    def catalogue(self) -> Catalogue:
        """The items and lists."""

    def member(self, wanted: str) -> str:
        """Return a member's id, or raise RecordError."""

    @property
    def current(self) -> CurrentState:
        """What is current of everything that was entered."""


def check_record(record: Record, group: OpenWorkbook, now: datetime, *, rights: bool = True) -> None:
    """Check one record against the group, and without ``rights`` neither whether its author may enter it nor its roles: a plan that is only kept may have an earlier role.

    Raises
    ------
    RecordError
        It names someone or something that is not there, or that does not go together.
    ScheduleError
        There is no such session.
    """
    _check_names(record, group)
    _check_references(record, group)
    if rights:
        _check_rights(record, group)
    _check_session(record, group, now)
    if isinstance(record, Person) and record.zone and zone_or_none(record.zone) is None:
        raise RecordError(unknown_zone(record.zone))
    if rights:
        _check_roles(record, group.settings.roles)
    _check_choosing(record, group, now)
    if isinstance(record, Reply):
        _check_reply(record, group)
    if isinstance(record, Withdraw):
        _check_withdrawal(record, group, now)


def _check_names(record: Record, group: OpenWorkbook) -> None:
    """Check that the members, items and entries that it names are there; what a session has read may be gone since."""
    newcomer = record.member if isinstance(record, Person) else ""
    if newcomer == PROGRAM and newcomer not in group.people:
        raise RecordError(f"{PROGRAM} is the id of what the program enters by itself; please give another one.")
    author = () if record.by == PROGRAM and record.by_program else (record.by,)
    for member in (*author, *record.members):
        if member not in group.people and member != newcomer and (meant := group.member(member)):
            raise RecordError(f"{member!r} is no one's id; {group.people[meant].name} has the id {meant}.")
    kept_items = {item for read in record.reads for item in read.items}
    for item in record.named_items:
        if item not in kept_items:
            group.catalogue.item(item)
    kept_entries = {read.entry for read in record.reads}
    for reference in record.named_entries:
        if reference not in kept_entries:
            _check_entry(reference, group)


def _check_roles(record: Record, roles: Sequence[str]) -> None:
    named = record.roles if isinstance(record, Plan) else (record.role,) if isinstance(record, Swap | Turn) else ()
    for role in (*named, *([record.for_role] if isinstance(record, Swap) and record.for_role else [])):
        if role not in roles:
            raise RecordError(f"{role!r} is not a role{did_you_mean(role, roles)}; {FILE} names {', '.join(roles)}.")


def _check_entry(reference: str, group: OpenWorkbook) -> None:
    name, _, entry = reference.partition("/")
    steps = group.catalogue.steps(name)
    if entry not in set(steps["entry"]):
        raise RecordError(f"{reference!r} is not an entry of the list {name}{did_you_mean(entry, steps['entry'])}.")


def _check_references(record: Record, group: OpenWorkbook) -> None:
    """Check that the records it names are there, of the right type, and each the first of its thing."""
    for field, kind in record.record_fields:
        if not (name := getattr(record, field)):
            continue
        found = group.find_record(name)
        if found.id != name:
            raise RecordError(f"{name} is the end of an id; please give the whole of it: {found.id}.")
        if kind and found.type != kind:
            raise RecordError(f"{name} is a record of type {found.type}, but {field} names a {kind}.")
        if kind and (first := getattr(found, "of", "")):
            raise RecordError(f"{name} changes the {kind} {first}; please name that one.")


def _check_rights(record: Record, group: OpenWorkbook) -> None:
    """Check that who typed it may: a facilitator for everyone, a member for themself; without a facilitator anyone.

    In a folder of one's own this stops a slip, not a person: who holds the files can write into them.
    """
    facilitators = group.facilitators
    if not facilitators or record.by in facilitators or (record.by == PROGRAM and record.by_program):
        return
    allowed = plain_list([group.people[one].name for one in facilitators]).replace(" and ", " or ")
    if record.for_facilitators:
        raise RecordError(f"A {record.type} is for a facilitator to enter: {allowed}.")
    if isinstance(record, Person) and record.role == "facilitator":
        raise RecordError(f"Only a facilitator can make someone a facilitator: {allowed}.")
    owner = getattr(record, "member", record.by)
    if isinstance(record, Swap) and not record.asked and (offered := group.latest(Swap, *record.subject)):
        owner = record.by if _answers(record, offered) else owner
    elif getattr(record, "of", "") and not isinstance(record, Action):
        before = group.latest(type(record), *record.subject)
        owner = getattr(before, "member", before.by) if before and owner == record.by else owner
    if isinstance(record, Swap) and record.to not in {"", record.by} and record.for_role:
        raise RecordError(f"Ask {group.people[record.to].name} first (asked); turns are exchanged once they accept.")
    if owner != record.by:
        person = group.people.get(owner)
        raise RecordError(f"Only {person.name if person else owner} can enter or change this, or a facilitator: {allowed}.")


def _answers(answer: Swap, offered: Swap) -> bool:
    """Return whether someone takes a role over from a member who gives it away, for what that one wants in return, or answers one who asked."""
    same = (answer.for_session, answer.for_role) == (offered.for_session, offered.for_role)
    takes = answer.to == answer.by and offered.to in {"", answer.by} and offered.asked in {"", answer.by}
    return (takes and same) or (not answer.to and offered.asked == answer.by)


def _check_session(record: Record, group: OpenWorkbook, now: datetime) -> None:
    """Check that the session is there and, for what happens in it, that it was not cancelled and, for how it was, that it has begun."""
    if isinstance(record, Plan) and record.start is not None:
        return
    if isinstance(record, Swap) and record.for_session:
        group.schedule.find(record.for_session)
    if record.in_session:
        session = group.schedule.find(record.session)
        if session.cancelled and isinstance(record, Attendance | Close):
            raise RecordError(
                f"The session of {record.session} was cancelled; reinstate it before recording who came or how it ended."
            )
        if session.cancelled and isinstance(record, Rsvp):
            raise RecordError(f"The session of {record.session} was cancelled, so no one needs to answer.")
        if isinstance(record, Feedback):
            if session.cancelled:
                raise RecordError(f"The session of {record.session} was cancelled, so there is nothing to say of how it was.")
            if not session.has_begun(now):
                raise RecordError(f"The session of {record.session} has not begun; say how it was when you have been there.")


def _check_reply(reply: Reply, group: OpenWorkbook) -> None:
    """Check that a reply is about a summary or an answer that is still there: there is one level of them."""
    to = group.find_record(reply.to)
    if isinstance(to, Reply):
        raise RecordError("There are no replies to replies; reply to the summary or the answer itself.")
    if not isinstance(to, Answer | PaperAnswer | Summary):
        raise RecordError(f"{reply.to} is a record of type {to.type}; you can reply to a summary or an answer.")
    if group.latest(type(to), *to.subject) is None:
        raise RecordError(
            f"This {'summary' if isinstance(to, Summary) else 'answer'} was undone, so you can no longer reply to it."
        )


def _check_choosing(record: Record, group: OpenWorkbook, now: datetime) -> None:
    """Check seconds, and what belongs to choosing the next reading and a time: ballots, votes, results, surveys and their answers."""
    if isinstance(record, Second):
        what = "proposal" if record.proposal else "question"
        kind: type[Proposal | Question] = Proposal if record.proposal else Question
        seconded = group.latest(kind, record.proposal or record.question)
        if seconded is None:
            raise RecordError(f"This {what} was undone, so it can no longer be seconded.")
        if seconded.member == record.member:
            raise RecordError(f"This is your own {what}; others second it.")
    elif isinstance(record, Ballot):
        check_ballot(record, group, now, voted=_have_voted(record.of, group))
    elif isinstance(record, Vote):
        check_vote(record, group, now)
    elif isinstance(record, Result):
        check_result(record, group, now)
    elif isinstance(record, Survey):
        check_survey(record, group, now)
    elif isinstance(record, Availability):
        check_availability(record, group)


def _have_voted(ballot: str, group: OpenWorkbook) -> bool:
    return any(vote.ballot == ballot for vote in group.current.current(Vote))


def _check_withdrawal(withdrawal: Withdraw, group: OpenWorkbook, now: datetime) -> None:
    record = group.find_record(withdrawal.record)
    check_undo(record, group, now, voted=isinstance(record, Ballot) and _have_voted(record.subject[0], group))
    if isinstance(record, Withdraw):
        raise RecordError("An undo is undone with `studygroup undo`, which enters again what it undid.")
    # A member's attendance is what a facilitator entered of it.
    owner = record.by if isinstance(record, Attendance) else getattr(record, "member", record.by)
    if withdrawal.by not in {record.by, owner, *group.facilitators}:
        raise RecordError(f"This was entered by {record.by}; they or a facilitator can undo it.")
