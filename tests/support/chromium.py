"""The Chromium of this machine, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.support.needs import PATIENCE_S

# The one without windows first: a page costs it a third of the processor time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# Chromium refuses to start its sandbox as root; the other switches keep it from looking for Google's hosts.
SWITCHES = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

# What anywidget says of a widget that needs more than two seconds to begin, as on a busy machine. The forms' script is the same in
# every form, and one that began serves them all; what it does, tests look for.
TOO_SLOW = "[anywidget] Failed to initialize model."


def chromium_path() -> str | None:
    """Return where Chromium is, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def started_chromium() -> Iterator[Any]:
    """Yield a running Chromium to which every address outside this machine is closed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        _be_patient(started)
        yield started
        started.close()


def _be_patient(browser: Any) -> None:
    """Let every page of a browser wait for as long as a busy machine may take."""

    def patient(make: Callable[..., Any], **options: Any) -> Any:
        made = make(**options)
        made.set_default_timeout(PATIENCE_S * 1000)
        return made

    for name in ("new_context", "new_page"):
        setattr(browser, name, partial(patient, getattr(browser, name)))


def failures_of(page: Any) -> list[str]:
    """Return the list that gets every error which no script of the page caught, but for that of a busy machine."""
    failures: list[str] = []
    page.on("pageerror", lambda error: None if str(error) == TOO_SLOW else failures.append(str(error)))
    return failures
