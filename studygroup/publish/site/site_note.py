"""A note of what the site was last made from, so that making it again where nothing changed is quick.

What counts is everything that the pages are made from: this program, the workbook's files (or the records in a database), the
pages as they are in the site's folder, and the time: the note ends when a day, a session or a ballot begins or ends.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.settings import FILE
from studygroup.journal.files.files import FilesStore
from studygroup.journal.types.lines import encode
from studygroup.journal.types.records import Ballot
from studygroup.publish.site.site_folder import digest_of
from studygroup.storage.atomic import write_atomically
from studygroup.storage.shared_files import read_file, read_files
from studygroup.workbook.workbook import Workbook

NOTE = "site-made"
"""The note's name in the workbook's ``.studygroup``."""

_PACKAGE = Path(__file__).parents[2]
# Courses look a year ahead of the clock; what is that far ahead comes into view as time passes.
_LOOKS = (timedelta(0), timedelta(days=366))
_MARGIN = timedelta(seconds=2)


class SiteNote(msgspec.Struct, frozen=True):
    """What was published when, and made from what.

    Attributes
    ----------
    made_from
        The digest of everything that it was made from.
    folder
        Where it is.
    since, until
        The time in which the same workbook gives the same pages.
    files
        The digest of each file, by its path.
    titles, names, kept_back
        As ``site.Published`` has them.
    """

    made_from: str
    folder: str
    since: datetime
    until: datetime
    files: dict[str, str]
    titles: dict[str, str]
    names: tuple[str, ...]
    kept_back: int


def read_note(workbook: Workbook) -> SiteNote | None:
    """Return the note of the last time; None where there is none that can be read."""
    try:
        return msgspec.json.decode(read_file(workbook.folder / ".studygroup" / NOTE, workbook.folder), type=SiteNote)
    except (OSError, msgspec.MsgspecError):
        return None


def write_note(workbook: Workbook, note: SiteNote) -> None:
    """Write the note of this time."""
    write_atomically(workbook.folder / ".studygroup" / NOTE, msgspec.json.encode(note), workbook.folder)


def made_from(workbook: Workbook) -> str:
    """Return the digest of everything that a site is made from, but the time."""
    parts = [_program(), msgspec.json.encode(workbook.settings)]
    levels: list[tuple[str, ...]] = [(FILE,), ("catalogue.csv",), ("lists", "*.csv"), ("lists", "*.md")]
    if isinstance(workbook.store, FilesStore):
        levels += [("sessions", "*"), ("sessions", "*", "records", "*")]
    else:
        parts += sorted(map(encode, workbook.journal.records))
    for one in levels:
        for path, content in read_files(workbook.folder, *one):
            parts += [path.encode(errors="surrogateescape"), content]
    return _digest(parts)


def until(workbook: Workbook, since: datetime) -> datetime:
    """Return the moment up to which the clock alone changes nothing on the site; ``since`` where that is a matter of seconds."""
    now = since.astimezone(UTC)
    turns = [turn for turn in _turns(workbook, now) if turn + _MARGIN > now]
    return max(now, min(turns) - _MARGIN)


def _turns(workbook: Workbook, now: datetime) -> Iterator[datetime]:
    """Yield when days, sessions and ballots near an instant begin or end."""
    for zone in {"UTC", *workbook.settings.zones, *(slot.zone for slot in workbook.slots)}:
        tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
        yield datetime.combine(tomorrow, time(), ZoneInfo(zone)).astimezone(UTC)
    for look in _LOOKS:
        day = (now + look).date()
        try:
            near = workbook.schedule.between(day - timedelta(days=9), day + timedelta(days=2), cancelled=True)
        except ScheduleError:
            continue
        yield from (moment.astimezone(UTC) - look for one in near for moment in (one.start, one.end))
    yield from (ballot.until.astimezone(UTC) for ballot in workbook.current.current(Ballot))


@cache
def _program() -> bytes:
    """Return a digest of the program: what a new version changes, an edited checkout, or another set of libraries."""
    files = (path for path in sorted(_PACKAGE.rglob("*")) if path.suffix in {".py", ".j2", ".css", ".js"})
    libraries = Path(sysconfig.get_path("purelib"))
    installed = str(libraries.stat().st_mtime_ns if libraries.exists() else 0)
    return _digest([sys.version.encode(), installed.encode(), *(path.read_bytes() for path in files)]).encode()


def _digest(parts: Iterable[bytes]) -> str:
    # Each part has its own digest, so that nothing can move from one part to the next.
    return digest_of(b"".join(hashlib.sha256(part).digest() for part in parts))
