"""The pictures of both notebooks for docs/facilitator.md and docs/member.md: each step, light and dark, from a real JupyterLab.

A made-up group works with a copy of this workbook; two people sit at it, each before their own notebook. It is always the same week
on their clocks, so that a picture changes when its form does.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from studygroup.workbook.workbook import Workbook  # noqa: E402
from tests.support.in_lab import Seat, running_lab  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "guides"
ADA, ZOE, GRACE, RAMON = "ada-lovelace", "zoe-obrien", "grace-hopper", "ramon-y-cajal"
WIDTH, QUALITY, MARGIN = 1000, 82, 3
BIG_IDEA = "Many tasks can be had *without training for them*: a few examples in the prompt are enough, and more parameters make more of them."
MATH = "The loss falls as a power of the compute, $L(C) \\propto C^{-0.048}$, over seven orders of magnitude."
WEDNESDAY, FRIDAY = datetime(2026, 11, 25, 19, 40, tzinfo=UTC), datetime(2026, 11, 27, 18, 4, tzinfo=UTC)
"""When the week is prepared, and when its session has just begun."""
START_UP = """from datetime import UTC, datetime, timedelta
from pathlib import Path
from studygroup.workbook.workbook import Workbook
Workbook.__init__.__defaults__ = (lambda: datetime.now(UTC) + timedelta(seconds=float(Path({place!r}).read_text())),)
"""
SHIFTED = """(() => {
  const Real = Date;
  const now = () => Real.now() + 1000 * Number(localStorage.getItem("story") ?? %s);
  globalThis.Date = new Proxy(Real, {
    construct: (_, given) => (given.length ? new Real(...given) : new Real(now())),
    apply: () => String(new Real(now())),
    get: (real, name) => (name === "now" ? now : Reflect.get(real, name)),
  });
})()"""


class Story:
    """The clock of everybody in the pictures: the real one, so many seconds before or after."""

    def __init__(self, place: Path) -> None:
        self.place, self.seats = place, list[Seat]()
        self.turn(WEDNESDAY)

    def turn(self, to: datetime) -> None:
        """Make it a certain time now, for kernels and browsers."""
        self.shift_s = (to - datetime.now(UTC)).total_seconds()
        self.place.write_text(str(self.shift_s))
        for seat in self.seats:
            seat.page.evaluate("seconds => localStorage.setItem('story', seconds)", str(self.shift_s))

    def now(self) -> datetime:
        """Return what the clock shows."""
        return datetime.now(UTC) + timedelta(seconds=self.shift_s)

    def environment(self, home: Path) -> dict[str, Any]:
        """Give the kernels of a home this clock, and return what their server needs."""
        start = home / "IPYTHONDIR" / "profile_default" / "startup"
        start.mkdir(parents=True)
        (start / "clock.py").write_text(START_UP.format(place=str(self.place)))
        return {"PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))}

    def sit(self, browser: Any, address: str, zone: str) -> Seat:
        """Return a seat before a notebook that has this clock, in a time zone."""
        options = {"timezone_id": zone, "locale": "en-GB"}
        seat = Seat(browser, address, "", WIDTH, 2600, SHIFTED % self.shift_s, **options)
        self.seats.append(seat)
        return seat


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def make_group(folder: Path, story: Story) -> Workbook:
    """Return a copy of this workbook, shared through git, whose next session is in two days."""
    shutil.copytree(ROOT / "lists", folder / "lists")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name in ("pyproject.toml", "catalogue.csv", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    settings = (folder / "pyproject.toml").read_text()
    settings = re.sub(r'weekday = "\w+"', f'weekday = "{FRIDAY:%A}"'.lower(), settings)
    settings = re.sub(r'\ntime = "[\d:]+"', '\ntime = "18:00"', settings)
    (folder / "pyproject.toml").write_text(settings)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada Lovelace")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "The group's workbook")
    subprocess.run(["git", "clone", "--quiet", "--bare", str(folder), f"{folder}.git"], check=True)
    git(folder, "remote", "add", "origin", f"{folder}.git")
    git(folder, "push", "--quiet", "--set-upstream", "origin", "main")
    book = Workbook(folder, story.now)
    for name, zone in (
        ("Ada Lovelace", "Europe/London"),
        ("Zoë O'Brien", "Europe/Berlin"),
        ("Grace Hopper", "America/New_York"),
    ):
        role = "member" if book.people else "facilitator"
        book.add_person(name, by=ADA if book.people else None, role=role, zone=zone)
    return book


def before_the_session(book: Workbook) -> None:
    """What the others enter on their own."""
    [item] = book.catalogue.steps(book.settings.syllabus)["items"].iloc[0]
    session = book.schedule.next(book.clock()).id
    book.enter("reading", by=GRACE, member=GRACE, item=item, status="read")
    book.enter("rating", by=GRACE, member=GRACE, item=item, rating=5)
    book.enter("rsvp", by=GRACE, session=session, member=GRACE, answer="yes")
    book.enter("summary", by=GRACE, member=GRACE, item=item, big_idea=BIG_IDEA, relevance="We can try an idea in minutes.")
    book.enter(
        "question", by=GRACE, member=GRACE, item=item, text="Do the examples teach the task, or only say which one is meant?"
    )


class Camera:
    """Takes pictures of a notebook's forms, in both themes."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        # Neither the text cursor nor what has the focus is part of a picture.
        seat.page.add_style_tag(content="* { caret-color: transparent !important }")
        self.client = seat.context.new_cdp_session(seat.page)

    def take(self, cell: str, name: str) -> None:
        """Keep a cell's output as NAME.webp and NAME-dark.webp."""
        form = self.seat.form(cell).first
        self.seat.page.evaluate("document.activeElement?.blur()")
        for theme, end in (("JupyterLab Dark", "-dark"), ("JupyterLab Light", "")):
            self.seat.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            light = str(theme.endswith("Light")).lower()
            self.seat.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
            self.seat.page.mouse.move(0, 0)
            form.evaluate("area => area.scrollIntoView({block: 'center'})")
            self.seat.page.wait_for_timeout(400)
            box = form.evaluate(
                """area => { const boxes = [...area.querySelectorAll('.jp-OutputArea-output > *')].map(one => one.getBoundingClientRect())
                    .filter(one => one.height > 0);
                  const [left, top] = [Math.min(...boxes.map(one => one.left)), Math.min(...boxes.map(one => one.top))];
                  return {x: left, y: top, width: Math.max(...boxes.map(one => one.right)) - left,
                    height: Math.max(...boxes.map(one => one.bottom)) - top}; }"""
            )
            clip = {
                "x": box["x"] - MARGIN,
                "y": box["y"] - MARGIN,
                "width": box["width"] + 2 * MARGIN,
                "height": box["height"] + 2 * MARGIN,
                "scale": 1,
            }
            shot = self.client.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
            (PICTURES / f"{name}{end}.webp").write_bytes(base64.b64decode(shot["data"]))


