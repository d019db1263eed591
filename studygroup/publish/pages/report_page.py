"""The report's blocks: what each cell of ``report.ipynb`` shows, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from studygroup.group.states import ATTENDANCE_STATES, READING_STATES
from studygroup.meeting.after.report import Report
from studygroup.meeting.facts.ledger import QuestionView, SessionQuestions
from studygroup.meeting.facts.opinions import Opinions, Ratings
from studygroup.meeting.facts.turnout import ANSWERS, STATES, Turnout
from studygroup.publish.blocks import Block, macros, picture
from studygroup.publish.charts import (
    attendance_chart,
    attendance_in_words,
    covered_chart,
    covered_in_words,
    progress_chart,
    progress_in_words,
)
from studygroup.text.text import plain_list


class ReportPage:
    """The blocks of one report; each method returns what one cell shows."""

    def __init__(self, report: Report, filters: tuple[Callable[..., Any], ...] = ()) -> None:
        self.report, self._filters = report, (*FILTERS, *filters)

    def heading(self) -> Block:
        """Which session it was, how many came, who presented, how far the group is."""
        return self._block("heading")

    def discussed(self) -> Block:
        """What was read: who had read it, how it is rated, what members wrote and asked about it."""
        return self._block("discussed")

    def questions(self) -> Block:
        """How many questions were asked, answered and are open, and those about nothing that was read."""
        return self._block("questions")

    def results(self) -> Block:
        """Decisions, actions and notes."""
        return self._block("results")

    def attendance(self) -> Block:
        """Who came, against what they had said before."""
        return self._block("attendance")

    def progress(self) -> Block:
        """How far the group is, in pictures and in words."""
        return self._block("progress")

    def upcoming(self) -> Block:
        """What goes on, and the next three sessions."""
        return self._block("upcoming")

    def html(self, name: str) -> Any:
        """Return one block as HTML only, for a page that is no notebook's."""
        return self._made("report.html.j2", name)

    def _block(self, name: str) -> Block:
        return Block(self.html(name), self._made("report.md.j2", name))

    def _made(self, template: str, name: str) -> Any:
        more = (self._charts,) if name == "progress" else ()
        return getattr(macros(template, self._filters), name)(self.report, *more)

    @cached_property
    def _charts(self) -> list[dict[str, str]]:
        report, weeks = self.report, self.report.weeks
        if report.state == "cancelled":
            return []
        charts = []
        if report.progress and report.progress.total:
            covered, total = report.progress.covered, report.progress.total
            caption = f"{covered} of {total} steps covered."
            charts.append(picture(progress_chart(report.progress), progress_in_words(report.progress)) | {"caption": caption})
            if len(weeks) > 1:
                caption = "Steps covered after each session."
                charts.append(picture(covered_chart(weeks, total), covered_in_words(weeks, total)) | {"caption": caption})
        if len(weeks) > 1:
            caption = f"Members at each session{'; hatched: guests' * any(week.guests for week in weeks)}; dashed: all members."
            charts.append(picture(attendance_chart(weeks), attendance_in_words(weeks)) | {"caption": caption})
        return charts


def to_number(number: int, noun: str, many: str = "") -> str:
    """Return a number of things in words.

    >>> to_number(1, "guest"), to_number(2, "guest"), to_number(2, "summary", "summaries")
    ('1 guest', '2 guests', '2 summaries')
    """
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"


def to_readers(one: Opinions, members: int) -> str:
    """Return in words how far the members are with a work, and who has read it where pages name them."""
    if not members:
        return "The group had no members yet."
    said = one.statuses
    furthest, *others = sorted(READING_STATES, key=lambda state: -state.far)
    parts = [
        f"{said[furthest.name]} of {to_number(members, 'member')} {furthest.told[said[furthest.name] != 1]}",
        *(f"{said[state.name]} {state.told[said[state.name] != 1]}" for state in others if said[state.name] and state.told[0]),
    ]
    names = f" Read or skimmed by {plain_list(one.work.readers)}." if one.work.readers else ""
    return f"{', '.join(parts)}.{names}"


