"""How long it takes to choose together in a group of 1,000 members, with 300 papers and three years of sessions.

Run by `python benchmarks/choosing.py`; prints a line for each computation and its limit of half a second. The journal is held in memory, as on the members' page.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from studygroup.group.slot import WEEKDAYS
from studygroup.group.usual_week import parse_hours, to_hours
from studygroup.journal.current.journal import Journal
from studygroup.journal.types.lines import new_record
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Availability
from studygroup.meeting.before.turns import turns_ahead, turns_of
from studygroup.meeting.choose.ballots import ballots, have_not_voted
from studygroup.meeting.choose.opening import suggested
from studygroup.meeting.choose.proposals import proposals
from studygroup.meeting.choose.surveys import find_survey
from studygroup.meeting.choose.times import MemberHours, best_times
from studygroup.workbook.workbook import Workbook

MEMBERS, PAPERS, WEEKS, SEED = 1000, 300, 156, 7
LIMIT_S = 0.5
ZONES = (
    *(
        "UTC",
        "Europe/Berlin",
        "Europe/London",
        "Europe/Athens",
        "Africa/Cairo",
        "Africa/Lagos",
        "America/New_York",
        "America/Chicago",
    ),
    *(
        "America/Denver",
        "America/Los_Angeles",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Tehran",
        "Asia/Dubai",
    ),
    *("Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland"),
)
FIRST = datetime(2023, 12, 1, 23, tzinfo=UTC)
SETTINGS = """\
[tool.studygroup]
name = "Big"
roles = ["presenter", "scribe", "sceptic"]
[[tool.studygroup.slots]]
valid_from = 2023-12-01
weekday = "friday"
time = "23:00"
zone = "UTC"
"""


class BigGroup:
    """Three years of records: everyone answers one in two times and comes as often; a ballot a month, and one that is open."""

    def __init__(self) -> None:
        self.random, self.members = Random(SEED), [f"member-{number:04}" for number in range(MEMBERS)]
        self.records: list[Record] = []
        facilitator = self.members[0]
        for member in self.members:
            about = {"member": member, "name": member.title(), "role": "facilitator" if member == facilitator else "member"}
            self.enter("person", FIRST - timedelta(days=2), facilitator, "2023-12-01", **about)
        for week in range(WEEKS + 1):
            self.session(week)
            if week % 4 == 0 or week == WEEKS:
                self.ballot(week)
            self.proposals(week)
        self.survey()

    def enter(self, kind: str, at: datetime, by: str, session: str, **fields: Any) -> str:
        """Add a record and return its id."""
        name = f"00000000-0000-7000-8000-{len(self.records):012x}"
        self.records.append(new_record(kind, now=at, by=by, session=session, id=name, **fields))
        return name

    def session(self, week: int) -> None:
        """Plan a session; members answer and come, and five of them are away."""
        random, start, by = self.random, FIRST + timedelta(weeks=week), self.members[0]
        session, before = start.date().isoformat(), start - timedelta(days=3)
        self.enter(
            "plan", before, by, session, roles=dict(zip(("presenter", "scribe"), random.sample(self.members, 2), strict=True))
        )
        for member in random.sample(self.members, 5):
            self.enter(
                "away", before, member, session, member=member, first=start.date(), last=(start + timedelta(days=9)).date()
            )
        for member in random.sample(self.members, MEMBERS // 2):
            self.enter("rsvp", before, member, session, member=member, answer=random.choice(["yes", "no", "maybe"]))
            if week < WEEKS:
                self.enter("attendance", start, by, session, member=member, state="present")

    def ballot(self, week: int) -> None:
        """Open a ballot on which everyone votes."""
        random, start = self.random, FIRST + timedelta(weeks=week)
        session, before = start.date().isoformat(), start - timedelta(days=3)
        shortlist = [f"work-{number:03}" for number in random.sample(range(PAPERS), 8)]
        rule = "runoff" if week == WEEKS else random.choice(["approval", "runoff", "score"])
        until = start + timedelta(days=1 if week < WEEKS else 9)
        ballot = self.enter("ballot", before, self.members[0], session, shortlist=shortlist, until=until, rule=rule)
        for member in self.members:
            choice = random.sample(shortlist, 4)
            scores = [random.randint(0, 5) for _ in choice] if rule == "score" else []
            about = {"ballot": ballot, "member": member, "choice": choice, "scores": scores}
            self.enter("vote", before + timedelta(hours=1), member, session, **about)

    def proposals(self, week: int) -> None:
        """Propose two papers, which twenty others second."""
        before = FIRST + timedelta(weeks=week, days=-3)
        session, by = (before + timedelta(days=3)).date().isoformat(), self.members[week]
        for number in range(2):
            proposal = self.enter("proposal", before, by, session, member=by, title=f"Paper {week} {number}")
            for member in self.random.sample(self.members[WEEKS + 1 :], 20):
                self.enter("second", before, member, session, proposal=proposal, member=member)

    def survey(self) -> None:
        """Ask when everyone can meet; everyone answers, each in one of twenty zones."""
        random, start = self.random, FIRST + timedelta(weeks=WEEKS, days=-3)
        session = (start + timedelta(days=3)).date().isoformat()
        survey = self.enter("survey", start, self.members[0], session, first=(start + timedelta(weeks=4)).date())
        for member in self.members:
            hours = [
                [f"{day} {random.randint(7, 17):02}:00-{random.randint(18, 23)}:30" for day in random.sample(WEEKDAYS, 3)]
                for _ in "12"
            ]
            can, maybe = parse_hours(hours[0]), parse_hours(hours[1])
            about = {"survey": survey, "member": member, "zone": random.choice(ZONES)}
            about |= {"can": to_hours(can), "if_need_be": to_hours(maybe - can)}
            self.enter("availability", start + timedelta(hours=1), member, session, **about)


def timed(work: Callable[[], object]) -> float:
    """Return the median of five times, in seconds of processor time."""
    times = []
    for _ in range(5):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def main() -> int:
    """Print each figure, and return 1 if one is over the limit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(SETTINGS)
        rows = "".join(f"work-{number:03},Work {number},paper\n" for number in range(PAPERS))
        (root / "catalogue.csv").write_text("id,title,kind\n" + rows)
        (root / "sessions").mkdir()
        now = FIRST + timedelta(weeks=WEEKS, days=-1)
        book = Workbook(root, lambda: now)
        records = BigGroup().records
        book.__dict__["journal"] = Journal([records], (), ())
        # The turns are kept for as long as nothing is said; each time asks for one more session.
        more = count()
        works: dict[str, Callable[[], object]] = {
            "whose turn, twelve sessions ahead": lambda: turns_ahead(book, 12 + next(more)),
            "one member's turns": lambda: turns_of(book, "member-0007"),
            "all ballots, counted": lambda: ballots(book),
            "who has not voted": lambda: have_not_voted(book),
            "proposals": lambda: proposals(book),
            "a shortlist": lambda: suggested(book),
            "the five best times, from 20 zones": lambda: best_times(answers, first=first, zone="UTC", length_min=90),
            "a survey with its times, kept": lambda: find_survey(book),
        }
        answers = [
            MemberHours(one.member, one.zone, parse_hours(one.can), parse_hours(one.if_need_be))
            for one in book.current.current(Availability)
        ]
        first = find_survey(book).first
        print(f"{len(records):,} records, {MEMBERS:,} members, {PAPERS} papers, {WEEKS} sessions")
        slow = False
        for name, work in works.items():
            seconds = timed(work)
            slow = slow or seconds > LIMIT_S
            print(
                f"{name:36}{seconds * 1000:9.1f} ms   at most {LIMIT_S * 1000:.0f} ms{'' if seconds <= LIMIT_S else '   TOO SLOW'}"
            )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
