"""What a site consists of: the bytes of its files, and what the command tells about them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from studygroup.errors import ScheduleError
from studygroup.journal.types.records import Plan
from studygroup.meeting.before.calendar import calendar_sessions, to_calendar
from studygroup.meeting.published.site import Site, site_of
from studygroup.publish.site.private import Private
from studygroup.publish.site.site_pages import site_files
from studygroup.workbook.workbook import Workbook


class SiteContent(msgspec.Struct, frozen=True):
    """A site's files, by path; the titles of what a person can open, the names shown, and how many summaries are held back."""

    files: dict[str, bytes]
    titles: dict[str, str]
    names: tuple[str, ...]
    kept_back: int


def content_of(workbook: Workbook) -> SiteContent:
    """Return everything that a workbook's site consists of; the same workbook gives the same bytes.

    Raises
    ------
    CatalogueError
        The catalogue cannot be read, or has an item that no page can be named after.
    """
    site, private = site_of(workbook), Private.of(workbook.settings, _links(workbook))
    calendar = _calendar(workbook, site, private)
    files, titles = {}, {}
    for file in site_files(site, private.without, calendar=calendar is not None):
        files[file.path] = file.text.encode()
        if file.title:
            titles[file.path] = file.title
    if calendar is not None:
        files["calendar.ics"], titles["calendar.ics"] = calendar, "Calendar of all sessions"
    kept_back = sum(page.opinions.kept_back for page in site.items.values())
    return SiteContent(files, titles, tuple(site.names), kept_back)


def _links(workbook: Workbook) -> Iterator[str]:
    """Yield where single sessions meet, also by plans that were changed later."""
    return (record.link for record in workbook.records if isinstance(record, Plan) and record.link)


def _calendar(workbook: Workbook, site: Site, private: Private) -> bytes | None:
    """Return the calendar of all sessions for everyone; None for a group that has none."""
    try:
        content = to_calendar(
            workbook, calendar_sessions(workbook), made=site.updated, meeting_link=workbook.settings.publish_meeting_link
        )
    except ScheduleError:
        return None
    return private.without_in_calendar(content)
