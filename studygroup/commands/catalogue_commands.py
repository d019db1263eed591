"""Commands on the catalogue: import, search, same, different, fill, links, export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studygroup.commands.console import (
    By,
    Json,
    WorkbookDir,
    app,
    open_workbook,
    print_json,
    print_rows,
    say,
    to_plain,
    who_enters,
)
from studygroup.errors import StudygroupError
from studygroup.text.terminal import unguarded
from studygroup.text.text import is_safe_url, plain_list
from studygroup.workbook.workbook import Workbook, find_workbook

if TYPE_CHECKING:
    from pandas import DataFrame

    from studygroup.catalogue.items.table import Catalogue
    from studygroup.catalogue.merging.importer import Import
    from studygroup.meeting.facts.touched_sessions import Touched
    from studygroup.meeting.schedules.list_records import ListRecords


BaseUrl = Annotated[str, typer.Option("--base-url", help="Address that relative links start from.")]
Facts = Annotated[bool, typer.Option("--facts", help="Leave descriptions out: keep titles, links, names and numbers.")]
AsSyllabus = Annotated[bool, typer.Option("--syllabus", help="Make the list the syllabus: what the group works through.")]
AsSessions = Annotated[
    bool,
    typer.Option(
        "--as-sessions",
        help="The list is a schedule: its dates become planned, past and cancelled sessions; plans that differ stay.",
    ),
]
AddPresenters = Annotated[
    bool, typer.Option("--add-presenters", help="With --as-sessions: put presenters on the roster who are not on it.")
]
DayFirst = Annotated[
    bool | None, typer.Option("--day-first/--month-first", help="With --as-sessions: read 03/04 as 3 April, or as 4 March.")
]
StatusOf = Annotated[
    str,
    typer.Option(
        "--status-of",
        metavar="MEMBER",
        help="Record the list's reading statuses (Read, [x], ✅) for this member. What they entered stays, unless the list is "
        "further on: unread, reading, skimmed, read; what they skipped stays skipped.",
    ),
]
Correct = Annotated[
    list[str] | None,
    typer.Option(
        "--correct",
        metavar="ITEM[:FIELD]",
        help="Overwrite what the item has (only this field: url, title, authors, year, arxiv, doi) with what the list says; "
        "may be repeated. Without it an item follows its list unless it was changed by hand or another list disagrees.",
    ),
]
Take = Annotated[
    list[int] | None,
    typer.Option(
        "--take",
        metavar="LINE",
        min=1,
        help="Make an entry of what was left out on this line: its links, or its words. Later imports of the list keep it; may be "
        "repeated.",
    ),
]
LeftOutToo = Annotated[bool, typer.Option("--left-out", help="Print every link and line that is in no entry, and why.")]
AllowPrivate = Annotated[bool, typer.Option("--private", help="Also follow redirects to this machine and private networks.")]


@app.command("import")
def import_lists(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="LIST",
            help="Lists in Markdown, HTML, BibTeX, CSV, YAML or JSON: files, folders, - or https:// addresses; or a list that comes with the "
            "program, such as llm-powerhouse.",
        ),
    ],
    name: Annotated[str, typer.Option("--list", metavar="NAME", help="The list's name. Default: the file's.")] = "",
    syllabus: AsSyllabus = False,
    base_url: BaseUrl = "",
    facts: Facts = False,
    as_sessions: AsSessions = False,
    add_presenters: AddPresenters = False,
    day_first: DayFirst = None,
    status_of: StatusOf = "",
    correct: Correct = None,
    take: Take = None,
    left_out: LeftOutToo = False,
    private: AllowPrivate = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show what would happen.")] = False,
    by: By = "",
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Import reading lists into the catalogue.

    Example: studygroup import README.md --list papers --dry-run

    Example: studygroup import llm-powerhouse
    """
    from studygroup.catalogue.merging.importer import save_import
    from studygroup.meeting.schedules.list_records import Wanted, enter_list_records, list_records

    if (add_presenters or day_first is not None) and not as_sessions:
        raise typer.BadParameter("--add-presenters, --day-first and --month-first go with --as-sessions")
    folder = workbook or context.obj
    records = as_sessions or bool(status_of)
    folder = Workbook.open(folder).folder if folder or records or not dry_run else _workbook_or_none()
    book = Workbook.open(folder) if records else None
    wanted = None
    if book is not None:
        member = book.member(status_of) if status_of else ""
        author = who_enters(book, by or (member if not as_sessions else ""))
        wanted = Wanted(as_sessions, add_presenters, member, author, day_first)
    options = {"base_url": base_url, "facts": facts, "allow_private": private, "lines": take or ()}
    result = _read_lists(folder, sources, name, correct or (), **options)
    if syllabus and len(result.frames) != 1:
        raise typer.BadParameter(f"--syllabus takes one list; here are {plain_list(result.frames) or 'none'}")
    found = list_records(book, result, wanted) if book and wanted else None
    touched, former = _touched(folder, result, tell=not as_json)
    if not dry_run and folder:
        save_import(folder, result, former)
        if syllabus:
            _make_syllabus(folder, *result.frames)
    if found and wanted and not dry_run:
        enter_list_records(Workbook.open(folder), found, wanted)
    notes = [*found.notes(wanted, dry_run)] if found and wanted else []
    tables = found.tables(wanted) if found and wanted else ()
    if as_json:
        _print_import_json(result, touched, found, notes)
        return
    _print_import(result, dry_run, tables, notes)
    _print_left_out(result, left_out)


