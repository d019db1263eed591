"""A season of a study group, played through public functions: `make season`.

Fourteen weeks, twenty-four members with habits of their own, two holidays, a session that is cancelled and one that is moved,
guests, a member who leaves, texts that are hostile and texts with math. Everything that is typed holds a mark of its own, such
as ``q00042``, so that each output can be compared with what was entered: nothing lost, nothing doubled, nothing where it does not belong.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.season_choosing import SeasonChoosing  # noqa: E402
from benchmarks.season_talk import Talk  # noqa: E402
from studygroup.group.schedule import Session  # noqa: E402
from studygroup.interface.demo.player import PlayedTime  # noqa: E402
from studygroup.meeting.before.agenda import agenda_of  # noqa: E402
from studygroup.meeting.before.planning import close_session, plan_session  # noqa: E402
from studygroup.meeting.facts.deliveries import deliveries_of  # noqa: E402
from studygroup.publish.messages.sending import Letter  # noqa: E402
from studygroup.publish.pages.agenda_run import make_agenda_page  # noqa: E402
from studygroup.publish.pages.report_all import make_all_reports  # noqa: E402
from studygroup.publish.routine.due import run_due  # noqa: E402
from studygroup.publish.site.site import make_site  # noqa: E402
from studygroup.workbook.workbook import Workbook  # noqa: E402
from tests.support.hostile_texts import HOSTILE  # noqa: E402

FIRST = date(2027, 1, 1)
WEEKS = 14
MEMBERS = 24
HOLIDAYS = (date(2027, 2, 5), date(2027, 3, 5))
EVENTS = {4: "cancelled", 8: "moved", 10: "leaves"}
"""What happens in which of its sessions, counted from 0; who leaves is a member."""

SETTINGS = """\
[tool.studygroup]
name = "A season & <b>more</b>"
id = "season"
description = "Played through public functions."
zones = ["UTC", "Asia/Kolkata"]
meeting_link = "https://meet.example.org/season"
syllabus = "modern-llm"
holidays = [{holidays}]

