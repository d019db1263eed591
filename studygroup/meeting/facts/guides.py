"""What is to be read of a paper, what is asked about it, and what members answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from studygroup.errors import RecordError
from studygroup.journal.types.records import Answer, PaperAnswer
from studygroup.meeting.facts.blind import may_read
from studygroup.meeting.facts.replies import ReplyView, Target, target_of
from studygroup.text.text import comparable
from studygroup.workbook.workbook import Workbook


class Guided(Protocol):
    """Something that a session reads: its title, its own questions, and of each which paper it is about."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions about it."""

    @property
    def about(self) -> tuple[str, ...]:
        """Of each question the item's id, or the entry as ``list/entry``."""

    @property
    def names(self) -> tuple[str, ...]:
        """What questions about it can be about: the ids of its works, or the entry where it names none."""


class OwnQuestion(msgspec.Struct, frozen=True):
    """One of the questions that a session asks about a paper.

    ``number`` counts from 1 through the whole session, as its agenda does; it is 0 where the question was reworded or taken out after
    someone had answered it. ``about`` is the item's id, or the entry as ``list/entry``; ``title`` is the paper's.
    """

    number: int
    about: str
    title: str
    text: str

    @property
    def fields(self) -> dict[str, str]:
        """The fields of an answer that say which question it belongs to."""
        is_entry = "/" in self.about
        return {"item": "" if is_entry else self.about, "entry": self.about if is_entry else "", "question": self.text}


class GivenAnswer(msgspec.Struct, frozen=True):
    """An answer to one of a paper's own questions, in Markdown that is not to be trusted.

    ``member`` is who gave it and ``by`` their name; both are empty where none is shown. ``question`` has the words that were answered.
    """

    id: str
    member: str
    by: str
    text: str
    question: str = ""
    replies: tuple[ReplyView, ...] = ()


Answers = Mapping[tuple[str, str], tuple[GivenAnswer, ...]]
"""What was answered, by what the question is about and its words."""


def guided(works: Sequence[tuple[str, str]], guides: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return which part to read of something, the questions about it, and of each question what it is about.

    Parameters
    ----------
    works
        The id and the title of each work in it, or the entry as ``list/entry`` where it names none; of several, the part is named by
        its work.
    guides
        What was said of them, by the same ids: records, or rows of their table.
    """
    found = [(name, title, guides[name]) for name, title in works if name in guides]
    parts = [one.part if len(works) == 1 else f"{title}: {one.part}" for _, title, one in found if one.part]
    asked = [(question, name) for name, _, one in found for question in one.questions]
    return "; ".join(parts), tuple(question for question, _ in asked), tuple(name for _, name in asked)


def own_questions(reads: Sequence[Guided], answers: Answers = MappingProxyType({})) -> list[OwnQuestion]:
    """Return the questions that a session asks about its papers, in the order of its agenda.

    Parameters
    ----------
    answers
        What was answered, where questions that were reworded or taken out since are wanted too: they follow those of their paper.
    """
    found: list[OwnQuestion] = []
    number = 0
    for read in reads:
        for about, text in zip(read.about, read.questions, strict=True):
            number += 1
            found.append(OwnQuestion(number, about, read.title, text))
        found += earlier_questions(read, answers)
    return list({(one.about, one.text, bool(one.number)): one for one in found}.values()) if answers else found


def earlier_questions(read: Guided, answers: Answers) -> list[OwnQuestion]:
    """Return the questions about something that were answered and are asked in other words now, or no longer, with their words of then."""
    asked = {(about, comparable(text)) for about, text in zip(read.about, read.questions, strict=True)}
    left = [(about, given) for (about, words), given in answers.items() if about in read.names and (about, words) not in asked]
    return [OwnQuestion(0, about, read.title, given[0].question) for about, given in left]


def find_question(reads: Sequence[Guided], wanted: str) -> OwnQuestion:
    """Return the question that someone names by its number on the agenda, or by its words.

    Raises
    ------
    RecordError
        The session has no such question.
    """
    asked = own_questions(reads)
    words = comparable(wanted)
    for one in asked:
        if wanted.strip().lstrip("#") == str(one.number) or (words and words == comparable(one.text)):
            return one
    if not asked:
        raise RecordError(
            "The papers of this session have no questions of their own; a facilitator adds them with `studygroup record guide`."
        )
    known = "; ".join(f"{one.number}: {one.text}" for one in asked)
    raise RecordError(f"The session does not ask {wanted!r}. Name one of its questions by its number: {known}")


def answers_in(
    workbook: Workbook,
    session: str,
    names: Mapping[str, str],
    is_shown: Callable[[PaperAnswer], bool],
    replies: Mapping[Target, tuple[ReplyView, ...]] = MappingProxyType({}),
) -> Answers:
    """Return what was answered in a session, in the order in which it was entered first.

    Parameters
    ----------
    names
        What members are called, by id; those without a name here stay unnamed.
    is_shown
        Returns whether an answer may be shown.
    replies
        What was replied to them.
    """
    found: defaultdict[tuple[str, str], list[PaperAnswer]] = defaultdict(list)
    for one in workbook.current.current(PaperAnswer):
        if one.session == session and is_shown(one):
            found[one.item or one.entry, comparable(one.question)].append(one)
    return {
        key: tuple(
            GivenAnswer(
                one.id,
                one.member if one.member in names else "",
                names.get(one.member, ""),
                one.text,
                one.question,
                replies.get(target_of(one), ()),
            )
            for one in sorted(given, key=_order)
        )
        for key, given in found.items()
    }


def answers_for(workbook: Workbook, session: str, reader: str) -> Answers:
    """Return what was answered in a session as far as a member may see it, with everyone's name."""
    names = {member: person.name for member, person in workbook.people.items()}
    return answers_in(workbook, session, names, lambda one: may_read(workbook, reader, one))


def answers_to(workbook: Workbook, questions: Collection[str], names: Mapping[str, str]) -> dict[str, list[GivenAnswer]]:
    """Return what was answered to questions that members asked, by the question's id, in the order in which it was entered.

    Parameters
    ----------
    questions
        The ids of those that are wanted.
    names
        What members are called, by id; those without a name here stay unnamed.
    """
    current = workbook.current
    found: defaultdict[str, list[GivenAnswer]] = defaultdict(list)
    for one in sorted((each for each in current.current(Answer) if each.text), key=_order):
        asked = current.record(one.question)
        if asked is not None and asked.subject[0] in questions:
            found[asked.subject[0]].append(GivenAnswer(one.id, one.member, names.get(one.member, ""), one.text))
    return found


def of_question(answers: Answers, about: str, text: str) -> tuple[GivenAnswer, ...]:
    """Return the answers to one question."""
    return answers.get((about, comparable(text)), ())


def _order(one: Answer | PaperAnswer) -> Any:
    return one.order
