"""Charts, as SVG with a text alternative."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from studygroup.meeting.before.agenda import StepProgress
from studygroup.meeting.facts.turnout import Week
from studygroup.publish.templates import drawing, drawn
from studygroup.text.text import plain_list, to_short_day

_WIDTH_PX = 400
_ROW_PX = 52
# The columns' field: its left edge, top, and height.
_LEFT_PX, _TOP_PX, _FIELD_PX = 30, 18, 120


def progress_in_words(progress: StepProgress) -> str:
    """Return the chart's text alternative: what is covered, in all and by section.

    >>> from studygroup.meeting.before.agenda import SectionProgress
    >>> progress_in_words(StepProgress(1, 1, 3, (SectionProgress("Data", ("covered", "here", "ahead")),)))
    '1 of 3 steps covered, 1 this time. Data: 1 of 3.'
    """
    now = f", {progress.here} this time" if progress.here else ""
    sections = " ".join(f"{_name(section.name)}: {section.covered} of {section.total}." for section in progress.sections)
    return f"{progress.covered} of {progress.total} steps covered{now}. {sections}"


def progress_chart(progress: StepProgress) -> str:
    """Return the syllabus' progress as SVG, 400 px wide: a section's name above a row of boxes, a box a step.

    Covered steps are dark, those of this session hatched, the others empty, so that it reads without colour. The same
    progress gives the same bytes. Drawn by a template of our own: matplotlib would add 0.4 s to every agenda.
    """
    longest = max(section.total for section in progress.sections)
    # Wide enough to see, and a long section still fits its row.
    pitch = min(40.0, (_WIDTH_PX - 2) / longest)
    rows = [
        {
            "name": textwrap.shorten(_name(section.name), 52, placeholder=" …"),
            "count": f"{section.covered}/{section.total}",
            "top": number * _ROW_PX,
            "boxes": _boxes(section.steps, pitch),
        }
        for number, section in enumerate(progress.sections)
    ]
    return drawing("progress.svg.j2").render(rows=rows, width=_WIDTH_PX, height=_ROW_PX * len(rows))


@lru_cache(maxsize=1024)
def _boxes(states: tuple[str, ...], pitch: float) -> str:
    """Return a row of boxes; from one session to the next, most rows stay as they are."""
    boxes = [(round(1 + place * pitch, 2), state) for place, state in enumerate(states)]
    box = round(pitch * 0.84, 2)
    return drawn("boxes.svg.j2", boxes=boxes, box=box, radius=min(3, box / 4))


def attendance_in_words(weeks: Sequence[Week]) -> str:
    """Return the text alternative of ``attendance_chart``: how many came to each session.

    >>> attendance_in_words([Week("2026-11-20", 3, 2, 1, 1), Week("2026-11-27", 4, 3, 0, 2)])
    'Members at 2 sessions from 2026-11-20 to 2026-11-27: 2 and 3; now of 4. Guests: 1 and 0.'
    """
    there = plain_list(str(week.there) for week in weeks)
    guests = f" Guests: {plain_list(str(week.guests) for week in weeks)}." if any(week.guests for week in weeks) else ""
    return f"Members at {_span(weeks)}: {there}; now of {weeks[-1].members}.{guests}"


def attendance_chart(weeks: Sequence[Week]) -> str:
    """Return attendance over the weeks as SVG: a column a session, members dark, guests hatched on top, a dashed line for all."""
    return _columns(weeks, [(week.there, week.guests) for week in weeks], weeks[-1].members)


def covered_in_words(weeks: Sequence[Week], total: int) -> str:
    """Return the text alternative of ``covered_chart``: how many steps were covered after each session.

    >>> covered_in_words([Week("2026-11-20", 3, 2, 1, 1), Week("2026-11-27", 4, 3, 0, 2)], 31)
    'Steps covered after 2 sessions from 2026-11-20 to 2026-11-27: 1 and 2; of 31.'
    """
    return f"Steps covered after {_span(weeks)}: {plain_list(str(week.covered) for week in weeks)}; of {total}."


def covered_chart(weeks: Sequence[Week], total: int) -> str:
    """Return how many steps were covered by each session as SVG, with a dashed line for all of them."""
    return _columns(weeks, [(week.covered, 0) for week in weeks], total)


def _span(weeks: Sequence[Week]) -> str:
    return f"{len(weeks)} sessions from {weeks[0].session} to {weeks[-1].session}"


def _columns(weeks: Sequence[Week], values: Sequence[tuple[int, int]], limit: int) -> str:
    """Return columns of two parts each, up to a dashed line at ``limit``, with the first and last session's dates."""
    highest = max([limit, *(sum(parts) for parts in values)], default=0) or 1
    pitch = min(40.0, (_WIDTH_PX - _LEFT_PX - 1) / len(weeks))
    bottom = _TOP_PX + _FIELD_PX

    def tall(value: int) -> float:
        return round(_FIELD_PX * value / highest, 2)

    columns = []
    for place, (first, more) in enumerate(values):
        x = round(_LEFT_PX + place * pitch, 2)
        columns.append((x, round(bottom - tall(first), 2), tall(first), "there"))
        if more:
            columns.append((x, round(bottom - tall(first) - tall(more), 2), tall(more), "more"))
    days = [to_short_day(date.fromisoformat(week.session[:10])) for week in (weeks[0], weeks[-1])]
    number_y = bottom - tall(sum(values[-1])) - 4
    if abs(number_y - 4 - (bottom - tall(limit))) < 9:
        # The dashed line would strike it through.
        number_y = bottom - tall(max(limit, sum(values[-1]))) - 4
    end = round(_LEFT_PX + len(weeks) * pitch, 2)
    return drawing("weeks.svg.j2").render(
        width=_WIDTH_PX,
        height=bottom + 22,
        left=_LEFT_PX,
        lines=[(bottom, 0, ""), (bottom - tall(limit), limit, "limit")],
        columns=columns,
        column=round(pitch * 0.8, 2),
        # Where the columns leave no room for two dates, the first one stands for both.
        days=[(_LEFT_PX, days[0], "start"), *([(end, days[1], "end")] if end - _LEFT_PX > 130 else [])],
        last=(round(end - pitch * 0.6, 2), round(number_y, 2), sum(values[-1])),
    )


def _name(section: str) -> str:
    return section or "Without a section"