def choose(form: Any, group: str, button: str) -> None:
    """Press one button of a group."""
    form.get_by_role("group", name=group, exact=True).get_by_role("button", name=button, exact=True).click()


def early_in_the_week(seat: Seat, camera: Camera) -> None:
    """People, where the group stands, the plan, the agenda, the announcement."""
    people, plan = seat.form(r"^week\.people$"), seat.form(r"^week\.plan$")
    people.get_by_label("Name", exact=True).fill("Ramón y Cajal")
    people.get_by_role("button", name="Add", exact=True).click()
    people.get_by_text("Ramón y Cajal is on the roster").wait_for()
    people.get_by_role("button", name="Change Zoë").click()
    camera.take(r"^week\.people$", "week-people")
    camera.take(r"^week\.standing$", "week-standing")
    plan.get_by_role("button", name="Plan this").click()
    plan.get_by_text(re.compile("^✓ Saved .*planned")).wait_for()
    plan.get_by_label("Presenter", exact=True).select_option(label="Grace Hopper")
    plan.get_by_text("presenter: Grace Hopper").wait_for()
    plan.get_by_label("Add", exact=True).press_sequentially("instruct")
    plan.get_by_role("button", name=re.compile("^Add ")).nth(1).wait_for()
    camera.take(r"^week\.plan$", "week-plan")
    agenda = seat.form(r"^week\.agenda$")
    agenda.get_by_role("button", name="Make agenda").click()
    agenda.get_by_role("link", name="agenda.html").wait_for(timeout=60_000)
    camera.take(r"^week\.agenda$", "week-agenda")
    camera.take(r"^week\.announce$", "week-announce")


