"""Open questions that a session's papers may have answered: proposed for closing at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from studygroup.journal.tables import tables
from studygroup.meeting.before.agenda import agenda_of
from studygroup.meeting.facts.ledger import QuestionView, by_want, questions_of
from studygroup.text.text import comparable
from studygroup.workbook.workbook import Workbook

SHORTEST = 5
"""Letters of a word that may tell what a question is about."""
RARE = 10
"""A word tells something where at most one of so many titles has it."""


class ToSettle(msgspec.Struct, frozen=True):
    """A question that may be closed: ``item`` is the paper of the session that may answer it, ``why`` says so in a few words."""

    question: QuestionView
    item: str
    why: str


def to_settle(
    questions: Sequence[QuestionView], works: Sequence[tuple[str, str]], titles: Mapping[str, str], session: str
) -> list[ToSettle]:
    """Return the open questions that what a session read may answer, the most wanted first.

    A question about one of the papers, and one that shares a rare word with the title of one.

    Parameters
    ----------
    works
        The id and the title of each paper that the session read.
    titles
        The titles of all papers in the catalogue: they tell which words are rare.
    """
    common = Counter(word for title in titles.values() for word in _words(title))
    most = max(2, len(titles) // RARE)
    found = []
    for one in by_want(questions, [item for item, _ in works]):
        if one.state != "open" or one.session > session:
            continue
        if one.item in dict(works):
            found.append(ToSettle(one, one.item, "about today’s paper"))
            continue
        said = _words(one.text)
        for item, title in works:
            if shared := sorted(word for word in _words(title) & said if common[word] <= most):
                found.append(ToSettle(one, item, f"{title} is about “{shared[0]}”, too"))
                break
    return found


def questions_to_settle(workbook: Workbook, session: str) -> list[ToSettle]:
    """Return the open questions that may be closed at the end of a session.

    Raises
    ------
    ScheduleError
        There is no such session.
    """
    items = workbook.catalogue.items
    titles = dict(zip(items["id"], items["title"], strict=True))
    names = {member: person.name for member, person in workbook.people.items()}
    asked = questions_of(tables.questions(workbook.current), names, titles, name_people=True)
    works = [(work.id, work.title) for read in agenda_of(workbook, session).reads for work in read.works]
    return to_settle(asked, works, titles, session)


def _words(text: str) -> set[str]:
    return {word for word in _letters(comparable(text)).split() if len(word) >= SHORTEST}


def _letters(text: Iterable[str]) -> str:
    return "".join(letter if letter.isalnum() else " " for letter in text)
