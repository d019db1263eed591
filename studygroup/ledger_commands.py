"""The ledger: questions and actions with their numbers, and what became of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.console import Json, WorkbookDir, app, open_workbook, print_json, say, warn_of_records
from studygroup.workbook import Workbook

if TYPE_CHECKING:
    import pandas as pd


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
    from studygroup.meeting.ledger_tables import ledger_actions, ledger_questions
    from studygroup.show import to_plain

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

    from studygroup.meeting.ledger_tables import life_of, number_of
    from studygroup.show import to_plain

    kind, thing, events = life_of(book, number)
    if as_json:
        print_json({"number": number_of(book, kind, thing), "id": thing, "type": kind, "history": events})
        return
    say(f"The {kind} {number_of(book, kind, thing)}, {thing}")
    rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.session, one.who, one.what, one.text) for one in events]
    sys.stdout.write(to_plain(pd.DataFrame(rows, columns=["at", "session", "who", "what", "text"]), widest=200))
