"""The report's blocks: what each cell of ``report.ipynb`` shows, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from studygroup.group.states import ATTENDANCE_STATES, READING_STATES
from studygroup.meeting.after.report import Discussed, Report
from studygroup.meeting.facts.ledger import QuestionView
from studygroup.meeting.facts.opinions import Opinions, Ratings
from studygroup.meeting.facts.turnout import ANSWERS, STATES, Turnout
from studygroup.publish.blocks import Block, item_pages_of, macros, to_on, to_roles
from studygroup.publish.charts import progress_chart
from studygroup.text.text import plain_list, to_day, to_short_day, to_short_title


class ReportPage:
    """The blocks of one report; each method returns what one cell shows."""

    def __init__(
        self, report: Report, filters: tuple[Callable[..., Any], ...] = (), beside: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.report, self._beside = report, beside
        self._filters = (*FILTERS, item_pages_of(report.agenda.site), *filters)

    def heading(self) -> Block:
        """What was read, when, how many came, who led it; it gives the page its title."""
        report = self.report
        titles = " · ".join(one.assignment.title for one in report.discussed)
        page = {
            "title": titles or f"{report.agenda.group} · report of {to_day(report.agenda.start)}",
            "description": " · ".join(to_lead(report)),
            "site_name": report.agenda.group,
            "url": report.agenda.page,
        }
        block = self._block("heading")
        return Block(block.html + self.html("links", self._beside), block.markdown, page)

    def results(self) -> Block:
        """Decisions, then actions beside open questions."""
        return self._block("results")

    def discussed(self) -> Block:
        """What was read: how it ended, who had read it, how it is rated, what members wrote about it."""
        return self._block("discussed")

    def questions(self) -> Block:
        """The questions that were settled, and notes."""
        return self._block("questions")

    def attendance(self) -> Block:
        """Who came, against what they had said before."""
        return self._block("attendance")

    def progress(self) -> Block:
        """How far the group is, in boxes and in words."""
        return self._block("progress")

    def upcoming(self) -> Block:
        """The next session."""
        return self._block("upcoming")

    def html(self, name: str, *more: Any) -> Any:
        """Return one block as HTML only, for a page that is no notebook's."""
        return self._made("report.html.j2", name, *more)

    def _block(self, name: str) -> Block:
        return Block(self.html(name), self._made("report.md.j2", name))

    def _made(self, template: str, name: str, *more: Any) -> Any:
        more = (self._chart,) if name == "progress" else more
        return getattr(macros(template, self._filters), name)(self.report, *more)

    @cached_property
    def _chart(self) -> str:
        report = self.report
        here = "Continues" if report.state == "closed" else "This session"
        return progress_chart(None if report.state == "cancelled" else report.progress, here)


def to_headline(report: Report) -> str:
    """Return what a report is called: the titles of what was read, several of them in short, else the session's day.

    A page of its own has the day below it.
    """
    titles = [one.assignment.title for one in report.discussed]
    short = [*dict.fromkeys(map(to_short_title, titles))]
    *first, last = (short if len(short) == len(titles) > 1 else titles) or [to_day(report.agenda.start)]
    return f"{', '.join(first)}, and {last}" if first else last


def to_lead(report: Report) -> list[str]:
    """Return what the line below a report's title says: when it was, who came, who led it."""
    agenda = report.agenda
    if report.state == "cancelled":
        return []
    words = [f"{to_short_day(agenda.start)} {agenda.start.year}" if report.discussed else f"{agenda.length_min} minutes"]
    if report.turnout.recorded:
        words.append(report.turnout.words)
    words += to_roles(agenda.roles)
    return [*words, f"moved from {to_on(agenda.session, str(agenda.start.date()))}"] if agenda.moved else words


def to_outcome(thing: Discussed) -> str:
    """Return how something read ended; empty while no one has said."""
    return {"finished": "✓ Finished", "continues": "To be continued"}.get(thing.outcome, "")


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
        f"Read by {said[furthest.name]} of {members}",
        *(f"{said[state.name]} {state.told[said[state.name] != 1]}" for state in others if said[state.name] and state.told[0]),
    ]
    names = f": {plain_list(one.work.readers)}" if one.work.readers else ""
    return f"{', '.join(parts)}{names}"


def to_role(role: str) -> str:
    """Return what a link leads to, in words.

    >>> to_role("further_reading")
    'further reading'
    """
    return role.replace("_", " ")


def to_ratings(ratings: Ratings) -> str:
    """Return ratings in words, with their spread.

    >>> to_ratings(Ratings((0, 0, 1, 0, 2)))
    'Rated 4.3 of 5 on average: 2 members gave it a 5, 1 a 3.'
    """
    best, *others = [(stars, number) for stars, number in enumerate(ratings.counts, start=1) if number][::-1]
    first = f"{best[1]} {'member' if best[1] == 1 else 'members'} gave it a {best[0]}"
    return (
        f"Rated {ratings.mean:.1f} of 5 on average: {', '.join([first, *(f'{number} a {stars}' for stars, number in others)])}."
    )


def to_rated(ratings: Ratings) -> str:
    """Return ratings in a few words.

    >>> to_rated(Ratings((0, 0, 1, 0, 2)))
    'Rated 4.3 of 5, by 3'
    """
    return f"Rated {ratings.mean:.1f} of 5, by {ratings.number}"


def to_state(question: QuestionView, session: str) -> str:
    """Return in words who asked a question and when, and what became of it, as seen from a session."""
    words = [question.asker, "new" if question.session == session else f"from {to_on(question.session, session)}"]
    by = f" by {question.closer}" if question.closer else ""
    work = f" with {question.closing}" if question.closing else ""
    when = f" on {to_on(question.closed, session)}" if question.closed != session else ""
    if question.closed and (by or work or when or question.state != "answered"):
        words.append(f"{question.state}{by}{work}{when}")
    return ", ".join(word for word in words if word)


def to_settled(questions: Sequence[QuestionView]) -> str:
    """Return the heading of questions that a session settled."""
    return "Answered today" if all(one.state == "answered" for one in questions) else "Answered or dropped today"


def to_came(turnout: Turnout) -> str:
    """Return in words that no one's attendance is recorded."""
    return f"No attendance recorded yet; {turnout.of_answer('yes')} had said yes."


_STATE_NAMES = {**{state.name: state.word for state in ATTENDANCE_STATES}, "": "Not recorded"}
_ANSWER_NAMES = {"yes": "Yes", "maybe": "Maybe", "no": "No", "": "No reply"}


def to_state_name(state: str) -> str:
    """Return a state of attendance as a table's heading."""
    return _STATE_NAMES[state]


def to_states(turnout: Turnout) -> list[str]:
    """Return the states that any member is in."""
    return [state for state in STATES if turnout.of_state(state)]


def to_answers(turnout: Turnout) -> Iterator[tuple[str, list[int]]]:
    """Yield the rows of the table of members: an answer and how many gave it, and how many of them are in each state."""
    states = to_states(turnout)
    for answer, counts in zip(ANSWERS, turnout.counts, strict=True):
        if sum(counts):
            yield f"{_ANSWER_NAMES[answer]}, {sum(counts)}", [counts[STATES.index(state)] for state in states]


FILTERS: tuple[Callable[..., Any], ...] = (
    *(
        to_headline,
        to_lead,
        to_outcome,
        to_readers,
        to_rated,
        to_ratings,
        to_state,
        to_settled,
        to_came,
        to_states,
        to_answers,
        to_state_name,
    ),
    *(to_number, to_role),
)
"""What the report's templates know by name."""
