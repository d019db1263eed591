"""What members said of a session afterwards: counted, and never with a name that was not signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from studygroup.errors import ScheduleError
from studygroup.group.schedule import Session
from studygroup.group.states import WAS_THERE
from studygroup.journal.types.records import Attendance, Close, Feedback, Plan
from studygroup.text.text import plain_list
from studygroup.workbook.workbook import Workbook

WORTH = {"yes": "worth it", "partly": "partly worth it", "no": "not worth it"}
PACE = {"slower": "too fast", "right": "just right", "faster": "too slow"}
"""What who would like another pace found of this one."""
ASKED_FOR = timedelta(days=14)
"""How long the last session of a group that stops is asked about."""
_NUMBERS = ("no one", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class FeedbackLine(msgspec.Struct, frozen=True):
    """What someone wrote, in Markdown that is not to be trusted; ``by`` is a name where they signed it, else empty."""

    text: str
    by: str


class SessionFeedback(msgspec.Struct, frozen=True):
    """What members said of one session: how many said what, in words, and their lines in no order that says who wrote them."""

    session: Session
    words: str
    lines: tuple[FeedbackLine, ...]


def feedback_of(workbook: Workbook, session: Session) -> SessionFeedback | None:
    """Return what was said of a session; None where no one has said anything."""
    said = [one for one in workbook.current.current(Feedback) if one.session == session.id]
    if not said:
        return None
    people = workbook.people
    lines = [
        FeedbackLine(one.text.strip(), people[one.member].name if one.signed and one.member in people else "")
        for one in said
        if one.text.strip()
    ]
    return SessionFeedback(session, in_words(said), tuple(sorted(lines, key=lambda one: (one.by, one.text))))


def last_feedback(workbook: Workbook, before: Session) -> SessionFeedback | None:
    """Return what was said of the last session before another one; None of none, and where no one has said anything."""
    last = workbook.schedule.previous(before)
    return feedback_of(workbook, last) if last else None


def in_words(said: list[Feedback]) -> str:
    """Return what members said, counted: "Three found it too fast, one just right; two of three found it worth it."."""
    parts = [*_counted(Counter(one.pace for one in said if one.pace), PACE, "found it ")]
    worth = [*_counted(Counter(one.worth for one in said if one.worth), WORTH, "found it ")]
    told = "; ".join(plain_list(some) for some in (parts, worth) if some)
    return f"{told[0].upper()}{told[1:]}." if told else ""


def _counted(counts: Counter[str], words: dict[str, str], verb: str) -> Iterator[str]:
    first = True
    for value, word in sorted(words.items(), key=lambda pair: -counts[pair[0]]):
        if counts[value]:
            number = _NUMBERS[counts[value]] if counts[value] < len(_NUMBERS) else str(counts[value])
            yield f"{number} {verb if first else ''}{word}"
            first = False


def session_to_judge(workbook: Workbook, member: str) -> Session | None:
    """Return the session that a member may say something of: the last one, from its end until the next begins, if they were there.

    Of the last one of a group that stops, they are asked for two weeks. Where no one's attendance is recorded, whoever is asked may have been there, if the session was planned or closed.
    """
    now = workbook.clock()
    last = workbook.schedule.previous(now)
    if last is None or _is_past(workbook, last, now):
        return None
    if held := workbook.latest(Attendance, last.id, member):
        return last if held.state in WAS_THERE else None
    taken = any(one.session == last.id for one in workbook.current.current(Attendance))
    planned = workbook.latest(Plan, last.id) or workbook.latest(Close, last.id)
    return last if planned and not taken else None


def _is_past(workbook: Workbook, last: Session, now: datetime) -> bool:
    """Return whether the session after one has begun; where none comes, whether it ended two weeks ago."""
    try:
        return workbook.schedule.next(now).has_begun(now)
    except ScheduleError:
        return now - last.end > ASKED_FOR
