"""A page's socket, handed to Solara: each page has a thread of its own, which never waits for its browser."""

from __future__ import annotations

import asyncio
import math
from functools import cache
from typing import Any

import anyio
import anyio.to_thread
from solara.server import server, websocket
from starlette.websockets import WebSocket, WebSocketState

from studygroup.web.gate import BUSY, SESSION
from studygroup.web.outbox import Outbox


class _Wire(websocket.WebsocketWrapper):
    """The socket as Solara's threads see it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket, self._loop = socket, asyncio.get_running_loop()
        self.outbox = Outbox(socket.send_text, lambda: socket.close(BUSY))

    def send_text(self, data: str) -> None:
        self.outbox.post(data)

    def send_bytes(self, data: bytes) -> None:
        """Send nothing: only widgets with buffers would, and no form has one."""

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(_close(self._socket), self._loop)

    async def receive(self) -> str:
        """Return the next text.

        Raises
        ------
        WebSocketDisconnect
            The browser is gone.
        """
        coming = asyncio.run_coroutine_threadsafe(self._socket.receive(), self._loop)
        message = await asyncio.wrap_future(coming)
        if message["type"] != "websocket.receive":
            raise websocket.WebSocketDisconnect
        return str(message["text"])


@cache
def _as_many_as_there_are() -> anyio.CapacityLimiter:
    # How many pages there may be is up to the gate.
    return anyio.CapacityLimiter(math.inf)


async def connect(socket: WebSocket) -> None:
    """Serve one page until its browser is gone, or somebody ends it."""
    await socket.accept()
    wire = _Wire(socket)
    headers: dict[str, list[str]] = {}
    for name, value in socket.headers.items():
        headers.setdefault(name, []).append(value)
    page: dict[str, Any] = {
        "cookies": socket.cookies,
        "headers": headers,
        "session_id": socket.scope[SESSION],
        "kernel_id": socket.path_params["kernel_id"],
        "page_id": socket.query_params["session_id"],
    }
    try:
        run = lambda: asyncio.run(server.app_loop(wire, **page))  # noqa: E731
        await anyio.to_thread.run_sync(run, limiter=_as_many_as_there_are())
    except ValueError:
        # Another session's page; Solara has logged it.
        pass
    finally:
        await wire.outbox.close()
        await _close(socket)


async def _close(socket: WebSocket) -> None:
    if WebSocketState.DISCONNECTED not in (socket.client_state, socket.application_state):
        try:
            await socket.close()
        except (RuntimeError, OSError):
            return
