"""Pages opened in a real browser that may ask no one for anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Alone:
    """A browser's window, and what goes wrong in it.

    Parameters
    ----------
    browser
        A Chromium.
    width
        The window's, in pixels.
    base
        How every address begins that may be asked for.
    """

    def __init__(self, browser: Any, width: int, base: str) -> None:
        self.width, self.base = width, base
        self.context = browser.new_context(viewport={"width": width, "height": 800})
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url[:80]}"))
        self.page.on("request", lambda request: self._look_at(request.url))

    def _look_at(self, url: str) -> None:
        if not url.startswith((self.base, "data:")):
            self.wrong.append(f"asked: {url[:80]}")

    def open(self, url: str) -> Any:
        """Open an address, and return its page; what is wider than the window or a picture that is not shown is wrong too."""
        self.page.goto(url)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide != self.width:
            self.wrong.append(f"{url} is {wide} pixels wide, not {self.width}")
        broken = "[...document.images].filter((one) => !one.naturalWidth).map((one) => one.alt)"
        self.wrong += [f"{url} does not show the picture {alt!r}" for alt in self.page.evaluate(broken)]
        return self.page


def trouble_on(page: Any) -> list[str]:
    """Return the list that gets what a page of files says to the console, asks in a dialog, or loads from elsewhere."""
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else trouble.append(request.url))
    return trouble


EMBEDDED = "iframe, object, embed, form, base, video, svg:not(.boxes, .weeks), meta[http-equiv=refresh]"
"""What a generated page never has; its own charts it may have."""


@contextmanager
def alone(browser: Any, width: int, base: str = "file:") -> Iterator[Alone]:
    """Open a window in which pages can be looked at, and close it afterwards."""
    window = Alone(browser, width, base)
    try:
        yield window
    finally:
        window.context.close()
