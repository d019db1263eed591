"""What the pages of this process share: the workbook they are about, and where each can be told that something went wrong."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets
from solara.server import kernel_context
from starlette.concurrency import run_in_threadpool

from studygroup.errors import SettingsError
from studygroup.forms.kit.form import StatusLine, page_assists
from studygroup.forms.kit.form_context import FormContext
from studygroup.forms.kit.live import LOOK_EVERY_S
from studygroup.forms.member_page.member import MemberForms
from studygroup.web.page.faults import Show
from studygroup.web.page.served.slim import slim
from studygroup.web.page.served_workbook import ServedWorkbook
from studygroup.workbook.workbook import Workbook

MOST_KERNELS = 3
"""How many pages of one device, beside those that are open, are kept for their browser to come back to."""

_TELL_WITHIN_S = 0.5
"""In how long all open pages are told of something, one after the other."""


@dataclass(frozen=True)
class Served:
    """What this process serves."""

    workbook: Workbook
    invite: Callable[[str], str] | None = None
    """Returns an invite link for a member; None where there are no links."""

    def forms(self, member: str) -> ipywidgets.Widget:
        """Return the forms of a member."""
        page_assists.set(True)
        with self.workbook.lock:
            # What was entered elsewhere since someone here entered something.
            self.workbook.refresh()
        invite = self.invite
        forms = MemberForms(self.workbook, member, partial(invite, member) if invite else None)
        _begin_to_tell(forms)
        page = forms.page()
        context = kernel_context.get_current_context()
        forms.screen.tabs.observe(lambda _: slim(list(context.widgets.values())), "selected_index")
        return page


_served: list[Served] = []
_notices: dict[str, StatusLine] = {}
_forms: dict[str, MemberForms] = {}
_loops: dict[str, asyncio.AbstractEventLoop] = {}
_closed: set[str] = set()
_lock = threading.Lock()


def serve(workbook: Workbook, invite: Callable[[str], str] | None = None) -> None:
    """Say which workbook the pages are about, and how members are invited; Solara makes them, so it cannot be handed to each."""
    _served[:] = [Served(workbook, invite)]


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
        for kept in (_notices, _forms, _loops):
            kept.pop(kernel, None)
        _closed.add(kernel)


def _begin_to_tell(forms: MemberForms) -> None:
    context = kernel_context.get_current_context()
    with _lock:
        _forms[context.id] = forms
    context.on_close(lambda: _forget(context.id))


def is_heard() -> None:
    """Note on which loop the present page hears its browser from now on; a page that comes back shows what it missed."""
    context, loop = kernel_context.get_current_context(), asyncio.get_running_loop()
    with _lock:
        _loops[context.id] = loop
    loop.call_soon(_catch_up, context)


def _catch_up(context: kernel_context.VirtualKernelContext) -> None:
    """Show on a page what was entered meanwhile; called on its loop, where no message of its browser is answered."""
    forms = _forms.get(context.id)
    with context.lock:
        if forms is not None and not context.closed_event.is_set():
            forms.catch_up()


class News:
    """What is new for the open pages of a workbook: what anyone entered, changed settings, and that a session begins."""

    def __init__(self, workbook: ServedWorkbook) -> None:
        self._workbook, self._context = workbook, FormContext(workbook, "")
        self._seen: Hashable = None
        self._wrong = ""

    async def show(self) -> None:
        """Have every open page that it is for show it within two seconds, for good."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await _tell(await run_in_threadpool(self._behind))
            except Exception:
                logging.getLogger("studygroup.web").error("Looking what is new failed", exc_info=True)

    def _behind(self) -> list[str]:
        """Return the pages that do not show all that is new for them."""
        with self._workbook.lock:
            self._look()
            if (moment := self._context.moment) == self._seen:
                return []
            self._seen = moment
        with _lock:
            pages = list(_forms.items())
        return [kernel for kernel, forms in pages if self._is_behind(forms)]

    def _is_behind(self, forms: MemberForms) -> bool:
        """Return whether a page is; between two of them those who click have their turn."""
        time.sleep(0)
        with self._workbook.lock:
            return forms.context.is_behind()

    def _look(self) -> None:
        try:
            self._workbook.reread_settings()
            self._wrong = ""
        except SettingsError as error:
            if str(error) != self._wrong:
                self._wrong = str(error)
                logging.getLogger("studygroup.web").error("The settings stay as they were: %s", error)
        self._workbook.look()


async def _tell(pages: list[str]) -> None:
    """Tell one page after the other: all at once, they would keep those who click waiting."""
    with _lock:
        listening = {kernel: _loops[kernel] for kernel in pages if kernel in _loops}
    for kernel, loop in listening.items():
        context = kernel_context.contexts.get(kernel)
        if context is not None and not loop.is_closed():
            with suppress(RuntimeError):  # its browser left at this moment
                loop.call_soon_threadsafe(_catch_up, context)
        await asyncio.sleep(_TELL_WITHIN_S / len(listening))


def present_page() -> Show | None:
    """Return how to show a sentence on the page that the present thread works for, or None."""
    if not kernel_context.has_current_context():
        return None
    said = _notices.get(kernel_context.get_current_context().id)
    return (lambda sentence: said.tell(sentence, "wrong")) if said else None


def closed() -> int:
    """Return how many pages were closed since the last call."""
    with _lock:
        number = len(_closed)
        _closed.clear()
    return number


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
