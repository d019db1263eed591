"""Enter a record as people name things: members by name, questions by number, times in the group's zone.

The command line and ``Group.record`` both enter through here; what is checked is the same as in the forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from studygroup.errors import RecordError
from studygroup.journal.types.lines import entered_type, fields_by_name
from studygroup.journal.types.record import Record, fields_of, instant_fields
from studygroup.journal.types.records import TYPES, Plan, Withdraw
from studygroup.text.text import did_you_mean, plain_list
from studygroup.workbook.workbook import Workbook


def thing_named(workbook: Workbook, kind: str, wanted: str) -> str:
    """Return the id of what someone names: a question or an action may be named by its number, any record by the end of its id."""
    from studygroup.meeting.facts.ledger_tables import LETTERS, find_thing

    if not kind:
        return workbook.find_record(wanted).id
    return find_thing(workbook, kind, wanted) if kind in LETTERS else wanted


def as_zoned(workbook: Workbook, value: str | datetime, field: str = "time") -> datetime:
    """Return a time; without an offset it is in the zone of the group's slot.

    Raises
    ------
    RecordError
        It is no time.
    """
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise RecordError(f"The {field} {value!r} is not a time; write it as 2026-12-01T20:00.") from None
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(workbook.slots[-1].zone))


def _session_of_ballot(workbook: Workbook) -> str:
    from studygroup.meeting.choose.opening import ballot_session

    session = ballot_session(workbook)
    return session.id if session else ""


def enter_named(workbook: Workbook, kind: str, *, by: str, session: str = "", **given: Any) -> Record:
    """Enter a record of a type that has a form, and return it; of a thing that is there already, what is not given stays.

    Parameters
    ----------
    by
        The id of the member who enters it. Whose it is, ``member``, is the same one where no one else is named.
    session
        Its id; empty for the one under way or next, and for what is said of a session, the last one still to be closed.

    Raises
    ------
    RecordError
        Something in it is not acceptable; nothing was written.
    NotSavedError
        The disk refused.
    ScheduleError
        There is no such session.
    """
    struct = entered_type(kind)
    known = fields_by_name(struct)
    named = {name: workbook.member(given[name]) for name in struct.member_fields if given.get(name)}
    if "member" in known and not given.get("of"):
        named.setdefault("member", by)
    named |= {name: thing_named(workbook, what, given[name]) for name, what in struct.record_fields if given.get(name)}
    times = {name: as_zoned(workbook, given[name], name) for name in instant_fields(struct)[1:] if given.get(name)}
    late = struct.command is not None and struct.command.late
    filed = workbook.schedule.id_of(session) or (workbook.session_to_record() if late and not given.get("of") else "")
    if kind == "ballot" and not (filed or given.get("of")):
        filed = _session_of_ballot(workbook)
    named |= _chosen(workbook, kind, by, filed, given)
    record: Record = workbook.amend(kind, by=by, session=filed, **(given | named | times))
    return record


def enter_again(workbook: Workbook, withdrawal: Withdraw, *, by: str) -> Record:
    """Enter once more what was undone, and return it: that is how an undo is undone.

    Raises
    ------
    RecordError
        It was entered again before, or may no longer be entered; nothing was written.
    NotSavedError
        The disk refused.
    """
    gone = workbook.find_record(withdrawal.record)
    for later in workbook.records:
        if type(later) is type(gone) and later.order > withdrawal.order and fields_of(later) == fields_of(gone):
            raise RecordError(f"This was entered again before, as {later.id}.")
    record: Record = workbook.enter(gone.type, by=by, session=gone.session, **fields_of(gone))
    return record


def _chosen(workbook: Workbook, kind: str, by: str, session: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is made of what people typed when they propose a paper, open a ballot, or name a paper's question by its number."""
    from studygroup.meeting.choose.opening import closing_time
    from studygroup.meeting.choose.proposals import proposal_fields, to_items

    if kind == "proposal" and not given.get("of"):
        return proposal_fields(workbook, given.get("title", ""), given.get("url", ""), given.get("item", ""))
    if kind == "survey" and not given.get("of"):
        return _asked(workbook, given)
    if kind == "availability":
        return _hours(workbook, by, given)
    if kind == "pace":
        return _pace_fields(workbook, session, given.get("pinned", ()))
    if kind == "response" and given.get("question"):
        return _question_of(workbook, session, str(given["question"]))
    if kind == "vote":
        return _voted(workbook, given)
    if kind == "ballot":
        items = {"shortlist": to_items(workbook, given["shortlist"], by=by)} if given.get("shortlist") else {}
        return items if given.get("until") or given.get("of") else items | {"until": closing_time(workbook)}
    return {}


