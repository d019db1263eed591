"""Commands that make pages from what was entered."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from studygroup.console import Json, WorkbookDir, app, open_workbook, print_json, say, warn_of_records

LastSession = Annotated[
    str, typer.Option("--session", metavar="DATE", help="The session's id, its date; else the one under way or last.")
]


@app.command()
def report(
    context: typer.Context,
    session: LastSession = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print the page to PDF; a Chromium on the PATH does it.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a session's report: notebook, HTML page and Markdown; say what is still missing in it.

    Example: studygroup report --session 2026-11-27
    """
    from studygroup.meeting.report import report_of
    from studygroup.publish.report_run import make_report_page

    book = open_workbook(context, workbook)
    generated, made = make_report_page(book, session or None, progress=sys.stderr.isatty(), pdf=pdf)
    warn_of_records(book)
    for copy in generated.kept:
        say(f"Somebody had edited an earlier page; it is kept as {copy}")
    found = report_of(book, made)
    for one in found.missing:
        say(f"Still missing: {one.text}")
    if as_json:
        print_json({"session": made, "files": generated.files, "report": found})
    else:
        for file in generated.files:
            print(file)
