"""The commands that keep a workbook in order: its own notebooks, what is wrong in it, and its copies elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from studygroup.commands.console import Json, WorkbookDir, app, open_workbook, print_json, say
from studygroup.group.settings_merge import SettingClash, Side
from studygroup.text.terminal import command_line
from studygroup.text.text import plain_list
from studygroup.version import __version__
from studygroup.workbook.upgrade import OwnNotebook, State
from studygroup.workbook.upgrade import upgrade as upgrade_notebooks
from studygroup.workbook.workbook import find_workbook


@app.command()
def upgrade(
    context: typer.Context,
    new: Annotated[
        bool,
        typer.Option(
            "--new", help="Also write the new version of each edited notebook beside it, and notebooks that are missing."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would be done.")] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Replace unedited notebooks and templates by this version's. Edited ones are listed and left as they are.

    Example: studygroup upgrade --dry-run
    """
    book = open_workbook(context, workbook)
    found = upgrade_notebooks(book.folder, new=new, dry_run=dry_run)
    if as_json:
        print_json(found)
        return
    for sentence in _sentences(found, new=new, dry_run=dry_run):
        print(sentence)
    if not dry_run and any(one.state == "replaced" for one in found):
        say("Is one of them open in JupyterLab? There, choose File > Reload Notebook from Disk.")


def _sentences(found: list[OwnNotebook], *, new: bool, dry_run: bool) -> list[str]:
    """Return what was done, or would be, sentence by sentence."""

    def paths(state: State) -> list[str]:
        return [one.path for one in found if one.state == state]

    with_new = command_line("upgrade", "--new")
    would = "Would replace" if dry_run else "Replaced"
    said = []
    if replaced := paths("replaced"):
        ours = f"the version of studygroup {__version__}"
        said.append(f"{would} {plain_list(replaced)} with {ours}; no one had edited {_it(replaced)}.")
    if added := paths("added"):
        said.append(f"{'Would add' if dry_run else 'Added'} {plain_list(added)}.")
    for one in found:
        if one.state == "edited":
            said.append(f"Left {one.path} as it is: someone edited it. {_on_new_version(one, new, dry_run, with_new)}")
        elif one.state == "refused":
            said.append(f"Left {one.path} as it is: it is {one.why}.")
    if missing := paths("missing"):
        said.append(f"Not in this workbook: {plain_list(missing)}. To add {_it(missing)}: {with_new}")
    if len(paths("current")) == len(found):
        said.append(f"Nothing to do: every notebook is the version of studygroup {__version__}.")
    return said


def _on_new_version(one: OwnNotebook, new: bool, dry_run: bool, with_new: str) -> str:
    """Return how to get the program's version of an edited notebook, or where it is."""
    if one.why:
        return f"The new version was not put beside it: {one.why}."
    if one.beside:
        return f"The new version {'would be' if dry_run else 'is'} beside it: {one.beside}."
    return f"To put the new version beside it: {with_new}"


def _it(paths: list[str]) -> str:
    return "it" if len(paths) == 1 else "them"


@app.command()
def check(
    context: typer.Context,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Move lines that aren't records to records/quarantine/; nothing is deleted."),
    ] = False,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Check settings, catalogue and records. It prints everything wrong, with where; the exit code is 1 when there is an error.

    Example: studygroup check
    """
    from studygroup.commands.check import check_workbook, fix_workbook

    folder = workbook or context.obj or find_workbook(Path.cwd())
    for done in fix_workbook(folder) if fix else ():
        say(str(done))
    problems = check_workbook(folder)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            print(problem)
        rest = len(problems) - errors
        say(f"{errors} error{'s' * (errors != 1)}, {rest} to look at" if problems else "All is well.")
    raise typer.Exit(1 if errors else 0)


@app.command()
def sync(
    context: typer.Context,
    with_removals: Annotated[
        bool, typer.Option("--with-removals", help="Also share that records were removed, as after forget.")
    ] = False,
    mine: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Of a setting that you and others changed, keep your value; may be repeated."),
    ] = None,
    theirs: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Of a setting that you and others changed, take their value; may be repeated."),
    ] = None,
    as_json: Json = False,
    workbook: WorkbookDir = None,
) -> None:
    """Share the workbook through git. It commits what you entered, takes in what others entered, and sends yours.

    Only sessions/ and the settings are committed, and nothing is ever forced. Settings are joined key by key: where you and
    others gave a key different values, you are asked which one counts, or say it with --mine and --theirs.

    Example: studygroup sync

    Example: studygroup sync --mine name --theirs holidays
    """
    from studygroup.workbook.settings_sharing import SettingChoices
    from studygroup.workbook.sync import sync as share

    # Settings that a merge left with conflict markers are no reason not to share.
    folder = find_workbook(workbook or context.obj or Path.cwd())
    on_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    choices = SettingChoices(mine or (), theirs or (), ask_whose if on_terminal else None)
    done = share(folder, say=say if sys.stderr.isatty() else lambda line: None, removals=with_removals, choices=choices)
    if as_json:
        print_json(done)
    else:
        print(done)


def ask_whose(clash: SettingClash) -> Side:
    """Ask whose value of a setting counts, yours or others'; Ctrl-C or Ctrl-D ends the command."""
    say(f"You and others changed {clash}.")
    while True:
        print("Whose value counts? (mine/theirs): ", end="", file=sys.stderr, flush=True)
        if not (line := sys.stdin.readline()):
            raise typer.Abort
        answer = line.strip().lower()
        for side in get_args(Side):
            if answer and side.startswith(answer):
                return cast(Side, side)
        say("Answer mine or theirs.")
