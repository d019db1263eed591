"""The pages' charts for notebooks: an SVG with its text alternative and a caption, or a sentence where there is nothing to draw."""

from __future__ import annotations

import html
from datetime import timedelta

from studygroup.meeting.after.report import known_of
from studygroup.meeting.before.agenda import StepProgress, progress_of
from studygroup.meeting.facts.syllabus import covered_steps, steps_of
from studygroup.publish.blocks import Block, macros, picture
from studygroup.publish.charts import (
    attendance_chart,
    attendance_in_words,
    covered_chart,
    covered_in_words,
    progress_chart,
    progress_in_words,
)
from studygroup.text.quoting import markdown_line
from studygroup.workbook.workbook import Workbook


def attendance(workbook: Workbook) -> Block:
    """Return how many came to each session that was held; see ``Group.attendance_chart``."""
    weeks = known_of(workbook).weeks
    if not weeks:
        return _sentence("No session has been held yet.")
    hatched = "; hatched: guests" * any(week.guests for week in weeks)
    return _figure(
        attendance_chart(weeks), attendance_in_words(weeks), f"Members at each session{hatched}; dashed: all members."
    )


def finished(workbook: Workbook) -> Block:
    """Return how much of the syllabus was finished by each session; see ``Group.finished_chart``."""
    weeks, progress = known_of(workbook).weeks, _progress(workbook)
    if progress is None:
        return _sentence("The group has not chosen a list to work through yet.")
    if not weeks:
        return _sentence("No session has been held yet.")
    words = covered_in_words(weeks, progress.total)
    return _figure(
        covered_chart(weeks, progress.total), words, "Readings finished after each session; dashed: all of the list."
    )


def progress(workbook: Workbook) -> Block:
    """Return which readings the group has finished, section by section; see ``Group.progress_chart``."""
    found = _progress(workbook)
    if found is None:
        return _sentence("The group has not chosen a list to work through yet.")
    caption = f"{found.covered} of {found.total} readings finished; a box each, those that are finished are dark."
    return Block(
        str(macros("figure.html.j2").captioned(progress_chart(found), caption)), f"{markdown_line(progress_in_words(found))}\n"
    )


def _progress(workbook: Workbook) -> StepProgress | None:
    steps = steps_of(workbook)
    if not steps:
        return None
    done = covered_steps(workbook, workbook.clock() + timedelta(days=366))
    return progress_of(steps, {number: session for number, session in done.items() if number <= len(steps)})


def _sentence(words: str) -> Block:
    return Block(f"<p>{html.escape(words)}</p>", f"{markdown_line(words)}\n")


def _figure(svg: str, words: str, caption: str) -> Block:
    shown = picture(svg, words) | {"caption": caption}
    return Block(str(macros("figure.html.j2").figure(shown)), f"{markdown_line(words)}\n")
