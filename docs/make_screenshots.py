"""Write docs/images from a real agenda, a real site and real notebooks of this workbook; `make screenshots` runs it.

The session is a fixed one and the workbook is a copy, so that the picture changes only when the page does.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from guide_pictures import take_all
from playwright.sync_api import sync_playwright

from studygroup.meeting.before.planning import plan_session
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.site.site import make_site
from studygroup.workbook.workbook import Workbook

ROOT = Path(__file__).parents[1]
SESSION = "2026-11-27"


def make_pages(folder: Path) -> tuple[Path, Path]:
    """Return a session's agenda and the site's list in a copy of the workbook, with a presenter and some readers."""
    for name in ("pyproject.toml", "catalogue.csv"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "lists", folder / "lists")
    book = Workbook(folder, lambda: datetime(2026, 11, 26, 20, tzinfo=UTC))
    for name in ("Ada Lovelace", "Zoë O'Brien", "Grace Hopper", "Ramón y Cajal"):
        book.add_person(name, by="" if not book.people else "ada-lovelace")
    plan_session(book, SESSION, by="ada-lovelace", steps=[1], roles={"presenter": "Zoë O'Brien"})
    steps = book.catalogue.steps(book.settings.syllabus)
    for member, status in (("ada-lovelace", "read"), ("zoe-obrien", "read"), ("grace-hopper", "reading")):
        book.enter("reading", by=member, member=member, item=steps["items"].iloc[0][0], status=status)
    generated, _ = make_agenda_page(book, SESSION)
    for number, session in enumerate(("2026-11-06", "2026-11-13", "2026-11-20"), start=1):
        plan_session(book, session, by="ada-lovelace", steps=[number])
        book.enter("attendance", by="ada-lovelace", session=session, member="ada-lovelace", state="present")
    plan_session(book, SESSION, by="ada-lovelace", steps=[4])
    return generated.files[1], make_site(book).folder / "list.html"


def main() -> None:
    """Take the picture at desktop width; the phone's goes beside it."""
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        sys.exit("No Chromium is on this machine; on Debian: apt-get install chromium")
    target = ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        agenda, site = make_pages(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-background-networking"]
        )
        pictures = (("agenda", agenda, 900, 1240), ("agenda-phone", agenda, 390, 844), ("site", site, 900, 900))
        for name, page_file, width, height in pictures:
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto(page_file.as_uri())
            page.screenshot(path=target / f"{name}.png")
        take_all(browser)
        browser.close()


if __name__ == "__main__":
    main()
