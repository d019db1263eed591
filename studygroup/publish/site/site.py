"""The static site of a workbook: computed, made private, and written to a folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from studygroup.errors import PageError, ScheduleError
from studygroup.meeting.before.calendar import calendar_sessions, to_calendar
from studygroup.meeting.published.site import Site, site_of
from studygroup.publish.site.private import Private
from studygroup.publish.site.site_folder import SiteChanges, changes_to, write_folder
from studygroup.publish.site.site_pages import site_files
from studygroup.storage.atomic import locked
from studygroup.storage.shared_files import make_folder
from studygroup.workbook.workbook import Workbook

FOLDER = "site"
"""Where a workbook's site is written unless somebody says otherwise."""


class Published(msgspec.Struct, frozen=True):
    """A site as it was written, or would be.

    Attributes
    ----------
    folder
        Where it is.
    titles
        What a person can open: titles by path.
    names
        The names of people that its pages show.
    kept_back
        How many summaries are not shown yet.
    changes
        Which files were written, left alone and removed.
    """

    folder: Path
    titles: dict[str, str]
    names: tuple[str, ...]
    kept_back: int
    changes: SiteChanges


def make_site(workbook: Workbook, out: Path | None = None, *, dry_run: bool = False) -> Published:
    """Write a workbook's site and return what was published; the same workbook gives the same bytes.

    Parameters
    ----------
    out
        The folder to write to; else ``site`` in the workbook.
    dry_run
        Only say what would be.

    Raises
    ------
    CatalogueError
        The catalogue cannot be read, or has an item that no page can be named after.
    PageError
        The folder is one of the workbook's own, or holds somebody else's file where a page belongs; nothing was written.
    NotSavedError
        A file could not be written.
    """
    folder = _checked(workbook, out if out is not None else workbook.folder / FOLDER)
    # A folder that someone named may be reached through links of their own; ours may not.
    root = folder if out is not None else workbook.folder
    site = site_of(workbook)
    private = Private.of(workbook.settings)
    calendar = _calendar(workbook, site, private)
    files, titles = {}, {}
    for file in site_files(site, private.without, calendar=calendar is not None):
        files[file.path] = file.text.encode()
        if file.title:
            titles[file.path] = file.title
    if calendar is not None:
        files["calendar.ics"], titles["calendar.ics"] = calendar, "Calendar of all sessions"
    state = workbook.folder / ".studygroup"
    if dry_run:
        changes = changes_to(folder, files, root)
    else:
        make_folder(state, workbook.folder)
        # Two at once would each take the other's pages for what is no longer published.
        with locked(state / "site", workbook.folder):
            changes = changes_to(folder, files, root)
            write_folder(folder, files, changes, root)
    kept_back = sum(page.opinions.kept_back for page in site.items.values())
    return Published(folder, titles, tuple(site.names), kept_back, changes)


def _checked(workbook: Workbook, folder: Path) -> Path:
    own, there = workbook.folder.resolve(), folder.resolve()
    kept = [own / name for name in ("sessions", "lists", "notebooks", ".git", ".studygroup")]
    if there == own or there in own.parents or any(there == one or one in there.parents for one in kept):
        raise PageError(
            f"{folder} holds the workbook itself; give the site a folder of its own with --out, such as {own / FOLDER}."
        )
    if there.exists() and not there.is_dir():
        raise PageError(f"{folder} is a file; give the site a folder of its own with --out, such as {own / FOLDER}.")
    return folder


def _calendar(workbook: Workbook, site: Site, private: Private) -> bytes | None:
    """Return the calendar of all sessions for everybody; None for a group that has none."""
    try:
        content = to_calendar(
            workbook, calendar_sessions(workbook), made=site.updated, meeting_link=workbook.settings.publish_meeting_link
        )
    except ScheduleError:
        return None
    return private.without_in_calendar(content)
