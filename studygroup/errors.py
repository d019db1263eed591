"""Everything that can go wrong on purpose, and how a problem is described.

StudygroupError            what the command line shows in one sentence, exit code 1
├── SettingsError          [tool.studygroup] in pyproject.toml
├── WorkbookError          the folder is no workbook, or a new one cannot be made
├── CatalogueError         catalogue.csv or a file of lists/
├── ReadingListError       a reading list that cannot be opened or read at all
├── ScheduleError          a session, slot or date that does not exist
├── RecordError            what someone entered is not acceptable
├── SyncError              sharing through git failed; everything entered is still here
├── StoreError             a journal's store that cannot be opened or read
├── MessageError           an address, or a message that could not be sent
├── WebError               the members' page: what it needs, a link that does not hold
├── NotSavedError          a file could not be written; what was there before still stands
└── PageError              a page could not be generated
    ├── UntrustedError     a template came with git and was not accepted here
    └── TemplateError      a cell of a notebook template raised
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


def as_text(name: str) -> str:
    r"""Return a name that may hold any bytes as text that can be shown, sent and saved: each byte that is no text as ``\xff``.

    >>> as_text("caf\udce9")
    'caf\\xe9'
    """
    if name.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in name):
        return name
    return "".join(
        f"\\x{ord(sign) - 0xDC00:02x}"
        if "\udc80" <= sign <= "\udcff"
        else f"\\u{ord(sign):04x}"
        if "\ud800" <= sign <= "\udfff"
        else sign
        for sign in name
    )


Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that an import or a check found, and where.

    ``error``: could not be read; ``warning``: a person should look; ``note``: repaired with certainty, or good to know.
    ``line`` counts from 1 in ``file``; 0 means the file as a whole. ``column`` is a column's or key's name, or empty.
    """

    file: str
    line: int
    severity: Severity
    message: str
    column: str = ""

    def __post_init__(self) -> None:
        """Make text of names that are none: git carries file names of any bytes."""
        object.__setattr__(self, "file", as_text(self.file))
        object.__setattr__(self, "message", as_text(self.message))

    def __str__(self) -> str:
        """Return the problem as one line: ``catalogue.csv:7, column url: …``."""
        place = self.file + (f":{self.line}" if self.line else "")
        column = f", column {self.column}" if self.column else ""
        return f"{place}{column}: {self.severity}: {self.message}" if place else f"{self.severity}: {self.message}"


class StudygroupError(Exception):
    """Something a person can put right; its text says what, where, the value found and what to do next."""

    def __str__(self) -> str:
        """Return the sentence; names in it that are no text can be shown all the same."""
        return as_text(super().__str__())

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the sentence, as a traceback would tell a reader nothing more. Source: IPython."""
        return [str(self)]


class ProblemsError(StudygroupError):
    """An error that reports everything wrong with one input at once, in ``problems``."""

    def __init__(self, summary: str, problems: Iterable[Problem] = ()) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join([summary, *(f"  {problem}" for problem in self.problems)]))


class SettingsError(ProblemsError):
    """The group's settings are wrong; every wrong key is listed."""


class WorkbookError(StudygroupError):
    """The folder is no workbook, or a new one cannot be made there."""


class CatalogueError(ProblemsError):
    """The catalogue or a list cannot be read; every problem is listed with row and column."""


class ReadingListError(StudygroupError):
    """A reading list cannot be opened or read at all."""


class ScheduleError(StudygroupError):
    """A session, slot or date that does not exist."""


class RecordError(StudygroupError):
    """What someone entered is not acceptable; nothing was written."""


class SyncError(StudygroupError):
    """Sharing through git failed; everything that was entered is still here."""


class StoreError(StudygroupError):
    """A journal's store cannot be opened or read."""


class MessageError(StudygroupError):
    """An address that is none, or a message that could not be sent."""


class WebError(StudygroupError):
    """The members' page cannot start, or a link to it cannot be made or used."""


class NotSavedError(StudygroupError):
    """Writing failed; what was on disk before still stands."""


class PageError(StudygroupError):
    """A page could not be generated; the last good one still stands."""


class UntrustedError(PageError):
    """What would run came with git, and no one accepted it on this machine yet."""


class TemplateError(PageError):
    """A cell of a notebook template raised; the run so far was kept."""
