"""The commands that print tables: everything entered, the ledger of questions and actions, ballots, surveys, turns, and when the group meets."""

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
    go_ahead,
    open_workbook,
    print_json,
    print_rows,
    saved,
    say,
    warn_of_records,
    who_enters,
)
from studygroup.errors import RecordError
from studygroup.text.text import did_you_mean, plain_list, to_date, to_short_day
from studygroup.workbook.identity import known_member
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    import pandas as pd

    from studygroup.meeting.choose.ballots import BallotView
    from studygroup.meeting.choose.surveys import SurveyView


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
    """Print the open questions and actions.

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
    from studygroup.meeting.before.session_questions import ledger_responses
    from studygroup.meeting.facts.ledger_tables import ledger_actions, ledger_questions

    who = book.member(member) if member else ""
    about = book.catalogue.item(item).id if item else ""
    asked = ledger_questions(book, member=who, item=about, every=every)
    todo = ledger_actions(book, member=who, every=every) if not about else None
    own = None if who or about else ledger_responses(book, known_member(book))
    if as_json:
        found = {"questions": asked} | ({} if todo is None else {"actions": todo})
        found |= {} if own is None else {"session_questions": own}
        print_json({name: frame.to_dict("records") for name, frame in found.items()})
        return
    if not asked["me_too"].any():
        asked = asked.drop(columns="me_too")
    if not every:
        asked, todo = (
            asked.drop(columns=["answers", "closed", "closed_by"]),
            todo if todo is None else todo.drop(columns="done_on"),
        )
    for name, frame in (("question about this session’s papers", own), ("question", asked), ("action", todo)):
        if frame is not None and (frame is not own or len(own)):
            say(_counted(name, frame))
            sys.stdout.write(to_plain(frame, widest=60) if len(frame) else "")


def _counted(name: str, frame: pd.DataFrame) -> str:
    noun, *rest = name.split(" ", 1)
    return " ".join([f"{len(frame) or 'No'} {noun}{'s' * (len(frame) != 1)}", *rest])


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
    ballot: Annotated[str, typer.Argument(help="A ballot's id, or the end of it. Default: all of them.")] = "",
    close: Annotated[
        bool, typer.Option("--close", help="Close the ballot now and record its result; without an id, the one that is open.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print the ballots. Open ones say how many have voted, the others their results; votes are secret until a ballot closes.

    Example: studygroup ballots
    """
    from studygroup.meeting.choose import ballots as choosing

    book = open_workbook(context, workbook, dry_run)
    if close:
        found = choosing.find_ballot(book, ballot)
        if dry_run and found.is_open:
            # Its result would be known before it is closed.
            who_enters(book, by)
            say(f"Would be closed: the ballot on which {len(found.voters)} of {len(found.electors)} members have voted.")
            return
        ballot = found.id
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
    """Return a ballot without who voted for what: counts, and once it has closed its results."""
    options = [{"item": one.item, "title": one.title} for one in view.options]
    known = {"id": view.id, "session": view.session, "rule": view.rule, "quorum": view.quorum, "options": options}
    return {**known, "until": view.until, "voted": len(view.voters), "electors": len(view.electors), "result": view.outcome}


def _ballot_to_plain(book: Workbook, view: BallotView) -> str:
    """Return a ballot in a few lines."""
    from studygroup.meeting.choose.ballots import RULE_NAMES, late_voters

    local = (view.outcome.closed if view.outcome else view.until).astimezone(ZoneInfo(book.slots[-1].zone))
    lines = [f"{view.id}  {'open until' if view.is_open else 'closed'}  {to_short_day(local)}, {local:%H:%M %Z}"]
    if view.outcome is None:
        lines.append(f"  {RULE_NAMES[view.rule]}: {len(view.voters)} of {len(view.electors)} members have voted")
        lines += [f"  - {one.item}  {one.title}" for one in view.options]
        return "\n".join(lines)
    if view.outcome.winner:
        lines.append(f"  Chosen: {view.outcome.winner} ({view.outcome.item})")
    lines.append(f"  {view.outcome}")
    if late := late_voters(book, view.id):
        came = "it" if len(late) == 1 else "they"
        lines.append(
            f"  Not counted, as {came} came after the result was recorded: the vote{'s' * (len(late) != 1)} of {plain_list(late)}"
        )
    return "\n".join(lines)


