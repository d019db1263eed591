"""What an agenda opens with: what the group made of a paper about four weeks ago, and about twelve, posed as a question.

The answer is the group's own: the big idea that the presenter (or who wrote first) saw in the paper, or what was said to a question
about it. The same journal gives the same on every machine.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from operator import itemgetter

import msgspec
import pandas as pd

from studygroup.group.schedule import Session
from studygroup.journal.tables.tables import rows
from studygroup.meeting.facts.course import Course
from studygroup.meeting.facts.ledger import QuestionView

LOOKS = ((timedelta(weeks=4), timedelta(days=10)), (timedelta(weeks=12), timedelta(days=21)))
"""How long ago what is recalled was read, and by how much that may differ."""

BIG_IDEA = "What was the one idea to take away?"


class Recall(msgspec.Struct, frozen=True):
    """One thing to remember: the session that read it, the paper's title, and question and answer in Markdown that is not to be trusted.

    ``key`` is the id of the paper of which the big idea is meant, or that of the question's record.
    """

    key: str
    session: str
    title: str
    question: str
    answer: str


def things_of(
    course: Course,
    summaries: pd.DataFrame,
    questions: Sequence[QuestionView],
    titles: Mapping[str, str],
    presenters: Mapping[str, str],
) -> dict[str, list[Recall]]:
    """Return what there is to remember of each session that was held, big ideas first, then questions by their ids.

    Parameters
    ----------
    summaries
        As ``journal.tables`` returns them.
    titles
        Of works, by item id.
    presenters
        The member who presented, by session.
    """
    ideas: dict[str, dict[str, str]] = {}
    for row in sorted(rows(summaries), key=lambda row: (row.at, row.member)):
        if row.big_idea.strip():
            ideas.setdefault(row.item, {})[row.member] = row.big_idea
    answered: dict[str, list[QuestionView]] = {}
    for one in sorted(questions, key=lambda one: one.id):
        if one.state == "answered" and any(answer.strip() for answer in one.answers):
            answered.setdefault(one.item, []).append(one)
    found = {}
    for session, items in course.read_in_sessions().items():
        named = [(item, titles.get(item, item)) for item in items]
        of_ideas = [
            Recall(item, session, title, BIG_IDEA, written.get(presenters.get(session, "")) or next(iter(written.values())))
            for item, title in named
            if (written := ideas.get(item))
        ]
        found[session] = of_ideas + [
            Recall(one.id, session, title, one.text, next(answer for answer in reversed(one.answers) if answer.strip()))
            for item, title in named
            for one in answered.get(item, ())
        ]
    return found


def recalled(sessions: Sequence[Session], things: Mapping[str, Sequence[Recall]]) -> tuple[Recall, ...]:
    """Return what the last of some sessions recalls, at most one thing for each of ``LOOKS``; nothing of a young group.

    What the session before recalled does not come again; of the rest it is what was recalled least often, and then what lies nearest.
    ``sessions`` are all up to the last, in order, as each one's choice hangs on those before.
    """
    starts = {one.id: one.start.timestamp() for one in sessions}
    held = sorted((start, one) for one, start in starts.items() if things.get(one))
    before: set[str] = set()
    times: Counter[str] = Counter()
    chosen: list[Recall] = []
    for session in sessions:
        chosen = []
        for back, slack in LOOKS:
            wanted, barred = starts[session.id] - back.total_seconds(), before | {one.key for one in chosen}
            first = bisect_left(held, wanted - slack.total_seconds(), key=itemgetter(0))
            end = bisect_right(held, wanted + slack.total_seconds(), key=itemgetter(0))
            near = [(abs(wanted - start), start, one) for start, one in held[first:end]]
            free = [
                (times[one.key], away, start, number, one)
                for away, start, name in near
                for number, one in enumerate(things[name])
                if one.key not in barred
            ]
            chosen += [min(free, key=lambda one: one[:4])[-1]] if free else []
        before = {one.key for one in chosen}
        times.update(before)
    return tuple(chosen)
