"""Commands that enter records. Plans, closings, attendance and reading have commands of their own, the other types share one.

The options of a type's command are its fields: what a record can say, the command line can say, with the same words.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import typer

from studygroup.commands.console import (
    By,
    DryRun,
    NextSession,
    SessionToRecord,
    WorkbookDir,
    ask_if_early,
    go_ahead,
    in_words,
    open_workbook,
    record_app,
    saved,
    say,
    who_enters,
    who_enters_about,
)
from studygroup.group.states import ATTENDANCE_STATES, ATTENDED, READING
from studygroup.journal.types.record import Command, Record
from studygroup.journal.types.records import TYPES, Attendance, Availability, Plan, Vote
from studygroup.text.text import plain_list, session_day, to_short_day
from studygroup.workbook.workbook import Workbook


def _one_of(words: Iterable[str]) -> str:
    return plain_list(words).replace(" and ", " or ")


@record_app.command("plan")
def record_plan(
    context: typer.Context,
    session: NextSession = "",
    step: Annotated[list[int] | None, typer.Option(help="A step of the syllabus, from 1; may be repeated.")] = None,
    entry: Annotated[list[str] | None, typer.Option(help="An entry of a list, as list/entry; may be repeated.")] = None,
    item: Annotated[list[str] | None, typer.Option(help="An item's id; may be repeated.")] = None,
    presenter: Annotated[str | None, typer.Option(help="Who presents; empty for no one yet.")] = None,
    scribe: Annotated[str | None, typer.Option(help="Who takes notes; empty for no one yet.")] = None,
    role: Annotated[list[str] | None, typer.Option(metavar="ROLE=MEMBER", help="Another role; may be repeated.")] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Moved to: 2026-11-28T23:00, in the slot's zone or with +00:00; empty: not moved."),
    ] = None,
    length: Annotated[int | None, typer.Option(help="Length in minutes.")] = None,
    cancel: Annotated[bool | None, typer.Option("--cancel/--reinstate", help="Cancel the session, or reinstate it.")] = None,
    why: Annotated[str | None, typer.Option(help="Why it was moved or cancelled, in a sentence.")] = None,
    place: Annotated[str | None, typer.Option(help="Where this session meets; empty for the usual place.")] = None,
    link: Annotated[str | None, typer.Option(help="Where this session meets online; empty for the usual link.")] = None,
    note: Annotated[str | None, typer.Option(help="What to know about this session, in a line.")] = None,
    recall: Annotated[
        bool | None, typer.Option("--recall/--skip-recall", help="Whether the agenda opens with things to remember.")
    ] = None,
    extra: Annotated[bool, typer.Option("--extra", help="One more session, on a day that has none; with --start.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask, though it moves the session into the past, or changes one that was held.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Plan a session: what it reads, who does what, when it is. What is not named stays as it was planned.

    Example: studygroup record plan --session 2026-11-27 --step 1 --presenter ada
    """
    from studygroup.meeting.before.plan_words import plan_in_words
    from studygroup.meeting.before.planning import plan_session

    book = open_workbook(context, workbook, dry_run)
    named = _roles_named(presenter, scribe, role or ())
    author = who_enters(book, by)
    session = book.schedule.id_of(session) or book.schedule.next(book.clock()).id
    before = book.latest(Plan, session)
    _refuse_slips(book, session, start=None if extra else start, cancel=bool(cancel), why=why)
    if not dry_run:
        _ask_about(book, session, start=start, cancel=bool(cancel), yes=yes)
    plan = plan_session(
        book,
        session,
        by=author,
        steps=step or (),
        entries=entry or (),
        items=item or (),
        roles=named,
        start=start,
        length_min=length,
        cancelled=cancel,
        why=why,
        place=place,
        link=link,
        note=note,
        skips_recall=None if recall is None else not recall,
    )
    saved(book, f"plan of {plan.session}: {plan_in_words(book, plan, before)}")


def _refuse_slips(book: Workbook, session: str, *, start: str | None, cancel: bool, why: str | None) -> None:
    """Refuse a start on a day without a session, and a cancellation without a reason."""
    from studygroup.interface.recording import lacks_reason
    from studygroup.meeting.before.planning import check_is_session

    check_is_session(book, session, start, "--extra")
    if cancel and lacks_reason(book, session, why):
        raise typer.BadParameter(f'say why the session of {session} is cancelled; everyone sees it: --why "…"')


def _roles_named(presenter: str | None, scribe: str | None, others: Iterable[str]) -> dict[str, str]:
    """Return who is named for each role."""
    named = {key: who for key, who in (("presenter", presenter), ("scribe", scribe)) if who is not None}
    for text in others:
        key, equals, member = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"--role {text}: write ROLE=MEMBER, such as presenter=ada")
        named[key.strip()] = member.strip()
    return named


def _ask_about(book: Workbook, session: str, *, start: str | None, cancel: bool, yes: bool) -> None:
    """Ask before a session is moved into the past, and before one that was held is moved or cancelled."""
    from studygroup.meeting.before.plan_words import asks_before_cancelling, asks_before_moving

    question = (asks_before_moving(book, session, start) if start is not None else "") or (
        asks_before_cancelling(book, session) if cancel else ""
    )
    if question:
        go_ahead(question, yes, f"the session of {session} stays as it was planned")


