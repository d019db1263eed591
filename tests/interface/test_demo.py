"""The demo: a made-up group that shows everything, and comes out the same whenever it is made."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

import studygroup as sg
from studygroup.errors import StoreError, WorkbookError
from studygroup.group.states import WAS_THERE
from studygroup.interface.demo.events import AHEAD, StoryEvent, events_of, first_day
from studygroup.interface.demo.player import MadeDemo, PlayedTime, make_demo
from studygroup.interface.demo.story import ANSWERS, CAME, READ, told
from studygroup.journal.tables.tables import questions
from studygroup.journal.types.records import (
    Answer,
    Ballot,
    Feedback,
    PaperAnswer,
    Plan,
    Proposal,
    Reply,
    Second,
    Summary,
    Swap,
    Turn,
)
from studygroup.meeting.after.feedback import last_feedback
from studygroup.meeting.choose.surveys import surveys
from studygroup.meeting.facts.ledger_tables import life_of
from studygroup.text.text import to_day
from studygroup.workbook.starter import shipped_lists
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run, run  # noqa: F401
from tests.support.on_paper import PAPER, on_paper

DAY = date(2024, 5, 14)
STORY = told()
SESSIONS = [week.key for week in STORY.sessions]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeDemo:
    """The demo of a day long ago: what asks for the present day comes out otherwise."""
    return make_demo(tmp_path_factory.mktemp("made") / "demo", DAY)


@pytest.fixture
def folder(made: MadeDemo) -> Path:
    return made.folder


@pytest.fixture(scope="module")
def book(made: MadeDemo) -> Workbook:
    """The demo as it was on its day."""
    return Workbook(made.folder, PlayedTime(_now(), "").clock)


def _now() -> datetime:
    return datetime.combine(DAY, time(12), UTC)


# --- the story --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", STORY.people, ids=lambda person: person.name)
def test_a_habit_has_a_letter_for_each_session(person: Any) -> None:
    """One that is known; who rated something has read it, and who was there was on the roster."""
    for letters, known in (
        (person.answers, ANSWERS),
        (person.came, CAME),
        (person.read, READ),
        (person.rated, "12345"),
    ):
        assert len(letters) == len(SESSIONS)
        assert {*letters} <= {*known, "."}
    assert all(read in "Rs" for read, rated in zip(person.read, person.rated, strict=True) if rated != ".")
    first = SESSIONS.index(person.joins) if person.joins else 0
    last = SESSIONS.index(person.leaves) if person.leaves else len(SESSIONS) - 1
    assert {*person.came[:first], *person.came[last + 1 :]} <= {"."}


def test_a_paper_is_a_step_of_the_list() -> None:
    """The one that the story says it is, so that what is said of it is about that one."""
    steps = sg.open(shipped_lists()).lists.set_index("list").loc[STORY.syllabus]
    for week in STORY.sessions:
        assert steps["items"].iloc[week.step - 1] == (week.paper,), week.key


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2028, 2, 20)])
def test_all_is_entered_before_the_day(start: date) -> None:
    """On days all over a year, with its summer time: in order, and nothing of it later than the day's beginning."""
    for number in range(0, 366, 9):
        day = start + timedelta(days=number)
        events = events_of(STORY, day)
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at < datetime.combine(day, time(), UTC), day


def test_the_same_day_gives_the_same_events() -> None:
    """And another day the same ones, moved."""
    events, later = events_of(STORY, DAY), events_of(STORY, DAY + timedelta(days=7))
    assert events == events_of(STORY, DAY)
    assert [_what(event) for event in events] == [_what(event) for event in later]


def _what(event: StoryEvent) -> tuple[str, str, str]:
    return event.type, event.by, str(event.fields.get("text", ""))


def test_ids_are_of_their_time_and_in_order() -> None:
    """UUIDs version 7, as all ids are; two clocks with the same seed give the same ones."""
    played, again = (PlayedTime(_now(), "seed") for _ in range(2))
    ids = []
    for seconds in (0, 0, 5, 3):
        for one in (played, again):
            one.move_to(_now() + timedelta(seconds=seconds))
        ids.append(played.new_id())
        assert again.new_id() == ids[-1]
    assert ids == sorted(ids)
    assert {(UUID(one).version, UUID(one).variant) for one in ids} == {(7, "specified in RFC 4122")}
    assert int(ids[0].replace("-", "")[:12], 16) == int((_now() + timedelta(seconds=1)).timestamp() * 1000)


