"""What every command shares: the application, its options, and how it prints. Results on stdout, messages on stderr."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from studygroup.identity import noted_me
from studygroup.journal.lines import encode
from studygroup.workbook import Workbook

app = typer.Typer(
    name="studygroup",
    help="Run a weekly reading group: list, plan, agenda, attendance.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
member_app = typer.Typer(help="The roster: add, leave, rename.", no_args_is_help=True, rich_markup_mode=None)
record_app = typer.Typer(
    help="Enter a record: what was planned, who was there, what was read, said and asked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
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
    str,
    typer.Option(
        "--by",
        metavar="MEMBER",
        envvar="STUDYGROUP_MEMBER",
        help="Who enters this; else who `studygroup me` noted, else the one facilitator.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Save nothing; print the records that would be entered.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def say(message: str) -> None:
    """Print a message, on standard error."""
    print(message, file=sys.stderr)


def print_json(value: Any) -> None:
    """Print a value as JSON for machines, on standard output."""
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value, enc_hook=_to_plain), indent=2).decode())


def to_plain(value: Any) -> Any:
    """Return a value as dicts, lists, texts and numbers, as JSON has them."""
    import msgspec

    return msgspec.to_builtins(value, enc_hook=_to_plain)


def _to_plain(value: Any) -> Any:
    """Return what JSON has for a value that it does not know: a day or an instant in ISO 8601, else the text of it."""
    if hasattr(value, "tz") and hasattr(value, "to_pydatetime"):
        return value.isoformat().replace("+00:00", "Z") if value.tz else value.date().isoformat()
    return str(value)


def print_rows(frame: Any) -> None:
    """Print a table as a JSON list of objects, null where a cell is empty."""
    print_json(frame.astype(object).where(frame.notna(), None).to_dict("records"))


def open_workbook(context: typer.Context, folder: Path | None, dry_run: bool = False) -> Workbook:
    """Return the workbook that a command is for: the one named after it, else before it, else the one around us."""
    book = Workbook.open(folder or context.obj)
    if dry_run:
        book.rehearsal = []
    return book


def warn_of_records(book: Workbook) -> None:
    """Say on standard error when records could not be used, as what is shown lacks them."""
    if errors := sum(problem.severity == "error" for problem in book.journal.problems):
        say(f"{errors} part{'s' * (errors != 1)} of the records could not be used; `studygroup check` says where and why.")


def who_enters(book: Workbook, by: str, about: list[str] | None = None, missing_ok: bool = False) -> str:
    """Return the member who enters a record.

    Who was named, else the one that this folder knows, else the one facilitator, else the one it is about.
    """
    if by or (by := noted_me(book)):
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


def saved(book: Workbook, what: str, session: str = "") -> None:
    """Say that a record is on the disk; ``session`` is the one it tells the end of, which may not have begun."""
    now = book.clock()
    early = session and book.schedule.find(session).start > now
    begin = f"Saved {now:%H:%M:%S} UTC" if book.rehearsal is None else "Would be saved"
    say(f"{begin}: {what}{' (it has not begun yet)' if early else ''}")
    show_rehearsed(book)


def show_rehearsed(book: Workbook) -> None:
    """Print the records that a dry run would have written."""
    for record in book.rehearsal or ():
        print(encode(record).decode())
