"""Write docs/images from the demo: its agenda, its site, and its notebooks in JupyterLab; `make screenshots` runs it.

The demo is made as of a fixed day, so that a picture changes only when the page does.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from guide_pictures import MEMBER, PICTURES, SHIFTED, take_all
from phone_pictures import take_pages, take_phones
from playwright.sync_api import sync_playwright

from studygroup.interface.demo.player import make_demo

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 27)


def make_pages(folder: Path) -> tuple[Path, Path]:
    """Return the next session's agenda and the site's list of the demo."""
    make_demo(folder, AS_OF)
    *_, agenda = sorted(folder.glob("sessions/*/agenda.html"))
    return agenda, folder / "site" / "list.html"


def main() -> None:
    """Take the pictures of the pages, and those of the notebooks, each in light and dark."""
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        sys.exit("No Chromium is on this machine; on Debian: apt-get install chromium")
    target = ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        agenda, site = make_pages(Path(folder) / "demo")
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-background-networking"]
        )
        for name, page_file, height in (("agenda", agenda, 1240), ("site", site, 900)):
            for scheme, end in (("light", ""), ("dark", "-dark")):
                page = browser.new_page(viewport={"width": 900, "height": height}, color_scheme=scheme)
                page.goto(page_file.as_uri())
                page.screenshot(path=target / f"{name}{end}.png")
        demo, at = Path(folder) / "demo", datetime.combine(AS_OF, time(), UTC)
        take_pages(browser, agenda, demo / "site" / "progress.html", PICTURES)
        take_phones(browser, demo, at + timedelta(hours=9, minutes=40), MEMBER, PICTURES, SHIFTED)
        take_all(browser, demo, at)
        browser.close()


if __name__ == "__main__":
    main()
