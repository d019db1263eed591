"""The open pages: whose they are, how many, and how one is ended from here."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from studygroup.web.visitors.invites import Visitor


@dataclass(eq=False)
class OpenSocket:
    """One page's socket; ``kernel`` is the id that its browser chose, ``close`` ends it with a code."""

    visitor: Visitor
    session: str
    kernel: str
    close: Callable[[int], Awaitable[None]]
    ended: bool = field(default=False)


class Sockets:
    """All open sockets of this process.

    Parameters
    ----------
    most
        How many a member may have at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[OpenSocket] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def has_room(self, member: str) -> bool:
        """Return whether a member may open one more page."""
        with self._lock:
            return sum(one.visitor.member == member for one in self._open) < self._most

    def add(self, socket: OpenSocket) -> OpenSocket | None:
        """Count a socket, and return the one whose page it goes on with, which is to be closed.

        A phone that changes networks is back before anyone knows that it was gone.

        Raises
        ------
        OverflowError
            The member has too many.
        """
        with self._lock:
            same = (one for one in self._open if (one.session, one.kernel) == (socket.session, socket.kernel))
            before = next(same, None)
            mine = sum(one.visitor.member == socket.visitor.member for one in self._open)
            if before is None and mine >= self._most:
                raise OverflowError
            self._open.discard(before or socket)
            self._open.add(socket)
            return before

    def remove(self, socket: OpenSocket) -> None:
        """Count a socket no more."""
        with self._lock:
            self._open.discard(socket)

    def now(self) -> list[OpenSocket]:
        """Return the open sockets."""
        with self._lock:
            return list(self._open)


async def end(sockets: Iterable[OpenSocket], code: int) -> None:
    """Close sockets from here; what their browsers still send is no longer looked at."""
    for socket in sockets:
        socket.ended = True
        await socket.close(code)
