"""The command line: one command parses, calls one function and prints. Results on stdout, messages on stderr.

Exit codes: 0 done, 1 could not, 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from studygroup import (  # noqa: F401 - they join the app
    __version__,
    catalogue_commands,
    history_commands,
    ledger_commands,
    message_commands,
    page_commands,
    record_commands,
    web_commands,
)
from studygroup.console import (
    By,
    DryRun,
    Json,
    SessionId,
    WorkbookDir,
    app,
    member_app,
    open_workbook,
    print_json,
    print_rows,
    saved,
    say,
    show_rehearsed,
    warn_of_records,
    who_enters,
)
from studygroup.errors import StudygroupError
from studygroup.text import comparable, did_you_mean, make_id, plain_list
from studygroup.workbook import find_workbook

# What typer answers for a Ctrl-C.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets its escape instead of an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except StudygroupError as error:
        say(f"studygroup: {error}")
        code = 1
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        say(f"studygroup: {error.filename or 'The output'}: {error.strerror or error}.")
        code = 1
    except Exception as error:
        # click's own errors know how to show themselves; anything else is a defect of ours, told in a sentence all the same.
        show = getattr(error, "show", None)
        if show is not None:
            show()
            code = getattr(error, "exit_code", 2)
        else:
            if os.environ.get("STUDYGROUP_DEBUG"):
                raise
            say(f"studygroup: {type(error).__name__}: {error}. This should not happen; STUDYGROUP_DEBUG=1 shows where.")
            code = 1
    if code == _INTERRUPTED:
        say("studygroup: Interrupted. What was there before is as it was.")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    workbook: WorkbookDir = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and leave.")
    ] = False,
) -> None:
    context.obj = workbook


@app.command()
def agenda(context: typer.Context, session: SessionId = "", as_json: Json = False, workbook: WorkbookDir = None) -> None:
    """Write a session's agenda: notebook, HTML page and Markdown.

    Example: studygroup agenda --session 2026-11-27
    """
    from studygroup.publish.agenda_run import make_agenda_page

    book = open_workbook(context, workbook)
    generated, made = make_agenda_page(book, session or None, progress=sys.stderr.isatty())
    warn_of_records(book)
    for copy in generated.kept:
        say(f"Somebody had edited an earlier page; it is kept as {copy}")
    if as_json:
        from studygroup.meeting.agenda import agenda_of

        print_json({"session": made, "files": generated.files, "agenda": agenda_of(book, made)})
    else:
        for file in generated.files:
            print(file)


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
    from studygroup.show import TABLES, read_table, to_csv, to_plain

    if as_csv and as_json:
        raise typer.BadParameter("choose one of --csv and --json")
    if table not in TABLES:
        raise typer.BadParameter(f"there is no table {table!r}{did_you_mean(table, TABLES)}; there are {plain_list(TABLES)}")
    book = open_workbook(context, workbook)
    frame = read_table(book, table)
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
    from studygroup.meeting.calendar import calendar_sessions, to_calendar
    from studygroup.show import schedule_to_plain, sessions_from

    if as_ics and as_json:
        raise typer.BadParameter("choose one of --ics and --json")
    if first and last and first > last:
        raise typer.BadParameter(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    if every and (first or last):
        raise typer.BadParameter("choose one of --all and days")
    book = open_workbook(context, workbook)
    sessions = calendar_sessions(book) if every else sessions_from(book, first and first.date(), last and last.date())
    if as_ics:
        sys.stdout.flush()
        sys.stdout.buffer.write(to_calendar(book, sessions))
    elif as_json:
        print_json(sessions)
    else:
        sys.stdout.write(schedule_to_plain(book, sessions))


@app.command()
def check(
    context: typer.Context,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Move lines that are no records to records/quarantine/; nothing is deleted."),
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Check settings, catalogue and records; print everything wrong, with where. Exit code 1 when there is an error.

    Example: studygroup check
    """
    from studygroup.check import check_workbook, fix_workbook

    folder = workbook or context.obj or find_workbook(Path.cwd())
    for done in fix_workbook(folder) if fix else ():
        say(str(done))
    problems = check_workbook(folder)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            print(problem)
        rest = len(problems) - errors
        say(f"{errors} error{'s' * (errors != 1)}, {rest} to look at" if problems else "All is well.")
    raise typer.Exit(1 if errors else 0)


