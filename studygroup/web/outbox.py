"""What is on its way to one browser: nobody waits for a browser that does not read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.types import Message, Send

MOST = 8 << 20
"""How many characters may wait for one browser; the whole page takes less than a tenth."""


class Outbox:
    """The messages to one socket, in order, sent as fast as its browser reads them.

    Solara's threads wait until a message is sent, and may hold the workbook meanwhile: without this one browser that does not
    read would stop everybody.

    Parameters
    ----------
    send
        The server's ASGI send.
    give_up
        Called once when more than ``MOST`` characters wait.
    """

    def __init__(self, send: Send, give_up: Callable[[], Awaitable[None]]) -> None:
        self._send, self._give_up = send, give_up
        self._waiting: deque[tuple[Message, int]] = deque()
        self._size = 0
        self._is_given_up = False
        self._sender: asyncio.Task[None] | None = None

    async def put(self, message: Message) -> None:
        """Take a message; only a socket's opening and closing are waited for."""
        if message["type"] != "websocket.send":
            await self.close()
            return await self._send(message)
        if self._is_given_up:
            return
        size = len(message.get("text") or message.get("bytes") or "")
        if self._size + size > MOST:
            self._is_given_up = True
            self._waiting.clear()
            asyncio.get_running_loop().create_task(self._leave())
            return
        self._size += size
        self._waiting.append((message, size))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())

    async def close(self) -> None:
        """Wait a moment for what is on its way, then let go of the rest."""
        if self._sender and not self._sender.done():
            await asyncio.wait([self._sender], timeout=2)
            self._sender.cancel()
        self._waiting.clear()

    async def _send_all(self) -> None:
        with suppress(RuntimeError, OSError):  # the browser is gone
            while self._waiting:
                message, size = self._waiting.popleft()
                await self._send(message)
                self._size -= size

    async def _leave(self) -> None:
        if self._sender:
            self._sender.cancel()
        await self._give_up()
