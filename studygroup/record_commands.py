"""Commands that enter records. Plans, closings, attendance and reading have commands of their own, the other types share one.

The options of a type's command are its fields: what a record can say, the command line can say, with the same words.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec
import typer

from studygroup.console import By, DryRun, SessionId, WorkbookDir, open_workbook, record_app, saved, who_enters
from studygroup.journal.record import Record
from studygroup.journal.records import TYPES
from studygroup.text import plain_list
from studygroup.workbook import Workbook


@record_app.command("plan")
def record_plan(
    context: typer.Context,
    session: SessionId = "",
    step: Annotated[list[int] | None, typer.Option(help="A step of the syllabus, from 1; may be repeated.")] = None,
    entry: Annotated[list[str] | None, typer.Option(help="An entry of a list, as list/entry; may be repeated.")] = None,
    item: Annotated[list[str] | None, typer.Option(help="An item's id; may be repeated.")] = None,
    presenter: Annotated[str | None, typer.Option(help="Who presents; empty: nobody yet.")] = None,
    scribe: Annotated[str | None, typer.Option(help="Who takes notes; empty: nobody yet.")] = None,
    role: Annotated[list[str] | None, typer.Option(metavar="ROLE=MEMBER", help="Another role; may be repeated.")] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Moved to: 2026-11-28T23:00, in the slot's zone or with +00:00; empty: not moved."),
    ] = None,
    length: Annotated[int | None, typer.Option(help="Length in minutes.")] = None,
    cancel: Annotated[bool | None, typer.Option("--cancel/--reinstate", help="Cancel the session, or take that back.")] = None,
    why: Annotated[str | None, typer.Option(help="Why it was moved or cancelled, in a sentence.")] = None,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Plan a session: what it reads, who does what, when it is. What is not named stays as it was planned.

    Example: studygroup record plan --session 2026-11-27 --step 1 --presenter ada
    """
    from studygroup.meeting.planning import plan_session

    book = open_workbook(context, workbook, dry_run)
    named = {key: who for key, who in (("presenter", presenter), ("scribe", scribe)) if who is not None}
    for text in role or ():
        key, equals, member = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"--role {text}: write ROLE=MEMBER, such as presenter=ada")
        named[key.strip()] = member.strip()
    plan = plan_session(
        book,
        session,
        by=who_enters(book, by),
        steps=step or (),
        entries=entry or (),
        items=item or (),
        roles=named,
        start=start,
        length_min=length,
        cancelled=cancel,
        why=why,
    )
    saved(book, f"plan of {plan.session}")


