"""What a report was made from, as a digest that its notebook keeps: the same digest, the same report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from studygroup.group.settings import FILE
from studygroup.journal.types.lines import encode
from studygroup.meeting.after.report import Report
from studygroup.storage.shared_files import find_files, is_file, read_file
from studygroup.version import __version__
from studygroup.workbook.starter import shipped_notebooks, template_bytes, template_path
from studygroup.workbook.workbook import Workbook

_PACKAGE = Path(__file__).parents[2]


def is_shipped(workbook: Workbook) -> bool:
    """Whether a workbook's reports are made by the template that ships with the package."""
    return template_bytes(template_path(workbook.folder, "report")) == _shipped()


def _shipped() -> bytes:
    return (shipped_notebooks() / "templates" / "report.ipynb").read_bytes()


class Freshness:
    """Says whether reports of a workbook are as they would be if they were made now.

    A report is made from its data, its template, and what of this package turns one into the other. A template of the group's own
    may show anything in the workbook, so all of it counts then.
    """

    def __init__(self, workbook: Workbook) -> None:
        template = template_bytes(template_path(workbook.folder, "report"))
        own = [] if template == _shipped() else _everything(workbook)
        self._sessions = workbook.folder / "sessions"
        self.rest = _digest([__version__.encode(), _sources(), template, *own])

    def made_from(self, report: Report) -> str:
        """Return the digest of what a report is made from."""
        # It leads to the agenda as soon as there is one.
        agenda = is_file(self._sessions / report.agenda.session / "agenda.html", self._sessions.parent)
        return _digest([self.rest.encode(), msgspec.json.encode(report), str(agenda).encode()])

    def is_fresh(self, folder: Path, made_from: str, endings: Iterable[str]) -> bool:
        """Whether a session's folder has the report that ``made_from`` would give, in each of some forms."""
        try:
            notebook = json.loads(read_file(folder / "report.ipynb", folder.parent.parent))
            kept = notebook["metadata"]["studygroup"]["made_from"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return bool(kept == made_from) and all(is_file(folder / f"report{ending}", folder.parent.parent) for ending in endings)


@cache
def _sources() -> bytes:
    """Return a digest of the modules and templates that make a report; within a version, a checkout changes them."""
    rooms = (_PACKAGE / "meeting", _PACKAGE / "publish", _PACKAGE / "text")
    files = [path for room in rooms for path in room.rglob("*") if path.suffix in {".py", ".j2", ".css"}]
    return _digest(path.read_bytes() for path in sorted(files)).encode()


def _everything(workbook: Workbook) -> list[bytes]:
    """Return what a template could read of a workbook."""
    folder = workbook.folder
    files = [folder / FILE, folder / "catalogue.csv", *find_files(folder, "lists", "*.csv")]
    return [*(read_file(path, folder) for path in files if is_file(path, folder)), *sorted(map(encode, workbook.records))]


def _digest(parts: Iterable[bytes]) -> str:
    # Each part has its own digest, so that nothing can move from one part to the next.
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
