"""Commands that make pages from what was entered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studygroup.commands.console import (
    Json,
    LastSession,
    NextSession,
    OpenPage,
    TrustTemplates,
    WorkbookDir,
    app,
    ask_for_trust,
    open_page,
    open_workbook,
    print_json,
    say,
    warn_of_records,
)
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook

if TYPE_CHECKING:
    from studygroup.publish.pages.run import Generated


@app.command()
def agenda(
    context: typer.Context,
    session: NextSession = "",
    open_it: OpenPage = False,
    trust_templates: TrustTemplates = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a session's agenda: notebook, HTML page and Markdown.

    Example: studygroup agenda --open

    Example: studygroup agenda --session 2026-11-27
    """
    from studygroup.publish.pages.agenda_run import make_agenda_page

    book = open_workbook(context, workbook)
    ask_for_trust(book, "agenda", trust_templates)
    generated, made = make_agenda_page(book, session or None, progress=sys.stderr.isatty())
    warn_of_records(book)
    for copy in generated.kept:
        say(f"Someone had edited the earlier page; it is kept as {copy}")
    if as_json:
        from studygroup.meeting.before.agenda import agenda_of

        print_json({"session": made, "files": generated.files, "agenda": agenda_of(book, made)})
    else:
        for file in generated.files:
            print(file)
    if open_it:
        open_page(generated.page)


@app.command()
def report(
    context: typer.Context,
    session: LastSession = "",
    every: Annotated[
        bool, typer.Option("--all", help="Every session's report; those that would come out the same are left alone.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="With --all: also those that would come out the same.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print the page to PDF; a Chromium on the PATH does it.")] = False,
    open_it: OpenPage = False,
    trust_templates: TrustTemplates = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a session's report: notebook, HTML page and Markdown. It says what is still missing in it.

    Example: studygroup report --open

    Example: studygroup report --session 2026-11-27
    """
    if every and open_it:
        raise typer.BadParameter("--open is for one session's report; choose one of --open and --all")
    if every and session:
        raise typer.BadParameter("choose one of --session and --all")
    if force and not every:
        raise typer.BadParameter("--force belongs to --all; one session's report is always written")
    book = open_workbook(context, workbook)
    ask_for_trust(book, "report", trust_templates)
    if every:
        _all_reports(book, force=force, pdf=pdf, as_json=as_json)
    else:
        made = _one_report(book, session, pdf=pdf, as_json=as_json)
        if open_it:
            open_page(made)


@app.command()
def site(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to write to. Default: site/ in the workbook.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; list what would be published.")] = False,
    open_it: OpenPage = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Write a static site that anyone can read. It has the next session, the list, a page for each paper and each session, progress, calendar and feed.

    Example: studygroup site --open

    Example: studygroup site --dry-run
    """
    if dry_run and open_it:
        raise typer.BadParameter("--dry-run writes no page to open; choose one of --dry-run and --open")
    from studygroup.publish.site.site import make_site

    book = open_workbook(context, workbook)
    found = make_site(book, out, dry_run=dry_run)
    if not found.as_before:
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
        say(f"People named on them: {plain_list(found.names) or 'no one'}.")
        say(f"Summaries kept back until their session: {found.kept_back}.")
    for path in changes.edited:
        say(f"{found.folder / path} is no longer published, but someone changed it; it was left there.")
    if changes.foreign:
        more = f" and {len(changes.foreign) - 5} more" if len(changes.foreign) > 5 else ""
        say(f"Not made by the site, and left alone: {', '.join(changes.foreign[:5])}{more}.")
    if open_it:
        open_page(found.folder / "index.html")


def _one_report(book: Workbook, session: str, *, pdf: bool, as_json: bool) -> Path:
    """Write one report, and return its page."""
    from studygroup.meeting.after.report import report_of
    from studygroup.publish.pages.report_run import make_report_page

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
    return generated.page


def _all_reports(book: Workbook, *, force: bool, pdf: bool, as_json: bool) -> None:
    from tqdm import tqdm

    from studygroup.publish.pages.report_all import make_all_reports

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
        say(f"Someone had edited the earlier page; it is kept as {copy}")
