"""The pictures of both notebooks for the guides, light and dark: the demo's group in a real JupyterLab.

Two people of the demo sit there, each before their own notebook: two days before the next session, and when it has just begun. It is always
the same day on their clocks, so that a picture changes when its form does.
"""

from __future__ import annotations

import base64
import os
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
from tests.support.at_rest import at_rest  # noqa: E402
from tests.support.in_lab import Seat, running_lab  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "guides"
FACILITATOR, MEMBER = "maren-ostergard", "zoe-obrien-li"
HERE_SOON = (MEMBER, "lakshmi-raghunathan", "bamidele-oyekunle")
"""Who has checked in when the session begins."""
WIDTH, TALL, TALLEST, QUALITY, MARGIN = 1000, 2600, 900, 82, 3
LAPTOP = {"width": 1280, "height": 800}
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


class MovedClock:
    """The clock of everyone in the pictures: the real one, so many seconds before or after."""

    def __init__(self, place: Path, at: datetime) -> None:
        self.place, self.seats = place, list[Seat]()
        self.turn(at)

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
        seat = Seat(browser, address, "", WIDTH, TALL, SHIFTED % self.shift_s, **options)
        self.seats.append(seat)
        return seat


def share_through_git(folder: Path) -> None:
    """Give the demo a repository of its own, and one that it is shared with."""

    def git(*words: str) -> None:
        named = ("-c", "user.name=Maren", "-c", "user.email=maren@example.org")
        subprocess.run(["git", *named, *words], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message", "The group's workbook")
    git("clone", "--quiet", "--bare", str(folder), f"{folder}.git")
    git("remote", "add", "origin", f"{folder}.git")
    git("push", "--quiet", "--set-upstream", "origin", "main")


class Camera:
    """Takes pictures of a notebook's forms, in both themes."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        # Neither the text cursor nor what has the focus is part of a picture.
        seat.page.add_style_tag(content="* { caret-color: transparent !important }")
        self.client = seat.context.new_cdp_session(seat.page)

    def take(self, form: Any, name: str) -> None:
        """Keep a form, or what a cell shows, as NAME.webp and NAME-dark.webp."""
        self.seat.page.evaluate("document.activeElement?.blur()")
        for theme, end in (("JupyterLab Dark", "-dark"), ("JupyterLab Light", "")):
            self.seat.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            light = str(theme.endswith("Light")).lower()
            self.seat.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
            self.seat.page.mouse.move(0, 0)
            form.evaluate("area => area.scrollIntoView({block: 'center'})")
            self.seat.page.wait_for_timeout(400)
            box = form.evaluate(
                """area => { const boxes = [...area.querySelectorAll('.jp-OutputArea-output > *'), ...(area.matches('.sg-part, .sg-screen') ? [area] : [])].map(one => one.getBoundingClientRect())
                    .filter(one => one.height > 0);
                  const [left, top] = [Math.min(...boxes.map(one => one.left)), Math.min(...boxes.map(one => one.top))];
                  return {x: left, y: top, width: Math.max(...boxes.map(one => one.right)) - left,
                    height: Math.max(...boxes.map(one => one.bottom)) - top}; }"""
            )
            clip = {
                "x": box["x"] - MARGIN,
                "y": box["y"] - MARGIN,
                "width": box["width"] + 2 * MARGIN,
                "height": min(box["height"], TALLEST) + 2 * MARGIN,
                "scale": 1,
            }
            shot = self.client.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
            (PICTURES / f"{name}{end}.webp").write_bytes(base64.b64decode(shot["data"]))


def whole(seat: Seat, camera: Camera, tab: str, name: str) -> None:
    """Keep the whole screen as a laptop shows it, with one tab open."""
    seat.page.set_viewport_size(LAPTOP)
    seat.page.locator(".sg-tabs").get_by_role("tab", name=tab, exact=True).click()
    # The app follows the window's height.
    seat.page.wait_for_function("document.querySelector('.sg-screen').getBoundingClientRect().height < innerHeight")
    at_rest(seat.page)
    camera.take(seat.page.locator(".sg-screen"), f"screen-{name}")
    seat.page.set_viewport_size({"width": WIDTH, "height": TALL})


def pressed(seat: Seat, part: str, button: str, then: str) -> None:
    """Press a button of a form of the screen, and wait for what it says."""
    form = seat.part(part)
    form.get_by_role("button", name=button, exact=True).click()
    form.get_by_text(then).first.wait_for(timeout=60_000)


def facilitator_before(seat: Seat, camera: Camera) -> None:
    """Two days before the session."""
    pressed(seat, "agenda", "Make agenda", "agenda.html")
    for name in ("people", "standing", "plan", "guide", "rotation", "ballots", "agenda", "announce", "replies"):
        camera.take(seat.part(name), f"week-{name}")
    whole(seat, camera, "Prepare", "prepare")


def facilitator_during(seat: Seat, camera: Camera) -> None:
    """When it has just begun, and after it."""
    pressed(seat, "timer", "Start", "left")
    whole(seat, camera, "Live", "live")
    pressed(seat, "site", "Preview what will be public", "People named on them")
    for name in ("attendance", "timer", "capture", "notes", "questions", "actions", "materials", "close"):
        camera.take(seat.part(name), f"week-{'links' if name == 'materials' else name}")
    whole(seat, camera, "Wrap up", "wrapup")
    pressed(seat, "report", "Make report", "report.html")
    pressed(seat, "share", "Share", "Shared")
    for name in ("report", "site", "share", "slot", "find_time", "settings", "history"):
        camera.take(seat.part(name), f"week-{name}")


def member_before(seat: Seat, camera: Camera) -> None:
    """Everything that she entered before the session is there."""
    seat.part("others").get_by_text("Lakshmi").first.wait_for()
    seat.part("syllabus").get_by_label("Search", exact=True).press_sequentially("few-shot")
    for name in ("next", "reads", "choose", "times", "summary", "others", "questions", "materials", "progress", "syllabus"):
        camera.take(seat.part(name), f"member-{'links' if name == 'materials' else name}")


def take_all(browser: Any, demo: Path, at: datetime) -> None:
    """Take the pictures of both notebooks of the demo, which was made as of a moment."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    share_through_git(demo)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clock = MovedClock(place / "clock", at + timedelta(hours=9, minutes=40))
        book = Workbook(demo, clock.now)
        seats = []
        for notebook, member, zone in (("week", FACILITATOR, "Europe/Berlin"), ("member", MEMBER, "Europe/Dublin")):
            home = place / notebook
            home.mkdir()
            named = {"STUDYGROUP_MEMBER": member, **clock.environment(home)}
            lab = stack.enter_context(running_lab(demo, home, **named))
            seat = clock.sit(browser, lab.notebook(demo, notebook), zone)
            seat.command("application:toggle-left-area")
            seat.run_all()
            seats.append((seat, Camera(seat)))
        (maren, of_maren), (zoe, of_zoe) = seats
        facilitator_before(maren, of_maren)
        member_before(zoe, of_zoe)
        session = book.schedule.next(book.clock())
        clock.turn(session.start.astimezone(UTC) + timedelta(minutes=4))
        for one in HERE_SOON:
            book.enter("attendance", by=one, session=session.id, member=one, state="present")
        maren.part("attendance").get_by_role("button", name="Here", pressed=True).nth(2).wait_for()
        facilitator_during(maren, of_maren)
        for one, _ in seats:
            one.close()
