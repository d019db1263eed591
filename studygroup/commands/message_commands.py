"""The command that sends messages to a group's channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.commands.console import By, Json, SessionId, WorkbookDir, app, open_workbook, print_json, say, who_enters
from studygroup.errors import MessageError
from studygroup.text.text import did_you_mean, plain_list

if TYPE_CHECKING:
    from studygroup.publish.messages.sending import Delivery


@app.command()
def announce(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="agenda|report|reminder", help="What is announced.")],
    session: SessionId = "",
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="URL", help="An address of apprise; else the group's; give it for each.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also where it was sent before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing.")] = False,
    by: By = "",
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Send the agenda, what came of a session, or what is missing to the group's channels; each goes to each of them once.

    Addresses stand in STUDYGROUP_ANNOUNCE, with blanks between, or in .studygroup/addresses.toml, which git does not see; they
    are never printed. Exit code 1 when a delivery failed: the same command then tries just that one again.

    Example: studygroup announce agenda --dry-run
    """
    from studygroup.publish.messages.sending import KINDS, letters, send, session_of
    from studygroup.publish.messages.targets import FILE, VARIABLE, Target, group_addresses, member_addresses

    if kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is no message{did_you_mean(kind, KINDS)}; there are {plain_list(KINDS)}")
    book = open_workbook(context, workbook)
    addresses = group_addresses(book.folder, to or ())
    if not addresses and not (kind == "reminder" and member_addresses(book.folder)):
        unknown = f'No address is known. Name one with --to, set {VARIABLE}, or write group = ["discord://…"] into {book.folder / FILE}.'
        if not dry_run:
            raise MessageError(unknown)
        say(f"{unknown} This is what would go to Discord:")
        addresses = [Target("", "discord-address")]
    about = session_of(book, kind, session)
    post = letters(book, kind, about, addresses)
    if not post:
        say(f"Nothing is missing for {about}, so nothing is sent.")
    if dry_run:
        shown = [{"to": letter.address.label, "title": letter.title, "text": letter.text} for letter in post]
        _print_each(shown, [f"--- {one['to']}: {one['title']}\n{one['text']}" for one in shown], as_json)
        return
    done = list(send(book, kind, about, post, by=who_enters(book, by), again=again))
    _print_each(done, [_outcome(one) for one in done], as_json)
    if failed := sum(one.state == "failed" for one in done):
        raise MessageError(
            f"{failed} of {len(done)} could not be sent. The same command sends just what is missing; what arrived is recorded."
        )


def _outcome(done: Delivery) -> str:
    """Return in a line what became of one delivery."""
    known = {"sent": "sent", "before": "was sent before"}
    return f"{done.label}: {known.get(done.state, f'not sent, {done.why}')}"


def _print_each(values: Sequence[object], lines: Sequence[str], as_json: bool) -> None:
    """Print values for machines, or a line for each for people."""
    if as_json:
        print_json(values)
        return
    for line in lines:
        print(line)
