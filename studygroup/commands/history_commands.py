"""Commands on what was entered: history, undo, copy."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.commands.console import (
    By,
    DryRun,
    Json,
    WorkbookDir,
    app,
    in_words,
    open_workbook,
    print_json,
    print_rows,
    saved,
    say,
    who_enters,
)
from studygroup.group.slot import slot_in_words
from studygroup.journal.types.record import PROGRAM, Record
from studygroup.journal.types.records import Plan, SlotRule, Vote, Withdraw
from studygroup.text.text import to_short_day
from studygroup.workbook.identity import known_member
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    from studygroup.journal.keeping.copying import LineStore


@app.command("history")
def show_history(
    context: typer.Context,
    member: Annotated[str, typer.Option(metavar="MEMBER", help="Only what this member entered, or what is about them.")] = "",
    item: Annotated[str, typer.Option(metavar="ID", help="Only what mentions this item.")] = "",
    session: Annotated[str, typer.Option(metavar="DATE", help="Only what belongs to this session.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many records, newest first.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV that is safe to open in a spreadsheet.")] = False,
    and_on: Annotated[
        bool, typer.Option("--follow", help="Keep printing what is entered from now on; Ctrl-C ends it.")
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Show who entered what and when, newest first. It shows what an entry changed, and what was replaced or undone since.

    A line begins with the end of the entry's id, which `studygroup undo` takes, and the time in the group's zone. With --json or
    --csv, each entry has its fields.

    Example: studygroup history --item lora-low-rank-adaptation
    """
    from studygroup.commands.show import to_csv
    from studygroup.journal.keeping.history import history
    from studygroup.meeting.facts.blind import may_read, without_reasons

    book = open_workbook(context, workbook)
    who = book.member(member) if member not in {"", PROGRAM} else member
    me = known_member(book)
    records = [without_reasons(book, me, record) for record in book.records if may_read(book, me, record)]
    found = history(
        records, member=who, item=book.catalogue.item(item).id if item else "", session=book.schedule.id_of(session)
    )
    shown = found.head(limit)
    if as_json:
        print_rows(shown)
    elif as_csv:
        sys.stdout.write(to_csv(shown))
    else:
        tell = _teller(book, me)
        by_id = {record.id: record for record in records}
        for one in shown["id"]:
            print(tell(by_id[one]))
        if len(found) > limit:
            say(f"{len(found) - limit} earlier ones are left out; --limit shows more.")
        if found.empty:
            say("No matches.")
    if and_on:
        _follow(book)


def _teller(book: Workbook, reader: str) -> Callable[[Record], str]:
    """Return what tells a record in a line: the end of its id, which is enough to name it, when, and who did what."""
    from studygroup.meeting.before.meeting_times import group_zone
    from studygroup.meeting.facts.sentences import HistoryTeller

    teller, zone = HistoryTeller(book, reader), group_zone(book)

    def tell(record: Record) -> str:
        at, state = record.at.astimezone(zone), teller.state(record)
        became = f" ({state})" if state not in {"", "current"} else ""
        line = f"{record.id[-12:]}  {to_short_day(at)}, {at:%H:%M}  {teller.sentence(record)}{became}"
        return re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", line)

    return tell


def _follow(book: Workbook) -> None:
    """Print what is entered from now on, until Ctrl-C."""
    from studygroup.meeting.facts.blind import may_read

    me = known_member(book)
    # A pipe would hold back what was printed so far until there is more of it.
    sys.stdout.flush()
    try:
        for records in book.follow():
            tell = _teller(book, me)
            for record in (record for record in records if may_read(book, me, record)):
                print(tell(record), flush=True)
    except KeyboardInterrupt:
        return


