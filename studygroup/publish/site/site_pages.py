"""The site's pages, as text: every file of it but the calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from studygroup.meeting.after.report import Report
from studygroup.meeting.before.agenda import Agenda
from studygroup.meeting.published.site import Site
from studygroup.publish.blocks import FILTERS, to_on
from studygroup.publish.charts import progress_chart
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.report_page import FILTERS as REPORT_FILTERS
from studygroup.publish.pages.report_page import ReportPage, to_number
from studygroup.publish.site.season import season_rows, season_span, season_weeks
from studygroup.publish.templates import FOLDER, environment
from studygroup.text.text import plain_list, session_day, to_date, to_day, to_short_day

# A file's own address is no origin in every browser: "file:" lets a page from disk have its style. It matches nothing else.
POLICY = (
    "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:; base-uri 'none'; form-action 'none'"
)
MOST_ENTRIES = 50
"""How many reports the feed holds, the last ones."""

_MENU = (
    ("list.html", "List"),
    ("sessions/index.html", "Sessions"),
    ("questions.html", "Questions"),
    ("progress.html", "Progress"),
)


_LINKS = {
    "ahead": "The whole agenda",
    "open": "The report so far",
    "closed": "The report",
    "cancelled": "About this session",
}
"""What a session's page shows, as the words of a link to it."""


class File(msgspec.Struct, frozen=True):
    """One file of the site: its path, its title (empty for what no person opens), and its text."""

    path: str
    title: str
    text: str


def to_item_page(item: str) -> str:
    """Return where a session's page finds an item's page."""
    return f"../items/{item}.html"


def site_files(site: Site, clean: Callable[[str], str], *, calendar: bool) -> Iterator[File]:
    """Yield the site's files.

    Parameters
    ----------
    clean
        Returns a page without what is private.
    calendar
        Whether there is a calendar to link to.
    """
    for file in _site_files(site, clean, calendar=calendar):
        is_page = file.path.endswith((".html", ".xml"))
        yield msgspec.structs.replace(file, text=clean(file.text)) if is_page else file


def _site_files(site: Site, clean: Callable[[str], str], *, calendar: bool) -> Iterator[File]:
    pages = _Pages(site, calendar=calendar)
    # The session under way is above; it is not one of the last as well.
    earlier = [one for one in site.reports if site.upcoming is None or one.agenda.session != site.upcoming.session]
    yield pages.made("index.html", site.group, "index", reports=earlier)
    yield pages.made("list.html", "Reading list", "list")
    yield from pages.sessions()
    for item, page in site.items.items():
        yield pages.made(f"items/{item}.html", page.opinions.work.title, "item", page=page)
    yield pages.made("questions.html", "Questions", "questions")
    weeks = season_weeks(site.sessions)
    yield pages.made(
        "progress.html",
        "How far we are",
        "progress",
        chart=progress_chart(site.progress),
        season=season_rows(weeks),
        span=season_span(site.sessions),
        guests=any(week.guests for week in weeks),
        totals=_totals(site),
    )
    yield File("feed.xml", "Atom feed of reports", _feed(site, clean))
    style = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "site/site.css"))
    yield File("style.css", "", style)
    yield File("search.js", "", (FOLDER / "site" / "search.js").read_text(encoding="utf-8"))


