"""Sessions as an iCalendar file that a strict parser accepts: stable identities, sequence numbers, time zones included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from studygroup.errors import ScheduleError
from studygroup.group.schedule import UTC_NAMES, Session
from studygroup.text.text import is_safe_url

if TYPE_CHECKING:
    from icalendar import Event, Timezone

_REFRESH = timedelta(hours=6)


def to_ics(
    sessions: Iterable[Session],
    *,
    group_name: str,
    uid_domain: str,
    description: str,
    location: str,
    url: str,
    now: datetime,
    summaries: Mapping[str, str],
    descriptions: Mapping[str, str] = MappingProxyType({}),
    urls: Mapping[str, str] = MappingProxyType({}),
    locations: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return an iCalendar file with one event a session, in the order given; the same input gives the same bytes.

    An event's UID is ``<session id>@<uid_domain>`` whatever happens to the session, so that a calendar which has it already
    moves or cancels it; SEQUENCE says which state is newer.

    Parameters
    ----------
    description, location, url
        The same in every event; each may be empty. A ``url`` that is not http(s) or mailto is left out.
    now
        When the file is made, or what it says was last changed (DTSTAMP).
    summaries
        The events' titles by session id; the group's name where there is none.
    descriptions, urls, locations
        What is before ``description``, and in place of ``url`` and ``location``, in the events of some sessions, by session id.

    Raises
    ------
    ScheduleError
        There is no session: a calendar without a component is not valid.

    Source: RFC 5545; RFC 7986 sections 5.1 for NAME and 5.7 for REFRESH-INTERVAL.
    """
    from icalendar import Calendar, vDuration, vText

    sessions = list(sessions)
    if not sessions:
        raise ScheduleError("There is no session to write into a calendar; choose other dates.")
    calendar = Calendar()
    calendar.add("prodid", "-//studygroup//studygroup workbook//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # Some calendars read only the older name.
    for key in ("name", "x-wr-calname"):
        calendar.add(key, vText(_line(group_name)))
    # How often a calendar that subscribed to the file looks at it again; some know only the older name.
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    for zone in sorted({_zone_key(session) for session in sessions} - {""}):
        years = [session.start.year for session in sessions if _zone_key(session) == zone]
        calendar.add_component(_to_vtimezone(ZoneInfo(zone), min(years), max(years)))
    for session in sessions:
        event = _to_event(session, uid_domain, now)
        event.add("summary", _line(summaries.get(session.id, "")) or _line(group_name))
        what = "Cancelled" if session.cancelled else "Moved" if session.moved else "Note"
        reason = f"{what}: {session.reason}" if session.reason else ""
        for key, value in (
            ("description", _text("\n\n".join(filter(None, (reason, descriptions.get(session.id, ""), description))))),
            ("location", _line(locations.get(session.id, location))),
        ):
            if value:
                event.add(key, value)
        address = urls.get(session.id, url)
        if is_safe_url(address):
            event.add("url", address)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _to_event(session: Session, uid_domain: str, now: datetime) -> Event:
    """Return the event with everything but its texts."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"{session.id}@{uid_domain}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    in_utc = not _zone_key(session)
    event.add("dtstart", session.start.astimezone(UTC) if in_utc else session.start)
    event.add("dtend", session.end.astimezone(UTC) if in_utc else session.end)
    return event


def _zone_key(session: Session) -> str:
    """Return the zone that an event's times are written in; empty for UTC."""
    zone = session.start.tzinfo
    key = zone.key if isinstance(zone, ZoneInfo) else "UTC"
    # RFC 5545, 3.3.5: a local time that occurs twice is its first occurrence, so the second one needs UTC.
    return "" if key in UTC_NAMES or session.start.fold or session.end.fold else key


def _to_vtimezone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """Return the zone's offsets from the start of one year to the end of another, an observance a change of the clocks.

    icalendar's own ``Timezone.from_tzid`` puts the spring change an hour late: it gives the onset in the new offset.
    Source: RFC 5545, 3.6.5.
    """
    from icalendar import Timezone

    end = datetime(last_year + 1, 1, 2, tzinfo=UTC)
    first = datetime(first_year, 1, 1, tzinfo=zone).astimezone(UTC)
    component = Timezone()
    component.add("tzid", zone.key)
    _add_observance(component, first.astimezone(zone), first.astimezone(zone))
    at = first
    while at < end:
        # Two changes are never closer than a week: the nearest are around Ramadan, in Africa/Casablanca.
        after = at + timedelta(days=7)
        if _offset(at, zone) != _offset(after, zone):
            change = _first_change(at, after, zone)
            _add_observance(component, (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone))
        at = after
    return component


def _first_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second, in UTC, at which the zone's offset is no longer the one at ``before``."""
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        same = _offset(datetime.fromtimestamp(middle, UTC), zone) == _offset(before, zone)
        low, high = (middle, high) if same else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _offset(instant: datetime, zone: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _add_observance(component: Timezone, before: datetime, onset: datetime) -> None:
    """Add what the zone's clocks do from ``onset`` on; ``before`` is the second before it, or ``onset`` for the first."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    old, new = before.utcoffset() or timedelta(), onset.utcoffset() or timedelta()
    observance = TimezoneDaylight() if (onset.dst() or timedelta()) > timedelta() else TimezoneStandard()
    # The onset is written as the clocks showed it before they were changed.
    observance.add("dtstart", (onset.astimezone(UTC) + old).replace(tzinfo=None))
    observance.add("tzoffsetfrom", old)
    observance.add("tzoffsetto", new)
    observance.add("tzname", onset.tzname())
    component.add_component(observance)


def _text(value: str) -> str:
    """Return people's text without characters that RFC 5545 (3.1) forbids, one kind of line end for all."""
    lines = "\n".join(re.split("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", value))
    return re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]", "", lines).strip()


def _line(value: str) -> str:
    return " ".join(_text(value).split())
