"""A whole week in a real JupyterLab: a facilitator and three members, each in a browser of their own on one workbook."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studygroup.group.settings import parse_settings
from studygroup.workbook.starter import new_workbook
from tests.conftest import CATALOGUE, LIST
from tests.support.in_lab import Lab, Seat

BIG_IDEA = "Examples in the prompt replace training: $P(y \\mid x_1 \\dots x_n)$"
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
HOSTILE = "<script>document.title='hacked'</script> <img src=x onerror=document.title='hacked'>"


@pytest.fixture
def club(tmp_path: Path) -> Path:
    """A workbook made by ``studygroup new`` and committed to git, with four works; no one is on its roster.

    Its next session is in two to three hours, so that it has to be moved before anyone can be there.
    """
    soon = datetime.now(UTC) + timedelta(hours=3)
    book = new_workbook(
        tmp_path / "club",
        name="Zoë's club",
        weekday=f"{soon:%A}".lower(),
        time=f"{soon:%H}:00",
        zone="UTC",
        today=soon.date() - timedelta(days=7),
    )
    settings = (book / "pyproject.toml").read_text().replace('syllabus = ""', 'syllabus = "basics"')
    parse_settings(settings, "pyproject.toml")
    (book / "pyproject.toml").write_text(settings)
    (book / "catalogue.csv").write_text(CATALOGUE)
    (book / "lists" / "basics.csv").write_text(LIST)
    git(book, "init", "--quiet")
    git(book, "add", ".")
    git(book, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "Start")
    return book


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


class Group:
    """Everyone's windows on one workbook."""

    def __init__(self, club: Path, browser: Any, lab: Lab, pictures: Path, stack: ExitStack) -> None:
        self.club, self.browser, self.lab, self.pictures, self.stack = club, browser, lab, pictures, stack

    def sit_down(self, notebook: str, member: str = "") -> Seat:
        """Return a notebook that was opened and run by someone."""
        seat = Seat(self.browser, self.lab.notebook(self.club, notebook), member)
        # What a test that failed has on its screens at the end.
        self.stack.callback(seat.picture, self.pictures / f"{member or 'facilitator'}.png")
        seat.run_all()
        return seat


@pytest.fixture
def group(club: Path, browser: Any, jupyterlab: Lab, tmp_path: Path) -> Iterator[Group]:
    with ExitStack() as stack:
        yield Group(club, browser, jupyterlab, tmp_path, stack)


def saved(form: Any, words: str) -> None:
    """Wait until a form says that it saved something."""
    form.get_by_text(re.compile(rf"Saved \d\d:\d\d: .*{re.escape(words)}")).first.wait_for()


def choose(form: Any, group: str, button: str) -> None:
    form.get_by_role("group", name=group, exact=True).get_by_role("button", name=button, exact=True).click()


def enter_the_roster(ada: Seat) -> None:
    """The first person adds herself and becomes the facilitator; then the others."""
    people = ada.part("people")
    people.get_by_text("Add yourself first").wait_for()
    ada.who.get_by_text("first add yourself under People").wait_for()
    assert people.is_visible()
    people.get_by_label("Name", exact=True).fill("Ada Lovelace")
    people.get_by_role("button", name="Add yourself").dblclick()
    saved(people, "Ada Lovelace is on the roster")
    for name in ("Bo", "Zoë O'Brien-李", "Cy Diaz"):
        people.get_by_label("Name", exact=True).fill(name)
        people.get_by_role("button", name="Add", exact=True).click()
        saved(people, f"{name} is on the roster")


def change_who_one_is(ada: Seat) -> None:
    """By keyboard alone: the focus follows from the button to the question and back; all forms are then those of who was chosen."""
    who = ada.who
    change, names = who.get_by_role("button", name="Change who you are"), who.get_by_label("Who are you?", exact=True)
    focused = "one => one === document.activeElement"
    who.get_by_text("You are Ada Lovelace").wait_for()
    change.press("Enter")
    names.wait_for()
    ada.page.wait_for_function(focused, arg=names.element_handle())
    who.get_by_role("button", name="Cancel").press("Enter")
    change.wait_for()
    ada.page.wait_for_function(focused, arg=change.element_handle())
    for name in ("Bo", "Ada Lovelace"):
        change.press("Enter")
        names.select_option(label=name)
        who.get_by_role("button", name="That’s me").press("Enter")
        who.get_by_role("status").get_by_text(f"in this folder you are {name}").wait_for()
        ada.page.wait_for_function(focused, arg=change.element_handle())
        ada.part("people").get_by_label("Name", exact=True).wait_for()
    ada.rest()