class _Pages:
    """Makes pages of one site."""

    def __init__(self, site: Site, *, calendar: bool) -> None:
        self.site, self.calendar = site, calendar
        known = {one.agenda.session: one for one in site.sessions}
        self._days = Counter(one.agenda.start.date() for one in site.sessions)
        filters: dict[str, Callable[..., Any]] = {
            **FILTERS,
            **{one.__name__.removeprefix("to_"): one for one in REPORT_FILTERS},
            "date": to_date,
            "item_known": site.items.__contains__,
            "session_day": lambda session: to_date(session_day(session) or date.min),
            "session_known": known.__contains__,
            "session_link": lambda agenda: _LINKS[known[agenda.session].state],
            "session_title": self._title,
            "session_words": to_session_words,
        }
        self._template = cache(environment(filters).get_template)

    def _title(self, agenda: Agenda) -> str:
        """Return what links and titles call a session: its day, and its time where another session is on that day."""
        return to_day(agenda.start) + f", {agenda.start:%H:%M}" * (self._days[agenda.start.date()] > 1)

    def made(self, path: str, title: str, template: str, **more: Any) -> File:
        """Return a page."""
        text = self._template(f"site/{template}.html.j2").render(
            site=self.site,
            calendar=self.calendar,
            policy=POLICY,
            menu=_MENU,
            path=path,
            root="../" * path.count("/"),
            title=title,
            **more,
        )
        return File(path, title, text)

    def sessions(self) -> Iterator[File]:
        """Yield the page of all sessions, and each session's."""
        ahead = [one for one in self.site.sessions if one.agenda.session not in self.site.begun]
        now = [one for one in self.site.sessions if one.agenda.session == self.site.under_way]
        past = [one for one in reversed(self.site.sessions) if one not in ahead and one not in now]
        yield self.made("sessions/index.html", "Sessions", "sessions", ahead=ahead, now=now, past=past)
        neighbours = zip([None, *self.site.sessions], [*self.site.sessions[1:], None], strict=False)
        for one, (before, after) in zip(self.site.sessions, neighbours, strict=True):
            path = f"sessions/{one.agenda.session}.html"
            blocks = [*_blocks(one)]
            yield self.made(path, self._title(one.agenda), "session", blocks=blocks, before=before, after=after)


def _blocks(report: Report) -> Iterator[str]:
    """Yield what a session's page shows: of one ahead the agenda, of any other the report and when it was."""
    agenda = AgendaPage(report.agenda, (to_item_page,))
    if report.state in {"ahead", "cancelled"}:
        for name in ("heading", "reads", "order", "threads", "discussion", "progress", "upcoming"):
            if report.state == "ahead" or name in {"heading", "upcoming"}:
                yield agenda.html(name)
        return
    page = ReportPage(report, (to_item_page,))
    for name in ("heading", "results", "discussed", "questions", "attendance", "progress", "upcoming"):
        yield page.html(name)
    yield agenda.html("order", "How the session was planned")


def to_session_words(report: Report) -> str:
    """Return what a list of sessions says of one: whether it is moved or cancelled, and who came."""
    agenda = report.agenda
    if report.state == "cancelled":
        return f"cancelled{f': {agenda.reason}' if agenda.reason else ''}"
    words = [f"moved from {to_on(agenda.session, str(agenda.start.date()))}"] if agenda.moved else []
    if report.turnout.recorded:
        words.append(f"{report.turnout.there} of {to_number(report.turnout.members, 'member')} came")
        words += [to_number(report.turnout.guests, "guest")] if report.turnout.guests else []
    summaries = sum(len(one.summaries) for thing in report.discussed for one in thing.works)
    words += [to_number(summaries, "summary", "summaries")] if summaries else []
    return ", ".join(words)


def _totals(site: Site) -> list[tuple[int, str, str]]:
    total = site.totals
    return [
        (total.sessions, "session held", "sessions held"),
        (total.members, "member", "members"),
        (total.readings, "reading", "readings"),
        (total.summaries, "summary", "summaries"),
        (total.questions, "question asked", "questions asked"),
        (total.still_open, "still open", "still open"),
    ]


def _feed(site: Site, clean: Callable[[str], str]) -> str:
    """Return the Atom feed of the last reports; their HTML is cleaned before it is escaped.

    Source: RFC 4287; an entry's id is made from the group's and the session's, and stays wherever the site is published.
    """
    base = f"{site.address.rstrip('/')}/" if site.address else ""
    entries = []
    for report in site.reports[:MOST_ENTRIES]:
        session = report.agenda.session
        page = ReportPage(report)
        titles = plain_list(one.title for one in report.agenda.reads)
        entries.append(
            {
                "id": uuid5(NAMESPACE_URL, f"{site.id}.studygroup/{session}").urn,
                "title": f"{to_short_day(report.agenda.start)} {report.agenda.start.year}{f': {titles}' if titles else ''}",
                "updated": site.updated_in.get(session, report.agenda.start),
                "published": report.agenda.start,
                "path": f"sessions/{session}.html",
                "blocks": [clean(str(page.html(name))) for name in ("results", "discussed", "questions")],
            }
        )
    template = environment({"instant": _instant}).get_template("site/feed.xml.j2")
    feed_id = uuid5(NAMESPACE_URL, f"{site.id}.studygroup").urn
    return template.render(site=site, entries=entries, base=base, feed_id=feed_id)


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
