"""The command line: one command parses, calls one function and prints. Results on stdout, messages on stderr.

Exit codes: 0 done, 1 could not, 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from studygroup import __version__
from studygroup.errors import StudygroupError
from studygroup.text import comparable, did_you_mean, make_id, plain_list
from studygroup.workbook import Workbook, find_workbook

app = typer.Typer(
    name="studygroup",
    help="Run a weekly reading group: list, plan, agenda, attendance.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
member_app = typer.Typer(help="The roster: add, leave, rename.", no_args_is_help=True, rich_markup_mode=None)
record_app = typer.Typer(help="Enter a record: plan, close, attendance, reading.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(member_app, name="member")
app.add_typer(record_app, name="record")

WorkbookDir = Annotated[
    Path | None,
    typer.Option("--workbook", metavar="DIR", help="The workbook's folder; else found upwards from the current one."),
]
SessionId = Annotated[
    str, typer.Option("--session", metavar="DATE", help="The session's id, its date; else the one under way or next.")
]
By = Annotated[
    str, typer.Option("--by", metavar="MEMBER", envvar="STUDYGROUP_MEMBER", help="Who enters this; else the one facilitator.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


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
        _say(f"studygroup: {error}")
        code = 1
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        _say(f"studygroup: {error.filename or 'The output'}: {error.strerror or error}.")
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
            _say(f"studygroup: {type(error).__name__}: {error}. This should not happen; STUDYGROUP_DEBUG=1 shows where.")
            code = 1
    if code == _INTERRUPTED:
        _say("studygroup: Interrupted. What was there before is as it was.")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _print_json(value: Any) -> None:
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value, enc_hook=_to_plain), indent=2).decode())


def _to_plain(value: Any) -> Any:
    """Return what JSON has for a value that it does not know: a day or an instant in ISO 8601, else the text of it."""
    if hasattr(value, "tz") and hasattr(value, "to_pydatetime"):
        return value.isoformat().replace("+00:00", "Z") if value.tz else value.date().isoformat()
    return str(value)


def _print_rows(frame: Any) -> None:
    _print_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def _open(context: typer.Context, folder: Path | None) -> Workbook:
    return Workbook.open(folder or context.obj)


def _warn_of_records(book: Workbook) -> None:
    """Say on standard error when records could not be used, as what is shown lacks them."""
    if errors := sum(problem.severity == "error" for problem in book.journal.problems):
        _say(f"{errors} part{'s' * (errors != 1)} of the records could not be used; `studygroup check` says where and why.")


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

    book = _open(context, workbook)
    generated, made = make_agenda_page(book, session or None, progress=sys.stderr.isatty())
    _warn_of_records(book)
    for copy in generated.kept:
        _say(f"Somebody had edited an earlier page; it is kept as {copy}")
    if as_json:
        from studygroup.meeting.agenda import agenda_of

        _print_json({"session": made, "files": generated.files, "agenda": agenda_of(book, made)})
    else:
        for file in generated.files:
            print(file)


@app.command("import")
def import_lists(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown reading lists.")],
    name: Annotated[str, typer.Option("--list", metavar="NAME", help="The list's name; else the file's.")] = "",
    base_url: Annotated[str, typer.Option(help="Address that relative links start from.")] = "",
    facts: Annotated[bool, typer.Option("--facts", help="Leave sentences out: keep titles, links, names, numbers.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show what would come of it.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Import reading lists into the catalogue.

    Example: studygroup import README.md --list papers --dry-run
    """
    from studygroup.catalogue.exchange import import_files, to_json

    folder = workbook or context.obj
    folder = Workbook.open(folder).folder if folder or not dry_run else _workbook_or_none()
    result = import_files(folder, files, name=name, base_url=base_url, facts=facts, write=not dry_run)
    if as_json:
        print(to_json(result))
        return
    for reading_list in result.lists:
        for problem in reading_list.problems:
            _say(str(problem))
    print(result.summary(dry_run))


def _workbook_or_none() -> Path | None:
    """Return the workbook around the current folder; a dry run needs none."""
    try:
        return find_workbook(Path.cwd())
    except StudygroupError:
        return None


@app.command()
def same(
    context: typer.Context,
    kept: Annotated[str, typer.Argument(help="The item's id that stays.")],
    gone: Annotated[str, typer.Argument(help="The id of the item that goes into it.")],
    workbook: WorkbookDir = None,
) -> None:
    """Join two items that are one work; links, entries and what members entered go along.

    Example: studygroup same lora-low-rank-adaptation lora
    """
    from studygroup.catalogue.decisions import join

    book = _open(context, workbook)
    join(book.catalogue, kept, gone).write(book.folder)
    _say(f"{gone} is now {kept}; lists/same.csv remembers it.")