def _read_lists(folder: Path | None, sources: Sequence[str], name: str, correct: Sequence[str], **options: Any) -> Import:
    """Return what an import comes to; ``correct`` has the corrections that a person wants, as ITEM or ITEM:FIELD."""
    from studygroup.catalogue.merging.importer import import_sources
    from studygroup.workbook.first_list import with_shipped

    accepted = [(item, field) for item, _, field in (one.partition(":") for one in correct)]
    with with_shipped(sources, folder, name) as words:
        return import_sources(folder, words, name=name, write=False, accepted=accepted, **options)


def _make_syllabus(folder: Path, name: str) -> None:
    from studygroup.workbook.settings_change import change_setting

    change_setting(folder, "syllabus", [name])
    say(f"The syllabus is now {name}.")


def _print_import_json(result: Import, touched: list[Touched], found: ListRecords | None, notes: list[str]) -> None:
    """Print what an import comes to for machines; of records only where some were asked for."""
    from studygroup.catalogue.merging.importer import to_json

    more: dict[str, object] = {
        "counts": to_plain(result.counts),
        "corrections": [one.to_json() for one in result.corrections],
        "touched_sessions": to_plain(touched),
    }
    if found:
        more |= {"sessions": to_plain(found.sessions), "statuses": to_plain(found.statuses), "notes": notes}
    print(to_json(result, **more))


def _print_import(result: Import, dry_run: bool, tables: Iterable[DataFrame], notes: list[str]) -> None:
    """Print what an import comes to for people: problems, the summary, and the records in tables."""
    from studygroup.commands.show import to_plain as table_text

    for problem in [*(problem for one in result.lists for problem in one.problems), *result.notes]:
        say(str(problem))
    print(result.summary(dry_run))
    for table in tables:
        print(f"\n{table_text(table, 60)}", end="")
    for note in notes:
        say(note)


def _print_left_out(result: Import, each: bool) -> None:
    """Print what is in no entry: in a line a list, or each with its line and reason."""
    from studygroup.catalogue.merging.taken import left_out_line

    for one in result.lists:
        if not each and (line := left_out_line(one)):
            say(line)
        for out in one.left_out if each else ():
            print(f"{one.name}:{out.line}: {out.reason}: {' '.join(filter(None, [out.text, out.url]))}")


