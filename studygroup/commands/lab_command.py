"""The command that opens JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from studygroup.commands.console import WorkbookDir, app, say
from studygroup.workbook.workbook import find_workbook


@app.command("lab")
def lab(
    context: typer.Context,
    notebook: Annotated[
        str, typer.Argument(help="week for the facilitator, member for a member, catalogue, explore, or one of your own.")
    ] = "week",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser; without it, the address is printed.")
    ] = True,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port to listen on. Default: the first free one from 8888 on.")
    ] = None,
    workbook: WorkbookDir = None,
) -> None:
    """Open JupyterLab on one of the workbook's notebooks. Ctrl-C ends it.

    Example: studygroup lab

    Example: studygroup lab catalogue --no-browser --port 8890
    """
    from studygroup.workbook.lab import check_notebook, lab_command, lab_environment
    from studygroup.workbook.upgrade import outdated

    folder = find_workbook(workbook or context.obj or Path.cwd())
    path = check_notebook(folder, notebook.removesuffix(".ipynb").removeprefix("notebooks/"))
    if told := outdated(folder, path):
        say(told)
    say(f"JupyterLab opens {path}. To end it, press Ctrl-C here.")
    command, environment = lab_command(folder, path, browser=browser, port=port), lab_environment()
    os.chdir(folder)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execve(command[0], command, environment)
    # Windows has no exec that leaves the terminal to the new program.
    raise typer.Exit(subprocess.run(command, env=environment).returncode)