@app.command()
def different(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="An item's id.")],
    other: Annotated[str, typer.Argument(help="Another item's id.")],
    workbook: WorkbookDir = None,
) -> None:
    """Keep two items apart for good: imports neither join nor suggest them.

    Example: studygroup different dolly dolly-2
    """
    from studygroup.catalogue.decisions import keep_apart

    book = _open(context, workbook)
    keep_apart(book.catalogue, one, other).write(book.folder)
    _say(f"{one} and {other} stay two items; lists/different.csv remembers it.")


@app.command()
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words of a title, an author, a section.")],
    limit: Annotated[int, typer.Option(min=1, help="How many items at the most.")] = 20,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Find items in the catalogue, the best first.

    Example: studygroup search low rank adaptation
    """
    from studygroup.journal.tables import rows

    found = _open(context, workbook).catalogue.search(" ".join(words), limit)
    if as_json:
        _print_rows(found)
        return
    for row in rows(found.astype({"year": "Int64"}).astype(object).where(found.notna(), None)):
        print(f"{row.id}\n    {row.title}{f' ({row.year})' if row.year else ''}\n    {row.url}")
    if found.empty:
        _say("Nothing was found; try fewer words, or the beginning of one.")


@app.command()
def show(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="items, syllabus, sessions, people, plans, closes, attendance or reading.")],
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
    book = _open(context, workbook)
    frame = read_table(book, table)
    _warn_of_records(book)
    if as_json:
        _print_rows(frame)
    else:
        sys.stdout.write(to_csv(frame) if as_csv else to_plain(frame))


@app.command()
def schedule(
    context: typer.Context,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; else today.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; else half a year on.")] = None,
    as_ics: Annotated[bool, typer.Option("--ics", help="Print an iCalendar file, with what was cancelled and moved.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Print when the group meets, in every zone of its settings.

    Example: studygroup schedule --ics > calendar.ics
    """
    from studygroup.show import schedule_to_ics, schedule_to_plain, sessions_from

    if as_ics and as_json:
        raise typer.BadParameter("choose one of --ics and --json")
    if first and last and first > last:
        raise typer.BadParameter(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    book = _open(context, workbook)
    sessions = sessions_from(book, first and first.date(), last and last.date())
    if as_ics:
        sys.stdout.flush()
        sys.stdout.buffer.write(schedule_to_ics(book, sessions))
    elif as_json:
        _print_json(sessions)
    else:
        sys.stdout.write(schedule_to_plain(book, sessions))


@app.command()
def check(context: typer.Context, as_json: Json = False, workbook: WorkbookDir = None) -> None:
    """Check settings, catalogue and records; print everything wrong, with where. Exit code 1 when there is an error.

    Example: studygroup check
    """
    from studygroup.check import check_workbook

    folder = workbook or context.obj or find_workbook(Path.cwd())
    problems = check_workbook(folder)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        _print_json(problems)
    else:
        for problem in problems:
            print(problem)
        rest = len(problems) - errors
        _say(f"{errors} error{'s' * (errors != 1)}, {rest} to look at" if problems else "All is well.")
    raise typer.Exit(1 if errors else 0)


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
    _say(
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
    workbook: WorkbookDir = None,
) -> None:
    """Add somebody to the roster, or welcome back who had left; prints the member's id.

    Example: studygroup member add "Zoë O'Brien-李" --zone Europe/Dublin
    """
    book = _open(context, workbook)
    role = "facilitator" if facilitator else "member"
    if (not book.people and by in {name, make_id(name)}) or comparable(by) == comparable(name):
        by = ""  # whoever adds themselves is not on the roster yet
    person = book.add_person(name, by=_who(book, by, missing_ok=True), role=role, zone=zone, guest=guest)
    print(person.member)


@member_app.command("leave")
def member_leave(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; else today.")] = None,
    by: By = "",
    workbook: WorkbookDir = None,
) -> None:
    """Record that somebody leaves; what they entered stays.

    Example: studygroup member leave ada --on 2026-12-31
    """
    book = _open(context, workbook)
    day = on.date() if on else book.today()
    person = book.change_person(member, by=_who(book, by, missing_ok=True), left=day)
    _saved(book, f"{person.name} leaves on {day}")


@member_app.command("rename")
def member_rename(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    name: Annotated[str, typer.Argument(help="The new name; the id stays.")],
    by: By = "",
    workbook: WorkbookDir = None,
) -> None:
    """Change the name that pages show.

    Example: studygroup member rename ada "Ada King"
    """
    book = _open(context, workbook)
    person = book.change_person(member, by=_who(book, by, missing_ok=True), name=name)
    _saved(book, f"{person.member} is now called {person.name}")


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
    workbook: WorkbookDir = None,
) -> None:
    """Plan a session: what it reads, who does what, when it is. What is not named stays as it was planned.

    Example: studygroup record plan --session 2026-11-27 --step 1 --presenter ada
    """
    from studygroup.meeting.planning import plan_session

    book = _open(context, workbook)
    named = {key: who for key, who in (("presenter", presenter), ("scribe", scribe)) if who is not None}
    for text in role or ():
        key, equals, member = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"--role {text}: write ROLE=MEMBER, such as presenter=ada")
        named[key.strip()] = member.strip()
    plan = plan_session(
        book,
        session,
        by=_who(book, by),
        steps=step or (),
        entries=entry or (),
        items=item or (),
        roles=named,
        start=start,
        length_min=length,
        cancelled=cancel,
        why=why,
    )
    _saved(book, f"plan of {plan.session}")


