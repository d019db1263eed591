"""A page's socket, handed to Solara: each page has a thread of its own, which never waits for its browser."""

from __future__ import annotations

import asyncio
import math
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import Any

import anyio
import anyio.to_thread
from solara.server import server, websocket
from starlette.websockets import WebSocket, WebSocketState

from studygroup.web.page import open_pages
from studygroup.web.page.outbox import Outbox
from studygroup.web.page.page_comms import install
from studygroup.web.scope import BUSY, SESSION

_WAITING = 16
"""How many messages of one browser wait for its page's thread before no more are taken from its socket."""


install()


class _Wire(websocket.WebsocketWrapper):
    """The socket as Solara's threads see it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket, self._loop = socket, asyncio.get_running_loop()
        self.outbox = Outbox(socket.send_text, lambda: socket.close(BUSY))
        self._came: asyncio.Queue[str | None] | None = None
        self._reading: Future[None] | None = None

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
        if self._came is None:
            self._came = asyncio.Queue()
            open_pages.is_heard()
            reading = self._read(self._came, asyncio.get_running_loop())
            self._reading = asyncio.run_coroutine_threadsafe(reading, self._loop)
        text = await self._came.get()
        if text is None:
            raise websocket.WebSocketDisconnect
        return text

    async def _read(self, came: asyncio.Queue[str | None], loop: asyncio.AbstractEventLoop) -> None:
        """Hand on what the browser says, in the server's loop, to the loop of the page's thread."""
        with suppress(RuntimeError):  # the browser was told to leave, or the thread has ended
            while (message := await self._socket.receive())["type"] == "websocket.receive":
                while came.qsize() >= _WAITING:
                    await asyncio.sleep(0.02)
                loop.call_soon_threadsafe(came.put_nowait, message["text"])
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(came.put_nowait, None)

    def end(self) -> None:
        """Read no more."""
        if self._reading:
            self._reading.cancel()


@cache
def _as_many_as_there_are() -> anyio.CapacityLimiter:
    # How many pages there may be is up to the gate.
    return anyio.CapacityLimiter(math.inf)


async def connect(socket: WebSocket) -> None:
    """Serve one page until its browser is gone, or someone ends it."""
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
        wire.end()
        await wire.outbox.close()
        await _close(socket)


async def _close(socket: WebSocket) -> None:
    if WebSocketState.DISCONNECTED not in (socket.client_state, socket.application_state):
        try:
            await socket.close()
        except (RuntimeError, OSError):
            return