def to_role(role: str) -> str:
    """Return what a link leads to, in words.

    >>> to_role("further_reading")
    'further reading'
    """
    return role.replace("_", " ")


def to_ratings(ratings: Ratings) -> str:
    """Return ratings in words, with their spread.

    >>> to_ratings(Ratings((0, 0, 1, 0, 2)))
    'Rated 4.3 of 5 on average: 2 gave 5, 1 gave 3.'
    """
    given = [f"{number} gave {stars}" for stars, number in enumerate(ratings.counts, start=1) if number]
    return f"Rated {ratings.mean:.1f} of 5 on average: {', '.join(reversed(given))}."


def to_state(question: QuestionView, session: str) -> str:
    """Return in words what a question's state was when a session ended, with who asked it and what became of it later."""
    asked = f"asked {'here' if question.session == session else f'in the session of {question.session}'}"
    asked += f" by {question.asker}" if question.asker else ""
    if not question.closed:
        return f"{asked}, open"
    by = f" by {question.closer}" if question.closer else ""
    work = f" with {question.closing}" if question.closing else ""
    later, where = ("", "") if question.closed == session else (" later", f", in the session of {question.closed}")
    return f"{asked}, {question.state}{later}{by}{work}{where}"


def to_counts(asked: SessionQuestions) -> str:
    """Return in words how many questions there are.

    >>> to_counts(SessionQuestions(opened=2, answered=1, still_open=3))
    '2 were asked, 1 was answered, 3 are still open.'
    """
    said = [(asked.opened, "asked"), (asked.answered, "answered"), (asked.dropped, "dropped")]
    parts = [f"{number} {'was' if number == 1 else 'were'} {word}" for number, word in said if number]
    parts.append(f"{asked.still_open or 'none'} {'is' if asked.still_open < 2 else 'are'} still open")
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def to_came(turnout: Turnout) -> str:
    """Return in words who came."""
    if not turnout.recorded:
        return f"Nobody's attendance is recorded. {turnout.of_answer('yes')} had said that they would come."
    apart = [(turnout.of_state(state.name), state.told) for state in ATTENDANCE_STATES if state.told]
    parts = [
        f"{turnout.there} of {to_number(turnout.members, 'member')} {'was' if turnout.there == 1 else 'were'} there",
        *(f"{number} {told}" for number, told in apart if number),
    ]
    guests = f" With {to_number(turnout.guests, 'guest')}." if turnout.guests else ""
    return f"{', '.join(parts)}.{guests}"


_STATE_NAMES = {**{state.name: state.word for state in ATTENDANCE_STATES}, "": "Not recorded"}
_ANSWER_NAMES = {"yes": "Yes", "maybe": "Perhaps", "no": "No", "": "No answer"}


def to_state_name(state: str) -> str:
    """Return a state of attendance as a table's heading."""
    return _STATE_NAMES[state]


def to_states(turnout: Turnout) -> list[str]:
    """Return the states that any member is in."""
    return [state for state in STATES if turnout.of_state(state)]


def to_answers(turnout: Turnout) -> Iterator[tuple[str, list[int]]]:
    """Yield the rows of the table of members: an answer's name, how many are in each state of ``to_states``, and all."""
    states = to_states(turnout)
    for answer, counts in zip(ANSWERS, turnout.counts, strict=True):
        if sum(counts):
            yield _ANSWER_NAMES[answer], [*(counts[STATES.index(state)] for state in states), sum(counts)]


FILTERS: tuple[Callable[..., Any], ...] = (
    *(to_readers, to_ratings, to_state, to_counts, to_came, to_states, to_answers, to_state_name, to_number, to_role),
)
"""What the report's templates know by name."""
