"""What a simulated group says to each other: answers to a paper's own questions, me too, replies, feedback, and the pace that it keeps.

It draws from a chance of its own, so that the rest of a season stays as it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studygroup.group.schedule import Session
from studygroup.interface.recording import enter_as_form
from studygroup.journal.tables import tables
from studygroup.journal.types.records import PaperAnswer, Summary
from studygroup.meeting.before.planning import plan_session
from tests.support.hostile_texts import HOSTILE

if TYPE_CHECKING:
    from benchmarks.season import Season


@dataclass
class Talked:
    """What was said, by mark."""

    places: dict[str, str] = field(default_factory=dict)  # mark of a place or a note → session
    guides: dict[str, str] = field(default_factory=dict)  # mark of a question → session
    responses: dict[str, str] = field(default_factory=dict)  # mark → session
    replies: dict[str, str] = field(default_factory=dict)  # mark → the item of the summary
    feedback: list[str] = field(default_factory=list)
    pinned: dict[str, int] = field(default_factory=dict)  # session → minutes of its closing


class Talk:
    """Has the members of a season talk with each other."""

    def __init__(self, season: Season, seed: int) -> None:
        self.season, self.told, self.chance, self.count = season, Talked(), random.Random(seed), 0

    def text(self, kind: str, line: bool = False) -> tuple[str, str]:
        """Return a text with its mark; where it is to be a line, one that is one."""
        self.count += 1
        mark = f"{kind}{self.count:05}"
        text = self.chance.choice(HOSTILE)
        return mark, f"{mark} {' '.join(text.split())[:200]}" if line else f"{mark} {text}"

    def prepare(self, session: Session, items: list[str]) -> None:
        """Say where it meets, ask a question of its own about the paper, have some answer it, second what others asked, keep a pace."""
        book, by = self.season.book, self.season.facilitator
        self._meet_elsewhere(session)
        if items:
            mark, question = self.text("g", line=True)
            self.told.guides[mark] = session.id
            book.enter("guide", by=by, session=session.id, item=items[0], part="sections 1 to 3", questions=[question])
            for member in self.chance.sample(self.season.members, 4):
                mark, text = self.text("p")
                self.told.responses[mark] = session.id
                enter_as_form(book, "response", by=member, session=session.id, question="1", text=text)
        self._second(session)
        if self.chance.random() < 0.3:
            self.told.pinned[session.id] = self.chance.randint(5, 20)
            enter_as_form(book, "pace", by=by, session=session.id, pinned=[f"Close={self.told.pinned[session.id]}"])

    def _meet_elsewhere(self, session: Session) -> None:
        """Meet in a place and at a link of its own now and then, with a note."""
        if self.chance.random() < 0.3:
            (place, where), (note, what) = self.text("l", line=True), self.text("l", line=True)
            self.told.places |= {place: session.id, note: session.id}
            link = f"https://meet.example.org/{session.id}"
            plan_session(self.season.book, session.id, by=self.season.facilitator, place=where, link=link, note=what)

    def _second(self, session: Session) -> None:
        book = self.season.book
        asked = tables.questions(book.current)
        for question in tables.rows(asked[asked["state"] == "open"]):
            for member in self.chance.sample(self.season.members, 2):
                if member != question.member and self.chance.random() < 0.3:
                    book.enter("second", by=member, member=member, session=session.id, question=question.id)

    def converse(self, session: Session, items: list[str], there: list[str]) -> None:
        """Have those who are there reply to summaries and answers, and say how the session was."""
        book = self.season.book
        for one in book.current.current(Summary):
            if one.item in items and self.chance.random() < 0.4:
                mark, text = self.text("r")
                self.told.replies[mark] = one.item
                who = self.chance.choice(there)
                book.enter("reply", by=who, member=who, session=session.id, to=one.id, text=text)
        for answer in book.current.current(PaperAnswer):
            if answer.session == session.id and self.chance.random() < 0.2:
                who = self.chance.choice(there)
                book.enter("reply", by=who, member=who, session=session.id, to=answer.id, text="So do I.")
        for member in there[:5]:
            mark, text = self.text("f", line=True)
            self.told.feedback.append(mark)
            pace = self.chance.choice(["slower", "right", "faster"])
            book.enter("feedback", by=member, member=member, session=session.id, pace=pace, text=text)