@app.command()
def undo(
    context: typer.Context,
    record: Annotated[str, typer.Argument(metavar="ID", help="The record's id, as history shows it; its end is enough.")],
    by: By = "",
    dry_run: DryRun = False,
    workbook: WorkbookDir = None,
) -> None:
    """Undo an entry: what it replaced is current again. The entry stays in the history, and an undo can be undone, too.

    Example: studygroup undo 3e0f41a8b3c2
    """
    from studygroup.interface.recording import enter_again

    book = open_workbook(context, workbook, dry_run)
    found = book.find_record(record)
    author = who_enters(book, by, about=[found.by])
    if isinstance(found, Withdraw):
        again = enter_again(book, found, by=author)
        saved(book, f"entered again: {_what(book, again, author)}")
        return
    current = book.undo(found.id, by=author)
    saved(book, f"undid {_what(book, found, author, book.find_record(found.replaces) if found.replaces else None)}")
    if isinstance(found, SlotRule):
        say(f"The group meets again as before: {slot_in_words(book.slots[-1])}")
    elif current:
        say(f"Current again: {_what(book, current, author)}")
    if withdrawal := book.latest(Withdraw, found.id):
        say(f"To get it back: studygroup undo {withdrawal.id[-12:]}")


def _what(book: Workbook, record: Record, reader: str, before: Record | None = None) -> str:
    """Return a record in words: its type, what it is about, and what it says, or what it changed of the one before.

    ``reader`` is who reads it: others' votes are secret until their ballot closes.
    """
    from studygroup.meeting.before.plan_words import plan_in_words
    from studygroup.meeting.facts.blind import may_read

    if not (may_read(book, reader, record) and (before is None or may_read(book, reader, before))):
        said = "secret until the ballot closes" if isinstance(record, Vote) else "not for others to see"
    elif isinstance(record, Plan):
        said = plan_in_words(book, record, before if isinstance(before, Plan) else None)
    else:
        return f"“{in_words(book, record, reader)}”"
    titles = dict(zip(book.catalogue.items["id"], book.catalogue.items["title"], strict=True))
    names = titles | {member: person.name for member, person in book.people.items()}
    ids = {one.id for one in book.records}
    about = ", ".join(names.get(one, one) for one in record.subject if one not in ids)
    return f"{record.type.replace('_', ' ')}{f' of {about}' if about else ''} ({said or 'nothing'})"


@app.command()
def copy(
    context: typer.Context,
    to: Annotated[str, typer.Option(metavar="URL|DIR", help="A database's address, or a sessions folder.")],
    source: Annotated[
        str, typer.Option("--from", metavar="URL|DIR", help="Where from. Default: the workbook's own journal.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be copied; write nothing.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Copy the journal to another store, and check that it arrived. You can run it again at any time.

    A password is best left to the environment (PGPASSWORD, or the whole address in STUDYGROUP_STORE).

    Example: studygroup copy --to postgresql+psycopg://group@db.example.org/papers
    """
    from studygroup.journal.files.files import FilesStore
    from studygroup.journal.keeping.copying import FilesLines, copy_lines

    book = open_workbook(context, workbook)
    here = (
        _store(source)
        if source
        else (FilesLines(book.folder / "sessions") if isinstance(book.store, FilesStore) else book.store)
    )
    there = _store(to)
    done = copy_lines(here, there, dry_run)
    if as_json:
        print_json(done)
        return
    print(f"{done.lines} records, {done.new} {'would be new' if dry_run else 'new'} in {there.name}")
    if done.left_behind:
        say(f"{done.left_behind} lines aren't records and are left behind; `studygroup check` says which.")
    if done.tombstones:
        who = f"{done.tombstones} {'person' if done.tombstones == 1 else 'people'}"
        say(f"{who} who asked to be forgotten {'would stay' if dry_run else 'stay'} so there.")
    if done.verified:
        say("Counts and checksums of every session and member agree. To use it: store in pyproject.toml, or STUDYGROUP_STORE.")


def _store(address: str) -> LineStore:
    """Return the store of an address: a database, or a folder."""
    from studygroup.journal.keeping.copying import FilesLines

    if "://" not in address:
        return FilesLines(Path(address).resolve())
    from studygroup.journal.sql.sql import SqlStore

    return SqlStore(address)