def plan_the_session(ada: Seat) -> None:
    """Two steps, a third one found by typing and removed again, roles; moved so that it begins now."""
    plan = ada.part("plan")
    plan.get_by_role("button", name="Add next step").dblclick()
    saved(plan, "Tuned Models added")
    plan.get_by_label("Add", exact=True).press_sequentially("several")
    plan.get_by_role("button", name="Add Several Papers").click()
    saved(plan, "Several Papers added")
    plan.get_by_role("button", name="Remove: Several Papers").click()
    saved(plan, "Several Papers removed")
    plan.get_by_role("button", name="Up: Tuned Models").click()
    saved(plan, "Tuned Models moved")
    plan.get_by_label("Presenter", exact=True).select_option(label="Zoë O'Brien-李")
    saved(plan, "presenter: Zoë O'Brien-李")
    plan.get_by_label("Scribe", exact=True).select_option(label="Bo")
    saved(plan, "scribe: Bo")
    plan.get_by_label("Starts (UTC)", exact=True).fill(f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    plan.get_by_label("Minutes", exact=True).fill("80")
    plan.get_by_role("button", name="Save time").click()
    saved(plan, "80 minutes")


def make_the_agenda(ada: Seat, club: Path) -> None:
    """The page is made and linked; the text to announce it names what is read."""
    agenda = ada.part("agenda")
    agenda.get_by_role("button", name="Make agenda").dblclick()
    agenda.get_by_role("link", name="agenda.html").wait_for()
    agenda.get_by_role("link", name="agenda.html").click()
    # JupyterLab shows the page beside the notebook's tab.
    ada.page.frame_locator(".jp-HTMLViewer iframe").get_by_text("Open the paper").first.wait_for()
    ada.page.get_by_role("tab", name="week.ipynb").click()
    assert len(list(club.glob("sessions/*/agenda.html"))) == 1
    assert "Tuned Models" in ada.part("announce").locator(".sg-copies textarea").input_value()


def answer(seat: Seat, button: str, why: str = "") -> None:
    """Say before the session whether one comes, and why not."""
    form = seat.part("next")
    choose(form, "Will you come?", button)
    saved(form, button)
    if why:
        form.get_by_label("Reason", exact=True).fill(why)
        form.get_by_role("button", name="Save reason").click()
        form.get_by_text("Undo").wait_for()


def read(seat: Seat, title: str, status: str, rating: int = 0) -> None:
    """Say how far one is with a work, and what one thinks of it."""
    form = seat.part("reads")
    choose(form, f"Reading status of {title}", status)
    saved(form, f"{title}: {status.lower()}")
    if rating:
        choose(form, f"Rating of {title}, 1 to 5", str(rating))
        saved(form, f"{title}: {rating} of 5")


def type_summary(seat: Seat, title: str, **parts: str) -> Any:
    """Type a summary and return its form; nothing is saved yet."""
    form = seat.part("summary")
    form.get_by_label("Paper", exact=True).select_option(label=f"Next: {title}")
    for name, text in parts.items():
        field = form.get_by_label(name.replace("_", " ").capitalize(), exact=True)
        field.fill(text)
        field.press("Tab")
    return form


def bo_enters(bo: Seat) -> None:
    """Comes, has read both works, writes with math, asks about none."""
    answer(bo, "Yes, I’ll be there")
    read(bo, "Tuned Models", "Read", 5)
    read(bo, "Few-Shot Learners", "Skimmed")
    form = type_summary(bo, "Tuned Models", big_idea=BIG_IDEA, relevance="Tasks in words")
    form.locator(".sg-preview math").first.wait_for()
    form.get_by_role("button", name="Save summary").dblclick()
    saved(form, "your summary")
    questions = bo.part("questions")
    questions.get_by_label("Open questions", exact=True).fill("Who brings cake?\nWhen do we read 李?")
    questions.get_by_role("button", name="Ask").click()
    saved(questions, "your 2 questions")


def zoe_enters(zoe: Seat) -> None:
    """Types with a kernel restart and a page reload before she saves; what she types is hostile, and runs nowhere."""
    answer(zoe, "Maybe", "The train may be late")
    read(zoe, "Tuned Models", "Reading")
    type_summary(zoe, "Tuned Models", big_idea=HOSTILE, open_questions="Why does it work?")
    zoe.page.wait_for_function("document.querySelectorAll('.sg-preview').length > 0")
    zoe.settle()
    zoe.restart()
    zoe.run_all()
    form = type_summary(zoe, "Tuned Models")
    form.get_by_text("This draft isn’t saved yet.").wait_for()
    assert form.get_by_label("Big idea", exact=True).input_value() == HOSTILE
    type_summary(zoe, "Tuned Models", notes=TABLE)
    zoe.settle()
    zoe.page.reload()
    zoe.ready()
    zoe.run_all()
    form = type_summary(zoe, "Tuned Models")
    assert form.get_by_label("Big idea", exact=True).input_value() == HOSTILE
    assert form.get_by_label("Notes", exact=True).input_value() == TABLE
    assert form.get_by_label("Open questions", exact=True).input_value() == "Why does it work?"
    form.get_by_role("button", name="Save summary").click()
    saved(form, "your question")
    choose(zoe.part("next"), "Check in", "I’m here")
    saved(zoe.part("next"), "you are here")
    assert "hacked" not in zoe.page.title()


def cy_enters(cy: Seat) -> None:
    """Cannot come; says first that he has read it, then takes that back."""
    answer(cy, "No")
    read(cy, "Few-Shot Learners", "Read")
    reads = cy.part("reads")
    reads.get_by_role("button", name="Undo").click()
    reads.get_by_text("Undone").wait_for()
    read(cy, "Few-Shot Learners", "Skipped")


def hold_the_session(ada: Seat) -> None:
    """Attendance, with what was answered beside it; a guest; notes, a question answered, an action."""
    attendance = ada.part("attendance")
    attendance.get_by_text("The train may be late").wait_for()
    choose(attendance, "Attendance of Bo", "Late")
    saved(attendance, "Bo late")
    attendance.get_by_label("Guest", exact=True).fill("Grace <b>Hopper</b>")
    attendance.get_by_role("button", name="Add guest").dblclick()
    saved(attendance, "Grace <b>Hopper</b>, a guest, here")
    attendance.get_by_role("button", name="Mark the rest here").click()
    saved(attendance, "1 person here")
    attendance.get_by_text("3 of 4 there, plus 1 guest").wait_for()
    notes = ada.part("notes")
    notes.get_by_label("Note", exact=True).fill("We meet *earlier*")
    notes.get_by_label("Record as a decision", exact=True).check()
    notes.get_by_role("button", name="Add note").click()
    saved(notes, "the decision")
    questions = ada.part("questions")
    choose(questions, "State of: Why does it work?", "Answered")
    questions.get_by_label("Answer", exact=True).fill("No one knows")
    questions.get_by_label("Answered by", exact=True).select_option(label="Bo")
    questions.get_by_role("button", name="Save answer").click()
    saved(questions, "answered: Why does it work?")
    actions = ada.part("actions")
    actions.get_by_label("Action", exact=True).fill("Find a room")
    actions.get_by_label("Who", exact=True).select_option(label="Cy Diaz")
    actions.get_by_label("By when", exact=True).fill("2030-01-31")
    actions.get_by_role("button", name="Add action").click()
    saved(actions, "the action")


def close_the_session(ada: Seat, club: Path) -> None:
    """One step is finished, the other continues; the report tells it."""
    form = ada.part("close")
    choose(form, "How far we got with Few-Shot Learners", "Continues next time")
    form.get_by_role("button", name="Close session").dblclick()
    form.get_by_text("closed; step 1 continues next time").wait_for()
    report = ada.part("report")
    report.get_by_role("button", name="Make report").click()
    report.get_by_role("link", name="report.html").wait_for()
    [made] = club.glob("sessions/*/report.md")
    assert "No one knows" in made.read_text()
    assert "Find a room" in made.read_text()


def entered(club: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what the records files hold, by who typed it; without ids and times, a record that is named being its first words."""
    found: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for path in sorted(club.glob("sessions/*/records/*.jsonl")):
        for line in path.read_text().splitlines():
            record = json.loads(line)
            assert record.pop("by") == path.stem
            read = [one["entry"] for one in record.pop("read", [])]
            meant = [*record.get("entries", []), *record.get("finished", []), *record.get("continues", [])]
            assert record.pop("v") == (2 if read else 1) and sorted(read) == sorted(meant if read else [])
            assert record.pop("session") == path.parents[1].name
            assert datetime.fromisoformat(record.pop("at")) <= datetime.now(UTC) + timedelta(seconds=5)
            names[record.pop("id")] = record.get("text") or record["type"]
            found.setdefault(path.stem, []).append(record)
    for record in (record for records in found.values() for record in records):
        for field in {"replaces", "record", "question", "of"} & set(record):
            record[field] = names[record[field]]
        for field in {"joined", "left", "start"} & set(record):
            assert datetime.fromisoformat(record[field]).replace(tzinfo=UTC) <= datetime.now(UTC) + timedelta(days=1)
            record[field] = "today"
    return found


def person(member: str, name: str, **others: Any) -> dict[str, Any]:
    return {"type": "person", "member": member, "name": name, "joined": "today", **others}


def plan(*entries: str, **others: Any) -> dict[str, Any]:
    return {"type": "plan", "replaces": "plan", "entries": [f"basics/{entry}" for entry in entries], **others}


ROLES = {"presenter": "zoe-obrien-li", "scribe": "bo"}
BO, ZOE, CY, GRACE = ({"member": member} for member in ("bo", "zoe-obrien-li", "cy-diaz", "grace-b-hopper-b"))
ENTERED = {
    "ada-lovelace": [
        person("ada-lovelace", "Ada Lovelace", role="facilitator"),
        person("bo", "Bo"),
        person("zoe-obrien-li", "Zoë O'Brien-李"),
        person("cy-diaz", "Cy Diaz"),
        {"type": "plan", "entries": ["basics/few-shot", "basics/tuned"]},
        plan("few-shot", "tuned", "several"),
        plan("few-shot", "tuned"),
        plan("tuned", "few-shot"),
        plan("tuned", "few-shot", roles={"presenter": "zoe-obrien-li"}),
        plan("tuned", "few-shot", roles=ROLES),
        plan("tuned", "few-shot", roles=ROLES, start="today", length_min=80),
        {"type": "attendance", **BO, "state": "late"},
        person("grace-b-hopper-b", "Grace <b>Hopper</b>", guest=True, left="today"),
        {"type": "attendance", **GRACE, "state": "present"},
        {"type": "attendance", "member": "ada-lovelace", "state": "present"},
        {"type": "note", "text": "We meet *earlier*", "decision": True},
        {"type": "answer", **BO, "question": "Why does it work?", "text": "No one knows"},
        {"type": "action", "text": "Find a room", "owner": "cy-diaz", "due": "2030-01-31"},
        {"type": "close", "finished": ["basics/tuned"], "continues": ["basics/few-shot"]},
    ],
    "bo": [
        {"type": "rsvp", **BO, "answer": "yes"},
        {"type": "reading", **BO, "item": "tuned", "status": "read"},
        {"type": "rating", **BO, "item": "tuned", "rating": 5},
        {"type": "reading", **BO, "item": "few-shot", "status": "skimmed"},
        {"type": "summary", **BO, "item": "tuned", "big_idea": BIG_IDEA, "relevance": "Tasks in words"},
        {"type": "question", **BO, "text": "Who brings cake?"},
        {"type": "question", **BO, "text": "When do we read 李?"},
    ],
    "zoe-obrien-li": [
        {"type": "rsvp", **ZOE, "answer": "maybe"},
        {"type": "rsvp", "replaces": "rsvp", **ZOE, "answer": "maybe", "why": "The train may be late"},
        {"type": "reading", **ZOE, "item": "tuned", "status": "reading"},
        {"type": "summary", **ZOE, "item": "tuned", "big_idea": HOSTILE, "text": TABLE},
        {"type": "question", **ZOE, "item": "tuned", "text": "Why does it work?"},
        {"type": "attendance", **ZOE, "state": "present"},
    ],
    "cy-diaz": [
        {"type": "rsvp", **CY, "answer": "no"},
        {"type": "reading", **CY, "item": "few-shot", "status": "read"},
        {"type": "withdraw", "record": "reading"},
        {"type": "reading", **CY, "item": "few-shot", "status": "skipped"},
    ],
}


def test_a_week_is_played(group: Group, club: Path) -> None:
    """What four people enter, each in their notebook, is what the records files hold, and git sees nothing else."""
    ada = group.sit_down("week")
    enter_the_roster(ada)
    plan_the_session(ada)
    make_the_agenda(ada, club)
    for member, enters in (("bo", bo_enters), ("zoe-obrien-li", zoe_enters), ("cy-diaz", cy_enters)):
        seat = group.sit_down("member", member)
        enters(seat)
        seat.save()
        seat.close()
    ada.page.reload()
    ada.ready()
    ada.run_all()
    change_who_one_is(ada)
    hold_the_session(ada)
    ada.restart()
    ada.run_all()
    ada.who.get_by_text("You are Ada Lovelace").wait_for()
    close_the_session(ada, club)
    ada.save()
    assert "hacked" not in ada.page.title()
    ada.close()
    assert entered(club) == ENTERED
    [records] = club.glob("sessions/*/records")
    changes = git(club, "status", "--short", "--untracked-files=all").splitlines()
    assert changes == [f"?? {(records / member).relative_to(club)}.jsonl" for member in sorted(ENTERED)]
