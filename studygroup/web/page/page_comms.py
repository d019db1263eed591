"""What one page's widgets and its browser say to each other: each page has comms of its own, and no other page reaches them.

ipywidgets keeps the comm on which a browser asks for all states in one place for the whole process, and ipykernel ties it to the page
that uses it first. One page could so get the answers to another one's question. Here a comm belongs to its page from the
moment it is made, and a question is answered on the comm that it came on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import comm
from comm.base_comm import BaseComm, CommManager
from solara.lifecycle import on_kernel_start
from solara.server import kernel, kernel_context

_STATES, _PAGE = "jupyter.widget.control", "solara.control"
"""What a browser may open: a comm to ask for the states of all widgets, and one to ask for the page itself."""


class PageComm(kernel.Comm):
    """One comm of a page. Solara's makes a stand-in for IPython of mocks for every message: a tenth of a click's time."""

    def handle_msg(self, msg: dict[str, Any]) -> None:
        """Hand a message to the widget."""
        if self._msg_callback:
            self._msg_callback(msg)


class PageComms(CommManager):
    """The comms of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets[_STATES] = lambda asking, message: asking.on_msg(_answer)

    def register_target(self, target_name: str, f: Callable[[BaseComm, dict[str, Any]], None] | str) -> None:
        """Register what a browser may open; what ipywidgets registers is left out, as all pages would share it."""
        if target_name == _PAGE:
            super().register_target(target_name, f)

    def comm_open(self, stream: Any, ident: Any, msg: dict[str, Any]) -> None:
        """Open a comm for the browser; an id that is in use stays with its widget."""
        if msg["content"]["comm_id"] not in self.comms:
            super().comm_open(stream, ident, msg)


def _answer(asked: dict[str, Any]) -> None:
    """Answer a page that asks for the states of all its widgets, as it does when it resumes."""
    if asked["content"]["data"].get("method") != "request_states":
        return
    page = kernel_context.get_current_context()
    states = {model: _state_of(widget) for model, widget in list(page.widgets.items())}
    asking = page.kernel.comm_manager.comms[asked["content"]["comm_id"]]
    asking.send({"method": "update_states", "states": states, "buffer_paths": []})


def _state_of(widget: Any) -> dict[str, Any]:
    return {
        "model_name": widget._model_name,
        "model_module": widget._model_module,
        "model_module_version": widget._model_module_version,
        "state": widget.get_state(),
    }


def _begin() -> None:
    kernel_context.get_current_context().kernel.comm_manager = PageComms()


def install() -> None:
    """Have every page that is opened from now on use comms of its own."""
    comm.create_comm = PageComm
    on_kernel_start(_begin)
