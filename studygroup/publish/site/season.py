"""A season in one picture: attendance, reading and ratings, session by session, as HTML with SVG in it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import msgspec

from studygroup.group.states import HAS_READ
from studygroup.meeting.after.report import Report
from studygroup.meeting.facts.turnout import MOST_WEEKS
from studygroup.text.text import plain_list, to_date, to_short_day

_TALL = 100
"""How tall a chart's field is, in units of its own: pages stretch it."""
_PITCH, _WIDE = 10, 8
_FEWEST = 12
"""How many columns there is room for at least, so that three sessions are not three towers."""


class SeasonWeek(msgspec.Struct, frozen=True):
    """One session that was held, for the picture.

    Attributes
    ----------
    read
        How many members have read what it read; the mean where it read several.
    rating
        The mean rating of what it read, 1 to 5; 0 where no one rated it.
    """

    day: str
    members: int
    there: int
    guests: int
    read: float
    rating: float


def season_weeks(reports: Sequence[Report]) -> list[SeasonWeek]:
    """Return the sessions that were held, in order, a year of them at most.

    Parameters
    ----------
    reports
        In order of their start.
    """
    found = []
    for report in reports:
        if report.state == "cancelled" or not report.turnout.recorded:
            continue
        works = [one for thing in report.discussed for one in thing.works]
        read = [sum(count for status, count in one.statuses.items() if status in HAS_READ) for one in works]
        rated = [one.ratings.mean for one in works if one.ratings.number]
        turnout = report.turnout
        found.append(
            SeasonWeek(
                to_short_day(report.agenda.start),
                turnout.members,
                turnout.there,
                turnout.guests,
                fmean(read) if read else 0,
                fmean(rated) if rated else 0,
            )
        )
    return found[-MOST_WEEKS:]


def season_span(reports: Sequence[Report]) -> str:
    """Return from when to when the picture goes, and over how many sessions; empty of fewer than two."""
    held = [one for one in reports if one.state != "cancelled" and one.turnout.recorded][-MOST_WEEKS:]
    if len(held) < 2:
        return ""
    first, last = held[0].agenda.start, held[-1].agenda.start
    begin = to_date(first) if first.year != last.year else f"{first.day} {first:%b}"
    return f"{len(held)} sessions, {begin} to {to_date(last)}"


def season_rows(weeks: Sequence[SeasonWeek]) -> list[dict[str, Any]]:
    """Return the picture's rows for its template: a name, a sentence, the columns and the text alternative of each."""
    if len(weeks) < 2:
        return []
    most = max(week.members for week in weeks)
    guests = any(week.guests for week in weeks)
    came, read = [week.there for week in weeks], [week.read for week in weeks]
    rows = [
        _row(
            "Attendance", f"{came[-1]} of {weeks[-1].members} at the last one, {fmean(came):.1f} on average", most, weeks, came
        )
    ]
    if guests:
        _add_guests(rows[0], weeks)
    if any(read):
        said = f"{_number(read[-1])} of {weeks[-1].members} have read the last one, {fmean(read):.1f} on average"
        rows.append(_row("Reading", said, most, weeks, read))
    rated = [week.rating for week in weeks if week.rating]
    if rated:
        said = f"{fmean(rated):.1f} of 5 on average, from {min(rated):.1f} to {max(rated):.1f}"
        rows.append(_row("Ratings", said, 5, weeks, [week.rating for week in weeks]))
    return rows


def _row(name: str, said: str, most: float, weeks: Sequence[SeasonWeek], values: Sequence[float]) -> dict[str, Any]:
    highest = max(most, *values, *(week.there + week.guests for week in weeks if name == "Attendance"), 1)
    columns = [
        {
            "x": place * _PITCH,
            "y": round(_TALL - tall, 2),
            "tall": tall,
            "class": "there",
            "title": f"{week.day}: {_number(value)}",
        }
        for place, (week, value) in enumerate(zip(weeks, values, strict=True))
        if (tall := round(_TALL * value / highest, 2))
    ]
    return {
        "name": name,
        "said": said,
        "columns": columns,
        "wide": _WIDE,
        "width": max(len(weeks), _FEWEST) * _PITCH,
        "end": len(weeks) * _PITCH,
        "limit": round(_TALL - _TALL * most / highest, 2),
        "highest": highest,
        "words": f"{name} by session: {plain_list(map(_number, values))}; at most {_number(most)}.",
    }


def _add_guests(row: dict[str, Any], weeks: Sequence[SeasonWeek]) -> None:
    """Put guests on top of the members who came."""
    for place, week in enumerate(weeks):
        if week.guests:
            tall = round(_TALL * week.guests / row["highest"], 2)
            top = round(_TALL - _TALL * (week.there + week.guests) / row["highest"], 2)
            said = f"{week.day}: {week.guests} guest{'s' * (week.guests > 1)}"
            row["columns"].append({"x": place * _PITCH, "y": top, "tall": tall, "class": "guests", "title": said})
    row["words"] += f" Guests: {plain_list(str(week.guests) for week in weeks)}."


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
