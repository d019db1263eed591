"""The commands that print tables: everything entered, the ledger of questions and actions, ballots, turns, and when the group meets."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from studygroup.commands.console import (
    By,
    DryRun,
    Json,
    WorkbookDir,
    app,
    open_workbook,
    print_json,
    print_rows,
    saved,
    say,
    warn_of_records,
    who_enters,
)
from studygroup.text.text import did_you_mean, plain_list, to_short_day
from studygroup.workbook.identity import known_member
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.meeting.choose.ballots import BallotView


@app.command()
def ledger(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="A question's or an action's number: print its whole life.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also what was answered, dropped or done.")] = False,
    member: Annotated[str, typer.Option(metavar="MEMBER", help="Only what this member asked or will do.")] = "",
    item: Annotated[str, typer.Option(metavar="ID", help="Only questions about this item, or that it answers.")] = "",
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print the open questions, and what is to be done by whom.

    Example: studygroup ledger Q80148
    """
    book = open_workbook(context, workbook)
    warn_of_records(book)
    if number:
        if every or member or item:
            raise typer.BadParameter("a number stands alone; leave out --all, --member and --item")
        _print_life(book, number, as_json=as_json)
        return
    from studygroup.commands.show import to_plain
    from studygroup.meeting.facts.ledger_tables import ledger_actions, ledger_questions

    who = book.member(member) if member else ""
    about = book.catalogue.item(item).id if item else ""
    asked = ledger_questions(book, member=who, item=about, every=every)
    todo = ledger_actions(book, member=who, every=every) if not about else None
    if as_json:
        found = {"questions": asked} | ({} if todo is None else {"actions": todo})
        print_json({name: frame.to_dict("records") for name, frame in found.items()})
        return
    if not every:
        asked, todo = (
            asked.drop(columns=["answers", "closed", "closed_by"]),
            todo if todo is None else todo.drop(columns="done_on"),
        )
    for name, frame in (("question", asked), ("action", todo)):
        if frame is not None:
            say(_counted(name, frame))
            sys.stdout.write(to_plain(frame, widest=60) if len(frame) else "")


def _counted(name: str, frame: pd.DataFrame) -> str:
    return f"{len(frame) or 'No'} {name}{'s' * (len(frame) != 1)}"


def _print_life(book: Workbook, number: str, *, as_json: bool) -> None:
    """Print what became of one question or action."""
    import pandas as pd

    from studygroup.commands.show import to_plain
    from studygroup.meeting.facts.ledger_tables import life_of, number_of

    kind, thing, events = life_of(book, number)
    if as_json:
        print_json({"number": number_of(book, kind, thing), "id": thing, "type": kind, "history": events})
        return
    say(f"The {kind} {number_of(book, kind, thing)}, {thing}")
    rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.session, one.who, one.what, one.text) for one in events]
    sys.stdout.write(to_plain(pd.DataFrame(rows, columns=["at", "session", "who", "what", "text"]), widest=200))