@app.command()
def sync(
    context: typer.Context,
    with_removals: Annotated[
        bool, typer.Option("--with-removals", help="Also share that records were removed, as after forget.")
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Share the workbook through git: commit what was entered, take in what others entered, send ours.

    Only sessions/ is committed, and nothing is ever forced.

    Example: studygroup sync
    """
    from studygroup.sync import sync as share

    # Settings that a merge left with conflict markers are no reason not to share.
    folder = find_workbook(workbook or context.obj or Path.cwd())
    done = share(folder, say=say if sys.stderr.isatty() else lambda line: None, removals=with_removals)
    if as_json:
        print_json(done)
    else:
        print(done)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that does not exist yet, or is empty.")],
    name: Annotated[str, typer.Option(help="The group's name; else the folder's.")] = "",
    weekday: Annotated[str, typer.Option(help="When it meets: monday to sunday.")] = "friday",
    time: Annotated[str, typer.Option(help="At what local time: 19:00.")] = "19:00",
    zone: Annotated[str, typer.Option(help="In which IANA time zone: Europe/Berlin.")] = "UTC",
) -> None:
    """Make a fresh workbook of one's own.

    Example: studygroup new papers --name "Paper club" --weekday tuesday --time 18:30 --zone Europe/Berlin
    """
    from studygroup.starter import new_workbook

    made = new_workbook(folder, name=name, weekday=weekday, time=time, zone=zone, today=date.today())
    print(made)
    say(
        f"Next: cd {folder}\n"
        '      studygroup member add "Your Name" --facilitator\n'
        "      studygroup import LIST.md, then name it as syllabus in pyproject.toml\n"
        "      studygroup agenda"
    )


@member_app.command("add")
def member_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name that pages show.")],
    facilitator: Annotated[bool, typer.Option("--facilitator", help="With a facilitator's rights.")] = False,
    guest: Annotated[bool, typer.Option("--guest", help="A guest, a member for one session.")] = False,
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "",
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Add somebody to the roster, or welcome back who had left; prints the member's id.

    Example: studygroup member add "Zoë O'Brien-李" --zone Europe/Dublin
    """
    book = open_workbook(context, workbook, dry_run)
    role = "facilitator" if facilitator else "member"
    if (not book.people and by in {name, make_id(name)}) or comparable(by) == comparable(name):
        by = ""  # whoever adds themselves is not on the roster yet
    person = book.add_person(name, by=who_enters(book, by, missing_ok=True), role=role, zone=zone, guest=guest)
    print(person.member)
    show_rehearsed(book)


@member_app.command("leave")
def member_leave(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; else today.")] = None,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record that somebody leaves; what they entered stays.

    Example: studygroup member leave ada --on 2026-12-31
    """
    book = open_workbook(context, workbook, dry_run)
    day = on.date() if on else book.today()
    person = book.change_person(member, by=who_enters(book, by, missing_ok=True), left=day)
    saved(book, f"{person.name} leaves on {day}")


@member_app.command("rename")
def member_rename(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    name: Annotated[str, typer.Argument(help="The new name; the id stays.")],
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Change the name that pages show.

    Example: studygroup member rename ada "Ada King"
    """
    book = open_workbook(context, workbook, dry_run)
    person = book.change_person(member, by=who_enters(book, by, missing_ok=True), name=name)
    saved(book, f"{person.member} is now called {person.name}")


@member_app.command("export")
def member_export(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    workbook: WorkbookDir = None,
) -> None:
    """Print everything that is held about somebody, as JSON: what they typed, what names them, texts that mention them.

    Example: studygroup member export ada > ada.json
    """
    from studygroup.forget import held_about

    print_json(held_about(open_workbook(context, workbook), member))


@app.command()
def me(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Your id or name on the roster; without it, who you are here is printed.")] = "",
    workbook: WorkbookDir = None,
) -> None:
    """Say once who you are in this folder: notebooks and commands then enter as you. Git does not see it.

    Example: studygroup me "Zoë O'Brien-李"
    """
    from studygroup.identity import note_me, who_am_i

    book = open_workbook(context, workbook)
    member = note_me(book, name) if name else who_am_i(book)
    print(member)


@app.command("forget")
def forget_member(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    backup: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the backup goes, outside the workbook; else beside it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    workbook: WorkbookDir = None,
) -> None:
    """Replace a person's name and texts everywhere by a pseudonym; counts stay. git's history is not covered.

    Writes a backup first. Records that a later merge brings back are scrubbed when they are read.

    Example: studygroup forget ada --dry-run
    """
    from studygroup.forget import back_up, forget, plan_farewell

    book = open_workbook(context, workbook)
    farewell = plan_farewell(book, member)
    folder = (backup or book.folder.parent).resolve()
    if folder == book.folder or book.folder in folder.parents:
        raise typer.BadParameter("the backup holds what is to be forgotten; name a folder outside the workbook")
    print(f"{farewell}\n  A backup of all that was entered goes to {folder} first.")
    if dry_run:
        return
    if not yes and not typer.confirm("Go on?"):
        raise typer.Abort
    kept = back_up(book, folder)
    for done in forget(book, farewell):
        say(str(done))
    say(f"The backup is {kept}. When nothing is missing, delete it: rm {shlex.quote(str(kept))}")
    if any((book.folder / "sessions").glob("*/records/*.jsonl")):
        say("Then share the change: studygroup sync --with-removals")


if __name__ == "__main__":
    main()
