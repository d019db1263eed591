"""A workbook's own Python environment, ``.venv``: the program that made the workbook, installed again from where it came from."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from studygroup.errors import WorkbookError
from studygroup.version import __version__

FOLDER = ".venv"
_EXTRA = "web"


def install_words(found: dict[str, Any] | None = None) -> list[str]:
    """Return the words after ``pip install`` that install this program again, with the members' page.

    From the wheel, the checkout or the repository that it was installed from, where that is still there, else the same version
    from the index. ``found`` is what an installer noted of it. Source: PEP 610.
    """
    found = _noted() if found is None else found
    url = str(found.get("url", ""))
    if commit := found.get("vcs_info", {}).get("commit_id"):
        return [f"studygroup[{_EXTRA}] @ {found['vcs_info'].get('vcs', 'git')}+{url}@{commit}"]
    parts = urlsplit(url)
    place = Path(url2pathname(parts.path)) if parts.scheme == "file" else None
    if place is not None and place.exists():
        if "dir_info" not in found:
            return [f"studygroup[{_EXTRA}] @ {url}"]
        pins = ["-c", str(place / "constraints.txt")] if (place / "constraints.txt").is_file() else []
        return [*pins, *(["-e"] if found["dir_info"].get("editable") else []), f"{place}[{_EXTRA}]"]
    return [f"studygroup[{_EXTRA}] @ {url}"] if parts.scheme == "https" else [f"studygroup[{_EXTRA}]=={__version__}"]


def _noted() -> dict[str, Any]:
    try:
        noted = distribution("studygroup").read_text("direct_url.json")
    except PackageNotFoundError:
        # It runs from its sources, which nothing installed.
        source = Path(__file__).parents[2]
        return {"url": source.as_uri(), "dir_info": {}} if (source / "pyproject.toml").is_file() else {}
    return json.loads(noted) if noted else {}


def python_of(folder: Path) -> Path:
    """Return where the Python of a workbook's own environment is."""
    return folder / FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def commands(folder: Path) -> list[list[str]]:
    """Return the commands that make a workbook's environment, to be run in its folder."""
    python = str(python_of(folder).relative_to(folder))
    return [[sys.executable, "-m", "venv", FOLDER], [python, "-m", "pip", "install", *install_words()]]


def make_environment(folder: Path) -> Path:
    """Make a workbook's environment and return its folder; where that fails, nothing is left of it.

    Raises
    ------
    WorkbookError
        Something failed; the sentence says what.
    """
    made = folder / FOLDER
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    quick = ["--quiet", "--retries", "1"]
    venv, pip = commands(folder)
    try:
        for words, what in ((venv, "making it"), ([*pip[:4], *quick, *pip[4:]], "installing into it")):
            program = str(folder / words[0]) if words is not venv else words[0]
            done = subprocess.run(
                [program, *words[1:]],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            if done.returncode:
                raise WorkbookError(f"{what} failed: {_reason(done.stderr or done.stdout)}")
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise WorkbookError(f"making it failed: {error.strerror}") from error
        raise
    return made


def _reason(said: str) -> str:
    """Return the line of pip or venv that says what went wrong; addresses lose what could be a password."""
    if "ensurepip is not" in said:
        return "this Python cannot make environments (on Debian: apt-get install python3-venv)"
    if re.search(r"Retrying \(|(?:Connection|NameResolution|MaxRetry)Error|Timeout|Could not fetch|No route|unreachable", said):
        return "the package index cannot be reached"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")]
    return re.sub(r"://[^/@\s]+@", "://", (errors or lines or ["nothing was said"])[-1])[:300]
