"""JupyterLab for a workbook: one of its notebooks open, this program in its terminals, and no questions about news or builds."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from studygroup.errors import WorkbookError
from studygroup.storage.shared_files import find_files, is_file
from studygroup.text.terminal import command_line
from studygroup.text.text import ID_PATTERN, did_you_mean, plain_list
from studygroup.workbook.starter import shipped_notebooks

_SETTINGS = Path(__file__).parent / "jupyter"


def check_notebook(folder: Path, name: str) -> str:
    """Return the path of a workbook's notebook within its folder.

    Raises
    ------
    WorkbookError
        There is no such notebook; those that there are, and the nearest one, are named.
    """
    path = f"notebooks/{name}.ipynb"
    if name and "/" not in name and "\\" not in name and is_file(folder / path, folder):
        return path
    there = sorted(found.stem for found in find_files(folder, "notebooks", "*.ipynb") if not found.name.startswith("."))
    known = (
        f"there are {plain_list(there)}" if len(there) > 1 else f"there is {plain_list(there)}" if there else "there is none"
    )
    told = f"{folder} has no notebook {name!r}{did_you_mean(name, there)}; {known}."
    if ID_PATTERN.fullmatch(name) and (shipped_notebooks() / f"{name}.ipynb").is_file():
        told += f" To add the one that comes with the program: {command_line('upgrade', '--new')}"
    raise WorkbookError(told)


def lab_command(
    folder: Path, notebook: str, *, browser: bool = True, port: int | None = None, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Return the command that starts JupyterLab on a notebook, given as ``check_notebook`` returns it."""
    words = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{notebook}",
        "--LabApp.news_url=None",
        # What remains is the address to open, and what is wrong.
        "--Application.log_level=WARN",
        # One Ctrl-C ends it, without a question that waits five seconds.
        "--ServerApp.answer_yes=True",
    ]
    if shell := _shell(environment):
        # Where it is not started from a terminal, Jupyter would take a login shell, which sets the PATH anew.
        words.append(f"--ServerApp.terminado_settings=shell_command={shlex.quote(shell)}")
    if not browser:
        words.append("--no-browser")
    if port is not None:
        words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    # Jupyter refuses to run as root without it.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    return [sys.executable, "-m", "jupyterlab", *words]


def _shell(environment: Mapping[str, str]) -> str:
    """Return the shell of whoever starts Lab; empty where Jupyter's own choice is right."""
    if os.name == "nt":
        return ""
    return environment.get("SHELL") or shutil.which("bash") or shutil.which("sh") or ""


def lab_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment to start JupyterLab in: this Python's programs come first on the PATH, and our settings of Lab count.

    Settings that a person chose in Lab itself still come first.
    """

    def first(name: str, place: str) -> dict[str, str]:
        rest = [one for one in environment.get(name, "").split(os.pathsep) if one and one != place]
        return {name: os.pathsep.join([place, *rest])}

    return {**environment, **first("PATH", str(Path(sys.executable).parent)), **first("JUPYTER_CONFIG_PATH", str(_SETTINGS))}
