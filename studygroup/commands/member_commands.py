"""The commands for people: the roster, who you are here, and what is held about someone."""

from __future__ import annotations

import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from studygroup.commands.console import (
    By,
    DryRun,
    Json,
    WorkbookDir,
    app,
    member_app,
    open_workbook,
    print_json,
    print_rows,
    saved,
    say,
    show_rehearsed,
    who_enters,
)
from studygroup.errors import RecordError
from studygroup.storage.shared_files import find_files
from studygroup.text.text import comparable, make_id, or_list
from studygroup.workbook.workbook import Workbook


@member_app.command("add")
def member_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name that pages show.")],
    facilitator: Annotated[bool, typer.Option("--facilitator", help="With a facilitator's rights.")] = False,
    guest: Annotated[bool, typer.Option("--guest", help="A guest, a member for one session.")] = False,
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The first day as a member. Default: today, or the first session they attended."
        ),
    ] = None,
    new_person: Annotated[
        bool, typer.Option("--new-person", help="Add them although someone on the roster has nearly the same name.")
    ] = False,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Add someone to the roster, or welcome back someone who left. Prints the member's id.

    Example: studygroup member add "Zoë O'Brien-李" --zone Europe/Dublin --since 2026-09-01
    """
    book = open_workbook(context, workbook, dry_run)
    role = "facilitator" if facilitator else "member"
    if (not book.people and by in {name, make_id(name)}) or comparable(by) == comparable(name):
        by = ""  # whoever adds themselves is not on the roster yet
    if not new_person:
        name = _whom(book, name)
    author, day = who_enters(book, by, missing_ok=True), since.date() if since else None
    person = book.add_person(name, by=author, role=role, zone=zone, guest=guest, since=day)
    print(person.member)
    show_rehearsed(book)


@member_app.command("joined")
def member_joined(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    on: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The first day as a member.")],
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Correct since when someone has been a member. Reports of sessions since then count them.

    Example: studygroup member joined ada 2026-09-01
    """
    book = open_workbook(context, workbook, dry_run)
    person = book.change_person(member, by=who_enters(book, by, missing_ok=True), joined=on.date())
    saved(book, f"{person.name} has been a member since {on.date()}")


def _whom(book: Workbook, name: str) -> str:
    """Return the name to add: as typed, or that of the person who was meant; where no one can answer, it must be said."""
    for person in book.people_like(name):
        if not sys.stdin.isatty():
            raise RecordError(
                f'Is {name} {person.name} ({person.member}), who is on the roster? If so, write "{person.name}". For someone else, '
                "add --new-person."
            )
        if typer.confirm(f"Is {name} {person.name} ({person.member})?"):
            return person.name
    return name


@member_app.command("list")
def member_list(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Also those who left, and guests of earlier sessions; it says who is a guest.")
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """List who is on the roster today. Each has the id that commands take.

    Example: studygroup member list
    """
    from studygroup.commands.show import read_table, to_plain

    book = open_workbook(context, workbook)
    today, people = book.today(), read_table(book, "people")
    shown = people if every else people[[book.roster.is_here(member, today) for member in people["member"]]]
    shown = shown.sort_values("name", key=lambda names: names.str.casefold(), kind="stable")
    if as_json:
        print_rows(shown)
    elif shown.empty:
        say('No one is on the roster. Add yourself first: studygroup member add "Your Name" --facilitator')
    else:
        print(to_plain(shown[["name", "member", "role", "zone", "joined", *(["left", "guest"] if every else [])]]), end="")


@member_app.command("leave")
def member_leave(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day. Default: today.")] = None,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Record that someone leaves; what they entered stays.

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
    anyway: Annotated[bool, typer.Option("--anyway", help="Although someone else has nearly the same name.")] = False,
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Change the name that pages show.

    Example: studygroup member rename ada "Ada King"
    """
    book = open_workbook(context, workbook, dry_run)
    like = [] if anyway else book.people_like(name, but=book.member(member))
    if like:
        told = f"{name} is nearly the name of {or_list(f'{person.name} ({person.member})' for person in like[:3])}."
        if not sys.stdin.isatty():
            raise RecordError(f"{told} To give it anyway, add --anyway.")
        typer.confirm(f"{told} Give it to {member} anyway?", abort=True)
    person = book.change_person(member, by=who_enters(book, by, missing_ok=True), name=name)
    saved(book, f"{person.member} is now called {person.name}")


@member_app.command("export")
def member_export(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    workbook: WorkbookDir = None,
) -> None:
    """Print everything that the workbook has about someone, as JSON. It has what they typed, what names them, and texts that mention them.

    Their votes on ballots that are still open are in it only where `studygroup me` says that it is they who ask.

    Example: studygroup member export ada > ada.json
    """
    from studygroup.journal.current.electorate import is_closed
    from studygroup.workbook.forget import held_about
    from studygroup.workbook.identity import known_member

    book = open_workbook(context, workbook)
    held = held_about(book, member)
    if known_member(book) != held["member"]:
        secret = [one for one in held["typed"] if one["type"] == "vote" and not is_closed(book, one["ballot"], book.clock())]
        held["typed"] = [one for one in held["typed"] if one not in secret]
        if secret:
            say(f"Left out until the ballot closes, as votes are secret: {len(secret)}.")
    print_json(held)


@app.command()
def me(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Your id or name on the roster. Without it, prints who you are here.")] = "",
    workbook: WorkbookDir = None,
) -> None:
    """Set who you are in this folder. Notebooks and commands then enter as you; git does not see it.

    Example: studygroup me "Zoë O'Brien-李"
    """
    from studygroup.workbook.identity import note_me, who_am_i

    book = open_workbook(context, workbook)
    member = note_me(book, name) if name else who_am_i(book)
    print(member)


@app.command("forget")
def forget_member(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id or name.")],
    backup: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the backup goes, outside the workbook. Default: beside it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    workbook: WorkbookDir = None,
) -> None:
    """Replace a person's name and texts by a pseudonym everywhere. Counts stay; git's history is not covered.

    Writes a backup first. Records that a later merge brings back are scrubbed when they are read.

    Example: studygroup forget ada --dry-run
    """
    from studygroup.workbook.forget import back_up, forget, plan_erasure

    book = open_workbook(context, workbook)
    erasure = plan_erasure(book, member)
    folder = (backup or book.folder.parent).resolve()
    if folder == book.folder or book.folder in folder.parents:
        raise typer.BadParameter("the backup contains what is to be forgotten; name a folder outside the workbook")
    print(f"{erasure}\n  A backup of all that was entered goes to {folder} first.")
    if dry_run:
        return
    if not yes and not typer.confirm("Go on?"):
        raise typer.Abort
    kept = back_up(book, folder)
    for done in forget(book, erasure):
        say(str(done))
    _forget_links(book, erasure.member)
    say(f"The backup is {kept}. When nothing is missing, delete it: rm {shlex.quote(str(kept))}")
    if find_files(book.folder, "sessions", "*", "records", "*.jsonl"):
        say("Then share the change: studygroup sync --with-removals")


def _forget_links(book: Workbook, member: str) -> None:
    """Take a member out of the invite links that were made in this folder."""
    try:
        from studygroup.web.visitors.member_links import served_links_of
    except ModuleNotFoundError:
        return
    if links := served_links_of(book):
        links.forget(member)
        say(".studygroup/web/links.sqlite: their invite link was taken out")
