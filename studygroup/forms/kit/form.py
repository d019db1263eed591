"""What forms share: a line that says what became of a click, and text made safe for widgets."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar

from studygroup.errors import StudygroupError
from studygroup.forms.kit import widgets
from studygroup.forms.kit.assist import Assist
from studygroup.meeting.before.meeting_times import group_zone
from studygroup.text.text import is_safe_url
from studygroup.workbook.workbook import Workbook

W = TypeVar("W", bound=widgets.DOMWidget)

PAGE = 25
"""How many rows a form shows at once."""

STYLE = {"description_width": "8em"}
WIDE = {"width": "auto", "max_width": "56em"}
BESIDE_LABELS = "calc(8em + 10px)"
"""Where fields begin, right of their labels."""
LINK_STYLE = "color:var(--jp-content-link-color, #0645ad);text-decoration:underline"


class StatusLine(widgets.HTML):
    """The line below a button: "Saved 23:04:05", or what went wrong and how to go on; screen readers are told."""

    def __init__(self) -> None:
        super().__init__(layout={"max_width": "100%"})
        # A region that is there before its text changes is read out: assist.js makes this element one.
        self.add_class("sg-said")

    def tell(self, message: str, kind: str = "done") -> None:
        """Show a message; ``kind`` is "done", "wrong" or "busy"."""
        mark = {"done": "✓", "wrong": "⚠", "busy": "…"}[kind]
        colour = {"done": "var(--jp-success-color0, #1b5e20)", "wrong": "var(--jp-error-color0, #b71c1c)"}.get(kind, "inherit")
        shown = html.escape(for_forms(message)).replace("\n", "<br>")
        self.value = f'<div style="color:{colour};line-height:1.5">{mark} {shown}</div>'

    def refuse(self, message: str) -> None:
        """Say why what was sent is not taken."""
        self.tell(message, "wrong")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Show what goes wrong within as a sentence; nothing that was typed is lost."""
        try:
            yield
        except StudygroupError as error:
            self.tell(str(error), "wrong")
        except OSError as error:
            self.tell(f"{error.filename or 'The disk'}: {error.strerror or error}", "wrong")


# What messages advise on the command line, and where a form has it.
_ADVICE = {
    "with --base-url": "under Base address",
    "with --list NAME": "under Name",
    "with --list": "under Name",
    "--list": "Name",
    "run `studygroup fill` again": "ask again",
}


def for_forms(message: str) -> str:
    """Return a message with its advice for the command line put into a form's words.

    >>> for_forms("say where the list is with --base-url")
    'say where the list is under Base address'
    """
    for option, field in _ADVICE.items():
        message = message.replace(option, field)
    return message


def safe_link(label: str, url: str) -> str:
    """Return HTML of a link whose label and address are other people's text; an address that is not safe is left out."""
    shown = html.escape(label)
    if not is_safe_url(url):
        return shown
    return f'<a href="{html.escape(url)}" target="_blank" rel="noopener noreferrer" style="{LINK_STYLE}">{shown}</a>'


def clock_time(at: datetime, workbook: Workbook) -> str:
    """Return a time of day as forms show it: in the group's zone, without seconds."""
    return f"{at.astimezone(group_zone(workbook)):%H:%M}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "entry", "entries"), counted(1200, "item")
    ('1 entry', '1,200 items')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


page_assists: ContextVar[bool] = ContextVar("page_assists", default=False)
"""Whether the page that forms are made for loads ``assist.js`` and ``assist.css`` itself, once for all of them."""


def row(widget: widgets.Widget) -> widgets.Widget:
    """Return a widget as one of several rows."""
    widget.add_class("sg-row")
    return widget


def repeats(widget: W) -> W:
    """Return a widget of buttons that go on by a step: two quick clicks on one go two steps, where elsewhere the second is dropped."""
    widget.add_class("sg-repeats")
    return widget


def sheet(form: widgets.Box) -> None:
    """Make a form one that stands by itself in a notebook or a page: with the forms' style and what helps screen readers."""
    form.add_class("sg-form")
    if not page_assists.get():
        form.children = [*form.children, Assist()]


def close(widget: widgets.Widget) -> None:
    """Let go of a widget that is no longer shown, with what it holds: the kernel keeps every other one for good."""
    for child in getattr(widget, "children", ()):
        close(child)
    widgets.let_go(widget)