[[tool.studygroup.slots]]
valid_from = 2027-01-01
weekday = "friday"
time = "23:00"
zone = "UTC"
length_min = 90
"""
NAMES = ("Zoë O'Brien-李", "Ada <script>", "=Bo+1", "Nazanin‌zahra", "O'Neil, Jr.", "*Star* [x](y)", "王小明", "José María")
MATH = ("$\\frac{a}{b}$", "$$\\sum_i x_i^2$$", "a < b and $x_{t+1}$", "plain words")


@dataclass
class Told:
    """What was entered, by mark."""

    summaries: dict[str, tuple[str, str]] = field(default_factory=dict)  # mark → (member, item)
    questions: dict[str, str] = field(default_factory=dict)  # mark → session
    answers: dict[str, str] = field(default_factory=dict)  # mark of the question → session
    notes: dict[str, str] = field(default_factory=dict)  # mark → session
    actions: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)  # reasons that only facilitators see
    present: dict[str, int] = field(default_factory=dict)  # session → members who were there
    guests: dict[str, int] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    read: dict[str, list[str]] = field(default_factory=dict)  # session → items
    carried: dict[str, set[str]] = field(default_factory=dict)  # session → marks of questions open when its agenda was made


class Season:
    """Plays a season in a folder; the same seed plays the same one."""

    def __init__(self, folder: Path, seed: int = 7) -> None:
        self.folder, self.told = folder, Told()
        self.chance = random.Random(seed)
        self.choosing = SeasonChoosing(self, seed)
        self.played = PlayedTime(datetime(2027, 1, 1, 9, tzinfo=UTC), str(seed))
        self.count = 0
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(SETTINGS.format(holidays=", ".join(map(str, HOLIDAYS))))
        shutil.copy(ROOT / "catalogue.csv", folder)
        shutil.copytree(ROOT / "lists", folder / "lists")
        (folder / "sessions").mkdir()
        (name,) = [path.stem for path in (folder / "lists").glob("modern-llm*.csv")]
        settings = folder / "pyproject.toml"
        settings.write_text(settings.read_text().replace('"modern-llm"', f'"{name}"'))
        self.open()
        self.members: list[str] = []
        self.talk = Talk(self, seed)
        self.hourly: Callable[[], None] | None = None

    def open(self) -> None:
        """Open the workbook, as after a restart."""
        self.book = Workbook(self.folder, self.played.clock, new_id=self.played.new_id)

    def text(self, kind: str) -> tuple[str, str]:
        """Return a text with its mark."""
        self.count += 1
        mark = f"{kind}{self.count:05}"
        return mark, f"{mark} {self.chance.choice(HOSTILE if self.chance.random() < 0.5 else MATH)}"

    def play(self, agendas: bool = True) -> Told:
        """Play all weeks; with ``agendas`` each agenda is made before its session, as a group would."""
        for number in range(MEMBERS):
            name = NAMES[number] if number < len(NAMES) else f"Member {number:02}"
            by = self.members[0] if self.members else None
            role = "member" if number else "facilitator"
            self.members.append(self.book.add_person(name, role=role, by=by).member)
        self.facilitator = self.members[0]
        self.habits = {member: self.chance.random() for member in self.members}
        last = self.book.schedule.between(FIRST, FIRST + timedelta(weeks=WEEKS + len(HOLIDAYS)))[:WEEKS]
        for number, session in enumerate(last):
            self.week(number, session, agendas, EVENTS.get(number, ""))
        return self.told

    def week(self, number: int, session: Session, agendas: bool, event: str = "") -> None:
        """Play one week: plan, answers, reading, agenda, the session, closing; ``event`` is what else happens, of ``EVENTS``."""
        self.advance(session.start - timedelta(days=3))
        if event == "leaves":
            gone = self.members.pop()
            self.book.change_person(gone, left=self.played.now.date(), by=self.facilitator)
        presenter, scribe = self.chance.sample(self.members, 2)
        plan_session(
            self.book,
            session.id,
            by=self.facilitator,
            steps=self.next_steps(session),
            roles={"presenter": presenter, "scribe": scribe},
        )
        if event == "moved":
            moved = (session.start + timedelta(days=1, hours=-4)).isoformat()
            plan_session(self.book, session.id, by=self.facilitator, start=moved)
        if event == "cancelled":
            plan_session(self.book, session.id, by=self.facilitator, cancelled=True, why="Storm & <i>snow</i>")
            self.told.cancelled.append(session.id)
            return
        if number < WEEKS:
            self.choosing.before(number, session)
        items = list(dict.fromkeys(work.id for read in agenda_of(self.book, session.id).reads for work in read.works))
        self.told.read[session.id] = items
        for member in self.members:
            self.before(member, session, items)
        self.talk.prepare(session, items)
        self.told.carried[session.id] = set(self.told.questions) - set(self.told.answers)
        if agendas:
            make_agenda_page(self.book, session.id)
        self.advance(self.book.schedule.find(session.id).start + timedelta(minutes=5))
        self.meet(session, number)

    def advance(self, to: datetime) -> None:
        """Let time pass; where something is done every hour, do it at each full one."""
        while self.hourly and (full := self.played.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)) <= to:
            self.played.move_to(full)
            self.hourly()
        self.played.move_to(to)

    def play_with_due(self, hourly: Callable[[], None]) -> list[Session]:
        """Play four more weeks in which something is done every hour; one session is moved, one cancelled; return all four."""
        more = self.book.schedule.following(self.played.now, 4)
        self.hourly = hourly
        for number, (session, event) in enumerate(zip(more, ("", "moved", "cancelled", ""), strict=True), start=WEEKS):
            self.week(number, session, agendas=False, event=event)
        self.advance(self.played.now + timedelta(days=3))
        self.hourly = None
        return more

    def next_steps(self, session: Session) -> list[int]:
        """Return the step that comes next."""
        return [read.step.number for read in agenda_of(self.book, session.id).reads if read.step][:1]

    def before(self, member: str, session: Session, items: list[str]) -> None:
        """Let a member answer, read, rate, summarise and ask, as they are used to."""
        keen, roll = self.habits[member], self.chance.random
        enter = self.book.enter
        if roll() < 0.4 + keen / 2:
            answer = "yes" if roll() < 0.7 else "no"
            why = ""
            if answer == "no":
                mark, why = self.text("s")
                self.told.secrets.append(mark)
            enter("rsvp", by=member, member=member, session=session.id, answer=answer, why=why)
        for item in items:
            if roll() < keen:
                enter("reading", by=member, member=member, item=item, status=self.chance.choice(["reading", "skimmed", "read"]))
            if roll() < keen / 2:
                enter("rating", by=member, member=member, item=item, rating=self.chance.randint(1, 5))
            if roll() < keen / 3:
                mark, text = self.text("u")
                self.told.summaries = {known: who for known, who in self.told.summaries.items() if who != (member, item)}
                self.told.summaries[mark] = member, item
                enter("summary", by=member, member=member, item=item, big_idea=text, relevance="Much.")
            if roll() < keen / 4:
                mark, text = self.text("q")
                self.told.questions[mark] = session.id
                enter("question", by=member, member=member, session=session.id, item=item, text=text)

    def meet(self, session: Session, number: int) -> None:
        """Play the session itself."""
        enter, roll, told = self.book.enter, self.chance.random, self.told
        there = [member for member in self.members if roll() < 0.3 + self.habits[member] / 2] or self.members[:1]
        for member in self.members:
            state = self.chance.choice(["present", "present", "late", "left_early"]) if member in there else "absent"
            enter("attendance", by=self.facilitator, session=session.id, member=member, state=state)
        told.present[session.id], told.guests[session.id] = len(there), number % 3 == 2
        if number % 3 == 2:
            guest = self.book.add_person(f"Guest {number}", by=self.facilitator, guest=True).member
            enter("attendance", by=self.facilitator, session=session.id, member=guest, state="present")
        for kind, marks in (("n", told.notes), ("d", told.notes), ("a", told.actions)):
            mark, text = self.text(kind)
            marks[mark] = session.id
            if kind == "a":
                enter("action", by=self.facilitator, session=session.id, text=text, owner=self.chance.choice(there))
            else:
                enter("note", by=self.facilitator, session=session.id, text=text, decision=kind == "d")
        self.answer_some(session, there)
        self.talk.converse(session, told.read[session.id], there)
        goes_on = [read.step.number for read in agenda_of(self.book, session.id).reads if read.step and roll() < 0.2]
        close_session(self.book, session.id, by=self.facilitator, continues=goes_on)
        told.held.append(session.id)
        if number < WEEKS:
            self.choosing.after(number, session)

    def answer_some(self, session: Session, there: list[str]) -> None:
        """Answer every other question that is open."""
        from studygroup.journal.tables import tables

        questions = tables.questions(self.book.current)
        for question in list(tables.rows(questions[questions["state"] == "open"]))[::2]:
            mark = question.text.split()[0]
            self.told.answers[mark] = session.id
            who = self.chance.choice(there)
            self.book.enter("answer", by=who, member=who, session=session.id, question=question.id, text=f"answer to {mark}")


class KilledError(BaseException):
    """Stands for a process that ends in the middle of something."""


class DueRuns:
    """`studygroup due`, run again and again by a process that now and then ends before or after a message is delivered.

    Attributes
    ----------
    got
        The messages that arrived: place, title, and the first line of what it says, which tells an agenda from a reminder.
    runs, killed
        How often it ran, and how often it was cut short.
    """

    def __init__(self, season: Season, seed: int = 7) -> None:
        self.season, self.chance = season, random.Random(seed)
        self.got: list[tuple[str, str, str]] = []
        self.runs = self.killed = 0

    def hour(self) -> None:
        """Run it once."""
        self.runs += 1
        try:
            for _ in run_due(self.season.book, deliver=self._deliver):
                self._perhaps(0.05)
        except KilledError:
            self.killed += 1
            self.season.open()

    def _deliver(self, letter: Letter) -> str:
        self._perhaps(0.1)
        if self.chance.random() < 0.1:
            return "the service answered 503"
        self.got.append((letter.address.label, letter.title, letter.text.split("\n")[1].partition(":")[0]))
        self._perhaps(0.1)
        return ""

    def _perhaps(self, chance: float) -> None:
        if self.chance.random() < chance:
            raise KilledError

    def unsure(self, sessions: Iterable[Session]) -> dict[tuple[str, str], list[str]]:
        """Return the places to which a message may have been sent, by session and kind."""
        pairs = ((session.id, kind) for session in sessions for kind in ("agenda", "reminder", "report"))
        found = {pair: deliveries_of(self.season.book, *pair).places("unknown") for pair in pairs}
        return {pair: places for pair, places in found.items() if places}


def due_weeks(season: Season) -> Iterator[str]:
    """Play four weeks with `due` every hour, and yield its results."""
    begun = time.perf_counter()
    os.environ["STUDYGROUP_ANNOUNCE"] = " ".join(f"json://127.0.0.1:9/{number}" for number in range(3))
    runs = DueRuns(season)
    sessions = season.play_with_due(runs.hour)
    twice = len(runs.got) - len(set(runs.got))
    unsure = sum(map(len, runs.unsure(sessions).values()))
    yield (
        f"{runs.runs} hours of due in {time.perf_counter() - begun:.0f} s, {runs.killed} cut short: {len(runs.got)} messages arrived, "
        f"{twice} of them twice; {unsure} may have been sent, and facilitators are told so"
    )


def outputs(season: Season) -> Iterator[str]:
    """Make what remains to be made, and yield what was made."""
    reports = make_all_reports(season.book)
    yield f"{len(reports.made)} reports, {len(reports.failed)} failed"
    site = make_site(season.book)
    yield f"{len(site.titles)} pages of the site, with feed and calendar: {site.folder / 'index.html'}"


def main() -> None:
    """Play a season, make everything, and say how long it took."""
    parser = argparse.ArgumentParser(description="Play a season of a study group and make everything that comes of it.")
    parser.add_argument("--out", type=Path, help="an empty folder for the workbook; else a temporary one")
    arguments = parser.parse_args()
    folder = arguments.out or Path(tempfile.mkdtemp(prefix="season-")) / "season"
    begun = time.perf_counter()
    season = Season(folder)
    told = season.play()
    print(f"{len(told.held)} sessions, {len(season.book.journal.records):,} records in {time.perf_counter() - begun:.0f} s")
    for line in (*outputs(season), *due_weeks(season)):
        print(line)
    print(f"{time.perf_counter() - begun:.0f} s; the workbook: {folder}")


if __name__ == "__main__":
    main()
