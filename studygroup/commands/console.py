"""What every command shares: the application, its options, and how it prints. Results on stdout, messages on stderr."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studygroup.errors import as_text
from studygroup.text.terminal import as_typed_here

if TYPE_CHECKING:
    from studygroup.journal.types.record import Record
    from studygroup.workbook.workbook import Workbook

app = typer.Typer(
    name="studygroup",
    help="Run a weekly reading group: list, plan, agenda, attendance.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
member_app = typer.Typer(help="The roster: list, add, leave, rename.", no_args_is_help=True, rich_markup_mode=None)
record_app = typer.Typer(
    help="Enter a record: a plan, attendance, a note, a question …",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(member_app, name="member")
app.add_typer(record_app, name="record")

WorkbookDir = Annotated[
    Path | None,
    typer.Option(
        "--workbook", metavar="DIR", help="The workbook's folder. Default: this folder, or the nearest workbook above it."
    ),
]

_SESSION = "Session date (YYYY-MM-DD); of one that was moved, the old or the new one. Default: the current "
NextSession = Annotated[str, typer.Option("--session", metavar="DATE", help=f"{_SESSION}or next session.")]
LastSession = Annotated[str, typer.Option("--session", metavar="DATE", help=f"{_SESSION}or last session.")]
AnnouncedSession = Annotated[
    str, typer.Option("--session", metavar="DATE", help=f"{_SESSION}or next session; for a report, the current or last one.")
]
SessionToRecord = Annotated[
    str,
    typer.Option("--session", metavar="DATE", help=f"{_SESSION}session; if there is none, the last one still to be closed."),
]
By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="MEMBER",
        envvar="STUDYGROUP_MEMBER",
        help="Your name or id. Default: whoever `studygroup me` set, or the only facilitator.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Save nothing; print the records that would be entered.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
TrustTemplates = Annotated[
    bool,
    typer.Option(
        "--trust-templates",
        help="Run a template that came with git without asking; see docs/security.md of the studygroup project.",
    ),
]
OpenPage = Annotated[bool, typer.Option("--open", help="Open the page in your browser.")]


def say(message: str) -> None:
    """Print a message, on standard error; commands in it can be typed as they are."""
    print(as_typed_here(message), file=sys.stderr)


def open_page(page: Path) -> None:
    """Open a page of ours in the person's browser; where there is none, say where the page is."""
    import webbrowser

    try:
        opened = webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say(f"No browser could be opened here. The page is {page}")


def print_json(value: Any) -> None:
    """Print a value as JSON for machines, on standard output."""
    import msgspec

    try:
        encoded = msgspec.json.encode(value, enc_hook=_to_plain)
    except UnicodeEncodeError:
        # A file name of any bytes is no text.
        encoded = msgspec.json.encode(_as_texts(to_plain(value)))
    text = msgspec.json.format(encoded, indent=2).decode()
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # JSON has escapes of its own for what a terminal cannot show.
        text = json.dumps(json.loads(text), indent=2)
    print(text)


def to_plain(value: Any) -> Any:
    """Return a value as dicts, lists, texts and numbers, as JSON has them."""
    import msgspec

    return msgspec.to_builtins(value, enc_hook=_to_plain)


def _as_texts(value: Any) -> Any:
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return {_as_texts(key): _as_texts(inner) for key, inner in value.items()}
    return [_as_texts(inner) for inner in value] if isinstance(value, (list, tuple)) else value


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
    from studygroup.workbook.workbook import Workbook

    book = Workbook.open(folder or context.obj)
    if dry_run:
        book.rehearsal = []
    return book


def warn_of_records(book: Workbook) -> None:
    """Say on standard error when records could not be used, as what is shown lacks them."""
    if errors := sum(problem.severity == "error" for problem in book.journal.problems):
        say(f"{errors} part{'s' * (errors != 1)} of the records could not be used; `studygroup check` says where and why.")
    if update := book.journal.needs_update:
        say(update)


def ask_for_trust(book: Workbook, page: str, trusted: bool) -> None:
    """Ask before what came with git runs for the first time; without a terminal, making the page refuses it.

    Raises
    ------
    UntrustedError
        Whoever sits there does not want it to run.
    """
    from studygroup.errors import UntrustedError
    from studygroup.workbook import trust

    found = trust.unread(book.folder, page)
    if not found:
        return
    if not trusted and sys.stdin.isatty() and sys.stderr.isatty():
        say(trust.warning(found))
        if not typer.confirm("Run it?", default=False, err=True):
            raise UntrustedError(f"Nothing was run; earlier pages of the {page} are unchanged.")
        trusted = True
    if trusted:
        trust.accept(book.folder, page)


def who_enters_about(book: Workbook, by: str, member: str) -> str:
    """Return who enters a record about a member: who was named, else the one that this folder knows, else the member.

    In a member's own clone it is the member who types, so that two clones never write to one file.
    """
    from studygroup.workbook.identity import noted_me

    return who_enters(book, by or noted_me(book) or member)


def who_enters(book: Workbook, by: str, about: list[str] | None = None, missing_ok: bool = False) -> str:
    """Return the member who enters a record.

    Who was named, else the one that this folder knows, else the one facilitator, else the one it is about.
    """
    from studygroup.workbook.identity import author_of

    if found := author_of(book, by, about or ()):
        return found
    if missing_ok:
        return ""
    raise typer.BadParameter(
        "say who enters this: --by MEMBER, or set STUDYGROUP_MEMBER"
        if book.people
        else 'add yourself first: studygroup member add "Your Name" --facilitator'
    )


def ask_if_early(book: Workbook, session: str) -> None:
    """Ask before attendance is recorded more than an hour before a session starts; the answer comes from standard input.

    Raises
    ------
    RecordError
        The answer is no, or no one is there to give one.
    """
    from studygroup.meeting.before.planning import ask_early, early_start, too_early

    when = early_start(book, session)
    if not when:
        return
    try:
        if typer.confirm(ask_early(when), err=True):
            return
    except typer.Abort:
        say("")
    raise too_early(session, when, "--early")


def go_ahead(question: str, yes: bool, refused: str) -> None:
    """Ask before something that may be a mistake; with ``--yes`` nothing is asked.

    Raises
    ------
    RecordError
        The answer is no, or no one is there to give one: ``refused`` says what stays as it was.
    """
    from studygroup.errors import RecordError

    if yes:
        return
    try:
        if typer.confirm(question, err=True):
            return
    except typer.Abort:
        say("")
    raise RecordError(f"Nothing was saved; {refused}. To do it anyway, add --yes.")


def in_words(book: Workbook, record: Record, reader: str) -> str:
    """Return what a record says in a sentence, as the history tells it to a reader."""
    from studygroup.meeting.facts.sentences import HistoryTeller

    return HistoryTeller(book, reader).sentence(record)


def saved(book: Workbook, what: str, session: str = "") -> None:
    """Say that a record is on the disk, with the time in the group's zone; ``session`` is the one it tells the end of, which may not have started."""
    from studygroup.meeting.before.meeting_times import group_zone

    now = book.clock()
    early = session and not book.schedule.find(session).has_begun(now)
    begin = f"Saved {now.astimezone(group_zone(book)):%H:%M}" if book.rehearsal is None else "Would be saved"
    say(f"{begin}: {what}{' (the session has not started yet)' if early else ''}")
    show_rehearsed(book)


def show_rehearsed(book: Workbook) -> None:
    """Print the records that a dry run would have written."""
    from studygroup.journal.types.lines import encode

    for record in book.rehearsal or ():
        print(encode(record).decode())