@record_app.command("close")
def record_close(
    context: typer.Context,
    session: SessionId = "",
    finished: Annotated[list[int] | None, typer.Option(help="A step that was finished; else all that were read.")] = None,
    continues: Annotated[list[int] | None, typer.Option(help="A step that continues next time; may be repeated.")] = None,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Close a session: what was finished, what continues. Without a plan, what its agenda read is recorded as planned.

    Without --session: the one under way, else the last one that is still to be closed.

    Example: studygroup record close --session 2026-11-27 --continues 1
    """
    from studygroup.meeting.planning import close_session

    book = open_workbook(context, workbook, dry_run)
    close = close_session(book, session, by=who_enters(book, by), finished=finished or (), continues=continues or ())
    saved(book, f"close of {close.session}; finished: {len(close.finished)}, continues: {len(close.continues)}", close.session)


@record_app.command("attendance")
def record_attendance(
    context: typer.Context,
    member: Annotated[list[str], typer.Option(help="A member's id or name; may be repeated.")],
    state: Annotated[str, typer.Option(help="present, late, left_early, absent or excused.")] = "present",
    session: SessionId = "",
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record who was there. Without --session: the session under way, else the last one that is still to be closed.

    Example: studygroup record attendance --member ada --member bo --state present
    """
    book = open_workbook(context, workbook, dry_run)
    members = [book.member(wanted) for wanted in member]
    author = who_enters(book, by, about=members)
    which = session or book.session_to_record()
    for one in members:
        book.enter("attendance", by=author, session=which, member=one, state=state)
    names = plain_list(book.people[one].name for one in members)
    saved(book, f"{names} {state} on {which}", which)


@record_app.command("reading")
def record_reading(
    context: typer.Context,
    member: Annotated[str, typer.Option(help="The member's id or name.")],
    item: Annotated[str, typer.Option(help="The item's id.")],
    status: Annotated[str, typer.Option(help="unread, reading, skimmed, read or skipped.")] = "read",
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record how far a member is with an item.

    Example: studygroup record reading --member ada --item lora-low-rank-adaptation --status read
    """
    book = open_workbook(context, workbook, dry_run)
    who = book.member(member)
    # In a member's own clone it is the member who types, so that two clones never write to one file.
    book.enter("reading", by=book.member(by) if by else who, member=who, item=item, status=status)
    saved(book, f"{book.people[who].name}: {item} {status}")


class _Entry(msgspec.Struct, frozen=True):
    """How one type is entered: its command's help, an example, what each field means.

    ``late``: without --session it belongs to the session under way, else the last one still to be closed, as attendance does.
    """

    help: str
    example: str
    fields: dict[str, str]
    late: bool = False


_OF = "The id of the first record of the same thing, to change it; what is not named stays."
_OF_NUMBER = (
    "The number of the same thing, such as A55999, or the id of its first record, to change it; what is not named stays."
)
_ENTRIES = {
    "rsvp": _Entry(
        "Answer whether somebody will come.",
        "--member ada --answer yes",
        {"answer": "The answer.", "why": "Why not; shown to facilitators only."},
    ),
    "swap": _Entry(
        "Give one's role in a session to somebody else, or look for somebody.",
        "--session 2026-11-27 --member ada --role presenter --to bo",
        {"role": "The role.", "to": "Who takes it; nobody yet without it."},
    ),
    "away": _Entry(
        "Tell when somebody cannot come.",
        "--member ada --first 2026-12-20 --last 2027-01-03",
        {"first": "The first date.", "last": "The last date.", "why": "Why; shown to facilitators only."},
    ),
    "note": _Entry(
        "Note what was said or decided in a session.",
        '--text "We skip the appendix." --decision',
        {"text": "The note, in Markdown; - reads standard input.", "decision": "It is a decision.", "of": _OF},
        late=True,
    ),
    "action": _Entry(
        "Note who will do what, by when; and later that it is done.",
        '--text "Find the code" --owner bo --due 2026-12-04',
        {
            "text": "What is to be done; - reads standard input.",
            "owner": "Who does it; nobody yet without it.",
            "due": "By when, as a date.",
            "done": "It is done, or not.",
            "of": _OF_NUMBER,
        },
        late=True,
    ),
    "rating": _Entry(
        "Rate an item from 1 to 5.",
        "--member ada --item lora-low-rank-adaptation --rating 4",
        {"item": "The item's id.", "rating": "1 to 5."},
    ),
    "summary": _Entry(
        "Write a summary of an item; what is not named stays as it was.",
        '--member ada --item lora-low-rank-adaptation --big-idea "Few weights are enough."',
        {
            "item": "The item's id.",
            "big_idea": "The big idea, in Markdown; - reads standard input.",
            "relevance": "Why it matters; - reads standard input.",
            "text": "Everything else; - reads standard input.",
        },
    ),
    "question": _Entry(
        "Ask a question, about an item or about none; it stays open until it is answered or dropped.",
        '--member ada --item lora-low-rank-adaptation --text "Why rank 8?"',
        {"text": "The question; - reads standard input.", "item": "The item's id.", "of": _OF_NUMBER},
    ),
    "answer": _Entry(
        "Answer a question, drop it, or open it again.",
        '--question Q80148 --member bo --text "See section 7.2."',
        {
            "question": "The question's number, such as Q80148, or its id.",
            "state": "The question's new state.",
            "text": "The answer; - reads standard input.",
            "item": "The id of an item that answers it.",
            "of": _OF,
        },
    ),
    "material": _Entry(
        "Add a link to an item: a recording, slides, further reading.",
        '--item lora-low-rank-adaptation --label "Our slides" --url https://example.org/slides.pdf --role slides',
        {
            "item": "The item's id.",
            "label": "What the link shows.",
            "url": "An https:// or http:// address.",
            "role": "What the link leads to.",
            "of": _OF,
        },
    ),
    "claim": _Entry(
        "Note a claim of an item with its evidence, one's doubt and confidence.",
        '--member ada --item lora-low-rank-adaptation --claim "No added latency" --before 60 --after 90',
        {
            "item": "The item's id.",
            "claim": "The claim; - reads standard input.",
            "evidence": "What speaks for it.",
            "doubt": "What speaks against it.",
            "before": "Confidence before the session, 0 to 100.",
            "after": "Confidence after it, 0 to 100.",
            "of": _OF,
        },
    ),
    "proposal": _Entry(
        "Propose an item to read.",
        '--member ada --item lora-low-rank-adaptation --why "We use it every day."',
        {"item": "The item's id.", "why": "Why; - reads standard input.", "of": _OF},
    ),
    "ballot": _Entry(
        "Open a choice among items; it prints the ballot's id.",
        "--shortlist lora --shortlist qlora --until 2026-12-01T20:00",
        {
            "shortlist": "An item's id; give it for each.",
            "until": "When it closes, in the slot's zone or with an offset such as +00:00.",
            "rule": "approval: each names all they would read; ranked: each puts them in order.",
            "of": _OF,
        },
    ),
    "vote": _Entry(
        "Vote on a ballot; the last vote of a member counts.",
        "--ballot ID --member ada --choice lora --choice qlora",
        {"ballot": "The ballot's id.", "choice": "An item's id, in order of preference; give it for each; none abstains."},
    ),
    "slot": _Entry(
        "Change when the group meets, from a date on.",
        "--valid-from 2027-01-01 --weekday thursday --time 19:00 --zone Europe/Berlin",
        {
            "valid_from": "The first date it is valid for.",
            "weekday": "monday to sunday; with --every month, such as: first friday.",
            "time": "Local time: 19:00.",
            "zone": "IANA time zone: Europe/Berlin.",
            "every": "week, second week or month.",
            "length_min": "Length in minutes.",
        },
    ),
}


def _add(kind: str, entry: _Entry) -> None:
    """Add the command of one type."""
    struct = TYPES[kind]
    fields = {field.name: field for field in msgspec.structs.fields(struct)}

    def command(context: typer.Context, session: str, by: str, dry_run: bool, workbook: Any, **given: Any) -> None:
        book = open_workbook(context, workbook, dry_run)
        named = {name: value for name, value in given.items() if value is not None and value != []}
        members = {name: book.member(named[name]) for name in struct.member_fields if named.get(name)}
        author = who_enters(book, by or members.get("member", ""))
        if "member" in fields and not given.get("of"):
            members.setdefault("member", author)
        named |= {name: _thing(book, what, named[name]) for name, what in struct.record_fields if named.get(name)}
        read = {name: sys.stdin.read() for name in struct.text_fields if named.get(name) == "-"}
        times = {name: _aware(book, named[name]) for name in ("until",) if name in named}
        filed = session or (book.session_to_record() if entry.late and not given.get("of") else "")
        record = book.amend(kind, by=author, session=filed, **(named | members | read | times))
        # What a later command names is printed for it.
        if "of" in fields:
            print(record.subject[0])
        saved(book, f"{_named(book, kind, record)} of {members.get('member', author)} for {record.session}")

    options: list[tuple[str, Any, Any]] = [("session", SessionId, "")]
    if "member" in fields:
        options.append(
            (
                "member",
                Annotated[str | None, typer.Option(metavar="MEMBER", help="Whose it is, id or name; else who enters it.")],
                None,
            )
        )
    options += [_option(name, fields[name].type, help_text) for name, help_text in entry.fields.items()]
    options += [("by", By, ""), ("dry_run", DryRun, False), ("workbook", WorkbookDir, None)]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for name, annotation, default in options
    ]
    shown: Callable[..., None] = command
    shown.__name__ = f"record_{kind}"
    shown.__doc__ = f"{entry.help}\n\nExample: studygroup record {kind} {entry.example}"
    shown.__signature__ = inspect.Signature([context, *parameters])  # type: ignore[attr-defined]
    shown.__annotations__ = {"context": typer.Context, **{name: annotation for name, annotation, _ in options}}
    record_app.command(kind)(shown)


def _thing(book: Workbook, kind: str, wanted: str) -> str:
    """Return the id of what somebody names: a question or an action may be named by its number."""
    from studygroup.meeting.ledger_tables import LETTERS, find_thing

    return find_thing(book, kind, wanted) if kind in LETTERS else wanted


def _named(book: Workbook, kind: str, record: Record) -> str:
    """Return what was saved in words: a question or an action with its number."""
    from studygroup.meeting.ledger_tables import LETTERS, number_of

    return f"{kind} {number_of(book, kind, record.subject[0])}" if kind in LETTERS else kind


def _option(name: str, kind: Any, help_text: str) -> tuple[str, Any, Any]:
    """Return a field as an option: its name, its type with the help, its default."""
    inner = next((one for one in get_args(kind) if one in {int, date}), kind)
    word = name.upper()
    if inner is bool:
        return name, Annotated[bool | None, typer.Option(f"--{name}/--not-{name}", help=help_text)], None
    if inner is int:
        return name, Annotated[int | None, typer.Option(help=help_text, metavar=word)], None
    if get_origin(inner) is tuple:
        return name, Annotated[list[str] | None, typer.Option(help=help_text, metavar=word)], None
    if get_origin(inner) is Literal:
        words = plain_list(get_args(inner)).replace(" and ", " or ")
        help_text = f"{help_text.rstrip('.')}: {words}."
    return name, Annotated[str | None, typer.Option(help=help_text, metavar=word)], None


def _aware(book: Workbook, text: str) -> datetime:
    """Return a time that somebody typed; without an offset it is in the zone of the group's slot."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write it as 2026-12-01T20:00") from None
    return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(book.slots[-1].zone))


for _kind, _entry in _ENTRIES.items():
    _add(_kind, _entry)
