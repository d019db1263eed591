"""Commands that make pages from what was entered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.console import Json, WorkbookDir, app, open_workbook, print_json, say, warn_of_records
from studygroup.text import plain_list
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


@app.command()
def site(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="The folder to write to; else site/ in the workbook.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; list what would be published.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a static site: next session, list, a page an item and a session, progress, calendar, feed.

    Example: studygroup site --dry-run
    """
    from studygroup.publish.site import make_site

    book = open_workbook(context, workbook)
    found = make_site(book, out, dry_run=dry_run)
    warn_of_records(book)
    changes = found.changes
    if as_json:
        print_json(found)
    elif dry_run:
        for path, title in found.titles.items():
            print(f"{path}\t{' '.join(title.split())}")
    else:
        print(found.folder / "index.html")
    would = "would be " if dry_run else ""
    say(
        f"{len(found.titles)} pages; {len(changes.written)} files {would}written, {len(changes.unchanged)} unchanged, "
        f"{len(changes.removed)} {would}removed."
    )
    if dry_run:
        say(f"People named on them: {plain_list(found.names) or 'nobody'}.")
        say(f"Summaries kept back until their session: {found.kept_back}.")
    for path in changes.edited:
        say(f"{found.folder / path} is no longer published, but somebody changed it; it was left there.")
    if changes.foreign:
        more = f" and {len(changes.foreign) - 5} more" if len(changes.foreign) > 5 else ""
        say(f"Not made by the site, and left alone: {', '.join(changes.foreign[:5])}{more}.")


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