def _touched(folder: Path | None, result: Import, *, tell: bool) -> tuple[list[Touched], DataFrame | None]:
    """Return the sessions that an import touches, told if that is wanted, and the former entries to keep; none where there is no workbook yet."""
    from studygroup.meeting.facts.touched_sessions import former_entries, touched_sessions

    if folder is None:
        return [], None
    book = Workbook.open(folder)
    touched = touched_sessions(book, result.frames)
    for one in touched if tell else ():
        say(str(one))
    return touched, former_entries(book, result.frames)


def _workbook_or_none() -> Path | None:
    """Return the workbook around the current folder; a dry run needs none."""
    try:
        return find_workbook(Path.cwd())
    except StudygroupError:
        return None


@contextmanager
def _progress_bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how much of a long work is done, as whoever does it tells: how many of how many."""
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", leave=False, disable=None, file=unguarded(sys.stderr)) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


@app.command()
def same(
    context: typer.Context,
    kept: Annotated[str, typer.Argument(help="The item's id that stays.")],
    gone: Annotated[str, typer.Argument(help="The id of the item that goes into it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; see whether it can be done.")] = False,
    workbook: WorkbookDir = None,
) -> None:
    """Merge two items that are the same paper. Links, entries and what members entered move along.

    Example: studygroup same lora-low-rank-adaptation lora
    """
    from studygroup.catalogue.merging.decisions import join

    book = open_workbook(context, workbook)
    joined = join(book.catalogue, kept, gone)
    if dry_run:
        say(f"{gone} would become {kept}.")
        return
    joined.write(book.folder)
    say(f"{gone} is now {kept}; lists/same.csv remembers it.")


@app.command()
def different(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="An item's id.")],
    other: Annotated[str, typer.Argument(help="Another item's id.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; see whether it can be done.")] = False,
    workbook: WorkbookDir = None,
) -> None:
    """Keep two items apart for good. Imports neither join nor suggest them.

    Example: studygroup different dolly dolly-2
    """
    from studygroup.catalogue.merging.decisions import keep_apart

    book = open_workbook(context, workbook)
    apart = keep_apart(book.catalogue, one, other)
    if dry_run:
        say(f"{one} and {other} would stay two items for good.")
        return
    apart.write(book.folder)
    say(f"{one} and {other} stay two items; lists/different.csv remembers it.")


@app.command()
def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORD", help="Words of a title, an author, a section; none for all models.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most this many items.")] = 20,
    licence: Annotated[str, typer.Option(help="Only models under this licence: a family, such as apache, or its words.")] = "",
    max_parameters: Annotated[
        str, typer.Option(metavar="NUMBER", help="Only models that come in this size or smaller: 13B.")
    ] = "",
    min_context: Annotated[str, typer.Option(metavar="NUMBER", help="Only models with this context or a longer one: 8k.")] = "",
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Find items in the catalogue, or compare the models in it. The best match comes first.

    Example: studygroup search low rank adaptation

    Example: studygroup search --licence apache --max-parameters 13B --min-context 8k
    """
    from studygroup.journal.tables.tables import rows

    if not words and not (licence or max_parameters or min_context):
        raise typer.BadParameter("write words to look for, or --licence, --max-parameters or --min-context")
    catalogue = open_workbook(context, workbook).catalogue
    if licence or max_parameters or min_context:
        _print_models(catalogue, " ".join(words or ()), (licence, max_parameters, min_context), limit, as_json=as_json)
        return
    found = catalogue.search(" ".join(words or ()), limit)
    if as_json:
        print_rows(found)
        return
    for row in rows(found.astype({"year": "Int64"}).astype(object).where(found.notna(), None)):
        print(f"{row.id}\n    {row.title}{f' ({row.year})' if row.year else ''}\n    {row.url}")
    if found.empty:
        say("Nothing was found; try fewer words, or the beginning of one.")