@app.command()
def times(
    context: typer.Context,
    survey: Annotated[str, typer.Argument(help="A survey's id, or the end of it. Default: all of them.")] = "",
    choose: Annotated[
        int | None,
        typer.Option(
            "--choose", metavar="NUMBER", min=1, max=5, help="Choose this one of the times, and record that you meet then."
        ),
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], help="With --choose: the first day of the new usual time. Default: the survey's."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask, also where a planned or a past session changes.")] = False,
    by: By = "",
    dry_run: DryRun = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print the surveys about when you can meet. Each shows who has answered, and the five times that suit most. `studygroup record survey` opens one.

    Example: studygroup times

    Example: studygroup times --choose 1
    """
    from studygroup.meeting.choose import surveys

    if first and not choose:
        raise typer.BadParameter("--from goes with --choose")
    book = open_workbook(context, workbook, dry_run)
    if choose:
        _choose_time(book, surveys.find_survey(book, survey), choose, first, yes=yes or dry_run, by=by)
        return
    shown = [surveys.find_survey(book, survey)] if survey else surveys.surveys(book)
    warn_of_records(book)
    reader = known_member(book)
    with_names = not reader or reader in book.facilitators
    if as_json:
        print_json([_survey_to_json(one, with_names=with_names) for one in shown])
        return
    for one in shown:
        print(_survey_to_plain(book, one, with_names=with_names))
    if not shown:
        say("No survey was opened yet. To ask when members can meet: studygroup record survey")


def _choose_time(book: Workbook, view: SurveyView, number: int, first: datetime | None, *, yes: bool, by: str) -> None:
    """Record that the group meets at one of a survey's times."""
    from studygroup.group.slot import slot_in_words
    from studygroup.journal.types.records import SlotRule
    from studygroup.meeting.before.chosen_time import choose_time, question_before
    from studygroup.meeting.choose.surveys import find_survey

    if not view.is_open:
        raise RecordError(f"A time was chosen before. {view.outcome}")
    if number > len(view.best):
        known = f"there {'is' if len(view.best) == 1 else 'are'} {len(view.best)}" if view.best else "no one has answered yet"
        raise typer.BadParameter(f"there is no time {number}; {known}")
    if first and view.moves:
        raise typer.BadParameter("--from is for a new usual time; this survey moves one session")
    start, author, valid_from = view.best[number - 1].start, who_enters(book, by), first.date() if first else None
    if question := question_before(book, view, start, valid_from):
        go_ahead(question, yes, "the group meets as before")
    made = choose_time(book, view, start, by=author, valid_from=valid_from)
    if isinstance(made, SlotRule):
        saved(book, f"{slot_in_words(made.slot)}, from {to_date(made.valid_from)} on")
    else:
        saved(book, find_survey(book, view.id).outcome)


def _survey_to_json(view: SurveyView, *, with_names: bool) -> dict[str, object]:
    """Return a survey; who can when only ``with_names``."""
    known = {"id": view.id, "moves": view.moves, "first": view.first, "length_min": view.length_min, "zone": view.zone}
    times = view.best if with_names else [{"start": one.start, "suits": one.counts()} for one in view.best]
    return {**known, "answered": len(view.answered), "members": len(view.members), "times": times, "chosen": view.chosen}


def _survey_to_plain(book: Workbook, view: SurveyView, *, with_names: bool) -> str:
    """Return a survey in a few lines."""
    names = {member: person.name for member, person in book.people.items()}
    lines = [f"{view.id}  {'open' if view.is_open else 'closed'}  {view.about}, {view.length_min} minutes"]
    if view.outcome:
        return "\n".join([*lines, f"  {view.outcome}"])
    lines.append(f"  {len(view.answered)} of {len(view.members)} members have answered")
    for number, one in enumerate(view.best, start=1):
        lines.append(
            f"  {number}. {to_short_day(one.start)}, {one.start:%H:%M %Z}: {one.reason(names) if with_names else one.counts()}"
        )
        clocks = ", ".join(f"{time.city} {time.weekday[:3] + ' ' if time.other_day else ''}{time.time}" for time in one.clocks)
        lines.append(f"     {clocks}")
        lines += [f"     {shift}" for shift in one.shifts_in_words(names if with_names else None)]
    return "\n".join(lines)


@app.command()
def rotation(
    context: typer.Context,
    sessions: Annotated[int, typer.Option(min=1, max=104, help="How many sessions ahead.")] = 12,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print who has which role in the coming sessions. For each open role it says whose turn it is, and why.

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
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. Default: half a year from now.")
    ] = None,
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
