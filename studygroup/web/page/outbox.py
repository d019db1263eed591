"""What is on its way to one browser: no one waits for a browser that does not read."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

MOST = 8 << 20
"""How many characters may wait for one browser; the whole page takes less than a tenth."""


class Outbox:
    """The texts to one socket, in order, sent as fast as its browser reads them.

    A page's thread may hold the workbook while it speaks to its browser: it only leaves its text here. Otherwise one browser
    that does not read would stop everyone.

    Parameters
    ----------
    send
        Sends one text, in the loop that runs when the outbox is made.
    give_up
        Called once, there, when more than ``MOST`` characters wait.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]], give_up: Callable[[], Awaitable[None]]) -> None:
        self._send, self._give_up = send, give_up
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._size = 0
        self._is_called = self._is_over = False
        self._sender: asyncio.Task[None] | None = None

    def post(self, text: str) -> None:
        """Leave a text to be sent; from any thread, and without waiting."""
        with self._lock:
            if self._is_over:
                return
            self._size += len(text)
            self._waiting.append(text)
            if self._size > MOST:
                self._is_over = True
                self._waiting.clear()
            elif self._is_called:
                return
            self._is_called = True
        try:
            # Once the page is done with what its browser said: woken for every text, the server's loop would only be in its way.
            asyncio.get_running_loop().call_soon(self._wake)
        except RuntimeError:
            self._wake()

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the server is gone
            self._loop.call_soon_threadsafe(self._start)

    async def close(self) -> None:
        """Wait a moment for what is on its way, then let go of the rest."""
        if self._sender and not self._sender.done():
            await asyncio.wait([self._sender], timeout=2)
            self._sender.cancel()
        with self._lock:
            self._is_over = True
            self._waiting.clear()

    def _start(self) -> None:
        if self._is_over:
            if self._sender:
                self._sender.cancel()
            self._sender = self._loop.create_task(self._leave())
        elif self._sender is None or self._sender.done():
            self._sender = self._loop.create_task(self._send_all())

    async def _send_all(self) -> None:
        # Whatever the server raises means that the browser is gone; its page hears of that from the socket.
        with suppress(Exception):
            while text := self._next():
                await self._send(text)

    def _next(self) -> str:
        with self._lock:
            if not self._waiting:
                self._is_called = False
                return ""
            text = self._waiting.popleft()
            self._size -= len(text)
            return text

    async def _leave(self) -> None:
        with suppress(Exception):
            await self._give_up()