@record_app.command("close")
def record_close(
    context: typer.Context,
    session: SessionToRecord = "",
    finished: Annotated[list[int] | None, typer.Option(help="A step that was finished. Default: all that were read.")] = None,
    continues: Annotated[list[int] | None, typer.Option(help="A step that continues next time; may be repeated.")] = None,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Close a session: what was finished, what continues. Without a plan, what its agenda read is recorded as planned.

    Example: studygroup record close --session 2026-11-27 --continues 1
    """
    from studygroup.meeting.before.plan_words import close_in_words
    from studygroup.meeting.before.planning import close_session

    book = open_workbook(context, workbook, dry_run)
    close = close_session(
        book, book.schedule.id_of(session), by=who_enters(book, by), finished=finished or (), continues=continues or ()
    )
    saved(book, close_in_words(book, close), close.session)


@record_app.command("attendance")
def record_attendance(
    context: typer.Context,
    member: Annotated[list[str], typer.Option(help="A member's id or name; may be repeated.")],
    state: Annotated[str, typer.Option(help=f"{_one_of(ATTENDED)}.")] = "present",
    session: SessionToRecord = "",
    early: Annotated[
        bool, typer.Option("--early", help="Don't ask, though the session starts more than an hour from now.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record who was there.

    Example: studygroup record attendance --member ada --member bo --state present
    """
    from studygroup.meeting.before.planning import attend

    book = open_workbook(context, workbook, dry_run)
    members = [book.member(wanted) for wanted in member]
    author = who_enters(book, by, about=members)
    which = book.schedule.id_of(session) or book.session_to_record()
    if not (early or dry_run):
        ask_if_early(book, which)
    for one in members:
        attend(book, which, one, state, by=author)
    names = plain_list(book.people[one].name for one in members)
    saved(book, f"{names} {state} on {which}", which)
    for one in members:
        held = book.latest(Attendance, which, one)
        if held is not None and held.by != author and held.state != state:
            said = next(one.word for one in ATTENDANCE_STATES if one.name == held.state).lower()
            say(
                f"{book.people[held.by].name} marked {book.people[one].name} as {said}, and that stays; this is noted beside it."
            )


@record_app.command("reading")
def record_reading(
    context: typer.Context,
    member: Annotated[str, typer.Option(help="The member's id or name.")],
    item: Annotated[str, typer.Option(help="The item's id.")],
    status: Annotated[str, typer.Option(help=f"{_one_of(READING)}.")] = "read",
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record how far a member is with an item.

    Example: studygroup record reading --member ada --item lora-low-rank-adaptation --status read
    """
    book = open_workbook(context, workbook, dry_run)
    who = book.member(member)
    author = who_enters_about(book, by, who)
    saved(book, in_words(book, book.enter("reading", by=author, member=who, item=item, status=status), author))


def _add(kind: str, entry: Command) -> None:
    """Add the command of one type."""
    struct = TYPES[kind]
    fields = {field.name: field for field in msgspec.structs.fields(struct)}

    def command(context: typer.Context, session: str, by: str, dry_run: bool, workbook: Any, **given: Any) -> None:
        from studygroup.interface.recording import enter_named

        book = open_workbook(context, workbook, dry_run)
        named = {name: value for name, value in given.items() if value is not None and value != []}
        whose = book.member(named["member"]) if named.get("member") else ""
        author = who_enters_about(book, by, whose)
        read = {name: sys.stdin.read() for name in struct.text_fields if named.get(name) == "-"}
        record = enter_named(book, kind, by=author, session=session, **(named | read))
        # What a later command names is printed for it.
        if "of" in fields:
            print(record.subject[0])
        day = session_day(record.session) if struct.in_session else None
        of_session = f", for the session of {to_short_day(day)}" if day else ""
        saved(book, f"{in_words(book, record, author)}{_said_of(book, kind, record)}{of_session}")

    options: list[tuple[str, Any, Any]] = [("session", SessionToRecord if entry.late else NextSession, "")]
    if "member" in fields:
        options.append(
            (
                "member",
                Annotated[
                    str | None, typer.Option(metavar="MEMBER", help="Whose it is, by id or name. Default: whoever enters it.")
                ],
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


def _said_of(book: Workbook, kind: str, record: Record) -> str:
    """Return what the sentence about a record leaves out: the number of a question or an action, and that nothing was chosen."""
    from studygroup.meeting.facts.ledger_tables import LETTERS, number_of

    if kind in LETTERS:
        return f" ({number_of(book, kind, record.subject[0])})"
    if isinstance(record, Vote) and not record.choice:
        return ", and abstains"
    return ": not at all" if isinstance(record, Availability) and not (record.can or record.if_need_be) else ""


def _option(name: str, kind: Any, help_text: str) -> tuple[str, Any, Any]:
    """Return a field as an option: its name, its type with the help, its default."""
    inner = next((one for one in get_args(kind) if one in {int, date}), kind)
    word = name.upper()
    if inner is bool:
        return name, Annotated[bool | None, typer.Option(f"--{name}/--not-{name}", help=help_text)], None
    if inner is int:
        return name, Annotated[int | None, typer.Option(help=help_text, metavar=word)], None
    if several := next((one for one in (inner, *get_args(inner)) if get_origin(one) is tuple), None):
        each: Any = list[int] if int in get_args(several) else list[str]
        return name, Annotated[each | None, typer.Option(help=help_text, metavar=word)], None
    if get_origin(inner) is Literal:
        help_text = f"{help_text.rstrip('.')}: {_one_of(filter(None, get_args(inner)))}."
    return name, Annotated[str | None, typer.Option(help=help_text, metavar=word)], None


# What is the group's own, and entered once in a while, comes last.
for _kind in sorted(TYPES, key="slot".__eq__):
    if _entry := TYPES[_kind].command:
        _add(_kind, _entry)
