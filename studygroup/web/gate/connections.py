"""The connections of browsers before they are a page: how long each may take, and how many there may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True)
class Bounds:
    """How long a connection may take, in seconds, and how many there may be; open pages are not counted here.

    Attributes
    ----------
    headers_s
        From the first byte of a request, or from the connection on, until its headers are complete.
    body_s
        From then on until its body is.
    idle_s
        Between two requests.
    unread_s
        While an answer waits for its browser to read.
    an_address
        How many connections of one address may wait for their browser.
    most
        How many there may be in all.
    """

    headers_s: float = 10
    body_s: float = 30
    idle_s: float = 5
    unread_s: float = 60
    an_address: int = 100
    most: int = 1000


class Guard:
    """All connections of a server that are not pages. The one that has waited longest makes room for a new one.

    A visitor who sends a request therefore comes in, however many others are silent.

    Parameters
    ----------
    bounds
        What is allowed.
    proxies
        The addresses of trusted proxies, which connect for many visitors: only ``most`` bounds them.
    """

    def __init__(self, bounds: Bounds, proxies: frozenset[str] = frozenset()) -> None:
        self.bounds, self._proxies = bounds, proxies
        self._by_address: dict[str, dict[Connection, None]] = {}
        self._count = 0
        self._is_watching = False

    def __len__(self) -> int:
        return self._count

    def add(self, connection: Connection) -> bool:
        """Count a connection; return False where there is no room even without those that wait."""
        address = connection.address
        theirs = self._by_address.get(address, {})
        waiting = [one for one in theirs if one.due is not None]
        if address not in self._proxies and len(waiting) >= self.bounds.an_address:
            self.drop(_longest(waiting))
        if self._count >= self.bounds.most and not self._make_room():
            return False
        self._by_address.setdefault(address, {})[connection] = None
        self._count += 1
        if not self._is_watching:
            self._is_watching = True
            self._watch_later()
        return True

    def remove(self, connection: Connection) -> None:
        """Count a connection no more."""
        theirs = self._by_address.get(connection.address, {})
        if connection in theirs:
            del theirs[connection]
            self._count -= 1
        if not theirs:
            self._by_address.pop(connection.address, None)

    def _make_room(self) -> bool:
        waiting = [one for theirs in self._by_address.values() for one in theirs if one.due is not None]
        if waiting:
            self.drop(_longest(waiting))
        return bool(waiting)

    def drop(self, connection: Connection) -> None:
        """End a connection at once."""
        self.remove(connection)
        connection.transport.abort()

    def _watch_later(self) -> None:
        times = (self.bounds.headers_s, self.bounds.body_s, self.bounds.idle_s, self.bounds.unread_s)
        asyncio.get_running_loop().call_later(min(1.0, min(times) / 4), self._watch)

    def _watch(self) -> None:
        now = asyncio.get_running_loop().time()
        for theirs in list(self._by_address.values()):
            for one in [one for one in theirs if one.due is not None and one.due <= now]:
                one.give_up()
        self._is_watching = self._count > 0
        if self._is_watching:
            self._watch_later()


def _longest(waiting: list[Connection]) -> Connection:
    return min(waiting, key=lambda one: one.since)


class _Strict(h11.Connection):
    """Reads requests whose end can be understood in one way only: others could hide a second request from a proxy."""

    def next_event(self) -> Any:
        """Return the next event.

        Raises
        ------
        h11.RemoteProtocolError
            A request says its length in two ways, or in one that its version does not know.
        """
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = [name for name, _ in event.headers]
            if b"transfer-encoding" in names and (b"content-length" in names or event.http_version < b"1.1"):
                raise h11.RemoteProtocolError("ambiguous length")
        return event


class Connection(H11Protocol):
    """One connection: uvicorn's, with a time for each thing that it waits for its browser to do.

    Attributes
    ----------
    since
        When it began to wait, by the loop's clock.
    due
        Until when it may wait; None while an answer is being made.
    """

    guard: ClassVar[Guard]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn = _Strict(h11.SERVER)
        self.address = ""
        self.since, self.due = 0.0, None  # type: float, float | None
        self._phase = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._wait_for("headers", self.guard.bounds.headers_s)
        if not self.guard.add(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Be counted no more."""
        self.guard.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Become a page, which the gate counts."""
        self.guard.remove(self)
        self._phase, self.due = "page", None
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Wait for the browser to read."""
        super().pause_writing()
        self._wait_for("unread", self.guard.bounds.unread_s)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._phase = ""
        self._look()

    def give_up(self) -> None:
        """End, after the rest of an answer that the browser still reads."""
        if self._phase == "unread" or not self.transport.get_write_buffer_size():
            self.guard.drop(self)
            return
        self.transport.close()
        self._wait_for("unread", self.guard.bounds.unread_s)

    def _look(self) -> None:
        """See what the connection waits for. Each wait is one whole: a byte now and then does not make it longer."""
        bounds, theirs = self.guard.bounds, self.conn.their_state
        if self._phase in {"page", "unread"}:
            return
        if self.transport.is_closing():
            self._wait_for("unread", bounds.unread_s)
        elif theirs is h11.SEND_BODY:
            self._wait_for("body", bounds.body_s)
        elif theirs is not h11.IDLE:
            self._phase, self.due = "answer", None
        elif self.conn.trailing_data[0]:
            self._wait_for("headers", bounds.headers_s)
        elif self._phase != "headers":
            self._wait_for("idle", bounds.idle_s)

    def _wait_for(self, phase: str, at_most_s: float) -> None:
        if phase != self._phase:
            self._phase, self.since = phase, self.loop.time()
            self.due = self.since + at_most_s


def protocol(bounds: Bounds, proxies: frozenset[str] = frozenset()) -> type[Connection]:
    """Return what uvicorn is to make of every connection to one server."""
    return type("GuardedConnection", (Connection,), {"guard": Guard(bounds, proxies)})