def hold_the_session(seat: Seat, camera: Camera) -> None:
    """Attendance, timer, notes, questions, actions, links."""
    roster = seat.form(r"^week\.attendance$")
    roster.locator(".sg-row").filter(has_text="Zoë").get_by_role("button", name="Present", pressed=True).wait_for()
    choose(roster, "Attendance of Ramón y Cajal", "Late")
    roster.get_by_text("Ramón y Cajal late").wait_for()
    camera.take(r"^week\.attendance$", "week-attendance")
    timer = seat.form(r"^week\.timer$")
    timer.get_by_role("button", name="Start", exact=True).click()
    timer.get_by_role("button", name="Next part").click()
    timer.get_by_text("left").first.wait_for()
    camera.take(r"^week\.timer$", "week-timer")
    notes = seat.form(r"^week\.notes$")
    notes.get_by_label("Note", exact=True).fill("We read the **appendix on contamination** next time, before the results.")
    notes.get_by_label("This was decided").check()
    notes.get_by_role("button", name="Add note").click()
    notes.get_by_text("the decision").first.wait_for()
    notes.get_by_label("Note", exact=True).fill(MATH)
    notes.locator("math").first.wait_for()
    camera.take(r"^week\.notes$", "week-notes")
    questions = seat.form(r"^week\.questions$")
    choose(questions, "State of: Do the examples teach the task, or only say which one is mea", "Answered")
    questions.get_by_label("Answer", exact=True).fill(
        "Mostly they say which one is meant: with wrong labels it works nearly as well."
    )
    camera.take(r"^week\.questions$", "week-questions")
    questions.get_by_role("button", name="Save answer").click()
    actions = seat.form(r"^week\.actions$")
    actions.get_by_label("Action", exact=True).fill("Try five prompts with shuffled labels and bring the numbers")
    actions.get_by_label("Who", exact=True).select_option(label="Ramón y Cajal")
    actions.get_by_label("By when", exact=True).fill(f"{FRIDAY + timedelta(days=6):%Y-%m-%d}")
    actions.get_by_role("button", name="Add action").click()
    actions.get_by_text("the action").first.wait_for()
    camera.take(r"^week\.actions$", "week-actions")
    links = seat.form(r"^week\.materials$")
    links.get_by_label("Title", exact=True).fill("Grace's introduction")
    links.get_by_label("Address", exact=True).fill("https://example.org/slides.pdf")
    links.get_by_label("It is", exact=True).select_option(label="Slides")
    links.get_by_role("button", name="Add link").click()
    links.get_by_text("the link").first.wait_for()
    camera.take(r"^week\.materials$", "week-links")


def close_the_session(seat: Seat, camera: Camera) -> None:
    """What continues, the report, sharing, when the group meets, and what was entered."""
    close = seat.form(r"^week\.close$")
    close.get_by_role("button", name="Close session").click()
    close.get_by_text("Next: make the report").wait_for()
    camera.take(r"^week\.close$", "week-close")
    report = seat.form(r"^week\.report$")
    report.get_by_role("button", name="Make report").click()
    report.get_by_role("link", name="report.html").wait_for(timeout=60_000)
    camera.take(r"^week\.report$", "week-report")
    site = seat.form(r"^week\.site$")
    site.get_by_role("button", name="What is published").click()
    site.get_by_text("People named on them").wait_for()
    camera.take(r"^week\.site$", "week-site")
    share = seat.form(r"^week\.share$")
    share.get_by_role("button", name="Share").click()
    share.get_by_text("Shared").wait_for(timeout=60_000)
    camera.take(r"^week\.share$", "week-share")
    slot = seat.form(r"^week\.slot$")
    slot.get_by_label("Day", exact=True).fill("Tuesday")
    slot.get_by_label("Time", exact=True).fill("19:00")
    slot.get_by_role("button", name="Change when we meet").click()
    slot.get_by_text("Undo").wait_for()
    camera.take(r"^week\.slot$", "week-slot")
    history = seat.form(r"^week\.history$")
    history.get_by_label("By or about", exact=True).select_option(label="Grace Hopper")
    history.locator(".sg-row").filter(has_text="Ramón").first.wait_for(state="detached")
    camera.take(r"^week\.history$", "week-history")