def _asked(workbook: Workbook, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a survey asks about where it was not said: from which day on, and for how long a session."""
    from studygroup.meeting.choose.surveys import first_day, usual_length

    moves = workbook.schedule.named(given["moves"]).id if given.get("moves") else ""
    first = _day(given.get("first")) or first_day(workbook, moves)
    length = given.get("length_min") or usual_length(workbook, first, moves)
    return {"moves": moves, "first": first, "length_min": length}


def _hours(workbook: Workbook, by: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole answer to a survey, by default the only one that is open, in the member's own zone."""
    from studygroup.meeting.choose.surveys import find_survey, zone_for

    member = workbook.member(given["member"]) if given.get("member") else by
    hours = {name: tuple(map(str.lower, given.get(name) or ())) for name in ("can", "if_need_be")}
    survey = {} if given.get("survey") else {"survey": find_survey(workbook).id}
    return survey | hours | {"zone": given.get("zone") or zone_for(workbook, member)}


def _pace_fields(workbook: Workbook, session: str, pinned: Sequence[str]) -> dict[str, Any]:
    from studygroup.meeting.before.agenda import agenda_of
    from studygroup.meeting.before.room import pace_fields, parse_pins

    agenda = agenda_of(workbook, session or None)
    return pace_fields(workbook.settings, agenda.length_min, agenda.room, parse_pins(pinned))


def _question_of(workbook: Workbook, session: str, wanted: str) -> dict[str, Any]:
    from studygroup.meeting.before.agenda import agenda_of
    from studygroup.meeting.facts.guides import find_question

    return find_question(agenda_of(workbook, session or None).reads, wanted).fields


def _voted(workbook: Workbook, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole vote, by default on the only ballot that is open: without choices it abstains, whatever was chosen before."""
    from studygroup.meeting.choose.ballots import find_ballot

    ballot = {} if given.get("ballot") else {"ballot": find_ballot(workbook).id}
    return ballot | {name: tuple(given.get(name) or ()) for name in ("choice", "scores")}


def _plan(workbook: Workbook, by: str, session: str, given: dict[str, Any]) -> Record:
    from studygroup.meeting.before.planning import check_is_session, plan_session

    session = session or workbook.schedule.next(workbook.clock()).id
    if given.get("cancelled") and lacks_reason(workbook, session, given.get("why")):
        raise RecordError(f'Say why the session of {session} is cancelled; everyone sees it: why="…".')
    roles = dict(given.pop("roles", {})) | {role: given.pop(role) for role in workbook.settings.roles if role in given}
    if isinstance(start := given.get("start"), datetime):
        given["start"] = start.isoformat()
    if not given.pop("extra", False):
        check_is_session(workbook, session, given.get("start"), "extra=True")
    return plan_session(workbook, session, by=by, roles=roles, **given)


def lacks_reason(workbook: Workbook, session: str, why: str | None) -> bool:
    """Return whether a cancellation does not say why; one that said so before needs nothing more."""
    held = workbook.latest(Plan, session)
    return not (held.why if why is None and held and held.cancelled else (why or "").strip())


def _close(workbook: Workbook, by: str, session: str, given: dict[str, Any]) -> Record:
    from studygroup.meeting.before.planning import close_session

    return close_session(workbook, session, by=by, **given)


def _attendance(workbook: Workbook, by: str, session: str, given: dict[str, Any]) -> Record:
    from studygroup.meeting.before.planning import attend, early_start, too_early

    which = session or workbook.session_to_record()
    if not given.pop("early", False) and (when := early_start(workbook, which)):
        raise too_early(which, when, "early=True")
    member = workbook.member(given.pop("member", by))
    return attend(workbook, which, member, given.pop("state", "present"), by=by, **given)


def _person(workbook: Workbook, by: str, session: str, given: dict[str, Any]) -> Record:
    if member := given.pop("member", ""):
        return workbook.change_person(member, by=by, **{name: _day(given[name]) for name in given})
    if "joined" in given:
        given["since"] = given.pop("joined")
    return workbook.add_person(given.pop("name", ""), by=by or None, **{name: _day(given[name]) for name in given})


def _day(value: Any) -> Any:
    """Return a value with a date that was typed as a date."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value[:1].isdigit() else value
    except ValueError:
        raise RecordError(f"{value!r} is not a date; write it as 2026-11-27.") from None


_Enter = Callable[[Workbook, str, str, dict[str, Any]], Record]
# What each can be told, beside the member who enters it and the session.
_OWN: Mapping[str, tuple[_Enter, tuple[str, ...]]] = {
    "person": (_person, ("member", "name", "role", "zone", "joined", "left", "guest")),
    "plan": (
        _plan,
        (
            "steps",
            "entries",
            "items",
            "roles",
            "start",
            "length_min",
            "cancelled",
            "why",
            "place",
            "link",
            "note",
            "skips_recall",
            "extra",
        ),
    ),
    "close": (_close, ("finished", "continues")),
    "attendance": (_attendance, ("member", "state", "early")),
}


def recordable() -> list[str]:
    """Return the types that have a form, by name."""
    return [kind for kind, struct in TYPES.items() if kind in _OWN or kind == "reading" or struct.command is not None]


def enter_as_form(workbook: Workbook, kind: str, *, by: str, session: str = "", **given: Any) -> Record:
    """Enter what a form enters, of any type that has one, and return the record; see ``enter_named``.

    A plan, a closing, attendance and a person take what their commands take: ``steps`` as numbers, ``roles`` by name, the
    other fields of the person.
    """
    session = workbook.schedule.id_of(session)
    if kind not in recordable():
        entered_type(kind)
        raise RecordError(f"A {kind} has no form of its own; there are {plain_list(recordable())}.")
    if kind not in _OWN:
        return enter_named(workbook, kind, by=by, session=session, **typed(kind, given))
    enter, known = _OWN[kind]
    if kind == "plan":
        known += tuple(workbook.settings.roles)
    for name in given:
        if name not in known:
            raise RecordError(f"A {kind} has no field {name!r}{did_you_mean(name, known)}; it takes {plain_list(known)}.")
    return enter(workbook, by, session, typed(kind, given))


def typed(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as records have them: a number or a time of a table becomes Python's own; None is nothing given."""
    known = fields_by_name(TYPES[kind])
    types = {name: known[name].type for name in given if name in known}
    return {name: _typed(value, types.get(name)) for name, value in given.items() if value is not None}


def _typed(value: Any, kind: Any) -> Any:
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    elif hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, datetime) and (kind is date or date in get_args(kind)):
        return value.date()
    return value
