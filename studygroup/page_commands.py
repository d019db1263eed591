"""Commands that make pages from what was entered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.console import Json, WorkbookDir, app, open_workbook, print_json, say, warn_of_records
from studygroup.workbook import Workbook

if TYPE_CHECKING:
    from studygroup.publish.run import Generated

LastSession = Annotated[
    str, typer.Option("--session", metavar="DATE", help="The session's id, its date; else the one under way or last.")
]


@app.command()
def report(
    context: typer.Context,
    session: LastSession = "",
    every: Annotated[
        bool, typer.Option("--all", help="Every session's report; those that would come out the same are left alone.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --all: also those that would come out the same.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print the page to PDF; a Chromium on the PATH does it.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a session's report: notebook, HTML page and Markdown; say what is still missing in it.

    Example: studygroup report --session 2026-11-27
    """
    if every and session:
        raise typer.BadParameter("choose one of --session and --all")
    if force and not every:
        raise typer.BadParameter("--force belongs to --all; one session's report is always written")
    book = open_workbook(context, workbook)
    if every:
        _all_reports(book, force=force, pdf=pdf, as_json=as_json)
    else:
        _one_report(book, session, pdf=pdf, as_json=as_json)


def _one_report(book: Workbook, session: str, *, pdf: bool, as_json: bool) -> None:
    from studygroup.meeting.report import report_of
    from studygroup.publish.report_run import make_report_page

    generated, made = make_report_page(book, session or None, progress=sys.stderr.isatty(), pdf=pdf)
    warn_of_records(book)
    _say_kept(generated)
    found = report_of(book, made)
    for one in found.missing:
        say(f"Still missing: {one.text}")
    if as_json:
        print_json({"session": made, "files": generated.files, "report": found})
    else:
        for file in generated.files:
            print(file)


def _all_reports(book: Workbook, *, force: bool, pdf: bool, as_json: bool) -> None:
    from tqdm import tqdm

    from studygroup.publish.report_all import make_all_reports

    # disable=None: a bar on a terminal, none in a pipe.
    with tqdm(desc="Reports", unit="report", leave=False, disable=None, file=sys.stderr) as bar:

        def on_done(number: int, total: int) -> None:
            bar.total = total
            bar.update(number - bar.n)

        found = make_all_reports(book, force=force, pdf=pdf, on_done=on_done)
    warn_of_records(book)
    for generated in found.made.values():
        _say_kept(generated)
    for session, error in found.failed.items():
        say(f"studygroup: The report of {session}: {error}")
    if as_json:
        print_json(found)
    else:
        for generated in found.made.values():
            for file in generated.files:
                print(file)
    say(f"{len(found.made)} written, {len(found.unchanged)} unchanged{f', {len(found.failed)} failed' * bool(found.failed)}.")
    if found.failed:
        raise typer.Exit(1)


def _say_kept(generated: Generated) -> None:
    for copy in generated.kept:
        say(f"Somebody had edited an earlier page; it is kept as {copy}")
