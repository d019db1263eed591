"""One set of forms a kernel: a cell that is run again gives the same forms, and what the browser sends takes its turn."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from IPython import get_ipython

from studygroup.workbook.workbook import Workbook, find_workbook


class Forms(Protocol):
    """Forms that can be brought up to date."""

    def show(self) -> None:
        """Show what the journal says now."""


F = TypeVar("F", bound=Forms)

# A kernel runs one notebook; what it opened stays open as long as it lives.
_workbooks: dict[Path, Workbook] = {}
_open: dict[Any, Any] = {}


def open_workbook(folder: str | os.PathLike[str] | None = None) -> Workbook:
    """Return the workbook as ``Workbook.open`` does; one that this kernel has open already is not read a second time."""
    place = find_workbook(Path.cwd()) if folder is None else Path(folder).resolve()
    if place not in _workbooks:
        _workbooks[place] = Workbook.open(place)
    workbook = _workbooks[place]
    with workbook.lock:
        workbook.refresh()
    return workbook


def kept_open(kind: Callable[[Workbook, str], F], workbook: Workbook, member: str) -> F:
    """Return the forms of a kind that this kernel has open for a member, brought up to date; else make them.

    Forms that were opened for no one, as the roster was empty, are those of whoever added themself in them.
    """
    key, unnamed = (kind, workbook.folder, member), (kind, workbook.folder, "")
    if key not in _open and unnamed in _open and _open[unnamed].context.by == member:
        _open[key] = _open.pop(unnamed)
    if key in _open:
        _open[key].show()
    else:
        _open[key] = kind(workbook, member)
        take_turns(workbook.lock)
        # A year's records stay as long as the kernel lives; looking through them for garbage takes a tenth of a second.
        gc.collect()
        gc.freeze()
    forms: F = _open[key]
    return forms


def take_turns(lock: AbstractContextManager[Any]) -> None:
    """Have every message of the browser's widgets wait for a lock, if this is a kernel.

    JupyterLab sends them to a thread of their own, beside the one that runs cells and that brings what others entered: without
    the lock, a click could find a form half made, or be taken for something that the form itself does.
    """
    shell = get_ipython()
    handlers = getattr(getattr(shell, "kernel", None), "shell_handlers", None)
    if not handlers or "comm_msg" not in handlers:
        return
    handle = handlers["comm_msg"]

    def handle_in_turn(*arguments: Any) -> Any:
        _keep_order()
        with lock:
            return handle(*arguments)

    handlers["comm_msg"] = handle_in_turn
    _go_where_they_are_sent()


def _go_where_they_are_sent() -> None:
    """Have all messages of the browser's widgets go to the one thread that it names.

    ipykernel sends those of a widget to the thread that last said something to it (``BaseComm._reply_subshell_for``, 7.4), so that a
    click goes to one thread and the text that it is to save to another; either can be first. Answers that a thread waits for,
    by the id of its request, still reach it.
    """
    from ipykernel.comm.comm import BaseComm

    route = getattr(BaseComm, "_reply_subshell_for", None)
    if route is None or getattr(route, "goes_where_it_is_sent", False):
        return

    def named(comm: Any, data: Any, default: Any) -> Any:
        comm.__dict__.pop("_reply_subshell_id", None)
        return route(comm, data, default)

    named.goes_where_it_is_sent = True  # type: ignore[attr-defined]
    setattr(BaseComm, "_reply_subshell_for", named)  # noqa: B010 - mypy knows no other way to replace a method


class InOrder(asyncio.Lock):
    """A lock for which everything waits in the order of its coming.

    While a message is dealt with, ipykernel deals with later ones of widgets beside it, since a cell that awaits may wait for
    one (``Kernel.shell_main``, 7.4). The one that is sent next can then come before them: a click before the text that it is to
    save. In the thread that JupyterLab uses for widgets alone no cell waits.
    """

    def locked(self) -> bool:
        """Return False: nothing is to go beside the line."""
        return False


def _keep_order() -> None:
    """Have messages to this thread, if it is one that JupyterLab uses for widgets, be dealt with in the order of their coming."""
    thread: Any = threading.current_thread()
    if type(getattr(thread, "asyncio_lock", None)) is asyncio.Lock:
        thread.asyncio_lock = InOrder()