@record_app.command("close")
def record_close(
    context: typer.Context,
    session: SessionId = "",
    finished: Annotated[list[int] | None, typer.Option(help="A step that was finished; else all that were read.")] = None,
    continues: Annotated[list[int] | None, typer.Option(help="A step that continues next time; may be repeated.")] = None,
    by: By = "",
    workbook: WorkbookDir = None,
) -> None:
    """Close a session: what was finished, what continues. Without a plan, what its agenda read is recorded as planned.

    Without --session: the one under way, else the last one that is still to be closed.

    Example: studygroup record close --session 2026-11-27 --continues 1
    """
    from studygroup.meeting.planning import close_session

    book = _open(context, workbook)
    close = close_session(book, session, by=_who(book, by), finished=finished or (), continues=continues or ())
    _saved(book, f"close of {close.session}; finished: {len(close.finished)}, continues: {len(close.continues)}", close.session)


@record_app.command("attendance")
def record_attendance(
    context: typer.Context,
    member: Annotated[list[str], typer.Option(help="A member's id or name; may be repeated.")],
    state: Annotated[str, typer.Option(help="present, late, left_early, absent or excused.")] = "present",
    session: SessionId = "",
    by: By = "",
    workbook: WorkbookDir = None,
) -> None:
    """Record who was there. Without --session: the session under way, else the last one that is still to be closed.

    Example: studygroup record attendance --member ada --member bo --state present
    """
    book = _open(context, workbook)
    members = [book.member(wanted) for wanted in member]
    author = _who(book, by, about=members)
    which = session or book.session_to_record()
    for one in members:
        book.enter("attendance", by=author, session=which, member=one, state=state)
        _saved(book, f"{book.people[one].name} {state} on {which}", which)


@record_app.command("reading")
def record_reading(
    context: typer.Context,
    member: Annotated[str, typer.Option(help="The member's id or name.")],
    item: Annotated[str, typer.Option(help="The item's id.")],
    status: Annotated[str, typer.Option(help="unread, reading, skimmed, read or skipped.")] = "read",
    by: By = "",
    workbook: WorkbookDir = None,
) -> None:
    """Record how far a member is with an item.

    Example: studygroup record reading --member ada --item lora-low-rank-adaptation --status read
    """
    book = _open(context, workbook)
    who = book.member(member)
    # In a member's own clone it is the member who types, so that two clones never write to one file.
    book.enter("reading", by=book.member(by) if by else who, member=who, item=item, status=status)
    _saved(book, f"{book.people[who].name}: {item} {status}")


def _who(book: Workbook, by: str, about: list[str] | None = None, missing_ok: bool = False) -> str:
    """Return the member who enters a record: who was named, else the one facilitator, else the one it is about."""
    if by:
        return book.member(by)
    if len(book.facilitators) == 1:
        return book.facilitators[0]
    if about and len(set(about)) == 1:
        return about[0]
    if missing_ok:
        return ""
    raise typer.BadParameter(
        "say who enters this: --by MEMBER, or set STUDYGROUP_MEMBER"
        if book.people
        else 'add yourself first: studygroup member add "Your Name" --facilitator'
    )


def _saved(book: Workbook, what: str, session: str = "") -> None:
    """Say that a record is on the disk; ``session`` is the one it tells the end of, which may not have begun."""
    now = book.clock()
    early = session and book.schedule.find(session).start > now
    _say(f"Saved {now:%H:%M:%S} UTC: {what}{' (it has not begun yet)' if early else ''}")


if __name__ == "__main__":
    main()
