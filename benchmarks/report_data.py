"""A year of a group of twelve, as forms enter it: 52 sessions with answers, attendance, reading, summaries, questions."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from studygroup.journal.types.lines import new_record
from studygroup.workbook.workbook import Workbook

MEMBERS = [f"member-{number:02}" for number in range(12)]
_TEXTS = (
    "Few examples in the prompt are enough: $p(y \\mid x_1, \\dots, x_k)$ does the work of training.",
    "The loss falls as a power law, $$L(N) = (N_c / N)^{\\alpha_N}$$ over seven orders of magnitude.\n\n- no gradient\n- no new weights",
    "It changed how I evaluate: *always* with and without examples. See [the appendix](https://example.org/appendix).",
)


def write_year(folder: Path, sessions: int = 52) -> Workbook:
    """Fill a workbook in which nothing was entered with weekly sessions from 2020 on, and return it."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("valid_from = 2026-01-02", "valid_from = 2020-01-03"))
    book = Workbook(folder)
    steps = book.catalogue.steps(book.settings.syllabus)
    chance = random.Random(1)
    first = date(2020, 1, 3)

    def enter(kind: str, at: datetime, by: str, **fields: Any) -> None:
        session = (first + timedelta(weeks=week)).isoformat()
        book.store.append(new_record(kind, now=at, by=by, session=session, **fields))

    for week in range(sessions):
        start = datetime(2020, 1, 3, 23, tzinfo=UTC) + timedelta(weeks=week)
        entry = f"{book.settings.syllabus}/{steps['entry'][week % len(steps)]}"
        for member in MEMBERS if week == 0 else ():
            enter("person", start, member, member=member, name=member.title())
        enter("plan", start, MEMBERS[0], entries=[entry], roles={"presenter": MEMBERS[week % 12]})
        items = steps["items"][week % len(steps)]
        for number, member in enumerate(MEMBERS):
            at = start + timedelta(seconds=number)
            enter("rsvp", at, member, member=member, answer=chance.choice(["yes", "yes", "maybe", "no"]))
            enter("attendance", at, MEMBERS[0], member=member, state=chance.choice(["present", "present", "late", "absent"]))
            for item in items:
                enter("reading", at, member, member=member, item=item, status=chance.choice(["read", "skimmed", "reading"]))
                if number % 3 == 0:
                    enter("summary", at, member, member=member, item=item, big_idea=_TEXTS[week % 3], relevance=_TEXTS[2])
                    enter("rating", at, member, member=member, item=item, rating=chance.randint(2, 5))
        enter(
            "question", start, MEMBERS[1], member=MEMBERS[1], text="Does it hold for code, too?", item=items[0] if items else ""
        )
        enter("note", start, MEMBERS[2], text=_TEXTS[0])
        enter("action", start, MEMBERS[2], text="Find the code", owner=MEMBERS[3], done=week % 4 > 0)
        enter("close", start + timedelta(hours=2), MEMBERS[0], finished=[entry])
    return book