def _print_models(catalogue: Catalogue, words: str, wanted: tuple[str, str, str], limit: int, *, as_json: bool) -> None:
    """Print the models that fit, and that the words find if there are some."""
    from studygroup.catalogue.items.models import models
    from studygroup.commands.show import to_plain as table_text

    found = models(catalogue.items, *wanted)
    if words:
        named = catalogue.search(words, len(catalogue.items))["id"]
        found = found[found["id"].isin(named)]
    found = found.head(limit).reset_index(drop=True)
    if as_json:
        print_rows(found.astype(object).where(found.notna() & (found != float("inf")), None))
    elif found.empty:
        say("No model matches; drop one of the conditions.")
    else:
        print(table_text(found[["id", "parameters", "context_length", "licence", "released"]], 40), end="")


@app.command()
def fill(
    context: typer.Context,
    item: Annotated[list[str] | None, typer.Option(help="Only this item; may be repeated.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask, and show what would be filled; the catalogue stays.")
    ] = False,
    arxiv_url: Annotated[str, typer.Option(help="Another address with arXiv's API, such as a mirror.")] = "",
    crossref_url: Annotated[str, typer.Option(help="Another address with Crossref's API.")] = "",
    private: AllowPrivate = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Fill empty authors and years from arXiv and Crossref. It looks up items that have an arXiv id or a DOI.

    What the catalogue already says is never changed. Answers are kept in .studygroup/metadata, so that a run can be interrupted.

    Example: studygroup fill --dry-run
    """
    import time
    from datetime import UTC, datetime

    import httpx

    from studygroup.catalogue.online.metadata import ARXIV_URL, CROSSREF_URL, UnreachableError, fill
    from studygroup.catalogue.online.public_hosts import checked_client

    for option, url in (("--arxiv-url", arxiv_url), ("--crossref-url", crossref_url)):
        if url and not (is_safe_url(url) and url.lower().startswith("http")):
            raise typer.BadParameter(f"{option} {url}: write an address with https:// or http://")
    book = open_workbook(context, workbook)
    catalogue = book.catalogue
    trouble = ""
    typed = [url for url in (arxiv_url, crossref_url) if url]
    client = checked_client(typed, timeout=httpx.Timeout(30, connect=10), allow_private=private)
    with _progress_bar("ids") as progress, client:
        try:
            filled = fill(
                catalogue.items,
                book.folder / ".studygroup" / "metadata",
                client=client,
                wait=time.sleep,
                clock=lambda: datetime.now(UTC),
                progress=progress,
                only=item,
                arxiv_url=arxiv_url or ARXIV_URL,
                crossref_url=crossref_url or CROSSREF_URL,
            )
        except UnreachableError as error:
            filled, trouble = error.filled, str(error)
    if not dry_run:
        catalogue.items = filled.items
        catalogue.write(book.folder)
    for problem in filled.problems:
        say(str(problem))
    if as_json:
        print_json({"changes": filled.changes, "not_found": filled.not_found, "unanswered": filled.unanswered})
    else:
        for change in filled.changes:
            print(f"{change.item}: {change.field} {'would be' if dry_run else 'is'} {change.after}")
        say(f"{len(filled.changes)} cells, {len(filled.not_found)} ids not found, {len(filled.unanswered)} without an answer")
    if trouble:
        raise StudygroupError(trouble)


@app.command()
def links(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only what is dead or has moved.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Also ask this machine and private networks.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Check the catalogue's links, and list sessions with a dead one. Nothing is changed.

    Example: studygroup links --dead
    """
    import asyncio

    import httpx

    from studygroup.catalogue.online.link_check import LinkState, check_links
    from studygroup.journal.tables.tables import plans, rows

    book = open_workbook(context, workbook)
    entries = {
        f"{name}/{row.entry}": row.items.split(";") for name, table in book.catalogue.lists.items() for row in rows(table)
    }
    sessions: dict[str, list[str]] = {}
    for plan in rows(plans(book.records)):
        for one in {*plan.items, *(held for reference in plan.entries for held in entries.get(reference, ()))}:
            sessions.setdefault(one, []).append(plan.session)

    async def ask() -> list[LinkState]:
        with _progress_bar("links") as progress:
            async with httpx.AsyncClient(trust_env=False) as client:
                items = book.catalogue.items
                return await check_links(items, sessions_of=sessions, client=client, allow_private=private, progress=progress)

    states = [state for state in asyncio.run(ask()) if not dead or state.state in {"dead", "moved"}]
    if as_json:
        print_json(states)
        return
    for state in states:
        leads = f" -> {state.leads_to}" if state.leads_to else ""
        used = f"  (sessions {', '.join(state.sessions)})" if state.sessions else ""
        print(f"{state.state:12} {state.item} {state.link}: {state.address}{leads}  {state.reason}{used}")


@app.command()
def export(
    context: typer.Context,
    form: Annotated[str, typer.Argument(help="markdown, bibtex, csv, json or pages.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="With pages: the folder for README.md and a page for each paper.")
    ] = None,
    name: Annotated[str, typer.Option("--list", metavar="NAME", help="Only this list; Markdown and pages need one.")] = "",
    title: Annotated[str, typer.Option(help="A heading above the Markdown.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="With pages: replace files that say something else.")] = False,
    progress: Annotated[
        bool, typer.Option("--progress", help="With the session that read each entry, and its report.")
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --progress: where the site is, for links to reports. Default: `site_address` of the settings.",
        ),
    ] = None,
    member: Annotated[str, typer.Option(help="With what this member has read.")] = "",
    workbook: WorkbookDir = None,
) -> None:
    """Export a list, or the whole catalogue. What was imported is written out again.

    Example: studygroup export markdown --list modern-llm-study-group --progress > README.md

    Example: studygroup export pages reading --list modern-llm-study-group
    """
    from studygroup.catalogue.export.export import check_markdown, to_bibtex, to_csv, to_json, to_markdown
    from studygroup.catalogue.export.notes_in_place import with_notes
    from studygroup.catalogue.items.list_notes import read_notes
    from studygroup.meeting.after.reading_progress import group_progress, member_progress

    book = open_workbook(context, workbook)
    if form == "pages":
        _export_pages(book, folder, name, title, replace=replace)
        return
    if folder or replace:
        raise typer.BadParameter(f"a folder and --replace go with `export pages`; `export {form}` prints")
    plain = {"bibtex": to_bibtex, "csv": to_csv, "json": to_json}
    if form in plain:
        sys.stdout.write(plain[form](book.catalogue, name or None))
        return
    if form != "markdown" or not name:
        raise typer.BadParameter(
            "write `export markdown --list NAME`, `export pages DIR --list NAME`, or `export bibtex`, csv or json"
        )
    if progress and member:
        raise typer.BadParameter("choose one of --progress and --member")
    if site is not None and not progress:
        raise typer.BadParameter("--site belongs to --progress")
    held = (
        member_progress(book, name, book.member(member)) if member else group_progress(book, name, site) if progress else None
    )
    for problem in check_markdown(book.catalogue, name, title=title):
        say(str(problem))
    written = to_markdown(book.catalogue, name, title=title, progress=held)
    sys.stdout.write(with_notes(written, read_notes(book.folder, name)))


def _export_pages(book: Workbook, folder: Path | None, name: str, title: str, *, replace: bool) -> None:
    """Write a list as a folder with a page for each paper."""
    from studygroup.catalogue.export.export_pages import to_pages, write_pages
    from studygroup.catalogue.export.notes_in_place import with_notes
    from studygroup.catalogue.items.list_notes import read_notes

    if folder is None or not name:
        raise typer.BadParameter("write `export pages DIR --list NAME`")
    files = to_pages(book.catalogue, name, title=title)
    files["README.md"] = with_notes(files["README.md"], read_notes(book.folder, name))
    changed = write_pages(folder, files, replace=replace)
    say(f"{folder} has {name}: README.md and {len(files) - 1} pages, {changed or 'none'} of these files new or changed.")
