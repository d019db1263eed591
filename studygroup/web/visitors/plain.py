"""Plain pages: joining, and what to do when something does not work. They need neither Solara nor a script to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

_FOLDER = Path(__file__).parents[1] / "plain_pages"

_LINK = "Ask your facilitator for a new invite link."

# Status: heading, what to do.
_SAID = {
    400: ("That did not arrive whole", "Please go back and try again."),
    401: (
        "Please open your invite link",
        f"This page is for members: open the link that you were sent. If it no longer works, {_LINK[0].lower()}{_LINK[1:]}",
    ),
    403: ("This came from another page", "Please open the members' page itself and try again there."),
    404: ("There is nothing here", "Go back, or open the members' page from its start."),
    405: ("That is not possible here", "Please go back and try again."),
    410: ("This link no longer works", f"It may have been used already, have expired, or have been ended. {_LINK}"),
    413: ("That is too much at once", "Please send less."),
    421: ("This is not the address of the page", "Use the address in the link that you were sent."),
    429: ("Too much at once", "Please wait a minute, then try again. If many pages of yours are open, close one first."),
    500: (
        "Something went wrong here",
        "It is not your fault, and what was saved before is safe. Please try again in a minute.",
    ),
}


@cache
def _templates() -> Environment:
    # Everything in .html.j2 is escaped.
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True)
class PageFrame:
    """What all pages have in common.

    Attributes
    ----------
    group
        The group's name.
    prefix
        What every address begins with, such as ``/services/members``.
    terms
        How long links are valid and on how many devices, in a sentence; empty where members come without links.
    """

    group: str
    prefix: str = ""
    terms: str = ""

    def page(self, name: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
        """Return a page made from ``plain_pages/<name>.html.j2``."""
        made = _templates().get_template(f"{name}.html.j2").render(group=self.group, prefix=self.prefix, **values)
        return HTMLResponse(made, status, headers)

    def answer(self, status: int) -> HTMLResponse:
        """Return the page that says what to do about a status."""
        heading, advice = _SAID.get(status, _SAID[500])
        if _LINK[1:] in advice and self.terms:
            advice = f"{advice} {self.terms}"
        headers = {"retry-after": "60"} if status == 429 else None
        return self.page("message", status, headers, heading=heading, advice=advice)
