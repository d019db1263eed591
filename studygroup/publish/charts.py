"""Charts, with a text alternative: progress as HTML with SVG in it, the weeks as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import Any

from studygroup.meeting.before.agenda import SectionProgress, StepProgress
from studygroup.meeting.facts.turnout import Week
from studygroup.publish.templates import drawing, environment
from studygroup.text.text import plain_list, to_short_day

_WIDTH_PX = 400
# The columns' field: its left edge, top, and height.
_LEFT_PX, _TOP_PX, _FIELD_PX = 30, 18, 120


def progress_in_words(progress: StepProgress) -> str:
    """Return progress in a few sentences: what is finished, in all and by section; sections not started in one of them.

    >>> from studygroup.meeting.before.agenda import SectionProgress
    >>> sections = SectionProgress("Data", ("covered", "here", "ahead")), SectionProgress("Code", ("ahead",) * 2)
    >>> progress_in_words(StepProgress(1, 1, 5, sections))
    '1 of 5 finished, 1 more in this session. Data: 1 of 3. Not started: Code (2).'
    """
    now = f", {progress.here} more in this session" if progress.here else ""
    shown = [f"{_name(one.name)}: {one.covered} of {one.total}." for one in progress.sections if not one.untouched]
    untouched = _untouched(progress)
    return " ".join(
        [f"{progress.covered} of {progress.total} finished{now}.", *shown, *([f"{untouched}."] if untouched else [])]
    )


def progress_chart(progress: StepProgress | None, here: str = "This session") -> str:
    """Return progress as HTML: each section that is under way as a row of boxes, a box a step, with its count beside it; a very long section is a bar.

    Finished steps are filled, those that are ``here`` hatched, the others empty, so that it reads without colour. Sections not
    started take one line; so do finished ones in a list of many. Empty without a syllabus. Drawn by a template of our own:
    matplotlib would add 0.4 s to every agenda.
    """
    if progress is None or not progress.total:
        return ""
    begun = [one for one in progress.sections if not one.untouched]
    whole = [one for one in begun if one.covered == one.total] if len(begun) > _MOST_ROWS else []
    rows = [
        {"name": _name(one.name), "boxes": _boxes(one.steps, here), "count": f"{one.covered} of {one.total}"}
        for one in begun
        if one not in whole
    ]
    named = {"covered": "Finished", **({"here": here} if progress.here else {}), "ahead": "Ahead"}
    key = [(_boxes((state,), here), word) for state, word in named.items()]
    short = [f"Finished: {_counted(whole)}"] if whole else []
    untouched = _untouched(progress)
    made: str = _drawing().chart(rows, key, [*short, *([untouched] if untouched else [])])
    return made


_LINE_PX = 276
_MOST_BOXES = 25
"""How many boxes a line has, so that they can be told apart on the narrowest phone."""
_MOST_LINES = 3
"""How many lines of boxes a section has; a longer one is drawn as a bar."""
_MOST_ROWS = 8


@lru_cache(maxsize=1024)
def _boxes(states: tuple[str, ...], here: str) -> str:
    """Return a section's boxes; from one session to the next, most sections stay as they are."""
    lines = _bar(states) if len(states) > _MOST_LINES * _MOST_BOXES else _lines(states)
    drawn = [
        [
            (x, wide, state, _strokes(x, number * 20 + 0.6, wide) if state == "here" else "")
            for x, wide, state in ((round(x + 0.6, 2), round(wide - 1.2, 2), state) for x, wide, state in line)
        ]
        for number, line in enumerate(lines)
    ]
    end = max(x + wide for line in lines for x, wide, _ in line)
    words = {"covered": "finished", "here": here.lower(), "ahead": "ahead"}
    told = ", ".join(f"{states.count(state)} {word}" for state, word in words.items() if state in states)
    boxes: str = _drawing().boxes(drawn, round(end, 2), told)
    return boxes


def _lines(states: Sequence[str]) -> list[list[tuple[float, float, str]]]:
    """Return a box a step, as lines of (left edge, width, state)."""
    lines = -(-len(states) // _MOST_BOXES)
    most = -(-len(states) // lines)
    pitch = min(28.0, _LINE_PX / most)
    wide = pitch - min(4.0, pitch / 4)
    return [
        [(place * pitch, wide, state) for place, state in enumerate(states[line * most : (line + 1) * most])]
        for line in range(lines)
    ]


def _bar(states: Sequence[str]) -> list[list[tuple[float, float, str]]]:
    """Return one line in which steps of the same state beside each other are one box, at least wide enough to be seen."""
    runs = [(state, sum(1 for _ in run)) for state, run in groupby(states)]
    widths = [max(4.0, _LINE_PX * number / len(states)) for _, number in runs]
    scale = _LINE_PX / sum(widths)
    ends = [*accumulate(widths, initial=0.0)]
    return [[(left * scale, wide * scale, state) for (state, _), left, wide in zip(runs, ends, widths, strict=False)]]


def _strokes(left: float, top: float, wide: float, tall: float = 14.8) -> str:
    """Return the hatching of a box as the path of an SVG."""
    parts, offset = [], 5 - tall
    while offset < wide:
        first, last = max(0.0, -offset), min(tall, wide - offset)
        ends = [(left + offset + first, top + tall - first), (left + offset + last, top + tall - last)]
        parts.append("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*ends[0], *ends[1]))
        offset += 5
    return "".join(parts)


def _untouched(progress: StepProgress) -> str:
    """Return the sections in which nothing is read yet, in one line; empty where there is none."""
    found = [one for one in progress.sections if one.untouched]
    return f"Not started: {_counted(found)}" if found else ""


def _counted(sections: Sequence[SectionProgress]) -> str:
    """Return sections with how long they are; of very many the first ones, and how many more there are."""
    named = [f"{_name(one.name)} ({one.total})" for one in sections]
    if len(named) <= _MOST_ROWS + 1:
        return ", ".join(named)
    steps = sum(one.total for one in sections[_MOST_ROWS:])
    return f"{', '.join(named[:_MOST_ROWS])}, and {len(named) - _MOST_ROWS} more sections ({steps})"


@cache
def _drawing() -> Any:
    return environment().get_template("progress.html.j2").module


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
    'Papers finished after 2 sessions from 2026-11-20 to 2026-11-27: 1 and 2; of 31.'
    """
    return f"Papers finished after {_span(weeks)}: {plain_list(str(week.covered) for week in weeks)}; of {total}."


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
    return section or "The list"
