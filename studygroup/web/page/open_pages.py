"""What the pages of this process share: the workbook they are about, and where each can be told that something went wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import ipywidgets
from solara.server import kernel_context

from studygroup.forms.kit.form import StatusLine, page_assists
from studygroup.forms.member_page.member import MemberForms
from studygroup.web.page.faults import Show
from studygroup.workbook.workbook import Workbook

MOST_KERNELS = 3
"""How many pages of one device, beside those that are open, are kept for their browser to come back to."""


@dataclass(frozen=True)
class Served:
    """What this process serves."""

    workbook: Workbook

    def forms(self, member: str) -> ipywidgets.Widget:
        """Return the forms of a member."""
        page_assists.set(True)
        with self.workbook.lock:
            # What was entered elsewhere since somebody here entered something.
            self.workbook.refresh()
        return MemberForms(self.workbook, member).page()


_served: list[Served] = []
_notices: dict[str, StatusLine] = {}
_lock = threading.Lock()


def serve(workbook: Workbook) -> None:
    """Say which workbook the pages are about; Solara makes them, so it cannot be handed to each."""
    _served[:] = [Served(workbook)]


def served() -> Served:
    """Return what this process serves."""
    return _served[0]


def notice() -> StatusLine:
    """Return a new line for the present page, on which faults are told."""
    context = kernel_context.get_current_context()
    said = StatusLine()
    with _lock:
        _notices[context.id] = said
    context.on_close(lambda: _forget(context.id))
    return said


def _forget(kernel: str) -> None:
    with _lock:
        _notices.pop(kernel, None)


def present_page() -> Show | None:
    """Return how to show a sentence on the page that the present thread works for, or None."""
    if not kernel_context.has_current_context():
        return None
    said = _notices.get(kernel_context.get_current_context().id)
    return (lambda sentence: said.tell(sentence, "wrong")) if said else None


def count() -> int:
    """Return how many pages are kept, with those whose browser is gone for a while."""
    return len(kernel_context.contexts)


def close_page(kernel: str, page: str, session: str) -> None:
    """Let go of a page that its browser left, if it is that session's."""
    context = kernel_context.contexts.get(kernel)
    if context is not None and context.session_id == session:
        context.page_close(page)


def end_session(sessions: set[str]) -> None:
    """Let go of all pages of some sessions, at once."""
    for context in list(kernel_context.contexts.values()):
        if context.session_id in sessions:
            context.close(reason="ended")


def make_room(session: str) -> None:
    """Let go of the oldest pages of a session whose browser is gone, where more than ``MOST_KERNELS`` are."""
    left = [
        context for context in list(kernel_context.contexts.values()) if context.session_id == session and _is_left(context)
    ]
    for context in left[: max(0, len(left) - MOST_KERNELS)]:
        context.close(reason="too many")


def _is_left(context: Any) -> bool:
    return all(status != kernel_context.PageStatus.CONNECTED for status in context.page_status.values())