# --- the workbook -----------------------------------------------------------------------------------------------------


def _bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file, but what a computer keeps for itself."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(".studygroup/")}


@pytest.fixture(scope="module")
def by_command(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The same demo, made by the command: later, in another time zone and folder, with another seed of Python's hashes."""
    folder = tmp_path_factory.mktemp("by_command")
    other = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": str(Random().randint(1, 1000)), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "studygroup", "demo", "--as-of", str(DAY)]
    done = subprocess.run(command, cwd=folder, env=other, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "studygroup-demo", done


@pytest.mark.slow
def test_the_same_day_gives_the_same_bytes(made: MadeDemo, by_command: tuple[Path, Any]) -> None:
    """Whenever and wherever it is made; nothing of it knows today, or where it lies."""
    files, others = _bytes_of(made.folder), _bytes_of(by_command[0])
    assert sorted(files) == sorted(others)
    assert [path for path, content in files.items() if content != others[path]] == []
    today = date.today()
    words = (str(today).encode(), to_day(_now().replace(year=today.year, month=today.month, day=today.day)).encode())
    assert [path for path, content in files.items() if any(word in content for word in (*words, b"/tmp/"))] == []


@pytest.mark.slow
def test_the_command_says_what_to_do_next(by_command: tuple[Path, Any]) -> None:
    """The folder alone is on standard output; the group says by its name, its description and its README that it is a demo."""
    folder, done = by_command
    assert done.stdout == f"{folder}\n"
    assert "12 members, 13 sessions held, one ahead" in done.stderr
    *_, cd, site, lab, serve, invite = done.stderr.splitlines()
    assert cd == "  cd studygroup-demo"
    assert [line.split("#")[0].strip() for line in (site, lab, serve, invite)] == [
        f"studygroup {words}" for words in ("site --open", "lab", "serve", "invite --all")
    ]
    settings = Workbook(folder).settings
    assert "(demo)" in settings.name and "invented" in settings.description
    assert "studygroup demo" in (folder / "README.md").read_text()
    assert [path.name for path in folder.parent.iterdir()] == ["studygroup-demo"]


@pytest.mark.slow
def test_check_finds_nothing_wrong(run: Run) -> None:  # noqa: F811
    """Nor does anything that was made change when it is made again."""
    assert run("check").stderr == "All is well.\n"


@pytest.mark.slow
def test_it_has_thirteen_weeks_behind_it_and_one_ahead(made: MadeDemo, book: Workbook) -> None:
    """Thirteen sessions held: one of thirteen weeks was cancelled and made up for, one was moved."""
    sessions = sg.Group(book).sessions
    behind = sessions[sessions["start"] < _now()]
    assert behind["state"].value_counts().to_dict() == {"held": 13, "cancelled": 1}
    assert behind["moved"].sum() == 1
    assert (behind["guests"] > 0).sum() == 1
    coming = sessions[sessions["state"] == "coming"]
    assert coming["session"].iloc[0] == str(DAY + AHEAD)
    assert coming["title"].iloc[0].startswith("LLaMA")
    assert behind["session"].iloc[0] == str(first_day(STORY, DAY))
    assert behind["start"].iloc[-1].date() - behind["start"].iloc[0].date() == timedelta(weeks=12)
    assert (made.members, made.sessions, made.reports) == (12, 13, 13)
    for place in ("sessions/*/report.html", "site/sessions/2*.html", "sessions/*/agenda.html"):
        assert len([*made.folder.glob(place)]) == {"sessions/*/agenda.html": 1, "site/sessions/2*.html": 15}.get(place, 13), (
            place
        )


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPER)
def test_its_agenda_and_reports_print_on_two_pages(made: MadeDemo, browser: Any, paper: str) -> None:
    """Each; no heading and no caption is parted from what it belongs to."""
    pages = sorted(made.folder.glob("sessions/*/*.html"))
    assert len(pages) == 14
    for page in pages:
        printed, parted, _ = on_paper(browser, page, paper)
        assert (printed <= 2, parted) == (True, []), page


@pytest.mark.slow
def test_every_kind_of_thing_is_in_it(book: Workbook) -> None:
    """A row in every table, but for what is sent to others and for changes of the slot; nothing is left out of a report."""
    tables = sg.Group(book).tables
    names = [name for name in dir(tables) if not name.startswith("_")]
    assert {name for name in names if not len(getattr(tables, name))} == {"sent", "slots"}
    assert {*tables.attendance["state"]} == {*CAME.values()}
    assert {*tables.reading["status"]} == {"reading", "skimmed", "read", "skipped"}
    assert {*tables.rsvps["answer"]} == {*ANSWERS.values()}
    assert {*tables.ratings["rating"]} == {2, 3, 4, 5}
    assert {*tables.materials["role"]} == {"recording", "slides", "further_reading"}
    assert {*tables.notes["decision"]} == {*tables.actions["done"]} == {True, False}
    assert "" in {*tables.actions["owner"]}
    days = {week.key: str(DAY + AHEAD + timedelta(days=week.day)) for week in STORY.sessions}
    noted = [days[week.key] for week in STORY.sessions for one in week.said.get("action", ()) if "of" not in one]
    assert sorted(tables.actions["session"]) == noted
    overdue = tables.actions[~tables.actions["done"] & (tables.actions["due"] < str(DAY))]
    assert len(overdue) == 1
    turnout = tables.turnout
    assert {*turnout["answer"]} == {"yes", "maybe", "no", ""}
    assert ((turnout["answer"] == "yes") & ~turnout["there"]).any() and ((turnout["answer"] == "") & turnout["there"]).any()
    assert {record.type for record in book.journal.records} >= {"withdraw", "close", "plan", "person"}


@pytest.mark.slow
def test_its_questions_have_a_history(book: Workbook) -> None:
    """Answered, carried over, dropped, and opened again."""
    found = questions(book.current)
    lives = {number: [event.what for event in life_of(book, number)[2]] for number in found["id"]}
    assert {*found["state"]} == {"open", "answered", "dropped"}
    assert any(len({event.session for event in life_of(book, one)[2]}) > 2 for one in lives)
    assert sorted(map(len, lives.values()))[-1] >= 3


@pytest.mark.slow
def test_its_people_have_habits(book: Workbook) -> None:
    """One always late, one who drifts away, one who joined later, one who left, one away for two weeks, a guest of one session."""
    attendance = sg.Group(book).tables.attendance
    by_session = {member: rows.sort_values("session")["state"].tolist() for member, rows in attendance.groupby("member")}
    assert {*by_session["tomas-quinones-ibarra"]} == {"late", "absent"}
    drifting = [state in WAS_THERE for state in by_session["aissatou-ndiaye"]]
    assert all(drifting[:5]) and sum(drifting[-5:]) <= 1
    assert len(by_session["darina-koval"]) == 9
    assert book.people["padraig-o-murchadha"].left == DAY + AHEAD - timedelta(days=34)
    assert by_session["lakshmi-raghunathan"].count("excused") == 2
    assert [len(by_session[member]) for member, person in book.people.items() if person.guest] == [1]
    assert len({book.people[member].name for member in book.facilitators}) == 1
    assert any(not name.isascii() and not re.search("[a-z]", name) for name in (one.name for one in book.people.values()))


@pytest.mark.slow
def test_its_formulas_are_shown_as_formulas(made: MadeDemo) -> None:
    """On every page that has some, and none is left as it was typed."""
    pages = [*made.folder.glob("sessions/*/*.html"), *made.folder.glob("site/**/*.html")]
    texts = {path: path.read_text() for path in pages}
    assert sum("<math" in text for text in texts.values()) > 20
    assert [
        path
        for path, text in texts.items()
        if re.search(r"\$\$|\\(frac|mathbb|sum|theta)", re.sub(r'alttext="[^"]*"', "", text))
    ] == []


@pytest.mark.slow
def test_the_members_page_is_ready(run: Run) -> None:  # noqa: F811
    """Each member gets a link, and whoever sits there is the facilitator."""
    links = json.loads(run("invite", "--all", "--json").stdout)
    assert len(links) == 12
    assert run("me").stdout == "maren-ostergard\n"


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """At once, and what is there stays."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WorkbookError, match="not empty"):
        make_demo(tmp_path, DAY)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_no_database_is_filled_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment names one, it may be a real group's: nothing is made."""
    monkeypatch.setenv("STUDYGROUP_STORE", "postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(StoreError, match="made-up records"):
        make_demo(tmp_path / "demo", DAY)
    assert [*tmp_path.iterdir()] == []


# --- what a group decides and says together ---------------------------------------------------------------------------

TOGETHER = {
    *{"proposal", "second", "ballot", "vote", "result", "turn", "swap", "away", "survey", "availability"},
    *{"guide", "response", "reply", "pace", "feedback"},
}
"""The types of records about choosing together, and about what one session has of its own."""


@pytest.mark.slow
def test_all_that_a_group_decides_and_says_together_is_in_it(book: Workbook) -> None:
    """Every type of it, and every way to use one: what is seconded, how votes are counted, how turns change hands."""
    current = book.current
    assert {record.type for record in book.journal.records} >= TOGETHER
    assert {bool(one.question) for one in current.current(Second)} == {True, False}
    assert {bool(one.item) for one in current.current(Proposal)} == {True, False}
    assert {"approval", "ranked"} <= {one.rule for one in current.current(Ballot)}
    assert {one.answer for one in current.current(Turn)} == {"volunteer", "decline"}
    swaps = [record for record in book.journal.records if isinstance(record, Swap)]
    assert {bool(one.for_role) for one in swaps if one.to} == {True, False}, "one was exchanged, one given"
    assert any(not one.to and not one.asked for one in swaps), "one is still looked for"
    assert {one.pace for one in current.current(Feedback)} >= {"slower", "right"}
    assert {type(book.find_record(one.to)) for one in current.current(Reply)} == {Summary, Answer, PaperAnswer}
    [plan] = [one for one in current.current(Plan) if one.session == str(DAY + AHEAD)]
    assert all((plan.place, plan.link, plan.note))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "agenda",
            {
                "a note for the session": "Have Figure 1 at hand",
                "a place": "Café Lampion",
                "a link of its own": "paper-lanterns-cafe",
                "a part": "sections 1 to 3",
                "its own questions": "Which of the seven sources",
                "an open turn": "is looking for someone to take over as scribe",
                "me too": "3 more want to know",
                "what came before": "Do you remember?",
                "the pace": "of the 8 who are expected have read it",
                "a pinned part": "Close has a fixed length",
            },
        ),
        (
            "report",
            {
                "how it was chosen": "We chose it together. Approval: 9 of 12 members voted",
                "a part": "all but section 5",
                "an answer to its own question": "I would ask two people first",
                "a reply to that": "And they would not agree",
                "a reply to a summary": "And make the judge big",
                "a reply to an answer": "I can bring two of them next time",
                "a turn that was taken": "scribe Lakshmi Raghunathan",
            },
        ),
    ],
)
def test_agenda_and_report_show_what_came_of_it(made: MadeDemo, name: str, shown: dict[str, str]) -> None:
    """Each in words that are on no page without it, on the page for the web and in the Markdown."""
    session = max(path.parent.name for path in made.folder.glob(f"sessions/*/{name}.md"))
    for ending in ("md", "html"):
        text = html.unescape((made.folder / "sessions" / session / f"{name}.{ending}").read_text())
        assert [what for what, words in shown.items() if words not in text] == [], ending


@pytest.mark.slow
def test_facilitators_see_how_it_was_and_members_when_they_can_meet(book: Workbook) -> None:
    """What is on no page that goes out: how the pace was found, and what the survey came to so far."""
    said = last_feedback(book, book.schedule.find(str(DAY + AHEAD)))
    assert said is not None
    assert "Three found it too fast" in said.words
    [survey] = surveys(book)
    assert (survey.chosen, len(survey.answered)) == (None, 5)
    assert survey.best
