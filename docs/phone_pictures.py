"""Pictures of what people see without a notebook, light and dark: the members' page and the agenda on a phone, the site's charts.

The page is served from the demo with its clock moved, as in the pictures of the forms.
"""

from __future__ import annotations

import base64
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.at_rest import open_tab  # noqa: E402
from tests.support.web_server import Server  # noqa: E402

PHONE = {"width": 375, "height": 740}
BROAD = {"width": 760, "height": 1060}
QUALITY = 70
TABS = ("Session", "My reading", "Syllabus")
MOVED = """from datetime import UTC, datetime, timedelta
from studygroup.workbook.workbook import Workbook
Workbook.__init__.__defaults__ = (lambda: datetime.now(UTC) + timedelta(seconds={shift_s}),)"""


def shot(page: Any, target: Path) -> None:
    """Keep what is in view as a picture."""
    page.evaluate("document.activeElement?.blur()")
    client = page.context.new_cdp_session(page)
    taken = client.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    target.write_bytes(base64.b64decode(taken["data"]))


def take_phones(browser: Any, demo: Path, at: datetime, member: str, pictures: Path, clock: str) -> None:
    """Take the pictures of a member's page on a phone: how a link is opened, and each tab.

    Parameters
    ----------
    at
        The time on the server's clock and the phone's.
    clock
        A script with a place for the seconds by which it moves a browser's clock.
    """
    shift_s = (at - datetime.now(UTC)).total_seconds()
    with Server(demo, before=MOVED.format(shift_s=shift_s)) as server:
        for scheme, end in (("light", ""), ("dark", "-dark")):
            context = browser.new_context(
                viewport=PHONE,
                has_touch=True,
                color_scheme=scheme,
                device_scale_factor=1.5,
                timezone_id="Europe/Dublin",
                locale="en-GB",
            )
            context.add_init_script(clock % shift_s)
            context.set_default_timeout(120_000)
            page = context.new_page()
            page.goto(server.link(member))
            button = page.get_by_role("button", name="Continue as")
            button.wait_for()
            shot(page, pictures / f"phone-join{end}.webp")
            button.click()
            for tab in TABS:
                open_tab(page, tab)
                page.evaluate("window.scrollTo(0, 0)")
                shot(page, pictures / f"phone-{tab.split()[-1].lower()}{end}.webp")
            context.close()


def take_pages(browser: Any, agenda: Path, charts: Path, pictures: Path) -> None:
    """Take the agenda on a phone, and the site's charts."""
    for name, file, size in (("phone-agenda", agenda, PHONE), ("charts", charts, BROAD)):
        for scheme, end in (("light", ""), ("dark", "-dark")):
            context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5 if size == PHONE else 1)
            page = context.new_page()
            page.goto(file.as_uri())
            shot(page, pictures / f"{name}{end}.webp")
            context.close()