def member_before(seat: Seat, camera: Camera) -> None:
    """Zoë answers, reads, and writes; others' summaries are kept back until hers is saved."""
    coming, reads, summary = seat.form(r"forms\.next"), seat.form(r"^forms\.reads$"), seat.form(r"^forms\.summary$")
    choose(coming, "Will you come?", "Maybe")
    coming.get_by_label("Reason", exact=True).fill("The train may be late")
    coming.get_by_role("button", name="Save reason").click()
    coming.get_by_text("Undo").wait_for()
    camera.take(r"forms\.next", "member-next")
    reads.get_by_role("button", name="Read", exact=True).first.click()
    reads.get_by_role("button", name="4", exact=True).first.click()
    reads.get_by_text("4 of 5").wait_for()
    camera.take(r"^forms\.reads$", "member-reads")
    summary.get_by_label("Big idea", exact=True).fill("A large model picks up a task *from its prompt*.")
    summary.get_by_label("Relevance", exact=True).fill(
        "No training for each task. It does not help where the prompt cannot hold the examples."
    )
    summary.get_by_label("More", exact=True).fill(MATH)
    summary.get_by_label("Open questions", exact=True).fill("How much of it is memory of the test sets?")
    summary.locator("math").first.wait_for()
    camera.take(r"^forms\.summary$", "member-summary")
    summary.get_by_role("button", name="Save summary").click()
    summary.get_by_text("Saved").first.wait_for()
    seat.form(r"^forms\.others$").get_by_text("Grace Hopper").first.wait_for()
    camera.take(r"^forms\.others$", "member-others")
    questions = seat.form(r"^forms\.questions$")
    questions.get_by_label("Open questions", exact=True).fill("May we meet half an hour earlier in winter?")
    questions.get_by_role("button", name="Ask", exact=True).click()
    questions.get_by_text("your question").first.wait_for()
    camera.take(r"^forms\.questions$", "member-questions")
    links = seat.form(r"^forms\.materials$")
    links.get_by_label("Title", exact=True).fill("The authors' talk")
    links.get_by_label("Address", exact=True).fill("https://example.org/talk")
    links.get_by_label("It is", exact=True).select_option(label="Recording")
    links.get_by_role("button", name="Add link").click()
    links.get_by_text("the link").first.wait_for()
    camera.take(r"^forms\.materials$", "member-links")
    camera.take(r"^forms\.progress$", "member-progress")
    syllabus = seat.form(r"^forms\.syllabus$")
    syllabus.get_by_label("Search", exact=True).press_sequentially("few-shot")
    retrieval = syllabus.locator(".sg-row").filter(has_text="Atlas")
    retrieval.get_by_role("button", name="Reading", exact=True).click()
    retrieval.get_by_role("button", name="Reading", pressed=True).wait_for()
    camera.take(r"^forms\.syllabus$", "member-syllabus")


def take_all(browser: Any) -> None:
    """Play a week and take its pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = place / "papers"
        folder.mkdir()
        story = Story(place / "clock")
        book = make_group(folder, story)
        before_the_session(book)
        seats = []
        for notebook, member, zone in (("week", ADA, "Europe/London"), ("member", ZOE, "Europe/Berlin")):
            home = place / notebook
            home.mkdir()
            named = {"STUDYGROUP_MEMBER": member, **story.environment(home)}
            lab = stack.enter_context(running_lab(folder, home, **named))
            seat = story.sit(browser, lab.notebook(folder, notebook), zone)
            seat.command("application:toggle-left-area")
            seat.run_all()
            seats.append((seat, Camera(seat)))
        (ada, of_ada), (zoe, of_zoe) = seats
        early_in_the_week(ada, of_ada)
        member_before(zoe, of_zoe)
        story.turn(FRIDAY)
        book.refresh()
        session = book.schedule.next(book.clock()).id
        book.enter("attendance", by=ZOE, session=session, member=ZOE, state="present")
        book.enter("attendance", by=GRACE, session=session, member=GRACE, state="present")
        hold_the_session(ada, of_ada)
        close_the_session(ada, of_ada)
        for one, _ in seats:
            one.close()