@app.command()
def ballots(
    context: typer.Context,
    ballot: Annotated[str, typer.Argument(help="A ballot's id, or the end of it; else all of them.")] = "",
    close: Annotated[
        bool, typer.Option("--close", help="Close the ballot now and record its result; without an id, the one that is open.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print the ballots: how many have voted on those that are open, and what came of the others. Votes are secret until a ballot closes.

    Example: studygroup ballots
    """
    from studygroup.meeting.choose import ballots as choosing

    book = open_workbook(context, workbook, dry_run)
    if close:
        ballot = choosing.find_ballot(book, ballot).id
        choosing.record_result(book, ballot, by=who_enters(book, by))
        saved(book, "result of the ballot")
    shown = [choosing.find_ballot(book, ballot)] if ballot else choosing.ballots(book)
    warn_of_records(book)
    if as_json:
        print_json([_ballot_to_json(one) for one in shown])
        return
    for one in shown:
        print(_ballot_to_plain(book, one))
    if not shown:
        say("No ballot was opened yet.")


def _ballot_to_json(view: BallotView) -> dict[str, object]:
    """Return a ballot without who voted for what: counts, and once it has closed what came of it."""
    options = [{"item": one.item, "title": one.title} for one in view.options]
    known = {"id": view.id, "session": view.session, "rule": view.rule, "quorum": view.quorum, "options": options}
    return {**known, "until": view.until, "voted": len(view.voters), "electors": len(view.electors), "result": view.outcome}


def _ballot_to_plain(book: Workbook, view: BallotView) -> str:
    """Return a ballot in a few lines."""
    from studygroup.meeting.choose.ballots import RULE_NAMES, late_votes

    local = view.until.astimezone(ZoneInfo(book.slots[-1].zone))
    lines = [f"{view.id}  {'open until' if view.is_open else 'closed'}  {to_short_day(local)}, {local:%H:%M %Z}"]
    if view.outcome is None:
        lines.append(f"  {RULE_NAMES[view.rule]}: {len(view.voters)} of {len(view.electors)} members have voted")
        lines += [f"  - {one.item}  {one.title}" for one in view.options]
        return "\n".join(lines)
    if view.outcome.winner:
        lines.append(f"  Chosen: {view.outcome.winner} ({view.outcome.item})")
    lines.append(f"  {view.outcome}")
    if late := len(late_votes(book, view.id)):
        lines.append(
            f"  Not counted, as {'it' if late == 1 else 'they'} came after the result was recorded: {late} vote{'s' * (late != 1)}"
        )
    return "\n".join(lines)


@app.command()
def rotation(
    context: typer.Context,
    sessions: Annotated[int, typer.Option(min=1, max=104, help="How many sessions ahead.")] = 12,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print who has which role in the coming sessions, and for each role that no one has yet whose turn it is, and why.

    Example: studygroup rotation --sessions 6
    """
    from studygroup.meeting.before.turns import turns_ahead

    book = open_workbook(context, workbook)
    ahead = turns_ahead(book, sessions)
    warn_of_records(book)
    names = {member: person.name for member, person in book.people.items()}
    if as_json:
        print_json(
            [
                {"session": one.session.id, "start": one.session.start, "roles": one.holders, "suggested": one.suggested}
                for one in ahead
            ]
        )
        return
    for one in ahead:
        print(f"{to_short_day(one.session.start)}  {one.session.id}")
        for role in book.settings.roles:
            found = one.suggestion(role)
            if found is None:
                print(f"  {role}: {names.get(one.holders[role], one.holders[role])}")
            else:
                print(f"  {role}: no one yet; suggested: {found.in_words(names)}")
    if not ahead:
        say("No session is planned.")


@app.command()
def show(
    context: typer.Context,
    table: Annotated[
        str, typer.Argument(help="Such as items, syllabus, sessions, people, reading, questions; a wrong name lists all.")
    ],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV that is safe to open in a spreadsheet.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print a table.

    Example: studygroup show syllabus --csv > syllabus.csv
    """
    from studygroup.commands.show import TABLES, read_table, to_csv, to_plain

    if as_csv and as_json:
        raise typer.BadParameter("choose one of --csv and --json")
    if table not in TABLES:
        raise typer.BadParameter(f"there is no table {table!r}{did_you_mean(table, TABLES)}; there are {plain_list(TABLES)}")
    book = open_workbook(context, workbook)
    frame = read_table(book, table, known_member(book))
    warn_of_records(book)
    if as_json:
        print_rows(frame)
    else:
        sys.stdout.write(to_csv(frame) if as_csv else to_plain(frame))


@app.command()
def schedule(
    context: typer.Context,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; else today.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; else half a year on.")] = None,
    as_ics: Annotated[bool, typer.Option("--ics", help="Print an iCalendar file, with what was cancelled and moved.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every session on record and the coming half year, as a calendar subscribes to them.")
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print when the group meets, in every zone of its settings.

    Example: studygroup schedule --ics > calendar.ics
    """
    from studygroup.commands.show import schedule_to_plain
    from studygroup.interface.group_tables import sessions_from
    from studygroup.meeting.before.calendar import calendar_sessions, to_calendar

    if as_ics and as_json:
        raise typer.BadParameter("choose one of --ics and --json")
    if first and last and first > last:
        raise typer.BadParameter(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    if every and (first or last):
        raise typer.BadParameter("--all has every session; leave out --from and --to")
    book = open_workbook(context, workbook)
    sessions = calendar_sessions(book) if every else sessions_from(book, first and first.date(), last and last.date())
    if as_ics:
        sys.stdout.flush()
        sys.stdout.buffer.write(to_calendar(book, sessions))
    elif as_json:
        print_json(sessions)
    else:
        sys.stdout.write(schedule_to_plain(book, sessions))
