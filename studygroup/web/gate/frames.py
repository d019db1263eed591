"""What a browser may say on its socket: the few kinds of messages that widgets need, and nothing that is not one of them."""

from __future__ import annotations

import json
from typing import Any

LONGEST = 256 * 1024
"""The longest message in characters: a summary of 64 KiB, as JSON may write it, and some room."""

_DEEPEST = 24
_TARGETS = frozenset({"solara.control", "jupyter.widget.control"})
_CONTROLS = frozenset({"run", "app-status"})
_METHODS = frozenset({"update", "custom", "request_state", "request_states"}) | _CONTROLS

# How often a socket may open a channel or start the page anew: an honest browser does so at the start and after a lost network.
_OPENINGS, _RUNS = 200, 10


class RefusedFrameError(Exception):
    """A message that no honest browser sends; ``code`` is the socket's closing code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Frames:
    """The frames of one socket, in order."""

    def __init__(self) -> None:
        self._openings = self._runs = 0

    def checked(self, event: dict[str, Any]) -> bool:
        """Return whether the frame of an ASGI ``websocket.receive`` may pass; one that may be left out is just dropped.

        Raises
        ------
        RefusedFrameError
            The socket is to be closed: a binary frame (1003), one too long (1009), or no message at all (1008).
        """
        text = event.get("text")
        if text is None:
            raise RefusedFrameError(1003)
        if len(text) > LONGEST:
            raise RefusedFrameError(1009)
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            raise RefusedFrameError(1008) from None
        if not _is_message(message) or _deeper(message, _DEEPEST):
            raise RefusedFrameError(1008)
        return self._may_pass(message["header"]["msg_type"], message["content"])

    def _may_pass(self, kind: str, content: dict[str, Any]) -> bool:
        if kind in {"kernel_info_request", "comm_info_request"}:
            return True
        if kind not in {"comm_open", "comm_msg", "comm_close"} or not _is_short(content.get("comm_id")):
            return False
        if kind == "comm_open":
            self._openings += 1
            if self._openings > _OPENINGS:
                raise RefusedFrameError(1008)
            return content.get("target_name") in _TARGETS
        if kind == "comm_msg":
            data = content.get("data")
            if not isinstance(data, dict) or data.get("method") not in _METHODS or data.get("buffer_paths"):
                return False
            if data["method"] == "run":
                self._runs += 1
                if self._runs > _RUNS:
                    raise RefusedFrameError(1008)
                return _is_run(data.get("args"))
        return True


def _is_message(message: Any) -> bool:
    """Return whether something has the parts of a Jupyter message that are used, each of its type, and no others' bytes."""
    return (
        isinstance(message, dict)
        and isinstance(message.get("header"), dict)
        and _is_short(message["header"].get("msg_type"))
        and isinstance(message.get("content"), dict)
        and message.get("channel") in {"shell", "control"}
        and message.get("buffers") == []
        and isinstance(message.get("metadata"), dict)
        and isinstance(message.get("parent_header"), dict)
    )


def _is_run(args: Any) -> bool:
    """Return whether the page itself is asked for, and no other application or part of one."""
    return isinstance(args, dict) and args.get("path") == "/" and not args.get("appName")


def _is_short(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= 100


def _deeper(value: Any, most: int) -> bool:
    """Return whether lists and objects are nested deeper than ``most``.

    >>> _deeper({"a": [1]}, 2), _deeper({"a": [[1]]}, 2)
    (False, True)
    """
    level = [value]
    for _ in range(most):
        parts = (part for one in level for part in (one.values() if isinstance(one, dict) else one))
        level = [part for part in parts if isinstance(part, (dict, list))]
    return bool(level)
