"""One set of forms a kernel: a cell that is run again gives the same forms, and what the browser sends takes its turn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from IPython import get_ipython

from studygroup.workbook import Workbook


class Forms(Protocol):
    """Forms that can be brought up to date."""

    def show(self) -> None:
        """Show what the journal says now."""


F = TypeVar("F", bound=Forms)

# A kernel runs one notebook; what it opened stays open as long as it lives.
_open: dict[Any, Any] = {}


def kept_open(kind: Callable[[Workbook, str], F], workbook: Workbook, member: str) -> F:
    """Return the forms of a kind that this kernel has open for a member, brought up to date; else make them.

    Forms that were opened for nobody, as the roster was empty, are those of whoever added themself in them.
    """
    key, nobodys = (kind, workbook.folder, member), (kind, workbook.folder, "")
    if key not in _open and nobodys in _open and _open[nobodys].desk.by == member:
        _open[key] = _open.pop(nobodys)
    if key in _open:
        _open[key].show()
    else:
        _open[key] = kind(workbook, member)
        take_turns(workbook.lock)
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
        with lock:
            return handle(*arguments)

    handlers["comm_msg"] = handle_in_turn
