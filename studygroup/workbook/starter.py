"""What a workbook starts from: notebook templates, and a fresh workbook of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from studygroup.catalogue.items.columns import COLUMNS
from studygroup.errors import TemplateError, WorkbookError
from studygroup.group.settings import FILE, parse_settings
from studygroup.storage.atomic import write_all_atomically
from studygroup.storage.shared_files import make_folder, open_folder, read_file
from studygroup.text.text import check_name, make_id
from studygroup.workbook.made_whole import made_whole


def shipped_notebooks() -> Path:
    """Return the folder of the notebooks that ship with the package."""
    # In a wheel they lie inside the package; in a checkout they are the project's own notebooks.
    inside = Path(__file__).parents[1] / "notebooks"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "notebooks"


def shipped_lists() -> Path:
    """Return the folder of the reading lists that ship with the package, laid out as a workbook: ``catalogue.csv`` and ``lists/``."""
    inside = Path(__file__).parents[1] / "reading_lists"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def template_path(workbook: Path, name: str) -> Path:
    """Return the notebook template ``name`` of a workbook: its own, else the shipped one.

    Raises
    ------
    TemplateError
        There is a link in its place, or something else that is no regular file.
    """
    own = workbook / "notebooks" / "templates" / f"{name}.ipynb"
    try:
        with open_folder(own.parent, workbook) as folder:
            folder.status(own.name)
    except FileNotFoundError:
        return shipped_notebooks() / "templates" / f"{name}.ipynb"
    except OSError as error:
        raise TemplateError(f"{own} is not used: {error.strerror}. Put the notebook itself there, or remove it.") from error
    return own


def template_bytes(path: Path) -> bytes:
    """Return the bytes of a notebook template."""
    # The package's own files may be links, as some installers make them.
    return path.read_bytes() if path.is_relative_to(shipped_notebooks()) else read_file(path, path.parents[2])


_SETTINGS = """\
# A study group's workbook. Every setting is explained in docs/settings.md of the studygroup project.

[tool.studygroup]
name = {name}
# By this name calendars know the group's sessions; it should never change.
id = {id}
description = ""
# Time zones in which a session's time is shown.
zones = [{zones}]
text_channel = ""
voice_channel = ""
meeting_link = ""
# The list that the group works through: the name of a file in lists/, without .csv. First import one.
syllabus = ""
first_step = 1
holidays = []
roles = ["presenter", "scribe"]
facilitators = []
show_reader_names = false

# When the group meets. A new slot with a later date leaves the sessions before it as they were.
[[tool.studygroup.slots]]
valid_from = {valid_from}
weekday = {weekday}
time = {time}
zone = {zone}
every = {every}
length_min = 90
"""

_IGNORED = """\
# Generated pages and locks; what people enter, sessions/*/records/*.jsonl, is kept.
/sessions/*/*.ipynb
/sessions/*/*.html
/sessions/*/*.md
/sessions/*/*.pdf
/sessions/*/.generated.json
.studygroup-*.tmp
/sessions/**/*.lock
/.studygroup/
/site/
.ipynb_checkpoints/
# The group's own environment.
/.venv/
"""

_ATTRIBUTES = """\
# One line a record: two clones that both added lines keep both.
*.jsonl text eol=lf merge=union
*.csv text eol=lf
"""

_README = """\
# {name}

The workbook of our study group, made by studygroup.

    studygroup lab                       # opens JupyterLab on the week's notebook
    studygroup agenda --open             # makes the next session's agenda and shows it
    studygroup import LIST.md --syllabus # reads a reading list and makes it the syllabus
    studygroup member add NAME           # adds someone to the group
    studygroup site                      # writes static pages for everyone to site/
    studygroup check                     # says what is wrong, and where

Where there is a folder `.venv`, the program is `.venv/bin/studygroup`. `studygroup settings` shows the group's name, times and list, and
`studygroup set` changes them.
"""


def new_workbook(
    folder: Path,
    *,
    name: str,
    weekday: str | Sequence[str],
    time: str,
    zone: str,
    today: date,
    fill: Callable[[Path], None] = lambda folder: None,
) -> Path:
    """Make a fresh workbook in ``folder`` and return its path; it runs at once. Where that fails, nothing is left of it.

    Parameters
    ----------
    name
        The group's name; empty for the folder's.
    weekday, time, zone
        The group's slot, valid from ``today``: weekly, or monthly for days such as "second tuesday". Of days there may be several.
    fill
        Puts more into the workbook, given the folder in which it is made, before it is in its place.

    Raises
    ------
    WorkbookError
        Something is in the folder already, or it cannot be written.
    SettingsError
        The slot makes no sense.
    RecordError
        The name cannot stand.
    """
    folder = folder.resolve()
    check_free(folder)
    contents = _contents(folder, name, weekday, time, zone, today)
    try:
        with made_whole(folder) as made:
            for place in ("lists", "sessions", "notebooks/templates"):
                make_folder(made / place, made)
            write_all_atomically({made / place: content for place, content in contents.items()}, made)
            fill(made)
    except OSError as error:
        raise WorkbookError(f"{folder} cannot be made: {error.strerror}.") from error
    return folder


def check_free(folder: Path) -> None:
    """Refuse a folder in which a workbook cannot be made, as something is there.

    Raises
    ------
    WorkbookError
        It is no folder, or there is something in it.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise WorkbookError(f"{folder} is not empty; name a folder that does not exist yet.")
    except NotADirectoryError:
        raise WorkbookError(f"{folder} is a file; name a folder that does not exist yet.") from None
    except OSError as error:
        raise WorkbookError(f"{folder} cannot be used: {error.strerror}; name another folder.") from None


def _contents(folder: Path, name: str, weekday: str | Sequence[str], time: str, zone: str, today: date) -> dict[str, bytes]:
    """Return the files of a fresh workbook, by their places."""
    days = [day.strip().lower() for day in ([weekday] if isinstance(weekday, str) else weekday)]
    group = check_name(name or folder.name, "group's name")
    settings = _SETTINGS.format(
        name=_toml(group),
        id=_toml(make_id(group, fallback="group")),
        zones=", ".join(_toml(one) for one in dict.fromkeys([zone, "UTC"])),
        valid_from=today.isoformat(),
        weekday=_toml(days[0]) if len(days) == 1 else f"[{', '.join(map(_toml, days))}]",
        every=_toml("month" if any(" " in day for day in days) else "week"),
        time=_toml(time),
        zone=_toml(zone),
    )
    parse_settings(settings, str(folder / FILE))
    contents: dict[str, bytes] = {
        FILE: settings.encode(),
        "catalogue.csv": (",".join(COLUMNS) + "\n").encode(),
        ".gitignore": _IGNORED.encode(),
        ".gitattributes": _ATTRIBUTES.encode(),
        "README.md": _README.format(name=group).encode(),
    }
    notebooks = shipped_notebooks()
    for notebook in sorted(notebooks.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in notebook.parts:
            contents[f"notebooks/{notebook.relative_to(notebooks)}"] = notebook.read_bytes()
    return contents


def _toml(text: str) -> str:
    """Return a text as a TOML string; TOML's basic strings take every escape of JSON."""
    return json.dumps(text, ensure_ascii=False)
