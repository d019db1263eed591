"""What a workbook starts from: notebook templates, and a fresh workbook of one's own."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from studygroup.atomic import write_all_atomically
from studygroup.catalogue.item import COLUMNS
from studygroup.errors import WorkbookError
from studygroup.settings import FILE, parse_settings
from studygroup.text import check_name, make_id


def shipped_notebooks() -> Path:
    """Return the folder of the notebooks that ship with the package."""
    # In a wheel they lie inside the package; in a checkout they are the project's own notebooks.
    inside = Path(__file__).parent / "notebooks"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "notebooks"


def template_path(workbook: Path, name: str) -> Path:
    """Return the notebook template ``name`` of a workbook: its own, else the shipped one."""
    own = workbook / "notebooks" / "templates" / f"{name}.ipynb"
    return own if own.is_file() else shipped_notebooks() / "templates" / f"{name}.ipynb"


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
every = "week"
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
"""

_ATTRIBUTES = """\
# One line a record: two clones that both added lines keep both.
*.jsonl text eol=lf merge=union
*.csv text eol=lf
"""

_README = """\
# {name}

The workbook of our study group, made by studygroup.

    studygroup agenda             # writes sessions/<next session>/agenda.html, .md and .ipynb
    studygroup import LIST.md     # reads a reading list into catalogue.csv and lists/
    studygroup member add NAME    # puts somebody on the roster
    studygroup site               # writes static pages for everybody to site/
    studygroup check              # says what is wrong, and where

The group's name, time and list stand in `pyproject.toml`.
"""


def new_workbook(folder: Path, *, name: str, weekday: str, time: str, zone: str, today: date) -> Path:
    """Make a fresh workbook in ``folder`` and return its path; it runs at once.

    Parameters
    ----------
    name
        The group's name; empty for the folder's.
    weekday, time, zone
        The group's slot, weekly, valid from ``today``.

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
    try:
        if folder.exists() and any(folder.iterdir()):
            raise WorkbookError(f"{folder} is not empty; name a folder that does not exist yet.")
    except NotADirectoryError:
        raise WorkbookError(f"{folder} is a file; name a folder that does not exist yet.") from None
    group = check_name(name or folder.name, "group's name")
    settings = _SETTINGS.format(
        name=_toml(group),
        id=_toml(make_id(group, fallback="group")),
        zones=", ".join(_toml(one) for one in dict.fromkeys([zone, "UTC"])),
        valid_from=today.isoformat(),
        weekday=_toml(weekday.lower()),
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
    try:
        for place in ("lists", "sessions", "notebooks/templates"):
            (folder / place).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{folder} cannot be made: {error.strerror}.") from error
    write_all_atomically({folder / place: content for place, content in contents.items()})
    return folder


def _toml(text: str) -> str:
    """Return a text as a TOML string; TOML's basic strings take every escape of JSON."""
    return json.dumps(text, ensure_ascii=False)
